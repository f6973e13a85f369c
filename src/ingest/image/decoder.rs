//! Formats that a user adds.

use std::io::Read;
use std::sync::Arc;

use super::header::Header;
use super::limits::ImageLimits;
use super::pixels::Pixels;
use crate::error::Result;

/// A format of pictures of one's own: DICOM, raw sensor data, anything that is neither of
/// [`ImageFormat`](super::ImageFormat) nor to be read as that reads it.
///
/// It is asked before the formats that are known, in the order in which decoders were given.
/// An error or a panic of it costs one picture, counted by reason: an error of kind
/// [`Limit`](crate::ErrorKind::Limit) as one beyond the limits, any other as damaged.
///
/// ```
/// use std::io::Read;
/// use std::sync::Arc;
///
/// use driftsphere::ingest::image::{
///     Channels, Colour, Decoder, Header, ImageLimits, ImageReader, Pixels, Samples,
/// };
/// use driftsphere::{Error, ErrorKind, Result};
///
/// /// `RAW8`, width and height as bytes, then one byte for each pixel.
/// struct Raw8;
///
/// impl Decoder for Raw8 {
///     fn format(&self) -> &str {
///         "raw8"
///     }
///
///     fn recognises(&self, start: &[u8]) -> bool {
///         start.starts_with(b"RAW8")
///     }
///
///     fn header(&self, file: &mut dyn Read) -> Result<Header> {
///         let mut head = [0; 6];
///         let cut = |e| Error::new(ErrorKind::Input, "cut within the header").because(e);
///         file.read_exact(&mut head).map_err(cut)?;
///         Ok(Header::new(head[4].into(), head[5].into(), Colour::Grey, 8))
///     }
///
///     fn pixels(&self, bytes: &[u8], header: &Header, _: &ImageLimits) -> Result<Pixels> {
///         let samples = Samples::U8(bytes[6..].to_vec());
///         Pixels::new(header.width, header.height, Channels::Grey, samples)
///     }
/// }
///
/// let reader = ImageReader::new().decoder(Arc::new(Raw8));
/// let picture = reader.read_bytes(b"RAW8\x02\x01\x00\xff", "two.raw")?;
/// assert_eq!(picture.facts.format, "raw8");
/// assert_eq!(picture.pixels.unwrap().area(), 2);
/// # Ok::<(), Error>(())
/// ```
pub trait Decoder: Send + Sync {
    /// Its name in lower case, as `file.format` has it.
    fn format(&self) -> &str;

    /// Whether a file that begins with `start`, at most 4096 bytes of it, is of this format.
    fn recognises(&self, start: &[u8]) -> bool;

    /// Extensions its files usually have, in lower case and without the dot; none: any will do.
    fn extensions(&self) -> &[&str] {
        &[]
    }

    /// What the header says; the file stands at its beginning.
    ///
    /// # Errors
    ///
    /// What makes the header unreadable: the picture is then counted as failed.
    fn header(&self, file: &mut dyn Read) -> Result<Header>;

    /// The pixels of the first frame, as stored. The limits on bytes and pixels have been held
    /// against the file and its header.
    ///
    /// # Errors
    ///
    /// What makes the pixels unreadable: what the header says is kept.
    fn pixels(&self, bytes: &[u8], header: &Header, limits: &ImageLimits) -> Result<Pixels>;
}

/// Bytes of a file that a decoder is shown.
pub(crate) const SHOWN: usize = 4096;

/// The decoders of a reader, in the order in which they were given.
pub(crate) type Decoders = Vec<Arc<dyn Decoder>>;
