//! The angle between two mean directions.

/// Mean unit vector of a window and what is known of its spread.
#[derive(Debug, Clone, Copy)]
pub struct MeanOfUnitVectors<'a> {
    /// Mean of the unit vectors.
    pub mean: &'a [f64],
    /// Number of rows.
    pub rows: f64,
    /// Variance of the rows along the mean direction.
    pub along: f64,
}

impl MeanOfUnitVectors<'_> {
    fn length(&self) -> f64 {
        self.mean.iter().map(|x| x * x).sum::<f64>().sqrt()
    }

    /// Variance of the mean direction: that of the rows across it, over R^2 n.
    fn noise(&self) -> f64 {
        let length = self.length();
        let across = (1.0 - length * length - self.along).max(0.0);
        across / (length * length * (self.rows - 1.0).max(1.0))
    }
}

/// The angle between two mean directions in degrees, corrected for chance.
///
/// ```text
/// turn = 2 asin(sqrt(max(0, |m1 - m2|^2 - s1 - s2)) / 2)
///     where  m  = mean / R, R = |mean|
///            s  = (1 - R^2 - var along m) / (R^2 (n - 1))
/// ```
///
/// Without the correction two windows of 300 and 1 000 rows without a change
/// seem to turn by 3 degrees; with it the turn is 0 half of the time and its
/// square is right on average. `None` where a mean has no direction.
///
/// ```
/// use driftsphere::compare::stats::{MeanOfUnitVectors, turn};
///
/// let first = MeanOfUnitVectors { mean: &[0.9, 0.0], rows: 1e6, along: 0.01 };
/// let second = MeanOfUnitVectors { mean: &[0.0, 0.9], rows: 1e6, along: 0.01 };
/// assert!((turn(first, second).unwrap() - 90.0).abs() < 0.01);
/// assert_eq!(turn(first, first), Some(0.0));
/// ```
#[must_use]
pub fn turn(first: MeanOfUnitVectors<'_>, second: MeanOfUnitVectors<'_>) -> Option<f64> {
    let (a, b) = (first.length(), second.length());
    if a < 1e-9 || b < 1e-9 {
        return None;
    }
    let square: f64 = first
        .mean
        .iter()
        .zip(second.mean)
        .map(|(x, y)| (x / a - y / b).powi(2))
        .sum();
    let corrected = (square - first.noise() - second.noise()).clamp(0.0, 4.0);
    Some((2.0 * libm::asin(corrected.sqrt() / 2.0)).to_degrees())
}
