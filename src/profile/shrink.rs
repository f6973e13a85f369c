//! Lowering the samples of a profile.

use crate::error::{Error, ErrorKind, Result};
use crate::sketch::SampleBudget;

use super::config::ProfileConfig;
use super::pictures::picture_rows;
use super::record_sample::{record_rows, sampled_numbers};
use super::space_config::SpaceConfig;
use super::space_sketch::SpaceSketch;
use super::window::Profile;

impl Profile {
    /// The profile with smaller samples: at most `rows` rows overall in each space,
    /// and all samples of a space in at most `bytes` bytes.
    ///
    /// The result is, byte for byte, the profile that its
    /// [`config`](Self::config) would have learned from the same records, so
    /// shards may be shrunk before they are merged. It has `rows` as
    /// [`sample_rows`](SpaceConfig::sample_rows); its
    /// [`sample_bytes`](SpaceConfig::sample_bytes) are those of before (or
    /// `bytes`), unless classes and clusters would be left more rows of them than
    /// they had ([`SampleBudget::lowered`]). A space that asks for less already
    /// keeps what it has. With 0 rows, no id of a record is kept either, as
    /// [`sample_rows`](SpaceConfig::sample_rows) says.
    ///
    /// ```
    /// use driftsphere::ingest::Batch;
    /// use driftsphere::profile::{ProfileBuilder, ProfileConfig, SpaceConfig};
    /// use ndarray::Array2;
    ///
    /// let rows = Array2::from_shape_fn((500, 8), |(i, j)| ((i * 7 + j * j) % 31) as f32 + 1.0);
    /// let learn = |sample: usize| -> driftsphere::Result<_> {
    ///     let space = SpaceConfig::new(8).sample_rows(sample);
    ///     let mut builder = ProfileBuilder::new(ProfileConfig::new().space("e", space))?;
    ///     builder.track_batch(&Batch::new(500).space("e", rows.view()))?;
    ///     Ok(builder.freeze())
    /// };
    /// let shrunk = learn(200)?.shrink(50, None)?;
    /// assert_eq!(shrunk.to_bytes(), learn(50)?.to_bytes());
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] where the profile is sealed: it has no samples.
    pub fn shrink(&self, rows: usize, bytes: Option<usize>) -> Result<Self> {
        if self.config.is_sealed() {
            return Err(Error::new(
                ErrorKind::Argument,
                "a profile of role sealed has no samples to shrink",
            ));
        }
        let mut out = self.clone();
        for (name, space) in &mut out.spaces {
            let config = lowered(&self.config, &self.config.spaces[name], rows, bytes);
            let (seed, classes) = (self.config.seed, self.config.max_classes);
            let mut sketch = SpaceSketch::thaw(space, &config, seed, classes)?;
            sketch.shrink();
            *space = sketch.freeze(1);
            out.config.spaces.insert(name.clone(), config);
        }
        let config = &mut out.config;
        if config.spaces.is_empty() {
            config.sample_rows = config.sample_rows.min(rows);
            config.sample_bytes = config.sample_bytes.min(bytes.unwrap_or(usize::MAX));
        }
        let numbers = sampled_numbers(&out.features, &out.objects);
        out.sample.set_k(record_rows(config, numbers));
        if let Some(pictures) = &mut out.pictures {
            pictures.set_k(picture_rows(config));
        }
        Ok(out)
    }
}

/// The configuration of a shrunk space: of the one before alone, never of what
/// was learned, so that all shards get the same.
fn lowered(
    config: &ProfileConfig,
    space: &SpaceConfig,
    rows: usize,
    bytes: Option<usize>,
) -> SpaceConfig {
    let before = SampleBudget::new(space.sample_bytes, space.dim, space.sample_rows);
    let rows = rows.min(space.sample_rows);
    let bytes = bytes.map_or(space.sample_bytes, |bytes| bytes.min(space.sample_bytes));
    let clusters = space
        .codebook
        .as_ref()
        .map_or(0, |book| book.clusters().len());
    let groups = config.max_classes.max(clusters);
    let mut lowered = SpaceConfig {
        sample_rows: rows,
        sample_bytes: before.lowered(bytes, space.dim, rows, groups),
        ..space.clone()
    };
    lowered.spend_nothing_on_no_row();
    lowered
}
