//! From what was read to tables of objects, kind by kind.

use super::boxes::boxes;
use super::keypoints::keypoints;
use super::masks::masks;
use crate::error::Result;
use crate::ingest::{Instances, ObjectKind, Objects};

/// The tables of objects that `found` makes, with their kinds.
///
/// An image without any object is a record of each kind that its file holds; of
/// a file in which nothing was found, of boxes.
///
/// # Errors
/// None for what readers give; [`Argument`](crate::ErrorKind::Argument) for a class that is not listed.
pub fn measure(found: &Instances) -> Result<Vec<(&'static str, Objects)>> {
    let kinds = found.kinds;
    let mut tables = Vec::new();
    if kinds.boxes || !(kinds.keypoints || kinds.masks) {
        tables.push(("box", boxes(found)?));
    }
    if kinds.keypoints {
        tables.push(("keypoints", keypoints(found)?));
    }
    if kinds.masks {
        tables.push(("mask", masks(found)?));
    }
    Ok(tables)
}

/// A table that knows the classes of `found` by their index.
pub(super) fn table(found: &Instances, features: &[&str]) -> Result<Objects> {
    let mut objects = Objects::new(features)?;
    for class in &found.classes {
        objects.class(class);
    }
    Ok(objects)
}

/// Adds the faults of one kind, image by image, each image once and in order.
pub(super) fn faults_of(found: &Instances, kind: ObjectKind) -> impl FnMut(usize, &mut Objects) {
    let mut faults = found.faults.iter().peekable();
    move |image, objects| {
        while let Some((_, of, reason)) = faults.next_if(|fault| fault.0 == image) {
            if *of == kind {
                objects.fault(reason);
            }
        }
    }
}
