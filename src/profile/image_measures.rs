//! Settings at work: what is measured of each picture.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::Cell;
use crate::ingest::image::{Exif, ImageReader, ImageSet, Measured, Measuring, Picture, Pixels};
use crate::measure::image::{
    CustomMeasure, Measures, NaturalnessFit, NaturalnessModel, PixelMeasures, Similarity,
};
use crate::measure::{Value, Values};

use super::image_settings::ImageSettings;

const NO_NAME: &str = "quality: named by a whole path, not within a folder or list: no reference";
const NO_REFERENCE: &str = "quality: no reference of this name";
const UNREADABLE: &str = "quality: the reference of this name cannot be read";
const OTHER_SIZE: &str = "quality: of another size than its reference";

/// Measures pictures as [`ImageSettings`] say, with what settings cannot hold: measures that
/// are programs, and pictures that others are held against one by one.
///
/// ```
/// use driftsphere::ingest::image::{ImageReader, ImageSet};
/// use driftsphere::ingest::{InputFile, Roles, Selection};
/// use driftsphere::profile::{ImageMeasures, ImageSettings, ProfileBuilder, ProfileConfig};
///
/// let measures = ImageMeasures::new(&ImageSettings::default())?;
/// let config = ProfileConfig::new().images(measures.settings().clone());
/// let mut set = ImageSet::new(ImageReader::new(), measures.measuring());
/// set.add_file("tests/data/images/skimage__moon.png");
///
/// let roles = Roles { ids: Some("id".into()), features: vec!["*".into()], ..Roles::default() };
/// let mut scan = InputFile::of_images(set).scan(&roles, &Selection::all())?;
/// let mut builder = ProfileBuilder::new(config)?;
/// while let Some(block) = scan.next_block(1000)? {
///     builder.track_batch(&block.batch(""))?;
/// }
/// let profile = builder.freeze();
/// let brightness = profile.features()["pixels.brightness"].numbers();
/// assert!((110.0..115.0).contains(&brightness.max().unwrap()));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ImageMeasures {
    settings: ImageSettings,
    measures: Measures,
    model: Option<Arc<NaturalnessModel>>,
    pairs: Option<(PathBuf, ImageReader)>,
}

impl ImageMeasures {
    /// Takes the settings in.
    ///
    /// # Errors
    /// Those of the settings, and of the custom measures among them, with their line.
    pub fn new(settings: &ImageSettings) -> Result<Self> {
        settings.check()?;
        let strs = |list: &[String]| -> Vec<String> { list.to_vec() };
        let (allow, deny) = (strs(&settings.exif_allow), strs(&settings.exif_deny));
        let allow: Vec<&str> = allow.iter().map(String::as_str).collect();
        let deny: Vec<&str> = deny.iter().map(String::as_str).collect();
        let mut measures = Measures::new().exif_allow(&allow)?.exif_deny(&deny)?;
        if let Some(pixels) = settings.sample_pixels {
            measures = measures.sample_pixels(pixels)?;
        }
        if let Some((width, height)) = settings.model_input {
            measures = measures.model_input(width, height)?;
        }
        for measure in CustomMeasure::parse(settings.custom.as_deref().unwrap_or_default())? {
            measures = measures.custom(measure)?;
        }
        let model = settings.quality.as_deref().map(|bytes| {
            let model: postcard::Result<NaturalnessModel> = postcard::from_bytes(bytes);
            model.map(Arc::new).map_err(|error| {
                let message = "the model of quality cannot be read";
                Error::new(ErrorKind::Format, message).because(error)
            })
        });
        Ok(Self {
            settings: settings.clone(),
            measures,
            model: model.transpose()?,
            pairs: None,
        })
    }

    /// What the configuration of a profile is to hold.
    #[must_use]
    pub fn settings(&self) -> &ImageSettings {
        &self.settings
    }

    /// Adds a measure that is a program. Its name and description belong to the settings: two
    /// programs of one description are taken for the same.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a name that is there already.
    pub fn custom(mut self, measure: CustomMeasure) -> Result<Self> {
        let described = format!("{}: {}", measure.name(), measure.description());
        self.measures = self.measures.custom(measure)?;
        self.settings.programs.push(described);
        self.settings.programs.sort_unstable();
        Ok(self)
    }

    /// Measures how far each picture is from those of `set`, all together: `quality.distance`
    /// (see [`NaturalnessModel`]).
    ///
    /// # Errors
    /// Those of reading the set; [`ErrorKind::Input`] where its pictures are too few or too
    /// small for a model.
    pub fn with_quality_of(mut self, set: &ImageSet) -> Result<Self> {
        let mut fit = NaturalnessFit::new(NaturalnessFit::DEFAULT_SIDE)?;
        set.for_each(|_, picture| {
            if let Ok(pixels) = &picture.pixels {
                fit.update(pixels);
            }
            Ok(())
        })?;
        let model = fit.fit()?;
        self.settings.quality = Some(super::wire::to_body(&model));
        self.model = Some(Arc::new(model));
        Ok(self)
    }

    /// Holds each picture against that of the same name in a folder: `quality.mse`,
    /// `quality.psnr` (dB) and `quality.ssim` (see [`Similarity`]); null where there is none of
    /// this name, counted where it has another size.
    #[must_use]
    pub fn paired_with(mut self, folder: impl Into<PathBuf>, reader: ImageReader) -> Self {
        self.pairs = Some((folder.into(), reader));
        self
    }

    /// The same as a function, for an [`ImageSet`].
    #[must_use]
    pub fn measuring(self) -> Measuring {
        Arc::new(move |picture: &Picture, id: &str| self.measure(picture, id))
    }

    /// Measures a picture; `id` is its path within its folder.
    ///
    /// Besides what [`Measures`] say: `file.pixels`, `read` or why there are none; it is not
    /// there where pixels were not asked for.
    #[must_use]
    pub fn measure(&self, picture: &Picture, id: &str) -> Measured {
        let mut measured = Measured::default();
        let problems = picture.exif.problems().iter();
        measured.problems = problems.map(|p| format!("EXIF: {p}").into()).collect();
        put(
            &mut measured,
            self.measures.file(&picture.facts, &picture.exif),
        );
        put(&mut measured, self.measures.exif(&picture.exif));
        if !self.settings.pixels {
            return measured;
        }
        let state = match &picture.pixels {
            Ok(_) => "read",
            Err(fault) => fault.name(),
        };
        put(&mut measured, vec![("file.pixels".into(), state.into())]);
        match &picture.pixels {
            Ok(pixels) => self.pixels(pixels, id, &mut measured),
            Err(_) => put(&mut measured, self.no_pixels()),
        }
        measured
    }

    /// Measures a picture in memory: its size and its pixels, which stand upright. Of files
    /// it says nothing, and nothing of EXIF unless `exif` is given.
    ///
    /// ```
    /// use driftsphere::ingest::image::Pixels;
    /// use driftsphere::ndarray::Array3;
    /// use driftsphere::profile::{ImageMeasures, ImageSettings};
    ///
    /// let frame = Array3::<u8>::zeros((480, 640, 3));
    /// let measures = ImageMeasures::new(&ImageSettings::default())?;
    /// let measured = measures.measure_pixels(&Pixels::from_hwc(frame.view())?, None, "frame 1");
    /// assert!(measured.fingerprint.is_some());
    /// let names: Vec<&str> = measured.values.iter().map(|(name, _)| name.as_ref()).collect();
    /// assert_eq!(&names[..2], ["file.width", "file.height"]);
    /// assert!(names.contains(&"pixels.brightness"));
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    #[must_use]
    pub fn measure_pixels(&self, pixels: &Pixels, exif: Option<&Exif>, id: &str) -> Measured {
        let mut measured = Measured::default();
        put(
            &mut measured,
            self.measures.size(pixels.width(), pixels.height()),
        );
        if let Some(exif) = exif {
            put(&mut measured, self.measures.exif(exif));
        }
        if self.settings.pixels {
            self.pixels(pixels, id, &mut measured);
        }
        measured
    }

    fn pixels(&self, pixels: &Pixels, id: &str, measured: &mut Measured) {
        match self.measures.pixels(pixels) {
            Ok(found) => {
                put(measured, found.values);
                measured.vectors = found.vectors;
                measured.fingerprint = Some(found.fingerprint);
                let failures = found.failures.into_iter();
                let failures = failures.map(|failure| format!("custom.{failure}").into());
                measured.problems.extend(failures);
            }
            Err(error) => {
                measured
                    .problems
                    .push(format!("pixels: {}", error.message()).into());
                put(measured, self.no_pixels());
            }
        }
        if let Some(model) = &self.model {
            let distance = model.distance(pixels).into();
            put(measured, vec![("quality.distance".into(), distance)]);
        }
        if let Some((folder, reader)) = &self.pairs {
            let reference = reference_of(folder, id, reader);
            if let Err(problem) = &reference {
                measured.problems.push((*problem).into());
            }
            let similarity = reference
                .ok()
                .map(|reference| Similarity::of(&reference, pixels));
            let similarity = match similarity {
                Some(Err(_)) => {
                    measured.problems.push(OTHER_SIZE.into());
                    None
                }
                found => found.and_then(Result::ok),
            };
            let part = |part: fn(Similarity) -> Option<f64>| similarity.and_then(part).into();
            put(
                measured,
                vec![
                    ("quality.mse".into(), part(|s| Some(s.mse))),
                    ("quality.psnr".into(), part(|s| Some(s.psnr))),
                    ("quality.ssim".into(), part(|s| s.ssim)),
                ],
            );
        }
    }

    /// A picture whose pixels cannot be read lacks their measures, and says so.
    fn no_pixels(&self) -> Values {
        let names = PixelMeasures::NAMES.into_iter();
        let names = names.map(|name| Cow::Owned(format!("pixels.{name}")));
        let names = names.filter(|name| self.measures.takes(name));
        names.map(|name| (name, Value::Null)).collect()
    }
}

/// The picture of the same name, if the name stays within the folder.
fn reference_of(
    folder: &Path,
    id: &str,
    reader: &ImageReader,
) -> std::result::Result<Pixels, &'static str> {
    let name = Path::new(id);
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !name.components().all(is_plain) {
        return Err(NO_NAME);
    }
    let path = folder.join(name);
    if !path.exists() {
        return Err(NO_REFERENCE);
    }
    let picture = reader.read(path).map_err(|_| UNREADABLE)?;
    picture.pixels.map_err(|_| UNREADABLE)
}

fn put(measured: &mut Measured, values: Values) {
    let cell = |value| match value {
        Value::Int(value) => Cell::Int(value),
        Value::Float(value) => Cell::Float(value),
        Value::Bool(value) => Cell::Bool(value),
        Value::Text(value) => Cell::Text(value),
        Value::Null => Cell::Null,
    };
    let values = values.into_iter();
    measured
        .values
        .extend(values.map(|(name, value)| (name, cell(value))));
}
