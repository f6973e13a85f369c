//! How alike two spaces are in which the same records lie.
//!
//! None of these sees a rotation, a reflection or a common scale: they look at
//! distances between records, or at coordinates up to a turn.
//!
//! | question | use |
//! | --- | --- |
//! | is it the same space, as a whole? | [`debiased_cka`], [`distance_correlation`] |
//! | is it so up to a turn, record by record? | [`PrincipalCoordinates`], [`Procrustes`] |
//! | does each record keep its neighbours? | [`Neighbourhoods`] |
//! | are the clusters the same? | [`Contingency`]: Rand index, mutual information, Jaccard |
//! | which cluster has become which? | [`assignment`] |
//! | does each class keep its region, and its distance from the others? | [`ClassGeometry`] |
//! | is the cloud alike, whichever record lies where? | [`DistanceProfile`], [`spectrum_distance`] |
//! | how sure is that? | [`HalfSamples`] |

mod assignment;
mod cka;
mod class_geometry;
mod distances;
mod half_samples;
mod neighbourhoods;
mod partitions;
mod principal;
mod procrustes;

pub use assignment::assignment;
pub use cka::debiased_cka;
pub use class_geometry::ClassGeometry;
pub use distances::{DistanceProfile, distance_correlation};
pub use half_samples::{HalfSamples, Interval};
pub use neighbourhoods::Neighbourhoods;
pub use partitions::Contingency;
pub use principal::{PrincipalCoordinates, effective_dimension, spectrum_distance};
pub use procrustes::Procrustes;
