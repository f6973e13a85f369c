//! Profiling rows against a codebook, beside the bare f32 product of the same
//! rows and centres by faer: what any exact nearest-centre search must pay.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use driftsphere::sketch::hash_bytes;
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use ndarray::Array2;

const ROWS: usize = 20_000;
const DIM: usize = 512;
/// Rows of one batch.
const BATCH: usize = 5_000;

struct Data {
    rows: Array2<f32>,
    ids: Column,
    classes: Column,
}

/// Rows around ten directions, none negative, as features behind a ReLU.
fn data() -> Data {
    let uniform = |i: usize| (hash_bytes(2, &i.to_le_bytes()) >> 40) as f32 / (1 << 24) as f32;
    let rows = Array2::from_shape_fn((ROWS, DIM), |(i, j)| {
        let direction = uniform((i % 10) * DIM + j + 1_000_000_000);
        (direction + uniform(i * DIM + j) - 0.6).max(0.0)
    });
    Data {
        rows,
        ids: Column::Text((0..ROWS).map(|i| format!("image-{i:07}.jpg")).collect()),
        classes: Column::Text((0..ROWS).map(|i| format!("class {}", i % 10)).collect()),
    }
}

fn track(builder: &mut ProfileBuilder, data: &Data) {
    for start in (0..ROWS).step_by(BATCH) {
        let end = start + BATCH;
        let rows = data.rows.as_slice().unwrap();
        let view =
            ndarray::ArrayView2::from_shape((BATCH, DIM), &rows[start * DIM..end * DIM]).unwrap();
        let batch = Batch::new(BATCH)
            .ids(data.ids.slice(start..end).unwrap())
            .predictions(data.classes.slice(start..end).unwrap())
            .space("embedding", view);
        builder.track_batch(&batch).unwrap();
    }
}

/// A plain configuration with 10 class centres and `centres - 10` clusters.
fn config(data: &Data, centres: usize) -> ProfileConfig {
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(DIM));
    let options = FitOptions {
        clusters: centres.saturating_sub(10).max(1),
        seed: 0,
    };
    let reference = profile_reference(config, options, |builder| {
        track(builder, data);
        Ok(())
    });
    reference.unwrap().config().clone().like()
}

fn profile(config: &ProfileConfig, data: &Data, threads: usize) -> Profile {
    let mut builder = ProfileBuilder::new(config.clone()).unwrap();
    builder.set_threads(threads).unwrap();
    track(&mut builder, data);
    builder.freeze()
}

fn product(data: &Data, centres: &[f32], out: &mut [f32]) {
    let width = centres.len() / DIM;
    matmul(
        MatMut::from_row_major_slice_mut(out, ROWS, width),
        Accum::Replace,
        MatRef::from_row_major_slice(data.rows.as_slice().unwrap(), ROWS, DIM),
        MatRef::from_column_major_slice(centres, DIM, width),
        1.0,
        Par::Seq,
    );
}

fn rows(c: &mut Criterion) {
    let data = data();
    let mut group = c.benchmark_group("profile/20000x512");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.sample_size(15);
    for centres in [11, 100] {
        let config = config(&data, centres);
        let flat = data.rows.as_slice().unwrap();
        let stacked: Vec<f32> = flat[..centres * DIM].to_vec();
        let mut out = vec![0.0; ROWS * centres];
        group.bench_function(BenchmarkId::new("bare product by faer", centres), |b| {
            b.iter(|| product(black_box(&data), &stacked, &mut out));
        });
        for threads in [1, 2] {
            let name = format!("driftsphere, {threads} thread");
            group.bench_function(BenchmarkId::new(name, centres), |b| {
                b.iter(|| profile(&config, black_box(&data), threads).records());
            });
        }
    }
    group.finish();
}

criterion_group!(benches, rows);
criterion_main!(benches);
