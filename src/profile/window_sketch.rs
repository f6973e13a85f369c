//! A window while it is learned.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Result;
use crate::ingest::Batch;
use crate::sketch::{CoordinatedSample, Fingerprints, Tally};

use super::chunk::{CHUNK_ROWS, Chunk};
use super::config::ProfileConfig;
use super::feature::FeatureSketch;
use super::ids::IdMode;
use super::object_sketch::ObjectSketch;
use super::pictures;
use super::record_sample::{self, record_rows};
use super::space_sketch::SpaceSketch;
use super::tasks;
use super::window::{ClassSources, Profile};

/// The categorical features that labels and predictions are counted under.
pub(crate) const LABEL_FEATURE: &str = "label";
pub(crate) const PREDICTION_FEATURE: &str = "prediction";

/// Everything that was learned of the records.
#[derive(Debug, Clone)]
pub(crate) struct WindowSketch {
    pub(crate) tally: Tally,
    seed: u64,
    ids: IdMode,
    times: Option<(i64, i64)>,
    class_sources: ClassSources,
    pub(crate) features: BTreeMap<String, FeatureSketch>,
    sample: CoordinatedSample,
    pictures: Option<Fingerprints>,
    spaces: BTreeMap<String, SpaceSketch>,
    objects: BTreeMap<String, ObjectSketch>,
}

impl WindowSketch {
    pub(crate) fn new(config: &ProfileConfig) -> Result<Self> {
        let spaces = config
            .spaces
            .iter()
            .map(|(name, space)| {
                let sketch = SpaceSketch::new(space, config.seed, config.max_classes)
                    .map_err(|e| e.at("space", name))?;
                Ok((name.clone(), sketch))
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            tally: Tally::new(),
            seed: config.seed,
            ids: config.ids,
            times: None,
            class_sources: ClassSources::default(),
            features: BTreeMap::new(),
            sample: CoordinatedSample::new(record_rows(config, 0)),
            pictures: None,
            spaces,
            objects: BTreeMap::new(),
        })
    }

    /// Learns a batch on up to `threads` threads.
    pub(crate) fn track(
        &mut self,
        batch: &Batch<'_>,
        config: &ProfileConfig,
        threads: usize,
    ) -> Result<()> {
        let n = batch.len();
        // Of one size, as a small last chunk would be divided badly.
        let size = n.div_ceil(n.div_ceil(CHUNK_ROWS).max(1)).max(1);
        let (seed, ids) = (self.seed, self.ids);
        let starts: Vec<usize> = (0..n).step_by(size).collect();
        let chunks = tasks::map(threads, starts, |start| {
            Chunk::new(batch, start..n.min(start + size), seed, ids)
        });
        for chunk in &chunks {
            self.track_values(chunk)?;
            for (kind, objects) in batch.object_kinds() {
                self.objects(kind, config)?.track(objects, chunk.rows())?;
            }
            self.sample
                .set_k(record_rows(config, self.sampled_numbers()));
            record_sample::offer(&mut self.sample, chunk);
            pictures::offer(&mut self.pictures, chunk, config);
        }
        for (name, rows) in batch.spaces() {
            if let Some(space) = self.spaces.get_mut(name) {
                space.track(&rows, &chunks, threads)?;
            }
        }
        Ok(())
    }

    /// Learns all but the embeddings.
    fn track_values(&mut self, chunk: &Chunk<'_, '_>) -> Result<()> {
        self.tally.read(chunk.rows().len() as u64);
        for time in chunk.rows().filter_map(|row| chunk.batch().time(row)) {
            let (first, last) = self.times.unwrap_or((time, time));
            self.times = Some((first.min(time), last.max(time)));
        }
        self.class_sources.merge(chunk.class_sources());
        if let Some(labels) = chunk.labels() {
            self.feature(LABEL_FEATURE)?.track_codes(labels);
        }
        if let Some(predictions) = chunk.predictions() {
            self.feature(PREDICTION_FEATURE)?.track_codes(predictions);
        }
        for (name, column) in chunk.batch().features() {
            self.feature(name)?.track(column, chunk.rows());
        }
        Ok(())
    }

    fn feature(&mut self, name: &str) -> Result<&mut FeatureSketch> {
        if !self.features.contains_key(name) {
            self.features.insert(name.to_owned(), FeatureSketch::new()?);
        }
        Ok(self.features.get_mut(name).expect("inserted above"))
    }

    fn objects(&mut self, kind: &str, config: &ProfileConfig) -> Result<&mut ObjectSketch> {
        if !self.objects.contains_key(kind) {
            let fresh = ObjectSketch::new(config.seed, config.max_classes)?;
            self.objects.insert(kind.to_owned(), fresh);
        }
        Ok(self.objects.get_mut(kind).expect("inserted above"))
    }

    pub(crate) fn merge(&mut self, other: &Self, config: &ProfileConfig) -> Result<()> {
        self.tally.merge(&other.tally)?;
        if let Some((first, last)) = other.times {
            let (a, b) = self.times.unwrap_or((first, last));
            self.times = Some((a.min(first), b.max(last)));
        }
        self.class_sources.merge(other.class_sources);
        for (name, feature) in &other.features {
            self.feature(name)?.merge(feature)?;
        }
        pictures::merge(&mut self.pictures, other.pictures.as_ref())?;
        for (name, space) in &other.spaces {
            if let Some(mine) = self.spaces.get_mut(name) {
                mine.merge(space).map_err(|e| e.at("space", name))?;
            }
        }
        for (kind, objects) in &other.objects {
            let mine = self.objects(kind, config)?;
            mine.merge(objects).map_err(|e| e.at("objects", kind))?;
        }
        self.sample
            .set_k(record_rows(config, self.sampled_numbers()));
        self.sample.merge(&other.sample)
    }

    /// Numbers that a sampled record may have.
    fn sampled_numbers(&self) -> usize {
        let objects = self.objects.values().map(ObjectSketch::sampled_numbers);
        self.features.len() + objects.sum::<usize>()
    }

    pub(crate) fn thaw(profile: &Profile) -> Result<Self> {
        let mut out = Self::new(&profile.config)?;
        out.tally = profile.tally.clone();
        out.times = profile.times;
        out.class_sources = profile.class_sources;
        out.features = profile
            .features
            .iter()
            .map(|(name, feature)| (name.clone(), FeatureSketch::thaw(feature)))
            .collect();
        out.sample = profile.sample.clone();
        out.pictures = profile.pictures.clone();
        for (name, space) in &profile.spaces {
            let config = &profile.config.spaces[name];
            let sketch = SpaceSketch::thaw(
                space,
                config,
                profile.config.seed,
                profile.config.max_classes,
            )?;
            out.spaces.insert(name.clone(), sketch);
        }
        let (seed, classes) = (profile.config.seed, profile.config.max_classes);
        let tables = profile.objects.iter();
        let thaw =
            |(kind, table): (&String, _)| (kind.clone(), ObjectSketch::thaw(table, seed, classes));
        out.objects = tables.map(thaw).collect();
        Ok(out)
    }

    pub(crate) fn freeze(
        self,
        config: ProfileConfig,
        tags: BTreeMap<String, BTreeSet<String>>,
        threads: usize,
    ) -> Profile {
        Profile {
            config,
            tags,
            tally: self.tally,
            times: self.times,
            class_sources: self.class_sources,
            features: self
                .features
                .iter()
                .map(|(name, feature)| (name.clone(), feature.freeze()))
                .collect(),
            sample: self.sample,
            pictures: self.pictures,
            spaces: self
                .spaces
                .into_iter()
                .map(|(name, space)| (name, space.freeze(threads)))
                .collect(),
            objects: self
                .objects
                .into_iter()
                .map(|(kind, objects)| (kind, objects.freeze()))
                .collect(),
        }
    }
}
