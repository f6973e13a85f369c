//! Which rows of a file are meant: `--rows` and `--where`.

use super::condition::Condition;
use super::plan::RowPlan;
use super::rows_file::RowsFile;
use super::table::ArrayFile;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;

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
/// Values are compared as text ([`Column::text`](super::Column::text)). For a column of whole numbers
/// the names in the array `<column>_names` may be used as well. The empty value
/// (`label=`) means rows without one.
///
/// # Repeated rows
///
/// A row drawn several times is several records. Their ids, taken with
/// [`RowPlan::take`], are the same: the same record seen again. Where every draw
/// is to be a record of its own (a bootstrap sample),
/// [`RowPlan::take_distinct`] gives the later copies ids of their own. Without
/// ids, records are told apart by their content, so copies are alike.
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

    /// The same choice among the records of one of several files that are
    /// joined: the conditions on columns for which `has_column` holds, and the
    /// row indices only if `has_rows`.
    #[must_use]
    pub fn part(&self, has_rows: bool, has_column: impl Fn(&str) -> bool) -> Self {
        let mut part = self.clone();
        if !has_rows {
            part.rows = None;
        }
        part.conditions
            .retain(|condition| has_column(condition.column()));
        part
    }

    /// The columns that conditions are about.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.conditions.iter().map(Condition::column)
    }

    #[cfg(feature = "records")]
    pub(crate) fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// The row indices for a file whose length is not known yet, sorted.
    #[cfg(feature = "records")]
    pub(crate) fn indices(&self) -> Result<Option<Vec<u64>>> {
        let Some(rows) = &self.rows else {
            return Ok(None);
        };
        let indices = rows.indices(None, usize::MAX)?;
        let mut indices: Vec<u64> = indices.into_iter().map(|row| row as u64).collect();
        indices.sort_unstable();
        Ok(Some(indices))
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
            return Ok(RowPlan::new(n_rows, None, Vec::new()));
        }
        let mut kept = vec![true; n_rows];
        let mut unmatched = Vec::new();
        for condition in &self.conditions {
            unmatched.extend(condition.apply(file, &mut kept)?);
        }
        let picked = match &self.rows {
            None => (0..n_rows).filter(|&row| kept[row]).collect(),
            Some(rows) => {
                let mut picked = rows.indices(Some(file), n_rows)?;
                picked.retain(|&row| kept[row]);
                picked.sort_unstable();
                picked
            }
        };
        Ok(RowPlan::new(n_rows, Some(picked), unmatched))
    }
}
