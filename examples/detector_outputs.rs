//! Compare what a detector says of two windows of photographs, and say what changed.
//!
//! The detections are real (see `tests/data/outputs/README.md`): four classes in
//! photographs as they are, and after their middle was cut out and enlarged.
//!
//! usage: cargo run --release --example detector_outputs

use std::path::PathBuf;
use std::sync::Arc;

use driftsphere::Result;
use driftsphere::compare::{CompareOptions, Comparison, Verdict, compare};
use driftsphere::ingest::{Batch, Column, ImageList, OutputsFile, OutputsFormat};
use driftsphere::measure::outputs::measure;
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};

fn data(name: &str) -> PathBuf {
    PathBuf::from(format!(
        "{}/tests/data/outputs/{name}",
        env!("CARGO_MANIFEST_DIR")
    ))
}

/// The profile of a file of COCO results, image by image.
fn profile(results: &str) -> Result<Profile> {
    // Sizes make areas relative, and images in which nothing was found are known.
    let images = Arc::new(ImageList::read(data("person_instances_images.json"))?);
    let file = OutputsFile::new(data(results), OutputsFormat::Coco).images(images);
    let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
    let mut scan = file.scan()?;
    while let Some(found) = scan.next_block(1000)? {
        let names = found
            .images
            .iter()
            .map(|image| image.name.clone())
            .collect();
        let mut batch = Batch::new(found.images.len()).ids(Column::Text(names));
        for (kind, objects) in measure(&found)? {
            batch = batch.objects(kind, objects);
        }
        builder.track_batch(&batch)?;
    }
    for problem in scan.problems() {
        eprintln!("{problem}");
    }
    Ok(builder.freeze())
}

/// The detections of `target` against those of the photographs as they are.
pub(crate) fn run(target: &str) -> Result<Comparison> {
    let reference = profile("person_results_clean.json")?;
    let target = profile(&format!("person_results_{target}.json"))?;
    compare(&reference, &target, &CompareOptions::default())
}

/// The verdict, what changed in plain words, and what that goes along with.
pub(crate) fn describe(comparison: &Comparison) -> String {
    let mut text = format!("{}\n", comparison.verdict);
    let findings = comparison.findings.iter();
    for finding in findings.filter(|f| f.verdict == Verdict::Drift) {
        text += &format!("- {}\n", finding.sentence);
    }
    for why in &comparison.why {
        text += &format!("{}\n", why.sentence);
    }
    text
}

fn main() -> Result<()> {
    print!("{}", describe(&run("zoom")?));
    Ok(())
}
