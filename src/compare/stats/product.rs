//! Products of many rows, divided into blocks for rayon.

use rayon::prelude::*;

use super::linear::{Matrix, Output, multiply};

/// Rows (or columns) in one block of parallel work.
pub(super) const BLOCK: usize = 128;

/// X W for X (n x d) and W (d x l), all row-major.
pub(super) fn times(x: &[f32], d: usize, w: &[f32], l: usize) -> Vec<f32> {
    let mut out = vec![0.0; x.len() / d * l];
    let w = Matrix::by_row(w, d, l);
    out.par_chunks_mut(BLOCK * l)
        .zip(x.par_chunks(BLOCK * d))
        .for_each(|(out, x)| {
            let rows = x.len() / d;
            multiply(
                Output::by_row(out, rows, l, l),
                Matrix::by_row(x, rows, d),
                w,
            );
        });
    out
}

/// X' Q for X (n x d) and Q (n x l), all row-major; the result is d x l.
pub(super) fn transposed_times(x: &[f32], d: usize, q: &[f32], l: usize) -> Vec<f32> {
    let n = q.len() / l;
    let mut out = vec![0.0; d * l];
    let (x, q) = (Matrix::by_row(x, n, d), Matrix::by_row(q, n, l));
    out.par_chunks_mut(BLOCK * l)
        .enumerate()
        .for_each(|(block, out)| {
            let columns = out.len() / l;
            let x = x.columns(block * BLOCK, columns).transposed();
            multiply(Output::by_row(out, columns, l, l), x, q);
        });
    out
}

/// The rows less their mean, which is taken in f64; with `weights` of the rows the
/// weighted one.
pub(super) fn centred(rows: &[f32], dim: usize, weights: Option<&[f64]>) -> Vec<f32> {
    let mut sums = vec![0.0f64; dim];
    let mut total = 0.0;
    for (i, row) in rows.chunks_exact(dim).enumerate() {
        let weight = weights.map_or(1.0, |weights| weights[i]);
        total += weight;
        for (sum, &x) in sums.iter_mut().zip(row) {
            *sum += weight * f64::from(x);
        }
    }
    let mean: Vec<f32> = sums.iter().map(|s| (s / total) as f32).collect();
    let mut out = rows.to_vec();
    out.par_chunks_mut(BLOCK * dim).for_each(|block| {
        for row in block.chunks_exact_mut(dim) {
            for (x, m) in row.iter_mut().zip(&mean) {
                *x -= m;
            }
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_match_the_definition_over_block_edges() {
        let (n, d, l) = (2 * BLOCK + 3, BLOCK + 5, 4);
        let cell = |i: usize| ((i * 37) % 101) as f32 / 50.0 - 1.0;
        let x: Vec<f32> = (0..n * d).map(cell).collect();
        let w: Vec<f32> = (0..d * l).map(|i| cell(i + 5)).collect();
        let q: Vec<f32> = (0..n * l).map(|i| cell(i + 9)).collect();
        let xw = times(&x, d, &w, l);
        let xq = transposed_times(&x, d, &q, l);
        for (i, k) in [(0, 0), (BLOCK, 1), (n - 1, 3)] {
            let exact: f64 = (0..d)
                .map(|j| f64::from(x[i * d + j]) * f64::from(w[j * l + k]))
                .sum();
            assert!((f64::from(xw[i * l + k]) - exact).abs() < 1e-4);
        }
        for (j, k) in [(0, 0), (BLOCK, 1), (d - 1, 3)] {
            let exact: f64 = (0..n)
                .map(|i| f64::from(x[i * d + j]) * f64::from(q[i * l + k]))
                .sum();
            assert!((f64::from(xq[j * l + k]) - exact).abs() < 1e-4);
        }
    }
}
