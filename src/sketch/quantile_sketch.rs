//! The learning half of the quantile sketch.

use super::buckets::{self, Entry, INFINITE};
use super::count_table::CountTable;
use super::quantiles::{Outside, Quantiles};
use crate::error::{Error, ErrorKind, Result};

/// Learns the distribution of a stream of numbers in bounded memory, the same
/// whatever the order of the stream and however it was split.
///
/// [`freeze`](Self::freeze) turns it into [`Quantiles`], which answer.
///
/// # Buckets
///
/// A finite value v falls into the bucket with the key
///
/// ```text
/// key(v, s) = sign(v) * (bits(|v|) >> s)
/// ```
///
/// where bits(|v|) are the 63 bits of an IEEE 754 double below the sign, and s
/// is the *shift*. With s <= 52 each octave [2^e, 2^(e+1)) is cut into 2^(52-s)
/// buckets of equal width: log-linear buckets, as in `HdrHistogram`. At s = 0
/// every double has its own bucket. Zero has one bucket, shared by both signs
/// and, for s > 0, by the values closest to it. The sketch starts at s = 0. When
/// more than `cap` buckets are occupied, s rises and neighbours are joined (the
/// *uniform collapse* of Epicoco et al. 2020), until they fit. Past 52, whole
/// octaves are joined; at 63 one bucket is left, so every cap is reached.
///
/// NaN and the two infinities are counted apart, outside the cap. Counts
/// saturate at `u64::MAX`.
///
/// # Accuracy
///
/// - A stream with at most `cap` distinct finite values is kept exactly.
/// - Else a normal value is known to half its bucket's width, a relative error
///   of at most 2^-(m + 1) with m = 52 - s, see [`Quantiles::relative_error`].
///   Ranks at bucket edges, the count, the minimum and the maximum stay exact.
/// - What decides s is how many octaves the values span, and only slowly how
///   many values there are. Measured, for 10 thousand / 1 million values:
///
/// ```text
///                                     cap 4096      cap 512
/// uniform in [1, 2)                   m = 12 / 12   m = 9 / 9
/// distances, normal 0.4 +- 0.05       m = 12 / 11   m = 8 / 8
/// uniform in [0, 1)                   m = 10 / 8    m = 6 / 5
/// normal around 0                     m = 8 / 7     m = 4 / 3
/// ```
///
///   So keep the default cap for features that reach zero; values far from zero,
///   such as distances and norms, do with few buckets.
///
/// # The state is a pure function of the multiset
///
/// Let D(M, s) be the number of buckets that the finite values of the multiset M
/// occupy at shift s. The key at s + 1 is a function of the key at s, so
/// D(M, s + 1) <= D(M, s); and D(L, s) <= D(M, s) where L is a part of M. Let
/// s\*(M) be the smallest s with D(M, s) <= cap. It exists, for D(M, 63) <= 1.
///
/// *Freezing the sketch of M gives the counts of M at s\*(M).* The learning sketch
/// holds the counts of M at some shift s <= s\*(M); freezing then tries s, s + 1, ...
/// and stops at the first that fits, which is s\*(M), since counts at a coarser shift
/// follow from those at a finer one. Updates keep s <= s\*(M): s stays, or becomes
/// s\*(L) for the part L of M that came so far; and every s below s\*(L) has
/// D(M, s) >= D(L, s) > cap, so s\*(L) <= s\*(M). Merging A and B
/// starts from max(s\*(A), s\*(B)) <= s\*(A + B) and goes on as freezing does. Counts
/// at a given shift are sums, which know no order. So shift and counts, and with
/// them the bytes, depend on the multiset alone. ∎
///
/// # Sources
///
/// Masson, Rim, Lee, "DDSketch", VLDB 2019 (mergeable buckets with relative
/// error); Epicoco, Melle, Cafaro, Pulimeno, Morleo, "`UDDSketch`", IEEE Access
/// 2020 (uniform collapse). Buckets linear inside an octave follow
/// `HdrHistogram` (Tene).
///
/// # Example
///
/// ```
/// use driftsphere::sketch::QuantileSketch;
///
/// # fn main() -> driftsphere::Result<()> {
/// let mut monday = QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?;
/// let mut tuesday = QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?;
/// for i in 0..50_000 {
///     monday.update(f64::from(i) / 100_000.0);
///     tuesday.update(0.5 + f64::from(i) / 100_000.0);
/// }
/// monday.merge(&tuesday)?;
///
/// let both = monday.freeze();
/// let median = both.quantile(0.5)?.expect("the stream is not empty");
/// assert!(median.lower_bound <= 0.499_99 && 0.499_99 <= median.upper_bound);
/// assert!((median.estimate - 0.499_99).abs() <= 0.5 * both.relative_error());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct QuantileSketch {
    cap: usize,
    /// At most the shift that freezing will choose.
    shift: u32,
    /// The first keys, at shift 0, as they came: most of them differ, so there
    /// would be nothing to count. `None` once there were [`most`](Self::most).
    early: Option<Vec<i64>>,
    /// Counts of the keys that came later; up to [`most`](Self::most) of them.
    table: CountTable,
    /// Above `max` while no finite value came.
    min: f64,
    max: f64,
    outside: Outside,
}

impl QuantileSketch {
    /// Buckets for a feature of a whole window.
    pub const DEFAULT_CAP: usize = 4096;

    /// Buckets for one class or cluster, of which there may be a thousand.
    pub const GROUP_CAP: usize = 512;

    /// The largest cap that is accepted.
    pub const MAX_CAP: usize = 1 << 20;

    /// A sketch of at most `cap` buckets, 2 to [`MAX_CAP`](Self::MAX_CAP).
    ///
    /// Memory grows with the occupied buckets, up to 32 bytes times `cap` where
    /// this is a power of two (131 kB for 4096, 16 kB for 512), whatever comes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] for a cap out of range.
    pub fn new(cap: usize) -> Result<Self> {
        check_cap(cap, ErrorKind::Argument)?;
        Ok(Self {
            cap,
            shift: 0,
            early: Some(Vec::new()),
            table: CountTable::new(),
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            outside: Outside::default(),
        })
    }

    /// The largest number of buckets.
    #[must_use]
    pub fn cap(&self) -> usize {
        self.cap
    }

    /// Takes in one value; NaN and infinities are counted apart.
    #[inline]
    pub fn update(&mut self, value: f64) {
        if buckets::magnitude(value) >= INFINITE {
            self.outside.add(value, 1);
            return;
        }
        self.widen(value);
        let key = buckets::key_of(value, self.shift);
        if !self.table.bump(key) {
            self.occupy(key, 1);
        }
    }

    /// Takes in `count` times the same value.
    pub fn update_many(&mut self, value: f64, count: u64) {
        if count == 0 {
            return;
        }
        if !value.is_finite() {
            self.outside.add(value, count);
            return;
        }
        self.widen(value);
        self.occupy(buckets::key_of(value, self.shift), count);
    }

    #[inline]
    fn widen(&mut self, value: f64) {
        if value < self.min {
            self.min = value + 0.0; // -0.0 becomes 0.0
        }
        if value > self.max {
            self.max = value + 0.0;
        }
    }

    /// Adds to a key that may be new.
    #[inline(never)]
    fn occupy(&mut self, key: i64, count: u64) {
        let most = self.most();
        if let Some(early) = &mut self.early {
            if count == 1 && early.len() < most {
                early.push(key);
                return;
            }
            self.settle();
            // The shift may have risen under the key.
            let key = buckets::coarser(key, self.shift);
            self.table.add(key, count);
        } else {
            self.table.add(key, count);
        }
        if self.table.occupied() > most {
            self.settle();
        }
    }

    /// Keys that are held at most. The slack over `cap` keeps collapses apart:
    /// without it, the next new key after a collapse that just fits would need
    /// another one.
    fn most(&self) -> usize {
        self.cap + self.cap / 5
    }

    /// Counts all that came, in the table, at the smallest shift at which it
    /// fits into `cap` buckets.
    fn settle(&mut self) {
        self.settle_at(self.shift);
    }

    /// The same at `shift` or the next coarser one that fits.
    fn settle_at(&mut self, shift: u32) {
        let (entries, shift) = self.collapsed(shift);
        self.early = None;
        self.table.refill(&entries);
        self.shift = shift;
    }

    /// All counts, in order of their keys.
    fn entries(&self) -> Vec<Entry> {
        match &self.early {
            Some(keys) => buckets::counted(keys.clone()),
            None => self.table.sorted(),
        }
    }

    /// The entries at the smallest shift from `shift` on at which they fit, and
    /// this shift.
    fn collapsed(&self, shift: u32) -> (Vec<Entry>, u32) {
        let mut entries = self.entries();
        buckets::coarsen(&mut entries, shift - self.shift);
        let by = buckets::smallest_shift(&entries, self.cap);
        buckets::coarsen(&mut entries, by);
        (entries, shift + by)
    }

    /// Takes in all that `other` saw, as if it had come through
    /// [`update`](Self::update).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Incompatible`] if the caps differ; `self` is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        check_caps(self.cap, other.cap)?;
        self.outside = self.outside.plus(other.outside);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        // The coarser shift of two is at most that of both streams together.
        if self.shift < other.shift {
            self.settle_at(other.shift);
        }
        match &other.early {
            Some(keys) => {
                for &key in keys {
                    self.take(key, 0, 1);
                }
            }
            None => {
                for (key, count) in other.table.entries() {
                    self.take(key, other.shift, count);
                }
            }
        }
        Ok(())
    }

    /// Adds to a key of a finer or equal shift.
    fn take(&mut self, key: i64, shift: u32, count: u64) {
        let key = buckets::coarser(key, self.shift - shift);
        if count != 1 || !self.table.bump(key) {
            self.occupy(key, count);
        }
    }

    /// What was learned so far, in the form that answers and is stored.
    #[must_use]
    pub fn freeze(&self) -> Quantiles {
        let (entries, shift) = self.collapsed(self.shift);
        Quantiles {
            cap: self.cap,
            shift,
            entries,
            outside: self.outside,
            extremes: (self.min <= self.max).then_some((self.min, self.max)),
            firsts: None,
        }
    }

    pub(super) fn of(frozen: &Quantiles) -> Self {
        // Joined buckets have no extremes: their outer edges stand in.
        let ends = || {
            Some((
                frozen.buckets().next()?.lower,
                frozen.buckets().next_back()?.upper,
            ))
        };
        let extremes = frozen.extremes.or_else(ends);
        let (min, max) = extremes.unwrap_or((f64::INFINITY, f64::NEG_INFINITY));
        Self {
            cap: frozen.cap,
            shift: frozen.shift,
            early: None,
            table: CountTable::of(&frozen.entries),
            min,
            max,
            outside: frozen.outside,
        }
    }
}

impl Extend<f64> for QuantileSketch {
    /// Takes in many values, as [`update`](Self::update) takes in one.
    fn extend<T: IntoIterator<Item = f64>>(&mut self, values: T) {
        let values = values.into_iter();
        let most = self.most();
        if let (Some(early), (_, Some(coming))) = (&mut self.early, values.size_hint()) {
            early.reserve(coming.min(most - early.len()));
        }
        values.for_each(|value| self.update(value));
    }
}

/// Only sketches of one cap can be merged.
pub(super) fn check_caps(first: usize, second: usize) -> Result<()> {
    if first == second {
        return Ok(());
    }
    let message = format!("quantile sketches of {first} and {second} buckets cannot be merged");
    Err(Error::new(ErrorKind::Incompatible, message))
}

/// The one rule for caps, for arguments and for stored sketches.
pub(super) fn check_cap(cap: usize, kind: ErrorKind) -> Result<()> {
    if (2..=QuantileSketch::MAX_CAP).contains(&cap) {
        return Ok(());
    }
    let range = format!("2 to {}", QuantileSketch::MAX_CAP);
    Err(Error::new(
        kind,
        format!("a quantile sketch takes {range} buckets, not {cap}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_whatever_comes() {
        let mut sketch = QuantileSketch::new(QuantileSketch::GROUP_CAP).unwrap();
        let mut state = 1_u64;
        for _ in 0..200_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            sketch.update(f64::from_bits(state)); // every exponent, both signs
            assert!(sketch.table.occupied() <= sketch.most());
        }
        assert_eq!(sketch.table.slots(), 2 * QuantileSketch::GROUP_CAP);
    }
}
