//! How far a row lies inside its own class.

use super::{UnitRow, lanes};

/// Signed distance of `x` from the plane halfway between two centres, positive
/// on the own side.
///
/// ```text
/// b = x.(c - c') / |c - c'|
///     where  x   the row on the unit sphere
///            c   the centre of the own class
///            c'  the nearest other centre
/// ```
///
/// In \[-1, 1\]: the sine of the angle between `x` and that plane, which goes
/// through the origin because both centres are unit vectors. `None` when the
/// two centres are equal and there is no plane.
///
/// The differences are formed before they are multiplied, so the result is good
/// to a few 2^-53 however close the centres are.
///
/// ```
/// use driftsphere::sphere::{UnitRow, boundary_distance};
///
/// let row = UnitRow::new(&[5.0, 0.0]).unwrap();
/// let b = boundary_distance(row, &[1.0, 0.0], &[0.0, 1.0]).unwrap();
/// assert!((b - 0.5_f64.sqrt()).abs() < 1e-15);
/// assert_eq!(boundary_distance(row, &[1.0, 0.0], &[1.0, 0.0]), None);
/// ```
#[must_use]
pub fn boundary_distance(row: UnitRow<'_>, own: &[f64], other: &[f64]) -> Option<f64> {
    debug_assert_eq!(row.values().len(), own.len());
    debug_assert_eq!(row.values().len(), other.len());
    let (along, squared) = lanes::project(row.values(), row.inverse(), own, other);
    (squared > 0.0).then(|| (along / squared.sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sphere::squared_chord;

    /// For unit vectors `x.(c - c') = (|x - c'|^2 - |x - c|^2) / 2`.
    #[test]
    fn agrees_with_the_two_chords() {
        let unit = |angle: f64| [angle.cos(), angle.sin(), 0.0];
        for step in 0..60 {
            let angle = f64::from(step) * 0.1;
            let row = unit(angle).map(|x| x as f32);
            let row = UnitRow::new(&row).unwrap();
            let (own, other) = (unit(0.3), unit(1.9));
            let chords = (row.squared_chord(&other) - row.squared_chord(&own)) / 2.0;
            let expected = chords / squared_chord(&own, &other).sqrt();
            let got = boundary_distance(row, &own, &other).unwrap();
            assert!((got - expected).abs() < 1e-14);
            assert_eq!(
                boundary_distance(row, &other, &own).unwrap(),
                -got,
                "the other side is the same plane"
            );
        }
    }

    #[test]
    fn centres_a_hair_apart_still_have_a_plane() {
        let (own, other) = ([1.0, 1e-9], [1.0, -1e-9]);
        let row = UnitRow::new(&[0.0, 2.0]).unwrap();
        assert_eq!(boundary_distance(row, &own, &other), Some(1.0));
    }
}
