//! Profile a reference on two machines and get the bytes one machine would get.
//!
//! A reference is read twice: the first pass leaves sums and a sample, from
//! which the centres are fitted; the second measures every record against them.
//! Only profiles and the codebook travel between machines, never the embeddings.
//!
//! usage: cargo run --release --example merge_shards

use driftsphere::ingest::{ArrayFile, Batch};
use driftsphere::profile::{
    Codebooks, FitOptions, Profile, ProfileBuilder, ProfileConfig, Role, SpaceConfig, fit,
    profile_reference,
};
use driftsphere::sphere::ClusterMethod;
use driftsphere::{ErrorKind, Result};

/// One file on each machine.
const SHARDS: [&str; 2] = ["reference_week_1.npz", "reference_week_2.npz"];
const OPTIONS: FitOptions = FitOptions {
    method: ClusterMethod::KMeans,
    clusters: 6,
    seed: 0,
};

/// Tracks one file of embeddings with ids and labels.
fn track(builder: &mut ProfileBuilder, shard: &str) -> Result<()> {
    let path = format!("{}/examples/data/{shard}", env!("CARGO_MANIFEST_DIR"));
    let file = ArrayFile::open(path)?;
    let (ids, labels) = (file.column("id")?, file.column("label")?);
    // Columns are held whole, embeddings are streamed.
    let (mut rows, mut start) = (file.matrix("embedding")?, 0);
    while let Some(block) = rows.next_block(128)? {
        let end = start + block.nrows();
        builder.track_batch(
            &Batch::new(block.nrows())
                .ids(ids.slice(start..end)?)
                .labels(labels.slice(start..end)?)
                .space("embedding", block.view()),
        )?;
        start = end;
    }
    Ok(())
}

/// What one machine does: read its file, keep a profile.
fn machine(shard: &str, config: &ProfileConfig) -> Result<Profile> {
    let mut builder = ProfileBuilder::new(config.clone())?;
    track(&mut builder, shard)?;
    Ok(builder.freeze())
}

fn merged(config: &ProfileConfig) -> Result<Profile> {
    let mut all = machine(SHARDS[0], config)?;
    all.merge(&machine(SHARDS[1], config)?)?;
    Ok(all)
}

/// The reference made by two machines, and the same made by one.
pub(crate) fn run() -> Result<(Profile, Profile)> {
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(1280));

    // Pass one, merge, fit.
    let books: Codebooks = fit(&merged(&config)?, OPTIONS)?;
    // Pass two. The role says that these rows made the centres: each is measured
    // against its centre without itself.
    let second = config.clone().with_codebooks(&books, Role::Reference)?;
    let two_machines = merged(&second)?;

    // A profile of another role does not fit in by accident.
    let mut refused = two_machines.clone();
    let error = refused.merge(&machine(SHARDS[0], &second.like())?);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Incompatible);

    let one_machine = profile_reference(config, OPTIONS, |builder| {
        // The other order, on purpose: it leaves no trace.
        SHARDS.iter().rev().try_for_each(|s| track(builder, s))
    })?;
    Ok((two_machines, one_machine))
}

fn main() -> Result<()> {
    let (two, one) = run()?;
    let same = two.to_bytes() == one.to_bytes();
    println!(
        "{} records, {} bytes; the bytes of two machines and of one are {}",
        two.records(),
        two.to_bytes().len(),
        if same { "the same" } else { "NOT the same" }
    );
    Ok(())
}
