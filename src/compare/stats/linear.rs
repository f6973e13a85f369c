//! Linear algebra of this room: products of f32 matrices, eigenvalues, bases.
//! The only place that knows which library does it: faer, or with the feature
//! `blas` the OpenBLAS of the system, by ndarray and ndarray-linalg.
//!
//! Both round differently, in the last digits of f32 and f64.

#[cfg(feature = "blas")]
mod blas;
#[cfg(not(feature = "blas"))]
mod pure;

#[cfg(feature = "blas")]
pub(super) use blas::{multiply, multiply_wide, orthonormal, symmetric_eigen};
#[cfg(not(feature = "blas"))]
pub(super) use pure::{multiply, multiply_wide, orthonormal, symmetric_eigen};

/// How the numbers of a matrix lie in a slice.
#[derive(Debug, Clone, Copy)]
struct Layout {
    rows: usize,
    cols: usize,
    /// From one row to the next, or from one column to the next.
    stride: usize,
    /// Column by column instead of row by row.
    by_column: bool,
}

impl Layout {
    fn transposed(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            by_column: !self.by_column,
            ..self
        }
    }
}

/// A matrix of borrowed f32 values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matrix<'a> {
    values: &'a [f32],
    layout: Layout,
}

impl<'a> Matrix<'a> {
    /// `values` row by row (rows x cols).
    pub(super) fn by_row(values: &'a [f32], rows: usize, cols: usize) -> Self {
        assert_eq!(values.len(), rows * cols, "numbers of a matrix");
        let layout = Layout {
            rows,
            cols,
            stride: cols,
            by_column: false,
        };
        Self { values, layout }
    }

    /// `values` column by column (rows x cols).
    pub(super) fn by_column(values: &'a [f32], rows: usize, cols: usize) -> Self {
        Self::by_row(values, cols, rows).transposed()
    }

    /// Rows and columns swapped; nothing is moved.
    pub(super) fn transposed(self) -> Self {
        Self {
            layout: self.layout.transposed(),
            ..self
        }
    }

    /// The columns `first..first + count` of a matrix that lies row by row.
    pub(super) fn columns(self, first: usize, count: usize) -> Self {
        assert!(!self.layout.by_column, "columns of a matrix by rows");
        assert!(first + count <= self.layout.cols, "columns of the matrix");
        Self {
            values: self.values.get(first..).unwrap_or_default(),
            layout: Layout {
                cols: count,
                ..self.layout
            },
        }
    }

    /// The rows `0..count` of a matrix that lies column by column.
    pub(super) fn first_rows(self, count: usize) -> Self {
        self.transposed().columns(0, count).transposed()
    }
}

/// A matrix that a product is written to.
#[derive(Debug)]
pub(super) struct Output<'a> {
    values: &'a mut [f32],
    layout: Layout,
}

impl<'a> Output<'a> {
    /// The first `cols` of every `stride` values, row by row.
    pub(super) fn by_row(values: &'a mut [f32], rows: usize, cols: usize, stride: usize) -> Self {
        assert!(cols <= stride && values.len() == rows * stride, "room");
        let layout = Layout {
            rows,
            cols,
            stride,
            by_column: false,
        };
        Self { values, layout }
    }

    /// All of `values`, column by column (rows x cols).
    pub(super) fn by_column(values: &'a mut [f32], rows: usize, cols: usize) -> Self {
        let Self { values, layout } = Self::by_row(values, cols, rows, rows);
        let layout = layout.transposed();
        Self { values, layout }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(i: usize) -> f32 {
        ((i * 37) % 101) as f32 / 50.0 - 1.0
    }

    #[test]
    fn products_of_every_layout_match_the_definition() {
        let (n, d, l) = (23, 17, 9);
        let left: Vec<f32> = (0..n * d).map(cell).collect();
        let right: Vec<f32> = (0..d * l).map(|i| cell(i + 5)).collect();
        let exact = |i: usize, k: usize| -> f32 {
            let term = |j| f64::from(left[i * d + j]) * f64::from(right[j * l + k]);
            (0..d).map(term).sum::<f64>() as f32
        };
        // Row by row, into the first columns of wider rows.
        let mut out = vec![7.0; n * (l + 3)];
        multiply(
            Output::by_row(&mut out, n, l, l + 3),
            Matrix::by_row(&left, n, d),
            Matrix::by_row(&right, d, l),
        );
        for i in 0..n {
            for k in 0..l {
                assert!((out[i * (l + 3) + k] - exact(i, k)).abs() < 1e-5);
            }
            assert_eq!(out[i * (l + 3) + l..][..3], [7.0; 3]);
        }
        // Column by column, of the transposed product and its first rows.
        let mut out = vec![0.0; 5 * n];
        multiply(
            Output::by_column(&mut out, 5, n),
            Matrix::by_row(&right, d, l).columns(2, 5).transposed(),
            Matrix::by_row(&left, n, d).transposed(),
        );
        for k in 0..5 {
            for i in 0..n {
                assert!((out[i * 5 + k] - exact(i, k + 2)).abs() < 1e-5);
            }
        }
        // In f64: left times right, and left' times left.
        let wide = |values: &[f32]| values.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
        let (wide_left, wide_right) = (wide(&left), wide(&right));
        let product = multiply_wide((&wide_left, n, d, false), (&wide_right, d, l, false));
        assert!((product[3 * l + 4] - f64::from(exact(3, 4))).abs() < 1e-5);
        let square = multiply_wide((&wide_left, n, d, true), (&wide_left, n, d, false));
        let by_hand: f64 = (0..n)
            .map(|i| wide_left[i * d + 2] * wide_left[i * d + 7])
            .sum();
        assert!((square[2 * d + 7] - by_hand).abs() < 1e-12);
        let columns = Matrix::by_column(&left, d, n).first_rows(4);
        assert_eq!((columns.layout.rows, columns.layout.cols), (4, n));
    }

    #[test]
    fn eigenvectors_and_bases_are_what_they_say() {
        let (n, l) = (12, 5);
        let matrix: Vec<f32> = (0..n * l).map(|i| cell(i * i)).collect();
        let q = orthonormal(&matrix, l);
        let dot = |a: &dyn Fn(usize) -> f64, b: &dyn Fn(usize) -> f64, len| -> f64 {
            (0..len).map(|i| a(i) * b(i)).sum()
        };
        for a in 0..l {
            for b in 0..l {
                let product = dot(
                    &|i| f64::from(q[i * l + a]),
                    &|i| f64::from(q[i * l + b]),
                    n,
                );
                assert!((product - f64::from(u8::from(a == b))).abs() < 1e-5);
            }
        }
        let symmetric: Vec<f64> = (0..l * l)
            .map(|at| f64::from(cell((at / l) * (at % l) + at / l + at % l)))
            .collect();
        let (values, vectors) = symmetric_eigen(&symmetric, l).unwrap();
        assert!(values.is_sorted());
        for (k, value) in values.iter().enumerate() {
            for i in 0..l {
                let product = dot(&|j| symmetric[i * l + j], &|j| vectors[j * l + k], l);
                assert!((product - value * vectors[i * l + k]).abs() < 1e-12);
            }
        }
    }
}
