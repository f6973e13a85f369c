//! Two sets of windows compared segment by segment.

use super::blocks::{Block, Blocks, Section};
use super::document::Document;
use super::findings::moved_charts;
use super::pages::title;
use crate::compare::{SegmentComparison, SetComparison};
use crate::profile::ProfileSet;
use crate::report::canvas::Canvas;
use crate::report::escape::clip;
use crate::report::segments_page::{segment_title, segments_headline, told, top};
use crate::report::terminal;

/// Characters of the name of a member of a set.
const NAME: usize = 120;
/// Segments that are told one by one: of more the table has a line.
const TOLD: usize = 100;
/// Charts of one segment, and of a page.
const CHARTS: (usize, usize) = (6, 300);

/// Two sets of profiles compared segment by segment, as one HTML file: a table of all segments, and
/// of each that moved what a comparison of its own would say, with the distributions that moved most.
/// At most 100 segments are told and 300 distributions drawn, those of the heaviest segments.
///
/// `reference` and `target` are the sets that were compared.
#[must_use]
pub fn segments(comparison: &SetComparison, reference: &ProfileSet, target: &ProfileSet) -> String {
    let mut page = Blocks::default();
    top(&mut page, comparison, false);
    let moved = told(comparison, false);
    let mut room = CHARTS.1;
    for segment in moved.iter().take(TOLD) {
        let section = section(comparison, segment, (reference, target), &mut room);
        page.sections.push(section);
    }
    if moved.len() > TOLD {
        page.heading("Further segments");
        page.text(&format!(
            "{} more segments moved; the table has a line of each.",
            moved.len() - TOLD
        ));
    }
    Document::new(
        "segments",
        title(&segments_headline(comparison)),
        page.sections,
    )
    .write()
}

/// One segment as one section: its words under headings of their own, its charts behind the verdict.
fn section(
    comparison: &SetComparison,
    segment: &SegmentComparison,
    (reference, target): (&ProfileSet, &ProfileSet),
    room: &mut usize,
) -> Section {
    let mut own = Blocks::default();
    terminal::write(&mut own, &segment.comparison, false);
    let members = reference.members().get(&segment.segment);
    let members = members.zip(target.members().get(&segment.segment));
    let charts = members.map_or_else(Vec::new, |profiles| {
        moved_charts(&segment.comparison, profiles, CHARTS.0.min(*room))
    });
    *room -= charts.len();
    let mut charts = Some(charts).filter(|charts| !charts.is_empty());
    let mut blocks = Vec::new();
    for part in own.sections {
        if !part.title.is_empty() {
            blocks.push(Block::Heading(part.title));
        }
        blocks.extend(part.blocks.into_iter().map(within));
        // Seen before it is read, but behind the verdict.
        if let Some(charts) = charts.take() {
            blocks.push(Block::Charts(charts));
        }
    }
    let sides = [&segment.comparison.reference, &segment.comparison.target];
    let [a, b] = sides.map(|side| clip(&side.name, NAME));
    blocks.push(Block::Aside(format!(
        "Every finding with its distributions: compare {a} with {b}."
    )));
    Section {
        title: segment_title(comparison, segment),
        folded: true,
        blocks,
    }
}

/// A page has one headline: that of a segment is a sentence. It has no options either.
fn within(block: Block) -> Block {
    match block {
        Block::Lead { lead, rest, .. } => Block::Text(lead + &rest),
        Block::Aside(text) => Block::Aside(text.replace(" (--verbose)", "")),
        other => other,
    }
}
