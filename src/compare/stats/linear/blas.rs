//! By the OpenBLAS of the system.
//!
//! It has threads of its own; `OPENBLAS_NUM_THREADS=1` leaves the division of
//! work to rayon, as the default build does.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, Axis, ShapeBuilder, Slice};
use ndarray_linalg::{Eigh, QR, UPLO};
// Links the library.
use openblas_src as _;

use super::{Layout, Matrix, Output};

/// Rows, columns and strides.
fn shape(layout: Layout) -> ndarray::StrideShape<ndarray::Ix2> {
    let strides = match layout.by_column {
        true => (1, layout.stride),
        false => (layout.stride, 1),
    };
    (layout.rows, layout.cols).strides(strides)
}

impl<'a> Matrix<'a> {
    fn view(self) -> ArrayView2<'a, f32> {
        ArrayView2::from_shape(shape(self.layout), self.values).expect("checked when it was made")
    }
}

/// `out = left * right`.
pub(in super::super) fn multiply(out: Output<'_>, left: Matrix<'_>, right: Matrix<'_>) {
    let mut out =
        ArrayViewMut2::from_shape(shape(out.layout), out.values).expect("checked when it was made");
    general_mat_mul(1.0, &left.view(), &right.view(), 0.0, &mut out);
}

/// An orthonormal basis of the columns of a row-major matrix with `l` columns, at
/// most as many as rows; row-major.
pub(in super::super) fn orthonormal(matrix: &[f32], l: usize) -> Vec<f32> {
    let rows = matrix.len() / l;
    let matrix = ArrayView2::from_shape((rows, l), matrix).expect("whole rows");
    let (q, _) = matrix.qr().expect("finite numbers have a basis");
    let q = q.slice_axis(Axis(1), Slice::from(..l));
    q.iter().copied().collect()
}

/// Eigenvalues of a symmetric matrix (n x n), rising, and its eigenvectors as the
/// columns of a row-major matrix. `None` if they are not found.
pub(in super::super) fn symmetric_eigen(matrix: &[f64], n: usize) -> Option<(Vec<f64>, Vec<f64>)> {
    let matrix = ArrayView2::from_shape((n, n), matrix).ok()?;
    let (values, vectors) = matrix.eigh(UPLO::Lower).ok()?;
    Some((values.to_vec(), vectors.iter().copied().collect()))
}

/// The product of two row-major matrices in f64, each with its rows, its columns
/// and whether it is meant transposed; row-major.
pub(in super::super) fn multiply_wide(
    left: (&[f64], usize, usize, bool),
    right: (&[f64], usize, usize, bool),
) -> Vec<f64> {
    let view = |(values, rows, cols, transposed)| {
        let matrix = ArrayView2::from_shape((rows, cols), values).expect("whole rows");
        if transposed {
            matrix.reversed_axes()
        } else {
            matrix
        }
    };
    let (left, right): (ArrayView2<'_, f64>, ArrayView2<'_, f64>) = (view(left), view(right));
    left.dot(&right).iter().copied().collect()
}
