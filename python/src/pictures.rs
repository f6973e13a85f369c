//! Pictures of Python: files, bytes, images of Pillow, arrays.

use crate::array::{as_array, kind};
use crate::error::argument;
use crate::image_options::{Layout, Measuring};
use crate::pillow;
use driftsphere::ingest::image::{Exif, Fault};
use driftsphere::ndarray::ArrayView3;
use numpy::PyReadonlyArray3;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use std::path::PathBuf;

pub(crate) const WHAT: &str = "images";

/// A picture as it came.
pub(crate) enum Picture<'py> {
    File(PathBuf),
    Bytes(Bound<'py, PyBytes>),
    U8(PyReadonlyArray3<'py, u8>, Layout, Option<Exif>),
    U16(PyReadonlyArray3<'py, u16>, Layout, Option<Exif>),
    F32(PyReadonlyArray3<'py, f32>, Layout, Option<Exif>),
    Unread(Unread),
}

/// An image whose header was read, by Pillow, and not its pixels.
pub(crate) struct Unread {
    /// Upright.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) exif: Exif,
    pub(crate) fault: Fault,
}

/// The same, lent to threads that do not hold the interpreter's lock.
pub(crate) enum Lent<'a> {
    File(&'a PathBuf),
    Bytes(&'a [u8]),
    U8(ArrayView3<'a, u8>, Layout, Option<&'a Exif>),
    U16(ArrayView3<'a, u16>, Layout, Option<&'a Exif>),
    F32(ArrayView3<'a, f32>, Layout, Option<&'a Exif>),
    Unread(&'a Unread),
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
            return pillow::read(value, row);
        }
        Self::array(value, row, how.layout, None)
    }

    pub(crate) fn array(
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
            Self::Unread(unread) => Lent::Unread(unread),
        }
    }
}
