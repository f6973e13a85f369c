//! Exact nearest centres, found fast.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::{Block, CentreSet, RowFault, unit};
use crate::error::{Error, ErrorKind, Result};

/// Finds, for each row of a block, the nearest centre of one or more sets:
/// exactly the one that measuring every pair in f64 would find, at little more
/// than the cost of one f32 matrix product.
///
/// The product `rows x centres` says roughly how near each centre is. Its
/// rounding depends on the CPU and on the blocking, so it only picks
/// candidates; the winner is decided among them by
/// [`UnitRow::squared_chord`](super::UnitRow::squared_chord), ties by the
/// smaller index. The answer is therefore a pure function of the
/// row and the set.
///
/// # Which centres are candidates
///
/// ```text
/// |p - v.c| <= h |v|    h = g + 3u,  g = d u / (1 - d u),  u = 2^-24
///     where  v  the row, d elements in f32, not normalised
///            c  a unit centre in f64, rounded to f32 for the product
///            p  the computed product, in any order of summation,
///               with or without fused multiply-add
/// ```
///
/// `g` bounds the summation (Higham 2002, *Accuracy and Stability of Numerical
/// Algorithms*, section 3.1: at most `g sum |v_i c_i| <= g |v| |c|` by Cauchy
/// and Schwarz), one `u` the rounding of the centre, one the product of those
/// two, and the last all that is of the order of 2^-53 or below: the error of
/// the f64 distances, the norms of the centres, and underflow inside the
/// product. A centre whose product is more than `2 h |v|` below the largest is
/// farther away for certain. Typically one centre is left.
///
/// The bound needs a norm in \[2^-60, 2^60\] (no overflow, underflow out of
/// sight) and `d <= 2^22`; other rows are measured against every centre in f64.
///
/// ```
/// use driftsphere::sphere::{CentreSet, NearestSearch, Products};
///
/// let classes = CentreSet::new(2, [[1.0, 0.0], [0.0, 1.0]])?;
/// let search = NearestSearch::new(2, vec![classes])?;
/// let mut products = Products::default();
/// let block = search.block(&[3.0, 1.0, 0.0, 0.0, -1.0, 5.0], &mut products);
/// assert_eq!(block.nearest(0, 0, &[]).unwrap().index, 0);
/// assert!(block.row(1).is_err()); // a zero row has no direction
/// assert_eq!(block.nearest(2, 0, &[]).unwrap().index, 1);
/// assert_eq!(block.nearest(2, 0, &[1]).unwrap().index, 0); // all but centre 1
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct NearestSearch {
    dim: usize,
    sets: Vec<CentreSet>,
    /// First column of each set in the product, and one past the last.
    columns: Vec<usize>,
    /// The centres of all sets in f32, `(columns, dim)`.
    stacked: Vec<f32>,
    /// `2 h`, or infinity if `d` is beyond the bound.
    slack: f64,
}

/// Working memory of a [`NearestSearch`], reused from block to block.
#[derive(Debug, Clone, Default)]
pub struct Products {
    values: Vec<f32>,
    pub(super) norms: Vec<std::result::Result<f64, RowFault>>,
}

/// Unit roundoff of f32.
const UNIT_ROUNDOFF: f64 = 1.0 / (1_u64 << 24) as f64;
/// Norms between which the bound holds.
const SMALLEST_NORM: f64 = 1.0 / (1_u64 << 60) as f64;
const LARGEST_NORM: f64 = (1_u64 << 60) as f64;

impl NearestSearch {
    /// A search over `sets`, each of dimension `dim`; a set may be empty.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] if a set has another dimension,
    /// [`ErrorKind::Argument`] if `dim` is 0.
    pub fn new(dim: usize, sets: Vec<CentreSet>) -> Result<Self> {
        if dim == 0 {
            return Err(Error::new(ErrorKind::Argument, "rows need a dimension"));
        }
        if let Some(set) = sets.iter().find(|set| set.dim() != dim) {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!("rows have {dim} dimensions, centres {}", set.dim()),
            ));
        }
        let mut columns = vec![0];
        let mut stacked = Vec::new();
        for set in &sets {
            stacked.extend(set.values().iter().map(|&value| value as f32));
            columns.push(stacked.len() / dim);
        }
        let du = dim as f64 * UNIT_ROUNDOFF;
        let slack = if du <= 0.25 {
            2.0 * (du / (1.0 - du) + 3.0 * UNIT_ROUNDOFF)
        } else {
            f64::INFINITY
        };
        Ok(Self {
            dim,
            sets,
            columns,
            stacked,
            slack,
        })
    }

    /// Elements of a row.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The sets searched, in the order given.
    #[must_use]
    pub fn sets(&self) -> &[CentreSet] {
        &self.sets
    }

    /// Multiplies a block of rows, `(n, dim)`, with every centre.
    ///
    /// A few hundred rows at a time are fastest: the products then stay in the
    /// cache until they are read. Rows without a direction are allowed.
    ///
    /// # Panics
    /// If `rows` is not a whole number of rows.
    pub fn block<'a>(&'a self, rows: &'a [f32], products: &'a mut Products) -> Block<'a> {
        assert_eq!(
            rows.len() % self.dim,
            0,
            "a block must be a whole number of rows"
        );
        let n = rows.len() / self.dim;
        products.norms.clear();
        products
            .norms
            .extend(rows.chunks_exact(self.dim).map(unit::norm));
        let width = self.width();
        products.values.resize(n * width, 0.0);
        if n > 0 && width > 0 {
            matmul(
                MatMut::from_row_major_slice_mut(&mut products.values, n, width),
                Accum::Replace,
                MatRef::from_row_major_slice(rows, n, self.dim),
                MatRef::from_column_major_slice(&self.stacked, self.dim, width),
                1.0_f32,
                Par::Seq,
            );
        }
        Block::new(self, rows, products)
    }

    /// The products of one row with the centres of one set.
    pub(super) fn products_of<'p>(
        &self,
        products: &'p Products,
        row: usize,
        set: usize,
    ) -> &'p [f32] {
        let start = row * self.width() + self.columns[set];
        &products.values[start..][..self.sets[set].len()]
    }

    /// The product below which a centre cannot be the nearest, given the
    /// largest product and the norm of the row.
    pub(super) fn floor(&self, norm: f64, top: f32) -> f32 {
        if !(SMALLEST_NORM..=LARGEST_NORM).contains(&norm) {
            return f32::NEG_INFINITY;
        }
        // One step down makes up for rounding to f32; an infinite slack keeps
        // every centre.
        ((f64::from(top) - self.slack * norm) as f32).next_down()
    }

    /// Columns of the product.
    fn width(&self) -> usize {
        self.columns[self.columns.len() - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The derivation in the docs, tried on rows that accumulate the most
    /// error: one sign, a wide range of magnitudes, norms at both limits.
    #[test]
    fn products_stay_within_the_stated_bound() {
        let mut state = 1_u64;
        let mut random = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        for dim in [1, 3, 64, 500] {
            let centres: Vec<Vec<f64>> = (0..20)
                .map(|_| (0..dim).map(|_| random()).collect())
                .collect();
            let set = CentreSet::new(dim, centres).unwrap();
            let rows: Vec<f32> = (0..60 * dim)
                .map(|i| {
                    let scale = [1.0, SMALLEST_NORM, LARGEST_NORM / 64.0][i / dim % 3];
                    (scale * (0.1 + random()) * 4.0_f64.powf(-6.0 * random())) as f32
                })
                .collect();
            let search = NearestSearch::new(dim, vec![set.clone()]).unwrap();
            let mut products = Products::default();
            let _ = search.block(&rows, &mut products);
            for (i, row) in rows.chunks(dim).enumerate() {
                let norm = unit::norm(row).unwrap();
                for (j, centre) in set.iter().enumerate() {
                    let exact: f64 = row.iter().zip(centre).map(|(&x, c)| f64::from(x) * c).sum();
                    let error = (f64::from(products.values[i * 20 + j]) - exact).abs();
                    assert!(
                        error <= search.slack / 2.0 * norm,
                        "{dim} {i} {j} {error:e}"
                    );
                }
            }
        }
    }

    #[test]
    fn out_of_bounds_every_centre_is_a_candidate() {
        let usual = NearestSearch::new(512, vec![]).unwrap();
        assert!(usual.floor(1.0, 0.5) < 0.5 && usual.floor(1.0, 0.5) > 0.499);
        for norm in [SMALLEST_NORM / 2.0, LARGEST_NORM * 2.0] {
            assert_eq!(usual.floor(norm, 0.5), f32::NEG_INFINITY);
        }
        let wide = NearestSearch::new(1 << 23, vec![]).unwrap();
        assert_eq!(wide.floor(1.0, 0.5), f32::NEG_INFINITY);
    }

    #[test]
    fn a_set_of_another_dimension_is_refused() {
        let set = CentreSet::new(2, [[1.0, 0.0]]).unwrap();
        let error = NearestSearch::new(3, vec![set]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Incompatible);
        assert_eq!(error.to_string(), "rows have 3 dimensions, centres 2");
    }
}
