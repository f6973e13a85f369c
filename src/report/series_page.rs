//! A series of windows for a person: on a terminal or as Markdown.

use super::canvas::Canvas;
use super::escape::clip;
use super::markdown::Markdown;
use super::number;
use super::page::{Entry, Page, Tone};
use super::parts::{LISTED, NAME, SENTENCE, more};
use super::terminal::TerminalOptions;
use crate::compare::series::{Episode, Family, Role, Series, SeriesWindow, Signal};

/// Windows in the table unless everything is asked for.
const WINDOWS: usize = 60;
/// What the columns of families say.
pub(super) const WINDOWS_LEGEND: &str =
    "Under each family: how often chance alone would show as much in this one window.";

/// The answer in one line: `DRIFT: ...`, `NO DRIFT: ...`, safe to log.
#[must_use]
pub fn series_headline(series: &Series) -> String {
    let watched = series
        .windows
        .iter()
        .filter(|w| w.role == Role::Watched)
        .count();
    match series.episodes.first() {
        _ if watched == 0 => "NOT TESTED: no window lies outside of the reference's time.".into(),
        None => format!(
            "NO DRIFT: none of {watched} watched windows alarms (rate of false alarms {} over all \
             of them).",
            series.alpha
        ),
        Some(first) => {
            let told = match series.episodes.len() {
                1 => "1 episode".to_owned(),
                n => format!("{n} episodes"),
            };
            format!(
                "DRIFT: {told}; the first began with {} and alarmed with {}: {}.",
                name(&series.windows[first.onset]),
                name(&series.windows[first.alarm]),
                first.meaning
            )
        }
    }
}

/// The answer as text: the episodes, the windows with their evidence, the signals that moved
/// most, the season, and what is missing.
#[must_use]
pub fn series_page(series: &Series, options: &TerminalOptions) -> String {
    let mut page = Page::new(options.width, options.style);
    write(&mut page, series, options.verbose);
    page.finish()
}

/// The same as GitHub-flavoured Markdown; every text is escaped.
#[must_use]
pub fn series_markdown(series: &Series, verbose: bool) -> String {
    let mut page = Markdown::default();
    write(&mut page, series, verbose);
    page.finish()
}

/// A window by its time, or its name where it has none.
pub(super) fn name(window: &SeriesWindow) -> String {
    match window.start {
        Some(start) => number::time(start).trim_end_matches(" 00:00").to_owned(),
        None => clip(&window.name, NAME),
    }
}

pub(super) fn write(page: &mut dyn Canvas, series: &Series, verbose: bool) {
    top(page, series);
    episodes(page, series);
    windows(page, series, verbose);
    rest(page, series, verbose);
}

/// The answer, and the season that it stands on.
pub(super) fn top(page: &mut dyn Canvas, series: &Series) {
    let line = series_headline(series);
    let (lead, rest) = line.split_once(':').unwrap_or((&line, ""));
    let tone = match (series.episodes.is_empty(), lead) {
        (false, _) => Tone::Bad,
        (true, "NO DRIFT") => Tone::Good,
        _ => Tone::Quiet,
    };
    page.lead(lead, tone, &format!(":{rest}"));
    let season = format!(
        "{} ({})",
        series.season.name(),
        clip(&series.season_reason, SENTENCE)
    );
    page.item("season", &season);
}

/// What stands below the windows.
pub(super) fn rest(page: &mut dyn Canvas, series: &Series, verbose: bool) {
    signals(page, series, verbose);
    for note in &series.notes {
        page.item("note", &clip(&note.text, SENTENCE));
    }
}

pub(super) fn episodes(page: &mut dyn Canvas, series: &Series) {
    if series.episodes.is_empty() {
        return;
    }
    page.heading("Episodes");
    let row = |episode: &Episode| {
        let window = |at: usize| name(&series.windows[at]);
        let signals: Vec<String> = episode.signals.iter().map(|s| clip(s, NAME)).collect();
        vec![
            Entry::left(episode.family.name()),
            Entry::left(episode.kind.name()),
            Entry::left(window(episode.onset)),
            Entry::left(window(episode.alarm)),
            Entry::left(episode.end.map_or("goes on".into(), window)),
            Entry::left(signals.join(", ")),
        ]
    };
    page.table(
        &["what", "how", "began", "alarm", "end", "moved most"],
        series.episodes.iter().map(row).collect(),
    );
    for episode in &series.episodes {
        let meaning = clip(&episode.meaning, SENTENCE);
        let family = episode.family.name();
        match meaning.starts_with(family) {
            true => page.item("-", &meaning),
            false => page.item("-", &format!("{family}: {meaning}")),
        }
    }
}

fn windows(page: &mut dyn Canvas, series: &Series, verbose: bool) {
    let shown = |window: &&SeriesWindow| verbose || window.role != Role::History;
    let all: Vec<&SeriesWindow> = series.windows.iter().filter(shown).collect();
    let families = families(series);
    page.details("Windows");
    let limit = if verbose { all.len() } else { WINDOWS };
    let shown = all.iter().take(limit);
    let rows = shown.map(|window| window_row(series, &families, window));
    page.table(&window_header(&families), rows.collect());
    page.aside(WINDOWS_LEGEND);
    more(page, all.len(), limit);
}

/// The families that any window has evidence of.
pub(super) fn families(series: &Series) -> Vec<Family> {
    let has_any = |family: &Family| {
        let mut evidence = series.windows.iter().flat_map(|window| &window.families);
        evidence.any(|of| of.family == *family)
    };
    Family::ALL.into_iter().filter(has_any).collect()
}

/// The columns of [`window_row`].
pub(super) fn window_header(families: &[Family]) -> Vec<&'static str> {
    let names = families.iter().map(|family| family.name());
    ["window", "records", "role"]
        .into_iter()
        .chain(names)
        .collect()
}

/// A window with the p of each family.
pub(super) fn window_row(
    series: &Series,
    families: &[Family],
    window: &SeriesWindow,
) -> Vec<Entry> {
    let burst = if window.burst { ", burst" } else { "" };
    let mut row = vec![
        Entry::left(name(window)),
        Entry::right(number::count(window.records)),
        Entry::left(format!("{}{burst}", window.role.name())),
    ];
    for family in families {
        let of = window.families.iter().find(|of| of.family == *family);
        row.push(of.map_or(Entry::right("-"), |of| {
            let text = number::p_value(of.p_value, series.alpha);
            match of.alarm {
                true => Entry::right(format!("{text} alarm")).toned(Tone::Bad),
                false => Entry::right(text),
            }
        }));
    }
    row
}

/// The signals, the one first whose largest effect is largest against its threshold.
pub(super) fn by_weight(series: &Series) -> Vec<&Signal> {
    let largest = |signal: &Signal| {
        let effects = signal
            .points
            .iter()
            .map(|point| point.effect / signal.threshold);
        effects.fold(0.0, f64::max)
    };
    let mut signals: Vec<&Signal> = series.signals.iter().collect();
    signals.sort_by(|a, b| largest(b).total_cmp(&largest(a)));
    signals
}

fn signals(page: &mut dyn Canvas, series: &Series, verbose: bool) {
    let signals = by_weight(series);
    if signals.is_empty() {
        return;
    }
    page.details("What was watched, most moved first");
    let limit = if verbose { signals.len() } else { LISTED };
    let row = |signal: &&Signal| {
        let top = signal
            .points
            .iter()
            .max_by(|a, b| a.effect.total_cmp(&b.effect));
        let changes: Vec<String> = (signal.change_points.iter())
            .map(|change| name(&series.windows[change.at]))
            .collect();
        let trend = signal.trend.map_or(("-".into(), "-".into()), |trend| {
            (
                format!("{:+.2}", trend.tau),
                number::p_value(trend.p_value, series.alpha),
            )
        });
        vec![
            Entry::left(clip(&signal.name, NAME)),
            Entry::right(top.map_or("-".into(), |top| number::size(top.effect, signal.unit))),
            Entry::left(top.map_or("-".into(), |top| name(&series.windows[top.window]))),
            Entry::right(trend.0),
            Entry::right(trend.1),
            Entry::left(if changes.is_empty() {
                "-".into()
            } else {
                changes.join(", ")
            }),
        ]
    };
    page.table(
        &[
            "signal",
            "largest effect",
            "in",
            "trend",
            "p",
            "level changed with",
        ],
        signals.iter().take(limit).map(row).collect(),
    );
    page.aside(
        "trend: Kendall's tau of all windows. level changed with: Pettitt's test, each at 1 %. Neither \
         alarms.",
    );
    more(page, signals.len(), limit);
}
