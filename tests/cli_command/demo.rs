//! `demo`: the first thing a new user runs.

use crate::support::Bench;

#[test]
fn the_demo_finds_the_drift_that_is_there_and_none_where_there_is_none() {
    let bench = Bench::new();
    let said = bench.ok("demo kept");
    let answers: Vec<&str> = said
        .lines()
        .filter(|line| {
            let leads = ["(exit status", "CHANGED: "];
            leads.iter().any(|lead| line.starts_with(lead)) || line.contains("DRIFT: ")
        })
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(
        answers,
        [
            "NO DRIFT",
            "(exit status 0)",
            "DRIFT",
            "(exit status 1)",
            "NO DRIFT",
            "(exit status 0)",
            "DRIFT",
            "(exit status 1)",
            "DRIFT",
            "(exit status 1)",
            // Sixty days.
            "DRIFT",
            "(exit status 1)",
            // Another geometry, the same classes; and two classes that became one.
            "CHANGED",
            "(exit status 0)",
            "CHANGED",
            "(exit status 1)",
        ]
    );
    assert!(said.contains("pictures are blurred: median pixels.laplacian_variance"));
    assert!(said.contains("Try next"));
    for report in
        ["report", "photos", "boxes", "series", "runs"].map(|name| format!("kept/{name}.html"))
    {
        assert!(said.contains(&report), "{said}");
        assert!(bench.read(&report).starts_with(b"<!doctype html>"));
    }
    // Every command that was shown can be typed again in the folder it left.
    let again = bench
        .command("compare reference.dsp degraded.dsp --quiet")
        .current_dir(bench.path("kept"))
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(1));
}

#[test]
fn without_a_folder_nothing_is_left() {
    let bench = Bench::new();
    let output = bench
        .command("demo")
        .env("TMPDIR", bench.path(""))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(bench.files(), [""; 0]);
}

/// The excerpt in README is what the demo prints, line by line.
#[test]
fn readme_shows_what_the_demo_says() {
    let bench = Bench::new();
    let said = bench.ok("demo");
    let readme = include_str!("../../README.md");
    let excerpt = readme
        .split("```text\n")
        .find(|block| block.starts_with("$ driftsphere compare"))
        .and_then(|block| block.split("```").next())
        .expect("README has an excerpt of the demo");
    for line in excerpt.lines().filter(|line| !line.is_empty()) {
        assert!(said.contains(line), "README, not the demo, says: {line}");
    }
}
