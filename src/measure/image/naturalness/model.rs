//! What was learned of a set of good pictures.

use serde::{Deserialize, Serialize};

use super::super::plane::Plane;
use super::features::{FEATURES, Patch, patches};
use super::matrix::{Matrix, inverse_form, moments};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::image::Pixels;

/// The Gaussian of the patches of a reference set, and the distance of a picture from it
/// (in the manner of NIQE: Mittal, Soundararajan & Bovik 2013).
///
/// ```text
/// D = sqrt((m1 - m2)' ((S1 + S2) / 2)^-1 (m1 - m2))
/// ```
///
/// m1 and S1 are of the reference set, m2 and S2 of all patches of the picture; of a
/// picture of one patch S2 = S1. It differs from NIQE in this: the reference set is the
/// user's, S1 is shrunk, neighbours are taken inside a patch only, and the half size is made
/// by means of 2 x 2 pixels.
///
/// It is stored by [`serde`], together with its [`NaturalnessModel::hash`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct NaturalnessModel {
    side: u32,
    patches: u64,
    mean: Patch,
    scales: Patch,
    covariance: Matrix,
}

#[derive(Serialize, Deserialize)]
struct Raw {
    side: u32,
    patches: u64,
    mean: Vec<f64>,
    scales: Vec<f64>,
    covariance: Vec<f64>,
}

impl NaturalnessModel {
    pub(super) fn of_parts(
        side: u32,
        patches: u64,
        mean: Patch,
        scales: Patch,
        covariance: Vec<f64>,
    ) -> Self {
        Self {
            side,
            patches,
            mean,
            scales,
            covariance: covariance.as_chunks::<FEATURES>().0.to_vec(),
        }
    }

    /// Side of a patch in pixels.
    #[must_use]
    pub fn side(&self) -> u32 {
        self.side
    }

    /// Patches that it was fitted to.
    #[must_use]
    pub fn patches(&self) -> u64 {
        self.patches
    }

    /// How far a picture is from the reference set; larger is worse. `None` of a picture
    /// that is smaller than a patch, or flat.
    #[must_use]
    pub fn distance(&self, pixels: &Pixels) -> Option<f64> {
        let found = patches(&Plane::luma(pixels), self.side as usize).features;
        if found.is_empty() {
            return None;
        }
        let standard: Vec<Patch> = found
            .iter()
            .map(|row| std::array::from_fn(|i| (row[i] - self.mean[i]) / self.scales[i]))
            .collect();
        let (mean, own) = moments(&standard);
        let mut pooled = self.covariance.clone();
        if standard.len() > 1 {
            for (line, own) in pooled.iter_mut().zip(own) {
                for (value, own) in line.iter_mut().zip(own) {
                    *value = f64::midpoint(*value, own);
                }
            }
        }
        inverse_form(&pooled, &mean).map(f64::sqrt)
    }

    /// A hash of everything that a distance depends on.
    #[must_use]
    pub fn hash(&self) -> u128 {
        let numbers = self
            .mean
            .iter()
            .chain(&self.scales)
            .chain(self.covariance.iter().flatten());
        let mut bytes = self.side.to_le_bytes().to_vec();
        bytes.extend(numbers.flat_map(|v| v.to_bits().to_le_bytes()));
        xxhash_rust::xxh3::xxh3_128(&bytes)
    }
}

impl From<NaturalnessModel> for Raw {
    fn from(model: NaturalnessModel) -> Self {
        Self {
            side: model.side,
            patches: model.patches,
            mean: model.mean.to_vec(),
            scales: model.scales.to_vec(),
            covariance: model.covariance.into_iter().flatten().collect(),
        }
    }
}

/// The one door for models from outside.
impl TryFrom<Raw> for NaturalnessModel {
    type Error = Error;

    fn try_from(raw: Raw) -> Result<Self> {
        let refused = |what: &str| {
            Error::new(
                ErrorKind::Format,
                format!("the model of a reference set is damaged: {what}"),
            )
        };
        let side = raw.side;
        if !(16..=512).contains(&side) || side % 2 == 1 {
            return Err(refused("the side of a patch"));
        }
        let mean = raw.mean.try_into().map_err(|_| refused("means"))?;
        let scales: Patch = raw.scales.try_into().map_err(|_| refused("scales"))?;
        let numbers = raw.covariance;
        if numbers.len() != FEATURES * FEATURES || !numbers.iter().all(|v| v.is_finite()) {
            return Err(refused("covariances"));
        }
        if !scales.iter().all(|v| v.is_finite() && *v > 0.0) {
            return Err(refused("scales"));
        }
        let model = Self::of_parts(side, raw.patches, mean, scales, numbers);
        if inverse_form(&model.covariance, &model.mean).is_none_or(|v| !v.is_finite()) {
            return Err(refused("covariances that cannot be inverted"));
        }
        Ok(model)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fit::NaturalnessFit;
    use super::*;
    use crate::ingest::image::{Channels, Samples};

    /// Noise whose neighbours are alike: sums of `blur` x `blur` random levels.
    fn picture(seed: u64, blur: usize) -> Pixels {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let side = 96 + blur;
        let noise: Vec<u32> = (0..side * side)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 56) as u32
            })
            .collect();
        let level = |i: usize| {
            let (x, y) = (i % 96, i / 96);
            let sum: u32 = (0..blur * blur)
                .map(|k| noise[(y + k / blur) * side + x + k % blur])
                .sum();
            (sum / (blur * blur) as u32) as u8
        };
        let samples = Samples::U8((0..96 * 96).map(level).collect());
        Pixels::new(96, 96, Channels::Grey, samples).unwrap()
    }

    fn fitted(seeds: std::ops::Range<u64>) -> NaturalnessFit {
        let mut fit = NaturalnessFit::new(32).unwrap();
        for seed in seeds {
            fit.update(&picture(seed, 2));
        }
        fit
    }

    #[test]
    fn pictures_of_the_same_kind_are_near_and_blurred_ones_far() {
        let model = fitted(0..12).fit().unwrap();
        let near: Vec<f64> = (50..60)
            .map(|s| model.distance(&picture(s, 2)).unwrap())
            .collect();
        let far: Vec<f64> = (50..60)
            .map(|s| model.distance(&picture(s, 4)).unwrap())
            .collect();
        let nearest_far = far.iter().copied().fold(f64::INFINITY, f64::min);
        let farthest_near = near.iter().copied().fold(0.0, f64::max);
        assert!(nearest_far > 1.5 * farthest_near, "{near:?} {far:?}");
    }

    #[test]
    fn the_order_of_pictures_and_shards_leaves_no_trace() {
        let whole = fitted(0..9);
        let mut turned = fitted(5..9);
        turned.merge(&fitted(0..5)).unwrap();
        assert_eq!(whole, turned);
        assert_eq!(whole.fit().unwrap().hash(), turned.fit().unwrap().hash());
        assert!(turned.merge(&NaturalnessFit::new(48).unwrap()).is_err());
    }

    #[test]
    fn a_stored_model_answers_alike_and_a_damaged_one_is_refused() {
        let model = fitted(0..4).fit().unwrap();
        let bytes = postcard::to_allocvec(&model).unwrap();
        let read: NaturalnessModel = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(read, model);
        assert_eq!(
            read.distance(&picture(7, 3)),
            model.distance(&picture(7, 3))
        );
        for cut in [0, 10, 300, bytes.len() - 1] {
            assert!(postcard::from_bytes::<NaturalnessModel>(&bytes[..cut]).is_err());
        }
        let mut raw = Raw::from(model);
        raw.covariance[0] = -1.0;
        assert!(NaturalnessModel::try_from(raw).is_err());
    }

    #[test]
    fn too_few_patches_are_an_error() {
        let mut fit = NaturalnessFit::new(512).unwrap();
        fit.update(&picture(1, 2));
        assert_eq!((fit.pictures(), fit.unusable()), (1, 1));
        let error = fit.fit().unwrap_err().to_string();
        assert!(
            error.starts_with("0 usable patches of 512 x 512"),
            "{error}"
        );
    }
}
