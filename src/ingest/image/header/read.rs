//! One door to the headers of all formats.

use std::io::{Read, Seek};

use super::super::facts::{Colour, JpegFacts};
use super::super::fault::Fault;
use super::super::format::ImageFormat;
use super::super::orientation::Orientation;
use super::{gif, isobmff, jp2, jpeg, png, simple, tiff, webp};

/// What a header says, as stored: before the picture is turned upright.
///
/// A [`Decoder`](crate::ingest::image::Decoder) fills in what it knows:
///
/// ```
/// use driftsphere::ingest::image::{Colour, Header};
///
/// let header = Header {
///     exif: None,
///     ..Header::new(640, 480, Colour::Grey, 16)
/// };
/// assert!(!header.animated);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// What the samples mean.
    pub colour: Colour,
    /// Bits of a sample.
    pub bit_depth: u8,
    /// What the container itself says of how to turn the picture; that of EXIF holds otherwise.
    pub orientation: Option<Orientation>,
    /// Description of the ICC profile.
    pub icc: Option<String>,
    /// Pixels per inch, across and down.
    pub dpi: Option<[f64; 2]>,
    /// What is known of a JPEG.
    pub jpeg: Option<JpegFacts>,
    /// Whether there are further frames.
    pub animated: bool,
    /// The EXIF block: the bytes of a TIFF structure.
    pub exif: Option<Vec<u8>>,
    /// Whether metadata were passed over because they take more than 4 MiB.
    pub metadata_too_long: bool,
}

impl Header {
    /// A header of which no more is known than this.
    #[must_use]
    pub fn new(width: u32, height: u32, colour: Colour, bit_depth: u8) -> Self {
        Self {
            width,
            height,
            colour,
            bit_depth,
            orientation: None,
            icc: None,
            dpi: None,
            jpeg: None,
            animated: false,
            exif: None,
            metadata_too_long: false,
        }
    }
}

/// A file, or bytes in memory.
pub(crate) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek + ?Sized> ReadSeek for T {}

/// Metadata that are taken in of one picture, in bytes.
pub(super) const MAX_METADATA: usize = 4 << 20;

/// Reads the header of a file of known format, from its beginning.
pub(crate) fn read(format: ImageFormat, file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    let header = match format {
        ImageFormat::Jpeg => jpeg::read(file),
        ImageFormat::Png => png::read(file),
        ImageFormat::WebP => webp::read(file),
        ImageFormat::Gif => gif::read(file),
        ImageFormat::Tiff => tiff::read(file),
        ImageFormat::Avif | ImageFormat::Heif => isobmff::read(file),
        ImageFormat::Jpeg2000 => jp2::read(file),
        ImageFormat::Bmp => simple::bmp(file),
        ImageFormat::Pnm => simple::pnm(file),
        ImageFormat::Qoi => simple::qoi(file),
        ImageFormat::Tga => simple::tga(file),
        ImageFormat::Ico => simple::ico(file),
    }?;
    match header.width == 0 || header.height == 0 {
        true => Err(Fault::Damaged),
        false => Ok(header),
    }
}

/// The next bytes.
pub(super) fn bytes<const N: usize>(file: &mut dyn ReadSeek) -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The next `len` bytes, taken as they come; fewer are an error.
pub(super) fn body(file: &mut dyn ReadSeek, len: usize) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::with_capacity(len.min(64 << 10));
    file.take(len as u64).read_to_end(&mut body)?;
    match body.len() == len {
        true => Ok(body),
        false => Err(Fault::Truncated),
    }
}

/// Passes over bytes. A file may end meanwhile: the next read says so.
pub(super) fn skip(file: &mut dyn ReadSeek, len: u64) -> Result<(), Fault> {
    let len = i64::try_from(len).map_err(|_| Fault::Damaged)?;
    file.seek_relative(len)?;
    Ok(())
}

/// Pixels per metre as pixels per inch.
pub(super) fn per_inch(per_metre: f64) -> f64 {
    per_metre * 0.0254
}
