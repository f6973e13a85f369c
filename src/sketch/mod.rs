//! Room.

mod buckets;
mod categories;
mod common_buckets;
mod count_table;
mod directions;
mod estimate;
mod fixed_point;
mod hash;
mod quantile_moments;
mod quantile_queries;
mod quantile_sketch;
mod quantiles;
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
pub use estimate::Estimate;
pub use hash::{hash_bytes, hash_row, hash_text};
pub use quantile_sketch::QuantileSketch;
pub use quantiles::{Bucket, Quantiles};
pub use sample::{CoordinatedSample, SampledRow};
pub use sample_budget::SampleBudget;
pub use sample_parts::SamplePart;
pub use sample_row::SampleRow;
pub use tally::Tally;
