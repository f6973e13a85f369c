//! Learning a profile, record by record or batch by batch.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{Batch, Record};

use super::config::ProfileConfig;
use super::tasks;
use super::window::Profile;
use super::window_sketch::{LABEL_FEATURE, PREDICTION_FEATURE, WindowSketch};

/// More features than this are refused: it is a column of values used as names.
const MAX_FEATURES: usize = 1 << 16;

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
    threads: usize,
    window: WindowSketch,
}

impl ProfileBuilder {
    /// A builder that has seen nothing yet and works on one thread.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the configuration does not hold together.
    pub fn new(config: ProfileConfig) -> Result<Self> {
        config.check()?;
        if config.sealed {
            config.mergeable(&config)?;
        }
        let config = config.into_kept();
        Ok(Self {
            threads: 1,
            window: WindowSketch::new(&config)?,
            tags: BTreeMap::new(),
            config,
        })
    }

    /// Divides large batches among up to `threads` threads of the current rayon
    /// pool. Neither the result nor what is learned by one thread depends on
    /// their number; each needs a little working memory of its own.
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
        self.threads = threads;
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

    /// Counts records that were left out on purpose, such as those whose
    /// embedding has another length. `reason` is a short fixed text.
    ///
    /// ```
    /// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
    ///
    /// let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
    /// builder.skip("no embedding", 2);
    /// builder.fail("not valid JSON", 1);
    /// assert_eq!(builder.freeze().tally().total(), 3);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    pub fn skip(&mut self, reason: &str, records: u64) {
        self.window.tally.skip(reason, records);
    }

    /// Counts records that could not be read, such as lines that are cut short.
    /// `reason` is a short fixed text.
    pub fn fail(&mut self, reason: &str, records: u64) {
        self.window.tally.fail(reason, records);
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
        self.check_batch(batch)?;
        let threads = self.threads;
        tasks::within(threads, || self.window.track(batch, &self.config, threads))
    }

    /// Whether a batch fits, before anything of it is learned.
    pub(crate) fn check_batch(&self, batch: &Batch<'_>) -> Result<()> {
        batch.check()?;
        self.check_spaces(batch)?;
        self.check_features(batch)
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
        let known = &self.window.features;
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
                format!(
                    "the feature name `{name}` is taken; give that column as {name}s \
                     (--{name}s {name}, or Batch::{name}s)"
                ),
            )),
        }
    }

    /// Takes in everything that `profile` has learned.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] that names the setting in which the two differ.
    pub fn merge(&mut self, profile: &Profile) -> Result<()> {
        self.config.mergeable(&profile.config)?;
        self.window
            .merge(&WindowSketch::thaw(profile)?, &self.config)?;
        for (key, values) in &profile.tags {
            self.tags
                .entry(key.clone())
                .or_default()
                .extend(values.iter().cloned());
        }
        Ok(())
    }

    /// Ends learning.
    #[must_use]
    pub fn freeze(self) -> Profile {
        let threads = self.threads;
        tasks::within(threads, || {
            self.window.freeze(self.config, self.tags, threads)
        })
    }
}
