//! Windows in the order of time.

use super::blocks::{Block, Blocks};
use super::chart::{Mark, Timeline, WIDTH, timeline};
use super::document::Document;
use super::pages::title;
use crate::compare::series::{Series, Signal};
use crate::report::canvas::Canvas;
use crate::report::escape::clip;
use crate::report::parts::NAME;
use crate::report::series_page::{by_weight, name, series_headline, write};

/// Signals that are drawn.
const DRAWN: usize = 12;
/// Height of a timeline.
const HEIGHT: u32 = 150;

/// Windows in the order of time against a reference, as one HTML file: the words of
/// [`series_page`](crate::report::series_page()), and of each signal that moved most
/// a timeline with its threshold, episodes, alarms and changes of level.
#[must_use]
pub fn series(series: &Series) -> String {
    let mut page = Blocks::default();
    write(&mut page, series, true);
    let mut drawn = Blocks::default();
    timelines(&mut drawn, series);
    let mut sections = page.sections;
    // What moved is seen before it is read.
    let after_top = sections.len().min(1);
    sections.splice(after_top..after_top, drawn.sections);
    Document::new("series", title(&series_headline(series)), sections).write()
}

fn timelines(page: &mut Blocks, series: &Series) {
    let names: Vec<String> = series.windows.iter().map(name).collect();
    let signals = by_weight(series);
    let charts: Vec<_> = (signals.into_iter().take(DRAWN))
        .filter_map(|signal| timeline(&of_signal(series, signal, &names), (WIDTH, HEIGHT)))
        .collect();
    if charts.is_empty() {
        return;
    }
    page.heading("Timeline");
    page.push(Block::Charts(charts));
    page.aside(
        "Effects against the reference, most moved first. Shaded: an episode of the signal's family; red upright: \
         an alarm; dotted upright: the level changed with this window; dashed: from where on a change matters.",
    );
}

fn of_signal<'a>(series: &'a Series, signal: &'a Signal, names: &'a [String]) -> Timeline<'a> {
    let last = names.len().saturating_sub(1);
    let episodes = series.episodes.iter();
    let episodes = episodes.filter(|episode| episode.family == signal.family);
    let alarms = series.windows.iter().enumerate().filter(|(_, window)| {
        let mut families = window.families.iter();
        families.any(|of| of.family == signal.family && of.alarm)
    });
    let changes = signal.change_points.iter();
    Timeline {
        title: clip(&signal.name, NAME),
        description: format!(
            "Effect of {} in {} windows.",
            clip(&signal.name, NAME),
            names.len()
        ),
        names,
        points: signal.points.iter().map(|p| (p.window, p.effect)).collect(),
        threshold: signal.threshold,
        unit: signal.unit,
        episodes: episodes.map(|e| (e.onset, e.end.unwrap_or(last))).collect(),
        marks: (alarms.map(|(at, _)| (at, Mark::Alarm)))
            .chain(changes.map(|change| (change.at, Mark::Change)))
            .collect(),
    }
}
