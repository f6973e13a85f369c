//! `profile`, `merge`, `fit` and `show`.

use crate::support::{Bench, DIM, Records, npy};
use ndarray::{Array1, Axis, array};
use serde_json::Value;

const COLUMNS: &str = "--labels label --ids id";

#[test]
fn a_profile_is_written_and_shown() {
    let bench = Bench::new();
    bench.window("march.npz", &Records::new(0, 60, 0.1));
    let said = bench.ok(&format!(
        "profile march.npz {COLUMNS} --fit 3 --model m1 --tag camera=7 -o march.dsp"
    ));
    assert!(
        said.starts_with(
            "march.dsp: 60 records; space embedding (16 numbers, 3 clusters, 3 classes);"
        ),
        "{said}"
    );
    let shown = bench.ok("show march.dsp");
    for words in [
        "march.dsp, a profile of 60 records",
        "role reference",
        "camera: 7",
        "model m1",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let json: Value = serde_json::from_str(&bench.ok("show march.dsp --json")).unwrap();
    assert_eq!(json["records"], 60);
    assert_eq!(json["spaces"][0]["dim"], DIM);
    assert_eq!(json["spaces"][0]["classes"].as_array().unwrap().len(), 3);
    assert_eq!(json["spaces"][0]["kept_ids"], 60);
    assert_eq!(json["tags"]["camera"][0], "7");
}

#[test]
fn without_an_output_the_profile_is_shown_and_nothing_is_written() {
    let bench = Bench::new();
    bench.window("march.npz", &Records::new(0, 30, 0.1));
    assert!(
        bench
            .ok("profile march.npz")
            .contains("a profile of 30 records")
    );
    assert_eq!(bench.files(), ["march.npz"]);
}

#[test]
fn parts_in_any_order_and_any_number_of_threads_make_the_same_bytes() {
    let bench = Bench::new();
    let whole = Records::new(0, 700, 0.2);
    bench.window("whole.npz", &whole);
    for (part, rows) in [(0, 0..13), (1, 13..400), (2, 400..700)] {
        let rows: Vec<usize> = rows.collect();
        bench.window(
            &format!("part-{part}.npz"),
            &Records {
                embeddings: whole.embeddings.select(Axis(0), &rows),
                labels: whole.labels.select(Axis(0), &rows),
                ids: whole.ids.select(Axis(0), &rows),
            },
        );
        bench.ok(&format!(
            "profile part-{part}.npz {COLUMNS} -o part-{part}.dsp"
        ));
    }
    bench.ok(&format!(
        "profile whole.npz {COLUMNS} --threads 1 -o whole.dsp"
    ));
    bench.ok(&format!(
        "profile whole.npz {COLUMNS} --threads 8 -o threads.dsp"
    ));
    bench.ok(&format!(
        "profile part-2.npz part-0.npz part-1.npz {COLUMNS} -o inputs.dsp"
    ));
    bench.ok("merge part-1.dsp part-2.dsp part-0.dsp -o merged.dsp");
    let bytes = bench.read("whole.dsp");
    for other in ["threads.dsp", "inputs.dsp", "merged.dsp"] {
        assert!(bench.read(other) == bytes, "{other} differs from whole.dsp");
    }
}

#[test]
fn two_passes_far_apart_equal_two_passes_at_once() {
    let bench = Bench::new();
    bench.window("a.npz", &Records::new(0, 90, 0.2));
    bench.window("b.npz", &Records::new(1000, 150, 0.2));
    bench.ok(&format!(
        "profile a.npz b.npz {COLUMNS} --seed 5 --fit 4 -o once.dsp"
    ));
    for part in ["a", "b"] {
        bench.ok(&format!(
            "profile {part}.npz {COLUMNS} --seed 5 -o {part}.dsp"
        ));
    }
    bench.ok("merge b.dsp a.dsp -o ab.dsp");
    let said = bench.ok("fit ab.dsp -K 4 -o book.dsb");
    assert!(
        said.contains("3 classes and 4 clusters of space embedding"),
        "{said}"
    );
    for part in ["a", "b"] {
        bench.ok(&format!(
            "profile {part}.npz {COLUMNS} --codebook book.dsb --reference -o {part}.dsp"
        ));
    }
    bench.ok("merge a.dsp b.dsp -o apart.dsp");
    assert!(bench.read("apart.dsp") == bench.read("once.dsp"));
}

#[test]
fn a_target_keeps_what_its_reference_does() {
    let bench = Bench::new();
    bench.window("march.npz", &Records::new(0, 60, 0.1));
    bench.window("april.npz", &Records::new(500, 60, 0.1));
    bench.ok(&format!(
        "profile march.npz {COLUMNS} --fit 3 --space clip --seed 7 --distance angular -o march.dsp"
    ));
    bench.ok(&format!(
        "profile april.npz {COLUMNS} --like march.dsp -o april.dsp"
    ));
    let show = |name: &str| -> Value {
        serde_json::from_str(&bench.ok(&format!("show {name} --json"))).unwrap()
    };
    let (march, april) = (show("march.dsp"), show("april.dsp"));
    assert_eq!(march["compare_hash"], april["compare_hash"]);
    assert_ne!(march["merge_hash"], april["merge_hash"]);
    assert_eq!(april["spaces"][0]["name"], "clip");
    assert_eq!(april["spaces"][0]["distance"], "angular");
    assert_eq!(april["spaces"][0]["role"], "plain");
}

#[test]
fn rows_and_conditions_choose_records() {
    let bench = Bench::new();
    bench.window("all.npz", &Records::new(0, 30, 0.1));
    std::fs::write(bench.path("rows.npy"), npy(&array![4_i64, 0, 4])).unwrap();
    let records = |line: &str| -> u64 {
        bench.ok(&format!("profile all.npz {line} -o out.dsp"));
        let json: Value = serde_json::from_str(&bench.ok("show out.dsp --json")).unwrap();
        json["records"].as_u64().unwrap()
    };
    assert_eq!(records("--rows rows.npy"), 3);
    assert_eq!(records("--where label=1"), 10);
    assert_eq!(records("--where label=0|2 --where id!=0"), 19);
    assert_eq!(records("--rows rows.npy --where label=1"), 2);
}

#[test]
fn columns_may_lie_in_files_of_their_own_and_have_names() {
    let bench = Bench::new();
    let records = Records::new(0, 6, 0.1);
    std::fs::write(bench.path("emb.npy"), npy(&records.embeddings)).unwrap();
    std::fs::write(bench.path("ids.npy"), npy(&records.ids)).unwrap();
    let scores: Array1<f64> = array![0.5, 0.25, f64::NAN, 0.75, 1.0, 0.0];
    bench.archive(
        "more.npz",
        &[("kind", npy(&records.labels)), ("score", npy(&scores))],
    );
    bench.ok("profile emb.npy --ids ids.npy --labels more.npz:kind -o out.dsp");
    let json: Value = serde_json::from_str(&bench.ok("show out.dsp --json")).unwrap();
    assert_eq!(json["class_source"], "label");
    assert_eq!(json["spaces"][0]["kept_ids"], 6);

    let mut arrays = records.arrays();
    arrays.push(("score", npy(&scores)));
    bench.archive("all.npz", &arrays);
    bench.ok("profile all.npz --embeddings emb --labels label --features s*e -o out.dsp");
    let json: Value = serde_json::from_str(&bench.ok("show out.dsp --json")).unwrap();
    let feature = &json["features"][1];
    assert_eq!(feature["name"], "score");
    assert_eq!(feature["numbers"]["nan"], 1);
    assert_eq!(feature["numbers"]["max"], 1.0);
}

#[test]
fn rows_without_a_direction_are_counted() {
    let bench = Bench::new();
    let mut records = Records::new(0, 20, 0.1);
    records.embeddings.row_mut(3).fill(0.0);
    records.embeddings[(5, 2)] = f32::NAN;
    bench.window("march.npz", &records);
    let said = bench.ok("profile march.npz -o march.dsp");
    assert!(said.contains("2 rows not used"), "{said}");
    let json: Value = serde_json::from_str(&bench.ok("show march.dsp --json")).unwrap();
    assert_eq!(json["records"], 20);
    assert_eq!(json["spaces"][0]["rows"], 18);
    let reasons = json["spaces"][0]["not_used"].as_array().unwrap();
    assert_eq!(reasons.len(), 2);
}

#[test]
fn a_closed_pipe_is_quiet() {
    use std::process::{Command, Stdio};
    let bench = Bench::new();
    bench.window("march.npz", &Records::new(0, 30, 0.1));
    bench.ok("profile march.npz -o march.dsp");
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("driftsphere"))
        .args(["show", "march.dsp", "--json"])
        .current_dir(bench.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The reader goes away before a word was said.
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn sample_0_keeps_no_row_and_no_id() {
    let bench = Bench::new();
    bench.window("march.npz", &Records::new(0, 60, 0.1));
    bench.window("april.npz", &Records::new(987_654_000, 60, 0.1));
    bench.ok(&format!("profile march.npz {COLUMNS} -o march.dsp"));
    bench.ok("fit march.dsp -K 3 -o book.dsb");
    let kept = |sample: &str, centres: &str| {
        let file = format!("april{sample}.dsp");
        bench.ok(&format!(
            "profile april.npz {COLUMNS} {centres} --sample {sample} -o {file}"
        ));
        let bytes = bench.read(&file);
        let ids = bytes.windows(6).filter(|six| six == b"987654").count();
        let json: Value = serde_json::from_str(&bench.ok(&format!("show {file} --json"))).unwrap();
        (ids, json["spaces"][0]["kept_ids"].as_u64().unwrap())
    };
    assert_eq!(kept("0", ""), (0, 0));
    // The codebook names three records of the window that it was fitted on.
    assert_eq!(kept("0", "--codebook book.dsb"), (0, 3));
    let (ids, sampled) = kept("20", "--codebook book.dsb");
    assert!(ids >= 60 && sampled == 63, "{ids} {sampled}");
    // Parts merge as they do with a sample.
    bench.ok("merge april0.dsp april0.dsp -o april0.dsp");
    assert!(bench.ok("show april0.dsp").contains("120 records"));
}

#[test]
fn fewer_clusters_than_asked_for_are_said() {
    let bench = Bench::new();
    bench.window("march.npz", &Records::new(0, 30, 0.1));
    bench.ok(&format!(
        "profile march.npz {COLUMNS} --sample 20 -o march.dsp"
    ));
    for (line, k) in [
        ("fit march.dsp -K 50 -o book.dsb", 50),
        (
            "profile march.npz --ids id --sample 20 --fit 30 -o b.dsp",
            30,
        ),
    ] {
        let outcome = bench.run(line);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        let note = format!("only 20 of {k} clusters could be fitted in space embedding");
        assert!(outcome.err.contains(&note), "{}", outcome.err);
    }
    assert_eq!(bench.run("fit march.dsp -K 3 -o book.dsb").err, "");
}

#[test]
fn ids_are_kept_as_asked_and_samples_lowered_or_left_out() {
    let bench = Bench::new();
    bench.window("march.npz", &Records::new(0, 200, 0.1));
    let profile = |options: &str| bench.ok(&format!("profile march.npz {COLUMNS} {options}"));
    profile("-o march.dsp");
    profile("--keep-ids hashed -o hashed.dsp");
    assert_ne!(bench.read("march.dsp"), bench.read("hashed.dsp"));

    profile("--sample 30 -o small.dsp");
    bench.ok("shrink march.dsp --sample 30 -o shrunk.dsp");
    assert!(bench.read("shrunk.dsp") == bench.read("small.dsp"));

    let said = bench.ok("seal march.dsp -o sealed.dsp");
    assert!(
        said.contains("keeps nothing of single records: it is sealed"),
        "{said}"
    );
    let outcome = bench.run("merge sealed.dsp sealed.dsp -o both.dsp");
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("role sealed"), "{}", outcome.err);
    // Never in place: it cannot be undone.
    assert_eq!(bench.run("seal march.dsp -o march.dsp").status, 2);
}
