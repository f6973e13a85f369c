//! Vectors of scores: confidence, accuracy, calibration.

use driftsphere::compare::{CompareOptions, Comparison, Scope, Verdict, compare};
use driftsphere::ingest::{InputFile, Roles, Selection};
use driftsphere::measure::outputs::{ScoreOptions, score_block};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};
use ndarray::Array2;

use super::support::{Random, data};

/// Scores and labels of some rows of the real file, `sharper` being the power that probabilities are
/// raised to.
fn profile(rows: impl Fn(usize) -> bool, sharper: f32, labels: bool) -> Profile {
    let (scores, truth) = read();
    let chosen: Vec<usize> = (0..truth.len()).filter(|&row| rows(row)).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scores.jsonl");
    let lines = chosen.iter().map(|&row| {
        let raised: Vec<f32> = scores.row(row).iter().map(|p| p.powf(sharper)).collect();
        let sum: f32 = raised.iter().sum();
        let values: Vec<f32> = raised.iter().map(|p| p / sum).collect();
        serde_json::json!({"scores": values, "label": truth[row]}).to_string() + "\n"
    });
    std::fs::write(&path, lines.collect::<String>()).unwrap();
    let roles = Roles {
        embeddings: Some("scores".into()),
        labels: labels.then(|| "label".into()),
        ..Roles::default()
    };
    let mut scan = InputFile::open(&path)
        .unwrap()
        .scan(&roles, &Selection::all())
        .unwrap();
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    while let Some(block) = scan.next_block(100).unwrap() {
        let block = score_block(block, &ScoreOptions::default()).unwrap();
        builder.track_batch(&block.batch("")).unwrap();
    }
    builder.freeze()
}

fn read() -> (Array2<f32>, Vec<i64>) {
    let file = driftsphere::ingest::ArrayFile::open(data("scores.npz")).unwrap();
    let mut matrix = file.matrix("proba").unwrap();
    let rows = matrix.rows();
    let scores = matrix.next_block(rows).unwrap().unwrap();
    let labels = file.column("label").unwrap();
    let labels = (0..rows)
        .map(|row| labels.text(row).parse().unwrap())
        .collect();
    (scores, labels)
}

fn compared(a: &Profile, b: &Profile) -> Comparison {
    let answer = compare(a, b, &CompareOptions::default()).unwrap();
    for finding in answer.findings.iter().take(4) {
        println!("{:?} {}", finding.verdict, finding.sentence);
    }
    answer
        .notes
        .iter()
        .for_each(|note| println!("{}", note.text));
    answer
}

#[test]
fn accuracy_and_calibration_are_those_of_a_naive_loop() {
    let (scores, labels) = read();
    let profile = profile(|_| true, 1.0, true);
    let known = profile.objects()["prediction"].all().calibration().unwrap();
    let (mut right, mut bins) = (0, [(0_u32, 0_u32, 0.0_f64); 16]);
    for (row, label) in scores.rows().into_iter().zip(&labels) {
        let sum: f32 = row.iter().sum();
        let top = row.iter().copied().fold(0.0, f32::max) / sum;
        let class = row
            .iter()
            .position(|p| *p == row.iter().copied().fold(0.0, f32::max))
            .unwrap();
        let is_right = class as i64 == *label;
        right += u32::from(is_right);
        let bin = &mut bins[((f64::from(top) * 16.0) as usize).min(15)];
        *bin = (
            bin.0 + 1,
            bin.1 + u32::from(is_right),
            bin.2 + f64::from(top),
        );
    }
    assert_eq!(known.count(), 1500);
    assert!((known.accuracy() - f64::from(right) / 1500.0).abs() < 1e-12);
    let gap: f64 = bins
        .iter()
        .map(|(_, right, sum)| (f64::from(*right) - sum).abs())
        .sum();
    // Mean confidences are known to a bucket's width: 1 of 512 (cap 4096).
    assert!(
        (known.error() - gap / 1500.0).abs() < 2e-3,
        "{} {}",
        known.error(),
        gap / 1500.0
    );
    for (class, group) in profile.objects()["prediction"].classes() {
        assert!(group.calibration().unwrap().accuracy() > 0.8, "{class}");
    }
    // right: truth values; pairs of label and prediction: a confusion matrix.
    assert_eq!(profile.features()["right"].truths(), 1500);
    let pairs = profile.features()["label > prediction"].categories();
    assert_eq!(pairs.total(), 1500);
    assert!(pairs.estimate("3 > 3").estimate > 100);
}

#[test]
fn confidence_that_promises_more_is_found_though_accuracy_stays() {
    let reference = profile(|_| true, 1.0, true);
    let sharper = compared(&reference, &profile(|_| true, 3.0, true));
    let of_all = |name: &str| {
        let found = sharper
            .findings
            .iter()
            .find(|f| f.feature == name && f.scope == Scope::All);
        found.unwrap()
    };
    let gap = of_all("calibration");
    assert!(gap.p_adjusted.unwrap() < 0.05, "{gap:?}");
    assert!(gap.sentence.contains("promises more"), "{}", gap.sentence);
    let right = of_all("prediction right");
    assert_ne!(right.verdict, Verdict::Drift);
    assert!(
        sharper
            .notes
            .iter()
            .all(|note| note.code != "expected-accuracy")
    );
}

#[test]
fn halves_of_one_window_do_not_drift() {
    let mut alarms = 0;
    for seed in 0..10 {
        let mut random = Random(seed);
        let sides: Vec<bool> = (0..1500).map(|_| random.next() < 0.5).collect();
        let (a, b) = (
            profile(|row| sides[row], 1.0, true),
            profile(|row| !sides[row], 1.0, true),
        );
        alarms += u32::from(compared(&a, &b).verdict >= Verdict::PossibleDrift);
    }
    // At 5 %, more than 3 of 10 once in a thousand times.
    assert!(alarms <= 3, "{alarms}");
}

#[test]
fn accuracy_without_labels_is_an_estimate_that_says_so() {
    let target = profile(|row| row % 2 == 1, 1.0, false);
    let known = compared(&profile(|row| row % 2 == 0, 1.0, true), &target);
    let note = known
        .notes
        .iter()
        .find(|note| note.code == "expected-accuracy")
        .unwrap();
    assert!(
        note.text.contains("estimated at 9") && note.text.contains("in the reference"),
        "{}",
        note.text
    );
    let unknown = compared(&profile(|row| row % 2 == 0, 1.0, false), &target);
    let note = unknown
        .notes
        .iter()
        .find(|note| note.code == "expected-accuracy")
        .unwrap();
    assert!(note.text.contains("its mean confidence"), "{}", note.text);
}
