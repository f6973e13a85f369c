//! Comparing two profiles with full samples, with drift and without, and the
//! parts of that work.
//!
//! The parts run on one thread, as does the whole they are shares of; what is
//! not named is the rest of the comparison.

use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use driftsphere::compare::stats::{
    Components, LabelStatistic, Mmd, Neighbours, PairCurves, Permutations, SquaredChords,
};
use driftsphere::compare::{CompareOptions, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use driftsphere::sketch::hash_bytes;
use ndarray::Array2;

const ROWS: usize = 2_000;
const SPACE: &str = "embedding";
/// Rounds of each part; the median counts.
const ROUNDS: usize = 7;

/// Rows of ten classes; `moved` of ten columns of the second window lie higher.
fn rows(dim: usize, window: usize, moved: usize) -> Array2<f32> {
    let uniform = |i: usize| (hash_bytes(3, &i.to_le_bytes()) >> 40) as f32 / (1 << 24) as f32;
    let offset = window * ROWS;
    Array2::from_shape_fn((ROWS, dim), |(i, j)| {
        let direction = uniform((i % 10) * dim + j + 1_000_000_000);
        let drift = if window == 1 && j % 10 < moved {
            0.3
        } else {
            0.0
        };
        (direction + uniform((offset + i) * dim + j) - 0.6 + drift).max(0.0)
    })
}

fn track(
    builder: &mut ProfileBuilder,
    rows: &Array2<f32>,
    window: usize,
) -> driftsphere::Result<()> {
    let offset = window * ROWS;
    let ids: Vec<String> = (0..ROWS).map(|i| format!("image-{}", offset + i)).collect();
    let classes: Vec<String> = (0..ROWS).map(|i| format!("class {}", i % 10)).collect();
    builder.track_batch(
        &Batch::new(ROWS)
            .ids(Column::from(ids))
            .predictions(Column::from(classes))
            .space(SPACE, rows.view()),
    )
}

fn windows(dim: usize, moved: usize) -> (Profile, Profile) {
    let [first, second] = [0, 1].map(|window| rows(dim, window, moved));
    let config = ProfileConfig::new().space(SPACE, SpaceConfig::new(dim));
    let fit = FitOptions::default();
    let reference = profile_reference(config, fit, |b| track(b, &first, 0)).unwrap();
    let mut builder = ProfileBuilder::new(reference.config().clone().like()).unwrap();
    track(&mut builder, &second, 1).unwrap();
    (reference, builder.freeze())
}

/// The sampled rows of both windows, of length 1, and how many are the first's.
fn pooled(windows: &(Profile, Profile)) -> (Vec<f32>, usize) {
    let mut values = Vec::new();
    let mut counts = Vec::new();
    for profile in [&windows.0, &windows.1] {
        let sample = profile.spaces()[SPACE].sample();
        counts.push(sample.len());
        for sampled in sample.rows() {
            values.extend(sampled.row.vector.iter().map(|x| x.to_f32()));
        }
    }
    (values, counts[0])
}

fn timed<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    let mut times = Vec::new();
    let mut result = None;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        result = Some(work());
        times.push(start.elapsed());
    }
    times.sort();
    (result.expect("at least one round"), times[ROUNDS / 2])
}

/// Prints where the time of one comparison goes.
fn parts(dim: usize, moved: usize, name: &str) {
    let windows = windows(dim, moved);
    let options = CompareOptions::default();
    let (_, whole) = timed(|| compare(&windows.0, &windows.1, &options).unwrap());
    let (rows, first) = pooled(&windows);
    let second = rows.len() / dim - first;
    let permutations = Permutations::new(first, second, 1).unwrap();
    let (chords, distances) = timed(|| SquaredChords::new(&rows, dim).unwrap());
    let (components, fit) = timed(|| Components::fit(&rows, dim, 1).unwrap());
    let mean = |range: std::ops::Range<usize>| -> Vec<f64> {
        let n = range.len() as f64;
        let sum = |j| range.clone().map(|i| f64::from(rows[i * dim + j])).sum();
        (0..dim)
            .map(|j| {
                let s: f64 = sum(j);
                s / n
            })
            .collect()
    };
    let (a, b) = (mean(0..first), mean(first..first + second));
    let difference: Vec<f64> = a.iter().zip(&b).map(|(a, b)| b - a).collect();
    let n_e = (ROWS / 2) as f64;
    let (_, spectral) = timed(|| {
        let null = components.null(first).unwrap();
        permutations.test(components.statistic(&difference, n_e), &null)
    });
    let (_, mmd) = timed(|| {
        let mmd = Mmd::laplace(&chords, first).unwrap();
        permutations.test(mmd.observed(), &mmd)
    });
    let (_, neighbours) = timed(|| {
        let neighbours = Neighbours::new(&chords, first, 10, 1).unwrap();
        permutations.test(neighbours.observed(), &neighbours as &dyn LabelStatistic)
    });
    // At most 512 rows a side.
    let some: Vec<usize> = (0..512.min(first))
        .chain(first..first + 512.min(second))
        .collect();
    let (_, pairs) = timed(|| {
        let curves = PairCurves::within(&chords.select(&some), 512.min(first), f64::sqrt).unwrap();
        curves
            .permutations(1)
            .unwrap()
            .test(curves.observed(), &curves)
    });
    println!("\nparts of a comparison at {dim} dimensions, {name}, one thread: {whole:.0?}");
    let named = [
        ("distances of all pairs", distances),
        ("principal components", fit),
        ("spectral test", spectral),
        ("MMD", mmd),
        ("nearest neighbours", neighbours),
        ("pairwise distances, all classes together", pairs),
    ];
    let rest = whole.saturating_sub(named.iter().map(|(_, t)| *t).sum());
    for (part, time) in named
        .into_iter()
        .chain([("rest: classes, clusters, numbers", rest)])
    {
        let share = 100.0 * time.as_secs_f64() / whole.as_secs_f64();
        println!("  {part:<42} {time:>8.0?} {share:>5.0} %");
    }
}

fn whole(c: &mut Criterion) {
    let one = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    for dim in [512, 1280] {
        for (moved, name) in [(0, "no drift"), (3, "drift")] {
            one.install(|| parts(dim, moved, name));
        }
    }
    let mut group = c.benchmark_group("compare/1024 rows a side");
    group.sample_size(10);
    for dim in [512, 1280] {
        for (moved, name) in [(0, "no drift"), (3, "drift")] {
            let (reference, target) = windows(dim, moved);
            let options = CompareOptions::default();
            group.bench_function(BenchmarkId::new(name, dim), |b| {
                b.iter(|| compare(&reference, &target, &options).unwrap().verdict);
            });
        }
    }
    group.finish();
}

criterion_group!(benches, whole);
criterion_main!(benches);
