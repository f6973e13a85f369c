//! Measuring the rows of a chunk: what needs their vectors, and nothing that is
//! learned so far, so that any part of a chunk can be measured beside the others.

use ndarray::{ArrayView2, Axis, Slice};

use crate::sketch::{Directions, Tally, hash_row};
use crate::sphere::{LeaveOneOut, Products, Reading, UnitRow};

use super::chunk::Chunk;
use super::instrument::Instrument;

/// Rows that are measured together: their products stay in the cache.
const BLOCK_ROWS: usize = 384;

/// A row that has a direction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Its place in the chunk.
    pub(crate) row: usize,
    pub(crate) hash: u64,
    pub(crate) norm: f64,
    /// Its class, as [`Sums`] counts classes.
    pub(crate) class: usize,
    pub(crate) is_classified: bool,
    pub(crate) reading: Reading,
}

impl Measured {
    /// The nearest cluster.
    pub(crate) fn cluster(&self) -> Option<usize> {
        self.reading.cluster.map(|(cluster, _)| cluster)
    }
}

/// Exact sums of unit vectors, only of those groups that have rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sums {
    /// By the code of the class in the chunk; the last of rows without a class.
    pub(crate) classes: Vec<Option<Directions>>,
    pub(crate) clusters: Vec<Option<Directions>>,
}

impl Sums {
    fn clear(&mut self, classes: usize, clusters: usize) {
        for (sums, len) in [
            (&mut self.classes, classes + 1),
            (&mut self.clusters, clusters),
        ] {
            sums.clear();
            sums.resize(len, None);
        }
    }

    fn add(&mut self, unit: UnitRow<'_>, class: usize, cluster: Option<usize>) {
        let (row, scale) = (unit.values(), unit.inverse());
        let class = self.classes[class].get_or_insert_with(|| Directions::new(row.len()));
        match cluster {
            Some(cluster) => {
                let cluster = &mut self.clusters[cluster];
                let cluster = cluster.get_or_insert_with(|| Directions::new(row.len()));
                Directions::update_both(class, cluster, row, scale);
            }
            None => class.update_scaled(row, scale),
        }
    }
}

/// What one thread found in its part of a chunk. Its memory is reused.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    pub(crate) measured: Vec<Measured>,
    pub(crate) sums: Sums,
    /// Rows without a direction, by reason.
    pub(crate) skipped: Tally,
    /// The centre of each class in the codebook, by code.
    centres: Vec<Option<usize>>,
    products: Products,
    left_out: LeaveOneOut,
    /// Rows of a view that is not laid out row by row are copied here.
    copy: Vec<f32>,
}

impl Part {
    /// Measures the rows `first..last` of the chunk, of which `rows`, `(n, dim)`,
    /// has all.
    pub(crate) fn measure(
        &mut self,
        rows: &ArrayView2<'_, f32>,
        (first, last): (usize, usize),
        chunk: &Chunk<'_, '_>,
        instrument: &Instrument,
    ) {
        let names = &chunk.classes().names;
        self.measured.clear();
        self.skipped = Tally::new();
        self.sums.clear(names.len(), instrument.clusters());
        self.centres.clear();
        self.centres
            .extend(names.iter().map(|name| instrument.centre_of(name)));
        for start in (first..last).step_by(BLOCK_ROWS) {
            let end = last.min(start + BLOCK_ROWS);
            let values = rows.slice_axis(Axis(0), Slice::from(start..end));
            let values = row_by_row(&values, &mut self.copy);
            let block = instrument.block(values, &mut self.products);
            for row in 0..block.len() {
                let unit = match block.row(row) {
                    Ok(unit) => unit,
                    Err(fault) => {
                        self.skipped.skip(fault.reason(), 1);
                        continue;
                    }
                };
                let code = chunk.classes().code(start + row);
                let hash = chunk
                    .id_hash(start + row)
                    .unwrap_or_else(|| hash_row(chunk.seed(), unit.values()));
                let centre = code.and_then(|code| self.centres[code]);
                let reading = instrument.read(&block, row, centre, hash, &mut self.left_out);
                let class = code.unwrap_or(names.len());
                let cluster = reading.cluster.map(|(cluster, _)| cluster);
                self.sums.add(unit, class, cluster);
                self.measured.push(Measured {
                    row: start + row,
                    hash,
                    norm: unit.norm(),
                    class,
                    is_classified: code.is_some(),
                    reading,
                });
            }
        }
    }
}

/// Divides `rows` rows into at most `parts` parts of whole blocks.
pub(crate) fn divided(rows: usize, parts: usize) -> Vec<(usize, usize)> {
    let blocks = rows.div_ceil(BLOCK_ROWS);
    let step = blocks.div_ceil(parts.min(blocks).max(1)) * BLOCK_ROWS;
    let starts = (0..rows).step_by(step.max(1));
    starts
        .map(|start| (start, rows.min(start + step)))
        .collect()
}

/// The rows one after the other, copied only where they do not lie so.
fn row_by_row<'a>(rows: &'a ArrayView2<'_, f32>, copy: &'a mut Vec<f32>) -> &'a [f32] {
    if let Some(values) = rows.as_slice() {
        return values;
    }
    copy.clear();
    copy.extend(rows.iter().copied());
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_all_rows_once() {
        for rows in [0, 1, 255, 256, 257, 4096, 5000] {
            for parts in [1, 2, 3, 100] {
                let divided = divided(rows, parts);
                assert!(divided.len() <= parts);
                let mut next = 0;
                for (start, end) in divided {
                    assert!(start == next && end > start);
                    next = end;
                }
                assert_eq!(next, rows);
            }
        }
    }
}
