//! Which rows of a file are meant: `--rows` and `--where`.

use std::path::{Path, PathBuf};

use ndarray::Array2;

use super::column::Column;
use super::condition::Condition;
use super::matrix::MatrixReader;
use super::table::ArrayFile;
use crate::error::{Error, ErrorKind, Result};

/// Rows read and passed over rather than jumped, when they lie between two
/// picked ones.
const SMALL_GAP: usize = 16;

/// Most rows read at once to pick from.
const SPAN: usize = 1024;

/// A choice of rows, as typed: row indices from a file, conditions on columns,
/// or both (then a drawn row must also satisfy every condition).
///
/// | typed | rows |
/// | --- | --- |
/// | `--rows FILE.npy` | the row indices in the file, from 0, in any order; a row drawn twice is two records |
/// | `--rows FILE.npz:KEY` | the indices in one array of an archive |
/// | `--rows :KEY` | the indices in an array of the input file itself |
/// | `--where split=ref` | rows whose value in `split` is `ref` |
/// | `--where split=a\|b` | rows whose value is one of several |
/// | `--where split!=ref` | all other rows |
///
/// Values are compared as text ([`Column::text`]). For a column of whole numbers
/// the names in the array `<column>_names` may be used as well. The empty value
/// (`label=`) means rows without one.
///
/// # Repeated rows
///
/// A row drawn several times is several records with the same values *and the
/// same id*: where ids are given, a bootstrap sample counts its copies as the
/// same record seen again. To draw with replacement and let every draw be a
/// record of its own, give no ids column: copies are then told apart by nothing
/// but their content, or write an ids array as long as the draw.
///
/// # Order
///
/// Rows come out in the order of the file, copies beside each other, so that one
/// pass in bounded memory serves any order of indices. What driftsphere learns
/// does not depend on the order of records, so nothing is lost.
///
/// ```
/// use driftsphere::ingest::{ArrayFile, Selection};
/// use ndarray::array;
///
/// let folder = tempfile::tempdir()?;
/// let (data, rows) = (folder.path().join("data.npy"), folder.path().join("rows.npy"));
/// ndarray_npy::write_npy(&data, &array![[0.0_f32], [1.0], [2.0], [3.0]])?;
/// ndarray_npy::write_npy(&rows, &array![3_i64, 1, 3])?;
///
/// let file = ArrayFile::open(&data)?;
/// let selection = Selection::parse(rows.to_str(), &[] as &[&str])?;
/// let plan = selection.plan(&file, 4)?;
/// assert_eq!(plan.rows(), [1, 3, 3]);
///
/// let mut reader = plan.read(file.matrix("")?)?;
/// let block = reader.next_block(100)?.unwrap();
/// assert_eq!(block, array![[1.0], [3.0], [3.0]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    rows: Option<RowsFile>,
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct RowsFile {
    /// `None`: the input file itself.
    path: Option<PathBuf>,
    key: Option<String>,
}

impl Selection {
    /// All rows.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Reads what was typed; no file is opened.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] for a condition or a place of rows that cannot be
    /// understood.
    pub fn parse(rows: Option<&str>, conditions: &[impl AsRef<str>]) -> Result<Self> {
        let conditions = conditions
            .iter()
            .map(|text| Condition::parse(text.as_ref()));
        Ok(Self {
            rows: rows.map(RowsFile::parse).transpose()?,
            conditions: conditions.collect::<Result<_>>()?,
        })
    }

    /// Whether every row is meant.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.rows.is_none() && self.conditions.is_empty()
    }

    /// Works out the rows of `file`, whose matrix has `n_rows`.
    ///
    /// A plan may be empty: see [`RowPlan::unmatched`] for why.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] when an index lies beyond the rows or a column is
    /// unknown or of another length; [`ErrorKind::Input`] when the indices are
    /// not whole numbers; and whatever reading the files gives.
    pub fn plan(&self, file: &ArrayFile, n_rows: usize) -> Result<RowPlan> {
        if self.is_all() {
            return Ok(RowPlan {
                n_rows,
                picked: None,
                unmatched: Vec::new(),
            });
        }
        let mut kept = vec![true; n_rows];
        let mut unmatched = Vec::new();
        for condition in &self.conditions {
            unmatched.extend(condition.apply(file, &mut kept)?);
        }
        let picked = match &self.rows {
            None => (0..n_rows).filter(|&row| kept[row]).collect(),
            Some(rows) => {
                let mut picked = rows.indices(file, n_rows)?;
                picked.retain(|&row| kept[row]);
                picked.sort_unstable();
                picked
            }
        };
        Ok(RowPlan {
            n_rows,
            picked: Some(picked),
            unmatched,
        })
    }
}

impl RowsFile {
    fn parse(text: &str) -> Result<Self> {
        // A file that is there is meant, whatever its name contains.
        let whole = Self {
            path: Some(PathBuf::from(text)),
            key: None,
        };
        if Path::new(text).is_file() {
            return Ok(whole);
        }
        match text.rsplit_once(':') {
            None if !text.is_empty() => Ok(whole),
            Some((path, key)) if !key.is_empty() => Ok(Self {
                path: (!path.is_empty()).then(|| PathBuf::from(path)),
                key: Some(key.to_owned()),
            }),
            _ => Err(Error::new(
                ErrorKind::Argument,
                format!("`{text}` names no rows; write FILE.npy, FILE.npz:KEY or :KEY"),
            )),
        }
    }

    /// The indices, checked against the number of rows.
    fn indices(&self, input: &ArrayFile, n_rows: usize) -> Result<Vec<usize>> {
        let opened = self.path.as_ref().map(ArrayFile::open).transpose();
        let opened = opened.map_err(|e| e.at("option", "--rows"))?;
        let file = opened.as_ref().unwrap_or(input);
        let key = match (&self.key, file.arrays()) {
            (Some(key), _) => key.as_str(),
            (None, [one]) => one.name.as_str(),
            (None, _) => "",
        };
        let place = |error: Error| {
            error
                .at("array", key)
                .at("file", file.path().display())
                .at("option", "--rows")
        };
        let column = file.column(key).map_err(|e| e.at("option", "--rows"))?;
        let advice = match &column {
            Column::Int(indices) => {
                let index = |(at, &index): (usize, &i64)| {
                    let row = usize::try_from(index).ok().filter(|&row| row < n_rows);
                    row.ok_or_else(|| {
                        place(Error::new(
                            ErrorKind::Argument,
                            format!(
                                "index {index} (entry {at}) lies beyond the {n_rows} rows; indices count from 0"
                            ),
                        ))
                    })
                };
                return indices.iter().enumerate().map(index).collect();
            }
            Column::Bool(_) => "; save np.flatnonzero(mask)",
            _ => "; save them as integers",
        };
        Err(place(Error::new(
            ErrorKind::Input,
            format!(
                "row indices are whole numbers, this array holds {}{advice}",
                column.kind()
            ),
        )))
    }
}

/// The rows that a [`Selection`] means in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPlan {
    n_rows: usize,
    /// Sorted, copies repeated; `None` for all rows.
    picked: Option<Vec<usize>>,
    unmatched: Vec<String>,
}

impl RowPlan {
    /// Number of records: picked rows, copies counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.picked.as_ref().map_or(self.n_rows, Vec::len)
    }

    /// Whether no row is picked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The picked rows in the order in which they come out, copies repeated.
    #[must_use]
    pub fn rows(&self) -> Vec<usize> {
        match &self.picked {
            Some(picked) => picked.clone(),
            None => (0..self.n_rows).collect(),
        }
    }

    /// A sentence for each value of a condition that no row has, with values
    /// that rows do have: a warning, or, where nothing is left, the reason.
    #[must_use]
    pub fn unmatched(&self) -> &[String] {
        &self.unmatched
    }

    /// The values of `column` for the picked rows, in the order of
    /// [`RowPlan::read`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] when the column has not one value for each row of
    /// the file.
    pub fn take(&self, column: Column) -> Result<Column> {
        if column.len() != self.n_rows {
            return Err(Error::new(
                ErrorKind::Argument,
                format!(
                    "the column has {} values for {} rows",
                    column.len(),
                    self.n_rows
                ),
            ));
        }
        match &self.picked {
            None => Ok(column),
            Some(picked) => column.take(picked),
        }
    }

    /// Turns the rows of the matrix into the picked ones.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] when the matrix has another number of rows than
    /// the plan was made for, or was already read from.
    pub fn read(&self, reader: MatrixReader) -> Result<SelectedRows> {
        if reader.rows() != self.n_rows || reader.position() != 0 {
            return Err(Error::new(
                ErrorKind::Argument,
                format!(
                    "the rows were chosen among {}, the matrix has {} of which {} were read",
                    self.n_rows,
                    reader.rows(),
                    reader.position()
                ),
            ));
        }
        Ok(SelectedRows {
            reader,
            picked: self.picked.clone(),
            next: 0,
            span: Array2::zeros((0, 0)),
            span_start: 0,
        })
    }
}

/// Reads picked rows of a matrix in blocks, in one pass and bounded memory.
#[derive(Debug)]
pub struct SelectedRows {
    reader: MatrixReader,
    picked: Option<Vec<usize>>,
    next: usize,
    /// Rows of the file that were read last, and the first of them.
    span: Array2<f32>,
    span_start: usize,
}

impl SelectedRows {
    /// Number of picked rows, copies counted.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.picked.as_ref().map_or(self.reader.rows(), Vec::len)
    }

    /// Number of columns.
    #[must_use]
    pub fn cols(&self) -> usize {
        self.reader.cols()
    }

    /// The next picked rows, at most `max_rows`, or `None` at the end.
    ///
    /// # Errors
    ///
    /// As [`MatrixReader::next_block`].
    pub fn next_block(&mut self, max_rows: usize) -> Result<Option<Array2<f32>>> {
        let Some(picked) = &self.picked else {
            return self.reader.next_block(max_rows);
        };
        let cols = self.reader.cols();
        let rows = max_rows
            .min(self.reader.block_rows())
            .min(picked.len() - self.next);
        if max_rows > 0 && rows == 0 {
            return Ok(None);
        }
        let mut values = Vec::with_capacity((rows * cols).min(1 << 20));
        for at in self.next..self.next + rows {
            let row = picked[at];
            if row >= self.span_start + self.span.nrows() {
                self.reader.skip_rows(row - self.reader.position())?;
                let span = run_length(&picked[at..]);
                self.span_start = row;
                self.span = self.reader.next_block(span)?.unwrap_or_default();
            }
            values.extend(self.span.row(row - self.span_start));
        }
        self.next += rows;
        Array2::from_shape_vec((rows, cols), values)
            .map(Some)
            .map_err(|error| Error::new(ErrorKind::Input, error.to_string()).because(error))
    }
}

/// How many rows to read at once, from the first of the sorted `picked` on, so
/// that little is read in vain.
fn run_length(picked: &[usize]) -> usize {
    let first = picked[0];
    let near = picked
        .windows(2)
        .take_while(|pair| pair[1] - pair[0] <= SMALL_GAP && pair[1] - first < SPAN);
    1 + near.last().map_or(0, |pair| pair[1] - first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_rows_are_read() {
        let parse = |text| RowsFile::parse(text).map(|r| (r.path, r.key));
        let path = |text: &str| Some(PathBuf::from(text));
        let key = |text: &str| Some(text.to_owned());
        assert_eq!(parse("rows.npy").unwrap(), (path("rows.npy"), None));
        assert_eq!(parse("a.npz:idx").unwrap(), (path("a.npz"), key("idx")));
        assert_eq!(
            parse("x:y/a.npz:idx").unwrap(),
            (path("x:y/a.npz"), key("idx"))
        );
        assert_eq!(parse(":idx").unwrap(), (None, key("idx")));
        for text in ["", ":", "a.npz:"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_run_ends_at_a_wide_gap_and_at_the_span() {
        assert_eq!(run_length(&[5]), 1);
        assert_eq!(run_length(&[5, 5, 6, 22, 39]), 18);
        let all: Vec<usize> = (0..5000).collect();
        assert_eq!(run_length(&all), SPAN);
    }
}
