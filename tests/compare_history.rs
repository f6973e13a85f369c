//! Accepted windows: what usually changes is no drift.

use driftsphere::compare::{
    CompareOptions, Comparison, Finding, Verdict, compare, compare_with_history,
};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
use driftsphere::sketch::hash_bytes;
use ndarray::Array2;

/// A number in (0, 1) for each (seed, index).
fn uniform(seed: u64, i: u64) -> f64 {
    (hash_bytes(seed, &i.to_le_bytes()) >> 11) as f64 / (1u64 << 53) as f64
}

fn normal(seed: u64, i: u64) -> f64 {
    (0..12).map(|k| uniform(seed, 12 * i + k)).sum::<f64>() - 6.0
}

/// A day of its own weather: everything on it is moved by `weather`.
fn day(seed: u64, rows: u64, weather: f64) -> Profile {
    let values: Vec<f64> = (0..rows).map(|i| normal(seed, i) + weather).collect();
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let batch = Batch::new(values.len()).feature("brightness", Column::from(values));
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

/// Weather of day `i` of a year of `seed`: normal with an sd of 0.4.
fn weather(seed: u64, i: u64) -> f64 {
    0.4 * normal(seed + 77, 1_000_000 + i)
}

fn brightness(comparison: &Comparison) -> &Finding {
    let found = comparison
        .findings
        .iter()
        .find(|f| f.feature == "brightness");
    found.unwrap()
}

/// Days differ by more than chance and by more than the threshold: without
/// history most alarm. Of ten days beyond nine accepted ones about one in ten is
/// the largest so far; that is the rate to expect, and it is held.
#[test]
fn natural_variation_does_not_alarm_and_a_real_change_does() {
    let options = CompareOptions::default();
    let (mut before, mut alarms, mut found, trials) = (0, 0, 0, 60);
    for trial in 0..trials {
        let reference = day(trial * 100, 800, 0.0);
        let history: Vec<Profile> = (1..=9)
            .map(|i| day(trial * 100 + i, 500, weather(trial, i)))
            .collect();
        let today = day(trial * 100 + 50, 500, weather(trial, 50));
        let alone = compare(&reference, &today, &options).unwrap();
        before += usize::from(alone.verdict == Verdict::Drift);
        let judged = compare_with_history(&reference, &today, &history, &options).unwrap();
        alarms += usize::from(judged.verdict >= Verdict::PossibleDrift);
        let broken = day(trial * 100 + 51, 500, 2.5);
        let judged = compare_with_history(&reference, &broken, &history, &options).unwrap();
        found += usize::from(judged.verdict == Verdict::Drift);
    }
    assert!(before > 20, "{before} of {trials} alarm without history");
    // 1 / 10 a day for the whole and a little for its four tails; the bound is the
    // 99.9 % point of the binomial law at 0.2.
    assert!(alarms <= 22, "{alarms} of {trials} alarm with history");
    assert!(alarms < before);
    assert_eq!(found, trials as usize);
}

#[test]
fn a_finding_within_history_says_so() {
    let options = CompareOptions::default();
    let reference = day(1, 2000, 0.0);
    let history = [day(2, 2000, 0.5), day(3, 2000, -0.6)];
    let usual = compare_with_history(&reference, &day(4, 2000, 0.4), &history, &options).unwrap();
    assert_eq!(usual.verdict, Verdict::NoDrift);
    let finding = brightness(&usual);
    assert!(finding.p_value.unwrap() < 1e-6);
    assert_eq!(finding.verdict, Verdict::NoDrift);
    let natural = finding.natural.unwrap();
    assert!(natural.within && natural.windows == 2);
    assert!((natural.limit - 0.6).abs() < 0.1, "{natural:?}");
    assert_eq!(
        finding.reason.as_deref(),
        Some("within the natural variation of 2 accepted windows")
    );
    assert!(usual.notes.iter().any(|note| note.code == "history"));

    let beyond = compare_with_history(&reference, &day(5, 2000, 0.9), &history, &options).unwrap();
    assert_eq!(brightness(&beyond).verdict, Verdict::Drift);
    assert!(!brightness(&beyond).natural.unwrap().within);
    // No history, no word of it.
    let none = compare_with_history(&reference, &day(5, 2000, 0.9), &[], &options).unwrap();
    assert_eq!(
        none,
        compare(&reference, &day(5, 2000, 0.9), &options).unwrap()
    );
}

fn cameras(names: &[&str]) -> Profile {
    let values: Vec<String> = (0..600)
        .map(|i| names[i % names.len()].to_owned())
        .collect();
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let batch = Batch::new(600).feature("camera", Column::from(values));
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

#[test]
fn a_value_that_came_before_is_not_new() {
    let options = CompareOptions::default();
    let reference = cameras(&["a", "b"]);
    let history = [cameras(&["a", "b", "a", "b", "c"])];
    let run = |names: &[&str]| {
        compare_with_history(&reference, &cameras(names), &history, &options)
            .unwrap()
            .verdict
    };
    assert_eq!(run(&["a", "b", "a", "b", "a", "b", "c"]), Verdict::NoDrift);
    assert_eq!(run(&["a", "b", "a", "b", "a", "b", "d"]), Verdict::Drift);
    // More of it than ever.
    assert_eq!(run(&["a", "b", "c"]), Verdict::Drift);
}

#[test]
fn history_counts_for_spaces_too() {
    let space = |seed: u64, shift: f64| {
        let rows = Array2::from_shape_fn((400, 4), |(i, j)| {
            let away = if j == 0 {
                4.0
            } else {
                shift * f64::from(u8::from(j == 1))
            };
            (normal(seed, (i * 4 + j) as u64) + away) as f32
        });
        let config = ProfileConfig::new().space("e", SpaceConfig::new(4));
        let mut builder = ProfileBuilder::new(config).unwrap();
        let batch = Batch::new(400).space("e", rows.view());
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    };
    let options = CompareOptions::default();
    let (reference, today) = (space(1, 0.0), space(2, 0.6));
    let alone = compare(&reference, &today, &options).unwrap();
    assert_eq!(alone.verdict, Verdict::Drift);
    let frechet = alone.spaces[0].frechet.unwrap();
    assert_eq!(frechet.rows, 256);
    assert!(frechet.value > 2.0 * frechet.by_chance, "{frechet:?}");

    let history = [space(3, 1.2), space(4, -1.0)];
    let usual = compare_with_history(&reference, &today, &history, &options).unwrap();
    assert!(
        usual.verdict < Verdict::PossibleDrift,
        "{:#?}",
        usual.groups
    );
}

/// Rows with times; from the middle on they may be moved.
fn timed(seed: u64, drift: f64) -> Profile {
    let rows = Array2::from_shape_fn((300, 4), |(i, j)| {
        let away = match j {
            0 => 4.0,
            1 if i >= 150 => drift,
            _ => 0.0,
        };
        (normal(seed, (i * 4 + j) as u64) + away) as f32
    });
    let config = ProfileConfig::new().space("e", SpaceConfig::new(4));
    let mut builder = ProfileBuilder::new(config).unwrap();
    let batch = Batch::new(300)
        .times((0..300).map(|i| 1000 * i).collect::<Vec<i64>>())
        .space("e", rows.view());
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

/// Of a steady reference a rate near alpha, of one that changed half-way a high
/// one. The 200 blocks overlap, so the bound of the first is wide.
#[test]
fn the_reference_is_checked_against_itself() {
    let options = CompareOptions {
        self_check: true,
        ..CompareOptions::default()
    };
    let mut steady = Vec::new();
    for seed in 0..4 {
        let compared = compare(&timed(seed, 0.0), &timed(seed + 100, 0.0), &options).unwrap();
        let check = compared.spaces[0].self_check.clone().unwrap();
        assert!(check.by_time && check.splits == 200);
        assert_eq!(check.rows, (150, 150));
        steady.extend(check.rates.iter().map(|(_, rate)| *rate));
    }
    let mean = steady.iter().sum::<f64>() / steady.len() as f64;
    assert!(mean < 0.2, "{steady:?}");

    let compared = compare(&timed(1, 1.5), &timed(101, 0.0), &options).unwrap();
    let check = compared.spaces[0].self_check.as_ref().unwrap();
    assert!(check.rates.iter().all(|(_, rate)| *rate > 0.5), "{check:?}");
    let note = compared.notes.iter().find(|note| note.code == "self-check");
    assert!(note.unwrap().text.contains("no more"));
}

#[test]
fn without_times_the_split_is_random_and_keeps_its_level() {
    let options = CompareOptions {
        self_check: true,
        ..CompareOptions::default()
    };
    let space = |seed: u64, rows: usize| {
        let values = Array2::from_shape_fn((rows, 3), |(i, j)| {
            (normal(seed, (i * 3 + j) as u64) + 2.0) as f32
        });
        let config = ProfileConfig::new().space("e", SpaceConfig::new(3));
        let mut builder = ProfileBuilder::new(config).unwrap();
        builder
            .track_batch(&Batch::new(rows).space("e", values.view()))
            .unwrap();
        builder.freeze()
    };
    let compared = compare(&space(1, 300), &space(2, 100), &options).unwrap();
    let check = compared.spaces[0].self_check.as_ref().unwrap();
    assert!(!check.by_time);
    assert_eq!(check.rows, (225, 75));
    // 200 splits at 5 %: the 99.99 % point of the binomial law is 24.
    assert!(
        check.rates.iter().all(|(_, rate)| *rate <= 0.12),
        "{check:?}"
    );
    // Too few rows for two parts.
    let compared = compare(&space(1, 12), &space(2, 100), &options).unwrap();
    assert_eq!(compared.spaces[0].self_check, None);
}
