//! Quality without a pristine copy: how far the statistics of a picture's neighbouring
//! pixels are from those of a set of good pictures.
//!
//! [`NaturalnessFit`] sees the good pictures, [`NaturalnessModel`] is what it learned,
//! and [`NaturalnessModel::distance`] is the measure.

mod features;
mod fit;
mod matrix;
mod model;
mod shrinkage;

pub use fit::NaturalnessFit;
pub use model::NaturalnessModel;
