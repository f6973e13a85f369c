//! The objects that the records of a window hold, of one kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

use crate::sketch::Quantiles;

use super::centre_grid::CentreGrid;
use super::object_group::ObjectGroup;

/// What was learned of the objects of one kind (boxes, masks, keypoints, ...) that
/// the records of a window hold.
///
/// Its size depends on the number of classes (at most
/// [`max_classes`](super::ProfileConfig::max_classes) with a group of their own,
/// those of the smallest seeded hash; the rest are together) and of the numbers that objects have, not on that of
/// records or objects. Like everything in a profile it is a pure function of the
/// multiset of records.
///
/// ```
/// use driftsphere::ingest::{Batch, Objects};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
///
/// let mut boxes = Objects::new(&["score"])?;
/// let person = boxes.class("person");
/// boxes.push(Some(person), &[0.9])?;
/// boxes.push(Some(person), &[0.8])?;
/// boxes.end_record();
/// boxes.end_record(); // nothing was found
///
/// let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
/// builder.track_batch(&Batch::new(2).objects("box", boxes))?;
/// let profile = builder.freeze();
/// let table = &profile.objects()["box"];
/// assert_eq!((table.records(), table.all().objects(), table.all().records()), (2, 2, 1));
/// let people = &table.classes()["person"];
/// assert_eq!(people.counts_of(table.records())?.max(), Some(2.0));
/// assert_eq!(people.features()["score"].numbers().min(), Some(0.8));
/// let means = &table.record_means()["score"];
/// assert_eq!((means.count(), means.min()), (1, Some((0.9 + 0.8) / 2.0)));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectTable {
    pub(crate) records: u64,
    pub(crate) faults: BTreeMap<String, u64>,
    pub(crate) all: ObjectGroup,
    pub(crate) record_means: BTreeMap<String, Quantiles>,
    pub(crate) unclassified: ObjectGroup,
    pub(crate) other_classes: Option<ObjectGroup>,
    pub(crate) classes: BTreeMap<String, ObjectGroup>,
    pub(crate) pairs: BTreeMap<(String, String), u64>,
}

impl ObjectTable {
    /// Records that were looked at, those without any object included.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Objects that came but cannot be used, by reason.
    #[must_use]
    pub fn faults(&self) -> &BTreeMap<String, u64> {
        &self.faults
    }

    /// All objects.
    #[must_use]
    pub fn all(&self) -> &ObjectGroup {
        &self.all
    }

    /// Of each number of all objects: its mean over those of a record, one value for each record that has
    /// any. A record that holds a crowd counts as much as one that holds a single object. A mean
    /// that is not finite is left out.
    #[must_use]
    pub fn record_means(&self) -> &BTreeMap<String, Quantiles> {
        &self.record_means
    }

    /// Objects without a class.
    #[must_use]
    pub fn unclassified(&self) -> &ObjectGroup {
        &self.unclassified
    }

    /// Objects of the classes that found no room; `None` while all have.
    #[must_use]
    pub fn other_classes(&self) -> Option<&ObjectGroup> {
        self.other_classes.as_ref()
    }

    /// Objects by class.
    #[must_use]
    pub fn classes(&self) -> &BTreeMap<String, ObjectGroup> {
        &self.classes
    }

    /// In how many records two classes come together, the names in order, for the
    /// 32 classes of the smallest seeded hash. Pairs that never do are not there.
    #[must_use]
    pub fn pairs(&self) -> &BTreeMap<(String, String), u64> {
        &self.pairs
    }

    /// Numbers that a sampled record may keep of these objects: how many they are, and their means.
    pub(super) fn sampled_numbers(&self) -> usize {
        1 + self.record_means.len()
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = &ObjectGroup> {
        [&self.all, &self.unclassified]
            .into_iter()
            .chain(&self.other_classes)
            .chain(self.classes.values())
    }

    /// Whether stored parts hold together.
    pub(crate) fn check(&self, max_classes: usize, sealed: bool) -> Result<()> {
        let damaged = || {
            Error::new(
                ErrorKind::Format,
                "a table of objects does not hold together",
            )
        };
        self.groups().try_for_each(ObjectGroup::check)?;
        let parts = self.groups().skip(1).map(|group| group.objects);
        let sum = parts.fold(0_u64, u64::saturating_add);
        let most = self.classes.values().map(ObjectGroup::records).max();
        let has_room = self.classes.len() <= max_classes
            && (sealed || self.other_classes.is_none() || self.classes.len() == max_classes);
        let pairs_fit = self.pairs.iter().all(|((a, b), records)| {
            let known = |name: &String| self.classes.get(name).map_or(0, ObjectGroup::records);
            a < b && *records > 0 && *records <= known(a).min(known(b))
        });
        let fits = sum == self.all.objects
            && self.all.records() <= self.records
            && most.unwrap_or(0) <= self.records
            && self.classes.values().all(|group| group.objects > 0);
        let means_fit = self.record_means.keys().eq(self.all.features.keys())
            && self.record_means.iter().all(|(name, means)| {
                let records = self.all.features[name].sums.records();
                means.nan_count() == 0 && means.infinite() == (0, 0) && means.count() <= records
            });
        let placed = || {
            let parts = self.groups().skip(1);
            parts.filter_map(|group| group.centres.as_ref())
        };
        let places_fit = CentreGrid::is_sum_of(self.all.centres.as_ref(), placed())
            && placed().all(|part| !part.has_areas());
        match fits && has_room && pairs_fit && means_fit && places_fit {
            true => Ok(()),
            false => Err(damaged()),
        }
    }
}
