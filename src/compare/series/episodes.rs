//! Episodes: from alarms to what happened, and what it may mean.

use super::alarms::Watch;
use super::missing::MISSING;
use super::result::{Episode, EpisodeKind, Family, SeriesWindow, Signal};
use crate::compare::stats::rises_gradually;

/// Windows on each side of an onset that say how it came.
const AROUND: usize = 14;
/// Signals named in an episode.
const NAMED: usize = 3;
/// Onsets so near to each other are of one change.
const TOGETHER: usize = 2;
/// What names of measures of a picture's quality begin with or hold.
const QUALITY: [&str; 7] = [
    "pixels.",
    "quality.",
    "brightness",
    "blur",
    "sharpness",
    "contrast",
    "noise",
];

/// The episodes of all families in order of their alarms, named.
pub(super) fn episodes(
    watches: impl Iterator<Item = (Family, Watch)>,
    signals: &[Signal],
    windows: &[SeriesWindow],
) -> Vec<Episode> {
    let mut out = Vec::new();
    for (family, watch) in watches {
        for (number, found) in watch.finish().into_iter().enumerate() {
            let moved = moved(family, signals, found.onset, found.alarm);
            let main = moved
                .first()
                .and_then(|signal| gradual(signal, found.onset));
            out.push(Episode {
                family,
                meaning: String::new(),
                onset: found.onset,
                alarm: found.alarm,
                end: found.end,
                kind: match main {
                    _ if number >= 2 => EpisodeKind::Recurring,
                    Some(true) => EpisodeKind::Gradual,
                    Some(false) => EpisodeKind::Abrupt,
                    None => EpisodeKind::Unclear,
                },
                signals: moved
                    .iter()
                    .take(NAMED)
                    .map(|signal| signal.name.clone())
                    .collect(),
            });
        }
    }
    out.sort_by_key(|episode| (episode.alarm, episode.family));
    let mixes: Vec<usize> = (out.iter())
        .filter(|episode| episode.family == Family::ClassMix)
        .map(|episode| episode.onset)
        .collect();
    for episode in &mut out {
        let with_mix = mixes
            .iter()
            .any(|mix| mix.abs_diff(episode.onset) <= TOGETHER);
        // That classes come as before can be said only where they were looked at.
        let mix_is_known = windows[episode.onset..=episode.alarm]
            .iter()
            .flat_map(|window| &window.families)
            .any(|family| family.family == Family::ClassMix);
        let otherwise = match episode.family {
            Family::ClassMix => "class mix: the shares of the classes are others",
            Family::Outputs => "the model answers otherwise",
            Family::Embedding => "image quality: records look otherwise",
            Family::Inputs => match episode.signals.first() {
                Some(name) if name.ends_with(MISSING) => "inputs: values are missing",
                Some(name) if QUALITY.iter().any(|word| name.contains(word)) => {
                    "image quality: records look otherwise"
                }
                _ => "inputs: values are others",
            },
        };
        episode.meaning = match (episode.family, with_mix, mix_is_known) {
            (Family::ClassMix, ..) | (_, false, false) => otherwise.into(),
            (_, true, _) => "goes along with another class mix".into(),
            (_, false, true) => format!("{otherwise}, though the classes come as before"),
        };
    }
    out
}

/// The signals of a family by what their p-values say between two windows, most
/// first.
fn moved(family: Family, signals: &[Signal], from: usize, to: usize) -> Vec<&Signal> {
    let says = |signal: &Signal| -> f64 {
        let points = signal
            .points
            .iter()
            .filter(|point| (from..=to).contains(&point.window));
        let logs = points
            .filter_map(|point| point.p_value)
            .map(|p| -libm::log(p.max(1e-300)));
        logs.sum()
    };
    let own = signals.iter().filter(|signal| signal.family == family);
    let mut own: Vec<(f64, &Signal)> = own.map(|signal| (says(signal), signal)).collect();
    own.sort_by(|a, b| b.0.total_cmp(&a.0));
    own.into_iter().map(|(_, signal)| signal).collect()
}

/// Whether a signal came to its new level bit by bit, if that can be told.
fn gradual(signal: &Signal, onset: usize) -> Option<bool> {
    let points = &signal.points;
    let at = points.partition_point(|point| point.window < onset);
    let (from, to) = (at.saturating_sub(AROUND), (at + AROUND).min(points.len()));
    let effects: Vec<f64> = points[from..to].iter().map(|point| point.effect).collect();
    rises_gradually(&effects, at - from)
}
