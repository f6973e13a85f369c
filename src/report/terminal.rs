//! A comparison for a person at a terminal.

use super::canvas::Canvas;
use super::page::{Page, Style};
use super::parts::TOLD;
use super::{finding_sections, sections};
use crate::compare::Comparison;

/// How a comparison is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Plain text (the default) or ANSI colours.
    pub style: Style,
    /// Columns of the terminal; 60 to 200 are used. Default 100.
    pub width: u16,
    /// Show every finding, also those without drift. Default `false`.
    pub verbose: bool,
}

impl Default for TerminalOptions {
    fn default() -> Self {
        Self {
            style: Style::Plain,
            width: 100,
            verbose: false,
        }
    }
}

/// The comparison as text, most important things first:
///
/// 1. the verdict in a sentence, and the two windows;
/// 2. the few things that moved most, in plain words,
///    and the input features that go along with it;
/// 3. the groups of findings with their p-values;
/// 4. the findings: drift and possible drift as a table, `not enough data` with
///    what would be needed, `not tested` with the reason, the others as a count;
/// 5. classes and clusters that moved, each with a typical record;
/// 6. the records to look at;
/// 7. the spaces, records that were not used, notes.
///
/// Text from the data is escaped ([`escape`](super::escape)); a plain page
/// contains no control character but line feeds.
#[must_use]
pub fn terminal(comparison: &Comparison, options: &TerminalOptions) -> String {
    let mut page = Page::new(options.width, options.style);
    write(&mut page, comparison, options.verbose);
    page.finish()
}

/// Every section, in the order of [`terminal`].
pub(super) fn write(page: &mut dyn Canvas, comparison: &Comparison, verbose: bool) {
    sections::verdict(page, comparison);
    sections::moved_most(page, comparison, TOLD);
    sections::why(page, comparison);
    sections::groups(page, comparison);
    finding_sections::findings(page, comparison, verbose);
    finding_sections::not_enough_data(page, comparison, verbose);
    finding_sections::not_tested(page, comparison, verbose);
    finding_sections::usual(page, comparison, verbose);
    finding_sections::no_drift(page, comparison, verbose);
    sections::places(page, comparison, verbose);
    sections::records(page, comparison, verbose);
    sections::spaces(page, comparison);
    sections::not_used(page, comparison);
    sections::notes(page, comparison);
}
