//! Rows of a chunk on their way into the samples.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use ndarray::ArrayView2;

use crate::sketch::{CoordinatedSample, SampleRow};

use super::chunk::Chunk;
use super::measured::Measured;

/// Visits rows by rising hash until `visit` wants no more. Of many rows only the
/// smallest hashes, about `k`, need to be put in order.
pub(crate) fn smallest_first<T: Copy>(
    rows: &mut [(u64, T)],
    k: usize,
    mut visit: impl FnMut(u64, T) -> bool,
) {
    let mut rest = rows;
    while !rest.is_empty() {
        let next = k.clamp(1, rest.len());
        if next < rest.len() {
            rest.select_nth_unstable_by_key(next, |(hash, _)| *hash);
        }
        let (smallest, others) = rest.split_at_mut(next);
        smallest.sort_unstable_by_key(|(hash, _)| *hash);
        if !smallest.iter().all(|&(hash, row)| visit(hash, row)) {
            return;
        }
        rest = others;
    }
}

/// What samples keep of the rows of a chunk: made once, by the first that asks.
pub(crate) struct SampleRows<'a, 'c, 'b> {
    rows: ArrayView2<'a, f32>,
    chunk: &'a Chunk<'c, 'b>,
    made: Vec<OnceLock<Arc<SampleRow>>>,
}

impl<'a, 'c, 'b> SampleRows<'a, 'c, 'b> {
    pub(crate) fn new(rows: ArrayView2<'a, f32>, chunk: &'a Chunk<'c, 'b>) -> Self {
        Self {
            made: (0..rows.nrows()).map(|_| OnceLock::new()).collect(),
            rows,
            chunk,
        }
    }

    /// Offers rows to a sample, smallest hashes first: what comes later is then
    /// turned away before it is copied.
    pub(crate) fn offer<'m>(
        &self,
        sample: &mut CoordinatedSample,
        rows: impl Iterator<Item = &'m Measured>,
    ) {
        let rows = rows.filter(|row| sample.accepts(row.hash));
        let mut rows: Vec<(u64, &Measured)> = rows.map(|row| (row.hash, row)).collect();
        smallest_first(&mut rows, sample.k(), |hash, measured| {
            let is_accepted = sample.accepts(hash);
            if is_accepted {
                sample.update(hash, Arc::clone(self.row(measured)));
            }
            is_accepted
        });
    }

    fn row(&self, measured: &Measured) -> &Arc<SampleRow> {
        self.made[measured.row].get_or_init(|| {
            let values = self.rows.row(measured.row);
            let values = match values.as_slice() {
                Some(values) => Cow::Borrowed(values),
                None => Cow::Owned(values.to_vec()),
            };
            Arc::new(
                self.chunk
                    .sample_row(measured.row, &measured.reading, &values),
            )
        })
    }
}
