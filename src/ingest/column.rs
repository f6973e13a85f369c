//! One named property of many rows: ids, labels, groups, scalar features.

use std::borrow::Cow;
use std::ops::Range;

use super::record::Value;
use crate::error::{Error, ErrorKind, Result};

/// One value for each row, mostly all of one type.
///
/// Whole numbers of every width become `i64`, floating-point numbers `f64`, so
/// nothing is rounded. A value is *missing* when it is null, an empty text or
/// NaN. Values of several types, and numbers with gaps between them, make a
/// [`Column::Mixed`]; what is learned does not depend on which of the two forms
/// a column came in.
///
/// ```
/// use driftsphere::ingest::Column;
///
/// let labels = Column::from(vec![3_i64, 1, 3]);
/// assert_eq!(labels.text(0), "3");
/// assert_eq!(labels.take(&[2, 0, 0])?, Column::Int(vec![3, 3, 3]));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Whole numbers.
    Int(Vec<i64>),
    /// Floating-point numbers; NaN is a missing value.
    Float(Vec<f64>),
    /// Texts; the empty text is a missing value.
    Text(Vec<String>),
    /// Truth values.
    Bool(Vec<bool>),
    /// Values of any type, and gaps.
    Mixed(Vec<Cell>),
}

/// One value of a column in which types may differ from row to row.
///
/// ```
/// use driftsphere::ingest::{Cell, Column, Value};
///
/// let column = Column::Mixed(vec![Cell::Int(3), Cell::Null, Cell::Text("n/a".into())]);
/// assert_eq!(column.value(0), Value::Int(3));
/// assert_eq!(column.value(1), Value::Null);
/// assert_eq!(column.value(2), Value::Text("n/a"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A whole number.
    Int(i64),
    /// A floating-point number; NaN is counted as NaN.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A text; the empty one is null.
    Text(String),
    /// The record says that there is no value: counted as a null.
    Null,
    /// The record says nothing of the value: not counted.
    Absent,
}

impl Column {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Int(v) => v.len(),
            Self::Float(v) => v.len(),
            Self::Text(v) => v.len(),
            Self::Bool(v) => v.len(),
            Self::Mixed(v) => v.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of `row`, missing ones as [`Value::Null`] (an empty text) or
    /// as NaN.
    ///
    /// # Panics
    ///
    /// If `row >= len()`, as slices do.
    #[must_use]
    pub fn value(&self, row: usize) -> Value<'_> {
        match self {
            Self::Int(v) => Value::Int(v[row]),
            Self::Float(v) => Value::Float(v[row]),
            Self::Bool(v) => Value::Bool(v[row]),
            Self::Text(v) if v[row].is_empty() => Value::Null,
            Self::Text(v) => Value::Text(&v[row]),
            Self::Mixed(v) => match &v[row] {
                Cell::Int(v) => Value::Int(*v),
                Cell::Float(v) => Value::Float(*v),
                Cell::Bool(v) => Value::Bool(*v),
                Cell::Text(v) if !v.is_empty() => Value::Text(v),
                Cell::Text(_) | Cell::Null | Cell::Absent => Value::Null,
            },
        }
    }

    /// The value of `row`, owned.
    #[cfg(feature = "records")]
    pub(crate) fn cell(&self, row: usize) -> Cell {
        match self {
            Self::Int(v) => Cell::Int(v[row]),
            Self::Float(v) => Cell::Float(v[row]),
            Self::Bool(v) => Cell::Bool(v[row]),
            Self::Text(v) => Cell::Text(v[row].clone()),
            Self::Mixed(v) => v[row].clone(),
        }
    }

    /// Whether the record of `row` says anything of the value, be it that there
    /// is none.
    ///
    /// # Panics
    ///
    /// If `row >= len()`, as slices do.
    #[must_use]
    pub fn is_given(&self, row: usize) -> bool {
        match self {
            Self::Mixed(v) => v[row] != Cell::Absent,
            _ => row < self.len(),
        }
    }

    /// Whether no record says anything of the value, not even that there is none.
    pub(crate) fn says_nothing(&self) -> bool {
        match self {
            Self::Mixed(cells) => cells.iter().all(|cell| *cell == Cell::Absent),
            _ => false,
        }
    }

    /// The value of `row` as text: whole numbers in decimal, floating-point
    /// numbers in the shortest form that reads back equal (`1` for 1.0), truth
    /// values as `true` and `false`, null as the empty text.
    ///
    /// # Panics
    ///
    /// If `row >= len()`, as slices do.
    #[must_use]
    pub fn text(&self, row: usize) -> Cow<'_, str> {
        match self {
            Self::Int(v) => Cow::Owned(v[row].to_string()),
            Self::Float(v) => Cow::Owned(v[row].to_string()),
            Self::Text(v) => Cow::Borrowed(&v[row]),
            Self::Bool(v) => Cow::Borrowed(truth(v[row])),
            Self::Mixed(v) => match &v[row] {
                Cell::Int(v) => Cow::Owned(v.to_string()),
                Cell::Float(v) => Cow::Owned(v.to_string()),
                Cell::Bool(v) => Cow::Borrowed(truth(*v)),
                Cell::Text(v) => Cow::Borrowed(v),
                Cell::Null | Cell::Absent => Cow::Borrowed(""),
            },
        }
    }

    /// The value of `row` as text, or `None` when it is missing.
    ///
    /// # Panics
    ///
    /// If `row >= len()`, as slices do.
    #[must_use]
    pub fn present(&self, row: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::Float(v) if v[row].is_nan() => None,
            Self::Text(v) if v[row].is_empty() => None,
            Self::Mixed(v) => match &v[row] {
                Cell::Null | Cell::Absent => None,
                Cell::Float(v) if v.is_nan() => None,
                Cell::Text(v) if v.is_empty() => None,
                _ => Some(self.text(row)),
            },
            _ => Some(self.text(row)),
        }
    }

    /// The values of `rows`, in that order, repeats included.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] when a row lies beyond the column.
    pub fn take(&self, rows: &[usize]) -> Result<Self> {
        if let Some(&row) = rows.iter().find(|&&row| row >= self.len()) {
            return Err(Error::new(
                ErrorKind::Argument,
                format!(
                    "row {row} lies beyond the {} rows of the column",
                    self.len()
                ),
            ));
        }
        fn pick<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|&row| values[row].clone()).collect()
        }
        Ok(match self {
            Self::Int(v) => Self::Int(pick(v, rows)),
            Self::Float(v) => Self::Float(pick(v, rows)),
            Self::Text(v) => Self::Text(pick(v, rows)),
            Self::Bool(v) => Self::Bool(pick(v, rows)),
            Self::Mixed(v) => Self::Mixed(pick(v, rows)),
        })
    }

    /// The values of a range of rows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] when the range lies beyond the column.
    pub fn slice(&self, rows: Range<usize>) -> Result<Self> {
        let sliced = match self {
            Self::Int(v) => v.get(rows.clone()).map(|v| Self::Int(v.to_vec())),
            Self::Float(v) => v.get(rows.clone()).map(|v| Self::Float(v.to_vec())),
            Self::Text(v) => v.get(rows.clone()).map(|v| Self::Text(v.to_vec())),
            Self::Bool(v) => v.get(rows.clone()).map(|v| Self::Bool(v.to_vec())),
            Self::Mixed(v) => v.get(rows.clone()).map(|v| Self::Mixed(v.to_vec())),
        };
        sliced.ok_or_else(|| {
            Error::new(
                ErrorKind::Argument,
                format!(
                    "rows {} to {} lie beyond the {} rows of the column",
                    rows.start,
                    rows.end,
                    self.len()
                ),
            )
        })
    }

    /// The column as times in milliseconds since 1970-01-01 UTC, which whole
    /// numbers are taken to be.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] for a column of another type, with what to do.
    pub fn into_times(self) -> Result<Vec<i64>> {
        match self {
            Self::Int(times) => Ok(times),
            other => Err(Error::new(
                ErrorKind::Input,
                format!(
                    "times are whole milliseconds since 1970, this column holds {}; save \
                     values.astype('datetime64[ms]').astype('int64')",
                    other.kind()
                ),
            )),
        }
    }

    /// What the values are, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Int(_) => "whole numbers",
            Self::Float(_) => "floating-point numbers",
            Self::Text(_) => "texts",
            Self::Bool(_) => "truth values",
            Self::Mixed(_) => "values of several types",
        }
    }
}

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

impl From<Vec<i64>> for Column {
    fn from(values: Vec<i64>) -> Self {
        Self::Int(values)
    }
}

impl From<Vec<f64>> for Column {
    fn from(values: Vec<f64>) -> Self {
        Self::Float(values)
    }
}

impl From<Vec<bool>> for Column {
    fn from(values: Vec<bool>) -> Self {
        Self::Bool(values)
    }
}

impl From<Vec<String>> for Column {
    fn from(values: Vec<String>) -> Self {
        Self::Text(values)
    }
}

impl From<Vec<&str>> for Column {
    fn from(values: Vec<&str>) -> Self {
        Self::Text(values.into_iter().map(str::to_owned).collect())
    }
}

impl From<Column> for Cow<'_, Column> {
    fn from(column: Column) -> Self {
        Cow::Owned(column)
    }
}

impl<'a> From<&'a Column> for Cow<'a, Column> {
    fn from(column: &'a Column) -> Self {
        Cow::Borrowed(column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_type() {
        assert_eq!(Column::from(vec![i64::MIN]).text(0), "-9223372036854775808");
        assert_eq!(Column::from(vec![1.0, 0.1]).text(0), "1");
        assert_eq!(Column::from(vec![1.0, 0.1]).text(1), "0.1");
        assert_eq!(Column::from(vec![true]).text(0), "true");
        assert_eq!(Column::from(vec!["ä"]).text(0), "ä");
    }

    #[test]
    fn mixed_values_read_as_those_of_one_type_do() {
        let cells = vec![
            Cell::Int(7),
            Cell::Float(f64::NAN),
            Cell::Bool(true),
            Cell::Text("a".into()),
            Cell::Text(String::new()),
            Cell::Null,
            Cell::Absent,
        ];
        let mixed = Column::Mixed(cells);
        let texts: Vec<_> = (0..7).map(|row| mixed.present(row)).collect();
        let texts: Vec<_> = texts.iter().map(Option::as_deref).collect();
        let expected = [Some("7"), None, Some("true"), Some("a"), None, None, None];
        assert_eq!(texts, expected);
        assert!(mixed.is_given(5) && !mixed.is_given(6));
        assert_eq!(mixed.value(4), Value::Null);
        assert_eq!(mixed.take(&[3, 0]).unwrap().text(0), "a");
        assert_eq!(mixed.slice(2..4).unwrap().len(), 2);
    }

    #[test]
    fn empty_texts_and_nan_are_missing_and_zero_is_not() {
        assert_eq!(Column::from(vec![""]).present(0), None);
        assert_eq!(Column::from(vec![""]).value(0), Value::Null);
        assert_eq!(Column::from(vec![f64::NAN]).present(0), None);
        assert_eq!(Column::from(vec![0_i64]).present(0).unwrap(), "0");
    }

    #[test]
    fn take_and_slice_keep_repeats_and_name_what_lies_beyond() {
        let column = Column::from(vec!["a", "b", "c"]);
        assert_eq!(
            column.take(&[2, 0, 2]).unwrap(),
            Column::from(vec!["c", "a", "c"])
        );
        assert_eq!(column.slice(1..3).unwrap(), Column::from(vec!["b", "c"]));
        let error = column.take(&[0, 3]).unwrap_err().to_string();
        assert_eq!(error, "row 3 lies beyond the 3 rows of the column");
        assert!(column.slice(2..4).is_err());
        #[expect(clippy::reversed_empty_ranges)]
        let reversed = column.slice(2..1);
        assert!(reversed.is_err());
    }

    #[test]
    fn only_whole_numbers_are_times() {
        assert_eq!(Column::from(vec![5_i64]).into_times().unwrap(), [5]);
        let error = Column::from(vec!["2025-03-03"]).into_times().unwrap_err();
        assert!(error.message().contains("datetime64[ms]"), "{error}");
    }
}
