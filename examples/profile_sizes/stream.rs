//! Generated records of any shape, and what is kept of them.

use driftsphere::Result;
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::profile_reference;
use driftsphere::profile::{FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
use ndarray::ArrayView2;

use super::budget::Shape;

/// Values of a batch.
const BATCH_VALUES: usize = 1 << 22;

/// The `i`-th number in [0, 1) of a stream that can be entered anywhere
/// (`SplitMix64`).
fn uniform(i: usize) -> f32 {
    let mut x = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 40) as f32 / (1 << 24) as f32
}

/// Tracks all records: noise around one direction for each class, an id, a class and
/// a number each.
fn track(builder: &mut ProfileBuilder, shape: &Shape) -> Result<()> {
    let batch = (BATCH_VALUES / shape.dim).clamp(1, 4096);
    let mut values = vec![0.0_f32; batch * shape.dim];
    for start in (0..shape.records).step_by(batch) {
        let records = start..shape.records.min(start + batch);
        for (i, row) in records.clone().zip(values.chunks_exact_mut(shape.dim)) {
            let class = i % shape.classes;
            for (j, value) in row.iter_mut().enumerate() {
                let direction = uniform(usize::MAX / 2 + class * shape.dim + j);
                *value = direction + uniform(i * shape.dim + j) - 0.6;
            }
        }
        let texts = |of: &dyn Fn(usize) -> String| Column::Text(records.clone().map(of).collect());
        let rows = &values[..records.len() * shape.dim];
        let rows = ArrayView2::from_shape((records.len(), shape.dim), rows)
            .expect("as many values as the shape says");
        builder.track_batch(
            &Batch::new(records.len())
                .ids(texts(&|i| format!("image-{i:07}")))
                .labels(texts(&|i| format!("class {}", i % shape.classes)))
                .feature(
                    "brightness",
                    Column::Float(records.clone().map(|i| uniform(i).into()).collect()),
                )
                .space("embedding", rows),
        )?;
    }
    Ok(())
}

/// The reference of a shape: as it is, shrunk to 100 rows, and sealed.
pub(crate) fn profiles(shape: &Shape) -> Result<[(&'static str, Profile); 3]> {
    let space = SpaceConfig::new(shape.dim)
        .sample_rows(shape.sample_rows)
        .sample_bytes(shape.sample_bytes);
    let config = ProfileConfig::new().space("embedding", space);
    let options = FitOptions {
        clusters: shape.clusters,
        ..FitOptions::default()
    };
    let plain = profile_reference(config, options, |builder| track(builder, shape))?;
    let (shrunk, sealed) = (plain.shrink(100, None)?, plain.seal()?);
    Ok([("plain", plain), ("shrunk", shrunk), ("sealed", sealed)])
}
