//! Distances between all pairs of pooled rows.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use crate::sphere::squared_chord;

/// Rows of one block of the product.
const BLOCK: usize = 128;
/// Squared chords below this are worked out anew from the difference of the
/// rows: the product loses them to cancellation.
const SMALL: f32 = 1e-3;

/// Chords |x - y| between all pairs of unit rows, `(n_rows, n_rows)`.
///
/// ```
/// use driftsphere::compare::stats::Chords;
///
/// let chords = Chords::between(&[1.0, 0.0, 0.0, 1.0, 1.0, 0.0], 2);
/// assert!((chords.get(0, 1) - 2.0_f32.sqrt()).abs() < 1e-6);
/// assert_eq!(chords.get(0, 2), 0.0);
/// ```
#[derive(Debug, Clone)]
pub struct Chords {
    rows: usize,
    values: Vec<f32>,
}

impl Chords {
    /// Chords between the rows of `rows`, `(n_rows, dim)`, each of length 1.
    ///
    /// ```text
    /// |x - y|^2 = |x|^2 + |y|^2 - 2 x.y       by an f32 product in blocks
    /// ```
    ///
    /// and from |x - y| itself in f64 where that is below 1e-3. The error of a
    /// chord is below 1e-5 for every dimension up to 4096.
    ///
    /// # Panics
    /// If `rows` is not a whole number of rows.
    #[must_use]
    pub fn between(rows: &[f32], dim: usize) -> Self {
        assert!(
            dim > 0 && rows.len().is_multiple_of(dim),
            "a whole number of rows"
        );
        let n = rows.len() / dim;
        let squares: Vec<f32> = rows
            .chunks_exact(dim)
            .map(|row| {
                row.iter()
                    .map(|x| f64::from(*x) * f64::from(*x))
                    .sum::<f64>() as f32
            })
            .collect();
        let mut values = vec![0.0_f32; n * n];
        values
            .par_chunks_mut(BLOCK * n.max(1))
            .enumerate()
            .for_each(|(block, out)| {
                let first = block * BLOCK;
                let height = out.len() / n;
                matmul(
                    MatMut::from_row_major_slice_mut(out, height, n),
                    Accum::Replace,
                    MatRef::from_row_major_slice(&rows[first * dim..][..height * dim], height, dim),
                    MatRef::from_column_major_slice(rows, dim, n),
                    1.0_f32,
                    Par::Seq,
                );
                for (i, line) in out.chunks_exact_mut(n).enumerate() {
                    let i = first + i;
                    for (j, value) in line.iter_mut().enumerate() {
                        *value = squares[i] + squares[j] - 2.0 * *value;
                    }
                    for j in (0..n).filter(|&j| line[j] < SMALL).collect::<Vec<_>>() {
                        line[j] = if i == j { 0.0 } else { exact(rows, dim, i, j) };
                    }
                    line.iter_mut().for_each(|value| *value = value.sqrt());
                }
            });
        Self { rows: n, values }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Chord between two rows, in `[0, 2]`.
    ///
    /// # Panics
    /// If a row does not exist.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> f32 {
        self.row(i)[j]
    }

    /// Chords from one row to all.
    ///
    /// # Panics
    /// If the row does not exist.
    #[must_use]
    pub fn row(&self, i: usize) -> &[f32] {
        &self.values[i * self.rows..][..self.rows]
    }

    /// Chords of all pairs of different rows, each once.
    pub fn pairs(&self) -> impl Iterator<Item = f32> + '_ {
        (0..self.rows).flat_map(|i| self.row(i)[..i].iter().copied())
    }

    /// Median chord of all pairs; `None` with fewer than two rows.
    #[must_use]
    pub fn median(&self) -> Option<f32> {
        let mut pairs: Vec<f32> = self.pairs().collect();
        let middle = pairs.len() / 2;
        (!pairs.is_empty()).then(|| *pairs.select_nth_unstable_by(middle, f32::total_cmp).1)
    }
}

fn exact(rows: &[f32], dim: usize, i: usize, j: usize) -> f32 {
    let row = |i: usize| -> Vec<f64> {
        rows[i * dim..][..dim]
            .iter()
            .map(|x| f64::from(*x))
            .collect()
    };
    squared_chord(&row(i), &row(j)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::stats::random::Random;

    #[test]
    fn chords_equal_those_of_f64_near_and_far() {
        let (n, dim) = (150, 24);
        let mut random = Random::stream(5, 0);
        let mut rows: Vec<f32> = (0..n * dim)
            .map(|_| random.uniform() as f32 - 0.3)
            .collect();
        for i in 1..20 {
            // Near copies of the first row.
            let step = 10_f32.powi(-(i as i32) / 3);
            for j in 0..dim {
                rows[i * dim + j] = rows[j] + step * (j as f32 / dim as f32);
            }
        }
        for row in rows.chunks_exact_mut(dim) {
            let norm = row.iter().map(|x| x * x).sum::<f32>().sqrt();
            row.iter_mut().for_each(|x| *x /= norm);
        }
        let chords = Chords::between(&rows, dim);
        for i in 0..n {
            for j in 0..n {
                let naive: f64 = (0..dim)
                    .map(|k| (f64::from(rows[i * dim + k]) - f64::from(rows[j * dim + k])).powi(2))
                    .sum::<f64>()
                    .sqrt();
                let error = (f64::from(chords.get(i, j)) - naive).abs();
                assert!(
                    error < 1e-5 && error < 0.01 * naive + 1e-12,
                    "{i} {j} {error}"
                );
            }
        }
        assert_eq!(chords.pairs().count(), n * (n - 1) / 2);
    }

    #[test]
    fn no_rows_have_no_median() {
        assert_eq!(Chords::between(&[], 3).median(), None);
        assert_eq!(Chords::between(&[1.0, 0.0], 2).median(), None);
    }
}
