//! A decoded picture: samples in rows, and what they mean.

use crate::error::{Error, ErrorKind, Result};

/// What the samples of one pixel are, in their order.
///
/// Alpha is the last sample and is not multiplied into the colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channels {
    /// One grey level.
    Grey,
    /// A grey level and alpha.
    GreyAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    Rgba,
}

impl Channels {
    /// Samples of one pixel: 1 to 4.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Samples of one pixel without alpha: 1 or 3.
    #[must_use]
    pub fn colours(self) -> usize {
        match self {
            Self::Grey | Self::GreyAlpha => 1,
            Self::Rgb | Self::Rgba => 3,
        }
    }

    /// Whether the last sample of a pixel is alpha.
    #[must_use]
    pub fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }

    /// The meaning of `count` channels, where there is one.
    #[must_use]
    pub fn of_count(count: usize) -> Option<Self> {
        match count {
            1 => Some(Self::Grey),
            2 => Some(Self::GreyAlpha),
            3 => Some(Self::Rgb),
            4 => Some(Self::Rgba),
            _ => None,
        }
    }
}

/// The samples of a picture: row by row from the top, pixel by pixel from the
/// left, channel by channel (height, width, channels).
///
/// They are encoded values as the file holds them, not linear light.
#[derive(Debug, Clone, PartialEq)]
pub enum Samples {
    /// 0 is the darkest, 255 the brightest.
    U8(Vec<u8>),
    /// 0 is the darkest, 65 535 the brightest.
    U16(Vec<u16>),
    /// `low` is the darkest, `high` the brightest. Values may lie outside; they are
    /// measured as the nearer end of the range.
    F32 {
        /// Finite values.
        values: Vec<f32>,
        /// The darkest value of the range.
        low: f32,
        /// The brightest value of the range.
        high: f32,
    },
}

impl Samples {
    /// Their number.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::U8(values) => values.len(),
            Self::U16(values) => values.len(),
            Self::F32 { values, .. } => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A decoded picture: at least one pixel, of known channels and range.
///
/// From a file it comes by the reader of pictures; from memory by [`Pixels::new`],
/// [`Pixels::from_hwc`] or [`Pixels::from_chw`].
///
/// ```
/// use driftsphere::ingest::image::{Channels, Orientation, Pixels, Samples};
///
/// // One row: a red and a blue pixel.
/// let pixels = Pixels::new(2, 1, Channels::Rgb, Samples::U8(vec![255, 0, 0, 0, 0, 255]))?;
/// let turned = pixels.oriented(Orientation::Rotate90);
/// assert_eq!((turned.width(), turned.height()), (1, 2));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Pixels {
    width: u32,
    height: u32,
    channels: Channels,
    samples: Samples,
}

impl Pixels {
    /// A picture of `width` x `height` pixels.
    ///
    /// # Errors
    ///
    /// A width or height of 0; samples that are not width x height x channels; a
    /// range of `f32` that is empty or not finite; `f32` samples that are not finite.
    pub fn new(width: u32, height: u32, channels: Channels, samples: Samples) -> Result<Self> {
        if width == 0 || height == 0 {
            return Err(Error::new(
                ErrorKind::Input,
                format!("a picture of {width} x {height} pixels has nothing to measure"),
            ));
        }
        let expected = u128::from(width) * u128::from(height) * channels.count() as u128;
        if expected != samples.len() as u128 {
            return Err(Error::new(
                ErrorKind::Argument,
                format!(
                    "{width} x {height} pixels of {} channels are {expected} samples, found {}",
                    channels.count(),
                    samples.len()
                ),
            ));
        }
        if let Samples::F32 { values, low, high } = &samples {
            if !(low.is_finite() && high.is_finite() && low < high) {
                return Err(Error::new(
                    ErrorKind::Argument,
                    format!("the range of the samples, {low} to {high}, is no range"),
                ));
            }
            let wrong = values.iter().filter(|v| !v.is_finite()).count();
            if wrong > 0 {
                return Err(Error::new(
                    ErrorKind::Input,
                    format!("{wrong} of {expected} samples are not finite"),
                ));
            }
        }
        Ok(Self {
            width,
            height,
            channels,
            samples,
        })
    }

    /// Made of parts that fit together by construction.
    pub(super) fn of_parts(width: u32, height: u32, channels: Channels, samples: Samples) -> Self {
        Self {
            width,
            height,
            channels,
            samples,
        }
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// What the samples of a pixel are.
    #[must_use]
    pub fn channels(&self) -> Channels {
        self.channels
    }

    /// All samples: (height, width, channels), row by row.
    #[must_use]
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// The samples without the rest.
    #[must_use]
    pub fn into_samples(self) -> Samples {
        self.samples
    }

    /// Number of pixels.
    #[must_use]
    pub fn area(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let refused = |w, h, c, s| Pixels::new(w, h, c, s).unwrap_err().to_string();
        assert_eq!(
            refused(2, 2, Channels::Rgb, Samples::U8(vec![0; 11])),
            "2 x 2 pixels of 3 channels are 12 samples, found 11"
        );
        assert!(refused(0, 2, Channels::Grey, Samples::U8(vec![])).contains("0 x 2"));
        // The product overflows 64 bits.
        let huge = refused(u32::MAX, u32::MAX, Channels::Rgba, Samples::U8(vec![0]));
        assert!(huge.contains("found 1"), "{huge}");
        let f32s = |values, low, high| Samples::F32 { values, low, high };
        let nan = refused(2, 1, Channels::Grey, f32s(vec![0.0, f32::NAN], 0.0, 1.0));
        assert_eq!(nan, "1 of 2 samples are not finite");
        let range = refused(1, 1, Channels::Grey, f32s(vec![0.0], 1.0, 1.0));
        assert!(range.contains("1 to 1"), "{range}");
    }
}
