//! The entry: from windows to the answer.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::alarms::Watch;
use super::episodes::episodes;
use super::missing::Watchable;
use super::novelty::Novelty;
use super::options::{LEAST_RECORDS, SeriesOptions};
use super::order::{Known, Ordered, Slot, order};
use super::result::{Family, Role, Series, SeriesWindow, Signal, SignalPoint};
use super::signals::{Against, Key, Taken, signals};
use super::trust::Trust;
use super::values::Values;
use crate::compare::result::Note;
use crate::compare::stats::{MannKendall, change_points, simes};
use crate::error::Result;
use crate::profile::Profile;

/// So many times the usual number of records is a burst.
const BURST: u64 = 5;
/// Level of the changes of level that are told.
const CHANGE_LEVEL: f64 = 0.01;

/// Holds windows against a reference in the order of time.
///
/// A window within the reference's time is history; all others, from
/// [`since`](SeriesOptions::since) on, are watched. What a
/// window is held against, by its signals:
///
/// ```text
/// named values, class shares, norms   the history of the same phase, if there is a season;
///                                     else the reference
/// values that are missing             the same
/// distances to own class's centres,   the reference, class by class
///   to the nearest known record
/// ```
///
/// The p-values of a family join by Simes' rule; its share of `alpha` is
/// `alpha` by the number of families. Windows of fewer than 5 records, empty and missing ones are
/// left out of the evidence.
///
/// Where windows are not all in memory, [`series_of`] reads them one after the other.
///
/// # Errors
/// [`ErrorKind::Argument`](crate::ErrorKind::Argument) for no window, records without
/// times, or options that cannot be;
/// [`ErrorKind::Incompatible`](crate::ErrorKind::Incompatible) for windows that overlap
/// or come twice, that were profiled otherwise than the reference, or are sealed.
pub fn series(
    reference: &Profile,
    windows: &[(&str, &Profile)],
    options: &SeriesOptions,
) -> Result<Series> {
    let names: Vec<&str> = windows.iter().map(|(name, _)| *name).collect();
    let read = |at: usize| Ok(Cow::Borrowed(windows[at].1));
    series_of(reference, &names, read, options)
}

/// The same of windows that are read when they are needed, by their position among `names`: those
/// of the reference's time once, to be kept as what they say; the others twice, first for their
/// times, and one at a time. So memory holds the reference, its own time and one window, however
/// many there are.
///
/// # Errors
/// Those of [`series`] and of `read`.
pub fn series_of<'p>(
    reference: &Profile,
    names: &[&str],
    mut read: impl FnMut(usize) -> Result<Cow<'p, Profile>>,
    options: &SeriesOptions,
) -> Result<Series> {
    options.check()?;
    let mut of_reference = signals(reference, options);
    let mut watchable = Watchable::new(reference, &of_reference);
    let (known, past) = looked_at(reference, names, &mut read, &mut watchable, options)?;
    let Ordered {
        slots,
        length,
        mut notes,
    } = order(&known, options)?;
    let roles: Vec<Role> = slots
        .iter()
        .map(|slot| role(slot.window.as_ref(), reference))
        .collect();
    let novelties = novelties(reference, &mut of_reference)?;
    let history: Vec<(i64, &BTreeMap<Key, Taken>)> = (slots.iter())
        .filter_map(|slot| Some((slot.start?, past.get(&slot.window?.at)?)))
        .collect();
    let trust = Trust::new(&of_reference, &history, length, options.season)?;
    let keys: Vec<&Key> = of_reference.keys().collect();
    let families: BTreeSet<Family> = keys.iter().map(|key| key.0).collect();
    let watched = roles.iter().filter(|role| **role == Role::Watched).count() as u64;
    let horizon = options.horizon.unwrap_or(watched).max(1);
    let share = options.alpha / families.len().max(1) as f64;
    let mut watches: Vec<Watch> = (families.iter())
        .map(|family| Watch::new(*family, share, horizon))
        .collect();
    let usual = median_records(&slots);
    let mut out: Vec<SeriesWindow> = Vec::new();
    let mut points: BTreeMap<&Key, Vec<SignalPoint>> = BTreeMap::new();
    for (at, (slot, &role)) in slots.iter().zip(&roles).enumerate() {
        let mut p_values: BTreeMap<Family, Vec<f64>> = BTreeMap::new();
        let own: Option<Cow<'_, BTreeMap<Key, Taken>>> = match (role, slot.window) {
            (Role::History, Some(window)) => past.get(&window.at).map(Cow::Borrowed),
            (Role::Watched, Some(window)) => {
                let profile = read(window.at)?;
                let mut taken = signals(&profile, options);
                add_novelty(&novelties, &profile, &mut taken)?;
                watchable.add_absent(&profile, &mut taken);
                Some(Cow::Owned(taken))
            }
            _ => None,
        };
        for &key in &keys {
            let found = own.as_ref().and_then(|own| trust.held(slot, own, key));
            let Some(found) = found else { continue };
            let is_watched = role == Role::Watched;
            // In the history, centres know the rows that are measured.
            let in_sample = !is_watched && of_reference[key].against == Against::Reference;
            if in_sample {
                continue;
            }
            points.entry(key).or_default().push(SignalPoint {
                window: at,
                effect: found.effect,
                level: found.level,
                p_value: is_watched.then_some(found.p_value),
                change: found.change,
            });
            if is_watched {
                p_values.entry(key.0).or_default().push(found.p_value);
            }
        }
        let joined = |family: &Family| p_values.get(family).and_then(|p| simes(p));
        let of_family = families.iter().zip(&mut watches);
        let records = slot.window.map_or(0, |window| window.records);
        out.push(SeriesWindow {
            name: slot.name.into(),
            start: slot.start,
            records,
            role,
            phase: trust.phase_of(slot),
            burst: records > BURST.saturating_mul(usual),
            families: of_family
                .filter_map(|(family, watch)| Some(watch.update(at, joined(family)?)))
                .collect(),
        });
    }
    notes.extend(watchable.notes());
    notes.extend((watched > horizon).then(|| beyond(horizon, watched)));
    let signals: Vec<Signal> = (keys.iter())
        .filter_map(|key| {
            Some(signal(
                key,
                points.remove(key)?,
                &of_reference[*key].values,
                options,
            ))
        })
        .collect();
    let episodes = episodes(families.into_iter().zip(watches), &signals, &out);
    Ok(Series {
        alpha: options.alpha,
        horizon,
        length,
        season: trust.season,
        season_reason: trust.season_reason,
        windows: out,
        signals,
        episodes,
        notes,
    })
}

/// Signals of the windows of the reference's own time, by their position.
type Past = BTreeMap<usize, BTreeMap<Key, Taken>>;

/// The first look at all windows: their times, and what those of the reference's time say.
fn looked_at<'n, 'p>(
    reference: &Profile,
    names: &[&'n str],
    read: &mut impl FnMut(usize) -> Result<Cow<'p, Profile>>,
    watchable: &mut Watchable,
    options: &SeriesOptions,
) -> Result<(Vec<(&'n str, Known)>, Past)> {
    let mut known = Vec::new();
    let mut past = Past::new();
    for (at, &name) in names.iter().enumerate() {
        let window = read(at)?;
        let of = Known::of(at, &window, reference).map_err(|error| error.at("window", name))?;
        if role(Some(&of), reference) == Role::History {
            let mut taken = signals(&window, options);
            watchable.add_absent(&window, &mut taken);
            past.insert(at, taken);
        } else if (of.times.zip(options.since)).is_some_and(|((_, last), since)| last < since) {
            continue;
        }
        known.push((name, of));
    }
    Ok((known, past))
}

/// What the reader of a series should know that is longer than its horizon.
fn beyond(horizon: u64, watched: u64) -> Note {
    Note {
        code: "horizon".into(),
        text: format!(
            "{watched} windows are watched with a horizon of {horizon}: after it no window alarms by \
             itself, only evidence that adds up; begin again with a newer reference, or lay the rate \
             out over more windows with --horizon"
        ),
    }
}

/// The sampled records of a space of the reference, and the signal that they are of.
type NoveltyOf<'a> = (&'a String, Key, Novelty);

/// What distances to the nearest record of the reference are looked up in; those of its own records
/// become signals of the reference.
fn novelties<'a>(
    reference: &'a Profile,
    of_reference: &mut BTreeMap<Key, Taken>,
) -> Result<Vec<NoveltyOf<'a>>> {
    let mut out = Vec::new();
    for (name, space) in reference.spaces() {
        let dim = reference.config().spaces[name].dim;
        let key = (
            Family::Embedding,
            format!("{name}: distance to the nearest known record"),
        );
        if let Some(novelty) = Novelty::new(space, dim)? {
            let values = novelty.own.clone();
            let against = Against::Reference;
            of_reference.insert(key.clone(), Taken { values, against });
            out.push((name, key, novelty));
        }
    }
    Ok(out)
}

/// Adds the distances of a watched window's records. (In its own time the reference holds the
/// records themselves.)
fn add_novelty(
    novelties: &[NoveltyOf<'_>],
    window: &Profile,
    taken: &mut BTreeMap<Key, Taken>,
) -> Result<()> {
    for (name, key, novelty) in novelties {
        if let Some(space) = window.spaces().get(*name) {
            let values = novelty.of(space)?;
            let against = Against::Reference;
            taken.insert(key.clone(), Taken { values, against });
        }
    }
    Ok(())
}

fn role(window: Option<&Known>, reference: &Profile) -> Role {
    let Some(window) = window else {
        return Role::Missing;
    };
    let trusted = reference.times().zip(window.times);
    match window.records {
        0 => Role::Empty,
        _ if trusted.is_some_and(|(all, own)| all.0 <= own.0 && own.1 <= all.1) => Role::History,
        n if n < LEAST_RECORDS => Role::Small,
        _ => Role::Watched,
    }
}

/// The median number of records of windows that have some.
fn median_records(slots: &[Slot<'_>]) -> u64 {
    let records = slots.iter().filter_map(|slot| Some(slot.window?.records));
    let mut records: Vec<u64> = records.filter(|n| *n > 0).collect();
    records.sort_unstable();
    records.get(records.len() / 2).copied().unwrap_or(u64::MAX)
}

fn signal(
    key: &Key,
    points: Vec<SignalPoint>,
    reference: &Values,
    options: &SeriesOptions,
) -> Signal {
    let levels: Vec<f64> = points.iter().map(|point| point.level).collect();
    let times: Vec<f64> = points.iter().map(|point| point.window as f64).collect();
    let mut changes = change_points(&levels, CHANGE_LEVEL);
    changes
        .iter_mut()
        .for_each(|change| change.at = points[change.at].window);
    Signal {
        name: key.1.clone(),
        family: key.0,
        unit: reference.unit(),
        threshold: match reference {
            Values::Numbers(_) => options.thresholds.w1,
            Values::Counts(_) | Values::Missing { .. } => options.thresholds.total_variation,
            Values::ByClass(_) | Values::Larger(_) => options.thresholds.median_shift,
        },
        trend: MannKendall::at(&times, &levels),
        change_points: changes,
        points,
    }
}
