//! Small pictures of the records that a page names, from folders of pictures.

use super::args::ThreadArgs;
use super::learn::{pool, workers};
use super::picture_boxes::Boxes;
use driftsphere::Result;
use driftsphere::ingest::image::{FileFacts, ImageReader, ImageRoot};
use driftsphere::measure::image::thumbnail;
use driftsphere::report::html::{Pictures, Side, Wanted};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Pixels of a picture's longer side: about as large as a page shows it.
const SIDE: u32 = 160;

/// The folders in which the pictures of each window are looked for, in order.
#[derive(Debug)]
pub(super) struct PictureRoots {
    reference: Vec<ImageRoot>,
    target: Vec<ImageRoot>,
}

impl PictureRoots {
    /// Those that were named; else the windows themselves, where they are folders.
    pub(super) fn open(named: &[PathBuf], reference: &Path, target: &Path) -> Result<Self> {
        let open = |window: &Path| -> Result<Vec<ImageRoot>> {
            match (named.is_empty(), window.is_dir()) {
                (false, _) => named.iter().map(ImageRoot::open).collect(),
                (true, true) => Ok(vec![ImageRoot::open(window)?]),
                (true, false) => Ok(Vec::new()),
            }
        };
        Ok(Self {
            reference: open(reference)?,
            target: open(target)?,
        })
    }

    /// The wanted pictures of each window that has a folder; none of a record whose
    /// file is not there or cannot be read. `boxes` are drawn over them.
    pub(super) fn pictures(
        &self,
        wanted: &[Wanted],
        boxes: &Boxes,
        threads: ThreadArgs,
    ) -> Result<Pictures> {
        let looked_for = |(side, id): &Wanted| {
            let roots = match side {
                Side::Reference => &self.reference,
                Side::Target => &self.target,
            };
            (!roots.is_empty()).then(|| ((*side, id.clone()), small(roots, id)))
        };
        let found: Vec<_> =
            pool(workers(threads))?.install(|| wanted.par_iter().filter_map(looked_for).collect());
        let drawn: Vec<_> = (found.iter())
            .filter_map(|(record, small)| {
                let (_, facts) = small.as_ref()?;
                Some((record.clone(), boxes.on(record, facts)?))
            })
            .collect();
        let jpegs = found.into_iter();
        let jpegs = jpegs.map(|(record, small)| (record, small.map(|(jpeg, _)| jpeg)));
        let pictures: Pictures = jpegs.collect();
        let with = |pictures: Pictures, (record, boxes)| pictures.with_boxes(record, boxes);
        Ok(drawn.into_iter().fold(pictures, with))
    }
}

/// The small picture of a record, and what its file says.
fn small(roots: &[ImageRoot], id: &str) -> Option<(Vec<u8>, FileFacts)> {
    let path = roots.iter().find_map(|root| root.find(id))?;
    let picture = ImageReader::new().read(path).ok()?;
    let jpeg = thumbnail(&picture.pixels.ok()?, SIDE).ok()?;
    Some((jpeg, picture.facts))
}
