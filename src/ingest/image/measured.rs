//! What was measured of a picture.

use std::borrow::Cow;
use std::sync::Arc;

use super::picture::Picture;
use crate::ingest::Fingerprint;
use crate::ingest::column::Cell;

/// Named values of one picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    /// Names, each once, and values.
    pub values: Vec<(Cow<'static, str>, Cell)>,
    /// Rows of embedding spaces, by the name of the space.
    pub vectors: Vec<(String, Vec<f32>)>,
    /// What tells copies of the picture, where its pixels were read.
    pub fingerprint: Option<Fingerprint>,
    /// What could not be measured, for people: few texts for many pictures, as they are
    /// counted.
    pub problems: Vec<Cow<'static, str>>,
}

/// Measures a picture; the text is its id. It is called from several threads, and a panic of
/// it costs one picture.
pub type Measuring = Arc<dyn Fn(&Picture, &str) -> Measured + Send + Sync>;
