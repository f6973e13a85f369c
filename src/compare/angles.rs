//! Tests of angles: numbers that begin again after a period.

use std::collections::BTreeMap;
use std::f64::consts::{PI, TAU};

use crate::error::{Error, ErrorKind, Result};
use crate::profile::Profile;
use crate::sketch::{CommonBuckets, Quantiles, common_buckets};

use super::binned::{BINS, Shares};
use super::draft::{Draft, effect};
use super::figures::number;
use super::numbers::Named;
use super::repeats::DesignEffects;
use super::stats::{
    CircularMean, circular_wasserstein1, detectable_kuiper_turn, equal_bins, into_bins,
    kuiper_p_value, kuiper_test, turn_between,
};
use super::thresholds::Thresholds;

/// The widest bucket of which the angle is known well enough, as a share of the
/// period: a quarter of an hour of a day.
const WIDEST: f64 = 1.0 / 96.0;
/// The largest share of values in wider buckets that is passed over.
const UNKNOWN: f64 = 0.01;

/// The periods of the features that are angles in both profiles.
///
/// # Errors
/// [`ErrorKind::Incompatible`] where a feature that both have is an angle in one
/// only, or has another period there: its numbers do not mean the same.
pub(crate) fn periods<'a>(
    reference: &'a Profile,
    target: &'a Profile,
) -> Result<BTreeMap<&'a str, f64>> {
    let mut out = BTreeMap::new();
    for name in reference.features().keys() {
        if !target.features().contains_key(name) {
            continue;
        }
        let period = |p: &Profile| p.config().angles.get(name).copied();
        match (period(reference), period(target)) {
            (None, None) => {}
            (Some(a), Some(b)) if a == b => {
                out.insert(name.as_str(), a);
            }
            (a, b) => {
                let says = |p: Option<f64>| match p {
                    Some(period) => format!("an angle of period {period}"),
                    None => "no angle".to_owned(),
                };
                let message = format!(
                    "it is {} in the reference, {} in the target; profile both alike",
                    says(a),
                    says(b)
                );
                return Err(Error::new(ErrorKind::Incompatible, message).at("feature", name));
            }
        }
    }
    Ok(out)
}

/// Two windows on the cells of one circle, in the order of the angle.
struct Circle {
    /// Radians in [0, 2 pi).
    angles: Vec<f64>,
    first: Vec<u64>,
    second: Vec<u64>,
    /// Values whose bucket is too wide to know their angle.
    unknown: u64,
}

impl Circle {
    /// Each bucket lies at the angle of its middle. Any order of the buckets
    /// that does not look at the windows keeps the level; this one keeps
    /// neighbours together.
    fn of(common: &CommonBuckets, period: f64) -> Self {
        let mut cells: Vec<(f64, u64, u64)> = Vec::with_capacity(common.buckets.len());
        let mut unknown = 0;
        let counts = common.first.iter().zip(&common.second);
        for (bucket, (&first, &second)) in common.buckets.iter().zip(counts) {
            let width = bucket.upper - bucket.lower;
            let middle = bucket.midpoint();
            if width <= WIDEST * period && middle.is_finite() {
                let turn = middle.rem_euclid(period) / period;
                // A tiny negative middle may round up to a whole turn.
                cells.push((if turn < 1.0 { turn * TAU } else { 0.0 }, first, second));
            } else {
                unknown += first + second;
            }
        }
        cells.sort_by(|a, b| a.0.total_cmp(&b.0));
        cells.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
                kept.2 += next.2;
            }
            same
        });
        Self {
            angles: cells.iter().map(|c| c.0).collect(),
            first: cells.iter().map(|c| c.1).collect(),
            second: cells.iter().map(|c| c.2).collect(),
            unknown,
        }
    }

    fn counts(&self) -> (u64, u64) {
        (self.first.iter().sum(), self.second.iter().sum())
    }
}

/// Kuiper's test of an angle, or a test of its shares in bins around the circle.
///
/// The effect is the Wasserstein distance on the circle, and not the turn of the
/// mean: a day with two peaks, or with none, has a mean direction that is mostly
/// chance, and a peak that splits into two leaves it where it was. Where
/// everything turns by one angle, both are that angle. The turn of the mean is
/// said beside it where both windows have a direction.
pub(crate) fn compare_angles(
    named: &Named<'_>,
    (reference, target): (&Quantiles, &Quantiles),
    period: f64,
    by: Option<Shares>,
    design: DesignEffects,
    thresholds: &Thresholds,
    seed: u64,
) -> Draft {
    let circle = Circle::of(&common_buckets(reference, target), period);
    let (n, m) = circle.counts();
    let draft = named.draft().counts(n, m);
    if circle.unknown as f64 > UNKNOWN * (n + m + circle.unknown) as f64 {
        return draft.not_tested(format!(
            "too many values lie so far from 0 that their angle is lost; take them modulo {} \
             before profiling",
            number(period)
        ));
    }
    let angles = &circle.angles;
    let (Some(w1), Some(from), Some(to)) = (
        circular_wasserstein1(angles, &circle.first, &circle.second),
        CircularMean::of(angles, &circle.first),
        CircularMean::of(angles, &circle.second),
    ) else {
        return draft.not_tested("a side has no finite values");
    };
    let draft = match by {
        Some(by) => {
            let bins = equal_bins(&circle.first, &circle.second, BINS);
            let (first, second) = (
                into_bins(&circle.first, &bins),
                into_bins(&circle.second, &bins),
            );
            let sides = (&first[..], &second[..]);
            match by.test(named, sides, design, thresholds, seed) {
                Some(tested) => tested.write(draft),
                None => return draft.not_tested("a side has no finite values"),
            }
        }
        None => {
            let Some(mut test) = kuiper_test(&circle.first, &circle.second, named.seed(seed))
            else {
                return draft.not_tested("a side has no finite values");
            };
            let effective = design.effective(n, m);
            if design.thins() {
                test.p_value = kuiper_p_value(test.statistic, effective.0, effective.1);
                test.resampled = None;
            }
            let seen = detectable_kuiper_turn(from.sd(), effective.0, effective.1).min(PI);
            let rounds = test.resampled.map(|r| r.rounds);
            draft
                .test("kuiper", test.statistic, test.p_value, rounds)
                .effect(effect(
                    "shift",
                    w1.to_degrees(),
                    "degrees",
                    thresholds.angle_shift,
                    Some(seen.to_degrees()),
                ))
        }
    };
    let title = named.title();
    let place = |mean: CircularMean| number(mean.direction / TAU * period);
    let whole = number(period);
    draft.sentence(match (from.is_directed(n), to.is_directed(m)) {
        (true, true) => format!(
            "mean {title} {} -> {} of {whole} (turned by {:+.1} degrees)",
            place(from),
            place(to),
            turn_between(from.direction, to.direction).to_degrees()
        ),
        (true, false) => format!(
            "mean {title} was {} of {whole}, no direction is preferred now",
            place(from)
        ),
        (false, true) => format!(
            "{title} had no preferred direction, its mean is {} of {whole} now",
            place(to)
        ),
        (false, false) => format!(
            "{title} moved by {:.1} degrees on average, around no preferred direction",
            w1.to_degrees()
        ),
    })
}
