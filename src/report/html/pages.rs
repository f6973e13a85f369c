//! Pages that are their terminal page in HTML.

use super::blocks::Blocks;
use super::document::Document;
use crate::check::Checked;
use crate::compare::SetComparison;
use crate::compare::series::Series;
use crate::compare::stability::Stability;
use crate::profile::{Profile, ProfileSet};
use crate::report::escape::clip;
use crate::report::{
    CheckNames, check_page, profile_page, segments_page, series_page, set_page, stability_page,
};

/// Characters of a name in a title.
const NAME: usize = 60;

/// Two sets of profiles compared segment by segment.
#[must_use]
pub fn segments(comparison: &SetComparison) -> String {
    let mut page = Blocks::default();
    segments_page::write(&mut page, comparison, false);
    let (reference, target) = &comparison.names;
    let title = format!(
        "{}: {} against {}",
        comparison.verdict.name(),
        clip(target, NAME),
        clip(reference, NAME)
    );
    Document::new("segments", title, page.sections).write()
}

/// Windows in the order of time against a reference.
#[must_use]
pub fn series(series: &Series) -> String {
    let mut page = Blocks::default();
    series_page::write(&mut page, series, true);
    Document::new("series", title(&series_page::series_headline(series)), page.sections).write()
}

/// Training runs compared.
#[must_use]
pub fn stability(stability: &Stability) -> String {
    let mut page = Blocks::default();
    stability_page::write(&mut page, stability, true);
    let title = title(&stability_page::stability_headline(stability));
    Document::new("stability", title, page.sections).write()
}

/// A profile held against rules.
#[must_use]
pub fn checked(checked: &Checked, names: &CheckNames<'_>) -> String {
    let mut page = Blocks::default();
    check_page::write(&mut page, checked, names, true);
    Document::new("check", title(&check_page::check_headline(checked)), page.sections).write()
}

/// What a profile called `name` holds.
#[must_use]
pub fn profile(profile: &Profile, name: &str) -> String {
    let mut page = Blocks::default();
    profile_page::write(&mut page, profile, name, true);
    let title = format!("{}: profile", clip(name, NAME));
    Document::new("profile", title, page.sections).write()
}

/// What a set of profiles called `name` holds.
#[must_use]
pub fn profile_set(set: &ProfileSet, name: &str) -> String {
    let mut page = Blocks::default();
    set_page::write(&mut page, set, name, true);
    let title = format!("{}: set of profiles", clip(name, NAME));
    Document::new("profile-set", title, page.sections).write()
}

/// The beginning of an answer, as a title.
fn title(headline: &str) -> String {
    clip(headline, 2 * NAME)
}
