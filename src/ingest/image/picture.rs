//! One picture, read from a file or from bytes.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use super::budget::{Budget, Permit};
use super::deadline::Deadline;
use super::decode::decode;
use super::decoder::{Decoder, Decoders, SHOWN};
use super::exif::Exif;
use super::facts::FileFacts;
use super::fault::Fault;
use super::format::ImageFormat;
use super::header::{self, Header, ReadSeek};
use super::limits::ImageLimits;
use super::orientation::Orientation;
use super::pixels::Pixels;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::quiet::quietly;

/// Bytes of a file that are read at once while its header is looked for.
const HEADER_BUFFER: usize = 16 << 10;

/// What was read of one picture.
#[derive(Debug, Clone)]
pub struct Picture {
    /// What file and header say.
    pub facts: FileFacts,
    /// What the camera wrote into it; without tags where there is no EXIF.
    pub exif: Exif,
    /// The first frame, turned upright; or why there is none.
    pub pixels: std::result::Result<Pixels, Fault>,
}

/// Reads pictures: what the header says, EXIF, and pixels.
///
/// The format is told by content, never by the name. What cannot be decoded keeps what its
/// header says; see [`Picture::pixels`].
///
/// ```
/// use driftsphere::ingest::image::{Fault, ImageReader};
///
/// let path = "tests/data/images/piexif__02.jpg";
/// let picture = ImageReader::new().read(path)?;
/// assert_eq!((picture.facts.width, picture.facts.height), (400, 210));
/// assert_eq!(picture.pixels.unwrap().area(), 400 * 210);
///
/// let header = ImageReader::new().headers_only().read(path)?;
/// assert_eq!(header.facts, picture.facts);
/// assert_eq!(header.pixels, Err(Fault::NotAsked));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Clone)]
pub struct ImageReader {
    limits: ImageLimits,
    decoders: Decoders,
    headers_only: bool,
    float_range: (f32, f32),
}

impl Default for ImageReader {
    fn default() -> Self {
        Self {
            limits: ImageLimits::default(),
            decoders: Decoders::default(),
            headers_only: false,
            float_range: (0.0, 1.0),
        }
    }
}

impl ImageReader {
    /// All known formats, the default limits, pixels too.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: ImageLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds a format of one's own.
    #[must_use]
    pub fn decoder(mut self, decoder: Arc<dyn Decoder>) -> Self {
        self.decoders.push(decoder);
        self
    }

    /// Reads no pixels, and of each file no more than its header needs.
    #[must_use]
    pub fn headers_only(mut self) -> Self {
        self.headers_only = true;
        self
    }

    /// Black and white of files of floating-point samples (TIFF), which nothing in the file says;
    /// 0 and 1 otherwise. A picture with samples beyond by more than 1 % of the range is counted
    /// as [`Fault::OutOfRange`]. A range that is none leaves no picture within it.
    ///
    /// ```
    /// use driftsphere::ingest::image::ImageReader;
    ///
    /// let counts_of_a_camera = ImageReader::new().float_range(0.0..=4095.0);
    /// # let _ = counts_of_a_camera;
    /// ```
    #[must_use]
    pub fn float_range(mut self, range: RangeInclusive<f32>) -> Self {
        self.float_range = range.into_inner();
        self
    }

    pub(crate) fn max_seconds(&self) -> u32 {
        self.limits.max_seconds
    }

    /// Whether only headers are read.
    #[must_use]
    pub fn is_headers_only(&self) -> bool {
        self.headers_only
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] where it cannot be opened; [`ErrorKind::Input`] where it is of no
    /// known format, or its header is damaged. A picture whose pixels alone cannot be read is
    /// no error.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Picture> {
        let path = path.as_ref();
        self.try_file(path)
            .map_err(|fault| fault.into_error().at("file", path.display()))
    }

    /// Reads a file, for those who count what cannot be read by its reason.
    ///
    /// # Errors
    ///
    /// The fault, where not even the header can be read.
    pub fn try_file(&self, path: impl AsRef<Path>) -> std::result::Result<Picture, Fault> {
        self.read_file(path.as_ref(), &Watch::alone())
    }

    /// Reads bytes in memory; `name` is what a file of them would be called.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] as for [`read`](Self::read).
    pub fn read_bytes(&self, bytes: &[u8], name: &str) -> Result<Picture> {
        self.try_bytes(bytes, name)
            .map_err(|fault| fault.into_error().at("file", name))
    }

    /// Reads bytes in memory, for those who count what cannot be read by its reason.
    ///
    /// ```
    /// use driftsphere::ingest::image::{Fault, ImageReader};
    ///
    /// let cut = &std::fs::read("tests/data/images/skimage__moon.png").unwrap()[..100];
    /// assert_eq!(ImageReader::new().try_bytes(&[], "a.png").unwrap_err(), Fault::Empty);
    /// let picture = ImageReader::new().try_bytes(cut, "a.png").unwrap();
    /// assert!(picture.pixels.is_err() && picture.facts.width == 512);
    /// ```
    ///
    /// # Errors
    ///
    /// The fault, where not even the header can be read.
    pub fn try_bytes(&self, bytes: &[u8], name: &str) -> std::result::Result<Picture, Fault> {
        let mut file = Cursor::new(bytes);
        let extension = extension(Path::new(name));
        self.read_from(&mut file, bytes.len() as u64, extension, &Watch::alone())
    }

    pub(crate) fn read_file(
        &self,
        path: &Path,
        watch: &Watch<'_>,
    ) -> std::result::Result<Picture, Fault> {
        // Asked before opening: opening a pipe would wait for its writer.
        let data = std::fs::metadata(path).map_err(|_| Fault::Unreadable)?;
        if !data.is_file() {
            return Err(Fault::Unreadable);
        }
        let file = File::open(path).map_err(|_| Fault::Unreadable)?;
        let mut file = BufReader::with_capacity(HEADER_BUFFER, file);
        self.read_from(&mut file, data.len(), extension(path), watch)
    }

    fn read_from(
        &self,
        file: &mut dyn ReadSeek,
        bytes: u64,
        extension: String,
        watch: &Watch<'_>,
    ) -> std::result::Result<Picture, Fault> {
        if bytes == 0 {
            return Err(Fault::Empty);
        }
        let mut start = Vec::with_capacity(SHOWN);
        Read::take(&mut *file, SHOWN as u64).read_to_end(&mut start)?;
        file.seek_relative(-(start.len() as i64))?;
        let kind = Kind::of(&start, &extension, &self.decoders).ok_or(Fault::Unknown)?;
        let header = quietly(|| kind.header(file)).ok_or(Fault::Panicked)??;
        let exif = header
            .exif
            .as_deref()
            .map(Exif::of_block)
            .unwrap_or_default();
        let orientation = header.orientation.or_else(|| exif.orientation());
        let orientation = orientation.unwrap_or_default();
        let mut facts = kind.facts(&header, orientation, bytes, &extension);
        facts.dpi = facts.dpi.or_else(|| exif.dpi());
        let pixels = self.pixels(file, &kind, &header, bytes, watch);
        let pixels = pixels.map(|pixels| pixels.oriented(orientation));
        if let Ok(pixels) = &pixels {
            // Of an icon, another of its pictures may have been taken.
            (facts.width, facts.height) = (pixels.width(), pixels.height());
        }
        Ok(Picture {
            facts,
            exif,
            pixels,
        })
    }

    fn pixels(
        &self,
        file: &mut dyn ReadSeek,
        kind: &Kind<'_>,
        header: &Header,
        bytes: u64,
        watch: &Watch<'_>,
    ) -> std::result::Result<Pixels, Fault> {
        let area = u64::from(header.width) * u64::from(header.height);
        if self.headers_only {
            return Err(Fault::NotAsked);
        }
        if !kind.has_pixels() {
            return Err(Fault::NoDecoder);
        }
        if bytes > self.limits.max_bytes {
            return Err(Fault::TooManyBytes);
        }
        if area > self.limits.max_pixels {
            return Err(Fault::TooManyPixels);
        }
        // The file, and its pixels twice: as stored, and turned.
        let samples = 4 * u64::from(header.bit_depth.div_ceil(8));
        watch.begin(bytes + 2 * area * samples);
        file.rewind()?;
        let mut whole = Vec::new();
        file.take(self.limits.max_bytes).read_to_end(&mut whole)?;
        let deadline = Deadline::after(self.limits.max_seconds);
        let decoded = quietly(|| kind.pixels(&whole, header, self, deadline));
        decoded.unwrap_or(Err(Fault::Panicked))
    }
}

impl std::fmt::Debug for ImageReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let formats: Vec<&str> = self.decoders.iter().map(|d| d.format()).collect();
        f.debug_struct("ImageReader")
            .field("limits", &self.limits)
            .field("decoders", &formats)
            .field("headers_only", &self.headers_only)
            .field("float_range", &self.float_range)
            .finish()
    }
}

/// Who minds memory and time while a picture is decoded.
pub(crate) struct Watch<'a> {
    pub(crate) budget: Option<&'a Arc<Budget>>,
    /// Takes over what was permitted, when decoding begins.
    pub(crate) begun: &'a dyn Fn(Permit),
}

impl Watch<'_> {
    /// Nobody: one picture at a time.
    pub(super) fn alone() -> Self {
        Watch {
            budget: None,
            begun: &|_| {},
        }
    }

    fn begin(&self, bytes: u64) {
        if let Some(budget) = self.budget {
            (self.begun)(budget.take(bytes));
        }
    }
}

/// What a file was told to be.
enum Kind<'a> {
    Known(ImageFormat),
    Own(&'a dyn Decoder),
}

impl<'a> Kind<'a> {
    fn of(start: &[u8], extension: &str, decoders: &'a Decoders) -> Option<Self> {
        let own = decoders.iter().find(|decoder| decoder.recognises(start));
        match own {
            Some(decoder) => Some(Self::Own(decoder.as_ref())),
            None => ImageFormat::of(start, extension).map(Self::Known),
        }
    }

    fn header(&self, file: &mut dyn ReadSeek) -> std::result::Result<Header, Fault> {
        match self {
            Self::Known(format) => header::read(*format, file),
            Self::Own(decoder) => {
                let mut file = file;
                let header = decoder.header(&mut file).map_err(|e| own_fault(&e))?;
                match header.width == 0 || header.height == 0 {
                    true => Err(Fault::Damaged),
                    false => Ok(header),
                }
            }
        }
    }

    fn has_pixels(&self) -> bool {
        match self {
            Self::Known(format) => format.has_pixels(),
            Self::Own(_) => true,
        }
    }

    fn pixels(
        &self,
        bytes: &[u8],
        header: &Header,
        reader: &ImageReader,
        deadline: Deadline,
    ) -> std::result::Result<Pixels, Fault> {
        let limits = &reader.limits;
        match self {
            Self::Known(format) => decode(*format, bytes, limits, reader.float_range, deadline),
            Self::Own(decoder) => decoder
                .pixels(bytes, header, limits)
                .map_err(|e| own_fault(&e)),
        }
    }

    fn facts(
        &self,
        header: &Header,
        orientation: Orientation,
        bytes: u64,
        extension: &str,
    ) -> FileFacts {
        let (format, matches) = match self {
            Self::Known(format) => {
                let matches = format.extensions().contains(&extension);
                (format.name().into(), matches)
            }
            Self::Own(decoder) => {
                let usual = decoder.extensions();
                let matches = usual.is_empty() || usual.contains(&extension);
                (decoder.format().to_owned().into(), matches)
            }
        };
        let (width, height) = orientation.size(header.width, header.height);
        FileFacts {
            bytes,
            format,
            colour: header.colour,
            bit_depth: header.bit_depth,
            width,
            height,
            orientation,
            icc: header.icc.clone(),
            dpi: header.dpi,
            jpeg: header.jpeg,
            animated: header.animated,
            extension_matches: (!extension.is_empty()).then_some(matches),
        }
    }
}

fn own_fault(error: &Error) -> Fault {
    match error.kind() {
        ErrorKind::Limit => Fault::TooMuchMemory,
        ErrorKind::Io => Fault::Unreadable,
        _ => Fault::Damaged,
    }
}

/// In lower case, empty where there is none.
fn extension(path: &Path) -> String {
    let extension = path.extension().unwrap_or_default();
    extension.to_string_lossy().to_ascii_lowercase()
}
