//! `--rows` and `--where` for records that stream by.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::condition::{Condition, VALUES_SHOWN, no_row_has};
use super::select::Selection;
use super::stream::{RawBlock, Wanted};
use crate::error::{Error, ErrorKind, Result};

/// Picks the chosen records of each block.
pub(crate) struct Filter {
    path: Arc<Path>,
    /// Sorted, copies repeated.
    indices: Option<Vec<u64>>,
    next_index: usize,
    /// Rows read so far.
    rows: u64,
    conditions: Vec<State>,
}

/// A condition, and what was seen of its column.
struct State {
    condition: Condition,
    column: usize,
    seen: Vec<bool>,
    present: BTreeSet<String>,
}

impl Filter {
    /// Adds the columns of the conditions to those that are read.
    pub(crate) fn new(
        path: Arc<Path>,
        selection: &Selection,
        columns: &mut Vec<Wanted>,
    ) -> Result<Self> {
        let conditions = selection.conditions().iter().map(|condition| {
            columns.push(Wanted {
                name: condition.column().to_owned(),
                as_text: true,
            });
            State {
                condition: condition.clone(),
                column: columns.len() - 1,
                seen: vec![false; condition.values().len()],
                present: BTreeSet::new(),
            }
        });
        Ok(Self {
            path,
            conditions: conditions.collect(),
            indices: selection.indices()?,
            next_index: 0,
            rows: 0,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The chosen records of a block, copies beside each other.
    pub(crate) fn pick(&mut self, raw: &RawBlock) -> Vec<usize> {
        let n = raw.rows.len();
        let mut kept = vec![true; n];
        for state in &mut self.conditions {
            state.apply(raw, &mut kept);
        }
        if let Some(last) = raw.rows.last() {
            self.rows = last + 1;
        }
        let Some(indices) = &self.indices else {
            return (0..n).filter(|&row| kept[row]).collect();
        };
        let mut picked = Vec::new();
        for (at, &row) in raw.rows.iter().enumerate() {
            while indices
                .get(self.next_index)
                .is_some_and(|&index| index <= row)
            {
                if indices[self.next_index] == row && kept[at] {
                    picked.push(at);
                }
                self.next_index += 1;
            }
        }
        picked
    }

    /// An error for an index beyond the file, of which `lost` records could not
    /// be read.
    pub(crate) fn finish(&self, lost: u64) -> Result<()> {
        let rows = self.rows + lost;
        match self.indices.iter().flatten().find(|&&index| index >= rows) {
            None => Ok(()),
            Some(index) => Err(Error::new(
                ErrorKind::Argument,
                format!("index {index} lies beyond the {rows} rows; indices count from 0"),
            )
            .at("option", "--rows")),
        }
    }

    pub(crate) fn unmatched(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        for state in &self.conditions {
            let values = state.condition.values().iter().zip(&state.seen);
            for (value, _) in values.filter(|(_, seen)| !**seen) {
                let column = state.condition.column();
                sentences.push(no_row_has(column, value, state.present.iter(), &self.path));
            }
        }
        sentences
    }
}

impl State {
    fn apply(&mut self, raw: &RawBlock, kept: &mut [bool]) {
        let column = &raw.columns[self.column];
        for (row, kept) in kept.iter_mut().enumerate() {
            let text = column.text(row);
            if self.present.len() <= VALUES_SHOWN && !self.present.contains(text.as_ref()) {
                self.present.insert(text.to_string());
            }
            let found = self.condition.values().iter().position(|v| *v == text);
            if let Some(found) = found {
                self.seen[found] = true;
            }
            *kept &= found.is_some() != self.condition.negated();
        }
    }
}
