//! A comparison for a person at a terminal.

use super::canvas::Canvas;
use super::page::{Page, Style};
use super::parts::TOLD;
use super::{finding_sections, sections, sparkline};
use crate::compare::Comparison;
use crate::profile::Profile;

/// How a comparison is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Plain text (the default) or ANSI colours.
    pub style: Style,
    /// Columns of the terminal; 60 to 200 are used. Default 100.
    pub width: u16,
    /// Show every finding, also those without drift. Default `false`.
    pub verbose: bool,
    /// Whether the terminal shows block characters (U+2581 to U+2588), of which small histograms
    /// are made. Default `false`.
    pub blocks: bool,
}

impl Default for TerminalOptions {
    fn default() -> Self {
        Self {
            style: Style::Plain,
            width: 100,
            verbose: false,
            blocks: false,
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
    let mut page = Page::of(options);
    write(&mut page, comparison, options.verbose);
    page.finish()
}

/// The same, and below the numbers that moved most small histograms of both windows, where
/// [`TerminalOptions::blocks`] says that they can be shown. `profiles` are the reference and the
/// target that were compared.
///
/// ```text
///   1. brightness shifted by -40 ...
///      reference        ▂▅█▇▅▂▁
///      target     ▂▅█▇▅▂▁        12 to 180
/// ```
#[must_use]
pub fn terminal_with_profiles(
    comparison: &Comparison,
    profiles: (&Profile, &Profile),
    options: &TerminalOptions,
) -> String {
    let mut page = Page::of(options);
    write_with(&mut page, comparison, Some(profiles), options.verbose);
    page.finish()
}

/// Every section, in the order of [`terminal`].
pub(super) fn write(page: &mut dyn Canvas, comparison: &Comparison, verbose: bool) {
    write_with(page, comparison, None, verbose);
}

fn write_with(
    page: &mut dyn Canvas,
    comparison: &Comparison,
    profiles: Option<(&Profile, &Profile)>,
    verbose: bool,
) {
    sections::verdict(page, comparison);
    sections::moved_most(page, comparison, TOLD, |page, finding| {
        if let Some(profiles) = profiles {
            page.blocks(&sparkline::of_finding(finding, profiles));
        }
    });
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
