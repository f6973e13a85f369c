//! Coordinates of a cloud along its principal axes, and their variances.

use super::super::linear::{multiply_wide, symmetric_eigen};
use crate::error::{Error, ErrorKind, Result};

/// The records of a cloud by their coordinates along its principal axes, less the
/// mean: all that is left of a cloud when its orientation is forgotten.
#[derive(Debug, Clone, PartialEq)]
pub struct PrincipalCoordinates {
    rows: usize,
    axes: usize,
    /// Row-major, `rows` x `axes`.
    pub(super) values: Vec<f64>,
    variances: Vec<f64>,
}

impl PrincipalCoordinates {
    /// Of rows of `dim` numbers, row-major. Axes without variance are left out.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the numbers are no rows of `dim`, or not finite.
    pub fn new(rows: &[f32], dim: usize) -> Result<Self> {
        super::super::gram::check_rows(rows, dim)?;
        let n = rows.len() / dim;
        let mut centred: Vec<f64> = rows.iter().map(|&x| f64::from(x)).collect();
        for column in 0..dim {
            let cells = || (column..n * dim).step_by(dim);
            let mean = cells().map(|at| centred[at]).sum::<f64>() / n.max(1) as f64;
            for at in cells() {
                centred[at] -= mean;
            }
        }
        // The smaller of the two products has all the axes.
        let by_column = dim <= n;
        let size = n.min(dim);
        let product = match by_column {
            true => multiply_wide((&centred, n, dim, true), (&centred, n, dim, false)),
            false => multiply_wide((&centred, n, dim, false), (&centred, n, dim, true)),
        };
        let eigen = symmetric_eigen(&product, size);
        let (mut variances, vectors) = eigen.ok_or_else(|| {
            Error::new(
                ErrorKind::Argument,
                "the principal axes of the rows cannot be found",
            )
        })?;
        let largest = variances.last().copied().unwrap_or(0.0);
        let kept = variances
            .iter()
            .filter(|&&v| v > 1e-10 * largest && v > 0.0)
            .count();
        // They rise: the last ones are kept, largest first.
        let vectors: Vec<f64> = (0..size * kept)
            .map(|at| vectors[at / kept * size + size - 1 - at % kept])
            .collect();
        variances.reverse();
        variances.truncate(kept);
        let values = match by_column {
            true => multiply_wide((&centred, n, dim, false), (&vectors, dim, kept, false)),
            false => (vectors.iter().enumerate())
                .map(|(at, x)| x * variances[at % kept].sqrt())
                .collect(),
        };
        variances
            .iter_mut()
            .for_each(|v| *v /= n.max(2) as f64 - 1.0);
        Ok(Self {
            rows: n,
            axes: kept,
            values,
            variances,
        })
    }

    /// Records.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The variances of the records at `ids` along the same axes, around their own
    /// means.
    #[must_use]
    pub fn variances_of(&self, ids: &[usize]) -> Vec<f64> {
        let mut sums = vec![(0.0, 0.0); self.axes];
        for &id in ids {
            let row = &self.values[id * self.axes..(id + 1) * self.axes];
            for ((sum, squares), x) in sums.iter_mut().zip(row) {
                *sum += x;
                *squares += x * x;
            }
        }
        let n = ids.len().max(2) as f64;
        let variance = |(sum, squares): (f64, f64)| (squares - sum * sum / n) / (n - 1.0);
        sums.into_iter().map(variance).collect()
    }

    /// Axes with variance.
    #[must_use]
    pub fn axes(&self) -> usize {
        self.axes
    }

    /// The variances along the axes, largest first.
    #[must_use]
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }
}

/// How many axes a cloud has that count: the participation ratio
///
/// ```text
/// (sum v_i)^2 / sum v_i^2
/// ```
///
/// of its variances; `k` for `k` equal ones (Gao and Ganguli 2015). 0 without any.
#[must_use]
pub fn effective_dimension(variances: &[f64]) -> f64 {
    let (sum, squares) = variances
        .iter()
        .fold((0.0, 0.0), |(s, q), v| (s + v, q + v * v));
    if squares > 0.0 {
        sum * sum / squares
    } else {
        0.0
    }
}

/// How differently two clouds divide their variance among their axes, largest
/// first: half the sum of the absolute differences of shares, in `[0, 1]`.
#[must_use]
pub fn spectrum_distance(first: &[f64], second: &[f64]) -> f64 {
    let total = |variances: &[f64]| variances.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let (a, b) = (total(first), total(second));
    let share = |variances: &[f64], at, total: f64| variances.get(at).map_or(0.0, |v| v / total);
    let axes = 0..first.len().max(second.len());
    let gaps = axes.map(|at| (share(first, at, a) - share(second, at, b)).abs());
    gaps.sum::<f64>() / 2.0
}

#[cfg(test)]
mod tests {
    use super::super::super::random::falling_rows;
    use super::*;

    #[test]
    fn coordinates_keep_all_distances_with_few_and_with_many_rows() {
        for (n, dim) in [(40, 6), (6, 40)] {
            let rows = falling_rows(n, dim, 2);
            let cloud = PrincipalCoordinates::new(&rows, dim).unwrap();
            assert_eq!(
                (cloud.rows(), cloud.axes()),
                (n, if n > dim { dim } else { n - 1 })
            );
            assert!(cloud.variances().is_sorted_by(|a, b| a >= b));
            let axes = cloud.axes();
            for (i, j) in [(0, 1), (2, 5), (4, 3)] {
                let plain: f64 = (0..dim)
                    .map(|k| f64::from(rows[i * dim + k]) - f64::from(rows[j * dim + k]))
                    .map(|gap| gap * gap)
                    .sum();
                let turned: f64 = (0..axes)
                    .map(|k| cloud.values[i * axes + k] - cloud.values[j * axes + k])
                    .map(|gap| gap * gap)
                    .sum();
                assert!((plain - turned).abs() < 1e-9 * plain, "{plain} {turned}");
            }
            let all: Vec<usize> = (0..n).collect();
            let again = cloud.variances_of(&all);
            let pairs = again.iter().zip(cloud.variances());
            assert!(
                pairs
                    .into_iter()
                    .all(|(a, b)| (a - b).abs() < 1e-9 * cloud.variances()[0])
            );
            let by_axis: f64 = (0..n).map(|i| cloud.values[i * axes].powi(2)).sum();
            assert!((by_axis / (n as f64 - 1.0) / cloud.variances()[0] - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn spectra_differ_by_shares() {
        assert_eq!(effective_dimension(&[2.0, 2.0, 2.0]), 3.0);
        assert_eq!(effective_dimension(&[]), 0.0);
        assert_eq!(spectrum_distance(&[3.0, 1.0], &[6.0, 2.0]), 0.0);
        assert_eq!(spectrum_distance(&[1.0], &[1.0, 1.0]), 0.5);
        let point = PrincipalCoordinates::new(&[1.0; 12], 3).unwrap();
        assert_eq!((point.axes(), point.variances().len()), (0, 0));
    }
}
