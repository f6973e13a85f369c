//! A sample of rows that every run over the same records draws alike.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::sample_parts::RawSample;
use super::sample_row::SampleRow;
use crate::error::Result;

/// So many different rows are kept of one hash.
pub(super) const ENTRIES: usize = 4;

/// The rows with the `k` smallest hashes: a *bottom-k* or *coordinated* sample.
///
/// The hash of a row comes from the record's id (see
/// [`hash_text`](super::hash_text)), so which records are kept depends on the ids
/// and the seed alone. Two runs that saw the same ids keep the same ids, and two
/// samples can be compared record by record. For distinct ids it is a uniform
/// sample without replacement (Cohen and Kaplan, "Summarizing data using
/// bottom-k sketches", PODC 2007; Brewer et al. 1972 for coordination).
///
/// # Several rows of one hash
///
/// An id may come again: as a copy, or with another content. `k` counts distinct
/// hashes. For each, the 4 smallest different rows (by
/// [`SampleRow::to_bytes`]) are kept with their exact counts, and
/// the exact number of all rows that came. Expand rows by their counts before a
/// test.
///
/// # The state is a pure function of the multiset
///
/// A hash that is among the k smallest in the end was so among the hashes seen at
/// each moment since it first came, since those are fewer; so it was never thrown
/// away, and all its rows were counted. The same holds for the 4 smallest rows
/// of a hash, and where `k` falls on the way ([`set_k`](Self::set_k)), since it
/// was larger before. ∎
///
/// ```
/// use std::sync::Arc;
/// use driftsphere::sketch::{CoordinatedSample, SampleRow, hash_text};
///
/// let mut sample = CoordinatedSample::new(100);
/// for i in 0..10_000 {
///     let id = format!("img_{i:05}.jpg");
///     let hash = hash_text(7, &id);
///     if sample.accepts(hash) {
///         let row = SampleRow { id: Some(id), ..SampleRow::default() };
///         sample.update(hash, Arc::new(row));
///     }
/// }
/// assert_eq!(sample.len(), 100);
/// // The k-th smallest of n uniform hashes estimates n, to about 1 / sqrt(k).
/// let share = sample.threshold().expect("full") as f64 / u64::MAX as f64;
/// assert!((99.0 / share - 10_000.0).abs() < 3_000.0);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawSample", into = "RawSample")]
pub struct CoordinatedSample {
    k: usize,
    pub(super) hashes: BTreeMap<u64, Kept>,
}

/// The rows of one hash.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    /// Different rows in ascending order of their bytes, 1 to [`ENTRIES`].
    pub(super) entries: Vec<Entry>,
    pub(super) total: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) row: Arc<SampleRow>,
    pub(super) count: u64,
    /// Needed only where two rows share a hash, then made once.
    bytes: OnceLock<Box<[u8]>>,
}

/// A row of a [`CoordinatedSample`].
#[derive(Debug, Clone, Copy)]
pub struct SampledRow<'a> {
    /// The hash that it was drawn by.
    pub hash: u64,
    /// The row.
    pub row: &'a Arc<SampleRow>,
    /// How many times exactly this row came.
    pub count: u64,
}

impl CoordinatedSample {
    /// A sample of the `k` smallest hashes; 0 keeps nothing.
    #[must_use]
    pub fn new(k: usize) -> Self {
        Self {
            k,
            hashes: BTreeMap::new(),
        }
    }

    /// The number of distinct hashes that it keeps at most.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    /// Lowers `k` and lets go of what no longer fits. A larger `k` than before
    /// changes nothing: what is gone cannot come back.
    pub fn set_k(&mut self, k: usize) {
        self.k = self.k.min(k);
        self.cut();
    }

    fn cut(&mut self) {
        while self.hashes.len() > self.k {
            self.hashes.pop_last();
        }
    }

    /// Whether a row with this hash would be kept. Ask before building the row.
    #[must_use]
    pub fn accepts(&self, hash: u64) -> bool {
        self.k > 0 && self.threshold().is_none_or(|largest| hash <= largest)
    }

    /// Takes in one row.
    pub fn update(&mut self, hash: u64, row: Arc<SampleRow>) {
        if self.accepts(hash) {
            self.hashes
                .entry(hash)
                .or_default()
                .add(Entry::new(row, 1), 1);
            self.cut();
        }
    }

    /// Takes in all that `other` saw; the smaller `k` of the two holds.
    ///
    /// # Errors
    ///
    /// None today. It returns a `Result` as every merge does.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.set_k(other.k);
        for (&hash, kept) in &other.hashes {
            if !self.accepts(hash) {
                break;
            }
            let mine = self.hashes.entry(hash).or_default();
            for entry in &kept.entries {
                mine.add(entry.clone(), 0);
            }
            mine.total = mine.total.saturating_add(kept.total);
            self.cut();
        }
        Ok(())
    }

    /// The largest hash that is kept, once `k` are. Below it all hashes that came
    /// are here.
    #[must_use]
    pub fn threshold(&self) -> Option<u64> {
        let largest = self.hashes.last_key_value().map(|(hash, _)| *hash);
        largest.filter(|_| self.hashes.len() == self.k)
    }

    /// The kept rows, ascending by hash, then by bytes.
    pub fn rows(&self) -> impl Iterator<Item = SampledRow<'_>> {
        self.hashes.iter().flat_map(|(&hash, kept)| {
            kept.entries.iter().map(move |entry| SampledRow {
                hash,
                row: &entry.row,
                count: entry.count,
            })
        })
    }

    /// Each kept hash with the number of all rows that came with it.
    pub fn totals(&self) -> impl Iterator<Item = (u64, u64)> {
        self.hashes.iter().map(|(&hash, kept)| (hash, kept.total))
    }

    /// The number of distinct hashes that are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether no hash is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// How many rows came with the kept hashes.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.totals()
            .fold(0, |sum, (_, total)| sum.saturating_add(total))
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            entries: Vec::with_capacity(1),
            total: 0,
        }
    }
}

impl Kept {
    /// Adds a row, of which `total` were not yet counted in the total.
    fn add(&mut self, new: Entry, total: u64) {
        self.total = self.total.saturating_add(total);
        if let Some(same) = self
            .entries
            .iter_mut()
            .find(|e| Arc::ptr_eq(&e.row, &new.row))
        {
            same.count = same.count.saturating_add(new.count);
            return;
        }
        if self.entries.is_empty() {
            self.entries.push(new); // the common case: no bytes are made
            return;
        }
        match self
            .entries
            .binary_search_by(|e| e.bytes().cmp(new.bytes()))
        {
            Ok(at) => {
                let same = &mut self.entries[at];
                same.count = same.count.saturating_add(new.count);
            }
            Err(at) => {
                self.entries.insert(at, new);
                self.entries.truncate(ENTRIES);
            }
        }
    }
}

impl Entry {
    pub(super) fn new(row: Arc<SampleRow>, count: u64) -> Self {
        Self {
            row,
            count,
            bytes: OnceLock::new(),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get_or_init(|| self.row.to_bytes().into())
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count
            && (Arc::ptr_eq(&self.row, &other.row) || self.bytes() == other.bytes())
    }
}
