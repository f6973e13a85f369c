//! Why something changed, from numbers that lie in a file beside the embeddings.

use crate::support::{Bench, Records};
use serde_json::Value;
use std::fmt::Write as _;

/// 300 records with ids from `first` on, and a table of their numbers.
fn window(bench: &Bench, name: &str, first: i64, (spread, blur): (f32, f64)) {
    bench.window(&format!("{name}.npz"), &Records::new(first, 300, spread));
    let mut table = "id,blur,zoom,gravity\n".to_owned();
    for i in (first..first + 300).rev() {
        let noise = (i * 7919 % 300) as f64 / 300.0;
        let zoom = i * 104_729 % 7;
        let gravity = 0.9 - 0.1 * (blur + noise);
        let _ = writeln!(table, "{i},{},{zoom},{gravity}", blur + noise);
    }
    std::fs::write(bench.path(&format!("{name}.csv")), table).unwrap();
}

#[test]
fn numbers_joined_by_id_explain_a_drift() {
    let bench = Bench::new();
    window(&bench, "march", 0, (0.1, 0.0));
    window(&bench, "april", 1000, (0.4, 2.0));
    bench.ok("profile march.npz march.csv --ids id --labels label --fit 3 -o march.dsp");
    bench.ok("profile april.npz april.csv --ids id --labels label --like march.dsp -o april.dsp");

    let outcome = bench.run("compare march.dsp april.dsp --outputs grav* --json why.json");
    assert_eq!(outcome.status, 1, "{}", outcome.err);
    assert!(outcome.out.contains("What goes along with it"));
    let said: Value = serde_json::from_slice(&bench.read("why.json")).unwrap();
    let why = said["why"].as_array().unwrap();
    for (outcome, rose) in [("own-centre distance", true), ("gravity", false)] {
        let why = why.iter().find(|why| why["outcome"] == outcome).unwrap();
        assert_eq!((&why["rose"], &why["inputs"]), (&rose.into(), &2.into()));
        let features = why["features"].as_array().unwrap();
        assert_eq!(features.len(), 1, "{why}");
        assert_eq!(features[0]["feature"], "blur");
        assert_eq!(features[0]["correlation"].as_f64().unwrap() > 0.0, rose);
    }

    // Unless it is said to be an output, the gravity is a number like the others.
    bench.run("compare march.dsp april.dsp --json why.json");
    let said: Value = serde_json::from_slice(&bench.read("why.json")).unwrap();
    let why = said["why"].as_array().unwrap();
    assert!(
        why.iter()
            .all(|why| why["outcome"] != "gravity" && why["inputs"] == 3)
    );
}
