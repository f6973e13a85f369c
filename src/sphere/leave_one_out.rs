//! A reference row against the centre it would have without that row.

use half::slice::HalfFloatSliceExt;

use super::{Centre, Member, UnitRow, lanes};
use crate::sketch::Directions;

/// Below this length a sum of unit vectors points nowhere.
const SMALLEST_RESULTANT: f64 = 1e-9;

/// Whether a sum of unit vectors points anywhere.
pub(super) fn has_direction(sum: &[f64]) -> bool {
    lanes::sum_of_squares(sum).sqrt() >= SMALLEST_RESULTANT
}

/// Takes rows of the reference out of the centres that they helped to make.
/// Holds the memory for it, to be reused from row to row.
///
/// ```text
/// c(-x) = (S - x) / |S - x|
///     where  S  the fixed-point sum behind the centre
///            x  for a class: the row's own unit vector, rounded to 2^-40 as
///               it went into S; for a cluster: all that this record's id put
///               into S (its copies go together)
/// ```
///
/// Measured against `S / |S|` a reference row would be nearer to its centre
/// than a fresh row of the same kind is, by a share of about `1 / n`, and a
/// test on all rows sees that. The subtraction is exact, in integers.
///
/// There is no centre left (`None`) if `|S - x| < 1e-9`, so in particular if
/// the row was alone.
///
/// ```
/// use driftsphere::sketch::Directions;
/// use driftsphere::sphere::{Centre, LeaveOneOut, UnitRow};
///
/// let (a, b) = ([3.0, 4.0], [0.0, 2.0]);
/// let mut sum = Directions::new(2);
/// for row in [&a, &b] {
///     sum.update_scaled(row, UnitRow::new(row).unwrap().inverse());
/// }
/// let mut centre = Centre { name: "cat".into(), sum, medoid: None };
/// let mut leave_one_out = LeaveOneOut::default();
/// let without_a = leave_one_out.class(&centre, UnitRow::new(&a).unwrap());
/// assert_eq!(without_a, Some(&[0.0, 1.0][..]));
/// ```
#[derive(Debug, Clone, Default)]
pub struct LeaveOneOut {
    fixed: Vec<i64>,
    centre: Vec<f64>,
}

impl LeaveOneOut {
    /// The centre of the row's own class without the row.
    ///
    /// # Panics
    /// If the row has another dimension than the centre.
    pub fn class(&mut self, own: &Centre, row: UnitRow<'_>) -> Option<&[f64]> {
        self.fixed.resize(row.values().len(), 0);
        Directions::to_fixed(row.values(), row.inverse(), &mut self.fixed);
        without(&own.sum, &self.fixed, &mut self.centre)
    }

    /// The centre of a cluster without all that the record of `member` put
    /// into it; `row` is a row of that record.
    ///
    /// # Panics
    /// If the row or the member has another dimension than the centre.
    pub fn cluster(
        &mut self,
        cluster: &Centre,
        member: &Member,
        row: UnitRow<'_>,
    ) -> Option<&[f64]> {
        if let Some(fixed) = &member.sum {
            return without(&cluster.sum, fixed, &mut self.centre);
        }
        let halves = row.to_f16();
        let mut values = vec![0.0; halves.len()];
        halves.convert_to_f32_slice(&mut values);
        self.fixed.resize(values.len(), 0);
        Directions::to_fixed(&values, 1.0, &mut self.fixed);
        without(&cluster.sum, &self.fixed, &mut self.centre)
    }
}

/// `(S - x) / |S - x|`, written to `out`.
fn without<'o>(sum: &Directions, fixed: &[i64], out: &'o mut Vec<f64>) -> Option<&'o [f64]> {
    out.resize(sum.dim(), 0.0);
    sum.sum_without(fixed, out);
    let norm = lanes::sum_of_squares(out).sqrt();
    if norm < SMALLEST_RESULTANT {
        return None;
    }
    lanes::scale(out, 1.0 / norm);
    Some(out)
}
