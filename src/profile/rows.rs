//! What is known about a block of rows beside their vectors, worked out once
//! for all spaces.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::ingest::{Batch, Column, Value};
use crate::sketch::{SampleRow, hash_text};
use crate::sphere::{Reading, UnitRow};

/// Marks a row that has no value in [`Codes`].
const NONE: u32 = u32::MAX;

/// Texts of a block, each distinct one once.
#[derive(Debug, Default)]
pub(crate) struct Codes<'a> {
    pub(crate) names: Vec<Cow<'a, str>>,
    codes: Vec<u32>,
}

impl<'a> Codes<'a> {
    pub(crate) fn new(values: impl Iterator<Item = Option<Cow<'a, str>>>) -> Self {
        // Looked up only, never walked: the order of `names` is that of the rows.
        let mut index: HashMap<Cow<'a, str>, u32> = HashMap::new();
        let mut names = Vec::new();
        let codes = values
            .map(|value| {
                let Some(value) = value else { return NONE };
                if let Some(code) = index.get(&value) {
                    return *code;
                }
                let code = names.len() as u32;
                names.push(value.clone());
                index.insert(value, code);
                code
            })
            .collect();
        Self { names, codes }
    }

    /// Index into `names` of the row's value.
    pub(crate) fn code(&self, row: usize) -> Option<usize> {
        match self.codes[row] {
            NONE => None,
            code => Some(code as usize),
        }
    }

    /// The row's value.
    pub(crate) fn name(&self, row: usize) -> Option<&str> {
        self.code(row).map(|code| self.names[code].as_ref())
    }

    /// How often each of `names` occurs, and how many rows have no value.
    pub(crate) fn counts(&self) -> (Vec<u64>, u64) {
        let mut counts = vec![0; self.names.len()];
        let mut none = 0;
        for &code in &self.codes {
            match code {
                NONE => none += 1,
                code => counts[code as usize] += 1,
            }
        }
        (counts, none)
    }
}

/// Ids, classes, groups and times of a block of rows.
pub(crate) struct RowContext<'a, 'b> {
    seed: u64,
    pub(crate) ids: Vec<Option<Cow<'a, str>>>,
    /// The prediction if there is one, else the label.
    pub(crate) classes: Codes<'a>,
    batch: &'a Batch<'b>,
    start: usize,
}

impl<'a, 'b> RowContext<'a, 'b> {
    pub(crate) fn new(batch: &'a Batch<'b>, range: Range<usize>, seed: u64) -> Self {
        let class = |row| batch.prediction(row).or_else(|| batch.label(row));
        Self {
            seed,
            ids: range.clone().map(|row| batch.id(row)).collect(),
            classes: Codes::new(range.clone().map(class)),
            batch,
            start: range.start,
        }
    }

    /// Hash of the row's id, if it has one.
    pub(crate) fn id_hash(&self, row: usize) -> Option<u64> {
        self.ids[row].as_ref().map(|id| hash_text(self.seed, id))
    }

    /// What a sample keeps of the row.
    pub(crate) fn sample_row(&self, row: usize, reading: &Reading, unit: UnitRow<'_>) -> SampleRow {
        let at = self.start + row;
        let number = |(name, column): (&str, &Column)| match column.value(at) {
            Value::Int(value) => Some((name.to_owned(), value as f64)),
            Value::Float(value) if !value.is_nan() => Some((name.to_owned(), value)),
            _ => None,
        };
        let mut features: Vec<(String, f64)> = self.batch.features().filter_map(number).collect();
        // The order of columns in a batch must leave no trace.
        features.sort_by(|a, b| a.0.cmp(&b.0));
        SampleRow {
            id: self.ids[row].as_deref().map(str::to_owned),
            class: self.classes.name(row).map(str::to_owned),
            cluster: reading.cluster.map(|(cluster, _)| cluster as u32),
            distance: reading.cluster.map(|(_, distance)| distance),
            group: self.batch.group(at).map(|g| hash_text(self.seed, &g)),
            time: self.batch.time(at),
            features,
            vector: unit.to_f16(),
        }
    }
}
