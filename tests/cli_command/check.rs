//! `check`, `completions` and `man`.

use crate::support::{Bench, Records};
use serde_json::Value;

/// A reference, a window like it and one that drifted.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.window("march.npz", &Records::new(0, 600, 0.1));
    bench.window("april.npz", &Records::new(10_000, 600, 0.1));
    bench.window("may.npz", &Records::new(20_000, 600, 0.25));
    let columns = "--labels label --ids id";
    bench.ok(&format!("profile march.npz {columns} --fit 4 -o march.dsp"));
    for month in ["april", "may"] {
        bench.ok(&format!(
            "profile {month}.npz {columns} --like march.dsp -o {month}.dsp"
        ));
    }
    bench
}

#[test]
fn a_starter_passes_its_own_reference_and_fails_a_drifted_window() {
    let bench = bench();
    bench.ok("check --init march.dsp -o rules.toml");
    let printed = bench.ok("check --init march.dsp");
    assert_eq!(printed.as_bytes(), bench.read("rules.toml"));
    for month in ["march", "april"] {
        let line = format!("check {month}.dsp rules.toml --against march.dsp");
        let outcome = bench.run(&line);
        assert_eq!(outcome.status, 0, "{}{}", outcome.out, outcome.err);
        assert!(outcome.out.starts_with("PASSED: "), "{}", outcome.out);
    }
    let outcome =
        bench.run("check may.dsp rules.toml --against march.dsp --json out.json --junit out.xml");
    assert_eq!(outcome.status, 1, "{}", outcome.err);
    assert!(outcome.out.starts_with("FAILED: "), "{}", outcome.out);
    let json: Value = serde_json::from_slice(&bench.read("out.json")).unwrap();
    assert_eq!(
        (&json["exit_status"], &json["outcome"], &json["reference"]),
        (&1.into(), &"failed".into(), &"march.dsp".into())
    );
    let junit = String::from_utf8(bench.read("out.xml")).unwrap();
    assert!(
        junit.contains("<testcase classname=\"comparison\""),
        "{junit}"
    );
    assert!(junit.contains("<failure type=\"rule\""), "{junit}");
    // Rules that were changed by hand are not lost.
    let outcome = bench.run("check --init march.dsp -o rules.toml");
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("is there already"), "{}", outcome.err);
}

#[test]
fn rules_without_a_comparison_need_no_reference() {
    let bench = bench();
    let rules =
        "[[records]]\nmin_count = 600\n[[feature]]\nfeature = \"label\"\nallowed = [0, 1]\n";
    std::fs::write(bench.path("rules.toml"), rules).unwrap();
    let outcome = bench.run("check april.dsp rules.toml --markdown -");
    assert_eq!(outcome.status, 1, "{}", outcome.err);
    assert!(
        outcome.out.contains("| 2 (200) | only 0, 1 | error |"),
        "{}",
        outcome.out
    );
    let warning = format!("{rules}severity = \"warning\"\n");
    std::fs::write(bench.path("rules.toml"), warning).unwrap();
    let outcome = bench.run("check april.dsp rules.toml");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(
        outcome.out.starts_with("PASSED WITH WARNINGS: "),
        "{}",
        outcome.out
    );
    let outcome = bench.run("check april.dsp rules.toml --quiet");
    assert_eq!(
        (outcome.status, outcome.out, outcome.err),
        (0, String::new(), String::new())
    );
}

#[test]
fn a_run_is_held_against_the_run_before() {
    let bench = bench();
    std::fs::write(
        bench.path("rules.toml"),
        "[[stability]]\nmax_change = \"same\"\n[[stability]]\nclass = \"*\"\nmin_jaccard = 0.9\n",
    )
    .unwrap();
    let alone = bench.run("check march.dsp rules.toml");
    assert_eq!(alone.status, 2);
    assert!(
        alone.err.contains("needs --run-before RUN.dsp"),
        "{}",
        alone.err
    );
    let same = bench.run("check march.dsp rules.toml --run-before march.dsp --verbose");
    assert_eq!(same.status, 0, "{}{}", same.out, same.err);
    assert!(same.out.contains("debiased CKA"), "{}", same.out);
    // Other records: nothing can be paired.
    let other = bench.run("check may.dsp rules.toml --run-before march.dsp");
    assert_ne!(other.status, 0, "{}", other.out);
}

#[test]
fn trouble_is_told_in_a_line() {
    let bench = bench();
    let rules = |text: &[u8]| std::fs::write(bench.path("rules.toml"), text).unwrap();
    for (text, said) in [
        (
            &b"[[feature]]\nfeature = \"x\"\nmaximum = 1"[..],
            "key maximum, line 3, file rules.toml",
        ),
        (
            b"[[comparison]]\nmax_verdict = \"no-drift\"",
            "line 1 of rules.toml is about a comparison",
        ),
        (b"\xff", "UTF-8"),
        (
            b"[[feature]]\nfeature = \"x\"\nmax = 1\noptional = true",
            "NOT APPLICABLE",
        ),
    ] {
        rules(text);
        let outcome = bench.run("check april.dsp rules.toml --quiet");
        assert_eq!(outcome.status, 2, "{said}");
        assert!(outcome.err.contains(said), "{said}: {}", outcome.err);
        assert_eq!(outcome.err.lines().count(), 1);
    }
    rules(b"[[feature]]\nfeature = \"x\"\nmax = 1");
    let outcome = bench.run("check april.dsp rules.toml");
    assert_eq!(outcome.status, 1);
    assert!(
        outcome.out.contains("no feature is called x"),
        "{}",
        outcome.out
    );
    let outcome = bench.run("check april.dsp rules.toml --json rules.toml");
    assert_eq!(outcome.status, 2);
    assert!(bench.run("check april.npz rules.toml").status == 2);
}

#[test]
fn shells_and_man_know_every_command() {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = bench.ok(&format!("completions {shell}"));
        for word in ["driftsphere", "compare", "against", "markdown"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let page = bench.ok("man");
    assert!(page.contains(".TH driftsphere 1"), "{page}");
    assert_eq!(bench.run("man -o pages").status, 2);
    std::fs::create_dir(bench.path("pages")).unwrap();
    bench.ok("man -o pages");
    let check = String::from_utf8(bench.read("pages/driftsphere-check.1")).unwrap();
    assert!(check.contains(".TH driftsphere-check 1"), "{check}");
    assert!(check.contains("RULES.toml"), "{check}");
    assert!(bench.path("pages/driftsphere.1").is_file());
}
