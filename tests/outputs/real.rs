//! Real detections: what changed is found, and named; what did not is not.

use driftsphere::compare::{CompareOptions, Comparison, Scope, Verdict, compare};
use driftsphere::profile::IdMode;
use serde_json::Value;

use super::support::{Random, coco, profile, profile_of, profile_where};

fn compared(task: &str, variant: &str) -> Comparison {
    let (a, b) = (profile(&coco(task, "clean")), profile(&coco(task, variant)));
    let answer = compare(&a, &b, &CompareOptions::default()).unwrap();
    for finding in answer.findings.iter().take(6) {
        println!(
            "{task} {variant}: {:?} p {:?} {}",
            finding.verdict, finding.p_adjusted, finding.sentence
        );
    }
    for why in &answer.why {
        println!("{task} {variant}: {}", why.sentence);
    }
    answer
}

fn drifted<'a>(answer: &'a Comparison, feature: &str) -> Vec<&'a driftsphere::compare::Finding> {
    let findings = answer.findings.iter();
    findings
        .filter(|f| f.feature == feature && f.verdict == Verdict::Drift)
        .collect()
}

/// What SciPy says of the means by photograph.
fn oracle(task: &str, variant: &str) -> Value {
    let text = include_str!("../vectors/outputs.json");
    let all: Value = serde_json::from_str(text).unwrap();
    all[task][variant].clone()
}

#[test]
fn persons_are_larger_after_a_zoom() {
    let answer = compared("person", "zoom");
    assert_eq!(answer.verdict, Verdict::Drift);
    let larger = drifted(&answer, "box relative area");
    assert!(larger[0].sentence.contains("larger: median relative area"));
    let zoom = answer
        .why
        .iter()
        .find(|why| why.outcome == "box relative area")
        .unwrap();
    assert_eq!(zoom.rose, Some(true));
    assert!(
        zoom.sentence.contains("zoom in by about"),
        "{}",
        zoom.sentence
    );
}

/// The photographs are the same, so each is held against itself: fewer persons are found in the dark.
/// What the other two detectors find changes by no more than chance would, by SciPy either: of all its p-values
/// the smallest is 0.018.
#[test]
fn the_dark_hides_persons_and_is_no_zoom() {
    for task in ["person", "multi", "haar"] {
        let answer = compared(task, "dark");
        let count = answer
            .findings
            .iter()
            .find(|f| f.feature == "box count" && f.scope == Scope::All)
            .unwrap();
        assert!(
            count.sentence.starts_with("fewer boxes in a record"),
            "{task}"
        );
        assert!(
            answer.why.iter().all(|why| !why.sentence.contains("zoom")),
            "{task}"
        );
        if task == "person" {
            assert_eq!(answer.verdict, Verdict::Drift);
            assert_eq!(&answer.findings[0], count);
            let alone = answer
                .findings
                .iter()
                .filter(|f| f.verdict >= Verdict::PossibleDrift);
            assert_eq!(alone.count(), 1);
            continue;
        }
        assert!(answer.verdict < Verdict::PossibleDrift, "{task}");
        for (name, theirs) in oracle(task, "dark").as_object().unwrap() {
            for test in ["ks", "mann_whitney", "wilcoxon"] {
                let p = theirs[test].as_f64().unwrap();
                assert!(p > 0.015, "{task} {name} {test} {p}");
            }
        }
    }
}

/// The signed ranks of a number of the same photographs are SciPy's.
#[test]
fn photographs_are_held_against_themselves() {
    let mut decided = 0;
    for (task, variant) in [("person", "zoom"), ("person", "dark"), ("multi", "zoom")] {
        let answer = compared(task, variant);
        for (name, theirs) in oracle(task, variant).as_object().unwrap() {
            let finding = answer.findings.iter();
            let mut finding = finding.filter(|f| f.feature == *name && f.scope == Scope::All);
            let finding = finding.next().unwrap();
            let held = finding.same_ids.unwrap();
            let counts =
                [&theirs["both"], &theirs["rose"], &theirs["fell"]].map(|n| n.as_u64().unwrap());
            assert_eq!(
                [held.ids, held.rose, held.fell],
                counts,
                "{task} {variant} {name}"
            );
            let theirs_p = theirs["wilcoxon"].as_f64().unwrap();
            assert!(
                (held.p_value / theirs_p - 1.0).abs() < 1e-6,
                "{task} {variant} {name} {held:?} {theirs_p}"
            );
            if !held.decides {
                continue;
            }
            decided += 1;
            assert_eq!(finding.p_value, Some((held.p_value / 0.2).min(1.0)));
            let told = format!(
                "; lower for {} and higher for {} of {} ids that both windows have",
                theirs["fell"], theirs["rose"], theirs["both"]
            );
            assert!(finding.sentence.ends_with(&told), "{}", finding.sentence);
            assert_eq!(finding.records.len(), 3);
        }
    }
    assert!(decided >= 4, "{decided}");
}

/// One photograph of a crowd holds many of the boxes: where each photograph counts once, the
/// zoom shows in the others all the same.
#[test]
fn a_zoom_is_found_although_one_crowded_image_holds_much_of_all() {
    let zoom = compared("multi", "zoom");
    assert_eq!(zoom.verdict, Verdict::Drift);
    let larger = drifted(&zoom, "box relative area");
    assert_eq!(larger[0].scope, Scope::All);
    // Photographs with a box, not boxes.
    assert_eq!((larger[0].n_reference, larger[0].n_target), (46, 61));
    let border = drifted(&zoom, "box touches border");
    assert!(
        border[0]
            .sentence
            .starts_with("boxes touch the border more often: ")
    );
    assert!(border[0].sentence.contains(", each record counted once"));
}

/// Without names, the photographs of two windows are different ones.
#[test]
fn without_names_the_zoom_is_found_by_windows() {
    let nameless = |variant| profile_of(&coco("multi", variant), IdMode::None, |_| true);
    let options = CompareOptions::default();
    let zoom = compare(&nameless("clean"), &nameless("zoom"), &options).unwrap();
    let larger = drifted(&zoom, "box relative area");
    let border = drifted(&zoom, "box touches border");
    assert!(border[0].sentence.ends_with(", each record counted once"));
    // Of 9,999 relabellings so few are as far apart as SciPy's p-values of the same means say that
    // their number is Poisson's, of standard deviation sqrt(expected).
    for finding in [larger[0], border[0]] {
        assert_eq!(finding.statistic, "ks");
        let theirs = &oracle("multi", "zoom")[&finding.feature];
        let expected = theirs["ks"].as_f64().unwrap() * 9999.0;
        let most = (expected + 4.0 * expected.sqrt()).ceil();
        let rounds = finding.permutations.unwrap() as f64;
        let above = finding.p_value.unwrap() * (rounds + 1.0) - 1.0;
        assert!((0.0..=most).contains(&above.round()), "{above} {expected}");
    }
}

#[test]
fn scores_that_are_no_probabilities_are_legal() {
    let clean = profile(&coco("haar", "clean"));
    let score = &clean.objects()["box"].all().features()["score"];
    assert!(score.numbers().min().unwrap() < 0.0);
    assert!(score.numbers().max().unwrap() > 10.0);
    let zoom = compared("haar", "zoom");
    assert!(zoom.findings.iter().any(|f| f.feature == "box score"));
}

#[test]
fn keypoints_leave_the_frame_after_a_zoom() {
    let answer = compared("keypoints", "zoom");
    assert_eq!(answer.verdict, Verdict::Drift);
    assert!(!drifted(&answer, "keypoints outside share").is_empty());
}

#[test]
fn images_divided_at_random_do_not_drift() {
    let mut alarms = 0;
    const SPLITS: u64 = 12;
    for task in ["person", "multi", "haar", "keypoints"] {
        let file = coco(task, "clean");
        for seed in 0..SPLITS {
            let mut random = Random(seed * 7919 + task.len() as u64);
            let sides: Vec<bool> = (0..400).map(|_| random.next() < 0.5).collect();
            let a = profile_where(&file, |image| sides[image]);
            let b = profile_where(&file, |image| !sides[image]);
            let answer = compare(&a, &b, &CompareOptions::default()).unwrap();
            if answer.verdict >= Verdict::PossibleDrift {
                println!("{task} seed {seed}: {}", answer.findings[0].sentence);
                alarms += 1;
            }
        }
    }
    // At 5 %, of 48 splits 2.4 alarm; 8 and more once in 350 times.
    assert!(alarms < 8, "{alarms} of 48");
}
