//! What a profile is asked to keep, and when two profiles fit together.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use crate::error::{Error, ErrorKind, Result};
use crate::sphere::MeanRow;

use super::ids::IdMode;
use super::image_settings::ImageSettings;
use super::space_config::{DEFAULT_SAMPLE_ROWS, Role, SpaceConfig};

/// The seed of the hashes that choose samples, unless another is given.
pub const DEFAULT_SEED: u64 = 0;
/// Classes with a state of their own; the rest are kept together.
pub const DEFAULT_MAX_CLASSES: usize = 1024;

/// Bytes of the sample of records where there is no embedding space.
pub const DEFAULT_RECORD_BYTES: usize = 1 << 20;

/// What a profile is asked to keep.
///
/// Two hashes of it decide what fits together: profiles are merged only if their
/// [`merge_hash`](Self::merge_hash) is equal; distances to centres are compared
/// directly only if their [`compare_hash`](Self::compare_hash) is.
///
/// ```
/// use driftsphere::profile::{ProfileConfig, SpaceConfig};
///
/// let config = ProfileConfig::new().space("embedding", SpaceConfig::new(512));
/// let other = ProfileConfig::new().seed(7).space("embedding", SpaceConfig::new(512));
/// assert_ne!(config.compare_hash(), other.compare_hash());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileConfig {
    /// Seed of the hashes that choose samples and classes. Profiles made with
    /// different seeds do not keep the same records and are not compared.
    pub seed: u64,
    /// Classes with a state of their own (those of smallest hash); the rest are
    /// kept together as other classes.
    pub max_classes: usize,
    /// The embedding spaces by name.
    pub spaces: BTreeMap<String, SpaceConfig>,
    /// Features that are angles (a hue, an hour of the day), and after how much
    /// each begins again, in its own unit: 360 for degrees, 24 for hours.
    pub angles: BTreeMap<String, f64>,
    /// What is measured of pictures, where the records are some.
    pub images: Option<ImageSettings>,
    /// What is kept of the records' ids.
    pub ids: IdMode,
    /// Records sampled, with their numbers, where there is no embedding space whose
    /// sample would have them; 0 keeps none.
    pub sample_rows: usize,
    /// Bytes that those may take: with many features, fewer are kept.
    pub sample_bytes: usize,
    /// Whether this is the configuration of a sealed profile.
    pub(crate) sealed: bool,
}

impl Default for ProfileConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl ProfileConfig {
    /// Seed 0, up to 1024 classes, no space and no angle yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            seed: DEFAULT_SEED,
            max_classes: DEFAULT_MAX_CLASSES,
            spaces: BTreeMap::new(),
            angles: BTreeMap::new(),
            images: None,
            ids: IdMode::Plain,
            sample_rows: DEFAULT_SAMPLE_ROWS,
            sample_bytes: DEFAULT_RECORD_BYTES,
            sealed: false,
        }
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets how many classes have a state of their own.
    #[must_use]
    pub fn max_classes(mut self, max_classes: usize) -> Self {
        self.max_classes = max_classes;
        self
    }

    /// Sets how many records are sampled where there is no embedding space.
    #[must_use]
    pub fn sample_rows(mut self, rows: usize) -> Self {
        self.sample_rows = rows;
        self
    }

    /// Sets how many bytes those may take.
    #[must_use]
    pub fn sample_bytes(mut self, bytes: usize) -> Self {
        self.sample_bytes = bytes;
        self
    }

    /// Adds (or replaces) a space.
    #[must_use]
    pub fn space(mut self, name: impl Into<String>, space: SpaceConfig) -> Self {
        self.spaces.insert(name.into(), space);
        self
    }

    /// Sets what is kept of the records' ids.
    ///
    /// All parts of a reference, in both passes, need the same: leave-one-out knows
    /// records by the hash they were drawn by.
    #[must_use]
    pub fn ids(mut self, ids: IdMode) -> Self {
        self.ids = ids;
        self
    }

    /// The same as a profile keeps it: its codebooks name no record in a way that
    /// [`ids`](Self::ids) does not allow, and what nothing depends on is as usual.
    pub(crate) fn into_kept(mut self) -> Self {
        if !self.spaces.is_empty() {
            (self.sample_rows, self.sample_bytes) = (DEFAULT_SAMPLE_ROWS, DEFAULT_RECORD_BYTES);
        }
        for space in self.spaces.values_mut() {
            space.spend_nothing_on_no_row();
            if self.ids != IdMode::Plain {
                space.codebook = space.codebook.as_ref().map(|book| self.ids.conceal(book));
            }
        }
        self
    }

    /// Says that the numbers of a feature lie on a circle: they begin again
    /// after `period`, in the feature's unit.
    ///
    /// The feature is learned as any other; comparing takes `x` and
    /// `x + period` for the same, so that an hour after midnight is near the
    /// hour before it.
    ///
    /// ```
    /// use driftsphere::profile::ProfileConfig;
    ///
    /// let config = ProfileConfig::new().angle("hue", 360.0).angle("hour", 24.0);
    /// assert!(config.check().is_ok());
    /// assert!(config.angle("month", 0.0).check().is_err());
    /// ```
    #[must_use]
    pub fn angle(mut self, feature: impl Into<String>, period: f64) -> Self {
        self.angles.insert(feature.into(), period);
        self
    }

    /// Says how the pictures were measured that the records are; hue and hour of the day are
    /// angles.
    #[must_use]
    pub fn images(mut self, settings: ImageSettings) -> Self {
        let direction = "gps_direction";
        let named = |tag: &String| tag.strip_prefix("exif.").unwrap_or(tag) == direction;
        let has_direction = settings.exif_allow.iter().any(named);
        self.images = Some(settings);
        let config = self.angle("pixels.hue", 360.0).angle("exif.hour", 24.0);
        match has_direction {
            true => config.angle("exif.gps_direction", 360.0),
            false => config,
        }
    }

    /// Whether this is the configuration of a profile of role `sealed`
    /// ([`Profile::seal`](super::Profile::seal)): one that neither learns nor merges.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] that names the space or the angle, and the setting.
    pub fn check(&self) -> Result<()> {
        for (feature, period) in &self.angles {
            // A subnormal period would leave no place for buckets inside it.
            if !(period.is_normal() && *period > 0.0) {
                let message = format!("a period is a number above 0, not {period}");
                return Err(Error::new(ErrorKind::Argument, message).at("angle", feature));
            }
        }
        if let Some(images) = &self.images {
            images.check()?;
        }
        if self.max_classes == 0 {
            return Err(Error::new(
                ErrorKind::Argument,
                "max_classes is 0; at least one class needs a state",
            ));
        }
        for (name, space) in &self.spaces {
            space.check(name)?;
            let book = space
                .codebook
                .as_ref()
                .filter(|_| space.role == Role::Reference);
            let fitted = book.map_or(self.seed, |book| book.provenance().sample_seed);
            if fitted != self.seed {
                return Err(Error::new(
                    ErrorKind::Argument,
                    format!(
                        "the codebook was fitted on a sample of seed {fitted}, the profile has \
                         seed {}; a reference needs the seed of its codebook",
                        self.seed
                    ),
                )
                .at("space", name));
            }
        }
        Ok(())
    }

    /// xxh3-128 of the postcard bytes of everything that makes numbers
    /// comparable: seed, classes, of each space dimension, distance, model,
    /// mean, sample and codebook, and of each angle its period.
    #[must_use]
    pub fn compare_hash(&self) -> u128 {
        let base = match self.angles.is_empty() {
            true => hash(&(CONFIG_VERSION, self.fingerprint())),
            false => hash(&(CONFIG_VERSION, self.fingerprint(), &self.angles)),
        };
        self.with_images(self.with_means(base))
    }

    /// The same with the roles and what is kept of ids.
    #[must_use]
    pub fn merge_hash(&self) -> u128 {
        let roles: Vec<Role> = self.spaces.values().map(|s| s.role).collect();
        let base = match self.angles.is_empty() {
            true => hash(&(CONFIG_VERSION, self.fingerprint(), roles)),
            false => hash(&(CONFIG_VERSION, self.fingerprint(), roles, &self.angles)),
        };
        let base = self.with_images(self.with_means(base));
        match (self.ids, self.sealed) {
            (IdMode::Plain, false) => base,
            (ids, false) => hash(&(base, ids)),
            (ids, true) => hash(&(base, ids, "sealed")),
        }
    }

    /// A hash that knows the means, too, where there are any.
    fn with_means(&self, base: u128) -> u128 {
        let mean = |(name, space): (_, &SpaceConfig)| Some((name, space.mean.clone()?));
        let means: Vec<(&String, Arc<MeanRow>)> = self.spaces.iter().filter_map(mean).collect();
        match means.is_empty() {
            true => base,
            false => hash(&(base, means)),
        }
    }

    /// A hash that knows how pictures were measured, too, where there are any.
    fn with_images(&self, base: u128) -> u128 {
        match &self.images {
            None => base,
            Some(images) => hash(&(base, "images", images)),
        }
    }

    fn fingerprint(&self) -> impl Serialize + '_ {
        let spaces: Vec<_> = self
            .spaces
            .iter()
            .map(|(name, s)| {
                (
                    name,
                    s.dim as u64,
                    s.distance,
                    &s.model,
                    s.sample_rows as u64,
                    s.sample_bytes as u64,
                    s.codebook.as_ref().map(|c| c.content_hash()),
                )
            })
            .collect();
        (self.seed, self.max_classes as u64, spaces, self.records())
    }

    /// The settings of the sample of records, where there is one.
    fn records(&self) -> Option<(u64, u64)> {
        let has_sample = self.spaces.is_empty();
        has_sample.then_some((self.sample_rows as u64, self.sample_bytes as u64))
    }

    /// Says in which setting two configurations that may not be merged differ.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] that names the setting and both values.
    pub fn mergeable(&self, other: &Self) -> Result<()> {
        if self.sealed || other.sealed {
            return Err(Error::new(
                ErrorKind::Incompatible,
                "a profile of role sealed compares, but neither learns nor merges; merge first, \
                 then seal",
            ));
        }
        if self.merge_hash() == other.merge_hash() {
            return Ok(());
        }
        differ("seed", self.seed, other.seed)?;
        differ("max_classes", self.max_classes, other.max_classes)?;
        let names = |c: &Self| match c.spaces.is_empty() {
            true => "none".to_owned(),
            false => c.spaces.keys().cloned().collect::<Vec<_>>().join(", "),
        };
        differ("spaces", names(self), names(other))?;
        let angles = |c: &Self| match c.angles.is_empty() {
            true => "none".to_owned(),
            false => {
                let angle = |(name, period): (&String, &f64)| format!("{name} = {period}");
                c.angles.iter().map(angle).collect::<Vec<_>>().join(", ")
            }
        };
        differ("angles", angles(self), angles(other))?;
        if self.spaces.is_empty() {
            differ("sample rows", self.sample_rows, other.sample_rows)?;
            differ("sample bytes", self.sample_bytes, other.sample_bytes)?;
        }
        let pictures = |c: &Self| {
            if c.images.is_some() {
                "pictures"
            } else {
                "none"
            }
        };
        differ("pictures", pictures(self), pictures(other))?;
        if let (Some(own), Some(other)) = (&self.images, &other.images)
            && let Some((setting, own, other)) = own.difference(other)
        {
            differ(setting, own, other)?;
        }
        differ("ids", self.ids, other.ids)?;
        for ((name, a), b) in self.spaces.iter().zip(other.spaces.values()) {
            let book = |s: &SpaceConfig| {
                s.codebook
                    .as_ref()
                    .map_or("none".into(), |c| format!("{:032x}", c.content_hash()))
            };
            let mean = |s: &SpaceConfig| {
                let hash = |mean: &Arc<MeanRow>| format!("{:032x}", mean.content_hash());
                s.mean.as_ref().map_or("none".into(), hash)
            };
            let model = |s: &SpaceConfig| s.model.clone().unwrap_or_else(|| "none".into());
            differ("dimension", a.dim, b.dim)
                .and_then(|()| differ("distance", a.distance, b.distance))
                .and_then(|()| differ("model", model(a), model(b)))
                .and_then(|()| differ("mean that is subtracted", mean(a), mean(b)))
                .and_then(|()| differ("sample rows", a.sample_rows, b.sample_rows))
                .and_then(|()| differ("sample bytes", a.sample_bytes, b.sample_bytes))
                .and_then(|()| differ("codebook", book(a), book(b)))
                .and_then(|()| differ("role", a.role.name(), b.role.name()))
                .map_err(|e| e.at("space", name))?;
        }
        Ok(())
    }

    /// The same configuration for another window: every space plain, nothing
    /// sealed.
    #[must_use]
    pub fn like(mut self) -> Self {
        self.sealed = false;
        for space in self.spaces.values_mut() {
            space.role = Role::Plain;
        }
        self
    }
}

/// Raised whenever the meaning of a setting changes.
const CONFIG_VERSION: u16 = 1;

fn hash(value: &impl Serialize) -> u128 {
    // Serialising plain values into a growing buffer has no way to fail.
    xxh3_128(&postcard::to_allocvec(value).unwrap_or_default())
}

fn differ<T: PartialEq + std::fmt::Display>(what: &str, a: T, b: T) -> Result<()> {
    if a == b {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Incompatible,
        format!("cannot merge profiles of unlike {what}: {a} and {b}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sphere::{Codebook, Distance};

    #[test]
    fn unlike_settings_are_named_with_both_values() {
        let a = ProfileConfig::new().space("e", SpaceConfig::new(4).model("a"));
        let b = ProfileConfig::new().space("e", SpaceConfig::new(4).model("b"));
        let error = a.mergeable(&b).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Incompatible);
        assert_eq!(
            error.to_string(),
            "cannot merge profiles of unlike model: a and b (space e)"
        );
        assert!(a.mergeable(&a.clone()).is_ok());
        let error = a.mergeable(&ProfileConfig::new()).unwrap_err();
        assert!(error.message().ends_with("spaces: e and none"), "{error}");
    }

    #[test]
    fn a_reference_needs_the_seed_of_its_codebook() {
        let provenance = crate::sphere::Provenance {
            sample_seed: 3,
            ..crate::sphere::Provenance::default()
        };
        let distance = Distance::default();
        let book = Codebook::new(4, distance, vec![], vec![], vec![], provenance).unwrap();
        let space = SpaceConfig::new(4).codebook(Arc::new(book));
        let plain = ProfileConfig::new().space("e", space.clone());
        assert!(plain.check().is_ok());
        let reference = ProfileConfig::new().space("e", space.role(Role::Reference));
        assert!(reference.clone().seed(3).check().is_ok());
        let error = reference.check().unwrap_err().to_string();
        assert!(
            error.contains("seed 3") && error.contains("seed 0"),
            "{error}"
        );
    }

    #[test]
    fn a_reference_needs_a_codebook() {
        let config = ProfileConfig::new().space("e", SpaceConfig::new(4).role(Role::Reference));
        assert_eq!(config.check().unwrap_err().kind(), ErrorKind::Argument);
    }
}
