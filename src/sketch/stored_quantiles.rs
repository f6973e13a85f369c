//! The one door between stored bytes and a valid quantile sketch.

use serde::{Deserialize, Serialize};

use super::buckets::{self, Entry, INFINITE, MAX_SHIFT};
use super::quantile_sketch::check_cap;
use super::quantiles::{Outside, Quantiles};
use crate::error::{Error, ErrorKind, Result};

/// The stored form. Keys rise, so gaps between them are kept: mostly one byte.
#[derive(Serialize, Deserialize)]
pub(super) struct RawQuantiles {
    cap: u32,
    shift: u8,
    outside: Outside,
    extremes: Option<(f64, f64)>,
    first_key: i64,
    /// (gap to the key before, minus one; count). The first gap is 0.
    buckets: Vec<(u64, u64)>,
}

impl From<Quantiles> for RawQuantiles {
    fn from(valid: Quantiles) -> Self {
        let flat = flattened(&valid);
        let first_key = flat.first().map_or(0, |entry| entry.0);
        let mut before = first_key.wrapping_sub(1);
        let gap = |(key, count): Entry| {
            let gap = key.wrapping_sub(before).cast_unsigned() - 1;
            before = key;
            (gap, count)
        };
        let buckets = flat.into_iter().map(gap).collect();
        Self {
            cap: u32::try_from(valid.cap).expect("caps end at 2^20"),
            shift: u8::try_from(valid.shift).expect("shifts end at 63"),
            outside: valid.outside,
            extremes: valid.extremes,
            first_key,
            buckets,
        }
    }
}

impl TryFrom<RawQuantiles> for Quantiles {
    type Error = Error;

    fn try_from(raw: RawQuantiles) -> Result<Self> {
        let bad = |what: &str| Error::new(ErrorKind::Format, format!("quantile sketch: {what}"));
        let cap = usize::try_from(raw.cap).map_err(|_| bad("the cap is too large"))?;
        check_cap(cap, ErrorKind::Format)?;
        let shift = u32::from(raw.shift);
        if shift > MAX_SHIFT {
            return Err(bad("the shift is above 63"));
        }
        if raw.buckets.len() > cap {
            return Err(bad("more buckets than the cap allows"));
        }
        let mut entries = Vec::with_capacity(raw.buckets.len());
        // i128: no sum of a key and a gap can pass its range.
        let mut before = i128::from(raw.first_key) - 1;
        for (gap, count) in raw.buckets {
            let key = before + 1 + i128::from(gap);
            if key.unsigned_abs() > u128::from(buckets::largest_key(shift)) {
                return Err(bad("a key beyond the largest finite value"));
            }
            before = key;
            entries.push((i64::try_from(key).expect("was checked above"), count));
        }
        // One stored form for one sketch: the first gap is in `first_key`.
        if entries.first().map_or(0, |entry: &Entry| entry.0) != raw.first_key {
            return Err(bad("the first bucket is not at the first key"));
        }
        let is_joined = raw.extremes.is_none() && !entries.is_empty();
        let mut firsts = Vec::new();
        if is_joined {
            firsts = unflatten(&mut entries).ok_or_else(|| bad("the end of a joined bucket"))?;
        } else if entries.iter().any(|entry| entry.1 == 0) {
            return Err(bad("an empty bucket"));
        }
        let valid = Self {
            cap,
            shift,
            entries,
            outside: raw.outside,
            extremes: raw.extremes,
            firsts: is_joined.then_some(firsts),
        };
        valid
            .check_extremes()
            .then_some(valid)
            .ok_or_else(|| bad("minimum and maximum do not lie in the first and the last bucket"))
    }
}

/// Entries as they are stored: before the last key of joined buckets stands their
/// first one, with a count of 0.
fn flattened(valid: &Quantiles) -> Vec<Entry> {
    let Some(firsts) = &valid.firsts else {
        return valid.entries.clone();
    };
    let ends = firsts.iter().zip(&valid.entries);
    ends.flat_map(|(&first, &last)| {
        let start = (first < last.0).then_some((first, 0));
        start.into_iter().chain([last])
    })
    .collect()
}

/// Takes the first keys out again; `None` where one has no last key.
fn unflatten(entries: &mut Vec<Entry>) -> Option<Vec<i64>> {
    let mut firsts = Vec::new();
    let mut lasts = Vec::new();
    let mut start = None;
    for &(key, count) in entries.iter() {
        match (start, count) {
            (None, 0) => start = Some(key),
            (Some(_), 0) => return None,
            _ => {
                firsts.push(start.take().unwrap_or(key));
                lasts.push((key, count));
            }
        }
    }
    *entries = lasts;
    start.is_none().then_some(firsts)
}

impl Quantiles {
    fn check_extremes(&self) -> bool {
        let ends = self.entries.first().zip(self.entries.last());
        let (Some((min, max)), Some((first, last))) = (self.extremes, ends) else {
            return self.extremes.is_none() && self.entries.is_empty() != self.is_joined();
        };
        let finite = |value| buckets::magnitude(value) < INFINITE;
        let negative_zero = |value: f64| value == 0.0 && value.is_sign_negative();
        let in_bucket = |value, entry: &Entry| {
            finite(value) && !negative_zero(value) && buckets::key_of(value, self.shift) == entry.0
        };
        min <= max && in_bucket(min, first) && in_bucket(max, last)
    }
}
