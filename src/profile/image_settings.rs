//! What was measured of pictures, and how: part of a profile's configuration.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// How the pictures of a window are read and measured.
///
/// It belongs to the configuration of a profile: profiles of pictures merge only if it is
/// equal, and values that were measured otherwise are not compared. Paths and threads are no
/// part of it.
///
/// ```
/// use driftsphere::profile::{ImageSettings, ProfileConfig};
///
/// let whole = ProfileConfig::new().images(ImageSettings::default());
/// let mut small = ImageSettings::default();
/// small.sample_pixels = Some(4096);
/// let small = ProfileConfig::new().images(small);
/// assert_ne!(whole.merge_hash(), small.merge_hash());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageSettings {
    /// Whether pixels are read, and not only headers.
    pub pixels: bool,
    /// Pixels that pictures are brought down to, about, before they are measured; as they are
    /// where none is given.
    pub sample_pixels: Option<u32>,
    /// Black and white of floating-point samples in files; arrays state their own.
    pub float_range: (f32, f32),
    /// Width and height of what a model takes, against which sizes are measured.
    pub model_input: Option<(u32, u32)>,
    /// Patterns of EXIF tags that are logged besides the usual ones; private ones need their
    /// whole name.
    pub exif_allow: Vec<String>,
    /// Patterns of EXIF tags that are not logged.
    pub exif_deny: Vec<String>,
    /// Custom measures, as TOML.
    pub custom: Option<String>,
    /// Custom measures that are programs: name and description, sorted.
    pub programs: Vec<String>,
    /// The model of quality that pictures are held against, in its own bytes.
    pub quality: Option<Vec<u8>>,
    /// Most pixels of a picture that is decoded.
    pub max_pixels: u64,
    /// Largest file whose pixels are read, in bytes.
    pub max_bytes: u64,
}

impl Default for ImageSettings {
    /// All pixels as they are, floating point from 0 to 1, the usual tags, the limits of
    /// `ImageLimits`: 100 million pixels, 256 MiB.
    fn default() -> Self {
        Self {
            pixels: true,
            sample_pixels: None,
            float_range: (0.0, 1.0),
            model_input: None,
            exif_allow: Vec::new(),
            exif_deny: Vec::new(),
            custom: None,
            programs: Vec::new(),
            quality: None,
            max_pixels: 100_000_000,
            max_bytes: 256 << 20,
        }
    }
}

/// Bytes of a profile that custom measures, patterns or a model of quality may take.
const MAX_PART: usize = 1 << 20;

impl ImageSettings {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] that names the setting.
    pub fn check(&self) -> Result<()> {
        let refuse = |setting: &'static str, message: &str| {
            Err(Error::new(ErrorKind::Argument, message).at("setting", setting))
        };
        if self.sample_pixels.is_some_and(|pixels| pixels < 1024) {
            return refuse(
                "sample_pixels",
                "fewer than 1,024 pixels are too few to measure",
            );
        }
        let (black, white) = self.float_range;
        if !(black < white && (white - black).is_finite()) {
            return refuse(
                "float_range",
                "black is a number below white, and both are finite",
            );
        }
        if self.model_input.is_some_and(|(w, h)| w == 0 || h == 0) {
            return refuse(
                "model_input",
                "a model takes pictures of at least 1 x 1 pixels",
            );
        }
        let patterns = self.exif_allow.iter().chain(&self.exif_deny);
        let parts = [
            ("exif patterns", patterns.map(String::len).sum()),
            ("custom", self.custom.as_ref().map_or(0, String::len)),
            ("quality", self.quality.as_ref().map_or(0, Vec::len)),
        ];
        match parts.into_iter().find(|(_, len)| *len > MAX_PART) {
            Some((setting, _)) => refuse(setting, "more than 1 MiB"),
            None => Ok(()),
        }
    }

    /// The first setting in which two differ, and both values, for people.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let yes = |yes: bool| if yes { "read" } else { "not read" }.to_owned();
        let option = |n: Option<u32>| n.map_or("none".to_owned(), |n| n.to_string());
        let size = |s: Option<(u32, u32)>| s.map_or("none".to_owned(), |(w, h)| format!("{w}x{h}"));
        let list = |list: &[String]| match list {
            [] => "none".to_owned(),
            some => some.join(" "),
        };
        let hashed = |bytes: Option<&[u8]>| {
            let hash = |bytes| format!("{:016x}", xxhash_rust::xxh3::xxh3_64(bytes));
            bytes.map_or("none".to_owned(), hash)
        };
        let range = |s: &Self| format!("{} to {}", s.float_range.0, s.float_range.1);
        let custom = |s: &Self| hashed(s.custom.as_ref().map(String::as_bytes));
        let parts = [
            ("pixels", yes(self.pixels), yes(other.pixels)),
            (
                "sample pixels",
                option(self.sample_pixels),
                option(other.sample_pixels),
            ),
            ("float range", range(self), range(other)),
            (
                "model input",
                size(self.model_input),
                size(other.model_input),
            ),
            (
                "exif tags allowed",
                list(&self.exif_allow),
                list(&other.exif_allow),
            ),
            (
                "exif tags denied",
                list(&self.exif_deny),
                list(&other.exif_deny),
            ),
            ("custom measures", custom(self), custom(other)),
            (
                "custom programs",
                list(&self.programs),
                list(&other.programs),
            ),
            (
                "quality reference",
                hashed(self.quality.as_deref()),
                hashed(other.quality.as_deref()),
            ),
            (
                "max pixels",
                self.max_pixels.to_string(),
                other.max_pixels.to_string(),
            ),
            (
                "max bytes",
                self.max_bytes.to_string(),
                other.max_bytes.to_string(),
            ),
        ];
        parts.into_iter().find(|(_, own, other)| own != other)
    }

    /// Why a feature cannot be compared with that of a window measured as `other` says.
    pub(crate) fn unlike(&self, other: &Self, feature: &str) -> Option<String> {
        let of = |part: &str| feature.starts_with(part);
        let same_range = self.float_range == other.float_range;
        let same_pixels = same_range && self.sample_pixels == other.sample_pixels;
        let settings = match () {
            () if of("pixels.") => same_pixels,
            () if of("quality.") => same_pixels && self.quality == other.quality,
            () if of("custom.") => {
                same_range && self.custom == other.custom && self.programs == other.programs
            }
            () if of("file.model_") => self.model_input == other.model_input,
            () => true,
        };
        (!settings).then(|| {
            let difference = self.difference(other);
            let text = difference.map(|(name, own, other)| format!("{name}: {own} and {other}"));
            format!("measured otherwise: {}", text.unwrap_or_default())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_differ_are_named_with_both_values() {
        let whole = ImageSettings::default();
        let small = ImageSettings {
            sample_pixels: Some(4096),
            ..ImageSettings::default()
        };
        let (name, own, other) = whole.difference(&small).unwrap();
        assert_eq!(
            (name, own.as_str(), other.as_str()),
            ("sample pixels", "none", "4096")
        );
        assert_eq!(whole.difference(&whole), None);
        assert!(whole.unlike(&small, "pixels.noise").is_some());
        assert!(whole.unlike(&small, "exif.iso").is_none());
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        let none = ImageSettings {
            model_input: Some((224, 0)),
            ..ImageSettings::default()
        };
        let error = none.check().unwrap_err().to_string();
        assert!(error.ends_with("(setting model_input)"), "{error}");
        for (pixels, is_fine) in [(1023, false), (1024, true), (65_536, true)] {
            let sampled = ImageSettings {
                sample_pixels: Some(pixels),
                ..ImageSettings::default()
            };
            assert_eq!(sampled.check().is_ok(), is_fine, "{pixels}");
        }
        let long = ImageSettings {
            custom: Some("#".repeat(MAX_PART + 1)),
            ..ImageSettings::default()
        };
        assert!(long.check().is_err());
    }
}
