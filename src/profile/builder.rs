//! Learning a profile, record by record or batch by batch.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{Batch, Column, Record};
use crate::sketch::Tally;

use super::config::ProfileConfig;
use super::feature::FeatureSketch;
use super::rows::{Codes, RowContext};
use super::space_sketch::SpaceSketch;
use super::window::{ClassSources, Profile};

/// Rows that are worked on together: their products stay in the cache.
const BLOCK_ROWS: usize = 256;
/// More features than this are refused: it is a column of values used as names.
const MAX_FEATURES: usize = 1 << 16;
/// The categorical features that labels and predictions are counted under.
pub(crate) const LABEL_FEATURE: &str = "label";
pub(crate) const PREDICTION_FEATURE: &str = "prediction";

/// Learns a profile of one window.
///
/// Each record is read once; what is kept does not grow with their number.
/// The result is the same, byte for byte, for every order of the records, every
/// division into batches, any number of threads, and for profiles of parts that
/// are merged.
///
/// ```
/// use driftsphere::ingest::{Batch, Column};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig, SpaceConfig};
/// use ndarray::array;
///
/// let config = ProfileConfig::new().space("embedding", SpaceConfig::new(2));
/// let mut builder = ProfileBuilder::new(config)?;
/// let embeddings = array![[3.0_f32, 4.0], [1.0, 0.0], [0.0, 0.0]];
/// builder.track_batch(
///     &Batch::new(3)
///         .ids(Column::from(vec!["a.jpg", "b.jpg", "c.jpg"]))
///         .labels(Column::from(vec!["cat", "dog", "cat"]))
///         .space("embedding", embeddings.view()),
/// )?;
/// let profile = builder.freeze();
/// let space = &profile.spaces()["embedding"];
/// assert_eq!(profile.records(), 3);
/// assert_eq!(space.rows(), 2); // the zero row has no direction: it is counted
/// assert_eq!(space.classes()["cat"].count(), 1);
/// assert_eq!(space.norm().max(), Some(5.0));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ProfileBuilder {
    config: ProfileConfig,
    tags: BTreeMap<String, BTreeSet<String>>,
    /// One state for each thread; the first takes what is not divided.
    shards: Vec<Shard>,
}

impl ProfileBuilder {
    /// A builder that has seen nothing yet and works on one thread.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the configuration does not hold together.
    pub fn new(config: ProfileConfig) -> Result<Self> {
        config.check()?;
        Ok(Self {
            shards: vec![Shard::new(&config)?],
            tags: BTreeMap::new(),
            config,
        })
    }

    /// Divides large batches among up to `threads` threads of the current rayon
    /// pool. Each keeps a state of its own: memory grows with their number, the
    /// result does not depend on it.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for 0 threads.
    pub fn set_threads(&mut self, threads: usize) -> Result<()> {
        if threads == 0 {
            return Err(Error::new(
                ErrorKind::Argument,
                "at least one thread is needed",
            ));
        }
        while self.shards.len() < threads {
            self.shards.push(Shard::new(&self.config)?);
        }
        Ok(())
    }

    /// Adds a note for people, such as `camera = 3`. Tags do not decide what may
    /// be merged; merged profiles have the values of both.
    pub fn tag(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.tags
            .entry(key.into())
            .or_default()
            .insert(value.into());
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &ProfileConfig {
        &self.config
    }

    /// Learns one record.
    ///
    /// # Errors
    /// Those of [`track_batch`](Self::track_batch).
    pub fn track(&mut self, record: &Record<'_>) -> Result<()> {
        self.track_batch(&record.batch()?)
    }

    /// Learns a batch.
    ///
    /// Rows that are all zero or have a NaN or infinite element are counted by
    /// reason and skipped in that space; the rest of the record is kept. A space
    /// that a batch does not have is left as it is.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if columns have different lengths, a space is not
    /// in the configuration, or a feature is called `label` or `prediction`;
    /// [`ErrorKind::Incompatible`] if the rows of a space have another dimension
    /// than configured; [`ErrorKind::Limit`] for more than 65 536 features.
    /// Nothing of the batch has been learned then.
    pub fn track_batch(&mut self, batch: &Batch<'_>) -> Result<()> {
        batch.check()?;
        self.check_spaces(batch)?;
        self.check_features(batch)?;
        let n = batch.len();
        let blocks = n.div_ceil(BLOCK_ROWS);
        let parts = self.shards.len().min(blocks).max(1);
        let per_part = blocks.div_ceil(parts) * BLOCK_ROWS;
        let seed = self.config.seed;
        let part = |i: usize| (i * per_part).min(n)..((i + 1) * per_part).min(n);
        if parts == 1 {
            return self.shards[0].track(batch, 0..n, seed);
        }
        self.shards[..parts]
            .par_iter_mut()
            .enumerate()
            .try_for_each(|(i, shard)| shard.track(batch, part(i), seed))
    }

    fn check_spaces(&self, batch: &Batch<'_>) -> Result<()> {
        for (name, rows) in batch.spaces() {
            let Some(space) = self.config.spaces.get(name) else {
                let known: Vec<&str> = self.config.spaces.keys().map(String::as_str).collect();
                return Err(Error::new(
                    ErrorKind::Argument,
                    format!(
                        "no such space in the configuration, which has: {}",
                        known.join(", ")
                    ),
                )
                .at("space", name));
            };
            if rows.ncols() != space.dim {
                return Err(Error::new(
                    ErrorKind::Incompatible,
                    format!(
                        "rows have {} dimensions, the space was configured with {}",
                        rows.ncols(),
                        space.dim
                    ),
                )
                .at("space", name));
            }
        }
        Ok(())
    }

    fn check_features(&self, batch: &Batch<'_>) -> Result<()> {
        let known = &self.shards[0].features;
        let fresh = batch
            .features()
            .filter(|(name, _)| !known.contains_key(*name))
            .count();
        if known.len() + fresh > MAX_FEATURES {
            return Err(Error::new(
                ErrorKind::Limit,
                format!("more than {MAX_FEATURES} features; are values used as names?"),
            ));
        }
        match batch
            .features()
            .find(|(name, _)| [LABEL_FEATURE, PREDICTION_FEATURE].contains(name))
        {
            None => Ok(()),
            Some((name, _)) => Err(Error::new(
                ErrorKind::Argument,
                format!("the feature name `{name}` is taken; give that column as {name}s"),
            )),
        }
    }

    /// Takes in everything that `profile` has learned.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] that names the setting in which the two differ.
    pub fn merge(&mut self, profile: &Profile) -> Result<()> {
        self.config.mergeable(&profile.config)?;
        let other = Shard::thaw(profile)?;
        self.shards[0].merge(&other)?;
        for (key, values) in &profile.tags {
            self.tags
                .entry(key.clone())
                .or_default()
                .extend(values.iter().cloned());
        }
        Ok(())
    }

    /// Ends learning.
    ///
    /// # Panics
    /// Never: the states of the threads have one configuration.
    #[must_use]
    pub fn freeze(mut self) -> Profile {
        let mut all = self.shards.swap_remove(0);
        for shard in &self.shards {
            all.merge(shard)
                .expect("shards of one builder have one configuration");
        }
        all.freeze(self.config, self.tags)
    }
}

/// Everything one thread has learned.
#[derive(Debug, Clone)]
struct Shard {
    tally: Tally,
    times: Option<(i64, i64)>,
    class_sources: ClassSources,
    features: BTreeMap<String, FeatureSketch>,
    spaces: BTreeMap<String, SpaceSketch>,
    /// Rows of a view that is not laid out row by row are copied here.
    rows: Vec<f32>,
}

impl Shard {
    fn new(config: &ProfileConfig) -> Result<Self> {
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
            times: None,
            class_sources: ClassSources::default(),
            features: BTreeMap::new(),
            spaces,
            rows: Vec::new(),
        })
    }

    fn track(&mut self, batch: &Batch<'_>, range: Range<usize>, seed: u64) -> Result<()> {
        let mut start = range.start;
        while start < range.end {
            let block = start..(start + BLOCK_ROWS).min(range.end);
            start = block.end;
            self.track_block(batch, block, seed)?;
        }
        Ok(())
    }

    fn track_block(&mut self, batch: &Batch<'_>, range: Range<usize>, seed: u64) -> Result<()> {
        self.tally.read(range.len() as u64);
        for time in range.clone().filter_map(|row| batch.time(row)) {
            let (first, last) = self.times.unwrap_or((time, time));
            self.times = Some((first.min(time), last.max(time)));
        }
        self.track_classes(batch, range.clone())?;
        for (name, column) in batch.features() {
            track_column(self.feature(name)?, column, range.clone())?;
        }
        let context = RowContext::new(batch, range.clone(), seed);
        for (name, rows) in batch.spaces() {
            if let Some(space) = self.spaces.get_mut(name) {
                let rows = block_of(&rows, range.clone(), &mut self.rows);
                space.track(rows, &context)?;
            }
        }
        Ok(())
    }

    fn track_classes(&mut self, batch: &Batch<'_>, range: Range<usize>) -> Result<()> {
        for row in range.clone() {
            self.class_sources
                .update(batch.prediction(row).is_some(), batch.label(row).is_some());
        }
        if batch.has_labels() {
            let codes = Codes::new(range.clone().map(|row| batch.label(row)));
            track_codes(self.feature(LABEL_FEATURE)?, &codes)?;
        }
        if batch.has_predictions() {
            let codes = Codes::new(range.map(|row| batch.prediction(row)));
            track_codes(self.feature(PREDICTION_FEATURE)?, &codes)?;
        }
        Ok(())
    }

    fn feature(&mut self, name: &str) -> Result<&mut FeatureSketch> {
        if !self.features.contains_key(name) {
            self.features.insert(name.to_owned(), FeatureSketch::new()?);
        }
        Ok(self.features.get_mut(name).expect("inserted above"))
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        self.tally.merge(&other.tally)?;
        if let Some((first, last)) = other.times {
            let (a, b) = self.times.unwrap_or((first, last));
            self.times = Some((a.min(first), b.max(last)));
        }
        self.class_sources.merge(other.class_sources);
        for (name, feature) in &other.features {
            self.feature(name)?.merge(feature)?;
        }
        for (name, space) in &other.spaces {
            if let Some(mine) = self.spaces.get_mut(name) {
                mine.merge(space).map_err(|e| e.at("space", name))?;
            }
        }
        Ok(())
    }

    fn thaw(profile: &Profile) -> Result<Self> {
        let mut out = Self::new(&profile.config)?;
        out.tally = profile.tally.clone();
        out.times = profile.times;
        out.class_sources = profile.class_sources;
        out.features = profile
            .features
            .iter()
            .map(|(name, feature)| (name.clone(), FeatureSketch::thaw(feature)))
            .collect();
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
        Ok(out)
    }

    fn freeze(self, config: ProfileConfig, tags: BTreeMap<String, BTreeSet<String>>) -> Profile {
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
            spaces: self
                .spaces
                .iter()
                .map(|(name, space)| (name.clone(), space.freeze()))
                .collect(),
        }
    }
}

/// The rows of a block, lent where they lie one after the other, else copied.
fn block_of<'a>(
    rows: &'a ArrayView2<'_, f32>,
    range: Range<usize>,
    copy: &'a mut Vec<f32>,
) -> &'a [f32] {
    let dim = rows.ncols();
    if let Some(all) = rows.as_slice() {
        return &all[range.start * dim..range.end * dim];
    }
    copy.clear();
    for row in rows.rows().into_iter().skip(range.start).take(range.len()) {
        copy.extend(row.iter().copied());
    }
    copy
}

fn track_column(feature: &mut FeatureSketch, column: &Column, range: Range<usize>) -> Result<()> {
    match column {
        Column::Float(values) => values[range]
            .iter()
            .for_each(|v| feature.numbers.update(*v)),
        Column::Int(values) => values[range]
            .iter()
            .for_each(|v| feature.numbers.update(*v as f64)),
        Column::Bool(_) | Column::Text(_) => {
            return track_codes(feature, &Codes::new(range.map(|row| column.present(row))));
        }
    }
    Ok(())
}

fn track_codes(feature: &mut FeatureSketch, codes: &Codes<'_>) -> Result<()> {
    let (counts, none) = codes.counts();
    for (name, count) in codes.names.iter().zip(counts) {
        feature.categories.update_many(name, count);
    }
    feature.nulls += none;
    Ok(())
}
