//! The file behind `--rows`: row indices.

use std::path::{Path, PathBuf};

use super::column::Column;
use super::table::ArrayFile;
use crate::error::{Error, ErrorKind, Result};

/// Where row indices stand, as typed after `--rows`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowsFile {
    /// `None`: the input file itself.
    path: Option<PathBuf>,
    key: Option<String>,
}

impl RowsFile {
    pub(crate) fn parse(text: &str) -> Result<Self> {
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

    /// The indices, checked against the number of rows; `input` is the file
    /// whose rows they are, if it holds arrays.
    pub(crate) fn indices(&self, input: Option<&ArrayFile>, n_rows: usize) -> Result<Vec<usize>> {
        let opened = self.path.as_ref().map(ArrayFile::open).transpose();
        let opened = opened.map_err(|e| e.at("option", "--rows"))?;
        let file = opened.as_ref().or(input).ok_or_else(|| {
            let message = "a file of records holds no row indices; write FILE.npy or FILE.npz:KEY";
            Error::new(ErrorKind::Argument, message).at("option", "--rows")
        })?;
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
}
