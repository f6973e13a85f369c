//! Several profiles of one run: by segment, by window of time, by both.

use crate::support::{Bench, Records, npy};
use ndarray::Array1;
use serde_json::Value;
use std::fmt::Write as _;

/// Records of two cameras over 3 days, some without a camera; `right` is by how
/// much the right one is brighter. The 9th has no time.
fn csv(n: usize, right: f64) -> String {
    let mut text = "id,when,camera,brightness\n".to_owned();
    for i in 0..n {
        let camera = ["left", "right", "left", "right", ""][i % 5];
        let u = (i as f64 * 0.618_034).fract() + if camera == "right" { right } else { 0.0 };
        let when = match i {
            8 => "soon".to_owned(),
            i => format!("2025-03-{:02}T{:02}:30:00Z", 1 + 2 * (i % 3), i % 24),
        };
        let _ = writeln!(text, "{i},{when},{camera},{u}");
    }
    text
}

fn bench(right: f64) -> Bench {
    let bench = Bench::new();
    std::fs::write(bench.path("a.csv"), csv(600, 0.0)).unwrap();
    std::fs::write(bench.path("b.csv"), csv(600, right)).unwrap();
    bench
}

const SEGMENT: &str = "--ids id --time when --segment camera";

#[test]
fn a_set_is_written_shown_and_taken_apart() {
    let bench = bench(0.0);
    let line = bench.ok(&format!("profile a.csv {SEGMENT} -o a.dsp"));
    assert!(
        line.starts_with("a.dsp: 3 segments by camera, 599 records, 1 not used"),
        "{line}"
    );
    let page = bench.ok("show a.dsp");
    for words in [
        "#camera=left",
        "#camera= ",
        "(no value)",
        "240",
        "no readable time",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let json: Value = serde_json::from_str(&bench.ok("show a.dsp --json")).unwrap();
    assert_eq!(json["segments"][0]["segment"], "camera=left");
    assert_eq!(json["segments"][2]["profile"]["records"], 120);
    assert_eq!(json["not_used"][0]["count"], 1);

    // One of the set is what its records alone make.
    let left = bench.ok("show a.dsp#camera=left --json");
    let features = "--features brightness";
    bench.ok(&format!(
        "profile a.csv --ids id --time when {features} --where camera=left -o l.dsp"
    ));
    let alone = bench
        .ok("show l.dsp --json")
        .replace("l.dsp", "a.dsp#camera=left");
    assert_eq!(left, alone);

    let wrong = bench.run("show a.dsp#camera=up");
    assert_eq!(wrong.status, 2);
    assert!(
        wrong
            .err
            .contains("there are: camera=left, camera=right, camera="),
        "{}",
        wrong.err
    );
    let wrong = bench.run("fit a.dsp -o book.dsb");
    assert!(wrong.err.contains("a.dsp#camera=left"), "{}", wrong.err);
    let wrong = bench.run("show l.dsp#camera=left");
    assert!(wrong.err.contains("no set"), "{}", wrong.err);
}

#[test]
fn values_beyond_the_bound_are_together() {
    let bench = bench(0.0);
    bench.ok(&format!(
        "profile a.csv {SEGMENT} --max-segments 1 -o a.dsp"
    ));
    let json: Value = serde_json::from_str(&bench.ok("show a.dsp --json")).unwrap();
    let names: Vec<_> = (0..3)
        .map(|i| json["segments"][i]["segment"].as_str().unwrap())
        .collect();
    assert_eq!(names[1..], ["camera=", "other"]);
    let records = |i: usize| json["segments"][i]["profile"]["records"].as_u64().unwrap();
    assert_eq!(records(0) + records(1) + records(2), 599);
    assert!(
        names[0] == "camera=left" || names[0] == "camera=right",
        "{names:?}"
    );
}

#[test]
fn sets_are_compared_segment_by_segment() {
    let bench = bench(0.6);
    for name in ["a", "b"] {
        bench.ok(&format!("profile {name}.csv {SEGMENT} -o {name}.dsp"));
    }
    let same = bench.run("compare a.dsp a.dsp");
    assert_eq!(same.status, 0, "{}", same.out);
    let drift = bench.run("compare a.dsp b.dsp --json out.json");
    assert_eq!(drift.status, 1, "{}{}", drift.out, drift.err);
    assert!(
        drift
            .out
            .starts_with("DRIFT: in 1 of 3 segments by camera."),
        "{}",
        drift.out
    );
    assert!(drift.out.contains("Segment camera=right"), "{}", drift.out);
    assert!(!drift.out.contains("Segment camera=left"), "{}", drift.out);
    let json: Value = serde_json::from_slice(&bench.read("out.json")).unwrap();
    assert_eq!(json["format"], "driftsphere comparison of sets");
    assert_eq!(json["exit_status"], 1);
    let verdict = |i: usize| json["segments"][i]["comparison"]["verdict"].clone();
    assert_eq!(verdict(1), "drift");
    assert_ne!(verdict(0), "drift");
    // Holm: of three segments the smallest p is held against a third of alpha.
    let alpha = json["segments"][1]["comparison"]["alpha"].as_f64().unwrap();
    assert!((alpha - 0.05 / 3.0).abs() < 1e-12);
    let markdown = bench.run("compare a.dsp b.dsp --markdown -").out;
    assert!(markdown.starts_with("**DRIFT**: in 1 of 3"), "{markdown}");

    let left = bench.run("compare a.dsp#camera=left b.dsp#camera=left");
    assert_eq!(left.status, 0, "{}", left.out);
    let mixed = bench.run("compare a.dsp b.dsp#camera=left");
    assert_eq!(mixed.status, 2);
    assert!(
        mixed
            .err
            .contains("name one of them, such as a.dsp#camera=left"),
        "{}",
        mixed.err
    );
    assert_eq!(bench.run("compare a.dsp b.dsp --history a.dsp").status, 2);
}

#[test]
fn a_segment_of_one_side_is_named() {
    let bench = bench(0.0);
    bench.ok(&format!("profile a.csv {SEGMENT} -o a.dsp"));
    bench.ok(&format!(
        "profile a.csv {SEGMENT} --where camera!=right -o b.dsp"
    ));
    let outcome = bench.run("compare a.dsp b.dsp --json out.json");
    assert_eq!(outcome.status, 1, "{}", outcome.out);
    let vanished = "DRIFT: segments by camera: camera=right vanished.";
    assert!(outcome.out.starts_with(vanished), "{}", outcome.out);
    let json: Value = serde_json::from_slice(&bench.read("out.json")).unwrap();
    let finding = &json["one_sided"];
    assert_eq!(finding["lost_values"][0], "camera=right");
    assert!(finding["p_adjusted"].as_f64().unwrap() < 1e-6, "{finding}");
    let back = bench.run("compare b.dsp a.dsp");
    let new = "DRIFT: segments by camera: camera=right is new.";
    assert!(back.out.starts_with(new), "{}", back.out);
    assert!(
        outcome.out.contains("Only in the reference, not compared"),
        "{}",
        outcome.out
    );
    assert!(
        outcome.out.contains("right: 239 records"),
        "{}",
        outcome.out
    );
    let quiet = bench.run("compare a.dsp b.dsp --quiet");
    assert!(
        quiet.out.is_empty() && quiet.err.contains("1 segment is"),
        "{}",
        quiet.err
    );
}

/// Centres are fitted on all records, so segments can be compared with each other.
#[test]
fn segments_share_the_centres_and_a_target_follows_the_set() {
    let bench = Bench::new();
    let camera = |n: usize| Array1::from_shape_fn(n, |i| (i % 2) as i64);
    for (name, first) in [("a.npz", 0), ("b.npz", 500)] {
        let records = Records::new(first, 300, 0.2);
        let mut arrays = records.arrays();
        arrays.push(("camera", npy(&camera(300))));
        bench.archive(name, &arrays);
    }
    let keys = "--embeddings emb --labels label --ids id";
    bench.ok(&format!(
        "profile a.npz {keys} --segment camera --fit 3 -o a.dsp"
    ));
    bench.ok(&format!("profile b.npz {keys} --like a.dsp -o b.dsp"));
    let json: Value = serde_json::from_str(&bench.ok("show b.dsp --json")).unwrap();
    assert_eq!(json["column"], "camera");
    let hash = |i: usize| json["segments"][i]["profile"]["compare_hash"].clone();
    assert_eq!(hash(0), hash(1));
    let outcome = bench.run("compare a.dsp b.dsp");
    assert_eq!(outcome.status, 0, "{}", outcome.out);
    let across = bench.run("compare a.dsp#camera=0 b.dsp#camera=1 --json -");
    let json: Value = serde_json::from_str(&across.out).unwrap();
    let tested = json["findings"].as_array().unwrap().iter();
    assert!(
        tested
            .into_iter()
            .any(|f| f["feature"] == "own-centre distance"),
        "{}",
        across.out
    );
}

#[test]
fn merged_windows_are_the_profile_of_all_byte_for_byte() {
    let bench = bench(0.0);
    // The one without a time is in no window, and must not be in the whole.
    let roles = "--ids id --time when --where id!=8";
    bench.ok(&format!("profile a.csv {roles} -o all.dsp"));
    let said = bench.ok(&format!("profile a.csv {roles} --window 1d -o days"));
    let names = ["2025-03-01.dsp", "2025-03-03.dsp", "2025-03-05.dsp"];
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), names.len());
    for (line, name) in lines.iter().zip(names) {
        assert!(line.starts_with(&format!("days/{name}: ")), "{line}");
    }
    bench.ok("merge days/2025-03-05.dsp days/2025-03-01.dsp days/2025-03-03.dsp -o merged.dsp");
    assert_eq!(bench.read("merged.dsp"), bench.read("all.dsp"));

    let hours = bench.run(&format!("profile a.csv {roles} --window 6h -o days"));
    assert_eq!(hours.status, 0);
    assert!(bench.path("days/2025-03-01T06.dsp").is_file());
    assert!(
        hours.err.contains("days holds 3 further profiles"),
        "{}",
        hours.err
    );
}

#[test]
fn windows_of_sets_merge_to_the_set_of_all() {
    let bench = bench(0.0);
    let roles = format!("{SEGMENT} --where id!=8");
    bench.ok(&format!("profile a.csv {roles} -o all.dsp"));
    bench.ok(&format!("profile a.csv {roles} --window 1w -o weeks"));
    assert!(
        bench.path("weeks/2025-02-24.dsp").is_file(),
        "weeks begin on a Monday"
    );
    bench.ok("merge weeks/2025-02-24.dsp weeks/2025-03-03.dsp -o merged.dsp");
    assert_eq!(bench.read("merged.dsp"), bench.read("all.dsp"));
    bench.ok("profile a.csv --ids id --where id!=8 -o one.dsp");
    for line in [
        "merge merged.dsp one.dsp -o x.dsp",
        "merge one.dsp merged.dsp -o x.dsp",
    ] {
        let outcome = bench.run(line);
        assert_eq!(outcome.status, 2);
        assert!(
            outcome.err.contains("sets are merged with sets"),
            "{}",
            outcome.err
        );
    }
}

#[test]
fn what_is_in_no_window_is_said_and_wrong_flags_are_refused() {
    let bench = bench(0.0);
    let said = bench.run("profile a.csv --ids id --time when --window 1d -o days");
    assert_eq!(said.status, 0);
    assert!(
        said.err
            .contains("1 records are in no window: no readable time"),
        "{}",
        said.err
    );
    for line in [
        "profile a.csv --window 1d -o days",
        "profile a.csv --time when --window 1d",
        "profile a.csv --time when --window 0d -o days",
        "profile a.csv --time when --window 1d -o b.csv",
        "profile a.csv --time when --window 1s -o seconds --max-segments 3",
        "profile a.csv --segment lens -o x.dsp",
    ] {
        assert_eq!(bench.run(line).status, 2, "{line}");
    }
    assert!(!bench.path("x.dsp").exists());
}

/// Real embeddings with labels, ids, scores and times, against centres fitted on
/// all of them.
#[test]
fn days_of_a_reference_merge_to_it_byte_for_byte() {
    let bench = Bench::new();
    let data = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/data/reference_week_1.npz"
    );
    let keys = "--ids id --labels label --time captured_at --features score --features brightness";
    bench.ok(&format!("profile {data} {keys} --fit 6 -o whole.dsp"));
    let said = bench.ok(&format!(
        "profile {data} {keys} --fit 6 --window 1d -o days"
    ));
    let days: Vec<&str> = said
        .lines()
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(days.len(), 7);
    assert_eq!(days[0], "days/2025-03-03.dsp");
    bench.ok(&format!("merge {} -o merged.dsp", days.join(" ")));
    assert_eq!(bench.read("merged.dsp"), bench.read("whole.dsp"));
}
