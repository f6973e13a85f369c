//! One EXIF block, read.

use std::fmt;

use exif::{Error as ReadError, Exif as Block, In, Reader, Tag};

use super::decode::{code_of, decode};
use super::scale::PixelSize;
use super::tags::{Access, Kind, ROWS};
use super::time::{CaptureTime, capture_time};
use crate::ingest::image::Orientation;

/// A value of a tag, in the unit that its name stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum TagValue {
    /// A number.
    Number(f64),
    /// A text without the padding around it; not empty.
    Text(String),
    /// A truth value.
    Flag(bool),
}

/// What is wrong with a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TagProblem {
    /// A type that the tag cannot have.
    Type,
    /// Fewer values than the tag needs.
    Empty,
    /// A fraction over zero.
    ZeroDenominator,
    /// A floating-point number that is none.
    NotFinite,
    /// Text in an encoding that is not read.
    Encoding,
    /// A unit that is not known, or missing.
    Unit,
    /// A date that does not exist.
    Date,
}

impl TagProblem {
    /// The reason in words.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Type => "unexpected type",
            Self::Empty => "too few values",
            Self::ZeroDenominator => "fraction over zero",
            Self::NotFinite => "not a finite number",
            Self::Encoding => "text in an unknown encoding",
            Self::Unit => "unknown unit",
            Self::Date => "no date",
        }
    }
}

/// Something in an EXIF block that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExifProblem {
    /// One tag.
    Tag {
        /// Its name as [`Exif::get`] has it, `time` for the date.
        name: &'static str,
        /// What is wrong with it.
        problem: TagProblem,
    },
    /// A part of the directories, as the reader of EXIF names it.
    Directory(String),
}

/// Few texts for many pictures, as they are counted: `exposure_time: fraction over zero`.
impl fmt::Display for ExifProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag { name, problem } => write!(f, "{name}: {}", problem.reason()),
            Self::Directory(reason) => f.write_str(reason),
        }
    }
}

/// The tags of one picture.
///
/// | names | unit |
/// | --- | --- |
/// | `exposure_time` | s (of `ExposureTime`, else of the APEX value) |
/// | `f_number`, `max_aperture` | focal length / aperture |
/// | `iso` | ISO 12232 speed |
/// | `exposure_bias`, `brightness_value` | EV (APEX) |
/// | `focal_length`, `focal_length_35mm` | mm |
/// | `digital_zoom` | ratio, 1 without zoom |
/// | `subject_distance` | m; infinity is a value |
/// | `focal_plane_resolution` | pixels per mm of the sensor |
/// | `flash_fired` | yes or no |
/// | `flash_mode`, `metering`, `white_balance`, ... | words of the standard |
/// | `make`, `model`, `lens`, `software`, ... | text |
/// | `gps_latitude`, `gps_longitude`, `gps_direction` | degrees, north and east positive |
/// | `gps_altitude` | m above the sea |
/// | `gps_time` | hours UTC |
///
/// [`tag_names`](super::tag_names) lists all, with who may see them.
///
/// ```
/// use driftsphere::ingest::image::{Exif, TagValue};
///
/// // Little endian, one tag: Model, 5 bytes of text at 26.
/// let block = b"II\x2a\0\x08\0\0\0\x01\0\x10\x01\x02\0\x05\0\0\0\x1a\0\0\0\0\0\0\0DC-1\0";
/// let exif = Exif::of_block(block);
/// assert_eq!(exif.get("model"), Some(&TagValue::Text("DC-1".to_owned())));
/// assert!(exif.problems().is_empty());
///
/// let cut = Exif::of_block(&block[..28]);
/// assert_eq!(cut.problems()[0].to_string(), "Truncated field value");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exif {
    tags: Vec<(&'static str, Access, TagValue)>,
    problems: Vec<ExifProblem>,
    orientation: Option<Orientation>,
    resolution: Option<Resolution>,
    time: Option<CaptureTime>,
    pixel_size: Option<PixelSize>,
}

/// Samples per unit of length, as the primary directory has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Resolution {
    pub(super) per_unit: [f64; 2],
    /// 1: none, 2: inch, 3: centimetre.
    pub(super) unit: u32,
}

impl Exif {
    /// Reads a block that begins with the byte order, as a TIFF file does (in a JPEG,
    /// what follows `Exif\0\0`, which may be there). What cannot be read is in [`Exif::problems`].
    ///
    /// A value is read only where its tag has a name here, so that memory is bounded by
    /// the number of names times the length of the block, whatever it claims.
    #[must_use]
    pub fn of_block(block: &[u8]) -> Self {
        let mut problems = Vec::new();
        // Some writers put the mark of a JPEG's segment before the block in WebP and PNG.
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        let read = Reader::new()
            .continue_on_error(true)
            .read_raw(block.to_vec())
            .or_else(|error| {
                error.distill_partial_result(|errors| {
                    problems.extend(errors.iter().map(directory));
                })
            });
        match read {
            Ok(block) => Self::read(&block, problems),
            Err(error) => Self {
                problems: vec![directory(&error)],
                ..Self::default()
            },
        }
    }

    fn read(block: &Block, problems: Vec<ExifProblem>) -> Self {
        let mut exif = Self {
            problems,
            orientation: code_of(block, Tag::Orientation).and_then(Orientation::of_exif),
            ..Self::default()
        };
        for row in ROWS {
            if exif.get(row.name).is_some() {
                continue;
            }
            let Some(field) = block.get_field(row.tag, In::PRIMARY) else {
                continue;
            };
            match decode(block, field, row.kind) {
                Ok(Some(value)) => exif.tags.push((row.name, row.access, value)),
                Ok(None) => {}
                Err(problem) => exif.problem(row.name, problem),
            }
        }
        match capture_time(block) {
            Ok(time) => exif.time = time,
            Err(problem) => exif.problem("time", problem),
        }
        exif.resolution = resolution(block);
        exif.pixel_size = PixelSize::of(exif.description(), exif.resolution);
        exif
    }

    fn problem(&mut self, name: &'static str, problem: TagProblem) {
        let new = ExifProblem::Tag { name, problem };
        // Two names may be made of one tag.
        if !self.problems.contains(&new) {
            self.problems.push(new);
        }
    }

    fn description(&self) -> Option<&str> {
        match self.get("description") {
            Some(TagValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The value of a tag.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&TagValue> {
        let found = self.tags.iter().find(|(own, _, _)| *own == name);
        found.map(|(_, _, value)| value)
    }

    /// Names, who may see them, and values; each name once.
    pub fn tags(&self) -> impl ExactSizeIterator<Item = (&'static str, Access, &TagValue)> {
        self.tags
            .iter()
            .map(|(name, access, value)| (*name, *access, value))
    }

    /// What could not be read, in the order in which it was found.
    #[must_use]
    pub fn problems(&self) -> &[ExifProblem] {
        &self.problems
    }

    /// What has to be done so that the picture stands upright.
    #[must_use]
    pub fn orientation(&self) -> Option<Orientation> {
        self.orientation
    }

    /// Pixels per inch, across and down, as the primary directory states it.
    #[must_use]
    pub fn dpi(&self) -> Option<[f64; 2]> {
        let Resolution { per_unit, unit } = self.resolution?;
        match unit {
            2 => Some(per_unit),
            3 => Some(per_unit.map(|v| v * 2.54)),
            _ => None,
        }
    }

    /// When the picture was taken.
    #[must_use]
    pub fn capture_time(&self) -> Option<CaptureTime> {
        self.time
    }

    /// When the picture was taken, in milliseconds since 1970 UTC; see
    /// [`CaptureTime::milliseconds`].
    #[must_use]
    pub fn time(&self) -> Option<i64> {
        self.time.map(CaptureTime::milliseconds)
    }

    /// How much of the world a pixel shows, where a microscope or the resolution says it.
    #[must_use]
    pub fn pixel_size(&self) -> Option<PixelSize> {
        self.pixel_size
    }
}

fn directory(error: &ReadError) -> ExifProblem {
    ExifProblem::Directory(error.to_string())
}

fn resolution(block: &Block) -> Option<Resolution> {
    let value = |tag: Tag| {
        let field = block.get_field(tag, In::PRIMARY)?;
        match decode(block, field, Kind::Number) {
            Ok(Some(TagValue::Number(value))) if value > 0.0 => Some(value),
            _ => None,
        }
    };
    let across = value(Tag::XResolution)?;
    Some(Resolution {
        per_unit: [across, value(Tag::YResolution).unwrap_or(across)],
        unit: code_of(block, Tag::ResolutionUnit).unwrap_or(2),
    })
}
