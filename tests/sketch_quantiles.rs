//! The quantile sketch against oracles too simple to be wrong: every shift tried
//! one by one, and the sorted stream itself.

use std::collections::BTreeMap;

use driftsphere::ErrorKind;
use driftsphere::sketch::{Estimate, QuantileSketch, Quantiles, common_buckets};
use proptest::prelude::*;

/// Streams of several kinds: any double, a few magnitudes, few distinct values.
fn stream() -> impl Strategy<Value = Vec<f64>> {
    let any = any::<u64>().prop_map(f64::from_bits);
    let near = (-1.0..1.0_f64, -40..10_i32).prop_map(|(v, e)| v * 2.0_f64.powi(e));
    let few = (-6..6_i8).prop_map(|v| f64::from(v) / 4.0);
    let odd = prop::sample::select(vec![
        f64::NAN,
        -f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -0.0,
        5e-324,
        -5e-324,
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::MIN,
    ]);
    prop_oneof![
        prop::collection::vec(any.clone(), 0..60),
        prop::collection::vec(near.clone(), 0..200),
        prop::collection::vec(few.clone(), 0..200),
        prop::collection::vec(prop_oneof![any, near, few, odd], 0..120),
    ]
}

fn finite_streams() -> impl Strategy<Value = Vec<f64>> {
    stream().prop_map(|mut values| {
        // Within the range where the naive sums below do not overflow.
        values.retain(|v| v.abs() < 1e100);
        values
    })
}

fn sketch(values: &[f64], cap: usize) -> QuantileSketch {
    let mut sketch = QuantileSketch::new(cap).unwrap();
    values.iter().for_each(|v| sketch.update(*v));
    sketch
}

fn bytes(frozen: &Quantiles) -> Vec<u8> {
    postcard::to_stdvec(frozen).unwrap()
}

/// The counts by key at `shift`, as the definition says.
fn counts(values: &[f64], shift: u32) -> BTreeMap<i128, u64> {
    let mut counts = BTreeMap::new();
    for value in values.iter().filter(|v| v.is_finite()) {
        let magnitude = i128::from(value.abs().to_bits() >> shift);
        let key = if *value < 0.0 { -magnitude } else { magnitude };
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

/// The smallest shift that fits, by trying all.
fn naive_shift(values: &[f64], cap: usize) -> u32 {
    (0..=63)
        .find(|shift| counts(values, *shift).len() <= cap)
        .unwrap()
}

fn holds(estimate: Estimate, truth: f64, slack: f64) -> bool {
    let range = estimate.lower_bound - slack..=estimate.upper_bound + slack;
    range.contains(&truth) && range.contains(&estimate.estimate)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_final_shift_is_the_smallest_that_fits(values in stream(), cap in 2_usize..40) {
        let frozen = sketch(&values, cap).freeze();
        let shift = naive_shift(&values, cap);
        prop_assert_eq!(frozen.shift(), shift);
        let kept: Vec<u64> = frozen.buckets().map(|b| b.count).collect();
        prop_assert_eq!(kept, counts(&values, shift).into_values().collect::<Vec<_>>());
        prop_assert_eq!(frozen.is_exact(), shift == 0);
        for value in values.iter().filter(|v| v.is_finite()) {
            prop_assert!(frozen.buckets().any(|b| b.lower <= *value && *value <= b.upper));
        }
    }

    #[test]
    fn any_split_order_and_merge_tree_gives_the_same_bytes(
        (values, shuffled) in stream().prop_flat_map(|v| (Just(v.clone()), Just(v).prop_shuffle())),
        cap in 2_usize..40,
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        left_first in any::<bool>(),
    ) {
        let whole = sketch(&values, cap).freeze();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(values.len() + 1)).collect();
        cuts.extend([0, values.len()]);
        cuts.sort_unstable();
        let mut parts: Vec<Quantiles> = cuts
            .windows(2)
            .map(|w| sketch(&shuffled[w[0]..w[1]], cap).freeze())
            .collect();
        while parts.len() > 1 {
            // A chain from one end, or a tree of neighbours.
            let last = parts.pop().unwrap();
            let at = if left_first { 0 } else { parts.len() - 1 };
            parts[at] = last.merge(&parts[at]).unwrap();
        }
        prop_assert_eq!(bytes(&parts[0]), bytes(&whole));

        let (head, tail) = shuffled.split_at(shuffled.len() / 2);
        let mut learning = sketch(head, cap).freeze().thaw();
        tail.iter().for_each(|v| learning.update(*v));
        prop_assert_eq!(bytes(&learning.freeze()), bytes(&whole));
        let mut merged = sketch(tail, cap);
        merged.merge(&sketch(head, cap)).unwrap();
        prop_assert_eq!(bytes(&merged.freeze()), bytes(&whole));
    }

    #[test]
    fn stored_bytes_come_back(values in stream(), cap in 2_usize..40) {
        let frozen = sketch(&values, cap).freeze();
        let stored = bytes(&frozen);
        let back: Quantiles = postcard::from_bytes(&stored).unwrap();
        prop_assert_eq!(&back, &frozen);
        prop_assert_eq!(bytes(&back), stored);
    }

    #[test]
    fn many_is_the_same_as_often(values in prop::collection::vec((-9.0..9.0_f64, 0_u64..5), 0..40)) {
        let mut many = QuantileSketch::new(8).unwrap();
        let mut often = QuantileSketch::new(8).unwrap();
        for (value, count) in values {
            many.update_many(value, count);
            (0..count).for_each(|_| often.update(value));
        }
        prop_assert_eq!(bytes(&many.freeze()), bytes(&often.freeze()));
    }

    #[test]
    fn counts_and_extremes_are_exact(values in stream(), cap in 2_usize..20) {
        let frozen = sketch(&values, cap).freeze();
        let count = |keep: fn(&f64) -> bool| values.iter().filter(|v| keep(v)).count() as u64;
        prop_assert_eq!(frozen.count(), count(|v| !v.is_nan()));
        prop_assert_eq!(frozen.finite_count(), count(|v| v.is_finite()));
        prop_assert_eq!(frozen.nan_count(), count(|v| v.is_nan()));
        let ends = (count(|v| *v == f64::NEG_INFINITY), count(|v| *v == f64::INFINITY));
        prop_assert_eq!(frozen.infinite(), ends);
        let finite = || values.iter().copied().filter(|v| v.is_finite());
        prop_assert_eq!(frozen.min(), finite().reduce(f64::min));
        prop_assert_eq!(frozen.max(), finite().reduce(f64::max));
    }

    #[test]
    fn rank_bounds_hold_the_truth(values in stream(), cap in 2_usize..20, other in any::<f64>()) {
        let frozen = sketch(&values, cap).freeze();
        let ordered: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
        if ordered.is_empty() {
            prop_assert!(frozen.rank(other).is_none());
            return Ok(());
        }
        let truth = |at: f64| {
            ordered.iter().filter(|v| **v <= at).count() as f64 / ordered.len() as f64
        };
        for at in values.iter().copied().chain([other]).filter(|v| !v.is_nan()) {
            let rank = frozen.rank(at).unwrap();
            prop_assert!(holds(rank, truth(at), 0.0), "{at}: {rank:?}, truth {}", truth(at));
            prop_assert!(!frozen.is_exact() || rank.is_exact());
        }
        for bucket in frozen.buckets() {
            prop_assert_eq!(frozen.rank(bucket.upper), Some(Estimate::exact(truth(bucket.upper))));
        }
        prop_assert!(frozen.rank(f64::NAN).is_none());
    }

    #[test]
    fn quantile_bounds_hold_the_truth(values in stream(), cap in 2_usize..20, rank in 0.0..=1.0_f64) {
        let frozen = sketch(&values, cap).freeze();
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        if n == 0 {
            prop_assert!(frozen.quantile(rank).unwrap().is_none());
            return Ok(());
        }
        for rank in [rank, 0.0, 0.5, 1.0] {
            let at = (1..=n).find(|i| *i as f64 / n as f64 >= rank).unwrap();
            let truth = sorted[at - 1];
            let found = frozen.quantile(rank).unwrap().unwrap();
            prop_assert!(holds(found, truth, 0.0), "{rank}: {found:?}, truth {truth}");
            if truth.is_normal() && frozen.shift() <= 52 {
                let error = (found.estimate - truth).abs() / truth.abs();
                prop_assert!(error <= frozen.relative_error(), "{found:?}, truth {truth}");
            }
        }
    }

    #[test]
    fn masses_add_up_and_their_bounds_hold(values in finite_streams(), cap in 2_usize..20,
        mut points in prop::collection::vec(-2.0..2.0_f64, 0..6)) {
        points.sort_by(f64::total_cmp);
        points.dedup();
        let frozen = sketch(&values, cap).freeze();
        if values.is_empty() {
            prop_assert!(frozen.pmf(&points).is_err());
            return Ok(());
        }
        let masses = frozen.pmf(&points).unwrap();
        prop_assert_eq!(masses.len(), points.len() + 1);
        let edges: Vec<f64> = [f64::NEG_INFINITY].into_iter().chain(points)
            .chain([f64::INFINITY]).collect();
        for (mass, edge) in masses.iter().zip(edges.windows(2)) {
            let inside = values.iter().filter(|v| edge[0] < **v && **v <= edge[1]).count();
            prop_assert!(holds(*mass, inside as f64 / values.len() as f64, 1e-15));
        }
        let sum: f64 = masses.iter().map(|mass| mass.estimate).sum();
        prop_assert!((sum - 1.0).abs() < 1e-12);
    }

    #[test]
    fn moments_hold_the_truth(values in finite_streams(), cap in 2_usize..20) {
        let frozen = sketch(&values, cap).freeze();
        let n = values.len() as f64;
        let Some(mean) = frozen.mean() else {
            prop_assert!(values.is_empty());
            return Ok(());
        };
        // Rounding of both sides: a few units in the last place of the largest.
        let largest = values.iter().fold(0.0, |max: f64, v| max.max(v.abs()));
        let slack = 1e-13 * largest;
        let truth = values.iter().sum::<f64>() / n;
        prop_assert!(holds(mean, truth, slack), "{mean:?}, truth {truth}");
        let Some(sd) = frozen.sd() else {
            prop_assert!(values.len() < 2);
            return Ok(());
        };
        let squares: f64 = values.iter().map(|v| (v / largest - truth / largest).powi(2)).sum();
        let spread = if largest == 0.0 { 0.0 } else { (squares / (n - 1.0)).sqrt() * largest };
        prop_assert!(holds(sd, spread, slack), "{sd:?}, truth {spread}");
        if frozen.is_exact() {
            prop_assert!(mean.is_exact() && sd.is_exact());
        }
    }

    #[test]
    fn two_sketches_meet_on_common_buckets(
        a in stream(), b in stream(), cap_a in 2_usize..40, cap_b in 2_usize..40,
    ) {
        let (first, second) = (sketch(&a, cap_a).freeze(), sketch(&b, cap_b).freeze());
        let common = common_buckets(&first, &second);
        prop_assert_eq!(common.first.iter().sum::<u64>(), first.count());
        prop_assert_eq!(common.second.iter().sum::<u64>(), second.count());
        let inside = |values: &[f64], lower: f64, upper: f64| {
            values.iter().filter(|v| lower <= **v && **v <= upper).count() as u64
        };
        let counts = common.first.iter().zip(&common.second);
        for (bucket, (one, two)) in common.buckets.iter().zip(counts) {
            prop_assert_eq!(*one, inside(&a, bucket.lower, bucket.upper));
            prop_assert_eq!(*two, inside(&b, bucket.lower, bucket.upper));
            prop_assert!(one + two > 0 && !bucket.midpoint().is_nan());
        }
        let pairs = || common.buckets.windows(2);
        prop_assert!(pairs().all(|pair| pair[0].upper < pair[1].lower));
        prop_assert!(pairs().all(|pair| pair[0].midpoint() < pair[1].midpoint()));

        let coarse = first.collapse(first.shift().max(second.shift())).unwrap();
        let kept: Vec<u64> = coarse.buckets().map(|bucket| bucket.count).collect();
        let key_counts = counts_at(&a, coarse.shift());
        prop_assert_eq!(kept, key_counts);
    }
}

fn counts_at(values: &[f64], shift: u32) -> Vec<u64> {
    counts(values, shift).into_values().collect()
}

#[test]
fn an_octave_at_the_default_cap_keeps_twelve_bits() {
    let values: Vec<f64> = (0..100_000)
        .map(|i| 1.0 + f64::from(i) / 100_000.0)
        .collect();
    let frozen = sketch(&values, QuantileSketch::DEFAULT_CAP).freeze();
    assert_eq!(frozen.shift(), 40);
    assert_eq!(frozen.relative_error(), 1.0 / 8192.0);
}

#[test]
fn a_rank_that_is_no_double_finds_the_value_that_is_meant() {
    let values: Vec<f64> = (1..=100).map(f64::from).collect();
    let frozen = sketch(&values, 128).freeze();
    for percent in 1..=100 {
        let rank = f64::from(percent) / 100.0; // 0.07 * 100.0 > 7.0
        let found = frozen.quantile(rank).unwrap();
        assert_eq!(found, Some(Estimate::exact(f64::from(percent))));
    }
}

#[test]
fn errors_name_what_was_asked() {
    assert!(QuantileSketch::new(1).is_err() && QuantileSketch::new((1 << 20) + 1).is_err());
    let (small, large) = (sketch(&[1.0], 2).freeze(), sketch(&[1.0], 4).freeze());
    let error = small.merge(&large).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incompatible);
    assert!(error.message().contains('2') && error.message().contains('4'));
    for rank in [-0.1, 1.1, f64::NAN] {
        assert_eq!(
            large.quantile(rank).unwrap_err().kind(),
            ErrorKind::Argument
        );
    }
    for points in [&[1.0, 1.0][..], &[2.0, 1.0], &[f64::NAN]] {
        assert!(large.cdf(points).is_err(), "{points:?}");
    }
    let coarse = small.collapse(63).unwrap();
    assert!(coarse.collapse(62).is_err() && coarse.collapse(64).is_err());
}

#[test]
fn the_whole_range_of_a_double_does_not_overflow() {
    let frozen = sketch(&[f64::MIN, f64::MAX, 1.0], 2).freeze();
    let mean = frozen.mean().unwrap();
    assert!(mean.lower_bound.is_finite() && mean.upper_bound.is_finite());
    assert!(frozen.sd().unwrap().lower_bound.is_finite());
    assert!(frozen.rank(0.0).unwrap().estimate.is_finite());
    let tiny = sketch(&[5e-324, 1e-323, 1.5e-323], 2).freeze();
    assert!(holds(tiny.mean().unwrap(), 1e-323, 0.0));

    let mut full = QuantileSketch::new(2).unwrap();
    full.update_many(1.0, u64::MAX);
    full.update_many(2.0, u64::MAX);
    full.update(1.0);
    let full = full.freeze().merge(&full.freeze()).unwrap();
    assert_eq!(full.count(), u64::MAX);
    assert!(full.quantile(0.5).unwrap().is_some() && full.mean().is_some());
}
