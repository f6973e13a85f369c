//! Statistics on plain slices: p-values, effects, and how they are joined.
//!
//! Nothing here knows of profiles or sketches. Histograms are counts on common
//! bucket edges, samples are rows of `f32`, labels are positions: the
//! reference's rows first, then the target's.
//!
//! | question | use |
//! | --- | --- |
//! | did a number's distribution change? | [`ks_test`], effect [`wasserstein1`] |
//! | the same, in another measure? | [`wasserstein1_test`]; on [`equal_bins`] [`divergence_test`], [`chi_square_test`] |
//! | did an angle's distribution change? | [`kuiper_test`], effect [`circular_wasserstein1`] |
//! | did a number of the same records rise or fall? | [`signed_rank`] |
//! | did shares of categories change? | [`chi_square_test`], effect [`total_variation`]; [`divergence_test`] |
//! | did a share beyond an edge change? | [`share_test`] |
//! | did the mean direction change, over all rows? | [`Components`], [`SpectralTest`], effect [`turn_degrees`] |
//! | how far apart are two samples, as one number? | [`FrechetDistance`], a description |
//! | did a sample change, in any way? | [`Mmd`], [`Neighbours`] on [`SquaredChords`] |
//! | did distances between records change? | [`PairCurves`] on [`SquaredChords`] |
//! | do records come in groups that depend on each other? | [`RowGroups`], [`Intraclass`] |
//! | does one number rise with another? | [`rank_correlation`], inside windows [`within_strata`] |
//! | are two spaces alike in which the same records lie? | [`debiased_cka`], [`distance_correlation`], [`Neighbourhoods`], [`Procrustes`] of [`PrincipalCoordinates`] |
//! | are partitions, classes, clusters alike? | [`Contingency`], [`assignment`], [`ClassGeometry`] |
//! | are two clouds alike, whichever record lies where? | [`DistanceProfile`], [`spectrum_distance`] |
//! | did windows in their order change, since when, at once or bit by bit? | [`Evidence`], [`onset`], [`MannKendall`], [`change_points`], [`rises_gradually`] |
//! | how sure is such a number? | [`HalfSamples`] |
//! | what do many p-values say together? | [`cauchy`], [`simes`], [`holm`], [`benjamini_hochberg`], [`benjamini_bogomolov`] |
//! | what would have been seen? | [`detectable_mean_shift`] and its siblings |
//!
//! Every test keeps its level: the permutation tests ([`Permutations`]) and
//! the resampled histograms by construction, the others as each one's page
//! says. Every test of equal windows gives p = 1, every test without rows on
//! a side gives `None` or a typed error. Chance is seeded and derived by
//! index, so results are the same for any number of threads.
//!
//! ```
//! use driftsphere::compare::stats::{cauchy, holm, ks_test};
//!
//! let widths = ks_test(&[5, 80, 15], &[4, 78, 18], 1).unwrap();
//! let heights = ks_test(&[50, 40, 10], &[10, 40, 50], 1).unwrap();
//! let adjusted = holm(&[widths.p_value, heights.p_value]);
//! assert!(adjusted[0] > 0.05 && adjusted[1] < 0.05);
//! assert!(cauchy(&[widths.p_value, heights.p_value]).unwrap() < 0.05);
//! ```

mod beta;
mod bins;
mod bit_planes;
mod chi_square;
mod circle;
mod combine;
mod components;
mod divergence;
mod effect;
mod frechet;
mod gram;
mod group_variance;
mod intraclass;
mod ks;
mod kuiper;
mod labellings;
mod linear;
mod mmd;
mod neighbours;
mod pair_summary;
mod pairwise;
mod permutation;
mod product;
mod random;
mod rank;
mod resample;
mod row_groups;
mod sequence;
mod sequential;
mod signed_rank;
mod similarity;
mod spectral;
mod tails;
mod turn;
mod w1;

pub(crate) use beta::binomial_upper;
pub use bins::{equal_bins, into_bins};
pub(crate) use chi_square::pooled_chi_square;
pub use chi_square::{ChiSquareTest, TotalVariation, chi_square_test, total_variation};
pub use circle::{CircularMean, circular_wasserstein1, turn_between};
pub use combine::{
    AdjustedGroup, Group, benjamini_bogomolov, benjamini_hochberg, cauchy, holm, simes,
    weighted_cauchy,
};
pub use components::{Components, SideComponents};
pub use divergence::{Divergence, DivergenceTest, divergence_test};
pub use effect::{
    Z_DETECT, detectable_ks_shift, detectable_kuiper_turn, detectable_mean_shift,
    detectable_share_shift, detectable_total_variation, detection_factor, effective_rows,
};
pub use frechet::FrechetDistance;
pub use gram::SquaredChords;
pub use intraclass::Intraclass;
pub use ks::{KsMethod, KsTest, ks_p_value, ks_statistic, ks_test, resample_p_value};
pub use kuiper::{KuiperTest, kuiper_p_value, kuiper_statistic, kuiper_test};
pub use labellings::{LabelStatistic, Labellings};
pub use mmd::Mmd;
pub use neighbours::Neighbours;
pub use pair_summary::PairSummary;
pub use pairwise::PairCurves;
pub use permutation::Permutations;
pub use rank::{RankCorrelation, rank_correlation, within_strata};
pub use row_groups::RowGroups;
pub use sequence::{ChangePoint, Evidence, MannKendall, change_points, onset, rises_gradually};
pub use sequential::Permutation;
pub use signed_rank::{SignedRank, signed_rank};
pub use similarity::{
    ClassGeometry, Contingency, DistanceProfile, HalfSamples, Interval, Neighbourhoods,
    PrincipalCoordinates, Procrustes, assignment, debiased_cka, distance_correlation,
    effective_dimension, spectrum_distance,
};
pub use spectral::{SpectralNull, SpectralTest};
pub use tails::{ShareTest, share_test};
pub use turn::turn_degrees;
pub use w1::{Wasserstein1Test, wasserstein1, wasserstein1_test};
