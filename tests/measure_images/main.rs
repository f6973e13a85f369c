//! Measures of real pictures.

mod custom;
mod exif;
mod laws;
mod support;
mod vectors;
