//! A row put on the unit sphere: its norm, its direction, its faults.

use std::fmt;

use half::f16;
use serde::{Deserialize, Serialize};

use super::lanes;

/// Why a row has no direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowFault {
    /// Every element is zero.
    Zero,
    /// An element is NaN or infinite.
    NonFinite,
}

impl RowFault {
    /// The reason under which such a row is counted.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Zero => "zero vector",
            Self::NonFinite => "non-finite vector",
        }
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

/// The Euclidean norm of a row of any f32 values.
///
/// ```text
/// |v| = sqrt(sum_i v_i^2)      summed in f64
/// ```
///
/// The squares of f32 values fit into f64 without overflow or underflow, so
/// the norm is right for every finite row, subnormal and huge alike: its
/// relative error is below `(d / 64 + 4) * 2^-53` for `d` elements, and it is
/// the same bit for bit on every CPU.
///
/// # Errors
/// The fault that leaves the row without a direction.
///
/// ```
/// use driftsphere::sphere::{RowFault, norm};
///
/// assert_eq!(norm(&[3.0, -4.0]), Ok(5.0));
/// assert_eq!(norm(&[f32::MAX]), Ok(f64::from(f32::MAX)));
/// assert_eq!(norm(&[0.0, -0.0]), Err(RowFault::Zero));
/// assert_eq!(norm(&[1.0, f32::NAN]), Err(RowFault::NonFinite));
/// ```
pub fn norm(row: &[f32]) -> Result<f64, RowFault> {
    let squares = lanes::sum_of_squares_f32(row);
    // No finite f32 row can reach infinity here, nor a non-zero one zero, so
    // one look at the sum replaces a look at every element.
    if !squares.is_finite() {
        Err(RowFault::NonFinite)
    } else if squares == 0.0 {
        Err(RowFault::Zero)
    } else {
        Ok(squares.sqrt())
    }
}

/// A row that has a direction: `x = v * (1 / |v|)`, worked out in f64 where it
/// is needed and stored nowhere.
///
/// ```
/// use driftsphere::sphere::UnitRow;
///
/// let row = UnitRow::new(&[3.0, 4.0]).unwrap();
/// assert_eq!(row.norm(), 5.0);
/// // |(0.6, 0.8) - (1, 0)|^2 = 0.16 + 0.64
/// assert!((row.squared_chord(&[1.0, 0.0]) - 0.8).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct UnitRow<'a> {
    values: &'a [f32],
    norm: f64,
    inverse: f64,
}

impl<'a> UnitRow<'a> {
    /// Takes a row as it came.
    ///
    /// # Errors
    /// The fault that leaves the row without a direction.
    pub fn new(values: &'a [f32]) -> Result<Self, RowFault> {
        Ok(Self::with_norm(values, norm(values)?))
    }

    /// A row whose norm is known already.
    pub(super) fn with_norm(values: &'a [f32], norm: f64) -> Self {
        Self {
            values,
            norm,
            inverse: 1.0 / norm,
        }
    }

    /// The row as it came, `(dim,)`.
    #[must_use]
    pub fn values(&self) -> &'a [f32] {
        self.values
    }

    /// `|v|`.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.norm
    }

    /// `1 / |v|`, the factor that takes the row to the sphere.
    #[must_use]
    pub fn inverse(&self) -> f64 {
        self.inverse
    }

    /// `|x - c|^2` to a unit vector `c` of the same dimension.
    ///
    /// Summed as squares of differences, never as `2 - 2 x.c`: a distance
    /// near zero keeps its relative precision.
    #[must_use]
    pub fn squared_chord(&self, centre: &[f64]) -> f64 {
        debug_assert_eq!(self.values.len(), centre.len());
        lanes::squared_chord_f32(self.values, self.inverse, centre)
    }

    /// The same to several centres, in less time than one after the other.
    pub(super) fn squared_chords<const N: usize>(&self, centres: [&[f64]; N]) -> [f64; N] {
        for centre in centres {
            assert_eq!(self.values.len(), centre.len(), "dimensions differ");
        }
        lanes::squared_chords_f32(self.values, self.inverse, centres)
    }

    /// The unit vector in half precision, as samples keep it.
    ///
    /// Each element is rounded to f32 and then to f16 (`-0.0` becomes `0.0`).
    /// Both steps are spelled out because a direct conversion differs between
    /// CPUs with and without an instruction for it.
    #[must_use]
    pub fn to_f16(&self) -> Vec<f16> {
        let mut halves = vec![f16::ZERO; self.values.len()];
        lanes::scale_to_f16(self.values, self.inverse, &mut halves);
        halves
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norms_hold_at_the_ends_of_f32() {
        let tiny = f32::from_bits(1);
        assert_eq!(norm(&[tiny]), Ok(f64::from(tiny)));
        assert_eq!(norm(&[f32::MAX]), Ok(f64::from(f32::MAX)));
        let wide = vec![f32::MAX; 4096];
        let ratio = norm(&wide).unwrap() / (f64::from(f32::MAX) * 64.0);
        assert!((ratio - 1.0).abs() < (4096.0 / 64.0 + 4.0) * f64::EPSILON / 2.0);
    }

    #[test]
    fn faults_are_told_apart_wherever_they_stand() {
        for at in [0, 31, 32, 70] {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let mut row = vec![0.5; 71];
                row[at] = bad;
                assert_eq!(norm(&row), Err(RowFault::NonFinite));
            }
        }
        assert_eq!(norm(&[0.0; 71]), Err(RowFault::Zero));
        assert_eq!(norm(&[]), Err(RowFault::Zero));
        // Opposite infinities must not cancel.
        assert_eq!(
            norm(&[f32::INFINITY, f32::NEG_INFINITY]),
            Err(RowFault::NonFinite)
        );
    }

    #[test]
    fn the_sign_of_zero_leaves_no_trace() {
        let row = [1.0, -0.0, -1e-30, 0.0];
        let halves = UnitRow::new(&row).unwrap().to_f16();
        assert_eq!(halves[1].to_bits(), 0);
        assert_eq!(halves[2].to_bits(), 0);
        assert_eq!(halves[0], f16::ONE);
    }

    #[test]
    fn scaling_a_row_by_a_power_of_two_changes_nothing_but_the_norm() {
        let row: Vec<f32> = (0..100).map(|i| (i as f32 * 0.37).sin()).collect();
        let big: Vec<f32> = row.iter().map(|x| x * 1024.0).collect();
        let (a, b) = (UnitRow::new(&row).unwrap(), UnitRow::new(&big).unwrap());
        assert_eq!(b.norm(), a.norm() * 1024.0);
        assert_eq!(a.to_f16(), b.to_f16());
        let mut centre = vec![0.0; 100];
        centre[3] = 1.0;
        assert_eq!(a.squared_chord(&centre), b.squared_chord(&centre));
    }
}
