//! Learning what good pictures look like.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use super::super::plane::Plane;
use super::features::{Patch, patches};
use super::matrix::moments;
use super::model::NaturalnessModel;
use super::shrinkage::{shrunk, weight};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::image::Pixels;

/// Patches that are kept at most.
const KEPT: usize = 4096;

/// Of the patches of a picture only those count that are sharper than this share of the
/// sharpest: what is out of focus in a good picture says nothing of its quality.
const SHARP: f64 = 0.75;

/// Sees the pictures of a reference set and fits a [`NaturalnessModel`].
///
/// What is learned does not depend on their order or on how they are divided: the
/// patches of the smallest hashes are kept, 4096 at most.
///
/// ```
/// use driftsphere::ingest::image::{Channels, Pixels, Samples};
/// use driftsphere::measure::image::NaturalnessFit;
///
/// let picture = |seed: u32| {
///     let mut state = seed;
///     let mut level = move || {
///         state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
///         (state >> 24) as u8
///     };
///     let samples = Samples::U8((0..64 * 64).map(|_| level()).collect());
///     Pixels::new(64, 64, Channels::Grey, samples)
/// };
/// let mut fit = NaturalnessFit::new(16)?;
/// for seed in 0..8 {
///     fit.update(&picture(seed)?);
/// }
/// let model = fit.fit()?;
/// assert!(model.distance(&picture(99)?).unwrap() < 5.0);
/// let flat = Pixels::new(64, 64, Channels::Grey, Samples::U8(vec![7; 4096]))?;
/// assert_eq!(model.distance(&flat), None);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NaturalnessFit {
    side: u32,
    /// By hash, then by bits: the same patch of two pictures counts twice.
    kept: BTreeMap<(u64, Vec<u64>), u64>,
    count: u64,
    pictures: u64,
    unusable: u64,
}

impl NaturalnessFit {
    /// Side of a patch in pixels where none is stated, that of the method's authors.
    pub const DEFAULT_SIDE: u32 = 96;

    /// Without pictures yet; patches of `side` x `side` pixels.
    ///
    /// # Errors
    ///
    /// A side that is odd, under 16 or over 512.
    pub fn new(side: u32) -> Result<Self> {
        if !(16..=512).contains(&side) || side % 2 == 1 {
            return Err(Error::new(
                ErrorKind::Argument,
                format!("the side of a patch is {side}; it has to be even, from 16 to 512"),
            ));
        }
        Ok(Self {
            side,
            kept: BTreeMap::new(),
            count: 0,
            pictures: 0,
            unusable: 0,
        })
    }

    /// Looks at one picture of the set. One that is smaller than a patch, or flat, is
    /// counted in [`NaturalnessFit::unusable`].
    pub fn update(&mut self, pixels: &Pixels) {
        self.pictures += 1;
        let found = patches(&Plane::luma(pixels), self.side as usize);
        if found.features.is_empty() {
            self.unusable += 1;
        }
        let sharpest = found.sharpness.iter().copied().fold(0.0, f64::max);
        for (patch, sharpness) in found.features.iter().zip(&found.sharpness) {
            if *sharpness >= SHARP * sharpest {
                self.keep(patch.iter().map(|v| v.to_bits()).collect(), 1);
            }
        }
    }

    fn keep(&mut self, bits: Vec<u64>, count: u64) {
        let hash = xxh3_64(bytemuck::cast_slice(&bits));
        *self.kept.entry((hash, bits)).or_default() += count;
        self.count += count;
        while self.count > KEPT as u64 {
            let Some(mut last) = self.kept.last_entry() else {
                return;
            };
            let surplus = (self.count - KEPT as u64).min(*last.get());
            self.count -= surplus;
            *last.get_mut() -= surplus;
            if *last.get() == 0 {
                last.remove();
            }
        }
    }

    /// Takes over what another saw.
    ///
    /// # Errors
    ///
    /// Patches of another size.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.side != other.side {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!("patches of {} and of {} pixels", self.side, other.side),
            ));
        }
        for ((_, bits), count) in &other.kept {
            self.keep(bits.clone(), *count);
        }
        self.pictures += other.pictures;
        self.unusable += other.unusable;
        Ok(())
    }

    /// Pictures seen.
    #[must_use]
    pub fn pictures(&self) -> u64 {
        self.pictures
    }

    /// Pictures without a patch that could be used.
    #[must_use]
    pub fn unusable(&self) -> u64 {
        self.unusable
    }

    /// The Gaussian of the patches: their mean, and their covariance shrunk towards
    /// independent features (Ledoit & Wolf 2004), on features divided by their standard
    /// deviations.
    ///
    /// # Errors
    ///
    /// Fewer than 2 patches.
    pub fn fit(&self) -> Result<NaturalnessModel> {
        let mut rows: Vec<Patch> = Vec::new();
        for ((_, bits), count) in &self.kept {
            let row = std::array::from_fn(|i| f64::from_bits(bits[i]));
            rows.extend(std::iter::repeat_n(
                row,
                usize::try_from(*count).unwrap_or(KEPT),
            ));
        }
        if rows.len() < 2 {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{} usable patches of {} x {} pixels in {} pictures; give more or larger \
                     pictures, or a smaller patch",
                    rows.len(),
                    self.side,
                    self.side,
                    self.pictures
                ),
            ));
        }
        let (mean, covariance) = moments(&rows);
        let scales: Patch = std::array::from_fn(|i| {
            let deviation = covariance[i][i].sqrt();
            // A feature that does not vary keeps its unit.
            if deviation > 1e-12 { deviation } else { 1.0 }
        });
        let standard: Vec<Patch> = rows
            .iter()
            .map(|row| std::array::from_fn(|i| (row[i] - mean[i]) / scales[i]))
            .collect();
        let (_, covariance) = moments(&standard);
        let weight = weight(&standard, &covariance);
        let covariance = shrunk(&covariance, weight);
        Ok(NaturalnessModel::of_parts(
            self.side,
            rows.len() as u64,
            mean,
            scales,
            covariance.into_iter().flatten().collect(),
        ))
    }
}
