//! What all builders have in common.

use crate::error::Result;
use crate::ingest::Batch;

use super::builder::ProfileBuilder;
use super::window::Profile;

/// A builder that learns batches: of one profile, of a set of them by segment,
/// or of either for each window of time.
///
/// Builders are put into each other: a
/// [`WindowedBuilder`](super::WindowedBuilder) of
/// [`SegmentedBuilder`](super::SegmentedBuilder)s makes a set for each window.
pub trait Learner: Clone {
    /// What comes of it.
    type Learned;

    /// Checks that a batch can be learned, before anything of it is.
    ///
    /// # Errors
    /// As [`track_batch`](Self::track_batch).
    fn check_batch(&self, batch: &Batch<'_>) -> Result<()>;

    /// Learns a batch.
    ///
    /// # Errors
    /// Those of [`ProfileBuilder::track_batch`], and of each builder's own.
    fn track_batch(&mut self, batch: &Batch<'_>) -> Result<()>;

    /// Counts records that were left out on purpose; `reason` is a short fixed
    /// text.
    fn skip(&mut self, reason: &str, records: u64);

    /// Counts records that could not be read; `reason` is a short fixed text.
    fn fail(&mut self, reason: &str, records: u64);

    /// Ends learning.
    ///
    /// # Errors
    /// None of one profile; of several, those of their builders.
    fn freeze(self) -> Result<Self::Learned>;
}

impl Learner for ProfileBuilder {
    type Learned = Profile;

    fn check_batch(&self, batch: &Batch<'_>) -> Result<()> {
        Self::check_batch(self, batch)
    }

    fn track_batch(&mut self, batch: &Batch<'_>) -> Result<()> {
        Self::track_batch(self, batch)
    }

    fn skip(&mut self, reason: &str, records: u64) {
        Self::skip(self, reason, records);
    }

    fn fail(&mut self, reason: &str, records: u64) {
        Self::fail(self, reason, records);
    }

    fn freeze(self) -> Result<Profile> {
        Ok(Self::freeze(self))
    }
}
