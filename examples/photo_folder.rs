//! Two folders of photographs: profiled with what file, camera and pixels say, and with a
//! measure of one's own, then compared.
//!
//! Run with `cargo run --example photo_folder -- photos/march photos/april`.

use std::path::Path;

use driftsphere::Result;
use driftsphere::compare::{CompareOptions, Comparison, compare};
use driftsphere::ingest::image::{ImageReader, ImageSet, Pixels};
use driftsphere::ingest::{InputFile, Loss, Roles, Selection};
use driftsphere::measure::image::{Chain, CustomMeasure, Measure, Question, Step};
use driftsphere::profile::{ImageMeasures, ImageSettings, Profile, ProfileBuilder, ProfileConfig};

/// How bright the upper third is.
fn sky() -> Result<CustomMeasure> {
    let measure = |pixels: &Pixels| {
        let upper = Step::Crop {
            left: Some(0),
            top: Some(0),
            width: pixels.width(),
            height: pixels.height().div_ceil(3),
        };
        let chain = Chain::new(Question::Mean).step(upper).step(Step::Grey);
        chain.measure(pixels)
    };
    CustomMeasure::new("sky", "mean luma of the upper third, version 1", measure)
}

/// The measures of both folders.
pub(crate) fn measures() -> Result<ImageMeasures> {
    ImageMeasures::new(&ImageSettings::default())?.custom(sky()?)
}

/// A profile of a folder, each sub-folder a class; says what could not be read.
pub(crate) fn profile(folder: &Path, config: ProfileConfig) -> Result<Profile> {
    let mut set = ImageSet::new(ImageReader::new(), measures()?.measuring());
    set.add_folder(folder);
    let roles = Roles {
        ids: Some("id".into()),
        labels: Some("folder".into()),
        features: vec!["*".into()],
        ..Roles::default()
    };
    let mut scan = InputFile::of_images(set).scan(&roles, &Selection::all())?;
    let mut builder = ProfileBuilder::new(config)?;
    while let Some(block) = scan.next_block(1000)? {
        builder.track_batch(&block.batch("pictures"))?;
    }
    for problem in scan.problems() {
        println!("{problem}");
        match problem.loss {
            Loss::Failed => builder.fail(&problem.reason, problem.count),
            Loss::Skipped => builder.skip(&problem.reason, problem.count),
            _ => {}
        }
    }
    Ok(builder.freeze())
}

/// Compares two folders; the second is measured as the first.
pub(crate) fn run(reference: &Path, target: &Path) -> Result<Comparison> {
    let config = ProfileConfig::new().images(measures()?.settings().clone());
    let reference = profile(reference, config)?;
    let target = profile(target, reference.config().clone().like())?;
    compare(&reference, &target, &CompareOptions::default())
}

/// The verdict, and what moved most.
pub(crate) fn describe(comparison: &Comparison) -> String {
    let mut text = format!("{}\n", comparison.verdict);
    for finding in comparison.findings.iter().take(3) {
        text.push_str(&format!("  {}\n", finding.sentence));
    }
    text
}

fn main() -> Result<()> {
    let mut folders = std::env::args().skip(1);
    let (Some(reference), Some(target)) = (folders.next(), folders.next()) else {
        println!("usage: photo_folder REFERENCE TARGET");
        return Ok(());
    };
    println!("{}", describe(&run(reference.as_ref(), target.as_ref())?));
    Ok(())
}
