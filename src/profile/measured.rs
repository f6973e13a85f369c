//! Measuring the rows of a chunk: what needs their vectors, and nothing that is
//! learned so far, so that any part of a chunk can be measured beside the others.

use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{ArrayView2, Axis, CowArray, Ix2, Slice};

use crate::sketch::{Directions, Tally, hash_row};
use crate::sphere::{LeaveOneOut, MeanRow, Products, Reading, UnitRow};

use super::chunk::Chunk;
use super::instrument::Instrument;
use super::tasks::Task;

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
    /// Measures those of the `rows` of the chunk, `(n, dim)`, that no other thread
    /// takes.
    fn measure(
        &mut self,
        rows: &ArrayView2<'_, f32>,
        blocks: &Blocks,
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
        while let Some((start, end)) = blocks.take() {
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

/// The rows of a chunk on their way to be measured.
pub(crate) struct Stage<'a, 'c, 'b> {
    /// Freed of the mean, where there is one.
    pub(crate) rows: CowArray<'a, f32, Ix2>,
    pub(crate) chunk: &'a Chunk<'c, 'b>,
    blocks: Blocks,
}

impl<'a, 'c, 'b> Stage<'a, 'c, 'b> {
    /// Of the rows of a whole batch, `(n, dim)`, those of the chunk.
    pub(crate) fn new(
        rows: &'a ArrayView2<'_, f32>,
        chunk: &'a Chunk<'c, 'b>,
        mean: Option<&MeanRow>,
    ) -> Self {
        let rows = rows.slice_axis(Axis(0), chunk.rows().into());
        Self {
            blocks: Blocks::new(rows.nrows()),
            rows: match mean {
                Some(mean) => mean.centred(&rows).into(),
                None => rows.into(),
            },
            chunk,
        }
    }

    /// The work of measuring, on so many threads: what each finds is put into one of
    /// `parts`.
    pub(crate) fn measuring<'t>(
        &'t self,
        parts: &'t mut Vec<Part>,
        instrument: &'t Instrument,
        threads: usize,
    ) -> Vec<Task<'t>> {
        parts.resize_with(threads.min(self.blocks.len()), Part::default);
        let of = |part: &'t mut Part| -> Task<'t> {
            Box::new(move || {
                part.measure(&self.rows.view(), &self.blocks, self.chunk, instrument);
                Ok(())
            })
        };
        parts.iter_mut().map(of).collect()
    }
}

/// The blocks of a chunk, each taken by the thread that is free first.
struct Blocks {
    rows: usize,
    next: AtomicUsize,
}

impl Blocks {
    fn new(rows: usize) -> Self {
        Self {
            rows,
            next: AtomicUsize::new(0),
        }
    }

    /// Most threads that find a block.
    fn len(&self) -> usize {
        self.rows.div_ceil(BLOCK_ROWS)
    }

    /// First row of the next block, and the one after its last.
    fn take(&self) -> Option<(usize, usize)> {
        // Nothing else hangs on the counter: each number is handed out once.
        let start = self.next.fetch_add(1, Ordering::Relaxed) * BLOCK_ROWS;
        (start < self.rows).then(|| (start, self.rows.min(start + BLOCK_ROWS)))
    }
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
    fn blocks_cover_all_rows_once() {
        for rows in [0, 1, BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1, 5000] {
            let blocks = Blocks::new(rows);
            let taken: Vec<(usize, usize)> = std::iter::from_fn(|| blocks.take()).collect();
            assert_eq!(taken.len(), blocks.len());
            let mut next = 0;
            for (start, end) in taken {
                assert!(start == next && end > start);
                next = end;
            }
            assert_eq!(next, rows);
        }
    }
}
