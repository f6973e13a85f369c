//! How two profiles are compared.

use crate::error::{Error, ErrorKind, Result};

use super::statistic::StatisticChoice;
use super::thresholds::Thresholds;

/// How two profiles are compared.
///
/// ```
/// use driftsphere::compare::CompareOptions;
///
/// let options = CompareOptions::default();
/// assert_eq!(options.alpha, 0.05);
/// assert_eq!(options.thresholds.w1, 0.2);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CompareOptions {
    /// The rate of false alarms aimed at, for the whole comparison, in (0, 1).
    pub alpha: f64,
    /// Seed of the permutations.
    pub seed: u64,
    /// The sizes from which a change counts as drift.
    pub thresholds: Thresholds,
    /// Statistics other than the default ones, by feature; the last that names a
    /// feature holds.
    pub statistics: Vec<StatisticChoice>,
    /// Features that are outputs of the model beside those whose name says so
    /// ([`Comparison::why`](super::Comparison::why)); `*` stands for any text.
    pub outputs: Vec<String>,
    /// Whether the windows are the same records measured twice; `None` to find
    /// out from the shares of records that both have. Spaces are not tested then, and each number is also held
    /// against itself, id by id ([`SameIds`](super::SameIds)).
    pub paired: Option<bool>,
    /// Whether the reference is split 200 times to tell how often the tests on
    /// samples alarm within it ([`SelfCheckSummary`](super::SelfCheckSummary)).
    pub self_check: bool,
    /// Names of the windows for the answer.
    pub names: (String, String),
}

impl Default for CompareOptions {
    /// alpha 0.05, seed 0, the thresholds of the table, pairing found out.
    fn default() -> Self {
        Self {
            alpha: 0.05,
            seed: 0,
            thresholds: Thresholds::default(),
            statistics: Vec::new(),
            outputs: Vec::new(),
            paired: None,
            self_check: false,
            names: ("reference".into(), "target".into()),
        }
    }
}

impl CompareOptions {
    /// Checks the options.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for an alpha outside (0, 1), and for thresholds as
    /// [`Thresholds::check`].
    pub fn check(&self) -> Result<()> {
        if self.alpha > 0.0 && self.alpha < 1.0 {
            return self.thresholds.check();
        }
        Err(Error::new(
            ErrorKind::Argument,
            format!("alpha lies between 0 and 1, not at {}", self.alpha),
        ))
    }
}
