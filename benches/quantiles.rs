//! One value into a quantile sketch, beside the t-digest of the crate
//! `datasketches` on the same values in the same run.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use datasketches::tdigest::TDigestMut;
use driftsphere::sketch::{QuantileSketch, hash_bytes};
use std::hint::black_box;

const VALUES: usize = 1_000_000;

/// Sums of four uniform values: bell-shaped, between 0 and 4.
fn bell() -> Vec<f64> {
    let uniform = |i: usize| (hash_bytes(1, &i.to_le_bytes()) >> 11) as f64 / (1_u64 << 53) as f64;
    (0..VALUES)
        .map(|i| (0..4).map(|j| uniform(4 * i + j)).sum())
        .collect()
}

fn update(c: &mut Criterion) {
    let values = bell();
    let mut group = c.benchmark_group("quantiles/update");
    group.throughput(Throughput::Elements(VALUES as u64));
    group.sample_size(20);
    group.bench_function("driftsphere", |b| {
        b.iter(|| {
            let mut sketch = QuantileSketch::new(QuantileSketch::DEFAULT_CAP).unwrap();
            for value in &values {
                sketch.update(black_box(*value));
            }
            sketch.freeze().count()
        });
    });
    group.bench_function("t-digest of datasketches", |b| {
        b.iter(|| {
            let mut sketch = TDigestMut::new(200);
            for value in &values {
                sketch.update(black_box(*value));
            }
            sketch.freeze().total_weight()
        });
    });
    group.finish();
}

criterion_group!(benches, update);
criterion_main!(benches);
