//! A long series: windows of 40 records with 50 numbers each, read from their
//! bytes as the command reads them, against a reference of 1,200 records.

use std::borrow::Cow;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use driftsphere::compare::series::{SeriesOptions, series_of};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};
use driftsphere::sketch::hash_bytes;

const DAY: i64 = 86_400_000;
const FEATURES: u64 = 50;
/// Records of a window, and of the reference.
const RECORDS: (u64, u64) = (40, 1_200);

/// `records` from the record number `first` on, within the day `day`.
fn profile(day: i64, first: u64, records: u64) -> Profile {
    let number = |record: u64, feature: u64| {
        let at = ((first + record) * FEATURES + feature).to_le_bytes();
        // A sum of four uniform numbers: a bell, as much of real data has.
        let uniform = |seed| (hash_bytes(seed, &at) >> 11) as f64 / (1_u64 << 53) as f64;
        (0..4).map(uniform).sum::<f64>()
    };
    let times: Vec<i64> = (0..records)
        .map(|record| day * DAY + record as i64 * 60_000)
        .collect();
    let mut batch = Batch::new(times.len()).times(times);
    for feature in 0..FEATURES {
        let values: Vec<f64> = (0..records).map(|record| number(record, feature)).collect();
        batch = batch.feature(format!("f{feature}"), Column::from(values));
    }
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).expect("a configuration");
    builder.track_batch(&batch).expect("a batch");
    builder.freeze()
}

fn bench_series(criterion: &mut Criterion) {
    let reference = profile(0, 0, RECORDS.1);
    let mut group = criterion.benchmark_group("series of 50 features");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(20));
    for windows in [100_u64, 1_000] {
        let stored: Vec<Vec<u8>> = (0..windows)
            .map(|at| profile(1 + at as i64, RECORDS.1 + at * RECORDS.0, RECORDS.0).to_bytes())
            .collect();
        let names: Vec<String> = (0..windows).map(|at| format!("day {at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        group.bench_function(BenchmarkId::new("windows", windows), |bencher| {
            bencher.iter(|| {
                let read = |at: usize| Profile::from_bytes(&stored[at]).map(Cow::Owned);
                series_of(&reference, &names, read, &SeriesOptions::default()).expect("a series")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench_series);
criterion_main!(benches);
