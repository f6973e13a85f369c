//! From one record to named values: pure functions, without state and files.
//!
//! | measures of | begin with |
//! | --- | --- |
//! | pictures | [`image::Measures`] (feature `images`) |
//!
//! A measure answers with a [`Value`]; what it cannot say of a record is
//! [`Value::Null`], which a profile counts as a missing value.

#[cfg(feature = "images")]
pub mod image;
mod value;

pub use value::{Value, Values};
