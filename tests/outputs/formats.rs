//! The same detections in three formats.

use std::path::Path;

use driftsphere::ingest::{ImageList, OutputsFile, OutputsFormat};
use driftsphere::profile::{ObjectGroup, Profile};
use std::sync::Arc;

use super::support::{data, images, profile, profile_where};

fn boxes(profile: &Profile) -> &driftsphere::profile::ObjectTable {
    &profile.objects()["box"]
}

fn values(group: &ObjectGroup, name: &str) -> Vec<f64> {
    let buckets = group.features()[name].numbers().buckets();
    buckets
        .flat_map(|b| std::iter::repeat_n(b.lower, b.count as usize))
        .collect()
}

/// Whether two sorted lists agree value by value within `off`.
fn agree(a: &[f64], b: &[f64], off: f64) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= off)
}

/// The images of which there are YOLO and VOC files, of all that COCO has.
fn chosen() -> Vec<String> {
    let files = std::fs::read_dir(data("voc")).unwrap();
    files
        .map(|file| {
            file.unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn stem(name: &str) -> &str {
    Path::new(name).file_stem().unwrap().to_str().unwrap()
}

#[test]
fn yolo_and_coco_give_the_same_sketches() {
    let list = images("multi");
    let chosen = chosen();
    let keep: Vec<bool> = list
        .images()
        .iter()
        .map(|image| chosen.contains(&stem(&image.name).to_owned()))
        .collect();
    let names: Vec<String> = list
        .images()
        .iter()
        .map(|image| image.name.clone())
        .collect();
    // Results of COCO come by first appearance: found by name.
    let coco = super::support::coco("multi", "clean");
    let mut order = Vec::new();
    let mut scan = coco.scan().unwrap();
    while let Some(found) = scan.next_block(100).unwrap() {
        order.extend(found.images.iter().map(|image| image.name.clone()));
    }
    let is_kept = |image: usize| {
        let at = names.iter().position(|name| *name == order[image]).unwrap();
        keep[at]
    };
    let a = profile_where(&coco, is_kept);
    let file = OutputsFile::new(data("yolo"), OutputsFormat::Yolo).images(Arc::clone(&list));
    let b = profile(&file);
    // Images of the list without a file were looked at, and hold nothing.
    assert_eq!(boxes(&b).records(), list.len() as u64);
    assert_eq!(boxes(&a).records(), 12);
    assert_eq!(boxes(&a).all().objects(), boxes(&b).all().objects());
    for (class, group) in boxes(&a).classes() {
        let other = &boxes(&b).classes()[class];
        // YOLO has six decimals of shares; COCO two of pixels.
        for (name, off) in [
            ("score", 1e-12),
            ("relative area", 2e-4),
            ("centre x", 2e-4),
            ("centre y", 2e-4),
            ("touches border", 0.0),
            ("overlap", 2e-2),
        ] {
            let (a, b) = (values(group, name), values(other, name));
            assert!(agree(&a, &b, off), "{class} {name}: {a:?} {b:?}");
        }
    }
    // Without sizes of images there are no pixels.
    let bare = profile(&OutputsFile::new(data("yolo"), OutputsFormat::Yolo));
    assert_eq!(boxes(&bare).records(), 12);
    assert!(!boxes(&bare).all().features().contains_key("area"));
}

#[test]
fn voc_counts_pixels_from_one_and_agrees_with_coco_to_its_rounding() {
    // VOC was written of the scores from 0.3 on.
    let text = std::fs::read_to_string(data("multi_results_clean.json")).unwrap();
    let results: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let list = images("multi");
    let chosen = chosen();
    let images_text = std::fs::read_to_string(data("multi_instances_images.json")).unwrap();
    let listed: serde_json::Value = serde_json::from_str(&images_text).unwrap();
    let ids: Vec<i64> = listed["images"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|image| chosen.contains(&stem(image["file_name"].as_str().unwrap()).to_owned()))
        .map(|image| image["id"].as_i64().unwrap())
        .collect();
    let kept: Vec<&serde_json::Value> = results
        .iter()
        .filter(|r| {
            r["score"].as_f64().unwrap() >= 0.3 && ids.contains(&r["image_id"].as_i64().unwrap())
        })
        .collect();
    let (_folder, file) = super::support::written(&serde_json::to_string(&kept).unwrap());
    let a = profile(&file.images(Arc::clone(&list)));
    let b = profile(&OutputsFile::new(data("voc"), OutputsFormat::Voc));
    assert_eq!(boxes(&b).records(), 12);
    assert_eq!(boxes(&a).all().objects(), boxes(&b).all().objects());
    for (class, group) in boxes(&a).classes() {
        let other = &boxes(&b).classes()[class];
        for (name, off) in [
            ("score", 1e-9),
            ("width", 1.01),
            ("height", 1.01),
            ("centre x", 6e-3),
        ] {
            let (a, b) = (values(group, name), values(other, name));
            assert!(agree(&a, &b, off), "{class} {name}: {a:?} {b:?}");
        }
    }
}

#[test]
fn annotations_are_read_with_their_own_images() {
    let path = data("multi_instances_pseudo.json");
    assert_eq!(
        OutputsFile::detect(&path).unwrap(),
        Some(OutputsFormat::Coco)
    );
    let profile = profile(&OutputsFile::new(&path, OutputsFormat::Coco));
    let table = boxes(&profile);
    assert_eq!((table.records(), table.all().objects()), (87, 179));
    assert!(table.classes().contains_key("person"));
    assert!(!table.all().features().contains_key("score"));
    assert!(table.all().features().contains_key("relative area"));
    let list = ImageList::read(&path).unwrap();
    assert_eq!(list.len(), 87);
}

#[test]
fn folders_are_told_by_their_files() {
    assert_eq!(
        OutputsFile::detect(data("yolo")).unwrap(),
        Some(OutputsFormat::Yolo)
    );
    assert_eq!(
        OutputsFile::detect(data("voc")).unwrap(),
        Some(OutputsFormat::Voc)
    );
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(OutputsFile::detect(empty.path()).unwrap(), None);
    std::fs::write(empty.path().join("notes.txt"), "hello there").unwrap();
    assert_eq!(OutputsFile::detect(empty.path()).unwrap(), None);
}

const BOX: &str = "0 0.5 0.5 0.1 0.1\n";
const XML: &str = "<annotation><filename>x.jpg</filename></annotation>";

/// A folder of files, with the folders that they need.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn two_formats_in_one_folder_are_asked_about() {
    let both = folder(&[("a.txt", BOX), ("b.txt", BOX), ("stray.xml", XML)]);
    let error = OutputsFile::detect(both.path()).unwrap_err().to_string();
    for part in ["stray.xml", "a.txt", "--as voc or --as yolo"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    // Said which, the others leave no trace: they are no records that were lost.
    let alone = folder(&[("a.txt", BOX), ("b.txt", BOX)]);
    let [both, alone] =
        [both, alone].map(|of| profile(&OutputsFile::new(of.path(), OutputsFormat::Yolo)));
    assert_eq!(both.records(), 2);
    assert_eq!(both.to_bytes(), alone.to_bytes());
    // Notes and lists of classes are no outputs.
    let notes = [
        ("README.txt", "hello there"),
        ("classes.txt", "cat"),
        ("a.xml", XML),
    ];
    let found = OutputsFile::detect(folder(&notes).path()).unwrap();
    assert_eq!(found, Some(OutputsFormat::Voc));
}

#[test]
fn sub_folders_are_read_with_their_classes() {
    let parts = folder(&[
        ("labels/train/a.txt", BOX),
        ("labels/train/classes.txt", "cat"),
        ("labels/val/b.txt", BOX),
        ("labels/val/classes.txt", "cat"),
        ("labels/train.cache", "x"),
    ]);
    let path = parts.path().join("labels");
    assert_eq!(
        OutputsFile::detect(&path).unwrap(),
        Some(OutputsFormat::Yolo)
    );
    let file = OutputsFile::new(&path, OutputsFormat::Yolo);
    let profile = profile(&file);
    assert_eq!(profile.records(), 2);
    assert!(boxes(&profile).classes().contains_key("cat"));
    let refused = |message: &str| {
        let error = file.scan().unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    };
    std::fs::write(path.join("val/classes.txt"), "dog").unwrap();
    refused("name other classes");
    std::fs::write(path.join("val/a.txt"), BOX).unwrap();
    refused("train/a.txt and val/a.txt are files of one image `a`");
}

#[test]
fn pictures_with_text_in_other_sub_folders_are_pictures() {
    let files = [("images/a.jpg", "x"), ("labels/a.txt", BOX)];
    assert_eq!(OutputsFile::detect(folder(&files).path()).unwrap(), None);
    // Beside the text they are what it is of.
    let files = [("all/a.jpg", "x"), ("all/a.txt", BOX)];
    let beside = folder(&files);
    let path = beside.path().join("all");
    assert_eq!(
        OutputsFile::detect(&path).unwrap(),
        Some(OutputsFormat::Yolo)
    );
    let mut scan = OutputsFile::new(&path, OutputsFormat::Yolo).scan().unwrap();
    assert_eq!(scan.next_block(10).unwrap().unwrap().images.len(), 1);
    assert!(scan.problems().is_empty());
}
