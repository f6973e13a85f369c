//! Tests of the tails of a number.

use crate::sketch::{Quantiles, common_buckets};

use super::draft::{Draft, effect};
use super::figures::percent;
use super::numbers::Named;
use super::repeats::DesignEffects;
use super::stats::{detectable_share_shift, share_test};
use super::thresholds::Thresholds;

/// Tails that are tested: name, share of the reference, whether it is the lower end.
const TAILS: [(&str, f64, bool); 4] = [
    ("lower 1 % tail", 0.01, true),
    ("lower 5 % tail", 0.05, true),
    ("upper 5 % tail", 0.05, false),
    ("upper 1 % tail", 0.01, false),
];
/// Fewest values a side for a test of tails.
const MIN_TAIL_VALUES: u64 = 100;

/// Shares of the target beyond the outer quantiles of the reference, each
/// against what the reference's own uncertainty allows.
pub(crate) fn compare_tails(
    named: &Named<'_>,
    reference: &Quantiles,
    target: &Quantiles,
    design: DesignEffects,
    thresholds: &Thresholds,
) -> Vec<Draft> {
    if reference.count() < MIN_TAIL_VALUES || target.count() < MIN_TAIL_VALUES {
        return Vec::new();
    }
    let common = common_buckets(reference, target);
    let mut drafts = Vec::new();
    for (tail, nominal, lower) in TAILS {
        let Some((beyond_ref, beyond_tgt)) = beyond(&common.first, &common.second, nominal, lower)
        else {
            continue;
        };
        let (n, m) = (reference.count(), target.count());
        let (from, to) = (beyond_ref as f64 / n as f64, beyond_tgt as f64 / m as f64);
        let (few, many) = (design.thin(beyond_ref, beyond_tgt), design.thin(n, m));
        let Some(test) = share_test(few.0, many.0, few.1, many.1) else {
            continue;
        };
        let effective = design.effective(n, m);
        // A tail cannot lose more than all it has: lost by half is as much as doubled.
        let growth = match to < from {
            true => thresholds.tail_growth / (1.0 + thresholds.tail_growth),
            false => thresholds.tail_growth,
        };
        let feature = format!("{} {tail}", named.feature);
        let named = Named {
            feature: &feature,
            ..named.clone()
        };
        let draft = named
            .draft()
            .counts(n, m)
            .test("beta-binomial", to - from, test.p_value, None)
            .effect(effect(
                "share difference",
                to - from,
                "share",
                nominal * growth,
                Some(detectable_share_shift(from, effective.0, effective.1)),
            ))
            .sentence(format!(
                "{}: {} -> {} of the records",
                named.title(),
                percent(from),
                percent(to)
            ));
        drafts.push(draft);
    }
    drafts
}

/// The feature whose tail this is, or the feature itself.
pub(crate) fn without_tail(feature: &str) -> &str {
    let stripped = TAILS
        .iter()
        .find_map(|(tail, _, _)| feature.strip_suffix(tail));
    stripped.map_or(feature, str::trim_end)
}

/// Counts beyond the bucket edge of the reference that holds at most `nominal`
/// of it; `None` where not even one bucket fits.
fn beyond(first: &[u64], second: &[u64], nominal: f64, lower: bool) -> Option<(u64, u64)> {
    let total: u64 = first.iter().sum();
    let limit = nominal * total as f64;
    let (mut sum_first, mut sum_second) = (0, 0);
    let mut pick = |i: usize| {
        let next = sum_first + first[i];
        if next as f64 > limit {
            return false;
        }
        sum_first = next;
        sum_second += second[i];
        true
    };
    if lower {
        let _ = (0..first.len()).take_while(|&i| pick(i)).count();
    } else {
        let _ = (0..first.len()).rev().take_while(|&i| pick(i)).count();
    }
    (sum_first > 0).then_some((sum_first, sum_second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_never_takes_more_than_its_share() {
        let counts = [3, 2, 5, 80, 5, 5];
        assert_eq!(beyond(&counts, &[9; 6], 0.05, true), Some((5, 18)));
        assert_eq!(beyond(&counts, &[9; 6], 0.05, false), Some((5, 9)));
        assert_eq!(beyond(&counts, &[9; 6], 0.02, true), None);
    }
}
