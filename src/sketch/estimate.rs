//! An answer and its bounds.

use serde::{Deserialize, Serialize};

/// An answer of a sketch: the best guess, and bounds that surely hold the truth.
///
/// The two bounds are equal where the answer is exact. They account for what the
/// sketch forgot, not for the chance in drawing a sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The best guess.
    pub estimate: f64,
    /// The truth is not below.
    pub lower_bound: f64,
    /// The truth is not above.
    pub upper_bound: f64,
}

impl Estimate {
    /// An answer without error.
    #[must_use]
    pub fn exact(value: f64) -> Self {
        Self {
            estimate: value,
            lower_bound: value,
            upper_bound: value,
        }
    }

    /// Whether the two bounds are equal.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.lower_bound.total_cmp(&self.upper_bound).is_eq()
    }
}
