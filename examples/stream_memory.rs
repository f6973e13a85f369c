//! Profile a stream of any length in the same memory.
//!
//! The rows are generated batch by batch and forgotten after they were tracked,
//! as those of a service would be. What is kept of them (sums, buckets, a sample)
//! has a fixed size, so neither the peak of the process nor the file grows with
//! the number of rows: run it with 1000000 and with 10000000 and compare.
//!
//! usage: cargo run --release --example stream_memory -- [ROWS]

use driftsphere::Result;
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, Role, SpaceConfig, fit,
};
use ndarray::ArrayView2;

const DIM: usize = 64;
const CLASSES: usize = 10;
const BATCH: usize = 4096;
/// The centres are fitted on so many of the first rows.
const FITTED: usize = 4 * BATCH;

/// The `i`-th number in [0, 1) of a stream that can be entered anywhere
/// (`SplitMix64`).
fn uniform(i: usize) -> f32 {
    let mut x = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 40) as f32 / (1 << 24) as f32
}

/// Tracks rows `from..to`: noise around one direction for each class.
fn track(builder: &mut ProfileBuilder, from: usize, to: usize) -> Result<()> {
    // One buffer for all batches: the input is not what is measured.
    let mut values = vec![0.0_f32; BATCH * DIM];
    for start in (from..to).step_by(BATCH) {
        let records = start..to.min(start + BATCH);
        for (i, row) in records.clone().zip(values.chunks_exact_mut(DIM)) {
            for (j, value) in row.iter_mut().enumerate() {
                // The directions come from the far end of the stream of numbers.
                let direction = uniform(usize::MAX / 2 + (i % CLASSES) * DIM + j);
                *value = direction + uniform(i * DIM + j) - 0.6;
            }
        }
        let ids = records.clone().map(|i| format!("image-{i:07}")).collect();
        let classes = records
            .clone()
            .map(|i| format!("class {}", i % CLASSES))
            .collect();
        let rows = &values[..records.len() * DIM];
        builder.track_batch(
            &Batch::new(records.len())
                .ids(Column::Text(ids))
                .predictions(Column::Text(classes))
                .space(
                    "embedding",
                    ArrayView2::from_shape((records.len(), DIM), rows)
                        .expect("as many values as the shape says"),
                ),
        )?;
    }
    Ok(())
}

/// Centres from the first rows, then a profile of all of them.
pub(crate) fn run(rows: usize) -> Result<Profile> {
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(DIM));
    let mut first = ProfileBuilder::new(config.clone())?;
    track(&mut first, 0, rows.min(FITTED))?;
    let books = fit(&first.freeze(), FitOptions::default())?;
    // A peak that the fit alone has set would say nothing about the stream.
    println!("peak memory after the fit: {}", peak());

    let mut builder = ProfileBuilder::new(config.with_codebooks(&books, Role::Plain)?)?;
    let half = rows / 2;
    track(&mut builder, 0, half)?;
    println!("after {half} rows: {}", peak());
    track(&mut builder, half, rows)?;
    println!("after {rows} rows: {}", peak());
    Ok(builder.freeze())
}

/// The most memory that this process has had so far, in words.
fn peak() -> String {
    match peak_kilobytes() {
        Some(kilobytes) => format!("{kilobytes} kB"),
        None => "not available on this system".into(),
    }
}

/// `VmHWM` of this process, in units of 1024 bytes; Linux alone has it.
pub(crate) fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let rows = std::env::args().nth(1).map(|n| n.parse()).transpose()?;
    let profile = run(rows.unwrap_or(1_000_000))?;
    println!(
        "{} rows, a profile of {} bytes, peak memory in all: {}",
        profile.records(),
        profile.to_bytes().len(),
        peak()
    );
    Ok(())
}
