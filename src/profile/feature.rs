//! A named value of the records: its numbers, its texts and its gaps.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::ingest::{Cell, Column};
use crate::sketch::{Categories, QuantileSketch, Quantiles};

use super::chunk::Codes;
use super::sealed::{POOLED_VALUES, SEALED_ROWS};

/// What was learned about one named value.
///
/// Numbers go to a quantile sketch, texts and booleans to counts of categories,
/// missing values are counted; a feature that comes as a number in one record
/// and as a text in another has both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    numbers: Quantiles,
    categories: Categories,
    nulls: u64,
}

impl Feature {
    /// The numbers, NaN counted apart.
    #[must_use]
    pub fn numbers(&self) -> &Quantiles {
        &self.numbers
    }

    /// Texts, and booleans as `true` and `false`.
    #[must_use]
    pub fn categories(&self) -> &Categories {
        &self.categories
    }

    /// Records in which the value was missing.
    #[must_use]
    pub fn nulls(&self) -> u64 {
        self.nulls
    }

    /// Records that had the feature, missing values and NaN included.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.numbers.count() + self.numbers.nan_count() + self.categories.total() + self.nulls
    }
}

impl Feature {
    /// Only values of many records.
    pub(crate) fn sealed(&self) -> Self {
        Self {
            numbers: self.numbers.joined(SEALED_ROWS),
            categories: self.categories.pooled(SEALED_ROWS, POOLED_VALUES),
            nulls: self.nulls,
        }
    }
}

/// A feature while it is learned.
#[derive(Debug, Clone)]
pub(crate) struct FeatureSketch {
    pub(crate) numbers: QuantileSketch,
    pub(crate) categories: Categories,
    pub(crate) nulls: u64,
}

impl FeatureSketch {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            numbers: QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?,
            categories: Categories::new(Categories::DEFAULT_CAP)?,
            nulls: 0,
        })
    }

    /// Learns the rows of a column that lie in `rows`.
    pub(crate) fn track(&mut self, column: &Column, rows: Range<usize>) {
        match column {
            Column::Float(values) => self.numbers.extend(values[rows].iter().copied()),
            Column::Int(values) => self.numbers.extend(values[rows].iter().map(|v| *v as f64)),
            Column::Bool(_) | Column::Text(_) => {
                self.track_codes(&Codes::new(rows.map(|row| column.present(row))));
            }
            Column::Mixed(cells) => self.track_cells(column, &cells[rows.clone()], rows.start),
        }
    }

    /// Learns each of `cells`, which begin at row `first` of `column`, as a
    /// column of its type would be.
    fn track_cells(&mut self, column: &Column, cells: &[Cell], first: usize) {
        let numbers = cells.iter().filter_map(|cell| match cell {
            Cell::Int(value) => Some(*value as f64),
            Cell::Float(value) => Some(*value),
            _ => None,
        });
        self.numbers.extend(numbers);
        let others = cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !matches!(cell, Cell::Int(_) | Cell::Float(_) | Cell::Absent));
        let texts = others.map(|(at, _)| column.present(first + at));
        self.track_codes(&Codes::new(texts));
    }

    /// Learns texts of which each distinct one is known once.
    pub(crate) fn track_codes(&mut self, codes: &Codes<'_>) {
        let (counts, none) = codes.counts();
        for (name, count) in codes.names.iter().zip(counts) {
            self.categories.update_many(name, count);
        }
        self.nulls += none;
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        self.numbers.merge(&other.numbers)?;
        self.categories.merge(&other.categories)?;
        self.nulls += other.nulls;
        Ok(())
    }

    pub(crate) fn freeze(&self) -> Feature {
        Feature {
            numbers: self.numbers.freeze(),
            categories: self.categories.clone(),
            nulls: self.nulls,
        }
    }

    pub(crate) fn thaw(feature: &Feature) -> Self {
        Self {
            numbers: feature.numbers.thaw(),
            categories: feature.categories.clone(),
            nulls: feature.nulls,
        }
    }
}
