//! The windows of a series as rows of a table, and which of them are told where not all can be.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::canvas::Canvas;
use super::number;
use super::page::{Entry, Tone};
use super::parts::more;
use super::series_page::name;
use crate::compare::series::{Episode, Family, Role, Series, SeriesWindow};

/// Windows in the table unless everything is asked for.
const WINDOWS: usize = 60;
/// The newest windows, which are always told.
const NEWEST: usize = 10;
/// What the columns of families say.
pub(super) const WINDOWS_LEGEND: &str =
    "Under each family: how often chance alone would show as much in this one window.";

/// The episodes that a window lies in.
pub(super) fn episodes_of(series: &Series, at: usize) -> impl Iterator<Item = &Episode> {
    let all = series.episodes.iter();
    all.filter(move |e| e.onset <= at && e.end.is_none_or(|end| at <= end))
}

/// Windows with an alarm, those beside them, and the ends of episodes.
pub(super) fn telling(series: &Series) -> BTreeSet<usize> {
    let last = series.windows.len().saturating_sub(1);
    let windows = series.windows.iter().enumerate();
    let alarms = windows.filter(|(_, window)| window.families.iter().any(|of| of.alarm));
    let beside = alarms.flat_map(|(at, _)| at.saturating_sub(1)..=(at + 1).min(last));
    beside.chain(ends(series)).collect()
}

/// Where episodes begin and end.
fn ends(series: &Series) -> impl Iterator<Item = usize> {
    let episodes = series.episodes.iter();
    episodes.flat_map(|e| [Some(e.onset), Some(e.alarm), e.end].into_iter().flatten())
}

/// At most `most` of the windows that are `eligible`: where episodes begin, alarm and end and the
/// newest of all, then other telling windows, those of an episode, further watched ones and the rest,
/// the newest of each first.
pub(super) fn chosen(
    series: &Series,
    eligible: impl Fn(usize) -> bool,
    most: usize,
) -> BTreeSet<usize> {
    let (telling, ends) = (telling(series), ends(series).collect::<BTreeSet<_>>());
    let all = series.windows.len();
    let rank = |at: usize| match series.windows[at].role {
        _ if ends.contains(&at) || at + NEWEST >= all => 0,
        _ if telling.contains(&at) => 1,
        _ if episodes_of(series, at).next().is_some() => 2,
        Role::Watched => 3,
        _ => 4,
    };
    let mut order: Vec<(i32, Reverse<usize>)> = (0..all)
        .filter(|at| eligible(*at))
        .map(|at| (rank(at), Reverse(at)))
        .collect();
    order.sort_unstable();
    order.truncate(most);
    order.into_iter().map(|(_, at)| at.0).collect()
}

/// The windows that a table shows unless everything is asked for: not the history, and of many
/// those that are [`chosen`].
pub(super) fn in_short(series: &Series) -> BTreeSet<usize> {
    let is_new = |at: usize| series.windows[at].role != Role::History;
    chosen(series, is_new, WINDOWS)
}

/// The table of windows.
pub(super) fn windows(page: &mut dyn Canvas, series: &Series, verbose: bool) {
    let families = families(series);
    let shown = match verbose {
        true => (0..series.windows.len()).collect(),
        false => in_short(series),
    };
    page.details("Windows");
    let rows = rows(series, &families, &shown);
    page.table(
        &window_header(&families),
        rows.into_iter().map(|(_, row)| row).collect(),
    );
    page.aside(WINDOWS_LEGEND);
    if !verbose {
        let new = series.windows.iter().filter(|w| w.role != Role::History);
        more(page, new.count(), shown.len());
    }
}

/// The families that any window has evidence of.
pub(super) fn families(series: &Series) -> Vec<Family> {
    let has_any = |family: &Family| {
        let mut evidence = series.windows.iter().flat_map(|window| &window.families);
        evidence.any(|of| of.family == *family)
    };
    Family::ALL.into_iter().filter(has_any).collect()
}

/// The columns of [`rows`].
pub(super) fn window_header(families: &[Family]) -> Vec<&'static str> {
    let names = families.iter().map(|family| family.name());
    ["window", "records", "role"]
        .into_iter()
        .chain(names)
        .collect()
}

/// The windows that are `shown`, in the order of time, each with its place, and between them rows
/// that say how many are left out.
pub(super) fn rows(
    series: &Series,
    families: &[Family],
    shown: &BTreeSet<usize>,
) -> Vec<(Option<usize>, Vec<Entry>)> {
    let mut rows = Vec::with_capacity(shown.len());
    let mut next = 0;
    for &at in shown.iter().chain([&series.windows.len()]) {
        if next < at && !shown.is_empty() {
            rows.push((None, left_out(&series.windows[next..at], families.len())));
        }
        if let Some(window) = series.windows.get(at) {
            rows.push((Some(at), window_row(series, families, window)));
        }
        next = at + 1;
    }
    rows
}

/// A row in place of windows that are not shown.
fn left_out(windows: &[SeriesWindow], families: usize) -> Vec<Entry> {
    let history = windows.iter().all(|window| window.role == Role::History);
    let what = number::counted(windows.len() as u64, "window");
    let mut row = vec![
        Entry::left(format!("... {what}")).toned(Tone::Quiet),
        Entry::right(""),
        Entry::left(if history { Role::History.name() } else { "" }).toned(Tone::Quiet),
    ];
    row.resize(row.len() + families, Entry::right(""));
    row
}

/// A window with the p of each family.
fn window_row(series: &Series, families: &[Family], window: &SeriesWindow) -> Vec<Entry> {
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
