//! Why something changed: input features that go along with it are named, and no
//! others.

mod random;

use driftsphere::compare::stats::rank_correlation;
use driftsphere::compare::{CompareOptions, Comparison, Explanation, Verdict, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use driftsphere::report::{TerminalOptions, json, markdown, terminal};
use ndarray::Array2;
use random::{normal, uniform};
use serde_json::Value;

const DIM: usize = 24;
const CLASSES: usize = 4;

/// A window of pictures: blur moves the vector of a picture away from its class
/// and lowers its score.
#[derive(Clone, Copy)]
struct Camera {
    seed: u64,
    rows: usize,
    /// Mean blur.
    blur: f64,
    /// What every score is lowered by, whatever the picture.
    score: f64,
    /// Mean brightness, which nothing depends on.
    light: f64,
    /// One number in so many is missing; 0 for none.
    missing: usize,
    /// Pictures of one scene.
    scene: usize,
}

const CLEAR: Camera = Camera {
    seed: 1,
    rows: 600,
    blur: 0.0,
    score: 0.0,
    light: 0.0,
    missing: 0,
    scene: 1,
};

impl Camera {
    fn feed(self, builder: &mut ProfileBuilder) -> driftsphere::Result<()> {
        let noise = |stream: u64, i: usize| normal(self.seed * 100 + stream, i as u64);
        let rows = 0..self.rows;
        let blur: Vec<f64> = rows.clone().map(|i| self.blur + noise(1, i)).collect();
        let strength = |i: usize| 0.2 + 0.5 / (1.0 + (1.0 - blur[i]).exp());
        let vectors = Array2::from_shape_fn((self.rows, DIM), |(i, j)| {
            let centre = normal(7, ((i % CLASSES) * DIM + j) as u64);
            (centre + 2.0 * strength(i) * noise(2, i * DIM + j)) as f32
        });
        let column = |value: &dyn Fn(usize) -> f64| -> Column {
            let absent = |i: usize| self.missing > 0 && i.is_multiple_of(self.missing);
            let value = |i| if absent(i) { f64::NAN } else { value(i) };
            Column::from(rows.clone().map(value).collect::<Vec<f64>>())
        };
        let score = |i: usize| 0.9 - strength(i) - self.score + 0.05 * noise(3, i);
        let text = |name: &'static str, divisor: usize| -> Column {
            let name = |i| format!("{name} {} {}", self.seed, i / divisor);
            Column::from(rows.clone().map(name).collect::<Vec<String>>())
        };
        let class = |i| format!("class {}", i % CLASSES);
        builder.track_batch(
            &Batch::new(self.rows)
                .ids(text("picture", 1))
                .groups(text("scene", self.scene))
                .labels(Column::from(rows.clone().map(class).collect::<Vec<_>>()))
                .feature("score", column(&score))
                .feature("blur", column(&|i| blur[i]))
                .feature("sharpness", column(&|i| 5.0 - blur[i] + 0.3 * noise(4, i)))
                .feature("brightness", column(&|i| self.light + noise(5, i)))
                .feature(
                    "iso",
                    column(&|i| (uniform(self.seed, i as u64) * 4.0).floor()),
                )
                .feature("channels", column(&|_| 3.0))
                .space("embedding", vectors.view()),
        )
    }

    fn reference(self) -> Profile {
        let config = ProfileConfig::new().space("embedding", SpaceConfig::new(DIM));
        let options = FitOptions {
            clusters: CLASSES,
            ..FitOptions::default()
        };
        profile_reference(config, options, |builder| self.feed(builder)).unwrap()
    }

    fn like(self, reference: &Profile) -> Profile {
        let mut builder = ProfileBuilder::new(reference.config().clone().like()).unwrap();
        self.feed(&mut builder).unwrap();
        builder.freeze()
    }

    /// Compared with clear pictures.
    fn compared(self) -> Comparison {
        let reference = CLEAR.reference();
        let target = self.like(&reference);
        compare(&reference, &target, &CompareOptions::default()).unwrap()
    }
}

const BLURRED: Camera = Camera {
    seed: 2,
    blur: 1.5,
    ..CLEAR
};

#[track_caller]
fn of<'c>(comparison: &'c Comparison, outcome: &str) -> &'c Explanation {
    let mut why = comparison.why.iter();
    why.find(|e| e.outcome == outcome)
        .unwrap_or_else(|| panic!("nothing is said of {outcome}: {:#?}", comparison.why))
}

fn names(explanation: &Explanation) -> Vec<&str> {
    let features = explanation.features.iter();
    let mut names: Vec<&str> = features.map(|f| f.feature.as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn blur_that_moves_records_out_and_lowers_scores_is_named_with_its_sign() {
    let comparison = BLURRED.compared();
    assert_eq!(comparison.verdict, Verdict::Drift);
    for (outcome, rose) in [("own-centre distance", true), ("score", false)] {
        let why = of(&comparison, outcome);
        assert_eq!(why.rose, Some(rose), "{outcome}");
        // Brightness, sensitivity, channels did not change; nothing follows them.
        assert_eq!((why.inputs, why.changed, why.associated), (5, 2, 2));
        assert_eq!(names(why), ["blur", "sharpness"]);
        for feature in &why.features {
            let is_blur = feature.feature == "blur";
            assert_eq!(feature.rose, is_blur);
            assert_eq!(feature.correlation > 0.0, is_blur == rose);
            let (low, high) = feature.interval;
            assert!(low < feature.correlation && feature.correlation < high);
            assert!(low * high > 0.0 && feature.p_adjusted < 0.05 && feature.also_within);
        }
    }
}

#[test]
fn a_score_that_falls_by_itself_is_explained_by_nothing() {
    let world = Camera {
        seed: 3,
        score: 0.2,
        ..CLEAR
    };
    let comparison = world.compared();
    assert_eq!(comparison.verdict, Verdict::Drift);
    // Blur goes along with the score, but it has not changed.
    let [why] = &comparison.why[..] else {
        panic!("{:#?}", comparison.why);
    };
    assert_eq!((why.outcome.as_str(), why.rose), ("score", Some(false)));
    assert_eq!((why.inputs, why.changed, why.associated), (5, 0, 0));
    assert!(why.sentence.starts_with("none of the 5 input features"));
}

#[test]
fn what_changed_beside_is_not_said_to_hold_within_the_windows() {
    let world = Camera {
        seed: 4,
        score: 0.2,
        light: 3.0,
        ..CLEAR
    };
    let comparison = world.compared();
    let why = of(&comparison, "score");
    assert_eq!(names(why), ["brightness"]);
    assert!(!why.features[0].also_within);
    assert!(why.sentence.ends_with("between the windows only"));
}

#[test]
fn no_change_asks_for_no_explanation() {
    let comparison = Camera { seed: 5, ..CLEAR }.compared();
    assert_eq!(comparison.verdict, Verdict::NoDrift);
    assert!(comparison.why.is_empty());
}

#[test]
fn missing_values_and_too_few_records_are_left_out() {
    let holes = Camera {
        missing: 3,
        ..BLURRED
    };
    let comparison = holes.compared();
    let why = of(&comparison, "own-centre distance");
    assert_eq!(names(why), ["blur", "sharpness"]);
    assert_eq!((why.records, why.features[0].n), (1200, 1000));

    // All numbers of the target are missing: there is no input to look at.
    let none = Camera {
        missing: 1,
        ..BLURRED
    };
    assert!(none.compared().why.is_empty());
}

#[test]
fn pictures_of_one_scene_count_once() {
    let reference = CLEAR.reference();
    let scenes = Camera {
        scene: 10,
        ..BLURRED
    };
    let target = scenes.like(&reference);
    let comparison = compare(&reference, &target, &CompareOptions::default()).unwrap();
    let why = of(&comparison, "score");
    assert_eq!(why.features[0].n, 600 + 60);
    // Five scenes tell nothing, however many pictures they have.
    let few = Camera {
        scene: 120,
        ..BLURRED
    };
    let comparison = compare(
        &reference,
        &few.like(&reference),
        &CompareOptions::default(),
    );
    let why = comparison.unwrap().why;
    assert!(!why.is_empty());
    for why in why {
        assert_eq!((why.inputs, why.associated), (0, 0));
        assert!(why.sentence.starts_with("nothing can be said"));
    }
}

#[test]
fn an_output_can_be_named_and_is_then_no_input() {
    let reference = CLEAR.reference();
    let target = BLURRED.like(&reference);
    let options = CompareOptions {
        outputs: vec!["sharp*".into()],
        ..CompareOptions::default()
    };
    let comparison = compare(&reference, &target, &options).unwrap();
    assert_eq!(names(of(&comparison, "own-centre distance")), ["blur"]);
    assert_eq!(names(of(&comparison, "sharpness")), ["blur"]);
}

/// Windows without a codebook in common: distances rest on the samples.
#[test]
fn samples_alone_are_enough() {
    let profile = |world: Camera| {
        let config = ProfileConfig::new().space("embedding", SpaceConfig::new(DIM));
        let mut builder = ProfileBuilder::new(config).unwrap();
        world.feed(&mut builder).unwrap();
        builder.freeze()
    };
    let options = CompareOptions::default();
    let comparison = compare(&profile(CLEAR), &profile(BLURRED), &options).unwrap();
    let why = of(&comparison, "own-centre distance");
    assert_eq!(names(why), ["blur", "sharpness"]);
    assert!(why.features.iter().all(|feature| feature.also_within));
}

/// Numbers that come from another file, joined by id, reach the sample too: what is
/// joined is a batch like any other, and a profile written and read keeps it.
#[test]
fn a_stored_profile_explains_alike() {
    let reference = CLEAR.reference();
    let target = BLURRED.like(&reference);
    let folder = tempfile::tempdir().unwrap();
    let stored = |profile: &Profile, name: &str| {
        let path = folder.path().join(name);
        profile.write(&path).unwrap();
        Profile::read(&path).unwrap()
    };
    let options = CompareOptions::default();
    let fresh = compare(&reference, &target, &options).unwrap();
    let (reference, target) = (stored(&reference, "a.dsp"), stored(&target, "b.dsp"));
    assert_eq!(compare(&reference, &target, &options).unwrap(), fresh);
}

#[test]
fn every_report_says_it() {
    let comparison = BLURRED.compared();
    let text = terminal(&comparison, &TerminalOptions::default());
    assert!(text.contains("What goes along with it"));
    assert!(text.contains("lower score goes with"));
    assert!(markdown(&comparison, false).contains("### What goes along with it"));
    let document: Value = serde_json::from_str(&json::to_text(&comparison, 1)).unwrap();
    let why = document["why"].as_array().unwrap();
    let score = why.iter().find(|w| w["outcome"] == "score").unwrap();
    assert_eq!(
        (&score["rose"], &score["inputs"]),
        (&false.into(), &5.into())
    );
    assert!(score["features"][0]["lower"].is_number());
}

/// `scripts/oracles/ranks.py` made the vectors.
#[test]
fn rank_correlations_are_those_of_scipy() {
    let text = include_str!("vectors/ranks.json");
    let vectors: Value = serde_json::from_str(text).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let numbers = |key: &str| -> Vec<f64> {
            let values = case[key].as_array().unwrap().iter();
            values.map(|v| v.as_f64().unwrap()).collect()
        };
        let (x, y) = (numbers("x"), numbers("y"));
        let found = rank_correlation(&x, &y, x.len()).unwrap();
        let pairs = [
            (found.value, "rho"),
            (found.interval.0, "low"),
            (found.interval.1, "high"),
            (found.p_value, "p_value"),
        ];
        for (got, key) in pairs {
            let want = case[key].as_f64().unwrap();
            assert!(
                (got - want).abs() <= 1e-9 * want.abs(),
                "{key}: {got}, {want}"
            );
        }
    }
}
