//! What a profiler is asked to keep: arguments of Python -> a configuration.

use crate::codebook::Codebook;
use crate::detections::{BoxFormat, BoxOptions};
use crate::error::{argument, raise};
use crate::image_options::{ImageOptions, Measuring};
use crate::profile::Profile;
use crate::reading::Reading;
use crate::records::Lent;
use driftsphere::ingest::Units;
use driftsphere::measure::outputs::ScoreOptions;
use driftsphere::profile::{FitOptions, ImageSettings, ProfileConfig, Role, SpaceConfig};
use driftsphere::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use std::collections::BTreeMap;

/// What was asked for; each `None` where it was not.
pub(crate) struct Asked<'py> {
    pub(crate) spaces: Option<BTreeMap<String, usize>>,
    pub(crate) fit: Option<usize>,
    pub(crate) method: Option<String>,
    pub(crate) like: Option<Bound<'py, Profile>>,
    pub(crate) codebook: Option<Bound<'py, Codebook>>,
    pub(crate) reference: bool,
    pub(crate) distance: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) seed: Option<u64>,
    pub(crate) sample: Option<usize>,
    pub(crate) sample_bytes: Option<usize>,
    pub(crate) max_classes: Option<usize>,
    pub(crate) keep_ids: Option<String>,
    pub(crate) angles: Option<BTreeMap<String, f64>>,
    pub(crate) class_names: Option<Vec<String>>,
    pub(crate) logits: bool,
    pub(crate) box_format: Option<String>,
    pub(crate) relative_boxes: bool,
    pub(crate) image_options: Option<Bound<'py, ImageOptions>>,
}

/// How a profiler learns.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    config: ProfileConfig,
    /// What a space is like that is found in the first records; `None` where all
    /// spaces are known from the beginning.
    found: Option<SpaceConfig>,
    pub(crate) fit: Option<FitOptions>,
    pub(crate) reading: Reading,
}

impl Settings {
    pub(crate) fn new(asked: &Asked<'_>) -> PyResult<Self> {
        let given = [
            ("like", asked.like.is_some()),
            ("codebook", asked.codebook.is_some()),
            ("fit", asked.fit.is_some()),
        ];
        let given: Vec<&str> = given
            .iter()
            .filter(|(_, is)| *is)
            .map(|(name, _)| *name)
            .collect();
        if let [first, second, ..] = given[..] {
            let message = format!("centres come from one place, not from {first} and {second}");
            return Err(argument(message, "argument", second));
        }
        let method = match (&asked.method, asked.fit) {
            (Some(method), Some(_)) => method.parse().map_err(raise)?,
            (Some(_), None) => {
                let message = "it says how centres are fitted, and none are; give fit, too";
                return Err(argument(message, "argument", "method"));
            }
            (None, _) => FitOptions::default().method,
        };
        if asked.reference && asked.codebook.is_none() {
            let message = "a reference is made by fit, or of the codebook that was fitted on it";
            return Err(argument(message, "argument", "reference"));
        }
        if let Some(profile) = &asked.like {
            return Self::like(asked, profile);
        }
        let reading = reading(asked, None)?;
        let mut space = SpaceConfig::new(0);
        if let Some(distance) = &asked.distance {
            space.distance = distance.parse().map_err(raise)?;
        }
        space.model.clone_from(&asked.model);
        space.sample_rows = asked.sample.unwrap_or(space.sample_rows);
        space.sample_bytes = asked.sample_bytes.unwrap_or(space.sample_bytes);
        let config = Self::common(asked)?;
        let seed = config.seed;
        let (config, found) = match (&asked.codebook, &asked.spaces) {
            (Some(_), Some(_)) => {
                let message = "the spaces are those of the codebook; leave them out";
                return Err(argument(message, "argument", "spaces"));
            }
            (Some(codebook), None) => {
                let config = codebook
                    .get()
                    .around(config, &space, asked)
                    .map_err(raise)?;
                (config, None)
            }
            (None, Some(spaces)) => {
                let named = spaces.iter().fold(config, |config, (name, dim)| {
                    let space = SpaceConfig {
                        dim: *dim,
                        ..space.clone()
                    };
                    config.space(name, space)
                });
                (named, None)
            }
            (None, None) => (config, Some(space)),
        };
        let fit = asked.fit.map(|clusters| FitOptions {
            clusters,
            method,
            seed,
        });
        let config = match &asked.image_options {
            Some(_) => config.images(reading.images.settings().clone()),
            None => config,
        };
        config.check().map_err(raise)?;
        Ok(Self {
            config,
            found,
            fit,
            reading,
        })
    }

    /// The settings of a profile, for another window.
    fn like(asked: &Asked<'_>, profile: &Bound<'_, Profile>) -> PyResult<Self> {
        let idle = [
            ("spaces", asked.spaces.is_some()),
            ("distance", asked.distance.is_some()),
            ("seed", asked.seed.is_some()),
            ("sample", asked.sample.is_some()),
            ("sample_bytes", asked.sample_bytes.is_some()),
            ("max_classes", asked.max_classes.is_some()),
            ("keep_ids", asked.keep_ids.is_some()),
            ("angles", asked.angles.is_some()),
        ];
        if let Some((name, _)) = idle.iter().find(|(_, is_given)| *is_given) {
            let message = "a profile like another has its settings; leave it out";
            return Err(argument(message, "argument", name));
        }
        let mut config = profile.get().core().config().clone().like();
        let reading = reading(asked, config.images.as_ref())?;
        if asked.model.is_some() {
            for space in config.spaces.values_mut() {
                space.model.clone_from(&asked.model);
            }
        }
        Ok(Self {
            config,
            found: None,
            fit: None,
            reading,
        })
    }

    /// What does not depend on spaces.
    fn common(asked: &Asked<'_>) -> PyResult<ProfileConfig> {
        let mut config = ProfileConfig::new();
        config.seed = asked.seed.unwrap_or(config.seed);
        config.max_classes = asked.max_classes.unwrap_or(config.max_classes);
        config.sample_rows = asked.sample.unwrap_or(config.sample_rows);
        config.sample_bytes = asked.sample_bytes.unwrap_or(config.sample_bytes);
        if let Some(ids) = &asked.keep_ids {
            config.ids = ids.parse().map_err(raise)?;
        }
        config.angles = asked.angles.clone().unwrap_or_default();
        Ok(config)
    }

    /// What of the configuration is known before the first records.
    pub(crate) fn known(&self) -> &ProfileConfig {
        &self.config
    }

    /// The configuration: with the spaces of the first records, where they are to be
    /// found there; those of none at all for `None`.
    pub(crate) fn config(&self, first: Option<&Lent<'_>>) -> Result<ProfileConfig> {
        let mut config = self.config.clone();
        if let (Some(space), Some(records)) = (&self.found, first) {
            for (name, dim) in records.dimensions(&[])? {
                config.spaces.insert(
                    name.to_owned(),
                    SpaceConfig {
                        dim,
                        ..space.clone()
                    },
                );
            }
        }
        // Of a profile that is followed it is known whether there were pictures.
        if self.found.is_some() && config.images.is_none() && first.is_some_and(Lent::has_pictures)
        {
            config = config.images(self.reading.images.settings().clone());
        }
        if self.fit.is_some() && first.is_some() && config.spaces.is_empty() {
            let message = "there are no embeddings to fit centres on";
            return Err(Error::new(ErrorKind::Argument, message).at("argument", "fit"));
        }
        Ok(config)
    }
}

/// How what is logged is read: as asked, pictures as those of a profile that is followed.
fn reading(asked: &Asked<'_>, images: Option<&ImageSettings>) -> PyResult<Reading> {
    let class_names = asked.class_names.clone().unwrap_or_default();
    let format = asked.box_format.as_deref().map(str::parse).transpose();
    let format: Option<BoxFormat> =
        format.map_err(|message: String| argument(message, "argument", "box_format"))?;
    let options = asked
        .image_options
        .as_ref()
        .map(|options| options.get().clone());
    Ok(Reading {
        scores: ScoreOptions {
            logits: asked.logits,
            classes: class_names.clone(),
        },
        boxes: BoxOptions {
            format: format.unwrap_or_default(),
            units: match asked.relative_boxes {
                true => Units::Relative,
                false => Units::Pixels,
            },
            class_names,
        },
        images: Measuring::new(&options.unwrap_or_default(), images).map_err(raise)?,
    })
}

impl Codebook {
    /// `config` with the spaces of the codebook. Distance, model and seed are those it
    /// was fitted with; distance and model may be named anew.
    fn around(
        &self,
        mut config: ProfileConfig,
        like: &SpaceConfig,
        asked: &Asked<'_>,
    ) -> Result<ProfileConfig> {
        for (name, book) in &self.core().books {
            let provenance = book.provenance();
            if asked.seed.is_none() {
                config.seed = provenance.sample_seed;
            }
            let mut space = SpaceConfig {
                dim: book.dim(),
                ..like.clone()
            };
            if asked.distance.is_none() {
                space.distance = book.distance();
            }
            if asked.model.is_none() {
                space.model.clone_from(&provenance.model);
            }
            config.spaces.insert(name.clone(), space);
        }
        let role = match asked.reference {
            true => Role::Reference,
            false => Role::Plain,
        };
        config.with_codebooks(self.core(), role)
    }
}
