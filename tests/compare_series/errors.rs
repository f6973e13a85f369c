//! Series that cannot be judged, and windows that are shown without being tested.

use crate::support::{DAY, MONDAY, Record, days, profile, sixty_days};
use driftsphere::ErrorKind;
use driftsphere::compare::series::{Role, Series, SeriesOptions, series};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};

fn trusted() -> Profile {
    let records = sixty_days();
    profile(&records.iter().filter(|r| r.day() < 14).collect::<Vec<_>>())
}

fn judge(windows: &[&Profile]) -> driftsphere::Result<Series> {
    let names: Vec<String> = (0..windows.len()).map(|at| format!("w{at}")).collect();
    let named: Vec<_> = names
        .iter()
        .map(String::as_str)
        .zip(windows.iter().copied())
        .collect();
    series(&trusted(), &named, &SeriesOptions::default())
}

fn stable(from: i64, to: i64) -> Vec<Record> {
    sixty_days()
        .into_iter()
        .filter(|r| (from..to).contains(&r.day()))
        .collect()
}

#[test]
fn windows_that_come_twice_or_overlap_are_refused() {
    let days = days(&stable(14, 17));
    let error = judge(&[&days[0].1, &days[1].1, &days[0].1]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incompatible);
    assert!(
        error.to_string().contains("w0 and w2 overlap in time"),
        "{error}"
    );
}

#[test]
fn the_order_of_naming_does_not_matter_and_is_told() {
    let days = days(&stable(14, 20));
    let forward: Vec<&Profile> = days.iter().map(|(_, day)| day).collect();
    let backward: Vec<&Profile> = forward.iter().rev().copied().collect();
    let (a, b) = (judge(&forward).unwrap(), judge(&backward).unwrap());
    assert_eq!(a.signals, b.signals);
    assert!(a.notes.is_empty());
    assert!(b.notes.iter().any(|note| note.code == "reordered"));
}

#[test]
fn windows_of_another_configuration_or_without_times_are_refused() {
    let mut builder = ProfileBuilder::new(ProfileConfig::new().seed(9)).unwrap();
    builder
        .track_batch(&driftsphere::ingest::Batch::new(3).times(vec![1, 2, 3]))
        .unwrap();
    let error = judge(&[&builder.freeze()]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incompatible);
    assert!(
        error.to_string().contains("otherwise than the reference"),
        "{error}"
    );
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    builder
        .track_batch(&driftsphere::ingest::Batch::new(3))
        .unwrap();
    let error = judge(&[&builder.freeze()]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
    assert!(error.to_string().contains("--time"), "{error}");
    assert_eq!(judge(&[]).unwrap_err().kind(), ErrorKind::Argument);
    let options = SeriesOptions {
        alpha: 0.0,
        ..SeriesOptions::default()
    };
    let error = series(&trusted(), &[], &options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
}

/// What an answer of days would say of hours or weeks is wrong.
#[test]
fn a_length_that_windows_cannot_have_is_refused() {
    let days = days(&stable(14, 24));
    let of = |hours: i64| {
        let named: Vec<_> = days.iter().map(|(_, day)| ("day", day)).collect();
        let length = Some(hours * DAY / 24);
        let options = SeriesOptions {
            length,
            ..SeriesOptions::default()
        };
        series(&trusted(), &named, &options)
    };
    for (hours, words) in [
        (1, ["windows of 1 h", "the records of day span"]),
        (
            7 * 24,
            [
                "windows of 1 w",
                "between the end of day and the start of day",
            ],
        ),
        (30 * 24, ["windows of 4.3 w", "between the end of day"]),
    ] {
        let error = of(hours).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument);
        let text = error.to_string();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    }
    assert_eq!(of(24).unwrap().length, Some(DAY));
}

/// Days of local time begin at any hour of UTC; one of them has 25 hours.
#[test]
fn days_that_begin_at_another_hour_are_days() {
    let records = stable(14, 24);
    let late = MONDAY + 20 * DAY;
    // Two hours before UTC, one after the clocks went back.
    let day = |record: &Record| {
        let ahead = if record.time < late { 2 } else { 1 };
        (record.time + ahead * DAY / 24 - MONDAY).div_euclid(DAY)
    };
    let all: std::collections::BTreeSet<i64> = records.iter().map(day).collect();
    let of = |wanted: i64| {
        let own: Vec<&Record> = records
            .iter()
            .filter(|record| day(record) == wanted)
            .collect();
        profile(&own)
    };
    let days: Vec<Profile> = all.into_iter().map(of).collect();
    let named: Vec<_> = days.iter().map(|day| ("day", day)).collect();
    let options = SeriesOptions {
        length: Some(DAY),
        ..SeriesOptions::default()
    };
    assert!(series(&trusted(), &named, &options).is_ok());
}

/// Otherwise every window alarms.
#[test]
fn classes_that_are_numbers_in_a_window_alone_are_refused() {
    let numbered: Vec<Record> = stable(14, 17)
        .into_iter()
        .map(|record| Record {
            label: record.label.len().to_string(),
            ..record
        })
        .collect();
    let days = days(&numbered);
    let error = judge(&[&days[0].1]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incompatible);
    let text = error.to_string();
    assert!(text.contains("the window's classes are numbers"), "{text}");
    assert!(text.contains("window w0"), "{text}");
}

/// A week between the reference and what is watched is left out, not missing; days within are.
#[test]
fn what_was_not_asked_for_is_not_missing() {
    let records: Vec<Record> = stable(0, 30)
        .into_iter()
        .filter(|record| ![5, 25].contains(&record.day()))
        .collect();
    let days = days(&records);
    let named: Vec<_> = days.iter().map(|(_, day)| ("day", day)).collect();
    let options = SeriesOptions {
        since: days
            .iter()
            .find(|day| day.0 == 21)
            .map(|day| day.1.times().unwrap().0),
        ..SeriesOptions::default()
    };
    let answer = series(&trusted(), &named, &options).unwrap();
    let count = |role: Role| answer.windows.iter().filter(|w| w.role == role).count();
    assert_eq!(
        (
            count(Role::History),
            count(Role::Missing),
            count(Role::Watched)
        ),
        (13, 2, 8)
    );
    assert_eq!(answer.horizon, 8);
}

/// Missing days, an empty window, one of one record, a burst: shown, no alarm.
#[test]
fn odd_windows_do_not_alarm_by_themselves() {
    let mut records = stable(14, 30);
    records.retain(|record| ![17, 18, 22].contains(&record.day()));
    // One record of day 20.
    let mut seen = 0;
    records.retain(|record| {
        seen += usize::from(record.day() == 20);
        record.day() != 20 || seen == 1
    });
    // Day 24 has the records of all stable weekdays.
    let burst: Vec<Record> = stable(0, 30)
        .into_iter()
        .filter(|record| record.day().rem_euclid(7) < 5 && record.day() != 24)
        .map(|record| Record {
            time: record.time - (record.day() - 24) * DAY,
            ..record
        })
        .collect();
    records.extend(burst);
    let days = days(&records);
    let empty = profile(&[]);
    let mut windows: Vec<&Profile> = days.iter().map(|(_, day)| day).collect();
    windows.push(&empty);
    let answer = judge(&windows).unwrap();
    let count = |role: Role| answer.windows.iter().filter(|w| w.role == role).count();
    assert_eq!(
        (count(Role::Missing), count(Role::Small), count(Role::Empty)),
        (3, 1, 1)
    );
    assert_eq!(answer.windows.iter().filter(|w| w.burst).count(), 1);
    assert!(answer.windows.iter().find(|w| w.burst).unwrap().role == Role::Watched);
    assert!(answer.episodes.is_empty(), "{:#?}", answer.episodes);
    let untested = answer.windows.iter().filter(|w| w.role != Role::Watched);
    assert!(untested.flat_map(|w| &w.families).next().is_none());
}
