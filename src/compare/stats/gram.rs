//! Squared chords between all pairs of pooled rows.

use super::linear::{Matrix, Output, multiply};
use super::product::{BLOCK, centred};
use super::row_groups::RowGroups;
use crate::error::{Error, ErrorKind, Result};
use rayon::prelude::*;

/// |x_i - x_j|^2 for all pairs of pooled rows: what MMD, nearest neighbours
/// and pairwise distances of one space share.
///
/// Squared chords come from one matrix product of the rows less their mean
/// (chords do not change; what cancels does). Where a squared chord is under
/// 1 % of the two rows' own squared lengths it is computed again in f64 from
/// the rows themselves, so near-copies keep their relative precision and equal
/// rows have chord 0 exactly. All others are relatively right to about 1e-4.
///
/// ```
/// use driftsphere::compare::stats::SquaredChords;
///
/// let chords = SquaredChords::new(&[1.0, 0.0, 0.0, 1.0, 1.0, 0.0], 2)?;
/// assert_eq!(chords.rows(), 3);
/// assert_eq!(chords.row(0)[2], 0.0);
/// assert!((chords.row(0)[1] - 2.0).abs() < 1e-6);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SquaredChords {
    rows: usize,
    values: Vec<f32>,
}

impl SquaredChords {
    /// From pooled rows, row-major (n x `dim`). Unit rows are expected, though
    /// any finite rows give their squared Euclidean distances.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] if `dim` is 0, does not divide the length, or a
    /// number is not finite.
    pub fn new(rows: &[f32], dim: usize) -> Result<Self> {
        check_rows(rows, dim)?;
        let n = rows.len() / dim;
        let x = centred(rows, dim, None);
        let lengths: Vec<f64> = x
            .par_chunks(dim)
            .map(|row| row.iter().map(|&v| f64::from(v) * f64::from(v)).sum())
            .collect();
        let mut values = vec![0.0f32; n * n];
        values
            .par_chunks_mut(BLOCK * n.max(1))
            .enumerate()
            .for_each(|(block, out)| {
                // The lower triangle only: half the work.
                let (start, count) = (block * BLOCK, out.len() / n);
                let end = start + count;
                multiply(
                    Output::by_row(out, count, end, n),
                    Matrix::by_row(&x[start * dim..end * dim], count, dim),
                    Matrix::by_row(&x[..end * dim], end, dim).transposed(),
                );
                for (i, row) in (start..end).zip(out.chunks_exact_mut(n)) {
                    for (j, value) in row[..i].iter_mut().enumerate() {
                        let scale = lengths[i] + lengths[j];
                        let squared = scale - 2.0 * f64::from(*value);
                        *value = if squared < 0.01 * scale {
                            exact(&rows[i * dim..(i + 1) * dim], &rows[j * dim..(j + 1) * dim])
                        } else {
                            squared
                        } as f32;
                    }
                    row[i] = 0.0;
                }
            });
        mirror(&mut values, n);
        Ok(Self { rows: n, values })
    }

    /// The number of pooled rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Squared chords from row `i` to all rows.
    #[must_use]
    pub fn row(&self, i: usize) -> &[f32] {
        &self.values[i * self.rows..(i + 1) * self.rows]
    }

    /// The chords among the rows with these indices, in this order (for
    /// example the rows of one class: the reference's first, then the
    /// target's). Indices may repeat.
    ///
    /// # Panics
    ///
    /// If an index is out of range.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let mut values = Vec::with_capacity(indices.len() * indices.len());
        for &i in indices {
            let row = self.row(i);
            values.extend(indices.iter().map(|&j| row[j]));
        }
        Self {
            rows: indices.len(),
            values,
        }
    }

    /// The same with the chords inside each group infinite, so that they are no
    /// near pairs of anything.
    ///
    /// # Panics
    ///
    /// If the groups are not those of these rows.
    #[must_use]
    pub fn apart(&self, groups: &RowGroups) -> Self {
        let mut apart = self.clone();
        for (i, row) in apart.values.chunks_exact_mut(self.rows.max(1)).enumerate() {
            for (j, value) in row.iter_mut().enumerate() {
                if i != j && groups.is_same(i, j) {
                    *value = f32::INFINITY;
                }
            }
        }
        apart
    }

    /// All pairs i > j, row by row.
    pub(super) fn pairs(&self) -> Vec<f32> {
        let mut pairs = Vec::with_capacity(self.rows * self.rows.saturating_sub(1) / 2);
        for i in 0..self.rows {
            pairs.extend_from_slice(&self.row(i)[..i]);
        }
        pairs
    }
}

/// Refuses rows that no statistic here could work with.
pub(super) fn check_rows(rows: &[f32], dim: usize) -> Result<()> {
    if dim == 0 || !rows.len().is_multiple_of(dim) {
        return Err(Error::new(
            ErrorKind::Argument,
            format!("{} numbers are not rows of {dim}", rows.len()),
        ));
    }
    match rows.iter().position(|v| !v.is_finite()) {
        Some(at) => Err(Error::new(ErrorKind::Argument, "a number is not finite")
            .at("row", at / dim)
            .at("column", at % dim)),
        None => Ok(()),
    }
}

/// Squared chord in f64, four fixed lanes.
fn exact(x: &[f32], y: &[f32]) -> f64 {
    let mut lanes = [0.0f64; 4];
    let mut tail = 0.0;
    let (xs, ys) = (x.chunks_exact(4), y.chunks_exact(4));
    for (a, b) in xs.remainder().iter().zip(ys.remainder()) {
        tail += (f64::from(*a) - f64::from(*b)).powi(2);
    }
    for (a, b) in xs.zip(ys) {
        for lane in 0..4 {
            let gap = f64::from(a[lane]) - f64::from(b[lane]);
            lanes[lane] += gap * gap;
        }
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + tail
}

/// Copies the lower triangle to the upper one, tile by tile.
fn mirror(values: &mut [f32], n: usize) {
    const TILE: usize = 32;
    for top in (0..n).step_by(TILE) {
        for left in (0..=top).step_by(TILE) {
            for i in top..n.min(top + TILE) {
                for j in left..i.min(left + TILE) {
                    values[j * n + i] = values[i * n + j];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;

    #[test]
    fn matches_the_definition_and_keeps_near_copies_precise() {
        let (n, dim) = (BLOCK + 40, 33);
        let mut random = Random::stream(1, 0);
        let mut rows: Vec<f32> = (0..n * dim)
            .map(|_| random.uniform() as f32 + 3.0)
            .collect();
        // Row 1 is row 0 but for one small step; row 140 a copy of row 3.
        let copy = rows[..dim].to_vec();
        rows[dim..2 * dim].copy_from_slice(&copy);
        rows[dim] += 1e-4;
        let copy = rows[3 * dim..4 * dim].to_vec();
        rows[140 * dim..141 * dim].copy_from_slice(&copy);
        let chords = SquaredChords::new(&rows, dim).unwrap();
        for i in 0..n {
            for j in 0..n {
                let squared = exact(&rows[i * dim..(i + 1) * dim], &rows[j * dim..(j + 1) * dim]);
                let got = f64::from(chords.row(i)[j]);
                assert!(
                    (got - squared).abs() <= 1e-4 * squared,
                    "{i} {j}: {got} {squared}"
                );
                assert_eq!(chords.row(i)[j], chords.row(j)[i]);
            }
        }
        assert_eq!(chords.row(3)[140], 0.0);
        assert_eq!(chords.pairs().len(), n * (n - 1) / 2);
        let picked = chords.select(&[5, 1, 0]);
        assert_eq!(picked.row(1)[2], chords.row(1)[0]);
    }

    #[test]
    fn rows_that_are_none_are_refused() {
        assert!(SquaredChords::new(&[1.0, 2.0, 3.0], 2).is_err());
        assert!(SquaredChords::new(&[1.0], 0).is_err());
        let error = SquaredChords::new(&[1.0, 2.0, f32::NAN, 4.0], 2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a number is not finite (row 1, column 0)"
        );
        assert_eq!(SquaredChords::new(&[], 2).unwrap().rows(), 0);
    }
}
