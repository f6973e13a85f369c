//! Changes made on purpose: the comparison must name what was changed.

mod random;

use driftsphere::compare::{CompareOptions, Comparison, Scope, Verdict, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use ndarray::Array2;
use random::{normal, uniform};

const DIM: usize = 16;
const CLASSES: usize = 5;

/// How a window is made.
#[derive(Clone, Copy)]
struct World {
    seed: u64,
    rows: usize,
    /// Weight of class 0; the others have 1.
    weight: f64,
    /// Spread of class 1; that of the others is 0.35.
    spread: f64,
    /// Shift of class 2 along the first axis.
    shift: f64,
    /// Whether rows have classes.
    classed: bool,
    /// What the names of the classes begin with.
    prefix: &'static str,
}

const CALM: World = World {
    seed: 1,
    rows: 800,
    weight: 1.0,
    spread: 0.35,
    shift: 0.0,
    classed: true,
    prefix: "c",
};

fn track(builder: &mut ProfileBuilder, world: World) -> driftsphere::Result<()> {
    let total = world.weight + (CLASSES - 1) as f64;
    let class_of = |i: usize| {
        let u = uniform(world.seed ^ 0xC1A5, i as u64) * total;
        if u < world.weight {
            0
        } else {
            1 + ((u - world.weight) as usize).min(CLASSES - 2)
        }
    };
    let classes: Vec<usize> = (0..world.rows).map(class_of).collect();
    let rows = Array2::from_shape_fn((world.rows, DIM), |(i, j)| {
        let class = classes[i];
        let centre = normal(77, (class * DIM + j) as u64);
        let spread = if class == 1 { world.spread } else { 0.35 };
        let shift = if class == 2 && j == 0 {
            world.shift
        } else {
            0.0
        };
        let noise = normal(world.seed, (i * DIM + j) as u64);
        (centre + spread * noise + shift) as f32
    });
    let ids: Vec<String> = (0..world.rows)
        .map(|i| format!("{}/{i}", world.seed))
        .collect();
    let mut batch = Batch::new(world.rows)
        .ids(Column::from(ids))
        .space("embedding", rows.view());
    if world.classed {
        let names: Vec<String> = classes
            .iter()
            .map(|c| format!("{}{c}", world.prefix))
            .collect();
        batch = batch.predictions(Column::from(names));
    }
    builder.track_batch(&batch)
}

fn reference(world: World) -> Profile {
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(DIM));
    let options = FitOptions {
        clusters: 5,
        seed: 0,
        ..FitOptions::default()
    };
    profile_reference(config, options, |builder| track(builder, world)).unwrap()
}

fn target(reference: &Profile, world: World) -> Profile {
    let mut builder = ProfileBuilder::new(reference.config().clone().like()).unwrap();
    track(&mut builder, world).unwrap();
    builder.freeze()
}

fn compared(change: impl Fn(World) -> World) -> Comparison {
    let reference = reference(CALM);
    let target = target(&reference, change(World { seed: 2, ..CALM }));
    compare(&reference, &target, &CompareOptions::default()).unwrap()
}

#[test]
fn nothing_changed() {
    let comparison = compared(|world| world);
    assert!(
        comparison.verdict < Verdict::PossibleDrift,
        "{}",
        comparison.verdict
    );
}

#[test]
fn a_class_that_spread_out_around_its_mean_leads_with_its_pairs() {
    let comparison = compared(|world| World {
        spread: 0.6,
        ..world
    });
    assert_eq!(comparison.verdict, Verdict::Drift);
    let first = &comparison.findings[0];
    assert_eq!(first.scope, Scope::Class("c1".into()), "{}", first.sentence);
    assert_eq!(first.feature, "pairwise distance", "{}", first.sentence);
    // The other classes are left alone.
    let others = comparison.findings.iter().filter(|f| {
        matches!(&f.scope, Scope::Class(name) if name != "c1") && f.verdict == Verdict::Drift
    });
    assert_eq!(others.count(), 0);
}

#[test]
fn a_class_that_doubled_its_share_is_mix_not_meaning() {
    let comparison = compared(|world| World {
        weight: 8.0 / 3.0, // 20 % -> 40 % of the records
        ..world
    });
    let split = comparison.spaces[0].mix_or_meaning.unwrap();
    assert!(split.mix > 10.0 * split.meaning, "{split:?}");
    let finding = |feature: &str| {
        comparison
            .findings
            .iter()
            .find(|f| f.feature == feature && f.scope == Scope::All)
            .unwrap()
    };
    assert_eq!(finding("class shares").verdict, Verdict::Drift);
    assert_eq!(finding("class shares").shares[0].value, "c0");
    // Inside the classes nothing moved.
    for f in &comparison.findings {
        if matches!(f.scope, Scope::Class(_)) {
            assert!(
                f.verdict < Verdict::PossibleDrift,
                "{} {}",
                f.scope,
                f.feature
            );
        }
    }
}

#[test]
fn a_class_that_moved_is_meaning_not_mix() {
    let comparison = compared(|world| World {
        shift: 1.5,
        ..world
    });
    assert_eq!(comparison.verdict, Verdict::Drift);
    let split = comparison.spaces[0].mix_or_meaning.unwrap();
    assert!(split.meaning > 10.0 * split.mix, "{split:?}");
    let moved = comparison
        .findings
        .iter()
        .find(|f| f.scope == Scope::Class("c2".into()) && f.feature == "own-centre distance");
    assert_eq!(moved.unwrap().verdict, Verdict::Drift);
}

#[test]
fn nothing_is_said_of_mix_and_meaning_without_a_class_in_common() {
    let comparison = compared(|world| World {
        prefix: "other ",
        ..world
    });
    assert_eq!(comparison.verdict, Verdict::Drift);
    assert_eq!(comparison.spaces[0].mix_or_meaning, None);
}

#[test]
fn a_new_class_is_named_with_records_of_it() {
    let reference = reference(World {
        weight: 0.0,
        ..CALM
    });
    let target = target(
        &reference,
        World {
            seed: 2,
            weight: 0.2,
            ..CALM
        },
    );
    let comparison = compare(&reference, &target, &CompareOptions::default()).unwrap();
    assert_eq!(comparison.verdict, Verdict::Drift);
    let shares = comparison
        .findings
        .iter()
        .find(|f| f.feature == "class shares")
        .unwrap();
    assert_eq!(shares.new_values, ["c0"]);
    assert_eq!(shares.verdict, Verdict::Drift);
    assert!(shares.records.iter().all(|r| r.id.starts_with("2/")));
    assert!(!shares.records.is_empty());
    let novel = comparison
        .findings
        .iter()
        .find(|f| f.feature == "novel share")
        .unwrap();
    assert!(novel.records.iter().any(|r| r.role == "most novel"));
}

#[test]
fn without_a_common_codebook_the_samples_are_measured() {
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(DIM));
    let plain = |world| {
        let mut builder = ProfileBuilder::new(config.clone()).unwrap();
        track(&mut builder, world).unwrap();
        builder.freeze()
    };
    let calm = plain(CALM);
    let same = compare(
        &calm,
        &plain(World { seed: 2, ..CALM }),
        &CompareOptions::default(),
    )
    .unwrap();
    assert!(same.verdict < Verdict::PossibleDrift);
    assert_eq!(same.spaces[0].centres, "sampled");
    assert!(
        same.notes
            .iter()
            .any(|n| n.code == "sampled-centres" && n.text.contains("--fit"))
    );

    let moved = World {
        seed: 2,
        shift: 1.5,
        ..CALM
    };
    let moved = compare(&calm, &plain(moved), &CompareOptions::default()).unwrap();
    assert_eq!(moved.verdict, Verdict::Drift);
    assert!(
        moved
            .findings
            .iter()
            .any(|f| f.sampled && f.feature == "own-centre distance")
    );
}

#[test]
fn one_window_as_both_sides_is_never_drift() {
    for rows in [20, 100, 400] {
        for classed in [false, true] {
            let world = World {
                rows,
                classed,
                ..CALM
            };
            let reference = reference(world);
            let again = target(&reference, world);
            let comparison = compare(&reference, &again, &CompareOptions::default()).unwrap();
            assert!(
                comparison.verdict < Verdict::PossibleDrift,
                "{rows} {classed}"
            );
            // The very same vectors are no second measurement: they are tested.
            assert!(!comparison.spaces[0].paired);
            assert_ne!(comparison.verdict, Verdict::NotTested);
            let itself = compare(&reference, &reference, &CompareOptions::default()).unwrap();
            assert!(itself.verdict < Verdict::PossibleDrift);
            // Told that they are different windows, identical ones are calm, too.
            let options = CompareOptions {
                paired: Some(false),
                ..CompareOptions::default()
            };
            let forced = compare(&reference, &reference, &options).unwrap();
            assert!(forced.verdict < Verdict::PossibleDrift);
            let d = forced
                .findings
                .iter()
                .find(|f| f.feature == "directions")
                .unwrap();
            assert_eq!((d.value, d.p_value), (Some(0.0), Some(1.0)));
        }
    }
}

#[test]
fn a_target_that_contains_the_reference_is_no_second_measurement_of_it() {
    let world = World { rows: 400, ..CALM };
    let reference = reference(world);
    let mut builder = ProfileBuilder::new(reference.config().clone().like()).unwrap();
    track(&mut builder, world).unwrap();
    let moved = World {
        seed: 2,
        rows: 600,
        shift: 6.0,
        ..CALM
    };
    track(&mut builder, moved).unwrap();
    let comparison = compare(&reference, &builder.freeze(), &CompareOptions::default()).unwrap();
    assert!(!comparison.spaces[0].paired);
    assert_eq!(comparison.verdict, Verdict::Drift);
}

/// The rows of `world` with ids and times, all vectors turned to the other side.
#[test]
fn the_same_records_measured_twice_are_not_called_unchanged() {
    let measured = |sign: f32| {
        let rows = Array2::from_shape_fn((300, DIM), |(i, j)| {
            sign * normal(5, (i * DIM + j) as u64) as f32
        });
        let ids: Vec<String> = (0..300).map(|i| format!("image-{i}")).collect();
        let config = ProfileConfig::new().space("embedding", SpaceConfig::new(DIM));
        let mut builder = ProfileBuilder::new(config).unwrap();
        builder
            .track_batch(
                &Batch::new(300)
                    .ids(Column::from(ids))
                    .times((0..300).collect::<Vec<i64>>())
                    .space("embedding", rows.view()),
            )
            .unwrap();
        builder.freeze()
    };
    let options = CompareOptions::default();
    let comparison = compare(&measured(1.0), &measured(-1.0), &options).unwrap();
    assert!(comparison.spaces[0].paired);
    assert_eq!(comparison.verdict, Verdict::NotTested);
}

#[test]
fn a_stuck_camera_is_drift() {
    let reference = reference(World { rows: 300, ..CALM });
    for pictures in [1, 5] {
        let rows = Array2::from_shape_fn((300, DIM), |(i, j)| {
            normal(77, ((i % pictures) * DIM + j) as u64) as f32
        });
        let ids: Vec<String> = (0..300).map(|i| format!("stuck-{i}")).collect();
        let mut builder = ProfileBuilder::new(reference.config().clone().like()).unwrap();
        let batch = Batch::new(300)
            .ids(Column::from(ids))
            .predictions(Column::from(vec!["c1"; 300]))
            .space("embedding", rows.view());
        builder.track_batch(&batch).unwrap();
        let comparison =
            compare(&reference, &builder.freeze(), &CompareOptions::default()).unwrap();
        assert_eq!(comparison.verdict, Verdict::Drift, "{pictures}");
        let found = comparison
            .findings
            .iter()
            .find(|f| f.feature == "repeated records")
            .unwrap();
        assert_eq!(found.verdict, Verdict::Drift);
        assert!((found.effect.as_ref().unwrap().value - 1.0 / pictures as f64).abs() < 0.02);
    }
}

#[test]
fn some_shared_records_leave_centres_untested() {
    let reference = reference(CALM);
    let mut builder = ProfileBuilder::new(reference.config().clone().like()).unwrap();
    track(&mut builder, World { seed: 2, ..CALM }).unwrap();
    track(&mut builder, World { rows: 80, ..CALM }).unwrap(); // of the reference
    let comparison = compare(&reference, &builder.freeze(), &CompareOptions::default()).unwrap();
    let space = &comparison.spaces[0];
    assert!(
        !space.paired && space.shared > 0.05 && space.shared < 0.2,
        "{}",
        space.shared
    );
    let own = comparison
        .findings
        .iter()
        .find(|f| f.feature == "own-centre distance")
        .unwrap();
    assert_eq!(own.verdict, Verdict::NotTested);
    assert_eq!(own.reason.as_deref(), Some("shared records"));
    assert!(comparison.notes.iter().any(|n| n.code == "shared-records"));
}

/// The same records with the same vectors and other classes: no distance may be tested, the classes
/// themselves can be.
#[test]
fn shared_records_of_another_class_are_drift() {
    let window = |class: &dyn Fn(usize) -> usize| {
        let space = SpaceConfig::new(DIM);
        let mut builder =
            ProfileBuilder::new(ProfileConfig::new().space("embedding", space)).unwrap();
        let rows = Array2::from_shape_fn((600, DIM), |(i, j)| {
            let centre = normal(77, ((i % CLASSES) * DIM + j) as u64);
            (centre + 0.35 * normal(5, (i * DIM + j) as u64)) as f32
        });
        let ids: Vec<String> = (0..600).map(|i| format!("record {i}")).collect();
        let classes: Vec<String> = (0..600).map(|i| format!("c{}", class(i))).collect();
        let batch = Batch::new(600)
            .ids(Column::from(ids))
            .predictions(Column::from(classes))
            .space("embedding", rows.view());
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    };
    let own = |i: usize| i % CLASSES;
    let reference = window(&own);
    let found = |target: &Profile| {
        let answer = compare(&reference, target, &CompareOptions::default()).unwrap();
        let finding = answer.findings.iter();
        let finding = finding.filter(|f| f.feature == "class of shared records");
        let finding: Vec<_> = finding.cloned().collect();
        (answer.verdict, finding[0].clone())
    };
    let (verdict, calm) = found(&window(&own));
    assert_eq!((verdict, calm.p_value), (Verdict::NoDrift, Some(1.0)));
    // Two classes trade their names: shares and pairs stay as they were.
    let swapped = window(&|i| match i % CLASSES {
        0 => 1,
        1 => 0,
        other => other,
    });
    let (verdict, finding) = found(&swapped);
    assert_eq!((verdict, finding.verdict), (Verdict::Drift, Verdict::Drift));
    let share = finding.effect.unwrap().value;
    assert!((share - 2.0 / CLASSES as f64).abs() < 0.01, "{share}");
    assert!(finding.sentence.contains("have another class"));
    // One of six hundred is no news.
    let (verdict, finding) = found(&window(&|i| if i == 3 { 0 } else { own(i) }));
    assert_eq!(verdict, Verdict::NoDrift);
    assert!(finding.verdict < Verdict::PossibleDrift);
}

/// Of ids that name many records a sample keeps few: it is not tested, and nothing false is found.
#[test]
fn samples_of_repeated_ids_are_not_tested() {
    let window = |seed: u64, shift: f64| {
        let space = SpaceConfig::new(DIM);
        let mut builder =
            ProfileBuilder::new(ProfileConfig::new().space("embedding", space)).unwrap();
        let rows = Array2::from_shape_fn((1000, DIM), |(i, j)| {
            let shift = if j == 0 { shift } else { 0.0 };
            (normal(seed, (i * DIM + j) as u64) + shift) as f32
        });
        let ids: Vec<String> = (0..1000).map(|i| format!("video {}", i % 20)).collect();
        let batch = Batch::new(1000)
            .ids(Column::from(ids))
            .space("embedding", rows.view());
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    };
    for seed in 0..8 {
        let (a, b) = (window(2 * seed, 0.0), window(2 * seed + 1, 0.0));
        let answer = compare(&a, &b, &CompareOptions::default()).unwrap();
        assert!(
            answer.verdict < Verdict::PossibleDrift,
            "{seed}: {:?}",
            answer.verdict
        );
        let directions = answer.findings.iter().find(|f| f.feature == "directions");
        let reason = directions.unwrap().reason.as_deref().unwrap();
        assert!(reason.starts_with("one id names several"), "{reason}");
        assert_eq!(answer.verdict, Verdict::NotTested);
    }
    // Nor is a change denied that only they could show.
    let answer = compare(&window(1, 0.0), &window(2, 3.0), &CompareOptions::default()).unwrap();
    assert_ne!(answer.verdict, Verdict::NoDrift);
}

#[test]
fn profiles_of_different_models_are_not_compared_row_against_row() {
    let profile = |model: &str, seed| {
        let space = SpaceConfig::new(DIM).model(model);
        let config = ProfileConfig::new().space("embedding", space);
        let mut builder = ProfileBuilder::new(config).unwrap();
        track(&mut builder, World { seed, ..CALM }).unwrap();
        builder.freeze()
    };
    let comparison = compare(
        &profile("a", 1),
        &profile("b", 2),
        &CompareOptions::default(),
    )
    .unwrap();
    let finding = comparison
        .findings
        .iter()
        .find(|f| f.feature == "directions")
        .unwrap();
    assert_eq!(finding.verdict, Verdict::NotTested);
    assert!(
        finding
            .reason
            .as_ref()
            .unwrap()
            .contains("different models")
    );
}
