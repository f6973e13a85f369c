//! Images of Pillow, of which nothing is imported here.

use crate::error::argument;
use crate::image_options::Layout;
use crate::pictures::{Picture, Unread, WHAT};
use driftsphere::ingest::image::{Exif, Fault};
use pyo3::exceptions::{PyEOFError, PyException, PyOSError, PySyntaxError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// An image stands as it was stored; its EXIF says how it is turned.
pub(crate) fn read<'py>(image: &Bound<'py, PyAny>, row: usize) -> PyResult<Picture<'py>> {
    let mode: String = image.getattr("mode")?.extract()?;
    if mode == "I" {
        let message = format!(
            "picture {row} has whole numbers of 32 bits, of a range that is not known; \
             give an array of uint16 or float32"
        );
        return Err(argument(message, "column", WHAT));
    }
    // Pillow reads pixels when they are asked for; a file that ends too early is found now.
    let pixels = image.call_method0("load").and_then(|_| plain(image, &mode));
    match pixels {
        // Loaded first: Pillow turns a TIFF then, and takes the orientation out of its EXIF.
        Ok(plain) => Picture::array(&plain, row, Some(Layout::Hwc), Some(exif(image)?)),
        Err(error) => {
            let fault = fault(&error, image.py()).ok_or_else(|| named(error, row, image.py()))?;
            unread(image, fault).map(Picture::Unread)
        }
    }
}

/// The image in a mode whose samples are grey levels or colours.
fn plain<'py>(image: &Bound<'py, PyAny>, mode: &str) -> PyResult<Bound<'py, PyAny>> {
    let wanted = match mode {
        "L" | "LA" | "RGB" | "RGBA" | "F" => None,
        "I;16" | "I;16L" | "I;16B" | "I;16N" => None,
        "1" => Some("L"),
        "P" if image.getattr("info")?.contains("transparency")? => Some("RGBA"),
        _ => Some("RGB"),
    };
    match wanted {
        None => Ok(image.clone()),
        Some(mode) => image.call_method1("convert", (mode,)),
    }
}

/// The block of the file; of a TIFF, which has none, what Pillow makes of its tags.
fn exif(image: &Bound<'_, PyAny>) -> PyResult<Exif> {
    let block = image.getattr("info")?.call_method1("get", ("exif",))?;
    if let Ok(block) = block.cast::<PyBytes>() {
        return Ok(Exif::of_block(block.as_bytes()));
    }
    // Pillow fails over tags that it cannot write again; the picture is as good without.
    let block = image.call_method0("getexif").and_then(|tags| {
        let is_any = tags.len()? > 0;
        is_any.then(|| tags.call_method0("tobytes")).transpose()
    });
    let block = match block {
        Err(error) if !error.is_instance_of::<PyException>(image.py()) => return Err(error),
        block => block.ok().flatten(),
    };
    let block = block.as_ref().map(|block| block.cast::<PyBytes>());
    Ok(match block {
        Some(Ok(block)) => Exif::of_block(block.as_bytes()),
        _ => Exif::default(),
    })
}

/// What an exception of Pillow says of a picture; `None` where it says that the caller erred.
fn fault(error: &PyErr, py: Python<'_>) -> Option<Fault> {
    let is_too_large = error
        .get_type(py)
        .name()
        .is_ok_and(|name| name.to_string_lossy().starts_with("DecompressionBomb"));
    if is_too_large {
        return Some(Fault::TooManyPixels);
    }
    if error.is_instance_of::<PyEOFError>(py) {
        return Some(Fault::Truncated);
    }
    if error.is_instance_of::<PySyntaxError>(py) {
        return Some(Fault::Damaged);
    }
    if !error.is_instance_of::<PyOSError>(py) {
        return None;
    }
    let value = error.value(py);
    // The system's own errors have a number, Pillow's none.
    let is_of_system = value.getattr("errno").is_ok_and(|number| !number.is_none());
    Some(match is_of_system {
        true => Fault::Unreadable,
        false if value.to_string().contains("truncated") => Fault::Truncated,
        false => Fault::Damaged,
    })
}

/// Any other exception, with the picture that it was raised for; interrupts as they are.
fn named(cause: PyErr, row: usize, py: Python<'_>) -> PyErr {
    if !cause.is_instance_of::<PyException>(py) {
        return cause;
    }
    let error = argument(
        format!("picture {row} cannot be read: {cause}"),
        "column",
        WHAT,
    );
    error.set_cause(py, Some(cause));
    error
}

fn unread(image: &Bound<'_, PyAny>, fault: Fault) -> PyResult<Unread> {
    let exif = exif(image)?;
    let (width, height) = image.getattr("size")?.extract()?;
    // Of a TIFF, Pillow states the size upright from the beginning.
    let format: Option<String> = image.getattr("format")?.extract()?;
    let orientation = match format.as_deref() {
        Some("TIFF") => None,
        _ => exif.orientation(),
    };
    let (width, height) = orientation.unwrap_or_default().size(width, height);
    Ok(Unread {
        width,
        height,
        exif,
        fault,
    })
}
