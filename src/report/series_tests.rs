//! A series as it is read, and its JSON declared a second time.

use super::mirror::mirror;
use super::{TerminalOptions, series_headline, series_json, series_markdown, series_page};
use crate::compare::WindowSummary;
use crate::compare::series::{Role, Series, SeriesOptions, SeriesWindow, series};
use crate::ingest::{Batch, Column};
use crate::profile::{Profile, ProfileBuilder, ProfileConfig};

const DAY: i64 = 86_400_000;

/// Days of 50 records; from day 10 on `<dark>` pictures.
fn days(range: std::ops::Range<i64>) -> Profile {
    let records: Vec<(i64, f64)> = range
        .flat_map(|day| (0..50).map(move |i| (day, i)))
        .map(|(day, i)| {
            let value = ((i * 37 + day * 11) % 101) as f64;
            (
                day * DAY + i * 1_000_000,
                if day < 10 { value } else { value - 60.0 },
            )
        })
        .collect();
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let values: Vec<f64> = records.iter().map(|record| record.1).collect();
    let batch = Batch::new(records.len())
        .times(records.iter().map(|record| record.0).collect::<Vec<_>>())
        .feature("<dark>\u{1b}[2J", Column::from(values));
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

/// What the windows of [`answer`] are held against.
pub(super) fn reference() -> WindowSummary {
    WindowSummary::of("<trusted>.dsp", &days(0..6))
}

pub(super) fn answer() -> Series {
    let windows: Vec<Profile> = [5, 6, 8, 9, 10, 11, 12]
        .map(|day| days(day..day + 1))
        .into();
    let named: Vec<(&str, &Profile)> = windows.iter().map(|day| ("\u{202e}day", day)).collect();
    series(&days(0..6), &named, &SeriesOptions::default()).unwrap()
}

mirror!(Document {
    format: String, version: u32, generator: String, headline: String, exit_status: u8, alpha: f64,
    horizon: u64, season: String, season_reason: String, windows: Vec<Window>,
    signals: Vec<Signal>, episodes: Vec<Episode>, notes: Vec<Note>,
} { length: i64, });
mirror!(Window {
    name: String, records: u64, role: String, phase: u64, burst: bool, families: Vec<Evidence>,
} { start: i64, });
mirror!(Evidence { family: String, p_value: f64, alarm: bool, } { evidence: f64, });
mirror!(Signal {
    name: String, family: String, unit: String, threshold: f64, points: Vec<Point>,
    change_points: Vec<ChangePoint>,
} { trend: Trend, });
mirror!(Point { window: usize, effect: f64, level: f64, change: Change, } { p_value: f64, });
mirror!(Change {} { value: String, reference: f64, window: f64, });
mirror!(Trend { tau: f64, p_value: f64, slope: f64, } {});
mirror!(ChangePoint { window: usize, p_value: f64, before: f64, after: f64, } {});
mirror!(Episode {
    family: String, meaning: String, kind: String, onset: usize, alarm: usize, signals: Vec<String>,
} { end: usize, });
mirror!(Note { code: String, text: String, } {});

#[test]
fn the_document_is_as_declared() {
    let text = series_json::to_text(&answer(), 1);
    let document: Document = serde_json::from_str(&text).unwrap();
    assert_eq!(document.format, "driftsphere series");
    let roles: Vec<&str> = document.windows.iter().map(|w| w.role.as_str()).collect();
    assert_eq!(roles[..3], ["history", "watched", "missing"]);
    assert_eq!((document.windows.len(), document.length), (8, Some(DAY)));
    let episode = &document.episodes[0];
    assert_eq!(
        (episode.family.as_str(), episode.onset, episode.end),
        ("inputs", 5, None)
    );
    assert!(document.signals[0].points[0].p_value.is_none());
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
}

#[test]
fn pages_name_episodes_windows_and_signals_harmlessly() {
    let answer = answer();
    assert!(
        series_headline(&answer)
            .starts_with("DRIFT: 1 episode, which goes on; it began with 1970-01-11")
    );
    let options = TerminalOptions {
        width: 160,
        ..TerminalOptions::default()
    };
    let page = series_page(&answer, &reference(), &options);
    for said in [
        "Episodes",
        "goes on",
        "missing",
        "inputs: values are others",
        r"\u{1b}[2J",
        "season none",
        "reference <trusted>.dsp, 300 records, 1970-01-01",
        "windows 8 of 1 day: 1 history, 6 watched, 1 missing; 350 records",
        "alarm (alpha 0.05), over 6 watched windows (horizon) and all families together: inputs",
    ] {
        assert!(page.contains(said), "{said} is missing in:\n{page}");
    }
    assert!(!page.contains('\u{1b}'));
    let markdown = series_markdown(&answer, &reference(), true);
    assert!(
        markdown.contains("&lt;dark&gt;") && !markdown.contains("<dark>"),
        "{markdown}"
    );
}

/// A thousand days, of which the first hundred are history, with one episode that ended long ago.
pub(super) fn long() -> Series {
    let short = answer();
    let watched = short.windows.iter().find(|w| w.role == Role::Watched);
    let day = |at: usize| {
        let mut window = SeriesWindow {
            start: Some(at as i64 * DAY),
            ..watched.unwrap().clone()
        };
        match at {
            0..100 => (window.role, window.families) = (Role::History, Vec::new()),
            _ => window.families[0].alarm = at == 362,
        }
        window
    };
    let mut episode = short.episodes[0].clone();
    (episode.onset, episode.alarm, episode.end) = (300, 362, Some(500));
    Series {
        windows: (0..1000).map(day).collect(),
        episodes: vec![episode],
        ..short
    }
}

#[test]
fn a_long_series_shows_what_is_new_and_what_alarmed() {
    let mut long = long();
    let date = |at: usize| super::series_page::name(&long.windows[at]);
    let days = |page: &str| -> Vec<usize> {
        let rows = page.lines().map(str::trim_start);
        let at = |row: &str| (0..1000).find(|at| row.starts_with(&date(*at)));
        let table = rows.skip_while(|row| *row != "Windows");
        let table = table.take_while(|row| !row.starts_with("Under each family"));
        table.filter_map(at).collect()
    };
    let page = series_page(&long, &reference(), &TerminalOptions::default());
    let shown = days(&page);
    assert_eq!(shown.len(), 60, "{page}");
    assert!(shown.is_sorted());
    for at in [300, 361, 362, 363, 500].into_iter().chain(990..1000) {
        assert!(shown.contains(&at), "{at} of {shown:?}");
    }
    // Every day is a row, or counted as left out.
    let left_out: usize = page
        .lines()
        .filter_map(|line| {
            let (count, _) = line
                .trim_start()
                .strip_prefix("... ")?
                .split_once(" window")?;
            count.parse::<usize>().ok()
        })
        .sum();
    assert_eq!(shown.len() + left_out, 1000, "{page}");
    assert!(page.contains("and 840 more (--verbose)"), "{page}");

    let headline = series_headline(&long);
    let over = format!(
        "DRIFT: 1 episode, which is over; it began with {}, alarmed with {} and ended with {}: ",
        date(300),
        date(362),
        date(500)
    );
    assert!(headline.starts_with(&over), "{headline}");
    let mut now = long.episodes[0].clone();
    (now.onset, now.alarm, now.end) = (700, 710, None);
    long.episodes.push(now);
    let headline = series_headline(&long);
    let goes_on = format!(
        "DRIFT: 2 episodes, 1 of which goes on; it began with {} and alarmed",
        super::series_page::name(&long.windows[700])
    );
    assert!(headline.starts_with(&goes_on), "{headline}");
}

#[test]
fn why_nothing_was_watched_is_told_by_role() {
    let mut answer = answer();
    answer.episodes.clear();
    answer.windows.truncate(1);
    for (role, said) in [
        (Role::History, "1 window within the reference's time"),
        (
            Role::Small,
            "1 window of fewer than 5 records: too few to test",
        ),
        (Role::Empty, "1 window without records"),
    ] {
        answer.windows[0].role = role;
        assert_eq!(
            series_headline(&answer),
            format!("NOT TESTED: no window could be watched: {said}.")
        );
    }
    answer.windows.clear();
    assert_eq!(series_headline(&answer), "NOT TESTED: no window was given.");
}
