//! The same comparison by every build: with faer, or with the feature `blas`.
//!
//! `DRIFTSPHERE_BLESS=1` writes the figures anew, from the default build.

use driftsphere::compare::{CompareOptions, Comparison, compare};
use driftsphere::ingest::{ArrayFile, Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use serde_json::{Value, json};

const STORED: &str = "tests/vectors/builds.json";

/// Permutation tests count how often a figure is reached; one that rounds
/// differently may count one round in a hundred more or less.
const P_VALUE: f64 = 0.01;
/// Of effects and statistics: f32 products of 256 terms and more.
const RELATIVE: f64 = 2e-3;

struct Week {
    ids: Column,
    labels: Column,
    rows: ndarray::Array2<f32>,
}

fn week(name: &str) -> Week {
    let file = ArrayFile::open(format!("examples/data/{name}.npz")).unwrap();
    let matrix = file.sole_matrix().unwrap().name.clone();
    let mut reader = file.matrix(&matrix).unwrap();
    Week {
        ids: file.column("id").unwrap(),
        labels: file.column("label").unwrap(),
        rows: reader.next_block(100_000).unwrap().unwrap(),
    }
}

impl Week {
    fn feed(&self, builder: &mut ProfileBuilder) -> driftsphere::Result<()> {
        let batch = Batch::new(self.rows.nrows())
            .ids(self.ids.clone())
            .labels(self.labels.clone())
            .space("embedding", self.rows.view());
        builder.track_batch(&batch)
    }
}

fn comparison(reference: &Profile, target: &str) -> Comparison {
    let mut builder = ProfileBuilder::new(reference.config().clone().like()).unwrap();
    week(target).feed(&mut builder).unwrap();
    compare(reference, &builder.freeze(), &CompareOptions::default()).unwrap()
}

fn figures(comparison: &Comparison) -> Value {
    let findings = comparison.findings.iter().map(|finding| {
        json!({
            "name": format!("{} {} {:?}", finding.group, finding.feature, finding.scope),
            "statistic": finding.statistic,
            "verdict": format!("{:?}", finding.verdict),
            "p": finding.p_value,
            "value": finding.value,
            "effect": finding.effect.as_ref().map(|effect| effect.value),
        })
    });
    let mut findings: Vec<Value> = findings.collect();
    // Findings of equal weight may change places.
    findings.sort_by_key(|finding| finding["name"].to_string() + &finding["statistic"].to_string());
    json!({ "verdict": format!("{:?}", comparison.verdict), "findings": findings })
}

fn near(found: &Value, stored: &Value, tolerance: impl Fn(f64) -> f64, what: &str) {
    match (found.as_f64(), stored.as_f64()) {
        (Some(a), Some(b)) => assert!((a - b).abs() <= tolerance(b), "{what}: {a} for {b}"),
        (a, b) => assert_eq!(a, b, "{what}"),
    }
}

#[test]
fn every_build_comes_to_the_same_verdicts() {
    let dim = week("reference_week_1").rows.ncols();
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(dim));
    let options = FitOptions {
        clusters: 6,
        ..FitOptions::default()
    };
    let reference = profile_reference(config, options, |builder| {
        week("reference_week_1").feed(builder)?;
        week("reference_week_2").feed(builder)
    });
    let reference = reference.unwrap();
    let found = json!({
        "clean": figures(&comparison(&reference, "clean_week")),
        "degraded": figures(&comparison(&reference, "degraded_week")),
    });
    if std::env::var_os("DRIFTSPHERE_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&found).unwrap();
        std::fs::write(STORED, text + "\n").unwrap();
        return;
    }
    let stored: Value = serde_json::from_str(&std::fs::read_to_string(STORED).unwrap()).unwrap();
    for window in ["clean", "degraded"] {
        let (found, stored) = (&found[window], &stored[window]);
        assert_eq!(found["verdict"], stored["verdict"], "{window}");
        let pairs = [found, stored].map(|side| side["findings"].as_array().unwrap());
        assert_eq!(pairs[0].len(), pairs[1].len(), "{window}");
        for (found, stored) in pairs[0].iter().zip(pairs[1]) {
            let what = stored["name"].as_str().unwrap();
            for key in ["name", "statistic", "verdict"] {
                assert_eq!(found[key], stored[key], "{window}: {what}");
            }
            near(&found["p"], &stored["p"], |_| P_VALUE, what);
            for key in ["value", "effect"] {
                let tolerance = |stored: f64| RELATIVE * stored.abs() + 1e-5;
                near(&found[key], &stored[key], tolerance, what);
            }
        }
    }
}
