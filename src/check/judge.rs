//! Rules against evidence.

use super::result::{Check, Checked, Outcome, RuleResult};
use super::rules::{Rule, Rules};
use super::{classes, comparisons, counts, features, runs, windows};
use crate::compare::Comparison;
use crate::compare::series::Series;
use crate::compare::stability::Stability;
use crate::profile::Profile;

/// What rules are held against.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    pub(super) profile: &'a Profile,
    pub(super) comparison: Option<&'a Comparison>,
    pub(super) stability: Option<&'a Stability>,
    pub(super) series: Option<&'a Series>,
}

impl<'a> Evidence<'a> {
    /// A profile.
    #[must_use]
    pub fn of(profile: &'a Profile) -> Self {
        Self {
            profile,
            comparison: None,
            stability: None,
            series: None,
        }
    }

    /// And what its comparison with a reference says.
    #[must_use]
    pub fn with_comparison(self, comparison: &'a Comparison) -> Self {
        Self {
            comparison: Some(comparison),
            ..self
        }
    }

    /// And what training runs over the same records say.
    #[must_use]
    pub fn with_stability(self, stability: &'a Stability) -> Self {
        Self {
            stability: Some(stability),
            ..self
        }
    }

    /// And what windows in the order of time say.
    #[must_use]
    pub fn with_series(self, series: &'a Series) -> Self {
        Self {
            series: Some(series),
            ..self
        }
    }
}

/// What a rule is about, held against its demands.
pub(super) struct Judged {
    pub(super) checks: Vec<Check>,
    /// Said where there are no checks: what the rule looked for, and what there is.
    pub(super) nothing: String,
}

/// Holds every rule against the evidence.
///
/// Without a comparison, runs or a series in the evidence, rules about them have nothing to judge
/// ([`Rules::needs_reference`], [`Rules::needs_runs`] and [`Rules::needs_series`] tell beforehand).
#[must_use]
pub fn check(rules: &Rules, evidence: &Evidence<'_>) -> Checked {
    let rules: Vec<RuleResult> = rules
        .rules
        .iter()
        .map(|(line, rule)| one(*line, rule, evidence))
        .collect();
    let failed = |rule: &RuleResult| {
        rule.outcome == Outcome::Failed && rule.severity == super::Severity::Error
    };
    let outcome = if rules.iter().any(failed) {
        Outcome::Failed
    } else if rules.iter().all(|r| r.outcome == Outcome::NotApplicable) {
        Outcome::NotApplicable
    } else {
        Outcome::Passed
    };
    Checked { outcome, rules }
}

fn one(line: usize, rule: &Rule, evidence: &Evidence<'_>) -> RuleResult {
    let about = rule.about();
    let Judged { checks, nothing } = match rule {
        Rule::Records(rule) => counts::records(rule, evidence.profile),
        Rule::Space(rule) => counts::spaces(rule, evidence.profile),
        Rule::Feature(rule) => features::judge(rule, evidence.profile),
        Rule::Class(rule) => classes::judge(rule, evidence.profile),
        Rule::Comparison(rule) => comparisons::judge(rule, evidence.comparison),
        Rule::Stability(rule) => runs::judge(rule, evidence.stability),
        Rule::Series(rule) => windows::judge(rule, evidence.series),
    };
    let heaviest = checks.iter().map(|check| check.outcome).max();
    let (outcome, reason) = match heaviest {
        Some(outcome @ (Outcome::Passed | Outcome::Failed)) => (outcome, None),
        unjudged => {
            let reason = match unjudged {
                None => nothing,
                Some(_) => "nothing that the rule is about could be judged".to_owned(),
            };
            let outcome = match about.optional {
                true => Outcome::NotApplicable,
                false => Outcome::Failed,
            };
            (outcome, Some(reason))
        }
    };
    RuleResult {
        name: about.name.to_owned(),
        section: about.section,
        line,
        severity: about.severity,
        outcome,
        reason,
        checks,
    }
}

/// The first names there are, for rules that look for another one.
pub(super) fn there_are<'a>(noun: &str, names: impl Iterator<Item = &'a str>) -> String {
    const LISTED: usize = 8;
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        return format!("there is no {noun} at all");
    }
    let listed = names[..names.len().min(LISTED)].join(", ");
    match names.len().checked_sub(LISTED) {
        None | Some(0) => format!("there is {listed}"),
        Some(more) => format!("there is {listed} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Severity;
    use crate::check::testing::{Made, profile};

    fn outcomes(rules: &str) -> (Outcome, Vec<Outcome>) {
        let checked = check(
            &Rules::parse(rules).unwrap(),
            &Evidence::of(&profile(&Made::default())),
        );
        let each = checked.rules.iter().map(|rule| rule.outcome).collect();
        (checked.outcome, each)
    }

    #[test]
    fn a_rule_about_nothing_fails_unless_it_is_optional() {
        use Outcome::{Failed, NotApplicable, Passed};
        let rule = "[[feature]]\nfeature = \"colour\"\nmax = 1\n";
        assert_eq!(outcomes(rule), (Failed, vec![Failed]));
        let optional = format!("{rule}optional = true\n");
        assert_eq!(outcomes(&optional), (NotApplicable, vec![NotApplicable]));
        let with_another = format!("{optional}[[records]]\nmin_count = 1\n");
        assert_eq!(
            outcomes(&with_another),
            (Passed, vec![NotApplicable, Passed])
        );
        // What is there, but has nothing to hold a demand against.
        let no_numbers = "[[feature]]\nfeature = \"format\"\nmax = 1\n";
        assert_eq!(outcomes(no_numbers), (Failed, vec![Failed]));
    }

    #[test]
    fn the_reason_says_what_there_is() {
        let rules = Rules::parse("[[feature]]\nfeature = \"colour\"\nmax = 1").unwrap();
        let checked = check(&rules, &Evidence::of(&profile(&Made::default())));
        assert_eq!(
            checked.rules[0].reason.as_deref(),
            Some("no feature is called colour; there is format, label, width")
        );
        assert_eq!(
            there_are("space", [].into_iter()),
            "there is no space at all"
        );
    }

    #[test]
    fn a_warning_fails_but_not_the_check() {
        let rule = "[[records]]\nmin_count = 1000\nseverity = \"warning\"\n";
        assert_eq!(outcomes(rule), (Outcome::Passed, vec![Outcome::Failed]));
        let rules = Rules::parse(rule).unwrap();
        let checked = check(&rules, &Evidence::of(&profile(&Made::default())));
        assert_eq!(checked.rules[0].severity, Severity::Warning);
        assert_eq!(checked.count(Outcome::Failed), 1);
    }

    #[test]
    fn without_a_comparison_there_is_nothing_to_judge() {
        let (all, _) = outcomes("[[comparison]]\nmax_verdict = \"no-drift\"");
        assert_eq!(all, Outcome::Failed);
    }
}
