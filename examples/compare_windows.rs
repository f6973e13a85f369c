//! Compare two windows of real embeddings, and say which records show the change.
//!
//! The windows are weeks of photographs as EfficientNet-Lite0 sees them (see
//! `examples/data/README.md`); in the second one part of them is blurred or dark.
//!
//! usage: cargo run --release --example compare_windows

use driftsphere::Result;
use driftsphere::compare::{CompareOptions, Comparison, Verdict, compare};
use driftsphere::ingest::{ArrayFile, Batch, Column};
use driftsphere::profile::{
    FitOptions, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};

fn track(builder: &mut ProfileBuilder, week: &str) -> Result<()> {
    let path = format!("{}/examples/data/{week}.npz", env!("CARGO_MANIFEST_DIR"));
    let file = ArrayFile::open(path)?;
    let mut matrix = file.matrix("embedding")?;
    let rows = matrix.rows();
    let ids: Column = file.column("id")?;
    let labels = file.column("label")?;
    let brightness = file.column("brightness")?;
    // A week is small enough to be taken at once.
    while let Some(block) = matrix.next_block(rows)? {
        builder.track_batch(
            &Batch::new(rows)
                .ids(&ids)
                .labels(&labels)
                .feature("brightness", &brightness)
                .space("embedding", block.view()),
        )?;
    }
    Ok(())
}

/// Two weeks of reference against one later week.
pub(crate) fn run(target: &str) -> Result<Comparison> {
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(1280));
    let options = FitOptions {
        clusters: 6,
        seed: 0,
        ..FitOptions::default()
    };
    let reference = profile_reference(config, options, |builder| {
        track(builder, "reference_week_1")?;
        track(builder, "reference_week_2")
    })?;

    // The target is measured against the reference's centres, not its own.
    let mut builder = ProfileBuilder::new(reference.config().clone().like())?;
    track(&mut builder, target)?;

    let options = CompareOptions {
        names: ("two weeks in March".into(), target.replace('_', " ")),
        ..CompareOptions::default()
    };
    compare(&reference, &builder.freeze(), &options)
}

/// The comparison in a few lines.
pub(crate) fn describe(comparison: &Comparison) -> String {
    let mut text = format!(
        "{}: {} against {}\n",
        comparison.verdict, comparison.target.name, comparison.reference.name
    );
    let findings = comparison
        .findings
        .iter()
        .filter(|f| f.verdict == Verdict::Drift);
    for finding in findings.take(8) {
        // A p-value says whether there is a change, the sentence how large it is.
        let p = finding.p_adjusted.unwrap_or(1.0);
        text += &format!("  {} (p = {p:.4})\n", finding.sentence);
        for record in finding.records.iter().take(3) {
            text += &format!("    {}: {}\n", record.role, record.id);
        }
    }
    text
}

fn main() -> Result<()> {
    for week in ["clean_week", "degraded_week"] {
        print!("{}", describe(&run(week)?));
    }
    Ok(())
}
