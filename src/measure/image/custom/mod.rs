//! Measures of your own: code, or a named chain of transforms and one question.
//!
//! | you have | you want |
//! | --- | --- |
//! | a function of pixels | [`CustomMeasure::new`] with a closure |
//! | a type with weights or tables | [`Measure`] |
//! | resize, crop, grey, normalise, then a number | a [`Chain`], in code or in TOML by [`CustomMeasure::parse`] |

mod chain;
mod chain_toml;
mod measure;
mod step;

pub use chain::{Chain, Question};
pub use measure::{Answer, CustomMeasure, Measure};
pub use step::Step;
