//! Exact sums of unit vectors.

use serde::{Deserialize, Serialize};

use super::fixed_point::{ONE, add_scaled, add_scaled_to_both, write_difference, write_scaled};
use crate::error::{Error, ErrorKind, Result};

/// So many rows, each at most [`ONE`] in magnitude, fit into an i64.
const NARROW_ROWS: u64 = (i64::MAX / ONE) as u64;

/// More rows than this are refused, so that no count can overflow.
const MAX_ROWS: u64 = 1 << 60;

/// The sum of unit vectors, exact and the same in any order.
///
/// Each coordinate is rounded once, to a multiple of 2^-40 (9.1e-13), and from
/// then on summed as an integer: i64 for the first 2^23 rows, i128 beyond. Sums
/// of integers are associative, so neither order, nor threads, nor the merge tree
/// can show in the result.
///
/// # What it answers
///
/// With S the sum of n unit vectors in d dimensions:
///
/// ```text
/// mean              S / n
/// resultant length  R = |S| / n, from 0 (spread out) to 1 (all the same)
/// mean direction    S / |S|
/// concentration     kappa = R (d - R^2) / (1 - R^2)
/// ```
///
/// kappa is that of the von Mises-Fisher distribution with density proportional
/// to exp(kappa mu.x), in the approximation of Banerjee, Dhillon, Ghosh, Sra,
/// "Clustering on the unit hypersphere using von Mises-Fisher distributions",
/// JMLR 6 (2005), equation 4.4. R of few rows is biased upwards: for spread-out
/// rows it is about 1 / sqrt(n), not 0.
///
/// # Accuracy
///
/// A coordinate of the sum is off by at most n 2^-41, of the mean by at most
/// 2^-41; rounding of the final division in f64 comes on top.
///
/// ```
/// use driftsphere::sketch::Directions;
///
/// let mut directions = Directions::new(2);
/// directions.update_scaled(&[3.0, 4.0], 1.0 / 5.0);
/// directions.update_scaled(&[4.0, 3.0], 1.0 / 5.0);
/// let mean = directions.mean().expect("two rows");
/// assert!((mean[0] - 0.7).abs() < 1e-12 && (mean[1] - 0.7).abs() < 1e-12);
/// let length = directions.resultant_length().expect("two rows");
/// assert!((length - 0.98_f64.sqrt()).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "RawDirections", into = "RawDirections")]
pub struct Directions {
    count: u64,
    /// The part of the sum that the hot loop adds to.
    narrow: Vec<i64>,
    /// No coordinate of `narrow` exceeds this many times [`ONE`].
    narrow_rows: u64,
    /// The rest of the sum; empty until `narrow` is full for the first time.
    wide: Vec<i128>,
}

impl Directions {
    /// The sum of no rows in `dim` dimensions.
    #[must_use]
    pub fn new(dim: usize) -> Self {
        Self {
            count: 0,
            narrow: vec![0; dim],
            narrow_rows: 0,
            wide: Vec::new(),
        }
    }

    /// The number of dimensions.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.narrow.len()
    }

    /// The number of rows.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Adds the unit vector `row * scale`, `(dim,)`; `scale` is 1 / |row|.
    ///
    /// Each coordinate counts as the multiple of 2^-40 nearest to
    /// `row[i] * scale`, ties to even. It is the caller's duty that none exceeds
    /// 1 in magnitude; one that does counts as 1 with its sign, and NaN as -1.
    ///
    /// # Panics
    ///
    /// If `row` has another dimension.
    pub fn update_scaled(&mut self, row: &[f32], scale: f64) {
        assert_eq!(row.len(), self.dim(), "dimension of the row");
        self.make_room(1);
        add_scaled(&mut self.narrow, row, scale * ONE as f64);
        self.count += 1;
        self.narrow_rows += 1;
    }

    /// Adds one unit vector to two sums, as [`update_scaled`](Self::update_scaled)
    /// adds it to one: to those of its class and of its cluster.
    ///
    /// # Panics
    ///
    /// If `row` has another dimension than one of them.
    pub fn update_both(first: &mut Self, second: &mut Self, row: &[f32], scale: f64) {
        for sum in [&mut *first, &mut *second] {
            assert_eq!(row.len(), sum.dim(), "dimension of the row");
            sum.make_room(1);
            sum.count += 1;
            sum.narrow_rows += 1;
        }
        let factor = scale * ONE as f64;
        add_scaled_to_both(&mut first.narrow, &mut second.narrow, row, factor);
    }

    /// Adds a row that [`to_fixed`](Self::to_fixed) converted.
    ///
    /// # Panics
    ///
    /// If `fixed` has another dimension.
    pub fn update_fixed(&mut self, fixed: &[i64]) {
        assert_eq!(fixed.len(), self.dim(), "dimension of the row");
        debug_assert!(fixed.iter().all(|v| v.unsigned_abs() <= ONE as u64));
        self.make_room(1);
        for (sum, value) in self.narrow.iter_mut().zip(fixed) {
            *sum = sum.wrapping_add(*value);
        }
        self.count += 1;
        self.narrow_rows += 1;
    }

    /// Writes `row * scale` into `out` in fixed point, as
    /// [`update_scaled`](Self::update_scaled) would add it.
    ///
    /// # Panics
    ///
    /// If `row` and `out` differ in length.
    pub fn to_fixed(row: &[f32], scale: f64, out: &mut [i64]) {
        assert_eq!(row.len(), out.len(), "dimension of the row");
        write_scaled(out, row, scale * ONE as f64);
    }

    /// Takes in all rows of `other`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Incompatible`] if the dimensions differ, [`ErrorKind::Limit`]
    /// for more than 2^60 rows; `self` is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.check_dim(other)?;
        let count = self.count + other.count; // both at most 2^60
        if count > MAX_ROWS {
            let message = format!("a sum of {count} directions; the limit is 2^60");
            return Err(Error::new(ErrorKind::Limit, message));
        }
        if other.wide.is_empty() {
            self.make_room(other.narrow_rows);
            for (sum, value) in self.narrow.iter_mut().zip(&other.narrow) {
                *sum += value;
            }
            self.narrow_rows += other.narrow_rows;
            self.count = count;
        } else {
            let sums = self.totals().zip(other.totals()).map(|(a, b)| a + b);
            *self = Self::of_totals(count, sums.collect());
        }
        Ok(())
    }

    /// Takes the rows of `other` out again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Incompatible`] if the dimensions differ,
    /// [`ErrorKind::Argument`] if `other` cannot be a part of `self`; `self` is
    /// then unchanged.
    pub fn subtract(&mut self, other: &Self) -> Result<()> {
        self.check_dim(other)?;
        let sums = self.totals().zip(other.totals()).map(|(a, b)| a - b);
        let sums: Vec<i128> = sums.collect();
        match self.count.checked_sub(other.count) {
            Some(count) if fits(count, &sums) => {
                *self = Self::of_totals(count, sums);
                Ok(())
            }
            _ => {
                let message = format!(
                    "{} directions are no part of these {}",
                    other.count, self.count
                );
                Err(Error::new(ErrorKind::Argument, message))
            }
        }
    }

    fn check_dim(&self, other: &Self) -> Result<()> {
        if self.dim() == other.dim() {
            return Ok(());
        }
        let message = format!(
            "directions of {} and {} dimensions do not go together",
            self.dim(),
            other.dim()
        );
        Err(Error::new(ErrorKind::Incompatible, message))
    }

    /// The sum S, `(dim,)`.
    #[must_use]
    pub fn sum(&self) -> Vec<f64> {
        self.totals().map(to_f64).collect()
    }

    /// Writes S - `fixed` into `out`, the difference taken exactly: the sum
    /// without one row, or without the sum of several, that are part of it.
    ///
    /// # Panics
    ///
    /// If `fixed` or `out` has another dimension.
    pub fn sum_without(&self, fixed: &[i64], out: &mut [f64]) {
        assert_eq!(fixed.len(), self.dim(), "dimension of the row");
        assert_eq!(out.len(), self.dim(), "dimension of the output");
        if self.wide.is_empty() {
            // A sum of fewer rows than `narrow` holds: no overflow.
            write_difference(out, &self.narrow, fixed);
        } else {
            for ((out, sum), value) in out.iter_mut().zip(self.totals()).zip(fixed) {
                *out = to_f64(sum - i128::from(*value));
            }
        }
    }

    /// The mean S / n, `(dim,)`; `None` without rows.
    #[must_use]
    pub fn mean(&self) -> Option<Vec<f64>> {
        let n = self.count as f64;
        (self.count > 0).then(|| self.totals().map(|sum| to_f64(sum) / n).collect())
    }

    /// The resultant length R = |S| / n in [0, 1]; `None` without rows.
    #[must_use]
    pub fn resultant_length(&self) -> Option<f64> {
        (self.count > 0).then(|| (norm(&self.sum()) / self.count as f64).min(1.0))
    }

    /// The mean direction S / |S|, `(dim,)`; `None` without rows or where they
    /// cancel out (|S| < 1e-9: what is left is rounding).
    #[must_use]
    pub fn mean_direction(&self) -> Option<Vec<f64>> {
        let mut direction = self.sum();
        let length = norm(&direction);
        if length < 1e-9 {
            return None;
        }
        direction.iter_mut().for_each(|value| *value /= length);
        Some(direction)
    }

    /// The concentration kappa of a von Mises-Fisher distribution, see above.
    ///
    /// `None` without rows, in one dimension, and where all rows are the same
    /// (R = 1, kappa has no bound): where 1 - R^2 is below sqrt(d) 2^-40, the
    /// error that rounding to fixed point may leave in it.
    #[must_use]
    pub fn concentration(&self) -> Option<f64> {
        let length = self.resultant_length()?;
        let rest = 1.0 - length * length;
        let rounding = libm::sqrt(self.dim() as f64) / ONE as f64;
        let defined = self.dim() > 1 && rest > rounding;
        defined.then(|| length * (self.dim() as f64 - length * length) / rest)
    }

    /// The sum in fixed point.
    fn totals(&self) -> impl Iterator<Item = i128> + '_ {
        let wide = self.wide.iter().copied().chain(std::iter::repeat(0));
        self.narrow
            .iter()
            .zip(wide)
            .map(|(narrow, wide)| i128::from(*narrow) + wide)
    }

    /// The sum of `count` rows with the given total, which [`fits`].
    fn of_totals(count: u64, sums: Vec<i128>) -> Self {
        let mut directions = Self::new(sums.len());
        directions.count = count;
        if count <= NARROW_ROWS {
            directions.narrow_rows = count;
            for (narrow, sum) in directions.narrow.iter_mut().zip(sums) {
                *narrow = i64::try_from(sum).expect("at most count times one");
            }
        } else {
            directions.wide = sums;
        }
        directions
    }

    /// Makes sure that `rows` further rows fit into `narrow`.
    fn make_room(&mut self, rows: u64) {
        if self.narrow_rows > NARROW_ROWS - rows {
            self.widen();
        }
    }

    #[cold]
    fn widen(&mut self) {
        self.wide.resize(self.narrow.len(), 0);
        for (wide, narrow) in self.wide.iter_mut().zip(&mut self.narrow) {
            *wide += i128::from(std::mem::take(narrow));
        }
        self.narrow_rows = 0;
    }
}

fn to_f64(sum: i128) -> f64 {
    sum as f64 / ONE as f64
}

/// Whether `sums` can be those of `count` unit vectors.
fn fits(count: u64, sums: &[i128]) -> bool {
    let limit = u128::from(count) * ONE as u128;
    count <= MAX_ROWS && sums.iter().all(|sum| sum.unsigned_abs() <= limit)
}

/// The Euclidean norm, summed in index order.
fn norm(vector: &[f64]) -> f64 {
    libm::sqrt(vector.iter().map(|value| value * value).sum())
}

impl PartialEq for Directions {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.totals().eq(other.totals())
    }
}

impl Eq for Directions {}

/// The stored form: the total, however it is split between narrow and wide.
#[derive(Serialize, Deserialize)]
struct RawDirections {
    count: u64,
    sums: Vec<i128>,
}

impl From<Directions> for RawDirections {
    fn from(valid: Directions) -> Self {
        Self {
            count: valid.count,
            sums: valid.totals().collect(),
        }
    }
}

impl TryFrom<RawDirections> for Directions {
    type Error = Error;

    fn try_from(raw: RawDirections) -> Result<Self> {
        if !fits(raw.count, &raw.sums) {
            let message = "directions: a sum longer than its rows";
            return Err(Error::new(ErrorKind::Format, message));
        }
        Ok(Self::of_totals(raw.count, raw.sums))
    }
}
