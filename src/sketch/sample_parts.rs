//! The parts of a coordinated sample: how it is stored and taken back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::sample::{CoordinatedSample, ENTRIES, Entry, Kept};
use super::sample_row::SampleRow;
use crate::error::{Error, ErrorKind, Result};

/// All that a [`CoordinatedSample`] keeps of one hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SamplePart {
    /// The hash.
    pub hash: u64,
    /// How many rows came with it.
    pub total: u64,
    /// 1 to 4 different rows in ascending order of their bytes, with counts.
    pub rows: Vec<(Arc<SampleRow>, u64)>,
}

/// The stored form: parts ascending by hash.
#[derive(Serialize, Deserialize)]
pub(super) struct RawSample {
    k: u64,
    parts: Vec<SamplePart>,
}

impl From<CoordinatedSample> for RawSample {
    fn from(valid: CoordinatedSample) -> Self {
        Self {
            k: valid.k() as u64,
            parts: valid.parts().collect(),
        }
    }
}

impl TryFrom<RawSample> for CoordinatedSample {
    type Error = Error;

    fn try_from(raw: RawSample) -> Result<Self> {
        let k = usize::try_from(raw.k)
            .map_err(|_| Error::new(ErrorKind::Format, "sample: k is too large"))?;
        Self::from_parts(k, raw.parts)
    }
}

impl CoordinatedSample {
    /// What is kept, ascending by hash; [`from_parts`](Self::from_parts) takes it
    /// back. The rows are shared, not copied.
    pub fn parts(&self) -> impl Iterator<Item = SamplePart> + '_ {
        self.hashes.iter().map(|(&hash, kept)| SamplePart {
            hash,
            total: kept.total,
            rows: kept
                .entries
                .iter()
                .map(|e| (Arc::clone(&e.row), e.count))
                .collect(),
        })
    }

    /// A sample from its [`parts`](Self::parts), for files that store a row once
    /// although several samples hold it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Format`] if they cannot be those of a sample.
    pub fn from_parts(k: usize, parts: impl IntoIterator<Item = SamplePart>) -> Result<Self> {
        let bad = |what: &str| Error::new(ErrorKind::Format, format!("sample: {what}"));
        let mut sample = Self::new(k);
        for SamplePart { hash, total, rows } in parts {
            let last = sample.hashes.last_key_value();
            if last.is_some_and(|(last, _)| hash <= *last) {
                return Err(bad("the hashes do not rise"));
            }
            if sample.hashes.len() == k {
                return Err(bad("more hashes than k allows"));
            }
            let entries = rows.into_iter().map(|(row, count)| Entry::new(row, count));
            let kept = Kept {
                entries: entries.collect(),
                total,
            };
            kept.check().map_err(bad)?;
            sample.hashes.insert(hash, kept);
        }
        Ok(sample)
    }
}

impl Kept {
    /// What makes this impossible, if anything does.
    fn check(&self) -> std::result::Result<(), &'static str> {
        if !(1..=ENTRIES).contains(&self.entries.len()) {
            return Err("a hash has 1 to 4 different rows");
        }
        let pairs = self.entries.windows(2);
        if !pairs
            .into_iter()
            .all(|pair| pair[0].bytes() < pair[1].bytes())
        {
            return Err("the rows of a hash do not rise");
        }
        if self.entries.iter().any(|entry| entry.count == 0) {
            return Err("a row that never came");
        }
        let counts = self.entries.iter().map(|entry| entry.count);
        let counted = counts.fold(0, u64::saturating_add);
        let complete = self.entries.len() < ENTRIES;
        if counted > self.total || (complete && counted < self.total) {
            return Err("the counts of a hash do not add up to its total");
        }
        Ok(())
    }
}
