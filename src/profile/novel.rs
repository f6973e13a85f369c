//! The records farthest from every cluster.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::sphere::record_name;

use super::chunk::Chunk;
use super::measured::Measured;

/// How many are kept.
pub(crate) const NOVEL_KEPT: usize = 64;

/// A record that lies far from every cluster centre.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NovelRecord {
    /// Distance to the nearest cluster centre, in `[0, 1]`.
    pub distance: f64,
    /// The record's id; where it came without one, `row` and the 16 hexadecimal
    /// digits of its vector's hash.
    pub id: String,
    /// Index of that cluster in the codebook.
    pub cluster: u32,
}

/// The [`NOVEL_KEPT`] distinct records of largest (distance, id).
///
/// Distances are never negative, so their bits sort as they do.
#[derive(Debug, Clone, Default)]
pub(crate) struct MostNovel(BTreeSet<(u64, String, u32)>);

impl MostNovel {
    /// Learns rows that were measured.
    pub(crate) fn track<'m>(
        &mut self,
        rows: impl Iterator<Item = &'m Measured>,
        chunk: &Chunk<'_, '_>,
    ) {
        for row in rows {
            if let Some((cluster, distance)) = row.reading.cluster
                && self.accepts(distance)
            {
                let name = record_name(chunk.id(row.row).as_deref(), row.hash);
                self.update(distance, &name, cluster as u32);
            }
        }
    }

    /// Whether a record at this distance may be kept: spares making its id.
    fn accepts(&self, distance: f64) -> bool {
        self.0.len() < NOVEL_KEPT
            || self
                .0
                .first()
                .is_some_and(|(bits, _, _)| distance.to_bits() >= *bits)
    }

    fn update(&mut self, distance: f64, id: &str, cluster: u32) {
        self.0.insert((distance.to_bits(), id.to_owned(), cluster));
        if self.0.len() > NOVEL_KEPT {
            self.0.pop_first();
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (bits, id, cluster) in &other.0 {
            self.update(f64::from_bits(*bits), id, *cluster);
        }
    }

    /// The most novel first.
    pub(crate) fn freeze(&self) -> Vec<NovelRecord> {
        let record = |(bits, id, cluster): &(u64, String, u32)| NovelRecord {
            distance: f64::from_bits(*bits),
            id: id.clone(),
            cluster: *cluster,
        };
        self.0.iter().rev().map(record).collect()
    }

    pub(crate) fn thaw(records: &[NovelRecord]) -> Self {
        let mut out = Self::default();
        for r in records {
            out.update(r.distance, &r.id, r.cluster);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_farthest_whatever_the_order() {
        let records: Vec<(f64, String)> = (0..200)
            .map(|i| (f64::from(i * 37 % 101) / 101.0, format!("r{i}")))
            .collect();
        let mut forward = MostNovel::default();
        let mut parts = [MostNovel::default(), MostNovel::default()];
        for (i, (d, id)) in records.iter().enumerate() {
            assert!(forward.accepts(*d) || forward.0.len() == NOVEL_KEPT);
            forward.update(*d, id, 0);
            parts[i % 2].update(*d, id, 0);
        }
        let [mut a, b] = parts;
        a.merge(&b);
        assert_eq!(a.freeze(), forward.freeze());
        assert_eq!(forward.freeze().len(), NOVEL_KEPT);
        assert!((forward.freeze()[0].distance - 100.0 / 101.0).abs() < 1e-15);
    }
}
