//! How the command ends, like `diff`.

use clap::ValueEnum;
use driftsphere::compare::Verdict;

/// The exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExitStatus {
    /// Done; for `compare`: nothing that counts as a failure.
    Success = 0,
    /// `compare` found drift, or what `--fail-on` names; a rule of `check` failed.
    Drift = 1,
    /// Wrong usage, input that cannot be read, or a comparison in which no test
    /// could run: the question was not answered.
    Trouble = 2,
}

/// The lightest verdict that ends `compare` with status 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum FailOn {
    /// Drift only.
    #[default]
    Drift,
    /// Drift and possible drift.
    Possible,
    /// Drift, possible drift, and not enough data to tell.
    NotEnoughData,
}

impl ExitStatus {
    /// The status of a comparison.
    pub(super) fn of(verdict: Verdict, fail_on: FailOn) -> Self {
        let lightest = match fail_on {
            FailOn::Drift => Verdict::Drift,
            FailOn::Possible => Verdict::PossibleDrift,
            FailOn::NotEnoughData => Verdict::NotEnoughData,
        };
        if verdict == Verdict::NotTested {
            Self::Trouble
        } else if verdict >= lightest {
            Self::Drift
        } else {
            Self::Success
        }
    }

    /// The number, as in JSON.
    pub(super) fn code(self) -> u8 {
        self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_under_each_option() {
        use Verdict::{Drift, NoDrift, NotEnoughData, NotTested, PossibleDrift};
        let codes = |fail_on| {
            [NoDrift, NotEnoughData, PossibleDrift, Drift, NotTested]
                .map(|verdict| ExitStatus::of(verdict, fail_on).code())
        };
        assert_eq!(codes(FailOn::Drift), [0, 0, 0, 1, 2]);
        assert_eq!(codes(FailOn::Possible), [0, 0, 1, 1, 2]);
        assert_eq!(codes(FailOn::NotEnoughData), [0, 1, 1, 1, 2]);
    }
}
