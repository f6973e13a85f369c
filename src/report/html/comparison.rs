//! Two windows compared.

use super::blocks::{Block, Blocks};
use super::centres::centres;
use super::configuration::configuration;
use super::document::Document;
use super::findings::{FindingList, moved_charts};
use super::pictures::{Pictures, first};
use super::spaces::spaces;
use crate::compare::Comparison;
use crate::profile::Profile;
use crate::report::canvas::Canvas;
use crate::report::escape::clip;
use crate::report::{finding_sections, sections};

/// Pictures at the top.
const LOOK: usize = 6;
/// Things that are told at the top.
const TOLD: usize = 3;

/// The comparison of two profiles as one HTML file.
///
/// At the top stand the verdict, the windows and the three things that moved most,
/// with all doubts and whatever was not used; then every finding with the two
/// distributions behind it, its evidence, what it means and what usually causes it;
/// then spaces, records and the configuration.
///
/// `reference` and `target` are the profiles that were compared: charts are drawn
/// from what they hold. `pictures` are those of the records that [`wanted`](super::wanted)
/// names; [`Pictures::default`] shows none.
///
/// ```
/// use driftsphere::compare::{CompareOptions, compare};
/// use driftsphere::ingest::{Batch, Column};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
/// use driftsphere::report::html::{self, Pictures};
///
/// let window = |offset: f64| -> driftsphere::Result<_> {
///     let brightness: Vec<f64> = (0..500).map(|i| f64::from(i % 97) + offset).collect();
///     let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
///     builder.track_batch(&Batch::new(500).feature("<brightness>", Column::from(brightness)))?;
///     Ok(builder.freeze())
/// };
/// let (march, april) = (window(0.0)?, window(-40.0)?);
/// let answer = compare(&march, &april, &CompareOptions::default())?;
/// let page = html::comparison(&answer, &march, &april, &Pictures::default());
/// assert!(page.starts_with("<!doctype html>"));
/// assert!(page.contains("DRIFT") && !page.contains("<brightness>"));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[must_use]
pub fn comparison(
    comparison: &Comparison,
    reference: &Profile,
    target: &Profile,
    pictures: &Pictures,
) -> String {
    let mut top = Blocks::default();
    sections::verdict(&mut top, comparison);
    sections::moved_most(&mut top, comparison, TOLD, |_, _| {});
    let charts = moved_charts(comparison, (reference, target), TOLD);
    if !charts.is_empty() {
        top.push(Block::Charts(charts));
    }
    let first = first(pictures, comparison, LOOK);
    if !first.is_empty() {
        top.heading("Look at these target records first");
        top.push(Block::Gallery(first));
    }
    sections::notes(&mut top, comparison);
    sections::not_used(&mut top, comparison);

    let mut page = Blocks::default();
    body(&mut page, comparison, (reference, target), pictures);
    configuration(&mut page, comparison, (reference, target));
    let title = format!(
        "{}: {} against {}",
        comparison.verdict.name(),
        clip(&comparison.target.name, 60),
        clip(&comparison.reference.name, 60)
    );
    let document = Document::with_top("comparison", title, top.sections, page.sections);
    document.with_pictures(pictures).write()
}

/// What one comparison says beyond its top.
fn body(
    page: &mut Blocks,
    comparison: &Comparison,
    profiles: (&Profile, &Profile),
    pictures: &Pictures,
) {
    sections::why(page, comparison);
    if !comparison.findings.is_empty() {
        page.heading("Findings");
        for line in finding_sections::together(comparison) {
            page.item("-", &line);
        }
        page.push(Block::Findings(FindingList::new(
            comparison, profiles, pictures,
        )));
    }
    centres(page, comparison, profiles, pictures);
    spaces(page, comparison, profiles, pictures);
    sections::groups(page, comparison);
    finding_sections::not_enough_data(page, comparison, true);
    finding_sections::not_tested(page, comparison, true);
    finding_sections::usual(page, comparison, true);
    sections::places(page, comparison, true);
    sections::records(page, comparison, true);
    sections::spaces(page, comparison);
}
