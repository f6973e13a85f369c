//! Pictures made for a test, folders of them, and their records.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use driftsphere::ingest::image::{ImageReader, ImageSet, Measured, Measuring, Picture};
use driftsphere::ingest::{Block, Cell, InputFile, Problem, Roles, Selection};
use image::{DynamicImage, ImageFormat, RgbImage};

/// The pictures that come with the tests.
pub(crate) fn vendored() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/images")
}

/// A picture of `width` x `height` whose every pixel differs from its neighbours.
pub(crate) fn rgb(width: u32, height: u32) -> DynamicImage {
    let pixel = |x: u32, y: u32| image::Rgb([(x * 7) as u8, (y * 5) as u8, (x * y) as u8]);
    RgbImage::from_fn(width, height, pixel).into()
}

/// The same in the bytes of a format.
pub(crate) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(&rgb(width, height), ImageFormat::Jpeg)
}

/// What some tests measure: the size, and the mean of the samples where there are pixels.
pub(crate) fn size_and_mean() -> Measuring {
    Arc::new(|picture: &Picture, _: &str| {
        let facts = &picture.facts;
        let mut values = vec![
            ("file.width".into(), Cell::Int(facts.width.into())),
            ("file.format".into(), Cell::Text(facts.format.to_string())),
        ];
        if let Ok(pixels) = &picture.pixels
            && let driftsphere::ingest::image::Samples::U8(samples) = pixels.samples()
        {
            let sum: u64 = samples.iter().map(|&s| u64::from(s)).sum();
            let mean = sum as f64 / samples.len() as f64;
            values.push(("pixels.mean".into(), Cell::Float(mean)));
        }
        Measured {
            values,
            ..Measured::default()
        }
    })
}

pub(crate) fn set(reader: ImageReader) -> ImageSet {
    ImageSet::new(reader, size_and_mean())
}

/// Roles of a folder of pictures: ids, every feature.
pub(crate) fn roles() -> Roles {
    Roles {
        ids: Some("id".into()),
        features: vec!["*".into()],
        ..Roles::default()
    }
}

/// All records, and what was wrong with some.
pub(crate) fn read(file: &InputFile, roles: &Roles) -> (Vec<Block>, Vec<Problem>) {
    let mut scan = file.scan(roles, &Selection::all()).unwrap();
    let mut blocks = Vec::new();
    while let Some(block) = scan.next_block(1000).unwrap() {
        blocks.push(block);
    }
    (blocks, scan.problems())
}

pub(crate) fn ids(blocks: &[Block]) -> Vec<String> {
    let ids = blocks.iter().flat_map(|block| {
        let batch = block.batch("");
        let ids = (0..block.len()).map(|row| batch.id(row).unwrap().into_owned());
        ids.collect::<Vec<_>>()
    });
    ids.collect()
}

/// Problems as `count reason: names`.
pub(crate) fn told(problems: &[Problem]) -> Vec<String> {
    let text = |p: &Problem| format!("{} {}: {}", p.count, p.reason, p.names.join(" "));
    problems.iter().map(text).collect()
}

/// A folder with files in it.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, bytes) in files {
            folder.write(name, bytes);
        }
        folder
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Its pictures.
    pub(crate) fn pictures(&self, reader: ImageReader) -> InputFile {
        let mut set = set(reader);
        set.add_folder(self.0.path());
        InputFile::of_images(set)
    }
}
