//! Windows of which one was profiled without its list of images: that is no drift.

use driftsphere::compare::{CompareOptions, Comparison, Verdict, compare};
use driftsphere::ingest::{Batch, Column, Objects, OutputsFile, OutputsFormat};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
use ndarray::Array2;

use super::support::{Random, coco, data, profile};

/// Images with two boxes each and perhaps an embedding, by what two classes are called.
fn window(seed: u64, names: [&str; 2], is_embedded: bool) -> Profile {
    const IMAGES: usize = 300;
    let mut random = Random(seed);
    let mut boxes = Objects::new(&["score"]).unwrap();
    let classes = names.map(|name| boxes.class(name));
    let mut predictions = Vec::new();
    for _ in 0..IMAGES {
        for _ in 0..2 {
            let class = classes[usize::from(random.next() < 0.4)];
            boxes.push(Some(class), &[random.next()]).unwrap();
        }
        boxes.end_record();
        predictions.push(names[usize::from(random.next() < 0.4)].to_owned());
    }
    let rows = Array2::from_shape_fn((IMAGES, 4), |_| random.normal() as f32);
    let mut config = ProfileConfig::new();
    let mut batch = Batch::new(IMAGES)
        .predictions(Column::from(predictions))
        .objects("box", boxes);
    if is_embedded {
        config = config.space("e", SpaceConfig::new(4));
        batch = batch.space("e", rows.view());
    }
    let mut builder = ProfileBuilder::new(config).unwrap();
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

fn compared(reference: [&str; 2], target: [&str; 2], is_embedded: bool) -> Comparison {
    let (a, b) = (
        window(1, reference, is_embedded),
        window(2, target, is_embedded),
    );
    compare(&a, &b, &CompareOptions::default()).unwrap()
}

/// Classes of boxes, and those of the records: of the space, or as they were predicted.
#[test]
fn numbers_in_place_of_names_are_not_tested_and_it_is_said_why() {
    let (named, numbered) = (["person", "car"], ["0", "2"]);
    for (reference, target, side) in [(named, numbered, "target"), (numbered, named, "reference")] {
        for (of_records, is_embedded) in [("class shares", true), ("prediction", false)] {
            let answer = compared(reference, target, is_embedded);
            let starts = format!("the {side}'s classes are numbers");
            for feature in ["box class", of_records] {
                let of = answer.findings.iter().find(|f| f.feature == feature);
                let of = of.unwrap();
                assert_eq!(of.verdict, Verdict::NotTested, "{feature}");
                let reason = of.reason.as_deref().unwrap();
                assert!(reason.starts_with(&starts), "{reason}");
                assert!(of.new_values.is_empty() && of.lost_values.is_empty());
            }
            let mut names = answer.findings.iter().map(|finding| &finding.feature);
            assert!(names.all(|name| name != "box classes together"));
            assert!(answer.verdict < Verdict::Drift, "{:?}", answer.verdict);
        }
    }
}

#[test]
fn other_names_and_other_numbers_are_tested() {
    for target in [["person", "bus"], ["dog", "cat"]] {
        let answer = compared(["person", "car"], target, true);
        assert_eq!(answer.verdict, Verdict::Drift, "{target:?}");
    }
    let answer = compared(["0", "1"], ["0", "2"], false);
    assert_eq!(answer.verdict, Verdict::Drift);
}

/// The same results with and without the list of images: of the latter nothing is known that follows
/// from sizes, and its classes are numbers.
#[test]
fn a_window_without_the_list_of_images_is_no_drift() {
    let path = data("person_results_clean.json");
    let without = profile(&OutputsFile::new(path, OutputsFormat::Coco));
    let with = profile(&coco("person", "clean"));
    let answer = compare(&with, &without, &CompareOptions::default()).unwrap();
    let sizes: Vec<_> = answer
        .findings
        .iter()
        .filter(|f| f.feature.ends_with(" missing"))
        .collect();
    assert!(sizes.len() >= 4, "{}", sizes.len());
    for finding in sizes {
        assert_eq!(finding.verdict, Verdict::NotTested, "{}", finding.feature);
        let reason = finding.reason.as_deref().unwrap();
        assert!(reason.contains("sizes of the target's images"), "{reason}");
    }
    // Of images without a box nothing is known either.
    let count = answer.findings.iter().find(|f| f.feature == "box count");
    assert_eq!(count.unwrap().verdict, Verdict::NotTested);
    assert!(
        answer.verdict < Verdict::PossibleDrift,
        "{:?}",
        answer.verdict
    );
}
