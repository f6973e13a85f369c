//! How much the objects of one record depend on each other: exact sums.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// Bits of the mantissa that a [`scaled`] value keeps.
const MANTISSA_BITS: u32 = 8;
/// Values below 2^-20 count as zero.
const ZERO_BELOW: i64 = (1023 - 20) << MANTISSA_BITS;

/// Sums over the records that hold objects, from which follows how much less
/// the objects say than as many independent ones would.
///
/// With `m_i` the objects of record `i` that have the number, `t_ij` the number of
/// one of them as a whole number that grows with it (its octave and an eighth bit
/// below, from 2^-20 on), and `s_i` the sum of `t_ij` over the record, the variance of the mean
/// of all n objects is that of a ratio of sums over records (Cochran 1977,
/// *Sampling Techniques*, section 9A; Kish 1965, section 5.4):
///
/// ```text
/// t    = sum_i s_i / n
/// V    = sum_i (s_i - t m_i)^2 / n^2          objects of a record together
/// V0   = sum_ij (t_ij - t)^2 / n^2            each for itself
/// deff = max(1, V / V0)
/// ```
///
/// The sums are whole numbers over *all* records: they add up in any order, and no
/// sample of records stands between them and the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImageSums {
    records: u64,
    objects: u64,
    /// Sum of `m_i^2`.
    objects_squared: u128,
    /// Sum of `s_i`, of `s_i m_i`, of `s_i^2`.
    sum: i128,
    sum_by_objects: i128,
    sum_squared: i128,
    /// Sum of `t_ij^2`.
    squares: i128,
}

/// Sums over some records of a few objects, in 64 bits: nearly all records are such, and 128
/// bits cost several times as much.
#[derive(Default)]
struct SmallSums {
    records: u64,
    objects: u64,
    objects_squared: u64,
    sum: i64,
    sum_by_objects: i64,
    sum_squared: i64,
    squares: i64,
}

impl SmallSums {
    /// The sum of so many values is below 2^23, its square below 2^46.
    const MAX_OBJECTS: usize = 16;
    /// 2^16 squares of 2^46 are below 2^63.
    const MAX_RECORDS: u64 = 1 << 16;

    /// Adds a record; whether no more fit.
    #[inline]
    fn add(&mut self, objects: u64, sum: i64, squares: i64) -> bool {
        self.records += u64::from(objects > 0);
        self.objects += objects;
        self.objects_squared += objects * objects;
        self.sum += sum;
        self.sum_by_objects += sum * objects as i64;
        self.sum_squared += sum * sum;
        self.squares += squares;
        self.records == Self::MAX_RECORDS
    }
}

impl From<SmallSums> for ImageSums {
    fn from(small: SmallSums) -> Self {
        Self {
            records: small.records,
            objects: small.objects,
            objects_squared: small.objects_squared.into(),
            sum: small.sum.into(),
            sum_by_objects: small.sum_by_objects.into(),
            sum_squared: small.sum_squared.into(),
            squares: small.squares.into(),
        }
    }
}

/// A number as a whole number that grows with it.
#[inline]
fn scaled(value: f64) -> i64 {
    let bits = (value.to_bits() << 1) >> (1 + 52 - MANTISSA_BITS);
    let magnitude = (bits as i64 - ZERO_BELOW).max(0);
    if value < 0.0 { -magnitude } else { magnitude }
}

impl ImageSums {
    /// Learns the numbers of the objects of some records, one record after the other; NaN is
    /// none. `ends` says for each record one past the last of its own.
    pub(crate) fn extend(&mut self, values: &[f64], ends: impl Iterator<Item = usize>) {
        let mut small = SmallSums::default();
        let mut start = 0;
        for end in ends {
            let own = &values[start..end];
            start = end;
            // In 64 bits: at most 2^24 objects, each of at most 2^19.
            let (mut objects, mut sum, mut squares) = (0_u64, 0_i64, 0_i64);
            for value in own.iter().filter(|value| !value.is_nan()) {
                let t = scaled(*value);
                objects += 1;
                sum += t;
                squares += t * t;
            }
            if own.len() > SmallSums::MAX_OBJECTS {
                self.add(objects, sum, squares);
            } else if small.add(objects, sum, squares) {
                self.merge(&std::mem::take(&mut small).into());
            }
        }
        self.merge(&small.into());
    }

    fn add(&mut self, objects: u64, sum: i64, squares: i64) {
        if objects == 0 {
            return;
        }
        let (n, sum) = (i128::from(objects), i128::from(sum));
        self.merge(&Self {
            records: 1,
            objects,
            objects_squared: (n * n).unsigned_abs(),
            sum,
            sum_by_objects: sum * n,
            sum_squared: sum * sum,
            squares: i128::from(squares),
        });
    }

    /// Sums of stored profiles may be anything that [`check`](Self::check) lets
    /// pass: no overflow may stop the program.
    #[inline]
    pub(crate) fn merge(&mut self, other: &Self) {
        self.records = self.records.wrapping_add(other.records);
        self.objects = self.objects.wrapping_add(other.objects);
        self.objects_squared = self.objects_squared.wrapping_add(other.objects_squared);
        self.sum = self.sum.wrapping_add(other.sum);
        self.sum_by_objects = self.sum_by_objects.wrapping_add(other.sum_by_objects);
        self.sum_squared = self.sum_squared.wrapping_add(other.sum_squared);
        self.squares = self.squares.wrapping_add(other.squares);
    }

    /// Records with an object that has the number.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Objects that have the number.
    #[must_use]
    pub fn objects(&self) -> u64 {
        self.objects
    }

    /// By how much the variance of the objects' mean exceeds that of independent
    /// ones; at least 1. Numbers that are all alike say nothing of it: then as much
    /// as if the objects of a record were copies of each other.
    ///
    /// ```
    /// use driftsphere::ingest::{Batch, Objects};
    /// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
    ///
    /// let mut boxes = Objects::new(&["score"])?;
    /// for record in 0..100 {
    ///     for _ in 0..4 {
    ///         boxes.push(None, &[f64::from(record) / 100.0])?; // four copies
    ///     }
    ///     boxes.end_record();
    /// }
    /// let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
    /// builder.track_batch(&Batch::new(100).objects("box", boxes))?;
    /// let profile = builder.freeze();
    /// let score = &profile.objects()["box"].all().features()["score"];
    /// assert!((score.sums().design_effect() - 4.0).abs() < 0.01);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    #[must_use]
    pub fn design_effect(&self) -> f64 {
        Self::common_effect(&[self])
    }

    /// The same of several windows as one, each about a mean of its own: a change between them is
    /// no dependence within.
    pub(crate) fn common_effect(windows: &[&Self]) -> f64 {
        let (mut n, mut together, mut apart) = (0.0, 0.0, 0.0);
        let (mut squares, mut alike) = (0.0, 0.0);
        for sums in windows.iter().filter(|sums| sums.objects > 0) {
            let own = sums.objects as f64;
            let mean = sums.sum as f64 / own;
            n += own;
            apart += sums.squares as f64 - mean * sums.sum as f64;
            together += sums.sum_squared as f64 - 2.0 * mean * sums.sum_by_objects as f64
                + mean * mean * sums.objects_squared as f64;
            squares += sums.squares as f64;
            alike += sums.objects_squared as f64;
        }
        if n == 0.0 {
            return 1.0;
        }
        // Both are differences of large sums: what is left of one value is rounding.
        let effect = match apart > 1e-9 * squares {
            true => together / apart,
            false => alike / n,
        };
        // What rounding adds must not make independent objects dependent ones.
        match effect < 1.0 + 1e-9 {
            true => 1.0,
            false => effect.min(n),
        }
    }

    pub(crate) fn check(&self, objects: u64) -> Result<()> {
        let n = u128::from(self.objects);
        let fits = self.objects <= objects
            && self.records <= self.objects
            && (self.records == 0) == (self.objects == 0)
            && self.objects_squared >= n
            && self.objects_squared <= n * n
            && self.squares >= 0
            && self.sum_squared >= 0;
        match fits {
            true => Ok(()),
            false => Err(Error::new(
                ErrorKind::Format,
                "sums of the objects of records that do not hold together",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(records: &[&[f64]]) -> ImageSums {
        let mut sums = ImageSums::default();
        let ends = records.iter().scan(0, |end, record| {
            *end += record.len();
            Some(*end)
        });
        sums.extend(&records.concat(), ends);
        sums
    }

    #[test]
    fn scaled_numbers_rise_with_the_numbers() {
        let values = [
            -8.0,
            -1.0,
            -1e-300,
            0.0,
            1e-7,
            0.25,
            0.3,
            0.5,
            1.0,
            1e8,
            f64::INFINITY,
        ];
        let scaled: Vec<i64> = values.iter().map(|v| scaled(*v)).collect();
        assert!(scaled.is_sorted(), "{scaled:?}");
        assert_eq!(scaled[3], 0);
        assert_eq!(scaled[8] - scaled[7], 256);
    }

    #[test]
    fn the_variance_of_the_mean_is_that_of_its_definition() {
        let records: [&[f64]; 4] = [
            &[0.5, 0.7, f64::NAN],
            &[0.1],
            &[0.9, 0.8, 0.95],
            &[f64::NAN],
        ];
        let t: Vec<Vec<f64>> = records
            .iter()
            .map(|r| {
                let present = r.iter().filter(|v| !v.is_nan());
                present.map(|v| scaled(*v) as f64).collect()
            })
            .collect();
        let n: f64 = t.iter().map(|r| r.len() as f64).sum();
        let mean = t.iter().flatten().sum::<f64>() / n;
        let together: f64 = t
            .iter()
            .map(|r| (r.iter().sum::<f64>() - mean * r.len() as f64).powi(2))
            .sum();
        let apart: f64 = t.iter().flatten().map(|v| (v - mean).powi(2)).sum();
        let effect = of(&records).design_effect();
        assert!((effect - together / apart).abs() < 1e-9, "{effect}");
        assert_eq!(of(&records).records(), 3);
    }

    #[test]
    fn many_small_records_and_large_ones_add_up_the_same() {
        let values: Vec<f64> = (0..90_000).map(|i| f64::from(i % 977) - 400.0).collect();
        let ends: Vec<usize> = (1..=70_000).chain([70_000, 70_010, 90_000]).collect();
        let mut sums = ImageSums::default();
        sums.extend(&values, ends.iter().copied());
        let mut singly = ImageSums::default();
        for (start, end) in std::iter::once(0).chain(ends.iter().copied()).zip(&ends) {
            let scaled = values[start..*end].iter().map(|value| scaled(*value));
            let squares = scaled.clone().map(|t| t * t).sum();
            singly.add((end - start) as u64, scaled.sum(), squares);
        }
        assert_eq!(sums, singly);
        assert_eq!(sums.records(), 70_002);
        let extreme = f64::INFINITY;
        let mut sums = ImageSums::default();
        sums.extend(
            &vec![extreme; 16 << 16],
            (1..=1 << 16).map(|record| 16 * record),
        );
        assert_eq!(
            sums.sum_squared,
            65_536 * i128::from(16 * scaled(extreme)).pow(2)
        );
    }

    #[test]
    fn records_of_one_object_and_numbers_that_alternate_lose_nothing() {
        assert_eq!(of(&[&[0.1], &[0.9], &[0.4]]).design_effect(), 1.0);
        assert_eq!(of(&[&[0.1, 0.9], &[0.9, 0.1]]).design_effect(), 1.0);
        assert_eq!(of(&[&[0.5, 0.5], &[0.5, 0.5]]).design_effect(), 2.0);
        assert_eq!(of(&[]).design_effect(), 1.0);
    }
}
