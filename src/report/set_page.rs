//! A set of profiles for a person at a terminal.

use super::canvas::Canvas;
use super::escape::{clip, escape};
use super::kept::Kept;
use super::number;
use super::page::{Entry, Page, Tone};
use super::profile_json::document;
use super::terminal::TerminalOptions;
use crate::profile::ProfileSet;

/// Segments that are listed unless everything is asked for.
const LISTED: usize = 40;
/// Characters of a name in a table.
const NAME: usize = 40;

/// A set in one line: `ref.dsp: 3 segments by camera, 1,000 records; ...`.
#[must_use]
pub fn set_line(set: &ProfileSet, name: &str) -> String {
    let mut text = format!(
        "{}: {} by {}, {}",
        escape(name),
        number::counted(set.members().len() as u64, "segment"),
        clip(set.column(), NAME),
        number::counted(records(set), "record"),
    );
    let lost = lost(set);
    if lost > 0 {
        text += &format!(", {} not used", number::count(lost));
    }
    let members = set.members().values();
    let members: Vec<_> = members.map(|profile| document(profile, name)).collect();
    text + &format!("; {}", Kept::of(&members).sentence())
}

/// A set as text: its segments, and how each of them is named.
#[must_use]
pub fn set_page(set: &ProfileSet, name: &str, options: &TerminalOptions) -> String {
    let mut page = Page::new(options.width, options.style);
    write(&mut page, set, name, options.verbose);
    page.finish()
}

/// The same on any canvas.
pub(super) fn write(page: &mut dyn Canvas, set: &ProfileSet, name: &str, verbose: bool) {
    page.lead(
        &clip(name, 60),
        Tone::Strong,
        &format!(
            ", a set of {} by {} of {}",
            number::counted(set.members().len() as u64, "profile"),
            clip(set.column(), NAME),
            number::counted(records(set), "record")
        ),
    );
    for (reason, count) in set
        .rest()
        .tally()
        .skipped()
        .chain(set.rest().tally().failed())
    {
        let text = format!(
            "not used, in no segment: {} {}",
            number::count(count),
            escape(reason)
        );
        page.item("-", &text);
    }
    page.heading("Segments");
    let all = set.members().len();
    let limit = if verbose { all } else { LISTED };
    let total = records(set).max(1) as f64;
    let time = |time: Option<i64>| time.map_or_else(|| "-".to_owned(), number::time);
    let row = |(segment, profile): (&crate::profile::Segment, &crate::profile::Profile)| {
        vec![
            Entry::left(clip(&segment.to_string(), NAME)),
            Entry::left(format!("#{}", clip(&segment.address(set.column()), NAME))),
            Entry::right(number::count(profile.records())),
            Entry::right(number::share(profile.records() as f64 / total)),
            Entry::left(time(profile.times().map(|t| t.0))),
            Entry::left(time(profile.times().map(|t| t.1))),
        ]
    };
    let rows = set.members().iter().take(limit).map(row).collect();
    let header = ["segment", "named", "records", "share", "from", "to"];
    page.table(&header, rows);
    if all > limit {
        page.aside(&format!("and {} more (--json lists all).", all - limit));
    }
    if let Some(segment) = set.members().keys().next() {
        let address = segment.address(set.column());
        page.aside(&format!(
            "What one of them contains: driftsphere show '{}#{}'",
            clip(name, 60),
            clip(&address, NAME)
        ));
    }
}

pub(super) fn records(set: &ProfileSet) -> u64 {
    set.members()
        .values()
        .map(|profile| profile.records())
        .sum()
}

fn lost(set: &ProfileSet) -> u64 {
    let tally = set.rest().tally();
    tally
        .skipped()
        .chain(tally.failed())
        .map(|(_, count)| count)
        .sum()
}
