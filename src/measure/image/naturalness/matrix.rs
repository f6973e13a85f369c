//! Small symmetric matrices in a fixed order of summation.

use super::features::FEATURES;

/// Row by row; symmetric.
pub(super) type Matrix = Vec<[f64; FEATURES]>;

/// The mean of rows, and their covariance with the divisor `n`.
pub(super) fn moments(rows: &[[f64; FEATURES]]) -> ([f64; FEATURES], Matrix) {
    let n = rows.len() as f64;
    let mut mean = [0.0; FEATURES];
    for row in rows {
        for (sum, value) in mean.iter_mut().zip(row) {
            *sum += value / n;
        }
    }
    let mut covariance = vec![[0.0; FEATURES]; FEATURES];
    for row in rows {
        let centred: [f64; FEATURES] = std::array::from_fn(|i| row[i] - mean[i]);
        for (line, a) in covariance.iter_mut().zip(centred) {
            for (sum, b) in line.iter_mut().zip(centred) {
                *sum += a * b / n;
            }
        }
    }
    (mean, covariance)
}

/// `d' M^-1 d` by Cholesky's factors; none where `M` is not positive definite.
pub(super) fn inverse_form(matrix: &Matrix, d: &[f64; FEATURES]) -> Option<f64> {
    let mut factor = vec![[0.0; FEATURES]; FEATURES];
    let mut solved = [0.0; FEATURES];
    for i in 0..FEATURES {
        for j in 0..=i {
            let product: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = matrix[i][j] - product;
            factor[i][j] = if i == j {
                if rest.is_nan() || rest <= 0.0 {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / factor[j][j]
            };
        }
        let product: f64 = (0..i).map(|k| factor[i][k] * solved[k]).sum();
        solved[i] = (d[i] - product) / factor[i][i];
    }
    Some(solved.iter().map(|v| v * v).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_solves_the_system() {
        // M = B B' + I, d = M x: the form is x' M x.
        let b = |i: usize, j: usize| ((i * 7 + j * 3) % 11) as f64 / 11.0;
        let matrix: Matrix = (0..FEATURES)
            .map(|i| {
                std::array::from_fn(|j| {
                    let product: f64 = (0..5).map(|k| b(i, k) * b(j, k)).sum();
                    product + f64::from(u8::from(i == j))
                })
            })
            .collect();
        let x: [f64; FEATURES] = std::array::from_fn(|i| (i as f64).sin());
        let d: [f64; FEATURES] =
            std::array::from_fn(|i| (0..FEATURES).map(|j| matrix[i][j] * x[j]).sum());
        let expected: f64 = x.iter().zip(d).map(|(x, d)| x * d).sum();
        let got = inverse_form(&matrix, &d).unwrap();
        assert!((got - expected).abs() < 1e-9 * expected, "{got} {expected}");
        assert_eq!(inverse_form(&vec![[0.0; FEATURES]; FEATURES], &d), None);
    }
}
