//! A check for programs: the JSON document, specified at [`Document`].

use super::check_page::{CheckNames, check_headline};
use super::json_frame::Frame;
use super::json_write::finite;
use crate::check;
use crate::compare::Verdict;
use serde::Serialize;

/// The JSON document of a check, format version 1, with the promises of that of a
/// comparison ([`json::Document`](super::json::Document)).
///
/// | field | type | meaning |
/// | --- | --- | --- |
/// | `format` | string | always `"driftsphere check"` |
/// | `version` | integer | of the format, `1` |
/// | `generator` | string | program and version that wrote it |
/// | `outcome` | outcome | `"passed"`, `"failed"` or `"not-applicable"` |
/// | `headline` | string | the outcome in a sentence |
/// | `exit_status` | integer | of the command: 0 passed, 1 a rule of severity `error` failed, 2 no rule had anything to judge |
/// | `profile`, `rules_file` | string | names given by the caller |
/// | `reference` | string | the same; `null` without a comparison |
/// | `rules` | array of [rule](Rule) | in the order of the file |
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Document<'a> {
    /// Of format `driftsphere check`.
    #[serde(flatten)]
    pub frame: Frame,
    /// Over all rules.
    pub outcome: &'static str,
    /// The outcome in a sentence.
    pub headline: String,
    /// Of the command.
    pub exit_status: u8,
    /// Name of the profile.
    pub profile: &'a str,
    /// Name of the rules.
    pub rules_file: &'a str,
    /// Name of the reference.
    pub reference: Option<&'a str>,
    /// The rules.
    pub rules: Vec<Rule<'a>>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule<'a> {
    /// Its name, or what it is about.
    pub name: &'a str,
    /// Its section of the file: `records`, `feature`, `class`, `space`,
    /// `comparison`.
    pub section: &'a str,
    /// Where it begins in the file, from 1.
    pub line: usize,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// `passed`, `failed` or `not-applicable`.
    pub outcome: &'static str,
    /// Why nothing could be judged, or `null`.
    pub reason: Option<&'a str>,
    /// Each demand on each thing that it is about.
    pub checks: Vec<Check<'a>>,
}

/// One demand on one thing. Of the demand, and of what was found, the fields that
/// do not apply are `null`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check<'a> {
    /// The thing.
    pub subject: &'a str,
    /// What was looked at: `count`, `share`, `skipped share`, `null share`,
    /// `NaN share`, `smallest`, `largest`, `quantile`, `values`, `verdict`,
    /// `effect`, `adjusted p`, `change`, `likeness`, `Jaccard index`, `episodes`, `open episodes`.
    pub measure: &'static str,
    /// Of a quantile, in `[0, 1]`.
    pub rank: Option<f64>,
    /// Name of the effect.
    pub effect: Option<&'a str>,
    /// Unit of the effect.
    pub unit: Option<&'a str>,
    /// `passed`, `failed` or `not-applicable`.
    pub outcome: &'static str,
    /// Why it could not be judged.
    pub reason: Option<&'a str>,
    /// Demanded: not below.
    pub at_least: Option<f64>,
    /// Demanded: not above.
    pub at_most: Option<f64>,
    /// Demanded: one of these values.
    pub allowed: Option<&'a [String]>,
    /// Demanded: no heavier verdict.
    pub max_verdict: Option<Verdict>,
    /// Demanded: no more of a change, `same` or `unclear`.
    pub max_change: Option<&'static str>,
    /// Found: a number.
    pub value: Option<f64>,
    /// It is no smaller than this.
    pub lower_bound: Option<f64>,
    /// It is no larger than this.
    pub upper_bound: Option<f64>,
    /// Found: a verdict.
    pub verdict: Option<Verdict>,
    /// Found: `same`, `unclear` or `changed`.
    pub change: Option<&'static str>,
    /// Found: values that are not allowed, at most twenty.
    pub not_allowed: Option<Vec<Count<'a>>>,
    /// How many values are not allowed, at least.
    pub not_allowed_distinct: Option<u64>,
}

/// How often a value came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Count<'a> {
    /// The value.
    pub name: &'a str,
    /// How often, at least.
    pub count: u64,
}

/// The document of a check that ends the command with `exit_status`.
#[must_use]
pub fn document<'a>(
    checked: &'a check::Checked,
    names: &CheckNames<'a>,
    exit_status: u8,
) -> Document<'a> {
    Document {
        frame: Frame::new("driftsphere check"),
        outcome: outcome(checked.outcome),
        headline: check_headline(checked),
        exit_status,
        profile: names.profile,
        rules_file: names.rules,
        reference: names.reference,
        rules: checked.rules.iter().map(rule).collect(),
    }
}

/// The same as indented text with a line feed at its end.
#[must_use]
pub fn to_text(checked: &check::Checked, names: &CheckNames<'_>, exit_status: u8) -> String {
    super::json_text::to_text(&document(checked, names, exit_status))
}

fn outcome(outcome: check::Outcome) -> &'static str {
    match outcome {
        check::Outcome::NotApplicable => "not-applicable",
        done => done.name(),
    }
}

fn rule(rule: &check::RuleResult) -> Rule<'_> {
    Rule {
        name: &rule.name,
        section: rule.section,
        line: rule.line,
        severity: rule.severity.name(),
        outcome: outcome(rule.outcome),
        reason: rule.reason.as_deref(),
        checks: rule.checks.iter().map(one).collect(),
    }
}

fn one(check: &check::Check) -> Check<'_> {
    use check::{Demand, Found, Measure};
    let (rank, effect, unit) = match &check.measure {
        Measure::Quantile(rank) => (Some(*rank), None, None),
        Measure::Effect { name, unit } => (None, Some(name.as_str()), Some(unit.as_str())),
        _ => (None, None, None),
    };
    let mut out = Check {
        subject: &check.subject,
        measure: check.measure.name(),
        rank,
        effect,
        unit,
        outcome: outcome(check.outcome),
        reason: check.reason.as_deref(),
        at_least: None,
        at_most: None,
        allowed: None,
        max_verdict: None,
        max_change: None,
        value: None,
        lower_bound: None,
        upper_bound: None,
        verdict: None,
        change: None,
        not_allowed: None,
        not_allowed_distinct: None,
    };
    match &check.demand {
        Demand::Range { at_least, at_most } => (out.at_least, out.at_most) = (*at_least, *at_most),
        Demand::Allowed(values) => out.allowed = Some(values),
        Demand::AtMost(verdict) => out.max_verdict = Some(*verdict),
        Demand::AtMostChange(change) => out.max_change = Some(change.name()),
    }
    match &check.found {
        Found::Nothing => {}
        Found::Number(x) => {
            out.value = finite(x.estimate);
            out.lower_bound = finite(x.lower_bound);
            out.upper_bound = finite(x.upper_bound);
        }
        Found::Verdict(verdict) => out.verdict = Some(*verdict),
        Found::Change(change) => out.change = Some(change.name()),
        Found::NotAllowed { values, distinct } => {
            out.not_allowed = Some(
                values
                    .iter()
                    .map(|(name, count)| Count {
                        name,
                        count: *count,
                    })
                    .collect(),
            );
            out.not_allowed_distinct = Some(*distinct);
        }
    }
    out
}
