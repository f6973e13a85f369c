//! From the bytes of a known format to pixels, by the crate `image`.

use std::io::Cursor;

use image::error::{ImageError, LimitErrorKind};
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use tiff::ColorType;
use tiff::TiffError;
use tiff::decoder::{Decoder as TiffDecoder, DecodingResult};

use super::deadline::Deadline;
use super::fault::Fault;
use super::format::ImageFormat;
use super::limits::ImageLimits;
use super::pixels::{Channels, Pixels, Samples};

/// Bytes of memory for a pixel that a decoder may ask for: four samples of 32 bits, twice.
const BYTES_PER_PIXEL: u64 = 32;
/// How far floating-point samples may lie beyond their range, in parts of it, as filters leave
/// them.
const SLACK: f32 = 0.01;

/// The first frame, as stored; `float_range` is black and white of floating-point samples.
pub(crate) fn decode(
    format: ImageFormat,
    bytes: &[u8],
    limits: &ImageLimits,
    float_range: (f32, f32),
    deadline: Deadline,
) -> Result<Pixels, Fault> {
    let crate_format = crate_format(format).ok_or(Fault::NoDecoder)?;
    if !is_whole(format, bytes) {
        return Err(Fault::Truncated);
    }
    let mut reader = ImageReader::with_format(deadline.watch(Cursor::new(bytes)), crate_format);
    let mut crate_limits = Limits::no_limits();
    crate_limits.max_alloc = Some(limits.max_pixels.saturating_mul(BYTES_PER_PIXEL));
    reader.limits(crate_limits);
    let decoder = match reader.into_decoder() {
        // Grey of floating point is the one kind of TIFF that `image` has no type for.
        Err(ImageError::Unsupported(_)) if format == ImageFormat::Tiff => {
            return grey_floats(bytes, limits, float_range, deadline);
        }
        decoder => decoder.map_err(|e| fault(&e, deadline))?,
    };
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(Fault::TooManyPixels);
    }
    let image = DynamicImage::from_decoder(decoder).map_err(|e| fault(&e, deadline))?;
    pixels(image, float_range)
}

fn crate_format(format: ImageFormat) -> Option<image::ImageFormat> {
    Some(match format {
        ImageFormat::Jpeg => image::ImageFormat::Jpeg,
        ImageFormat::Png => image::ImageFormat::Png,
        ImageFormat::WebP => image::ImageFormat::WebP,
        ImageFormat::Gif => image::ImageFormat::Gif,
        ImageFormat::Bmp => image::ImageFormat::Bmp,
        ImageFormat::Tiff => image::ImageFormat::Tiff,
        ImageFormat::Pnm => image::ImageFormat::Pnm,
        ImageFormat::Qoi => image::ImageFormat::Qoi,
        ImageFormat::Tga => image::ImageFormat::Tga,
        ImageFormat::Ico => image::ImageFormat::Ico,
        ImageFormat::Avif | ImageFormat::Heif | ImageFormat::Jpeg2000 => return None,
    })
}

/// Whether a JPEG has its end: the decoder would fill what is missing with grey and say
/// nothing. Within the data of a scan `ff` is followed by `00` or a restart marker, so that
/// `ff d9` is the end wherever it stands behind the first scan's beginning.
fn is_whole(format: ImageFormat, bytes: &[u8]) -> bool {
    if format != ImageFormat::Jpeg {
        return true;
    }
    let ends = |bytes: &[u8]| bytes.windows(2).rposition(|pair| pair == [0xff, 0xd9]);
    // It stands near the end; pictures that a program appended may follow.
    let near = bytes.len().saturating_sub(4096);
    let end = ends(&bytes[near..])
        .map(|at| at + near)
        .or_else(|| ends(bytes));
    end.is_some_and(|end| end > first_scan(bytes).unwrap_or(0))
}

/// Where the first scan begins: a thumbnail within a segment has an end of its own.
fn first_scan(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        let marker = bytes.get(at..at + 4)?;
        if marker[0] != 0xff {
            return None;
        }
        match marker[1] {
            0xda => return Some(at),
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => at += 2 + usize::from(u16::from_be_bytes([marker[2], marker[3]])),
        }
    }
}

fn fault(error: &ImageError, deadline: Deadline) -> Fault {
    if deadline.is_over() {
        return Fault::TookTooLong;
    }
    match error {
        ImageError::IoError(error) => Fault::of_io(error),
        ImageError::Unsupported(_) => Fault::Unsupported,
        ImageError::Limits(error) => match error.kind() {
            LimitErrorKind::DimensionError => Fault::TooManyPixels,
            _ => Fault::TooMuchMemory,
        },
        error => match is_early_end(error) {
            true => Fault::Truncated,
            false => Fault::Damaged,
        },
    }
}

/// Whether an early end lies behind an error.
fn is_early_end(error: &dyn std::error::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|e| e.kind() == std::io::ErrorKind::UnexpectedEof) {
            return true;
        }
        source = error.source();
    }
    false
}

/// A TIFF of one floating-point sample a pixel.
fn grey_floats(
    bytes: &[u8],
    limits: &ImageLimits,
    float_range: (f32, f32),
    deadline: Deadline,
) -> Result<Pixels, Fault> {
    let fault = |error: TiffError| match error {
        _ if deadline.is_over() => Fault::TookTooLong,
        TiffError::IoError(error) => Fault::of_io(&error),
        TiffError::UnsupportedError(_) => Fault::Unsupported,
        TiffError::LimitsExceeded => Fault::TooMuchMemory,
        _ => Fault::Damaged,
    };
    let most = usize::try_from(limits.max_pixels.saturating_mul(BYTES_PER_PIXEL));
    let mut crate_limits = tiff::decoder::Limits::default();
    crate_limits.decoding_buffer_size = most.unwrap_or(usize::MAX);
    crate_limits.intermediate_buffer_size = most.unwrap_or(usize::MAX);
    let decoder = TiffDecoder::new(deadline.watch(Cursor::new(bytes))).map_err(fault)?;
    let mut decoder = decoder.with_limits(crate_limits);
    if !matches!(decoder.colortype().map_err(fault)?, ColorType::Gray(_)) {
        return Err(Fault::Unsupported);
    }
    let (width, height) = decoder.dimensions().map_err(fault)?;
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(Fault::TooManyPixels);
    }
    let values = match decoder.read_image().map_err(fault)? {
        DecodingResult::F16(values) => values.into_iter().map(f32::from).collect(),
        DecodingResult::F32(values) => values,
        DecodingResult::F64(values) => values.into_iter().map(|value| value as f32).collect(),
        _ => return Err(Fault::Unsupported),
    };
    Pixels::new(width, height, Channels::Grey, floats(values, float_range)?)
        .map_err(|_| Fault::Damaged)
}

/// Floating-point samples. Those beyond their range would be taken for black or white, and what
/// it is meant to be is not in the file.
fn floats(values: Vec<f32>, (low, high): (f32, f32)) -> Result<Samples, Fault> {
    let slack = SLACK * (high - low);
    let is_within = |value: &f32| value.is_nan() || (low - slack..=high + slack).contains(value);
    match values.iter().all(is_within) {
        true => Ok(Samples::F32 { values, low, high }),
        false => Err(Fault::OutOfRange),
    }
}

/// Samples as they came, without a copy.
fn pixels(image: DynamicImage, float_range: (f32, f32)) -> Result<Pixels, Fault> {
    let (width, height) = (image.width(), image.height());
    let (channels, samples) = match image {
        DynamicImage::ImageLuma8(i) => (Channels::Grey, Samples::U8(i.into_raw())),
        DynamicImage::ImageLumaA8(i) => (Channels::GreyAlpha, Samples::U8(i.into_raw())),
        DynamicImage::ImageRgb8(i) => (Channels::Rgb, Samples::U8(i.into_raw())),
        DynamicImage::ImageRgba8(i) => (Channels::Rgba, Samples::U8(i.into_raw())),
        DynamicImage::ImageLuma16(i) => (Channels::Grey, Samples::U16(i.into_raw())),
        DynamicImage::ImageLumaA16(i) => (Channels::GreyAlpha, Samples::U16(i.into_raw())),
        DynamicImage::ImageRgb16(i) => (Channels::Rgb, Samples::U16(i.into_raw())),
        DynamicImage::ImageRgba16(i) => (Channels::Rgba, Samples::U16(i.into_raw())),
        DynamicImage::ImageRgb32F(i) => (Channels::Rgb, floats(i.into_raw(), float_range)?),
        DynamicImage::ImageRgba32F(i) => (Channels::Rgba, floats(i.into_raw(), float_range)?),
        _ => return Err(Fault::Unsupported),
    };
    Pixels::new(width, height, channels, samples).map_err(|_| Fault::Damaged)
}
