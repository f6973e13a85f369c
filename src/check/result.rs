//! What holding a profile against rules says: plain data, read by the reports.

use super::rules::Severity;
use crate::compare::Verdict;
use crate::compare::stability::Change;
use crate::sketch::Estimate;

/// What became of a check, a rule or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// There was nothing to judge; a reason is given.
    NotApplicable,
    /// As demanded.
    Passed,
    /// Not as demanded.
    Failed,
}

impl Outcome {
    /// The outcome in words: `passed`, `failed`, `not applicable`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotApplicable => "not applicable",
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }
}

/// All rules, held against one profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// Failed if a rule of severity `error` failed; not applicable if no rule at
    /// all could be judged; else passed.
    pub outcome: Outcome,
    /// The rules in the order of their file.
    pub rules: Vec<RuleResult>,
}

impl Checked {
    /// Rules with this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.rules.iter().filter(|r| r.outcome == outcome).count()
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleResult {
    /// Its name, or what it is about where it has none.
    pub name: String,
    /// The section of the rules file: `feature`, `comparison`, ...
    pub section: &'static str,
    /// The line of the rules file where it begins, from 1.
    pub line: usize,
    /// What a failure means.
    pub severity: Severity,
    /// Failed if one of its checks failed, or if nothing could be judged and the
    /// rule is not optional; not applicable if nothing could be judged and that
    /// is in order; else passed.
    pub outcome: Outcome,
    /// Why nothing could be judged.
    pub reason: Option<String>,
    /// One for each demand on each thing that the rule is about.
    pub checks: Vec<Check>,
}

/// One demand on one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The thing: `brightness`, `class cat`, `space embedding`, ...
    pub subject: String,
    /// What of it was looked at.
    pub measure: Measure,
    /// What was demanded.
    pub demand: Demand,
    /// What was found.
    pub found: Found,
    /// What follows.
    pub outcome: Outcome,
    /// Why it could not be judged.
    pub reason: Option<String>,
}

/// What of a thing is looked at.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Measure {
    /// How often it came: records, rows, occurrences.
    Count,
    /// Its share of the records, in `[0, 1]`.
    Share,
    /// Share of what was read and could not be used, in `[0, 1]`.
    SkippedShare,
    /// Share of the records in which the value is missing, in `[0, 1]`.
    NullShare,
    /// Share of the records in which the value is NaN, in `[0, 1]`.
    NanShare,
    /// The smallest number, infinite ones included.
    Smallest,
    /// The largest number, infinite ones included.
    Largest,
    /// The number at a rank in `[0, 1]`.
    Quantile(f64),
    /// The values that came.
    Values,
    /// The verdict of a finding.
    Verdict,
    /// The size of a finding's effect, without its sign.
    Effect {
        /// What is measured, such as `median shift`.
        name: String,
        /// Its unit, such as `reference sd`.
        unit: String,
    },
    /// The p-value of a finding, corrected for all that was tested.
    PAdjusted,
    /// Whether something is the same in two runs.
    Change,
    /// How alike two runs are, as a measure of stability says.
    Likeness,
    /// Jaccard index of a class in two runs.
    Jaccard,
    /// Episodes of a series.
    Episodes,
    /// Those of them that go on.
    OpenEpisodes,
}

impl Measure {
    /// Its name: `count`, `null share`, `quantile`, ...
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Share => "share",
            Self::SkippedShare => "skipped share",
            Self::NullShare => "null share",
            Self::NanShare => "NaN share",
            Self::Smallest => "smallest",
            Self::Largest => "largest",
            Self::Quantile(_) => "quantile",
            Self::Values => "values",
            Self::Verdict => "verdict",
            Self::Effect { .. } => "effect",
            Self::PAdjusted => "adjusted p",
            Self::Change => "change",
            Self::Likeness => "likeness",
            Self::Jaccard => "Jaccard index",
            Self::Episodes => "episodes",
            Self::OpenEpisodes => "open episodes",
        }
    }
}

/// What is demanded.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Demand {
    /// A number within bounds, which belong to it.
    Range {
        /// Not below.
        at_least: Option<f64>,
        /// Not above.
        at_most: Option<f64>,
    },
    /// One of these values.
    Allowed(Vec<String>),
    /// A verdict no heavier than this.
    AtMost(Verdict),
    /// No more of a change than this.
    AtMostChange(Change),
}

/// What is found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Found {
    /// Nothing to judge.
    Nothing,
    /// A number. It fails a demand that holds for no value within its bounds:
    /// what a sketch forgot fails no rule.
    Number(Estimate),
    /// Values that are not allowed, in order of name; the first twenty with their
    /// counts.
    NotAllowed {
        /// Value and count (its lower bound).
        values: Vec<(String, u64)>,
        /// How many such values there are, at least.
        distinct: u64,
    },
    /// A verdict.
    Verdict(Verdict),
    /// Whether it is the same.
    Change(Change),
}

impl Check {
    /// A number against a range.
    pub(super) fn number(
        subject: &str,
        measure: Measure,
        (at_least, at_most): (Option<f64>, Option<f64>),
        value: Estimate,
    ) -> Self {
        let below = at_least.is_some_and(|least| value.upper_bound < least);
        let above = at_most.is_some_and(|most| value.lower_bound > most);
        Self {
            subject: subject.into(),
            measure,
            demand: Demand::Range { at_least, at_most },
            found: Found::Number(value),
            outcome: outcome(!below && !above),
            reason: None,
        }
    }

    /// A demand that could not be judged.
    pub(super) fn not_applicable(
        subject: &str,
        measure: Measure,
        demand: Demand,
        reason: &str,
    ) -> Self {
        Self {
            subject: subject.into(),
            measure,
            demand,
            found: Found::Nothing,
            outcome: Outcome::NotApplicable,
            reason: Some(reason.into()),
        }
    }
}

/// Passed or failed.
pub(super) fn outcome(passed: bool) -> Outcome {
    match passed {
        true => Outcome::Passed,
        false => Outcome::Failed,
    }
}
