//! Sample rows of both windows in one matrix.

use crate::sketch::CoordinatedSample;

use super::repeats::{DesignEffects, without_repeats};
use super::view::expand;

/// Sample rows of both windows, the reference's first.
pub(crate) struct Pooled {
    /// `(rows, dim)`, of length 1.
    pub(crate) values: Vec<f32>,
    /// Rows of the reference.
    pub(crate) first: usize,
    /// Rows of the target.
    pub(crate) second: usize,
}

impl Pooled {
    /// At most `limit` rows a side: those of smallest hash, a random choice. On
    /// a side that repeats, each vector counts once: rows are permuted as
    /// independent ones.
    pub(crate) fn new(
        reference: &CoordinatedSample,
        target: &CoordinatedSample,
        limit: usize,
        design: DesignEffects,
    ) -> Self {
        let mut values = Vec::new();
        let mut push = |sample, design: f64| {
            let mut rows = expand(sample);
            if design > 1.0 {
                rows = without_repeats(rows);
            }
            let mut count = 0;
            for (_, row) in rows.into_iter().take(limit) {
                // Half precision leaves the length off by up to 5e-4.
                let squares = row.vector.iter().map(|x| x.to_f64() * x.to_f64());
                let norm = squares.sum::<f64>().sqrt();
                values.extend(row.vector.iter().map(|x| (x.to_f64() / norm) as f32));
                count += 1;
            }
            count
        };
        let first = push(reference, design.reference);
        let second = push(target, design.target);
        Self {
            values,
            first,
            second,
        }
    }
}
