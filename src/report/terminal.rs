//! A comparison for a person at a terminal.

use super::page::{Page, Style};
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
/// 2. the few things that moved most, in plain words;
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
    sections::verdict(&mut page, comparison);
    sections::moved_most(&mut page, comparison);
    sections::groups(&mut page, comparison);
    finding_sections::findings(&mut page, comparison, options.verbose);
    finding_sections::not_enough_data(&mut page, comparison, options.verbose);
    finding_sections::not_tested(&mut page, comparison, options.verbose);
    finding_sections::no_drift(&mut page, comparison, options.verbose);
    sections::places(&mut page, comparison, options.verbose);
    sections::records(&mut page, comparison, options.verbose);
    sections::spaces(&mut page, comparison);
    sections::not_used(&mut page, comparison);
    sections::notes(&mut page, comparison);
    page.finish()
}
