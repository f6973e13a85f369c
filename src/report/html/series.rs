//! Windows in the order of time.

use super::blocks::{Block, Blocks};
use super::chart::{Mark, Timeline, WIDTH, timeline};
use super::document::Document;
use super::pages::title;
use super::windows::WindowList;
use crate::compare::WindowSummary;
use crate::compare::series::{Series, Signal};
use crate::report::canvas::Canvas;
use crate::report::escape::clip;
use crate::report::parts::NAME;
use crate::report::series_headline::series_headline;
use crate::report::series_page::{by_weight, episodes, name, rest, top};

/// Signals that are drawn.
const DRAWN: usize = 12;
/// Height of a timeline.
const HEIGHT: u32 = 150;

/// Windows in the order of time against a reference, as one HTML file: the words of
/// [`series_page`](crate::report::series_page()), of each signal that moved most
/// a timeline with its threshold, episodes, alarms and changes of level, and of each window
/// what it says against the reference: in full of at most 300, first those with an alarm and the
/// windows beside them, of the others in a line. `reference` is what the windows were held against
/// ([`WindowSummary::of`]).
#[must_use]
pub fn series(series: &Series, reference: &WindowSummary) -> String {
    let mut page = Blocks::default();
    top(&mut page, series, reference);
    let windows = WindowList::new(series);
    // What moved is seen before it is read.
    timelines(&mut page, series, &windows.places);
    episodes(&mut page, series);
    page.heading("Windows");
    page.push(Block::Windows(windows));
    rest(&mut page, series, true);
    Document::new("series", title(&series_headline(series)), page.sections).write()
}

fn timelines(page: &mut Blocks, series: &Series, places: &[Option<String>]) {
    let names: Vec<String> = series.windows.iter().map(name).collect();
    let signals = by_weight(series);
    let charts: Vec<_> = (signals.into_iter().take(DRAWN))
        .filter_map(|signal| timeline(&of_signal(series, signal, &names, places), (WIDTH, HEIGHT)))
        .collect();
    if charts.is_empty() {
        return;
    }
    page.heading("Timeline");
    page.push(Block::Charts(charts));
    page.aside(
        "Effects against the reference, most moved first. Shaded: an episode of the signal's family; red upright: \
         an alarm; dotted upright: the level changed with this window; dashed: from where on a change matters. Dots and uprights open their window.",
    );
}

fn of_signal<'a>(
    series: &'a Series,
    signal: &'a Signal,
    names: &'a [String],
    places: &'a [Option<String>],
) -> Timeline<'a> {
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
        places,
    }
}
