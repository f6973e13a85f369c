//! Angles: means, and how far a distribution on a circle moved.

use std::f64::consts::{PI, TAU};

/// Mean direction of weighed angles, in radians.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CircularMean {
    /// The direction of the mean, in [0, 2 pi).
    pub direction: f64,
    /// Length of the mean of unit vectors, in [0, 1]: 1 where all angles are
    /// equal, near 0 where there is no preferred direction.
    pub resultant: f64,
}

impl CircularMean {
    /// Of `angles` (radians) that came `counts` times each.
    ///
    /// ```text
    /// (C, S) = sum_i c_i (cos a_i, sin a_i) / n,   direction = atan2(S, C),   R = |(C, S)|
    /// ```
    ///
    /// (Mardia and Jupp 2000, eqs. 2.2.3 and 2.2.4.) `None` without any row.
    #[must_use]
    pub fn of(angles: &[f64], counts: &[u64]) -> Option<Self> {
        let (mut n, mut c, mut s) = (0.0, 0.0, 0.0);
        for (angle, &count) in angles.iter().zip(counts) {
            let count = count as f64;
            n += count;
            c += count * libm::cos(*angle);
            s += count * libm::sin(*angle);
        }
        (n > 0.0).then(|| Self {
            direction: libm::atan2(s, c).rem_euclid(TAU),
            resultant: (libm::hypot(s, c) / n).min(1.0),
        })
    }

    /// Whether `n` rows have a direction at all: Rayleigh's test of uniform
    /// angles rejects at 5 %, n R^2 > 3.0 (Mardia and Jupp 2000, section 6.3.1;
    /// the limit law, whose 5 % point is -ln 0.05).
    #[must_use]
    pub fn is_directed(&self, n: u64) -> bool {
        n as f64 * self.resultant * self.resultant > 2.995_732_273_553_991
    }

    /// Circular standard deviation in radians, sqrt(-2 ln R) (Mardia and Jupp
    /// 2000, eq. 2.3.11), at most pi / sqrt 3, the spread of uniform angles on
    /// [-pi, pi).
    #[must_use]
    pub fn sd(&self) -> f64 {
        let most = PI / 3f64.sqrt();
        match self.resultant > 0.0 {
            true => (-2.0 * libm::log(self.resultant)).max(0.0).sqrt().min(most),
            false => most,
        }
    }
}

/// The turn from one direction to another, in (-pi, pi].
#[must_use]
pub fn turn_between(from: f64, to: f64) -> f64 {
    let turn = (to - from).rem_euclid(TAU);
    if turn > PI { turn - TAU } else { turn }
}

/// Wasserstein-1 distance of two histograms over the same places of a circle, in
/// radians: how far a record has to be turned on average, by the shorter way.
///
/// ```text
/// W1 = min_a integral |F(x) - G(x) - a| dx
/// ```
///
/// where x runs once around and the minimum lies at a weighed median of F - G
/// (Rabin, Delon and Gousseau 2011, J. Math. Imaging Vis. 41). `angles` rise, in
/// [0, 2 pi). A rotation of everything by t < pi gives t where the rows lie
/// within a half circle, and never more than t. At most pi; `None` if a side has
/// no rows or the lengths differ.
///
/// ```
/// use driftsphere::compare::stats::circular_wasserstein1;
/// use std::f64::consts::TAU;
///
/// // One hour before midnight is two hours from one hour after it.
/// let hour = TAU / 24.0;
/// let w1 = circular_wasserstein1(&[hour, 23.0 * hour], &[5, 0], &[0, 9]).unwrap();
/// assert!((w1 - 2.0 * hour).abs() < 1e-12);
/// ```
#[must_use]
pub fn circular_wasserstein1(angles: &[f64], first: &[u64], second: &[u64]) -> Option<f64> {
    let total = |counts: &[u64]| counts.iter().map(|&c| u128::from(c)).sum::<u128>();
    let (n, m) = (total(first), total(second));
    if angles.len() != first.len() || first.len() != second.len() || n == 0 || m == 0 {
        return None;
    }
    let scale = 1.0 / (n as f64 * m as f64);
    let (mut f, mut g) = (0u128, 0u128);
    // (F - G behind place i, the arc to the next place)
    let mut steps: Vec<(f64, f64)> = (0..angles.len())
        .map(|i| {
            f += u128::from(first[i]);
            g += u128::from(second[i]);
            let (up, down) = (f * m, g * n);
            let gap = up.abs_diff(down) as f64 * scale;
            let next = angles.get(i + 1).map_or(angles[0] + TAU, |next| *next);
            (if up < down { -gap } else { gap }, next - angles[i])
        })
        .collect();
    steps.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut passed = 0.0;
    let median = steps.iter().find(|(_, arc)| {
        passed += arc;
        passed >= PI
    });
    let median = median.or(steps.last())?.0;
    Some(
        steps
            .iter()
            .map(|(gap, arc)| (gap - median).abs() * arc)
            .sum(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_is_its_angle() {
        let angles: Vec<f64> = (0..360).map(|i| f64::from(i).to_radians()).collect();
        for (start, turn) in [(0, 30), (340, 30), (100, 170)] {
            let mut first = vec![0; 360];
            let mut second = vec![0; 360];
            for i in 0..40 {
                first[(start + i) % 360] += i as u64 + 1;
                second[(start + i + turn) % 360] += i as u64 + 1;
            }
            let w1 = circular_wasserstein1(&angles, &first, &second).unwrap();
            let expected = (turn as f64).to_radians();
            // Beyond a half circle some rows have a shorter way around.
            assert!(w1 <= expected + 1e-9);
            assert!(turn + 40 > 180 || (w1 - expected).abs() < 1e-9, "{w1}");
            let mean = |counts: &[u64]| CircularMean::of(&angles, counts).unwrap();
            let (a, b) = (mean(&first), mean(&second));
            assert!((turn_between(a.direction, b.direction) - expected).abs() < 1e-9);
            assert!(a.is_directed(10) && a.sd() < 0.3);
        }
    }

    #[test]
    fn uniform_angles_have_no_direction() {
        let angles: Vec<f64> = (0..8).map(|i| f64::from(i) * PI / 4.0).collect();
        let mean = CircularMean::of(&angles, &[100; 8]).unwrap();
        assert!(!mean.is_directed(800) && mean.sd() > 1.8);
        assert_eq!(CircularMean::of(&angles, &[0; 8]), None);
        assert_eq!(circular_wasserstein1(&angles, &[1; 8], &[3; 8]), Some(0.0));
    }

    #[test]
    fn turns_take_the_shorter_way() {
        assert!((turn_between(0.1, TAU - 0.1) + 0.2).abs() < 1e-12);
        assert!((turn_between(TAU - 0.1, 0.1) - 0.2).abs() < 1e-12);
        assert!((turn_between(0.0, PI) - PI).abs() < 1e-12);
    }
}
