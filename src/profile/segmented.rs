//! Learning a profile for each value of a column, in one pass.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::Batch;
use crate::sketch::{bounded, hash_text};

use super::builder::ProfileBuilder;
use super::learner::Learner;
use super::profile_set::{ProfileSet, Segment};

/// Values with a profile of their own, unless another number is given. Each
/// takes the memory of a profile, some megabytes where there are embeddings.
pub const DEFAULT_MAX_SEGMENTS: usize = 256;

/// Learns a [`ProfileSet`]: one profile for each value of a column.
///
/// Each record goes to the builder of its segment ([`Batch::segments`]; of a single
/// record that of `record.batch()?.segments(..)`); those without a value have a
/// segment of their own. All share one configuration, and
/// with it the centres, so that segments can be compared with each other.
///
/// # How many
///
/// Of all values seen, the `max_segments` of smallest seeded hash (xxh3-64 with
/// the configuration's seed) have a profile of their own; the records of the rest
/// are together in the segment [`Segment::Other`]. When a value of smaller hash
/// arrives, the profile of the largest is merged into the rest. So which values
/// are told apart depends on the set of values alone, and the bytes of the result
/// on the records and the configuration alone, in any order.
///
/// ```
/// use driftsphere::ingest::{Batch, Column};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig, Segment, SegmentedBuilder};
///
/// let one = ProfileBuilder::new(ProfileConfig::new())?;
/// let mut builder = SegmentedBuilder::new(one, "camera");
/// builder.track_batch(
///     &Batch::new(4)
///         .segments(Column::from(vec!["left", "right", "", "left"]))
///         .feature("brightness", Column::from(vec![0.5, 0.1, 0.9, 0.6])),
/// )?;
/// let set = builder.freeze()?;
/// let left = &set.members()[&Segment::Value("left".into())];
/// assert_eq!(left.records(), 2);
/// assert_eq!(set.members()[&Segment::Null].records(), 1);
/// assert_eq!(set.whole()?.records(), 4);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SegmentedBuilder {
    column: String,
    max_segments: usize,
    /// Has learned nothing; every segment begins as a copy of it.
    template: ProfileBuilder,
    /// Records that belong to no segment, as they could not be read.
    rest: ProfileBuilder,
    /// By (hash, value); the value settles equal hashes.
    values: BTreeMap<(u64, String), ProfileBuilder>,
    null: Option<ProfileBuilder>,
    other: Option<ProfileBuilder>,
}

impl SegmentedBuilder {
    /// Segments by the values of `column`, each learned by a copy of `template`,
    /// which has learned nothing yet.
    #[must_use]
    pub fn new(template: ProfileBuilder, column: impl Into<String>) -> Self {
        Self {
            column: column.into(),
            max_segments: DEFAULT_MAX_SEGMENTS,
            rest: template.clone(),
            template,
            values: BTreeMap::new(),
            null: None,
            other: None,
        }
    }

    /// Sets how many values have a profile of their own, before anything is
    /// learned.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for 0.
    pub fn max_segments(mut self, max_segments: usize) -> Result<Self> {
        if max_segments == 0 {
            return Err(Error::new(
                ErrorKind::Argument,
                "at least one segment needs a profile of its own",
            ));
        }
        self.max_segments = max_segments;
        Ok(self)
    }

    /// Learns a batch, each row in its segment.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the batch has no segments, and those of
    /// [`ProfileBuilder::track_batch`].
    pub fn track_batch(&mut self, batch: &Batch<'_>) -> Result<()> {
        Learner::check_batch(self, batch)?;
        let mut rows: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
        for row in 0..batch.len() {
            let value = batch.segment(row);
            let value = value.map(|value| bounded(&value).into_owned());
            rows.entry(value).or_default().push(row);
        }
        for (value, rows) in rows {
            let builder = match value {
                None => self.null.get_or_insert_with(|| self.template.clone()),
                Some(value) => self.admit(value)?,
            };
            match rows.len() == batch.len() {
                true => builder.track_batch(batch)?,
                false => builder.track_batch(&batch.take(&rows)?)?,
            }
        }
        Ok(())
    }

    /// The builder of a value, for which another may have to make room.
    fn admit(&mut self, value: String) -> Result<&mut ProfileBuilder> {
        let key = (hash_text(self.template.config().seed, &value), value);
        let is_full = self.values.len() >= self.max_segments && !self.values.contains_key(&key);
        if is_full {
            let other = self.other.get_or_insert_with(|| self.template.clone());
            match self.values.last_entry() {
                Some(last) if *last.key() > key => other.merge(&last.remove().freeze())?,
                _ => return Ok(other),
            }
        }
        let fresh = || self.template.clone();
        Ok(self.values.entry(key).or_insert_with(fresh))
    }

    /// Counts records that were left out on purpose: they belong to no segment.
    pub fn skip(&mut self, reason: &str, records: u64) {
        self.rest.skip(reason, records);
    }

    /// Counts records that could not be read: they belong to no segment.
    pub fn fail(&mut self, reason: &str, records: u64) {
        self.rest.fail(reason, records);
    }

    /// Ends learning.
    ///
    /// # Errors
    /// None today; the parts have one configuration.
    pub fn freeze(self) -> Result<ProfileSet> {
        let values = self.values.into_iter();
        let values = values.map(|((_, value), builder)| (Segment::Value(value), builder));
        let null = self.null.map(|builder| (Segment::Null, builder));
        let other = self.other.map(|builder| (Segment::Other, builder));
        let members = values.chain(null).chain(other);
        let members = members.map(|(segment, builder)| (segment, builder.freeze()));
        // One whose only batch was refused has learned nothing.
        let members = members.filter(|(_, profile)| profile.records() > 0);
        ProfileSet::from_parts(
            self.column,
            self.max_segments,
            self.rest.freeze(),
            members.collect(),
        )
    }

    /// Takes in everything that a set has learned.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] that names what the two differ in.
    pub(crate) fn merge(&mut self, set: &ProfileSet) -> Result<()> {
        self.rest.merge(set.rest())?;
        for (segment, profile) in set.members() {
            let builder = match segment {
                Segment::Value(value) => self.admit(value.clone())?,
                Segment::Null => self.null.get_or_insert_with(|| self.template.clone()),
                Segment::Other => self.other.get_or_insert_with(|| self.template.clone()),
            };
            builder.merge(profile)?;
        }
        Ok(())
    }
}

impl Learner for SegmentedBuilder {
    type Learned = ProfileSet;

    fn check_batch(&self, batch: &Batch<'_>) -> Result<()> {
        if !batch.has_segments() {
            let message = format!(
                "the records have no segments; give the values of `{}` as such",
                self.column
            );
            return Err(Error::new(ErrorKind::Argument, message));
        }
        self.template.check_batch(batch)
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

    fn freeze(self) -> Result<ProfileSet> {
        Self::freeze(self)
    }
}
