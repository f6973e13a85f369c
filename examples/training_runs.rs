//! Two training runs over the same pictures: is it still the same space, and are the classes
//! found again?
//!
//! The runs are small networks on handwritten digits (see `examples/data/README.md`): two seeds,
//! and one in which 1 and 7 were trained as one class.
//!
//! usage: cargo run --release --example training_runs

use driftsphere::Result;
use driftsphere::compare::stability::{Change, Stability, StabilityOptions, stability};
use driftsphere::ingest::{ArrayFile, Batch};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};

/// The profile of a run; it holds a sample of the same ids for each.
fn profile(run: &str) -> Result<Profile> {
    let path = format!("{}/examples/data/{run}.npz", env!("CARGO_MANIFEST_DIR"));
    let file = ArrayFile::open(path)?;
    let mut matrix = file.matrix("embedding")?;
    let (rows, dim) = (matrix.rows(), matrix.cols());
    let (ids, labels) = (file.column("id")?, file.column("label")?);
    let config = ProfileConfig::new().space("last hidden layer", SpaceConfig::new(dim));
    let mut builder = ProfileBuilder::new(config)?;
    while let Some(block) = matrix.next_block(rows)? {
        let batch = Batch::new(rows).ids(&ids).labels(&labels);
        builder.track_batch(&batch.space("last hidden layer", block.view()))?;
    }
    Ok(builder.freeze())
}

/// Another run against the first seed.
pub(crate) fn run(other: &str) -> Result<Stability> {
    let (first, second) = (profile("digits_seed_1")?, profile(other)?);
    let runs = [("seed 1", &first), (other, &second)];
    stability(&runs, &StabilityOptions::default())
}

/// The answer in a few lines.
pub(crate) fn describe(answer: &Stability) -> String {
    let pair = &answer.pairs[0];
    let other = &answer.runs[pair.runs.1].name;
    let mut text = format!("{other} on {} records of both runs:\n", answer.ids);
    for likeness in &pair.geometry {
        text += &format!("  {}\n", likeness.sentence);
    }
    let found = pair.classes.iter().filter(|class| class.found_again());
    text += &format!(
        "  {} of {} classes are found again\n",
        found.count(),
        pair.classes.len()
    );
    let changed = |verdict: Change| verdict == Change::Changed;
    for moved in pair.class_pairs.iter().filter(|pair| changed(pair.verdict)) {
        text += &format!(
            "  {} and {} are {:.2} times as far apart as in the first run\n",
            moved.classes.0, moved.classes.1, moved.factor
        );
    }
    if let Some(record) = pair.moved.first() {
        let kept = 100.0 * record.kept;
        text += &format!(
            "  look at {} first: it keeps {kept:.0} % of its neighbours\n",
            record.id
        );
    }
    text
}

fn main() -> Result<()> {
    for other in ["digits_seed_2", "digits_merged"] {
        print!("{}", describe(&run(other)?));
    }
    Ok(())
}
