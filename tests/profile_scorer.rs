//! Scores against loops over every row and every centre.

use driftsphere::ErrorKind;
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, Role, Scorer, SpaceConfig, fit,
    profile_reference,
};
use ndarray::Array2;

const DIM: usize = 5;

fn rows(n: usize, from: usize) -> Array2<f32> {
    Array2::from_shape_fn((n, DIM), |(i, j)| {
        let u = ((from + i) * (3 * j + 2)) as f32 * 0.618_034;
        u.fract() - 0.4 + if (from + i) % 3 == j { 0.35 } else { 0.0 }
    })
}

fn labels(n: usize, from: usize) -> Vec<String> {
    (from..from + n)
        .map(|i| format!("class {}", i % 3))
        .collect()
}

fn reference(rows: &Array2<f32>, role: Role) -> Profile {
    let n = rows.nrows();
    let batch = Batch::new(n)
        .labels(Column::from(labels(n, 0)))
        .space("e", rows.view());
    let config = ProfileConfig::new().space("e", SpaceConfig::new(DIM));
    let mut first = ProfileBuilder::new(config.clone()).unwrap();
    first.track_batch(&batch).unwrap();
    let options = FitOptions {
        clusters: 4,
        seed: 0,
        ..FitOptions::default()
    };
    let books = fit(&first.freeze(), options).unwrap();
    let config = config.with_codebooks(&books, role).unwrap();
    let mut second = ProfileBuilder::new(config).unwrap();
    second.track_batch(&batch).unwrap();
    second.freeze()
}

fn unit(row: impl Iterator<Item = f64>) -> Vec<f64> {
    let row: Vec<f64> = row.collect();
    let norm = row.iter().map(|x| x * x).sum::<f64>().sqrt();
    row.iter().map(|x| x / norm).collect()
}

fn half_chord(a: &[f64], b: &[f64]) -> f64 {
    let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b));
    squares.sum::<f64>().sqrt() / 2.0
}

fn nearest(row: &[f64], centres: &[Vec<f64>]) -> (usize, f64) {
    let distances = centres.iter().map(|centre| half_chord(row, centre));
    let by_distance = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1);
    distances.enumerate().min_by(by_distance).unwrap()
}

/// Class centres by adding up rows; clusters are those of the codebook.
#[test]
fn every_number_agrees_with_a_loop() {
    let known = rows(300, 0);
    let reference = reference(&known, Role::Plain);
    let scorer = Scorer::new(&reference, "e").unwrap();
    let clusters = scorer.codebook().clusters().iter();
    let clusters: Vec<Vec<f64>> = clusters.map(|c| unit(c.sum.sum().into_iter())).collect();
    let units = |rows: &Array2<f32>| -> Vec<Vec<f64>> {
        let rows = rows.rows().into_iter();
        rows.map(|row| unit(row.iter().map(|&x| f64::from(x))))
            .collect()
    };
    let known = units(&known);
    let classes: Vec<Vec<f64>> = (0..3)
        .map(|class| {
            let members = || known.iter().skip(class).step_by(3);
            unit((0..DIM).map(|j| members().map(|row| row[j]).sum()))
        })
        .collect();
    let distances: Vec<f64> = known.iter().map(|row| nearest(row, &clusters).1).collect();

    // More than a block, so that blocks are put together, and no class at the end.
    let fresh = rows(800, 1000);
    let mut names = labels(800, 1000);
    names[799] = "unheard of".into();
    let batch = Batch::new(800)
        .labels(Column::from(names))
        .space("e", fresh.view());
    let scores = scorer.score(&batch, 1).unwrap();
    assert_eq!(scorer.score(&batch, 3).unwrap(), scores);
    let mut outside = 0;
    for (i, (score, row)) in scores.iter().zip(units(&fresh)).enumerate() {
        let (cluster, distance) = score.cluster.unwrap();
        let (naive_cluster, naive) = nearest(&row, &clusters);
        assert_eq!(cluster, naive_cluster);
        // Sums are kept in units of 2^-40, so a centre is known to about 1e-12.
        assert!((distance - naive).abs() < 1e-10, "{distance} {naive}");

        let at_most = distances.iter().filter(|d| **d <= distance).count();
        let rank = at_most as f64 / distances.len() as f64;
        let novelty = score.novelty.unwrap();
        assert!(novelty.lower_bound <= rank && rank <= novelty.upper_bound);
        assert!(
            (novelty.estimate - rank).abs() < 1e-12,
            "300 values are kept exactly"
        );

        if i == 799 {
            assert_eq!((score.own_distance, score.boundary), (None, None));
            continue;
        }
        let own = (1000 + i) % 3;
        let (c, mut others) = (&classes[own], classes.clone());
        others.remove(own);
        let other = &others[nearest(&row, &others).0];
        assert!((score.own_distance.unwrap() - half_chord(&row, c)).abs() < 1e-10);
        let gap: Vec<f64> = c.iter().zip(other).map(|(a, b)| a - b).collect();
        let length = gap.iter().map(|x| x * x).sum::<f64>().sqrt();
        let boundary = row.iter().zip(&gap).map(|(x, g)| x * g).sum::<f64>() / length;
        assert!((score.boundary.unwrap() - boundary).abs() < 1e-10);
        outside += usize::from(boundary < 0.0);
        assert_eq!(
            score.class.as_deref(),
            Some(format!("class {own}").as_str())
        );
    }
    assert!(outside > 0, "rows on both sides of a boundary are tested");
}

/// A row of the reference is measured without leaving it out.
#[test]
fn a_reference_scores_as_a_plain_window_with_its_centres() {
    let known = rows(120, 0);
    let score = |reference: &Profile| {
        let scorer = Scorer::new(reference, "e").unwrap();
        let batch = Batch::new(120).space("e", known.view());
        scorer.score(&batch, 1).unwrap()
    };
    let plain = score(&reference(&known, Role::Plain));
    let left_out = score(&reference(&known, Role::Reference));
    for (a, b) in plain.iter().zip(&left_out) {
        assert_eq!(a.cluster, b.cluster);
    }
    // Left out, each reference row lies farther off: the same rows rank lower.
    let mean = |scores: &[driftsphere::profile::Score]| {
        let ranks = scores.iter().map(|s| s.novelty.unwrap().estimate);
        ranks.sum::<f64>() / scores.len() as f64
    };
    assert!(mean(&left_out) < mean(&plain));
}

#[test]
fn predictions_come_before_labels_and_faults_are_named() {
    let known = rows(60, 0);
    let reference = reference(&known, Role::Reference);
    let scorer = Scorer::new(&reference, "e").unwrap();
    let mut fresh = rows(3, 100);
    fresh.row_mut(1).fill(0.0);
    fresh[[2, 0]] = f32::NAN;
    let batch = Batch::new(3)
        .labels(Column::from(vec!["class 1", "class 1", "class 1"]))
        .predictions(Column::from(vec!["class 2", "", "class 0"]))
        .space("e", fresh.view());
    let scores = scorer.score(&batch, 1).unwrap();
    let classes: Vec<_> = scores.iter().map(|s| s.class.clone().unwrap()).collect();
    assert_eq!(classes, ["class 2", "class 1", "class 0"]);
    assert_eq!(scores[0].fault, None);
    for score in &scores[1..] {
        assert!(score.fault.is_some() && score.cluster.is_none() && score.novelty.is_none());
    }
    assert_eq!(scores[1].fault, Some("zero vector"));
}

#[test]
fn what_cannot_be_measured_is_said() {
    let known = rows(60, 0);
    let reference = reference(&known, Role::Reference);
    let error = Scorer::new(&reference, "f").unwrap_err().to_string();
    assert!(error.contains("there are: e"), "{error}");

    let config = ProfileConfig::new().space("e", SpaceConfig::new(DIM));
    let mut plain = ProfileBuilder::new(config.clone()).unwrap();
    plain
        .track_batch(&Batch::new(60).space("e", known.view()))
        .unwrap();
    let error = Scorer::new(&plain.freeze(), "e").unwrap_err().to_string();
    assert!(error.contains("--fit"), "{error}");

    let scorer = Scorer::new(&reference, "e").unwrap();
    let narrow = Array2::<f32>::ones((2, 3));
    let error = scorer
        .score(&Batch::new(2).space("e", narrow.view()), 1)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incompatible);
    assert!(scorer.score(&Batch::new(2), 1).is_err());
    let none = Array2::<f32>::ones((0, DIM));
    let empty = Batch::new(0).space("e", none.view());
    assert_eq!(scorer.score(&empty, 1).unwrap(), []);
    assert!(scorer.score(&empty, 0).is_err());

    // Two passes over one record: it has no cluster but itself.
    let options = FitOptions::default();
    let lone = profile_reference(config, options, |b| {
        b.track_batch(&Batch::new(1).space("e", rows(1, 0).view()))
    });
    let scorer = Scorer::new(&lone.unwrap(), "e").unwrap();
    let scores = scorer
        .score(&Batch::new(60).space("e", known.view()), 1)
        .unwrap();
    assert!(
        scores
            .iter()
            .all(|s| s.cluster.is_some() && s.novelty.is_none())
    );
}
