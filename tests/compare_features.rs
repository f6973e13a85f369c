//! Named values of the records: what is tested, and what is said of it.

use driftsphere::compare::{CompareOptions, Comparison, Finding, Verdict, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};
use driftsphere::sketch::hash_bytes;

fn profile(name: &str, column: impl Into<Column>) -> Profile {
    let column = column.into();
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let batch = Batch::new(column.len()).feature(name, column);
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

fn compared<C: Into<Column>>(reference: C, target: C) -> Comparison {
    let (reference, target) = (profile("x", reference), profile("x", target));
    compare(&reference, &target, &CompareOptions::default()).unwrap()
}

fn finding<'a>(comparison: &'a Comparison, feature: &str) -> &'a Finding {
    let found = comparison.findings.iter().find(|f| f.feature == feature);
    found.unwrap_or_else(|| panic!("no finding {feature}"))
}

/// `rows` texts, each of `distinct` equally likely.
fn texts(seed: u64, rows: u64, distinct: u64) -> Vec<String> {
    let text = |i: u64| format!("t{}", hash_bytes(seed, &i.to_le_bytes()) % distinct);
    (0..rows).map(text).collect()
}

#[test]
fn texts_past_the_cap_are_not_tested() {
    for (distinct, distinct_target) in [(1100, 1100), (5, 1100), (1100, 5)] {
        let (a, b) = (
            texts(1, 20_000, distinct),
            texts(2, 20_000, distinct_target),
        );
        let comparison = compared(a, b);
        let x = finding(&comparison, "x");
        assert_eq!((x.verdict, x.p_value), (Verdict::NotTested, None));
        assert_eq!(
            x.reason.as_deref(),
            Some("more than 1,024 distinct values: an identifier, not a category?")
        );
        assert_eq!((x.n_reference, x.n_target), (20_000, 20_000));
        assert_eq!(comparison.verdict, Verdict::NotTested);
    }
}

#[test]
fn names_of_records_and_dates_are_no_categories() {
    let names =
        |from: u32| -> Vec<String> { (from..from + 300).map(|i| format!("{i}.jpg")).collect() };
    let dates = |month: u32| -> Vec<String> {
        (0..300)
            .map(|i| format!("2025-{month:02}-{:02}", i % 28 + 1))
            .collect()
    };
    let times = |month: u32| -> Vec<String> {
        (0..300)
            .map(|i| format!("2025-{month:02}-01T00:00:{:02}Z", i % 60))
            .collect()
    };
    for (a, b, why) in [
        (names(0), names(300), "(see --ids)"),
        (dates(3), dates(4), "(see --time)"),
        (times(3), times(4), "(see --time)"),
    ] {
        let comparison = compared(a, b);
        let x = finding(&comparison, "x");
        assert_eq!((x.verdict, x.p_value), (Verdict::NotTested, None), "{why}");
        assert!(x.reason.as_deref().unwrap().ends_with(why), "{x:?}");
    }
    // Where one side has categories, the other has lost them.
    let cameras = (0..300).map(|i| format!("camera {}", i % 3)).collect();
    assert_eq!(compared(cameras, names(0)).verdict, Verdict::Drift);
}

#[test]
fn texts_up_to_the_cap_are_tested() {
    let comparison = compared(texts(1, 20_000, 1024), texts(2, 20_000, 1024));
    assert!(comparison.verdict < Verdict::PossibleDrift);
    assert!(finding(&comparison, "x").p_value.is_some());
    let comparison = compared(texts(1, 20_000, 1024), texts(2, 20_000, 500));
    assert_eq!(comparison.verdict, Verdict::Drift);
}

#[test]
fn constants_that_differ_are_drift_whatever_their_size() {
    for (was, is, sentence) in [
        (100.0, 101.0, "x was always 100.0, is now always 101.0"),
        (
            0.001,
            0.002,
            "x was always 0.001000, is now always 0.002000",
        ),
        (
            100.0,
            100.00001,
            "x was always 100.0, is now always 100.00001",
        ),
    ] {
        let comparison = compared(vec![was; 300], vec![is; 200]);
        let x = finding(&comparison, "x");
        assert_eq!((x.verdict, x.sentence.as_str()), (Verdict::Drift, sentence));
        let effect = x.effect.as_ref().unwrap();
        assert_eq!((effect.value, effect.unit.as_str()), (1.0, "share"));
    }
}

#[test]
fn equal_constants_are_no_drift_and_too_few_are_not_enough() {
    for (rows, verdict) in [(300, Verdict::NoDrift), (3, Verdict::NotEnoughData)] {
        let comparison = compared(vec![0.1; rows], vec![0.1; rows]);
        let x = finding(&comparison, "x");
        assert_eq!(x.verdict, verdict);
        let effect = x.effect.as_ref().unwrap();
        assert_eq!((effect.value, effect.unit.as_str()), (0.0, "share"));
    }
}

#[test]
fn a_change_from_a_constant_is_sized_in_the_targets_sd() {
    let moved: Vec<f64> = (0..300).map(|i| 100.0 + f64::from(i % 3)).collect();
    let x = compared(vec![0.1; 300], moved);
    let x = finding(&x, "x");
    assert_eq!(x.verdict, Verdict::Drift);
    let effect = x.effect.as_ref().unwrap();
    let sd = (2.0 / 3.0 * 300.0 / 299.0_f64).sqrt();
    assert_eq!(effect.unit, "target sd");
    assert!((effect.value - 100.9 / sd).abs() < 1e-9, "{}", effect.value);
    assert_eq!(x.sentence, "median x 0.1000 -> 101.0 (+123.37 target sd)");
}

#[test]
fn values_that_became_infinite_are_drift() {
    let numbers: Vec<f64> = (0..300).map(f64::from).collect();
    let comparison = compared(numbers, vec![f64::INFINITY; 300]);
    let types = finding(&comparison, "x type");
    assert_eq!(types.verdict, Verdict::Drift);
    assert_eq!(types.new_values, ["infinite"]);
    assert_eq!(types.lost_values, ["number"]);
}
