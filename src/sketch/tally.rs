//! What became of each record: read, skipped or failed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::text::{LONGEST, bounded};
use crate::error::{Error, ErrorKind, Result};

/// At most so many reasons are told apart, those that share [`OTHER`] included.
const MAX_REASONS: usize = 256;

/// The reason under which the rest is counted.
const OTHER: &str = "other";

/// Counts of records: those read, and those skipped or failed by reason. Nothing
/// is silently dropped.
///
/// *Skipped* is what was left out on purpose (a row of zeros has no direction),
/// *failed* what could not be read. A reason is a short fixed text, not a message
/// with names in it. At most 256 different reasons are kept of each kind: the
/// smallest 255 in alphabetical order, and `other` for the rest. So the state is a
/// pure function of the records (a reason that is among the smallest in the end was
/// so from its first record on).
///
/// Counts saturate at `u64::MAX`.
///
/// ```
/// use driftsphere::sketch::Tally;
///
/// let mut tally = Tally::new();
/// tally.read(998);
/// tally.skip("zero norm", 1);
/// tally.fail("not finite", 1);
/// assert_eq!(tally.total(), 1000);
/// assert_eq!(tally.skipped().collect::<Vec<_>>(), [("zero norm", 1)]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawTally", into = "RawTally")]
pub struct Tally {
    read: u64,
    skipped: BTreeMap<String, u64>,
    failed: BTreeMap<String, u64>,
}

impl Tally {
    /// No records.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts `count` records as read.
    pub fn read(&mut self, count: u64) {
        self.read = self.read.saturating_add(count);
    }

    /// Counts `count` records as skipped for `reason`.
    pub fn skip(&mut self, reason: &str, count: u64) {
        add(&mut self.skipped, reason, count);
    }

    /// Counts `count` records as failed for `reason`.
    pub fn fail(&mut self, reason: &str, count: u64) {
        add(&mut self.failed, reason, count);
    }

    /// Takes in the counts of `other`.
    ///
    /// # Errors
    ///
    /// None today. It returns a `Result` as every merge does.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.read(other.read);
        for (reason, count) in other.skipped() {
            self.skip(reason, count);
        }
        for (reason, count) in other.failed() {
            self.fail(reason, count);
        }
        Ok(())
    }

    /// Records read.
    #[must_use]
    pub fn read_count(&self) -> u64 {
        self.read
    }

    /// Records skipped, for whatever reason.
    #[must_use]
    pub fn skipped_count(&self) -> u64 {
        sum(&self.skipped)
    }

    /// Records failed, for whatever reason.
    #[must_use]
    pub fn failed_count(&self) -> u64 {
        sum(&self.failed)
    }

    /// All records: read, skipped and failed.
    #[must_use]
    pub fn total(&self) -> u64 {
        let lost = self.skipped_count().saturating_add(self.failed_count());
        self.read.saturating_add(lost)
    }

    /// Records skipped, by reason in alphabetical order.
    pub fn skipped(&self) -> impl Iterator<Item = (&str, u64)> {
        self.skipped
            .iter()
            .map(|(reason, count)| (reason.as_str(), *count))
    }

    /// Records failed, by reason in alphabetical order.
    pub fn failed(&self) -> impl Iterator<Item = (&str, u64)> {
        self.failed
            .iter()
            .map(|(reason, count)| (reason.as_str(), *count))
    }
}

fn sum(counts: &BTreeMap<String, u64>) -> u64 {
    counts
        .values()
        .fold(0, |sum, count| sum.saturating_add(*count))
}

fn add(counts: &mut BTreeMap<String, u64>, reason: &str, count: u64) {
    if count == 0 {
        return;
    }
    let reason = bounded(reason);
    match counts.get_mut(reason.as_ref()) {
        Some(kept) => *kept = kept.saturating_add(count),
        None => {
            counts.insert(reason.into_owned(), count);
        }
    }
    // `other` takes a place only once it is needed, or was given as a reason.
    let named = counts.len() - usize::from(counts.contains_key(OTHER));
    if named >= MAX_REASONS {
        let largest = counts.keys().rev().find(|reason| *reason != OTHER).cloned();
        if let Some(moved) = largest.and_then(|reason| counts.remove(&reason)) {
            let other = counts.entry(OTHER.to_owned()).or_insert(0);
            *other = other.saturating_add(moved);
        }
    }
}

/// The stored form: reasons ascending.
#[derive(Serialize, Deserialize)]
struct RawTally {
    read: u64,
    skipped: Vec<(String, u64)>,
    failed: Vec<(String, u64)>,
}

impl From<Tally> for RawTally {
    fn from(valid: Tally) -> Self {
        Self {
            read: valid.read,
            skipped: valid.skipped.into_iter().collect(),
            failed: valid.failed.into_iter().collect(),
        }
    }
}

impl TryFrom<RawTally> for Tally {
    type Error = Error;

    fn try_from(raw: RawTally) -> Result<Self> {
        Ok(Self {
            read: raw.read,
            skipped: check(raw.skipped)?,
            failed: check(raw.failed)?,
        })
    }
}

fn check(reasons: Vec<(String, u64)>) -> Result<BTreeMap<String, u64>> {
    let named = reasons.iter().filter(|(reason, _)| reason != OTHER).count();
    let ascending = reasons.windows(2).all(|pair| pair[0].0 < pair[1].0);
    let sound = |(reason, count): &(String, u64)| reason.len() <= LONGEST && *count > 0;
    if named < MAX_REASONS && ascending && reasons.iter().all(sound) {
        return Ok(reasons.into_iter().collect());
    }
    let message = "tally: too many reasons, or reasons out of order, too long or never counted";
    Err(Error::new(ErrorKind::Format, message))
}
