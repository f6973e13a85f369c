//! Profiling rows against a codebook, beside the bare f32 product of the same
//! rows and centres by faer: what any exact nearest-centre search must pay.
//!
//! `cargo bench --bench profile` prints the times by criterion, and before
//! them the ratios: each round times product and profile one after the other,
//! so that a busy machine slows both; the table gives the quartiles over the
//! rounds. Profiling runs inside a pool of two threads, as in the command.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
use driftsphere::sketch::{Directions, hash_bytes};
use driftsphere::sphere::{Centre, Codebook, Distance, Provenance};
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use ndarray::ArrayView2;
use rayon::{ThreadPool, ThreadPoolBuilder};

const ROWS: usize = 20_000;
const DIM: usize = 512;
/// Rows of one batch: a matrix as it lies in memory.
const BATCH: usize = ROWS;
/// Classes of the rows.
const CLASSES: usize = 10;
/// Centres in all: (classes, clusters). With 5 + 5, half of the rows are of
/// classes that the codebook does not know.
const BOOKS: [(usize, usize); 3] = [(10, 0), (5, 5), (10, 90)];
/// Rounds of the table of ratios.
const ROUNDS: usize = 31;

/// A value in `[0, 1)`.
fn uniform(i: usize) -> f32 {
    (hash_bytes(2, &i.to_le_bytes()) >> 40) as f32 / (1 << 24) as f32
}

/// Rows around ten directions, none negative, as features behind a ReLU.
fn rows() -> Vec<f32> {
    let value = |i: usize, j: usize| {
        let direction = uniform((i % CLASSES) * DIM + j + 1_000_000_000);
        (direction + uniform(i * DIM + j) - 0.6).max(0.0)
    };
    (0..ROWS * DIM)
        .map(|at| value(at / DIM, at % DIM))
        .collect()
}

/// The rows in batches with ids and predictions, all made before the clock runs.
fn batches(rows: &[f32]) -> Vec<Batch<'_>> {
    let batch = |(n, rows)| {
        let at = n * BATCH..(n + 1) * BATCH;
        let ids = at.clone().map(|i| format!("image-{i:07}.jpg")).collect();
        let classes = at.map(|i| format!("class {}", i % CLASSES)).collect();
        Batch::new(BATCH)
            .ids(Column::Text(ids))
            .predictions(Column::Text(classes))
            .space(
                "embedding",
                ArrayView2::from_shape((BATCH, DIM), rows).unwrap(),
            )
    };
    rows.chunks(BATCH * DIM).enumerate().map(batch).collect()
}

/// Class centres from sums of the first rows, clusters from sums of a few rows
/// each: k-means would find better ones, not slower or faster ones.
fn codebook(rows: &[f32], classes: usize, clusters: usize) -> Codebook {
    let centre = |name: String, members: &mut dyn Iterator<Item = usize>| {
        let mut sum = Directions::new(DIM);
        for i in members {
            let row = &rows[i * DIM..][..DIM];
            let norm = row
                .iter()
                .map(|x| f64::from(*x).powi(2))
                .sum::<f64>()
                .sqrt();
            sum.update_scaled(row, 1.0 / norm);
        }
        Centre {
            name,
            sum,
            medoid: None,
        }
    };
    let class = |c| centre(format!("class {c}"), &mut (c..1_000).step_by(CLASSES));
    let cluster = |k| {
        let first = 1_000 + 40 * k + k % CLASSES;
        centre(
            format!("cluster {k}"),
            &mut (first..first + 40).step_by(CLASSES),
        )
    };
    Codebook::new(
        DIM,
        Distance::default(),
        (0..classes).map(class).collect(),
        (0..clusters).map(cluster).collect(),
        vec![],
        Provenance::default(),
    )
    .unwrap()
}

fn profile(
    config: &ProfileConfig,
    batches: &[Batch<'_>],
    (pool, threads): (&ThreadPool, usize),
) -> Profile {
    pool.install(|| {
        let mut builder = ProfileBuilder::new(config.clone()).unwrap();
        builder.set_threads(threads).unwrap();
        for batch in batches {
            builder.track_batch(batch).unwrap();
        }
        builder.freeze()
    })
}

fn product(rows: &[f32], centres: &[f32], out: &mut [f32]) {
    let width = centres.len() / DIM;
    matmul(
        MatMut::from_row_major_slice_mut(out, ROWS, width),
        Accum::Replace,
        MatRef::from_row_major_slice(rows, ROWS, DIM),
        MatRef::from_column_major_slice(centres, DIM, width),
        1.0,
        Par::Seq,
    );
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// The quartiles of what was measured.
fn quartiles(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let at = |share: usize| values[share * (values.len() - 1) / 4];
    format!("{:6.2} [{:.2}, {:.2}]", at(2), at(1), at(3))
}

fn profiling(c: &mut Criterion) {
    let rows = rows();
    let batches = batches(&rows);
    let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let mut group = c.benchmark_group("profile/20000x512");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.sample_size(15);
    println!("median [quartiles] of {ROUNDS} rounds; faer = bare f32 product, 1 thread");
    for (classes, clusters) in BOOKS {
        let book = codebook(&rows, classes, clusters);
        let stacked: Vec<f32> = [book.class_centres(), book.cluster_centres()]
            .iter()
            .flat_map(|set| set.values().iter().map(|x| *x as f32))
            .collect();
        let mut out = vec![0.0; ROWS * (classes + clusters)];
        let space = SpaceConfig::new(DIM).codebook(Arc::new(book));
        let config = ProfileConfig::new().space("embedding", space);
        let name = format!("{classes} classes + {clusters} clusters");

        let mut times = [(); 3].map(|()| Vec::new());
        for _ in 0..ROUNDS {
            times[0].push(seconds(|| product(black_box(&rows), &stacked, &mut out)));
            for threads in [1, 2] {
                let tracked = || {
                    assert_eq!(
                        profile(&config, &batches, (&pool, threads)).records(),
                        20_000
                    )
                };
                times[threads].push(seconds(tracked));
            }
        }
        let ratio = |a: usize, b: usize| {
            let pairs = times[a].iter().zip(&times[b]);
            quartiles(pairs.map(|(a, b)| a / b).collect())
        };
        println!(
            "{name:24} profile / faer {}   1 thread / 2 threads {}",
            ratio(1, 0),
            ratio(1, 2)
        );

        group.bench_function(BenchmarkId::new("bare product by faer", &name), |b| {
            b.iter(|| product(black_box(&rows), &stacked, &mut out));
        });
        for threads in [1, 2] {
            let id = BenchmarkId::new(format!("driftsphere, {threads} thread"), &name);
            group.bench_function(id, |b| {
                b.iter(|| profile(&config, black_box(&batches), (&pool, threads)).records());
            });
        }
    }
    group.finish();
}

criterion_group!(benches, profiling);
criterion_main!(benches);
