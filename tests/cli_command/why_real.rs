//! Why, on real numbers: photographs that a model saw blurred, joined by id with what is
//! known of each picture.

use crate::support::Bench;
use driftsphere::ingest::{ArrayFile, Column};
use driftsphere::sketch::hash_text;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// See `tests/data/README.md`.
fn numbers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/blurred_photographs.npz")
}

/// In [0, 1), by name: a number of a picture that nothing depends on.
fn noise(seed: u64, id: &str) -> f64 {
    (hash_text(seed, id) >> 11) as f64 / (1_u64 << 53) as f64
}

/// A table of what a camera could tell of each picture: the radius of its blur in pixels,
/// known to half a pixel, and its brightness, which did not change; beside it the score,
/// lowered by `penalty` for the records of the window `penalised`.
fn write_pictures(bench: &Bench, penalised: &str, penalty: f64) {
    let file = ArrayFile::open(numbers()).unwrap();
    let (Column::Text(ids), Column::Text(windows), Column::Float(scores)) = (
        file.column("id").unwrap(),
        file.column("window").unwrap(),
        file.column("score").unwrap(),
    ) else {
        panic!("the columns have other types");
    };
    let mut table = "id,blur,brightness,confidence\n".to_owned();
    // In another order than the embeddings: they are joined by id.
    for row in (0..ids.len()).rev() {
        let (id, window) = (&ids[row], &windows[row]);
        let radius = if window == "blurred" { 3.0 } else { 0.0 };
        let blur = radius + 0.5 * noise(1, id);
        let score = scores[row] - if window == penalised { penalty } else { 0.0 };
        let _ = writeln!(table, "{id},{blur},{},{score}", 80.0 + 100.0 * noise(2, id));
    }
    std::fs::write(bench.path("pictures.csv"), table).unwrap();
}

/// Profiles the reference and one other window, compares them, and gives the result.
fn compared(bench: &Bench, target: &str) -> Value {
    let profile = |window: &str, flags: &str| {
        bench.ok(&format!(
            "profile {} pictures.csv --ids id --where window={window} --embeddings features \
             --features blur --features brightness --features confidence {flags} -o {window}.dsp",
            numbers().display()
        ));
    };
    profile("reference", "--fit 8");
    profile(target, "--like reference.dsp");
    bench.run(&format!(
        "compare reference.dsp {target}.dsp --json result.json"
    ));
    serde_json::from_slice(&bench.read("result.json")).unwrap()
}

fn explained<'v>(result: &'v Value, outcome: &str) -> Option<&'v Value> {
    let mut why = result["why"].as_array().unwrap().iter();
    why.find(|why| why["outcome"] == outcome)
}

fn names(why: &Value) -> Vec<&str> {
    let features = why["features"].as_array().unwrap().iter();
    features.map(|f| f["feature"].as_str().unwrap()).collect()
}

#[test]
fn blurred_photographs_with_lower_scores_name_blur() {
    let bench = Bench::new();
    write_pictures(&bench, "", 0.0);
    let result = compared(&bench, "blurred");
    assert_eq!(result["verdict"], "drift");
    let score = explained(&result, "confidence").expect("the scores fell");
    assert_eq!(
        (&score["rose"], &score["inputs"]),
        (&false.into(), &2.into())
    );
    assert_eq!(names(score), ["blur"]);
    let blur = &score["features"][0];
    assert_eq!(blur["rose"], true);
    assert!(blur["correlation"].as_f64().unwrap() < -0.2, "{blur}");
    // Wherever anything is explained, brightness is not named.
    for why in result["why"].as_array().unwrap() {
        assert!(!names(why).contains(&"brightness"), "{why}");
    }
}

#[test]
fn scores_that_fall_by_themselves_name_nothing() {
    let bench = Bench::new();
    write_pictures(&bench, "clean", 0.15);
    let result = compared(&bench, "clean");
    assert_eq!(result["verdict"], "drift");
    let score = explained(&result, "confidence").expect("the scores fell");
    assert_eq!(
        (&score["rose"], &score["inputs"]),
        (&false.into(), &2.into())
    );
    assert!(names(score).is_empty(), "{score}");
}

#[test]
fn without_a_change_nothing_is_explained() {
    let bench = Bench::new();
    write_pictures(&bench, "", 0.0);
    let result = compared(&bench, "clean");
    assert_eq!(result["verdict"], "no-drift");
    assert_eq!(result["why"].as_array().unwrap().len(), 0);
}
