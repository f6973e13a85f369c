//! Pictures of another size.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use serde::Deserialize;

use super::level::sixteen_bits;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::image::{Channels, Pixels, Samples};

/// How samples are weighed when a picture gets another size. When it gets smaller,
/// the kernel is widened so that every sample counts (as Pillow does).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Mean of the covered samples.
    Box,
    /// Triangle of radius 1.
    #[default]
    Bilinear,
    /// Keys' cubic with a = -0.5, radius 2.
    Bicubic,
    /// Windowed sinc of radius 3: `sinc(x) sinc(x / 3)`.
    Lanczos,
}

impl Filter {
    fn algorithm(self) -> ResizeAlg {
        ResizeAlg::Convolution(match self {
            Self::Box => FilterType::Box,
            Self::Bilinear => FilterType::Bilinear,
            Self::Bicubic => FilterType::CatmullRom,
            Self::Lanczos => fast_image_resize::Filter::new("Lanczos", lanczos, 3.0)
                .map_or(FilterType::Lanczos3, FilterType::Custom),
        })
    }
}

/// The windowed sinc of radius 3 by one sine in place of two, and by one that every platform
/// computes alike.
///
/// ```text
/// sin 3 t = 3 sin t - 4 sin^3 t
/// sinc(x) sinc(x / 3) = 3 s^2 (3 - 4 s^2) / (pi x)^2      s = sin(pi x / 3)
/// ```
fn lanczos(x: f64) -> f64 {
    let angle = std::f64::consts::PI * x;
    if x == 0.0 {
        return 1.0;
    }
    if x.abs() >= 3.0 {
        return 0.0;
    }
    // Weights are rounded to fewer digits than these.
    let sine = f64::from(libm::sinf((angle / 3.0) as f32));
    let square = sine * sine;
    3.0 * square * (3.0 - 4.0 * square) / (angle * angle)
}

fn pixel_type(channels: Channels, deep: bool) -> PixelType {
    match (channels, deep) {
        (Channels::Grey, false) => PixelType::U8,
        (Channels::GreyAlpha, false) => PixelType::U8x2,
        (Channels::Rgb, false) => PixelType::U8x3,
        (Channels::Rgba, false) => PixelType::U8x4,
        (Channels::Grey, true) => PixelType::U16,
        (Channels::GreyAlpha, true) => PixelType::U16x2,
        (Channels::Rgb, true) => PixelType::U16x3,
        (Channels::Rgba, true) => PixelType::U16x4,
    }
}

/// The picture at `width` x `height`; floats become 16 bits. Alpha is a channel like
/// any other.
///
/// # Errors
///
/// A width or height of 0, or a picture of more than 2^28 pixels.
pub fn resized(pixels: &Pixels, width: u32, height: u32, filter: Filter) -> Result<Pixels> {
    let area = u64::from(width) * u64::from(height);
    if area == 0 || area > 1 << 28 {
        return Err(Error::new(
            ErrorKind::Argument,
            format!("a picture cannot be resized to {width} x {height}: 1 to 268435456 pixels"),
        ));
    }
    let channels = pixels.channels();
    let samples = match pixels.samples() {
        Samples::U8(values) => {
            let bytes = Samples::U8(convolved(pixels, values, false, (width, height), filter)?);
            return Pixels::new(width, height, channels, bytes);
        }
        Samples::U16(values) => convolved(
            pixels,
            bytemuck::cast_slice(values),
            true,
            (width, height),
            filter,
        )?,
        Samples::F32 { values, low, high } => {
            let values = sixteen_bits(values, *low, *high);
            let bytes = bytemuck::cast_slice(&values);
            convolved(pixels, bytes, true, (width, height), filter)?
        }
    };
    let samples = Samples::U16(bytemuck::pod_collect_to_vec(&samples));
    Pixels::new(width, height, channels, samples)
}

fn convolved(
    pixels: &Pixels,
    bytes: &[u8],
    deep: bool,
    (width, height): (u32, u32),
    filter: Filter,
) -> Result<Vec<u8>> {
    let refused = |e: &dyn std::fmt::Display| Error::new(ErrorKind::Argument, e.to_string());
    let kind = pixel_type(pixels.channels(), deep);
    let from =
        ImageRef::new(pixels.width(), pixels.height(), bytes, kind).map_err(|e| refused(&e))?;
    let mut to = Image::new(width, height, kind);
    let options = ResizeOptions::new()
        .resize_alg(filter.algorithm())
        .use_alpha(false);
    Resizer::new()
        .resize(&from, &mut to, &options)
        .map_err(|e| refused(&e))?;
    Ok(to.into_vec())
}

/// The size of a picture of `width` x `height` that is brought down to about `area`
/// pixels, its shape kept; none where it is not larger.
pub(super) fn sample_size(width: u32, height: u32, area: u32) -> Option<(u32, u32)> {
    let full = u64::from(width) * u64::from(height);
    if full <= u64::from(area) {
        return None;
    }
    let scale = (f64::from(area) / full as f64).sqrt();
    let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    Some((side(width), side(height)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_picture_stays_flat_at_every_depth() {
        let count = 60 * 40 * 4;
        let float = |v| Samples::F32 {
            values: vec![v; count],
            low: 0.0,
            high: 1.0,
        };
        for filter in [
            Filter::Box,
            Filter::Bilinear,
            Filter::Bicubic,
            Filter::Lanczos,
        ] {
            for (samples, expected) in [
                (Samples::U8(vec![77; count]), Samples::U8(vec![77; 28])),
                (Samples::U16(vec![777; count]), Samples::U16(vec![777; 28])),
                (float(1.0), Samples::U16(vec![65_535; 28])),
            ] {
                let pixels = Pixels::new(60, 40, Channels::Rgba, samples).unwrap();
                let small = resized(&pixels, 7, 1, filter).unwrap();
                assert_eq!(small.samples(), &expected, "{filter:?}");
            }
        }
    }

    #[test]
    fn lanczos_by_one_sine_is_that_of_two() {
        let sinc = |x: f64| libm::sin(x) / x;
        for i in 1..3000 {
            let x = f64::from(i) / 1000.0;
            let angle = std::f64::consts::PI * x;
            let expected = sinc(angle) * sinc(angle / 3.0);
            assert!((lanczos(x) - expected).abs() < 5e-7, "{x}");
            assert_eq!(lanczos(-x), lanczos(x));
        }
        assert_eq!((lanczos(0.0), lanczos(3.0)), (1.0, 0.0));
    }

    #[test]
    fn the_sample_keeps_the_shape() {
        assert_eq!(sample_size(1920, 1080, 65_536), Some((341, 192)));
        assert_eq!(sample_size(256, 256, 65_536), None);
        assert_eq!(sample_size(1_000_000, 1, 100), Some((10_000, 1)));
    }

    #[test]
    fn sizes_out_of_range_are_refused() {
        let pixels = Pixels::new(1, 1, Channels::Grey, Samples::U8(vec![1])).unwrap();
        for (width, height) in [(0, 1), (1, 0), (u32::MAX, u32::MAX)] {
            assert!(resized(&pixels, width, height, Filter::Box).is_err());
        }
    }
}
