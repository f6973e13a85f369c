//! How pictures are measured: arguments of Python -> settings.

use crate::error::{argument, raise};
use driftsphere::ingest::image::{ImageLimits, ImageReader};
use driftsphere::profile::{ImageMeasures, ImageSettings};
use driftsphere::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::ops::RangeInclusive;

/// How the pictures of a profiler are measured; what is left out is as the command has it.
///
/// With `pixels=False` only headers and EXIF are read. `sample_pixels`: pictures are
/// brought down to about so many pixels first. `model_input`: (width, height) that a
/// model takes; how far pictures are from it is measured. `exif_allow` and `exif_deny`
/// name tags of EXIF beside the usual ones, and those not to log; location, owner and
/// serial numbers only by their whole name. `measures`: custom measures, as TOML text.
/// Pictures of more than `max_pixels` or `max_bytes` are not decoded, and counted.
///
/// `float_range` are the darkest and the brightest value of floating-point files and
/// arrays, 0 and 1 unless given; a file with samples more than 1 % of the range beyond it
/// is counted, an array refused. Arrays: `layout` is `hwc` or `chw` where the shape leaves
/// that open.
///
/// >>> import numpy as np, driftsphere
/// >>> frames = np.full((2, 48, 64, 3), 128, np.uint8)
/// >>> options = driftsphere.ImageOptions(model_input=(32, 32))
/// >>> profile = driftsphere.profile(images=frames, image_options=options)
/// >>> "pixels.brightness" in profile.features, "file.model_scale" in profile.features
/// (True, True)
#[pyclass(frozen, module = "driftsphere._driftsphere")]
#[derive(Debug, Clone, Default)]
pub(crate) struct ImageOptions {
    pixels: Option<bool>,
    sample_pixels: Option<u32>,
    model_input: Option<(u32, u32)>,
    exif_allow: Option<Vec<String>>,
    exif_deny: Option<Vec<String>>,
    measures: Option<String>,
    max_pixels: Option<u64>,
    max_bytes: Option<u64>,
    layout: Option<Layout>,
    float_range: Option<(f32, f32)>,
}

/// The order of the axes of a picture in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Height, width, channels.
    Hwc,
    /// Channels, height, width.
    Chw,
}

#[pymethods]
impl ImageOptions {
    #[new]
    #[pyo3(signature = (
        *, pixels=None, sample_pixels=None, model_input=None, exif_allow=None, exif_deny=None,
        measures=None, max_pixels=None, max_bytes=None, layout=None, float_range=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword of Python")]
    fn new(
        pixels: Option<bool>,
        sample_pixels: Option<u32>,
        model_input: Option<(u32, u32)>,
        exif_allow: Option<Vec<String>>,
        exif_deny: Option<Vec<String>>,
        measures: Option<String>,
        max_pixels: Option<u64>,
        max_bytes: Option<u64>,
        layout: Option<&str>,
        float_range: Option<(f32, f32)>,
    ) -> PyResult<Self> {
        let layout = match layout {
            None => None,
            Some("hwc") => Some(Layout::Hwc),
            Some("chw") => Some(Layout::Chw),
            Some(other) => {
                let message = format!("axes are hwc or chw, not {other}");
                return Err(argument(message, "argument", "layout"));
            }
        };
        let options = Self {
            pixels,
            sample_pixels,
            model_input,
            exif_allow,
            exif_deny,
            measures,
            max_pixels,
            max_bytes,
            layout,
            float_range,
        };
        ImageMeasures::new(&options.over(ImageSettings::default())).map_err(raise)?;
        Ok(options)
    }

    /// For pickling: the keywords it was made with.
    fn __getnewargs_ex__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyDict>)> {
        let named = PyDict::new(py);
        named.set_item("pixels", self.pixels)?;
        named.set_item("sample_pixels", self.sample_pixels)?;
        named.set_item("model_input", self.model_input)?;
        named.set_item("exif_allow", &self.exif_allow)?;
        named.set_item("exif_deny", &self.exif_deny)?;
        named.set_item("measures", &self.measures)?;
        named.set_item("max_pixels", self.max_pixels)?;
        named.set_item("max_bytes", self.max_bytes)?;
        let layout = self.layout.map(|layout| match layout {
            Layout::Hwc => "hwc",
            Layout::Chw => "chw",
        });
        named.set_item("layout", layout)?;
        named.set_item("float_range", self.float_range)?;
        Ok((PyTuple::empty(py), named))
    }
}

impl ImageOptions {
    /// `settings` with what was asked for.
    fn over(&self, mut settings: ImageSettings) -> ImageSettings {
        settings.pixels = self.pixels.unwrap_or(settings.pixels);
        settings.sample_pixels = self.sample_pixels.or(settings.sample_pixels);
        settings.model_input = self.model_input.or(settings.model_input);
        if let Some(tags) = &self.exif_allow {
            settings.exif_allow.clone_from(tags);
        }
        if let Some(tags) = &self.exif_deny {
            settings.exif_deny.clone_from(tags);
        }
        settings.float_range = self.float_range.unwrap_or(settings.float_range);
        settings.custom = self.measures.clone().or(settings.custom);
        settings.max_pixels = self.max_pixels.unwrap_or(settings.max_pixels);
        settings.max_bytes = self.max_bytes.unwrap_or(settings.max_bytes);
        settings
    }
}

/// How pictures are read and measured.
#[derive(Debug, Clone)]
pub(crate) struct Measuring {
    pub(crate) measures: ImageMeasures,
    pub(crate) reader: ImageReader,
    pub(crate) layout: Option<Layout>,
    pub(crate) float_range: RangeInclusive<f32>,
}

impl Measuring {
    /// As was asked for; or as a profile was measured that is followed, which options may
    /// name again but not change.
    pub(crate) fn new(options: &ImageOptions, like: Option<&ImageSettings>) -> Result<Self> {
        let settings = options.over(like.cloned().unwrap_or_default());
        if let Some((setting, own, other)) = like.and_then(|like| like.difference(&settings)) {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!(
                    "the profile that is followed was made with {setting}: {own}; asked for: {other}; \
                     pictures are measured as it was"
                ),
            ));
        }
        let (black, white) = settings.float_range;
        let limits = ImageLimits {
            max_pixels: settings.max_pixels,
            max_bytes: settings.max_bytes,
            ..ImageLimits::default()
        };
        let mut reader = ImageReader::new().limits(limits).float_range(black..=white);
        if !settings.pixels {
            reader = reader.headers_only();
        }
        Ok(Self {
            measures: ImageMeasures::new(&settings)?,
            reader,
            layout: options.layout,
            float_range: black..=white,
        })
    }

    pub(crate) fn settings(&self) -> &ImageSettings {
        self.measures.settings()
    }
}
