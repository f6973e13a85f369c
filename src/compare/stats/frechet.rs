//! Frechet distance between the normal laws of two samples.

use super::gram::check_rows;
use super::linear::symmetric_eigen;
use crate::error::{Error, ErrorKind, Result};
use faer::Side;
use faer::mat::{Mat, MatRef};

/// Frechet distance of two samples of equal size, as a description: it has no
/// p-value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrechetDistance {
    /// The squared distance, in squared units of the rows.
    pub value: f64,
    /// The same between two samples of that size that mix both: every other row
    /// of each. What no change looks like.
    pub by_chance: f64,
}

/// Directions that vary less than this, relative to the widest, are rounding.
const FLOOR: f64 = 1e-12;

impl FrechetDistance {
    /// Of two samples of as many rows, row-major (n x `dim` each).
    ///
    /// ```text
    /// F = |m - m'|^2 + tr(S + S' - 2 (S S')^(1/2))
    /// ```
    ///
    /// (Dowson and Landau 1982, J. Multivariate Anal. 12, eq. 4; of embeddings of
    /// images: Heusel et al. 2017.) m, m' are the means; S, S' the covariances
    /// (divisor n), shrunk by the oracle approximating estimator (Chen, Wiesel,
    /// Eldar and Hero 2010, IEEE Trans. Signal Process. 58, eq. 23, without its
    /// term 2 / d):
    ///
    /// ```text
    /// S <- (1 - rho) S + rho mu I,   mu = tr S / d,
    /// rho = min(1, (|S|^2 / d^2 + mu^2) / ((n + 1) (|S|^2 / d^2 - mu^2 / d)))
    /// ```
    ///
    /// With fewer rows than dimensions plain covariances share hardly a direction,
    /// and the distance would be mostly the number of rows. What is left of that
    /// is why both samples have one size, and why `by_chance` stands beside the
    /// value: compare distances at one n only.
    ///
    /// Nothing d x d is made. All rows lie in a space of at most 2 n - 1
    /// dimensions, found from their Gram matrix; the rest, where both covariances
    /// are multiples of I, adds (d - r) (a + a' - 2 (a a')^(1/2)), a = rho mu. In
    /// that space, with S = L L', the trace of the root is the sum of the roots
    /// of the eigenvalues of L' S' L, which are those of S S'.
    ///
    /// ```
    /// use driftsphere::compare::stats::FrechetDistance;
    ///
    /// let rows: Vec<f32> = (0..40).map(|i| ((i * 7) % 11) as f32 / 11.0).collect();
    /// let moved: Vec<f32> = rows.iter().map(|x| x + 2.0).collect();
    /// let same = FrechetDistance::of(&rows, &rows, 2)?;
    /// assert!(same.value < 1e-9);
    /// // Moved by (2, 2) and nothing else.
    /// let moved = FrechetDistance::of(&rows, &moved, 2)?;
    /// assert!((moved.value - 8.0).abs() < 1e-5);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if `dim` is 0, does not divide the lengths, a number
    /// is not finite, the samples differ in size, or they have fewer than 2 rows.
    pub fn of(first: &[f32], second: &[f32], dim: usize) -> Result<Self> {
        check_rows(first, dim)?;
        check_rows(second, dim)?;
        let n = first.len() / dim;
        if n < 2 || first.len() != second.len() {
            let message = format!(
                "a Frechet distance needs two samples of one size, at least 2; found {n} and {} rows",
                second.len() / dim
            );
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let rows = in_own_space(first, second, dim);
        let side = |second: bool, mixed: bool| -> Vec<usize> {
            let own = |i: usize| second != (mixed && i % 2 == 1);
            (0..n).map(|i| if own(i) { n + i } else { i }).collect()
        };
        let between = |mixed| {
            let laws = [false, true].map(|s| Normal::of(&rows, &side(s, mixed), dim));
            laws[0].distance(&laws[1], dim)
        };
        Ok(Self {
            value: between(false),
            by_chance: between(true),
        })
    }
}

/// All rows, less their common mean, in coordinates of the space they span
/// (2 n x r, r <= dim).
fn in_own_space(first: &[f32], second: &[f32], dim: usize) -> Mat<f64> {
    let n = (first.len() + second.len()) / dim;
    let at = |i: usize, j: usize| match first.get(i * dim + j) {
        Some(x) => f64::from(*x),
        None => f64::from(second[i * dim + j - first.len()]),
    };
    let means: Vec<f64> = (0..dim)
        .map(|j| (0..n).map(|i| at(i, j)).sum::<f64>() / n as f64)
        .collect();
    let rows = Mat::from_fn(n, dim, |i, j| at(i, j) - means[j]);
    if dim <= n {
        return rows;
    }
    let gram = &rows * rows.transpose();
    let gram: Vec<f64> = (0..n * n).map(|at| gram[(at / n, at % n)]).collect();
    // A Gram matrix of finite rows has eigenvalues; without, the rows do as well.
    let Some((values, vectors)) = symmetric_eigen(&gram, n) else {
        return rows;
    };
    let floor = FLOOR * values[n - 1];
    let kept: Vec<usize> = (0..n).filter(|&i| values[i] > floor).collect();
    Mat::from_fn(n, kept.len(), |i, j| {
        vectors[i * n + kept[j]] * values[kept[j]].sqrt()
    })
}

/// Mean and shrunk covariance of some rows.
struct Normal {
    mean: Vec<f64>,
    /// In the space of the rows (r x r), shrunk.
    covariance: Mat<f64>,
    /// The variance in each direction outside.
    outside: f64,
    trace: f64,
}

impl Normal {
    fn of(rows: &Mat<f64>, chosen: &[usize], dim: usize) -> Self {
        let (n, r) = (chosen.len() as f64, rows.ncols());
        let mean: Vec<f64> = (0..r)
            .map(|j| chosen.iter().map(|&i| rows[(i, j)]).sum::<f64>() / n)
            .collect();
        let centred = Mat::from_fn(chosen.len(), r, |i, j| rows[(chosen[i], j)] - mean[j]);
        let mut covariance = centred.transpose() * &centred;
        let d = dim as f64;
        let (mut trace, mut squares) = (0.0, 0.0);
        for j in 0..r {
            for i in 0..r {
                covariance[(i, j)] /= n;
                squares += covariance[(i, j)] * covariance[(i, j)];
            }
            trace += covariance[(j, j)];
        }
        let mu = trace / d;
        let (alpha, square) = (squares / (d * d), mu * mu);
        let denominator = (n + 1.0) * (alpha - square / d);
        let rho = match denominator > 0.0 {
            true => ((alpha + square) / denominator).min(1.0),
            false => 1.0,
        };
        let outside = rho * mu;
        for j in 0..r {
            for i in 0..r {
                covariance[(i, j)] *= 1.0 - rho;
            }
            covariance[(j, j)] += outside;
        }
        Self {
            mean,
            covariance,
            outside,
            trace,
        }
    }

    fn distance(&self, other: &Self, dim: usize) -> f64 {
        let means = self.mean.iter().zip(&other.mean);
        let apart: f64 = means.map(|(a, b)| (a - b) * (a - b)).sum();
        let rest = (dim - self.mean.len()) as f64 * (self.outside * other.outside).sqrt();
        let root = root_trace(self.covariance.as_ref(), other.covariance.as_ref()) + rest;
        (apart + self.trace + other.trace - 2.0 * root).max(0.0)
    }
}

/// tr (S S')^(1/2); 0 where S is not positive definite, which a shrunk covariance
/// is unless no row varies.
fn root_trace(first: MatRef<'_, f64>, second: MatRef<'_, f64>) -> f64 {
    let Ok(cholesky) = first.llt(Side::Lower) else {
        return 0.0;
    };
    let lower = cholesky.L();
    let product = lower.transpose() * second * lower;
    let values = product.self_adjoint_eigenvalues(Side::Lower);
    let roots = values.unwrap_or_default();
    roots.iter().map(|value| value.max(0.0).sqrt()).sum()
}

#[cfg(test)]
mod tests {
    use super::super::random::falling_rows;
    use super::*;

    #[test]
    fn the_own_space_of_the_rows_gives_what_the_whole_space_does() {
        // Padded with a constant, the same rows have more dimensions than rows.
        let (n, few, many) = (12, 5, 60);
        let rows = falling_rows(2 * n, few, 3);
        let padded: Vec<f32> = rows
            .chunks_exact(few)
            .flat_map(|row| {
                row.iter()
                    .copied()
                    .chain(std::iter::repeat_n(0.5, many - few))
            })
            .collect();
        let in_few = in_own_space(&padded[..n * many], &padded[n * many..], many);
        assert_eq!(in_few.ncols(), few);
    }

    #[test]
    fn samples_that_do_not_vary_are_as_far_apart_as_their_means() {
        let distance = FrechetDistance::of(&[0.0; 30], &[1.0; 30], 3).unwrap();
        assert!((distance.value - 3.0).abs() < 1e-12);
    }

    #[test]
    fn unlike_samples_are_refused() {
        for (first, second) in [(&[1.0f32, 2.0][..], &[1.0f32][..]), (&[1.0], &[2.0])] {
            let error = FrechetDistance::of(first, second, 1).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument);
        }
        assert!(FrechetDistance::of(&[f32::NAN; 4], &[0.0; 4], 2).is_err());
    }
}
