//! How far a row lies inside its own class.

use super::CentreSet;

/// Signed distance of `x` from the plane halfway between two centres, positive
/// on the own side, from three squared chords.
///
/// ```text
/// b = x.(c - c') / |c - c'| = (|x - c'|^2 - |x - c|^2) / (2 |c - c'|)
///     where  x   the row on the unit sphere
///            c   the centre of the own class
///            c'  the nearest other centre
/// ```
///
/// In \[-1, 1\]: the sine of the angle between `x` and that plane, which goes
/// through the origin because both centres are unit vectors. `None` when the
/// two centres are equal and there is no plane. The chords are known to a few
/// 2^-52, so `b` is good to about `1e-15 / |c - c'|`.
///
/// ```
/// use driftsphere::sphere::boundary_distance;
///
/// // x = c, and c' at a right angle: 45 degrees inside.
/// let b = boundary_distance(0.0, 2.0, 2.0).unwrap();
/// assert!((b - 0.5_f64.sqrt()).abs() < 1e-15);
/// assert_eq!(boundary_distance(0.1, 0.1, 0.0), None);
/// ```
#[must_use]
pub fn boundary_distance(own: f64, other: f64, between: f64) -> Option<f64> {
    (between > 0.0).then(|| ((other - own) / (2.0 * between.sqrt())).clamp(-1.0, 1.0))
}

/// Squared chords between the centres of one set, looked up rather than
/// computed for each row while the set is small.
#[derive(Debug, Clone)]
pub(super) struct Gaps {
    len: usize,
    /// `(len, len)`; empty for a large set.
    table: Vec<f64>,
}

/// Largest set with a table (half a megabyte, a few milliseconds to fill).
const LARGEST_TABLE: usize = 256;

impl Gaps {
    pub(super) fn new(centres: &CentreSet) -> Self {
        let len = centres.len();
        let mut table = Vec::new();
        if len <= LARGEST_TABLE {
            table.resize(len * len, 0.0);
            for first in 0..len {
                for second in 0..first {
                    let gap = centres.squared_chord(first, second);
                    table[first * len + second] = gap;
                    table[second * len + first] = gap;
                }
            }
        }
        Self { len, table }
    }

    /// `|c - c'|^2` of two of `centres`, the set this was made of.
    pub(super) fn between(&self, centres: &CentreSet, first: usize, second: usize) -> f64 {
        match self.table.get(first * self.len + second) {
            Some(&gap) => gap,
            None => centres.squared_chord(first, second),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sphere::{UnitRow, squared_chord};

    #[test]
    fn agrees_with_the_projection() {
        let unit = |angle: f64| [angle.cos(), angle.sin()];
        let (own, other) = (unit(0.3), unit(1.9));
        let between = squared_chord(&own, &other);
        for step in 0..60 {
            let row = unit(f64::from(step) * 0.1).map(|x| x as f32);
            let row = UnitRow::new(&row).unwrap();
            let along: f64 = (0..2)
                .map(|i| f64::from(row.values()[i]) / row.norm() * (own[i] - other[i]))
                .sum();
            let (to_own, to_other) = (row.squared_chord(&own), row.squared_chord(&other));
            let got = boundary_distance(to_own, to_other, between).unwrap();
            assert!((got - along / between.sqrt()).abs() < 1e-14);
            let seen_from_there = boundary_distance(to_other, to_own, between).unwrap();
            assert_eq!(seen_from_there, -got);
        }
    }

    #[test]
    fn a_table_and_no_table_agree() {
        let centre = |i: usize| [(i as f64).cos(), (i as f64).sin(), 0.5];
        let small = CentreSet::new(3, (0..20).map(centre)).unwrap();
        let large = CentreSet::new(3, (0..LARGEST_TABLE + 1).map(centre)).unwrap();
        let (with, without) = (Gaps::new(&small), Gaps::new(&large));
        assert!(without.table.is_empty());
        for first in 0..20 {
            for second in 0..20 {
                assert_eq!(
                    with.between(&small, first, second),
                    without.between(&large, first, second)
                );
            }
        }
    }
}
