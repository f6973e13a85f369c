//! Samples as whole numbers of 8 or 16 bits: what every measure of pixels sees.

use std::ops::{Add, AddAssign, Sub};

use crate::ingest::image::{Channels, Pixels, Samples};

use super::colour::{self, ColourSums};
use super::texture::{self, TextureSums};

/// A sample type. Sums over a segment of at most [`SEGMENT`] pixels fit its types.
pub(super) trait Level: Copy + Default + Ord + Into<i32> + Send + Sync + 'static {
    /// Holds differences of a few samples: narrow, so that more of them fit into a vector.
    type Wide: Copy + Into<i32> + Add<Output = Self::Wide> + Sub<Output = Self::Wide>;
    /// Holds the sum of the squares of a segment.
    type Square: Copy + Default + AddAssign + Into<u64>;
    /// Levels of this type to one level of 0 to 255.
    const SCALE: i32;

    /// The luma of a pixel.
    fn luma(red: Self, green: Self, blue: Self) -> Self;

    /// The sample among its differences.
    fn wide(self) -> Self::Wide;

    /// `value` squared.
    fn square(value: Self::Wide) -> Self::Square;

    /// Whether a gradient is at least [`EDGE`](texture::EDGE) long.
    fn is_edge(right: Self::Wide, down: Self::Wide) -> bool;

    /// The size of `value`.
    fn magnitude(value: Self::Wide) -> u32;

    /// Of 0 to 255: the top eight bits.
    fn top(self) -> u8;

    /// Sums over a row of colours; its luma is written beside.
    fn rgb(row: &[[Self; 3]], luma: &mut [Self]) -> ColourSums;

    /// As [`Level::rgb`]; alpha is not looked at.
    fn rgba(row: &[[Self; 4]], luma: &mut [Self]) -> ColourSums;

    /// Sums over the inner pixels of the middle one of three rows.
    fn texture(rows: [&[Self]; 3]) -> TextureSums;

    /// Sums of the steps from each pixel to the next, by phase.
    fn steps(row: &[Self]) -> [u64; 8];

    /// Sum of the steps between two rows.
    fn step_down(above: &[Self], row: &[Self]) -> u64;
}

/// Pixels that are summed up in the narrow types before these are widened:
/// 2048 (4 x 255)^2 < 2^32.
pub(super) const SEGMENT: usize = 2048;

macro_rules! level {
    ($type:ty, $wide:ty, $signed:ty, $square:ty, $scale:expr, $shift:expr, $luma:path, $colour:ident, $texture:ident) => {
        impl Level for $type {
            type Wide = $wide;
            type Square = $square;
            const SCALE: i32 = $scale;

            #[inline(always)]
            fn luma(red: Self, green: Self, blue: Self) -> Self {
                $luma(red, green, blue)
            }

            #[inline(always)]
            fn wide(self) -> $wide {
                self.into()
            }

            #[inline(always)]
            fn square(value: $wide) -> $square {
                // Signed, as the processor's products of pairs are.
                let wide = <$signed>::from(value);
                (wide * wide) as $square
            }

            #[inline(always)]
            fn is_edge(right: $wide, down: $wide) -> bool {
                // Cut where one of them alone is enough, both squares together stay narrow.
                let edge = (texture::EDGE * Self::SCALE) as _;
                let cut = |part: $wide| part.unsigned_abs().min(edge);
                let (right, down) = (cut(right), cut(down));
                right * right + down * down >= edge * edge
            }

            #[inline(always)]
            fn magnitude(value: $wide) -> u32 {
                value.unsigned_abs().into()
            }

            #[inline(always)]
            fn top(self) -> u8 {
                (self >> $shift) as u8
            }

            fn rgb(row: &[[Self; 3]], luma: &mut [Self]) -> ColourSums {
                colour::$colour::rgb(row, luma)
            }

            fn rgba(row: &[[Self; 4]], luma: &mut [Self]) -> ColourSums {
                colour::$colour::rgba(row, luma)
            }

            fn texture(rows: [&[Self]; 3]) -> TextureSums {
                texture::$texture::inner(rows)
            }

            fn steps(row: &[Self]) -> [u64; 8] {
                texture::$texture::steps(row)
            }

            fn step_down(above: &[Self], row: &[Self]) -> u64 {
                texture::$texture::step_down(above, row)
            }
        }
    };
}

level!(u8, i16, i32, u32, 1, 0, colour::luma_of_bytes, eight, eight);
level!(u16, i32, i64, u64, 257, 8, colour::luma, sixteen, sixteen);

/// A picture whose samples are borrowed whole numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture<'a, T> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) channels: Channels,
    pub(super) samples: &'a [T],
}

/// A picture of either depth.
#[derive(Debug, Clone, Copy)]
pub(super) enum AnyPicture<'a> {
    Eight(Picture<'a, u8>),
    Sixteen(Picture<'a, u16>),
}

/// Whole numbers made of a picture of floats, or nothing.
#[derive(Debug, Default)]
pub(super) struct Store(Vec<u16>);

impl<'a> AnyPicture<'a> {
    /// The levels of `pixels`; those of floats are put into `store`.
    pub(super) fn of(pixels: &'a Pixels, store: &'a mut Store) -> Self {
        let (width, height) = (pixels.width() as usize, pixels.height() as usize);
        let channels = pixels.channels();
        match pixels.samples() {
            Samples::U8(samples) => Self::Eight(Picture {
                width,
                height,
                channels,
                samples,
            }),
            Samples::U16(samples) => Self::Sixteen(Picture {
                width,
                height,
                channels,
                samples,
            }),
            Samples::F32 { values, low, high } => {
                store.0 = sixteen_bits(values, *low, *high);
                Self::Sixteen(Picture {
                    width,
                    height,
                    channels,
                    samples: &store.0,
                })
            }
        }
    }
}

/// `round(65535 (v - low) / (high - low))`, values outside the range at its ends.
pub(super) fn sixteen_bits(values: &[f32], low: f32, high: f32) -> Vec<u16> {
    let (low, span) = (f64::from(low), f64::from(high) - f64::from(low));
    values
        .iter()
        .map(|&value| {
            let share = ((f64::from(value) - low) / span).clamp(0.0, 1.0);
            (share * 65_535.0 + 0.5) as u16
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_fill_sixteen_bits() {
        let values = [-1.0, 0.0, 0.25, 0.5, 1.0, 7.0];
        let expected = [0, 0, 16_384, 32_768, 65_535, 65_535];
        assert_eq!(sixteen_bits(&values, 0.0, 1.0), expected);
        assert_eq!(
            sixteen_bits(&[-2.0, 0.0, 2.0], -2.0, 2.0),
            [0, 32_768, 65_535]
        );
        let ends = [f32::MIN, f32::MAX];
        assert_eq!(sixteen_bits(&ends, f32::MIN, f32::MAX), [0, 65_535]);
    }
}
