//! Leading principal components by randomised subspace iteration.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};
use rayon::prelude::*;

use super::random::Random;

/// Directions that are iterated beyond those asked for.
const OVERSAMPLING: usize = 20;
/// Passes over the rows; each brings the subspace nearer.
const PASSES: usize = 3;
/// Rows of one block of a product.
const BLOCK: usize = 128;

/// The leading principal components of a set of rows.
///
/// Found by subspace iteration from a random start, with 20 directions more
/// than asked for and three passes (Halko, Martinsson, Tropp, "Finding structure
/// with randomness", SIAM Review 53 (2011), algorithm 4.4): a full
/// decomposition of 2 048 rows of 1 280 values would take a second. Exact where
/// rows or dimensions are no more than the directions iterated.
///
/// ```
/// use driftsphere::compare::stats::Components;
///
/// // Points on a line in the direction (3, 4).
/// let rows: Vec<f32> = (0..50).flat_map(|i| [3.0 * i as f32, 4.0 * i as f32]).collect();
/// let components = Components::fit(&rows, 2, 2, 0);
/// let first = components.vector(0);
/// assert!((first[0] / first[1] - 0.75).abs() < 1e-4);
/// assert!((components.variances()[0] - 25.0 * 212.5).abs() < 0.1);
/// assert!(components.variances()[1] < 1e-3);
/// ```
#[derive(Debug, Clone)]
pub struct Components {
    dim: usize,
    variances: Vec<f64>,
    /// `(k, dim)`, unit length.
    vectors: Vec<f32>,
}

impl Components {
    /// At most `k` components of `rows`, `(n_rows, dim)`, around their mean, by
    /// falling variance (with n - 1 in the denominator).
    ///
    /// # Panics
    /// If `rows` is not a whole number of rows.
    #[must_use]
    pub fn fit(rows: &[f32], dim: usize, k: usize, seed: u64) -> Self {
        assert!(
            dim > 0 && rows.len().is_multiple_of(dim),
            "a whole number of rows"
        );
        let n = rows.len() / dim;
        let width = (k + OVERSAMPLING).min(n).min(dim);
        if n < 2 || width == 0 {
            return Self {
                dim,
                variances: Vec::new(),
                vectors: Vec::new(),
            };
        }
        let centred = centre(rows, dim);
        let mut random = Random::stream(seed, 0);
        // Signs serve as well as normal values and need no logarithm.
        let start = Mat::from_fn(dim, width, |_, _| {
            if random.below(2) == 0 { -1.0_f32 } else { 1.0 }
        });
        let mut basis = orthonormal(&start);
        for _ in 0..PASSES {
            let scores = orthonormal(&times(&centred, dim, &basis));
            basis = orthonormal(&transposed_times(&centred, dim, &scores));
        }
        let scores = times(&centred, dim, &basis);
        Self::rotate(&scores, &basis, k, n)
    }

    /// Inside the subspace the problem is small and is solved exactly.
    fn rotate(scores: &Mat<f32>, basis: &Mat<f32>, k: usize, n: usize) -> Self {
        let (dim, width) = (basis.nrows(), basis.ncols());
        let scores = Mat::from_fn(scores.nrows(), width, |i, j| f64::from(scores[(i, j)]));
        let gram = scores.transpose() * &scores;
        let mut order: Vec<usize> = (0..width).collect();
        let (values, rotation) = match gram.self_adjoint_eigen(Side::Lower) {
            Ok(eigen) => {
                let values: Vec<f64> = (0..width).map(|i| eigen.S()[i]).collect();
                (values, eigen.U().to_owned())
            }
            // Without convergence the subspace itself is still a fair choice.
            Err(_) => {
                let values = (0..width).map(|i| gram[(i, i)]).collect();
                (values, Mat::identity(width, width))
            }
        };
        order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
        order.truncate(k);
        let mut vectors = Vec::with_capacity(order.len() * dim);
        for &at in &order {
            for i in 0..dim {
                let sum: f64 = (0..width)
                    .map(|j| f64::from(basis[(i, j)]) * rotation[(j, at)])
                    .sum();
                vectors.push(sum as f32);
            }
        }
        Self {
            dim,
            variances: order
                .iter()
                .map(|&at| values[at].max(0.0) / (n - 1) as f64)
                .collect(),
            vectors,
        }
    }

    /// Number of components.
    #[must_use]
    pub fn len(&self) -> usize {
        self.variances.len()
    }

    /// Whether there is none: fewer than two rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.variances.is_empty()
    }

    /// Variances of the rows along the components, falling.
    #[must_use]
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// A component, `(dim,)`, of length 1.
    ///
    /// # Panics
    /// If it does not exist.
    #[must_use]
    pub fn vector(&self, index: usize) -> &[f32] {
        &self.vectors[index * self.dim..][..self.dim]
    }

    /// Coordinates of a vector along the components.
    ///
    /// # Panics
    /// If it has another dimension.
    #[must_use]
    pub fn project(&self, vector: &[f64]) -> Vec<f64> {
        assert_eq!(vector.len(), self.dim, "dimension of the vector");
        self.vectors
            .chunks_exact(self.dim)
            .map(|v| v.iter().zip(vector).map(|(a, b)| f64::from(*a) * b).sum())
            .collect()
    }

    /// Coordinates of rows, `(n_rows, dim)` -> `(n_rows, k)`.
    ///
    /// # Panics
    /// If `rows` is not a whole number of rows.
    #[must_use]
    pub fn project_rows(&self, rows: &[f32]) -> Vec<f32> {
        assert_eq!(rows.len() % self.dim, 0, "a whole number of rows");
        if self.is_empty() {
            return Vec::new();
        }
        let vectors = MatRef::from_column_major_slice(&self.vectors, self.dim, self.len());
        rows.par_chunks(BLOCK * self.dim)
            .flat_map_iter(|block| {
                let height = block.len() / self.dim;
                let mut out = vec![0.0_f32; height * self.len()];
                matmul(
                    MatMut::from_row_major_slice_mut(&mut out, height, self.len()),
                    Accum::Replace,
                    MatRef::from_row_major_slice(block, height, self.dim),
                    vectors,
                    1.0_f32,
                    Par::Seq,
                );
                out
            })
            .collect()
    }
}

fn centre(rows: &[f32], dim: usize) -> Vec<f32> {
    let n = (rows.len() / dim) as f64;
    let mut mean = vec![0.0_f64; dim];
    for row in rows.chunks_exact(dim) {
        for (m, x) in mean.iter_mut().zip(row) {
            *m += f64::from(*x);
        }
    }
    let mut centred = rows.to_vec();
    for row in centred.chunks_exact_mut(dim) {
        for (x, m) in row.iter_mut().zip(&mean) {
            *x = (f64::from(*x) - m / n) as f32;
        }
    }
    centred
}

fn orthonormal(matrix: &Mat<f32>) -> Mat<f32> {
    matrix.qr().compute_thin_Q()
}

/// `rows x basis`, blocks of rows in parallel.
fn times(rows: &[f32], dim: usize, basis: &Mat<f32>) -> Mat<f32> {
    let width = basis.ncols();
    let flat: Vec<f32> = rows
        .par_chunks(BLOCK * dim)
        .flat_map_iter(|block| {
            let height = block.len() / dim;
            let mut out = vec![0.0_f32; height * width];
            matmul(
                MatMut::from_row_major_slice_mut(&mut out, height, width),
                Accum::Replace,
                MatRef::from_row_major_slice(block, height, dim),
                basis.as_ref(),
                1.0_f32,
                Par::Seq,
            );
            out
        })
        .collect();
    MatRef::from_row_major_slice(&flat, rows.len() / dim, width).to_owned()
}

/// `rows^T x scores`: a part for each block of coordinates, so that each sum
/// runs over the rows in one order whatever the number of threads.
fn transposed_times(rows: &[f32], dim: usize, scores: &Mat<f32>) -> Mat<f32> {
    let (n, width) = (scores.nrows(), scores.ncols());
    let rows = MatRef::from_row_major_slice(rows, n, dim);
    let flat: Vec<f32> = (0..dim)
        .step_by(BLOCK)
        .collect::<Vec<_>>()
        .into_par_iter()
        .flat_map_iter(|start| {
            let height = BLOCK.min(dim - start);
            let mut out = vec![0.0_f32; height * width];
            matmul(
                MatMut::from_row_major_slice_mut(&mut out, height, width),
                Accum::Replace,
                rows.subcols(start, height).transpose(),
                scores.as_ref(),
                1.0_f32,
                Par::Seq,
            );
            out
        })
        .collect();
    MatRef::from_row_major_slice(&flat, dim, width).to_owned()
}
