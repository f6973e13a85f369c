//! Pages that are their terminal page in HTML.

use super::blocks::Blocks;
use super::document::Document;
use crate::check::Checked;
use crate::report::escape::clip;
use crate::report::{CheckNames, check_page};

/// Characters of a title.
const TITLE: usize = 120;

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
