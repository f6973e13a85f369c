//! A series in one line.

use super::number::counted;
use super::series_page::name;
use crate::compare::series::{Episode, LEAST_RECORDS, Role, Series};

/// The answer in one line: `DRIFT: ...`, `NO DRIFT: ...`, safe to log. What goes on comes before
/// what is over, and what is over is said to be.
#[must_use]
pub fn series_headline(series: &Series) -> String {
    let watched = count(series, Role::Watched);
    if watched == 0 {
        return format!("NOT TESTED: {}.", why_not(series));
    }
    let all = &series.episodes;
    let open: Vec<&Episode> = all.iter().filter(|e| e.end.is_none()).collect();
    let (told, episode) = match (all.as_slice(), open.as_slice()) {
        ([], _) => {
            return format!(
                "NO DRIFT: none of {watched} watched windows alarms (rate of false alarms {} over all \
                 of them).",
                series.alpha
            );
        }
        ([only], []) => ("1 episode, which is over; it".to_owned(), only),
        ([.., last], []) => (format!("{} episodes, all over; the last", all.len()), last),
        ([only], _) => ("1 episode, which goes on; it".to_owned(), only),
        (_, [only]) => (
            format!("{} episodes, 1 of which goes on; it", all.len()),
            *only,
        ),
        (_, [first, ..]) if open.len() == all.len() => {
            (format!("{} episodes go on; the first", all.len()), *first)
        }
        (_, [first, ..]) => (
            format!(
                "{} episodes, {} of which go on; the first of these",
                all.len(),
                open.len()
            ),
            *first,
        ),
    };
    let of = |at: usize| name(&series.windows[at]);
    let (onset, alarm) = (of(episode.onset), of(episode.alarm));
    let when = match episode.end.map(of) {
        None => format!("began with {onset} and alarmed with {alarm}"),
        Some(end) => format!("began with {onset}, alarmed with {alarm} and ended with {end}"),
    };
    format!("DRIFT: {told} {when}: {}.", episode.meaning)
}

/// Windows of a role.
pub(super) fn count(series: &Series, role: Role) -> u64 {
    let windows = series.windows.iter();
    windows.filter(|window| window.role == role).count() as u64
}

/// Why no window is watched.
fn why_not(series: &Series) -> String {
    let says = [
        (Role::History, "within the reference's time".to_owned()),
        (
            Role::Small,
            format!("of fewer than {LEAST_RECORDS} records: too few to test"),
        ),
        (Role::Empty, "without records".to_owned()),
        (Role::Missing, "missing".to_owned()),
    ];
    let parts: Vec<String> = says
        .into_iter()
        .filter_map(|(role, what)| match count(series, role) {
            0 => None,
            n => Some(format!("{} {what}", counted(n, "window"))),
        })
        .collect();
    match parts.is_empty() {
        true => "no window was given".to_owned(),
        false => format!("no window could be watched: {}", parts.join("; ")),
    }
}
