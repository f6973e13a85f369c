//! A covariance that can be inverted however few rows there are.

use super::features::FEATURES;
use super::matrix::Matrix;

/// The weight of the target `m I` that makes the expected squared error of
/// `(1 - w) S + w m I` least (Ledoit & Wolf 2004), m the mean of the diagonal of S:
///
/// ```text
/// w = min(b, d) / d,   d = |S - m I|^2 / p,   b = sum over rows |x x' - S|^2 / (n^2 p)
/// ```
///
/// `centred` are the rows less their mean, `covariance` is S with the divisor n. The same
/// which scikit-learn calls `ledoit_wolf_shrinkage`.
pub(super) fn weight(centred: &[[f64; FEATURES]], covariance: &Matrix) -> f64 {
    let (n, p) = (centred.len() as f64, FEATURES as f64);
    let m = trace(covariance) / p;
    let frobenius: f64 = covariance.iter().flatten().map(|v| v * v).sum();
    let d = (frobenius - p * m * m) / p;
    // |x x' - S|^2 summed over rows is the sum of |x|^4, less n |S|^2.
    let fourth: f64 = centred
        .iter()
        .map(|row| {
            let square: f64 = row.iter().map(|v| v * v).sum();
            square * square
        })
        .sum();
    let b = (fourth / n - frobenius) / (n * p);
    if d <= 0.0 { 1.0 } else { b.clamp(0.0, d) / d }
}

fn trace(matrix: &Matrix) -> f64 {
    matrix.iter().enumerate().map(|(i, row)| row[i]).sum()
}

/// `(1 - w) S + w m I`.
pub(super) fn shrunk(covariance: &Matrix, weight: f64) -> Matrix {
    let m = trace(covariance) / FEATURES as f64;
    let mut out = covariance.clone();
    for (i, row) in out.iter_mut().enumerate() {
        for value in row.iter_mut() {
            *value *= 1.0 - weight;
        }
        row[i] += weight * m;
    }
    out
}
