//! What the header of each format says, without decoding a pixel.
//!
//! Each file reads one format and seeks over what it does not need: of a photograph of
//! 20 MB a few kilobytes are read. [`Header`] holds what they have in common.

mod boxes;
mod gif;
mod icc;
mod isobmff;
mod jp2;
mod jpeg;
mod png;
mod quality;
mod read;
mod simple;
mod tiff;
mod tiff_directory;
mod webp;

pub use read::Header;
pub(crate) use read::{ReadSeek, read};
