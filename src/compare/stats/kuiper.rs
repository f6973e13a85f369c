//! Kuiper's test of two histograms on a circle.

use super::resample::PooledHistogram;
use super::sequential::{MOST_ROUNDS, Permutation};

/// Result of [`kuiper_test`].
#[derive(Debug, Clone, PartialEq)]
pub struct KuiperTest {
    /// V, in [0, 1].
    pub statistic: f64,
    /// P-value.
    pub p_value: f64,
    /// The resampling, where the limit law would not hold.
    pub resampled: Option<Permutation>,
}

/// Fewer rows a side, or fewer occupied cells, than this: resample.
const FEW: u64 = 100;

/// Tests whether two histograms over the same cells of a circle, in the order of
/// the angle, come from one distribution.
///
/// The statistic is [`kuiper_statistic`]. With at least 100 rows a side and 100
/// occupied cells the p-value is [`kuiper_p_value`]; else both windows are drawn
/// again from their pooled cells without replacement, for which ties and few rows
/// do no harm. Where no round reaches the statistic, and there are 100 rows a side, the
/// smaller of the two: ties only lower the former, and a correction over hundreds of
/// features needs to know how small p is.
///
/// `None` if a side has no rows or the lengths differ.
///
/// ```
/// use driftsphere::compare::stats::kuiper_test;
///
/// let same = kuiper_test(&[10, 20, 30], &[10, 20, 30], 1).unwrap();
/// assert_eq!((same.statistic, same.p_value), (0.0, 1.0));
/// let moved = kuiper_test(&[60, 0, 0], &[0, 0, 60], 1).unwrap();
/// assert!(moved.statistic == 1.0 && moved.p_value < 0.001);
/// ```
#[must_use]
pub fn kuiper_test(first: &[u64], second: &[u64], seed: u64) -> Option<KuiperTest> {
    let statistic = kuiper_statistic(first, second)?;
    let (n, m) = (first.iter().sum::<u64>(), second.iter().sum::<u64>());
    let cells = first.iter().zip(second);
    let occupied = cells.filter(|(a, b)| **a > 0 || **b > 0).count() as u64;
    if n.min(m) >= FEW && occupied >= FEW {
        return Some(KuiperTest {
            statistic,
            p_value: kuiper_p_value(statistic, n as f64, m as f64),
            resampled: None,
        });
    }
    let of_counts = |f: &[u64], s: &[u64]| kuiper_statistic(f, s).unwrap_or(0.0);
    // Equal ranges are equal integers over the same divisor: no tolerance.
    let pooled = PooledHistogram::new(first, second)?;
    let resampled = pooled.test(statistic, 0.0, seed, MOST_ROUNDS, of_counts);
    Some(KuiperTest {
        statistic,
        p_value: resampled.refined(|| match n.min(m) >= FEW {
            true => kuiper_p_value(statistic, n as f64, m as f64),
            false => 1.0,
        }),
        resampled: Some(resampled),
    })
}

/// Range of the difference of two empirical distribution functions (Kuiper 1960,
/// Proc. K. Ned. Akad. Wet. A 63).
///
/// ```text
/// V = max_i (F_i - G_i, 0) - min_i (F_i - G_i, 0)
/// ```
///
/// It does not depend on where on the circle the counting starts. Counted in
/// integers: equal shares give exactly 0. `None` if a side has no rows or the
/// lengths differ.
#[must_use]
pub fn kuiper_statistic(first: &[u64], second: &[u64]) -> Option<f64> {
    let total = |counts: &[u64]| counts.iter().map(|&c| u128::from(c)).sum::<u128>();
    let (n, m) = (total(first), total(second));
    if first.len() != second.len() || n == 0 || m == 0 {
        return None;
    }
    let (mut f, mut g, mut above, mut below) = (0u128, 0u128, 0u128, 0u128);
    for (&a, &b) in first.iter().zip(second) {
        f += u128::from(a);
        g += u128::from(b);
        let (up, down) = (f * m, g * n);
        above = above.max(up.saturating_sub(down));
        below = below.max(down.saturating_sub(up));
    }
    Some((above + below) as f64 / (n as f64 * m as f64))
}

/// P-value of Kuiper's V between windows of `n` and `m` rows.
///
/// ```text
/// p = Q((s + 0.155 + 0.24 / s) V),   s = sqrt(n m / (n + m))
/// Q(x) = 2 sum_{k >= 1} (4 k^2 x^2 - 1) exp(-2 k^2 x^2)
/// ```
///
/// Q is Kuiper's limit law, the factor Stephens' small-sample correction (1970,
/// J. R. Stat. Soc. B 32, table 1). Two windows need no further correction for
/// the lattice on which V lies: over five pairs of sizes from 100 to 1 000 and
/// alpha 0.1, 0.05 and 0.01 the true level is 0.74 to 1.05 times the nominal one
/// (20 000 simulations of each). Values that share cells only lower it. V = 0
/// and an empty side give 1.
#[must_use]
pub fn kuiper_p_value(v: f64, n: f64, m: f64) -> f64 {
    if !(v > 0.0 && n > 0.0 && m > 0.0) {
        return 1.0;
    }
    let s = (n / (n + m) * m).sqrt();
    kuiper_survival((s + 0.155 + 0.24 / s) * v)
}

/// Survival function of Kuiper's limit law.
fn kuiper_survival(x: f64) -> f64 {
    // Below, Q is 1 to within 1e-9, and its terms would cancel.
    if x < 0.35 {
        return 1.0;
    }
    let square = x * x;
    // 20 terms: at 0.35 the last is below 1e-40.
    let sum: f64 = (1..=20)
        .map(|k| f64::from(k * k))
        .map(|k| (4.0 * k * square - 1.0) * libm::exp(-2.0 * k * square))
        .sum();
    (2.0 * sum).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survival_matches_tabulated_critical_values() {
        // Stephens 1970, table 1: upper 10, 5, 2.5 and 1 % points.
        for (x, p) in [(1.620, 0.10), (1.747, 0.05), (1.862, 0.025), (2.001, 0.01)] {
            assert!((kuiper_survival(x) - p).abs() < 0.003 * p.max(0.05), "{x}");
        }
        assert!((kuiper_survival(0.35) - 1.0).abs() < 1e-8);
    }

    #[test]
    fn the_start_of_the_count_does_not_matter() {
        let (mut first, mut second) = (vec![5, 9, 0, 3, 7], vec![2, 2, 8, 8, 1]);
        let v = kuiper_statistic(&first, &second).unwrap();
        for _ in 0..5 {
            first.rotate_left(1);
            second.rotate_left(1);
            assert!((kuiper_statistic(&first, &second).unwrap() - v).abs() < 1e-15);
        }
    }

    #[test]
    fn empty_sides_and_unlike_lengths_give_nothing() {
        assert!(kuiper_test(&[0, 0], &[1, 2], 1).is_none());
        assert!(kuiper_test(&[1], &[1, 2], 1).is_none());
        assert_eq!(kuiper_p_value(f64::NAN, 10.0, 10.0), 1.0);
    }
}
