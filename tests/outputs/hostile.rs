//! Files that want to do harm, or were written in a hurry.

use driftsphere::ErrorKind;
use driftsphere::ingest::{Loss, OutputsFile, OutputsFormat};

use super::support::{blocks, images, profile, written};

const GOOD: &str = r#"{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}"#;

#[test]
fn a_record_that_cannot_be_read_is_counted_with_its_place() {
    for bad in [
        r#"{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3], "score": 0.5}"#,
        r#"{"image_id": 1, "bbox": "no", "score": 0.5}"#,
        r#"{"category_id": 1, "bbox": [1, 2, 3, 4]}"#,
        r#"{"image_id": 1, "bbox": [1, 2, 3, 4], "score": NaN}"#,
        r#"{"image_id": 1, "bbox": [1, 2, 3, 1e999], "score": 0.5}"#,
        r#"{"image_id": 99999999999999999999999999, "bbox": [1, 2, 3, 4]}"#,
        r#"{"image_id": 1, "image_id": 2, "bbox": [1, 2, 3, 4]}"#,
        r#"{"image_id": 1.5, "bbox": [1, 2, 3, 4]}"#,
        "17",
        "null",
        &format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)),
    ] {
        let (_folder, file) = written(&format!("[{GOOD}, {bad}, {GOOD}]"));
        let mut scan = file.scan().unwrap();
        let found = scan.next_block(10).unwrap().unwrap();
        assert_eq!(found.instances.len(), 2, "{:.80}", bad);
        let problems = scan.problems();
        assert_eq!(
            (problems[0].loss, problems[0].count),
            (Loss::Failed, 1),
            "{:.80}",
            bad
        );
        assert_eq!(problems[0].first, format!("byte {}", GOOD.len() + 3));
    }
}

#[test]
fn a_file_that_is_cut_short_is_an_error_with_its_place() {
    let whole = format!("[{GOOD}, {GOOD}]");
    for cut in 1..whole.len() {
        let (_folder, file) = written(&whole[..cut]);
        let error = blocks(&file, 10).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{cut}");
        assert!(error.to_string().contains("byte"), "{error}");
    }
    let (_folder, file) = written(&whole);
    assert_eq!(blocks(&file, 10).unwrap().len(), 1);
}

#[test]
fn what_is_not_asked_for_may_nest_as_deep_as_it_likes() {
    let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let odd = format!(r#"{{"image_id": 1, "bbox": [1, 2, 3, 4], "x": {deep}}}"#);
    let (_folder, file) = written(&format!("[{GOOD}, {odd}]"));
    assert_eq!(profile(&file).objects()["box"].all().objects(), 2);
}

#[test]
fn boxes_that_are_none_and_images_that_do_not_exist_are_counted() {
    let results = r#"[
        {"image_id": 47, "category_id": 1, "bbox": [1, 2, 0, 4], "score": 0.5},
        {"image_id": 47, "category_id": 1, "bbox": [1, 2, -3, 4], "score": 0.5},
        {"image_id": 47, "category_id": 1, "score": 0.5},
        {"image_id": 47, "category_id": 77, "bbox": [1, 2, 3, 4], "score": 7.5},
        {"image_id": 123456, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}
    ]"#;
    let (_folder, file) = written(results);
    let file = file.images(images("multi"));
    let mut scan = file.scan().unwrap();
    while scan.next_block(100).unwrap().is_some() {}
    assert_eq!(
        (scan.problems()[0].loss, scan.problems()[0].count),
        (Loss::Skipped, 1)
    );
    let profile = profile(&file);
    let table = &profile.objects()["box"];
    assert_eq!((table.records(), table.all().objects()), (87, 1));
    assert_eq!(table.faults()["box without an area"], 2);
    assert_eq!(
        table.faults()["result without a box, keypoints or a mask"],
        1
    );
    // A category without a name is called by its id; a score may be any number.
    assert_eq!(
        table.classes()["77"].features()["score"].numbers().max(),
        Some(7.5)
    );
}

#[test]
fn empty_lists_say_that_there_is_none() {
    let text = r#"[{"image_id": 1, "category_id": 1, "bbox": [0, 0, 5, 5], "segmentation": [],
        "keypoints": [], "iscrowd": "no"}, {"image_id": 2, "keypoints": []}]"#;
    let (_folder, file) = written(text);
    let found = file.scan().unwrap().next_block(10).unwrap().unwrap();
    assert!(found.kinds.boxes && !found.kinds.keypoints && !found.kinds.masks);
    assert_eq!(found.instances[0].shape, None);
    let faults: Vec<&str> = found.faults.iter().map(|fault| fault.2).collect();
    assert_eq!(faults, ["result without a box, keypoints or a mask"]);
}

#[test]
fn results_of_which_none_is_of_a_listed_image_are_an_error() {
    let text = r#"{"images": [{"id": 1}], "annotations": [
        {"image_id": 7, "bbox": [0, 0, 5, 5]}, {"image_id": 8, "bbox": [0, 0, 5, 5]}]}"#;
    let (_folder, file) = written(text);
    let error = file.scan().unwrap().next_block(10).unwrap_err().to_string();
    assert!(
        error.contains("no result is of an image") && error.contains("results 2"),
        "{error}"
    );
    // An empty list is a window in which nothing was found.
    let (_folder, file) = written(r#"{"images": [{"id": 1}], "annotations": []}"#);
    assert_eq!(
        file.scan()
            .unwrap()
            .next_block(10)
            .unwrap()
            .unwrap()
            .images
            .len(),
        1
    );
}

#[test]
fn masks_that_lie_about_their_size_are_faults() {
    let segments = [
        r#"{"size": [2, 3], "counts": [2, 3]}"#,
        r#"{"size": [4294967295, 4294967295], "counts": "0"}"#,
        r#"{"size": [2, 3], "counts": "oooooooooooo0"}"#,
        r#"[[1, 2, 3]]"#,
        r#"[[]]"#,
        r#"{"size": [2, 3], "counts": [6]}"#,
        r#"{"size": [2, 3], "counts": [2, 3, 1]}"#,
    ];
    let results = segments.map(|s| format!(r#"{{"image_id": 1, "segmentation": {s}}}"#));
    let (_folder, file) = written(&format!("[{}]", results.join(",")));
    let profile = profile(&file);
    let table = &profile.objects()["mask"];
    assert_eq!(table.all().objects(), 1);
    assert_eq!(table.faults().values().sum::<u64>(), 6);
    assert_eq!(table.faults()["mask without a pixel"], 1);
}

#[test]
fn xml_that_defines_entities_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut laughs =
        String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE annotation [\n<!ENTITY a0 \"ha\">\n");
    for i in 1..30 {
        laughs += &format!(
            "<!ENTITY a{i} \"{}\">\n",
            format!("&a{};", i - 1).repeat(10)
        );
    }
    laughs += "]>\n<annotation><filename>&a29;</filename></annotation>";
    let deep = format!(
        "<annotation>{}{}</annotation>",
        "<x>".repeat(10_000),
        "</x>".repeat(10_000)
    );
    let good = "<annotation><filename>a.jpg</filename><object><name>cat</name><bndbox><xmin>1</xmin>\
                <ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object><object/></annotation>";
    for (name, text) in [
        ("a.xml", good),
        ("b.xml", &laughs),
        ("c.xml", &deep),
        ("d.xml", "<annotation>"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    std::fs::write(folder.path().join("e.xml"), [0xff, 0xfe]).unwrap();
    let file = OutputsFile::new(folder.path(), OutputsFormat::Voc);
    let mut scan = file.scan().unwrap();
    let mut images = 0;
    while let Some(found) = scan.next_block(10).unwrap() {
        images += found.images.len();
    }
    let failed: u64 = scan.problems().iter().map(|problem| problem.count).sum();
    // The deep one is XML, and holds nothing, or is refused for its depth.
    assert_eq!(images as u64 + failed, 5);
    assert!((3..=4).contains(&failed), "{failed}");
    let profile = profile(&file);
    let table = &profile.objects()["box"];
    assert_eq!(table.all().features()["width"].numbers().max(), Some(5.0));
    assert_eq!(table.faults()["object without a readable box"], 1);
}

#[test]
fn lines_that_are_no_boxes_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let text = "0 0.5 0.5 0.1 0.1\nhello\n0 0.5 0.5 nan 0.1\n1 0.1 0.2\n0 1e999 0 1 1\n";
    std::fs::write(folder.path().join("a.txt"), text).unwrap();
    std::fs::write(folder.path().join("b.txt"), "").unwrap();
    let profile = profile(&OutputsFile::new(folder.path(), OutputsFormat::Yolo));
    let table = &profile.objects()["box"];
    assert_eq!((table.records(), table.all().objects()), (2, 1));
    assert_eq!(table.faults().values().sum::<u64>(), 4);
}

#[test]
fn scattered_results_are_put_together_by_image() {
    let result = |image: usize, score: usize| {
        format!(r#"{{"image_id": {image}, "bbox": [0, 0, 1, 1], "score": 0.{score}}}"#)
    };
    let scattered: Vec<String> = (0..900).map(|i| result(i % 30, 1 + i / 100)).collect();
    let mut grouped = scattered.clone();
    grouped.sort_by_key(|text| {
        let id = text.split([':', ',']).nth(1).unwrap();
        id.trim().parse::<u32>().unwrap()
    });
    let of = |results: &[String]| {
        let (_folder, file) = written(&format!("[{}]", results.join(",\n")));
        profile(&file).to_bytes()
    };
    assert_eq!(of(&scattered), of(&grouped));
}
