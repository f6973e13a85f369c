//! Mergeable summaries of streams in bounded memory: one file, one algorithm, one
//! paper.
//!
//! | sketch | of | answers | exact |
//! | --- | --- | --- | --- |
//! | [`QuantileSketch`], frozen [`Quantiles`] | numbers | ranks, quantiles, masses, moments | up to `cap` distinct values; past that within stated bounds |
//! | [`Directions`] | unit vectors | sum, mean direction, resultant length, concentration | to 2^-41 a coordinate |
//! | [`CoordinatedSample`] | whole rows | the rows of the k smallest hashes | yes |
//! | [`Categories`] | texts | counts | up to `cap` distinct values; past that within stated bounds |
//! | [`Fingerprints`] | pictures | copies inside a stream, pictures two streams share | up to `k` different looks; past that of a sample |
//! | [`Tally`] | records | read, skipped and failed by reason | yes |
//!
//! # One law
//!
//! The state of a sketch is a pure function of the multiset of what it saw and of
//! its configuration. Order, batches, threads, shards and the merge tree leave no
//! trace, so the stored bytes of two profiles can be compared, and
//! `sketch(A + B) == merge(sketch(A), sketch(B))` holds byte for byte. Each type
//! says why this is so. The one exception is [`Categories`] past its cap, which
//! [`Categories::is_exact`] tells.
//!
//! # One shape
//!
//! `update` takes in one value, `merge` another sketch of the same configuration
//! (else it is an error that names both). Answers that are not exact come with
//! bounds that surely hold the truth, as [`Estimate`] or [`CountEstimate`]. A stored
//! sketch is decoded, then checked into a valid one: bytes from outside give an
//! error, never a panic.
//!
//! # Example
//!
//! Two shards of one stream, and what they say together:
//!
//! ```
//! use driftsphere::sketch::{Categories, QuantileSketch};
//!
//! # fn main() -> driftsphere::Result<()> {
//! let mut widths = QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?;
//! let mut formats = Categories::new(Categories::DEFAULT_CAP)?;
//! for (width, format) in [(640.0, "jpeg"), (1280.0, "png"), (640.0, "jpeg")] {
//!     widths.update(width);
//!     formats.update(format);
//! }
//! let mut other = QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?;
//! other.update(320.0);
//! widths.merge(&other)?;
//!
//! let widths = widths.freeze();
//! assert!(widths.is_exact() && formats.is_exact());
//! assert_eq!(widths.quantile(0.5)?.map(|median| median.estimate), Some(640.0));
//! assert_eq!(formats.estimate("jpeg").estimate, 2);
//! # Ok(())
//! # }
//! ```

mod buckets;
mod categories;
mod common_buckets;
mod count_table;
mod directions;
mod distinct;
mod estimate;
mod fingerprints;
mod fixed_point;
mod hash;
mod joined;
mod picture_copies;
mod quantile_moments;
mod quantile_queries;
mod quantile_sketch;
mod quantiles;
mod row_sums;
mod sample;
mod sample_budget;
mod sample_parts;
mod sample_row;
mod stored_quantiles;
mod tally;
mod text;

pub use categories::{Categories, CountEstimate};
pub use common_buckets::{CommonBuckets, Interval, common_buckets};
pub use directions::Directions;
pub use distinct::DistinctCount;
pub use estimate::Estimate;
pub use fingerprints::Fingerprints;
pub use hash::{hash_bytes, hash_row, hash_text};
pub use picture_copies::{Copies, Pair, SharedPictures};
pub use quantile_sketch::QuantileSketch;
pub use quantiles::{Bucket, Quantiles};
pub use row_sums::RowSums;
pub use sample::{CoordinatedSample, SampledRow};
pub use sample_budget::SampleBudget;
pub use sample_parts::SamplePart;
pub use sample_row::SampleRow;
pub use tally::Tally;
pub(crate) use text::bounded;
