//! Masks against pycocotools and scikit-image.

use driftsphere::ingest::{Instances, Mask, OutputsFile, OutputsFormat};
use driftsphere::measure::outputs::{MASK_FEATURES, measure};
use serde_json::Value;

use super::support::{coco, written};

/// For each mask area, parts, holes, contour length, pixels at the border.
fn numbers(found: &Instances) -> Vec<[f64; 5]> {
    let tables = measure(found).unwrap();
    let (_, masks) = tables.iter().find(|(kind, _)| *kind == "mask").unwrap();
    let column = |name: &str| masks.features().find(|(n, _)| *n == name).unwrap().1;
    assert_eq!(masks.features().count(), MASK_FEATURES.len());
    (0..masks.len())
        .map(|at| {
            let area = column("area")[at];
            [
                area,
                column("parts")[at],
                column("holes")[at],
                column("contour length")[at],
                (column("border share")[at] * area).round(),
            ]
        })
        .collect()
}

fn vectors(name: &str) -> Vec<Value> {
    let text = include_str!("../vectors/masks.json");
    let all: Value = serde_json::from_str(text).unwrap();
    all[name].as_array().unwrap().clone()
}

fn expected(case: &Value) -> [f64; 5] {
    ["area", "parts", "holes", "contour_length", "at_border"].map(|key| case[key].as_f64().unwrap())
}

fn check(found: &[[f64; 5]], cases: &[Value]) {
    assert_eq!(found.len(), cases.len());
    for (at, (found, case)) in found.iter().zip(cases).enumerate() {
        let expected = expected(case);
        for (a, b) in found.iter().zip(expected) {
            assert!(
                (a - b).abs() < 1e-6 * b.max(1.0),
                "{at}: {found:?} {expected:?}"
            );
        }
    }
}

#[test]
fn real_masks_have_the_numbers_of_both_libraries() {
    let mut scan = coco("masks", "clean").scan().unwrap();
    let mut found = Vec::new();
    while let Some(some) = scan.next_block(4).unwrap() {
        if some.kinds.masks {
            found.extend(numbers(&some));
        }
    }
    let cases = vectors("real");
    assert_eq!(cases.len(), 31);
    check(&found, &cases);
}

#[test]
fn random_masks_do_so_from_either_encoding() {
    for key in ["compressed", "counts"] {
        let cases = vectors("random");
        let results = cases.iter().enumerate().map(|(at, case)| {
            serde_json::json!({
                "image_id": at, "category_id": 1, "score": 0.5,
                "segmentation": {"size": case["size"], "counts": case[key]}
            })
        });
        let text = serde_json::to_string(&results.collect::<Vec<_>>()).unwrap();
        let (_folder, file) = written(&text);
        let found = file.scan().unwrap().next_block(1000).unwrap().unwrap();
        let mask = found.instances[0]
            .shape
            .as_ref()
            .unwrap()
            .mask
            .as_ref()
            .unwrap();
        let Mask::Runs { counts, .. } = mask else {
            panic!("runs were given");
        };
        let plain: Vec<u64> = counts.iter().map(|c| u64::from(*c)).collect();
        assert_eq!(serde_json::json!(plain), cases[0]["counts"]);
        check(&numbers(&found), &cases);
    }
}

#[test]
fn polygons_are_laid_out() {
    let text = r#"[{"image_id": 1, "category_id": 1, "score": 0.5,
        "segmentation": [[2, 2, 12, 2, 12, 7, 2, 7], [20, 20, 30, 20, 30, 30, 20, 30]]}]"#;
    let (_folder, file) = written(text);
    let found = file.scan().unwrap().next_block(10).unwrap().unwrap();
    assert_eq!(numbers(&found)[0][..3], [150.0, 2.0, 0.0]);
}

#[test]
fn polygons_have_the_pixels_that_pycocotools_gives_them() {
    let cases = vectors("polygons");
    assert_eq!(cases.len(), 60);
    let images = cases.iter().enumerate().map(|(at, case)| {
        let size = &case["size"];
        serde_json::json!({"id": at, "height": size[0], "width": size[1]})
    });
    let results = cases.iter().enumerate().map(|(at, case)| {
        serde_json::json!({"image_id": at, "category_id": 1, "segmentation": case["rings"]})
    });
    let text = serde_json::json!({
        "images": images.collect::<Vec<_>>(),
        "annotations": results.collect::<Vec<_>>(),
    });
    let (_folder, file) = written(&text.to_string());
    let found = file.scan().unwrap().next_block(1000).unwrap().unwrap();
    check(&numbers(&found), &cases);
}

#[test]
fn label_maps_have_the_masks_of_the_results_they_came_with() {
    let path = super::support::data("label_maps");
    let maps = OutputsFile::new(path, OutputsFormat::LabelMaps);
    let found = maps.scan().unwrap().next_block(100).unwrap().unwrap();
    assert_eq!(
        (found.images.len(), found.classes.as_slice()),
        (4, &["1".to_owned()][..])
    );
    let of_maps = numbers(&found);

    let mut scan = coco("masks", "clean").scan().unwrap();
    let mut matched = 0;
    while let Some(some) = scan.next_block(1).unwrap() {
        let name = some.images[0].name.rsplit('/').next().unwrap();
        let at = found
            .images
            .iter()
            .position(|image| image.name == format!("{name}.index"));
        if let (Some(at), true) = (at, !some.instances.is_empty()) {
            assert_eq!(numbers(&some), [of_maps[at]], "{name}");
            matched += 1;
        }
    }
    assert_eq!(matched, 4);
}

#[test]
fn matrices_are_label_maps_and_pictures_in_colour_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let map = ndarray::array![[0_u8, 1, 1], [2, 2, 1]];
    let file = std::fs::File::create(folder.path().join("a.npy")).unwrap();
    ndarray_npy::WriteNpyExt::write_npy(&map, file).unwrap();
    let file = std::fs::File::create(folder.path().join("b.npy")).unwrap();
    ndarray_npy::WriteNpyExt::write_npy(&ndarray::array![[0.5_f32]], file).unwrap();
    std::fs::write(folder.path().join("classes.txt"), "road\nvoid\ncar\n").unwrap();
    let mut scan = OutputsFile::new(folder.path(), OutputsFormat::LabelMaps)
        .scan()
        .unwrap();
    let found = scan.next_block(100).unwrap().unwrap();
    assert_eq!(found.classes, ["road", "car"]);
    let areas: Vec<f64> = numbers(&found).iter().map(|n| n[0]).collect();
    assert_eq!(areas, [1.0, 2.0]);
    assert!(scan.next_block(100).unwrap().is_none());
    assert_eq!(scan.problems()[0].count, 1);
}
