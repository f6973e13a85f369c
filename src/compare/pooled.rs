//! Sample rows of both windows in one matrix.

use crate::sketch::CoordinatedSample;

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
    /// At most `limit` rows a side: those of smallest hash, a random choice.
    pub(crate) fn new(
        reference: &CoordinatedSample,
        target: &CoordinatedSample,
        limit: usize,
    ) -> Self {
        let mut values = Vec::new();
        let mut push = |sample| {
            let mut count = 0;
            for (_, row) in expand(sample).into_iter().take(limit) {
                // Half precision leaves the length off by up to 5e-4.
                let squares = row.vector.iter().map(|x| x.to_f64() * x.to_f64());
                let norm = squares.sum::<f64>().sqrt();
                values.extend(row.vector.iter().map(|x| (x.to_f64() / norm) as f32));
                count += 1;
            }
            count
        };
        let (first, second) = (push(reference), push(target));
        Self {
            values,
            first,
            second,
        }
    }
}
