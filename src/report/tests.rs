//! Pages as they are read, one for each verdict, and pages made of hostile text.

use super::fixtures;
use super::page::columns;
use super::{Style, TerminalOptions, headline, terminal};
use crate::compare::Comparison;
use insta::assert_snapshot;

fn page(comparison: &Comparison) -> String {
    terminal(comparison, &TerminalOptions::default())
}

#[test]
fn drift() {
    assert_snapshot!(page(&fixtures::drift()), @"");
}

#[test]
fn possible_drift() {
    assert_snapshot!(page(&fixtures::possible_drift()), @"");
}

#[test]
fn not_enough_data() {
    assert_snapshot!(page(&fixtures::not_enough_data()), @"");
}

#[test]
fn no_drift() {
    assert_snapshot!(page(&fixtures::no_drift()), @"");
}

#[test]
fn not_tested() {
    assert_snapshot!(page(&fixtures::not_tested()), @"");
}

#[test]
fn narrow_and_verbose() {
    let options = TerminalOptions {
        width: 80,
        verbose: true,
        ..TerminalOptions::default()
    };
    assert_snapshot!(terminal(&fixtures::drift(), &options), @"");
}

fn all() -> [Comparison; 6] {
    [
        fixtures::drift(),
        fixtures::possible_drift(),
        fixtures::not_enough_data(),
        fixtures::no_drift(),
        fixtures::not_tested(),
        fixtures::hostile(),
    ]
}

#[test]
fn lines_fit_every_usual_width() {
    for comparison in all() {
        for width in 80..=120 {
            for verbose in [false, true] {
                let options = TerminalOptions {
                    width,
                    verbose,
                    ..TerminalOptions::default()
                };
                for line in terminal(&comparison, &options).lines() {
                    assert!(columns(line) <= usize::from(width), "{width}: {line}");
                    assert_eq!(line, line.trim_end());
                }
            }
        }
    }
}

#[test]
fn hostile_names_reach_the_screen_as_text_only() {
    let page = page(&fixtures::hostile());
    let hidden = |c: char| c != '\n' && super::escape::is_hidden(c);
    assert_eq!(page.chars().find(|&c| hidden(c)), None);
    assert!(page.contains(r"\u{202e}"));
    assert!(!page.contains("NaN") && !page.contains("inf"));
    assert!(
        !headline(&fixtures::hostile())
            .chars()
            .any(super::escape::is_hidden)
    );
}

#[test]
fn colour_adds_escapes_and_changes_no_word() {
    let plain = page(&fixtures::drift());
    let coloured = terminal(
        &fixtures::drift(),
        &TerminalOptions {
            style: Style::Colour,
            ..TerminalOptions::default()
        },
    );
    assert!(coloured.contains("\u{1b}[1;31mDRIFT\u{1b}[0m"));
    let mut stripped = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        stripped += before;
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    stripped += rest;
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(words(&stripped), words(&plain));
}

#[test]
fn a_page_without_findings_is_still_a_page() {
    let mut comparison = fixtures::not_tested();
    comparison.findings.clear();
    comparison.groups.clear();
    assert!(page(&comparison).starts_with("NOT TESTED: "));
}
