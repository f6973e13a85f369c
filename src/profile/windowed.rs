//! Learning one profile for each window of time, in one pass.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::Batch;
use crate::sketch::Tally;

use super::learner::Learner;

/// Windows that may be open at once: each takes the memory of a profile.
pub const MAX_WINDOWS: usize = 1024;

const SECOND: i64 = 1000;
const DAY: i64 = 86_400 * SECOND;
const WEEK: i64 = 7 * DAY;
/// Monday, 1969-12-29.
const MONDAY: i64 = -3 * DAY;
/// The first and the last millisecond of the years 1 to 9999.
const FIRST: i64 = -62_135_596_800_000;
const LAST: i64 = 253_402_300_799_999;
const FAR_TIME: &str = "time outside of the years 1 to 9999";

/// How long windows of time are, and where they begin.
///
/// Windows are half open, `[start, start + length)`, in UTC. They begin at
/// 1970-01-01 00:00 and every length before and after it; those of whole weeks on
/// a Monday. Written as a whole number and a unit: `s`, `m`, `h`, `d` or `w`.
///
/// ```
/// use driftsphere::profile::WindowLength;
///
/// let day: WindowLength = "1d".parse()?;
/// assert_eq!(day.start(86_400_000 + 5), Some(86_400_000));
/// assert_eq!(day.start(-1), Some(-86_400_000));
/// let week: WindowLength = "1w".parse()?;
/// assert_eq!(week.start(0), Some(-3 * 86_400_000)); // 1970-01-01 was a Thursday
/// assert!("0h".parse::<WindowLength>().is_err());
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WindowLength(i64);

impl WindowLength {
    /// The length in milliseconds, at least 1 000.
    #[must_use]
    pub fn milliseconds(self) -> i64 {
        self.0
    }

    /// When the window begins that `time` lies in, both in milliseconds since
    /// 1970 UTC. `None` outside of the years 1 to 9999.
    #[must_use]
    pub fn start(self, time: i64) -> Option<i64> {
        if !(FIRST..=LAST).contains(&time) {
            return None;
        }
        let origin = if self.0 % WEEK == 0 { MONDAY } else { 0 };
        // Far from the ends of i64: a length has at most 400 years.
        Some((time - origin).div_euclid(self.0) * self.0 + origin)
    }
}

/// The largest unit of which it is a whole number: `1d`, `90m`, `2w`.
impl fmt::Display for WindowLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [
            (WEEK, 'w'),
            (DAY, 'd'),
            (3600 * SECOND, 'h'),
            (60 * SECOND, 'm'),
            (SECOND, 's'),
        ];
        let whole = units.into_iter().find(|(unit, _)| self.0 % unit == 0);
        let (unit, name) = whole.unwrap_or((SECOND, 's'));
        write!(f, "{}{name}", self.0 / unit)
    }
}

impl FromStr for WindowLength {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fail = || {
            let message = format!(
                "`{text}` is no length of a window; write a whole number from 1 on and s, m, h, d \
                 or w, such as 30m, 1h, 1d or 1w"
            );
            Error::new(ErrorKind::Argument, message)
        };
        let unit = match text.chars().last() {
            Some('s') => SECOND,
            Some('m') => 60 * SECOND,
            Some('h') => 3600 * SECOND,
            Some('d') => DAY,
            Some('w') => WEEK,
            _ => return Err(fail()),
        };
        let number = &text[..text.len() - 1];
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(fail());
        }
        let length = number.parse::<i64>().ok().and_then(|n| n.checked_mul(unit));
        match length.filter(|&length| length > 0) {
            Some(length) if length <= 400 * 366 * DAY => Ok(Self(length)),
            Some(_) => Err(Error::new(
                ErrorKind::Argument,
                format!("a window of {text} is longer than 400 years"),
            )),
            None => Err(fail()),
        }
    }
}

/// Learns one profile, or set of profiles, for each window of time.
///
/// All windows share one configuration, and with it the centres. Each is, byte
/// for byte, the profile of its records, and all of them merged that of all
/// records (those apart that belong to no window: see [`Windows::tally`]).
///
/// ```
/// use driftsphere::ingest::{Batch, Column};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig, WindowedBuilder};
///
/// let one = ProfileBuilder::new(ProfileConfig::new())?;
/// let mut builder = WindowedBuilder::new(one, "1h".parse()?);
/// builder.track_batch(
///     &Batch::new(3)
///         .times(vec![0, 7_200_000, 59_999])
///         .feature("brightness", Column::from(vec![0.5, 0.1, 0.9])),
/// )?;
/// let windows = builder.freeze()?.windows;
/// let sizes: Vec<_> = windows.iter().map(|(&start, w)| (start, w.records())).collect();
/// assert_eq!(sizes, [(0, 2), (7_200_000, 1)]); // none of the hour between them
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct WindowedBuilder<L> {
    length: WindowLength,
    /// Has learned nothing; every window begins as a copy of it.
    template: L,
    windows: BTreeMap<i64, L>,
    tally: Tally,
}

/// What a [`WindowedBuilder`] has learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Windows<T> {
    /// By the start of the window, in milliseconds since 1970 UTC; a window
    /// without a record is not there.
    pub windows: BTreeMap<i64, T>,
    /// Records that belong to no window: those that could not be read, and those
    /// of no usable time, by reason. None of them is counted as read.
    pub tally: Tally,
}

impl<L: Learner> WindowedBuilder<L> {
    /// Windows of `length`, each learned by a copy of `template`, which has
    /// learned nothing yet.
    #[must_use]
    pub fn new(template: L, length: WindowLength) -> Self {
        Self {
            length,
            template,
            windows: BTreeMap::new(),
            tally: Tally::new(),
        }
    }

    /// Learns a batch, each row in its window. Rows of times outside of the years
    /// 1 to 9999 are counted and skipped.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the batch has no times, [`ErrorKind::Limit`] for
    /// more than [`MAX_WINDOWS`] windows, and those of the learner. Nothing of
    /// the batch has been learned then.
    pub fn track_batch(&mut self, batch: &Batch<'_>) -> Result<()> {
        Learner::check_batch(self, batch)?;
        let mut rows: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        let mut far = 0;
        for row in 0..batch.len() {
            match batch.time(row).and_then(|time| self.length.start(time)) {
                Some(start) => rows.entry(start).or_default().push(row),
                None => far += 1,
            }
        }
        let fresh = rows
            .keys()
            .filter(|start| !self.windows.contains_key(start));
        if self.windows.len() + fresh.count() > MAX_WINDOWS {
            return Err(Error::new(
                ErrorKind::Limit,
                format!(
                    "the records fall into more than {MAX_WINDOWS} windows; choose longer ones, or \
                     fewer records"
                ),
            ));
        }
        if far > 0 {
            self.tally.skip(FAR_TIME, far);
        }
        for (start, rows) in rows {
            let template = &self.template;
            let window = self
                .windows
                .entry(start)
                .or_insert_with(|| template.clone());
            match rows.len() == batch.len() {
                true => window.track_batch(batch)?,
                false => window.track_batch(&batch.take(&rows)?)?,
            }
        }
        Ok(())
    }

    /// Counts records that were left out on purpose: they belong to no window.
    pub fn skip(&mut self, reason: &str, records: u64) {
        self.tally.skip(reason, records);
    }

    /// Counts records that could not be read: they belong to no window.
    pub fn fail(&mut self, reason: &str, records: u64) {
        self.tally.fail(reason, records);
    }

    /// Ends learning.
    ///
    /// # Errors
    /// Those of the learner.
    pub fn freeze(self) -> Result<Windows<L::Learned>> {
        let windows = self.windows.into_iter();
        let windows = windows.map(|(start, window)| Ok((start, window.freeze()?)));
        Ok(Windows {
            windows: windows.collect::<Result<_>>()?,
            tally: self.tally,
        })
    }
}

impl<L: Learner> Learner for WindowedBuilder<L> {
    type Learned = Windows<L::Learned>;

    fn check_batch(&self, batch: &Batch<'_>) -> Result<()> {
        if !batch.has_times() && !batch.is_empty() {
            return Err(Error::new(
                ErrorKind::Argument,
                "the records have no times; windows need the time of each",
            ));
        }
        self.template.check_batch(batch)
    }

    fn track_batch(&mut self, batch: &Batch<'_>) -> Result<()> {
        Self::track_batch(self, batch)
    }

    fn skip(&mut self, reason: &str, records: u64) {
        Self::skip(self, reason, records);
    }

    fn fail(&mut self, reason: &str, records: u64) {
        Self::fail(self, reason, records);
    }

    fn freeze(self) -> Result<Self::Learned> {
        Self::freeze(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_positive_whole_numbers_of_a_unit() {
        for (text, seconds) in [
            ("90s", 90),
            ("30m", 1800),
            ("6h", 21_600),
            ("2w", 1_209_600),
        ] {
            let length: WindowLength = text.parse().unwrap();
            assert_eq!(length.milliseconds(), seconds * 1000, "{text}");
        }
        for text in [
            "",
            "d",
            "1",
            "0d",
            "-1d",
            "1.5h",
            "1 d",
            "+1d",
            "1y",
            "d1",
            "9999999999999999w",
            "1000000d",
            "1é",
        ] {
            let error = text.parse::<WindowLength>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument, "{text}");
        }
    }

    /// Each time lies in its window, whose start is that of no other.
    #[test]
    fn windows_tile_the_years() {
        for text in ["1s", "30m", "7h", "1d", "5d", "1w", "146400d"] {
            let length: WindowLength = text.parse().unwrap();
            for time in [FIRST, -1, 0, 1, 1_741_000_000_123, LAST] {
                let start = length.start(time).unwrap();
                assert!(start <= time && time - start < length.milliseconds());
                if start >= FIRST {
                    assert_eq!(length.start(start), Some(start), "{text} {time}");
                    assert_ne!(length.start(start - 1).unwrap_or(start - 1), start);
                }
            }
            assert_eq!(length.start(FIRST - 1), None);
            assert_eq!(length.start(i64::MAX), None);
        }
    }
}
