//! Records that two windows have in common.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::sketch::{CoordinatedSample, SampleRow};

use super::context::{MIN_GROUP_ROWS, SpaceContext};
use super::draft::{Draft, effect};
use super::figures::percent;
use super::finding::Scope;
use super::stats::{binomial_upper, detectable_share_shift};

/// From this share on, centre distances are not tested: a target row that is
/// also in the reference helped to make the centre it is measured against.
const SHARED_FROM: f64 = 0.01;
/// From this share of both on, the windows are the same records measured twice.
const PAIRED_FROM: f64 = 0.5;

/// Share of each window's records that are in the other one too, estimated ([`Common`]).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shared {
    pub(crate) reference: f64,
    pub(crate) target: f64,
    /// Of the records found in both samples, with a class on both sides: those of another class, and
    /// all.
    pub(crate) relabelled: (u64, u64),
}

impl Shared {
    pub(crate) fn of(common: &Common) -> Self {
        let Common {
            records: common,
            sampled,
        } = common;
        let share = |of: usize| common.len() as f64 / of.max(1) as f64;
        let has_class = |rows: &Rows| rows.iter().all(|row| row.class.is_some());
        let agree = |a: &SampleRow, b: &SampleRow| is_same(a, b) && a.class == b.class;
        let (mut changed, mut classed) = (0, 0);
        for (a, b) in common.iter().filter(|(a, b)| has_class(a) && has_class(b)) {
            classed += 1;
            changed += u64::from(!pairs(a, b).any(|(a, b)| agree(a, b)));
        }
        Self {
            reference: share(sampled.0),
            target: share(sampled.1),
            relabelled: (changed, classed),
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

/// Records of one hash.
pub(super) type Rows = Vec<Arc<SampleRow>>;

/// The records that two samples have in common.
pub(crate) struct Common {
    /// By rising hash, those of the reference and of the target.
    pub(super) records: Vec<(Rows, Rows)>,
    /// Hashes that were sampled of each window, where common ones can be counted.
    sampled: (usize, usize),
}

impl Common {
    /// Both samples keep the records of smallest hash, so below the smaller of
    /// their thresholds both are complete: there, common hashes can be counted.
    /// Records are the same if they came with the same id and their time or their
    /// vector agrees (without vectors: unless both have a time and these differ), or, where neither had
    /// an id, if what they hold was the same.
    pub(crate) fn of(reference: &CoordinatedSample, target: &CoordinatedSample) -> Self {
        Self::by(reference, target, is_same)
    }

    /// Those that are the same by this rule.
    pub(super) fn by(
        reference: &CoordinatedSample,
        target: &CoordinatedSample,
        same: fn(&SampleRow, &SampleRow) -> bool,
    ) -> Self {
        let thresholds = [reference, target].map(|s| s.threshold().unwrap_or(u64::MAX));
        let limit = thresholds[0].min(thresholds[1]);
        let rows = |sample: &CoordinatedSample| {
            let mut rows: BTreeMap<u64, Rows> = BTreeMap::new();
            for entry in sample.rows().filter(|e| e.hash <= limit) {
                // Of many copies two say that there are several.
                let copies = (0..entry.count.min(2)).map(|_| Arc::clone(entry.row));
                rows.entry(entry.hash).or_default().extend(copies);
            }
            rows
        };
        let (first, mut second) = (rows(reference), rows(target));
        let sampled = (first.len(), second.len());
        let records = first
            .into_iter()
            .filter_map(|(hash, rows)| Some((rows, second.remove(&hash)?)))
            .filter(|(a, b)| pairs(a, b).any(|(a, b)| same(a, b)))
            .collect();
        Self { records, sampled }
    }
}

fn pairs<'r>(
    first: &'r Rows,
    second: &'r Rows,
) -> impl Iterator<Item = (&'r SampleRow, &'r SampleRow)> {
    let with = move |a: &'r Arc<SampleRow>| second.iter().map(move |b| (a.as_ref(), b.as_ref()));
    first.iter().flat_map(with)
}

/// Whether both have an id: as they share a hash, it is the same.
pub(super) fn has_same_id(a: &SampleRow, b: &SampleRow) -> bool {
    a.id.is_some() && b.id.is_some()
}

pub(super) fn is_same(a: &SampleRow, b: &SampleRow) -> bool {
    match (&a.id, &b.id) {
        (None, None) => true, // the hash is that of the vector
        (Some(_), Some(_)) => {
            let same_time = a.time.is_some() && a.time == b.time;
            // They share a hash, which is that of their ids; the text may be kept
            // on one side and hashed on the other.
            let has_vectors = !(a.vector.is_empty() && b.vector.is_empty());
            let same_content = match has_vectors {
                true => a.vector == b.vector,
                false => a.time.is_none() || b.time.is_none(),
            };
            same_time || same_content
        }
        _ => false,
    }
}

/// Records that are in both windows have the class that they had, but for a few.
///
/// ```text
/// p = P(X >= k),   X binomial of n records that are in both samples, at the share that matters
/// ```
///
/// with k of them of another class. Distances to the classes' centres, which would show it, are not
/// tested where records are shared.
pub(crate) fn relabelled(context: &SpaceContext<'_>, shared: Shared) -> Option<Draft> {
    let (changed, records) = shared.relabelled;
    if !context.classed || records < MIN_GROUP_ROWS {
        return None;
    }
    let share = changed as f64 / records as f64;
    let n = records as f64;
    let threshold = context.options.thresholds.relabelled_share;
    // Beyond what is granted, as of one window against another without end.
    let detectable = threshold + detectable_share_shift(threshold, n, f64::MAX.sqrt());
    Some(
        context
            .draft("class of shared records", Scope::All)
            .counts(records, records)
            .sampled(true)
            .test(
                "binomial",
                share,
                binomial_upper(changed, records, threshold),
                None,
            )
            .effect(effect(
                "share of another class",
                share,
                "share",
                threshold,
                Some(detectable),
            ))
            .leads(true)
            .sentence(format!(
                "{} of the records that are in both windows have another class",
                percent(share)
            )),
    )
}
