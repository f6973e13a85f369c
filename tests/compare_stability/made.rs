//! Made-up runs of which the answer is known.

use crate::support::{Random, Run, measure, unstable};
use driftsphere::compare::stability::{
    Change, Measure, Question, Stability, StabilityOptions, stability,
};

fn answer(runs: &[&Run], options: &StabilityOptions) -> Stability {
    let profiles: Vec<_> = runs.iter().map(|run| run.profile()).collect();
    let names = ["a", "b", "c", "d"];
    let named: Vec<_> = names.into_iter().zip(&profiles).collect();
    stability(&named, options).unwrap()
}

#[test]
fn rotation_reflection_scale_and_little_noise_are_no_change() {
    let run = Run::new(400, 5, 0.15, 1);
    for noise in [0.0, 0.02] {
        let answer = answer(&[&run, &run.turned(noise, 2)], &StabilityOptions::default());
        let pair = &answer.pairs[0];
        assert_eq!(answer.verdict, Change::Same, "{pair:#?}");
        assert_eq!(pair.geometry_verdict, Change::Same);
        assert_eq!(pair.cloud_verdict, Change::Same);
        assert!(unstable(pair).is_empty());
        let value = |of| measure(&pair.geometry, of).value.unwrap();
        assert!(value(Measure::Cka) > 0.99);
        assert!(value(Measure::ProcrustesResidual) < 0.01);
        assert!(
            pair.classes
                .iter()
                .all(|class| class.jaccard.unwrap() > 0.97)
        );
        assert!(pair.anchors.len() == 5 && pair.anchors[0].correlation.unwrap() > 0.99);
    }
}

#[test]
fn shuffled_ids_leave_the_cloud_and_nothing_else() {
    let run = Run::new(400, 5, 0.15, 1);
    let shuffled = run.shuffled(3);
    let answer = answer(&[&run, &shuffled], &StabilityOptions::default());
    let pair = &answer.pairs[0];
    assert_eq!(answer.verdict, Change::Changed);
    assert_eq!(pair.cloud_verdict, Change::Same);
    let value = |of| measure(&pair.geometry, of).value.unwrap();
    // Chance: 0, 10 / 399, 0, 1; deviations of about 1 / sqrt(400).
    assert!(value(Measure::Cka).abs() < 0.1);
    assert!(value(Measure::NeighbourOverlap) < 0.06);
    assert!(value(Measure::DistanceCorrelation).abs() < 0.1);
    assert!(value(Measure::ProcrustesResidual) > 0.9);
    for of in [Measure::AdjustedRand, Measure::AdjustedMutualInformation] {
        assert!(measure(&pair.partitions, of).value.unwrap().abs() < 0.1);
    }
    assert!(
        measure(&pair.geometry, Measure::Cka)
            .sentence
            .contains("not as in the first run")
    );

    // Asked about the cloud, the answer is of the cloud, and says so.
    let options = StabilityOptions {
        question: Question::SetOnly,
        ..Default::default()
    };
    let answer = self::answer(&[&run, &shuffled], &options);
    assert_eq!(
        (answer.question, answer.verdict),
        (Question::SetOnly, Change::Same)
    );
    assert!(answer.pairs[0].geometry.is_empty() && answer.pairs[0].classes.is_empty());
}

#[test]
fn another_cloud_is_another_cloud() {
    let options = StabilityOptions {
        question: Question::SetOnly,
        ..Default::default()
    };
    let run = Run::new(400, 5, 0.15, 1);
    // Other records of the same kind: alike. Wider classes: not.
    let alike = answer(&[&run, &Run::new(300, 5, 0.15, 7)], &options);
    assert_eq!(
        alike.pairs[0].cloud_verdict,
        Change::Same,
        "{:#?}",
        alike.pairs[0].cloud
    );
    let wider = answer(&[&run, &Run::new(400, 5, 0.6, 7)], &options);
    assert_eq!(
        wider.verdict,
        Change::Changed,
        "{:#?}",
        wider.pairs[0].cloud
    );
}

/// Whatever two classes become one, these two are named, and no other.
#[test]
fn two_classes_trained_as_one_are_the_two_unstable_ones() {
    for (seed, (one, other)) in [(11, (0, 3)), (12, (2, 4)), (13, (1, 5))] {
        let run = Run::new(480, 6, 0.15, seed);
        let mut merged = run.turned(0.0, 1);
        let mut random = Random(seed);
        let drawn = Run::new(480, 6, 0.15, seed + 100);
        let mut plain = drawn.rows.clone();
        for (i, mut row) in plain.rows_mut().into_iter().enumerate() {
            // Both around one axis, wherever they were before.
            if i % 6 == other {
                row.swap(one, other);
            }
            row[6] += 0.01 * random.normal() as f32;
        }
        merged.rows = plain;
        let merged = merged.turned(0.0, 2);
        let answer = answer(&[&run, &merged], &StabilityOptions::default());
        let pair = &answer.pairs[0];
        let expected = [format!("class {one}"), format!("class {other}")];
        assert_eq!(unstable(pair), expected, "{:#?}", pair.classes);
        assert_eq!(pair.classes_verdict, Change::Changed);
        let closest = &pair.class_pairs[0];
        assert_eq!(
            [&closest.classes.0, &closest.classes.1],
            [&expected[0], &expected[1]]
        );
        assert!(closest.factor < 0.2 && closest.separations.1 < closest.separations.0 / 5.0);
        // Least stable first.
        let named: Vec<_> = pair.classes[..2].iter().map(|class| &class.class).collect();
        assert!(named.contains(&&expected[0]) && named.contains(&&expected[1]));
    }
}

/// A label that is gone is a class that changed, not one too small to tell.
#[test]
fn a_class_under_another_name_is_named() {
    let run = Run::new(400, 5, 0.15, 1);
    let mut renamed = run.clone();
    for class in &mut renamed.classes {
        if class == "class 4" {
            *class = "class 1".into();
        }
    }
    let answer = answer(&[&run, &renamed], &StabilityOptions::default());
    let pair = &answer.pairs[0];
    assert_eq!(pair.geometry_verdict, Change::Same);
    let gone = pair
        .classes
        .iter()
        .find(|class| class.class == "class 4")
        .unwrap();
    assert_eq!((gone.verdict, gone.jaccard), (Change::Changed, Some(0.0)));
    let taken = pair
        .classes
        .iter()
        .find(|class| class.class == "class 1")
        .unwrap();
    assert_eq!(taken.verdict, Change::Changed);
}

#[test]
fn records_that_moved_are_named_first() {
    let run = Run::new(300, 3, 0.1, 5);
    let mut moved = run.turned(0.0, 1);
    // Records 0, 7 and 50 go where another class is.
    for (at, to) in [(0, 1), (7, 9), (50, 100)] {
        let row = moved.rows.row(to).to_owned();
        moved.rows.row_mut(at).assign(&row);
    }
    let answer = answer(&[&run, &moved], &StabilityOptions::default());
    let mut named: Vec<&str> = answer.pairs[0].moved[..3]
        .iter()
        .map(|record| record.id.as_str())
        .collect();
    named.sort_unstable();
    assert_eq!(named, ["0000.jpg", "0007.jpg", "0050.jpg"]);
    let first = &answer.pairs[0].moved[0];
    assert!(first.kept < 0.1 && first.rank > 50.0, "{first:?}");
}

/// Epochs: nearer and nearer to the last one.
#[test]
fn runs_in_their_order_give_a_curve() {
    let last = Run::new(300, 4, 0.1, 5);
    let (far, near) = (last.turned(1.0, 8), last.turned(0.2, 9));
    let answer = answer(&[&far, &near, &last], &StabilityOptions::default());
    assert_eq!((answer.pairs.len(), answer.curve.len()), (2, 3));
    let cka =
        |step: &Option<driftsphere::compare::stability::Step>| step.as_ref().unwrap().cka.unwrap();
    let (first, second) = (cka(&answer.curve[0].to_last), cka(&answer.curve[1].to_last));
    assert!(first.upper < second.lower, "{first:?} {second:?}");
    assert!(answer.curve[0].to_previous.is_none() && answer.curve[2].to_last.is_none());
    assert_eq!(answer.curve[2].to_previous, answer.curve[1].to_last);
}

/// The order of records, and which run comes first, do not matter to what is symmetric.
#[test]
fn the_answer_is_a_function_of_the_records() {
    let run = Run::new(200, 3, 0.2, 5);
    let other = run.turned(0.3, 6);
    let options = StabilityOptions::default();
    let forward = answer(&[&run, &other], &options);
    let mut reversed = other.clone();
    reversed.ids.reverse();
    reversed.classes.reverse();
    reversed.rows.invert_axis(driftsphere::ndarray::Axis(0));
    assert_eq!(forward, answer(&[&run, &reversed], &options));
    let backward = answer(&[&other, &run], &options);
    for of in [
        Measure::Cka,
        Measure::NeighbourOverlap,
        Measure::DistanceCorrelation,
    ] {
        let value = |answer: &Stability| measure(&answer.pairs[0].geometry, of).value.unwrap();
        assert!((value(&forward) - value(&backward)).abs() < 1e-12);
    }
}
