//! Tests of a number: its whole distribution.

use crate::sketch::{Quantiles, common_buckets, hash_text};

use super::draft::{Draft, effect};
use super::figures::{number, percent, signed, unsigned};
use super::finding::{Effect, Kind, QuantilePair, Scope};
use super::paired::Told;
use super::repeats::DesignEffects;
use super::stats::{
    KsMethod, KsTest, detectable_ks_shift, detectable_total_variation, ks_p_value, ks_test,
    total_variation, wasserstein1, wasserstein1_test,
};
use super::thresholds::Thresholds;
use super::wording::meaning_of;

/// Ranks at which quantiles are reported.
const RANKS: [f64; 5] = [0.01, 0.05, 0.5, 0.95, 0.99];

/// What a number is called and where it belongs.
#[derive(Debug, Clone)]
pub(crate) struct Named<'a> {
    pub(crate) group: &'a str,
    pub(crate) feature: &'a str,
    pub(crate) kind: Kind,
    pub(crate) scope: Scope,
}

impl Named<'_> {
    pub(crate) fn draft(&self) -> Draft {
        Draft::new(self.group, self.feature, self.kind, self.scope.clone())
    }

    /// A seed of its own for each test.
    pub(crate) fn seed(&self, seed: u64) -> u64 {
        hash_text(
            seed,
            &format!("{}/{}/{}", self.group, self.feature, self.scope),
        )
    }

    /// The feature and, where it is not about all records, the scope.
    pub(crate) fn title(&self) -> String {
        match self.scope {
            Scope::All => self.feature.to_owned(),
            _ => format!("{} of {}", self.feature, self.scope),
        }
    }
}

/// How the size of a change is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// Wasserstein distance in units of the reference's sd (see [`spread`]): any number.
    Wasserstein,
    /// Shift of the median in units of the reference's sd: distances.
    MedianShift,
}

/// Kolmogorov-Smirnov on the common buckets of two sketches.
///
/// The statistic is exact at the buckets' edges. `None` values of effects are
/// left out where a side has no finite value. Where records repeat, the limit law
/// is asked for the effective numbers of records.
pub(crate) fn compare_numbers(
    named: &Named<'_>,
    reference: &Quantiles,
    target: &Quantiles,
    size: Size,
    design: DesignEffects,
    thresholds: &Thresholds,
    seed: u64,
) -> Draft {
    let draft = named.draft().counts(reference.count(), target.count());
    if reference.is_withheld() || target.is_withheld() {
        return draft.not_tested("sealed: too few values on one side");
    }
    let common = common_buckets(reference, target);
    let Some(mut test) = ks_test(&common.first, &common.second, named.seed(seed)) else {
        return draft.not_tested("a side has no values");
    };
    if design.thins() {
        let (n, m) = design.effective(reference.count(), target.count());
        test.p_value = ks_p_value(test.statistic, n, m);
        test.method = KsMethod::Asymptotic;
    }
    let draft = draft.test("ks", test.statistic, test.p_value, rounds(&test));
    describe(draft, named, (reference, target), size, design, thresholds)
}

/// Wasserstein's distance as the test, in place of Kolmogorov and Smirnov's;
/// values that are infinite take no part.
pub(crate) fn compare_numbers_by_w1(
    named: &Named<'_>,
    reference: &Quantiles,
    target: &Quantiles,
    design: DesignEffects,
    thresholds: &Thresholds,
    seed: u64,
) -> Draft {
    let (n, m) = (reference.finite_count(), target.finite_count());
    let draft = named.draft().counts(n, m);
    let Finite {
        midpoints,
        first,
        second,
    } = Finite::of(reference, target);
    // Where records depend on each other, what so many independent ones would be.
    let (few, few_target) = (
        thin_along(&first, design.reference),
        thin_along(&second, design.target),
    );
    let Some(test) = wasserstein1_test(&midpoints, &few, &few_target, named.seed(seed)) else {
        return draft.not_tested("a side has no finite values");
    };
    let rounds = Some(test.resampled.rounds);
    let draft = draft.test("w1", test.statistic, test.p_value, rounds);
    let size = Size::Wasserstein;
    describe(draft, named, (reference, target), size, design, thresholds)
}

/// A histogram of `by` times fewer values, at least one, with nearly the same
/// quantiles: sums of counts are rounded, and not each of many small counts.
fn thin_along(counts: &[u64], by: f64) -> Vec<u64> {
    let all: u64 = counts.iter().sum();
    if by <= 1.0 || all == 0 {
        return counts.to_vec();
    }
    let by = by.min(all as f64);
    let (mut sum, mut before) = (0, 0);
    let fewer = counts.iter().map(|count| {
        sum += count;
        let upto = (sum as f64 / by).round() as u64;
        upto - std::mem::replace(&mut before, upto)
    });
    fewer.collect()
}

/// The common buckets of finite values.
struct Finite {
    midpoints: Vec<f64>,
    first: Vec<u64>,
    second: Vec<u64>,
}

impl Finite {
    fn of(reference: &Quantiles, target: &Quantiles) -> Self {
        let common = common_buckets(reference, target);
        let mut out = Self {
            midpoints: Vec::new(),
            first: Vec::new(),
            second: Vec::new(),
        };
        let counts = common.first.iter().zip(&common.second);
        for (bucket, (first, second)) in common.buckets.iter().zip(counts) {
            if bucket.midpoint().is_finite() {
                out.midpoints.push(bucket.midpoint());
                out.first.push(*first);
                out.second.push(*second);
            }
        }
        out
    }
}

/// Quantiles, effect and sentence of a tested number.
fn describe(
    mut draft: Draft,
    named: &Named<'_>,
    (reference, target): (&Quantiles, &Quantiles),
    size: Size,
    design: DesignEffects,
    thresholds: &Thresholds,
) -> Draft {
    draft.finding.quantiles = quantile_pairs(reference, target);
    let Some(effect) = size_of_change(reference, target, size, design, thresholds) else {
        return draft.sentence(format!("{} has no finite values to size", named.title()));
    };
    let (from, to) = medians(reference, target);
    if let Some(sentence) = other_constant(named, reference, target) {
        // It was never anything else: as striking as a value that is new.
        draft.striking = true;
        return draft.effect(effect).sentence(sentence);
    }
    let size = match (size, effect.unit.as_str()) {
        (_, "share") => format!("{} of the records", percent(effect.value)),
        // The Wasserstein distance has no direction; the median tells it.
        (Size::Wasserstein, unit) if from == to => format!("{} {unit}", unsigned(effect.value)),
        (Size::Wasserstein, unit) => format!("{} {unit}", signed(effect.value.copysign(to - from))),
        (Size::MedianShift, unit) => format!("{} {unit}", signed(effect.value)),
    };
    let (title, from_to) = (named.title(), format!("{} -> {}", number(from), number(to)));
    let sentence = match meaning_of(named.feature, from, to) {
        Some((meaning, "")) => format!("{meaning}: median {title} {from_to} ({size})"),
        Some((meaning, unit)) => format!("{meaning}: median {title} {from_to} {unit} ({size})"),
        None => format!("median {title} {from_to} ({size})"),
    };
    draft.effect(effect).sentence(sentence)
}

fn rounds(test: &KsTest) -> Option<u64> {
    match &test.method {
        KsMethod::Resampled(permutation) => Some(permutation.rounds),
        _ => None,
    }
}

pub(crate) fn medians(reference: &Quantiles, target: &Quantiles) -> (f64, f64) {
    let median = |q: &Quantiles| value_at(q, 0.5).unwrap_or(f64::NAN);
    (median(reference), median(target))
}

pub(crate) fn mean(numbers: &Quantiles) -> f64 {
    numbers.mean().map_or(f64::NAN, |mean| mean.estimate)
}

/// Where a number went: its median, or, where this stayed, its mean.
fn moved(reference: &Quantiles, target: &Quantiles) -> (f64, f64) {
    match medians(reference, target) {
        (from, to) if from == to => (mean(reference), mean(target)),
        medians => medians,
    }
}

/// The same, with the change that matters: so many sd, as the effect of [`Size::Wasserstein`] has it.
pub(crate) fn told(reference: &Quantiles, target: &Quantiles, thresholds: &Thresholds) -> Told {
    let (from, to) = moved(reference, target);
    let sd = spread(reference, target).map_or(f64::NAN, |(sd, _)| sd);
    Told {
        from,
        to,
        matters: thresholds.w1 * sd,
    }
}

fn value_at(quantiles: &Quantiles, rank: f64) -> Option<f64> {
    quantiles.quantile(rank).ok().flatten().map(|q| q.estimate)
}

pub(crate) fn quantile_pairs(reference: &Quantiles, target: &Quantiles) -> Vec<QuantilePair> {
    let pair = |rank| {
        Some(QuantilePair {
            rank,
            reference: value_at(reference, rank)?,
            target: value_at(target, rank)?,
        })
    };
    RANKS.into_iter().filter_map(pair).collect()
}

/// The one value of all, infinities included.
fn constant(quantiles: &Quantiles) -> Option<f64> {
    let all_finite = quantiles.count() == quantiles.finite_count();
    quantiles
        .min()
        .filter(|min| all_finite && Some(*min) == quantiles.max())
}

/// What to say of a number that was always one value and now is another.
pub(crate) fn other_constant(
    named: &Named<'_>,
    reference: &Quantiles,
    target: &Quantiles,
) -> Option<String> {
    let (always, now) = (constant(reference)?, constant(target)?);
    (always != now).then(|| {
        let meaning = meaning_of(named.feature, always, now);
        let (title, (always, now)) = (named.title(), apart(always, now));
        match meaning {
            Some((meaning, unit)) => {
                let unit = if unit.is_empty() {
                    ""
                } else {
                    &format!(" {unit}")
                };
                format!("{meaning}: {title} was always {always}, is now always {now}{unit}")
            }
            None => format!("{title} was always {always}, is now always {now}"),
        }
    })
}

/// Two numbers with as many digits as tell them apart.
fn apart(a: f64, b: f64) -> (String, String) {
    match (number(a), number(b)) {
        (same, other) if same == other => (format!("{a:?}"), format!("{b:?}")),
        short => short,
    }
}

/// How many times the sd of its middle a sample's sd may be before it says little of the sample.
const SPOILT: f64 = 3.0;

/// Spread of the reference and what it is called; of a constant reference that
/// of the target, and nothing where both are constant.
///
/// One number of 1e30 among thousands makes an sd of which any change is a small part. Where a
/// few values make the sd more than [`SPOILT`] times what it is without them, the unit is the sd
/// of the middle 98 %.
fn spread(reference: &Quantiles, target: &Quantiles) -> Option<(f64, &'static str)> {
    let sides = [
        (reference, "reference sd", "reference sd of the middle 98 %"),
        (target, "target sd", "target sd of the middle 98 %"),
    ];
    sides
        .into_iter()
        // The sd of many equal values is their rounding: the extremes are exact.
        .filter(|(q, ..)| q.varies())
        .filter_map(|(q, unit, unit_of_middle)| {
            let (sd, middle) = (q.sd()?.estimate, middle_sd(q));
            Some(match middle.filter(|middle| *middle > 0.0) {
                Some(middle) if sd > SPOILT * middle || !sd.is_finite() => (middle, unit_of_middle),
                _ => (sd, unit),
            })
        })
        .find(|(sd, _)| *sd > 0.0 && sd.is_finite())
}

/// The sd of the values between the quantiles at 1 % and 99 %, both ends included.
fn middle_sd(quantiles: &Quantiles) -> Option<f64> {
    let (low, high) = (value_at(quantiles, 0.01)?, value_at(quantiles, 0.99)?);
    let middle = || {
        let values = quantiles.buckets().map(|b| (b.midpoint(), b.count as f64));
        values.filter(|(x, _)| (low..=high).contains(x))
    };
    let n: f64 = middle().map(|(_, count)| count).sum();
    let mean = middle().map(|(x, count)| x * count).sum::<f64>() / n;
    let squares: f64 = middle().map(|(x, count)| (x - mean).powi(2) * count).sum();
    Some((squares / n).sqrt()).filter(|sd| sd.is_finite())
}

fn size_of_change(
    reference: &Quantiles,
    target: &Quantiles,
    size: Size,
    design: DesignEffects,
    thresholds: &Thresholds,
) -> Option<Effect> {
    let (n, m) = (reference.finite_count(), target.finite_count());
    if n == 0 || m == 0 {
        return None;
    }
    let (n, m) = design.effective(n, m);
    let Some((sd, unit)) = spread(reference, target) else {
        let common = common_buckets(reference, target);
        // Without any spread no shift is large or small; how many records have
        // another value has a size.
        let variation = total_variation(&common.first, &common.second)?;
        return Some(effect(
            "total variation",
            variation.distance,
            "share",
            thresholds.total_variation,
            Some(detectable_total_variation(2, n, m)),
        ));
    };
    let detectable = Some(detectable_ks_shift(n, m));
    Some(match size {
        Size::Wasserstein => {
            let finite = Finite::of(reference, target);
            let w1 = wasserstein1(&finite.midpoints, &finite.first, &finite.second)?;
            effect("shift", w1 / sd, unit, thresholds.w1, detectable)
        }
        Size::MedianShift => {
            let (from, to) = medians(reference, target);
            let shift = (to - from) / sd;
            effect(
                "median shift",
                shift,
                unit,
                thresholds.median_shift,
                detectable,
            )
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::QuantileSketch;

    #[test]
    fn thinned_histograms_keep_their_quantiles() {
        assert_eq!(thin_along(&[3, 0, 7], 1.0), [3, 0, 7]);
        assert_eq!(thin_along(&[0, 2, 0], 50.0), [0, 1, 0]);
        assert_eq!(thin_along(&[0, 0], 5.0), [0, 0]);
        let thinned = thin_along(&[1; 1000], 20.0);
        assert_eq!(thinned.iter().sum::<u64>(), 50);
        assert_eq!(thinned[..500].iter().sum::<u64>(), 25);
    }

    #[test]
    fn one_huge_value_is_no_unit() {
        let sketch = |values: &mut dyn Iterator<Item = f64>| {
            let mut sketch = QuantileSketch::new(1024).unwrap();
            values.for_each(|x| sketch.update(x));
            sketch.freeze()
        };
        let even = || (0..1000).map(|i| f64::from(i) / 1000.0);
        let (plain, spoilt) = (
            sketch(&mut even()),
            sketch(&mut even().chain(std::iter::once(1e200))),
        );
        // The sd of a uniform law is its width by the root of 12.
        let (sd, unit) = spread(&plain, &plain).unwrap();
        assert_eq!(unit, "reference sd");
        assert!((sd - 12f64.sqrt().recip()).abs() < 0.005, "{sd}");
        let (sd, unit) = spread(&spoilt, &plain).unwrap();
        assert_eq!(unit, "reference sd of the middle 98 %");
        assert!((sd - 0.98 / 12f64.sqrt()).abs() < 0.01, "{sd}");
        // A rare other value of a number that is constant otherwise is all the spread there is.
        let rare = sketch(&mut (0..1000).map(|i| if i == 7 { 5.0 } else { 0.0 }));
        assert_eq!(spread(&rare, &plain).unwrap().1, "reference sd");
    }
}
