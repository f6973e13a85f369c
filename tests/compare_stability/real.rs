//! Real runs: small networks on handwritten digits (`scripts/make_runs.py`).

use crate::support::{Run, measure, unstable};
use driftsphere::compare::stability::{Change, Measure, Stability, StabilityOptions, stability};

fn answer(names: &[&str]) -> Stability {
    let profiles: Vec<_> = names.iter().map(|name| Run::load(name).profile()).collect();
    let runs: Vec<_> = names.iter().copied().zip(&profiles).collect();
    stability(&runs, &StabilityOptions::default()).unwrap()
}

#[test]
fn two_seeds_find_all_ten_classes_again() {
    let answer = answer(&["digits_seed_1", "digits_seed_2"]);
    assert_eq!((answer.ids, answer.runs[0].used), (500, 1.0));
    let pair = &answer.pairs[0];
    assert_eq!(pair.classes.len(), 10);
    assert!(pair.classes.iter().all(|class| class.found_again()));
    assert!(unstable(pair).is_empty(), "{:#?}", pair.classes);
    assert!(pair.classes.is_sorted_by(|a, b| a.jaccard <= b.jaccard));
    // The oracle's numbers, up to the half precision of the sample.
    let wanted: serde_json::Value =
        serde_json::from_str(include_str!("../vectors/stability.json")).unwrap();
    let wanted = &wanted["digits_seed_2"];
    for (of, name) in [
        (Measure::Cka, "cka"),
        (Measure::NeighbourOverlap, "kept"),
        (Measure::DistanceCorrelation, "distances"),
        (Measure::ProcrustesResidual, "procrustes"),
    ] {
        let found = measure(&pair.geometry, of);
        let gap = found.value.unwrap() - wanted[name].as_f64().unwrap();
        assert!(gap.abs() < 2e-3, "{name}: {gap}");
        let (lower, upper) = found.interval.unwrap();
        assert!(lower < found.value.unwrap() && found.value.unwrap() < upper);
    }
    assert_eq!(pair.geometry_verdict, Change::Changed);
    assert_eq!(pair.cloud_verdict, Change::Same);
}

#[test]
fn one_and_seven_trained_as_one_are_named() {
    let answer = answer(&["digits_seed_1", "digits_merged"]);
    let pair = &answer.pairs[0];
    assert_eq!(unstable(pair), ["1", "7"], "{:#?}", pair.classes);
    let closest = &pair.class_pairs[0];
    assert_eq!(
        (closest.classes.0.as_str(), closest.classes.1.as_str()),
        ("1", "7")
    );
    assert!(closest.factor < 0.3 && closest.verdict == Change::Changed);
}

#[test]
fn epochs_settle() {
    let answer = answer(&["digits_epoch_04", "digits_epoch_16", "digits_seed_1"]);
    let to_last = |run: usize| answer.curve[run].to_last.as_ref().unwrap().cka.unwrap();
    assert!(to_last(0).upper < to_last(1).lower);
    let own = |run: usize| answer.runs[run].in_own_class.unwrap();
    assert!(own(0) < own(1) && own(1) < own(2));
}
