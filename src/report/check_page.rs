//! Rules held against a profile, for a person: on a terminal or as Markdown.

use super::canvas::Canvas;
use super::escape::{clip, escape};
use super::markdown::Markdown;
use super::number;
use super::page::{Entry, Page, Tone};
use super::parts::{LISTED, NAME, SENTENCE};
use super::terminal::TerminalOptions;
use crate::check::{Check, Checked, Demand, Found, Measure, Outcome, RuleResult, Severity};

/// Values of a list in a cell.
const VALUES: usize = 5;

/// What was checked, by the names that the caller has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckNames<'a> {
    /// The profile, such as its file.
    pub profile: &'a str,
    /// The rules.
    pub rules: &'a str,
    /// The reference of the comparison, where there is one.
    pub reference: Option<&'a str>,
}

/// The outcome in one line: `FAILED: 1 of 7 rules failed, ...`, safe to log.
#[must_use]
pub fn check_headline(checked: &Checked) -> String {
    let of = |outcome, severity| {
        let fits = |r: &&RuleResult| r.outcome == outcome && r.severity == severity;
        checked.rules.iter().filter(fits).count() as u64
    };
    let errors = of(Outcome::Failed, Severity::Error);
    let warnings = of(Outcome::Failed, Severity::Warning);
    let lead = match checked.outcome {
        Outcome::Failed => "FAILED",
        Outcome::NotApplicable => "NOT APPLICABLE",
        Outcome::Passed if warnings > 0 => "PASSED WITH WARNINGS",
        Outcome::Passed => "PASSED",
    };
    let mut parts = vec![format!(
        "of {}, {} passed",
        number::counted(checked.rules.len() as u64, "rule"),
        number::count(checked.count(Outcome::Passed) as u64)
    )];
    if errors > 0 {
        parts.push(format!("{} failed", number::count(errors)));
    }
    if warnings > 0 {
        parts.push(format!("{} failed as a warning", number::count(warnings)));
    }
    let idle = checked.count(Outcome::NotApplicable) as u64;
    if idle > 0 {
        parts.push(format!("{} had nothing to judge", number::count(idle)));
    }
    format!("{lead}: {}.", parts.join(", "))
}

/// The result as text: the outcome, what failed with what was demanded and found,
/// what could not be judged and why, and what passed (listed if `verbose`).
#[must_use]
pub fn check_page(checked: &Checked, names: &CheckNames<'_>, options: &TerminalOptions) -> String {
    let mut page = Page::new(options.width, options.style);
    write(&mut page, checked, names, options.verbose);
    page.finish()
}

/// The same as GitHub-flavoured Markdown; every text is escaped.
#[must_use]
pub fn check_markdown(checked: &Checked, names: &CheckNames<'_>, verbose: bool) -> String {
    let mut page = Markdown::default();
    write(&mut page, checked, names, verbose);
    page.finish()
}

pub(super) fn write(
    page: &mut dyn Canvas,
    checked: &Checked,
    names: &CheckNames<'_>,
    verbose: bool,
) {
    let line = check_headline(checked);
    let (lead, rest) = line.split_once(':').unwrap_or((&line, ""));
    let tone = match checked.outcome {
        Outcome::Failed => Tone::Bad,
        Outcome::NotApplicable => Tone::Doubt,
        Outcome::Passed => Tone::Good,
    };
    page.lead(lead, tone, &format!(":{rest}"));
    page.item("profile  ", &clip(names.profile, 60));
    page.item("rules    ", &clip(names.rules, 60));
    if let Some(reference) = names.reference {
        page.item("reference", &clip(reference, 60));
    }
    failed(page, checked, verbose);
    nothing_to_judge(page, checked, verbose);
    passed(page, checked, verbose);
}

fn with(checked: &Checked, outcome: Outcome) -> Vec<(&RuleResult, &Check)> {
    let rules = checked.rules.iter();
    rules
        .flat_map(|rule| rule.checks.iter().map(move |check| (rule, check)))
        .filter(|(_, check)| check.outcome == outcome)
        .collect()
}

fn failed(page: &mut dyn Canvas, checked: &Checked, verbose: bool) {
    let failed = with(checked, Outcome::Failed);
    let about_nothing: Vec<_> = checked
        .rules
        .iter()
        .filter(|rule| rule.outcome == Outcome::Failed && rule.reason.is_some())
        .collect();
    if failed.is_empty() && about_nothing.is_empty() {
        return;
    }
    page.heading("Failed");
    for rule in about_nothing {
        page.item(
            "-",
            &format!("{}: {}", title(rule), reason(rule.reason.as_deref())),
        );
    }
    table(page, &failed, verbose, true);
}

fn nothing_to_judge(page: &mut dyn Canvas, checked: &Checked, verbose: bool) {
    let idle = checked
        .rules
        .iter()
        .filter(|rule| rule.outcome == Outcome::NotApplicable)
        .map(|rule| (title(rule), rule.reason.as_deref()));
    let checks = with(checked, Outcome::NotApplicable).into_iter();
    let lines: Vec<_> = idle
        .chain(checks.map(|(_, check)| {
            let what = format!(
                "{}, {}",
                clip(&check.subject, NAME),
                measure(&check.measure)
            );
            (what, check.reason.as_deref())
        }))
        .collect();
    if lines.is_empty() {
        return;
    }
    page.details("Nothing to judge");
    let limit = if verbose { lines.len() } else { LISTED };
    for (what, why) in lines.iter().take(limit) {
        page.item("-", &format!("{what}: {}", reason(*why)));
    }
    super::parts::more(page, lines.len(), limit);
}

fn passed(page: &mut dyn Canvas, checked: &Checked, verbose: bool) {
    let passed = with(checked, Outcome::Passed);
    if passed.is_empty() {
        return;
    }
    page.details("Passed");
    if verbose {
        table(page, &passed, true, false);
    } else {
        let count = number::counted(passed.len() as u64, "demand");
        page.text(&format!("{count} met (--verbose lists them)."));
    }
}

fn table(page: &mut dyn Canvas, checks: &[(&RuleResult, &Check)], verbose: bool, severe: bool) {
    if checks.is_empty() {
        return;
    }
    let limit = if verbose { checks.len() } else { LISTED };
    let rows = checks.iter().take(limit).map(|(rule, check)| {
        let mut row = vec![
            Entry::left(title(rule)),
            Entry::left(clip(&check.subject, NAME)),
            Entry::left(measure(&check.measure)),
            Entry::left(found(check)),
            Entry::left(demand(check)),
        ];
        if severe {
            row.push(
                Entry::left(rule.severity.name()).toned(match rule.severity {
                    Severity::Error => Tone::Bad,
                    Severity::Warning => Tone::Doubt,
                }),
            );
        }
        row
    });
    let header = ["rule", "of", "what", "found", "demanded", "severity"];
    let header = if severe { &header[..] } else { &header[..5] };
    page.table(header, rows.collect());
    super::parts::more(page, checks.len(), limit);
}

/// `feature width (line 4)`.
fn title(rule: &RuleResult) -> String {
    format!(
        "{} {} (line {})",
        rule.section,
        clip(&rule.name, NAME),
        rule.line
    )
}

fn reason(reason: Option<&str>) -> String {
    clip(reason.unwrap_or("no reason was given"), SENTENCE)
}

pub(super) fn measure(measure: &Measure) -> String {
    match measure {
        Measure::Quantile(rank) => format!("quantile {rank}"),
        Measure::Effect { name, .. } => clip(name, NAME),
        other => other.name().into(),
    }
}

/// A number in the way of its measure.
fn shown(measure: &Measure, x: f64) -> String {
    match measure {
        Measure::Count | Measure::Episodes | Measure::OpenEpisodes => number::count(x as u64),
        Measure::Share | Measure::SkippedShare | Measure::NullShare | Measure::NanShare => {
            number::share(x)
        }
        Measure::Effect { unit, .. } => escape(&number::size(x, unit)).into_owned(),
        _ if x.is_infinite() => if x > 0.0 { "inf" } else { "-inf" }.into(),
        _ => number::number(x),
    }
}

pub(super) fn found(check: &Check) -> String {
    match &check.found {
        Found::Nothing => "-".into(),
        Found::Number(value) => shown(&check.measure, value.estimate),
        Found::Verdict(verdict) => verdict.name().into(),
        Found::Change(change) => change.name().into(),
        Found::NotAllowed { distinct: 0, .. } => "only those".into(),
        Found::NotAllowed { values, distinct } => {
            let told: Vec<String> = values
                .iter()
                .take(VALUES)
                .map(|(value, times)| format!("{} ({})", clip(value, NAME), number::count(*times)))
                .collect();
            with_more(told, *distinct)
        }
    }
}

pub(super) fn demand(check: &Check) -> String {
    let shown = |x: &f64| shown(&check.measure, *x);
    match &check.demand {
        Demand::AtMost(verdict) => format!("at most {}", verdict.name()),
        Demand::AtMostChange(change) => format!("at most {}", change.name()),
        Demand::Allowed(values) => {
            let told = values.iter().take(VALUES).map(|v| clip(v, NAME)).collect();
            format!("only {}", with_more(told, values.len() as u64))
        }
        Demand::Range { at_least, at_most } => match (at_least, at_most) {
            (Some(least), Some(most)) => format!("{} to {}", shown(least), shown(most)),
            (Some(least), None) => format!("at least {}", shown(least)),
            (None, Some(most)) => format!("at most {}", shown(most)),
            (None, None) => "-".into(),
        },
    }
}

fn with_more(told: Vec<String>, all: u64) -> String {
    match all - told.len() as u64 {
        0 => told.join(", "),
        more if told.is_empty() => format!("{} others", number::count(more)),
        more => format!("{} and {} more", told.join(", "), number::count(more)),
    }
}
