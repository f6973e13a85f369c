//! When a picture was taken.

use exif::{DateTime, Exif as Block, In, Tag, Value};

use super::block::TagProblem;

/// When a picture was taken: what the camera's clock showed, and where that clock
/// stood, if it said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptureTime {
    /// Milliseconds from 1970-01-01 00:00 on the camera's clock to the moment.
    pub(super) local: i64,
    /// Minutes by which that clock was ahead of UTC.
    pub(super) offset: Option<i16>,
}

impl CaptureTime {
    /// Milliseconds since 1970 UTC; a clock that does not say its zone is taken to show
    /// UTC.
    #[must_use]
    pub fn milliseconds(self) -> i64 {
        self.local - i64::from(self.offset.unwrap_or(0)) * 60_000
    }

    /// Whether the camera said by how much its clock was ahead of UTC.
    #[must_use]
    pub fn has_offset(self) -> bool {
        self.offset.is_some()
    }

    /// Hour of the day on the camera's clock, in [0, 24): an angle of period 24.
    #[must_use]
    pub fn hour(self) -> f64 {
        self.local.rem_euclid(86_400_000) as f64 / 3_600_000.0
    }
}

type Tags = (Tag, Tag, Tag);

const ORIGINAL: Tags = (
    Tag::DateTimeOriginal,
    Tag::SubSecTimeOriginal,
    Tag::OffsetTimeOriginal,
);

const DIGITIZED: Tags = (
    Tag::DateTimeDigitized,
    Tag::SubSecTimeDigitized,
    Tag::OffsetTimeDigitized,
);

/// Of the original, else of the digitised picture; never of the last change. Fractions
/// of a second and offsets that cannot be read are taken as not given.
pub(super) fn capture_time(block: &Block) -> Result<Option<CaptureTime>, TagProblem> {
    let mut problem = None;
    for (date, fraction, offset) in [ORIGINAL, DIGITIZED] {
        let Some(text) = ascii(block, date) else {
            continue;
        };
        let mut time = match DateTime::from_ascii(text) {
            Ok(time) => time,
            Err(exif::Error::BlankValue(_)) => continue,
            Err(_) => {
                problem = Some(TagProblem::Date);
                continue;
            }
        };
        if let Some(text) = ascii(block, fraction)
            && time.parse_subsec(text).is_err()
        {
            time.nanosecond = None;
        }
        if let Some(text) = ascii(block, offset)
            && time.parse_offset(text).is_err()
        {
            time.offset = None;
        }
        match milliseconds(&time) {
            Some(local) => {
                let offset = time.offset;
                return Ok(Some(CaptureTime { local, offset }));
            }
            // A clock that was never set.
            None if text.starts_with(b"0000:00:00") => {}
            None => problem = Some(TagProblem::Date),
        }
    }
    problem.map_or(Ok(None), Err)
}

fn ascii(block: &Block, tag: Tag) -> Option<&[u8]> {
    match &block.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(parts) => parts.first().map(Vec::as_slice),
        _ => None,
    }
}

/// From 1970-01-01 00:00 to a date that exists.
fn milliseconds(time: &DateTime) -> Option<i64> {
    let (year, month, day) = (i64::from(time.year), time.month, time.day);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    let clock = time.hour < 24 && time.minute < 60 && time.second <= 60;
    if day == 0 || day > days || year == 0 || !clock {
        return None;
    }
    // Years that begin in March: the leap day is the last one.
    let (year, month) = if month > 2 {
        (year, i64::from(month) - 3)
    } else {
        (year - 1, i64::from(month) + 9)
    };
    let days =
        year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + i64::from(day)
            - 719_469;
    let hours = days * 24 + i64::from(time.hour);
    let seconds = (hours * 60 + i64::from(time.minute)) * 60 + i64::from(time.second);
    Some(seconds * 1000 + i64::from(time.nanosecond.unwrap_or(0) / 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<i64> {
        milliseconds(&DateTime::from_ascii(text.as_bytes()).unwrap())
    }

    #[test]
    fn dates_as_the_calendar_has_them() {
        // Second values of GNU date -u.
        for (text, seconds) in [
            ("1970:01:01 00:00:00", 0),
            ("1969:12:31 23:59:59", -1),
            ("2000:02:29 12:00:00", 951_825_600),
            ("2010:01:24 12:31:13", 1_264_336_273),
            ("2024:12:31 23:59:59", 1_735_689_599),
            ("1900:03:01 00:00:00", -2_203_891_200),
        ] {
            assert_eq!(of(text), Some(seconds * 1000), "{text}");
        }
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for text in [
            "0000:00:00 00:00:00",
            "2001:02:29 00:00:00",
            "1900:02:29 00:00:00",
            "2001:13:01 00:00:00",
            "2001:04:31 00:00:00",
            "2001:04:01 24:00:00",
            "2001:04:01 23:60:00",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn an_offset_leads_to_utc_and_leaves_the_hour() {
        let time = CaptureTime {
            local: 90_000_000,
            offset: Some(-120),
        };
        assert_eq!(time.milliseconds(), 97_200_000);
        assert_eq!(time.hour(), 1.0);
        let early = CaptureTime {
            local: -1,
            offset: None,
        };
        assert!(early.hour() < 24.0 && early.hour() > 23.99);
    }
}
