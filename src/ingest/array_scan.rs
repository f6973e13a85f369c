//! Records out of arrays: columns held whole, embeddings streamed.

use std::path::Path;

use super::block::Block;
use super::column::Column;
use super::field::Roles;
use super::plan::{RowPlan, SelectedRows};
use super::select::Selection;
use super::table::ArrayFile;
use crate::error::{Error, ErrorKind, Result};

/// Reads the chosen rows of an array file.
pub(crate) struct ArrayScan {
    columns: Block,
    matrix: Option<SelectedRows>,
    plan: RowPlan,
    next: usize,
}

impl ArrayScan {
    pub(crate) fn open(
        file: &ArrayFile,
        roles: &Roles,
        features: &[String],
        selection: &Selection,
    ) -> Result<Self> {
        let matrix = roles.embeddings.as_ref();
        let matrix = matrix
            .map(|name| {
                file.matrix(name)
                    .map_err(|e| e.at("option", "--embeddings"))
            })
            .transpose()?;
        let n_rows = match &matrix {
            Some(matrix) => matrix.rows(),
            None => length(file, roles, features)?,
        };
        let plan = selection.plan(file, n_rows)?;
        let read = |key: &Option<String>, option: &'static str, with_names: bool| {
            let column = key.as_ref().map(|key| {
                let column = column(file, key, with_names)?;
                plan.take(column)
                    .map_err(|e| e.at("array", key).at("file", file.path().display()))
            });
            column.transpose().map_err(|e| e.at("option", option))
        };
        let times = read(&roles.time, "--time", false)?.map(Column::into_times);
        let mut columns = Block {
            len: plan.len(),
            ids: read(&roles.ids, "--ids", false)?,
            labels: read(&roles.labels, "--labels", true)?,
            predictions: read(&roles.predictions, "--predictions", true)?,
            groups: read(&roles.groups, "--group", false)?,
            segments: read(&roles.segments, "--segment", true)?,
            times: times.transpose().map_err(|e| e.at("option", "--time"))?,
            ..Block::default()
        };
        for name in features {
            let values = plan.take(file.column(name)?);
            let values = values.map_err(|e| e.at("feature", name));
            columns.features.push((name.clone(), values?));
        }
        Ok(Self {
            columns,
            matrix: matrix.map(|matrix| plan.read(matrix)).transpose()?,
            plan,
            next: 0,
        })
    }

    pub(crate) fn rows(&self) -> usize {
        self.plan.len()
    }

    pub(crate) fn unmatched(&self) -> Vec<String> {
        self.plan.unmatched().to_vec()
    }

    pub(crate) fn next_block(&mut self, max_rows: usize) -> Result<Option<Block>> {
        let left = self.plan.len() - self.next;
        let embeddings = match &mut self.matrix {
            None => None,
            Some(matrix) => match matrix.next_block(max_rows)? {
                None => return Ok(None),
                block => block,
            },
        };
        let rows = match &embeddings {
            Some(block) => block.nrows(),
            None => max_rows.min(left),
        };
        if rows == 0 {
            return Ok(None);
        }
        let range = self.next..self.next + rows;
        self.next += rows;
        let slice = |column: &Option<Column>| {
            let part = column.as_ref().map(|column| column.slice(range.clone()));
            part.transpose()
        };
        let features = self.columns.features.iter();
        let features =
            features.map(|(name, column)| Ok((name.clone(), column.slice(range.clone())?)));
        Ok(Some(Block {
            len: rows,
            rows: range.clone().map(|at| self.plan.row(at) as u64).collect(),
            ids: slice(&self.columns.ids)?,
            labels: slice(&self.columns.labels)?,
            predictions: slice(&self.columns.predictions)?,
            groups: slice(&self.columns.groups)?,
            segments: slice(&self.columns.segments)?,
            times: self
                .columns
                .times
                .as_ref()
                .map(|t| t[range.clone()].to_vec()),
            fingerprints: None,
            embeddings,
            features: features.collect::<Result<_>>()?,
            objects: Vec::new(),
        }))
    }
}

/// The number of records in a file of which no matrix is read: the length of
/// its columns.
fn length(file: &ArrayFile, roles: &Roles, features: &[String]) -> Result<usize> {
    let mut names = roles.named().chain(features.iter().map(String::as_str));
    let found = names.find_map(|name| file.arrays().iter().find(|array| array.name == name));
    match found.and_then(|array| array.shape.first()) {
        Some(&rows) => Ok(rows),
        None => Err(Error::new(
            ErrorKind::Argument,
            "no column to read; name some with --features",
        )
        .at("file", file.path().display())),
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
pub(crate) fn elsewhere(text: &str) -> Option<(&Path, &str)> {
    if Path::new(text).is_file() {
        return Some((Path::new(text), ""));
    }
    let (path, key) = text.rsplit_once(':')?;
    Path::new(path).is_file().then(|| (Path::new(path), key))
}
