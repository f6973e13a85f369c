//! Two or more training runs over the same records: is it still the same space?
//!
//! ```text
//! runs (profiles) -> records of all of them -> a geometry of each -> pairs, curve -> Stability
//! ```
//!
//! [`stability`] compares each later run with the first, record by record, from
//! profiles alone: their samples hold the same ids, as they are drawn by the hash of
//! the id. A rotation, a reflection, a common scale and small noise are no change.
//!
//! | part of the answer | what it says |
//! | --- | --- |
//! | [`PairStability::geometry`] | whether the space is the same, as a whole and near each record |
//! | [`PairStability::classes`] | whether each class keeps its records, and its distance from the others |
//! | [`PairStability::clusters`] | whether clusters found in both are the same records |
//! | [`PairStability::cloud`] | whether the cloud is alike, whichever record lies where |
//! | [`PairStability::moved`] | the records with other neighbours than before |
//! | [`Stability::curve`] | of three and more runs in their order: how they settle |
//!
//! The question is asked in one of two forms ([`Question`]): of paired records, or of
//! sets whose ids do not belong together. The answer says which.
//!
//! ```
//! use driftsphere::compare::stability::{Change, StabilityOptions, stability};
//! use driftsphere::ingest::{Batch, Column};
//! use driftsphere::ndarray::Array2;
//! use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
//!
//! let run = |rows: &Array2<f32>| -> driftsphere::Result<Profile> {
//!     let config = ProfileConfig::new().space("embedding", SpaceConfig::new(3));
//!     let mut builder = ProfileBuilder::new(config)?;
//!     let ids: Vec<String> = (0..rows.nrows()).map(|i| format!("{i}.jpg")).collect();
//!     let batch = Batch::new(rows.nrows()).ids(Column::from(ids));
//!     builder.track_batch(&batch.space("embedding", rows.view()))?;
//!     Ok(builder.freeze())
//! };
//! let rows = Array2::from_shape_fn((60, 3), |(i, j)| ((i + 1) as f32 * (2 * j + 3) as f32 * 0.618).fract());
//! // The axes in another order, one of them mirrored, all three times as long.
//! let turned = Array2::from_shape_fn((60, 3), |(i, j)| match j {
//!     0 => -3.0 * rows[[i, 2]],
//!     j => 3.0 * rows[[i, j - 1]],
//! });
//! let (first, second) = (run(&rows)?, run(&turned)?);
//! let options = StabilityOptions { clusters: Some(2), ..StabilityOptions::default() };
//! let answer = stability(&[("a", &first), ("b", &second)], &options)?;
//! assert_eq!(answer.ids, 60);
//! assert_eq!(answer.pairs[0].geometry_verdict, Change::Same);
//! # Ok::<(), driftsphere::Error>(())
//! ```

mod anchors;
mod classes;
mod cloud;
mod clusters;
mod common;
mod curve;
mod fitted;
mod judge;
mod options;
mod paired;
mod result;
mod run;
mod words;

pub use options::{
    MAX_CLUSTERS, MAX_IDS, MAX_RUNS, MIN_IDS, Question, StabilityOptions, StabilityThresholds,
};
pub use paired::stability;
pub use result::{
    Anchor, Change, ClassInRun, ClassPair, ClassStability, ClusterStability, CurvePoint, Likeness,
    Measure, MovedId, PairStability, RunSummary, Stability, Step,
};
