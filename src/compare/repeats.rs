//! Records that come again: their number says less than it seems to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::profile::SpaceProfile;
use crate::sketch::{CoordinatedSample, SampleRow};

use super::context::SpaceContext;
use super::draft::{Draft, effect};
use super::figures::percent;
use super::finding::Scope;
use super::result::Note;

/// Below this dimension different rows may have one vector in half precision.
const FEWEST_DIMENSIONS: usize = 16;
/// Design effects under this are not worth a word.
const WORTH_A_NOTE: f64 = 1.2;

/// Share of sampled ids from which it is said that they do not name one record each.
const REPEATED_IDS: f64 = 0.1;

/// Why a sample is not tested.
pub(crate) const IDS_REPEAT: &str =
    "one id names several different records, of which a sample keeps few";

/// Whether of the records of many ids not all are kept: what is kept then says little of the others.
pub(crate) fn is_of_few_per_id(sample: &CoordinatedSample) -> bool {
    let mut kept: BTreeMap<u64, u64> = BTreeMap::new();
    for row in sample.rows().filter(|kept| kept.row.id.is_some()) {
        *kept.entry(row.hash).or_insert(0) += row.count;
    }
    let seen: BTreeMap<u64, u64> = sample.totals().collect();
    let lost = kept.iter().filter(|(hash, kept)| seen[hash] > **kept);
    lost.count() as f64 > REPEATED_IDS * kept.len() as f64
}

/// How many sampled ids name several different records, and of how many, where that is no
/// exception.
pub(crate) fn ids_that_repeat(sample: &CoordinatedSample) -> Option<(usize, usize)> {
    let mut rows = BTreeMap::new();
    for kept in sample.rows().filter(|kept| kept.row.id.is_some()) {
        *rows.entry(kept.hash).or_insert(0_u32) += 1;
    }
    let several = rows.values().filter(|rows| **rows > 1).count();
    let are_many = several as f64 > REPEATED_IDS * rows.len() as f64;
    are_many.then_some((several, rows.len()))
}

/// How much the variance of a window's means exceeds that of as many records
/// with different vectors (a design effect: Kish 1965, *Survey Sampling*,
/// section 5.4), for the reference and for the target; each at least 1.
///
/// With a_i of the n reference records and b_i of the m target records sharing
/// the i-th vector, the difference of two means has the variance
///
/// ```text
/// sum_i (a_i / n - b_i / m)^2 = deff / n + deff' / m
/// deff  = 1 + (n - 1) (P - P''),   deff' = 1 + (m - 1) (P' - P'')
///     where  P, P', P''  share of pairs of records with equal vectors: within
///                        the reference, within the target, between them
/// ```
///
/// in units of a vector's own variance. Records that repeat inside one window
/// only (frames of one scene) tell as much as n / deff different ones; windows
/// drawn from one stock of pictures repeat alike within and between, which says
/// nothing against their number. The rates are estimated from the samples; a
/// side counts as repeating if P exceeds P'' by three standard errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DesignEffects {
    pub(crate) reference: f64,
    pub(crate) target: f64,
    /// Whether they are those of groups (see [`Groups`](super::groups::Groups)):
    /// tests on samples then move whole groups.
    pub(crate) grouped: bool,
}

impl DesignEffects {
    /// No record repeats, or nothing is known about it.
    pub(crate) const NONE: Self = Self {
        reference: 1.0,
        target: 1.0,
        grouped: false,
    };

    pub(crate) fn of(reference: &SpaceProfile, target: &SpaceProfile) -> Self {
        let Some(rates) = Rates::of(reference, target) else {
            return Self::NONE;
        };
        let effect = |rate: Rate, rows: u64| match rate.excess_over(rates.between) > ERRORS {
            true => 1.0 + (rows as f64 - 1.0) * (rate.share - rates.between.share),
            false => 1.0,
        };
        Self {
            reference: effect(rates.reference, reference.rows()),
            target: effect(rates.target, target.rows()),
            grouped: false,
        }
    }

    /// Whether tests must take fewer records than there are.
    pub(crate) fn thins(self) -> bool {
        self.reference > 1.0 || self.target > 1.0
    }

    /// Those of objects that depend on each other within records, and records that
    /// depend on each other.
    pub(crate) fn times(self, records: Self) -> Self {
        Self {
            reference: self.reference * records.reference,
            target: self.target * records.target,
            grouped: records.grouped,
        }
    }

    /// On each side the larger one.
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            reference: self.reference.max(other.reference),
            target: self.target.max(other.target),
            grouped: self.grouped || other.grouped,
        }
    }

    /// Numbers of records as many different ones would have them.
    pub(crate) fn effective(self, n: u64, m: u64) -> (f64, f64) {
        (n as f64 / self.reference, m as f64 / self.target)
    }

    /// The same for counts: none that is not zero becomes zero.
    pub(crate) fn thin(self, n: u64, m: u64) -> (u64, u64) {
        let thin = |count: u64, by: f64| match by > 1.0 && count > 0 {
            true => ((count as f64 / by).round() as u64).max(1),
            false => count,
        };
        (thin(n, self.reference), thin(m, self.target))
    }

    /// What the reader should know.
    pub(crate) fn note(self, space: &str, rows: (u64, u64)) -> Option<Note> {
        let (n, m) = self.effective(rows.0, rows.1);
        let side = |name: &str, by: f64, rows: u64, effective: f64| {
            (by >= WORTH_A_NOTE)
                .then(|| format!("the {rows} records of the {name} as about {effective:.0}"))
        };
        let sides: Vec<String> = [
            side("reference", self.reference, rows.0, n),
            side("target", self.target, rows.1, m),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!sides.is_empty()).then(|| Note {
            code: "repeated-records".into(),
            text: format!(
                "records of space {space} repeat: the same vector comes under several ids. Tests \
                 count {} different ones.",
                sides.join(" and ")
            ),
        })
    }
}

/// Shares of pairs of records with equal vectors.
#[derive(Debug, Clone, Copy)]
struct Rates {
    reference: Rate,
    target: Rate,
    between: Rate,
}

impl Rates {
    /// `None` where nothing can be said.
    fn of(reference: &SpaceProfile, target: &SpaceProfile) -> Option<Self> {
        let (a, b) = (Vectors::of(reference)?, Vectors::of(target)?);
        // With ids any two sampled records are a random pair. Without, a vector
        // is sampled with all its records, and only where both samples are
        // complete.
        let (limit, fraction) = match (a.has_ids, b.has_ids) {
            (true, true) => (u64::MAX, 1.0),
            (false, false) => {
                let limit = a.threshold.min(b.threshold);
                (limit, limit as f64 / u64::MAX as f64)
            }
            _ => return None,
        };
        let within = |side: &Vectors<'_>, rows: u64| {
            let rows = side.rows(rows);
            let counts: Vec<f64> = side.below(limit).map(|(_, count)| count).collect();
            Rate::within(&counts, rows, fraction)
        };
        let common = a
            .below(limit)
            .filter_map(|(key, count)| Some(count * b.counts.get(key)?.0));
        let all = a.rows(reference.rows()) * b.rows(target.rows()) * fraction;
        Some(Self {
            reference: within(&a, reference.rows()),
            target: within(&b, target.rows()),
            between: Rate::between(common.sum(), all),
        })
    }
}

/// A share of equal pairs with its variance.
#[derive(Debug, Clone, Copy)]
struct Rate {
    share: f64,
    variance: f64,
}

impl Rate {
    /// Among `rows` records, of which a `fraction` of the vectors is known with
    /// their counts. The variance is that of a U-statistic (Hoeffding 1948, Ann.
    /// Math. Stat. 19), with pi_i the share of the i-th vector:
    ///
    /// ```text
    /// P = sum pi_i^2,   Var = 4 (sum pi_i^3 - P^2) / n + 2 P / n^2
    /// ```
    fn within(counts: &[f64], rows: f64, fraction: f64) -> Self {
        let pairs = (rows * (rows - 1.0) / 2.0 * fraction).max(1.0);
        let equal: f64 = counts.iter().map(|c| c * (c - 1.0) / 2.0).sum();
        let share = equal / pairs;
        let known = (rows * fraction).max(1.0);
        let cubes: f64 = counts
            .iter()
            .map(|c| c * (c - 1.0) * (c - 2.0).max(0.0))
            .sum::<f64>()
            / (rows * rows * rows * fraction).max(1.0);
        Self {
            share,
            variance: 4.0 * (cubes - share * share).max(0.0) / known
                + (equal + 1.0) / pairs.powi(2),
        }
    }

    fn between(equal: f64, all: f64) -> Self {
        let all = all.max(1.0);
        Self {
            share: equal / all,
            variance: (equal + 1.0) / (all * all),
        }
    }

    /// In standard errors.
    fn excess_over(self, other: Self) -> f64 {
        (self.share - other.share) / (self.variance + other.variance).sqrt()
    }
}

/// Standard errors from which on a rate is taken to be the larger one.
const ERRORS: f64 = 3.0;

/// Whether the target's records repeat as those of the reference do not: a
/// camera that is stuck, a file that is sent again and again.
///
/// ```text
/// z = (P' - P) / sqrt(Var + Var'),   p = 1 - Phi(z)
/// ```
///
/// Only where the effect P' - P reaches its threshold: a few copies are common,
/// and pairs too few for the normal law. `None` below.
pub(crate) fn repeated_records(
    context: &SpaceContext<'_>,
    reference: &SpaceProfile,
    target: &SpaceProfile,
) -> Option<Draft> {
    let rates = Rates::of(reference, target)?;
    let before = match rates.reference.share > rates.between.share {
        true => rates.reference,
        false => rates.between,
    };
    let difference = rates.target.share - before.share;
    let threshold = context.options.thresholds.repeated_pairs;
    let z = rates.target.excess_over(before);
    if difference < threshold || z < ERRORS {
        return None;
    }
    let size = effect("equal pairs", difference, "share", threshold, None);
    let draft = context
        .draft("repeated records", Scope::All)
        .counts(reference.rows(), target.rows())
        .test("repeat rate", z, normal_survival(z), None)
        .effect(size)
        .sentence(format!(
            "two target records have the same vector in {} of cases, two of the reference in {}",
            percent(rates.target.share),
            percent(before.share)
        ))
        .leads(true);
    Some(draft)
}

/// 1 - Phi(z), kept above zero.
fn normal_survival(z: f64) -> f64 {
    (0.5 * libm::erfc(z / std::f64::consts::SQRT_2)).max(1e-300)
}

/// The vectors of a sample, each with how often it came and its hash.
struct Vectors<'a> {
    counts: BTreeMap<&'a [u8], (f64, u64)>,
    has_ids: bool,
    threshold: u64,
}

impl<'a> Vectors<'a> {
    /// `None` where equal vectors need not be the same picture.
    fn of(space: &'a SpaceProfile) -> Option<Self> {
        let sample = space.sample();
        let mut counts: BTreeMap<&[u8], (f64, u64)> = BTreeMap::new();
        let mut with_id = 0;
        for entry in sample.rows() {
            if entry.row.vector.len() < FEWEST_DIMENSIONS {
                return None;
            }
            with_id += usize::from(entry.row.id.is_some());
            let slot = counts.entry(key(entry.row)).or_insert((0.0, entry.hash));
            slot.0 += entry.count as f64;
        }
        let records = sample.rows().count();
        (with_id == 0 || with_id == records).then(|| Self {
            counts,
            has_ids: with_id > 0,
            threshold: sample.threshold().unwrap_or(u64::MAX),
        })
    }

    fn below(&self, limit: u64) -> impl Iterator<Item = (&&'a [u8], f64)> {
        self.counts
            .iter()
            .filter(move |(_, (_, hash))| *hash <= limit)
            .map(|(key, (count, _))| (key, *count))
    }

    /// Records that pairs are made of: those sampled, or all of the window.
    fn rows(&self, all: u64) -> f64 {
        match self.has_ids {
            true => self.counts.values().map(|(count, _)| count).sum(),
            false => all as f64,
        }
    }
}

fn key(row: &SampleRow) -> &[u8] {
    bytemuck::cast_slice(&row.vector)
}

/// Rows of a sample without those that repeat the vector of another.
pub(crate) fn without_repeats(mut rows: Vec<(u64, Arc<SampleRow>)>) -> Vec<(u64, Arc<SampleRow>)> {
    let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
    rows.retain(|(_, row)| seen.insert(key(row).to_owned()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{Batch, Column};
    use crate::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
    use crate::sketch::hash_bytes;

    /// `n` records, each of one of `stock` vectors of its own kind.
    fn window(kind: u64, n: usize, stock: u64, with_ids: bool) -> Profile {
        let config = ProfileConfig::new().space("s", SpaceConfig::new(16));
        let mut builder = ProfileBuilder::new(config).unwrap();
        let bits = |parts: [u64; 3]| {
            hash_bytes(kind, &parts.map(u64::to_le_bytes).concat()) as f64 / u64::MAX as f64
        };
        let rows = ndarray::Array2::from_shape_fn((n, 16), |(i, j)| {
            let salt = u64::from(with_ids) + 7 * n as u64;
            let vector = (bits([salt, i as u64, 99]) * stock as f64) as u64;
            bits([1, vector, j as u64]) as f32
        });
        let mut batch = Batch::new(n).space("s", rows.view());
        if with_ids {
            let ids: Vec<String> = (0..n).map(|i| format!("{kind}/{n}/{i}")).collect();
            batch = batch.ids(Column::from(ids));
        }
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    }

    fn effects(a: &Profile, b: &Profile) -> DesignEffects {
        DesignEffects::of(&a.spaces()["s"], &b.spaces()["s"])
    }

    #[test]
    fn repeats_inside_one_window_are_counted() {
        for with_ids in [true, false] {
            // 6 000 draws of 1 500: 1 + 5 999 / 1 500 = 5.
            let repeating = window(1, 6_000, 1_500, with_ids);
            let clean = window(2, 2_000, u64::MAX >> 12, with_ids);
            let found = effects(&repeating, &clean);
            assert!((found.reference - 5.0).abs() < 0.75, "{found:?}");
            assert_eq!(found.target, 1.0);
            assert!(found.note("s", (6_000, 2_000)).is_some());
            assert_eq!(effects(&clean, &repeating).target, found.reference);
            assert!(DesignEffects::NONE.note("s", (6_000, 2_000)).is_none());
        }
    }

    #[test]
    fn draws_from_one_stock_keep_their_number() {
        for with_ids in [true, false] {
            let first = window(1, 6_000, 1_500, with_ids);
            let second = window(1, 3_000, 1_500, with_ids);
            assert_eq!(effects(&first, &second), DesignEffects::NONE);
            assert_eq!(effects(&first, &first).reference, 1.0);
        }
    }

    #[test]
    fn thinning_keeps_zero_zero_and_the_rest_above_it() {
        let design = DesignEffects {
            reference: 5.0,
            target: 1.0,
            grouped: false,
        };
        assert_eq!(design.thin(100, 100), (20, 100));
        assert_eq!((design.thin(0, 0), design.thin(1, 1)), ((0, 0), (1, 1)));
    }
}
