//! Small pictures of records, made from their files.

use super::drawn_boxes::PictureBoxes;
use super::pictures::{Pictures, Side, Wanted};
use crate::ingest::image::{FileFacts, ImageReader, ImageRoot};
use crate::measure::image::thumbnail;
use rayon::prelude::*;

/// Pixels of a picture's longer side: about as large as a page shows it.
const SIDE: u32 = 160;

impl Pictures {
    /// The wanted pictures, looked for in the folders of each window in their order, on
    /// the threads of the current rayon pool; over each the boxes that `boxes` says of a
    /// record and what its file says.
    ///
    /// A record whose file is not there, or cannot be read, is one of no picture; for
    /// a window without folders none is looked for.
    #[must_use]
    pub fn of_files(
        wanted: &[Wanted],
        reference: &[ImageRoot],
        target: &[ImageRoot],
        boxes: impl Fn(&Wanted, &FileFacts) -> Option<PictureBoxes> + Sync,
    ) -> Self {
        let looked_for = |record: &Wanted| {
            let roots = match record.0 {
                Side::Reference => reference,
                Side::Target => target,
            };
            (!roots.is_empty()).then(|| match small(roots, &record.1) {
                Some((jpeg, facts)) => (record.clone(), Some(jpeg), boxes(record, &facts)),
                None => (record.clone(), None, None),
            })
        };
        let found: Vec<_> = wanted.par_iter().filter_map(looked_for).collect();
        let mut drawn = Vec::new();
        let pictures: Self = (found.into_iter())
            .map(|(record, jpeg, boxes)| {
                drawn.extend(boxes.map(|boxes| (record.clone(), boxes)));
                (record, jpeg)
            })
            .collect();
        let with = |pictures: Self, (record, boxes)| pictures.with_boxes(record, boxes);
        drawn.into_iter().fold(pictures, with)
    }
}

/// The small picture of a record, and what its file says.
fn small(roots: &[ImageRoot], id: &str) -> Option<(Vec<u8>, FileFacts)> {
    let path = roots.iter().find_map(|root| root.find(id))?;
    let picture = ImageReader::new().read(path).ok()?;
    let jpeg = thumbnail(&picture.pixels.ok()?, SIDE).ok()?;
    Some((jpeg, picture.facts))
}
