//! Two sets of profiles compared, for people: a table of the segments, then
//! those that moved.

use super::canvas::Canvas;
use super::escape::clip;
use super::markdown::Markdown;
use super::number;
use super::page::{Entry, Page};
use super::parts::{LISTED, NAME, SENTENCE, has_moved, tone, verdict_entry};
use super::terminal::{self, TerminalOptions};
use crate::compare::{SegmentComparison, SetComparison, Verdict};
use crate::profile::Segment;

/// The verdict over all segments in one line of plain words, safe to log.
#[must_use]
pub fn segments_headline(comparison: &SetComparison) -> String {
    let with = |verdict| {
        let segments = comparison.segments.iter();
        segments.filter(|s| s.comparison.verdict == verdict).count()
    };
    let verdict = comparison.verdict;
    let lead = verdict.name().to_uppercase();
    let (column, all) = (clip(&comparison.column, NAME), comparison.segments.len());
    match verdict {
        Verdict::NotTested if all == 0 => {
            format!("{lead}: the sets have no segment of {column} in common.")
        }
        Verdict::NoDrift => format!("{lead}: in none of {all} segments by {column}."),
        _ => {
            let sided = comparison.one_sided.as_ref();
            let sided = sided.filter(|finding| finding.verdict == verdict);
            let sided = sided.map(|finding| clip(&finding.sentence, SENTENCE));
            let some = with(verdict);
            let within = || format!("in {some} of {all} segments by {column}");
            match sided {
                Some(sided) if some == 0 => format!("{lead}: {sided}."),
                Some(sided) => format!("{lead}: {}, and {sided}.", within()),
                None => format!("{lead}: {}.", within()),
            }
        }
    }
}

/// The comparison as text: the verdict, all segments by weight, and of each that
/// moved what a comparison of its own would say (of all if `verbose`).
#[must_use]
pub fn segments_terminal(comparison: &SetComparison, options: &TerminalOptions) -> String {
    let mut page = Page::new(options.width, options.style);
    write(&mut page, comparison, options.verbose);
    page.finish()
}

/// The same as GitHub-flavoured Markdown; every text is escaped.
#[must_use]
pub fn segments_markdown(comparison: &SetComparison, verbose: bool) -> String {
    let mut page = Markdown::default();
    write(&mut page, comparison, verbose);
    page.finish()
}

pub(super) fn write(page: &mut dyn Canvas, comparison: &SetComparison, verbose: bool) {
    top(page, comparison, verbose);
    for segment in told(comparison, verbose) {
        page.heading(&segment_title(comparison, segment));
        terminal::write(page, &segment.comparison, verbose);
    }
}

/// What a segment is headed by, such as `Segment camera=3`.
pub(super) fn segment_title(comparison: &SetComparison, segment: &SegmentComparison) -> String {
    let address = segment.segment.address(&comparison.column);
    format!("Segment {}", clip(&address, NAME))
}

/// The segments that moved, or all; the heaviest first.
pub(super) fn told(comparison: &SetComparison, all: bool) -> Vec<&SegmentComparison> {
    let moved = |segment: &&SegmentComparison| {
        let verdict = segment.comparison.verdict;
        all || matches!(verdict, Verdict::Drift | Verdict::PossibleDrift)
    };
    by_weight(comparison).into_iter().filter(moved).collect()
}

/// The verdict, all segments in a table, and what one side lacks.
pub(super) fn top(page: &mut dyn Canvas, comparison: &SetComparison, verbose: bool) {
    let line = segments_headline(comparison);
    let (lead, rest) = line.split_once(':').unwrap_or((&line, ""));
    page.lead(lead, tone(comparison.verdict), &format!(":{rest}"));
    page.item("reference", &clip(&comparison.names.0, 60));
    page.item("target   ", &clip(&comparison.names.1, 60));
    table(page, comparison);
    if let Some(finding) = &comparison.one_sided {
        let p = finding
            .p_adjusted
            .map(|p| number::p_value(p, comparison.alpha));
        let p = p.map_or_else(String::new, |p| format!(" (p {p})"));
        page.heading("Segments that one side lacks");
        page.item(
            "-",
            &format!(
                "{}: {}{p}",
                finding.verdict.name(),
                clip(&finding.sentence, SENTENCE)
            ),
        );
    }
    for (side, missing) in [
        ("reference", &comparison.only_reference),
        ("target", &comparison.only_target),
    ] {
        one_sided(page, side, missing, verbose);
    }
}

fn table(page: &mut dyn Canvas, comparison: &SetComparison) {
    if comparison.segments.is_empty() {
        return;
    }
    page.heading("Segments");
    let row = |segment: &SegmentComparison| {
        let sides = &segment.comparison;
        let p = |p| number::p_value(p, comparison.alpha);
        let moved = sides.findings.iter().filter(has_moved).count();
        vec![
            Entry::left(clip(&segment.segment.to_string(), NAME)),
            Entry::right(number::count(sides.reference.records)),
            Entry::right(number::count(sides.target.records)),
            Entry::right(segment.p_adjusted.map_or_else(|| "-".to_owned(), p)),
            verdict_entry(sides.verdict),
            Entry::right(number::count(moved as u64)),
        ]
    };
    let rows = by_weight(comparison).into_iter().map(row).collect();
    page.table(
        &["segment", "reference", "target", "p", "verdict", "findings"],
        rows,
    );
    page.aside(&format!(
        "p: how often chance alone would show as much, all tests of all segments taken together. \
         Drift needs p below {}.",
        number::number(comparison.alpha)
    ));
}

/// The heaviest verdict first, then the smallest p; else in their order.
fn by_weight(comparison: &SetComparison) -> Vec<&SegmentComparison> {
    let mut segments: Vec<_> = comparison.segments.iter().collect();
    let p = |segment: &SegmentComparison| segment.p_value.unwrap_or(1.0);
    segments.sort_by(|a, b| {
        let verdicts = b.comparison.verdict.cmp(&a.comparison.verdict);
        verdicts.then(p(a).total_cmp(&p(b)))
    });
    segments
}

fn one_sided(page: &mut dyn Canvas, side: &str, missing: &[(Segment, u64)], verbose: bool) {
    if missing.is_empty() {
        return;
    }
    page.heading(&format!("Only in the {side}, not compared"));
    let limit = if verbose { missing.len() } else { LISTED };
    for (segment, records) in missing.iter().take(limit) {
        let name = clip(&segment.to_string(), NAME);
        page.item(
            "-",
            &format!("{name}: {}", number::counted(*records, "record")),
        );
    }
    super::parts::more(page, missing.len(), limit);
}
