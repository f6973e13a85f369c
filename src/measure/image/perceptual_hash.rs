//! A hash that pictures keep when they are scaled or compressed anew.

use std::fmt;
use std::sync::OnceLock;

use multiversion::multiversion;

use super::level::Level;
use super::resize::{Filter, resized};
use crate::error::Result;
use crate::ingest::image::{Channels, Pixels, Samples};

/// The 64-bit perceptual hash by cosine transform (pHash: Zauner 2010, as the Python
/// package ImageHash makes it).
///
/// ```text
/// luma -> 32 x 32 (Lanczos) -> DCT-II of columns and rows -> its 8 x 8 lowest
/// frequencies -> bit = coefficient > median, row by row, the first bit is the highest
/// ```
///
/// The resizing is that of Pillow up to rounding (after means of whole pixels where a side
/// is 1 024 pixels and more), so the hash differs from ImageHash's by no bit for most
/// pictures, and by single bits where a coefficient lies next to the median. Small distances mean near duplicates; 10 of 64 bits is a usual bound.
///
/// ```
/// use driftsphere::measure::image::PerceptualHash;
///
/// let (a, b) = (PerceptualHash(0b1011), PerceptualHash(0b0010));
/// assert_eq!(a.distance(b), 2);
/// assert_eq!(a.to_string(), "000000000000000b");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PerceptualHash(pub u64);

impl PerceptualHash {
    /// Bits in which two hashes differ (Hamming distance), 0 to 64.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

/// 16 hexadecimal digits, as ImageHash prints it.
impl fmt::Display for PerceptualHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

const SIDE: usize = 32;
const KEPT: usize = 8;

/// Sides over this many times [`SIDE`] are brought down by whole means first: what is left
/// for the windowed sinc is still 16 times finer than it can see.
const FINE: usize = 16 * SIDE;

/// A picture made small enough for its hash, from its luma row by row.
///
/// ```text
/// means of `across` x `down` samples in levels of 0 to 255, rounded
/// ```
///
/// What is left at the right and at the bottom does not count.
pub(super) struct SmallPicture {
    width: usize,
    height: usize,
    across: usize,
    down: usize,
    divisor: u64,
    inverse: Option<u64>,
    /// Of the rows that came since the last means, by column.
    sums: Vec<u32>,
    rows: usize,
    means: Vec<u8>,
}

impl SmallPicture {
    /// Of a picture of `width` x `height` samples of a type, before its first row.
    pub(super) fn new<T: Level>(width: usize, height: usize) -> Self {
        let factor = |side: usize| (side / FINE).clamp(1, 1 << 16);
        let (across, down) = (factor(width), factor(height));
        let divisor = (across * down) as u64 * u64::from(T::SCALE.unsigned_abs());
        Self {
            width: width / across,
            height: height / down,
            across,
            down,
            divisor,
            // For sums of at most 256 of so small a divisor, a product with its inverse, rounded up,
            // is exact: the error of 256 d / d in 2^40 parts stays below one part of d.
            inverse: (divisor < 1 << 16).then(|| (1_u64 << 40) / divisor + 1),
            sums: vec![0; width],
            rows: 0,
            means: Vec::with_capacity((width / across) * (height / down)),
        }
    }

    /// The next row of luma.
    pub(super) fn push<T: Level>(&mut self, row: &[T]) {
        let value = |value: T| -> u32 { value.into().unsigned_abs() };
        let pairs = self.sums.iter_mut().zip(row);
        match self.rows {
            0 => pairs.for_each(|(sum, new)| *sum = value(*new)),
            _ => pairs.for_each(|(sum, new)| *sum += value(*new)),
        }
        self.rows += 1;
        if self.rows < self.down {
            return;
        }
        self.rows = 0;
        let start = self.means.len();
        self.means.resize(start + self.width, 0);
        let (across, divisor, inverse) = (self.across, self.divisor, self.inverse);
        means(
            &self.sums,
            across,
            divisor,
            inverse,
            &mut self.means[start..],
        );
    }

    /// The hash, after the last row.
    pub(super) fn hash(self) -> Result<PerceptualHash> {
        let (width, height) = (self.width as u32, self.height as u32);
        let plane = Pixels::new(width, height, Channels::Grey, Samples::U8(self.means))?;
        let small = resized(&plane, SIDE as u32, SIDE as u32, Filter::Lanczos)?;
        let Samples::U8(small) = small.samples() else {
            return Ok(PerceptualHash(0)); // Bytes stay bytes.
        };
        Ok(of_square(small))
    }
}

/// Means of groups of `across` sums.
#[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2"))]
fn means(sums: &[u32], across: usize, divisor: u64, inverse: Option<u64>, out: &mut [u8]) {
    match (across, inverse) {
        (1, Some(inverse)) => means_of::<1>(sums, divisor, inverse, out),
        (2, Some(inverse)) => means_of::<2>(sums, divisor, inverse, out),
        (3, Some(inverse)) => means_of::<3>(sums, divisor, inverse, out),
        (4, Some(inverse)) => means_of::<4>(sums, divisor, inverse, out),
        _ => {
            for (out, sums) in out.iter_mut().zip(sums.chunks_exact(across)) {
                let sum: u64 = sums.iter().map(|&v| u64::from(v)).sum();
                *out = ((sum + divisor / 2) / divisor) as u8;
            }
        }
    }
}

/// The same of a width that the compiler knows, by multiplication.
#[inline(always)]
fn means_of<const N: usize>(sums: &[u32], divisor: u64, inverse: u64, out: &mut [u8]) {
    for (out, sums) in out.iter_mut().zip(sums.as_chunks::<N>().0) {
        // At most 256 of a divisor below 2^16.
        let sum = sums.iter().sum::<u32>() + divisor as u32 / 2;
        *out = ((u64::from(sum) * inverse) >> 40) as u8;
    }
}

/// `cos(pi k (2 i + 1) / 64)` of frequency k and place i.
fn cosines() -> &'static [[f64; SIDE]; KEPT] {
    static TABLE: OnceLock<[[f64; SIDE]; KEPT]> = OnceLock::new();
    TABLE.get_or_init(|| {
        std::array::from_fn(|k| {
            std::array::from_fn(|i| {
                let turn = (k * (2 * i + 1)) as f64 / (2 * SIDE) as f64;
                libm::cos(std::f64::consts::PI * turn)
            })
        })
    })
}

fn of_square(square: &[u8]) -> PerceptualHash {
    let cosines = cosines();
    let (rows, _) = square.as_chunks::<SIDE>();
    // Columns first: frequencies down, places right.
    let mut down = [[0.0; SIDE]; KEPT];
    for (k, line) in down.iter_mut().enumerate() {
        for (row, cosine) in rows.iter().zip(cosines[k]) {
            for (sum, &value) in line.iter_mut().zip(row) {
                *sum += cosine * f64::from(value);
            }
        }
    }
    let mut coefficients = [0.0; KEPT * KEPT];
    for (i, coefficient) in coefficients.iter_mut().enumerate() {
        let pairs = down[i / KEPT].iter().zip(cosines[i % KEPT]);
        *coefficient = pairs.map(|(value, cosine)| value * cosine).sum::<f64>();
    }
    let mut ordered = coefficients;
    ordered.sort_unstable_by(f64::total_cmp);
    let median = f64::midpoint(ordered[31], ordered[32]);
    let bits = coefficients.iter().fold(0, |bits, &coefficient| {
        bits << 1 | u64::from(coefficient > median)
    });
    PerceptualHash(bits)
}
