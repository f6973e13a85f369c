//! What is logged together: arguments of Python -> one batch.

use crate::array::{Matrix, MatrixView, as_array, is_matrix};
use crate::column::column;
use crate::detections::detections;
use crate::error::argument;
use crate::measuring::measure;
use crate::pictures::{self, Picture, pictures};
use crate::reading::{Derived, Reading};
use crate::times::times;
use driftsphere::ingest::{Batch, Cell, Column, Instances};
use driftsphere::{Error, ErrorKind, Result};
use numpy::PyReadonlyArray2;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};

/// The name of a space that is given none.
const DEFAULT_SPACE: &str = "embedding";
/// The feature that scores without a name of their own are.
const SCORE: &str = "score";

/// Named columns of Python, each `None` where it was not given.
#[derive(Default)]
pub(crate) struct Given<'py> {
    pub(crate) embeddings: Option<Bound<'py, PyAny>>,
    pub(crate) ids: Option<Bound<'py, PyAny>>,
    pub(crate) labels: Option<Bound<'py, PyAny>>,
    pub(crate) predictions: Option<Bound<'py, PyAny>>,
    pub(crate) scores: Option<Bound<'py, PyAny>>,
    pub(crate) groups: Option<Bound<'py, PyAny>>,
    pub(crate) times: Option<Bound<'py, PyAny>>,
    pub(crate) values: Option<Bound<'py, PyAny>>,
    pub(crate) boxes: Option<Bound<'py, PyAny>>,
    pub(crate) image_sizes: Option<Bound<'py, PyAny>>,
    pub(crate) images: Option<Bound<'py, PyAny>>,
}

/// Columns of records, read; the embeddings are borrowed from their arrays.
pub(crate) struct Records<'py> {
    rows: usize,
    spaces: Vec<(Option<String>, Matrix<'py>)>,
    /// Vectors of scores.
    vectors: Option<Matrix<'py>>,
    pictures: Option<Vec<Picture<'py>>>,
    columns: Columns,
}

/// The columns beside the embeddings.
#[derive(Default)]
struct Columns {
    ids: Option<Column>,
    labels: Option<Column>,
    predictions: Option<Column>,
    groups: Option<Column>,
    times: Option<Vec<i64>>,
    features: Vec<(String, Column)>,
    boxes: Option<Instances>,
}

/// The records, lent to threads that do not hold the interpreter's lock.
pub(crate) struct Lent<'a> {
    rows: usize,
    spaces: Vec<(Option<&'a str>, MatrixView<'a>)>,
    vectors: Option<MatrixView<'a>>,
    pictures: Option<Vec<pictures::Lent<'a>>>,
    columns: &'a Columns,
}

impl<'py> Records<'py> {
    /// Reads what was given. The first column says how many records there are.
    pub(crate) fn read(given: &Given<'py>, how: &Reading) -> PyResult<Self> {
        let of = |value: &Option<Bound<'py, PyAny>>, what| {
            value.as_ref().map(|value| column(value, what)).transpose()
        };
        let mut columns = Columns {
            ids: of(&given.ids, "ids")?,
            labels: of(&given.labels, "labels")?,
            predictions: of(&given.predictions, "predictions")?,
            groups: of(&given.groups, "groups")?,
            times: given.times.as_ref().map(times).transpose()?,
            features: Vec::new(),
            boxes: None,
        };
        let mut vectors = None;
        match &given.scores {
            Some(scores) if is_matrix(scores)? => vectors = Some(Matrix::new(scores, "scores")?),
            Some(scores) => {
                let scores = column(scores, "scores")?;
                columns.features.push((SCORE.to_owned(), scores));
            }
            None => {}
        }
        if let Some(values) = &given.values {
            each(values, "values", |name, value| {
                let read = column(value, &name)?;
                columns.features.push((name, read));
                Ok(())
            })?;
        }
        let mut spaces = Vec::new();
        match &given.embeddings {
            None => {}
            Some(named) if named.is_instance_of::<PyDict>() => {
                each(named, "embeddings", |name, value| {
                    let matrix = Matrix::new(value, &name)?;
                    spaces.push((Some(name), matrix));
                    Ok(())
                })?;
            }
            Some(unnamed) => spaces.push((None, Matrix::new(unnamed, "embeddings")?)),
        }
        if let Some(boxes) = &given.boxes {
            let mut found = detections(boxes, &how.boxes)?;
            if let Some(sizes) = &given.image_sizes {
                put_sizes(&mut found, sizes)?;
            }
            columns.boxes = Some(found);
        } else if given.image_sizes.is_some() {
            let message = "they are for boxes, and there are none";
            return Err(argument(message, "column", "image_sizes"));
        }
        let images = given.images.as_ref();
        let pictures = images.map(|images| pictures(images, &how.images));
        let pictures = pictures.transpose()?;
        if let (Some(pictures), None) = (&pictures, &columns.ids) {
            columns.ids = names(pictures);
        }
        let of_spaces = spaces.iter().map(|(_, matrix)| matrix.view().rows());
        let of_vectors = vectors.iter().map(|matrix| matrix.view().rows());
        let of_pictures = pictures.iter().map(Vec::len);
        let lengths = of_spaces.chain(of_vectors).chain(of_pictures);
        let rows = lengths.chain(columns.lengths()).next().ok_or_else(|| {
            let message = "nothing to log: give embeddings, ids, labels, predictions, scores, \
                 boxes, images or values";
            argument(message, "function", "log")
        })?;
        Ok(Self {
            rows,
            spaces,
            vectors,
            pictures,
            columns,
        })
    }

    pub(crate) fn lend(&self) -> Lent<'_> {
        let spaces = self.spaces.iter();
        Lent {
            rows: self.rows,
            spaces: spaces
                .map(|(name, matrix)| (name.as_deref(), matrix.view()))
                .collect(),
            vectors: self.vectors.as_ref().map(Matrix::view),
            pictures: self
                .pictures
                .as_ref()
                .map(|pictures| pictures.iter().map(Picture::lend).collect()),
            columns: &self.columns,
        }
    }
}

/// Width and height of each image.
fn put_sizes(found: &mut Instances, sizes: &Bound<'_, PyAny>) -> PyResult<()> {
    let sizes = as_array(sizes, "image_sizes")?.call_method1("astype", ("float64",))?;
    let Ok(sizes) = sizes.extract::<PyReadonlyArray2<'_, f64>>() else {
        let message = "(width, height) of each image is needed";
        return Err(argument(message, "column", "image_sizes"));
    };
    let sizes = sizes.as_array();
    if sizes.dim() != (found.images.len(), 2) {
        let message = format!(
            "(width, height) of each of {} images is needed, not {:?}",
            found.images.len(),
            sizes.dim()
        );
        return Err(argument(message, "column", "image_sizes"));
    }
    for (image, size) in found.images.iter_mut().zip(sizes.rows()) {
        image.size = Some((size[0], size[1]));
    }
    Ok(())
}

/// The paths of pictures that are files; `None` where none is one.
fn names(pictures: &[Picture<'_>]) -> Option<Column> {
    let names: Vec<Option<String>> = pictures.iter().map(Picture::name).collect();
    let cell = |name: Option<String>| name.map_or(Cell::Null, Cell::Text);
    names
        .iter()
        .any(Option::is_some)
        .then(|| Column::Mixed(names.into_iter().map(cell).collect()))
}

impl Columns {
    fn lengths(&self) -> impl Iterator<Item = usize> + '_ {
        let fixed = [&self.ids, &self.labels, &self.predictions, &self.groups];
        let fixed = fixed.into_iter().flatten().map(Column::len);
        let times = self.times.iter().map(Vec::len);
        let boxes = self.boxes.iter().map(|found| found.images.len());
        fixed
            .chain(times)
            .chain(boxes)
            .chain(self.features.iter().map(|(_, column)| column.len()))
    }
}

impl<'a> Lent<'a> {
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The dimensions of the spaces by name; `known` are those that there are already.
    pub(crate) fn dimensions(&self, known: &[&'a str]) -> Result<Vec<(&'a str, usize)>> {
        let spaces = self.spaces.iter();
        spaces
            .map(|(name, matrix)| Ok((chosen(*name, known)?, matrix.dim())))
            .collect()
    }

    /// Whether there are pictures among the records.
    pub(crate) fn has_pictures(&self) -> bool {
        self.pictures.is_some()
    }

    /// Measures what models say, and pictures, on so many threads.
    pub(crate) fn derive(&self, how: &Reading, threads: usize) -> Result<Derived> {
        let columns = self.columns;
        let mut derived = Derived::default();
        if let Some(vectors) = &self.vectors {
            let vectors = vectors.to_f32();
            derived.take_scores(vectors.view(), columns.labels.as_ref(), how)?;
        }
        if let Some(pictures) = &self.pictures {
            let ids = columns
                .ids
                .as_ref()
                .filter(|ids| ids.len() == pictures.len());
            let name = |row| {
                let id = ids.and_then(|ids| ids.present(row));
                id.unwrap_or_default().into_owned()
            };
            let shown = measure(pictures, name, &how.images, threads)?;
            let is_all =
                self.spaces.is_empty() && self.vectors.is_none() && columns.boxes.is_none();
            derived.take_pictures(shown, is_all);
        }
        if let Some(boxes) = &columns.boxes {
            derived.take_boxes(boxes)?;
        }
        Ok(derived)
    }

    /// Hands the records on as a batch. Embeddings that are not `f32` are copied for it.
    pub(crate) fn with_batch<T>(
        &self,
        known: &[&str],
        derived: &Derived,
        take: impl FnOnce(&Batch<'_>) -> Result<T>,
    ) -> Result<T> {
        let matrices: Vec<_> = self
            .spaces
            .iter()
            .map(|(_, matrix)| matrix.to_f32())
            .collect();
        let columns = self.columns;
        let mut batch = Batch::new(self.rows);
        for ((name, _), matrix) in self.spaces.iter().zip(&matrices) {
            batch = batch.space(chosen(*name, known)?, matrix.view());
        }
        if let Some(ids) = &columns.ids {
            batch = batch.ids(ids);
        }
        if let Some(labels) = &columns.labels {
            batch = batch.labels(labels);
        }
        if let Some(predictions) = columns.predictions.as_ref().or(derived.predictions()) {
            batch = batch.predictions(predictions);
        }
        if let Some(groups) = &columns.groups {
            batch = batch.groups(groups);
        }
        if let Some(times) = &columns.times {
            batch = batch.times(times.as_slice());
        }
        for (name, column) in &columns.features {
            batch = batch.feature(name, column);
        }
        derived.put_into(batch, take)
    }
}

/// The space that is meant: the one that was named, the only one, or the first.
fn chosen<'n>(named: Option<&'n str>, known: &[&'n str]) -> Result<&'n str> {
    match (named, known) {
        (Some(name), _) => Ok(name),
        (None, []) => Ok(DEFAULT_SPACE),
        (None, [one]) => Ok(*one),
        (None, several) => Err(Error::new(
            ErrorKind::Argument,
            format!(
                "there are several spaces ({}); give embeddings={{name: array}}",
                several.join(", ")
            ),
        )),
    }
}

/// Each name and value of a mapping.
fn each<'py>(
    named: &Bound<'py, PyAny>,
    what: &str,
    mut take: impl FnMut(String, &Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    let Ok(mapping) = named.cast::<PyMapping>() else {
        let name = named.get_type().name()?;
        let message = format!("a mapping from names to columns is needed, not a {name}");
        return Err(argument(message, "column", what));
    };
    for item in mapping.items()?.iter() {
        let (name, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = item.extract()?;
        let Ok(name) = name.extract::<String>() else {
            let message = format!("names are texts, not {}", name.repr()?);
            return Err(argument(message, "column", what));
        };
        take(name, &value)?;
    }
    Ok(())
}
