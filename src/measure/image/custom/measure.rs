//! A measure that the crate does not know.

use std::fmt;
use std::sync::Arc;

use super::chain::Chain;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::image::Pixels;
use crate::measure::Value;

/// What a measure of one picture found.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// One value: a feature of the record.
    Value(Value),
    /// A vector: the record's row in an embedding space of the measure's name.
    Vector(Vec<f32>),
}

impl From<f64> for Answer {
    fn from(value: f64) -> Self {
        Self::Value(Value::Float(value))
    }
}

impl From<Option<f64>> for Answer {
    fn from(value: Option<f64>) -> Self {
        Self::Value(value.into())
    }
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<Vec<f32>> for Answer {
    fn from(vector: Vec<f32>) -> Self {
        Self::Vector(vector)
    }
}

/// A pure function of the pixels of one upright picture.
///
/// Closures `Fn(&Pixels) -> Result<A>` are measures, where `A` is an [`Answer`] or
/// becomes one (`f64`, `Option<f64>`, `Value`, `Vec<f32>`). An error costs the record this
/// one value and is counted by its message without the place; so keep what differs from
/// picture to picture in the place ([`Error::at`]).
pub trait Measure: Send + Sync {
    /// Measures one picture.
    ///
    /// # Errors
    ///
    /// Whatever keeps this picture from being measured.
    fn measure(&self, pixels: &Pixels) -> Result<Answer>;
}

impl<F, A> Measure for F
where
    F: Fn(&Pixels) -> Result<A> + Send + Sync,
    A: Into<Answer>,
{
    fn measure(&self, pixels: &Pixels) -> Result<Answer> {
        self(pixels).map(Into::into)
    }
}

/// A measure with a name, and with a description that tells it from others: two profiles
/// compare only if the descriptions of their measures are the same.
///
/// ```
/// use driftsphere::ingest::image::{Channels, Pixels, Samples};
/// use driftsphere::measure::image::{Answer, CustomMeasure};
///
/// let landscape = CustomMeasure::new("landscape", "wider than high, 1", |pixels: &Pixels| {
///     Ok(f64::from(u8::from(pixels.width() > pixels.height())))
/// })?;
/// let pixels = Pixels::new(2, 1, Channels::Grey, Samples::U8(vec![0, 0]))?;
/// assert_eq!(landscape.measure(&pixels)?, Answer::from(1.0));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Clone)]
pub struct CustomMeasure {
    name: String,
    description: String,
    measure: Arc<dyn Measure>,
}

impl CustomMeasure {
    /// Called `custom.NAME` in a profile (a vector: the space NAME). `description` says
    /// what it is and in which version; the crate cannot see into a closure.
    ///
    /// # Errors
    ///
    /// A name that is empty, longer than 64 bytes, or not of letters, digits, `_`, `-`
    /// and `.`.
    pub fn new(
        name: impl Into<String>,
        description: impl Into<String>,
        measure: impl Measure + 'static,
    ) -> Result<Self> {
        let name = name.into();
        let fits = |c: char| c.is_alphanumeric() || "_-.".contains(c);
        if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
            return Err(Error::new(
                ErrorKind::Argument,
                format!("{name:?} is no name of a measure: 1 to 64 letters, digits, `_`, `-`, `.`"),
            ));
        }
        Ok(Self {
            name,
            description: description.into(),
            measure: Arc::new(measure),
        })
    }

    /// A chain under a name; it describes itself.
    ///
    /// # Errors
    ///
    /// Those of [`CustomMeasure::new`] and [`Chain::check`].
    pub fn chain(name: impl Into<String>, chain: Chain) -> Result<Self> {
        chain.check()?;
        Self::new(name, chain.to_string(), chain)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What tells it from others.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Measures one picture.
    ///
    /// # Errors
    ///
    /// Those of the measure.
    pub fn measure(&self, pixels: &Pixels) -> Result<Answer> {
        self.measure.measure(pixels)
    }
}

impl fmt::Debug for CustomMeasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomMeasure({}: {})", self.name, self.description)
    }
}
