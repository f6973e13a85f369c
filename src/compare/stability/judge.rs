//! From a value, its interval and its threshold to a verdict.

use super::result::{Change, Likeness, Measure};
use super::words;
use crate::compare::stats::Interval;

/// The verdict of a likeness that is to reach `threshold`: at least, or where
/// smaller is more alike, at most.
pub(super) fn verdict(
    value: f64,
    interval: Option<(f64, f64)>,
    threshold: f64,
    larger_is_alike: bool,
) -> Change {
    let (lower, upper) = interval.unwrap_or((value, value));
    let (reached, in_reach) = match larger_is_alike {
        true => (value >= threshold, upper >= threshold),
        false => (value <= threshold, lower <= threshold),
    };
    match (reached, in_reach) {
        (true, _) => Change::Same,
        (false, true) => Change::Unclear,
        (false, false) => Change::Changed,
    }
}

/// What a measure is held against.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Against {
    pub(super) threshold: f64,
    pub(super) by_chance: Option<f64>,
    pub(super) within: Option<f64>,
}

/// A measure judged; without a value it was not tested because of `missing`.
pub(super) fn likeness(
    measure: Measure,
    value: Option<f64>,
    interval: Option<Interval>,
    against: Against,
    missing: &str,
) -> Likeness {
    let interval = interval.map(|interval| (interval.lower, interval.upper));
    let Some(value) = value.filter(|value| value.is_finite()) else {
        return not_tested(measure, missing);
    };
    let threshold = against.threshold;
    let verdict = verdict(value, interval, threshold, measure.larger_is_alike());
    Likeness {
        measure,
        value: Some(value),
        interval,
        by_chance: against.by_chance,
        within: against.within,
        threshold: Some(threshold),
        verdict,
        reason: None,
        sentence: words::likeness(measure, value, verdict),
    }
}

/// A measure that was not tested.
pub(super) fn not_tested(measure: Measure, reason: &str) -> Likeness {
    Likeness {
        measure,
        value: None,
        interval: None,
        by_chance: None,
        within: None,
        threshold: None,
        verdict: Change::NotTested,
        reason: Some(reason.into()),
        sentence: format!("{} was not tested: {reason}", measure.name()),
    }
}

/// The heaviest verdict.
pub(super) fn heaviest(verdicts: impl Iterator<Item = Change>) -> Change {
    verdicts.max().unwrap_or(Change::NotTested)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_needs_the_whole_interval() {
        let of = |value, interval| verdict(value, interval, 0.9, true);
        assert_eq!(of(0.95, Some((0.85, 1.0))), Change::Same);
        assert_eq!(of(0.88, Some((0.84, 0.92))), Change::Unclear);
        assert_eq!(of(0.8, Some((0.76, 0.84))), Change::Changed);
        assert_eq!(of(0.8, None), Change::Changed);
        assert_eq!(verdict(0.1, None, 0.2, false), Change::Same);
        assert_eq!(verdict(0.3, Some((0.1, 0.5)), 0.2, false), Change::Unclear);
        let all = [Change::Same, Change::NotTested, Change::Unclear];
        assert_eq!(heaviest(all.into_iter()), Change::Unclear);
        assert_eq!(heaviest(std::iter::empty()), Change::NotTested);
    }
}
