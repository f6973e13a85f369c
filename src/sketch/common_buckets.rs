//! Two frozen quantile sketches on the same buckets.

use super::buckets::{coarser, edges};
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
/// Where buckets of one were [joined](Quantiles::joined), those are common that no
/// edge of either runs through; its outermost joined buckets have no outer end.
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
    let most = a.entries.len() + b.entries.len() + 2;
    let mut common = CommonBuckets {
        buckets: Vec::with_capacity(most),
        first: Vec::with_capacity(most),
        second: Vec::with_capacity(most),
    };
    let infinite = |sign: f64| Interval {
        lower: sign * f64::INFINITY,
        upper: sign * f64::INFINITY,
    };
    common.push(infinite(-1.0), a.infinite().0, b.infinite().0);
    if a.is_joined() || b.is_joined() {
        for part in parts(a, b, shift) {
            let (lower, upper) = (edges(part.shown.0, shift).0, edges(part.shown.1, shift).1);
            common.push(Interval { lower, upper }, part.counts[0], part.counts[1]);
        }
        common.push(infinite(1.0), a.infinite().1, b.infinite().1);
        return common;
    }
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

/// Buckets of both sketches that overlap, taken together.
struct Part {
    /// First and last key.
    keys: (i64, i64),
    /// The same but for open ends.
    shown: (i64, i64),
    counts: [u64; 2],
}

/// All buckets at `shift`, joined where they overlap, ascending.
fn parts(a: &Quantiles, b: &Quantiles, shift: u32) -> Vec<Part> {
    let mut all: Vec<Part> = Vec::new();
    for (side, sketch) in [a, b].into_iter().enumerate() {
        let by = shift - sketch.shift();
        let count = sketch.entries.len();
        for (i, &(last, n)) in sketch.entries.iter().enumerate() {
            let first = sketch.firsts.as_ref().map_or(last, |firsts| firsts[i]);
            let shown = (coarser(first, by), coarser(last, by));
            let is_joined = first < last;
            let mut counts = [0; 2];
            counts[side] = n;
            let lowest = if is_joined && i == 0 {
                i64::MIN
            } else {
                shown.0
            };
            let highest = if is_joined && i + 1 == count {
                i64::MAX
            } else {
                shown.1
            };
            let keys = (lowest, highest);
            all.push(Part {
                keys,
                shown,
                counts,
            });
        }
    }
    all.sort_by_key(|part| part.keys);
    let mut out: Vec<Part> = Vec::new();
    for part in all {
        match out.last_mut().filter(|last| part.keys.0 <= last.keys.1) {
            Some(last) => {
                last.keys.1 = last.keys.1.max(part.keys.1);
                last.shown.0 = last.shown.0.min(part.shown.0);
                last.shown.1 = last.shown.1.max(part.shown.1);
                for (sum, n) in last.counts.iter_mut().zip(part.counts) {
                    *sum = sum.saturating_add(n);
                }
            }
            None => out.push(part),
        }
    }
    out
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
