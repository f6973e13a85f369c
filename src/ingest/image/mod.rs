//! Pictures: from files and arrays to pixels and what is known about them.
//!
//! | you have | you want |
//! | --- | --- |
//! | samples in memory, row by row | [`Pixels::new`] |
//! | an array (height, width, channels) | [`Pixels::from_hwc`] |
//! | an array (channels, height, width) | [`Pixels::from_chw`] |
//! | the bytes of EXIF | [`Exif::of_block`] |
//! | stored rows that are to be turned | [`Pixels::oriented`] |

mod exif;
mod orientation;
mod pixel_array;
mod pixels;

pub use exif::{
    Access, CaptureTime, Exif, ExifProblem, PixelSize, SizeSource, TagProblem, TagValue, tag_names,
};
pub use orientation::Orientation;
pub use pixel_array::PixelArray;
pub use pixels::{Channels, Pixels, Samples};
