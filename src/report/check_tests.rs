//! Checks as they are read, and the JSON declared a second time.

use super::mirror::mirror;
use super::{CheckNames, TerminalOptions, check_headline, check_json, check_markdown, check_page};
use crate::check::{Check, Checked, Demand, Found, Measure, Outcome, RuleResult, Severity};
use crate::compare::Verdict;
use crate::sketch::Estimate;

const NAMES: CheckNames<'_> = CheckNames {
    profile: "april.dsp",
    rules: "rules.toml",
    reference: Some("march.dsp"),
};

fn check(measure: Measure, demand: Demand, found: Found, outcome: Outcome) -> Check {
    Check {
        subject: "width".into(),
        measure,
        demand,
        found,
        outcome,
        reason: (outcome == Outcome::NotApplicable).then(|| "it has no numbers".into()),
    }
}

fn rule(severity: Severity, outcome: Outcome, checks: Vec<Check>) -> RuleResult {
    RuleResult {
        name: "width".into(),
        section: "feature",
        line: 4,
        severity,
        outcome,
        reason: checks
            .is_empty()
            .then(|| "no feature is called width".into()),
        checks,
    }
}

pub(super) fn checked() -> Checked {
    let range = |at_least, at_most| Demand::Range { at_least, at_most };
    let number = |x| Found::Number(Estimate::exact(x));
    Checked {
        outcome: Outcome::Failed,
        rules: vec![
            rule(
                Severity::Error,
                Outcome::Failed,
                vec![
                    check(
                        Measure::Quantile(0.5),
                        range(Some(1.0), Some(2.5)),
                        number(3.0),
                        Outcome::Failed,
                    ),
                    check(
                        Measure::NullShare,
                        range(None, Some(0.01)),
                        number(0.0),
                        Outcome::Passed,
                    ),
                    check(
                        Measure::Largest,
                        range(None, Some(9.0)),
                        Found::Nothing,
                        Outcome::NotApplicable,
                    ),
                ],
            ),
            rule(
                Severity::Warning,
                Outcome::Failed,
                vec![
                    check(
                        Measure::Values,
                        Demand::Allowed(vec!["png".into(), "jpeg".into()]),
                        Found::NotAllowed {
                            values: vec![("gif".into(), 7)],
                            distinct: 1,
                        },
                        Outcome::Failed,
                    ),
                    check(
                        Measure::Verdict,
                        Demand::AtMost(Verdict::PossibleDrift),
                        Found::Verdict(Verdict::Drift),
                        Outcome::Failed,
                    ),
                    check(
                        Measure::Effect {
                            name: "median shift".into(),
                            unit: "reference sd".into(),
                        },
                        range(None, Some(0.5)),
                        number(0.93),
                        Outcome::Failed,
                    ),
                ],
            ),
            rule(Severity::Error, Outcome::Failed, vec![]),
            rule(Severity::Error, Outcome::NotApplicable, vec![]),
        ],
    }
}

#[test]
fn page_says_what_was_demanded_and_what_was_found() {
    let page = check_page(
        &checked(),
        &NAMES,
        &TerminalOptions {
            width: 120,
            ..Default::default()
        },
    );
    assert!(page.starts_with(
        "FAILED: of 4 rules, 0 passed, 2 failed, 1 failed as a warning, 1 had nothing to judge.\n"
    ), "{page}");
    let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "reference march.dsp",
        "feature width (line 4): no feature is called width",
        "width quantile 0.5 3 1 to 2.5 error",
        "gif (7) only png, jpeg warning",
        "width, largest: it has no numbers",
        "1 demand met (--verbose lists them).",
    ] {
        assert!(words.contains(said), "{said}: {page}");
    }
    let markdown = check_markdown(&checked(), &NAMES, true);
    for said in [
        "**FAILED**: of 4 rules",
        "| feature width (line 4) | width | median shift | 0.93 sd | at most 0.5 sd | warning |",
        "| feature width (line 4) | width | verdict | drift | at most possible drift | warning |",
        "| feature width (line 4) | width | null share | 0 % | at most 1 % |\n",
    ] {
        assert!(markdown.contains(said), "{said}: {markdown}");
    }
}

#[test]
fn hostile_names_stay_text() {
    let evil = "\u{1b}[2J</details>|@team\n\u{202e}";
    let mut checked = checked();
    for rule in &mut checked.rules {
        rule.name = evil.into();
        rule.reason = Some(evil.into());
        for check in &mut rule.checks {
            check.subject = evil.repeat(30);
            if let Found::NotAllowed { values, .. } = &mut check.found {
                values[0].0 = evil.into();
            }
        }
    }
    let names = CheckNames {
        profile: evil,
        rules: evil,
        reference: Some(evil),
    };
    let options = TerminalOptions {
        width: 80,
        ..Default::default()
    };
    let markdown = check_markdown(&checked, &names, true);
    for text in [
        check_page(&checked, &names, &options),
        markdown.clone(),
        check_json::to_text(&checked, &names, 1),
    ] {
        assert!(
            text.chars()
                .all(|c| c == '\n' || !super::escape::is_hidden(c))
        );
    }
    assert!(!markdown.contains("@team"));
    let folds = |tag: &str| markdown.matches(tag).count();
    assert_eq!(folds("</details>"), folds("<details>"));
}

#[test]
fn the_headline_tells_warnings_from_failures() {
    let mut checked = checked();
    checked.outcome = Outcome::Passed;
    checked.rules.truncate(2);
    checked.rules[0].outcome = Outcome::Passed;
    assert_eq!(
        check_headline(&checked),
        "PASSED WITH WARNINGS: of 2 rules, 1 passed, 1 failed as a warning."
    );
}

mirror!(Document {
    format: String, version: u32, generator: String, outcome: String, headline: String,
    exit_status: u8, profile: String, rules_file: String, rules: Vec<Rule>,
} { reference: String, });
mirror!(Rule {
    name: String, section: String, line: usize, severity: String, outcome: String,
    checks: Vec<OneCheck>,
} { reason: String, });
mirror!(OneCheck { subject: String, measure: String, outcome: String, } {
    rank: f64, effect: String, unit: String, reason: String, at_least: f64, at_most: f64,
    allowed: Vec<String>, max_verdict: String, max_change: String, value: f64, lower_bound: f64, upper_bound: f64,
    verdict: String, change: String, not_allowed: Vec<Count>, not_allowed_distinct: u64,
});
mirror!(Count { name: String, count: u64, } {});

#[test]
fn json_is_as_declared() {
    let text = check_json::to_text(&checked(), &NAMES, 1);
    let document: Document = serde_json::from_str(&text).unwrap();
    assert_eq!(document.format, "driftsphere check");
    assert_eq!((document.version, document.exit_status), (1, 1));
    assert_eq!(document.outcome, "failed");
    let check = &document.rules[0].checks[0];
    assert_eq!(
        (check.rank, check.value, check.at_most),
        (Some(0.5), Some(3.0), Some(2.5))
    );
    assert_eq!(document.rules[0].checks[2].outcome, "not-applicable");
    let check = &document.rules[1].checks[0];
    assert_eq!(check.not_allowed.as_ref().unwrap()[0].count, 7);
    assert_eq!(
        document.rules[1].checks[1].max_verdict.as_deref(),
        Some("possible-drift")
    );
    assert_eq!(
        document.rules[1].checks[2].unit.as_deref(),
        Some("reference sd")
    );
    assert_eq!(document.rules[3].outcome, "not-applicable");
}
