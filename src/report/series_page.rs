//! A series of windows for a person: on a terminal or as Markdown.

use super::canvas::Canvas;
use super::escape::clip;
use super::markdown::Markdown;
use super::number;
use super::page::{Entry, Page, Tone};
use super::parts::{LISTED, NAME, SENTENCE, more};
use super::sections::window;
use super::series_headline::{count, series_headline};
use super::series_windows::{families, windows};
use super::terminal::TerminalOptions;
use crate::compare::WindowSummary;
use crate::compare::series::{Episode, Role, Series, SeriesWindow, Signal};

/// The answer as text: what was asked of which windows, the episodes, the windows with their evidence,
/// the signals that moved most, the season, and what is missing. `reference` is what the windows were
/// held against ([`WindowSummary::of`]).
///
/// ```
/// use driftsphere::compare::WindowSummary;
/// use driftsphere::compare::series::{SeriesOptions, series};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
/// use driftsphere::report::{TerminalOptions, series_page};
///
/// let empty = ProfileBuilder::new(ProfileConfig::new())?.freeze();
/// let answer = series(&empty, &[("monday", &empty)], &SeriesOptions::default())?;
/// let reference = WindowSummary::of("march.dsp", &empty);
/// let page = series_page(&answer, &reference, &TerminalOptions::default());
/// assert!(page.contains("reference march.dsp, 0 records"));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[must_use]
pub fn series_page(
    series: &Series,
    reference: &WindowSummary,
    options: &TerminalOptions,
) -> String {
    let mut page = Page::new(options.width, options.style);
    write(&mut page, (series, reference), options.verbose);
    page.finish()
}

/// The same as GitHub-flavoured Markdown; every text is escaped.
#[must_use]
pub fn series_markdown(series: &Series, reference: &WindowSummary, verbose: bool) -> String {
    let mut page = Markdown::default();
    write(&mut page, (series, reference), verbose);
    page.finish()
}

/// A window by its time, or its name where it has none.
pub(super) fn name(window: &SeriesWindow) -> String {
    match window.start {
        Some(start) => number::time(start).trim_end_matches(" 00:00").to_owned(),
        None => clip(&window.name, NAME),
    }
}

pub(super) fn write(
    page: &mut dyn Canvas,
    (series, reference): (&Series, &WindowSummary),
    verbose: bool,
) {
    top(page, series, reference);
    episodes(page, series);
    windows(page, series, verbose);
    rest(page, series, verbose);
}

/// The answer, and what it stands on: the reference, the windows, the rate of false alarms and the
/// season.
pub(super) fn top(page: &mut dyn Canvas, series: &Series, reference: &WindowSummary) {
    let line = series_headline(series);
    let (lead, rest) = line.split_once(':').unwrap_or((&line, ""));
    let tone = match (series.episodes.is_empty(), lead) {
        (false, _) => Tone::Bad,
        (true, "NO DRIFT") => Tone::Good,
        _ => Tone::Quiet,
    };
    page.lead(lead, tone, &format!(":{rest}"));
    window(page, "reference", reference);
    page.item("windows", &counts(series));
    page.item("rate", &rate(series));
    let season = format!(
        "{} ({})",
        series.season.name(),
        clip(&series.season_reason, SENTENCE)
    );
    page.item("season", &season);
}

/// `60 of 1 day: 30 history, 30 watched; 2,400 records`.
fn counts(series: &Series) -> String {
    let roles = [
        Role::History,
        Role::Watched,
        Role::Small,
        Role::Empty,
        Role::Missing,
    ];
    let roles = roles.map(|role| (count(series, role), role.name()));
    let roles = roles.iter().filter(|(n, _)| *n > 0);
    let roles: Vec<String> = roles
        .map(|(n, name)| format!("{} {name}", number::count(*n)))
        .collect();
    let length = series
        .length
        .map(|length| format!(" of {}", duration(length)));
    format!(
        "{}{}: {}; {}",
        number::count(series.windows.len() as u64),
        length.unwrap_or_default(),
        roles.join(", "),
        number::counted(
            series.windows.iter().map(|window| window.records).sum(),
            "record"
        )
    )
}

/// The rate of false alarms, and over what it holds.
fn rate(series: &Series) -> String {
    let names: Vec<&str> = families(series)
        .iter()
        .map(|family| family.name())
        .collect();
    format!(
        "at most {} of series without a change alarm (alpha {}), over {} (horizon) and all families together: {}",
        number::share(series.alpha),
        series.alpha,
        number::counted(series.horizon, "watched window"),
        match names.is_empty() {
            true => "none".to_owned(),
            false => names.join(", "),
        }
    )
}

/// `1 day`, in the largest unit of which it is a whole number.
fn duration(milliseconds: i64) -> String {
    let units = [
        (604_800_000, "week"),
        (86_400_000, "day"),
        (3_600_000, "hour"),
        (60_000, "minute"),
        (1_000, "second"),
        (1, "millisecond"),
    ];
    let milliseconds = milliseconds.unsigned_abs();
    let whole = units
        .into_iter()
        .find(|(unit, _)| milliseconds.is_multiple_of(*unit));
    let (unit, name) = whole.unwrap_or((1, "millisecond"));
    number::counted(milliseconds / unit, name)
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
