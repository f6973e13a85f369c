//! One pass over the colours of a row: luma, and sums that saturation, hue and
//! colourfulness are made of.
//!
//! Sums are whole numbers, so their order is free and the compiler may use any
//! vector width; the one division a pixel is rounded as IEEE 754 says.

use std::ops::AddAssign;

use super::level::Level;

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
pub(super) fn luma(red: u16, green: u16, blue: u16) -> u16 {
    let (red, green, blue) = (u32::from(red), u32::from(green), u32::from(blue));
    ((19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16) as u16
}

/// The same of bytes, in 16 bits: the high bytes of the weights and the low ones by themselves.
///
/// ```text
/// (256 h + l + 2^15) >> 16 = (h + (l >> 8) + 128) >> 8      no sum reaches 2^16
/// ```
#[inline(always)]
pub(super) fn luma_of_bytes(red: u8, green: u8, blue: u8) -> u8 {
    let (red, green, blue) = (u16::from(red), u16::from(green), u16::from(blue));
    let high = 76 * red + 150 * green + 29 * blue;
    let low = 139 * red + 70 * green + 47 * blue;
    ((high + (low >> 8) + 128) >> 8) as u8
}

/// Pixels that are taken apart at a time: three planes of them stay in the nearest cache.
const BLOCK: usize = 512;

/// Sums over a row, block by block. A block is first taken apart into planes of one colour, so that
/// each of the loops that follow reads and writes numbers that lie side by side.
#[inline(always)]
fn sums<T: Level, const C: usize>(row: &[[T; C]], luma_row: &mut [T]) -> ColourSums {
    let mut total = ColourSums::default();
    let mut planes = [[T::default(); BLOCK]; 3];
    for (pixels, out) in row.chunks(BLOCK).zip(luma_row.chunks_mut(BLOCK)) {
        let [red, green, blue] = &mut planes;
        let n = pixels.len();
        let (red, green, blue) = (&mut red[..n], &mut green[..n], &mut blue[..n]);
        for (i, pixel) in pixels.iter().enumerate() {
            (red[i], green[i], blue[i]) = (pixel[0], pixel[1], pixel[2]);
        }
        let (red, green, blue) = (&red[..n], &green[..n], &blue[..n]);
        for (((out, red), green), blue) in out.iter_mut().zip(red).zip(green).zip(blue) {
            *out = T::luma(*red, *green, *blue);
        }
        total += opponents(red, green, blue);
        total.saturation += u64::from(saturation(red, green, blue));
        for plane in [red, green, blue] {
            let (low, high) = clipped(plane);
            total.low += low;
            total.high += high;
        }
    }
    total
}

/// Sums of `R - G` and `R + G - 2 B`, and of their squares.
#[inline(always)]
fn opponents<T: Level>(red: &[T], green: &[T], blue: &[T]) -> ColourSums {
    let (mut red_green, mut yellow_blue) = (0_i32, 0_i32);
    let mut red_green_squares = T::Square::default();
    let mut yellow_blue_squares = T::Square::default();
    for ((red, green), blue) in red.iter().zip(green).zip(blue) {
        let (r, g, b) = (red.wide(), green.wide(), blue.wide());
        let (rg, yb) = (r - g, (r - b) + (g - b));
        red_green += rg.into();
        yellow_blue += yb.into();
        red_green_squares += T::square(rg);
        yellow_blue_squares += T::square(yb);
    }
    ColourSums {
        red_green: red_green.into(),
        red_green_squares: red_green_squares.into(),
        yellow_blue: yellow_blue.into(),
        yellow_blue_squares: yellow_blue_squares.into(),
        ..ColourSums::default()
    }
}

#[inline(always)]
fn saturation<T: Level>(red: &[T], green: &[T], blue: &[T]) -> u32 {
    let mut saturation = 0_u32;
    for ((&red, &green), &blue) in red.iter().zip(green).zip(blue) {
        let most: i32 = red.max(green).max(blue).into();
        let least: i32 = red.min(green).min(blue).into();
        let share = (most - least) as f32 / most.max(1) as f32;
        saturation += round(share * WHOLE);
    }
    saturation
}

/// Samples in the lowest and in the highest of 256 levels.
#[inline(always)]
fn clipped<T: Level>(samples: &[T]) -> (u64, u64) {
    let (mut low, mut high) = (0, 0);
    // A byte counts them.
    for part in samples.chunks(64) {
        let (mut lows, mut highs) = (0_u8, 0_u8);
        for sample in part {
            lows += u8::from(sample.top() == 0);
            highs += u8::from(sample.top() == 255);
        }
        low += u64::from(lows);
        high += u64::from(highs);
    }
    (low, high)
}

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
    fn sums_equal_those_of_a_plain_loop_past_a_block() {
        let pixel = |i: usize| [i * 7 % 256, i * i % 256, (i * 31 + 5) % 256].map(|v| v as u8);
        let row: Vec<[u8; 3]> = (0..3 * BLOCK + 77).map(pixel).collect();
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
        assert_eq!(luma(65_535, 65_535, 65_535), 65_535);
        assert_eq!(luma(0, 0, 0), 0);
    }

    #[test]
    fn luma_of_all_bytes_is_that_of_wide_numbers() {
        for colour in 0..1_u32 << 24 {
            let [red, green, blue, _] = colour.to_le_bytes();
            let wide = luma(red.into(), green.into(), blue.into());
            assert_eq!(u16::from(luma_of_bytes(red, green, blue)), wide);
        }
    }
}
