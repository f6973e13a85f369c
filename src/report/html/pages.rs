//! Pages that are their terminal page in HTML, without charts of their own.

use super::blocks::Blocks;
use super::document::Document;
use crate::check::Checked;
use crate::compare::SetComparison;
use crate::report::escape::clip;
use crate::report::{CheckNames, check_page, segments_page};

/// Characters of a title.
const TITLE: usize = 120;

/// Two sets of profiles compared segment by segment, as one HTML file.
#[must_use]
pub fn segments(comparison: &SetComparison) -> String {
    let mut page = Blocks::default();
    segments_page::write(&mut page, comparison, false);
    let headline = segments_page::segments_headline(comparison);
    Document::new("segments", title(&headline), page.sections).write()
}

/// A profile held against rules, as one HTML file.
#[must_use]
pub fn checked(checked: &Checked, names: &CheckNames<'_>) -> String {
    let mut page = Blocks::default();
    check_page::write(&mut page, checked, names, true);
    let headline = check_page::check_headline(checked);
    Document::new("check", title(&headline), page.sections).write()
}

/// The beginning of an answer, as a title.
pub(super) fn title(headline: &str) -> String {
    clip(headline, TITLE)
}
