//! Detections held against annotations, beside pycocotools.

use std::sync::Arc;

use driftsphere::ingest::{Batch, ImageList, OutputsFile, OutputsFormat};
use driftsphere::measure::outputs::Annotations;
use driftsphere::profile::{ObjectGroup, Profile, ProfileBuilder, ProfileConfig};
use serde_json::Value;

use super::support::{coco, data, written};

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
