//! Test of a share against a reference whose own share is uncertain.

use super::beta::incomplete_beta;

/// Result of [`share_test`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareTest {
    /// Share in the reference.
    pub reference: f64,
    /// Share in the target.
    pub target: f64,
    /// Two-sided: twice the smaller of the two below, at most 1.
    pub p_value: f64,
    /// Probability of a target count at least this large if nothing changed.
    pub p_upper: f64,
    /// Probability of a target count at most this large if nothing changed.
    pub p_lower: f64,
}

/// Tests whether the share of target rows beyond an edge (k_t of n_t) fits a
/// reference with k_r of n_r beyond it.
///
/// If nothing changed, how many target rows lie beyond the (k_r + 1)-th largest
/// value of the reference is beta-binomial, whatever the values' distribution
/// (a prediction from order statistics, Gumbel and von Schelling 1950):
///
/// ```text
/// P(K = k) = C(n_t, k) B(k + a, n_t - k + b) / B(a, b)
/// p_upper  = P(K >= k_t)   a = k_r + 1, b = n_r - k_r
/// p_lower  = P(K <= k_t)   a = k_r,     b = n_r - k_r + 1
/// p        = 2 min(p_lower, p_upper, 1/2)
/// ```
///
/// These are Fisher's exact tails too (hypergeometric, the sum of both counts
/// given), so the level holds for shares of a category as well, at any ratio of
/// the windows.
///
/// The uncertainty of the reference counts: an edge at the reference's 99 %
/// quantile of 300 rows does not alarm because only three rows made it.
///
/// Accuracy: summed exactly by ratios of neighbouring terms (relative error
/// about 1e-12) while the deviation of K is at most 5 000; beyond it a Beta
/// distribution of the same mean and variance stands in with a continuity
/// correction (p off by less than 1 % of itself for p > 1e-6). Up to 1e9 rows
/// a side.
///
/// `None` if a side has no rows or a count exceeds its rows.
///
/// ```
/// use driftsphere::compare::stats::share_test;
///
/// let calm = share_test(10, 1000, 4, 300).unwrap();
/// assert!(calm.p_value > 0.5);
/// let novel = share_test(10, 1000, 30, 300).unwrap();
/// assert!(novel.p_upper < 1e-9 && novel.p_value == 2.0 * novel.p_upper);
/// ```
#[must_use]
pub fn share_test(k_r: u64, n_r: u64, k_t: u64, n_t: u64) -> Option<ShareTest> {
    if n_r == 0 || n_t == 0 || k_r > n_r || k_t > n_t {
        return None;
    }
    let (within, beyond) = ((n_r - k_r) as f64, k_r as f64);
    // A reference wholly on one side excludes no target on that side.
    let p_upper = match within > 0.0 {
        true => tails(k_t, n_t, beyond + 1.0, within).1,
        false => 1.0,
    };
    let p_lower = match beyond > 0.0 {
        true => tails(k_t, n_t, beyond, within + 1.0).0,
        false => 1.0,
    };
    Some(ShareTest {
        reference: k_r as f64 / n_r as f64,
        target: k_t as f64 / n_t as f64,
        p_value: (2.0 * p_lower.min(p_upper)).min(1.0),
        p_upper,
        p_lower,
    })
}

/// Standard deviation of K from which on the continuous form takes over.
const SUMMED: f64 = 5000.0;

/// (P(K <= k), P(K >= k)) of the beta-binomial distribution.
fn tails(k: u64, n: u64, a: f64, b: f64) -> (f64, f64) {
    let rows = n as f64;
    let mean = rows * a / (a + b);
    let binomial = mean * b / (a + b);
    let variance = binomial * (a + b + rows) / (a + b + 1.0);
    if variance.sqrt() <= SUMMED {
        return summed_tails(k, n, a, b);
    }
    // Beta(a c, b c) scaled by n has the variance of K for this c.
    let size = rows * binomial / variance - 1.0;
    let (alpha, beta) = (size * a / (a + b), size * b / (a + b));
    let at = |edge: f64| (edge / rows).clamp(0.0, 1.0);
    let lower = incomplete_beta(at(k as f64 + 0.5), alpha, beta);
    let upper = incomplete_beta(1.0 - at(k as f64 - 0.5), beta, alpha);
    (lower, upper)
}

/// Sums the terms outwards from the mode, each from its neighbour; no
/// log-gamma, so nothing cancels.
fn summed_tails(k: u64, n: u64, a: f64, b: f64) -> (f64, f64) {
    let rows = n as f64;
    // P(j + 1) / P(j)
    let ratio = |j: f64| (rows - j) * (j + a) / ((j + 1.0) * (rows - j - 1.0 + b));
    let mode = (rows * a / (a + b)).floor().min(rows);
    let at = k as f64;
    let (mut below, mut same, mut above) = (0.0, 0.0, 0.0);
    let mut add = |j: f64, weight: f64| {
        if j < at {
            below += weight;
        } else if j > at {
            above += weight;
        } else {
            same = weight;
        }
    };
    let (mut j, mut weight) = (mode, 1.0);
    add(j, weight);
    while j < rows && weight > 1e-300 {
        weight *= ratio(j);
        j += 1.0;
        add(j, weight);
    }
    (j, weight) = (mode, 1.0);
    while j > 0.0 && weight > 1e-300 {
        j -= 1.0;
        weight /= ratio(j);
        add(j, weight);
    }
    let total = below + same + above;
    // A value out of reach of the sum is rarer than 1e-300.
    let share = |tail: f64| (tail / total).clamp(1e-300, 1.0);
    (share(below + same), share(above + same))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_cannot_be_give_nothing() {
        assert!(share_test(0, 0, 0, 5).is_none());
        assert!(share_test(0, 5, 0, 0).is_none());
        assert!(share_test(6, 5, 0, 5).is_none());
        assert!(share_test(1, 5, 6, 5).is_none());
    }

    #[test]
    fn one_row_a_side_is_never_significant() {
        for (k_r, k_t) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            assert!(share_test(k_r, 1, k_t, 1).unwrap().p_value > 0.3);
        }
    }

    /// At the point of change both forms give the same answer.
    #[test]
    fn the_continuous_form_continues_the_sum() {
        for (a, b, n) in [
            (10.5, 990.5, 400_000u64),
            (3e4, 7e4, 40_000_000),
            (3e7, 9.7e8, 900_000_000),
        ] {
            let mean = n as f64 * a / (a + b);
            let sd = (mean * b / (a + b) * (a + b + n as f64) / (a + b + 1.0)).sqrt();
            for z in [-2.0, 0.0, 1.5, 3.0, 4.5] {
                let k = (mean + z * sd).max(0.0) as u64;
                let (lower, upper) = summed_tails(k, n, a, b);
                let rows = n as f64;
                let binomial = mean * b / (a + b);
                let size = rows * binomial / (sd * sd) - 1.0;
                let (alpha, beta) = (size * a / (a + b), size * b / (a + b));
                let c_lower = incomplete_beta((k as f64 + 0.5) / rows, alpha, beta);
                let c_upper = incomplete_beta(1.0 - (k as f64 - 0.5) / rows, beta, alpha);
                assert!(
                    (c_lower / lower - 1.0).abs() < 0.01,
                    "{a} {z}: {c_lower} {lower}"
                );
                assert!(
                    (c_upper / upper - 1.0).abs() < 0.01,
                    "{a} {z}: {c_upper} {upper}"
                );
            }
        }
    }

    #[test]
    fn a_thousand_million_rows_are_handled() {
        let same = share_test(1_000_000, 1_000_000_000, 1_000_000, 1_000_000_000).unwrap();
        assert!(same.p_value > 0.9);
        let more = share_test(1_000_000, 1_000_000_000, 1_010_000, 1_000_000_000).unwrap();
        assert!(more.p_upper < 1e-9 && more.p_upper > 0.0);
        let none = share_test(0, 1_000_000_000, 5, 1_000_000_000).unwrap();
        assert!(none.p_upper < 0.05 && none.p_upper > 0.001);
        let lost = share_test(500, 1000, 0, 1_000_000_000).unwrap();
        assert!(lost.p_value < 1e-100);
    }
}
