//! The statistics, on plain slices: no profile, no sketch.
//!
//! | question | functions |
//! | --- | --- |
//! | has a number's distribution changed? | [`ks_test`], [`wasserstein1`] |
//! | has a share changed? | [`share_test`] |
//! | have shares of categories changed? | [`chi_square_test`], [`total_variation`] |
//! | have unit vectors changed? | [`Spectral`], [`turn`](fn@turn), [`LaplaceMmd`], [`SameNeighbours`] |
//! | are they more spread out? | [`pairwise_test`] |
//! | how sure, over many tests? | [`cauchy`], [`simes`], [`holm`], [`benjamini_hochberg`], [`benjamini_bogomolov`] |
//! | what would have been seen? | [`detectable_ks_shift`], [`detectable_mean_shift`], [`detectable_share_shift`], [`detectable_total_variation`] |
//!
//! Where no formula gives a p-value, labels are permuted: [`Permutations`] draws
//! them once for every [`LabelStatistic`], seeded, the same for any number of
//! threads.
//!
//! ```
//! use driftsphere::compare::stats::{cauchy, ks_test, simes};
//!
//! let calm = ks_test(&[25, 50, 25], &[24, 52, 24], 0).unwrap();
//! let moved = ks_test(&[60, 30, 10], &[10, 30, 60], 0).unwrap();
//! assert!(calm.p_value > 0.5 && moved.p_value < 0.001);
//! assert!(simes(&[calm.p_value, moved.p_value]).unwrap() < 0.002);
//! assert!(cauchy(&[calm.p_value, moved.p_value]).unwrap() < 0.002);
//! ```

mod beta;
mod chi_square;
mod chords;
mod combine;
mod components;
mod effect;
mod ks;
mod mmd;
mod neighbours;
mod pairwise;
mod permutation;
mod random;
mod resample;
mod spectral;
mod tails;
mod turn;
mod w1;

pub use chi_square::{ChiSquareTest, TotalVariation, chi_square_test, total_variation};
pub use chords::Chords;
pub use combine::{
    AdjustedGroup, Group, benjamini_bogomolov, benjamini_hochberg, cauchy, holm, simes,
};
pub use components::Components;
pub use effect::{
    detectable_ks_shift, detectable_mean_shift, detectable_share_shift, detectable_total_variation,
    effective_rows,
};
pub use ks::{KsMethod, KsTest, ks_p_value, ks_statistic, ks_test, resample_p_value};
pub use mmd::LaplaceMmd;
pub use neighbours::SameNeighbours;
pub use pairwise::{PairwiseTest, pairwise_test};
pub use permutation::{LabelStatistic, Labellings, Permutation, Permutations};
pub use spectral::{Spectral, SpectralTest};
pub use tails::{ShareTest, share_test};
pub use turn::{MeanOfUnitVectors, turn};
pub use w1::wasserstein1;
