//! Comparisons of records without embeddings: wide profiles, values that vanish,
//! records that cannot be used, groups, and the records that show a change.

use driftsphere::compare::{
    CompareOptions, Comparison, Finding, Verdict, compare, compare_with_history,
};
use driftsphere::ingest::{Batch, Column};
use driftsphere::ndarray::Array2;
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
use driftsphere::report::{TerminalOptions, headline, terminal};
use driftsphere::sketch::hash_bytes;

/// A value in `(0, 1)`, by a counter.
fn uniform(seed: u64, i: usize) -> f64 {
    ((hash_bytes(seed, &i.to_le_bytes()) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// A standard normal value (Box and Muller 1958).
fn normal(seed: u64, i: usize) -> f64 {
    let (u, v) = (uniform(seed, 2 * i), uniform(seed, 2 * i + 1));
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

fn profile(batch: &Batch<'_>) -> Profile {
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    builder.track_batch(batch).unwrap();
    builder.freeze()
}

fn answer(reference: &Profile, target: &Profile) -> Comparison {
    compare(reference, target, &CompareOptions::default()).unwrap()
}

fn found<'a>(answer: &'a Comparison, feature: &str) -> &'a Finding {
    let mut findings = answer.findings.iter();
    findings.find(|f| f.feature == feature).unwrap()
}

/// `columns` features of which the first is moved.
fn wide(seed: u64, rows: usize, columns: usize, value: impl Fn(f64, usize) -> f64) -> Profile {
    let names: Vec<String> = (0..columns).map(|c| format!("c{c:04}")).collect();
    let mut batch = Batch::new(rows);
    for (c, name) in names.iter().enumerate() {
        let values = (0..rows).map(|row| value(normal(seed, c * rows + row), c));
        batch = batch.feature(name.as_str(), Column::Float(values.collect()));
    }
    profile(&batch)
}

#[test]
fn one_changed_column_of_a_thousand_is_found() {
    // Ten whole numbers: tested by resampling, whose rounds end.
    let whole =
        |shift: f64| move |z: f64, c: usize| (2.0 * (z + if c == 0 { shift } else { 0.0 })).round();
    for columns in [300, 1000] {
        let reference = wide(1, 500, columns, whole(0.0));
        let moved = answer(&reference, &wide(2, 500, columns, whole(0.8)));
        assert_eq!(moved.verdict, Verdict::Drift, "{columns}");
        assert_eq!(found(&moved, "c0000").verdict, Verdict::Drift);
        let calm = answer(&reference, &wide(3, 500, columns, whole(0.0)));
        assert!(calm.verdict < Verdict::PossibleDrift, "{columns}");
    }
}

#[test]
fn a_wide_profile_does_not_claim_to_have_seen_what_it_would_miss() {
    let plain = |z: f64, _: usize| z;
    let answer = answer(&wide(4, 160, 300, plain), &wide(5, 160, 300, plain));
    // 3.27 / sqrt(80) = 0.366 sd for one test; for one of many more.
    let detectable = found(&answer, "c0007")
        .effect
        .as_ref()
        .unwrap()
        .detectable
        .unwrap();
    assert!(detectable > 1.5 * 0.366, "{detectable}");
    assert_eq!(answer.verdict, Verdict::NotEnoughData);
}

fn scored<'a>(rows: usize, seed: u64) -> Batch<'a> {
    let values = |s: u64| (0..rows).map(|row| normal(seed + s, row)).collect();
    Batch::new(rows)
        .feature("brightness", Column::Float(values(0)))
        .feature("score", Column::Float(values(1)))
}

#[test]
fn a_column_that_vanished_is_drift_but_labels_are_not() {
    let labels = || Column::Text((0..500).map(|i| format!("class {}", i % 3)).collect());
    let reference = profile(&scored(500, 10).labels(labels()));
    let values = (0..500).map(|row| normal(11, row)).collect();
    let lost = profile(&Batch::new(500).feature("score", Column::Float(values)));
    let answer_of_lost = answer(&reference, &lost);
    assert_eq!(answer_of_lost.verdict, Verdict::Drift);
    let finding = found(&answer_of_lost, "brightness type");
    assert_eq!(finding.verdict, Verdict::Drift);
    assert_eq!(finding.sentence, "brightness: no record has it any more");
    let unlabelled = profile(&scored(500, 12));
    assert!(answer(&reference, &unlabelled).verdict < Verdict::PossibleDrift);
}

#[test]
fn a_space_that_vanished_leaves_the_whole_untested() {
    let rows = Array2::from_shape_fn((300, 4), |(i, j)| normal(20, i * 4 + j) as f32);
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(4));
    let mut builder = ProfileBuilder::new(config).unwrap();
    builder
        .track_batch(&scored(300, 21).space("embedding", rows.view()))
        .unwrap();
    let answer = answer(&builder.freeze(), &profile(&scored(300, 23)));
    assert_eq!(answer.verdict, Verdict::NotTested);
    assert!(headline(&answer).contains("space embedding could not be tested"));
}

#[test]
fn records_that_do_not_name_a_feature_lack_it() {
    let reference = profile(&scored(600, 30));
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    builder.track_batch(&scored(300, 32)).unwrap();
    let values = (0..300).map(|row| normal(34, row)).collect();
    builder
        .track_batch(&Batch::new(300).feature("score", Column::Float(values)))
        .unwrap();
    let answer = answer(&reference, &builder.freeze());
    let finding = found(&answer, "brightness type");
    assert_eq!(finding.verdict, Verdict::Drift);
    assert_eq!(finding.new_values, ["missing"]);
    assert!(answer.findings.iter().all(|f| f.feature != "score type"));
}

#[test]
fn records_that_cannot_be_used_are_tested() {
    let window = |seed, bad| {
        let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
        builder.track_batch(&scored(500, seed)).unwrap();
        builder.fail("not valid JSON", bad);
        builder.freeze()
    };
    let broken = answer(&window(40, 3), &window(42, 200));
    let finding = found(&broken, "records not used");
    assert_eq!(
        (broken.verdict, finding.verdict),
        (Verdict::Drift, Verdict::Drift)
    );
    assert!(
        finding.sentence.contains("0.6 % -> 29 %"),
        "{}",
        finding.sentence
    );
    let usual = answer(&window(40, 3), &window(42, 4));
    assert!(usual.verdict < Verdict::PossibleDrift);
}

#[test]
fn the_target_is_no_accepted_window() {
    let (reference, target) = (profile(&scored(500, 50)), wide(5, 500, 2, |z, _| z + 1.0));
    let options = CompareOptions::default();
    let error = compare_with_history(&reference, &target, std::slice::from_ref(&target), &options);
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("the target itself") && error.contains("accepted window 1"),
        "{error}"
    );
}

#[test]
fn what_stays_within_accepted_windows_is_not_called_chance() {
    let day = |seed, shift: f64| wide(seed, 2000, 3, move |z, _| z + shift);
    let history = [day(61, 0.5), day(62, -0.5)];
    let options = CompareOptions::default();
    let usual = compare_with_history(&day(60, 0.0), &day(63, 0.3), &history, &options).unwrap();
    assert_eq!(usual.verdict, Verdict::NoDrift);
    let text = headline(&usual);
    assert!(
        text.contains("than it does among the accepted windows"),
        "{text}"
    );
    let page = terminal(&usual, &TerminalOptions::default());
    let (_, listed) = page.split_once("Within natural variation").unwrap();
    assert!(listed.contains(": shift 0.3"), "{page}");
}

/// Groups of 20 records whose values are nearly one.
fn grouped(seed: u64, is_told: bool) -> Profile {
    let rows = 1000;
    let value = |row: usize| normal(seed, row / 20) + 0.05 * normal(seed + 1, row);
    let groups = (0..rows).map(|row| format!("{seed} video {}", row / 20));
    let batch = Batch::new(rows)
        .ids(Column::Text(
            (0..rows).map(|row| format!("{seed} {row}")).collect(),
        ))
        .feature("brightness", Column::Float((0..rows).map(value).collect()));
    match is_told {
        true => profile(&batch.groups(Column::Text(groups.collect()))),
        false => profile(&batch),
    }
}

#[test]
fn groups_count_without_embeddings_too() {
    let trials = 60;
    let alarms = |is_told| {
        let alarmed = |trial: &u64| {
            let (a, b) = (
                grouped(1000 + 4 * trial, is_told),
                grouped(1002 + 4 * trial, is_told),
            );
            answer(&a, &b).verdict >= Verdict::PossibleDrift
        };
        (0..trials).filter(alarmed).count()
    };
    // At 5 %, more than 9 of 60 come in 1 of 1 000 tries.
    assert!(alarms(true) <= 9, "{}", alarms(true));
    assert!(alarms(false) > 30);
}

#[test]
fn the_records_that_show_a_change_are_named() {
    let rows = 400;
    let window = |seed, shift: f64| {
        let ids = (0..rows).map(|row| format!("{seed}-{row}.jpg")).collect();
        let values = (0..rows).map(|row| normal(seed, row) + shift).collect();
        profile(
            &Batch::new(rows)
                .ids(Column::Text(ids))
                .feature("brightness", Column::Float(values)),
        )
    };
    let answer = answer(&window(70, 0.0), &window(71, -1.0));
    let finding = found(&answer, "brightness");
    let darkest = (0..rows)
        .min_by(|&a, &b| normal(71, a).total_cmp(&normal(71, b)))
        .unwrap();
    assert_eq!(finding.records[0].id, format!("71-{darkest}.jpg"));
    assert!(finding.records[0].role.starts_with("brightness -"));
}

#[test]
fn a_column_of_classes_taken_for_ids_is_noticed() {
    let values = (0..500).map(|row| normal(80, row)).collect();
    let batch = Batch::new(500)
        .ids(Column::Text(
            (0..500).map(|i| format!("class {}", i % 3)).collect(),
        ))
        .feature("score", Column::Float(values));
    let profile = profile(&batch);
    let notes = answer(&profile, &profile).notes;
    let note = notes
        .iter()
        .find(|note| note.code == "repeated-ids")
        .unwrap();
    assert!(note.text.contains("3 of 3 sampled ids"), "{}", note.text);
}
