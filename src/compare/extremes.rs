//! Records that show how a number changed.

use crate::profile::Profile;
use crate::sketch::{CoordinatedSample, SampleRow};
use crate::sphere::record_name;

use super::figures::number;
use super::finding::TellingRecord;
use super::view::one_a_record;

/// Records named in a finding.
pub(super) const SHOWN: usize = 3;

/// Samples that both windows have, with the numbers of their records: of each
/// space, or, where there is none, of the records.
pub(crate) fn samples<'a>(
    reference: &'a Profile,
    target: &'a Profile,
) -> impl Iterator<Item = (&'a CoordinatedSample, &'a CoordinatedSample)> {
    let spaces = reference.spaces().iter().filter_map(|(name, space)| {
        let other = target.spaces().get(name)?;
        Some((space.sample(), other.sample()))
    });
    spaces.chain([(reference.sample(), target.sample())])
}

/// The number of a sampled record.
pub(crate) fn value(row: &SampleRow, feature: &str) -> Option<f64> {
    let by_name = |(name, _): &(String, f64)| name.as_str().cmp(feature);
    let at = row.features.binary_search_by(by_name).ok()?;
    Some(row.features[at].1).filter(|value| !value.is_nan())
}

/// Sampled target records whose value of a feature lies farthest out, on the side
/// that it moved to; none where it is not known which.
pub(crate) fn extremes(
    feature: &str,
    (from, to): (f64, f64),
    samples: &[(&CoordinatedSample, &CoordinatedSample)],
) -> Vec<TellingRecord> {
    if !(from < to || to < from) {
        return Vec::new();
    }
    let valued = |sample: &CoordinatedSample| {
        let named = |(hash, row): (u64, &SampleRow)| {
            Some((value(row, feature)?, record_name(row.id.as_deref(), hash)))
        };
        one_a_record(sample)
            .filter_map(|(hash, row)| named((hash, row)))
            .collect::<Vec<_>>()
    };
    let largest = samples.iter().map(|(_, target)| valued(target));
    let mut rows = largest.max_by_key(Vec::len).unwrap_or_default();
    rows.sort_by(|(a, id), (b, other)| {
        let outer_first = if to < from {
            a.total_cmp(b)
        } else {
            b.total_cmp(a)
        };
        outer_first.then_with(|| id.cmp(other))
    });
    rows.truncate(SHOWN);
    let record = |(value, id)| TellingRecord {
        id,
        role: format!("{feature} {}", number(value)),
        distance: None,
    };
    rows.into_iter().map(record).collect()
}
