//! Which measures are taken of a picture, and how.

use std::borrow::Cow;

use super::content_hash::content_hash;
use super::custom::{Answer, CustomMeasure};
use super::exif::ExifChoice;
use super::pixels::analyse;
use crate::error::{Error, ErrorKind, Result};
use crate::glob;
use crate::ingest::Fingerprint;
use crate::ingest::image::{Exif, Pixels};
use crate::measure::Values;

/// The measures of a window of pictures: which, and how. It is a part of the profile's
/// configuration by its [`Measures::description`].
///
/// ```
/// use driftsphere::ingest::image::{Channels, Pixels, Samples};
/// use driftsphere::measure::image::Measures;
///
/// let measures = Measures::new().sample_pixels(65_536)?.only(&["pixels.*", "exif.iso"]);
/// let grey = Pixels::new(8, 8, Channels::Grey, Samples::U8(vec![128; 64]))?;
/// let values = measures.pixels(&grey)?.values;
/// assert_eq!(values[0].0, "pixels.brightness");
/// assert_eq!(values[0].1.number(), Some(128.0));
/// assert!(measures.takes_pixels() && measures.takes("exif.iso"));
/// assert!(!measures.takes("file.width"));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Measures {
    only: Vec<String>,
    sample_pixels: Option<u32>,
    model_input: Option<(u32, u32)>,
    exif: ExifChoice,
    custom: Vec<CustomMeasure>,
}

/// What the measures found in the pixels of one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct PixelValues {
    /// `pixels.*` values, and `custom.*` values.
    pub values: Values,
    /// Vectors of custom measures: the name of a space and the picture's row in it.
    pub vectors: Vec<(String, Vec<f32>)>,
    /// Custom measures that failed on this picture, and why: `NAME: reason`.
    pub failures: Vec<String>,
    /// What tells copies of the picture.
    pub fingerprint: Fingerprint,
}

impl Measures {
    /// All measures of the crate, at full size, with the usual tags of EXIF.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only measures whose names, such as `pixels.noise`, are one of `patterns` (`*` and
    /// `?` as usual). Without patterns: all.
    #[must_use]
    pub fn only(mut self, patterns: &[&str]) -> Self {
        self.only = patterns.iter().map(|&p| p.to_owned()).collect();
        self
    }

    /// Pixels are looked at after a picture was brought down to about so many pixels: see
    /// [`analyse`] for what this does to each measure.
    ///
    /// # Errors
    ///
    /// Under 1 024 pixels.
    pub fn sample_pixels(mut self, pixels: u32) -> Result<Self> {
        if pixels < 1024 {
            return Err(Error::new(
                ErrorKind::Argument,
                format!("{pixels} pixels are too few to measure: at least 1024"),
            ));
        }
        self.sample_pixels = Some(pixels);
        Ok(self)
    }

    /// The size that a model takes: measures how pictures fit it.
    ///
    /// # Errors
    ///
    /// A side of 0.
    pub fn model_input(mut self, width: u32, height: u32) -> Result<Self> {
        if width == 0 || height == 0 {
            return Err(Error::new(
                ErrorKind::Argument,
                format!("a model takes no picture of {width} x {height}"),
            ));
        }
        self.model_input = Some((width, height));
        Ok(self)
    }

    /// Tags of EXIF beside the usual ones; see [`tag_names`](crate::ingest::image::tag_names)
    /// for names. A pattern with `*` or `?` allows what is not private; location, owner,
    /// serial numbers and free text have to be named in full.
    ///
    /// # Errors
    ///
    /// A name or pattern that no tag has.
    pub fn exif_allow(mut self, patterns: &[&str]) -> Result<Self> {
        self.exif.allow(patterns)?;
        Ok(self)
    }

    /// Tags of EXIF that are not measured, whatever allows them.
    ///
    /// # Errors
    ///
    /// A name or pattern that no tag has.
    pub fn exif_deny(mut self, patterns: &[&str]) -> Result<Self> {
        self.exif.deny(patterns)?;
        Ok(self)
    }

    /// A measure of your own.
    ///
    /// # Errors
    ///
    /// A name that is there already.
    pub fn custom(mut self, measure: CustomMeasure) -> Result<Self> {
        if self.custom.iter().any(|own| own.name() == measure.name()) {
            return Err(Error::new(
                ErrorKind::Argument,
                format!("two measures are called {}", measure.name()),
            ));
        }
        self.custom.push(measure);
        self.custom.sort_by(|a, b| a.name().cmp(b.name()));
        Ok(self)
    }

    /// Whether a measure of this name is taken.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|p| glob::matches(p, name))
    }

    /// Whether pixels are needed at all.
    #[must_use]
    pub fn takes_pixels(&self) -> bool {
        let own = super::PixelMeasures::NAMES.iter();
        own.map(|name| format!("pixels.{name}"))
            .any(|n| self.takes(&n))
            || !self.custom.is_empty()
    }

    /// The size that the model takes, if stated.
    #[must_use]
    pub fn model_size(&self) -> Option<(u32, u32)> {
        self.model_input
    }

    /// Measures that are angles, with their period: they are compared around a circle.
    #[must_use]
    pub fn angles(&self) -> Vec<(&'static str, f64)> {
        let angles = [
            ("pixels.hue", 360.0),
            ("exif.hour", 24.0),
            ("exif.gps_direction", 360.0),
        ];
        let taken = |&(name, _): &(&str, f64)| {
            self.takes(name)
                && name
                    .strip_prefix("exif.")
                    .is_none_or(|tag| self.exif.takes(tag))
        };
        angles.into_iter().filter(taken).collect()
    }

    /// What tells these measures from others, for the configuration of a profile: the same
    /// text for the same measures. It lists what is asked for, not what was found.
    #[must_use]
    pub fn description(&self) -> String {
        let mut parts = vec!["pictures 1".to_owned()];
        if !self.only.is_empty() {
            let mut only = self.only.clone();
            only.sort();
            only.dedup();
            parts.push(format!("only {}", only.join(" ")));
        }
        if let Some(pixels) = self.sample_pixels {
            parts.push(format!("sample pixels {pixels}"));
        }
        if let Some((width, height)) = self.model_input {
            parts.push(format!("model input {width} x {height}"));
        }
        parts.push(format!("exif {}", self.exif.names().join(" ")));
        for measure in &self.custom {
            parts.push(format!(
                "custom {}: {}",
                measure.name(),
                measure.description()
            ));
        }
        parts.join("; ")
    }

    /// Measures the pixels of a picture that stands upright. A custom measure that fails is
    /// null, and named in [`PixelValues::failures`].
    ///
    /// # Errors
    ///
    /// Those of [`analyse`].
    pub fn pixels(&self, pixels: &Pixels) -> Result<PixelValues> {
        let analysis = analyse(pixels, self.sample_pixels)?;
        let mut values: Values = super::PixelMeasures::NAMES
            .into_iter()
            .map(|name| {
                let value = analysis.measures.get(name);
                (Cow::Owned(format!("pixels.{name}")), value)
            })
            .filter(|(name, _)| self.takes(name))
            .collect();
        let (mut vectors, mut failures) = (Vec::new(), Vec::new());
        for measure in &self.custom {
            let name = format!("custom.{}", measure.name());
            match measure.measure(pixels) {
                Ok(Answer::Value(value)) => values.push((name.into(), value)),
                Ok(Answer::Vector(vector)) => vectors.push((measure.name().to_owned(), vector)),
                Err(error) => failures.push(format!("{}: {}", measure.name(), error.message())),
            }
        }
        Ok(PixelValues {
            values,
            vectors,
            failures,
            fingerprint: Fingerprint {
                content: content_hash(pixels),
                perceptual: analysis.hash.0,
            },
        })
    }

    /// The tags of a picture: each usual and each allowed one, null where it is not there.
    #[must_use]
    pub fn exif(&self, exif: &Exif) -> Values {
        let mut values = self.exif.values(exif);
        values.retain(|(name, _)| self.takes(name));
        values
    }
}
