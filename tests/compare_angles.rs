//! Features that are angles: hue, hour of the day.

use driftsphere::ErrorKind;
use driftsphere::compare::{CompareOptions, Comparison, Finding, Verdict, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};
use driftsphere::sketch::hash_bytes;

fn profile(config: ProfileConfig, values: Vec<f64>) -> Profile {
    let mut builder = ProfileBuilder::new(config).unwrap();
    let batch = Batch::new(values.len()).feature("hour", Column::from(values));
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

fn hours(values: Vec<f64>) -> Profile {
    profile(ProfileConfig::new().angle("hour", 24.0), values)
}

/// Around `centre` with an sd of two hours.
fn around(seed: u64, rows: u64, centre: f64) -> Vec<f64> {
    let uniform = |i: u64| hash_bytes(seed, &i.to_le_bytes()) as f64 / u64::MAX as f64;
    let sum = |i: u64| (0..12).map(|k| uniform(12 * i + k)).sum::<f64>() - 6.0;
    (0..rows)
        .map(|i| (2.0 * sum(i) + centre).rem_euclid(24.0))
        .collect()
}

fn run(reference: &Profile, target: &Profile, choices: &[&str]) -> Comparison {
    let options = CompareOptions {
        statistics: choices.iter().map(|c| c.parse().unwrap()).collect(),
        ..CompareOptions::default()
    };
    compare(reference, target, &options).unwrap()
}

fn hour(comparison: &Comparison) -> &Finding {
    let found = comparison.findings.iter().find(|f| f.feature == "hour");
    found.expect("a finding about the hour")
}

#[test]
fn midnight_is_no_edge() {
    let reference = hours(around(1, 1500, 23.5));
    let calm = run(&reference, &hours(around(2, 900, 23.5)), &[]);
    assert_eq!(hour(&calm).verdict, Verdict::NoDrift);
    assert_eq!(hour(&calm).statistic, "kuiper");
    // No tails on a circle.
    assert!(
        calm.findings.iter().all(|f| f.feature == "hour"),
        "{calm:?}"
    );

    let later = run(&reference, &hours(around(2, 900, 1.5)), &[]);
    let finding = hour(&later);
    assert_eq!(finding.verdict, Verdict::Drift);
    let effect = finding.effect.as_ref().unwrap();
    assert_eq!(effect.unit, "degrees");
    assert!((effect.value - 30.0).abs() < 3.0, "two hours: {effect:?}");
    assert!(
        finding.sentence.contains("turned by +"),
        "{}",
        finding.sentence
    );
}

/// Whole hours have few cells, so that p is resampled, and no p of resampling is small enough
/// for so many features.
#[test]
fn a_turn_is_found_beside_hundreds_of_other_features() {
    let window = |seed, centre: f64| {
        let hours = around(seed, 1000, centre);
        let whole: Vec<f64> = hours.iter().map(|hour| hour.floor()).collect();
        let mut batch = Batch::new(1000).feature("hour", Column::from(whole));
        for other in 0..300 {
            let values = around(1000 * seed + other, 1000, 12.0);
            batch = batch.feature(format!("other {other}"), Column::from(values));
        }
        let config = ProfileConfig::new().angle("hour", 24.0);
        let mut builder = ProfileBuilder::new(config).unwrap();
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    };
    let answer = run(&window(1, 4.0), &window(2, 14.0), &[]);
    let found = hour(&answer);
    assert_eq!(found.verdict, Verdict::Drift, "{:?}", found.p_adjusted);
    assert!(found.p_value.unwrap() < 1e-20, "{:?}", found.p_value);
}

/// Where the count starts must not matter: neither for the statistic nor for the
/// effect, and so for no verdict.
#[test]
fn a_turn_of_both_windows_changes_nothing() {
    let turned = |by: f64| {
        let turn = |values: Vec<f64>| {
            values
                .into_iter()
                .map(|v| (v + by).rem_euclid(24.0))
                .collect()
        };
        let (a, b) = (around(1, 400, 12.0), around(2, 300, 13.0));
        let compared = run(&hours(turn(a)), &hours(turn(b)), &[]);
        let finding = hour(&compared).clone();
        (
            finding.value.unwrap(),
            finding.effect.unwrap().value,
            finding.p_value.unwrap(),
        )
    };
    let as_they_are = turned(0.0);
    for by in [3.0, 11.5, 20.0] {
        let other = turned(by);
        assert!((as_they_are.0 - other.0).abs() < 1e-12);
        // The sketch knows an hour near 0 better than one near 24.
        assert!(
            (as_they_are.1 - other.1).abs() < 0.2,
            "{as_they_are:?} {other:?}"
        );
        assert!((as_they_are.2 - other.2).abs() < 1e-9);
    }
}

/// A second peak opposite the first: the mean has no direction any more, and a
/// turn would say nothing.
#[test]
fn what_leaves_the_mean_undefined_has_a_size_all_the_same() {
    let two_peaks = |seed: u64| {
        let mut values = around(seed, 500, 12.0);
        values.extend(around(seed + 1, 500, 0.0));
        values
    };
    let compared = run(&hours(around(1, 1000, 12.0)), &hours(two_peaks(2)), &[]);
    let finding = hour(&compared);
    assert_eq!(finding.verdict, Verdict::Drift);
    assert!(finding.effect.as_ref().unwrap().value > 60.0);
    let calm = run(&hours(two_peaks(2)), &hours(two_peaks(4)), &[]);
    assert_eq!(hour(&calm).verdict, Verdict::NoDrift, "{:?}", hour(&calm));
}

#[test]
fn few_values_and_few_records_are_resampled() {
    let whole = |seed, centre| around(seed, 60, centre).iter().map(|h| h.floor()).collect();
    let moved = run(&hours(whole(1, 23.0)), &hours(whole(2, 5.0)), &[]);
    assert!(hour(&moved).permutations.is_some());
    assert_eq!(hour(&moved).verdict, Verdict::Drift);
    let one = run(&hours(vec![5.0; 50]), &hours(vec![29.0; 50]), &[]);
    // 29 o'clock is 5 o'clock.
    assert_eq!(
        (hour(&one).value, hour(&one).p_value),
        (Some(0.0), Some(1.0))
    );
}

#[test]
fn shares_in_bins_around_the_circle_by_choice() {
    let (a, b) = (hours(around(1, 900, 23.5)), hours(around(2, 900, 2.5)));
    let compared = run(&a, &b, &["hour=js"]);
    assert_eq!(hour(&compared).statistic, "js");
    assert_eq!(hour(&compared).verdict, Verdict::Drift);
    let options = CompareOptions {
        statistics: vec!["hour=ks".parse().unwrap()],
        ..CompareOptions::default()
    };
    let error = compare(&a, &b, &options).unwrap_err().to_string();
    assert!(error.contains("is an angle"), "{error}");
}

#[test]
fn angles_that_the_sketch_lost_are_said() {
    // Hours since 1970: a bucket is wider than a day.
    let since = |seed: u64| -> Vec<f64> {
        let value = |i: u64| 4.8e5 + (hash_bytes(seed, &i.to_le_bytes()) % 1_000_000) as f64 / 11.0;
        (0..9000).map(value).collect()
    };
    let compared = run(&hours(since(1)), &hours(since(2)), &[]);
    assert_eq!(hour(&compared).verdict, Verdict::NotTested);
    let reason = hour(&compared).reason.as_deref().unwrap();
    assert!(reason.contains("modulo 24"), "{reason}");
}

#[test]
fn an_angle_belongs_to_the_configuration() {
    let plain = ProfileConfig::new();
    let angle = ProfileConfig::new().angle("hour", 24.0);
    let other = ProfileConfig::new().angle("hour", 12.0);
    assert_ne!(plain.compare_hash(), angle.compare_hash());
    assert_ne!(angle.compare_hash(), other.compare_hash());
    assert_ne!(angle.merge_hash(), other.merge_hash());

    let values = || around(1, 50, 3.0);
    let (plain, angle) = (profile(plain, values()), profile(angle, values()));
    let error = compare(&plain, &angle, &CompareOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incompatible);
    assert_eq!(
        error.to_string(),
        "it is no angle in the reference, an angle of period 24 in the target; profile both alike (feature hour)"
    );
    let error = plain.clone().merge(&angle).unwrap_err().to_string();
    assert_eq!(
        error,
        "cannot merge profiles of unlike angles: none and hour = 24"
    );

    let read = Profile::from_bytes(&angle.to_bytes()).unwrap();
    assert_eq!(read, angle);
    assert_eq!(read.config().angles["hour"], 24.0);
    // A configuration without angles has no section of them.
    let names = |bytes: &[u8]| bytes.windows(4).any(|four| four == b"ANGL");
    assert!(names(&angle.to_bytes()) && !names(&plain.to_bytes()));
}
