//! What is measured of pictures: named values, one for each of them.

use crate::image_options::{Layout, Measuring};
use crate::pictures::{Lent, Unread};
use crate::work::on_threads;
use driftsphere::ingest::image::{
    Colour, Exif, Fault, FileFacts, Measured, Orientation, Picture, PixelArray, Pixels,
};
use driftsphere::ingest::{Cell, Column, Fingerprint};
use driftsphere::ndarray::ArrayView3;
use driftsphere::{Error, ErrorKind, Result};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// How far samples may lie beyond the range that was stated, as a share of it: filters
/// and resizing overshoot a little.
const OVERSHOOT: f32 = 0.01;

/// What was measured of pictures, one value for each.
pub(crate) struct Shown {
    pub(crate) features: Vec<(String, Column)>,
    pub(crate) fingerprints: Vec<Option<Fingerprint>>,
    /// Width and height of each that could be read.
    pub(crate) sizes: Vec<Option<(f64, f64)>>,
    /// Pictures of which not even the header could be read.
    pub(crate) faults: Vec<(usize, Fault)>,
}

/// Measures pictures on so many threads; `name` is the id of each, empty where it has none.
pub(crate) fn measure(
    pictures: &[Lent<'_>],
    name: impl Fn(usize) -> String + Sync,
    how: &Measuring,
    threads: usize,
) -> Result<Shown> {
    let one = |row: usize| {
        let seen = pictures[row].measure(&name(row), how);
        seen.map_err(|error| error.at("picture", row))
    };
    let rows = 0..pictures.len();
    let all: Vec<Result<_>> = match threads {
        1 => rows.map(one).collect(),
        n => on_threads(Some(n), || Ok(rows.into_par_iter().map(one).collect()))?,
    };
    let mut cells: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
    let mut shown = Shown {
        features: Vec::new(),
        fingerprints: Vec::new(),
        sizes: Vec::new(),
        faults: Vec::new(),
    };
    for (row, seen) in all.into_iter().enumerate() {
        let (measured, size) = match seen? {
            Ok((measured, size)) => (measured, Some(size)),
            Err(fault) => {
                shown.faults.push((row, fault));
                let state = Cell::Text(fault.name().to_owned());
                let mut measured = Measured::default();
                if how.settings().pixels {
                    measured.values.push(("file.pixels".into(), state));
                }
                (measured, None)
            }
        };
        for (name, cell) in measured.values {
            let column = cells.entry(name.into_owned()).or_default();
            column.resize(row, Cell::Absent);
            column.push(cell);
        }
        shown.fingerprints.push(measured.fingerprint);
        shown.sizes.push(size);
    }
    for (name, mut column) in cells {
        column.resize(pictures.len(), Cell::Absent);
        shown.features.push((name, Column::Mixed(column)));
    }
    Ok(shown)
}

/// What was measured of a picture, and its width and height; or why nothing could be.
type Seen = std::result::Result<(Measured, (f64, f64)), Fault>;

impl Lent<'_> {
    fn measure(&self, name: &str, how: &Measuring) -> Result<Seen> {
        let read = match self {
            Self::File(path) => how.reader.try_file(path),
            Self::Bytes(bytes) => how.reader.try_bytes(bytes, name),
            Self::U8(view, layout, exif) => return array(*view, *layout, *exif, name, how),
            Self::U16(view, layout, exif) => return array(*view, *layout, *exif, name, how),
            Self::F32(view, layout, exif) => {
                expect_range(view, &how.float_range)?;
                let ranged = (*view, how.float_range.clone());
                return array(ranged, *layout, *exif, name, how);
            }
            Self::Unread(unread) => return Ok(Ok(unread.measure(name, how))),
        };
        Ok(read.map(|picture| {
            let size = (picture.facts.width.into(), picture.facts.height.into());
            (how.measures.measure(&picture, name), size)
        }))
    }
}

impl Unread {
    /// As of an array, its size is known and nothing of a file, and that there are no pixels.
    fn measure(&self, name: &str, how: &Measuring) -> (Measured, (f64, f64)) {
        let picture = Picture {
            facts: FileFacts {
                bytes: 0,
                format: "".into(),
                colour: Colour::Other,
                bit_depth: 0,
                width: self.width,
                height: self.height,
                orientation: Orientation::Upright,
                icc: None,
                dpi: None,
                jpeg: None,
                animated: false,
                extension_matches: None,
            },
            exif: self.exif.clone(),
            pixels: Err(self.fault),
        };
        let mut measured = how.measures.measure(&picture, name);
        let is_known = |name: &str| match name.strip_prefix("file.") {
            Some(fact) => {
                ["width", "height", "aspect", "megapixels", "pixels"].contains(&fact)
                    || fact.starts_with("model_")
            }
            None => true,
        };
        measured.values.retain(|(name, _)| is_known(name));
        (measured, (self.width.into(), self.height.into()))
    }
}

/// Refuses samples well outside of the range: all of them would be as bright, or as dark,
/// as can be, and nobody would be told. What is not finite is refused later.
fn expect_range(view: &ArrayView3<'_, f32>, range: &RangeInclusive<f32>) -> Result<()> {
    let (low, high) = (*range.start(), *range.end());
    let slack = OVERSHOOT * (high - low);
    let finite = view.iter().filter(|sample| sample.is_finite());
    let (least, most) = finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), &sample| {
        (a.min(sample), b.max(sample))
    });
    // A range that is none is refused by its own name.
    if low >= high || least >= low - slack && most <= high + slack || least > most {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Argument,
        format!(
            "samples are {least} to {most}, beyond the range {low} to {high} of floating-point \
             pictures; say which values are black and white: \
             ImageOptions(float_range=(black, white)), such as (0, 255)"
        ),
    ))
}

fn array<'a>(
    array: impl Into<PixelArray<'a>>,
    layout: Layout,
    exif: Option<&Exif>,
    name: &str,
    how: &Measuring,
) -> Result<Seen> {
    let pixels = match layout {
        Layout::Hwc => Pixels::from_hwc(array)?,
        Layout::Chw => Pixels::from_chw(array)?,
    };
    let orientation = exif.and_then(Exif::orientation).unwrap_or_default();
    let pixels = pixels.oriented(orientation);
    let size = (pixels.width().into(), pixels.height().into());
    let mut measured = how.measures.measure_pixels(&pixels, exif, name);
    // Images of Pillow alone have EXIF, and may be unread: how many are is compared.
    if exif.is_some() && how.settings().pixels {
        let state = Cell::Text("read".to_owned());
        measured.values.push(("file.pixels".into(), state));
    }
    Ok(Ok((measured, size)))
}
