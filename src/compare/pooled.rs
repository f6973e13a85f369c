//! Sample rows of both windows in one matrix.

use crate::sketch::CoordinatedSample;

use super::repeats::{DesignEffects, without_repeats};
use super::stats::RowGroups;
use super::view::expand;

/// Sample rows of both windows, the reference's first.
pub(crate) struct Pooled {
    /// `(rows, dim)`, of length 1.
    pub(crate) values: Vec<f32>,
    /// Rows of the reference.
    pub(crate) first: usize,
    /// Rows of the target.
    pub(crate) second: usize,
    /// Which rows move together, where groups were given.
    pub(crate) groups: Option<RowGroups>,
    /// The group of each row.
    keys: Vec<Option<u64>>,
}

impl Pooled {
    /// At most `limit` rows a side: those of smallest hash, a random choice. On
    /// a side that repeats, each vector counts once: rows are permuted as
    /// independent ones, unless they have groups.
    pub(crate) fn new(
        reference: &CoordinatedSample,
        target: &CoordinatedSample,
        limit: usize,
        design: DesignEffects,
    ) -> Self {
        let mut values = Vec::new();
        let (mut keys, mut windows) = (Vec::new(), Vec::new());
        let mut push = |sample, repeats: f64, is_first: bool| {
            let mut rows = expand(sample);
            if repeats > 1.0 && !design.grouped {
                rows = without_repeats(rows);
            }
            let mut count = 0;
            for (_, row) in rows.into_iter().take(limit) {
                // Half precision leaves the length off by up to 5e-4.
                let squares = row.vector.iter().map(|x| x.to_f64() * x.to_f64());
                let norm = squares.sum::<f64>().sqrt();
                values.extend(row.vector.iter().map(|x| (x.to_f64() / norm) as f32));
                keys.push(row.group);
                windows.push(is_first);
                count += 1;
            }
            count
        };
        let first = push(reference, design.reference, true);
        let second = push(target, design.target, false);
        Self {
            values,
            first,
            second,
            groups: design.grouped.then(|| RowGroups::new(&keys, &windows)),
            keys,
        }
    }

    /// The groups of these rows followed by those of `other`.
    pub(crate) fn groups_with(&self, other: &Self) -> Option<RowGroups> {
        self.groups.as_ref().and(other.groups.as_ref())?;
        let windows: Vec<bool> = [self, other]
            .iter()
            .flat_map(|rows| (0..rows.keys.len()).map(|row| row < rows.first))
            .collect();
        Some(RowGroups::new(
            &[&self.keys[..], &other.keys].concat(),
            &windows,
        ))
    }
}
