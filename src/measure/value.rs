//! The answer of a measure: a named value of one record.

use std::borrow::Cow;

use crate::ingest;

/// One value that a measure found; owns its text.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A text.
    Text(String),
    /// The record has no such value.
    Null,
}

/// Named values in the order in which they were measured.
pub type Values = Vec<(Cow<'static, str>, Value)>;

impl Value {
    /// The value as a record lends it.
    ///
    /// ```
    /// use driftsphere::{ingest, measure::Value};
    ///
    /// let model = Value::Text("DC-1".to_owned());
    /// assert_eq!(model.borrowed(), ingest::Value::Text("DC-1"));
    /// ```
    #[must_use]
    pub fn borrowed(&self) -> ingest::Value<'_> {
        match self {
            Self::Int(value) => ingest::Value::Int(*value),
            Self::Float(value) => ingest::Value::Float(*value),
            Self::Bool(value) => ingest::Value::Bool(*value),
            Self::Text(value) => ingest::Value::Text(value),
            Self::Null => ingest::Value::Null,
        }
    }

    /// The number that it is, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Bool(_) | Self::Text(_) | Self::Null => None,
        }
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<Option<f64>> for Value {
    fn from(value: Option<f64>) -> Self {
        value.map_or(Self::Null, Self::Float)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
