//! Small pictures for pages.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

use super::resize::{Filter, resized};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::image::{Channels, Pixels, Samples};

/// Quality of the file: no one enlarges a thumbnail.
const QUALITY: u8 = 80;

/// A picture made small: a JPEG file whose longer side is at most `side` pixels, in
/// 8 bits, what is transparent on white. A smaller picture keeps its size. The same
/// picture gives the same bytes on one family of CPUs.
///
/// ```
/// use driftsphere::ingest::image::ImageReader;
/// use driftsphere::measure::image::thumbnail;
///
/// let picture = ImageReader::new().read("tests/data/images/piexif__02.jpg")?;
/// let small = thumbnail(&picture.pixels.unwrap(), 160)?;
/// let back = ImageReader::new().read_bytes(&small, "small.jpg")?;
/// assert_eq!((back.facts.width, back.facts.height), (160, 84));
/// # Ok::<(), driftsphere::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Argument`] for a side of 0.
pub fn thumbnail(pixels: &Pixels, side: u32) -> Result<Vec<u8>> {
    if side == 0 {
        return Err(Error::new(
            ErrorKind::Argument,
            "a thumbnail has at least 1 pixel a side",
        ));
    }
    let longer = pixels.width().max(pixels.height());
    let shrunk;
    let small = if longer <= side {
        pixels
    } else {
        let at_least_one = |length: u32| {
            let scaled = f64::from(length) * f64::from(side) / f64::from(longer);
            (scaled.round() as u32).max(1)
        };
        let (width, height) = (at_least_one(pixels.width()), at_least_one(pixels.height()));
        shrunk = resized(pixels, width, height, Filter::Bilinear)?;
        &shrunk
    };
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, QUALITY)
        .write_image(
            &colours(small),
            small.width(),
            small.height(),
            ExtendedColorType::Rgb8,
        )
        .map_err(|error| Error::new(ErrorKind::Input, "cannot make a thumbnail").because(error))?;
    Ok(file)
}

/// Red, green and blue of 8 bits, on white.
fn colours(pixels: &Pixels) -> Vec<u8> {
    let samples: Vec<u8> = match pixels.samples() {
        Samples::U8(values) => values.clone(),
        Samples::U16(values) => values.iter().map(|value| (value >> 8) as u8).collect(),
        Samples::F32 { values, low, high } => (values.iter())
            .map(|value| (255.0 * ((value - low) / (high - low)).clamp(0.0, 1.0)).round() as u8)
            .collect(),
    };
    let on_white = |value: u8, alpha: u8| {
        let alpha = u32::from(alpha);
        ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let of = |pixel: &[u8]| match pixels.channels() {
        Channels::Grey => [pixel[0]; 3],
        Channels::GreyAlpha => [on_white(pixel[0], pixel[1]); 3],
        Channels::Rgb => [pixel[0], pixel[1], pixel[2]],
        Channels::Rgba => [0, 1, 2].map(|colour| on_white(pixel[colour], pixel[3])),
    };
    let pixels = samples.chunks_exact(pixels.channels().count());
    pixels.flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(file: &[u8]) -> image::RgbImage {
        image::load_from_memory(file).unwrap().into_rgb8()
    }

    #[test]
    fn every_kind_of_samples_becomes_the_same_grey() {
        let plain = Pixels::new(4, 4, Channels::Grey, Samples::U8(vec![128; 16])).unwrap();
        let deep = Pixels::new(4, 4, Channels::Rgb, Samples::U16(vec![128 << 8; 48])).unwrap();
        let floats = Samples::F32 {
            values: vec![0.5; 16],
            low: 0.0,
            high: 1.0,
        };
        let floats = Pixels::new(4, 4, Channels::Grey, floats).unwrap();
        // Black that lets half of the white through.
        let clear = Samples::U8([0, 0, 0, 127].repeat(16));
        let clear = Pixels::new(4, 4, Channels::Rgba, clear).unwrap();
        for pixels in [plain, deep, floats, clear] {
            let image = back(&thumbnail(&pixels, 160).unwrap());
            assert_eq!(image.dimensions(), (4, 4));
            for pixel in image.pixels() {
                assert!(pixel.0.iter().all(|c| c.abs_diff(128) <= 2), "{pixel:?}");
            }
        }
    }

    #[test]
    fn the_longer_side_is_bounded_and_none_vanishes() {
        let long = Pixels::new(1000, 2, Channels::Grey, Samples::U8(vec![9; 2000])).unwrap();
        assert_eq!(back(&thumbnail(&long, 100).unwrap()).dimensions(), (100, 1));
        assert!(thumbnail(&long, 0).is_err());
    }
}
