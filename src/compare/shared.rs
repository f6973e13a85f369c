//! How many records two windows have in common.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::profile::SpaceProfile;
use crate::sketch::SampleRow;

/// From this share on, centre distances are not tested: a target row that is
/// also in the reference helped to make the centre it is measured against.
const SHARED_FROM: f64 = 0.01;
/// From this share of both on, the windows are the same records measured twice.
const PAIRED_FROM: f64 = 0.5;

/// Share of each window's records that are in the other one too, estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shared {
    pub(crate) reference: f64,
    pub(crate) target: f64,
}

impl Shared {
    /// Both samples keep the records of smallest hash, so below the smaller of
    /// their thresholds both are complete: there, common hashes can be counted.
    /// Records are the same if they came with the same id and their time or their
    /// vector agrees, or, where neither had an id, if their vectors were the same.
    pub(crate) fn of(reference: &SpaceProfile, target: &SpaceProfile) -> Self {
        let thresholds = [reference, target].map(|s| s.sample().threshold().unwrap_or(u64::MAX));
        let limit = thresholds[0].min(thresholds[1]);
        let rows = |space: &SpaceProfile| {
            let mut rows: BTreeMap<u64, Vec<Arc<SampleRow>>> = BTreeMap::new();
            for entry in space.sample().rows().filter(|e| e.hash <= limit) {
                rows.entry(entry.hash)
                    .or_default()
                    .push(Arc::clone(entry.row));
            }
            rows
        };
        let (first, second) = (rows(reference), rows(target));
        let common = first
            .iter()
            .filter_map(|(hash, rows)| Some((rows, second.get(hash)?)))
            .filter(|(a, b)| a.iter().any(|a| b.iter().any(|b| is_same(a, b))))
            .count();
        let share = |of: usize| common as f64 / of.max(1) as f64;
        Self {
            reference: share(first.len()),
            target: share(second.len()),
        }
    }

    /// Whether target rows helped to make the centres they are measured against.
    pub(crate) fn is_overlap(self) -> bool {
        self.reference.max(self.target) >= SHARED_FROM
    }

    /// Whether both windows are mostly the same records. One that contains the
    /// other is not: it may hold much that is new.
    pub(crate) fn is_paired(self) -> bool {
        self.reference.min(self.target) >= PAIRED_FROM
    }
}

fn is_same(a: &SampleRow, b: &SampleRow) -> bool {
    match (&a.id, &b.id) {
        (None, None) => true, // the hash is that of the vector
        (Some(_), Some(_)) => {
            let same_time = a.time.is_some() && a.time == b.time;
            // They share a hash, which is that of their ids; the text may be kept
            // on one side and hashed on the other.
            same_time || a.vector == b.vector
        }
        _ => false,
    }
}
