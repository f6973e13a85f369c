//! Columns that stop coming, come in part, or cannot be watched.

use crate::support::{DAY, MONDAY, Random};
use driftsphere::compare::series::{Family, Series, SeriesOptions, series};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};

/// Records of a day.
const RECORDS: usize = 40;

/// A day of two columns of noise, the second present in so many of a hundred records.
fn day(day: i64, present: usize, random: &mut Random) -> Profile {
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let mut numbers = |present: usize| -> Column {
        let number = |_| match random.below(100) < present {
            true => random.below(1000) as f64,
            false => f64::NAN,
        };
        Column::from((0..RECORDS).map(number).collect::<Vec<f64>>())
    };
    let batch = Batch::new(RECORDS)
        .times(vec![MONDAY + day * DAY; RECORDS])
        .feature("width", numbers(100));
    let batch = match present {
        0 => batch,
        present => batch.feature("brightness", numbers(present)),
    };
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

fn merged(days: &[Profile]) -> Profile {
    let mut all = days[0].clone();
    days[1..].iter().for_each(|day| all.merge(day).unwrap());
    all
}

/// 30 days with `before` of a hundred values present, and 20 with `after`.
fn judged(before: usize, after: usize, seed: u64) -> Series {
    let mut random = Random(seed);
    let trusted: Vec<Profile> = (0..30).map(|at| day(at, before, &mut random)).collect();
    let watched: Vec<Profile> = (30..50).map(|at| day(at, after, &mut random)).collect();
    let windows: Vec<_> = watched.iter().map(|window| ("day", window)).collect();
    series(&merged(&trusted), &windows, &SeriesOptions::default()).unwrap()
}

#[test]
fn a_column_that_stops_coming_is_an_alarm_of_its_name() {
    for after in [0, 50] {
        let answer = judged(100, after, 1);
        let [episode] = answer.episodes.as_slice() else {
            panic!("{:#?}", answer.episodes);
        };
        assert_eq!((episode.family, episode.alarm), (Family::Inputs, 0));
        assert_eq!(episode.signals[0], "brightness: missing");
        assert_eq!(episode.meaning, "inputs: values are missing");
        let signal = answer
            .signals
            .iter()
            .find(|s| s.name == "brightness: missing");
        let change = &signal.unwrap().points[0].change;
        assert_eq!(change.reference, 0.0);
        assert!(change.window > 0.2, "{change:?}");
    }
}

/// At 5 %: in at most 5 % and three standard errors of 100 series, in which some values are missing all
/// along.
#[test]
fn values_that_were_missing_before_do_not_alarm() {
    let alarms = (0..100).filter(|seed| !judged(93, 93, 100 + seed).episodes.is_empty());
    let alarms = alarms.count();
    assert!(alarms <= 11, "{alarms} of 100");
}

#[test]
fn columns_without_a_signal_are_named() {
    let of = |day: i64, with: &str| {
        let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
        let texts: Vec<String> = (0..200).map(|at| format!("{day} {at}")).collect();
        let labels: Vec<String> = (0..200).map(|at| format!("class {}", at % 150)).collect();
        let batch = Batch::new(200)
            .times(vec![MONDAY + day * DAY; 200])
            .predictions(Column::from(labels))
            .feature(with, Column::from(texts));
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    };
    let (reference, window) = (of(0, "note"), of(1, "remark"));
    let answer = series(&reference, &[("next", &window)], &SeriesOptions::default()).unwrap();
    let note = |code: &str| answer.notes.iter().find(|note| note.code == code);
    assert!(note("not-watched").unwrap().text.ends_with(": note"));
    assert!(note("not-in-reference").unwrap().text.ends_with(": remark"));
    // However many classes, predictions are watched.
    assert!(
        answer
            .signals
            .iter()
            .any(|signal| signal.name == "prediction")
    );
}
