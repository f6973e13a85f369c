//! How a series is judged.

use crate::compare::thresholds::Thresholds;
use crate::error::{Error, ErrorKind, Result};

/// Windows of fewer records are shown, not tested.
pub const LEAST_RECORDS: u64 = 5;

/// How a series is judged.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesOptions {
    /// The rate of false alarms aimed at, over all watched windows and all families
    /// together, in (0, 1).
    pub alpha: f64,
    /// Watched windows that the rate is meant for; `None` for as many as there are.
    /// Give it where a series grows from day to day, so that what was said of a day
    /// stays said.
    pub horizon: Option<u64>,
    /// Whether windows may be held against the same phase of the history.
    pub season: bool,
    /// Length of a window in milliseconds; `None` to find it out.
    pub length: Option<i64>,
    /// Windows before this time, in milliseconds since 1970 UTC, are left out, but for those of the
    /// reference's own time; `None` to watch all.
    pub since: Option<i64>,
    /// Features that are outputs of the model beside those whose name says so.
    pub outputs: Vec<String>,
    /// The sizes that matter.
    pub thresholds: Thresholds,
}

impl Default for SeriesOptions {
    /// alpha 0.05, season and length found out, all windows, the thresholds of a comparison.
    fn default() -> Self {
        Self {
            alpha: 0.05,
            horizon: None,
            season: true,
            length: None,
            since: None,
            outputs: Vec::new(),
            thresholds: Thresholds::default(),
        }
    }
}

impl SeriesOptions {
    /// Checks the options.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for an alpha outside (0, 1), no horizon or no length.
    pub fn check(&self) -> Result<()> {
        let text = if !(self.alpha > 0.0 && self.alpha < 1.0) {
            format!("alpha lies between 0 and 1, not at {}", self.alpha)
        } else if self.horizon == Some(0) {
            "a horizon has one window or more".to_owned()
        } else if self.length.is_some_and(|length| length <= 0) {
            "a window is longer than nothing".to_owned()
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Argument, text))
    }
}
