//! Which arrays are which columns, and their values for the rows that are meant.

use super::input_args::ColumnArgs;
use driftsphere::ingest::{ArrayFile, Batch, Column, RowPlan};
use driftsphere::{Error, ErrorKind, Result};
use std::ops::Range;
use std::path::Path;

/// Most names that an error lists.
const NAMES_SHOWN: usize = 12;

/// The columns of one file, in the order of its rows.
#[derive(Debug, Default)]
pub(super) struct Columns {
    ids: Option<Column>,
    labels: Option<Column>,
    predictions: Option<Column>,
    groups: Option<Column>,
    times: Option<Vec<i64>>,
    features: Vec<(String, Column)>,
}

impl Columns {
    /// Reads the columns that were named.
    pub(super) fn read(args: &ColumnArgs, file: &ArrayFile, plan: &RowPlan) -> Result<Self> {
        let read = |key: &Option<String>, option: &'static str, with_names: bool| {
            let column = key.as_ref().map(|key| {
                let column = column(file, key, with_names)?;
                plan.take(column)
                    .map_err(|e| e.at("array", key).at("file", file.path().display()))
            });
            column.transpose().map_err(|e| e.at("option", option))
        };
        let times = read(&args.time, "--time", false)?.map(Column::into_times);
        let mut features = Vec::new();
        for name in feature_names(args, file)? {
            let values = plan.take(file.column(&name)?);
            let values = values.map_err(|e| e.at("feature", &name));
            features.push((name, values?));
        }
        Ok(Self {
            ids: read(&args.ids, "--ids", false)?,
            labels: read(&args.labels, "--labels", true)?,
            predictions: read(&args.predictions, "--predictions", true)?,
            groups: read(&args.group, "--group", false)?,
            times: times.transpose().map_err(|e| e.at("option", "--time"))?,
            features,
        })
    }

    /// Gives a batch its part of the columns.
    pub(super) fn add_to<'a>(&self, rows: Range<usize>, mut batch: Batch<'a>) -> Result<Batch<'a>> {
        if let Some(column) = &self.ids {
            batch = batch.ids(column.slice(rows.clone())?);
        }
        if let Some(column) = &self.labels {
            batch = batch.labels(column.slice(rows.clone())?);
        }
        if let Some(column) = &self.predictions {
            batch = batch.predictions(column.slice(rows.clone())?);
        }
        if let Some(column) = &self.groups {
            batch = batch.groups(column.slice(rows.clone())?);
        }
        if let Some(times) = &self.times {
            batch = batch.times(times[rows.clone()].to_vec());
        }
        for (name, column) in &self.features {
            batch = batch.feature(name.clone(), column.slice(rows.clone())?);
        }
        Ok(batch)
    }
}

/// The array called `key`, or the one in another file that `key` names. Whole
/// numbers that have names (`<key>_names`) become these.
fn column(file: &ArrayFile, key: &str, with_names: bool) -> Result<Column> {
    if !file.contains(key)
        && let Some((path, key)) = elsewhere(key)
    {
        let other = ArrayFile::open(path)?;
        let key = match (key, other.arrays()) {
            ("", [one]) => one.name.clone(),
            (key, _) => key.to_owned(),
        };
        return named(&other, &key, with_names);
    }
    named(file, key, with_names)
}

fn named(file: &ArrayFile, key: &str, with_names: bool) -> Result<Column> {
    let column = file.column(key)?;
    let Column::Int(codes) = &column else {
        return Ok(column);
    };
    let Some(names) = (if with_names {
        file.names_of(key)?
    } else {
        None
    }) else {
        return Ok(column);
    };
    let name = |&code: &i64| {
        let name = usize::try_from(code).ok().and_then(|i| names.get(i));
        name.cloned().unwrap_or_else(|| code.to_string())
    };
    Ok(Column::Text(codes.iter().map(name).collect()))
}

/// A file and the key in it (empty for the only one), if there is such a file.
fn elsewhere(text: &str) -> Option<(&Path, &str)> {
    if Path::new(text).is_file() {
        return Some((Path::new(text), ""));
    }
    let (path, key) = text.rsplit_once(':')?;
    Path::new(path).is_file().then(|| (Path::new(path), key))
}

/// The arrays that `--features` means. A pattern passes over arrays that are
/// used otherwise or are no columns; a plain name must be one.
fn feature_names(args: &ColumnArgs, file: &ArrayFile) -> Result<Vec<String>> {
    let used = [
        &args.embeddings,
        &args.labels,
        &args.predictions,
        &args.ids,
        &args.time,
        &args.group,
    ];
    let mut names = Vec::new();
    for pattern in &args.features {
        if !pattern.contains('*') {
            names.push(pattern.clone());
            continue;
        }
        let before = names.len();
        for array in file.arrays() {
            let is_column = array.shape.len() == 1 && !array.name.ends_with("_names");
            let is_used = used.iter().any(|key| key.as_ref() == Some(&array.name));
            if is_column && !is_used && matches(pattern, &array.name) {
                names.push(array.name.clone());
            }
        }
        if names.len() == before {
            let message = format!("no column matches; the file holds {}", names_of(file));
            return Err(Error::new(ErrorKind::Argument, message)
                .at("pattern", pattern)
                .at("option", "--features")
                .at("file", file.path().display()));
        }
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// The first names of the arrays in a file, and how many more there are.
fn names_of(file: &ArrayFile) -> String {
    let names: Vec<&str> = file.arrays().iter().map(|a| a.name.as_str()).collect();
    match names.split_at_checked(NAMES_SHOWN) {
        Some((shown, more)) if !more.is_empty() => {
            format!("{} and {} more", shown.join(", "), more.len())
        }
        _ => names.join(", "),
    }
}

/// Whether `text` is `pattern`, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    // Taking the first place of each middle part leaves the most for the others.
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, yes, no) in [
            ("*", "abc", "\0"),
            ("exif_*", "exif_iso", "iso"),
            ("*_score", "top_score", "score_top"),
            ("a*b*c", "aXbYbc", "acb"),
            ("ab*ba", "abba", "aba"),
        ] {
            assert!(matches(pattern, yes), "{pattern} {yes}");
            assert!(no == "\0" || !matches(pattern, no), "{pattern} {no}");
        }
        assert!(matches("*", ""));
        assert!(!matches("", "a"));
    }
}
