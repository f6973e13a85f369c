//! Leading principal components of pooled rows.

use std::borrow::Cow;

use super::gram::check_rows;
use super::intraclass::Intraclass;
use super::linear::{orthonormal, symmetric_eigen};
use super::product::{centred, times, transposed_times};
use super::random::Random;
use super::row_groups::RowGroups;
use crate::error::Result;

/// Leading principal components of the pooled sample rows of two windows, and
/// the spectral statistic that they define.
///
/// ```text
/// T = n_e sum_i (D . v_i)^2 / (ev_i + ev_32)
/// ```
///
/// where D is the difference of the mean rows of the two windows (over *all*
/// their rows), n_e = n m / (n + m), and (ev_i, v_i) are the 100 leading
/// components of the pooled rows. A plain Hotelling statistic divides by ev_i
/// and is swamped by directions in which nothing happens; |D|^2 alone sees only
/// the widest ones. Adding ev_32 lies between.
///
/// Components come from randomised subspace iteration with two power steps and
/// ten extra directions (Halko, Martinsson and Tropp 2011, algorithm 4.4):
/// exact where there are at most 110 rows or dimensions, else leading
/// eigenvalues are relatively right to about 1e-3, the last ones less so. That
/// does not matter to the level: the components are a function of the pooled
/// rows only, whatever their labels.
///
/// With fewer than 32 components the last one stands in for ev_32; rows that do
/// not vary have no components, T = 0 and p = 1.
///
/// ```
/// use driftsphere::compare::stats::{Components, Permutations, SpectralTest};
///
/// // Two windows of five rows; the second is turned.
/// let angles = [0.0f32, 0.1, 0.2, 0.3, 0.4, 1.0, 1.1, 1.2, 1.3, 1.4];
/// let rows: Vec<f32> = angles.iter().flat_map(|a| [a.cos(), a.sin()]).collect();
/// let mean = |rows: &[f32], c: usize| rows.iter().skip(c).step_by(2).sum::<f32>() / 5.0;
/// let difference: Vec<f64> = (0..2)
///     .map(|c| f64::from(mean(&rows[..10], c) - mean(&rows[10..], c)))
///     .collect();
///
/// let components = Components::fit(&rows, 2, 1)?;
/// let statistic = components.statistic(&difference, 2.5);
/// let null = components.null(5).unwrap();
/// let permutation = Permutations::new(5, 5, 1)?.test(statistic, &null);
/// let test = SpectralTest::new(&components, statistic, 2.5, permutation);
/// assert!(test.p_value < 0.02);
/// assert!(test.separation > 0.7);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Components {
    rows: usize,
    dim: usize,
    /// Unit vectors, one after the other.
    vectors: Vec<f32>,
    eigenvalues: Vec<f64>,
    /// Projections of the pooled rows (n x components).
    projections: Vec<f32>,
    /// What each row counts, 1 on average; `None` if all count alike.
    row_weights: Option<Vec<f64>>,
}

/// The components of one window.
#[derive(Debug, Clone, PartialEq)]
pub struct SideComponents {
    /// The rows that they are of.
    pub rows: usize,
    /// Variances along them, widest first.
    pub eigenvalues: Vec<f64>,
    /// Unit vectors, `(components, dim)`.
    pub vectors: Vec<f32>,
}

impl Components {
    /// Components that are kept.
    pub const MOST: usize = 100;
    /// The component whose eigenvalue damps the narrow directions (from 1).
    pub const DAMPING: usize = 32;
    const EXTRA: usize = 10;
    const POWER_STEPS: usize = 2;
    /// Directions that vary less than this, relative to the widest, are
    /// rounding (of f16 rows and f32 products).
    const FLOOR: f64 = 1e-6;

    /// The components of pooled rows, row-major (n x `dim`). The result depends
    /// on the rows' order in its last digits only.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Argument`] if `dim` is 0, does not divide the
    /// length, or a number is not finite.
    pub fn fit(rows: &[f32], dim: usize, seed: u64) -> Result<Self> {
        Self::of_rows(rows, dim, None, seed)
    }

    /// The components of rows that come in groups, with the weights of
    /// [`RowGroups::row_weights`] for the correlation of rows of one group.
    ///
    /// Components fit the rows that they are made of, and T is the larger the less
    /// they fit. If all rows counted alike, groups of many sampled rows would be
    /// fitted and those of few would not: a window with fewer rows of each group
    /// would look as if it had changed (100 groups a side on features of an image
    /// model, 10 rows of each against 4: p <= 5 % in 22 % of 40 comparisons without
    /// drift).
    ///
    /// ```
    /// use driftsphere::compare::stats::{Components, Intraclass, RowGroups};
    ///
    /// // Two groups on a line, one of three copies: each has half of the say, so the
    /// // mean lies in the middle between them.
    /// let groups = RowGroups::new(&[Some(1), Some(1), Some(1), Some(2)], &[true; 4]);
    /// let rows = [0.0, 0.0, 0.0, 1.0];
    /// let found = Components::fit_groups(&rows, 1, &groups, Intraclass::ALIKE, 1)?;
    /// assert!((found.eigenvalues()[0] - 4.0 * 0.25 / 3.0).abs() < 1e-6);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`fit`](Self::fit).
    ///
    /// # Panics
    ///
    /// If the groups are not those of these rows.
    pub fn fit_groups(
        rows: &[f32],
        dim: usize,
        groups: &RowGroups,
        alike: Intraclass,
        seed: u64,
    ) -> Result<Self> {
        Self::of_rows(rows, dim, Some(groups.row_weights(alike)), seed)
    }

    fn of_rows(rows: &[f32], dim: usize, row_weights: Option<Vec<f64>>, seed: u64) -> Result<Self> {
        check_rows(rows, dim)?;
        let n = rows.len() / dim;
        let l = (Self::MOST + Self::EXTRA).min(n).min(dim);
        let mut components = Self {
            rows: n,
            dim,
            vectors: Vec::new(),
            eigenvalues: Vec::new(),
            projections: Vec::new(),
            row_weights,
        };
        if n < 2 {
            return Ok(components);
        }
        let weights = components.row_weights.as_deref();
        let plain = centred(rows, dim, weights);
        let x = match weights {
            Some(weights) => Cow::Owned(scaled(&plain, dim, weights)),
            None => Cow::Borrowed(&plain),
        };
        let mut random = Random::stream(seed, 0);
        let start: Vec<f32> = (0..dim * l)
            .map(|_| if random.next() >> 63 == 0 { 1.0 } else { -1.0 })
            .collect();
        let mut q = orthonormal(&times(&x, dim, &start, l), l);
        for _ in 0..Self::POWER_STEPS {
            let w = orthonormal(&transposed_times(&x, dim, &q, l), l);
            q = orthonormal(&times(&x, dim, &w, l), l);
        }
        // X is close to Q Q'X; the components of Q'X (l x dim) follow from its
        // small Gram matrix.
        let b = transposed_times(&x, dim, &q, l);
        let Some((values, turns)) = eigen(&b, l) else {
            return Ok(components);
        };
        let floor = values.first().copied().unwrap_or(0.0) * Self::FLOOR;
        let kept = values
            .iter()
            .take(Self::MOST)
            .take_while(|v| **v > floor)
            .count();
        if kept == 0 {
            return Ok(components);
        }
        // v_i = B u_i / sigma_i, as columns.
        let mut turn = vec![0.0f32; l * kept];
        for (i, value) in values[..kept].iter().enumerate() {
            for j in 0..l {
                turn[j * kept + i] = (turns[j * l + i] / value.sqrt()) as f32;
            }
        }
        let columns = times(&b, l, &turn, kept);
        components.projections = times(&plain, dim, &columns, kept);
        components.eigenvalues = vec![0.0; kept];
        for (i, row) in components.projections.chunks_exact(kept).enumerate() {
            let weight = components.row_weight(i);
            for (value, p) in components.eigenvalues.iter_mut().zip(row) {
                *value += weight * f64::from(*p) * f64::from(*p) / (n - 1) as f64;
            }
        }
        components.vectors = vec![0.0; dim * kept];
        for (j, row) in columns.chunks_exact(kept).enumerate() {
            for (i, v) in row.iter().enumerate() {
                components.vectors[i * dim + j] = *v;
            }
        }
        Ok(components)
    }

    /// The components of two windows of which only their own components are known:
    /// those of
    ///
    /// ```text
    /// ((n - 1) C + (m - 1) C' + n m / (n + m) D D') / (n + m - 1)
    /// ```
    ///
    /// which is the covariance of the pooled rows where C = sum_i ev_i v_i v_i' and
    /// C' are those of all rows of each window and D is the difference of their
    /// means. At most `most` are kept: directions that were cut off on both sides
    /// are missing, and the last ones that were kept would suffer for it.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Argument`] if the vectors have not the dimension of the
    /// difference, or a number is not finite.
    pub fn of_two(sides: [&SideComponents; 2], difference: &[f64], most: usize) -> Result<Self> {
        let dim = difference.len();
        let [n, m] = sides.map(|side| side.rows as f64);
        let mut factors: Vec<f32> = Vec::new();
        for (side, rows) in sides.into_iter().zip([n, m]) {
            check_rows(&side.vectors, dim)?;
            let weight = (rows - 1.0).max(0.0) / (n + m - 1.0).max(1.0);
            for (vector, ev) in side.vectors.chunks_exact(dim).zip(&side.eigenvalues) {
                let scale = (weight * ev).sqrt();
                factors.extend(vector.iter().map(|v| (f64::from(*v) * scale) as f32));
            }
        }
        let between = (n * m / ((n + m) * (n + m - 1.0).max(1.0))).sqrt();
        factors.extend(difference.iter().map(|d| (d * between) as f32));
        check_rows(&factors, dim)?;
        let l = factors.len() / dim;
        // As columns, (dim, l).
        let mut columns = vec![0.0f32; factors.len()];
        for (i, row) in factors.chunks_exact(dim).enumerate() {
            for (j, v) in row.iter().enumerate() {
                columns[j * l + i] = *v;
            }
        }
        let mut components = Self {
            rows: sides[0].rows.saturating_add(sides[1].rows),
            dim,
            vectors: Vec::new(),
            eigenvalues: Vec::new(),
            projections: Vec::new(),
            row_weights: None,
        };
        let Some((values, turns)) = eigen(&columns, l) else {
            return Ok(components);
        };
        let floor = values.first().copied().unwrap_or(0.0) * Self::FLOOR;
        let kept = values.iter().take(most).take_while(|v| **v > floor).count();
        let mut turn = vec![0.0f32; l * kept];
        for (i, value) in values[..kept].iter().enumerate() {
            for j in 0..l {
                turn[j * kept + i] = (turns[j * l + i] / value.sqrt()) as f32;
            }
        }
        if kept == 0 {
            return Ok(components);
        }
        let found = times(&columns, l, &turn, kept);
        components.eigenvalues = values[..kept].to_vec();
        components.vectors = vec![0.0; dim * kept];
        for (j, row) in found.chunks_exact(kept).enumerate() {
            for (i, v) in row.iter().enumerate() {
                components.vectors[i * dim + j] = *v;
            }
        }
        Ok(components)
    }

    /// The number of pooled rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// What row `i` counts.
    pub(super) fn row_weight(&self, i: usize) -> f64 {
        self.row_weights.as_ref().map_or(1.0, |weights| weights[i])
    }

    /// Projections of the pooled rows (n x components, row-major).
    pub(super) fn projections(&self) -> &[f32] {
        &self.projections
    }

    /// Variances of the pooled rows along the components, widest first (the
    /// sum of squares over n - 1).
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// All of them, `(components, dim)`.
    #[must_use]
    pub fn vectors(&self) -> &[f32] {
        &self.vectors
    }

    /// Component `i`, a unit vector.
    #[must_use]
    pub fn vector(&self, i: usize) -> &[f32] {
        &self.vectors[i * self.dim..(i + 1) * self.dim]
    }
}

/// Rows times the roots of their weights.
fn scaled(rows: &[f32], dim: usize, weights: &[f64]) -> Vec<f32> {
    let rows = rows.chunks_exact(dim).zip(weights);
    rows.flat_map(|(row, weight)| {
        let root = weight.sqrt() as f32;
        row.iter().map(move |x| root * x)
    })
    .collect()
}

/// Eigenvalues, largest first, and eigenvectors (row-major, as columns in the
/// same order) of B'B, in f64.
fn eigen(b: &[f32], l: usize) -> Option<(Vec<f64>, Vec<f64>)> {
    let mut gram = vec![0.0; l * l];
    for row in b.chunks_exact(l) {
        for (sums, &x) in gram.chunks_exact_mut(l).zip(row) {
            for (sum, &y) in sums.iter_mut().zip(row) {
                *sum += f64::from(x) * f64::from(y);
            }
        }
    }
    let (mut values, mut vectors) = symmetric_eigen(&gram, l)?;
    values.reverse();
    vectors.chunks_exact_mut(l).for_each(<[f64]>::reverse);
    values.iter_mut().for_each(|value| *value = value.max(0.0));
    Some((values, vectors))
}

#[cfg(test)]
mod tests {
    use super::super::random::falling_rows;
    use super::*;

    #[test]
    fn components_are_orthonormal_and_ordered() {
        let components = Components::fit(&falling_rows(300, 150, 1), 150, 2).unwrap();
        assert_eq!(components.eigenvalues().len(), Components::MOST);
        for i in 0..Components::MOST {
            for j in 0..=i {
                let dot: f64 = components
                    .vector(i)
                    .iter()
                    .zip(components.vector(j))
                    .map(|(a, b)| f64::from(*a) * f64::from(*b))
                    .sum();
                assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-4);
            }
        }
        assert!(
            components
                .eigenvalues()
                .windows(2)
                .all(|w| w[0] > 0.98 * w[1])
        );
    }

    /// Where nothing was cut off, the components of two windows are those of their
    /// pooled rows.
    #[test]
    fn two_windows_make_one() {
        let (dim, n, m) = (12, 60, 40);
        let mut rows = falling_rows(n + m, dim, 3);
        rows[n * dim..]
            .iter_mut()
            .step_by(dim)
            .for_each(|v| *v += 0.5);
        let pooled = Components::fit(&rows, dim, 1).unwrap();
        let side = |rows: &[f32]| {
            let own = Components::fit(rows, dim, 1).unwrap();
            SideComponents {
                rows: own.rows(),
                eigenvalues: own.eigenvalues().to_vec(),
                vectors: own.vectors().to_vec(),
            }
        };
        let (a, b) = rows.split_at(n * dim);
        let mean = |rows: &[f32], j: usize| {
            let column = rows.iter().skip(j).step_by(dim).map(|v| f64::from(*v));
            column.sum::<f64>() / (rows.len() / dim) as f64
        };
        let difference: Vec<f64> = (0..dim).map(|j| mean(b, j) - mean(a, j)).collect();
        let sides = [&side(a), &side(b)];
        let joined = Components::of_two(sides, &difference, Components::MOST).unwrap();
        for (x, y) in pooled.eigenvalues().iter().zip(joined.eigenvalues()) {
            assert!((x - y).abs() < 1e-4 * pooled.eigenvalues()[0], "{x} {y}");
        }
        let (t, u) = (
            pooled.statistic(&difference, 24.0),
            joined.statistic(&difference, 24.0),
        );
        assert!((t - u).abs() < 1e-3 * t, "{t} {u}");
    }

    #[test]
    fn one_row_or_none_has_no_components() {
        assert!(
            Components::fit(&[1.0, 2.0], 2, 1)
                .unwrap()
                .eigenvalues()
                .is_empty()
        );
        let none = Components::fit(&[], 2, 1).unwrap();
        assert!(none.null(0).is_none());
        assert!(Components::fit(&[f32::NAN, 0.0], 2, 1).is_err());
    }
}
