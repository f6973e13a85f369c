//! From one record to named values: pure functions, without state and files.
//!
//! | measures of | begin with |
//! | --- | --- |
//! | pictures | [`image::Measures`] (feature `images`) |
//! | what a model says: boxes, masks, keypoints, score vectors | `outputs::measure` (feature `records`) |
//!
//! A measure answers with a [`Value`]; what it cannot say of a record is
//! [`Value::Null`], which a profile counts as a missing value.

#[cfg(feature = "images")]
pub mod image;
#[cfg(feature = "records")]
pub mod outputs;
mod value;

pub use value::{Value, Values};
