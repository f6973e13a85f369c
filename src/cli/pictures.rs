//! Pictures among the inputs: what flags, or a profile that is followed, say of them.

use super::input_args::{As, ImageArgs, PixelsRead};
use driftsphere::ingest::InputFile;
use driftsphere::ingest::image::{ImageLimits, ImageReader, ImageSet, Measured};
use driftsphere::profile::{ImageMeasures, ImageSettings, ProfileConfig};
use driftsphere::{Error, ErrorKind, Result};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of a file of custom measures that are read: one more than is accepted.
const MEASURES_READ: u64 = (1 << 20) + 1;

/// How pictures are read and measured, once it is known that there are some.
#[derive(Debug)]
pub(super) struct Pictures {
    pub(super) settings: ImageSettings,
    measures: ImageMeasures,
    limits: ImageLimits,
    paths: Option<String>,
}

/// Whether an input is a picture, a folder of them, or a list.
pub(super) fn are_pictures(path: &Path, kind: Option<As>) -> bool {
    match kind {
        Some(As::Images) => true,
        Some(_) => false,
        None => path.is_dir() || ImageSet::is_picture(path),
    }
}

impl Pictures {
    /// As typed, or as a profile was measured that is to be followed.
    pub(super) fn new(args: &ImageArgs, like: Option<&ProfileConfig>) -> Result<Self> {
        let settings = match like {
            Some(config) => followed(args, config)?,
            None => typed(args)?,
        };
        let limits = ImageLimits {
            max_pixels: settings.max_pixels,
            max_bytes: settings.max_bytes,
            max_seconds: args
                .max_seconds
                .unwrap_or(ImageLimits::default().max_seconds),
        };
        let mut measures = ImageMeasures::new(&settings)?;
        if let Some(path) = &args.quality_reference {
            let reader = reader(&settings, limits);
            if like.is_none() {
                let set = reference(path, reader.clone())?;
                let fitted = measures.with_quality_of(&set);
                measures = fitted.map_err(|e| e.at("option", "--quality-reference"))?;
            }
            measures = measures.paired_with(path, reader);
        }
        Ok(Self {
            settings: measures.settings().clone(),
            measures,
            limits,
            paths: args.paths.clone(),
        })
    }

    /// The pictures behind some inputs, one after the other.
    pub(super) fn open(&self, inputs: &[PathBuf]) -> Result<InputFile> {
        let mut reader = reader(&self.settings, self.limits);
        if !self.settings.pixels {
            reader = reader.headers_only();
        }
        let mut set = ImageSet::new(reader, self.measures.clone().measuring());
        for path in inputs {
            add(&mut set, path, self.paths.as_deref())?;
        }
        Ok(InputFile::of_images(set))
    }
}

fn reader(settings: &ImageSettings, limits: ImageLimits) -> ImageReader {
    let (black, white) = settings.float_range;
    ImageReader::new().limits(limits).float_range(black..=white)
}

fn add(set: &mut ImageSet, path: &Path, paths: Option<&str>) -> Result<()> {
    if path.is_dir() {
        set.add_folder(path);
    } else if ImageSet::is_picture(path) {
        set.add_file(path);
    } else {
        let kind = As::Images.of_file();
        let file = InputFile::open_with(path, kind, &Default::default())?;
        set.add_list(file, paths)?;
    }
    Ok(())
}

/// Pictures that others are held against.
fn reference(path: &Path, reader: ImageReader) -> Result<ImageSet> {
    let mut set = ImageSet::new(reader, Arc::new(|_, _| Measured::default()));
    add(&mut set, path, None).map_err(|e| e.at("option", "--quality-reference"))?;
    Ok(set)
}

fn typed(args: &ImageArgs) -> Result<ImageSettings> {
    let usual = ImageSettings::default();
    let settings = ImageSettings {
        pixels: args.pixels != Some(PixelsRead::None),
        sample_pixels: args.sample_pixels,
        float_range: float_range(args).unwrap_or(usual.float_range),
        model_input: args.model_input,
        exif_allow: args.exif_allow.clone(),
        exif_deny: args.exif_deny.clone(),
        custom: args.measures.as_deref().map(measures).transpose()?,
        max_pixels: args.max_pixels.unwrap_or(usual.max_pixels),
        max_bytes: args.max_bytes.unwrap_or(usual.max_bytes),
        ..usual
    };
    settings.check()?;
    if !settings.pixels {
        let idle = [
            ("--sample-pixels", args.sample_pixels.is_some()),
            ("--float-range", !args.float_range.is_empty()),
            ("--measures", args.measures.is_some()),
            ("--quality-reference", args.quality_reference.is_some()),
        ];
        if let Some((option, _)) = idle.into_iter().find(|(_, typed)| *typed) {
            let message = "without pixels there is nothing to measure; leave out --pixels none";
            return Err(Error::new(ErrorKind::Argument, message).at("option", option));
        }
    }
    Ok(settings)
}

/// The settings of a profile, which flags may name again but not change.
fn followed(args: &ImageArgs, config: &ProfileConfig) -> Result<ImageSettings> {
    let Some(settings) = &config.images else {
        let message = "the input has pictures, the profile that is followed was made of none";
        return Err(Error::new(ErrorKind::Incompatible, message));
    };
    let mut asked = settings.clone();
    if let Some(pixels) = args.pixels {
        asked.pixels = pixels == PixelsRead::All;
    }
    asked.sample_pixels = args.sample_pixels.or(asked.sample_pixels);
    asked.float_range = float_range(args).unwrap_or(asked.float_range);
    asked.model_input = args.model_input.or(asked.model_input);
    if !args.exif_allow.is_empty() {
        asked.exif_allow.clone_from(&args.exif_allow);
    }
    if !args.exif_deny.is_empty() {
        asked.exif_deny.clone_from(&args.exif_deny);
    }
    if let Some(path) = &args.measures {
        asked.custom = Some(measures(path)?);
    }
    asked.max_pixels = args.max_pixels.unwrap_or(asked.max_pixels);
    asked.max_bytes = args.max_bytes.unwrap_or(asked.max_bytes);
    match settings.difference(&asked) {
        None => Ok(asked),
        Some((setting, own, other)) => Err(Error::new(
            ErrorKind::Incompatible,
            format!(
                "the profile that is followed was made with {setting}: {own}; asked for: {other}; \
                 pictures are measured as it was"
            ),
        )),
    }
}

fn float_range(args: &ImageArgs) -> Option<(f32, f32)> {
    match args.float_range[..] {
        [black, white] => Some((black, white)),
        _ => None,
    }
}

fn measures(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MEASURES_READ).read_to_end(&mut bytes))
        .map_err(|error| Error::io(error, path))?;
    String::from_utf8(bytes).map_err(|_| {
        Error::new(ErrorKind::Input, "custom measures are UTF-8 text").at("file", path.display())
    })
}
