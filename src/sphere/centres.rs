//! A set of centres: unit vectors of one dimension, one after another.

use super::{lanes, squared_chord};
use crate::error::{Error, ErrorKind, Result};

/// `k` unit vectors in f64, `(k, dim)`, row by row.
///
/// What goes in is any vector with a direction; what is kept is that vector
/// divided by its norm.
///
/// ```
/// use driftsphere::sphere::CentreSet;
///
/// let centres = CentreSet::new(2, [[3.0, 4.0], [0.0, 0.5]])?;
/// assert_eq!(centres.len(), 2);
/// assert_eq!(centres.centre(1), [0.0, 1.0]);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CentreSet {
    dim: usize,
    values: Vec<f64>,
}

/// Below this norm a vector is taken to have no direction: its square is still
/// far from underflow.
const SMALLEST_NORM: f64 = 1e-140;

impl CentreSet {
    /// Normalises each of `vectors`.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if `dim` is 0, or a vector has another length,
    /// is not finite, or is zero.
    pub fn new<V: AsRef<[f64]>>(dim: usize, vectors: impl IntoIterator<Item = V>) -> Result<Self> {
        if dim == 0 {
            return Err(Error::new(
                ErrorKind::Argument,
                "a centre needs at least one dimension",
            ));
        }
        let mut set = Self {
            dim,
            values: Vec::new(),
        };
        for vector in vectors {
            set.push(vector.as_ref())
                .map_err(|error| error.at("centre", set.len()))?;
        }
        Ok(set)
    }

    fn push(&mut self, vector: &[f64]) -> Result<()> {
        if vector.len() != self.dim {
            return Err(Error::new(
                ErrorKind::Argument,
                format!("expected {} dimensions, found {}", self.dim, vector.len()),
            ));
        }
        let norm = lanes::sum_of_squares(vector).sqrt();
        if !norm.is_finite() || norm < SMALLEST_NORM {
            return Err(Error::new(
                ErrorKind::Argument,
                "the vector has no direction: it is zero or not finite",
            ));
        }
        self.values.extend(vector.iter().map(|value| value / norm));
        Ok(())
    }

    /// Elements of each centre.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Number of centres.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.dim
    }

    /// Whether there is no centre.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The unit vector at `index`.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Self::len).
    #[must_use]
    pub fn centre(&self, index: usize) -> &[f64] {
        &self.values[index * self.dim..][..self.dim]
    }

    /// All centres in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.dim)
    }

    /// All values, `(k, dim)`.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Squared chord between two of the centres.
    ///
    /// # Panics
    /// If an index is not below [`len`](Self::len).
    #[must_use]
    pub fn squared_chord(&self, first: usize, second: usize) -> f64 {
        squared_chord(self.centre(first), self.centre(second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centres_have_norm_one_whatever_went_in() {
        let wild = [vec![1e-130, 2e-130], vec![3e150, -1e150], vec![0.6, 0.8]];
        let set = CentreSet::new(2, &wild).unwrap();
        for centre in set.iter() {
            assert!((lanes::sum_of_squares(centre) - 1.0).abs() < 1e-15);
        }
        assert_eq!(set.iter().len(), 3);
        let apart = set.squared_chord(0, 2);
        assert_eq!(apart, squared_chord(set.centre(0), set.centre(2)));
    }

    #[test]
    fn a_vector_without_direction_is_named_by_its_place() {
        let error = CentreSet::new(2, [[1.0, 0.0], [0.0, 0.0]]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the vector has no direction: it is zero or not finite (centre 1)"
        );
        assert!(CentreSet::new(2, [[1.0, f64::NAN]]).is_err());
        assert!(CentreSet::new(2, [[1e200, 1e200]]).is_err());
        assert!(CentreSet::new(0, [[0.0; 0]]).is_err());
        let error = CentreSet::new(3, [[1.0, 0.0]]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected 3 dimensions, found 2 (centre 0)"
        );
    }
}
