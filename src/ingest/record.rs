//! One record: what is known about one image, crop or detection.

use ndarray::ArrayView2;

use super::batch::Batch;
use super::column::Column;
use super::objects::Objects;
use crate::error::{Error, ErrorKind, Result};

/// One scalar value of a feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A whole number.
    Int(i64),
    /// A floating-point number; NaN is counted as NaN.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A text.
    Text(&'a str),
    /// Nothing: the same as the empty text.
    Null,
}

/// One row, for programs that see one record at a time.
///
/// A program that has many rows at hand builds a [`Batch`] instead, which saves
/// the work of one call a row. Both lead to the same profile where both say the
/// same of each row: a field that is `None` (or a feature that is not there) is a
/// column that was not given, and the record is not counted as one that lacks the
/// value. In a batch whose rows have a label here and there, each gap is counted
/// as a null of the feature `label`; to have it counted of a record, too, give
/// `Some("")` (of a feature: [`Value::Null`]).
///
/// ```
/// use driftsphere::ingest::{Record, Value};
///
/// let record = Record {
///     id: Some("frame-000017"),
///     prediction: Some("forklift"),
///     spaces: &[("embedding", &[0.6, 0.8])],
///     features: &[("score", Value::Float(0.93))],
///     ..Record::default()
/// };
/// let batch = record.batch()?;
/// assert_eq!(batch.len(), 1);
/// assert_eq!(batch.prediction(0).as_deref(), Some("forklift"));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Record<'a> {
    /// What names the record wherever it is seen again.
    pub id: Option<&'a str>,
    /// The true class, where known.
    pub label: Option<&'a str>,
    /// The class that the model said.
    pub prediction: Option<&'a str>,
    /// What records share that depend on each other: a video, a patient, a camera.
    pub group: Option<&'a str>,
    /// Milliseconds since 1970-01-01 UTC.
    pub time: Option<i64>,
    /// One embedding in each named space.
    pub spaces: &'a [(&'a str, &'a [f32])],
    /// Named scalar values.
    pub features: &'a [(&'a str, Value<'a>)],
    /// What it holds, by kind: [`Objects`] of one record each.
    pub objects: &'a [(&'a str, &'a Objects)],
}

impl<'a> Record<'a> {
    /// The record as a checked batch of one row; embeddings are not copied.
    ///
    /// # Errors
    ///
    /// Those of [`Batch::check`]: an empty or repeated name.
    pub fn batch(&self) -> Result<Batch<'a>> {
        let text = |value: &str| Column::Text(vec![value.to_owned()]);
        let mut batch = Batch::new(1);
        if let Some(id) = self.id {
            batch = batch.ids(text(id));
        }
        if let Some(label) = self.label {
            batch = batch.labels(text(label));
        }
        if let Some(prediction) = self.prediction {
            batch = batch.predictions(text(prediction));
        }
        if let Some(group) = self.group {
            batch = batch.groups(text(group));
        }
        if let Some(time) = self.time {
            batch = batch.times(vec![time]);
        }
        for &(name, row) in self.spaces {
            let row = ArrayView2::from_shape((1, row.len()), row).map_err(|error| {
                Error::new(ErrorKind::Argument, error.to_string()).at("space", name)
            })?;
            batch = batch.space(name, row);
        }
        for &(name, value) in self.features {
            let column = match value {
                Value::Int(v) => Column::Int(vec![v]),
                Value::Float(v) => Column::Float(vec![v]),
                Value::Bool(v) => Column::Bool(vec![v]),
                Value::Text(v) => text(v),
                Value::Null => text(""),
            };
            batch = batch.feature(name, column);
        }
        for &(kind, objects) in self.objects {
            batch = batch.objects(kind, objects);
        }
        batch.check()?;
        Ok(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_arrives_in_the_batch() {
        let mut boxes = Objects::new(&["score"]).unwrap();
        boxes.push(None, &[0.5]).unwrap();
        boxes.end_record();
        let record = Record {
            id: Some("a"),
            label: Some("cat"),
            prediction: Some("dog"),
            group: Some("video 1"),
            time: Some(7),
            spaces: &[("image", &[1.0, 2.0]), ("text", &[3.0])],
            features: &[("score", Value::Float(0.5)), ("note", Value::Null)],
            objects: &[("box", &boxes)],
        };
        let batch = record.batch().unwrap();
        assert_eq!(batch.id(0).as_deref(), Some("a"));
        assert_eq!(batch.label(0).as_deref(), Some("cat"));
        assert_eq!(batch.prediction(0).as_deref(), Some("dog"));
        assert_eq!(batch.group(0).as_deref(), Some("video 1"));
        assert_eq!(batch.time(0), Some(7));
        let spaces: Vec<_> = batch
            .spaces()
            .map(|(name, rows)| (name, rows.ncols()))
            .collect();
        assert_eq!(spaces, [("image", 2), ("text", 1)]);
        let values: Vec<_> = batch
            .features()
            .map(|(name, c)| (name, c.value(0)))
            .collect();
        assert_eq!(values, record.features);
        let kinds: Vec<_> = batch
            .object_kinds()
            .map(|(kind, o)| (kind, o.len()))
            .collect();
        assert_eq!(kinds, [("box", 1)]);
    }

    #[test]
    fn repeated_names_are_refused() {
        let record = Record {
            spaces: &[("image", &[1.0]), ("image", &[2.0])],
            ..Record::default()
        };
        assert!(record.batch().is_err());
    }
}
