//! All sums over one picture, row by row.

use super::colour::ColourSums;
use super::level::{Level, Picture};
use super::perceptual_hash::SmallPicture;
use super::texture::TextureSums;
use super::tones::Tones;
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
    let mut tones = Tones::new();
    let stride = width * picture.channels.count();
    for (y, row) in picture.samples.chunks_exact(stride).enumerate() {
        sums.read(picture.channels, row, &mut luma);
        tones.add(&luma);
        if T::SCALE > 1 {
            sums.deep(&luma);
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
    sums.tones(tones.finish());
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

    /// Sums over a row of luma of 16 bits: its histogram is too coarse for them.
    fn deep<T: Level>(&mut self, luma: &[T]) {
        for &value in luma {
            let value: i32 = value.into();
            let value = u64::from(value.unsigned_abs());
            self.luma += value;
            self.luma_squares += u128::from(value * value);
        }
    }

    /// Takes the histogram. Luma of 8 bits is its own level, so it says the sums, too.
    fn tones(&mut self, histogram: [u64; 256]) {
        self.histogram = histogram;
        if self.scale == 1 {
            for (level, &count) in (0..).zip(&histogram) {
                self.luma += count * level;
                self.luma_squares += u128::from(count * level * level);
            }
        }
    }
}

fn add(total: &mut [u64; 8], part: [u64; 8]) {
    for (total, part) in total.iter_mut().zip(part) {
        *total += part;
    }
}
