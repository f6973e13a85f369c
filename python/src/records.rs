//! What is logged together: arguments of Python -> one batch.

use crate::array::{Matrix, MatrixView};
use crate::column::column;
use crate::error::argument;
use crate::times::times;
use driftsphere::ingest::{Batch, Column};
use driftsphere::{Error, ErrorKind, Result};
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
}

/// Columns of records, read; the embeddings are borrowed from their arrays.
pub(crate) struct Records<'py> {
    rows: usize,
    spaces: Vec<(Option<String>, Matrix<'py>)>,
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
}

/// The records, lent to threads that do not hold the interpreter's lock.
pub(crate) struct Lent<'a> {
    rows: usize,
    spaces: Vec<(Option<&'a str>, MatrixView<'a>)>,
    columns: &'a Columns,
}

impl<'py> Records<'py> {
    /// Reads what was given. The first column says how many records there are.
    pub(crate) fn read(given: &Given<'py>) -> PyResult<Self> {
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
        };
        if let Some(scores) = of(&given.scores, "scores")? {
            columns.features.push((SCORE.to_owned(), scores));
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
        let of_spaces = spaces.iter().map(|(_, matrix)| matrix.view().rows());
        let rows = of_spaces.chain(columns.lengths()).next().ok_or_else(|| {
            let message = "nothing to log: give embeddings, ids, labels, predictions or values";
            argument(message, "function", "log")
        })?;
        Ok(Self {
            rows,
            spaces,
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
            columns: &self.columns,
        }
    }
}

impl Columns {
    fn lengths(&self) -> impl Iterator<Item = usize> + '_ {
        let fixed = [&self.ids, &self.labels, &self.predictions, &self.groups];
        let fixed = fixed.into_iter().flatten().map(Column::len);
        let times = self.times.iter().map(Vec::len);
        fixed
            .chain(times)
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

    /// Hands the records on as a batch. Embeddings that are not `f32` are copied for it.
    pub(crate) fn with_batch<T>(
        &self,
        known: &[&str],
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
        if let Some(predictions) = &columns.predictions {
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
        take(&batch)
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
