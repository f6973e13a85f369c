//! What was learned about one embedding space.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::sketch::{CoordinatedSample, Directions, Quantiles, Tally};

use super::classes::ClassTable;
use super::group::{GroupSketch, SpaceGroup};
use super::novel::{MostNovel, NovelRecord};
use super::sealed::SealedSpace;
use super::space_config::SpaceConfig;
use super::space_sketch::SpaceSketch;
use super::tasks;

/// One embedding space of a profile, frozen.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceProfile {
    pub(crate) dim: usize,
    pub(crate) tally: Tally,
    pub(crate) norm: Quantiles,
    pub(crate) cluster_distance: Quantiles,
    pub(crate) own_distance: Quantiles,
    pub(crate) boundary: Quantiles,
    pub(crate) classes: BTreeMap<String, SpaceGroup>,
    pub(crate) unclassified: SpaceGroup,
    pub(crate) other_classes: Option<SpaceGroup>,
    pub(crate) clusters: Vec<SpaceGroup>,
    pub(crate) sample: CoordinatedSample,
    pub(crate) novel: Vec<NovelRecord>,
    /// What stands for the samples where the profile is sealed.
    pub(crate) sealed: Option<SealedSpace>,
}

impl SpaceProfile {
    /// Rows placed on the sphere, and rows skipped by reason.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Rows placed on the sphere.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tally.read_count()
    }

    /// Euclidean norms of the rows before they were placed on the sphere.
    #[must_use]
    pub fn norm(&self) -> &Quantiles {
        &self.norm
    }

    /// Distances to the nearest cluster centre, in `[0, 1]`; empty without a
    /// codebook.
    #[must_use]
    pub fn cluster_distance(&self) -> &Quantiles {
        &self.cluster_distance
    }

    /// Distances to the own class's centre, in `[0, 1]`; empty without a
    /// codebook or without classes.
    #[must_use]
    pub fn own_distance(&self) -> &Quantiles {
        &self.own_distance
    }

    /// Signed distances to the boundary with the nearest other class, positive
    /// on the own side:
    ///
    /// ```text
    /// b = x.(c - c') / |c - c'|
    /// ```
    ///
    /// with `c` the own class's centre and `c'` the nearest other one.
    #[must_use]
    pub fn boundary(&self) -> &Quantiles {
        &self.boundary
    }

    /// The classes with a state of their own, by name.
    #[must_use]
    pub fn classes(&self) -> &BTreeMap<String, SpaceGroup> {
        &self.classes
    }

    /// Rows without a class.
    #[must_use]
    pub fn unclassified(&self) -> &SpaceGroup {
        &self.unclassified
    }

    /// Rows of the classes beyond the configured number, together.
    #[must_use]
    pub fn other_classes(&self) -> Option<&SpaceGroup> {
        self.other_classes.as_ref()
    }

    /// One group for each cluster of the codebook, in its order.
    #[must_use]
    pub fn clusters(&self) -> &[SpaceGroup] {
        &self.clusters
    }

    /// The coordinated sample of all rows.
    #[must_use]
    pub fn sample(&self) -> &CoordinatedSample {
        &self.sample
    }

    /// The records farthest from every cluster, farthest first (at most 64; none
    /// where [`sample_rows`](SpaceConfig::sample_rows) is 0).
    #[must_use]
    pub fn novel(&self) -> &[NovelRecord] {
        &self.novel
    }

    /// What stands for the samples where the profile is sealed
    /// ([`Profile::seal`](super::Profile::seal)).
    #[must_use]
    pub fn sealed(&self) -> Option<&SealedSpace> {
        self.sealed.as_ref()
    }

    /// Every group: classes, rows without a class, clusters.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &SpaceGroup> {
        self.classes
            .values()
            .chain([&self.unclassified])
            .chain(&self.other_classes)
            .chain(&self.clusters)
    }

    /// Exact sum of the unit vectors of all rows.
    #[must_use]
    pub fn directions(&self) -> Directions {
        let mut all = Directions::new(self.dim);
        let groups = self
            .classes
            .values()
            .chain([&self.unclassified])
            .chain(&self.other_classes);
        for group in groups {
            // The groups of one space have one dimension: nothing to refuse.
            let _ = all.merge(&group.directions);
        }
        all
    }

    /// Rows of a class without a centre in the codebook.
    #[must_use]
    pub fn no_centre(&self) -> u64 {
        let groups = self.classes.values().chain(&self.other_classes);
        groups.map(|g| g.no_centre).sum()
    }
}

impl SpaceSketch {
    pub(crate) fn freeze(self, threads: usize) -> SpaceProfile {
        let groups = self.classes.into_groups();
        let (names, named): (Vec<_>, Vec<_>) = groups.named.into_iter().unzip();
        let named = tasks::map(threads, named, GroupSketch::freeze);
        let distances = [
            self.norm,
            self.cluster_distance,
            self.own_distance,
            self.boundary,
        ];
        let frozen = tasks::map(threads, distances.into(), |sketch| sketch.freeze());
        let [norm, cluster_distance, own_distance, boundary] =
            frozen.try_into().expect("one for each sketch");
        SpaceProfile {
            dim: self.config.dim,
            tally: self.tally,
            norm,
            cluster_distance,
            own_distance,
            boundary,
            classes: names.into_iter().zip(named).collect(),
            unclassified: groups.unclassified.freeze(),
            other_classes: groups.other.map(GroupSketch::freeze),
            clusters: tasks::map(threads, self.clusters, GroupSketch::freeze),
            sample: self.sample,
            novel: self.novel.freeze(),
            sealed: None,
        }
    }

    pub(crate) fn thaw(
        space: &SpaceProfile,
        config: &SpaceConfig,
        seed: u64,
        max_classes: usize,
    ) -> Result<Self> {
        let mut out = Self::new(config, seed, max_classes)?;
        out.tally = space.tally.clone();
        out.norm = space.norm.thaw();
        out.cluster_distance = space.cluster_distance.thaw();
        out.own_distance = space.own_distance.thaw();
        out.boundary = space.boundary.thaw();
        out.classes = ClassTable::from_groups(
            seed,
            max_classes,
            GroupSketch::thaw(&space.unclassified),
            space.other_classes.as_ref().map(GroupSketch::thaw),
            space
                .classes
                .iter()
                .map(|(name, group)| (name.clone(), GroupSketch::thaw(group))),
        );
        out.clusters = space.clusters.iter().map(GroupSketch::thaw).collect();
        out.sample = space.sample.clone();
        out.novel = MostNovel::thaw(&space.novel);
        Ok(out)
    }
}
