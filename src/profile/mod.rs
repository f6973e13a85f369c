//! What was learned about one window: a small mergeable profile.
//!
//! ```text
//! ProfileConfig -> ProfileBuilder --track--> ... --freeze--> Profile --merge, write--> file
//! ```
//!
//! A [`Profile`] holds counts of records, a [`Feature`] for each named value, a
//! [`SpaceProfile`] for each embedding space and an [`ObjectTable`] for each kind of
//! objects that records hold. It is learned in one pass by a
//! [`ProfileBuilder`]; its size depends on its [`ProfileConfig`], never on the
//! number of records. Its bytes are a pure function of the records and the
//! configuration: not of their order, batches, threads, shards or merges.
//!
//! One pass can make several profiles: a [`SegmentedBuilder`] one for each value of
//! a column, as a [`ProfileSet`], a [`WindowedBuilder`] one for each window of
//! time. A [`Scorer`] says of single records how novel they are.
//!
//! A reference is profiled twice ([`profile_reference`]): centres are fitted
//! after the first pass ([`fit`]), and the second measures every record against
//! them. All other windows are profiled once, with the reference's codebooks:
//!
//! ```
//! use driftsphere::ingest::{Batch, Column};
//! use driftsphere::profile::{
//!     FitOptions, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
//! };
//! use ndarray::Array2;
//!
//! let rows = |offset: usize| {
//!     Array2::from_shape_fn((50, 3), |(i, j)| ((i + offset) * (j + 2) % 7) as f32 + 1.0)
//! };
//! let (last_week, today) = (rows(0), rows(3));
//!
//! let config = ProfileConfig::new().space("embedding", SpaceConfig::new(3));
//! let reference = profile_reference(config, FitOptions::default(), |builder| {
//!     builder.track_batch(&Batch::new(50).space("embedding", last_week.view()))
//! })?;
//!
//! let mut builder = ProfileBuilder::new(reference.config().clone().like())?;
//! builder.track_batch(&Batch::new(50).space("embedding", today.view()))?;
//! let target = builder.freeze();
//! assert_eq!(
//!     target.config().compare_hash(),
//!     reference.config().compare_hash()
//! );
//! # Ok::<(), driftsphere::Error>(())
//! ```

mod average_precision;
mod builder;
mod calibration;
mod centre_grid;
mod chunk;
mod classes;
mod config;
mod container;
mod contents;
mod feature;
mod file;
#[cfg(feature = "fit")]
mod fit;
mod group;
mod grouped;
mod ids;
#[cfg(feature = "images")]
mod image_measures;
mod image_settings;
mod image_sums;
mod instrument;
mod learner;
mod measured;
mod novel;
mod object_group;
mod object_pairs;
mod object_sealing;
mod object_sketch;
mod object_table;
mod pictures;
mod profile_set;
mod record_file;
mod record_mean;
mod record_sample;
mod sampling;
mod scorer;
mod sealed;
mod sealing;
mod segmented;
mod shrink;
mod space;
mod space_config;
mod space_sketch;
#[cfg(feature = "records")]
mod store;
mod tasks;
mod window;
mod window_sketch;
mod windowed;
mod wire;

pub use builder::ProfileBuilder;
pub use calibration::{Calibration, ReliabilityBin};
pub use centre_grid::CentreGrid;
pub use config::{DEFAULT_MAX_CLASSES, DEFAULT_RECORD_BYTES, DEFAULT_SEED, ProfileConfig};
pub use container::FORMAT_VERSION;
pub use contents::{Contents, Part};
pub use feature::Feature;
pub use file::Codebooks;
#[cfg(feature = "fit")]
pub(crate) use fit::class_centres;
#[cfg(feature = "fit")]
pub use fit::{FitOptions, fit, profile_reference, reference_config};
pub use group::SpaceGroup;
pub use ids::IdMode;
#[cfg(feature = "images")]
pub use image_measures::ImageMeasures;
pub use image_settings::ImageSettings;
pub use image_sums::ImageSums;
pub use learner::Learner;
pub use novel::NovelRecord;
pub use object_group::{ObjectFeature, ObjectGroup};
pub use object_table::ObjectTable;
pub use profile_set::{ProfileSet, Segment};
pub use scorer::{Score, Scorer};
pub use sealed::{POOLED_VALUES, PairDistances, SEALED_ROWS, SealedComponents, SealedSpace};
pub use segmented::{DEFAULT_MAX_SEGMENTS, SegmentedBuilder};
pub use space::SpaceProfile;
pub use space_config::{DEFAULT_SAMPLE_BYTES, DEFAULT_SAMPLE_ROWS, MAX_DIM, Role, SpaceConfig};
#[cfg(feature = "records")]
pub use store::ProfileStore;
pub use window::{ClassSources, Profile};
pub use windowed::{MAX_WINDOWS, WindowLength, WindowedBuilder, Windows};
