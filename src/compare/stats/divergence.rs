//! Divergences of two histograms: how far apart two windows' shares are.

use super::effect::{detectable_noncentrality, effective_rows};
use super::resample::PooledHistogram;
use super::sequential::{MOST_ROUNDS, Permutation};
use super::tails::share_test;

/// A measure of how far apart the shares of two windows are.
///
/// With `r_i` the share of cell i in the reference and `t_i` that in the target:
///
/// ```text
/// Psi              sum_i (t_i - r_i) ln(t_i / r_i)                      nats, [0, inf)
/// KullbackLeibler  sum_i t_i ln(t_i / r_i)                              nats, [0, inf)
/// JensenShannon    sqrt(1/2 sum_i t_i log2(t_i / h_i) + r_i log2(r_i / h_i))    [0, 1]
///                  where h_i = (r_i + t_i) / 2
/// Hellinger        sqrt(1 - sum_i sqrt(r_i t_i))                                [0, 1]
/// ```
///
/// The population stability index is the divergence J of Jeffreys (1946, Proc.
/// R. Soc. A 186), Kullback and Leibler's (1951, Ann. Math. Stat. 22, eq. 2.6)
/// taken both ways; the Jensen-Shannon distance is the root of Lin's divergence
/// (1991, IEEE Trans. Inf. Theory 37, eq. 3.4) in bits, the Hellinger distance
/// that of Hellinger (1909) in the form of Bhattacharyya's coefficient.
///
/// **Empty cells.** A cell that both sides lack is no cell. One that a single
/// side lacks would make the first two infinite, so their shares are smoothed:
///
/// ```text
/// share_i = (count_i / n + c) / (1 + c k)     c = 1 / (2 min(n, m)), k cells
/// ```
///
/// half a record of the smaller window in every cell of both (the half of
/// Krichevsky and Trofimov 1981, IEEE Trans. Inf. Theory 27). Equal shares stay
/// equal, whatever the sizes of the windows, and all values are finite. The two
/// distances take `0 ln 0` as 0 and need no smoothing.
///
/// All four weigh small changes alike: with `X^2 = sum_i (t_i - r_i)^2 / p_i`
/// they are near `X^2`, `X^2 / 2`, `sqrt(X^2 / (8 ln 2))` and `sqrt(X^2 / 8)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Divergence {
    /// Population stability index.
    Psi,
    /// Kullback-Leibler divergence of the target from the reference.
    KullbackLeibler,
    /// Jensen-Shannon distance.
    JensenShannon,
    /// Hellinger distance.
    Hellinger,
}

impl Divergence {
    /// The divergence of two histograms over the same cells; see the type.
    ///
    /// `None` if a side has no rows or the lengths differ.
    ///
    /// ```
    /// use driftsphere::compare::stats::Divergence;
    ///
    /// let (first, second) = ([100, 0], [0, 100]);
    /// assert_eq!(Divergence::Hellinger.of(&first, &second), Some(1.0));
    /// assert_eq!(Divergence::JensenShannon.of(&first, &second), Some(1.0));
    /// // Shares 201/202 and 1/202 after smoothing: finite.
    /// let psi = Divergence::Psi.of(&first, &second).unwrap();
    /// assert!((psi - 2.0 * 100.0 / 101.0 * 201f64.ln()).abs() < 1e-12);
    /// assert_eq!(Divergence::Psi.of(&[10, 30], &[1, 3]), Some(0.0));
    /// assert_eq!(Divergence::Psi.of(&[1, 0], &[0, 0]), None);
    /// ```
    #[must_use]
    pub fn of(self, first: &[u64], second: &[u64]) -> Option<f64> {
        Some(self.scaled(Cells::of(first, second)?.information(self, first, second)))
    }

    /// From information in nats to the divergence as it is reported.
    fn scaled(self, information: f64) -> f64 {
        match self {
            Self::Psi | Self::KullbackLeibler => information,
            Self::JensenShannon => (information / std::f64::consts::LN_2).sqrt().min(1.0),
            Self::Hellinger => information.sqrt().min(1.0),
        }
    }

    /// Information times this and the effective rows is nearly chi-square.
    fn chi_square_factor(self) -> f64 {
        match self {
            Self::Psi => 1.0,
            Self::KullbackLeibler => 2.0,
            Self::JensenShannon | Self::Hellinger => 8.0,
        }
    }
}

/// Sizes of two histograms.
struct Cells {
    n: f64,
    m: f64,
    occupied: usize,
}

impl Cells {
    fn of(first: &[u64], second: &[u64]) -> Option<Self> {
        let (n, m) = (first.iter().sum::<u64>(), second.iter().sum::<u64>());
        let cells = first.iter().zip(second);
        (first.len() == second.len() && n > 0 && m > 0).then(|| Self {
            n: n as f64,
            m: m as f64,
            occupied: cells.filter(|(f, s)| **f > 0 || **s > 0).count(),
        })
    }

    /// What the divergence is a function of: nats, or 1 less Bhattacharyya's
    /// coefficient.
    fn information(&self, kind: Divergence, first: &[u64], second: &[u64]) -> f64 {
        let half = 0.5 / self.n.min(self.m);
        let whole = 1.0 + half * self.occupied as f64;
        let smooth = |share: f64| (share + half) / whole;
        let occupied = first.iter().zip(second).filter(|(f, s)| **f > 0 || **s > 0);
        let sum: f64 = occupied
            .map(|(&f, &s)| {
                let (r, t) = (f as f64 / self.n, s as f64 / self.m);
                match kind {
                    Divergence::Psi => {
                        let (r, t) = (smooth(r), smooth(t));
                        (t - r) * libm::log(t / r)
                    }
                    Divergence::KullbackLeibler => {
                        let (r, t) = (smooth(r), smooth(t));
                        t * libm::log(t / r) - (t - r)
                    }
                    Divergence::JensenShannon => {
                        let h = f64::midpoint(r, t);
                        (x_log(r, h) + x_log(t, h)) / 2.0
                    }
                    Divergence::Hellinger => {
                        let gap = r.sqrt() - t.sqrt();
                        gap * gap / 2.0
                    }
                }
            })
            .sum();
        // No term is negative but for rounding.
        sum.max(0.0)
    }
}

/// x ln(x / h) - (x - h), a term that is never negative; the second part adds
/// up to nothing. At x = 0 it is h.
fn x_log(x: f64, h: f64) -> f64 {
    if x > 0.0 {
        x * libm::log(x / h) - (x - h)
    } else {
        h
    }
}

/// Result of [`divergence_test`].
#[derive(Debug, Clone, PartialEq)]
pub struct DivergenceTest {
    /// The divergence found.
    pub statistic: f64,
    /// The same less what chance alone makes of it: the mean over the
    /// resamplings is taken off before the root.
    pub corrected: f64,
    /// The corrected divergence that would have been found with 80 % power.
    pub detectable: f64,
    /// P-value: the share of resamplings that reach the divergence; see
    /// [`divergence_test`] for where there are none.
    pub p_value: f64,
    /// The resampling behind it.
    pub resampled: Permutation,
}

/// Tests whether two windows have the same shares, by a divergence.
///
/// No divergence of finite windows is 0 on average: with k cells the stability
/// index of two equal windows is about (k - 1) (1 / n + 1 / m) (Yurdakul and
/// Naranjo 2020, J. Risk Model Validation 14), which a fixed rule of thumb
/// takes for drift where windows are small. So the p-value comes from drawing
/// both windows again from their pooled cells without replacement: exact, with
/// any number of rows, as long as the cells do not depend on which record
/// belongs to which window ([`equal_bins`](super::equal_bins) makes such cells
/// for numbers). Where no resampling reaches the divergence, it is that of the most
/// changed single share ([`share_test`], times the number of cells) if that is
/// smaller.
///
/// `None` if a side has no rows or the lengths differ.
///
/// ```
/// use driftsphere::compare::stats::{Divergence, divergence_test};
///
/// let calm = divergence_test(Divergence::Psi, &[5, 6, 4, 5], &[4, 5, 5, 6], 1).unwrap();
/// assert!(calm.statistic > 0.0 && calm.corrected == 0.0 && calm.p_value > 0.5);
/// let moved = divergence_test(Divergence::Psi, &[90, 10], &[50, 50], 1).unwrap();
/// assert!(moved.corrected > 0.1 && moved.p_value < 0.001);
/// ```
#[must_use]
pub fn divergence_test(
    kind: Divergence,
    first: &[u64],
    second: &[u64],
    seed: u64,
) -> Option<DivergenceTest> {
    let cells = Cells::of(first, second)?;
    let information = cells.information(kind, first, second);
    let resampled = PooledHistogram::new(first, second)?.test(
        information,
        // Equal tables may differ in the last bits of their sums.
        1e-9 * information + 1e-14,
        seed,
        MOST_ROUNDS,
        |f, s| cells.information(kind, f, s),
    );
    let rows = effective_rows(cells.n, cells.m);
    let noncentrality = detectable_noncentrality(cells.occupied);
    Some(DivergenceTest {
        statistic: kind.scaled(information),
        corrected: kind.scaled((information - resampled.null_mean).max(0.0)),
        detectable: kind.scaled(noncentrality / (kind.chi_square_factor() * rows)),
        p_value: resampled.refined(|| smallest_share_p(first, second)),
        resampled,
    })
}

/// The smallest p-value of a single cell against the rest, after Bonferroni.
fn smallest_share_p(first: &[u64], second: &[u64]) -> f64 {
    let (n, m) = (first.iter().sum(), second.iter().sum());
    let occupied = first.iter().zip(second).filter(|(a, b)| **a + **b > 0);
    let cells = occupied.clone().count() as f64;
    let p = occupied.filter_map(|(a, b)| Some(share_test(*a, n, *b, m)?.p_value));
    (cells * p.fold(1.0, f64::min)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Divergence; 4] = [
        Divergence::Psi,
        Divergence::KullbackLeibler,
        Divergence::JensenShannon,
        Divergence::Hellinger,
    ];

    #[test]
    fn equal_shares_are_no_divergence_at_any_size() {
        for kind in ALL {
            for scale in [1, 7, 1_000_000_007] {
                let first = [3 * scale, 0, 5 * scale, scale];
                let test = divergence_test(kind, &first, &[3, 0, 5, 1], 2).unwrap();
                assert!(test.statistic < 1e-7, "{kind:?} {}", test.statistic);
                assert_eq!((test.corrected, test.p_value), (0.0, 1.0), "{kind:?}");
            }
            let one = divergence_test(kind, &[8], &[3], 2).unwrap();
            assert_eq!(
                (one.statistic, one.p_value, one.detectable),
                (0.0, 1.0, 0.0)
            );
        }
    }

    #[test]
    fn every_value_is_finite() {
        for kind in ALL {
            for (first, second) in [
                (vec![1, 0], vec![0, 1]),
                (vec![1 << 62, 0, 0], vec![0, 1, 1]),
                (
                    vec![1; 500],
                    vec![0; 499].into_iter().chain([1 << 40]).collect(),
                ),
            ] {
                let test = divergence_test(kind, &first, &second, 1).unwrap();
                for value in [test.statistic, test.corrected, test.detectable] {
                    assert!(value.is_finite() && value >= 0.0, "{kind:?} {value}");
                }
            }
        }
    }
}
