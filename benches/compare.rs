//! Comparing two profiles with full samples.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use driftsphere::compare::{CompareOptions, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use driftsphere::sketch::hash_bytes;
use ndarray::Array2;

const ROWS: usize = 2_000;

fn track(builder: &mut ProfileBuilder, dim: usize, window: usize) -> driftsphere::Result<()> {
    let uniform = |i: usize| (hash_bytes(3, &i.to_le_bytes()) >> 40) as f32 / (1 << 24) as f32;
    let offset = window * ROWS;
    let rows = Array2::from_shape_fn((ROWS, dim), |(i, j)| {
        let direction = uniform((i % 10) * dim + j + 1_000_000_000);
        (direction + uniform((offset + i) * dim + j) - 0.6).max(0.0)
    });
    let ids: Vec<String> = (0..ROWS).map(|i| format!("image-{}", offset + i)).collect();
    let classes: Vec<String> = (0..ROWS).map(|i| format!("class {}", i % 10)).collect();
    builder.track_batch(
        &Batch::new(ROWS)
            .ids(Column::from(ids))
            .predictions(Column::from(classes))
            .space("embedding", rows.view()),
    )
}

fn windows(dim: usize) -> (Profile, Profile) {
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(dim));
    let reference = profile_reference(config, FitOptions::default(), |b| track(b, dim, 0)).unwrap();
    let mut builder = ProfileBuilder::new(reference.config().clone().like()).unwrap();
    track(&mut builder, dim, 1).unwrap();
    (reference, builder.freeze())
}

fn whole(c: &mut Criterion) {
    let mut group = c.benchmark_group("compare/1024 rows a side");
    group.sample_size(10);
    for dim in [512, 1280] {
        let (reference, target) = windows(dim);
        let options = CompareOptions::default();
        group.bench_function(BenchmarkId::new("whole comparison", dim), |b| {
            b.iter(|| compare(&reference, &target, &options).unwrap().verdict);
        });
    }
    group.finish();
}

criterion_group!(benches, whole);
criterion_main!(benches);
