//! All sums over one picture, row by row.

use super::colour::ColourSums;
use super::level::{Level, Picture};
use super::perceptual_hash::SmallPicture;
use super::texture::TextureSums;
use crate::ingest::image::Channels;

/// Sums over a picture, in levels of 0 to `255 scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) width: u64,
    pub(super) height: u64,
    /// Levels of the sample type to one of 0 to 255.
    pub(super) scale: u32,
    /// Luma in 256 levels.
    pub(super) histogram: [u64; 256],
    pub(super) luma: u64,
    pub(super) luma_squares: u128,
    pub(super) colour: ColourSums,
    /// Samples of a pixel without alpha.
    pub(super) colours: u64,
    /// Pixels that are not wholly opaque, where there is alpha.
    pub(super) not_opaque: Option<u64>,
    pub(super) texture: TextureSums,
    /// Steps from column `i` to the next, apart by `i mod 8`.
    pub(super) steps_right: [u64; 8],
    /// Steps from row `i` to the next, apart by `i mod 8`.
    pub(super) steps_down: [u64; 8],
}

/// The sums of a picture, and a small one of it for its hash.
///
/// Of luma, three rows are held: all that looks at it does so while they are in the nearest cache.
pub(super) fn scan<T: Level>(picture: &Picture<'_, T>) -> (Sums, SmallPicture) {
    let (width, height) = (picture.width, picture.height);
    let mut sums = Sums {
        width: width as u64,
        height: height as u64,
        scale: T::SCALE.unsigned_abs(),
        histogram: [0; 256],
        luma: 0,
        luma_squares: 0,
        colour: ColourSums::default(),
        colours: picture.channels.colours() as u64,
        not_opaque: picture.channels.has_alpha().then_some(0),
        texture: TextureSums::default(),
        steps_right: [0; 8],
        steps_down: [0; 8],
    };
    let mut small = SmallPicture::new::<T>(width, height);
    let [mut before, mut above, mut luma] = [(); 3].map(|()| vec![T::default(); width]);
    let mut tables = [[0_u32; 256]; 4];
    let stride = width * picture.channels.count();
    for (y, row) in picture.samples.chunks_exact(stride).enumerate() {
        sums.read(picture.channels, row, &mut luma);
        sums.tones(&luma, &mut tables);
        // At most 2^32 - 1 pixels of a level before they are taken out.
        if y % 1024 == 1023 || y + 1 == height || width > 1 << 20 {
            sums.empty(&mut tables);
        }
        small.push(&luma);
        add(&mut sums.steps_right, T::steps(&luma));
        if y > 0 {
            sums.steps_down[(y - 1) % 8] += T::step_down(&above, &luma);
        }
        if y > 1 {
            sums.texture += T::texture([&before, &above, &luma]);
        }
        // The oldest row makes room for the next.
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut luma);
    }
    (sums, small)
}

/// The luma of a picture alone.
pub(super) fn luma<T: Level>(picture: &Picture<'_, T>) -> Vec<T> {
    let mut luma = vec![T::default(); picture.width * picture.height];
    match picture.channels {
        Channels::Grey => luma.copy_from_slice(picture.samples),
        Channels::GreyAlpha => {
            let (pixels, _) = picture.samples.as_chunks::<2>();
            for (out, pixel) in luma.iter_mut().zip(pixels) {
                *out = pixel[0];
            }
        }
        Channels::Rgb => {
            T::rgb(picture.samples.as_chunks().0, &mut luma);
        }
        Channels::Rgba => {
            T::rgba(picture.samples.as_chunks().0, &mut luma);
        }
    }
    luma
}

impl Sums {
    /// The luma of a row, its colours and alpha.
    fn read<T: Level>(&mut self, channels: Channels, row: &[T], luma: &mut [T]) {
        match channels {
            Channels::Grey => luma.copy_from_slice(row),
            Channels::GreyAlpha => {
                let (pixels, _) = row.as_chunks::<2>();
                for (out, pixel) in luma.iter_mut().zip(pixels) {
                    *out = pixel[0];
                }
                self.alpha(pixels);
            }
            Channels::Rgb => self.colour += T::rgb(row.as_chunks().0, luma),
            Channels::Rgba => {
                let (pixels, _) = row.as_chunks::<4>();
                self.colour += T::rgba(pixels, luma);
                self.alpha(pixels);
            }
        }
    }

    fn alpha<T: Level, const C: usize>(&mut self, pixels: &[[T; C]]) {
        let opaque = 255 * T::SCALE;
        let seen = pixels.iter().filter(|p| p[C - 1].into() != opaque).count();
        if let Some(count) = &mut self.not_opaque {
            *count += seen as u64;
        }
    }

    /// Sums over luma. Four tables, so that equal neighbours do not wait for each
    /// other.
    fn tones<T: Level>(&mut self, luma: &[T], tables: &mut [[u32; 256]; 4]) {
        let (fours, rest) = luma.as_chunks::<4>();
        let [a, b, c, d] = tables;
        for four in fours {
            a[usize::from(four[0].top())] += 1;
            b[usize::from(four[1].top())] += 1;
            c[usize::from(four[2].top())] += 1;
            d[usize::from(four[3].top())] += 1;
        }
        for value in rest {
            a[usize::from(value.top())] += 1;
        }
        // Luma of 8 bits is its own level: the table says the rest.
        if T::SCALE > 1 {
            for &value in luma {
                let value: i32 = value.into();
                let value = u64::from(value.unsigned_abs());
                self.luma += value;
                self.luma_squares += u128::from(value * value);
            }
        }
    }

    fn empty(&mut self, tables: &mut [[u32; 256]; 4]) {
        for table in tables {
            for (level, count) in table.iter_mut().enumerate() {
                let count = u64::from(std::mem::take(count));
                self.histogram[level] += count;
                if self.scale == 1 {
                    self.luma += count * level as u64;
                    self.luma_squares += u128::from(count * (level * level) as u64);
                }
            }
        }
    }
}

fn add(total: &mut [u64; 8], part: [u64; 8]) {
    for (total, part) in total.iter_mut().zip(part) {
        *total += part;
    }
}
