//! Sums of directions, quantiles and ranks.

use driftsphere::sketch::{Directions, Estimate, QuantileSketch};
use driftsphere::sphere::UnitRow;

use super::{cases, close, doubles, mix, number, numbers, rows, size, sizes};

/// Tolerances follow from the 2^-41 that each coordinate of the mean may be off.
#[test]
fn directions() {
    for case in cases("directions") {
        let [n, dim, seed] = ["n", "dim", "seed"].map(|key| size(&case[key]));
        let mut sketch = Directions::new(dim);
        for row in rows(n, dim, seed as u64, number(&case["lean"])).chunks(dim) {
            sketch.update_scaled(row, UnitRow::new(row).unwrap().inverse());
        }
        let coordinate = 2.0_f64.powi(-41);
        let vector = (dim as f64).sqrt() * coordinate;
        let division = 1e-15;

        let want = numbers(&case["mean"]);
        let mut bias = 0.0;
        for (got, want) in sketch.mean().unwrap().iter().zip(&want) {
            close(*got, *want, coordinate + division);
            bias += (got - want) / dim as f64;
        }
        // Rounding to nearest has no bias: errors of n d coordinates, each of sd
        // 2^-40 / sqrt 12, cancel out.
        let deviation = 2.0 * coordinate / (12.0 * (n * dim) as f64).sqrt();
        close(bias, 0.0, 4.0 * deviation + division);

        let length = number(&case["resultant_length"]);
        close(
            sketch.resultant_length().unwrap(),
            length,
            vector + division,
        );
        let want = numbers(&case["direction"]);
        for (got, want) in sketch.mean_direction().unwrap().iter().zip(&want) {
            close(*got, *want, 2.0 * vector / length + division);
        }
        // None of one row: all rows are the same, and kappa has no bound.
        let got = sketch.concentration();
        assert_eq!(got.is_none(), case["concentration"].is_null(), "{got:?}");
        if let Some(got) = got {
            // d kappa / d R of R (d - R^2) / (1 - R^2).
            let (d, square) = (dim as f64, length * length);
            let rest = 1.0 - square;
            let slope = (d - 3.0 * square) / rest + 2.0 * square * (d - square) / (rest * rest);
            let want = number(&case["concentration"]);
            close(got, want, 2.0 * slope * (vector + division));
        }
    }
}

/// The script's `stream`.
fn stream(kind: &str, n: usize, seed: u64) -> Vec<f64> {
    let scaled = |mantissa: f64, exponent: u64, from: i32| {
        mantissa * 2.0_f64.powi(i32::try_from(exponent).unwrap() + from)
    };
    let value = |i: u64| {
        let x = mix((seed << 40) + i);
        let uniform = (x >> 11) as f64 / (1_u64 << 53) as f64;
        match kind {
            "uniform" => 1.0 + (x >> 12) as f64 / (1_u64 << 52) as f64,
            "unit" => uniform,
            "signed" => uniform - 0.5,
            "octaves" if x & 64 > 0 => scaled(uniform + 1.0, x & 63, -32),
            "octaves" => -scaled(uniform + 1.0, x & 63, -32),
            "far" => scaled(uniform + 1.0, x & 1023, -511),
            "few" => ((x % 301) as f64 - 150.0) / 8.0,
            "one" => 0.1,
            other => unreachable!("{other}"),
        }
    };
    (0..n as u64).map(value).collect()
}

#[track_caller]
fn holds(estimate: Estimate, truth: f64, rounding: f64) {
    let room = rounding * truth.abs();
    assert!(
        estimate.lower_bound - room <= truth && truth <= estimate.upper_bound + room,
        "{estimate:?} does not hold {truth}"
    );
}

#[test]
fn quantiles_and_ranks() {
    for case in cases("quantiles") {
        let [n, cap, seed, distinct] = ["n", "cap", "seed", "distinct"].map(|key| size(&case[key]));
        let values = stream(case["kind"].as_str().unwrap(), n, seed as u64);
        let mut sketch = QuantileSketch::new(cap).unwrap();
        values.iter().for_each(|value| sketch.update(*value));
        let sketch = sketch.freeze();

        // Exact up to the cap, else the finest parts of octaves that fit.
        let m = i32::try_from(case["m"].as_i64().unwrap()).unwrap();
        let relative = match m {
            52 => 0.0,
            0.. => 2.0_f64.powi(-m - 1),
            _ => (2.0_f64.powi(1 << -m) - 1.0) / 2.0,
        };
        assert_eq!(sketch.is_exact(), distinct <= cap);
        assert_eq!(sketch.relative_error(), relative, "{case}");
        assert_eq!(sketch.buckets().len(), size(&case["parts"]));

        let ranks = doubles(&case["ranks"]);
        for (rank, truth) in ranks.iter().zip(doubles(&case["quantiles"])) {
            let got = sketch.quantile(*rank).unwrap().unwrap();
            if sketch.is_exact() {
                assert_eq!(got, Estimate::exact(truth));
            } else {
                holds(got, truth, 0.0);
                close(got.estimate, truth, relative * truth.abs());
            }
        }

        let asked = doubles(&case["asked"]);
        let cdf = sketch.cdf(&asked).unwrap();
        for ((value, below), cdf) in asked.iter().zip(sizes(&case["below"])).zip(cdf) {
            let (got, truth) = (sketch.rank(*value).unwrap(), below as f64 / n as f64);
            assert_eq!(got, cdf);
            if sketch.is_exact() {
                assert_eq!(got, Estimate::exact(truth));
            } else {
                holds(got, truth, 0.0);
            }
        }
        holds(sketch.mean().unwrap(), number(&case["mean"]), 1e-13);
        let sd = number(&case["sd"]);
        holds(sketch.sd().unwrap(), sd, 1e-13);
    }
}
