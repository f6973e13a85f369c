//! Detections held against annotations, beside pycocotools.

use std::collections::BTreeMap;
use std::sync::Arc;

use driftsphere::ingest::{Batch, ImageList, Instances, Objects, OutputsFile, OutputsFormat};
use driftsphere::measure::outputs::Annotations;
use driftsphere::profile::{ObjectGroup, Profile, ProfileBuilder, ProfileConfig};
use serde_json::Value;

use super::support::{coco, data, images, written};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/average_precision.json")).unwrap()
}

/// Holds `file` against `annotations`, in two halves that are merged: the sketches of true and
/// false scores add up.
fn judged(annotations: &OutputsFile, file: &OutputsFile, most: usize) -> Profile {
    let mut drawn = Annotations::default();
    let mut scan = annotations.scan().unwrap();
    while let Some(some) = scan.next_block(most).unwrap() {
        drawn.hold(&some).unwrap();
    }
    let mut halves = [0, 1].map(|_| ProfileBuilder::new(ProfileConfig::new()).unwrap());
    let mut scan = file.scan().unwrap();
    let mut at = 0;
    while let Some(found) = scan.next_block(most).unwrap() {
        let mut batch = Batch::new(found.images.len());
        for (kind, objects) in drawn.judge(&found).unwrap() {
            batch = batch.objects(kind, objects);
        }
        halves[at % 2].track_batch(&batch).unwrap();
        at += 1;
    }
    let [mut profile, second] = halves.map(ProfileBuilder::freeze);
    profile.merge(&second).unwrap();
    profile
}

fn check(profile: &Profile, classes: &Value) {
    let (boxes, annotated) = (&profile.objects()["box"], &profile.objects()["annotation"]);
    for (class, expected) in classes.as_object().unwrap() {
        let count = |group: &ObjectGroup, name: &str| {
            let feature = group.features().get(name);
            feature.map_or(0, |feature| feature.numbers().count())
        };
        let (found, drawn) = (&boxes.classes()[class], &annotated.classes()[class]);
        for (count, name) in [
            (count(drawn, "found"), "annotated"),
            (found.objects(), "detected"),
            (count(found, "score if true"), "true_positives"),
            (count(found, "score if false"), "false_positives"),
        ] {
            assert_eq!(count, expected[name].as_u64().unwrap(), "{class} {name}");
        }
        let ap = found.average_precision(count(drawn, "found")).unwrap();
        let theirs = expected["ap50"].as_f64().unwrap();
        assert!(
            ap.lower_bound - 1e-9 <= theirs && theirs <= ap.upper_bound + 1e-9,
            "{class}: {ap:?} {theirs}"
        );
        assert!(ap.upper_bound - ap.lower_bound < 0.03, "{class}: {ap:?}");
    }
}

#[test]
fn precision_recall_and_average_precision_are_those_of_pycocotools() {
    let drawn = OutputsFile::new(data("multi_instances_pseudo.json"), OutputsFormat::Coco);
    let classes = &vectors()["classes"];
    assert_eq!(classes.as_object().unwrap().len(), 4);
    check(&judged(&drawn, &coco("multi", "dark"), 20), classes);
}

#[test]
fn crowds_and_the_hundred_best_are_judged_as_pycocotools_does() {
    let vectors = vectors();
    let file = |name: &str| written(vectors["crowded"][name].as_str().unwrap());
    let ((_kept, drawn), (_too, found)) = (file("annotations"), file("results"));
    let images = ImageList::read(drawn.path()).unwrap();
    let profile = judged(&drawn, &found.images(Arc::new(images)), 2);
    check(&profile, &vectors["crowded"]["classes"]);
    // Crowds are there, but nobody has to find them.
    let annotated = profile.objects()["annotation"].all();
    assert!(annotated.objects() > annotated.features()["found"].numbers().count());
}

fn column<'a>(objects: &'a Objects, name: &str) -> &'a [f64] {
    let mut features = objects.features();
    features.find(|(own, _)| *own == name).unwrap().1
}

fn read(file: &OutputsFile) -> Instances {
    file.scan().unwrap().next_block(1000).unwrap().unwrap()
}

#[test]
fn images_that_nobody_annotated_are_not_judged_and_bad_annotations_are_counted() {
    let (_kept, file) = written(
        r#"{"images": [{"id": 1, "file_name": "a"}, {"id": 2, "file_name": "b"}], "annotations": [
            {"image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 10]},
            {"image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 0]}]}"#,
    );
    let mut drawn = Annotations::default();
    drawn.hold(&read(&file)).unwrap();
    assert!(drawn.has("a") && drawn.has("b") && !drawn.has("c"));
    let (_too, file) = written(
        r#"{"images": [{"id": 1, "file_name": "a"}, {"id": 2, "file_name": "b"},
                       {"id": 3, "file_name": "c"}], "annotations": [
            {"image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 9], "score": 0.9},
            {"image_id": 2, "category_id": 1, "bbox": [0, 0, 10, 9], "score": 0.8},
            {"image_id": 3, "category_id": 1, "bbox": [0, 0, 10, 9], "score": 0.7}]}"#,
    );
    let tables = drawn.judge(&read(&file)).unwrap();
    let right = column(&tables[0].1, "true positive");
    assert_eq!(right[..2], [1.0, 0.0]);
    assert!(right[2].is_nan() && column(&tables[0].1, "score if false")[2].is_nan());
    assert_eq!(column(&tables[1].1, "found"), [1.0]);
    assert_eq!(tables[1].1.faults(), [(0, "box without an area")]);
}

/// Boxes of equal scores that overlap the same annotations as much.
#[test]
fn the_order_of_a_file_decides_nothing() {
    let list = |boxes: &[[u32; 4]]| {
        let one = |bbox: &[u32; 4]| {
            format!(r#"{{"image_id": 1, "category_id": 1, "bbox": {bbox:?}, "score": 0.5}}"#)
        };
        written(&format!(
            "[{}]",
            boxes.iter().map(one).collect::<Vec<_>>().join(",")
        ))
    };
    let mut drawn = [[0, 0, 10, 10], [4, 0, 10, 10]];
    let mut found = [[2, 0, 10, 10], [0, 2, 10, 10], [4, 2, 10, 10]];
    let mut seen = Vec::new();
    for turn in 0..6 {
        let ((_kept, annotations), (_too, results)) = (list(&drawn), list(&found));
        let mut held = Annotations::default();
        held.hold(&read(&annotations)).unwrap();
        let tables = held.judge(&read(&results)).unwrap();
        let right = column(&tables[0].1, "true positive").iter();
        let mut by_box: Vec<_> = found.iter().zip(right.map(|r| *r == 1.0)).collect();
        by_box.sort_unstable();
        seen.push(format!("{by_box:?}"));
        found.rotate_left(1);
        if turn == 2 {
            drawn.reverse();
            found.reverse();
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[test]
fn shares_of_an_image_are_held_against_pixels_of_it() {
    let mut drawn = Annotations::default();
    let path = data("multi_instances_pseudo.json");
    let annotations = OutputsFile::new(path, OutputsFormat::Coco);
    drawn.hold(&read(&annotations)).unwrap();
    // By image: how many of its boxes are right, and how many wrong.
    let judged = |file: &OutputsFile| -> BTreeMap<String, [usize; 2]> {
        let found = read(file);
        let boxes = drawn.judge(&found).unwrap().remove(0).1;
        let right = column(&boxes, "true positive");
        let images = found.images.iter().enumerate();
        let judged = images.map(|(at, image)| {
            let own = &right[boxes.range(at)];
            let count = |wanted: f64| own.iter().filter(|right| **right == wanted).count();
            (image.name.clone(), [count(1.0), count(0.0)])
        });
        judged.filter(|(_, counts)| *counts != [0, 0]).collect()
    };
    let file = OutputsFile::new(data("yolo"), OutputsFormat::Yolo);
    let yolo = judged(&file.clone().images(images("multi")));
    let coco = judged(&coco("multi", "clean"));
    assert!(yolo.values().map(|counts| counts[0]).sum::<usize>() > 20);
    for (image, counts) in &yolo {
        assert_eq!(*counts, coco[image], "{image}");
    }
    let error = Annotations::default().hold(&read(&file)).unwrap_err();
    assert!(error.message().contains("--coco-images"), "{error}");
}

#[test]
fn two_annotated_images_of_one_name_are_refused() {
    let (_kept, file) = written(
        r#"{"images": [{"id": 1, "file_name": "a"}, {"id": 2, "file_name": "a"}], "annotations": []}"#,
    );
    let error = Annotations::default().hold(&read(&file)).unwrap_err();
    assert!(error.to_string().contains("one name"), "{error}");
}
