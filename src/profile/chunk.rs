//! A stretch of a batch, with what is known about its rows beside their
//! vectors, worked out once for all spaces.

use std::borrow::Cow;
use std::ops::Range;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::ingest::{Batch, Column, Objects, Value};
use crate::sketch::{SampleRow, hash_text};
use crate::sphere::{Reading, UnitRow};

use super::ids::IdMode;
use super::record_mean::object_numbers;
use super::window::ClassSources;

/// Rows of a chunk, at most: enough that few rows enter a sample only to be
/// pushed out again (a chunk offers its smallest hashes first), few enough that
/// what is kept of each until then fits into the cache.
pub(crate) const CHUNK_ROWS: usize = 8192;

/// Marks a row that has no value in [`Codes`].
const NONE: u32 = u32::MAX;

/// Texts of a chunk, each distinct one once.
#[derive(Debug, Default)]
pub(crate) struct Codes<'a> {
    pub(crate) names: Vec<Cow<'a, str>>,
    codes: Vec<u32>,
}

impl<'a> Codes<'a> {
    pub(crate) fn new(values: impl Iterator<Item = Option<Cow<'a, str>>>) -> Self {
        // Looked up only, never walked: the order of `names` is that of the rows.
        let mut index: HashTable<u32> = HashTable::new();
        let mut names: Vec<Cow<'a, str>> = Vec::new();
        let hash = |text: &str| hash_text(0, text);
        let codes = values
            .map(|value| {
                let Some(value) = value else { return NONE };
                let is_it = |code: &u32| names[*code as usize] == value;
                match index.entry(hash(&value), is_it, |code| hash(&names[*code as usize])) {
                    Entry::Occupied(found) => *found.get(),
                    Entry::Vacant(room) => {
                        let code = names.len() as u32;
                        room.insert(code);
                        names.push(value);
                        code
                    }
                }
            })
            .collect();
        Self { names, codes }
    }

    /// So many rows without a value.
    fn none(rows: usize) -> Self {
        Self {
            names: Vec::new(),
            codes: vec![NONE; rows],
        }
    }

    fn has_gaps(&self) -> bool {
        self.codes.contains(&NONE)
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

/// Rows of a batch that are worked on together.
pub(crate) struct Chunk<'a, 'b> {
    batch: &'a Batch<'b>,
    rows: Range<usize>,
    seed: u64,
    ids: IdMode,
    labels: Option<Codes<'a>>,
    predictions: Option<Codes<'a>>,
    /// Prediction or else label, where a batch has both and neither of all rows.
    mixed: Option<Codes<'a>>,
    /// Stands for labels and predictions where there are none.
    none: Codes<'a>,
}

impl<'a, 'b> Chunk<'a, 'b> {
    pub(crate) fn new(batch: &'a Batch<'b>, rows: Range<usize>, seed: u64, ids: IdMode) -> Self {
        let labels = batch
            .has_labels()
            .then(|| Codes::new(rows.clone().map(|row| batch.label(row))));
        let predictions = batch
            .has_predictions()
            .then(|| Codes::new(rows.clone().map(|row| batch.prediction(row))));
        let mixed = match (&labels, &predictions) {
            (Some(_), Some(predictions)) if predictions.has_gaps() => {
                let class = |row| batch.prediction(row).or_else(|| batch.label(row));
                Some(Codes::new(rows.clone().map(class)))
            }
            _ => None,
        };
        Self {
            batch,
            seed,
            ids,
            labels,
            predictions,
            mixed,
            none: Codes::none(rows.len()),
            rows,
        }
    }

    /// Seed of all hashes.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn batch(&self) -> &'a Batch<'b> {
        self.batch
    }

    /// Where its rows lie in the batch; all other functions count from its start.
    pub(crate) fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    pub(crate) fn labels(&self) -> Option<&Codes<'a>> {
        self.labels.as_ref()
    }

    pub(crate) fn predictions(&self) -> Option<&Codes<'a>> {
        self.predictions.as_ref()
    }

    /// The prediction of each row if there is one, else the label.
    pub(crate) fn classes(&self) -> &Codes<'a> {
        self.mixed
            .as_ref()
            .or(self.predictions.as_ref())
            .or(self.labels.as_ref())
            .unwrap_or(&self.none)
    }

    /// Where the classes of the rows come from.
    pub(crate) fn class_sources(&self) -> ClassSources {
        let mut sources = ClassSources::default();
        let has = |codes: &Option<Codes<'a>>, row| {
            codes
                .as_ref()
                .is_some_and(|codes| codes.code(row).is_some())
        };
        for row in 0..self.rows.len() {
            sources.update(has(&self.predictions, row), has(&self.labels, row));
        }
        sources
    }

    /// What is kept of the row's id, if it has one.
    pub(crate) fn id(&self, row: usize) -> Option<Cow<'a, str>> {
        let id = self.batch.id(self.rows.start + row)?;
        self.ids.kept(id, self.seed)
    }

    /// Hash of the row's id, if it has one that is not to be forgotten.
    pub(crate) fn id_hash(&self, row: usize) -> Option<u64> {
        if self.ids == IdMode::None {
            return None;
        }
        let id = self.batch.id(self.rows.start + row);
        id.map(|id| hash_text(self.seed, &id))
    }

    /// What a sample keeps of the row.
    ///
    /// # Panics
    /// If the row, `values` as they came, has no direction.
    pub(crate) fn sample_row(&self, row: usize, reading: &Reading, values: &[f32]) -> SampleRow {
        let unit = UnitRow::new(values).expect("rows without a direction are not sampled");
        SampleRow {
            cluster: reading.cluster.map(|(cluster, _)| cluster as u32),
            distance: reading.cluster.map(|(_, distance)| distance),
            vector: unit.to_f16(),
            ..self.record_row(row)
        }
    }

    /// The same of a record without a vector.
    pub(crate) fn record_row(&self, row: usize) -> SampleRow {
        let at = self.rows.start + row;
        let number = |(name, column): (&str, &Column)| match column.value(at) {
            Value::Int(value) => Some((name.to_owned(), value as f64)),
            Value::Float(value) if !value.is_nan() => Some((name.to_owned(), value)),
            _ => None,
        };
        let mut features: Vec<(String, f64)> = self.batch.features().filter_map(number).collect();
        // The order of columns and kinds in a batch must leave no trace. Of two numbers of one name a
        // column is the first, else that of the kind whose name is.
        let mut kinds: Vec<(&str, &Objects)> = self.batch.object_kinds().collect();
        kinds.sort_by_key(|(kind, _)| *kind);
        let is_column = |name: &str| self.batch.features().any(|(column, _)| column == name);
        let numbers = kinds
            .into_iter()
            .flat_map(|(kind, objects)| object_numbers(kind, objects, at));
        features.extend(numbers.filter(|(name, _)| !is_column(name)));
        features.sort_by(|a, b| a.0.cmp(&b.0));
        features.dedup_by(|a, b| a.0 == b.0);
        SampleRow {
            id: self.id(row).map(Cow::into_owned),
            class: self.classes().name(row).map(str::to_owned),
            group: self.batch.group(at).map(|g| hash_text(self.seed, &g)),
            time: self.batch.time(at),
            features,
            ..SampleRow::default()
        }
    }
}
