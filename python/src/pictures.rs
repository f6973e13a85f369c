//! Pictures of Python: files, bytes, images of Pillow, arrays -> named values.

use crate::array::{as_array, kind};
use crate::error::argument;
use crate::image_options::{Layout, Measuring};
use crate::work::on_threads;
use driftsphere::Result;
use driftsphere::ingest::image::{Exif, Fault, Measured, PixelArray, Pixels};
use driftsphere::ingest::{Cell, Column, Fingerprint};
use driftsphere::ndarray::ArrayView3;
use numpy::PyReadonlyArray3;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::collections::BTreeMap;
use std::path::PathBuf;

const WHAT: &str = "images";

/// A picture as it came.
pub(crate) enum Picture<'py> {
    File(PathBuf),
    Bytes(Bound<'py, PyBytes>),
    U8(PyReadonlyArray3<'py, u8>, Layout, Option<Exif>),
    U16(PyReadonlyArray3<'py, u16>, Layout, Option<Exif>),
    F32(PyReadonlyArray3<'py, f32>, Layout, Option<Exif>),
}

/// The same, lent to threads that do not hold the interpreter's lock.
pub(crate) enum Lent<'a> {
    File(&'a PathBuf),
    Bytes(&'a [u8]),
    U8(ArrayView3<'a, u8>, Layout, Option<&'a Exif>),
    U16(ArrayView3<'a, u16>, Layout, Option<&'a Exif>),
    F32(ArrayView3<'a, f32>, Layout, Option<&'a Exif>),
}

/// What was measured of pictures, one value for each.
pub(crate) struct Shown {
    pub(crate) features: Vec<(String, Column)>,
    pub(crate) fingerprints: Vec<Option<Fingerprint>>,
    /// Width and height of each that could be read.
    pub(crate) sizes: Vec<Option<(f64, f64)>>,
    /// Pictures of which not even the header could be read.
    pub(crate) faults: Vec<(usize, Fault)>,
}

/// One picture for each record.
pub(crate) fn pictures<'py>(
    given: &Bound<'py, PyAny>,
    how: &Measuring,
) -> PyResult<Vec<Picture<'py>>> {
    if given.is_instance_of::<PyString>() || given.is_instance_of::<PyBytes>() {
        let message = "one picture for each record is needed, not one; write [picture]";
        return Err(argument(message, "column", WHAT));
    }
    let mut pictures = Vec::new();
    for (row, picture) in given.try_iter()?.enumerate() {
        pictures.push(Picture::new(&picture?, row, how)?);
    }
    Ok(pictures)
}

impl<'py> Picture<'py> {
    fn new(value: &Bound<'py, PyAny>, row: usize, how: &Measuring) -> PyResult<Self> {
        if let Ok(bytes) = value.cast::<PyBytes>() {
            return Ok(Self::Bytes(bytes.clone()));
        }
        if value.is_instance_of::<PyString>() || value.hasattr("__fspath__")? {
            return Ok(Self::File(value.extract()?));
        }
        // Pillow's images have both; nothing of it is imported here.
        if value.hasattr("getexif")? && value.hasattr("mode")? {
            return Self::pillow(value, row);
        }
        Self::array(value, row, how.layout, None)
    }

    fn array(
        value: &Bound<'py, PyAny>,
        row: usize,
        layout: Option<Layout>,
        exif: Option<Exif>,
    ) -> PyResult<Self> {
        let mut array = as_array(value, WHAT)?;
        let refuse = |message: String| argument(format!("picture {row} {message}"), "column", WHAT);
        if array.getattr("ndim")?.extract::<usize>()? == 2 {
            let shape: (usize, usize) = array.getattr("shape")?.extract()?;
            array = array.call_method1("reshape", ((shape.0, shape.1, 1),))?;
        }
        let shape: Vec<usize> = array.getattr("shape")?.extract()?;
        let &[first, _, last] = shape.as_slice() else {
            let message = format!("is an array of {} axes, not of 2 or 3", shape.len());
            return Err(refuse(message));
        };
        let is_count = |channels| (1..=4).contains(&channels);
        let layout = match (layout, is_count(first), is_count(last)) {
            (Some(layout), ..) => layout,
            (None, true, true) if first != 1 || last != 1 => {
                let message = format!(
                    "of shape {shape:?} may have its channels first or last; say \
                     ImageOptions(layout=\"hwc\") or \"chw\""
                );
                return Err(refuse(message));
            }
            (None, true, false) => Layout::Chw,
            (None, ..) => Layout::Hwc,
        };
        if let Ok(array) = array.extract() {
            return Ok(Self::U8(array, layout, exif));
        }
        if let Ok(array) = array.extract() {
            return Ok(Self::U16(array, layout, exif));
        }
        if kind(&array)? == "f" {
            let array = array.call_method1("astype", ("float32",))?;
            return Ok(Self::F32(array.extract()?, layout, exif));
        }
        let dtype = array.getattr("dtype")?.str()?;
        Err(refuse(format!(
            "is of uint8, uint16 or floats, not of {dtype}"
        )))
    }

    /// An image of Pillow stands as it was stored; its EXIF says how it is turned.
    fn pillow(image: &Bound<'py, PyAny>, row: usize) -> PyResult<Self> {
        let mode: String = image.getattr("mode")?.extract()?;
        let info = image.getattr("info")?;
        let block: Option<Bound<'py, PyAny>> = info.call_method1("get", ("exif",))?.extract()?;
        let exif = match block.as_ref().map(|block| block.cast::<PyBytes>()) {
            Some(Ok(block)) => Exif::of_block(block.as_bytes()),
            _ => Exif::default(),
        };
        let wanted = match mode.as_str() {
            "L" | "LA" | "RGB" | "RGBA" | "F" => None,
            "I;16" | "I;16L" | "I;16B" | "I;16N" => None,
            "1" => Some("L"),
            "P" if info.contains("transparency")? => Some("RGBA"),
            "I" => {
                let message = format!(
                    "picture {row} has whole numbers of 32 bits, of a range that is not known; \
                     give an array of uint16 or float32"
                );
                return Err(argument(message, "column", WHAT));
            }
            _ => Some("RGB"),
        };
        let image = match wanted {
            None => image.clone(),
            Some(mode) => image.call_method1("convert", (mode,))?,
        };
        Self::array(&image, row, Some(Layout::Hwc), Some(exif))
    }

    /// What names it where it has no id.
    pub(crate) fn name(&self) -> Option<String> {
        match self {
            Self::File(path) => Some(path.to_string_lossy().into_owned()),
            _ => None,
        }
    }

    pub(crate) fn lend(&self) -> Lent<'_> {
        match self {
            Self::File(path) => Lent::File(path),
            Self::Bytes(bytes) => Lent::Bytes(bytes.as_bytes()),
            Self::U8(array, layout, exif) => Lent::U8(array.as_array(), *layout, exif.as_ref()),
            Self::U16(array, layout, exif) => Lent::U16(array.as_array(), *layout, exif.as_ref()),
            Self::F32(array, layout, exif) => Lent::F32(array.as_array(), *layout, exif.as_ref()),
        }
    }
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
                let ranged = (*view, how.float_range.clone());
                return array(ranged, *layout, *exif, name, how);
            }
        };
        Ok(read.map(|picture| {
            let size = (picture.facts.width.into(), picture.facts.height.into());
            (how.measures.measure(&picture, name), size)
        }))
    }
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
    Ok(Ok((how.measures.measure_pixels(&pixels, exif, name), size)))
}
