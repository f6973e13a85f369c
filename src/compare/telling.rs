//! Records that show a finding.

use crate::profile::SpaceGroup;
use crate::sketch::SampledRow;
use crate::sphere::{Medoid, record_name};

use super::draft::Draft;
use super::finding::TellingRecord;
use super::view::View;

/// Records named in a finding.
pub(crate) const RECORDS_SHOWN: usize = 5;
/// Records named for one class or cluster of many.
const FAR_SHOWN: usize = 2;
/// Findings with larger p-values will hardly be judged as drift.
const NOTEWORTHY: f64 = 0.05;

/// The record that stands for a class or cluster in the reference, and, where
/// the target's rows may lie elsewhere, those of the sample that lie farthest
/// out.
pub(crate) fn telling(
    name: &str,
    medoid: Option<&Medoid>,
    target: &SpaceGroup,
    draft: &Draft,
) -> Vec<TellingRecord> {
    let medoid = medoid.map(|medoid| medoid_record(name, medoid));
    let mut records: Vec<TellingRecord> = medoid.into_iter().collect();
    if draft.finding.p_value.is_some_and(|p| p < NOTEWORTHY) {
        let mut rows: Vec<_> = target.sample().rows().collect();
        let distance = |row: &SampledRow<'_>| row.row.distance.unwrap_or(0.0);
        rows.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
        let far = rows.iter().take(FAR_SHOWN);
        records.extend(far.map(|row| sampled_record(row, format!("far out in {name}"))));
    }
    records
}

/// The target's records farthest from every cluster, which show best what a
/// space has that the reference had not.
pub(crate) fn farthest(view: &View) -> impl Iterator<Item = TellingRecord> + '_ {
    novel_records(view, "farthest from every cluster", 0.0)
}

/// The real record that stands for a cluster: of all reference rows, else of
/// the codebook.
pub(crate) fn cluster_medoid(view: &View, cluster: usize) -> Option<&Medoid> {
    let nearest = view.reference.clusters()[cluster].nearest();
    nearest.or(view.codebook.clusters()[cluster].medoid.as_ref())
}

pub(crate) fn medoid_record(name: &str, medoid: &Medoid) -> TellingRecord {
    TellingRecord {
        id: medoid.id.clone(),
        role: format!("medoid of {name}"),
        distance: Some(medoid.distance),
    }
}

pub(crate) fn sampled_record(entry: &SampledRow<'_>, role: String) -> TellingRecord {
    TellingRecord {
        id: record_name(entry.row.id.as_deref(), entry.hash),
        role,
        distance: entry.row.distance,
    }
}

/// The target's records farthest from every cluster, at least at `limit`.
pub(crate) fn novel_records<'v>(
    view: &'v View,
    role: &'v str,
    limit: f64,
) -> impl Iterator<Item = TellingRecord> + 'v {
    let novel = view.target.novel().iter();
    novel
        .filter(move |record| record.distance >= limit)
        .take(RECORDS_SHOWN)
        .map(move |record| TellingRecord {
            id: record.id.clone(),
            role: role.to_owned(),
            distance: Some(record.distance),
        })
}

/// Sampled target records of a cluster that the reference's sample lacks.
pub(crate) fn new_in_cluster(view: &View, cluster: usize) -> impl Iterator<Item = TellingRecord> {
    let known: Vec<u64> = view.reference.clusters()[cluster]
        .sample()
        .totals()
        .map(|(hash, _)| hash)
        .collect();
    let name = &view.codebook.clusters()[cluster].name;
    view.target.clusters()[cluster]
        .sample()
        .rows()
        .filter(move |entry| known.binary_search(&entry.hash).is_err())
        .take(RECORDS_SHOWN)
        .map(move |entry| sampled_record(&entry, format!("new in grown {name}")))
}
