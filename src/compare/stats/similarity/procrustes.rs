//! Turning one cloud onto another.

use super::super::linear::{multiply_wide, symmetric_eigen};
use super::PrincipalCoordinates;

/// The rotation, reflection and scale that bring one cloud nearest to another,
/// record by record, and what is left between them.
///
/// ```text
/// X, Y centred, each with sum of squares 1
/// residual = min over Q, s of |s X Q - Y|^2 = 1 - (sum of singular values of X'Y)^2
/// ```
///
/// (Schoenemann 1966; Gower 1975; `scipy.spatial.procrustes` calls it disparity.)
/// 0: the same up to a turn, 1: nothing in common. Where there are not many more
/// records than dimensions, clouds that have nothing in common can be turned onto
/// each other in part: compare with what shuffled records give.
#[derive(Debug, Clone, PartialEq)]
pub struct Procrustes {
    /// Of each record: what is left of it, and its own size, both squared.
    parts: Vec<(f64, f64)>,
    residual: f64,
}

impl Procrustes {
    /// Turns `first` onto `second`, in which record `i` is `order(i)` of the second.
    /// `None` if a cloud is one point, or the turn cannot be found.
    ///
    /// # Panics
    /// If the two differ in their number of records.
    #[must_use]
    pub fn new(
        first: &PrincipalCoordinates,
        second: &PrincipalCoordinates,
        order: impl Fn(usize) -> usize,
    ) -> Option<Self> {
        assert_eq!(first.rows(), second.rows(), "the same records");
        let (n, a, b) = (first.rows(), first.axes(), second.axes());
        if a == 0 || b == 0 {
            return None;
        }
        let unit = |values: &[f64]| -> Vec<f64> {
            let size = values.iter().map(|x| x * x).sum::<f64>().sqrt();
            values.iter().map(|x| x / size).collect()
        };
        let x = unit(&first.values);
        let y: Vec<f64> = (0..n)
            .flat_map(|i| &second.values[order(i) * b..][..b])
            .copied()
            .collect();
        let y = unit(&y);
        // M = X'Y = U S V'; from M'M = V S^2 V' follow V and S, from M V / S = U.
        let m = multiply_wide((&x, n, a, true), (&y, n, b, false));
        let square = multiply_wide((&m, a, b, true), (&m, a, b, false));
        let (squares, v) = symmetric_eigen(&square, b)?;
        let largest = squares.last().copied().filter(|&s| s > 0.0)?;
        // Below, a singular value is rounding: it adds nothing and has no direction.
        let singular: Vec<f64> = squares
            .iter()
            .map(|&s| if s > 1e-14 * largest { s.sqrt() } else { 0.0 })
            .collect();
        let scale: f64 = singular.iter().sum();
        let mut u = multiply_wide((&m, a, b, false), (&v, b, b, false));
        for (at, value) in u.iter_mut().enumerate() {
            let s = singular[at % b];
            *value = if s > 0.0 { *value / s } else { 0.0 };
        }
        let turn = multiply_wide((&u, a, b, false), (&v, b, b, true));
        let turned = multiply_wide((&x, n, a, false), (&turn, a, b, false));
        let part = |(mine, theirs): (&[f64], &[f64])| {
            let pairs = mine.iter().zip(theirs);
            let left = pairs.map(|(x, y)| (scale * x - y).powi(2)).sum();
            (left, theirs.iter().map(|y| y * y).sum())
        };
        Some(Self {
            parts: turned.chunks(b).zip(y.chunks(b)).map(part).collect(),
            residual: (1.0 - scale * scale).max(0.0),
        })
    }

    /// What is left between the clouds, in `[0, 1]`.
    #[must_use]
    pub fn residual(&self) -> f64 {
        self.residual
    }

    /// The same for the records at `ids`, turned as all are.
    #[must_use]
    pub fn residual_of(&self, ids: &[usize]) -> f64 {
        let add =
            |(left, own): (f64, f64), &i: &usize| (left + self.parts[i].0, own + self.parts[i].1);
        let (left, own) = ids.iter().fold((0.0, 0.0), add);
        left / own.max(f64::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::random::falling_rows;
    use super::*;

    fn coordinates(rows: &[f32], dim: usize) -> PrincipalCoordinates {
        PrincipalCoordinates::new(rows, dim).unwrap()
    }

    #[test]
    fn a_turned_mirrored_scaled_cloud_leaves_nothing() {
        for (n, dim) in [(30, 4), (5, 8)] {
            let rows = falling_rows(n, dim, 5);
            // Axes swapped, one of them mirrored, all twice as long and moved.
            let turned: Vec<f32> = rows
                .chunks(dim)
                .flat_map(|row| {
                    (0..dim).map(|k| {
                        let x = row[(k + 1) % dim];
                        2.0 * if k == 0 { -x } else { x } + 3.0
                    })
                })
                .collect();
            let found =
                Procrustes::new(&coordinates(&rows, dim), &coordinates(&turned, dim), |i| i);
            let found = found.unwrap();
            assert!(found.residual() < 1e-6, "{}", found.residual());
            assert!(found.residual_of(&[0, 3]) < 1e-6);
        }
    }

    #[test]
    fn parts_add_up_and_shuffled_records_leave_much() {
        let (n, dim) = (80, 3);
        let rows = falling_rows(n, dim, 6);
        let noise = falling_rows(n, dim, 7);
        let noisy: Vec<f32> = rows.iter().zip(&noise).map(|(x, e)| x + 0.3 * e).collect();
        let (a, b) = (coordinates(&rows, dim), coordinates(&noisy, dim));
        let found = Procrustes::new(&a, &b, |i| i).unwrap();
        let all: Vec<usize> = (0..n).collect();
        assert!((found.residual() - found.residual_of(&all)).abs() < 1e-9);
        assert!(found.residual() > 0.01 && found.residual() < 0.2);
        let shuffled = Procrustes::new(&a, &b, |i| (i + n / 2) % n).unwrap();
        assert!(shuffled.residual() > 0.8, "{}", shuffled.residual());
    }
}
