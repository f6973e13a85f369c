//! A reference and windows in the order of time: what changed, since when, and
//! whether it may alarm.
//!
//! ```text
//! windows -> order, gaps, history -> season -> values held against the same phase
//!         -> p and effect of each window -> evidence of each family -> alarms, episodes
//! ```
//!
//! [`series`] holds each window against the reference, and where the history shows
//! a season of at least four periods, against the history of the same phase. The
//! windows that lie within the reference's time are its history; the others are
//! watched. Alarms keep one stated rate of false ones over all watched windows
//! ([`Alarms`](SeriesOptions::alpha)); empty windows, bursts and missing days are
//! shown, and do not alarm by themselves.
//!
//! ```
//! use driftsphere::compare::series::{SeriesOptions, series};
//! use driftsphere::ingest::{Batch, Column};
//! use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};
//!
//! const DAY: i64 = 86_400_000;
//! let profile = |days: std::ops::Range<i64>| -> driftsphere::Result<Profile> {
//!     let records: Vec<(i64, f64)> = days
//!         .flat_map(|day| (0..200).map(move |i| (day * DAY + i * 400_000, day, i)))
//!         // It gets darker on day 14.
//!         .map(|(time, day, i)| (time, f64::from((i * 37 + day) as i32 % 101) - if day < 14 { 0.0 } else { 30.0 }))
//!         .collect();
//!     let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
//!     builder.track_batch(
//!         &Batch::new(records.len())
//!             .times(records.iter().map(|r| r.0).collect::<Vec<_>>())
//!             .feature("brightness", Column::from(records.iter().map(|r| r.1).collect::<Vec<_>>())),
//!     )?;
//!     Ok(builder.freeze())
//! };
//! let reference = profile(0..7)?;
//! let days: Vec<Profile> = (7..20).map(|day| profile(day..day + 1)).collect::<Result<_, _>>()?;
//! let named: Vec<(&str, &Profile)> = days.iter().map(|day| ("day", day)).collect();
//! let answer = series(&reference, &named, &SeriesOptions::default())?;
//! assert_eq!(answer.episodes.len(), 1);
//! assert_eq!(answer.episodes[0].onset, 7); // the eighth of these days
//! # Ok::<(), driftsphere::Error>(())
//! ```

mod alarms;
mod entry;
mod episodes;
mod missing;
mod novelty;
mod options;
mod order;
mod result;
mod season;
mod signals;
mod trust;
mod values;

pub use entry::{series, series_of};
pub use options::{LEAST_RECORDS, SeriesOptions};
pub use result::{
    Change, Episode, EpisodeKind, Family, FamilyEvidence, Role, Season, Series, SeriesWindow,
    Signal, SignalPoint,
};
