//! All measures of the pixels of one picture.

use super::answers::PixelMeasures;
use super::level::{AnyPicture, Level, Picture, Store};
use super::perceptual_hash::PerceptualHash;
use super::resize::{Filter, resized, sample_size};
use super::scan::scan;
use crate::error::Result;
use crate::ingest::image::Pixels;

/// What the pixels of one picture say.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// Brightness, sharpness, noise and the rest.
    pub measures: PixelMeasures,
    /// The hash by which near duplicates are found.
    pub hash: PerceptualHash,
}

/// Measures the pixels of a picture that stands upright.
///
/// With `sample_pixels`, a larger picture is first brought down to about so many
/// pixels, its shape kept (triangle filter, every pixel counts). What this does to
/// each measure:
///
/// | measure | at the fixed size |
/// | --- | --- |
/// | brightness, hue | the same, up to rounding |
/// | saturation, colourfulness, contrast, entropy | a little lower: fine detail and noise are averaged away |
/// | clipped shares, alpha share | single clipped pixels vanish, clipped areas stay |
/// | laplacian variance, edge share, noise | of the detail that is left: comparable between pictures of different size, but blind to blur finer than the factor |
/// | blockiness | lost: the grid is no longer one of 8 x 8 |
/// | perceptual hash | up to a few bits |
///
/// ```
/// use driftsphere::ingest::image::{Channels, Pixels, Samples};
/// use driftsphere::measure::image::analyse;
///
/// let red = Pixels::new(40, 30, Channels::Rgb, Samples::U8([200, 0, 0].repeat(1200)))?;
/// let measures = analyse(&red, None)?.measures;
/// assert_eq!(measures.brightness, 60.0); // 0.299 x 200
/// assert_eq!((measures.saturation, measures.hue), (1.0, Some(0.0)));
/// assert_eq!(measures.clipped_low, 2.0 / 3.0);
/// # Ok::<(), driftsphere::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`resized`](super::resized): a picture whose size is out of its range.
pub fn analyse(pixels: &Pixels, sample_pixels: Option<u32>) -> Result<Analysis> {
    let size = sample_pixels.and_then(|n| sample_size(pixels.width(), pixels.height(), n));
    let small = size
        .map(|(width, height)| resized(pixels, width, height, Filter::Bilinear))
        .transpose()?;
    let mut store = Store::default();
    match AnyPicture::of(small.as_ref().unwrap_or(pixels), &mut store) {
        AnyPicture::Eight(picture) => of(&picture),
        AnyPicture::Sixteen(picture) => of(&picture),
    }
}

fn of<T: Level>(picture: &Picture<'_, T>) -> Result<Analysis> {
    let (sums, small) = scan(picture);
    Ok(Analysis {
        measures: PixelMeasures::of(&sums),
        hash: small.hash()?,
    })
}
