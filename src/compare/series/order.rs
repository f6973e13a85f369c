//! Windows in the order of time, with what is missing between them.

use super::options::SeriesOptions;
use crate::compare::class_naming::named_otherwise;
use crate::compare::features::CLASSES;
use crate::compare::result::Note;
use crate::error::{Error, ErrorKind, Result};
use crate::profile::{Feature, Profile, WindowLength};
use crate::sketch::Categories;

/// Lengths that windows usually have, longest first.
const LENGTHS: [&str; 12] = [
    "1w", "1d", "12h", "8h", "6h", "4h", "2h", "1h", "30m", "15m", "5m", "1m",
];
/// More missing windows than this for each that is there are told, not listed.
const LISTED_GAPS: i64 = 4;

/// What has to be known of a window to put it in its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Its position among those given.
    pub(super) at: usize,
    pub(super) records: u64,
    /// Of its first and its last record.
    pub(super) times: Option<(i64, i64)>,
}

impl Known {
    /// Of a window that has been found to fit the reference.
    pub(super) fn of(at: usize, window: &Profile, reference: &Profile) -> Result<Self> {
        fits(reference, window)?;
        let (records, times) = (window.records(), window.times());
        if records > 0 && times.is_none() {
            let text = "its records have no times, by which windows are ordered; name them with \
                        --time when it is profiled";
            return Err(Error::new(ErrorKind::Argument, text));
        }
        Ok(Self { at, records, times })
    }
}

/// A place in the series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot<'a> {
    pub(super) name: &'a str,
    /// None of a window that is missing.
    pub(super) window: Option<Known>,
    pub(super) start: Option<i64>,
    /// Of its last record.
    pub(super) last: Option<i64>,
}

/// The windows in order.
#[derive(Debug)]
pub(super) struct Ordered<'a> {
    pub(super) slots: Vec<Slot<'a>>,
    pub(super) length: Option<i64>,
    pub(super) notes: Vec<Note>,
}

/// Puts windows in order.
pub(super) fn order<'a>(
    windows: &[(&'a str, Known)],
    options: &SeriesOptions,
) -> Result<Ordered<'a>> {
    if windows.is_empty() {
        return Err(Error::new(
            ErrorKind::Argument,
            "a series has one window or more",
        ));
    }
    let mut slots = Vec::new();
    let mut timeless = Vec::new();
    for &(name, window) in windows {
        let slot = Slot {
            name,
            window: Some(window),
            start: window.times.map(|times| times.0),
            last: window.times.map(|times| times.1),
        };
        match window.times {
            Some(_) => slots.push(slot),
            None => timeless.push(slot),
        }
    }
    let mut notes = Vec::new();
    let mut note = |code: &str, text: String| {
        notes.push(Note {
            code: code.into(),
            text,
        });
    };
    if !slots.is_sorted_by_key(|slot| (slot.start, slot.last)) {
        slots.sort_by_key(|slot| (slot.start, slot.last));
        note(
            "reordered",
            "the windows were not named in the order of time; they are judged in it".into(),
        );
    }
    for pair in slots.windows(2) {
        if pair[1].start <= pair[0].last {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!(
                    "the windows {} and {} overlap in time, or are one window twice: each record \
                     would count twice",
                    pair[0].name, pair[1].name
                ),
            ));
        }
    }
    if let Some(length) = options.length {
        check_length(&slots, length)?;
    }
    let length = options.length.or_else(|| length(&slots));
    if let Some(length) = length {
        slots = aligned(slots, length, options.since, &mut note);
    }
    if !timeless.is_empty() {
        note(
            "empty",
            format!(
                "{} windows have no records and so no time: they come last",
                timeless.len()
            ),
        );
    }
    slots.extend(timeless);
    Ok(Ordered {
        slots,
        length,
        notes,
    })
}

/// By how much a day of local time may be longer or shorter than its 24 hours.
const CLOCK_CHANGE: i64 = 3_600_000;

/// Refuses a length that windows in order cannot have, wherever they begin: days of local time
/// begin at another hour than those of UTC.
///
/// ```text
/// last - first < length                 of each window
/// first of i + 2 > last of i + length   of any three: the second one's place lies between
/// ```
fn check_length(slots: &[Slot<'_>], length: i64) -> Result<()> {
    let refuse = |what: String| {
        let length = lasting(length);
        let text = format!(
            "windows of {length} were asked for, but {what}; give the length by which they were \
             divided, or none to find it out"
        );
        Err(Error::new(ErrorKind::Argument, text))
    };
    let between = |from: Option<i64>, to: Option<i64>| -> i64 {
        from.zip(to).map_or(0, |(from, to)| to.saturating_sub(from))
    };
    let slack = CLOCK_CHANGE.min(length / 2);
    let longest = length.saturating_add(slack);
    for slot in slots {
        let span = between(slot.start, slot.last);
        if span >= longest {
            return refuse(format!(
                "the records of {} span {}",
                slot.name,
                lasting(span)
            ));
        }
    }
    for three in slots.windows(3) {
        let gap = between(three[0].last, three[2].start);
        if gap <= length - slack {
            return refuse(format!(
                "between the end of {} and the start of {}, around {}, lie only {}",
                three[0].name,
                three[2].name,
                three[1].name,
                lasting(gap)
            ));
        }
    }
    Ok(())
}

/// A time in its largest unit: `1 w`, `23.9 h`.
fn lasting(milliseconds: i64) -> String {
    const MINUTE: i64 = 60_000;
    let units = [
        (7 * DAY, "w"),
        (DAY, "d"),
        (60 * MINUTE, "h"),
        (MINUTE, "m"),
        (1000, "s"),
    ];
    let large = units.into_iter().find(|(unit, _)| milliseconds >= *unit);
    let (unit, name) = large.unwrap_or((1000, "s"));
    let tenths = (milliseconds as f64 / unit as f64 * 10.0).round() / 10.0;
    format!("{tenths} {name}")
}

fn fits(reference: &Profile, window: &Profile) -> Result<()> {
    let (a, b) = (reference.config(), window.config());
    if a.is_sealed() || b.is_sealed() {
        let text = "sealed profiles are pooled by their own records: a series needs plain ones";
        return Err(Error::new(ErrorKind::Incompatible, text));
    }
    if a.compare_hash() == b.compare_hash() {
        return same_names(reference, window);
    }
    // The first setting that differs, named as where profiles are merged.
    let named = a.clone().like().mergeable(&b.clone().like()).err();
    let detail = named.map_or(String::new(), |error| format!(": {}", error.message()));
    Err(Error::new(
        ErrorKind::Incompatible,
        format!(
            "it was profiled otherwise than the reference{detail}; profile windows with --like REF.dsp"
        ),
    ))
}

/// Refuses classes that are names on one side and numbers on the other: each would be an alarm.
fn same_names(reference: &Profile, window: &Profile) -> Result<()> {
    for name in CLASSES {
        let [a, b] = [reference, window].map(|profile| {
            let values = profile.features().get(name).map(Feature::categories);
            values
                .into_iter()
                .flat_map(Categories::iter)
                .map(|(value, _)| value)
        });
        if let Some(reason) = named_otherwise(a, b) {
            let reason = reason.replace("the target", "the window");
            return Err(Error::new(ErrorKind::Incompatible, reason));
        }
    }
    Ok(())
}

/// When the window of a length begins that a time lies in.
pub(super) fn start_of(length: i64, time: i64) -> i64 {
    // 1969-12-29 was a Monday.
    let origin = if length % (7 * DAY) == 0 { -3 * DAY } else { 0 };
    (time - origin).div_euclid(length) * length + origin
}

pub(super) const DAY: i64 = 86_400_000;

/// The longest usual length with which each window lies in a place of its own.
fn length(slots: &[Slot<'_>]) -> Option<i64> {
    let fits = |length: &i64| {
        let place = |time: Option<i64>| time.map(|time| start_of(*length, time));
        slots.len() > 1
            && slots
                .iter()
                .all(|slot| place(slot.start) == place(slot.last))
            && slots
                .windows(2)
                .all(|pair| place(pair[0].start) != place(pair[1].start))
    };
    let lengths = LENGTHS
        .iter()
        .filter_map(|text| text.parse::<WindowLength>().ok());
    lengths.map(WindowLength::milliseconds).find(fits)
}

/// Windows begin where their places do, and places without one are missing; but not those that
/// were left out, between the reference's own time and `since`.
fn aligned<'a>(
    slots: Vec<Slot<'a>>,
    length: i64,
    since: Option<i64>,
    note: &mut impl FnMut(&str, String),
) -> Vec<Slot<'a>> {
    let place = |slot: &Slot<'a>| slot.start.map_or(0, |time| start_of(length, time));
    // One past each window, and the next one.
    let gaps = slots.windows(2).map(|pair| {
        let (from, to) = (place(&pair[0]) + length, place(&pair[1]));
        match since.map(|since| start_of(length, since)) {
            Some(since) if from <= since && since <= to => (since, to),
            _ => (from, to),
        }
    });
    let gaps: Vec<(i64, i64)> = gaps.collect();
    let missing: i64 = gaps.iter().map(|(from, to)| (to - from) / length).sum();
    let listed = missing <= LISTED_GAPS.saturating_mul(slots.len() as i64);
    if missing > 0 {
        note(
            "missing",
            format!("{missing} windows between the first and the last are not there"),
        );
    }
    let mut out: Vec<Slot<'a>> = Vec::with_capacity(slots.len());
    let before = std::iter::once(None).chain(gaps.into_iter().map(Some));
    for (slot, gap) in slots.into_iter().zip(before) {
        let (mut from, to) = gap.filter(|_| listed).unwrap_or_default();
        while from < to {
            out.push(Slot {
                name: "",
                window: None,
                start: Some(from),
                last: None,
            });
            from += length;
        }
        out.push(Slot {
            start: Some(place(&slot)),
            ..slot
        });
    }
    out
}
