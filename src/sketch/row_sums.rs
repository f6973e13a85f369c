//! Exact sums of rows of any f32 values.

use crate::error::{Error, ErrorKind, Result};

/// Digits of a sum, in base 2^32: 10 of them hold 2^60 values of any magnitude.
const LIMBS: usize = 10;
/// The exponent of the last bit of the first digit: that of the smallest f32.
const FIRST_BIT: i64 = -149;
/// After so many rows digits are carried, long before one can overflow: a row adds
/// less than 2^33 to each.
const CARRY_ROWS: u64 = 1 << 28;
/// More rows than this are refused, so that no count can overflow.
const MAX_ROWS: u64 = 1 << 60;

/// The sum of rows of finite f32 values, exact and the same in any order.
///
/// Every f32 is a whole multiple of 2^-149, and a sum of whole numbers does not
/// depend on the order: each coordinate is kept as a long integer, in the manner
/// of the small superaccumulator of Neal, "Fast exact summation using small and
/// large superaccumulators" (2015). It takes 80 bytes a coordinate.
///
/// ```
/// use driftsphere::sketch::RowSums;
///
/// let mut sums = RowSums::new(2);
/// // In f32, or f64, the middle row would wipe out the first.
/// for row in [[1.0, 0.5], [1e30, 0.25], [-1e30, 0.0]] {
///     sums.update(&row);
/// }
/// assert_eq!(sums.count(), 3);
/// assert_eq!(sums.mean(), Some(vec![1.0 / 3.0, 0.25]));
/// ```
#[derive(Debug, Clone)]
pub struct RowSums {
    count: u64,
    /// Rows since digits were last carried.
    pending: u64,
    sums: Vec<[i64; LIMBS]>,
}

impl RowSums {
    /// The sum of no rows in `dim` dimensions.
    #[must_use]
    pub fn new(dim: usize) -> Self {
        Self {
            count: 0,
            pending: 0,
            sums: vec![[0; LIMBS]; dim],
        }
    }

    /// The number of dimensions.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.sums.len()
    }

    /// The number of rows.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Adds a row, `(dim,)`. It is the caller's duty that all values are finite:
    /// the sum is worth nothing after one that is not.
    ///
    /// # Panics
    /// If `row` has another dimension.
    pub fn update(&mut self, row: &[f32]) {
        assert_eq!(row.len(), self.dim(), "dimension of the row");
        if self.pending == CARRY_ROWS {
            self.carry();
        }
        for (sum, value) in self.sums.iter_mut().zip(row) {
            add(sum, *value);
        }
        self.count += 1;
        self.pending += 1;
    }

    /// Takes in another sum.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] if it has another dimension,
    /// [`ErrorKind::Limit`] beyond 2^60 rows.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.dim() != other.dim() {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!("dimensions {} and {}", self.dim(), other.dim()),
            ));
        }
        let count = self.count.checked_add(other.count);
        let count = count.filter(|count| *count <= MAX_ROWS);
        self.count = count.ok_or_else(|| Error::new(ErrorKind::Limit, "more than 2^60 rows"))?;
        self.carry();
        for (sum, other) in self.sums.iter_mut().zip(&other.sums) {
            sum.iter_mut()
                .zip(carried(*other))
                .for_each(|(digit, other)| *digit += other);
        }
        self.pending = 1;
        Ok(())
    }

    /// The mean of each coordinate, `(dim,)`, rounded to f32; `None` of no rows.
    ///
    /// ```text
    /// m_i = S_i / n
    /// ```
    ///
    /// It is off by at most one unit in the last place: the exact sum is rounded to
    /// f64 before it is divided.
    #[must_use]
    pub fn mean(&self) -> Option<Vec<f32>> {
        if self.count == 0 {
            return None;
        }
        let mean = |sum: &[i64; LIMBS]| (value(*sum) / self.count as f64) as f32;
        // A negative sum that is rounded to zero keeps no sign.
        Some(self.sums.iter().map(|sum| mean(sum) + 0.0).collect())
    }

    fn carry(&mut self) {
        for sum in &mut self.sums {
            *sum = carried(*sum);
        }
        self.pending = 0;
    }
}

/// Adds a finite value.
fn add(sum: &mut [i64; LIMBS], value: f32) {
    let bits = value.to_bits();
    let exponent = (bits >> 23) & 0xff;
    let fraction = u64::from(bits & 0x7f_ffff);
    // Subnormal values have the exponent of the smallest normal ones.
    let (shift, digits) = match exponent {
        0 => (0, fraction),
        _ => (exponent - 1, fraction | 1 << 23),
    };
    let digits = (digits << (shift % 32)).cast_signed();
    let at = (shift / 32) as usize;
    let (low, high) = (digits & 0xffff_ffff, digits >> 32);
    let sign = if bits >> 31 == 0 { 1 } else { -1 };
    sum[at] += sign * low;
    sum[at + 1] += sign * high;
}

/// The same sum with every digit but the last in `0..2^32`: one form for one sum.
fn carried(mut sum: [i64; LIMBS]) -> [i64; LIMBS] {
    for at in 0..LIMBS - 1 {
        let carry = sum[at] >> 32;
        sum[at] &= 0xffff_ffff;
        sum[at + 1] += carry;
    }
    sum
}

/// The sum as the nearest f64, or its neighbour.
fn value(sum: [i64; LIMBS]) -> f64 {
    let sum = carried(sum);
    // The digits of a negative number are those of its complement: they would
    // cancel out.
    let (sign, sum) = match sum[LIMBS - 1] < 0 {
        true => (-1.0, carried(sum.map(|digit| -digit))),
        false => (1.0, sum),
    };
    let mut value = 0.0;
    for (at, digit) in sum.iter().enumerate().rev() {
        let exponent = 32 * at as i64 + FIRST_BIT;
        // 2^exponent, a normal number.
        let unit = f64::from_bits(((1023 + exponent) as u64) << 52);
        value += *digit as f64 * unit;
    }
    sign * value
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sums(rows: &[[f32; 2]]) -> RowSums {
        let mut sums = RowSums::new(2);
        rows.iter().for_each(|row| sums.update(row));
        sums
    }

    #[test]
    fn the_ends_of_f32_are_summed_exactly() {
        let tiny = f32::from_bits(1);
        let rows = [[f32::MAX, tiny], [tiny, -tiny], [-f32::MAX, tiny]];
        assert_eq!(sums(&rows).mean(), Some(vec![0.0, 0.0]));
        let twice = sums(&[[f32::MAX, tiny]; 2]);
        assert_eq!(twice.mean(), Some(vec![f32::MAX, tiny]));
        let below = sums(&[[-f32::MAX, -1.5]; 7]);
        assert_eq!(below.mean(), Some(vec![-f32::MAX, -1.5]));
        assert_eq!(RowSums::new(2).mean(), None);
        assert!(sums(&rows).merge(&RowSums::new(3)).is_err());
    }

    /// Values of few bits: their sums are exact in f64, too.
    fn values() -> impl Strategy<Value = Vec<[f32; 2]>> {
        let value = (-1000_i32..1000).prop_map(|v| v as f32 / 8.0);
        prop::collection::vec(prop::array::uniform2(value), 1..60)
    }

    fn any_finite() -> impl Strategy<Value = f32> {
        any::<u32>()
            .prop_map(f32::from_bits)
            .prop_filter("finite", |v| v.is_finite())
    }

    proptest! {
        #[test]
        fn a_mean_is_that_of_a_naive_loop(rows in values()) {
            let n = rows.len() as f64;
            let naive = |j: usize| (rows.iter().map(|r| f64::from(r[j])).sum::<f64>() / n) as f32;
            prop_assert_eq!(sums(&rows).mean(), Some(vec![naive(0), naive(1)]));
        }

        #[test]
        fn order_and_division_leave_no_trace(
            rows in prop::collection::vec(prop::array::uniform2(any_finite()), 1..40),
            cut in any::<prop::sample::Index>(),
        ) {
            let whole = sums(&rows);
            let (first, last) = rows.split_at(cut.index(rows.len()));
            let mut backwards: Vec<_> = last.to_vec();
            backwards.reverse();
            let mut parts = sums(&backwards);
            parts.merge(&sums(first)).unwrap();
            prop_assert_eq!(parts.count(), whole.count());
            prop_assert_eq!(parts.mean(), whole.mean());
        }
    }
}
