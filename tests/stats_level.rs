//! Levels by simulation: with nothing changed, p <= alpha in at most the share
//! alpha of trials. Bounds are 99.99 % points of the binomial law at the
//! nominal level, so a test that keeps its level fails once in 10 000 seeds,
//! and the seeds are fixed.

use driftsphere::compare::stats::{
    Components, Divergence, Intraclass, Mmd, Neighbours, PairCurves, Permutations, RowGroups,
    SpectralTest, SquaredChords, cauchy, chi_square_test, detectable_ks_shift,
    detectable_mean_shift, divergence_test, equal_bins, into_bins, ks_test, kuiper_test,
    share_test, turn_degrees, wasserstein1_test,
};

/// SplitMix64: chance for the simulations only.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// The number of trials at or under `alpha` that the level allows.
fn allowed(trials: usize, alpha: f64) -> usize {
    let n = trials as f64;
    (n * alpha + 3.72 * (n * alpha * (1.0 - alpha)).sqrt() + 1.0).floor() as usize
}

#[track_caller]
fn keeps_level(name: &str, p_values: &[f64]) {
    for alpha in [0.05, 0.01] {
        let rejected = p_values.iter().filter(|p| **p <= alpha).count();
        let allowed = allowed(p_values.len(), alpha);
        assert!(
            rejected <= allowed,
            "{name}: {rejected} of {} at {alpha}, allowed {allowed}",
            p_values.len()
        );
    }
    // A p-value that is always large would keep every level.
    let mean = p_values.iter().sum::<f64>() / p_values.len() as f64;
    assert!((0.4..0.75).contains(&mean), "{name}: mean p {mean}");
}

/// Counts of `n` values of a normal law in `buckets` buckets of +- 4 sd.
fn normal_counts(random: &mut Random, n: usize, buckets: usize, shift: f64) -> Vec<u64> {
    let mut counts = vec![0; buckets];
    for _ in 0..n {
        let at = (random.normal() + shift + 4.0) / 8.0 * buckets as f64;
        counts[(at.max(0.0) as usize).min(buckets - 1)] += 1;
    }
    counts
}

#[test]
fn kolmogorov_smirnov() {
    for (n, m, buckets, trials) in [
        (20, 20, 2000, 300),
        (100, 100, 4000, 1000),
        (100, 700, 300, 600),
        (500, 200, 8, 200),
        (3000, 50, 900, 200),
    ] {
        let p: Vec<f64> = (0..trials)
            .map(|trial| {
                let mut random = Random(trial as u64 * 7 + n as u64);
                let first = normal_counts(&mut random, n, buckets, 0.0);
                let second = normal_counts(&mut random, m, buckets, 0.0);
                ks_test(&first, &second, trial as u64).unwrap().p_value
            })
            .collect();
        keeps_level(&format!("ks {n} {m} {buckets}"), &p);
    }
}

#[test]
fn chi_square() {
    for (n, m, cells, trials) in [
        (30, 30, 2, 300),
        (60, 40, 3, 300),
        (300, 100, 10, 600),
        (40, 300, 60, 300),
        (1000, 500, 200, 400),
    ] {
        let p: Vec<f64> = (0..trials)
            .map(|trial| {
                let mut random = Random(trial as u64 * 11 + cells as u64);
                // Shares that fall like 1 / rank: a few large, many rare.
                let mut draw = |rows: usize| {
                    let mut counts = vec![0u64; cells];
                    for _ in 0..rows {
                        let at = ((cells as f64 + 1.0).powf(random.uniform()) - 1.0) as usize;
                        counts[at.min(cells - 1)] += 1;
                    }
                    counts
                };
                let (first, second) = (draw(n), draw(m));
                chi_square_test(&first, &second, trial as u64)
                    .unwrap()
                    .p_value
            })
            .collect();
        keeps_level(&format!("chi-square {n} {m} {cells}"), &p);
    }
}

/// The edge is the reference's own quantile, as it is used.
#[test]
fn share_beyond_the_references_own_quantile() {
    for (n, m, share) in [
        (100, 300, 0.05),
        (300, 300, 0.01),
        (1000, 100, 0.01),
        (3000, 30_000, 0.003),
        (500, 100_000, 0.01),
    ] {
        let trials = 2000;
        let p: Vec<f64> = (0..trials)
            .map(|trial| {
                let mut random = Random(trial as u64 * 13 + n as u64);
                let mut reference: Vec<f64> = (0..n).map(|_| random.uniform()).collect();
                reference.sort_by(f64::total_cmp);
                let beyond = (share * n as f64) as usize;
                let edge = reference[n - beyond - 1];
                let target = (0..m).filter(|_| random.uniform() > edge).count();
                share_test(beyond as u64, n as u64, target as u64, m as u64)
                    .unwrap()
                    .p_value
            })
            .collect();
        for alpha in [0.05, 0.01] {
            let rejected = p.iter().filter(|p| **p <= alpha).count();
            assert!(
                rejected <= allowed(trials, alpha),
                "{n} {m} {share}: {rejected} at {alpha}"
            );
        }
    }
}

/// Rows with heavy, skew columns of falling width, on the sphere.
fn rows(random: &mut Random, n: usize, dim: usize) -> Vec<f32> {
    let mut rows = Vec::with_capacity(n * dim);
    for _ in 0..n {
        let row: Vec<f64> = (0..dim)
            .map(|j| (0.8 * random.normal()).exp() / (1.0 + j as f64).sqrt())
            .collect();
        let norm = row.iter().map(|x| x * x).sum::<f64>().sqrt();
        rows.extend(row.iter().map(|x| (x / norm) as f32));
    }
    rows
}

fn mean(rows: &[f32], dim: usize) -> Vec<f64> {
    let n = (rows.len() / dim) as f64;
    (0..dim)
        .map(|c| {
            rows.iter()
                .skip(c)
                .step_by(dim)
                .map(|x| f64::from(*x))
                .sum::<f64>()
                / n
        })
        .collect()
}

fn half_chord(squared: f64) -> f64 {
    squared.sqrt() / 2.0
}

/// All tests of a space; the windows are larger than their samples.
#[test]
fn spaces() {
    let (dim, trials) = (24, 200);
    // (rows of the reference and the target, of which sampled)
    for (n, m, sampled_n, sampled_m) in [(40, 25, 40, 25), (60, 60, 60, 60), (1500, 40, 120, 40)] {
        let mut p: [Vec<f64>; 5] = Default::default();
        for trial in 0..trials {
            let mut random = Random(trial * 17 + n as u64);
            let first = rows(&mut random, n, dim);
            let second = rows(&mut random, m, dim);
            let difference: Vec<f64> = mean(&first, dim)
                .iter()
                .zip(mean(&second, dim))
                .map(|(a, b)| a - b)
                .collect();
            let n_e = (n * m) as f64 / (n + m) as f64;
            let pooled = [&first[..sampled_n * dim], &second[..sampled_m * dim]].concat();

            let components = Components::fit(&pooled, dim, trial).unwrap();
            let statistic = components.statistic(&difference, n_e);
            let null = components.null(sampled_n).unwrap();
            let chords = SquaredChords::new(&pooled, dim).unwrap();
            let mmd = Mmd::laplace(&chords, sampled_n).unwrap();
            let neighbours = Neighbours::new(&chords, sampled_n, 10, trial).unwrap();
            let curves = PairCurves::within(&chords, sampled_n, half_chord).unwrap();
            let permutations = Permutations::new(sampled_n, sampled_m, trial).unwrap();
            let results = permutations.test_all(&[
                (statistic, &null),
                (mmd.observed(), &mmd),
                (neighbours.observed(), &neighbours),
                (curves.observed(), &curves),
            ]);
            let spectral = SpectralTest::new(&components, statistic, n_e, results[0].clone());
            let joined = [spectral.p_value, results[1].p_value, results[2].p_value];
            p[0].push(spectral.p_value);
            p[1].push(results[1].p_value);
            p[2].push(results[2].p_value);
            p[3].push(results[3].p_value);
            p[4].push(cauchy(&joined).unwrap());
        }
        for (name, p) in ["spectral", "mmd", "neighbours", "pairs", "joined"]
            .iter()
            .zip(&p)
        {
            keeps_level(&format!("{name} {n} {m}"), p);
        }
    }
}

#[test]
fn distances_between_two_classes() {
    let dim = 6;
    let p: Vec<f64> = (0..200)
        .map(|trial| {
            let mut random = Random(trial * 19);
            let chords = SquaredChords::new(&rows(&mut random, 90, dim), dim).unwrap();
            let lists: Vec<Vec<usize>> = [0..20, 20..45, 45..80, 80..90]
                .into_iter()
                .map(Iterator::collect)
                .collect();
            let (first, second) = ([&lists[0][..], &lists[1]], [&lists[2][..], &lists[3]]);
            let curves = PairCurves::between(&chords, first, second, half_chord).unwrap();
            let permutations = curves.permutations(trial).unwrap();
            permutations.test(curves.observed(), &curves).p_value
        })
        .collect();
    keeps_level("between", &p);
}

/// The corrected turn is near 0 without drift, where the plain angle is not.
#[test]
fn turn_of_clean_windows() {
    let (dim, trials) = (24, 100);
    let (mut corrected, mut plain) = (0.0, 0.0);
    for trial in 0..trials {
        let mut random = Random(trial * 23);
        let first = mean(&rows(&mut random, 300, dim), dim);
        let second = mean(&rows(&mut random, 100, dim), dim);
        corrected += turn_degrees(&first, &second, 300.0, 100.0).unwrap();
        plain += turn_degrees(&first, &second, 1e18, 1e18).unwrap();
    }
    assert!(corrected < 0.35 * plain, "{corrected} {plain}");
}

/// The detectable shift is found in about 80 % of trials.
#[test]
fn detectable_shifts_are_detected() {
    let (n, m, buckets, trials) = (400, 250, 1000, 400);
    let shift = detectable_ks_shift(n as f64, m as f64);
    let found = (0..trials)
        .filter(|&trial| {
            let mut random = Random(trial * 29);
            let first = normal_counts(&mut random, n, buckets, 0.0);
            let second = normal_counts(&mut random, m, buckets, shift);
            ks_test(&first, &second, trial).unwrap().p_value <= 0.05
        })
        .count();
    // 80 % give or take four deviations of a share of 400.
    assert!((288..=352).contains(&found), "{found}");

    let shift = detectable_mean_shift(1.0, n as f64, m as f64);
    let found = (0..trials)
        .filter(|&trial| {
            let mut random = Random(trial * 31);
            let mut mean =
                |rows: usize| (0..rows).map(|_| random.normal()).sum::<f64>() / rows as f64;
            let gap = mean(m) + shift - mean(n);
            gap.abs() > 1.96 * (1.0 / n as f64 + 1.0 / m as f64).sqrt()
        })
        .count();
    assert!((288..=352).contains(&found), "{found}");
}

/// Statistics by choice, on bins that both windows chose.
#[test]
fn divergences_w1_and_kuiper() {
    for (n, m, trials) in [(60, 40, 150), (400, 150, 150), (2000, 500, 100)] {
        let mut p_values: [Vec<f64>; 6] = Default::default();
        for trial in 0..trials {
            let mut random = Random(trial as u64 * 13 + n as u64);
            let first = normal_counts(&mut random, n, 600, 0.0);
            let second = normal_counts(&mut random, m, 600, 0.0);
            let bins = equal_bins(&first, &second, 10);
            let (f, s) = (into_bins(&first, &bins), into_bins(&second, &bins));
            let kinds = [
                Divergence::Psi,
                Divergence::KullbackLeibler,
                Divergence::JensenShannon,
                Divergence::Hellinger,
            ];
            for (kind, p) in kinds.into_iter().zip(&mut p_values) {
                p.push(divergence_test(kind, &f, &s, trial as u64).unwrap().p_value);
            }
            let places: Vec<f64> = (0..600).map(f64::from).collect();
            let w1 = wasserstein1_test(&places, &first, &second, trial as u64).unwrap();
            p_values[4].push(w1.p_value);
            p_values[5].push(kuiper_test(&first, &second, trial as u64).unwrap().p_value);
        }
        for (name, p) in ["psi", "kl", "js", "hellinger", "w1", "kuiper"]
            .iter()
            .zip(&p_values)
        {
            keeps_level(&format!("{name} {n} {m}"), p);
        }
    }
}

/// Rows that are nearly copies inside a group, permuted in whole groups. The windows
/// may differ in the number of groups and in the rows of each: a longer video is no
/// drift.
#[test]
fn whole_groups_of_unlike_sizes() {
    let dim = 6;
    for ((groups, copies), trials) in [
        (([24, 24], [8, 8]), 200),
        (([30, 15], [4, 12]), 200),
        (([20, 20], [12, 2]), 200),
    ] {
        let mut p = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        for trial in 0..trials {
            let mut random = Random(trial as u64 * 29 + copies[1] as u64);
            let (mut rows, mut keys, mut first) = (Vec::new(), Vec::new(), Vec::new());
            for side in 0..2 {
                for group in 0..groups[side] {
                    let original: Vec<f64> = (0..dim).map(|_| random.normal()).collect();
                    for _ in 0..copies[side] {
                        rows.extend(original.iter().map(|x| (x + 0.05 * random.normal()) as f32));
                        keys.push(Some((side * 1000 + group) as u64));
                        first.push(side == 0);
                    }
                }
            }
            let n = groups[0] * copies[0];
            let row_groups = RowGroups::new(&keys, &first);
            let seed = trial as u64;
            let permutations = Permutations::whole_groups(&row_groups, seed).unwrap();
            let chords = SquaredChords::new(&rows, dim).unwrap();
            let alike = Intraclass::of(&row_groups, |i, j| f64::from(chords.row(i)[j]));
            let components = Components::fit_groups(&rows, dim, &row_groups, alike, seed).unwrap();
            let spectral = components.null(n).unwrap().grouped(&row_groups);
            let mmd = Mmd::laplace(&chords, n)
                .unwrap()
                .grouped(&chords, &row_groups);
            let neighbours =
                Neighbours::of_groups(&chords, n, Neighbours::DEFAULT_K, seed, &row_groups)
                    .unwrap();
            let half_chord = |squared: f64| squared.sqrt() / 2.0;
            let curves = PairCurves::within(&chords.clone().apart(&row_groups), n, half_chord)
                .unwrap()
                .grouped(&row_groups);
            // Over the means of all rows, as of windows whose samples hold all.
            let mut difference = vec![0.0; dim];
            for (row, is_first) in rows.chunks_exact(dim).zip(&first) {
                let side = if *is_first {
                    n as f64
                } else {
                    n as f64 - first.len() as f64
                };
                for (d, x) in difference.iter_mut().zip(row) {
                    *d += f64::from(*x) / side;
                }
            }
            let (of_first, of_second, _) = row_groups.pairs();
            let counts = [n as f64, (keys.len() - n) as f64];
            let pairs = [2.0 * of_first, 2.0 * of_second];
            let variance = spectral.intraclass().unwrap().variance(counts, pairs, 0.0);
            let observed = components.statistic(&difference, 1.0 / variance);
            let tests = permutations.test_all(&[
                (observed, &spectral),
                (mmd.observed(), &mmd),
                (neighbours.observed(), &neighbours),
            ]);
            for (p, test) in p.iter_mut().zip(&tests) {
                p.push(test.p_value);
            }
            let test = curves
                .permutations(seed)
                .unwrap()
                .test(curves.observed(), &curves);
            p[3].push(test.p_value);
        }
        for (name, p) in ["spectral", "mmd", "neighbours", "pairs"].iter().zip(&p) {
            keeps_level(&format!("{name} {groups:?} {copies:?}"), p);
        }
    }
}
