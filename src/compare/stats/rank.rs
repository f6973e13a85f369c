//! Rank correlation: whether one number grows along with another.

use super::beta::incomplete_beta;

/// Two-sided 5 % point of the standard normal law.
const Z: f64 = 1.959_963_984_540_054;
/// Fewest values that an interval can be given for.
const FEWEST: usize = 4;

/// How far two numbers of the same records rise together, by rank.
///
/// ```text
/// rho       Pearson's correlation of the ranks, ties at their middle rank
///           (Spearman 1904)
/// interval  tanh(atanh(rho) -+ z_0.975 sqrt((1 + rho^2 / 2) / (n - 3)))
///           (Bonett and Wright, Psychometrika 65, 2000)
/// p_value   two-sided, of t = rho sqrt((n - 2) / (1 - rho^2)) with n - 2
///           degrees of freedom
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankCorrelation {
    /// rho, in `[-1, 1]`.
    pub value: f64,
    /// Its 95 % interval, in `[-1, 1]`.
    pub interval: (f64, f64),
    /// How often chance alone would give as much, in `[0, 1]`.
    pub p_value: f64,
    /// The number of independent records it rests on.
    pub n: usize,
}

/// Rank correlation of `x` and `y`, value against value, of which `independent`
/// tell something of their own: all of them, or as many as there are groups
/// (videos, patients) that they come from.
///
/// Infinities rank at the ends. `None` if fewer than 4 are independent, or if all
/// of `x` or all of `y` are equal.
///
/// ```
/// use driftsphere::compare::stats::rank_correlation;
///
/// let blur = [0.1, 0.4, 0.2, 0.9, 0.7, 0.3];
/// let distance = [1.0, 4.0, 3.0, 9.0, 5.0, 2.0];
/// let found = rank_correlation(&blur, &distance, 6).unwrap();
/// assert!((found.value - 33.0 / 35.0).abs() < 1e-12);
/// assert!(found.interval.0 < found.value && found.value < found.interval.1);
/// assert!(rank_correlation(&blur, &[1.0; 6], 6).is_none());
/// ```
///
/// # Panics
/// If the slices differ in length, or hold a NaN.
#[must_use]
pub fn rank_correlation(x: &[f64], y: &[f64], independent: usize) -> Option<RankCorrelation> {
    assert_eq!(x.len(), y.len(), "one value of each for every record");
    let n = independent.min(x.len());
    if n < FEWEST {
        return None;
    }
    let value = pearson(&middle_ranks(x), &middle_ranks(y))?;
    let freedom = (n - 2) as f64;
    Some(RankCorrelation {
        value,
        interval: interval(libm::atanh(value), value, (n - 3) as f64),
        p_value: incomplete_beta(1.0 - value * value, freedom / 2.0, 0.5),
        n,
    })
}

/// The correlation inside strata, such as two windows, whatever lies between
/// them: the mean of their Fisher z, each weighed by n - 3 (Hedges and Olkin,
/// *Statistical Methods for Meta-Analysis*, 1985, chapter 11).
///
/// `None` without any of more than 3 records.
///
/// ```
/// use driftsphere::compare::stats::{rank_correlation, within_strata};
///
/// let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let up = rank_correlation(&x, &[1.0, 3.0, 2.0, 4.0, 6.0, 5.0], 6).unwrap();
/// let down = rank_correlation(&x, &[5.0, 6.0, 4.0, 2.0, 3.0, 1.0], 6).unwrap();
/// assert!(within_strata(&[up, down]).unwrap().value.abs() < 1e-12);
/// ```
#[must_use]
pub fn within_strata(strata: &[RankCorrelation]) -> Option<RankCorrelation> {
    let weight_of = |s: &RankCorrelation| s.n.saturating_sub(3) as f64;
    let weight: f64 = strata.iter().map(weight_of).sum();
    if weight == 0.0 {
        return None;
    }
    // A perfect correlation has no finite z.
    let z = |s: &RankCorrelation| libm::atanh(s.value.clamp(-1.0 + 1e-12, 1.0 - 1e-12));
    let mean = strata.iter().map(|s| weight_of(s) * z(s)).sum::<f64>() / weight;
    let value = libm::tanh(mean);
    Some(RankCorrelation {
        value,
        interval: interval(mean, value, weight),
        p_value: libm::erfc(mean.abs() * weight.sqrt() / std::f64::consts::SQRT_2),
        n: strata.iter().map(|s| s.n).sum(),
    })
}

fn interval(z: f64, value: f64, freedom: f64) -> (f64, f64) {
    let half = Z * ((1.0 + value * value / 2.0) / freedom).sqrt();
    (libm::tanh(z - half), libm::tanh(z + half))
}

/// The rank of each value from 1, equal values at the mean of their ranks.
pub(super) fn middle_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| {
        let order = values[a].partial_cmp(&values[b]);
        order.expect("no value is NaN")
    });
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = below as f64 + (tied.len() + 1) as f64 / 2.0;
        tied.iter().for_each(|&at| ranks[at] = rank);
        below += tied.len();
    }
    ranks
}

/// Of ranks: their mean is exact, and so is a sum of squares of 0.
fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let mean = (x.len() + 1) as f64 / 2.0;
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (x, y) = (x - mean, y - mean);
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    (xx > 0.0 && yy > 0.0).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_middle_rank_and_both_zeros_are_equal() {
        let ranks = middle_ranks(&[3.0, -0.0, 0.0, 3.0, f64::NEG_INFINITY, 3.0]);
        assert_eq!(ranks, [5.0, 2.5, 2.5, 5.0, 1.0, 5.0]);
    }

    #[test]
    fn a_perfect_order_is_one_with_an_interval_of_no_width() {
        let x: Vec<f64> = (0..40).map(f64::from).collect();
        let up = rank_correlation(&x, &x, 40).unwrap();
        assert_eq!((up.value, up.interval, up.p_value), (1.0, (1.0, 1.0), 0.0));
        let down: Vec<f64> = x.iter().map(|v| -v).collect();
        assert_eq!(rank_correlation(&x, &down, 40).unwrap().value, -1.0);
        assert!(within_strata(&[up, up]).unwrap().value > 0.999_999);
    }

    #[test]
    fn dependent_records_widen_the_interval() {
        let x: Vec<f64> = (0..60).map(|i| f64::from(i % 7)).collect();
        let y: Vec<f64> = (0..60).map(|i| f64::from(i % 5 + i % 7)).collect();
        let all = rank_correlation(&x, &y, 60).unwrap();
        let few = rank_correlation(&x, &y, 10).unwrap();
        assert_eq!(all.value, few.value);
        assert!(few.interval.0 < all.interval.0 && few.interval.1 > all.interval.1);
        assert!(few.p_value > all.p_value);
        assert!(rank_correlation(&x, &y, 3).is_none());
        assert!(within_strata(&[]).is_none());
    }
}
