//! What the camera wrote beside a picture: EXIF, from stored bytes to values in units.
//!
//! The primary, the Exif and the GPS directory are read (Exif 2.32, CIPA DC-008-2019);
//! that of the thumbnail is not. A broken tag costs itself: the rest is kept, and
//! [`Exif::problems`] says what was wrong. Maker notes and the places of directories are
//! never values.

mod block;
mod decode;
mod scale;
mod tags;
mod time;

pub use block::{Exif, ExifProblem, TagProblem, TagValue};
pub use scale::{PixelSize, SizeSource};
pub use tags::{Access, tag_names};
pub use time::CaptureTime;
