//! Outputs as profiles.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use driftsphere::Result;
use driftsphere::ingest::{Block, Column, ImageList, Objects, OutputsFile, OutputsFormat};
use driftsphere::measure::outputs::measure;
use driftsphere::profile::{IdMode, Profile, ProfileBuilder, ProfileConfig};

pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/outputs")
        .join(name)
}

pub(crate) fn images(task: &str) -> Arc<ImageList> {
    let path = data(&format!("{task}_instances_images.json"));
    Arc::new(ImageList::read(path).unwrap())
}

/// The blocks of a file, of so many images each.
pub(crate) fn blocks(file: &OutputsFile, most: usize) -> Result<Vec<Block>> {
    let mut scan = file.scan()?;
    let mut blocks = Vec::new();
    while let Some(found) = scan.next_block(most)? {
        let names = found
            .images
            .iter()
            .map(|image| image.name.clone())
            .collect();
        let tables = measure(&found)?.into_iter();
        let tables: Vec<(String, Objects)> = tables.map(|(kind, o)| (kind.to_owned(), o)).collect();
        blocks.push(Block::of_objects(0, Column::Text(names), tables)?);
    }
    Ok(blocks)
}

/// The profile of the images for which `keep` says so, by their place.
pub(crate) fn profile_where(file: &OutputsFile, keep: impl Fn(usize) -> bool) -> Profile {
    profile_of(file, IdMode::Plain, keep)
}

/// The same, of whose names so much is kept.
pub(crate) fn profile_of(file: &OutputsFile, ids: IdMode, keep: impl Fn(usize) -> bool) -> Profile {
    let mut builder = ProfileBuilder::new(ProfileConfig::new().ids(ids)).unwrap();
    let mut first = 0;
    for block in blocks(file, 50).unwrap() {
        let rows: Vec<usize> = (0..block.len()).filter(|row| keep(first + row)).collect();
        builder
            .track_batch(&block.batch("").take(&rows).unwrap())
            .unwrap();
        first += block.len();
    }
    builder.freeze()
}

pub(crate) fn profile(file: &OutputsFile) -> Profile {
    profile_where(file, |_| true)
}

pub(crate) fn coco(task: &str, variant: &str) -> OutputsFile {
    let path = data(&format!("{task}_results_{variant}.json"));
    OutputsFile::new(path, OutputsFormat::Coco).images(images(task))
}

/// A file of results of one's own.
pub(crate) fn written(text: &str) -> (tempfile::TempDir, OutputsFile) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.json");
    std::fs::write(&path, text).unwrap();
    let file = OutputsFile::new(path, OutputsFormat::Coco);
    (folder, file)
}

/// Numbers in [0, 1), the same in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> f64 {
        // splitmix64 (Steele, Lea, Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Nearly normal: the sum of twelve uniform numbers, less 6.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}
