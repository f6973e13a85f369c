//! Three distances on the sphere, all from the same squared chord.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::lanes;
use crate::error::{Error, ErrorKind, Result};

/// A distance between unit vectors, scaled so that antipodes are 1 apart.
///
/// ```text
/// HalfChord   |x - y| / 2
/// Angular     angle(x, y) / pi = 2 asin(|x - y| / 2) / pi
/// Cosine      (1 - x.y) / 2    = |x - y|^2 / 4
/// ```
///
/// All three grow with the squared chord `|x - y|^2`, so they agree on which
/// centre is nearest; they differ in how they spread the values. `HalfChord`
/// and `Angular` are metrics, `Cosine` is not: it squeezes small distances.
/// Take `Angular` where numbers are read as angles (0.5 = a right angle), and
/// `Cosine` to line up with a vector database.
///
/// Unrelated directions in many dimensions are `1 / sqrt 2`, `0.5` and `0.5`
/// apart.
///
/// ```
/// use driftsphere::sphere::Distance;
///
/// let right_angle = 2.0; // |x - y|^2
/// assert!((Distance::HalfChord.from_squared_chord(right_angle) - 0.5_f64.sqrt()).abs() < 1e-15);
/// assert!((Distance::Angular.from_squared_chord(right_angle) - 0.5).abs() < 1e-15);
/// assert_eq!(Distance::Cosine.from_squared_chord(right_angle), 0.5);
/// assert_eq!("angular".parse::<Distance>().unwrap(), Distance::Angular);
/// ```
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Distance {
    /// Half the straight line between the two points.
    #[default]
    HalfChord,
    /// The angle between them as a share of half a turn.
    Angular,
    /// Half of one minus the cosine.
    Cosine,
}

impl Distance {
    /// Every distance, in the order of their names in help texts.
    pub const ALL: [Self; 3] = [Self::HalfChord, Self::Angular, Self::Cosine];

    /// The name on the command line and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HalfChord => "half-chord",
            Self::Angular => "angular",
            Self::Cosine => "cosine",
        }
    }

    /// The distance in \[0, 1\] that belongs to a squared chord in \[0, 4\]
    /// (rounding beyond either end is cut off).
    ///
    /// Relative precision is kept down to 0. Near the antipode an angle can
    /// only be told to about `1e-8`.
    #[must_use]
    pub fn from_squared_chord(self, squared_chord: f64) -> f64 {
        let squared = squared_chord.clamp(0.0, 4.0);
        match self {
            Self::HalfChord => squared.sqrt() / 2.0,
            Self::Angular => 2.0 * libm::asin(squared.sqrt() / 2.0) / std::f64::consts::PI,
            Self::Cosine => squared / 4.0,
        }
    }

    /// The squared chord that belongs to a distance in \[0, 1\]: the inverse
    /// of [`from_squared_chord`](Self::from_squared_chord).
    #[must_use]
    pub fn to_squared_chord(self, distance: f64) -> f64 {
        let distance = distance.clamp(0.0, 1.0);
        let half_chord = match self {
            Self::HalfChord => distance,
            Self::Angular => libm::sin(distance * std::f64::consts::FRAC_PI_2),
            Self::Cosine => return 4.0 * distance,
        };
        4.0 * half_chord * half_chord
    }
}

impl fmt::Display for Distance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Distance {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|distance| distance.name() == text)
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Argument,
                    format!("unknown distance {text:?}: there are half-chord, angular and cosine"),
                )
            })
    }
}

/// `|x - y|^2` of two unit vectors of the same dimension, summed in a fixed
/// order.
///
/// ```
/// use driftsphere::sphere::squared_chord;
///
/// assert_eq!(squared_chord(&[1.0, 0.0], &[0.0, 1.0]), 2.0);
/// ```
#[must_use]
pub fn squared_chord(first: &[f64], second: &[f64]) -> f64 {
    debug_assert_eq!(first.len(), second.len());
    lanes::squared_chord(first, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_order_hold() {
        for distance in Distance::ALL {
            assert_eq!(distance.from_squared_chord(0.0), 0.0);
            assert_eq!(distance.from_squared_chord(4.0), 1.0);
            assert_eq!(distance.from_squared_chord(-1e-20), 0.0);
            assert_eq!(distance.from_squared_chord(4.0 + 1e-12), 1.0);
            let values: Vec<f64> = (0..=400)
                .map(|i| distance.from_squared_chord(f64::from(i) / 100.0))
                .collect();
            assert!(values.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn small_distances_keep_their_digits() {
        // 1 - x.y would be 0 here: the squared chord is far below 2^-53.
        let tiny = 1e-9_f64;
        let chord = squared_chord(&[1.0, 0.0], &[1.0, tiny]);
        let half = Distance::HalfChord.from_squared_chord(chord);
        assert!((half / (tiny / 2.0) - 1.0).abs() < 1e-15);
        let angle = Distance::Angular.from_squared_chord(chord);
        assert!((angle / (tiny / std::f64::consts::PI) - 1.0).abs() < 1e-14);
    }

    #[test]
    fn there_and_back_again() {
        for distance in Distance::ALL {
            for i in 0..=100 {
                let value = f64::from(i) / 100.0;
                let back = distance.from_squared_chord(distance.to_squared_chord(value));
                // asin is steep at 1: half an ulp there is 1e-8 of an angle.
                assert!((back - value).abs() < 2e-8, "{distance} {value} {back}");
            }
        }
    }

    #[test]
    fn names_round_trip_and_a_wrong_one_says_what_there_is() {
        for distance in Distance::ALL {
            assert_eq!(distance.to_string().parse::<Distance>().unwrap(), distance);
        }
        let error = "euclidean".parse::<Distance>().unwrap_err();
        assert!(error.to_string().contains("half-chord, angular and cosine"));
    }
}
