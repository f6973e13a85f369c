//! Rules held against a profile as JUnit XML, which build servers show as tests.

use askama::Template;

use super::check_page::{CheckNames, demand, found, measure};
use super::escape::escape;
use crate::check::{Check, Checked, Outcome, RuleResult, Severity};

/// The document; every text of it is escaped when it is filled in.
#[derive(Debug, Template)]
#[template(path = "junit.xml")]
struct Junit {
    suite: String,
    failures: usize,
    skipped: usize,
    cases: Vec<Case>,
}

/// A rule.
#[derive(Debug)]
struct Case {
    section: &'static str,
    name: String,
    outcome: Outcome,
    message: String,
    text: String,
}

/// The result as JUnit XML: a test case for each rule, of the class of its section.
///
/// A failed rule of severity `error` is a failure, with a line for each demand that was not met; one
/// of severity `warning` passes, and says so among its output. A rule that had nothing to judge
/// is skipped. No time stands in it: the same result gives the same bytes.
///
/// ```
/// use driftsphere::check::{Evidence, Rules, check};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
/// use driftsphere::report::{CheckNames, check_junit};
///
/// let rules = Rules::parse("[[records]]\nname = \"a full day\"\nmin_count = 1000")?;
/// let profile = ProfileBuilder::new(ProfileConfig::new())?.freeze();
/// let names = CheckNames { profile: "april.dsp", rules: "rules.toml", reference: None };
/// let xml = check_junit(&check(&rules, &Evidence::of(&profile)), &names);
/// assert!(xml.contains(r#"<testcase classname="records" name="a full day (line 1)">"#));
/// assert!(xml.contains("records, count: 0, at least 1,000"));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[must_use]
pub fn check_junit(checked: &Checked, names: &CheckNames<'_>) -> String {
    let cases: Vec<Case> = checked.rules.iter().map(case).collect();
    let with = |outcome| cases.iter().filter(|case| case.outcome == outcome).count();
    let document = Junit {
        suite: clean(&format!("{} against {}", names.profile, names.rules)),
        failures: with(Outcome::Failed),
        skipped: with(Outcome::NotApplicable),
        cases,
    };
    // A string takes whatever is written to it.
    let mut xml = document.render().expect("writing to memory does not fail");
    xml.push('\n');
    xml
}

fn case(rule: &RuleResult) -> Case {
    let unmet: Vec<String> = rule
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Failed)
        .map(line)
        .collect();
    let reason = rule.reason.as_deref().map(clean);
    let is_warning = rule.outcome == Outcome::Failed && rule.severity == Severity::Warning;
    let said = reason.into_iter().chain(unmet).collect::<Vec<_>>();
    let message = said.first().cloned().unwrap_or_default();
    let text = match is_warning {
        true => format!("warning: {}", said.join("\n")),
        false => said.join("\n"),
    };
    Case {
        section: rule.section,
        name: format!("{} (line {})", clean(&rule.name), rule.line),
        outcome: match is_warning {
            true => Outcome::Passed,
            false => rule.outcome,
        },
        message,
        text,
    }
}

/// `width, quantile 0.5: 3, 1 to 2.5`.
fn line(check: &Check) -> String {
    clean(&format!(
        "{}, {}: {}, {}",
        check.subject,
        measure(&check.measure),
        found(check),
        demand(check)
    ))
}

/// Without the characters that no XML may hold.
fn clean(text: &str) -> String {
    escape(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Evidence, Rules, check};
    use crate::ingest::{Batch, Column};
    use crate::profile::{ProfileBuilder, ProfileConfig};

    #[test]
    fn rules_are_test_cases_whatever_they_are_called() {
        let evil = "a\"]]></failure>&<\u{1b}[2J\u{202e}\u{ffff}";
        let rules = format!(
            "[[feature]]\nname = {evil:?}\nfeature = \"width\"\nmax = 2\n\
             [[feature]]\nfeature = \"width\"\nmin = 9\nseverity = \"warning\"\n\
             [[feature]]\nfeature = \"height\"\nmin = 9\noptional = true\n\
             [[records]]\nmin_count = 1\n"
        );
        // Rust writes characters as `\u{202e}`, TOML as `\u202e`.
        let rules = rules
            .replace("\\u{1b}", "\\u001b")
            .replace("\\u{202e}", "\\u202e")
            .replace("\\u{ffff}", "\\uffff");
        let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
        let widths = Column::from(vec![1.0, 2.0, 3.0]);
        builder
            .track_batch(&Batch::new(3).feature("width", widths))
            .unwrap();
        let profile = builder.freeze();
        let checked = check(&Rules::parse(&rules).unwrap(), &Evidence::of(&profile));
        let names = CheckNames {
            profile: "<a>.dsp",
            rules: "rules.toml",
            reference: None,
        };
        let xml = check_junit(&checked, &names);
        let document = roxmltree::Document::parse(&xml).unwrap();
        let suite = document
            .descendants()
            .find(|node| node.has_tag_name("testsuite"))
            .unwrap();
        let count = |name| suite.attribute(name).unwrap();
        assert_eq!(
            (count("tests"), count("failures"), count("skipped")),
            ("4", "1", "1")
        );
        assert_eq!(count("name"), "<a>.dsp against rules.toml");
        let cases: Vec<_> = suite
            .children()
            .filter(roxmltree::Node::is_element)
            .collect();
        let first = cases[0].first_element_child().unwrap();
        assert!(first.has_tag_name("failure"));
        assert_eq!(first.text(), Some("width, largest: 3, at most 2"));
        let name = cases[0].attribute("name").unwrap();
        assert!(name.starts_with("a\"]]></failure>&<\\u{1b}[2J"), "{name}");
        assert!(
            cases[1]
                .first_element_child()
                .unwrap()
                .text()
                .unwrap()
                .starts_with("warning: ")
        );
        assert!(
            cases[2]
                .first_element_child()
                .unwrap()
                .has_tag_name("skipped")
        );
        assert!(cases[3].first_element_child().is_none());
    }
}
