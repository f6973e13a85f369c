//! How many different values came.

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use super::{Estimate, hash_bytes, hash_text};
use crate::error::{Error, ErrorKind, Result};

/// Seeds of the hashes: the text `1` is another value than the number 1.
const NUMBERS: u64 = 1;
const TEXTS: u64 = 2;

/// Counts different values in bounded memory: a *bottom-k* sketch.
///
/// Each value is hashed to 64 bits; the `k` smallest different hashes are kept.
/// Which these are is a function of the set of values alone, so neither order,
/// nor repeats, nor the merge tree leave a trace.
///
/// # The estimate
///
/// With fewer than `k` hashes, their number is the answer (two of n values share
/// a hash with a chance of n^2 / 2^65: never, in practice). Else, with u the k-th
/// smallest hash as a share of all 2^64,
///
/// ```text
/// n = (k - 1) / u            standard error n / sqrt(k - 2)
/// ```
///
/// which is unbiased. u n is all but Gamma(k) distributed, which gives the 95 %
/// interval: from G(0.025) / u to G(0.975) / u, with the quantiles of the gamma
/// distribution by Wilson and Hilferty, G(q) = k (1 - 1 / 9k + z(q) / 3 sqrt(k))^3.
/// Its bounds hold with this probability, not surely.
///
/// # Sources
///
/// Bar-Yossef, Jayram, Kumar, Sivakumar, Trevisan, "Counting distinct elements in
/// a data stream", RANDOM 2002; Beyer, Haas, Reinwald, Sismanis, Gemulla, "On
/// synopses for distinct-value estimation under multiset operations", SIGMOD 2007
/// (the unbiased form); Wilson and Hilferty, PNAS 17 (1931).
///
/// ```
/// use driftsphere::sketch::DistinctCount;
///
/// let mut cameras = DistinctCount::new();
/// for i in 0..100_000_u32 {
///     cameras.update_text(if i % 3 == 0 { "front" } else { "rear" });
/// }
/// assert_eq!(cameras.estimate().estimate, 2.0);
///
/// let mut ids = DistinctCount::new();
/// (0..100_000_u32).for_each(|i| ids.update_number(f64::from(i)));
/// let count = ids.estimate();
/// assert!(count.lower_bound < 100_000.0 && 100_000.0 < count.upper_bound);
/// ```
#[derive(Debug, Clone, Default)]
pub struct DistinctCount {
    /// Different hashes up to the largest that may be kept; a few too many at a
    /// time.
    hashes: HashTable<u64>,
    /// The k-th smallest hash so far, once k came.
    largest: Option<u64>,
}

impl DistinctCount {
    /// So many hashes are kept: a standard error of 4.4 %.
    pub const K: usize = 512;

    /// No value came.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a text.
    pub fn update_text(&mut self, value: &str) {
        self.add(hash_text(TEXTS, value));
    }

    /// Takes in a number: -0.0 is 0.0; NaN is no value and left out.
    #[inline]
    pub fn update_number(&mut self, value: f64) {
        if !value.is_nan() {
            self.add(hash_bytes(NUMBERS, &(value + 0.0).to_le_bytes()));
        }
    }

    #[inline]
    fn add(&mut self, hash: u64) {
        if self.largest.is_none_or(|largest| hash < largest) {
            self.insert(hash);
        }
    }

    fn insert(&mut self, hash: u64) {
        let entry = self.hashes.entry(hash, |kept| *kept == hash, |kept| *kept);
        entry.or_insert(hash);
        // Twice as many, so that cutting down is rare.
        if self.hashes.len() >= 2 * Self::K {
            let hashes = self.smallest();
            self.largest = hashes.last().copied();
            self.hashes.clear();
            for hash in hashes {
                self.hashes.insert_unique(hash, hash, |kept| *kept);
            }
        }
    }

    /// The hashes that are kept in the end, rising.
    fn smallest(&self) -> Vec<u64> {
        let mut hashes: Vec<u64> = self.hashes.iter().copied().collect();
        hashes.sort_unstable();
        hashes.truncate(Self::K);
        hashes
    }

    /// Takes in all that `other` saw.
    pub fn merge(&mut self, other: &Self) {
        other.smallest().into_iter().for_each(|hash| self.add(hash));
    }

    /// How many different values came, with a 95 % interval: exact below
    /// [`K`](Self::K).
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        let hashes = self.smallest();
        let Some(&last) = hashes.get(Self::K - 1) else {
            return Estimate::exact(hashes.len() as f64);
        };
        let k = Self::K as f64;
        let share = (last as f64 + 1.0) / 2.0_f64.powi(64);
        let gamma = |z: f64| k * (1.0 - 1.0 / (9.0 * k) + z / (3.0 * k.sqrt())).powi(3);
        const Z: f64 = 1.959_963_984_540_054;
        Estimate {
            estimate: (k - 1.0) / share,
            // So many are kept.
            lower_bound: (gamma(-Z) / share).max(k),
            upper_bound: gamma(Z) / share,
        }
    }
}

impl PartialEq for DistinctCount {
    fn eq(&self, other: &Self) -> bool {
        self.smallest() == other.smallest()
    }
}

/// The stored form: rising hashes, as little-endian bytes, as random ones do not
/// get shorter as varints.
#[derive(Serialize, Deserialize)]
struct RawDistinct(Vec<u8>);

impl Serialize for DistinctCount {
    fn serialize<S: serde::Serializer>(
        &self,
        serializer: S,
    ) -> std::result::Result<S::Ok, S::Error> {
        let bytes = self.smallest().into_iter().flat_map(u64::to_le_bytes);
        RawDistinct(bytes.collect()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DistinctCount {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        let raw = RawDistinct::deserialize(deserializer)?;
        Self::try_from(raw).map_err(serde::de::Error::custom)
    }
}

impl TryFrom<RawDistinct> for DistinctCount {
    type Error = Error;

    fn try_from(RawDistinct(bytes): RawDistinct) -> Result<Self> {
        let bad = |what: &str| Error::new(ErrorKind::Format, format!("distinct count: {what}"));
        let (hashes, rest) = bytes.as_chunks::<8>();
        let hashes: Vec<u64> = hashes
            .iter()
            .map(|bytes| u64::from_le_bytes(*bytes))
            .collect();
        if !rest.is_empty() || hashes.len() > Self::K {
            return Err(bad("not a number of hashes that is kept"));
        }
        if !hashes.is_sorted_by(|a, b| a < b) {
            return Err(bad("the hashes do not rise"));
        }
        let mut counted = Self::new();
        hashes.into_iter().for_each(|hash| counted.add(hash));
        Ok(counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl Iterator<Item = u64>) -> DistinctCount {
        let mut count = DistinctCount::new();
        values.for_each(|value| count.update_number(value as f64));
        count
    }

    #[test]
    fn neither_order_nor_repeats_nor_merges_leave_a_trace() {
        for n in [0, 1, 511, 512, 513, 5_000] {
            let whole = of(0..n);
            let repeated = of((0..n).rev().chain(0..n));
            let mut merged = of((0..n).filter(|i| i % 3 == 0));
            merged.merge(&of((0..n).filter(|i| i % 3 != 0 || i % 2 == 0)));
            let bytes = |count: &DistinctCount| postcard::to_stdvec(count).unwrap();
            assert_eq!(bytes(&whole), bytes(&repeated), "{n}");
            assert_eq!(bytes(&whole), bytes(&merged), "{n}");
            let back: DistinctCount = postcard::from_bytes(&bytes(&whole)).unwrap();
            assert_eq!(back, whole);
        }
    }

    #[test]
    fn few_values_are_counted_exactly_and_memory_is_bounded() {
        let count = of((0..100_000).map(|i| i % 500));
        assert_eq!(count.estimate(), Estimate::exact(500.0));
        let mut many = DistinctCount::new();
        for i in 0..100_000_u32 {
            many.update_number(f64::from(i));
            assert!(many.hashes.len() < 2 * DistinctCount::K);
        }
        let mut other = DistinctCount::new();
        for value in [0.0, -0.0, f64::NAN, f64::INFINITY] {
            other.update_number(value);
        }
        other.update_text("0");
        assert_eq!(other.estimate().estimate, 3.0);
    }

    /// 400 sets of values: the mean of the estimates within 4 standard errors of
    /// the truth, their spread as stated, and the interval right in 95 % of them,
    /// give or take 4 standard errors (1.1 points).
    #[test]
    fn the_estimate_is_unbiased_and_its_interval_holds() {
        let (n, trials) = (20_000_u64, 400);
        let estimates: Vec<Estimate> = (0..trials)
            .map(|trial| of(trial * n..(trial + 1) * n).estimate())
            .collect();
        let ratio = |e: &Estimate| e.estimate / n as f64 - 1.0;
        let mean = estimates.iter().map(ratio).sum::<f64>() / trials as f64;
        let square = estimates.iter().map(|e| ratio(e).powi(2)).sum::<f64>() / trials as f64;
        let error = 1.0 / ((DistinctCount::K - 2) as f64).sqrt();
        assert!(mean.abs() < 4.0 * error / (trials as f64).sqrt(), "{mean}");
        assert!((square.sqrt() / error - 1.0).abs() < 0.15, "{square}");
        let holds = |e: &&Estimate| e.lower_bound <= n as f64 && n as f64 <= e.upper_bound;
        let share = estimates.iter().filter(holds).count() as f64 / trials as f64;
        assert!((share - 0.95).abs() < 4.0 * 0.011, "{share}");
    }

    #[test]
    fn stored_hashes_are_checked() {
        let stored = |hashes: &[u64]| {
            let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect();
            DistinctCount::try_from(RawDistinct(bytes))
        };
        assert!(stored(&[1, 2, 9]).is_ok());
        assert!(stored(&[1, 1]).is_err());
        assert!(stored(&[2, 1]).is_err());
        assert!(stored(&(0..513).collect::<Vec<_>>()).is_err());
        assert!(DistinctCount::try_from(RawDistinct(vec![0; 7])).is_err());
    }
}
