//! Small pictures of the records that a page names, from folders of pictures.

use super::args::ThreadArgs;
use super::learn::{pool, workers};
use super::picture_boxes::Boxes;
use driftsphere::Result;
use driftsphere::ingest::image::{FileFacts, ImageRoot};
use driftsphere::report::html::{Pictures, Wanted};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Pictures of one page.
const MOST: usize = 200;

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

    /// The wanted pictures of each window that has a folder, and those of the records that show the
    /// classes that moved, in place of the last of them; none of a record whose file is not there or
    /// cannot be read. `boxes` are drawn over them.
    pub(super) fn pictures(
        &self,
        mut wanted: Vec<Wanted>,
        mut boxes: Boxes,
        threads: ThreadArgs,
    ) -> Result<Pictures> {
        let (reference, target) = (&self.reference, &self.target);
        let examples = match target.is_empty() {
            true => Vec::new(),
            false => boxes.examples(),
        };
        let shown = examples.iter().flat_map(|(_, records)| records);
        let further: BTreeSet<&Wanted> = shown.filter(|record| !wanted.contains(record)).collect();
        let further: Vec<Wanted> = further.into_iter().cloned().collect();
        wanted.truncate(MOST.saturating_sub(further.len()));
        wanted.extend(further);
        let on = |record: &Wanted, facts: &FileFacts| boxes.on(record, facts);
        let pool = pool(workers(threads))?;
        let pictures = pool.install(|| Pictures::of_files(&wanted, reference, target, on));
        let with = |pictures: Pictures, (class, records)| pictures.with_examples(class, records);
        Ok(examples.into_iter().fold(pictures, with))
    }
}
