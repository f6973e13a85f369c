//! `compare`: exit statuses, what is said where, and the JSON.

use crate::support::{Bench, Records, npy};
use serde_json::Value;

const COLUMNS: &str = "--labels label --ids id";

/// Four windows: two alike, one spread out, one too short to tell.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.window("march.npz", &Records::new(0, 600, 0.1));
    bench.window("april.npz", &Records::new(10_000, 600, 0.1));
    bench.window("may.npz", &Records::new(20_000, 600, 0.25));
    bench.window("short.npz", &Records::new(30_000, 6, 0.1));
    bench
}

fn compare(bench: &Bench, target: &str, flags: &str) -> crate::support::Outcome {
    bench.run(&format!("compare march.npz {target}.npz {COLUMNS} {flags}"))
}

#[test]
fn windows_that_are_alike_end_with_0_and_others_with_1() {
    let bench = bench();
    let alike = compare(&bench, "april", "");
    assert_eq!(alike.status, 0, "{}{}", alike.out, alike.err);
    assert!(alike.out.starts_with("NO DRIFT: "), "{}", alike.out);
    let spread = compare(&bench, "may", "");
    assert_eq!(spread.status, 1, "{}", spread.err);
    assert!(spread.out.starts_with("DRIFT: "), "{}", spread.out);
    assert!(spread.out.contains("own-centre distance"), "{}", spread.out);
    assert_eq!(spread.err, "");
}

#[test]
fn profiles_and_raw_files_give_the_same_answer() {
    let bench = bench();
    bench.ok(&format!("profile march.npz {COLUMNS} --fit 8 -o march.dsp"));
    bench.ok(&format!(
        "profile may.npz {COLUMNS} --like march.dsp -o may.dsp"
    ));
    let pages: Vec<Vec<Value>> = [
        "march.dsp may.dsp".to_owned(),
        format!("march.dsp may.npz {COLUMNS}"),
        format!("march.npz may.npz {COLUMNS}"),
    ]
    .iter()
    .map(|inputs| {
        let outcome = bench.run(&format!("compare {inputs} --json -"));
        assert_eq!(outcome.status, 1, "{inputs}: {}", outcome.err);
        let json: Value = serde_json::from_str(&outcome.out).unwrap();
        json["findings"].as_array().unwrap().clone()
    })
    .collect();
    assert!(!pages[0].is_empty());
    assert!(pages[0] == pages[1] && pages[1] == pages[2]);
    // A raw reference against a profile: measured without its centres.
    let mixed = bench.run(&format!("compare march.npz may.dsp {COLUMNS}"));
    assert_eq!(mixed.status, 1, "{}", mixed.err);
}

#[test]
fn one_file_may_hold_both_windows() {
    let bench = bench();
    let first = npy(&ndarray::Array1::from_iter(0..300_i64));
    std::fs::write(bench.path("first.npy"), first).unwrap();
    let outcome = bench.run(&format!(
        "compare march.npz march.npz {COLUMNS} --where id!=0 --reference-rows first.npy \
         --reference-where label!=1 --target-where label=1 --json result.json --quiet"
    ));
    assert_eq!(outcome.status, 1, "{}", outcome.err);
    let json: Value = serde_json::from_slice(&bench.read("result.json")).unwrap();
    assert_eq!(json["target"]["name"], "march.npz [label=1]");
    assert_eq!(json["reference"]["records"], 199);
    assert_eq!(json["target"]["records"], 200);
}

#[test]
fn json_says_how_the_command_ended() {
    let bench = bench();
    for (target, status, verdict) in [("april", 0, "no-drift"), ("may", 1, "drift")] {
        let outcome = compare(&bench, target, "--json out.json");
        assert_eq!(outcome.status, status);
        assert!(!outcome.out.is_empty());
        let json: Value = serde_json::from_slice(&bench.read("out.json")).unwrap();
        assert_eq!(json["exit_status"], status);
        assert_eq!(json["verdict"], verdict);
        assert_eq!(json["reference"]["name"], "march.npz");
    }
}

#[test]
fn markdown_goes_where_it_is_asked_for() {
    let bench = bench();
    let outcome = compare(&bench, "may", "--markdown out.md");
    assert_eq!(outcome.status, 1, "{}", outcome.err);
    assert!(outcome.out.starts_with("DRIFT: "));
    let file = String::from_utf8(bench.read("out.md")).unwrap();
    assert!(file.starts_with("**DRIFT**: "), "{file}");
    assert!(file.contains("\n### Findings\n"), "{file}");
    let screen = compare(&bench, "may", "--markdown - --json out.json");
    assert_eq!((screen.status, &screen.out), (1, &file));
    assert!(!bench.read("out.json").is_empty());
    for same in ["--markdown - --json -", "--markdown a.txt --json a.txt"] {
        let outcome = compare(&bench, "may", same);
        assert_eq!(outcome.status, 2, "{same}");
        assert!(outcome.err.contains("same place"), "{}", outcome.err);
    }
    let outcome = compare(&bench, "may", "--markdown march.npz");
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("is an input"), "{}", outcome.err);
}

#[test]
fn quiet_is_quiet_but_for_not_enough_data() {
    let bench = bench();
    for (target, status) in [("april", 0), ("may", 1)] {
        let outcome = compare(&bench, target, "--quiet");
        assert_eq!(
            (outcome.status, outcome.out, outcome.err),
            (status, String::new(), String::new())
        );
    }
    let outcome = compare(&bench, "short", "--quiet");
    let said = outcome.out.clone() + &outcome.err;
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("NOT ENOUGH DATA: "), "{said}");
    assert_eq!(outcome.status, 0);
    // Beside JSON the line goes to standard error.
    let outcome = compare(&bench, "short", "--quiet --json -");
    assert!(serde_json::from_str::<Value>(&outcome.out).is_ok());
    assert!(outcome.err.starts_with("NOT ENOUGH DATA: "));
}

#[test]
fn fail_on_widens_what_counts_as_a_failure() {
    let bench = bench();
    assert_eq!(compare(&bench, "short", "--fail-on possible").status, 0);
    assert_eq!(
        compare(&bench, "short", "--fail-on not-enough-data").status,
        1
    );
    assert_eq!(
        compare(&bench, "april", "--fail-on not-enough-data --alpha 0.01").status,
        0
    );
}

#[test]
fn a_comparison_without_any_test_is_trouble() {
    let bench = bench();
    bench.ok(&format!("profile march.npz {COLUMNS} --model a -o a.dsp"));
    bench.ok("profile april.npz --ids id --model b -o b.dsp");
    let outcome = bench.run("compare a.dsp b.dsp");
    assert_eq!(outcome.status, 2, "{}", outcome.out);
    assert!(outcome.out.starts_with("NOT TESTED: "), "{}", outcome.out);
    assert!(
        outcome.out.contains("different models (a and b)"),
        "{}",
        outcome.out
    );
}

#[test]
fn flags_that_would_do_nothing_are_refused() {
    let bench = bench();
    bench.ok(&format!("profile march.npz {COLUMNS} -o march.dsp"));
    for line in [
        "compare march.dsp march.dsp --labels label",
        "compare march.dsp march.dsp --where label=1",
        "compare march.dsp april.npz --reference-where label=1",
        "compare april.npz march.dsp --target-rows :rows",
        "compare march.dsp march.dsp --alpha 0",
        "compare march.dsp march.dsp --alpha nan",
    ] {
        let outcome = bench.run(line);
        assert_eq!(outcome.status, 2, "{line}: {}", outcome.out);
        assert_eq!(outcome.err.lines().count(), 1, "{line}: {}", outcome.err);
    }
}

#[test]
fn the_same_profile_twice_never_drifts() {
    let bench = bench();
    bench.ok(&format!("profile march.npz {COLUMNS} --fit 4 -o march.dsp"));
    let outcome = bench.run("compare march.dsp march.dsp");
    assert_ne!(outcome.status, 1, "{}", outcome.out);
    assert!(!outcome.out.starts_with("DRIFT"), "{}", outcome.out);
}
