//! One pass over the colours of a row: luma, and sums that saturation, hue and
//! colourfulness are made of.
//!
//! Sums are whole numbers, so their order is free and the compiler may use any
//! vector width; the one division a pixel is rounded as IEEE 754 says.

use std::ops::AddAssign;

use super::level::{Level, SEGMENT};

/// Sums over pixels of 3 colours, in levels of the sample type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ColourSums {
    /// `R - G`.
    pub(super) red_green: i64,
    /// `(R - G)^2`.
    pub(super) red_green_squares: u64,
    /// `R + G - 2 B`.
    pub(super) yellow_blue: i64,
    /// `(R + G - 2 B)^2`.
    pub(super) yellow_blue_squares: u64,
    /// `(max - min) / max`, in multiples of 2^-16.
    pub(super) saturation: u64,
    /// Samples in the lowest of 256 levels.
    pub(super) low: u64,
    /// Samples in the highest of 256 levels.
    pub(super) high: u64,
}

impl AddAssign for ColourSums {
    fn add_assign(&mut self, other: Self) {
        self.red_green += other.red_green;
        self.red_green_squares += other.red_green_squares;
        self.yellow_blue += other.yellow_blue;
        self.yellow_blue_squares += other.yellow_blue_squares;
        self.saturation += other.saturation;
        self.low += other.low;
        self.high += other.high;
    }
}

/// One, of [`ColourSums::saturation`].
pub(super) const WHOLE: f32 = 65_536.0;

/// Rounds a number of `[0, 2^22]` to a whole one: in `[2^23, 2^24)` floats are the
/// whole numbers, so it is left in the low bits. Unlike a cast this needs no check
/// of the range.
#[inline(always)]
fn round(value: f32) -> u32 {
    const MAGIC: f32 = 8_388_608.0;
    (value + MAGIC).to_bits() - MAGIC.to_bits()
}

/// Luma of ITU-R BT.601, as Pillow rounds it: weights of 0.299, 0.587 and 0.114 in
/// multiples of 2^-16.
#[inline(always)]
pub(super) fn luma(red: i32, green: i32, blue: i32) -> i32 {
    let (red, green, blue) = (red as u32, green as u32, blue as u32);
    ((19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16) as i32
}

#[inline(always)]
fn sums<T: Level, const C: usize>(row: &[[T; C]], luma_row: &mut [T]) -> ColourSums {
    let mut total = ColourSums::default();
    for (row, luma_row) in row.chunks(SEGMENT).zip(luma_row.chunks_mut(SEGMENT)) {
        let (mut red_green, mut yellow_blue) = (0_i32, 0_i32);
        let mut red_green_squares = T::Square::default();
        let mut yellow_blue_squares = T::Square::default();
        let mut saturation = 0_u32;
        for (pixel, out) in row.iter().zip(luma_row) {
            let [red, green, blue] = [pixel[0], pixel[1], pixel[2]];
            *out = T::of(luma(red.into(), green.into(), blue.into()));
            let (r, g, b) = (red.wide(), green.wide(), blue.wide());
            let (rg, yb) = (r - g, (r - b) + (g - b));
            red_green += rg.into();
            yellow_blue += yb.into();
            red_green_squares += T::square(rg);
            yellow_blue_squares += T::square(yb);
            let most: i32 = red.max(green).max(blue).into();
            let least: i32 = red.min(green).min(blue).into();
            let share = (most - least) as f32 / most.max(1) as f32;
            saturation += round(share * WHOLE);
        }
        let (low, high) = clipped(row);
        total += ColourSums {
            red_green: red_green.into(),
            red_green_squares: red_green_squares.into(),
            yellow_blue: yellow_blue.into(),
            yellow_blue_squares: yellow_blue_squares.into(),
            saturation: saturation.into(),
            low,
            high,
        };
    }
    total
}

/// Colour samples in the lowest and in the highest of 256 levels.
#[inline(always)]
fn clipped<T: Level, const C: usize>(row: &[[T; C]]) -> (u64, u64) {
    let (mut low, mut high) = (0, 0);
    // Bytes count to 240 pixels of a lane, then they are emptied.
    for part in row.chunks(LANES * 240) {
        let mut lows = [[0_u8; C]; LANES];
        let mut highs = [[0_u8; C]; LANES];
        let (chunks, rest) = part.as_chunks::<LANES>();
        let mut see = |chunk: &[[T; C]]| {
            for ((low, high), pixel) in lows.iter_mut().zip(&mut highs).zip(chunk) {
                for ((low, high), sample) in low.iter_mut().zip(high).zip(pixel) {
                    *low += u8::from(sample.top() == 0);
                    *high += u8::from(sample.top() == 255);
                }
            }
        };
        for chunk in chunks {
            see(chunk);
        }
        see(rest);
        let sum = |counts: &[[u8; C]; LANES]| -> u64 {
            counts
                .iter()
                .flat_map(|c| &c[..3])
                .map(|&c| u64::from(c))
                .sum()
        };
        low += sum(&lows);
        high += sum(&highs);
    }
    (low, high)
}

/// Pixels that are counted beside each other.
const LANES: usize = 64;

macro_rules! versions {
    ($name:ident, $type:ty) => {
        pub(super) mod $name {
            use multiversion::multiversion;

            use super::{ColourSums, sums};

            #[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2"))]
            pub(in super::super) fn rgb(row: &[[$type; 3]], luma: &mut [$type]) -> ColourSums {
                sums(row, luma)
            }

            #[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2"))]
            pub(in super::super) fn rgba(row: &[[$type; 4]], luma: &mut [$type]) -> ColourSums {
                sums(row, luma)
            }
        }
    };
}

versions!(eight, u8);
versions!(sixteen, u16);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_equal_those_of_a_plain_loop_past_a_segment() {
        let pixel = |i: usize| [i * 7 % 256, i * i % 256, (i * 31 + 5) % 256].map(|v| v as u8);
        let row: Vec<[u8; 3]> = (0..SEGMENT + 777).map(pixel).collect();
        let mut luma_row = vec![0; row.len()];
        let got = u8::rgb(&row, &mut luma_row);
        let mut expected = ColourSums::default();
        for (&[r, g, b], &y) in row.iter().zip(&luma_row) {
            let exact = 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
            assert!((f64::from(y) - exact).abs() < 0.501, "{r} {g} {b}: {y}");
            let (ri, gi, bi) = (i64::from(r), i64::from(g), i64::from(b));
            expected.red_green += ri - gi;
            expected.red_green_squares += (ri - gi).pow(2) as u64;
            expected.yellow_blue += ri + gi - 2 * bi;
            expected.yellow_blue_squares += (ri + gi - 2 * bi).pow(2) as u64;
            let (most, least) = (r.max(g).max(b), r.min(g).min(b));
            let share = f32::from(most - least) / f32::from(most.max(1));
            expected.saturation += (share * WHOLE).round_ties_even() as u64;
            expected.low += [r, g, b].iter().filter(|&&v| v == 0).count() as u64;
            expected.high += [r, g, b].iter().filter(|&&v| v == 255).count() as u64;
        }
        assert_eq!(got, expected);
        // Alpha changes nothing; 16 bits see the same picture.
        let with_alpha: Vec<_> = row.iter().map(|&[r, g, b]| [r, g, b, r ^ b]).collect();
        assert_eq!(u8::rgba(&with_alpha, &mut luma_row), expected);
        let deep: Vec<_> = row.iter().map(|p| p.map(|v| u16::from(v) * 257)).collect();
        let deep = u16::rgb(&deep, &mut vec![0; row.len()]);
        assert_eq!(deep.red_green, 257 * expected.red_green);
        let squares = deep.yellow_blue_squares;
        assert_eq!(squares, 257 * 257 * expected.yellow_blue_squares);
        assert_eq!((deep.low, deep.high), (expected.low, expected.high));
    }

    #[test]
    fn luma_of_white_is_white_at_both_depths() {
        assert_eq!(luma(255, 255, 255), 255);
        assert_eq!(luma(65_535, 65_535, 65_535), 65_535);
        assert_eq!(luma(0, 0, 0), 0);
    }
}
