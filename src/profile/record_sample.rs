//! The sample of records where there is no embedding space to sample.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ingest::{Column, Objects, Value};
use crate::sketch::{CoordinatedSample, hash_bytes, hash_text};

use super::chunk::Chunk;
use super::config::ProfileConfig;
use super::feature::Feature;
use super::object_table::ObjectTable;
use super::sampling::smallest_first;

/// Bytes that a sampled record is reckoned at: itself, and each of its features.
const RECORD_BYTES: usize = 96;
const FEATURE_BYTES: usize = 16;

/// Records that may be kept where they may have so many numbers, features and those of their
/// objects: they fit into the bytes of the configuration whatever values come.
///
/// The number of records only falls as features appear, so it depends on which features came
/// in the end, not on when ([`CoordinatedSample::set_k`]).
pub(crate) fn record_rows(config: &ProfileConfig, numbers: usize) -> usize {
    if !config.spaces.is_empty() || config.sealed {
        return 0;
    }
    let bytes = RECORD_BYTES.saturating_add(numbers.saturating_mul(FEATURE_BYTES));
    config.sample_rows.min(config.sample_bytes / bytes)
}

/// Numbers that sampled records of a profile with these features and objects may have.
pub(super) fn sampled_numbers(
    features: &BTreeMap<String, Feature>,
    objects: &BTreeMap<String, ObjectTable>,
) -> usize {
    let of_objects = objects.values().map(ObjectTable::sampled_numbers);
    features.len() + of_objects.sum::<usize>()
}

/// Offers the records of a chunk, those of the smallest hashes first.
pub(crate) fn offer(sample: &mut CoordinatedSample, chunk: &Chunk<'_, '_>) {
    let contents = Contents::new(chunk);
    let hash = |row| chunk.id_hash(row).unwrap_or_else(|| contents.hash(row));
    let rows = (0..chunk.rows().len()).map(|row| (hash(row), row));
    let mut rows: Vec<(u64, usize)> = rows.filter(|(hash, _)| sample.accepts(*hash)).collect();
    smallest_first(&mut rows, sample.k(), |hash, row| {
        let is_accepted = sample.accepts(hash);
        if is_accepted {
            sample.update(hash, Arc::new(chunk.record_row(row)));
        }
        is_accepted
    });
}

/// What records say, as one number: it draws those that have no id.
struct Contents<'a, 'c, 'b> {
    chunk: &'a Chunk<'c, 'b>,
    /// Each feature with a seed made of its name.
    features: Vec<(u64, &'a Column)>,
    /// Each number of the objects of each kind, likewise.
    objects: Vec<(u64, &'a Objects, &'a [f64])>,
}

impl<'a, 'c, 'b> Contents<'a, 'c, 'b> {
    fn new(chunk: &'a Chunk<'c, 'b>) -> Self {
        let seeded = |(name, column)| (hash_text(chunk.seed(), name), column);
        let numbers = |(kind, objects): (&str, &'a Objects)| {
            let seed = hash_text(chunk.seed(), kind);
            let seeded = move |(name, values)| (hash_text(seed, name), objects, values);
            objects.features().map(seeded).collect::<Vec<_>>()
        };
        Self {
            features: chunk.batch().features().map(seeded).collect(),
            objects: chunk.batch().object_kinds().flat_map(numbers).collect(),
            chunk,
        }
    }

    /// A sum, so that the order of the columns and of a record's objects leaves no trace.
    fn hash(&self, row: usize) -> u64 {
        let at = self.chunk.rows().start + row;
        let batch = self.chunk.batch();
        let text = |seed, text: &str| hash_text(self.chunk.seed() ^ seed, text);
        let mut sum = self
            .chunk
            .classes()
            .name(row)
            .map_or(0, |name| text(1, name));
        sum = sum.wrapping_add(batch.group(at).map_or(0, |group| text(2, &group)));
        if let Some(time) = batch.time(at) {
            sum = sum.wrapping_add(hash_bytes(self.chunk.seed() ^ 3, &time.to_le_bytes()));
        }
        let number = |seed, value: f64| hash_bytes(seed, &(value + 0.0).to_le_bytes());
        for &(seed, objects, values) in &self.objects {
            for value in values[objects.range(at)].iter().filter(|v| !v.is_nan()) {
                sum = sum.wrapping_add(number(seed, *value));
            }
        }
        for &(seed, column) in &self.features {
            sum = sum.wrapping_add(match column.value(at) {
                Value::Null => 0,
                Value::Int(value) => number(seed, value as f64),
                Value::Float(value) if value.is_nan() => number(seed, f64::NAN),
                Value::Float(value) => number(seed, value),
                Value::Bool(value) => hash_bytes(seed, &[u8::from(value)]),
                Value::Text(value) => hash_text(seed, value),
            });
        }
        // Sums of few terms would not be spread evenly where a term is 0.
        hash_bytes(self.chunk.seed(), &sum.to_le_bytes())
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::{Batch, Column, Objects};
    use crate::profile::{Profile, ProfileBuilder, ProfileConfig};

    fn batch(n: usize, first: usize, ids: bool) -> Batch<'static> {
        let rows = first..first + n;
        let batch = Batch::new(n)
            .feature(
                "score",
                Column::Float(rows.clone().map(|i| (i as f64).sqrt()).collect()),
            )
            .feature(
                "camera",
                Column::Text(rows.clone().map(|i| format!("camera {}", i % 3)).collect()),
            );
        match ids {
            true => batch.ids(Column::Text(rows.map(|i| format!("record {i}")).collect())),
            false => batch,
        }
    }

    fn profile(config: &ProfileConfig, parts: &[(usize, usize)], ids: bool) -> Profile {
        let mut builder = ProfileBuilder::new(config.clone()).unwrap();
        for &(first, n) in parts {
            builder.track_batch(&batch(n, first, ids)).unwrap();
        }
        builder.freeze()
    }

    #[test]
    fn the_sample_is_that_of_any_division_and_merge() {
        for ids in [true, false] {
            let config = ProfileConfig::new().sample_rows(50);
            let whole = profile(&config, &[(0, 20_000)], ids);
            assert_eq!(whole.sample().len(), 50);
            let parts = profile(&config, &[(19_000, 1_000), (0, 4), (4, 18_996)], ids);
            assert_eq!(parts.to_bytes(), whole.to_bytes());
            let mut merged = profile(&config, &[(7_000, 13_000)], ids);
            merged.merge(&profile(&config, &[(0, 7_000)], ids)).unwrap();
            assert_eq!(merged.to_bytes(), whole.to_bytes());
            assert_eq!(Profile::from_bytes(&whole.to_bytes()).unwrap(), whole);
            let row = whole.sample().rows().next().unwrap().row;
            assert_eq!(row.id.is_some(), ids);
            assert_eq!(row.features.len(), 1, "numbers only");
        }
    }

    #[test]
    fn how_many_objects_a_record_has_and_their_means_are_kept() {
        let config = ProfileConfig::new();
        let boxes = |records: std::ops::Range<usize>, back: bool| {
            let mut boxes = Objects::new(&["score", "area"]).unwrap();
            for record in records {
                let mut own: Vec<usize> = (0..record % 3).collect();
                if back {
                    own.reverse();
                }
                for at in own {
                    boxes.push(None, &[0.1 * at as f64, f64::NAN]).unwrap();
                }
                boxes.end_record();
            }
            boxes
        };
        let learned = |parts: &[(usize, usize)], ids: bool, back: bool| {
            let mut builder = ProfileBuilder::new(config.clone()).unwrap();
            for &(first, n) in parts {
                let objects = boxes(first..first + n, back);
                let batch = batch(n, first, ids).objects("box", objects);
                builder.track_batch(&batch).unwrap();
            }
            builder.freeze()
        };
        for ids in [true, false] {
            let whole = learned(&[(0, 300)], ids, false);
            let parts = learned(&[(200, 100), (0, 200)], ids, true);
            assert_eq!(parts.to_bytes(), whole.to_bytes());
            assert_eq!(Profile::from_bytes(&whole.to_bytes()).unwrap(), whole);
            for entry in whole.sample().rows() {
                let numbers = &entry.row.features;
                let names: Vec<&str> = numbers.iter().map(|(name, _)| name.as_str()).collect();
                match numbers[0].1 as usize {
                    0 => assert_eq!(names, ["box count", "score"]),
                    n => {
                        assert_eq!(names, ["box count", "box score", "score"]);
                        assert_eq!(numbers[1].1, [0.0, 0.05][n - 1]);
                    }
                }
            }
        }
        // A number of the record's own is not taken for that of its objects.
        let own = Batch::new(3)
            .feature("box count", Column::Float(vec![7.0; 3]))
            .objects("box", boxes(0..3, false));
        let mut builder = ProfileBuilder::new(config.clone()).unwrap();
        builder.track_batch(&own).unwrap();
        let profile = builder.freeze();
        let row = profile.sample().rows().next().unwrap().row;
        assert_eq!(row.features[0], ("box count".to_owned(), 7.0));
    }

    /// Records that say nothing but through their objects.
    #[test]
    fn records_without_ids_are_told_apart_by_their_objects() {
        let mut boxes = Objects::new(&["score"]).unwrap();
        for record in 0..500 {
            boxes.push(None, &[f64::from(record)]).unwrap();
            boxes.end_record();
        }
        let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
        let batch = Batch::new(500).objects("box", boxes);
        builder.track_batch(&batch).unwrap();
        assert_eq!(builder.freeze().sample().len(), 500);
    }

    #[test]
    fn more_features_leave_fewer_records_in_the_same_bytes() {
        let config = ProfileConfig::new().sample_bytes(10_000);
        let names: Vec<String> = (0..40).map(|i| format!("feature {i}")).collect();
        let wide = |n: usize| {
            let mut batch = Batch::new(n);
            for (i, name) in names.iter().enumerate() {
                let values = (0..n).map(|row| (row * 41 + i) as f64);
                batch = batch.feature(name.as_str(), Column::Float(values.collect()));
            }
            let mut builder = ProfileBuilder::new(config.clone()).unwrap();
            builder.track_batch(&batch).unwrap();
            builder.freeze()
        };
        let narrow = profile(&config, &[(0, 1_000)], true);
        assert_eq!(narrow.sample().len(), 10_000 / (96 + 2 * 16));
        let both = {
            let mut both = narrow.clone();
            both.merge(&wide(1_000)).unwrap();
            both
        };
        assert_eq!(both.sample().len(), 10_000 / (96 + 42 * 16));
        let mut other_way = wide(1_000);
        other_way.merge(&narrow).unwrap();
        assert_eq!(other_way.to_bytes(), both.to_bytes());
    }

    #[test]
    fn shrunk_is_learned_with_less_and_none_is_none() {
        let config = ProfileConfig::new();
        let whole = profile(&config, &[(0, 5_000)], true);
        let shrunk = whole.shrink(20, None).unwrap();
        let learned = profile(&config.clone().sample_rows(20), &[(0, 5_000)], true);
        assert_eq!(shrunk.to_bytes(), learned.to_bytes());
        let none = profile(&config.sample_rows(0), &[(0, 5_000)], true);
        assert!(none.sample().is_empty());
    }
}
