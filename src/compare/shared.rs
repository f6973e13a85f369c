//! How many records two windows have in common.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::profile::SpaceProfile;
use crate::sketch::SampleRow;

/// From this share on, centre distances are not tested: a target row that is
/// also in the reference helped to make the centre it is measured against.
pub(crate) const SHARED_FROM: f64 = 0.01;
/// From this share on, the windows are the same records measured twice.
pub(crate) const PAIRED_FROM: f64 = 0.5;

/// Estimated share of records that both windows have, of the window that has
/// more of them.
///
/// Both samples keep the records of smallest hash, so below the smaller of
/// their thresholds both are complete: there, common hashes can be counted.
/// Records are the same if they came with the same id and their time or their
/// vector agrees, or, where neither had an id, if their vectors were the same.
pub(crate) fn shared_records(reference: &SpaceProfile, target: &SpaceProfile) -> f64 {
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
    let fewest = first.len().min(second.len());
    if fewest == 0 {
        return 0.0;
    }
    let common = first
        .iter()
        .filter_map(|(hash, rows)| Some((rows, second.get(hash)?)))
        .filter(|(a, b)| a.iter().any(|a| b.iter().any(|b| is_same(a, b))))
        .count();
    common as f64 / fewest as f64
}

fn is_same(a: &SampleRow, b: &SampleRow) -> bool {
    match (&a.id, &b.id) {
        (None, None) => true, // the hash is that of the vector
        (Some(x), Some(y)) => {
            let same_time = a.time.is_some() && a.time == b.time;
            x == y && (same_time || a.vector == b.vector)
        }
        _ => false,
    }
}
