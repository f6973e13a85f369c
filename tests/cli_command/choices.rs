//! `compare`: the statistic, angles, accepted windows, the reference against itself.

use crate::support::{Bench, Records, npy};
use ndarray::Array1;
use serde_json::Value;
use std::fmt::Write as _;

/// 400 records of a day: an hour and a brightness, moved by so much.
fn day(bench: &Bench, name: &str, hour: f64, brightness: f64) {
    let mut text = "id,hour,brightness\n".to_owned();
    for i in 0..400 {
        // Two sequences that fill the unit interval evenly (Weyl 1916).
        let (u, v) = (
            (f64::from(i) * 0.618_034).fract(),
            (f64::from(i) * 0.414_214).fract(),
        );
        let hour = (22.0 + 4.0 * u + hour).rem_euclid(24.0);
        let brightness = v + brightness;
        let _ = writeln!(text, "{name}/{i},{hour},{brightness}");
    }
    std::fs::write(bench.path(&format!("{name}.csv")), text).unwrap();
}

fn compared(bench: &Bench, line: &str, status: i32) -> Value {
    let outcome = bench.run(&format!("compare {line} --json -"));
    assert_eq!(
        outcome.status, status,
        "{line}: {}{}",
        outcome.out, outcome.err
    );
    serde_json::from_str(&outcome.out).unwrap()
}

fn finding<'a>(json: &'a Value, feature: &str) -> &'a Value {
    let mut all = json["findings"].as_array().unwrap().iter();
    all.find(|f| f["feature"] == feature)
        .unwrap_or_else(|| panic!("{feature} in {json:#}"))
}

fn note<'a>(json: &'a Value, code: &str) -> Option<&'a str> {
    let mut all = json["notes"].as_array().unwrap().iter();
    all.find(|n| n["code"] == code)?["text"].as_str()
}

#[test]
fn statistics_are_chosen_by_feature() {
    let bench = Bench::new();
    day(&bench, "monday", 0.0, 0.0);
    day(&bench, "tuesday", 0.0, 0.3);
    let line = "monday.csv tuesday.csv --ids id";
    let of = |flags: &str, feature: &str| {
        let json = compared(&bench, &format!("{line} {flags}"), 1);
        finding(&json, feature)["statistic"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(of("", "brightness"), "ks");
    for statistic in ["ks", "w1", "psi", "js", "kl", "hellinger"] {
        let flag = format!("--statistic brightness={statistic}");
        assert_eq!(of(&flag, "brightness"), statistic);
        assert_eq!(of(&flag, "hour"), "ks");
    }
    // The last that names a feature holds.
    let flags = "--statistic *=psi --statistic bright*=w1";
    assert_eq!(
        (of(flags, "brightness"), of(flags, "hour")),
        ("w1".into(), "psi".into())
    );
    for (flag, words) in [
        ("brightness=psy", "psy"),
        ("brightness", "FEATURE=STATISTIC"),
        ("contrast=psi", "contrast"),
    ] {
        let outcome = bench.run(&format!("compare {line} --statistic {flag}"));
        assert_eq!(outcome.status, 2, "{flag}");
        assert!(outcome.err.contains(words), "{flag}: {}", outcome.err);
    }
}

#[test]
fn an_angle_goes_round() {
    let bench = Bench::new();
    day(&bench, "monday", 0.0, 0.0);
    day(&bench, "late", 2.0, 0.0);
    let line = "monday.csv late.csv --ids id --angle hour=24";
    let json = compared(&bench, line, 1);
    let hour = finding(&json, "hour");
    assert_eq!(hour["statistic"], "kuiper");
    assert_eq!(hour["effect"]["unit"], "degrees");
    let turn = hour["effect"]["value"].as_f64().unwrap();
    assert!(
        (turn - 30.0).abs() < 2.0,
        "two hours are 30 degrees: {turn}"
    );
    // The same from profiles, which keep that it is an angle.
    bench.ok("profile monday.csv --ids id --angle hour=24 -o monday.dsp");
    bench.ok("profile late.csv --ids id --like monday.dsp -o late.dsp");
    let stored = compared(&bench, "monday.dsp late.dsp", 1);
    assert_eq!(finding(&stored, "hour"), hour);
    for (flag, words) in [("hour=0", "above 0"), ("minute=60", "minute")] {
        let outcome = bench.run(&format!(
            "compare monday.csv late.csv --ids id --angle {flag}"
        ));
        assert_eq!(outcome.status, 2, "{flag}");
        assert!(outcome.err.contains(words), "{flag}: {}", outcome.err);
    }
}

#[test]
fn accepted_windows_say_what_is_usual() {
    let bench = Bench::new();
    for (name, brightness) in [
        ("monday", 0.0),
        ("bright", 0.2),
        ("dark", -0.2),
        ("today", 0.15),
        ("broken", 0.6),
    ] {
        day(&bench, name, 0.0, brightness);
        bench.ok(&format!("profile {name}.csv --ids id -o {name}.dsp"));
    }
    compared(&bench, "monday.dsp today.dsp", 1);
    let history = "--history bright.dsp dark.dsp";
    let usual = compared(&bench, &format!("monday.dsp today.dsp {history}"), 0);
    let natural = &finding(&usual, "brightness")["natural"];
    assert_eq!(
        (&natural["windows"], &natural["within"]),
        (&2.into(), &true.into())
    );
    assert!(note(&usual, "history").is_some());
    let broken = compared(&bench, &format!("monday.dsp broken.dsp {history}"), 1);
    assert_eq!(finding(&broken, "brightness")["natural"]["within"], false);
    let outcome = bench.run("compare monday.dsp today.dsp --history none.dsp");
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("none.dsp"), "{}", outcome.err);
}

/// 300 records with times and groups of 10 in the order of time.
fn timed(bench: &Bench, name: &str, first: i64) {
    let records = Records::new(first, 300, 0.1);
    let mut arrays = records.arrays();
    arrays.push((
        "time",
        npy(&Array1::from_iter((0..300_i64).map(|i| 1000 * i))),
    ));
    arrays.push((
        "scene",
        npy(&Array1::from_iter((0..300_i64).map(|i| first + i / 10))),
    ));
    bench.archive(&format!("{name}.npz"), &arrays);
}

#[test]
fn the_self_check_is_made_when_asked_for() {
    let bench = Bench::new();
    timed(&bench, "march", 0);
    timed(&bench, "april", 10_000);
    let line = "march.npz april.npz --labels label --ids id --time time";
    let without = compared(&bench, line, 0);
    assert!(without["spaces"][0]["self_check"].is_null());
    assert_eq!(note(&without, "self-check"), None);
    let checked = compared(&bench, &format!("{line} --self-check"), 0);
    let check = &checked["spaces"][0]["self_check"];
    assert_eq!(
        (&check["splits"], &check["by_time"]),
        (&200.into(), &true.into())
    );
    assert_eq!(check["rates"].as_array().unwrap().len(), 3);
    assert!(check["reference_groups"].is_null());
    assert!(
        note(&checked, "self-check")
            .unwrap()
            .contains("blocks of time")
    );
    let grouped = compared(&bench, &format!("{line} --group scene --self-check"), 0);
    let check = &grouped["spaces"][0]["self_check"];
    assert_eq!(check["reference_groups"], 15);
    assert_eq!(check["target_groups"], 15);
}

/// Sealed profiles have no records to split or to find again in the other window.
#[test]
fn sealed_profiles_do_what_they_can_and_say_what_they_cannot() {
    let bench = Bench::new();
    timed(&bench, "march", 0);
    timed(&bench, "april", 10_000);
    let columns = "--labels label --ids id --time time";
    bench.ok(&format!("profile march.npz {columns} --fit 4 -o march.dsp"));
    bench.ok(&format!(
        "profile april.npz {columns} --like march.dsp -o april.dsp"
    ));
    for name in ["march", "april"] {
        bench.ok(&format!("seal {name}.dsp -o {name}.sealed.dsp"));
    }
    let sealed = "march.sealed.dsp april.sealed.dsp";
    let checked = compared(&bench, &format!("{sealed} --self-check"), 0);
    assert!(checked["spaces"][0]["self_check"].is_null());
    let text = note(&checked, "no-self-check").unwrap();
    assert!(text.contains("it is sealed"), "{text}");
    // The reference's records are all that it needs.
    let half = compared(&bench, "march.dsp april.sealed.dsp --self-check", 0);
    assert_eq!(half["spaces"][0]["self_check"]["splits"], 200);
    assert!(note(&half, "sealed").is_some());

    let paired = bench.run(&format!("compare {sealed} --paired --json -"));
    assert_eq!(paired.status, 2, "no test could run: {}", paired.err);
    let json: Value = serde_json::from_str(&paired.out).unwrap();
    assert_eq!(json["spaces"][0]["paired"], true);
    assert!(
        note(&json, "paired")
            .unwrap()
            .contains("were said to be the same")
    );
    assert_eq!(finding(&json, "directions")["verdict"], "not-tested");
    let unpaired = compared(&bench, &format!("{sealed} --unpaired"), 0);
    assert_eq!(unpaired["spaces"][0]["paired"], false);
}
