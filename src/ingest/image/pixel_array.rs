//! Pictures that are already in memory, as arrays of three axes.

use std::ops::RangeInclusive;

use ndarray::{ArrayView3, Axis};

use super::pixels::{Channels, Pixels, Samples};
use crate::error::{Error, ErrorKind, Result};

/// A picture in memory: an array of three axes, and the range of its values where
/// the type does not say it.
///
/// It is made by `into()` of a view of `u8`, of a view of `u16` (full range), or of
/// a view of `u16` or `f32` with the range that the values are meant to fill.
#[derive(Debug, Clone)]
pub enum PixelArray<'a> {
    /// 0 to 255.
    U8(ArrayView3<'a, u8>),
    /// Values of the stated range, which is stretched to 0 to 65 535 (a camera of 12
    /// bits: `0..=4095`).
    U16(ArrayView3<'a, u16>, RangeInclusive<u16>),
    /// Values of the stated range (often `0.0..=1.0`).
    F32(ArrayView3<'a, f32>, RangeInclusive<f32>),
}

impl<'a> From<ArrayView3<'a, u8>> for PixelArray<'a> {
    fn from(view: ArrayView3<'a, u8>) -> Self {
        Self::U8(view)
    }
}

impl<'a> From<ArrayView3<'a, u16>> for PixelArray<'a> {
    fn from(view: ArrayView3<'a, u16>) -> Self {
        Self::U16(view, 0..=u16::MAX)
    }
}

impl<'a> From<(ArrayView3<'a, u16>, RangeInclusive<u16>)> for PixelArray<'a> {
    fn from((view, range): (ArrayView3<'a, u16>, RangeInclusive<u16>)) -> Self {
        Self::U16(view, range)
    }
}

impl<'a> From<(ArrayView3<'a, f32>, RangeInclusive<f32>)> for PixelArray<'a> {
    fn from((view, range): (ArrayView3<'a, f32>, RangeInclusive<f32>)) -> Self {
        Self::F32(view, range)
    }
}

impl Pixels {
    /// A picture of an array (height, width, channels), as NumPy, OpenCV and
    /// scikit-image hold it; 1, 2, 3 or 4 channels. (OpenCV reads blue first: turn
    /// the last axis first.)
    ///
    /// A grey picture of two axes gets its third by `insert_axis(Axis(2))`.
    ///
    /// ```
    /// use driftsphere::ingest::image::{Channels, Pixels};
    /// use driftsphere::ndarray::Array3;
    ///
    /// let frame = Array3::<f32>::zeros((480, 640, 3));
    /// let pixels = Pixels::from_hwc((frame.view(), 0.0..=1.0))?;
    /// assert_eq!((pixels.width(), pixels.height()), (640, 480));
    /// assert_eq!(pixels.channels(), Channels::Rgb);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Pixels::new`], a number of channels other than 1 to 4, an empty
    /// range, `u16` values outside their stated range.
    pub fn from_hwc<'a>(array: impl Into<PixelArray<'a>>) -> Result<Self> {
        read(array.into(), "(height, width, channels)")
    }

    /// A picture of an array (channels, height, width), as PyTorch holds it.
    ///
    /// ```
    /// use driftsphere::ingest::image::Pixels;
    /// use driftsphere::ndarray::Array3;
    ///
    /// let tensor = Array3::<u8>::zeros((3, 480, 640));
    /// assert_eq!(Pixels::from_chw(tensor.view())?.width(), 640);
    /// let error = Pixels::from_hwc(tensor.view()).unwrap_err();
    /// assert!(error.to_string().contains("640 channels"));
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Pixels::from_hwc`].
    pub fn from_chw<'a>(array: impl Into<PixelArray<'a>>) -> Result<Self> {
        let turned = match array.into() {
            PixelArray::U8(view) => PixelArray::U8(view.permuted_axes([1, 2, 0])),
            PixelArray::U16(view, range) => PixelArray::U16(view.permuted_axes([1, 2, 0]), range),
            PixelArray::F32(view, range) => PixelArray::F32(view.permuted_axes([1, 2, 0]), range),
        };
        read(turned, "(channels, height, width)")
    }
}

/// `axes` are named in errors as the caller knows them.
fn read(array: PixelArray<'_>, axes: &str) -> Result<Pixels> {
    match array {
        PixelArray::U8(view) => make(&view, axes, |v| {
            Ok(Samples::U8(v.iter().copied().collect()))
        }),
        PixelArray::U16(view, range) => make(&view, axes, |v| stretched(v, &range)),
        PixelArray::F32(view, range) => make(&view, axes, |v| {
            Ok(Samples::F32 {
                values: v.iter().copied().collect(),
                low: *range.start(),
                high: *range.end(),
            })
        }),
    }
}

fn make<'a, T>(
    view: &ArrayView3<'a, T>,
    axes: &str,
    samples: impl FnOnce(&ArrayView3<'a, T>) -> Result<Samples>,
) -> Result<Pixels> {
    let refused = |message: String| Error::new(ErrorKind::Argument, message).at("axes", axes);
    let (height, width, count) = view.dim();
    let channels = Channels::of_count(count).ok_or_else(|| {
        refused(format!(
            "an array of {count} channels is no picture: 1 (grey), 2 (grey, alpha), 3 (RGB) or \
             4 (RGBA)"
        ))
    })?;
    let side = |axis: Axis, length: usize| {
        u32::try_from(length)
            .map_err(|_| refused(format!("{length} pixels along axis {}", axis.index())))
    };
    let (width, height) = (side(Axis(1), width)?, side(Axis(0), height)?);
    Pixels::new(width, height, channels, samples(view)?).map_err(|e| e.at("axes", axes))
}

/// `round(65535 (v - low) / (high - low))`, in whole numbers.
fn stretched(view: &ArrayView3<'_, u16>, range: &RangeInclusive<u16>) -> Result<Samples> {
    let (low, high) = (*range.start(), *range.end());
    if low >= high {
        return Err(Error::new(
            ErrorKind::Argument,
            format!("the range of the samples, {low} to {high}, is no range"),
        ));
    }
    if (low, high) == (0, u16::MAX) {
        return Ok(Samples::U16(view.iter().copied().collect()));
    }
    let span = u32::from(high - low);
    let mut values = Vec::with_capacity(view.len());
    for &value in view {
        if !range.contains(&value) {
            return Err(Error::new(
                ErrorKind::Input,
                format!("a sample is {value}, outside the stated range {low} to {high}"),
            ));
        }
        let scaled = (u32::from(value - low) * 65_535 + span / 2) / span;
        values.push(u16::try_from(scaled).unwrap_or(u16::MAX));
    }
    Ok(Samples::U16(values))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, Slice};

    use super::*;

    #[test]
    fn both_orders_of_axes_say_the_same_picture() {
        let hwc = Array3::from_shape_fn((3, 5, 4), |(y, x, c)| (y * 50 + x * 5 + c) as u8);
        let chw = hwc.view().permuted_axes([2, 0, 1]);
        let pixels = Pixels::from_hwc(hwc.view()).unwrap();
        assert_eq!(pixels, Pixels::from_chw(chw).unwrap());
        let samples: Vec<u8> = hwc.iter().copied().collect();
        assert_eq!(pixels.samples(), &Samples::U8(samples));
        // A view that is not contiguous: every other column, blue first.
        let mut part = hwc.slice_axis(Axis(1), Slice::new(0, None, 2));
        part.slice_axis_inplace(Axis(2), Slice::new(0, Some(3), -1));
        let pixels = Pixels::from_hwc(part).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (3, 3));
        let Samples::U8(values) = pixels.samples() else {
            panic!("the depth changed");
        };
        assert_eq!(values[..6], [2, 1, 0, 12, 11, 10]);
    }

    #[test]
    fn a_stated_range_of_whole_numbers_is_stretched() {
        let twelve = Array3::from_shape_vec((1, 3, 1), vec![0_u16, 2048, 4095]).unwrap();
        let pixels = Pixels::from_hwc((twelve.view(), 0..=4095)).unwrap();
        assert_eq!(pixels.samples(), &Samples::U16(vec![0, 32_776, 65_535]));
        let error = Pixels::from_hwc((twelve.view(), 0..=1023)).unwrap_err();
        assert!(error.to_string().contains("2048, outside"), "{error}");
        let error = Pixels::from_hwc((twelve.view(), 7..=7)).unwrap_err();
        assert!(error.to_string().contains("7 to 7"), "{error}");
    }

    #[test]
    fn empty_arrays_and_other_channels_are_refused() {
        let error = Pixels::from_hwc(Array3::<u8>::zeros((0, 5, 3)).view()).unwrap_err();
        assert!(error.to_string().contains("5 x 0"), "{error}");
        let error = Pixels::from_chw(Array3::<u8>::zeros((5, 2, 2)).view()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "an array of 5 channels is no picture: 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 \
             (RGBA) (axes (channels, height, width))"
        );
    }
}
