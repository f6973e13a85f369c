//! What the bytes of a profile are spent on.

use postcard::experimental::serialized_size;
use serde::Serialize;

use super::feature::Feature;
use super::file::FileParts;
use super::ids::IdMode;
use super::window::Profile;
use super::wire::{RawGroup, RawSpace};

/// What a part of a profile's bytes is spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part {
    /// Magic, version, and the headers of sections.
    Frame,
    /// The configuration, without codebooks, and the means that are subtracted.
    Settings,
    /// The centres that rows are measured against, and who made them.
    Codebooks,
    /// Names of features, classes and clusters, tags, times, and counts of records.
    Counts,
    /// Quantile sketches of features, norms and distances.
    Numbers,
    /// Texts and truth values, with how often they came.
    FrequentValues,
    /// Hashes that different values are counted by.
    DistinctValues,
    /// What was learned of the objects that records hold.
    Objects,
    /// Sums of unit vectors of classes and clusters.
    Directions,
    /// Sampled rows: ids, named numbers and vectors.
    Samples,
    /// The records nearest to and farthest from the centres.
    NamedRecords,
    /// What stands for the samples of a sealed profile.
    SealedSummaries,
}

impl Part {
    const ALL: [Self; 12] = [
        Self::Frame,
        Self::Settings,
        Self::Codebooks,
        Self::Counts,
        Self::Numbers,
        Self::FrequentValues,
        Self::DistinctValues,
        Self::Objects,
        Self::Directions,
        Self::Samples,
        Self::NamedRecords,
        Self::SealedSummaries,
    ];

    /// Its name: `samples`, `sums of directions`, ...
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Frame => "frame",
            Self::Settings => "settings",
            Self::Codebooks => "codebooks",
            Self::Counts => "names and counts",
            Self::Numbers => "sketches of numbers",
            Self::FrequentValues => "frequent values",
            Self::DistinctValues => "hashes of distinct values",
            Self::Objects => "objects",
            Self::Directions => "sums of directions",
            Self::Samples => "samples",
            Self::NamedRecords => "nearest and farthest records",
            Self::SealedSummaries => "summaries in place of samples",
        }
    }
}

/// What a profile's file contains: how many bytes each part takes, what is kept of
/// ids, and whether it is sealed.
///
/// The parts add up to the size of the file.
///
/// ```
/// use driftsphere::ingest::Batch;
/// use driftsphere::profile::{Part, ProfileBuilder, ProfileConfig, SpaceConfig};
/// use ndarray::Array2;
///
/// let config = ProfileConfig::new().space("embedding", SpaceConfig::new(64));
/// let mut builder = ProfileBuilder::new(config)?;
/// let rows = Array2::from_shape_fn((200, 64), |(i, j)| (i * (j + 1) % 211) as f32 + 1.0);
/// builder.track_batch(&Batch::new(200).space("embedding", rows.view()))?;
/// let profile = builder.freeze();
/// let contents = profile.contents();
/// assert_eq!(contents.bytes(), profile.to_bytes().len() as u64);
/// assert!(contents.bytes_of(Part::Samples) > 200 * 2 * 64);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    ids: IdMode,
    is_sealed: bool,
    bytes: [u64; Part::ALL.len()],
}

impl Contents {
    /// Bytes of the whole file.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.iter().sum()
    }

    /// Bytes of one part.
    #[must_use]
    pub fn bytes_of(&self, part: Part) -> u64 {
        self.bytes[part as usize]
    }

    /// The parts that take any bytes, and how many.
    pub fn parts(&self) -> impl Iterator<Item = (Part, u64)> + '_ {
        let parts = Part::ALL.into_iter().zip(self.bytes);
        parts.filter(|(_, bytes)| *bytes > 0)
    }

    /// What is kept of ids.
    #[must_use]
    pub fn ids(&self) -> IdMode {
        self.ids
    }

    /// Whether the profile is sealed.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    fn add(&mut self, part: Part, value: &impl Serialize) {
        self.add_bytes(part, size(value));
    }

    fn add_bytes(&mut self, part: Part, bytes: u64) {
        self.bytes[part as usize] += bytes;
    }

    fn add_feature(&mut self, name: &str, feature: &Feature) {
        let parts = [
            (Part::Numbers, size(feature.numbers())),
            (Part::FrequentValues, size(feature.categories())),
            (Part::DistinctValues, size(&feature.distinct_hashes())),
        ];
        let mut rest = size(&name) + size(feature);
        for (part, bytes) in parts {
            self.add_bytes(part, bytes);
            rest -= bytes;
        }
        self.add_bytes(Part::Counts, rest);
    }

    fn add_space(&mut self, space: &RawSpace) {
        self.add(Part::Counts, &(&space.name, &space.tally));
        self.add(Part::Numbers, &(&space.norm, &space.cluster_distance));
        self.add(Part::Numbers, &(&space.own_distance, &space.boundary));
        self.add(Part::Samples, &(&space.rows, &space.sample));
        self.add_group(&space.unclassified);
        // Whether there are other classes, and how many of the rest.
        self.add(Part::Counts, &space.other_classes.is_some());
        self.add(Part::Counts, &(space.classes.len(), space.clusters.len()));
        for (name, group) in &space.classes {
            self.add(Part::Counts, name);
            self.add_group(group);
        }
        let groups = space.other_classes.iter().chain(&space.clusters);
        groups.for_each(|group| self.add_group(group));
        self.add(Part::NamedRecords, &space.novel);
    }

    fn add_group(&mut self, group: &RawGroup) {
        self.add(Part::Directions, &group.directions);
        self.add(Part::Numbers, &(&group.distance, &group.boundary));
        self.add(Part::Samples, &group.sample);
        self.add(Part::NamedRecords, &group.nearest);
        self.add(Part::Counts, &(group.no_centre, &group.clusters));
    }
}

/// Bytes of a value in a body.
fn size(value: &impl Serialize) -> u64 {
    // Counting has no way to fail for types that are written as well.
    serialized_size(value).expect("section bodies are plain data") as u64
}

impl Profile {
    /// What its file contains, in bytes by part.
    #[must_use]
    pub fn contents(&self) -> Contents {
        let mut contents = Contents {
            ids: self.config.ids,
            is_sealed: self.config.is_sealed(),
            bytes: [0; Part::ALL.len()],
        };
        let parts = FileParts::of(self);
        contents.add_bytes(Part::Frame, parts.frame_bytes());
        let books = self.config.spaces.values();
        let books = books.filter_map(|space| space.codebook.as_deref());
        let books: u64 = books.map(size).sum();
        let settings: u64 = parts.settings.iter().map(|s| s.body.len() as u64).sum();
        contents.add_bytes(Part::Codebooks, books);
        contents.add_bytes(Part::Settings, settings - books);
        contents.add_bytes(Part::Counts, parts.records.body.len() as u64);
        contents.add(Part::Counts, &self.features.len());
        for (name, feature) in &self.features {
            contents.add_feature(name, feature);
        }
        if let Some(sample) = &parts.sample {
            contents.add_bytes(Part::Samples, sample.body.len() as u64);
        }
        if let Some(pictures) = &parts.pictures {
            contents.add_bytes(Part::Samples, pictures.body.len() as u64);
        }
        for space in &parts.spaces {
            contents.add_space(space);
        }
        if let Some(objects) = &parts.objects {
            contents.add_bytes(Part::Objects, objects.body.len() as u64);
        }
        if let Some(sealed) = &parts.sealed {
            contents.add_bytes(Part::SealedSummaries, sealed.body.len() as u64);
        }
        contents
    }
}
