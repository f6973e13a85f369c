//! The rows that were chosen, and the readers that keep to them.

use ndarray::Array2;

use super::column::Column;
use super::matrix::{MatrixReader, no_rows_asked};
use crate::error::{Error, ErrorKind, Result};

/// Rows read and passed over rather than jumped, when they lie between two
/// picked ones.
const SMALL_GAP: usize = 16;

/// Most rows read at once to pick from.
const SPAN: usize = 1024;

/// The rows that a [`Selection`](super::Selection) means in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPlan {
    n_rows: usize,
    /// Sorted, copies repeated; `None` for all rows.
    picked: Option<Vec<usize>>,
    unmatched: Vec<String>,
}

impl RowPlan {
    /// `picked` is sorted, and each of its rows lies below `n_rows`.
    pub(crate) fn new(n_rows: usize, picked: Option<Vec<usize>>, unmatched: Vec<String>) -> Self {
        Self {
            n_rows,
            picked,
            unmatched,
        }
    }

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

    /// The row of the file that comes out as number `at`.
    #[cfg(feature = "records")]
    pub(crate) fn row(&self, at: usize) -> usize {
        self.picked.as_ref().map_or(at, |picked| picked[at])
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

    /// The ids of the picked rows as texts of which copies have their own: the
    /// first copy of a row keeps its id, the next are `<id>#2`, `<id>#3` and so
    /// on. A missing id stays missing.
    ///
    /// ```
    /// # use driftsphere::ingest::{ArrayFile, Column, Selection};
    /// # let folder = tempfile::tempdir()?;
    /// # let (data, rows) = (folder.path().join("data.npy"), folder.path().join("rows.npy"));
    /// # ndarray_npy::write_npy(&data, &ndarray::array![[0.0_f32], [1.0]])?;
    /// # ndarray_npy::write_npy(&rows, &ndarray::array![1, 0, 1])?;
    /// # let file = ArrayFile::open(&data)?;
    /// let plan = Selection::parse(rows.to_str(), &[] as &[&str])?.plan(&file, 2)?;
    /// let ids = Column::from(vec!["a", "b"]);
    /// assert_eq!(plan.take_distinct(ids)?, Column::from(vec!["a", "b", "b#2"]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`RowPlan::take`].
    pub fn take_distinct(&self, ids: Column) -> Result<Column> {
        let taken = self.take(ids)?;
        let Some(picked) = &self.picked else {
            return Ok(taken);
        };
        let mut copy = 1_usize;
        let distinct = (0..picked.len()).map(|at| {
            let again = at > 0 && picked[at] == picked[at - 1];
            copy = if again { copy + 1 } else { 1 };
            match taken.present(at) {
                None => String::new(),
                Some(id) if copy == 1 => id.into_owned(),
                Some(id) => format!("{id}#{copy}"),
            }
        });
        Ok(Column::Text(distinct.collect()))
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
        if max_rows == 0 {
            return Err(no_rows_asked());
        }
        let cols = self.reader.cols();
        let rows = max_rows
            .min(self.reader.block_rows())
            .min(picked.len() - self.next);
        if rows == 0 {
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
    fn a_run_ends_at_a_wide_gap_and_at_the_span() {
        assert_eq!(run_length(&[5]), 1);
        assert_eq!(run_length(&[5, 5, 6, 22, 39]), 18);
        let all: Vec<usize> = (0..5000).collect();
        assert_eq!(run_length(&all), SPAN);
    }
}
