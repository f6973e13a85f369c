//! Profiling records of ten numeric columns from Parquet on one thread, beside
//! a bare read of the same columns by the `parquet` crate: what any reader must
//! pay.
//!
//! `cargo bench --bench records` prints the quartiles over the rounds; each
//! round times both one after the other, so that a busy machine slows both.

use std::fs::File;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow_array::{ArrayRef, Float32Array, Float64Array, Int32Array, Int64Array, RecordBatch};
use driftsphere::ingest::{InputFile, Roles, Selection};
use driftsphere::profile::{ProfileBuilder, ProfileConfig};
use driftsphere::sketch::hash_bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

const ROWS: usize = 1_000_000;
/// Rows of one row group.
const GROUP: usize = 100_000;
/// Rows of one batch, in both readers.
const BATCH: usize = 8192;
const ROUNDS: usize = 15;

/// A value in `[0, 1)`.
fn uniform(column: u64, row: usize) -> f64 {
    (hash_bytes(column, &row.to_le_bytes()) >> 11) as f64 / (1_u64 << 53) as f64
}

/// About normal: the sum of four uniform numbers.
fn normal(column: u64, row: usize) -> f64 {
    (0..4).map(|k| uniform(4 * column + k, row)).sum::<f64>() - 2.0
}

/// Ten columns as vision models log them: scores, brightness and the like as
/// f32, moments as f64, widths and counts as whole numbers.
fn write(path: &Path) {
    let column = |at: u64, rows: std::ops::Range<usize>| -> ArrayRef {
        match at {
            0..5 => Arc::new(Float32Array::from_iter_values(
                rows.map(|i| normal(at, i) as f32),
            )),
            5..8 => Arc::new(Float64Array::from_iter_values(
                rows.map(|i| normal(at, i).exp()),
            )),
            8 => Arc::new(Int32Array::from_iter_values(
                rows.map(|i| (uniform(at, i) * 4000.0) as i32),
            )),
            _ => Arc::new(Int64Array::from_iter_values(
                rows.map(|i| (uniform(at, i) * 1e7) as i64),
            )),
        }
    };
    let batch = |start: usize| {
        let columns = (0..10).map(|at| (format!("c{at}"), column(at, start..start + GROUP)));
        RecordBatch::try_from_iter(columns).unwrap()
    };
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP))
        .build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch(0).schema(), Some(properties)).unwrap();
    for start in (0..ROWS).step_by(GROUP) {
        writer.write(&batch(start)).unwrap();
    }
    writer.close().unwrap();
}

/// Seconds of a bare read.
fn read(path: &Path) -> f64 {
    let start = Instant::now();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let mut rows = 0;
    for batch in reader.with_batch_size(BATCH).build().unwrap() {
        rows += black_box(batch.unwrap()).num_rows();
    }
    assert_eq!(rows, ROWS);
    start.elapsed().as_secs_f64()
}

/// Seconds from the file to the profile.
fn profile(path: &Path) -> f64 {
    let start = Instant::now();
    let roles = Roles {
        features: vec!["*".into()],
        ..Roles::default()
    };
    let file = InputFile::open(path).unwrap();
    let mut scan = file.scan(&roles, &Selection::all()).unwrap();
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    while let Some(block) = scan.next_block(BATCH).unwrap() {
        builder.track_batch(&block.batch("")).unwrap();
    }
    let profile = black_box(builder.freeze());
    assert_eq!(profile.records(), ROWS as u64);
    assert_eq!(profile.features().len(), 10);
    start.elapsed().as_secs_f64()
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|q| values[values.len() * q / 4])
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.parquet");
    write(&path);
    // Once without a clock, so that both find the file in memory.
    read(&path);
    profile(&path);
    let rounds: Vec<(f64, f64)> = (0..ROUNDS).map(|_| (read(&path), profile(&path))).collect();
    let line = |name: &str, unit: &str, values: Vec<f64>| {
        let [low, middle, high] = quartiles(values);
        println!("{name:<28}{middle:>12.2} {unit} ({low:.2} to {high:.2})");
    };
    let million = ROWS as f64 / 1e6;
    println!("{ROWS} records of 10 numeric columns, one thread, quartiles of {ROUNDS} rounds");
    let reads = rounds.iter().map(|(read, _)| million / read).collect();
    line("bare read", "million records/s", reads);
    let profiles = rounds
        .iter()
        .map(|(_, profile)| million / profile)
        .collect();
    line("read and profiled", "million records/s", profiles);
    let ratios = rounds
        .iter()
        .map(|(read, profile)| profile / read)
        .collect();
    line("time, as a ratio", "times the bare read", ratios);
}
