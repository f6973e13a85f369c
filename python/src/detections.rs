//! Boxes of Python, as detectors give them -> what was found in each image.

use crate::array::as_array;
use crate::column::{column, vector};
use crate::error::argument;
use driftsphere::ingest::{ImageInfo, Instance, Instances, Kinds, Units, Value};
use numpy::PyReadonlyArray2;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};
use std::collections::BTreeMap;
use std::str::FromStr;

const WHAT: &str = "boxes";

/// What the four numbers of a box are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum BoxFormat {
    /// Left, top, right and bottom.
    #[default]
    Corners,
    /// Left, top, width and height.
    Sides,
    /// Centre across and down, width and height.
    Centres,
}

impl FromStr for BoxFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "xyxy" => Ok(Self::Corners),
            "xywh" => Ok(Self::Sides),
            "cxcywh" => Ok(Self::Centres),
            _ => Err(format!("boxes are xyxy, xywh or cxcywh, not {text}")),
        }
    }
}

impl BoxFormat {
    /// Left, top, width and height.
    fn sides(self, [a, b, c, d]: [f64; 4]) -> [f64; 4] {
        let sides = match self {
            Self::Corners => [a, b, c - a, d - b],
            Self::Sides => [a, b, c, d],
            Self::Centres => [a - c / 2.0, b - d / 2.0, c, d],
        };
        match sides.iter().all(|side| side.is_nan()) {
            // Four NaN would be no box at all; one that came is counted as a bad one.
            true => [f64::INFINITY, f64::NAN, f64::NAN, f64::NAN],
            false => sides,
        }
    }
}

/// How boxes are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct BoxOptions {
    pub(crate) format: BoxFormat,
    pub(crate) units: Units,
    /// Names of classes that are numbers.
    pub(crate) class_names: Vec<String>,
}

/// The boxes of each image; their sizes are not known yet.
pub(crate) fn detections(given: &Bound<'_, PyAny>, how: &BoxOptions) -> PyResult<Instances> {
    let mut found = Instances {
        units: how.units,
        kinds: Kinds {
            boxes: true,
            ..Kinds::default()
        },
        ..Instances::default()
    };
    let mut codes = BTreeMap::new();
    for (row, image) in given.try_iter()?.enumerate() {
        for (instance, class) in instances(&image?, row, how)? {
            let class = class.map(|name| {
                *codes.entry(name).or_insert_with_key(|name: &String| {
                    found.classes.push(name.clone());
                    found.classes.len() as u32 - 1
                })
            });
            found.instances.push(Instance { class, ..instance });
        }
        found.images.push(ImageInfo::default());
        found.ends.push(found.instances.len());
    }
    Ok(found)
}

/// The boxes of one image, each with the name of its class.
fn instances(
    image: &Bound<'_, PyAny>,
    row: usize,
    how: &BoxOptions,
) -> PyResult<Vec<(Instance, Option<String>)>> {
    let refuse = |message: String| argument(format!("image {row} {message}"), "column", WHAT);
    let name = |class: i64| {
        let named = usize::try_from(class).ok();
        match named.and_then(|class| how.class_names.get(class)) {
            Some(name) => Ok(name.clone()),
            None if how.class_names.is_empty() => Ok(class.to_string()),
            None => Err(refuse(format!(
                "has a box of class {class}; class_names has {} names, of classes 0 to {}",
                how.class_names.len(),
                how.class_names.len() - 1
            ))),
        }
    };
    // 2^53: from there on, not every whole number is a `f64`.
    let whole = |class: f64| match class.fract() == 0.0 && class.abs() < 9_007_199_254_740_992.0 {
        true => Ok(class as i64),
        false => Err(refuse(format!(
            "has a box of class {class}; the index of a class is a whole number"
        ))),
    };
    let (boxes, scores, classes) = match image.cast::<PyMapping>() {
        Ok(image) => {
            let get = |key: &str| image.get_item(key).ok();
            let Some(boxes) = get("boxes") else {
                return Err(refuse("has no `boxes`".to_owned()));
            };
            (
                boxes,
                get("scores"),
                get("labels").or_else(|| get("classes")),
            )
        }
        Err(_) if image.is_none() || image.is_instance_of::<PyString>() => {
            let message = "has no boxes; one in which nothing was found has an empty array";
            return Err(refuse(message.to_owned()));
        }
        Err(_) => (image.clone(), None, None),
    };
    let boxes = as_array(&boxes, WHAT)?;
    let shape: Vec<usize> = boxes.getattr("shape")?.extract()?;
    let width = match shape[..] {
        [0] | [0, _] => return Ok(Vec::new()),
        [_, width @ 4..=6] => width,
        _ => {
            let message = format!(
                "has boxes of shape {shape:?}; they are (boxes, 4), (boxes, 5) with the score, \
                 or (boxes, 6) with score and class"
            );
            return Err(refuse(message));
        }
    };
    let boxes = boxes.call_method1("astype", ("float64",))?;
    let boxes: PyReadonlyArray2<'_, f64> = boxes.extract()?;
    let boxes = boxes.as_array();
    let scores = match scores {
        None => None,
        Some(scores) => Some(vector::<f64>(&as_array(&scores, "scores")?, "float64")?),
    };
    let classes = classes.map(|classes| column(&classes, "labels"));
    let classes = classes.transpose()?;
    let lengths = [
        scores.as_ref().map(Vec::len),
        classes.as_ref().map(|c| c.len()),
    ];
    if let Some(other) = lengths
        .into_iter()
        .flatten()
        .find(|len| *len != boxes.nrows())
    {
        let message = format!(
            "has {} boxes, and scores or labels of {other}",
            boxes.nrows()
        );
        return Err(refuse(message));
    }
    let rows = boxes.rows().into_iter().enumerate();
    let instance = |(at, row): (usize, driftsphere::ndarray::ArrayView1<'_, f64>)| {
        let class = match &classes {
            Some(classes) => match classes.value(at) {
                Value::Int(class) => Some(name(class)?),
                Value::Float(class) if !how.class_names.is_empty() && !class.is_nan() => {
                    Some(name(whole(class)?)?)
                }
                _ => classes.present(at).map(std::borrow::Cow::into_owned),
            },
            None if width == 6 && !row[5].is_nan() => Some(name(whole(row[5])?)?),
            None => None,
        };
        let score = match &scores {
            Some(scores) => scores[at],
            None if width > 4 => row[4],
            None => f64::NAN,
        };
        let instance = Instance {
            class: None,
            score,
            bbox: how.format.sides([row[0], row[1], row[2], row[3]]),
            shape: None,
        };
        Ok((instance, class))
    };
    rows.map(instance).collect()
}
