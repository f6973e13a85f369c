//! Whether a number of the same records rose or fell.

use super::rank::middle_ranks;

/// Differences up to which all signs are counted out.
const EXACT: usize = 100;

/// Wilcoxon's signed-rank test of differences, each of one record.
///
/// ```text
/// r_i     rank of |d_i| among those that are not 0, equal ones at their middle rank
/// W       sum of the r_i with d_i > 0
/// value   (W - W') / (W + W'),   W' the sum of the others
/// p       2 min(P(W >= w), P(W <= w)), at most 1, all signs equally likely
/// ```
///
/// Up to 100 differences that are not 0 the law of W is counted out, ties included; for more
/// it is normal, of mean `sum r / 2` and variance `sum r^2 / 4`, with a correction for
/// continuity of half a step of W, at least half a rank. (Wilcoxon 1945, *Biometrics Bulletin* 1; the value, the matched-pairs
/// rank-biserial correlation, Kerby 2014, *Comprehensive Psychology* 3.)
///
/// The two numbers of a difference may depend on each other; the records must not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRank {
    /// In `[-1, 1]`: 1 where all that changed rose.
    pub value: f64,
    /// In `[0, 1]`; 1 where nothing changed.
    pub p_value: f64,
    /// Differences above 0.
    pub rose: usize,
    /// Differences below 0.
    pub fell: usize,
}

/// Tests whether differences lie evenly about 0. `None` without any; NaN is none, and an infinite
/// difference has the highest rank.
///
/// ```
/// use driftsphere::compare::stats::signed_rank;
///
/// let fewer = signed_rank(&[-1.0, -2.0, 0.0, -1.0, -3.0, -1.0, -2.0]).unwrap();
/// assert_eq!((fewer.rose, fewer.fell, fewer.value), (0, 6, -1.0));
/// assert_eq!(fewer.p_value, 2.0 / 64.0); // all six of one sign
/// assert_eq!(signed_rank(&[0.0, 0.0]).unwrap().p_value, 1.0);
/// assert!(signed_rank(&[]).is_none());
/// ```
#[must_use]
pub fn signed_rank(differences: &[f64]) -> Option<SignedRank> {
    let known = || differences.iter().copied().filter(|d| !d.is_nan());
    known().next()?;
    let moved: Vec<f64> = known().filter(|d| *d != 0.0).collect();
    let sizes: Vec<f64> = moved.iter().map(|d| d.abs()).collect();
    // Twice the rank is whole, whatever ties there are.
    let ranks = middle_ranks(&sizes).into_iter().map(|r| (2.0 * r) as usize);
    let ranks: Vec<usize> = ranks.collect();
    let all: usize = ranks.iter().sum();
    let up = moved.iter().zip(&ranks).filter(|(d, _)| **d > 0.0);
    let up: usize = up.map(|(_, rank)| rank).sum();
    let rose = moved.iter().filter(|d| **d > 0.0).count();
    let far = up.max(all - up);
    let upper = match moved.len() {
        0..=EXACT => upper_share(&ranks, far),
        _ => normal_upper_share(&ranks, far),
    };
    Some(SignedRank {
        value: (2.0 * up as f64 - all as f64) / all.max(1) as f64,
        p_value: (2.0 * upper).min(1.0),
        rose,
        fell: moved.len() - rose,
    })
}

/// Share of all choices of signs whose sum of ranks is at least `from`.
fn upper_share(ranks: &[usize], from: usize) -> f64 {
    let all: usize = ranks.iter().sum();
    let mut shares = vec![0.0; all + 1];
    shares[0] = 1.0;
    let mut reach = 0;
    for &rank in ranks {
        reach += rank;
        for sum in (0..=reach).rev() {
            let with = sum.checked_sub(rank).map_or(0.0, |before| shares[before]);
            shares[sum] = (shares[sum] + with) / 2.0;
        }
    }
    shares[from..].iter().sum()
}

fn normal_upper_share(ranks: &[usize], from: usize) -> f64 {
    let all: usize = ranks.iter().sum();
    let squares: f64 = ranks.iter().map(|&rank| (rank * rank) as f64).sum();
    // In units of half a rank. Sums are multiples of what all ranks are multiples of, which is much where
    // most differences are equal.
    let step = ranks.iter().copied().fold(0, common_divisor);
    let correction = (step as f64 / 2.0).max(1.0);
    let above = (from as f64 - all as f64 / 2.0 - correction).max(0.0);
    0.5 * libm::erfc(above / (squares / 4.0).sqrt() / std::f64::consts::SQRT_2)
}

fn common_divisor(a: usize, b: usize) -> usize {
    match b {
        0 => a,
        _ => common_divisor(b, a % b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::stats::random::Random;

    #[test]
    fn counted_out_and_normal_agree_where_they_meet() {
        for ties in [1.0, 20.0, 1e9] {
            let mut random = Random::stream(7, 1);
            let size = |i: usize| (i as f64 / 100.0 * ties).ceil();
            let shift = |i: usize| if i.is_multiple_of(3) { -1.0 } else { 1.0 };
            let differences: Vec<f64> = (1..=100)
                .map(|i| {
                    size(i)
                        * if random.uniform() < 0.3 {
                            shift(i)
                        } else {
                            -shift(i)
                        }
                })
                .collect();
            let test = signed_rank(&differences).unwrap();
            let sizes: Vec<f64> = differences.iter().map(|d| d.abs()).collect();
            let ranks: Vec<usize> = middle_ranks(&sizes)
                .iter()
                .map(|r| (2.0 * r) as usize)
                .collect();
            let up = differences.iter().zip(&ranks).filter(|(d, _)| **d > 0.0);
            let up: usize = up.map(|(_, rank)| rank).sum();
            let normal = 2.0 * normal_upper_share(&ranks, up.max(10_100 - up));
            assert!(
                (normal / test.p_value - 1.0).abs() < 0.1,
                "{ties}: {normal} {}",
                test.p_value
            );
        }
    }

    /// At 5 %, and far out where p-values of many tests have to go.
    #[test]
    fn false_alarms_are_as_rare_as_said() {
        const ROUNDS: usize = 20_000;
        for (n, values) in [(12, 2), (40, 1_000), (150, 3)] {
            let mut random = Random::stream(n as u64, 2);
            let mut alarms = [0; 2];
            for _ in 0..ROUNDS {
                let size = |random: &mut Random| (random.uniform() * values as f64).floor();
                let differences: Vec<f64> = (0..n)
                    .map(|_| size(&mut random) - size(&mut random))
                    .collect();
                let p = signed_rank(&differences).unwrap().p_value;
                alarms[0] += usize::from(p <= 0.05);
                alarms[1] += usize::from(p <= 0.002);
            }
            for (alarms, level) in alarms.into_iter().zip([0.05, 0.002]) {
                let expected = level * ROUNDS as f64;
                // Four standard deviations of a binomial number.
                assert!(
                    (alarms as f64) < expected + 4.0 * expected.sqrt(),
                    "{n} {alarms} {level}"
                );
                if n > 12 {
                    assert!(
                        (alarms as f64) > 0.6 * expected - 4.0 * expected.sqrt(),
                        "{n} {alarms}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_a_difference_is_left_out() {
        assert!(signed_rank(&[f64::NAN]).is_none());
        let few = signed_rank(&[f64::NAN, f64::INFINITY, -1.0, 2.0]).unwrap();
        assert_eq!((few.rose, few.fell), (2, 1));
        assert_eq!(few.value, 4.0 / 6.0);
    }
}
