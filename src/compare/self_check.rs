//! The sample tests on the reference against itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::Result;
use crate::profile::SpaceProfile;
use crate::sketch::{SampleRow, hash_text};

use super::directions::NEIGHBOURS;
use super::figures::percent;
use super::groups::FEWEST_GROUPS;
use super::result::{Note, SelfCheckSummary};
use super::stats::{
    Components, Intraclass, LabelStatistic, Labellings, Mmd, Neighbours, Permutations, RowGroups,
    SquaredChords,
};
use super::view::expand;

/// Splits of the reference.
const SPLITS: usize = 200;
/// Random labellings that each split is held against.
const LABELLINGS: u64 = 999;
/// Fewest rows of each part.
const FEWEST_ROWS: usize = 8;

/// Splits the reference's sample 200 times into parts whose sizes have the ratio
/// of the windows, and tells how often each sample test has p <= alpha.
///
/// Where every row has a time, one part is a block of time (the sample in order
/// of time is closed to a ring, and 200 starts lie evenly around it): a reference
/// that changes with time alarms against itself. Else the parts are random, and
/// the rate is alpha but for chance; all it says then is that the tests do what
/// they promise on these rows. The labellings that a split is held against are the
/// same for all of them, as the pooled rows and the sizes are.
///
/// Where rows have groups, whole groups go to one part or the other, in the order
/// of their first row's time, and whole groups are permuted, as in the comparison.
///
/// No summary where a part would have fewer than 8 rows or groups, or the reference
/// is sealed; the note says so.
pub(crate) fn self_check(
    space: &str,
    reference: &SpaceProfile,
    target_rows: u64,
    alpha: f64,
    seed: u64,
) -> Result<(Option<SelfCheckSummary>, Note)> {
    if reference.sealed().is_some() {
        let why = "it is sealed and has no sampled records. Take the profile that was sealed";
        return Ok((None, not_made(space, why)));
    }
    let share = target_rows as f64 / (reference.rows() + target_rows).max(1) as f64;
    let parts = Parts::of(expand(reference.sample()), share);
    let (first, second) = parts.sizes();
    let (fewest, what) = match parts.grouped {
        true => (FEWEST_GROUPS, "groups"),
        false => (FEWEST_ROWS, "sampled records"),
    };
    if first.min(second) < fewest {
        let why = format!("its parts would have {first} and {second} {what}, fewer than {fewest}");
        return Ok((None, not_made(space, &why)));
    }
    let values = unit_vectors(&parts.rows);
    let seed = hash_text(seed, "self-check");
    let groups = parts.grouped.then(|| parts.groups());
    let permutations = match &groups {
        Some(groups) => Permutations::whole_groups(groups, seed)?,
        None => Permutations::new(first, second, seed)?,
    };
    let dim = reference.directions().dim();
    let chords = SquaredChords::new(&values, dim)?;
    let components = match &groups {
        Some(groups) => {
            let alike = Intraclass::of(groups, |i, j| f64::from(chords.row(i)[j]));
            Components::fit_groups(&values, dim, groups, alike, seed)?
        }
        None => Components::fit(&values, dim, seed)?,
    };
    let is_first = parts.block(0);
    let first_rows = is_first.iter().filter(|first| **first).count();
    let statistics = match &groups {
        Some(groups) => (
            components.null(first_rows).map(|null| null.grouped(groups)),
            Mmd::laplace(&chords, first_rows).map(|mmd| mmd.grouped(&chords, groups)),
            Neighbours::of_groups(&chords, first_rows, NEIGHBOURS, seed, groups),
        ),
        None => (
            components.null(first),
            Mmd::laplace(&chords, first),
            Neighbours::new(&chords, first, NEIGHBOURS, seed),
        ),
    };
    let (Some(spectral), Some(mmd), Some(neighbours)) = statistics else {
        return Ok((None, not_made(space, "its sample has too few records")));
    };
    let null = permutations.labellings(0..LABELLINGS);
    let splits = match parts.timed {
        true => parts.blocks(),
        false => vec![permutations.labellings(LABELLINGS..LABELLINGS + SPLITS as u64)],
    };
    let rate = |statistic: &dyn LabelStatistic| {
        let mut by_chance = statistic.values(&null);
        by_chance.sort_by(f64::total_cmp);
        let alarms = splits.iter().flat_map(|split| statistic.values(split));
        let alarms = alarms.filter(|value| {
            let below = by_chance.partition_point(|v| *v < value - statistic.tolerance());
            (1 + by_chance.len() - below) as f64 <= alpha * (1 + by_chance.len()) as f64
        });
        alarms.count() as f64 / SPLITS as f64
    };
    let summary = SelfCheckSummary {
        splits: SPLITS as u64,
        by_time: parts.timed,
        rows: (first_rows as u64, (parts.rows.len() - first_rows) as u64),
        groups: groups.map(|_| (first as u64, second as u64)),
        rates: vec![
            ("spectral".into(), rate(&spectral)),
            ("laplace-mmd".into(), rate(&mmd)),
            ("schilling-knn".into(), rate(&neighbours)),
        ],
    };
    let note = summary.note(space, alpha);
    Ok((Some(summary), note))
}

/// Sampled rows, in order of time where they have times, and what is split: single
/// rows or whole groups.
struct Parts {
    rows: Vec<(u64, Arc<SampleRow>)>,
    /// The number of each row's unit, a row or a group; not falling.
    units: Vec<usize>,
    /// Units of the part that stands for the target.
    second: usize,
    timed: bool,
    grouped: bool,
}

impl Parts {
    fn of(mut rows: Vec<(u64, Arc<SampleRow>)>, share: f64) -> Self {
        let timed = rows.iter().all(|(_, row)| row.time.is_some());
        let grouped = rows.iter().any(|(_, row)| row.group.is_some());
        if timed {
            rows.sort_by_key(|(hash, row)| (row.time, *hash));
        }
        // Groups by their first row; a row without one is a group of its own.
        let mut numbers: BTreeMap<u64, usize> = BTreeMap::new();
        let mut count = 0;
        let mut units = Vec::with_capacity(rows.len());
        for (_, row) in &rows {
            let unit = match row.group {
                Some(group) => *numbers.entry(group).or_insert(count),
                None => count,
            };
            count = count.max(unit + 1);
            units.push(unit);
        }
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&row| units[row]);
        let second = ((count as f64 * share).round() as usize).min(count);
        Self {
            rows: order.iter().map(|&row| rows[row].clone()).collect(),
            units: order.iter().map(|&row| units[row]).collect(),
            second,
            timed,
            grouped,
        }
    }

    /// Units of both parts.
    fn sizes(&self) -> (usize, usize) {
        let all = self.units.last().map_or(0, |last| last + 1);
        (all - self.second, self.second)
    }

    fn groups(&self) -> RowGroups {
        let keys: Vec<Option<u64>> = self.units.iter().map(|unit| Some(*unit as u64)).collect();
        RowGroups::new(&keys, &self.block(0))
    }

    /// Whether each row is of the first part, if the other is a block of
    /// neighbouring units of the ring that ends where `split` of 200 begins.
    fn block(&self, split: usize) -> Vec<bool> {
        let (first, second) = self.sizes();
        let all = first + second;
        let start = split * all / SPLITS;
        let place = |unit: &usize| (unit + all - start) % all;
        self.units.iter().map(|unit| place(unit) < first).collect()
    }

    fn blocks(&self) -> Vec<Labellings> {
        let split = |split| Labellings::single(&self.block(split));
        (0..SPLITS).map(split).collect()
    }
}

/// Rows of length 1, which half precision leaves off by up to 5e-4.
fn unit_vectors(rows: &[(u64, Arc<SampleRow>)]) -> Vec<f32> {
    let mut values = Vec::new();
    for (_, row) in rows {
        let squares = row.vector.iter().map(|x| x.to_f64() * x.to_f64());
        let norm = squares.sum::<f64>().sqrt();
        values.extend(row.vector.iter().map(|x| (x.to_f64() / norm) as f32));
    }
    values
}

/// Says that there is no self-check, and why.
fn not_made(space: &str, why: &str) -> Note {
    Note {
        code: "no-self-check".into(),
        text: format!("the reference of space {space} was not held against itself: {why}."),
    }
}

impl SelfCheckSummary {
    /// What the reader should know.
    fn note(&self, space: &str, alpha: f64) -> Note {
        let rates: Vec<String> = self
            .rates
            .iter()
            .map(|(test, rate)| format!("{test} in {}", percent(*rate)))
            .collect();
        let how = match self.by_time {
            true => "blocks of time against the rest",
            false => "at random, as not every record has a time",
        };
        let whole = self.groups.map_or(String::new(), |(a, b)| {
            format!(", whole groups together ({a} and {b})")
        });
        Note {
            code: "self-check".into(),
            text: format!(
                "The reference's sample of space {space} was split {} times, {how}{whole}: alarms \
                 at {} were {}. This covers the three tests on samples and what changes inside the \
                 reference, no more: neither the tests over all rows, nor centres, nor features.",
                self.splits,
                percent(alpha),
                rates.join(", ")
            ),
        }
    }
}
