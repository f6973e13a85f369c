//! Two frozen quantile sketches on the same buckets.

use super::buckets::edges;
use super::quantiles::Quantiles;

/// The edges of a bucket: the smallest and the largest double inside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The smallest double inside.
    pub lower: f64,
    /// The largest double inside.
    pub upper: f64,
}

impl Interval {
    /// The middle; for the two infinite end buckets the infinity itself.
    #[must_use]
    pub fn midpoint(&self) -> f64 {
        if self.lower.is_infinite() {
            return self.lower;
        }
        f64::midpoint(self.lower, self.upper)
    }
}

/// Two histograms on the same ascending buckets; see [`common_buckets`].
#[derive(Debug, Clone, PartialEq)]
pub struct CommonBuckets {
    /// The buckets that at least one of the two occupies.
    pub buckets: Vec<Interval>,
    /// The counts of the first sketch, one a bucket.
    pub first: Vec<u64>,
    /// The counts of the second sketch, one a bucket.
    pub second: Vec<u64>,
}

/// Brings two sketches onto their common buckets: those of the coarser one.
///
/// Values at or below a common edge are counted exactly on both sides, so a
/// statistic of ranks at these edges (Kolmogorov-Smirnov) has no error but that
/// it looks at no other places. Minus and plus infinity, where they came, are the
/// first and the last bucket; NaN takes no part. The caps may differ.
///
/// ```
/// use driftsphere::sketch::{QuantileSketch, common_buckets};
///
/// # fn main() -> driftsphere::Result<()> {
/// let mut a = QuantileSketch::new(16)?;
/// let mut b = QuantileSketch::new(64)?;
/// [1.0, 2.0, 2.0].map(|v| a.update(v));
/// [2.0, 3.0, f64::INFINITY].map(|v| b.update(v));
/// let common = common_buckets(&a.freeze(), &b.freeze());
/// assert_eq!(common.first, [1, 2, 0, 0]);
/// assert_eq!(common.second, [0, 1, 1, 1]);
/// assert_eq!(common.buckets[2].midpoint(), 3.0);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn common_buckets(a: &Quantiles, b: &Quantiles) -> CommonBuckets {
    let shift = a.shift().max(b.shift());
    let mut common = CommonBuckets {
        buckets: Vec::new(),
        first: Vec::new(),
        second: Vec::new(),
    };
    let infinite = |sign: f64| Interval {
        lower: sign * f64::INFINITY,
        upper: sign * f64::INFINITY,
    };
    common.push(infinite(-1.0), a.infinite().0, b.infinite().0);
    let (entries_a, entries_b) = (a.entries_at(shift), b.entries_at(shift));
    let (mut rest_a, mut rest_b) = (entries_a.iter().peekable(), entries_b.iter().peekable());
    while let Some(key) = [rest_a.peek(), rest_b.peek()]
        .into_iter()
        .flatten()
        .map(|entry| entry.0)
        .min()
    {
        let first = rest_a.next_if(|entry| entry.0 == key).map_or(0, |e| e.1);
        let second = rest_b.next_if(|entry| entry.0 == key).map_or(0, |e| e.1);
        let (lower, upper) = edges(key, shift);
        common.push(Interval { lower, upper }, first, second);
    }
    common.push(infinite(1.0), a.infinite().1, b.infinite().1);
    common
}

impl CommonBuckets {
    fn push(&mut self, bucket: Interval, first: u64, second: u64) {
        if first > 0 || second > 0 {
            self.buckets.push(bucket);
            self.first.push(first);
            self.second.push(second);
        }
    }
}
