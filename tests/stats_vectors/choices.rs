//! Divergences, circles and Frechet distances against SciPy, astropy and
//! scikit-learn (`scripts/oracles/choices.py` made the vectors and names the
//! versions).

use driftsphere::compare::stats::{
    CircularMean, Divergence, FrechetDistance, circular_wasserstein1, divergence_test,
    kuiper_p_value, kuiper_statistic, kuiper_test, wasserstein1_test,
};
use serde_json::Value;

use crate::support::{close, close_by_chance, counts, number, numbers};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/choices.json")).unwrap()
}

const DIVERGENCES: [(&str, Divergence); 4] = [
    ("psi", Divergence::Psi),
    ("kl", Divergence::KullbackLeibler),
    ("js", Divergence::JensenShannon),
    ("hellinger", Divergence::Hellinger),
];

#[test]
fn divergences() {
    for case in vectors()["divergences"].as_array().unwrap() {
        let (first, second) = (counts(&case["first"]), counts(&case["second"]));
        for (name, divergence) in DIVERGENCES {
            close(
                divergence.of(&first, &second).unwrap(),
                number(&case[name]),
                1e-12,
            );
        }
    }
}

/// Against every table with the same margins.
#[test]
fn resampled_p_values_are_the_exact_ones() {
    for case in vectors()["exact"].as_array().unwrap() {
        let (first, second) = (counts(&case["first"]), counts(&case["second"]));
        for (name, divergence) in DIVERGENCES {
            let test = divergence_test(divergence, &first, &second, 5).unwrap();
            close_by_chance(test.p_value, number(&case[name]), test.resampled.rounds);
        }
        let w1 = wasserstein1_test(&numbers(&case["midpoints"]), &first, &second, 6).unwrap();
        close_by_chance(w1.p_value, number(&case["w1"]), w1.resampled.rounds);
        let kuiper = kuiper_test(&first, &second, 7).unwrap();
        let rounds = kuiper.resampled.unwrap().rounds;
        close_by_chance(kuiper.p_value, number(&case["kuiper"]), rounds);
    }
}

#[test]
fn circles() {
    for case in vectors()["circles"].as_array().unwrap() {
        let angles = numbers(&case["angles"]);
        let (first, second) = (counts(&case["first"]), counts(&case["second"]));
        close(
            kuiper_statistic(&first, &second).unwrap(),
            number(&case["kuiper"]),
            1e-10,
        );
        let w1 = circular_wasserstein1(&angles, &first, &second).unwrap();
        close(w1, number(&case["w1"]), 1e-10);
        let mean = CircularMean::of(&angles, &first).unwrap();
        close(mean.direction, number(&case["mean"]), 1e-10);
        close(mean.resultant, number(&case["resultant"]), 1e-10);
        let directed = number(&case["rayleigh"]) < 0.05;
        assert_eq!(mean.is_directed(first.iter().sum()), directed);
    }
}

#[test]
fn kuipers_law() {
    for case in vectors()["kuiper_law"].as_array().unwrap() {
        // Equal windows of 2 n_e rows have n_e effective ones.
        let rows = 2.0 * number(&case["n_e"]);
        let p = kuiper_p_value(number(&case["v"]), rows, rows);
        // The limit is the same, the corrections for few rows are two.
        let tolerance = if rows > 1e12 { 1e-5 } else { 0.15 };
        close(p, number(&case["p"]), tolerance);
    }
}

/// Rows as `rows` of `scripts/oracles/stats.py` makes them.
fn rows(n: usize, dim: usize, seed: u64, shift_from: usize) -> Vec<f32> {
    let mix = |x: u64| {
        let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    let cell = |at: usize| {
        let (i, j) = (at / dim, at % dim);
        let start = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let x = mix(start.wrapping_add(at as u64)) >> 40;
        let value = x as f32 / (1 << 24) as f32 * 0.5f32.powi((j % 6) as i32);
        let moved = i >= shift_from && j == 2;
        if moved { value + 0.125 } else { value }
    };
    (0..n * dim).map(cell).collect()
}

#[test]
fn frechet_distances() {
    for case in vectors()["frechet"].as_array().unwrap() {
        let size = |name: &str| case[name].as_u64().unwrap() as usize;
        let (n, dim) = (size("n"), size("dim"));
        let rows = rows(
            2 * n,
            dim,
            case["seed"].as_u64().unwrap(),
            size("shift_from"),
        );
        let (first, second) = rows.split_at(n * dim);
        let distance = FrechetDistance::of(first, second, dim).unwrap();
        // The root of a product is good to half the digits where values are tiny.
        close(distance.value, number(&case["value"]), 1e-7);
        let swapped = FrechetDistance::of(second, first, dim).unwrap();
        close(swapped.value, distance.value, 1e-9);
    }
}
