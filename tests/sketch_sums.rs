//! Directions, samples, categories and tallies: merge equals whole for any split
//! and order, byte for byte, and answers equal naive ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use driftsphere::ErrorKind;
use driftsphere::sketch::{Categories, CoordinatedSample, Directions, SampleRow, Tally};
use half::f16;
use proptest::prelude::*;
use proptest::sample::Index;

fn bytes<T: serde::Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap()
}

/// Records in two orders, and where to cut the second into shards.
fn splits<T: Clone + std::fmt::Debug + 'static>(
    record: impl Strategy<Value = T> + 'static,
    most: usize,
) -> impl Strategy<Value = (Vec<T>, Vec<Vec<T>>)> {
    let cuts = prop::collection::vec(any::<Index>(), 0..5);
    let records = prop::collection::vec(record, 0..most);
    let shuffled = records.prop_flat_map(|r| (Just(r.clone()), Just(r).prop_shuffle()));
    (shuffled, cuts).prop_map(|((whole, shuffled), cuts)| {
        let mut cuts: Vec<usize> = cuts.iter().map(|c| c.index(whole.len() + 1)).collect();
        cuts.extend([0, whole.len()]);
        cuts.sort_unstable();
        let shards = cuts.windows(2).map(|w| shuffled[w[0]..w[1]].to_vec());
        (whole, shards.collect())
    })
}

// Directions

const DIM: usize = 5;

fn row() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(-1.0..1.0_f32, DIM)
}

/// 1 / |row|, or 0 for a row of zeros.
fn inverse(row: &[f32]) -> f64 {
    let norm = row
        .iter()
        .map(|v| f64::from(*v).powi(2))
        .sum::<f64>()
        .sqrt();
    if norm > 0.0 { 1.0 / norm } else { 0.0 }
}

fn directions(rows: &[Vec<f32>]) -> Directions {
    let mut directions = Directions::new(DIM);
    rows.iter()
        .for_each(|row| directions.update_scaled(row, inverse(row)));
    directions
}

proptest! {
    #[test]
    fn directions_merge_to_the_whole((rows, shards) in splits(row(), 40)) {
        let whole = directions(&rows);
        let mut merged = Directions::new(DIM);
        for shard in &shards {
            merged.merge(&directions(shard)).unwrap();
        }
        prop_assert_eq!(bytes(&merged), bytes(&whole));
        prop_assert_eq!(&merged, &whole);
        let back: Directions = postcard::from_bytes(&bytes(&whole)).unwrap();
        prop_assert_eq!(&back, &whole);

        // Taking the shards out again, all but the first, leaves the first.
        for shard in &shards[1..] {
            merged.subtract(&directions(shard)).unwrap();
        }
        prop_assert_eq!(bytes(&merged), bytes(&directions(&shards[0])));
    }

    #[test]
    fn directions_equal_the_naive_sum(rows in prop::collection::vec(row(), 1..40)) {
        let directions = directions(&rows);
        let n = rows.len() as f64;
        // Each coordinate of each row is off by half of 2^-40.
        let bound = n * 2.0_f64.powi(-41) + 1e-14 * n;
        let naive = |skip: usize, i: usize| -> f64 {
            let kept = rows.iter().enumerate().filter(|(at, _)| *at != skip);
            kept.map(|(_, row)| f64::from(row[i]) * inverse(row)).sum()
        };
        let sum = directions.sum();
        let mean = directions.mean().unwrap();
        let (mut fixed, mut without) = ([0; DIM], [0.0; DIM]);
        Directions::to_fixed(&rows[0], inverse(&rows[0]), &mut fixed);
        directions.sum_without(&fixed, &mut without);
        for i in 0..DIM {
            prop_assert!((sum[i] - naive(usize::MAX, i)).abs() <= bound);
            prop_assert!((mean[i] - sum[i] / n).abs() <= f64::EPSILON);
            prop_assert!((without[i] - naive(0, i)).abs() <= bound);
        }
        let length = sum.iter().map(|v| v * v).sum::<f64>().sqrt();
        prop_assert!((directions.resultant_length().unwrap() - length / n).abs() < 1e-12);

        let mut by_fixed = Directions::new(DIM);
        for row in &rows {
            Directions::to_fixed(row, inverse(row), &mut fixed);
            by_fixed.update_fixed(&fixed);
        }
        prop_assert_eq!(&by_fixed, &directions);
    }
}

#[test]
fn directions_stay_exact_past_the_range_of_an_i64() {
    let one = {
        let mut one = Directions::new(2);
        one.update_scaled(&[1.0, -1.0], 1.0);
        one
    };
    // Doubling 30 times: 2^30 rows of 2^40 each do not fit into 63 bits.
    let mut doubled = one.clone();
    for _ in 0..30 {
        doubled.merge(&doubled.clone()).unwrap();
    }
    assert_eq!(doubled.count(), 1 << 30);
    assert_eq!(doubled.sum(), [1_073_741_824.0, -1_073_741_824.0]);
    // One row at a time over the edge, from the stored form of 2^23 - 1 rows.
    let mut edge = Directions::new(2);
    for power in 0..23 {
        let mut part = one.clone();
        (0..power).for_each(|_| part.merge(&part.clone()).unwrap());
        edge.merge(&part).unwrap();
    }
    assert_eq!(edge.count(), (1 << 23) - 1);
    for rows in [8_388_608.0, 8_388_609.0] {
        edge.update_scaled(&[1.0, -1.0], 1.0);
        assert_eq!(edge.sum(), [rows, -rows]);
        let mut without = [0.0; 2];
        edge.sum_without(&[1 << 40, -1 << 40], &mut without);
        assert_eq!(without, [rows - 1.0, 1.0 - rows]);
        let stored: Directions = postcard::from_bytes(&bytes(&edge)).unwrap();
        assert_eq!(stored, edge);
    }
    // And back below it.
    let mut back = doubled.clone();
    let mut most = doubled.clone();
    most.subtract(&one).unwrap();
    back.subtract(&most).unwrap();
    assert_eq!(bytes(&back), bytes(&one));
}

#[test]
fn directions_without_an_answer_give_none() {
    let empty = Directions::new(3);
    assert!(empty.mean().is_none() && empty.mean_direction().is_none());
    assert!(empty.resultant_length().is_none() && empty.concentration().is_none());
    let mut opposite = Directions::new(2);
    opposite.update_scaled(&[0.6, 0.8], 1.0);
    assert!(opposite.concentration().is_none_or(|kappa| kappa > 1e6)); // one direction
    opposite.update_scaled(&[-0.6, -0.8], 1.0);
    assert_eq!(opposite.resultant_length(), Some(0.0));
    assert!(opposite.mean_direction().is_none());
    assert_eq!(opposite.concentration(), Some(0.0));
}

#[test]
fn concentration_is_that_of_the_formula() {
    let mut directions = Directions::new(3);
    for row in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]] {
        directions.update_scaled(&row, 1.0);
    }
    // R = 1 / sqrt 3, so kappa = R (3 - 1/3) / (1 - 1/3) = 4 / sqrt 3.
    let kappa = directions.concentration().unwrap();
    assert!((kappa - 4.0 / 3.0_f64.sqrt()).abs() < 1e-12);
}

#[test]
fn directions_of_different_kinds_do_not_mix() {
    let (mut two, three) = (Directions::new(2), Directions::new(3));
    assert_eq!(
        two.merge(&three).unwrap_err().kind(),
        ErrorKind::Incompatible
    );
    assert_eq!(
        two.subtract(&three).unwrap_err().kind(),
        ErrorKind::Incompatible
    );
    let mut other = Directions::new(2);
    other.update_scaled(&[1.0, 0.0], 1.0);
    let error = two.subtract(&other).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
    // The right number of rows, but not these rows.
    two.update_scaled(&[-1.0, 0.0], 1.0);
    assert!(two.subtract(&other).is_err() && two.count() == 1);
}

// Coordinated sample

/// Few hashes and few contents, so that copies and collisions are common.
fn sampled() -> impl Strategy<Value = (u64, u8)> {
    (0..30_u64, 0..7_u8)
}

fn content(value: u8) -> Arc<SampleRow> {
    Arc::new(SampleRow {
        class: Some(format!("class {}", value % 3)),
        vector: vec![f16::from_f32(f32::from(value)); 2],
        ..SampleRow::default()
    })
}

fn sample(k: usize, rows: &[(u64, u8)]) -> CoordinatedSample {
    let mut sample = CoordinatedSample::new(k);
    rows.iter()
        .for_each(|(hash, value)| sample.update(*hash, content(*value)));
    sample
}

proptest! {
    #[test]
    fn samples_merge_to_the_whole(
        (rows, shards) in splits(sampled(), 120),
        k in 0_usize..12,
        more in prop::collection::vec(0_usize..20, 5),
    ) {
        let whole = sample(k, &rows);
        let mut merged = CoordinatedSample::new(usize::MAX);
        for (shard, more) in shards.iter().zip(more.iter().cycle()) {
            // A shard may have kept more than what is wanted in the end.
            let mut shard = sample(k + more, shard);
            shard.merge(&CoordinatedSample::new(k + more / 2)).unwrap();
            merged.merge(&shard).unwrap();
        }
        merged.set_k(k);
        prop_assert_eq!(bytes(&merged), bytes(&whole));
        prop_assert_eq!(&merged, &whole);
        let back: CoordinatedSample = postcard::from_bytes(&bytes(&whole)).unwrap();
        prop_assert_eq!(&back, &whole);
        prop_assert_eq!(CoordinatedSample::from_parts(k, whole.parts()).unwrap(), whole);
    }

    #[test]
    fn a_sample_equals_the_naive_one(rows in prop::collection::vec(sampled(), 0..120), k in 0_usize..12) {
        let found = sample(k, &rows);
        let hashes: BTreeSet<u64> = rows.iter().map(|row| row.0).collect();
        let kept: BTreeSet<u64> = hashes.into_iter().take(k).collect();
        let mut naive = Vec::new();
        for hash in &kept {
            let mut counts = BTreeMap::new();
            for (_, value) in rows.iter().filter(|row| row.0 == *hash) {
                *counts.entry(content(*value).to_bytes()).or_insert(0_u64) += 1;
            }
            naive.extend(counts.into_iter().take(4).map(|(row, count)| (*hash, row, count)));
        }
        let found_rows = found.rows().map(|row| (row.hash, row.row.to_bytes(), row.count));
        prop_assert_eq!(found_rows.collect::<Vec<_>>(), naive);
        prop_assert_eq!(found.len(), kept.len());
        let total = rows.iter().filter(|row| kept.contains(&row.0)).count();
        prop_assert_eq!(found.total(), total as u64);
        let full = kept.len() == k && k > 0;
        prop_assert_eq!(found.threshold(), kept.last().copied().filter(|_| full));
        for hash in 0..31 {
            let accepted = k > 0 && (!full || hash <= *kept.last().unwrap());
            prop_assert_eq!(found.accepts(hash), accepted);
        }
    }
}

// Categories

fn categories(cap: usize, values: &[u8]) -> Categories {
    let mut categories = Categories::new(cap).unwrap();
    values
        .iter()
        .for_each(|v| categories.update(&v.to_string()));
    categories
}

proptest! {
    #[test]
    fn categories_are_canonical_up_to_the_cap((values, shards) in splits(0..12_u8, 80)) {
        let whole = categories(12, &values);
        let mut merged = Categories::new(12).unwrap();
        for shard in &shards {
            merged.merge(&categories(12, shard)).unwrap();
        }
        prop_assert!(whole.is_exact());
        prop_assert_eq!(bytes(&merged), bytes(&whole));
        for (value, count) in whole.iter() {
            let truth = values.iter().filter(|v| v.to_string() == value).count() as u64;
            prop_assert_eq!((count.lower_bound, count.upper_bound), (truth, truth));
        }
        let back: Categories = postcard::from_bytes(&bytes(&whole)).unwrap();
        prop_assert_eq!(back, whole);
    }

    #[test]
    fn categories_keep_their_bounds_past_the_cap(
        (values, shards) in splits(prop_oneof![0..4_u8, 0..60_u8], 200),
        cap in 1_usize..10,
    ) {
        let mut merged = Categories::new(cap).unwrap();
        for shard in &shards {
            merged.merge(&categories(cap, shard)).unwrap();
        }
        let distinct: BTreeSet<u8> = values.iter().copied().collect();
        for counts in [categories(cap, &values), merged] {
            prop_assert_eq!(counts.total(), values.len() as u64);
            prop_assert_eq!(counts.is_exact(), distinct.len() <= cap);
            prop_assert!(counts.len() <= cap);
            let most = values.len() as u64 / (cap as u64 + 1);
            prop_assert!(counts.max_error() <= most, "{} > {most}", counts.max_error());
            for value in 0..60_u8 {
                let truth = values.iter().filter(|v| **v == value).count() as u64;
                let found = counts.estimate(&value.to_string());
                prop_assert!(found.lower_bound <= truth && truth <= found.upper_bound);
            }
            let back: Categories = postcard::from_bytes(&bytes(&counts)).unwrap();
            prop_assert_eq!(back, counts);
        }
    }
}

#[test]
fn merged_categories_lose_the_next_largest_count() {
    let mut counts = Categories::new(2).unwrap();
    let mut other = counts.clone();
    counts.update_many("a", 5);
    counts.update_many("b", 6);
    other.update_many("c", 7);
    other.update_many("d", 8);
    counts.merge(&other).unwrap();
    let kept: Vec<_> = counts
        .iter()
        .map(|(v, c)| (v, c.lower_bound, c.upper_bound))
        .collect();
    assert_eq!(kept, [("c", 1, 7), ("d", 2, 8)]);
    assert_eq!((counts.total(), counts.max_error()), (26, 6));
    assert_eq!(counts.estimate("a").upper_bound, 6);
}

#[test]
fn long_categories_are_cut_and_still_told_apart() {
    let mut categories = Categories::new(4).unwrap();
    let (a, b) = ("x".repeat(5000), "x".repeat(5001));
    categories.update_many(&a, 2);
    categories.update(&b);
    categories.update_many("never", 0);
    assert_eq!((categories.len(), categories.total()), (2, 3));
    assert_eq!(categories.estimate(&a).estimate, 2);
    assert!(categories.iter().all(|(value, _)| value.len() <= 256));
    assert!(Categories::new(0).is_err());
    let error = categories.merge(&Categories::new(5).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incompatible);
}

// Tally

fn tally(records: &[u16]) -> Tally {
    let mut tally = Tally::new();
    for record in records {
        match record {
            0..50 => tally.read(1),
            50..400 => tally.skip(&format!("reason {record}"), 1),
            400 => tally.skip("other", 1),
            _ => tally.fail(&format!("fault {record}"), 2),
        }
    }
    tally
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn tallies_merge_to_the_whole((records, shards) in splits(0..420_u16, 1500)) {
        let whole = tally(&records);
        let mut merged = Tally::new();
        for shard in &shards {
            merged.merge(&tally(shard)).unwrap();
        }
        prop_assert_eq!(bytes(&merged), bytes(&whole));
        let back: Tally = postcard::from_bytes(&bytes(&whole)).unwrap();
        prop_assert_eq!(&back, &whole);

        let read = records.iter().filter(|r| **r < 50).count() as u64;
        let failed = 2 * records.iter().filter(|r| **r > 400).count() as u64;
        let skipped = records.len() as u64 - read - failed / 2;
        prop_assert_eq!((whole.read_count(), whole.failed_count()), (read, failed));
        prop_assert_eq!((whole.skipped_count(), whole.total()), (skipped, read + skipped + failed));
        prop_assert!(whole.skipped().count() <= 256);
        let named = records.iter().filter(|r| (50..400).contains(*r));
        let reasons: BTreeSet<String> = named.map(|r| format!("reason {r}")).collect();
        let kept = whole.skipped().map(|(reason, _)| reason).filter(|r| *r != "other");
        let smallest = reasons.iter().map(String::as_str).take(255);
        prop_assert!(kept.eq(smallest));
    }
}
