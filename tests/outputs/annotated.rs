//! Detections held against annotations, beside pycocotools.

use driftsphere::ingest::{Batch, OutputsFile, OutputsFormat};
use driftsphere::measure::outputs::Annotations;
use driftsphere::profile::{ProfileBuilder, ProfileConfig};
use serde_json::Value;

use super::support::{coco, data};

#[test]
fn precision_recall_and_average_precision_are_those_of_pycocotools() {
    let mut drawn = Annotations::default();
    let path = data("multi_instances_pseudo.json");
    let mut scan = OutputsFile::new(path, OutputsFormat::Coco).scan().unwrap();
    while let Some(some) = scan.next_block(20).unwrap() {
        drawn.hold(&some).unwrap();
    }
    // In two halves, merged: the sketches of true and false scores add up.
    let mut halves = [0, 1].map(|_| ProfileBuilder::new(ProfileConfig::new()).unwrap());
    let mut scan = coco("multi", "dark").scan().unwrap();
    let mut at = 0;
    while let Some(found) = scan.next_block(10).unwrap() {
        let mut batch = Batch::new(found.images.len());
        for (kind, objects) in drawn.judge(&found).unwrap() {
            batch = batch.objects(kind, objects);
        }
        halves[at % 2].track_batch(&batch).unwrap();
        at += 1;
    }
    let [first, second] = halves.map(ProfileBuilder::freeze);
    let mut profile = first;
    profile.merge(&second).unwrap();
    let (boxes, annotated) = (&profile.objects()["box"], &profile.objects()["annotation"]);

    let text = include_str!("../vectors/average_precision.json");
    let vectors: Value = serde_json::from_str(text).unwrap();
    let classes = vectors["classes"].as_object().unwrap();
    assert_eq!(classes.len(), 4);
    for (class, expected) in classes {
        let (found, all) = (
            &boxes.classes()[class],
            annotated.classes()[class].objects(),
        );
        let true_ones = found.features().get("score if true");
        let true_ones = true_ones.map_or(0, |f| f.numbers().count());
        assert_eq!(all, expected["annotated"].as_u64().unwrap(), "{class}");
        assert_eq!(
            found.objects(),
            expected["detected"].as_u64().unwrap(),
            "{class}"
        );
        assert_eq!(
            true_ones,
            expected["true_positives"].as_u64().unwrap(),
            "{class}"
        );
        let ap = found.average_precision(all).unwrap();
        let theirs = expected["ap50"].as_f64().unwrap();
        assert!(
            ap.lower_bound - 1e-9 <= theirs && theirs <= ap.upper_bound + 1e-9,
            "{class}: {ap:?} {theirs}"
        );
        assert!(ap.upper_bound - ap.lower_bound < 0.03, "{class}: {ap:?}");
    }
}
