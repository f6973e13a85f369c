//! A named value of the records: its numbers, its texts and its gaps.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{Cell, Column};
use crate::sketch::{Categories, DistinctCount, Estimate, QuantileSketch, Quantiles};

use super::chunk::Codes;
use super::sealed::{POOLED_VALUES, SEALED_ROWS};

/// What was learned about one named value.
///
/// Numbers go to a quantile sketch, texts and booleans to counts of categories,
/// missing values are counted; a feature that comes as a number in one record
/// and as a text in another has both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawFeature")]
pub struct Feature {
    numbers: Quantiles,
    categories: Categories,
    nulls: u64,
    integers: u64,
    truths: u64,
    /// Not of a sealed profile: the hash of a value may tell it.
    distinct: Option<DistinctCount>,
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

    /// Numbers that came as whole numbers (`3`, not `3.0`).
    #[must_use]
    pub fn integers(&self) -> u64 {
        self.integers
    }

    /// What different values are counted by.
    pub(super) fn distinct_hashes(&self) -> Option<&DistinctCount> {
        self.distinct.as_ref()
    }

    /// Truth values, which are counted among the [`categories`](Self::categories).
    #[must_use]
    pub fn truths(&self) -> u64 {
        self.truths
    }

    /// How many different values came, missing ones and NaN left out: exact while
    /// both the numbers and the categories are, else with a 95 % interval. (Whole
    /// numbers beyond 2^53 count as the nearest f64.) `None` where the profile is
    /// sealed.
    #[must_use]
    pub fn distinct(&self) -> Option<Estimate> {
        let hashes = self.distinct.as_ref()?;
        if self.numbers.is_exact() && self.categories.is_exact() {
            let (below, above) = self.numbers.infinite();
            let infinite = usize::from(below > 0) + usize::from(above > 0);
            let finite = self.numbers.buckets().len();
            let all = finite + infinite + self.categories.len();
            return Some(Estimate::exact(all as f64));
        }
        Some(hashes.estimate())
    }

    /// Of so many records, those that lack the value: it is missing, or they do not
    /// name the feature at all, as when a join found no partner.
    ///
    /// ```
    /// use driftsphere::ingest::{Batch, Column};
    /// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
    ///
    /// let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
    /// let cameras = Column::from(vec!["left", "", "right"]);
    /// builder.track_batch(&Batch::new(3).feature("camera", cameras))?;
    /// builder.track_batch(&Batch::new(2))?;
    /// let profile = builder.freeze();
    /// let camera = &profile.features()["camera"];
    /// assert_eq!((camera.nulls(), camera.missing_of(profile.records())), (1, 3));
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    #[must_use]
    pub fn missing_of(&self, records: u64) -> u64 {
        records.max(self.count()) - (self.count() - self.nulls)
    }

    /// Records that had the feature, missing values and NaN included.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.numbers.count() + self.numbers.nan_count() + self.categories.total() + self.nulls
    }
}

/// The stored form of a [`Feature`], not yet checked.
#[derive(Deserialize)]
struct RawFeature {
    numbers: Quantiles,
    categories: Categories,
    nulls: u64,
    integers: u64,
    truths: u64,
    distinct: Option<DistinctCount>,
}

impl TryFrom<RawFeature> for Feature {
    type Error = Error;

    fn try_from(raw: RawFeature) -> Result<Self> {
        let numbers = raw.numbers.count().saturating_add(raw.numbers.nan_count());
        if raw.integers > numbers || raw.truths > raw.categories.total() {
            let message = "feature: more values of a type than values";
            return Err(Error::new(ErrorKind::Format, message));
        }
        Ok(Self {
            numbers: raw.numbers,
            categories: raw.categories,
            nulls: raw.nulls,
            integers: raw.integers,
            truths: raw.truths,
            distinct: raw.distinct,
        })
    }
}

impl Feature {
    /// Only values of many records.
    pub(crate) fn sealed(&self) -> Self {
        let numbers = self.numbers.joined(SEALED_ROWS);
        let categories = self.categories.pooled(SEALED_ROWS, POOLED_VALUES);
        Self {
            // Of few values nothing is left, so none of a type.
            integers: self.integers.min(numbers.count() + numbers.nan_count()),
            truths: self.truths.min(categories.total()),
            numbers,
            categories,
            nulls: self.nulls,
            distinct: None,
        }
    }
}

/// A feature while it is learned.
#[derive(Debug, Clone)]
pub(crate) struct FeatureSketch {
    pub(crate) numbers: QuantileSketch,
    pub(crate) categories: Categories,
    pub(crate) nulls: u64,
    integers: u64,
    truths: u64,
    distinct: DistinctCount,
}

impl FeatureSketch {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            numbers: QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?,
            categories: Categories::new(Categories::DEFAULT_CAP)?,
            nulls: 0,
            integers: 0,
            truths: 0,
            distinct: DistinctCount::new(),
        })
    }

    /// Learns the rows of a column that lie in `rows`.
    pub(crate) fn track(&mut self, column: &Column, rows: Range<usize>) {
        match column {
            Column::Float(values) => self.track_numbers(values[rows].iter().copied()),
            Column::Int(values) => {
                self.integers += rows.len() as u64;
                self.track_numbers(values[rows].iter().map(|value| *value as f64));
            }
            Column::Bool(_) => {
                self.truths += rows.len() as u64;
                self.track_texts(column, rows);
            }
            Column::Text(_) => self.track_texts(column, rows),
            Column::Mixed(cells) => self.track_cells(column, &cells[rows.clone()], rows.start),
        }
    }

    fn track_numbers(&mut self, values: impl Iterator<Item = f64> + Clone) {
        self.numbers.extend(values.clone());
        values.for_each(|value| self.distinct.update_number(value));
    }

    fn track_texts(&mut self, column: &Column, rows: Range<usize>) {
        self.track_codes(&Codes::new(rows.map(|row| column.present(row))));
    }

    /// Learns each of `cells`, which begin at row `first` of `column`, as a
    /// column of its type would be.
    fn track_cells(&mut self, column: &Column, cells: &[Cell], first: usize) {
        let numbers = cells.iter().filter_map(|cell| match cell {
            Cell::Int(value) => Some(*value as f64),
            Cell::Float(value) => Some(*value),
            _ => None,
        });
        self.track_numbers(numbers);
        let of = |is: fn(&Cell) -> bool| cells.iter().filter(|cell| is(cell)).count() as u64;
        self.integers += of(|cell| matches!(cell, Cell::Int(_)));
        self.truths += of(|cell| matches!(cell, Cell::Bool(_)));
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
            self.distinct.update_text(name);
        }
        self.nulls += none;
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        self.numbers.merge(&other.numbers)?;
        self.categories.merge(&other.categories)?;
        self.nulls += other.nulls;
        self.integers += other.integers;
        self.truths += other.truths;
        self.distinct.merge(&other.distinct);
        Ok(())
    }

    pub(crate) fn freeze(&self) -> Feature {
        Feature {
            numbers: self.numbers.freeze(),
            categories: self.categories.clone(),
            nulls: self.nulls,
            integers: self.integers,
            truths: self.truths,
            distinct: Some(self.distinct.clone()),
        }
    }

    pub(crate) fn thaw(feature: &Feature) -> Self {
        Self {
            numbers: feature.numbers.thaw(),
            categories: feature.categories.clone(),
            nulls: feature.nulls,
            integers: feature.integers,
            truths: feature.truths,
            distinct: feature.distinct.clone().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_by_type_and_different_ones_once() {
        let mut sketch = FeatureSketch::new().unwrap();
        let cells = vec![
            Cell::Int(3),
            Cell::Float(3.0),
            Cell::Float(f64::INFINITY),
            Cell::Float(f64::NAN),
            Cell::Bool(true),
            Cell::Text("3".into()),
            Cell::Null,
            Cell::Absent,
        ];
        sketch.track(&Column::Mixed(cells), 0..8);
        sketch.track(&Column::Int(vec![3, 4]), 0..2);
        sketch.track(&Column::Bool(vec![true, false]), 1..2);
        let feature = sketch.freeze();
        assert_eq!((feature.integers(), feature.truths()), (3, 2));
        assert_eq!(feature.numbers().count(), 5);
        assert_eq!(feature.categories().total(), 3);
        // 3, 4, infinity, true, false, the text 3.
        assert_eq!(feature.distinct(), Some(Estimate::exact(6.0)));
        let hashes = feature.distinct.clone().unwrap();
        assert_eq!(hashes.estimate(), Estimate::exact(6.0));
        assert_eq!(FeatureSketch::thaw(&feature).freeze(), feature);
    }

    #[test]
    fn more_values_of_a_type_than_values_are_refused() {
        let sketch = FeatureSketch::new().unwrap();
        let mut feature = sketch.freeze();
        feature.truths = 1;
        let bytes = postcard::to_stdvec(&feature).unwrap();
        assert!(postcard::from_bytes::<Feature>(&bytes).is_err());
    }
}
