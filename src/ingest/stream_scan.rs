//! Records out of a stream: the chosen rows, whole records only.

use std::path::Path;
use std::sync::Arc;

use ndarray::Array2;

use super::block::Block;
use super::column::Column;
use super::field::Roles;
use super::filter::Filter;
use super::problem::{Loss, Problem, Problems};
use super::select::Selection;
use super::stream::{RawBlock, Request, RowStream, VectorRequest, Wanted};
use super::text_value::time;
use crate::error::{Error, ErrorKind, Result};

const NO_TIME: &str = "no readable time";

/// Reads the chosen rows of a file of records.
pub(crate) struct StreamScan {
    stream: Box<dyn RowStream>,
    filter: Filter,
    problems: Problems,
    /// What places are called in this file.
    unit: &'static str,
    /// Whether any record was read, chosen or not.
    any: bool,
    dim: usize,
    /// Where the parts of a record lie among the columns.
    ids: Option<usize>,
    labels: Option<usize>,
    predictions: Option<usize>,
    groups: Option<usize>,
    segments: Option<usize>,
    time: Option<usize>,
}

impl StreamScan {
    pub(crate) fn open(
        path: Arc<Path>,
        unit: &'static str,
        roles: &Roles,
        dim: Option<usize>,
        features: Vec<String>,
        selection: &Selection,
        open: impl FnOnce(&Request) -> Result<Box<dyn RowStream>>,
    ) -> Result<Self> {
        let mut columns = Vec::new();
        let mut add = |name: &Option<String>, as_text: bool| {
            let name = name.clone()?;
            columns.push(Wanted { name, as_text });
            Some(columns.len() - 1)
        };
        let ids = add(&roles.ids, true);
        let labels = add(&roles.labels, true);
        let predictions = add(&roles.predictions, true);
        let groups = add(&roles.groups, true);
        let segments = add(&roles.segments, true);
        let time = add(&roles.time, false);
        let filter = Filter::new(path, selection, &mut columns)?;
        let patterns = roles.features.iter().filter(|name| name.contains('*'));
        let request = Request {
            columns,
            vector: roles
                .embeddings
                .clone()
                .map(|name| VectorRequest { name, dim }),
            features,
            patterns: patterns.cloned().collect(),
            taken: roles.named().map(str::to_owned).collect(),
        };
        Ok(Self {
            stream: open(&request)?,
            filter,
            problems: Problems::default(),
            unit,
            any: false,
            dim: dim.unwrap_or(0),
            ids,
            labels,
            predictions,
            groups,
            segments,
            time,
        })
    }

    pub(crate) fn next_block(&mut self, max_rows: usize) -> Result<Option<Block>> {
        let place = |filter: &Filter, error: Error| error.at("file", filter.path().display());
        loop {
            let raw = self.stream.next(max_rows, &mut self.problems);
            let Some(raw) = raw.map_err(|e| place(&self.filter, e))? else {
                self.finish().map_err(|e| place(&self.filter, e))?;
                return Ok(None);
            };
            self.any |= !raw.rows.is_empty();
            let mut picked = self.filter.pick(&raw);
            let times = self.check(&raw, &mut picked);
            if !picked.is_empty() {
                return self.block(raw, picked, times).map(Some);
            }
        }
    }

    pub(crate) fn problems(&self) -> Vec<Problem> {
        self.problems.list(self.unit)
    }

    pub(crate) fn unmatched(&self) -> Vec<String> {
        self.filter.unmatched()
    }

    /// Leaves out records that lack what every record needs, each counted once,
    /// and gives the times of the rest.
    fn check(&mut self, raw: &RawBlock, picked: &mut Vec<usize>) -> Option<Vec<i64>> {
        if let Some(vectors) = raw.vectors.as_ref().filter(|v| !v.bad.is_empty()) {
            picked.retain(|&row| {
                let at = vectors.bad.binary_search_by_key(&row, |(bad, _)| *bad);
                let reason = at.ok().map(|at| vectors.bad[at].1);
                if let Some(reason) = reason {
                    self.problems.count(Loss::Skipped, reason, raw.places[row]);
                }
                reason.is_none()
            });
        }
        let column = &raw.columns[self.time?];
        let mut times = Vec::with_capacity(picked.len());
        picked.retain(|&row| {
            let time = time(column, row);
            match time {
                Some(time) => times.push(time),
                None => self.problems.count(Loss::Skipped, NO_TIME, raw.places[row]),
            }
            time.is_some()
        });
        Some(times)
    }

    fn block(&self, raw: RawBlock, picked: Vec<usize>, times: Option<Vec<i64>>) -> Result<Block> {
        let rows = raw.rows.len();
        let all = picked.len() == rows && picked.iter().enumerate().all(|(at, &row)| at == row);
        let take = |column: Column| match all {
            true => Ok(column),
            false => column.take(&picked),
        };
        let column = |at: Option<usize>| at.map(|at| take(raw.columns[at].clone())).transpose();
        let embeddings = raw.vectors.map(|vectors| {
            let values = match all {
                true => vectors.values,
                false => {
                    let mut values = Vec::with_capacity(picked.len() * self.dim);
                    for &row in &picked {
                        values.extend_from_slice(&vectors.values[row * self.dim..][..self.dim]);
                    }
                    values
                }
            };
            let matrix = Array2::from_shape_vec((picked.len(), self.dim), values);
            matrix.map_err(|e| Error::new(ErrorKind::Input, e.to_string()).because(e))
        });
        let fingerprints = raw
            .fingerprints
            .map(|all| picked.iter().map(|&row| all[row]).collect());
        let features = raw.features.into_iter();
        let features = features.map(|(name, column)| Ok((name, take(column)?)));
        let mut block = Block {
            len: picked.len(),
            rows: picked.iter().map(|&row| raw.rows[row]).collect(),
            ids: column(self.ids)?,
            labels: column(self.labels)?,
            predictions: column(self.predictions)?,
            groups: column(self.groups)?,
            segments: column(self.segments)?,
            times,
            fingerprints,
            embeddings: embeddings.transpose()?,
            features: features.collect::<Result<_>>()?,
            objects: Vec::new(),
        };
        block.drop_absent();
        Ok(block)
    }

    /// At the end: was there anything, and was every index a row?
    fn finish(&self) -> Result<()> {
        let problems = self.problems();
        let failed = problems.iter().filter(|p| p.loss == Loss::Failed);
        let lost: u64 = failed.map(|p| p.count).sum();
        if let Some(problem) = problems.first().filter(|_| lost > 0 && !self.any) {
            let message = format!("no record could be read; {problem}");
            return Err(Error::new(ErrorKind::Input, message));
        }
        self.filter.finish(lost)
    }
}
