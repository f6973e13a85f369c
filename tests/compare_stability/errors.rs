//! Runs that cannot be compared, and runs that match in part.

use crate::support::Run;
use driftsphere::ErrorKind;
use driftsphere::compare::stability::{Change, Question, StabilityOptions, stability};
use driftsphere::ingest::{Batch, Column};
use driftsphere::ndarray::Array2;
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};

fn error(runs: &[&Profile], options: &StabilityOptions) -> driftsphere::Error {
    let named: Vec<_> = ["a", "b"].into_iter().zip(runs.iter().copied()).collect();
    stability(&named, options).unwrap_err()
}

#[test]
fn ids_that_do_not_match_are_an_error_with_counts() {
    let run = Run::new(200, 3, 0.2, 1);
    let mut other = run.clone();
    other
        .ids
        .iter_mut()
        .for_each(|id| *id = format!("crop of {id}"));
    let (a, b) = (run.profile(), other.profile());
    let found = error(&[&a, &b], &StabilityOptions::default());
    assert_eq!(found.kind(), ErrorKind::Incompatible);
    let text = found.to_string();
    assert!(
        text.starts_with("the runs have 0 ids in common, 20 are needed"),
        "{text}"
    );
    assert!(
        text.contains("a has 200, b has 200") && text.contains("--set-only"),
        "{text}"
    );
    // The other question needs no ids.
    let options = StabilityOptions {
        question: Question::SetOnly,
        ..Default::default()
    };
    let answer = stability(&[("a", &a), ("b", &b)], &options).unwrap();
    assert_eq!(answer.verdict, Change::Same);
}

#[test]
fn a_part_in_common_is_compared_and_said() {
    let run = Run::new(300, 3, 0.2, 1);
    let mut other = run.turned(0.0, 2);
    for id in &mut other.ids[200..] {
        id.push_str(".new");
    }
    let (a, b) = (run.profile(), other.profile());
    let answer = stability(&[("a", &a), ("b", &b)], &StabilityOptions::default()).unwrap();
    assert_eq!(answer.ids, 200);
    assert!((answer.runs[0].used - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(answer.runs[1].candidates, 300);
    let notes: Vec<_> = answer
        .notes
        .iter()
        .filter(|n| n.code == "partly-matched")
        .collect();
    assert_eq!(notes.len(), 2);
    assert_eq!(answer.pairs[0].geometry_verdict, Change::Same);
}

/// Samples of other sizes hold other ids; below the smaller threshold both are complete.
#[test]
fn samples_of_other_sizes_match_below_the_smaller_threshold() {
    let run = Run::new(600, 3, 0.2, 1);
    let other = run.turned(0.0, 2);
    let small = other.profile_as(ProfileConfig::new(), SpaceConfig::new(5).sample_rows(150));
    let answer = stability(
        &[("a", &run.profile()), ("b", &small)],
        &StabilityOptions::default(),
    )
    .unwrap();
    assert_eq!(answer.ids, 150);
    assert!(
        answer
            .runs
            .iter()
            .all(|run| run.used == 1.0 && run.candidates == 150)
    );
    // Fewer ids where fewer are asked for, the share as it was.
    let options = StabilityOptions {
        max_ids: 60,
        ..Default::default()
    };
    let answer = stability(&[("a", &run.profile()), ("b", &small)], &options).unwrap();
    assert_eq!((answer.ids, answer.runs[0].used), (60, 1.0));
}

#[test]
fn an_id_with_several_rows_is_counted_and_left_out() {
    let run = Run::new(100, 3, 0.2, 1);
    let mut twice = run.clone();
    twice.ids[99] = twice.ids[0].clone();
    let answer = stability(
        &[("a", &run.profile()), ("b", &twice.profile())],
        &StabilityOptions::default(),
    )
    .unwrap();
    assert_eq!((answer.ids, answer.runs[1].ambiguous), (98, 1));
}

#[test]
fn a_run_with_dead_rows_is_not_called_the_same() {
    let dead = |count: usize| {
        let vectors = Array2::from_shape_fn((200, 8), |(row, at)| match row < 200 - count {
            true => ((row * 7 + at * 13) % 29) as f32 - 14.0 + at as f32 / 8.0,
            false => 0.0,
        });
        let ids: Vec<String> = (0..200).map(|row| format!("r{row}")).collect();
        let space = SpaceConfig::new(8);
        let mut builder = ProfileBuilder::new(ProfileConfig::new().space("e", space)).unwrap();
        let batch = Batch::new(200)
            .ids(Column::from(ids))
            .space("e", vectors.view());
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    };
    let whole = dead(0);
    for (count, verdict, noted) in [
        (0, Change::Same, 0),
        (1, Change::Same, 1),
        (60, Change::Unclear, 1),
    ] {
        let other = dead(count);
        let answer = stability(
            &[("a", &whole), ("b", &other)],
            &StabilityOptions::default(),
        )
        .unwrap();
        assert_eq!(answer.verdict, verdict, "{count}");
        assert_eq!(answer.runs[1].unusable, count as u64);
        assert!(answer.runs[1].used <= 1.0 - count as f64 / 200.0);
        let notes = answer.notes.iter().filter(|note| note.code == "unusable");
        assert_eq!(notes.count(), noted);
    }
}

#[test]
fn what_cannot_be_asked_is_said() {
    let run = Run::new(100, 3, 0.2, 1);
    let a = run.profile();
    let options = StabilityOptions::default();
    let kind = |runs: &[&Profile], options: &StabilityOptions| error(runs, options).kind();
    assert_eq!(kind(&[&a], &options), ErrorKind::Argument);
    let seeded = run.profile_as(ProfileConfig::new().seed(7), SpaceConfig::new(5));
    let found = error(&[&a, &seeded], &options);
    assert_eq!(found.kind(), ErrorKind::Incompatible);
    assert!(
        found.to_string().contains("seed 0 in a and 7 in b"),
        "{found}"
    );
    let sealed = a.seal().unwrap();
    assert!(
        error(&[&a, &sealed], &options)
            .to_string()
            .contains("sealed")
    );
    let few = Run::new(12, 3, 0.2, 1).profile();
    assert!(
        error(&[&few, &few], &options)
            .to_string()
            .contains("12 ids in common")
    );
    let bad = StabilityOptions {
        neighbours: 0,
        ..Default::default()
    };
    assert_eq!(kind(&[&a, &a], &bad), ErrorKind::Argument);
    let elsewhere = StabilityOptions {
        space: Some("clip".into()),
        ..Default::default()
    };
    assert!(
        error(&[&a, &a], &elsewhere)
            .to_string()
            .contains("there are: embedding")
    );
}

#[test]
fn dimensions_that_differ_are_compared_but_not_turned() {
    let run = Run::new(200, 3, 0.2, 1);
    let mut flat = run.clone();
    flat.rows = run
        .rows
        .select(driftsphere::ndarray::Axis(1), &[0, 1, 2, 3]);
    let (a, b) = (run.profile(), flat.profile());
    let answer = stability(&[("a", &a), ("b", &b)], &StabilityOptions::default()).unwrap();
    let of = |name| {
        answer.pairs[0]
            .geometry
            .iter()
            .find(|m| m.measure.name() == name)
            .unwrap()
    };
    assert_eq!(of("Procrustes residual").verdict, Change::NotTested);
    assert_eq!(
        of("Procrustes residual").reason.as_deref(),
        Some("the dimensions differ (5 and 4)")
    );
    assert!(of("debiased CKA").value.unwrap() > 0.8);
}
