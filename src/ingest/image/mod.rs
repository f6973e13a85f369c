//! Pictures: from files and arrays to pixels and what is known about them.
//!
//! | you have | you want |
//! | --- | --- |
//! | samples in memory, row by row | [`Pixels::new`] |
//! | an array (height, width, channels) | [`Pixels::from_hwc`] |
//! | an array (channels, height, width) | [`Pixels::from_chw`] |
//! | the bytes of EXIF | [`Exif::of_block`] |
//! | stored rows that are to be turned | [`Pixels::oriented`] |
//! | a file, or its bytes | [`ImageReader`]: a [`Picture`] of [`FileFacts`], EXIF and pixels |
//! | folders, files, a list of them | [`ImageSet`] behind an [`InputFile`](crate::ingest::InputFile): records, read on several threads |
//! | ids of records whose pictures lie in a folder | [`ImageRoot`] |
//! | a format of your own | [`Decoder`] |
//!
//! # What a hostile picture can do
//!
//! Be counted: each [`Fault`] is a reason. Sizes are held against [`ImageLimits`] before
//! anything is allocated, headers are read by code that takes nothing for granted, decoders
//! run where a panic costs one picture, and time is limited, too. What the header says is kept
//! where only the pixels cannot be read. DICOM, and what else is neither of [`ImageFormat`],
//! is left to a [`Decoder`].

mod budget;
mod deadline;
mod decode;
mod decoder;
mod entries;
mod exif;
mod facts;
mod fault;
mod format;
mod header;
mod limits;
mod measured;
mod orientation;
mod picture;
mod pixel_array;
mod pixels;
mod root;
mod set;
mod stream;
mod workers;

pub use decoder::Decoder;
pub use exif::{
    Access, CaptureTime, Exif, ExifProblem, PixelSize, SizeSource, TagProblem, TagValue, tag_names,
};
pub use facts::{Colour, FileFacts, JpegFacts, Subsampling};
pub use fault::Fault;
pub use format::ImageFormat;
pub use header::Header;
pub use limits::ImageLimits;
pub use measured::{Measured, Measuring};
pub use orientation::Orientation;
pub use picture::{ImageReader, Picture};
pub use pixel_array::PixelArray;
pub use pixels::{Channels, Pixels, Samples};
pub use root::ImageRoot;
pub use set::ImageSet;
pub(crate) use stream::ImageStream;
