//! Rules about the findings of a comparison.

use super::judge::{Judged, there_are};
use super::result::{Check, Demand, Found, Measure, outcome};
use super::rules::ComparisonRule;
use crate::compare::{Comparison, Effect, Finding, Scope, Verdict};
use crate::sketch::Estimate;
use std::collections::BTreeSet;

pub(super) fn judge(rule: &ComparisonRule, comparison: Option<&Comparison>) -> Judged {
    let Some(comparison) = comparison else {
        return Judged {
            checks: Vec::new(),
            nothing: "there is no reference to compare with".into(),
        };
    };
    let about = |finding: &&Finding| {
        rule.feature.matches(&finding.feature)
            && rule.scope.matches(&finding.scope.to_string())
            && rule.statistic.matches(&finding.statistic)
            && rule.group.matches(&finding.group)
    };
    let findings = comparison.findings.iter().filter(about);
    let features: BTreeSet<&str> = comparison
        .findings
        .iter()
        .map(|finding| finding.feature.as_str())
        .collect();
    Judged {
        checks: findings.flat_map(|finding| one(rule, finding)).collect(),
        nothing: format!(
            "no finding is about feature {}, scope {}, statistic {} and group {}; of features {}",
            rule.feature.text(),
            rule.scope.text(),
            rule.statistic.text(),
            rule.group.text(),
            there_are("finding", features.into_iter())
        ),
    }
}

fn one(rule: &ComparisonRule, finding: &Finding) -> Vec<Check> {
    let subject = subject(finding);
    let mut checks = Vec::new();
    if let Some(most) = rule.max_verdict {
        let most = Verdict::from(most);
        let demand = Demand::AtMost(most);
        checks.push(match untested(finding) {
            Some(reason) => Check::not_applicable(&subject, Measure::Verdict, demand, reason),
            None => Check {
                subject: subject.clone(),
                measure: Measure::Verdict,
                demand,
                found: Found::Verdict(finding.verdict),
                outcome: outcome(finding.verdict <= most),
                reason: None,
            },
        });
    }
    if let Some(least) = rule.min_p_adjusted {
        let range = (Some(least), None);
        let p = finding.p_adjusted.ok_or("it has no p-value");
        checks.push(number(&subject, Measure::PAdjusted, range, finding, p));
    }
    if let Some(most) = rule.max_effect {
        let range = (None, Some(most));
        match effects(rule, finding).as_slice() {
            [] => {
                let measure = Measure::Effect {
                    name: rule.effect.as_ref().map_or("effect", |e| e.text()).into(),
                    unit: String::new(),
                };
                let none = Err("it has no such effect");
                checks.push(number(&subject, measure, range, finding, none));
            }
            effects => checks.extend(effects.iter().map(|effect| {
                let measure = Measure::Effect {
                    name: effect.name.clone(),
                    unit: effect.unit.clone(),
                };
                let size = Ok(effect.value.abs());
                number(&subject, measure, range, finding, size)
            })),
        }
    }
    checks
}

/// The effects that the rule names, or else the first.
fn effects<'a>(rule: &ComparisonRule, finding: &'a Finding) -> Vec<&'a Effect> {
    let first = finding.effect.iter();
    match &rule.effect {
        None => first.collect(),
        Some(pattern) => first
            .chain(&finding.other_effects)
            .filter(|effect| pattern.matches(&effect.name))
            .collect(),
    }
}

fn number(
    subject: &str,
    measure: Measure,
    range: (Option<f64>, Option<f64>),
    finding: &Finding,
    value: Result<f64, &str>,
) -> Check {
    let value = match untested(finding) {
        Some(reason) => Err(reason),
        None => value.and_then(|x| if x.is_nan() { Err("it is NaN") } else { Ok(x) }),
    };
    match value {
        Ok(value) => Check::number(subject, measure, range, Estimate::exact(value)),
        Err(reason) => {
            let (at_least, at_most) = range;
            let demand = Demand::Range { at_least, at_most };
            Check::not_applicable(subject, measure, demand, reason)
        }
    }
}

/// Why a finding was not tested, if it was not.
fn untested(finding: &Finding) -> Option<&str> {
    let reason = finding.reason.as_deref().unwrap_or("it was not tested");
    (finding.verdict == Verdict::NotTested).then_some(reason)
}

/// `space embedding: own-centre distance, class 7 (ks)`.
fn subject(finding: &Finding) -> String {
    let scope = match &finding.scope {
        Scope::All => String::new(),
        scope => format!(", {scope}"),
    };
    let statistic = match finding.statistic.as_str() {
        "" => String::new(),
        statistic => format!(" ({statistic})"),
    };
    format!("{}: {}{scope}{statistic}", finding.group, finding.feature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{finding, line, told_of};
    use crate::check::{Evidence, Outcome, Rules, check};

    fn findings() -> Vec<Finding> {
        let mut drifted = finding("own-centre distance");
        drifted.scope = Scope::Class("7".into());
        drifted.verdict = Verdict::Drift;
        drifted.p_adjusted = Some(0.001);
        drifted.effect.as_mut().unwrap().value = -0.93;
        let mut other = drifted.effect.clone().unwrap();
        other.name = "share beyond q95".into();
        other.value = 0.25;
        drifted.other_effects.push(other);
        let mut untested = finding("norm");
        untested.verdict = Verdict::NotTested;
        untested.reason = Some("too few rows".into());
        untested.p_adjusted = None;
        vec![drifted, finding("spectral"), untested]
    }

    fn told(rule: &str) -> Vec<String> {
        told_of(findings(), &format!("[[comparison]]\n{rule}"))
    }

    #[test]
    fn verdicts_p_values_and_effects_have_limits() {
        let subject = "space embedding: own-centre distance, class 7 (ks)";
        assert_eq!(
            told(
                "scope = \"class *\"\nmax_verdict = \"possible-drift\"\nmin_p_adjusted = 0.01\nmax_effect = 0.9"
            ),
            [
                format!("{subject}: Verdict Drift failed"),
                format!("{subject}: PAdjusted 0.001..0.001 failed"),
                format!("{subject}: median shift 0.93..0.93 failed")
            ]
        );
        assert_eq!(
            told("scope = \"class *\"\neffect = \"share*\"\nmax_effect = 0.25"),
            [format!("{subject}: share beyond q95 0.25..0.25 passed")]
        );
    }

    #[test]
    fn what_was_not_tested_is_not_judged_and_never_passes_alone() {
        assert_eq!(
            told("feature = \"*\"\nscope = \"all\"\nmax_verdict = \"no-drift\""),
            [
                "space embedding: spectral (ks): Verdict NoDrift passed",
                "space embedding: norm (ks): Verdict too few rows"
            ]
        );
        for (optional, outcome) in [(false, Outcome::Failed), (true, Outcome::NotApplicable)] {
            let rules = format!(
                "[[comparison]]\nfeature = \"norm\"\nmax_effect = 1\noptional = {optional}"
            );
            let comparison = crate::check::testing::comparison(findings());
            let profile = crate::check::testing::profile(&Default::default());
            let evidence = Evidence::of(&profile).with_comparison(&comparison);
            let checked = check(&Rules::parse(&rules).unwrap(), &evidence);
            assert_eq!(checked.outcome, outcome, "{optional}");
            assert_eq!(
                line(&checked.rules[0].checks[0]),
                "space embedding: norm (ks): median shift too few rows"
            );
        }
    }

    #[test]
    fn each_pattern_narrows_what_a_rule_is_about() {
        let verdict = "max_verdict = \"no-drift\"";
        assert_eq!(told(verdict).len(), 3);
        assert_eq!(told(&format!("statistic = \"k?\"\n{verdict}")).len(), 3);
        assert_eq!(told(&format!("feature = \"spec*\"\n{verdict}")).len(), 1);
        let nothing = told(&format!("group = \"records\"\n{verdict}"));
        assert!(nothing[0].starts_with("no finding is about"), "{nothing:?}");
        assert!(nothing[0].ends_with("there is norm, own-centre distance, spectral"));
    }
}
