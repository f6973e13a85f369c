//! Whether windows of one phase - weekends, mornings - differ from the others in
//! what is trusted.

use std::collections::BTreeMap;

use super::order::{DAY, start_of};
use super::result::Season;
use super::signals::{Against, Key, Taken};
use super::values::Values;
use crate::error::Result;

/// Periods that a season is learned from, at least.
const PERIODS: usize = 4;
/// Level at which phases are told apart, over all signals and phases.
const LEVEL: f64 = 0.01;

/// A window of the history.
pub(super) type Past<'a> = (i64, &'a BTreeMap<Key, Taken>);

/// The phase of a window that begins at `start`.
pub(super) fn phase(season: Season, length: i64, start: i64) -> u64 {
    let day = (start.div_euclid(DAY) + 3).rem_euclid(7);
    let phase = match season {
        Season::None => 0,
        Season::Weekend => i64::from(day >= 5),
        Season::Weekday => day,
        Season::TimeOfDay => start.rem_euclid(DAY) / length.max(1),
    };
    phase.unsigned_abs()
}

/// The season that the history shows, and why.
pub(super) fn find(history: &[Past<'_>], length: Option<i64>) -> Result<(Season, String)> {
    let Some(length) = length else {
        return Ok((
            Season::None,
            "the length of the windows is not known".into(),
        ));
    };
    let candidates: &[Season] = match length {
        DAY => &[Season::Weekend, Season::Weekday],
        l if l < DAY && DAY % l == 0 => &[Season::TimeOfDay],
        _ => {
            return Ok((
                Season::None,
                "windows of this length have no season within a week".into(),
            ));
        }
    };
    let mut found = (Season::None, String::new());
    for &season in candidates {
        let period = if season == Season::TimeOfDay {
            DAY
        } else {
            7 * DAY
        };
        let fewest = fewest_periods(history, season, length, period);
        if fewest < PERIODS {
            let text = format!(
                "{} need {PERIODS} periods of history each, there are {fewest}",
                season.name()
            );
            if found.0 == Season::None {
                found.1 = text;
            }
            continue;
        }
        // Within weekdays only, once weekends are known to be others.
        let all = |_: &&Past<'_>| true;
        let weekdays = |past: &&Past<'_>| phase(Season::Weekend, length, past.0) == 0;
        let p = match season {
            Season::Weekday => smallest_p(history.iter().filter(weekdays), season, length)?,
            _ => smallest_p(history.iter().filter(all), season, length)?,
        };
        let Some((p, (_, signal))) = p else { continue };
        if p < LEVEL {
            found = (
                season,
                format!("{} differ in {signal} (p = {p:.1e})", season.name()),
            );
        } else if found.0 == Season::None {
            found.1 = format!("{} do not differ (p = {p:.2})", season.name());
        }
    }
    Ok(found)
}

/// The number of periods in which a phase was seen, of the phase seen least.
fn fewest_periods(history: &[Past<'_>], season: Season, length: i64, period: i64) -> usize {
    let mut seen: BTreeMap<u64, Vec<i64>> = BTreeMap::new();
    for (start, _) in history {
        let periods = seen.entry(phase(season, length, *start)).or_default();
        let period = start_of(period, *start);
        if periods.last() != Some(&period) {
            periods.push(period);
        }
    }
    let phases = match season {
        Season::Weekend => 2,
        Season::Weekday => 7,
        Season::TimeOfDay => (DAY / length) as usize,
        Season::None => 1,
    };
    let fewest = seen.values().map(Vec::len).min().unwrap_or(0);
    if seen.len() < phases { 0 } else { fewest }
}

/// The smallest p-value with which a phase differs from the others in a signal,
/// corrected for their number (Bonferroni).
fn smallest_p<'a, 'b: 'a>(
    history: impl Iterator<Item = &'a Past<'b>>,
    season: Season,
    length: i64,
) -> Result<Option<(f64, Key)>> {
    let mut phases: BTreeMap<&Key, BTreeMap<u64, Values>> = BTreeMap::new();
    for (start, signals) in history {
        let phase = phase(season, length, *start);
        for (key, taken) in signals.iter().filter(|(_, t)| t.against == Against::Phase) {
            let of_key = phases.entry(key).or_default();
            match of_key.get_mut(&phase) {
                Some(values) => values.merge(&taken.values)?,
                None => {
                    of_key.insert(phase, taken.values.clone());
                }
            }
        }
    }
    let mut tests = 0.0;
    let mut smallest: Option<(f64, Key)> = None;
    for (key, of_key) in phases {
        for (one, values) in &of_key {
            let mut others: Option<Values> = None;
            for (_, values) in of_key.iter().filter(|(other, _)| *other != one) {
                match &mut others {
                    Some(all) => all.merge(values)?,
                    None => others = Some(values.clone()),
                }
            }
            let Some(held) = others.and_then(|others| values.held_against(&others.trusted()))
            else {
                continue;
            };
            tests += 1.0;
            if smallest.as_ref().is_none_or(|(p, _)| held.p_value < *p) {
                smallest = Some((held.p_value, key.clone()));
            }
        }
    }
    Ok(smallest.map(|(p, key)| ((p * tests).min(1.0), key)))
}
