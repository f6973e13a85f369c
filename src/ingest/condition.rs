//! One `--where`: which rows of a column are meant.

use std::collections::BTreeSet;
use std::path::Path;

use super::column::Column;
use super::table::ArrayFile;
use crate::error::{Error, ErrorKind, Result};

/// Most values that a message lists.
pub(crate) const VALUES_SHOWN: usize = 10;

/// `COLUMN=A|B` or `COLUMN!=A|B`, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    column: String,
    values: Vec<String>,
    negated: bool,
}

impl Condition {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::new(
                ErrorKind::Argument,
                format!(
                    "`{text}` is no condition; write COLUMN=VALUE, COLUMN!=VALUE or COLUMN=A|B"
                ),
            )
        };
        let (left, right) = text.split_once('=').ok_or_else(wrong)?;
        let (column, negated) = match left.strip_suffix('!') {
            Some(column) => (column, true),
            None => (left, false),
        };
        if column.is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            column: column.to_owned(),
            values: right.split('|').map(str::to_owned).collect(),
            negated,
        })
    }

    /// The column that is asked about.
    pub(crate) fn column(&self) -> &str {
        &self.column
    }

    /// The values as typed.
    #[cfg(feature = "records")]
    pub(crate) fn values(&self) -> &[String] {
        &self.values
    }

    /// Whether rows with these values are those that are not meant.
    #[cfg(feature = "records")]
    pub(crate) fn negated(&self) -> bool {
        self.negated
    }

    /// Clears `kept` for the rows that do not satisfy the condition, and
    /// returns a sentence for each value that no row has.
    pub(crate) fn apply(&self, file: &ArrayFile, kept: &mut [bool]) -> Result<Vec<String>> {
        let place = |error: Error| error.at("condition", self);
        let column = file.column(&self.column).map_err(place)?;
        if column.len() != kept.len() {
            return Err(place(Error::new(
                ErrorKind::Argument,
                format!(
                    "the column has {} values for {} rows",
                    column.len(),
                    kept.len()
                ),
            ))
            .at("file", file.path().display()));
        }
        let names = match &column {
            Column::Int(_) => file.names_of(&self.column).map_err(place)?,
            _ => None,
        };
        let wanted = self
            .wanted(&column, names.as_deref())
            .map_err(|e| place(e).at("file", file.path().display()))?;
        let mut seen = vec![false; self.values.len()];
        for (row, keep) in kept.iter_mut().enumerate() {
            let found = wanted.find(&column, row);
            if let Some(value) = found {
                seen[value] = true;
            }
            *keep &= found.is_some() != self.negated;
        }
        let missed = self.values.iter().zip(&seen).filter(|(_, seen)| !**seen);
        let present = present(&column, names.as_deref());
        Ok(missed
            .map(|(value, _)| no_row_has(&self.column, value, present.iter(), file.path()))
            .collect())
    }

    /// What each value stands for in this column.
    fn wanted(&self, column: &Column, names: Option<&[String]>) -> Result<Wanted> {
        let mut wanted = Wanted::default();
        for (at, value) in self.values.iter().enumerate() {
            match column {
                Column::Int(numbers) => {
                    let by_name = names.and_then(|names| names.iter().position(|n| n == value));
                    let by_name = by_name.and_then(|i| i64::try_from(i).ok());
                    let number = value.parse::<i64>().ok();
                    let by_number = number.filter(|n| n.to_string() == *value);
                    match (by_name, by_number) {
                        (Some(a), Some(b)) if a != b && numbers.contains(&b) => {
                            return Err(Error::new(
                                ErrorKind::Argument,
                                format!(
                                    "`{value}` is both a number in {0} and the name of {a} in {0}_names; \
                                     use another value, or rename one of the arrays",
                                    self.column
                                ),
                            ));
                        }
                        (Some(number), _) | (None, Some(number)) => {
                            wanted.numbers.push((number, at));
                        }
                        (None, None) => {}
                    }
                }
                _ => wanted.texts.push((value.clone(), at)),
            }
        }
        Ok(wanted)
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.negated { "!=" } else { "=" };
        write!(f, "{}{sign}{}", self.column, self.values.join("|"))
    }
}

/// The values to look for, each with its index among those typed. They are few:
/// a linear search needs no allocation for each row.
#[derive(Default)]
struct Wanted {
    numbers: Vec<(i64, usize)>,
    texts: Vec<(String, usize)>,
}

impl Wanted {
    fn find(&self, column: &Column, row: usize) -> Option<usize> {
        match column {
            Column::Int(numbers) => {
                let number = numbers[row];
                self.numbers
                    .iter()
                    .find(|(n, _)| *n == number)
                    .map(|(_, at)| *at)
            }
            _ => {
                let text = column.text(row);
                self.texts
                    .iter()
                    .find(|(t, _)| *t == text)
                    .map(|(_, at)| *at)
            }
        }
    }
}

/// The sentence for a value that no row has, with some of those there are.
pub(crate) fn no_row_has<'a>(
    column: &str,
    value: &str,
    mut present: impl Iterator<Item = &'a String>,
    path: &Path,
) -> String {
    let shown = present.by_ref().take(VALUES_SHOWN);
    let mut list: Vec<String> = shown.map(|value| format!("`{value}`")).collect();
    if present.next().is_some() {
        list.push("others".to_owned());
    }
    let list = match list.is_empty() {
        true => "no values".to_owned(),
        false => list.join(", "),
    };
    format!(
        "no row has {column} = `{value}`; there are {list} (file {})",
        path.display()
    )
}

/// Some of the values there are, for a message.
fn present(column: &Column, names: Option<&[String]>) -> Vec<String> {
    let mut values = BTreeSet::new();
    for row in 0..column.len() {
        let text = column.text(row);
        if !values.contains(text.as_ref()) {
            values.insert(text.into_owned());
        }
        if values.len() > VALUES_SHOWN {
            break;
        }
    }
    let named = |value: String| {
        let index = value.parse::<usize>().ok();
        let name = index.and_then(|i| names?.get(i).cloned());
        name.unwrap_or(value)
    };
    values.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_and_printed() {
        for text in [
            "split=ref",
            "split!=ref",
            "label=cat|dog",
            "label=",
            "a=b=c",
        ] {
            assert_eq!(Condition::parse(text).unwrap().to_string(), text);
        }
        let condition = Condition::parse("label!=cat|dog").unwrap();
        assert_eq!(condition.column, "label");
        assert_eq!(condition.values, ["cat", "dog"]);
        assert!(condition.negated);
    }

    #[test]
    fn what_is_no_condition_is_said() {
        for text in ["", "split", "=ref", "!=ref"] {
            let error = Condition::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument);
            assert!(error.message().contains("COLUMN=VALUE"), "{error}");
        }
    }
}
