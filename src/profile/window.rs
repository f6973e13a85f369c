//! A profile: what was learned about one window.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::sketch::{CoordinatedSample, Fingerprints, Tally};

use super::builder::ProfileBuilder;
use super::config::ProfileConfig;
use super::feature::Feature;
use super::object_table::ObjectTable;
use super::space::SpaceProfile;

/// What the class of the records was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClassSources {
    /// Records whose class is the model's prediction.
    pub prediction: u64,
    /// Records without a prediction whose class is the label.
    pub label: u64,
    /// Records without a class.
    pub none: u64,
}

impl ClassSources {
    pub(crate) fn update(&mut self, prediction: bool, label: bool) {
        match (prediction, label) {
            (true, _) => self.prediction += 1,
            (false, true) => self.label += 1,
            (false, false) => self.none += 1,
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.prediction += other.prediction;
        self.label += other.label;
        self.none += other.none;
    }

    /// `prediction`, `label`, `prediction and label` or `none`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match (self.prediction > 0, self.label > 0) {
            (true, true) => "prediction and label",
            (true, false) => "prediction",
            (false, true) => "label",
            (false, false) => "none",
        }
    }
}

/// What was learned about one window, frozen.
///
/// Made by a [`ProfileBuilder`], read from a file, or merged from others.
///
/// ```
/// use driftsphere::ingest::Record;
/// use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
///
/// let config = ProfileConfig::new().space("embedding", SpaceConfig::new(2));
/// let profile_of = |id: &str, row: [f32; 2]| -> driftsphere::Result<Profile> {
///     let mut builder = ProfileBuilder::new(config.clone())?;
///     builder.track(&Record {
///         id: Some(id),
///         spaces: &[("embedding", &row)],
///         ..Record::default()
///     })?;
///     Ok(builder.freeze())
/// };
/// let a = profile_of("a.jpg", [1.0, 0.0])?;
/// let b = profile_of("b.jpg", [0.0, 1.0])?;
/// let mut merged = a.clone();
/// merged.merge(&b)?;
/// assert_eq!(merged.records(), 2);
/// assert_eq!(Profile::from_bytes(&merged.to_bytes())?, merged);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    pub(crate) config: ProfileConfig,
    pub(crate) tags: BTreeMap<String, BTreeSet<String>>,
    pub(crate) tally: Tally,
    pub(crate) times: Option<(i64, i64)>,
    pub(crate) class_sources: ClassSources,
    pub(crate) features: BTreeMap<String, Feature>,
    pub(crate) sample: CoordinatedSample,
    pub(crate) pictures: Option<Fingerprints>,
    pub(crate) spaces: BTreeMap<String, SpaceProfile>,
    pub(crate) objects: BTreeMap<String, ObjectTable>,
}

impl Profile {
    /// The configuration it was learned with.
    #[must_use]
    pub fn config(&self) -> &ProfileConfig {
        &self.config
    }

    /// Notes for people.
    #[must_use]
    pub fn tags(&self) -> &BTreeMap<String, BTreeSet<String>> {
        &self.tags
    }

    /// Records read, skipped and failed.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Records read.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.tally.read_count()
    }

    /// Times of the first and last record, in milliseconds since 1970 UTC.
    #[must_use]
    pub fn times(&self) -> Option<(i64, i64)> {
        self.times
    }

    /// What the class of the records was taken from.
    #[must_use]
    pub fn class_sources(&self) -> ClassSources {
        self.class_sources
    }

    /// Named values of the records; labels and predictions are among them as
    /// `label` and `prediction`.
    #[must_use]
    pub fn features(&self) -> &BTreeMap<String, Feature> {
        &self.features
    }

    /// A sample of the records, with their numbers, where there is no embedding
    /// space; else empty, as the samples of the spaces have them.
    ///
    /// ```
    /// use driftsphere::ingest::{Batch, Column};
    /// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
    ///
    /// let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
    /// builder.track_batch(
    ///     &Batch::new(2)
    ///         .ids(Column::from(vec!["a.jpg", "b.jpg"]))
    ///         .feature("brightness", Column::from(vec![0.4, 0.6])),
    /// )?;
    /// let profile = builder.freeze();
    /// let mut ids: Vec<_> = profile.sample().rows().map(|kept| kept.row.id.as_deref()).collect();
    /// ids.sort();
    /// assert_eq!(ids, [Some("a.jpg"), Some("b.jpg")]);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    #[must_use]
    pub fn sample(&self) -> &CoordinatedSample {
        &self.sample
    }

    /// What tells copies of pictures, where records came with fingerprints.
    ///
    /// ```
    /// use driftsphere::ingest::{Batch, Column, Fingerprint};
    /// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
    ///
    /// let frame = Fingerprint { content: 1, perceptual: 0xff };
    /// let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
    /// builder.track_batch(&Batch::new(2).fingerprints(vec![Some(frame), Some(frame)]))?;
    /// let profile = builder.freeze();
    /// assert_eq!(profile.pictures().map(|pictures| pictures.copies(4).exact), Some(1));
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    #[must_use]
    pub fn pictures(&self) -> Option<&Fingerprints> {
        self.pictures.as_ref()
    }

    /// The embedding spaces by name.
    #[must_use]
    pub fn spaces(&self) -> &BTreeMap<String, SpaceProfile> {
        &self.spaces
    }

    /// What the records hold, by kind: `box`, `mask`, `keypoints`, or a name of the
    /// caller's.
    #[must_use]
    pub fn objects(&self) -> &BTreeMap<String, ObjectTable> {
        &self.objects
    }

    /// Takes a space out of the profile.
    pub(crate) fn take_space(&mut self, name: &str) -> Option<SpaceProfile> {
        self.spaces.remove(name)
    }

    /// Takes in `other`: afterwards this is, byte for byte, the profile of the
    /// records of both.
    ///
    /// # Errors
    /// [`Incompatible`](crate::ErrorKind::Incompatible) that names the setting
    /// in which the two differ and both values; this profile is unchanged then.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let mut builder = ProfileBuilder::new(self.config.clone())?;
        builder.merge(self)?;
        builder.merge(other)?;
        *self = builder.freeze();
        Ok(())
    }
}
