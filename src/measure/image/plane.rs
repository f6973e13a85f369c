//! Luma as numbers, for measures that filter it.

use super::level::{AnyPicture, Level, Picture, Store};
use super::scan::luma;
use crate::ingest::image::Pixels;

/// Numbers of one picture, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<f64>,
}

impl Plane {
    /// Luma in levels of 0 to 255 (see [`PixelMeasures`](super::PixelMeasures)).
    pub(super) fn luma(pixels: &Pixels) -> Self {
        fn of<T: Level>(picture: &Picture<'_, T>) -> Plane {
            let scale = f64::from(T::SCALE);
            let level = |value: T| -> f64 {
                let value: i32 = value.into();
                f64::from(value) / scale
            };
            Plane {
                width: picture.width,
                height: picture.height,
                values: luma(picture).into_iter().map(level).collect(),
            }
        }
        match AnyPicture::of(pixels, &mut Store::default()) {
            AnyPicture::Eight(picture) => of(&picture),
            AnyPicture::Sixteen(picture) => of(&picture),
        }
    }

    pub(super) fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.width)
    }

    /// Each value replaced by the sum of `kernel` over its neighbours, across and then
    /// down; outside, the nearest value of the border counts. Kernels are symmetric and
    /// of odd length.
    pub(super) fn filtered(&self, kernel: &[f64]) -> Self {
        let radius = kernel.len() / 2;
        let (width, height) = (self.width, self.height);
        let mut across = Vec::with_capacity(self.values.len());
        let mut padded = vec![0.0; width + 2 * radius];
        for row in self.rows() {
            padded[..radius].fill(row[0]);
            padded[radius..radius + width].copy_from_slice(row);
            padded[radius + width..].fill(row[width - 1]);
            let start = across.len();
            across.resize(start + width, 0.0);
            for (offset, weight) in kernel.iter().enumerate() {
                let shifted = &padded[offset..offset + width];
                for (sum, value) in across[start..].iter_mut().zip(shifted) {
                    *sum += weight * value;
                }
            }
        }
        let mut values = vec![0.0; across.len()];
        for (y, out) in values.chunks_exact_mut(width).enumerate() {
            for (offset, weight) in kernel.iter().enumerate() {
                let from = (y + offset).saturating_sub(radius).min(height - 1);
                let row = &across[from * width..][..width];
                for (sum, value) in out.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
        }
        Self {
            width,
            height,
            values,
        }
    }

    /// `f` of each pair of values.
    pub(super) fn with(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let pairs = self.values.iter().zip(&other.values);
        Self {
            width: self.width,
            height: self.height,
            values: pairs.map(|(a, b)| f(*a, *b)).collect(),
        }
    }

    /// Means of 2 x 2 values; an odd last row or column is left out.
    pub(super) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let at = |x: usize, y: usize| self.values[y * self.width + x];
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let (x, y) = (2 * x, 2 * y);
                values.push((at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4.0);
            }
        }
        Self {
            width,
            height,
            values,
        }
    }
}

/// `exp(-x^2 / (2 sigma^2))` for whole x up to `radius`, of sum 1.
pub(super) fn gaussian(sigma: f64, radius: i32) -> Vec<f64> {
    let weight = |x: i32| libm::exp(-0.5 * f64::from(x * x) / (sigma * sigma));
    let weights: Vec<f64> = (-radius..=radius).map(weight).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filtering_equals_the_sum_over_a_window() {
        let (width, height) = (9, 7);
        let values: Vec<f64> = (0..width * height).map(|i| (i * i % 41) as f64).collect();
        let plane = Plane {
            width,
            height,
            values,
        };
        let kernel = gaussian(1.2, 3);
        let filtered = plane.filtered(&kernel);
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0.0;
                for (j, down) in kernel.iter().enumerate() {
                    for (i, across) in kernel.iter().enumerate() {
                        let near = |place: usize, offset: usize, length: usize| {
                            (place + offset).saturating_sub(3).min(length - 1)
                        };
                        let at = near(y, j, height) * width + near(x, i, width);
                        sum += down * across * plane.values[at];
                    }
                }
                assert!((filtered.values[y * width + x] - sum).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn halving_takes_means_of_four() {
        let plane = Plane {
            width: 3,
            height: 2,
            values: vec![1.0, 2.0, 9.0, 3.0, 4.0, 9.0],
        };
        assert_eq!(plane.halved().values, [2.5]);
    }
}
