//! By faer, single-threaded inside rayon's blocks, so that results do not depend
//! on the number of threads.

use faer::linalg::matmul::matmul;
use faer::mat::{MatMut, MatRef};
use faer::{Accum, Par, Side};

use super::{Layout, Matrix, Output};

impl<'a> Matrix<'a> {
    fn view(self) -> MatRef<'a, f32> {
        let Layout {
            rows,
            cols,
            stride,
            by_column,
        } = self.layout;
        let columns = MatRef::from_column_major_slice_with_stride;
        match by_column {
            true => columns(self.values, rows, cols, stride),
            false => columns(self.values, cols, rows, stride).transpose(),
        }
    }
}

/// `out = left * right`.
pub(in super::super) fn multiply(out: Output<'_>, left: Matrix<'_>, right: Matrix<'_>) {
    let Layout {
        rows,
        cols,
        stride,
        by_column,
    } = out.layout;
    // Never faer's own `from_row_major_slice_with_stride_mut`: it takes the stride
    // of the rows for that of the columns and writes past the slice (0.24).
    let columns = MatMut::from_column_major_slice_with_stride_mut;
    let out = match by_column {
        true => columns(out.values, rows, cols, stride),
        false => columns(out.values, cols, rows, stride).transpose_mut(),
    };
    let (left, right) = (left.view(), right.view());
    matmul(out, Accum::Replace, left, right, 1.0, Par::Seq);
}

/// An orthonormal basis of the columns of a row-major matrix with `l` columns, at
/// most as many as rows; row-major.
pub(in super::super) fn orthonormal(matrix: &[f32], l: usize) -> Vec<f32> {
    let rows = matrix.len() / l;
    let q = MatRef::from_row_major_slice(matrix, rows, l)
        .qr()
        .compute_thin_Q();
    (0..rows * l).map(|at| q[(at / l, at % l)]).collect()
}

/// Eigenvalues of a symmetric matrix (n x n), rising, and its eigenvectors as the
/// columns of a row-major matrix. `None` if they are not found.
pub(in super::super) fn symmetric_eigen(matrix: &[f64], n: usize) -> Option<(Vec<f64>, Vec<f64>)> {
    let matrix = MatRef::from_row_major_slice(matrix, n, n);
    let eigen = matrix.self_adjoint_eigen(Side::Lower).ok()?;
    let (values, vectors) = (eigen.S(), eigen.U());
    Some((
        (0..n).map(|i| values[i]).collect(),
        (0..n * n).map(|at| vectors[(at / n, at % n)]).collect(),
    ))
}

/// The product of two row-major matrices in f64, each with its rows, its columns
/// and whether it is meant transposed; row-major.
pub(in super::super) fn multiply_wide(
    left: (&[f64], usize, usize, bool),
    right: (&[f64], usize, usize, bool),
) -> Vec<f64> {
    let view = |(values, rows, cols, transposed)| {
        let matrix = MatRef::from_row_major_slice(values, rows, cols);
        if transposed {
            matrix.transpose()
        } else {
            matrix
        }
    };
    let (left, right): (MatRef<'_, f64>, MatRef<'_, f64>) = (view(left), view(right));
    let (rows, cols) = (left.nrows(), right.ncols());
    let mut out = vec![0.0; rows * cols];
    // A row-major product is the column-major one of the transposed factors.
    let columns = MatMut::from_column_major_slice_mut(&mut out, cols, rows);
    let (first, second) = (right.transpose(), left.transpose());
    matmul(columns, Accum::Replace, first, second, 1.0, Par::Seq);
    out
}
