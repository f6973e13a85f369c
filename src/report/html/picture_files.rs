//! Small pictures of records, made from their files.

use super::pictures::{Pictures, Side, Wanted};
use crate::ingest::image::{ImageReader, ImageRoot};
use crate::measure::image::thumbnail;
use rayon::prelude::*;

/// Pixels of a picture's longer side: as large as a page shows it on a fine screen.
const SIDE: u32 = 192;

impl Pictures {
    /// The wanted pictures, looked for in the folders of each window in their order, on
    /// the threads of the current rayon pool.
    ///
    /// A record whose file is not there, or cannot be read, is one of no picture; for
    /// a window without folders none is looked for.
    #[must_use]
    pub fn of_files(wanted: &[Wanted], reference: &[ImageRoot], target: &[ImageRoot]) -> Self {
        let looked_for = |(side, id): &Wanted| {
            let roots = match side {
                Side::Reference => reference,
                Side::Target => target,
            };
            (!roots.is_empty()).then(|| ((*side, id.clone()), small(roots, id)))
        };
        let found: Vec<_> = wanted.par_iter().filter_map(looked_for).collect();
        found.into_iter().collect()
    }
}

fn small(roots: &[ImageRoot], id: &str) -> Option<Vec<u8>> {
    let path = roots.iter().find_map(|root| root.find(id))?;
    let picture = ImageReader::new().read(path).ok()?;
    thumbnail(&picture.pixels.ok()?, SIDE).ok()
}
