//! What models say of images, from the shell.

use crate::support::{Bench, Records, npy};
use serde_json::Value;

/// A path of the real outputs.
fn data(name: &str) -> String {
    format!("{}/tests/data/outputs/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn results_are_profiled_shown_and_compared() {
    let bench = Bench::new();
    let images = format!("--coco-images {}", data("multi_instances_images.json"));
    let clean = data("multi_results_clean.json");
    let line = bench.ok(&format!("profile {clean} {images} -o clean.dsp"));
    assert!(
        line.contains("87 records; box: 267 objects of 4 classes"),
        "{line}"
    );
    let page = bench.ok("show clean.dsp");
    for word in [
        "Objects `box`",
        "relative area",
        "touches border",
        "person",
        "together:",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
    let json: serde_json::Value = serde_json::from_str(&bench.ok("show clean.dsp --json")).unwrap();
    assert_eq!(json["objects"][0]["kind"], "box");
    assert_eq!(json["objects"][0]["all"]["objects"], 267);
    assert_eq!(json["objects"][0]["classes"].as_array().unwrap().len(), 4);

    let [persons, zoom] = ["clean", "zoom"].map(|v| data(&format!("person_results_{v}.json")));
    let listed = format!("--coco-images {}", data("person_instances_images.json"));
    let answer = bench.run(&format!("compare {persons} {zoom} {listed}"));
    assert_eq!(answer.status, 1, "{}", answer.err);
    assert!(
        answer
            .out
            .contains("objects are larger: median relative area"),
        "{}",
        answer.out
    );
    assert!(
        answer.out.contains("may be a zoom in by about"),
        "{}",
        answer.out
    );
    let same = bench.run(&format!("compare clean.dsp {clean} {images}"));
    assert_eq!(same.status, 0, "{}", same.out);
}

#[test]
fn other_formats_and_columns_of_images_come_along() {
    let bench = Bench::new();
    let yolo = bench.ok(&format!("profile {} -o yolo.dsp", data("yolo")));
    assert!(yolo.contains("12 records"), "{yolo}");
    let voc = bench.ok(&format!("profile {} --as voc -o voc.dsp", data("voc")));
    assert!(voc.contains("12 records"), "{voc}");
    let maps = bench.ok(&format!("profile {} --as label-maps", data("label_maps")));
    assert!(
        maps.contains("Objects `mask`") && maps.contains("compactness"),
        "{maps}"
    );
    let table = "id,camera\nface_recognition__obama.jpg,left\nopencv__group1.jpg,right\n";
    std::fs::write(bench.path("cameras.csv"), table).unwrap();
    let joined = bench.ok(&format!("profile {} cameras.csv --ids id", data("voc")));
    assert!(
        joined.contains("camera") && joined.contains("Objects `box`"),
        "{joined}"
    );
}

#[test]
fn annotations_tell_precision_and_recall() {
    let bench = Bench::new();
    let (found, drawn) = (
        data("multi_results_dark.json"),
        data("multi_instances_pseudo.json"),
    );
    let page = bench.ok(&format!(
        "profile {found} --coco-images {drawn} --annotations {drawn}"
    ));
    assert!(page.contains("person: average precision 0.83"), "{page}");
    assert!(page.contains("Objects `annotation`"), "{page}");
    // They know the images, too.
    let alone = bench.ok(&format!("profile {found} --annotations {drawn}"));
    assert_eq!(alone, page);
}

/// 87 of the 308 photographs are annotated. pycocotools 2.0.11 on these: an average precision of 1.
#[test]
fn images_that_are_not_annotated_are_not_judged() {
    let bench = Bench::new();
    let command = format!(
        "profile {} --coco-images {} --annotations {}",
        data("person_results_clean.json"),
        data("person_instances_images.json"),
        data("multi_instances_pseudo.json")
    );
    let outcome = bench.run(&command);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let note = "221 of 308 images are not among the annotated ones: their boxes are not judged";
    assert!(outcome.err.contains(note), "{}", outcome.err);
    let precision = "person: average precision 1 at an overlap of 0.5";
    assert!(outcome.out.contains(precision), "{}", outcome.out);
}

#[test]
fn a_file_of_a_folder_that_is_none_is_counted_and_the_rest_is_read() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("yolo")).unwrap();
    std::fs::write(bench.path("yolo/a.txt"), "0 0.5 0.5 0.2 0.2\n").unwrap();
    std::fs::write(bench.path("yolo/b.txt"), b"0 0.5 \xff").unwrap();
    let outcome = bench.run("profile yolo --as yolo -o yolo.dsp");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(outcome.err.contains("no text of UTF-8"), "{}", outcome.err);
    assert!(outcome.err.contains("b.txt"), "{}", outcome.err);
    assert!(outcome.out.contains("1 record"), "{}", outcome.out);
    std::fs::remove_file(bench.path("yolo/a.txt")).unwrap();
    let nothing = bench.run("profile yolo --as yolo -o none.dsp");
    assert_eq!(nothing.status, 2, "{}", nothing.err);
    assert!(
        nothing.err.contains("nothing could be read"),
        "{}",
        nothing.err
    );
    assert!(!bench.path("none.dsp").exists());
}

/// A file is that of its image's whole name, or of its stem where no other image has it.
#[test]
fn files_belong_to_the_images_that_they_are_named_after() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("yolo")).unwrap();
    let file = |name: &str| {
        std::fs::write(bench.path(&format!("yolo/{name}")), "0 0.5 0.5 0.2 0.2\n").unwrap();
    };
    let image = |id: u32, name: &str| {
        format!(r#"{{"id": {id}, "file_name": "{name}", "width": 64, "height": 48}}"#)
    };
    let list = ["a.jpg", "a.png", "b.png"].iter().zip(1..);
    let list: Vec<String> = list.map(|(name, id)| image(id, name)).collect();
    let list = format!(r#"{{"images": [{}]}}"#, list.join(", "));
    std::fs::write(bench.path("images.json"), list).unwrap();
    file("b.txt");
    file("a.png.txt");
    let line = "profile yolo --as yolo --coco-images images.json -o yolo.dsp";
    bench.ok(line);
    let profile = driftsphere::profile::Profile::read(bench.path("yolo.dsp")).unwrap();
    let boxes = &profile.objects()["box"];
    assert_eq!(
        (
            profile.records(),
            boxes.all().objects(),
            boxes.all().records()
        ),
        (3, 2, 2)
    );
    // Nobody knows whose this is.
    std::fs::remove_file(bench.path("yolo/a.png.txt")).unwrap();
    file("a.txt");
    let outcome = bench.run(line);
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.err.contains("a.jpg and a.png have one file"),
        "{}",
        outcome.err
    );
    assert!(outcome.err.contains("as a.png.txt"), "{}", outcome.err);
}

/// Vectors that cannot be used are counted wherever they stand, and said; none at all is an error.
#[test]
fn unusable_scores_are_said_in_any_order() {
    let bench = Bench::new();
    let scores = |bad: std::ops::Range<usize>| {
        let row = |row: usize| match bad.contains(&row) {
            true => "{\"p\": [3.0, 1.0]}\n",
            false => "{\"p\": [0.75, 0.25]}\n",
        };
        (0..40_000).map(row).collect::<String>()
    };
    for (at, bad) in [0..20_000, 20_000..40_000].into_iter().enumerate() {
        std::fs::write(bench.path("s.jsonl"), scores(bad)).unwrap();
        let outcome = bench.run(&format!("profile s.jsonl --scores p -o {at}.dsp"));
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        let note =
            "20,000 of 40,000 objects (prediction) not used: scores that are no probabilities";
        assert!(
            outcome
                .err
                .replace("20000", "20,000")
                .replace("40000", "40,000")
                .contains(note),
            "{}",
            outcome.err
        );
    }
    assert_eq!(bench.read("0.dsp"), bench.read("1.dsp"));
    std::fs::write(bench.path("s.jsonl"), scores(0..40_000)).unwrap();
    let outcome = bench.run("profile s.jsonl --scores p -o x.dsp");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.err.contains("say so with --logits"),
        "{}",
        outcome.err
    );
}

#[test]
fn scores_become_confidence_and_calibration() {
    let bench = Bench::new();
    let scores = data("scores.npz");
    let page = bench.ok(&format!("profile {scores} --scores proba --labels label"));
    for word in [
        "top score",
        "entropy",
        "margin",
        "all: accuracy 94 %",
        "Objects `prediction`",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
    let wrong = bench.run(&format!(
        "profile {scores} --scores proba --logits --labels label -o x.dsp"
    ));
    assert_eq!(wrong.status, 0, "{}", wrong.err);
    let others: Vec<String> = (0..10).map(|i| format!("figure {i}")).collect();
    std::fs::write(bench.path("names.txt"), others.join("\n")).unwrap();
    let strange = bench.run(&format!(
        "profile {scores} --scores proba --classes names.txt --labels label"
    ));
    assert_eq!(strange.status, 2);
    assert!(
        strange
            .err
            .contains("labels is a name of the list of classes"),
        "{}",
        strange.err
    );
    let mut names: Vec<String> = (0..10).map(|i| i.to_string()).collect();
    for (name, words) in [
        (
            None,
            "the list of classes has 9 names, the vectors have 10 scores",
        ),
        (
            Some("3"),
            "the list of classes has `3` twice, on lines 4 and 10",
        ),
    ] {
        names.truncate(9);
        names.extend(name.map(str::to_owned));
        std::fs::write(bench.path("names.txt"), names.join("\n")).unwrap();
        let wrong = bench.run(&format!(
            "profile {scores} --scores proba --classes names.txt"
        ));
        assert_eq!(wrong.status, 2);
        assert!(wrong.err.contains(words), "{}", wrong.err);
    }
    let both = bench.run(&format!(
        "profile {scores} --scores proba --embeddings proba"
    ));
    assert_eq!(both.status, 2);
}

/// Crops with a vector each: an embedding for each object, by class, with whole images as groups.
#[test]
fn objects_with_a_vector_each_fill_a_space_by_class() {
    let bench = Bench::new();
    for (name, first, spread) in [
        ("march", 0, 0.1),
        ("april", 10_000, 0.1),
        ("may", 20_000, 0.3),
    ] {
        let mut records = Records::new(first, 600, 0.1);
        // What is seen of class 1 is another thing in May.
        let wide = Records::new(first, 600, spread);
        for row in (1..600).step_by(3) {
            records
                .embeddings
                .row_mut(row)
                .assign(&wide.embeddings.row(row));
        }
        // Three objects an image.
        let images = records.ids.mapv(|id| id / 3);
        let arrays = [
            ("vector", npy(&records.embeddings)),
            ("class", npy(&records.labels)),
            ("image", npy(&images)),
            ("id", npy(&records.ids)),
        ];
        bench.archive(&format!("{name}.npz"), &arrays);
    }
    let columns = "--embeddings vector --predictions class --group image --ids id";
    let of = |month: &str| {
        let line = format!("compare march.npz {month}.npz {columns} --json out.json");
        let outcome = bench.run(&line);
        let json: Value = serde_json::from_slice(&bench.read("out.json")).unwrap();
        (outcome.status, json)
    };
    let (status, same) = of("april");
    assert_eq!(status, 0, "{}", same["headline"]);
    let (status, other) = of("may");
    assert_eq!(status, 1, "{}", other["headline"]);
    let findings = other["findings"].as_array().unwrap();
    let drifted: Vec<&Value> = findings
        .iter()
        .filter(|f| f["verdict"] == "drift")
        .collect();
    let named = |class: &str| {
        let mut scopes = drifted.iter().map(|finding| &finding["scope"]);
        scopes.any(|scope| scope["of"] == "class" && scope["name"] == class)
    };
    assert!(named("1"), "{drifted:#?}");
    assert!(!named("0") && !named("2"), "{drifted:#?}");
}

#[test]
fn what_cannot_be_meant_is_said() {
    let bench = Bench::new();
    let (clean, images) = (
        data("multi_results_clean.json"),
        data("multi_instances_images.json"),
    );
    std::fs::write(bench.path("a.csv"), "x,y\n1,2\n").unwrap();
    std::fs::write(bench.path("cut.json"), "[{\"image_id\": 1, \"bbox\": [1, 2").unwrap();
    for (line, says) in [
        (
            format!("profile a.csv --coco-images {images}"),
            "no input holds outputs",
        ),
        (
            format!("profile a.csv --annotations {images}"),
            "no input holds outputs",
        ),
        (format!("profile {clean} --where x=1"), "cannot be chosen"),
        (format!("profile {clean} a.csv"), "--ids"),
        (
            format!("profile {clean} --coco-images {clean}"),
            "no `images` in it",
        ),
        ("profile cut.json".to_owned(), "cut short"),
        (
            format!("profile {} --as label-maps", data("voc")),
            "nothing could be read",
        ),
    ] {
        let outcome = bench.run(&line);
        let told = outcome.err.contains(says);
        assert!(told, "{line}: {} {}", outcome.status, outcome.err);
    }
}

#[test]
fn folders_of_outputs_are_read_whole() {
    let bench = Bench::new();
    let put = |name: &str, text: &str| {
        let path = bench.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let line = "0 0.5 0.5 0.2 0.2\n";
    put("labels/train/a.txt", line);
    put("labels/val/b.txt", line);
    put("labels/notes.md", "made by hand");
    let outcome = bench.run("profile labels -o all.dsp");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(outcome.out.contains("2 records"), "{}", outcome.out);
    // Notes are no records that were lost: they would be a change of their share.
    assert!(!outcome.err.contains("left out"), "{}", outcome.err);
    put("labels/train/c.xml", "<annotation/>");
    let both = bench.run("profile labels -o both.dsp");
    assert_eq!(both.status, 2, "{}", both.out);
    assert!(both.err.contains("--as voc or --as yolo"), "{}", both.err);
    assert!(both.err.contains("train/c.xml"), "{}", both.err);
    bench.ok("profile labels --as yolo -o yolo.dsp");
}
