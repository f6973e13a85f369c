//! `stability`: training runs compared.

use crate::support::{Bench, Records};
use serde_json::Value;

/// A run, the same with a little noise, and one with other ids.
fn bench() -> Bench {
    let bench = Bench::new();
    let run = Records::new(0, 300, 0.1);
    bench.window("a.npz", &run);
    let mut turned = Records::new(0, 300, 0.1);
    for mut row in turned.embeddings.rows_mut() {
        let last = row.len() - 1;
        row.swap(0, last);
        row.mapv_inplace(|x| -2.0 * x);
    }
    bench.window("b.npz", &turned);
    bench.window("c.npz", &Records::new(5_000, 300, 0.1));
    bench
}

#[test]
fn files_and_profiles_give_one_answer_and_the_exit_status_of_diff() {
    let bench = bench();
    let columns = "--ids id --labels label";
    let said = bench.ok(&format!("stability a.npz b.npz {columns} --json raw.json"));
    assert!(
        said.starts_with("SAME: b.npz against a.npz, on the same 300 records"),
        "{said}"
    );
    assert!(
        said.contains("3 of 3 tested classes are found again."),
        "{said}"
    );
    for run in ["a", "b", "c"] {
        bench.ok(&format!("profile {run}.npz {columns} -o {run}.dsp"));
    }
    bench.ok("stability a.dsp b.dsp --quiet --json stored.json");
    let [raw, stored] = ["raw.json", "stored.json"]
        .map(|file| serde_json::from_slice::<Value>(&bench.read(file)).unwrap());
    assert_eq!(raw["pairs"], stored["pairs"]);
    assert_eq!(
        (&raw["question"], &raw["exit_status"]),
        (&"paired".into(), &0.into())
    );
    assert!(raw["pairs"][0]["geometry"][0]["value"].as_f64().unwrap() > 0.99);

    // No id in common: trouble, with counts; as clouds they are alike.
    let outcome = bench.run("stability a.dsp c.dsp");
    assert_eq!(outcome.status, 2, "{}", outcome.out);
    assert!(outcome.err.contains("0 ids in common"), "{}", outcome.err);
    let said = bench.ok("stability a.dsp c.dsp --set-only");
    assert!(
        said.starts_with("SAME: as clouds, ids aside, c.dsp and a.dsp are alike."),
        "{said}"
    );
}

#[test]
fn a_change_ends_with_status_1_unless_only_classes_count() {
    let bench = bench();
    let mut noisy = Records::new(0, 300, 0.1);
    for (at, x) in noisy.embeddings.iter_mut().enumerate() {
        *x += 0.25 * ((at as f32 * 0.618_034).fract() - 0.5);
    }
    bench.window("noisy.npz", &noisy);
    let line = "stability a.npz noisy.npz --ids id --labels label";
    let outcome = bench.run(&format!("{line} --markdown -"));
    assert_eq!(outcome.status, 1, "{}", outcome.out);
    assert!(
        outcome
            .out
            .starts_with("**CHANGED**: noisy.npz against a.npz"),
        "{}",
        outcome.out
    );
    bench.ok(&format!("{line} --fail-on classes"));
}

#[test]
fn what_is_missing_or_idle_is_said() {
    let bench = bench();
    let outcome = bench.run("stability a.npz b.npz");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.err.contains("name them with --ids"),
        "{}",
        outcome.err
    );
    bench.ok("profile a.npz --ids id -o a.dsp");
    let outcome = bench.run("stability a.dsp a.dsp --ids id");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.err.contains("all runs are profiles already"),
        "{}",
        outcome.err
    );
    let outcome = bench.run("stability a.dsp a.dsp --max-ids 3");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.err.contains("20 records and more"),
        "{}",
        outcome.err
    );
}
