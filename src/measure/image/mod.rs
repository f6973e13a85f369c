//! Measures of pictures.
//!
//! | of | begin with |
//! | --- | --- |
//! | everything that a window's configuration asks for | [`Measures`] |
//! | brightness, sharpness, noise, colour of one picture | [`analyse`] -> [`PixelMeasures`] |
//! | a picture that may be a copy of another | [`PerceptualHash`] |
//! | a picture and the one it was made from | [`Similarity`]: MSE, PSNR, SSIM |
//! | a picture and a set of good ones | [`NaturalnessFit`] -> [`NaturalnessModel`] |
//! | a picture made small, for a page | [`thumbnail`] |
//! | a measure of your own | [`CustomMeasure`], [`Measure`], [`Chain`] |
//!
//! Pictures are measured upright (see
//! [`Pixels::oriented`](crate::ingest::image::Pixels::oriented)), in encoded values as the
//! file holds them. Levels are those of 8 bits, 0 to 255, whatever the depth: a picture
//! of 16 bits or of floats has the same brightness as its copy of 8 bits, up to rounding.
//! Values are pure functions of the samples: sums are whole numbers or run in a fixed
//! order, so they are the same on every machine.

mod answers;
mod colour;
mod content_hash;
mod custom;
mod exif;
mod file;
mod level;
mod measures;
mod naturalness;
mod perceptual_hash;
mod pixels;
mod plane;
mod resize;
mod scan;
mod similarity;
mod texture;
mod thumbnail;
mod tones;

pub use answers::PixelMeasures;
pub use content_hash::content_hash;
pub use custom::{Answer, Chain, CustomMeasure, Measure, Question, Step};
pub use measures::{Measures, PixelValues};
pub use naturalness::{NaturalnessFit, NaturalnessModel};
pub use perceptual_hash::PerceptualHash;
pub use pixels::{Analysis, analyse};
pub use resize::{Filter, resized};
pub use similarity::Similarity;
pub use thumbnail::thumbnail;
