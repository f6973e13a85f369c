//! The frozen half of the quantile sketch: what is stored, merged and asked.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::buckets::{self, Entry, MAX_SHIFT};
use super::quantile_sketch::{QuantileSketch, check_caps};
use super::stored_quantiles::RawQuantiles;
use crate::error::{Error, ErrorKind, Result};

/// What a [`QuantileSketch`] learned: sorted buckets with counts.
///
/// How the buckets come about, how exact they are, and why they do not depend on
/// the order of the stream, stands with [`QuantileSketch`]. In short: up to `cap`
/// distinct values everything is exact; past that a value is known to half its
/// bucket's width, and each [`Estimate`](super::Estimate) says what that means for the answer.
///
/// Infinities take part in [`count`](Self::count), [`rank`](Self::rank),
/// [`quantile`](Self::quantile), [`cdf`](Self::cdf) and [`pmf`](Self::pmf), where
/// they lie at the ends; the minimum, the maximum and the moments are those of the
/// finite values. NaN takes part in [`nan_count`](Self::nan_count) alone.
///
/// ```
/// use driftsphere::sketch::QuantileSketch;
///
/// # fn main() -> driftsphere::Result<()> {
/// let mut sketch = QuantileSketch::new(64)?;
/// for value in [3.0, 1.0, 2.0, 2.0, f64::NAN, f64::INFINITY] {
///     sketch.update(value);
/// }
/// let frozen = sketch.freeze();
/// assert!(frozen.is_exact());
/// assert_eq!((frozen.count(), frozen.nan_count(), frozen.infinite()), (5, 1, (0, 1)));
/// assert_eq!((frozen.min(), frozen.max()), (Some(1.0), Some(3.0)));
/// assert_eq!(frozen.rank(2.0).map(|rank| rank.estimate), Some(0.6)); // 1, 2, 2 of 5
/// assert_eq!(frozen.mean().map(|mean| mean.estimate), Some(2.0)); // finite ones
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawQuantiles", into = "RawQuantiles")]
pub struct Quantiles {
    pub(super) cap: usize,
    pub(super) shift: u32,
    /// Ascending keys, no count zero.
    pub(super) entries: Vec<Entry>,
    pub(super) outside: Outside,
    /// (min, max) of the finite values.
    pub(super) extremes: Option<(f64, f64)>,
    /// Where buckets were joined: the first key of each entry, whose key is then
    /// the last one.
    pub(super) firsts: Option<Vec<i64>>,
}

/// Values that have no bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outside {
    pub(super) nan: u64,
    pub(super) negative: u64,
    pub(super) positive: u64,
}

impl Outside {
    /// Counts a value that is not finite.
    #[cold]
    pub(super) fn add(&mut self, value: f64, count: u64) {
        let tally = if value.is_nan() {
            &mut self.nan
        } else if value < 0.0 {
            &mut self.negative
        } else {
            &mut self.positive
        };
        *tally = tally.saturating_add(count);
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            nan: self.nan.saturating_add(other.nan),
            negative: self.negative.saturating_add(other.negative),
            positive: self.positive.saturating_add(other.positive),
        }
    }
}

/// An occupied bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// The smallest double that falls into the bucket.
    pub lower: f64,
    /// The largest double that falls into the bucket.
    pub upper: f64,
    /// How many values fell into it.
    pub count: u64,
}

impl Bucket {
    /// The middle of the bucket.
    #[must_use]
    pub fn midpoint(&self) -> f64 {
        f64::midpoint(self.lower, self.upper)
    }
}

impl Quantiles {
    /// Goes on learning from here.
    #[must_use]
    pub fn thaw(&self) -> QuantileSketch {
        QuantileSketch::of(self)
    }

    /// The sketch of both streams together.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Incompatible`] if the caps differ.
    pub fn merge(&self, other: &Self) -> Result<Self> {
        check_caps(self.cap, other.cap)?;
        if self.is_joined() || other.is_joined() {
            let message = "quantile sketches with joined buckets cannot be merged";
            return Err(Error::new(ErrorKind::Incompatible, message));
        }
        let shift = self.shift.max(other.shift);
        let mut entries = buckets::union(&self.entries_at(shift), &other.entries_at(shift));
        let by = buckets::smallest_shift(&entries, self.cap);
        buckets::coarsen(&mut entries, by);
        let extremes = match (self.extremes, other.extremes) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (one, None) | (None, one) => one,
        };
        Ok(Self {
            cap: self.cap,
            shift: shift + by,
            entries,
            outside: self.outside.plus(other.outside),
            extremes,
            firsts: None,
        })
    }

    /// The same stream in the coarser buckets of `shift`.
    ///
    /// The result is for comparing. It is no longer the sketch of its stream (a
    /// smaller shift would have fitted), so do not merge it into one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] if `shift` is finer than the sketch, or above 63, or
    /// buckets were [joined](Self::joined).
    pub fn collapse(&self, shift: u32) -> Result<Self> {
        if self.is_joined() {
            let message = "joined buckets cannot be collapsed";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        if !(self.shift..=MAX_SHIFT).contains(&shift) {
            let message = format!(
                "a quantile sketch of shift {} can be collapsed to a shift up to {MAX_SHIFT}, not to {shift}",
                self.shift
            );
            return Err(Error::new(ErrorKind::Argument, message));
        }
        Ok(Self {
            cap: self.cap,
            shift,
            entries: self.entries_at(shift).into_owned(),
            outside: self.outside,
            extremes: self.extremes,
            firsts: None,
        })
    }

    /// The entries at a shift that is not finer.
    pub(super) fn entries_at(&self, shift: u32) -> Cow<'_, [Entry]> {
        if shift == self.shift {
            return Cow::Borrowed(&self.entries);
        }
        let mut entries = self.entries.clone();
        buckets::coarsen(&mut entries, shift - self.shift);
        Cow::Owned(entries)
    }

    /// The largest number of buckets.
    #[must_use]
    pub fn cap(&self) -> usize {
        self.cap
    }

    /// How many values came, infinities included, NaN not.
    #[must_use]
    pub fn count(&self) -> u64 {
        let Outside {
            negative, positive, ..
        } = self.outside;
        let ends = negative.saturating_add(positive);
        self.finite_count().saturating_add(ends)
    }

    /// How many finite values came.
    #[must_use]
    pub fn finite_count(&self) -> u64 {
        let counts = self.entries.iter().map(|entry| entry.1);
        counts.fold(0, u64::saturating_add)
    }

    /// How many NaN came.
    #[must_use]
    pub fn nan_count(&self) -> u64 {
        self.outside.nan
    }

    /// How many negative and how many positive infinities came.
    #[must_use]
    pub fn infinite(&self) -> (u64, u64) {
        (self.outside.negative, self.outside.positive)
    }

    /// The smallest finite value, exactly; `None` too where buckets were
    /// [joined](Self::joined).
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        self.extremes.map(|(min, _)| min)
    }

    /// The largest finite value, exactly; `None` too where buckets were
    /// [joined](Self::joined).
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        self.extremes.map(|(_, max)| max)
    }

    /// Whether each bucket holds one value only, so that all answers are exact.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.shift == 0
    }

    /// How many of the low bits of each value were dropped, 0 to 63.
    #[must_use]
    pub fn shift(&self) -> u32 {
        self.shift
    }

    /// How far the middle of a bucket may lie from a normal value inside it, as a
    /// share of this value.
    ///
    /// ```text
    /// 0                          s = 0
    /// 2^(s - 53)                 0 < s <= 52: half of one of 2^(52 - s) parts of an octave
    /// (2^(2^(s - 52)) - 1) / 2   s > 52: a bucket joins 2^(s - 52) octaves
    /// ```
    ///
    /// Infinite where that passes the range of a double. No relative error can be
    /// stated for the values in the bucket of zero and for subnormal ones.
    #[must_use]
    pub fn relative_error(&self) -> f64 {
        match self.shift {
            0 => 0.0,
            shift @ 1..=52 => libm::ldexp(1.0, shift.cast_signed() - 53),
            shift => (libm::ldexp(1.0, 1 << (shift - 52)) - 1.0) / 2.0,
        }
    }

    /// The occupied buckets of the finite values, in ascending order.
    pub fn buckets(&self) -> impl ExactSizeIterator<Item = Bucket> + DoubleEndedIterator + '_ {
        self.entries.iter().enumerate().map(|(i, &(key, count))| {
            let first = self.firsts.as_ref().map_or(key, |firsts| firsts[i]);
            let lower = buckets::edges(first, self.shift).0;
            let upper = buckets::edges(key, self.shift).1;
            Bucket {
                lower,
                upper,
                count,
            }
        })
    }

    /// The buckets, the outermost cut at the minimum and the maximum.
    pub(super) fn cut_buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        let open = (f64::NEG_INFINITY, f64::INFINITY);
        let (min, max) = self.extremes.unwrap_or(open);
        self.buckets().map(move |bucket| Bucket {
            lower: bucket.lower.max(min),
            upper: bucket.upper.min(max),
            count: bucket.count,
        })
    }
}
