//! Wasserstein-1 distance of two histograms, and its test.

use super::bins::{equal_bins, into_bins};
use super::ks::{ks_p_value, ks_statistic};
use super::resample::PooledHistogram;
use super::sequential::{MOST_ROUNDS, Permutation};

/// Wasserstein-1 (earth mover's) distance of two histograms over the same
/// buckets, in the unit of the values.
///
/// ```text
/// W1 = integral |F(x) - G(x)| dx = sum_i |F_i - G_i| (x_{i+1} - x_i)
/// ```
///
/// where x_i is the midpoint of bucket i (ascending) and F_i, G_i are the
/// shares up to and including it. Exact for the values as placed at their
/// midpoints; each lies at most half a bucket away, so W1 is off by at most
/// the mean bucket width.
///
/// Infinite end buckets: infinite if the shares there differ, else they do not
/// count. `None` if a side has no rows or the lengths differ.
///
/// ```
/// use driftsphere::compare::stats::wasserstein1;
///
/// assert_eq!(wasserstein1(&[0.0, 1.0, 3.0], &[2, 2, 0], &[0, 2, 2]), Some(1.5));
/// ```
#[must_use]
pub fn wasserstein1(midpoints: &[f64], first: &[u64], second: &[u64]) -> Option<f64> {
    if midpoints.len() != first.len() || first.len() != second.len() {
        return None;
    }
    let n: u128 = first.iter().map(|&c| u128::from(c)).sum();
    let m: u128 = second.iter().map(|&c| u128::from(c)).sum();
    if n == 0 || m == 0 {
        return None;
    }
    let scale = 1.0 / (n as f64 * m as f64);
    let (mut f, mut g, mut distance) = (0u128, 0u128, 0.0);
    for (i, pair) in midpoints.windows(2).enumerate() {
        f += u128::from(first[i]);
        g += u128::from(second[i]);
        let gap = (f * m).abs_diff(g * n);
        // Zero shares must not meet an infinite step.
        if gap > 0 {
            distance += gap as f64 * scale * (pair[1] - pair[0]);
        }
    }
    Some(distance)
}

/// Bins that [`wasserstein1_test`] resamples: enough for the shape of any
/// distribution, and a test of a few milliseconds.
const TESTED_BINS: usize = 128;

/// Result of [`wasserstein1_test`].
#[derive(Debug, Clone, PartialEq)]
pub struct Wasserstein1Test {
    /// The distance of the buckets, in the unit of the values.
    pub statistic: f64,
    /// P-value.
    pub p_value: f64,
    /// The resampling behind it.
    pub resampled: Permutation,
}

/// Tests whether two histograms over the same ascending buckets come from one
/// distribution, by their Wasserstein-1 distance.
///
/// The distance has no law that is free of the distribution, so both windows are
/// drawn again from their pooled records without replacement: exact at any
/// number of rows. More than 128 occupied buckets are first taken together to
/// 128 bins of equal pooled counts ([`equal_bins`]), each at the mean of its
/// records; the distance tested is that of the bins, the one reported that of
/// the buckets. A change inside one bin, such as the outermost 0.8 % moving
/// further out, is left to the tests of tails. Where no resampling reaches the
/// distance, the p-value is that of Kolmogorov and Smirnov's test of the bins
/// ([`ks_p_value`]) if that is smaller.
///
/// Midpoints are finite. `None` if a side has no rows or the lengths differ.
///
/// ```
/// use driftsphere::compare::stats::wasserstein1_test;
///
/// let test = wasserstein1_test(&[0.0, 1.0, 3.0], &[20, 20, 0], &[0, 20, 20], 1).unwrap();
/// assert_eq!(test.statistic, 1.5);
/// assert!(test.p_value < 0.001);
/// ```
#[must_use]
pub fn wasserstein1_test(
    midpoints: &[f64],
    first: &[u64],
    second: &[u64],
    seed: u64,
) -> Option<Wasserstein1Test> {
    let statistic = wasserstein1(midpoints, first, second)?;
    let bins = equal_bins(first, second, TESTED_BINS);
    // A common scale keeps the steps within the range of a double.
    let largest = midpoints.iter().fold(0.0, |a: f64, x| a.max(x.abs()));
    let unit = if largest > 0.0 {
        4.0 * largest.min(f64::MAX / 4.0)
    } else {
        1.0
    };
    let mut places = vec![0.0; bins.last()? + 1];
    let mut weights = places.clone();
    for (i, &bin) in bins.iter().enumerate() {
        let weight = first[i] as f64 + second[i] as f64;
        places[bin] += weight * (midpoints[i] / unit);
        weights[bin] += weight;
    }
    for (place, weight) in places.iter_mut().zip(&weights) {
        *place /= weight;
    }
    let (first, second) = (into_bins(first, &bins), into_bins(second, &bins));
    let distance = |f: &[u64], s: &[u64]| wasserstein1(&places, f, s).unwrap_or(0.0);
    let observed = distance(&first, &second);
    let resampled = PooledHistogram::new(&first, &second)?.test(
        observed,
        1e-9 * observed,
        seed,
        MOST_ROUNDS,
        distance,
    );
    Some(Wasserstein1Test {
        statistic,
        p_value: resampled.refined(|| ks_p_of(&first, &second)),
        resampled,
    })
}

/// From 100 rows a side its level holds, ties or not.
fn ks_p_of(first: &[u64], second: &[u64]) -> f64 {
    let (n, m) = (first.iter().sum::<u64>(), second.iter().sum::<u64>());
    match ks_statistic(first, second) {
        Some(d) if n.min(m) >= 100 => ks_p_value(d, n as f64, m as f64),
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinite_buckets_count_only_where_they_differ() {
        let midpoints = [f64::NEG_INFINITY, 0.0, 1.0, f64::INFINITY];
        let same = wasserstein1(&midpoints, &[1, 2, 0, 3], &[2, 0, 4, 6]);
        assert_eq!(same, Some(2.0 / 6.0));
        let unlike = wasserstein1(&midpoints, &[0, 2, 0, 1], &[0, 2, 0, 0]);
        assert_eq!(unlike, Some(f64::INFINITY));
    }

    #[test]
    fn a_shift_of_a_thousand_million_rows_is_the_shift() {
        let w = wasserstein1(&[1.0, 1.5], &[1_000_000_000, 0], &[0, 1_000_000_000]);
        assert_eq!(w, Some(0.5));
    }

    #[test]
    fn empty_or_unlike_sides_give_nothing() {
        assert_eq!(wasserstein1(&[1.0], &[0], &[1]), None);
        assert_eq!(wasserstein1(&[1.0], &[1], &[1, 2]), None);
    }
}
