//! The statistics against SciPy, scikit-learn and plain NumPy
//! (`scripts/oracles/stats.py` made the vectors and names the versions).

use driftsphere::compare::stats::{
    Components, Group, Mmd, Neighbours, PairCurves, Permutations, SquaredChords,
    benjamini_bogomolov, benjamini_hochberg, cauchy, chi_square_test, holm, ks_p_value,
    ks_statistic, resample_p_value, share_test, simes, total_variation, wasserstein1,
    weighted_cauchy,
};
use serde_json::Value;

use crate::support::{close, close_by_chance, counts, number, numbers, size};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/stats.json")).unwrap()
}

#[test]
fn histogram_statistics() {
    for case in vectors()["histograms"].as_array().unwrap() {
        let (first, second) = (counts(&case["first"]), counts(&case["second"]));
        let midpoints = numbers(&case["midpoints"]);
        close(
            ks_statistic(&first, &second).unwrap(),
            number(&case["ks"]),
            1e-12,
        );
        let w1 = wasserstein1(&midpoints, &first, &second).unwrap();
        close(w1, number(&case["w1"]), 1e-9);
        let tv = total_variation(&first, &second).unwrap();
        close(tv.distance, number(&case["total_variation"]), 1e-12);
    }
}

#[test]
fn chi_square() {
    for case in vectors()["tables"].as_array().unwrap() {
        let test = chi_square_test(&counts(&case["first"]), &counts(&case["second"]), 1).unwrap();
        assert!(test.resampled.is_none());
        assert_eq!(test.degrees, case["degrees"].as_u64().unwrap());
        close(test.statistic, number(&case["statistic"]), 1e-10);
        close(test.p_value, number(&case["p"]), 1e-8);
    }
    for case in vectors()["few"].as_array().unwrap() {
        let test = chi_square_test(&counts(&case["first"]), &counts(&case["second"]), 1).unwrap();
        close_by_chance(
            test.p_value,
            number(&case["p"]),
            test.resampled.unwrap().rounds,
        );
    }
}

/// The corrected limit law follows the exact one.
#[test]
fn kolmogorov_smirnov() {
    let vectors = vectors();
    for case in vectors["ks"]["large"].as_array().unwrap() {
        let p = ks_p_value(number(&case["d"]), number(&case["n"]), number(&case["m"]));
        let exact = number(&case["exact"]);
        assert!(p >= 0.985 * exact && p <= 1.08 * exact, "{case} {p}");
    }
    // Very many rows leave no correction: the limit law itself.
    for case in vectors["ks"]["law"].as_array().unwrap() {
        let (x, rows) = (number(&case["x"]), 2e18);
        close(ks_p_value(x / 1e9, rows, rows), number(&case["p"]), 1e-7);
    }
}

/// Distinct values in a random order with the stated distance.
#[test]
fn resampled_kolmogorov_smirnov() {
    for case in vectors()["ks"]["small"].as_array().unwrap() {
        let (n, m, d) = (size(&case["n"]), size(&case["m"]), number(&case["d"]));
        // The first side leads until the distance is reached, then both go on
        // in step: a walk whose largest gap is d.
        let (mut f, mut g) = (0usize, 0usize);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let gap = |f: usize, g: usize| f as f64 / n as f64 - g as f64 / m as f64;
        while f < n || g < m {
            let lead = f < n && gap(f + 1, g) <= d + 1e-12;
            f += usize::from(lead);
            g += usize::from(!lead);
            first.push(u64::from(lead));
            second.push(u64::from(!lead));
        }
        close(ks_statistic(&first, &second).unwrap(), d, 1e-12);
        let test = resample_p_value(&first, &second, 7, Permutations::MOST_ROUNDS).unwrap();
        close_by_chance(test.p_value, number(&case["exact"]), test.rounds);
    }
}

#[test]
fn shares() {
    for case in vectors()["shares"].as_array().unwrap() {
        let c = counts(&case["counts"]);
        let test = share_test(c[0], c[1], c[2], c[3]).unwrap();
        // SciPy's log-beta cancels, the more the larger its arguments. From
        // 1e7 rows on the continuous form promises 1 % (down to p = 1e-6).
        let rows = c[1].max(c[3]);
        let relative = match rows {
            0..1_000_000 => 1e-9,
            1_000_000 => 1e-8,
            _ => 0.01,
        };
        for (got, want) in [
            (test.p_lower, &case["lower"]),
            (test.p_upper, &case["upper"]),
        ] {
            let want = number(want);
            if rows < 10_000_000 || want > 1e-6 {
                close(got, want, relative);
            } else {
                assert!(got < 1e-6);
            }
        }
    }
}

#[test]
fn combinations() {
    for case in vectors()["combinations"].as_array().unwrap() {
        let p = numbers(&case["p"]);
        close(cauchy(&p).unwrap(), number(&case["cauchy"]), 1e-9);
        let terms: Vec<(f64, f64)> = p.iter().copied().zip((1..).map(f64::from)).collect();
        let weighted = weighted_cauchy(&terms).unwrap();
        close(weighted, number(&case["weighted_cauchy"]), 1e-9);
        close(simes(&p).unwrap(), number(&case["simes"]), 1e-12);
        for (adjusted, want) in [
            (holm(&p), &case["holm"]),
            (benjamini_hochberg(&p), &case["bh"]),
        ] {
            for (got, want) in adjusted.iter().zip(numbers(want)) {
                close(*got, want, 1e-12);
            }
        }
        // One group alone: Benjamini-Hochberg inside, no less than its own p.
        let group = Group {
            p_value: 0.001,
            members: p,
        };
        let adjusted = benjamini_bogomolov(&[group], 0.05);
        for (got, want) in adjusted[0].members.iter().zip(numbers(&case["bh"])) {
            close(*got, want.max(0.001), 1e-12);
        }
    }
}

/// The same rows as `rows()` of the script, exactly.
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
        if i >= shift_from && j == 2 {
            value + 0.125
        } else {
            value
        }
    };
    (0..n * dim).map(cell).collect()
}

#[test]
fn spaces() {
    for case in vectors()["spaces"].as_array().unwrap() {
        let (n, m, dim) = (size(&case["n"]), size(&case["m"]), size(&case["dim"]));
        let rows = rows(n + m, dim, case["seed"].as_u64().unwrap(), n);
        let chords = SquaredChords::new(&rows, dim).unwrap();

        let mmd = Mmd::laplace(&chords, n).unwrap();
        close(mmd.observed(), number(&case["mmd_biased"]), 1e-4);
        // A difference of numbers of the biased form's size.
        let unbiased = number(&case["mmd_unbiased"]);
        assert!((mmd.unbiased().unwrap() - unbiased).abs() < 1e-4 * mmd.observed());

        let neighbours = Neighbours::new(&chords, n, 10, 1).unwrap();
        close(neighbours.observed(), number(&case["neighbours"]), 1e-12);

        let curves = PairCurves::within(&chords, n, |c| c.sqrt() / 2.0).unwrap();
        let medians = numbers(&case["pair_medians"]);
        close(curves.first().sd, number(&case["pair_sd"]), 1e-4);
        // NumPy takes the mean of the two middle values, we one of them.
        for (side, median) in [curves.first(), curves.second()].iter().zip(medians) {
            assert!((side.median - median).abs() < 0.01 * side.sd);
        }
        // Eight trapezoids against the whole curve between 5 and 95 %.
        close(curves.observed(), number(&case["pair_area"]), 0.1);

        let components = Components::fit(&rows, dim, 1).unwrap();
        let eigenvalues = numbers(&case["eigenvalues"]);
        // Exact up to 110 dimensions; else the leading ones agree and the last
        // of 100 are a little short.
        let exact = dim <= 110;
        for (i, (got, want)) in components
            .eigenvalues()
            .iter()
            .zip(&eigenvalues)
            .enumerate()
        {
            close(*got, *want, if exact || i < 10 { 1e-3 } else { 0.1 });
        }
        let difference: Vec<f64> = (0..dim)
            .map(|c| {
                let sum = |range: std::ops::Range<usize>| -> f64 {
                    range.map(|i| f64::from(rows[i * dim + c])).sum()
                };
                sum(0..n) / n as f64 - sum(n..n + m) / m as f64
            })
            .collect();
        let n_e = (n * m) as f64 / (n + m) as f64;
        let tolerance = if exact { 1e-3 } else { 0.05 };
        let statistic = components.statistic(&difference, n_e);
        close(statistic, number(&case["spectral"]), tolerance);
        let (expected, _) = components.null_moments();
        close(expected, number(&case["spectral_expected"]), tolerance);
    }
}

/// The permutation p-value estimates the share of all 924 labellings.
#[test]
fn permutations_estimate_the_exact_p_value() {
    let case = &vectors()["exact"];
    let (n, m, dim) = (size(&case["n"]), size(&case["m"]), size(&case["dim"]));
    let rows = rows(n + m, dim, case["seed"].as_u64().unwrap(), n);
    let mmd = Mmd::laplace(&SquaredChords::new(&rows, dim).unwrap(), n).unwrap();
    let test = Permutations::new(n, m, 5)
        .unwrap()
        .test(mmd.observed(), &mmd);
    close_by_chance(test.p_value, number(&case["mmd_p"]), test.rounds);
}

/// One thread or four, the same numbers to the last bit.
#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let (n, m, dim) = (150, 200, 40);
    let rows = rows(n + m, dim, 6, n);
    let run = || {
        let chords = SquaredChords::new(&rows, dim).unwrap();
        let components = Components::fit(&rows, dim, 1).unwrap();
        let null = components.null(n).unwrap();
        let mmd = Mmd::laplace(&chords, n).unwrap();
        let neighbours = Neighbours::new(&chords, n, 10, 1).unwrap();
        let curves = PairCurves::within(&chords, n, f64::sqrt).unwrap();
        let tests = Permutations::new(n, m, 3).unwrap().test_all(&[
            (40.0, &null),
            (mmd.observed(), &mmd),
            (neighbours.observed(), &neighbours),
            (curves.observed(), &curves),
        ]);
        let counts: [Vec<u64>; 2] = [vec![30, 40, 50], vec![35, 38, 41]];
        (chords, tests, chi_square_test(&counts[0], &counts[1], 1))
    };
    let pool = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
    };
    assert_eq!(pool(1).install(run), pool(4).install(run));
}
