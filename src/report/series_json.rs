//! A series for programs: the JSON document, specified at [`Document`].

use super::json_frame::Frame;
use super::json_write::finite;
use super::series_headline::series_headline;
use crate::compare::series as answer;
use serde::Serialize;

/// The JSON document of a series, format version 1, with the promises of that of a
/// comparison ([`json::Document`](super::json::Document)).
///
/// | field | type | meaning |
/// | --- | --- | --- |
/// | `format` | string | always `"driftsphere series"` |
/// | `version` | integer | of the format, `1` |
/// | `generator` | string | program and version that wrote it |
/// | `headline` | string | the answer in a sentence |
/// | `exit_status` | integer | of the command: 0 no alarm, 1 an alarm, 2 trouble, or no window was watched |
/// | `alpha` | number | rate of false alarms aimed at, over all watched windows |
/// | `horizon` | integer | watched windows that it is meant for |
/// | `length` | integer | of a window in milliseconds, or `null` |
/// | `season` | string | `"none"`, `"weekdays and weekends"`, `"days of the week"` or `"times of the day"` |
/// | `season_reason` | string | why |
/// | `windows` | array of [window](Window) | in order of time |
/// | `signals` | array of [signal](Signal) | by family and name |
/// | `episodes` | array of [episode](Episode) | in order of their alarms |
/// | `notes` | array of [note](Note) | doubts and advice |
///
/// Windows are referred to by their position in `windows`, from 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Document<'a> {
    /// Of format `driftsphere series`.
    #[serde(flatten)]
    pub frame: Frame,
    /// The answer in a sentence.
    pub headline: String,
    /// Of the command.
    pub exit_status: u8,
    /// Rate of false alarms aimed at.
    pub alpha: f64,
    /// Watched windows that it is meant for.
    pub horizon: u64,
    /// Length of a window in milliseconds.
    pub length: Option<i64>,
    /// The season.
    pub season: &'static str,
    /// Why.
    pub season_reason: &'a str,
    /// The windows.
    pub windows: Vec<Window<'a>>,
    /// The signals.
    pub signals: Vec<Signal<'a>>,
    /// The episodes.
    pub episodes: Vec<Episode<'a>>,
    /// Doubts and advice.
    pub notes: Vec<Note<'a>>,
}

/// A window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Window<'a> {
    /// Its name; empty where it is missing.
    pub name: &'a str,
    /// Its start in milliseconds since 1970 UTC.
    pub start: Option<i64>,
    /// Records.
    pub records: u64,
    /// `history`, `watched`, `small`, `empty` or `missing`.
    pub role: &'static str,
    /// Phase of the season.
    pub phase: u64,
    /// Whether it has more than five times the usual number of records.
    pub burst: bool,
    /// What it says of each family.
    pub families: Vec<FamilyEvidence>,
}

/// What a window says of a family.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FamilyEvidence {
    /// `class mix`, `inputs`, `outputs` or `embedding`.
    pub family: &'static str,
    /// P-value of this window.
    pub p_value: f64,
    /// Evidence of this and the windows before; `null` where it is beyond all numbers.
    pub evidence: Option<f64>,
    /// Whether it alarms.
    pub alarm: bool,
}

/// A signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Signal<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its family.
    pub family: &'static str,
    /// The unit of effects.
    pub unit: &'static str,
    /// The effect that matters.
    pub threshold: f64,
    /// Its values.
    pub points: Vec<Point<'a>>,
    /// Its trend, or `null`.
    pub trend: Option<Trend>,
    /// Where its level changed.
    pub change_points: Vec<ChangePoint>,
}

/// A signal in a window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point<'a> {
    /// The window.
    pub window: usize,
    /// How far from its reference.
    pub effect: f64,
    /// The same with a sign.
    pub level: f64,
    /// Of watched windows.
    pub p_value: Option<f64>,
    /// What it was and is.
    pub change: Change<'a>,
}

/// What a signal was in its reference and is in a window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change<'a> {
    /// The value whose share moved most; `null` where means are told.
    pub value: Option<&'a str>,
    /// The mean, or share, of what the window is held against.
    pub reference: Option<f64>,
    /// That of the window.
    pub window: Option<f64>,
}

/// A trend (Mann-Kendall).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// Kendall's tau.
    pub tau: f64,
    /// Its p-value.
    pub p_value: f64,
    /// Median rise from one window to the next.
    pub slope: f64,
}

/// A change of level (Pettitt).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangePoint {
    /// The first window after it.
    pub window: usize,
    /// Its p-value; the confidence in it is 1 less this.
    pub p_value: f64,
    /// Median level before.
    pub before: f64,
    /// Median level after.
    pub after: f64,
}

/// An episode.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Episode<'a> {
    /// Its family.
    pub family: &'static str,
    /// What it most likely means.
    pub meaning: &'a str,
    /// `abrupt`, `gradual`, `abrupt or gradual` (not told yet) or `recurring`.
    pub kind: &'static str,
    /// The window with which it most likely began.
    pub onset: usize,
    /// The window of its alarm.
    pub alarm: usize,
    /// Its last window, or `null` where it goes on.
    pub end: Option<usize>,
    /// Signals that moved most.
    pub signals: &'a [String],
}

/// A doubt or an advice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Note<'a> {
    /// A short stable name.
    pub code: &'a str,
    /// What it means and what to do.
    pub text: &'a str,
}

/// The document of an answer that ends the command with `exit_status`.
#[must_use]
pub fn document(series: &answer::Series, exit_status: u8) -> Document<'_> {
    Document {
        frame: Frame::new("driftsphere series"),
        headline: series_headline(series),
        exit_status,
        alpha: series.alpha,
        horizon: series.horizon,
        length: series.length,
        season: series.season.name(),
        season_reason: &series.season_reason,
        windows: series.windows.iter().map(window).collect(),
        signals: series.signals.iter().map(signal).collect(),
        episodes: series.episodes.iter().map(episode).collect(),
        notes: series.notes.iter().map(note).collect(),
    }
}

/// The same as indented text with a line feed at its end.
#[must_use]
pub fn to_text(series: &answer::Series, exit_status: u8) -> String {
    super::json_text::to_text(&document(series, exit_status))
}

fn window(window: &answer::SeriesWindow) -> Window<'_> {
    let families = window.families.iter().map(|of| FamilyEvidence {
        family: of.family.name(),
        p_value: of.p_value,
        evidence: finite(of.evidence),
        alarm: of.alarm,
    });
    Window {
        name: &window.name,
        start: window.start,
        records: window.records,
        role: window.role.name(),
        phase: window.phase,
        burst: window.burst,
        families: families.collect(),
    }
}

fn signal(signal: &answer::Signal) -> Signal<'_> {
    let points = signal.points.iter().map(|point| Point {
        window: point.window,
        effect: point.effect,
        level: point.level,
        p_value: point.p_value,
        change: Change {
            value: point.change.value.as_deref(),
            reference: finite(point.change.reference),
            window: finite(point.change.window),
        },
    });
    let changes = signal.change_points.iter().map(|change| ChangePoint {
        window: change.at,
        p_value: change.p_value,
        before: change.medians.0,
        after: change.medians.1,
    });
    Signal {
        name: &signal.name,
        family: signal.family.name(),
        unit: signal.unit,
        threshold: signal.threshold,
        points: points.collect(),
        trend: signal.trend.map(|trend| Trend {
            tau: trend.tau,
            p_value: trend.p_value,
            slope: trend.slope,
        }),
        change_points: changes.collect(),
    }
}

fn episode(episode: &answer::Episode) -> Episode<'_> {
    Episode {
        family: episode.family.name(),
        meaning: &episode.meaning,
        kind: episode.kind.name(),
        onset: episode.onset,
        alarm: episode.alarm,
        end: episode.end,
        signals: &episode.signals,
    }
}

fn note(note: &crate::compare::Note) -> Note<'_> {
    Note {
        code: &note.code,
        text: &note.text,
    }
}
