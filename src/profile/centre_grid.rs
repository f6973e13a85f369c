//! Where in the image objects lie.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::ingest::Objects;

use super::container::damaged;

/// Cells along each side.
const SIDE: usize = 16;
/// Where centres outside of the image are counted while they are learned.
const OUTSIDE: usize = SIDE * SIDE;
/// The unit of summed areas, as a power of two of the image.
const AREA_BITS: u32 = 20;

/// The numbers of objects that say where they lie, as shares of the image's width and height.
pub(super) const CENTRE: [&str; 2] = ["centre x", "centre y"];
/// The number that says how large they are, as a share of the image.
const AREA: &str = "relative area";

/// Counts of objects by where their centre lies: a grid of 16 x 16 cells over the image.
///
/// Objects have a place if they have the numbers `centre x` and `centre y`, both shares of the
/// image from its left and top edge. A centre on an edge between cells belongs to the cell at its
/// right, or below; one at the right or lower border of the image to the last cell.
///
/// ```
/// use driftsphere::ingest::{Batch, Objects};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
///
/// let mut boxes = Objects::new(&["centre x", "centre y", "relative area"])?;
/// boxes.push(None, &[0.1, 0.99, 0.25])?;
/// boxes.push(None, &[1.2, 0.5, 0.5])?; // beyond the right border
/// boxes.end_record();
/// let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
/// builder.track_batch(&Batch::new(1).objects("box", boxes))?;
/// let profile = builder.freeze();
/// let centres = profile.objects()["box"].all().centres().expect("both have a centre");
/// assert_eq!((centres.count(15, 1), centres.outside(), centres.total()), (1, 1, 2));
/// assert_eq!(centres.mean_area(15, 1), Some(0.25));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CentreGrid {
    outside: u64,
    /// By row times 16 plus column; cells without an object are not there.
    cells: BTreeMap<u8, u64>,
    /// Sums of relative areas in units of 2^-20, each at most 1, of the group of all objects
    /// where every object with a centre has one; otherwise none.
    areas: BTreeMap<u8, u64>,
}

impl CentreGrid {
    /// Cells along each side.
    pub const SIDE: usize = SIDE;

    /// Objects of a cell, rows from the top, columns from the left, both from 0; 0 beyond the grid.
    #[must_use]
    pub fn count(&self, row: usize, column: usize) -> u64 {
        let cell = cell_of(row, column);
        cell.and_then(|cell| self.cells.get(&cell))
            .copied()
            .unwrap_or(0)
    }

    /// Mean share of the image that the objects of a cell take, each at most 1. Known for all
    /// objects together, not by class; `None` for a cell without any.
    #[must_use]
    pub fn mean_area(&self, row: usize, column: usize) -> Option<f64> {
        let area = self.areas.get(&cell_of(row, column)?)?;
        let unit = f64::from(1_u32 << AREA_BITS);
        Some(*area as f64 / unit / self.count(row, column) as f64)
    }

    /// Objects whose centre lies outside of the image.
    #[must_use]
    pub fn outside(&self) -> u64 {
        self.outside
    }

    /// Objects that have a centre, inside or outside.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.cells
            .values()
            .fold(self.outside, |sum, n| sum.saturating_add(*n))
    }

    pub(super) fn has_areas(&self) -> bool {
        !self.areas.is_empty()
    }

    /// Whether stored parts hold together, of objects of which at most `most` have a centre.
    pub(super) fn check(&self, most: u64) -> Result<()> {
        let has_area = |(cell, area): (&u8, &u64)| {
            let count = self.cells.get(cell).copied().unwrap_or(0);
            u128::from(*area) <= u128::from(count) << AREA_BITS
        };
        let fits = (1..=most).contains(&self.total())
            && self.cells.values().all(|count| *count > 0)
            && (self.areas.is_empty() || self.areas.keys().eq(self.cells.keys()))
            && self.areas.iter().all(has_area);
        match fits {
            true => Ok(()),
            false => Err(damaged("places of objects do not hold together")),
        }
    }

    /// Whether these places are those of the parts together.
    pub(super) fn is_sum_of<'a>(
        whole: Option<&Self>,
        parts: impl Iterator<Item = &'a Self>,
    ) -> bool {
        let mut sum = GridSketch::default();
        parts.for_each(|part| sum.merge(&GridSketch::thaw(Some(part))));
        let counts = |grid: Option<&Self>| GridSketch::thaw(grid).counts;
        whole.is_some() != sum.counts.is_empty() && counts(whole) == sum.counts
    }
}

fn cell_of(row: usize, column: usize) -> Option<u8> {
    (row < SIDE && column < SIDE).then_some((row * SIDE + column) as u8)
}

/// The place of one object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    at: usize,
    /// In units of 2^-20 of the image; `None` where it is not known, or not to be kept.
    area: Option<u64>,
}

impl Place {
    /// Of classes no areas are kept: there may be a thousand.
    pub(super) fn without_area(self) -> Self {
        Self { area: None, ..self }
    }
}

/// The places of the objects of `span`, one by one; none at all where they have no such numbers.
pub(super) fn places(objects: &Objects, span: std::ops::Range<usize>) -> Vec<Option<Place>> {
    let column = |name: &str| {
        let mut features = objects.features();
        features
            .find(|feature| feature.0 == name)
            .map(|feature| &feature.1[span.clone()])
    };
    let [Some(x), Some(y)] = CENTRE.map(column) else {
        return Vec::new();
    };
    let areas = column(AREA);
    let area = |at: usize| Some(areas?[at]).filter(|area| !area.is_nan());
    let both = x.iter().zip(y).enumerate();
    both.map(|(at, (x, y))| place(*x, *y, area(at))).collect()
}

fn place(x: f64, y: f64, area: Option<f64>) -> Option<Place> {
    if x.is_nan() || y.is_nan() {
        return None;
    }
    let cell = |share: f64| {
        let is_inside = (0.0..=1.0).contains(&share);
        is_inside.then(|| ((share * SIDE as f64) as usize).min(SIDE - 1))
    };
    let at = match (cell(y), cell(x)) {
        (Some(row), Some(column)) => row * SIDE + column,
        _ => OUTSIDE,
    };
    let unit = f64::from(1_u32 << AREA_BITS);
    let area = area.map(|area| (area.clamp(0.0, 1.0) * unit).round() as u64);
    Some(Place { at, area })
}

/// A grid while it is learned.
#[derive(Debug, Clone, Default)]
pub(super) struct GridSketch {
    /// By cell, the last for those outside; empty until an object has a place.
    counts: Vec<u64>,
    /// By cell; empty until an object inside has an area.
    areas: Vec<u64>,
    /// Whether an object inside has none.
    lacks_areas: bool,
}

impl GridSketch {
    fn open(&mut self) {
        if self.counts.is_empty() {
            self.counts = vec![0; OUTSIDE + 1];
        }
    }

    fn add_area(&mut self, cell: usize, area: u64) {
        if self.areas.is_empty() {
            self.areas = vec![0; OUTSIDE];
        }
        self.areas[cell] = self.areas[cell].wrapping_add(area);
    }

    /// Learns the places of objects.
    pub(super) fn extend(&mut self, places: impl Iterator<Item = Place>) {
        for place in places {
            self.open();
            self.counts[place.at] = self.counts[place.at].wrapping_add(1);
            match place.area {
                // What lies outside leaves no trace of its size, or its lack of one.
                _ if place.at == OUTSIDE => {}
                Some(area) => self.add_area(place.at, area),
                None => self.lacks_areas = true,
            }
        }
    }

    /// Takes in what another learned; stored sums may be near their end.
    pub(super) fn merge(&mut self, other: &Self) {
        if other.counts.is_empty() {
            return;
        }
        self.open();
        for (mine, others) in self.counts.iter_mut().zip(&other.counts) {
            *mine = mine.wrapping_add(*others);
        }
        for (cell, area) in other.areas.iter().enumerate() {
            self.add_area(cell, *area);
        }
        self.lacks_areas |= other.lacks_areas;
    }

    pub(super) fn freeze(&self) -> Option<CentreGrid> {
        let outside = *self.counts.last()?;
        let filled = (0..OUTSIDE).filter(|at| self.counts[*at] > 0);
        let of = |values: &[u64]| filled.clone().map(|at| (at as u8, values[at])).collect();
        Some(CentreGrid {
            outside,
            cells: of(&self.counts),
            areas: match self.lacks_areas || self.areas.is_empty() {
                true => BTreeMap::new(),
                false => of(&self.areas),
            },
        })
    }

    pub(super) fn thaw(grid: Option<&CentreGrid>) -> Self {
        let mut sketch = Self::default();
        let Some(grid) = grid else {
            return sketch;
        };
        sketch.open();
        sketch.counts[OUTSIDE] = grid.outside;
        for (cell, count) in &grid.cells {
            sketch.counts[usize::from(*cell)] = *count;
        }
        for (cell, area) in &grid.areas {
            sketch.add_area(usize::from(*cell), *area);
        }
        sketch.lacks_areas = grid.areas.is_empty() && !grid.cells.is_empty();
        sketch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(objects: &[(f64, f64, Option<f64>)]) -> GridSketch {
        let mut sketch = GridSketch::default();
        sketch.extend(
            objects
                .iter()
                .filter_map(|(x, y, area)| place(*x, *y, *area)),
        );
        sketch
    }

    #[test]
    fn edges_belong_to_the_right_and_below_and_the_last_to_the_last_cell() {
        let grid = learn(&[
            (0.0, 0.0, None),
            (1.0, 1.0, None),
            (0.5, 0.499_999, None),
            (-0.001, 0.5, None),
            (0.5, f64::INFINITY, None),
            (f64::NAN, 0.5, None),
        ]);
        let grid = grid.freeze().unwrap();
        assert_eq!(
            (grid.count(0, 0), grid.count(15, 15), grid.count(7, 8)),
            (1, 1, 1)
        );
        assert_eq!((grid.outside(), grid.total()), (2, 5));
        assert_eq!(grid.count(16, 0), 0);
        assert!(learn(&[(f64::NAN, 0.5, Some(1.0))]).freeze().is_none());
    }

    #[test]
    fn stored_and_merged_parts_are_the_whole_whatever_lacks_an_area() {
        let inside = (0.1, 0.1, Some(0.5));
        let parts: [&[_]; 5] = [
            &[inside],
            &[(0.9, 0.1, Some(2.0)), (0.1, 0.1, Some(0.25))],
            &[(1.5, 0.1, None)],
            &[(1.5, 0.1, Some(0.1))],
            &[(0.3, 0.3, None)],
        ];
        let stored = |sketch: &GridSketch| GridSketch::thaw(sketch.freeze().as_ref());
        for chosen in 1_usize..32 {
            let chosen = (0..5)
                .filter(|at| chosen >> at & 1 == 1)
                .map(|at| parts[at]);
            let whole = learn(&chosen.clone().flatten().copied().collect::<Vec<_>>());
            let mut merged = GridSketch::default();
            for part in chosen.rev() {
                merged.merge(&stored(&learn(part)));
                merged = stored(&merged);
            }
            assert_eq!(merged.freeze(), whole.freeze());
        }
        let grid = learn(parts[1]).freeze().unwrap();
        // At most the whole image.
        assert_eq!(grid.mean_area(1, 14), Some(1.0));
    }

    #[test]
    fn counts_that_cannot_be_are_refused() {
        let grid = learn(&[(0.1, 0.1, Some(0.5)), (0.1, 0.1, Some(0.5))])
            .freeze()
            .unwrap();
        assert!(grid.check(2).is_ok());
        assert!(grid.check(1).is_err());
        let with = |change: &dyn Fn(&mut CentreGrid)| {
            let mut other = grid.clone();
            change(&mut other);
            other.check(u64::MAX).is_err()
        };
        assert!(with(&|grid| {
            grid.cells.insert(0, 0);
        }));
        assert!(with(&|grid| {
            grid.areas.clear();
            grid.cells.clear();
        }));
        assert!(with(&|grid| {
            grid.areas.insert(7, 1);
        }));
        assert!(with(&|grid| {
            grid.areas.values_mut().for_each(|area| *area = 1 << 22);
        }));
        let part = learn(&[(0.1, 0.1, None)]).freeze().unwrap();
        assert!(CentreGrid::is_sum_of(
            Some(&grid),
            [&part, &part].into_iter()
        ));
        assert!(!CentreGrid::is_sum_of(Some(&grid), [&part].into_iter()));
        assert!(!CentreGrid::is_sum_of(None, [&part].into_iter()));
    }
}
