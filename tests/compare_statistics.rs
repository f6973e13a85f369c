//! Statistics by choice: what each finds, what it says of odd features, what it
//! refuses.

use driftsphere::ErrorKind;
use driftsphere::compare::{
    CompareOptions, Comparison, Finding, Statistic, StatisticChoice, Verdict, compare,
};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};
use driftsphere::sketch::hash_bytes;

const ALL: [&str; 7] = ["ks", "w1", "psi", "js", "kl", "hellinger", "chi2"];

fn profile(columns: Vec<(String, Column)>) -> Profile {
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let mut batch = Batch::new(columns[0].1.len());
    for (name, column) in &columns {
        batch = batch.feature(name, column.clone());
    }
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

fn one(name: &str, column: impl Into<Column>) -> Profile {
    profile(vec![(name.to_owned(), column.into())])
}

fn options(choices: &[&str]) -> CompareOptions {
    CompareOptions {
        statistics: choices.iter().map(|c| c.parse().unwrap()).collect(),
        ..CompareOptions::default()
    }
}

fn finding<'a>(comparison: &'a Comparison, feature: &str) -> &'a Finding {
    let found = comparison.findings.iter().find(|f| f.feature == feature);
    found.unwrap_or_else(|| panic!("no finding {feature}"))
}

/// Sums of twelve uniform numbers: nearly normal, sd 1, around `centre`.
fn normal(seed: u64, rows: u64, centre: f64) -> Vec<f64> {
    let uniform = |i: u64| hash_bytes(seed, &i.to_le_bytes()) as f64 / u64::MAX as f64;
    let sum = |i: u64| (0..12).map(|k| uniform(12 * i + k)).sum::<f64>();
    (0..rows).map(|i| sum(i) - 6.0 + centre).collect()
}

/// `left` with probability `share`, else `right`.
fn sides(seed: u64, rows: u64, share: f64) -> Vec<String> {
    let bound = (share * u64::MAX as f64) as u64;
    let side = |i: u64| match hash_bytes(seed, &i.to_le_bytes()) < bound {
        true => "left".to_owned(),
        false => "right".to_owned(),
    };
    (0..rows).map(side).collect()
}

#[test]
fn each_statistic_finds_a_shift_and_nothing_where_nothing_is() {
    let reference = one("x", normal(1, 3000, 5.0));
    for statistic in ALL {
        let options = options(&[&format!("x={statistic}")]);
        let moved = compare(&reference, &one("x", normal(2, 2000, 5.6)), &options).unwrap();
        let x = finding(&moved, "x");
        assert_eq!(x.verdict, Verdict::Drift, "{statistic}: {x:?}");
        let written = match statistic {
            "chi2" => "chi-square",
            other => other,
        };
        assert_eq!(x.statistic, written);
        assert_eq!(x.quantiles.len(), 5);

        let calm = compare(&reference, &one("x", normal(3, 2000, 5.0)), &options).unwrap();
        let x = finding(&calm, "x");
        assert_eq!(x.verdict, Verdict::NoDrift, "{statistic}: {x:?}");

        // A tenth of an sd is no chance at this size, and does not matter.
        let little = one("x", normal(2, 40_000, 5.1));
        let little = compare(&one("x", normal(9, 40_000, 5.0)), &little, &options).unwrap();
        let x = finding(&little, "x");
        assert_eq!(x.verdict, Verdict::PossibleDrift, "{statistic}: {x:?}");
    }
}

#[test]
fn statistics_of_shares_take_categories_too() {
    let reference = one("camera", sides(1, 2000, 0.5));
    for statistic in ["psi", "js", "kl", "hellinger", "chi2"] {
        let options = options(&[&format!("camera={statistic}")]);
        let moved = one("camera", sides(2, 2000, 0.75));
        let moved = compare(&reference, &moved, &options).unwrap();
        let camera = finding(&moved, "camera");
        assert_eq!(camera.verdict, Verdict::Drift, "{statistic}: {camera:?}");
        assert_eq!(camera.shares.len(), 2);
        let calm = compare(&reference, &one("camera", sides(3, 2000, 0.5)), &options).unwrap();
        assert_eq!(finding(&calm, "camera").verdict, Verdict::NoDrift);
    }
}

/// The default size that matters is the same change for all divergences: that of
/// a stability index of 0.1, a shift by about a third of an sd.
#[test]
fn thresholds_of_divergences_agree() {
    let reference = one("x", normal(1, 40_000, 0.0));
    let target = one("x", normal(2, 40_000, 0.35));
    for statistic in ["psi", "js", "kl", "hellinger"] {
        let compared = compare(&reference, &target, &options(&[&format!("x={statistic}")]));
        let compared = compared.unwrap();
        let effect = finding(&compared, "x").effect.as_ref().unwrap();
        let ratio = effect.value / effect.threshold;
        assert!((0.9..1.35).contains(&ratio), "{statistic}: {effect:?}");
    }
}

#[test]
fn odd_features_get_sane_verdicts_from_every_statistic() {
    let column = |value: f64| Column::from(vec![value; 400]);
    let flags = |ones: usize| {
        let value = |i: usize| f64::from(u8::from(i < ones));
        Column::from((0..400).map(value).collect::<Vec<f64>>())
    };
    for statistic in ALL {
        let run = |a: Column, b: Column| {
            let options = options(&[&format!("x={statistic}")]);
            compare(&one("x", a), &one("x", b), &options).unwrap()
        };
        let verdict = |a: Column, b: Column| finding(&run(a, b), "x").verdict;
        // Constant.
        assert_eq!(
            verdict(column(3.0), column(3.0)),
            Verdict::NoDrift,
            "{statistic}"
        );
        assert_eq!(
            verdict(column(3.0), column(4.0)),
            Verdict::Drift,
            "{statistic}"
        );
        assert_eq!(
            verdict(column(3.0), flags(200)),
            Verdict::Drift,
            "{statistic}"
        );
        // Two values.
        assert_eq!(
            verdict(flags(200), flags(200)),
            Verdict::NoDrift,
            "{statistic}"
        );
        assert_eq!(
            verdict(flags(200), flags(330)),
            Verdict::Drift,
            "{statistic}"
        );
        // Nothing but gaps; gaps where values were.
        let gaps = || Column::from(vec![f64::NAN; 400]);
        let empty = || Column::Text(vec![String::new(); 400]);
        let nothing = run(empty(), empty());
        assert_eq!(finding(&nothing, "x").verdict, Verdict::NotTested);
        assert_eq!(
            finding(&nothing, "x").reason.as_deref(),
            Some("neither side has a value")
        );
        let lost = run(flags(200), gaps());
        assert_eq!(finding(&lost, "x type").verdict, Verdict::Drift);
        // Whatever was found is a number.
        for finding in run(flags(400), flags(0)).findings {
            let effects = finding.effect.iter().chain(&finding.other_effects);
            for effect in effects {
                assert!(effect.value.is_finite() && effect.threshold.is_finite());
            }
            assert!(finding.value.is_none_or(f64::is_finite));
        }
    }
}

#[test]
fn infinities_and_huge_numbers_do_no_harm() {
    let mut values = normal(1, 500, 0.0);
    values[7] = f64::INFINITY;
    let mut wide = normal(2, 500, 0.0);
    (wide[3], wide[4]) = (f64::MAX, -f64::MAX);
    for statistic in ALL {
        let options = options(&[&format!("x={statistic}")]);
        let both = compare(&one("x", values.clone()), &one("x", wide.clone()), &options);
        let x = both.unwrap();
        let x = finding(&x, "x");
        assert!(
            x.p_value.is_some_and(|p| p > 0.0 && p <= 1.0),
            "{statistic}: {x:?}"
        );
    }
}

#[test]
fn a_choice_that_means_nothing_is_an_error() {
    let columns = |seed| {
        profile(vec![
            ("camera".into(), sides(seed, 200, 0.5).into()),
            ("x".into(), normal(seed, 200, 0.0).into()),
        ])
    };
    let error = |choice: &str| {
        let result = compare(&columns(1), &columns(2), &options(&[choice]));
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument);
        error.to_string()
    };
    assert_eq!(
        error("widht=psi"),
        "there is no feature `widht`; there are: camera, x (statistic psi)"
    );
    assert_eq!(
        error("camera=ks"),
        "`ks` does not fit feature `camera`, which holds no numbers; psi, js, kl, hellinger, chi2 do (statistic ks)"
    );
    assert!(error("cam*=w1").contains("does not fit feature `camera`"));
    // A pattern passes over what it does not fit; the last choice holds.
    let choices = options(&["*=psi", "*=w1"]);
    let compared = compare(&columns(1), &columns(2), &choices).unwrap();
    assert_eq!(finding(&compared, "x").statistic, "w1");
    assert_eq!(finding(&compared, "camera").statistic, "psi");
}

#[test]
fn the_class_of_a_space_takes_the_statistic_of_its_column() {
    let window = |seed: u64, share: f64| {
        let space = driftsphere::profile::SpaceConfig::new(3);
        let config = ProfileConfig::new().space("e", space);
        let mut builder = ProfileBuilder::new(config).unwrap();
        let rows = normal(seed, 3 * 300, 0.0);
        let rows: Vec<f32> = rows.iter().map(|x| *x as f32).collect();
        let rows = ndarray::Array2::from_shape_vec((300, 3), rows).unwrap();
        let labels: Column = sides(seed, 300, share).into();
        let batch = Batch::new(300).labels(labels).space("e", rows.view());
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    };
    let options = options(&["label=hellinger"]);
    let compared = compare(&window(1, 0.5), &window(2, 0.8), &options).unwrap();
    let shares = finding(&compared, "class shares");
    assert_eq!(shares.statistic, "hellinger");
    assert_eq!(shares.verdict, Verdict::Drift);
}

/// Many features without a change: one verdict, no alarm, every one listed.
#[test]
fn three_hundred_features() {
    let window = |seed: u64| {
        let column = |i: u64| -> (String, Column) {
            let seed = 1000 * seed + i;
            let name = format!("f{i:03}");
            match i % 4 {
                0 => (name, vec![1.0; 150].into()),
                1 => (name, sides(seed, 150, 0.3).into()),
                2 => (name, Column::Text(vec![String::new(); 150])),
                _ => (name, normal(seed, 150, 0.0).into()),
            }
        };
        profile((0..300).map(column).collect())
    };
    let statistics = vec![
        StatisticChoice::new("*", Statistic::Psi),
        StatisticChoice::new("f*7", Statistic::W1),
    ];
    let options = CompareOptions {
        statistics,
        ..CompareOptions::default()
    };
    let compared = compare(&window(1), &window(2), &options).unwrap();
    assert!(compared.verdict < Verdict::PossibleDrift);
    for i in 0..300 {
        let f = finding(&compared, &format!("f{i:03}"));
        assert_eq!(f.verdict == Verdict::NotTested, i % 4 == 2, "{f:?}");
    }
}
