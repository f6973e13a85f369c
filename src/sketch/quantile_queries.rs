//! Ranks, quantiles, cdf and pmf of a frozen quantile sketch.

use super::buckets;
use super::estimate::Estimate;
use super::quantiles::{Bucket, Quantiles};
use crate::error::{Error, ErrorKind, Result};

impl Quantiles {
    /// The share of the stream that is <= `value` (*inclusive* rank, in [0, 1]).
    ///
    /// Exact at the edges of buckets and outside [min, max]; of a sketch that was
    /// [joined](Self::joined), values before its first and behind its last bucket may
    /// belong to it. Inside a bucket the
    /// bounds are the ranks at its edges, and the estimate takes its values as
    /// evenly spread. `None` for NaN and for an empty stream.
    ///
    /// ```
    /// use driftsphere::sketch::QuantileSketch;
    ///
    /// # fn main() -> driftsphere::Result<()> {
    /// let mut sketch = QuantileSketch::new(256)?;
    /// (1..=10_000).for_each(|i| sketch.update(f64::from(i)));
    /// let rank = sketch.freeze().rank(7_000.0).expect("not empty");
    /// assert!(rank.lower_bound <= 0.7 && 0.7 <= rank.upper_bound);
    /// assert!((rank.estimate - 0.7).abs() < 0.001);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn rank(&self, value: f64) -> Option<Estimate> {
        if value.is_nan() || self.count() == 0 || self.is_withheld() {
            return None;
        }
        Some(Ranks::of(self).at(value))
    }

    /// The value at `rank` in [0, 1]: the smallest value of the stream whose
    /// inclusive rank is at least `rank` (the *inverted cdf* of `NumPy` and R).
    ///
    /// The estimate is the middle of its bucket, the bounds are the bucket's edges;
    /// the first and the last value are exact. Outer buckets that were
    /// [joined](Self::joined) have no outer edge: the estimate is the inner one, the
    /// outer bound infinite. `None` for an empty stream.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] for a rank outside [0, 1].
    pub fn quantile(&self, rank: f64) -> Result<Option<Estimate>> {
        if !(0.0..=1.0).contains(&rank) {
            let message = format!("a rank lies between 0 and 1, not at {rank}");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        if self.count() == 0 || self.is_withheld() {
            return Ok(None);
        }
        Ok(Some(Ranks::of(self).value_at(rank)))
    }

    /// The inclusive ranks at ascending `split_points`, and 1 as the last.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] if the split points do not rise strictly, one is
    /// NaN, or the stream is empty.
    pub fn cdf(&self, split_points: &[f64]) -> Result<Vec<Estimate>> {
        let ascending = split_points.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || split_points.iter().any(|point| point.is_nan()) {
            let message = "split points must rise strictly and hold no NaN";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        if self.count() == 0 {
            let message = "an empty stream has no distribution function";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let ranks = Ranks::of(self);
        let inner = split_points.iter().map(|point| ranks.at(*point));
        Ok(inner.chain([Estimate::exact(1.0)]).collect())
    }

    /// The masses of the m + 1 intervals that m ascending `split_points` cut:
    /// up to and including the first, between each two, above the last.
    ///
    /// The bounds of a mass follow from those of its two ends, so its error is
    /// that of two ranks.
    ///
    /// # Errors
    ///
    /// As [`cdf`](Self::cdf).
    pub fn pmf(&self, split_points: &[f64]) -> Result<Vec<Estimate>> {
        let mut below = Estimate::exact(0.0);
        let mass = |above: Estimate| {
            let lower_bound = (above.lower_bound - below.upper_bound).max(0.0);
            let upper_bound = above.upper_bound - below.lower_bound;
            let mass = Estimate {
                estimate: (above.estimate - below.estimate).clamp(lower_bound, upper_bound),
                lower_bound,
                upper_bound,
            };
            below = above;
            mass
        };
        Ok(self.cdf(split_points)?.into_iter().map(mass).collect())
    }
}

/// The counts of a sketch, summed from below.
struct Ranks<'a> {
    sketch: &'a Quantiles,
    buckets: Vec<Bucket>,
    /// `below[i]` values lie below bucket i; one more entry than buckets.
    below: Vec<u64>,
    count: u64,
}

impl<'a> Ranks<'a> {
    fn of(sketch: &'a Quantiles) -> Self {
        let buckets: Vec<Bucket> = sketch.cut_buckets().collect();
        let mut below = Vec::with_capacity(buckets.len() + 1);
        below.push(sketch.infinite().0);
        for bucket in &buckets {
            below.push(below[below.len() - 1].saturating_add(bucket.count));
        }
        Self {
            sketch,
            buckets,
            below,
            count: sketch.count(),
        }
    }

    fn share(&self, count: u64) -> f64 {
        count as f64 / self.count as f64
    }

    /// The inclusive rank of a value that is not NaN.
    fn at(&self, value: f64) -> Estimate {
        if value == f64::INFINITY {
            return Estimate::exact(1.0);
        }
        // Minus infinity has a smaller key than all finite values.
        let key = buckets::key_of(value, self.sketch.shift);
        let index = self.sketch.entries.partition_point(|entry| entry.0 < key);
        let lower_bound = self.share(self.below[index]);
        let Some(bucket) = self.buckets.get(index).filter(|b| b.lower <= value) else {
            return self.outside(index, lower_bound);
        };
        let upper_bound = self.share(self.below[index + 1]);
        if bucket.upper <= value {
            let (_, last_is_open) = self.sketch.open_ends();
            if !(last_is_open && index + 1 == self.buckets.len()) {
                return Estimate::exact(upper_bound);
            }
            // Its upper edge is made up: values of it may lie beyond.
            return Estimate {
                estimate: upper_bound,
                lower_bound,
                upper_bound,
            };
        }
        // Halves: the whole width may pass the range of a double.
        let width = bucket.upper / 2.0 - bucket.lower / 2.0;
        let part = (value / 2.0 - bucket.lower / 2.0) / width;
        let part = if width > 0.0 { part } else { 0.5 };
        let estimate = lower_bound + part * (upper_bound - lower_bound);
        Estimate {
            estimate: estimate.min(upper_bound), // rounding may lead past it
            lower_bound,
            upper_bound,
        }
    }

    /// The rank of a value in no bucket, before bucket `index`: exact, unless the
    /// nearest bucket may reach as far.
    fn outside(&self, index: usize, rank: f64) -> Estimate {
        let (first_is_open, last_is_open) = self.sketch.open_ends();
        let before_all = first_is_open && index == 0;
        let behind_all = last_is_open && index == self.buckets.len();
        Estimate {
            estimate: rank,
            lower_bound: match behind_all {
                true => self.share(self.below[index - 1]),
                false => rank,
            },
            upper_bound: match before_all {
                true => self.share(self.below[1]),
                false => rank,
            },
        }
    }

    /// The smallest value whose inclusive rank is at least `rank`.
    fn value_at(&self, rank: f64) -> Estimate {
        let position = self.position(rank);
        let (first, last) = (self.below[0], self.below[self.buckets.len()]);
        if position <= first {
            return Estimate::exact(f64::NEG_INFINITY);
        }
        if position > last {
            return Estimate::exact(f64::INFINITY);
        }
        let index = self.below.partition_point(|below| *below < position) - 1;
        let bucket = self.buckets[index];
        let (first_is_open, last_is_open) = self.sketch.open_ends();
        let open_below = first_is_open && index == 0;
        let open_above = last_is_open && index + 1 == self.buckets.len();
        if open_below || open_above {
            return Estimate {
                // Towards the other values, where most of its own are.
                estimate: match (open_below, open_above) {
                    (true, false) => bucket.upper,
                    (false, true) => bucket.lower,
                    _ => bucket.midpoint(),
                },
                lower_bound: if open_below {
                    f64::NEG_INFINITY
                } else {
                    bucket.lower
                },
                upper_bound: if open_above {
                    f64::INFINITY
                } else {
                    bucket.upper
                },
            };
        }
        let has_extremes = self.sketch.extremes.is_some();
        if position == first + 1 && has_extremes {
            return Estimate::exact(bucket.lower);
        }
        if position == last && has_extremes {
            return Estimate::exact(bucket.upper);
        }
        Estimate {
            estimate: bucket.midpoint(),
            lower_bound: bucket.lower,
            upper_bound: bucket.upper,
        }
    }

    /// The smallest i in 1..=count with i / count >= rank, both as doubles, so
    /// that 0.07 of 100 values is the 7th although 0.07 * 100 > 7 in doubles.
    fn position(&self, rank: f64) -> u64 {
        let position = (rank * self.count as f64).ceil() as u64;
        let position = position.clamp(1, self.count);
        if position > 1 && self.share(position - 1) >= rank {
            return position - 1;
        }
        position
    }
}
