//! The windows of a series one by one: what each says against its reference.

use std::collections::BTreeSet;

use super::blocks::{Table, tone_class};
use crate::compare::series::{Change, Role, Series, SeriesWindow, Signal, SignalPoint};
use crate::report::escape::clip;
use crate::report::number;
use crate::report::page::{Entry, Tone};
use crate::report::parts::{NAME, SENTENCE};
use crate::report::series_page::name;
use crate::report::series_windows::{
    WINDOWS_LEGEND, chosen, episodes_of, families, in_short, rows, telling, window_header,
};

/// Windows that are told in full: a thousand would make a page that nobody opens.
const IN_FULL: usize = 300;
/// Signals told of a window.
const SIGNALS: usize = 8;
/// A signal with a larger p-value is named after all others.
const SPEAKS: f64 = 0.05;

/// The windows in a table, and what the more telling ones say.
#[derive(Debug)]
pub(super) struct WindowList {
    /// What is new: those with an alarm, of an episode, and the newest.
    pub(super) table: Table,
    /// All of them, where that is more.
    pub(super) all: Option<Table>,
    pub(super) legend: Vec<String>,
    /// Windows with an alarm, those beside them, and those with which an episode begins or ends.
    pub(super) first: Vec<WindowCard>,
    /// Further windows.
    pub(super) others: Vec<WindowCard>,
    /// For each window the place that tells of it in full.
    pub(super) places: Vec<Option<String>>,
}

/// What one window says.
#[derive(Debug)]
pub(super) struct WindowCard {
    pub(super) id: String,
    pub(super) tone: &'static str,
    pub(super) badge: &'static str,
    pub(super) name: String,
    pub(super) records: String,
    /// What moved most, in a few words.
    pub(super) brief: String,
    pub(super) sentences: Vec<String>,
    pub(super) facts: Vec<(String, String)>,
    pub(super) tables: Vec<Table>,
}

/// A signal and what it is in a window.
type Said<'a> = (&'a Signal, &'a SignalPoint);

impl WindowList {
    pub(super) fn new(series: &Series) -> Self {
        let said = by_window(series);
        let telling = telling(series);
        let full = chosen(series, |at| !said[at].is_empty(), IN_FULL);
        let place = |at: usize| full.contains(&at).then(|| format!("w{at}"));
        let places: Vec<Option<String>> = (0..series.windows.len()).map(place).collect();
        let of_family = families(series);
        let table = |caption, shown: &BTreeSet<usize>| {
            let (at, rows): (Vec<_>, Vec<_>) = rows(series, &of_family, shown).into_iter().unzip();
            let mut table = Table::new(caption, &window_header(&of_family), rows);
            table.is_tall = true;
            for (row, at) in table.rows.iter_mut().zip(at) {
                let place = at.and_then(|at| places[at].clone());
                row[0].link = place.unwrap_or_default();
            }
            table
        };
        let every: BTreeSet<usize> = (0..series.windows.len()).collect();
        let short = Some(in_short(series)).filter(|short| !short.is_empty());
        let all = short.as_ref().filter(|short| short.len() < every.len());
        let all = all.map(|_| table("All windows", &every));
        let table = table("Windows", short.as_ref().unwrap_or(&every));
        let card = |at: &usize| WindowCard::new(series, *at, &said[*at]);
        let (first, others): (Vec<usize>, Vec<usize>) =
            full.iter().partition(|at| telling.contains(at));
        let mut legend = vec![WINDOWS_LEGEND.to_owned()];
        let could = said.iter().filter(|said| !said.is_empty()).count();
        if could > full.len() {
            legend.push(format!(
                "{} windows are told in full: those with an alarm, those beside them, those of an episode, then the \
                 newest. Of the {} others the table has a line.",
                full.len(),
                could - full.len()
            ));
        }
        Self {
            table,
            all,
            legend,
            first: first.iter().map(card).collect(),
            others: others.iter().map(card).collect(),
            places,
        }
    }
}

/// What every window says, the signals that speak first, by effect against what matters.
fn by_window(series: &Series) -> Vec<Vec<Said<'_>>> {
    let mut out: Vec<Vec<Said<'_>>> = vec![Vec::new(); series.windows.len()];
    for signal in &series.signals {
        for point in &signal.points {
            out[point.window].push((signal, point));
        }
    }
    let is_quiet = |point: &SignalPoint| !point.p_value.is_some_and(|p| p <= SPEAKS);
    let weight = |(signal, point): &Said<'_>| point.effect / signal.threshold;
    for said in &mut out {
        said.sort_by(|a, b| {
            let quiet = is_quiet(a.1).cmp(&is_quiet(b.1));
            quiet.then_with(|| weight(b).total_cmp(&weight(a)))
        });
    }
    out
}

impl WindowCard {
    fn new(series: &Series, at: usize, said: &[Said<'_>]) -> Self {
        let window = &series.windows[at];
        let (tone, badge) = match window.role {
            _ if window.families.iter().any(|of| of.alarm) => (Tone::Bad, "alarm"),
            _ if episodes_of(series, at).next().is_some() => (Tone::Doubt, "episode"),
            Role::Watched => (Tone::Good, "no alarm"),
            role => (Tone::Quiet, role.name()),
        };
        let loudest = said.first().filter(|(signal, point)| {
            point.p_value.is_some_and(|p| p <= SPEAKS) && point.effect >= signal.threshold
        });
        Self {
            id: format!("w{at}"),
            tone: tone_class(tone),
            badge,
            name: name(window),
            records: number::counted(window.records, "record"),
            brief: loudest.map_or_else(String::new, |(signal, point)| {
                format!(
                    "{}: {}",
                    clip(&signal.name, NAME),
                    difference(&point.change)
                )
            }),
            sentences: sentences(series, at),
            facts: facts(series, window),
            tables: tables(series, said),
        }
    }
}

/// Which alarms and episodes a window belongs to.
fn sentences(series: &Series, at: usize) -> Vec<String> {
    let window = &series.windows[at];
    let alarms: Vec<&str> = (window.families.iter())
        .filter(|of| of.alarm)
        .map(|of| of.family.name())
        .collect();
    let mut out = Vec::new();
    if !alarms.is_empty() {
        out.push(format!("With this window alarms: {}.", alarms.join(", ")));
    }
    for episode in episodes_of(series, at) {
        let of = |at: usize| name(&series.windows[at]);
        let end = episode.end.map_or_else(
            || "goes on".to_owned(),
            |end| format!("ended with {}", of(end)),
        );
        out.push(format!(
            "Episode of {} ({}): began with {}, alarmed with {}, {end}. {}.",
            episode.family.name(),
            episode.kind.name(),
            of(episode.onset),
            of(episode.alarm),
            capitalised(&clip(&episode.meaning, SENTENCE)),
        ));
    }
    if out.is_empty() {
        out.push(match window.role {
            Role::Watched => "No alarm, and part of no episode.".into(),
            _ => "Part of the reference's time: what is trusted.".into(),
        });
    }
    out
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

fn facts(series: &Series, window: &SeriesWindow) -> Vec<(String, String)> {
    let mut facts = vec![("records".to_owned(), {
        let burst = if window.burst {
            ", more than five times the usual number"
        } else {
            ""
        };
        format!("{}{burst}", number::count(window.records))
    })];
    if !window.name.is_empty() {
        facts.push(("profile".to_owned(), clip(&window.name, NAME)));
    }
    facts.extend(window.families.iter().map(|of| {
        let text = format!(
            "p {} of this window alone; evidence of all so far {}",
            number::p_value(of.p_value, series.alpha),
            number::number(of.evidence)
        );
        (of.family.name().to_owned(), text)
    }));
    facts
}

fn tables(series: &Series, said: &[Said<'_>]) -> Vec<Table> {
    let row = |(signal, point): &Said<'_>| {
        let effect = number::size(point.effect, signal.unit);
        vec![
            Entry::left(clip(&signal.name, NAME)),
            Entry::left(difference(&point.change)),
            match point.effect >= signal.threshold {
                true => Entry::right(effect).toned(Tone::Strong),
                false => Entry::right(effect),
            },
            Entry::right(number::size(signal.threshold, signal.unit)),
            Entry::right(
                point
                    .p_value
                    .map_or("-".into(), |p| number::p_value(p, series.alpha)),
            ),
        ]
    };
    let rows: Vec<_> = said.iter().take(SIGNALS).map(row).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let header = [
        "moved most",
        "reference → window",
        "effect",
        "matters from",
        "p",
    ];
    vec![Table::new("What moved most", &header, rows)]
}

/// `mean 0.43 → 0.31`, or `dog 10 % → 40 %`.
fn difference(change: &Change) -> String {
    let (from, to) = (change.reference, change.window);
    match &change.value {
        Some(value) => format!(
            "{} {} → {}",
            clip(value, NAME),
            number::share(from),
            number::share(to)
        ),
        None => format!("mean {} → {}", number::number(from), number::number(to)),
    }
}
