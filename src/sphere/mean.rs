//! The mean that rows are freed of before they are put on the sphere.

use std::borrow::Cow;

use ndarray::{Array2, ArrayView2};
use serde::Serialize;

use super::norm;
use crate::error::{Error, ErrorKind, Result};
use crate::sketch::RowSums;

/// A frozen mean that is subtracted from every row of a space before its norm and
/// direction are taken (centring):
///
/// ```text
/// v  ->  v - m       in f32, one rounding a coordinate
/// ```
///
/// Features behind a ReLU are not negative: all of them crowd one orthant of the
/// sphere, and directions differ little. Without their mean they spread over all
/// of it. What is found depends on the mean, so it is configuration, and frozen:
/// windows that are compared are freed of the same.
///
/// A row of zeros stays one. It is what a failed model leaves behind, and is
/// counted as such, not taken for the direction of `-m`.
///
/// ```
/// use driftsphere::sphere::MeanSketch;
/// use ndarray::array;
///
/// let reference = array![[3.0_f32, 1.0], [1.0, 1.0], [0.0, 0.0]];
/// let mut sketch = MeanSketch::new(2);
/// sketch.update(&reference.view());
/// let mean = sketch.freeze()?;
/// assert_eq!((mean.values(), mean.rows()), (&[2.0, 1.0][..], 2));
/// assert_eq!(
///     mean.centred(&reference.view()),
///     array![[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0]]
/// );
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeanRow {
    rows: u64,
    values: Vec<f32>,
}

impl MeanRow {
    /// A mean from elsewhere, `(dim,)`, such as one that was worked out over all
    /// shards of a reference.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if it is empty or a value is not finite.
    pub fn given(values: Vec<f32>) -> Result<Self> {
        Self::of_rows(0, values)
    }

    /// A mean of so many rows; 0 where this is not known.
    pub(crate) fn of_rows(rows: u64, mut values: Vec<f32>) -> Result<Self> {
        if values.is_empty() || values.iter().any(|v| !v.is_finite()) {
            return Err(Error::new(
                ErrorKind::Argument,
                "a mean to subtract has one finite value for each coordinate",
            ));
        }
        // One form for one mean.
        values.iter_mut().for_each(|v| *v += 0.0);
        Ok(Self { rows, values })
    }

    /// The number of coordinates.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.values.len()
    }

    /// The mean itself, `(dim,)`.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// How many rows it is the mean of; 0 where it was [given](Self::given).
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Identity: xxh3-128 of the postcard bytes of the rows and the values.
    #[must_use]
    pub fn content_hash(&self) -> u128 {
        let bytes = postcard::to_stdvec(self).expect("plain data in memory can be encoded");
        xxhash_rust::xxh3::xxh3_128(&bytes)
    }

    /// Rows without the mean, `(n, dim)`.
    ///
    /// # Panics
    /// If the rows have another dimension.
    #[must_use]
    pub fn centred(&self, rows: &ArrayView2<'_, f32>) -> Array2<f32> {
        assert_eq!(rows.ncols(), self.dim(), "dimension of the rows");
        let mut centred = rows.as_standard_layout().into_owned();
        for row in centred
            .as_slice_mut()
            .unwrap_or_default()
            .chunks_exact_mut(self.dim())
        {
            if row.iter().any(|v| *v != 0.0) {
                row.iter_mut().zip(&self.values).for_each(|(v, m)| *v -= m);
            }
        }
        centred
    }
}

/// Learns a [`MeanRow`] from the rows of a reference.
///
/// Sums are exact ([`RowSums`]): the mean is the same in any order of the rows.
/// Rows that have no direction are left out.
#[derive(Debug, Clone)]
pub struct MeanSketch(RowSums);

impl MeanSketch {
    /// A sketch that has seen nothing, of rows of `dim` coordinates.
    #[must_use]
    pub fn new(dim: usize) -> Self {
        Self(RowSums::new(dim))
    }

    /// Learns rows, `(n, dim)`.
    ///
    /// # Panics
    /// If the rows have another dimension.
    pub fn update(&mut self, rows: &ArrayView2<'_, f32>) {
        for row in rows.rows() {
            let row = match row.to_slice() {
                Some(values) => Cow::Borrowed(values),
                None => Cow::Owned(row.to_vec()),
            };
            if norm(&row).is_ok() {
                self.0.update(&row);
            }
        }
    }

    /// Takes in what another has learned.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] if it has another dimension.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.0.merge(&other.0)
    }

    /// Ends learning.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] where no row had a direction.
    pub fn freeze(self) -> Result<MeanRow> {
        let mean = self.0.mean().ok_or_else(|| {
            let message = "no row to take the mean of: every row was skipped, or none was read";
            Error::new(ErrorKind::Argument, message)
        })?;
        MeanRow::of_rows(self.0.count(), mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn rows_without_a_direction_do_not_count_and_stay_what_they_are() {
        let rows = array![
            [4.0_f32, -2.0],
            [0.0, -0.0],
            [f32::NAN, 1.0],
            [0.0, 2.0],
            [f32::INFINITY, 0.0]
        ];
        let mut sketch = MeanSketch::new(2);
        sketch.update(&rows.view());
        let mean = sketch.freeze().unwrap();
        assert_eq!((mean.rows(), mean.values()), (2, &[2.0, 0.0][..]));
        let centred = mean.centred(&rows.view());
        assert_eq!(centred.row(0), array![2.0, -2.0]);
        assert_eq!(centred.row(1), array![0.0, 0.0]);
        assert!(!centred[[2, 0]].is_finite() && !centred[[4, 0]].is_finite());
        // Columns first, or every second row: the same.
        let turned = rows.t().to_owned();
        let mut sketch = MeanSketch::new(2);
        sketch.update(&turned.t());
        assert_eq!(sketch.freeze().unwrap(), mean);
        assert_eq!(mean.centred(&turned.t()).row(0), centred.row(0));
    }

    #[test]
    fn what_is_no_mean_is_refused() {
        for values in [vec![], vec![f32::NAN], vec![1.0, f32::INFINITY]] {
            let error = MeanRow::given(values).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument);
        }
        let mut sketch = MeanSketch::new(2);
        sketch.update(&array![[0.0, 0.0]].view());
        assert_eq!(sketch.freeze().unwrap_err().kind(), ErrorKind::Argument);
        let zero = |v| MeanRow::given(vec![v]).unwrap().content_hash();
        assert_eq!(zero(0.0), zero(-0.0));
    }
}
