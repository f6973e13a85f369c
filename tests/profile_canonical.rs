//! A profile's bytes are a function of the multiset of records and the
//! configuration: not of order, batches, threads, shards or merges.

use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    Codebooks, FitOptions, Profile, ProfileBuilder, ProfileConfig, Role, SpaceConfig, fit,
};
use ndarray::Array2;
use proptest::prelude::*;

const DIM: usize = 6;

/// One record: id, label, prediction, time, score, vector. Small alphabets make
/// repeats, ties, zero rows and crowded class tables likely.
#[derive(Debug, Clone, Copy)]
struct Row {
    id: u8,
    label: u8,
    prediction: u8,
    group: u8,
    time: i64,
    score: f64,
    note: u8,
    vector: [f32; DIM],
}

fn row() -> impl Strategy<Value = Row> {
    let score = prop_oneof![
        5 => -2.0..2.0_f64,
        1 => prop::sample::select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, 1e300, 5e-324]),
    ];
    let element = prop_oneof![
        6 => -3.0..3.0_f32,
        2 => prop::sample::select(vec![0.0_f32, -0.0, 1.0]),
        1 => prop::sample::select(vec![f32::NAN, 3e38, 1e-40, f32::NEG_INFINITY]),
    ];
    let vector = prop_oneof![
        8 => prop::array::uniform6(element),
        1 => Just([0.0; DIM]),
        1 => Just([1.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
    ];
    (
        0..40_u8,
        0..7_u8,
        0..9_u8,
        0..3_u8,
        0..50_i64,
        score,
        0..5_u8,
        vector,
    )
        .prop_map(
            |(id, label, prediction, group, time, score, note, vector)| Row {
                id,
                label,
                prediction,
                group,
                time,
                score,
                note,
                vector,
            },
        )
}

fn text(value: u8) -> String {
    match value {
        0 => String::new(), // missing
        v => format!("v{v}"),
    }
}

fn track(builder: &mut ProfileBuilder, rows: &[Row], ids: bool) {
    let texts = |f: fn(&Row) -> u8| Column::Text(rows.iter().map(|r| text(f(r))).collect());
    let vectors = Array2::from_shape_fn((rows.len(), DIM), |(i, j)| rows[i].vector[j]);
    let halves = Array2::from_shape_fn((rows.len(), 2), |(i, j)| rows[i].vector[j + 1]);
    let mut batch = Batch::new(rows.len())
        .labels(texts(|r| r.label))
        .predictions(texts(|r| r.prediction))
        .groups(texts(|r| r.group))
        .times(rows.iter().map(|r| r.time).collect::<Vec<_>>())
        .feature(
            "score",
            Column::Float(rows.iter().map(|r| r.score).collect()),
        )
        .feature("note", texts(|r| r.note))
        .space("first", vectors.view())
        .space("second", halves.view());
    if ids {
        batch = batch.ids(texts(|r| r.id));
    }
    builder.track_batch(&batch).unwrap();
}

/// A profile made in batches of `size` rows on `threads` threads.
fn profile(
    config: &ProfileConfig,
    rows: &[Row],
    size: usize,
    threads: usize,
    ids: bool,
) -> Profile {
    let mut builder = ProfileBuilder::new(config.clone()).unwrap();
    builder.set_threads(threads).unwrap();
    for batch in rows.chunks(size.max(1)) {
        track(&mut builder, batch, ids);
    }
    builder.freeze()
}

/// Small samples and few classes, so that every cap is reached.
fn config() -> ProfileConfig {
    ProfileConfig::new()
        .max_classes(3)
        .space(
            "first",
            SpaceConfig::new(DIM).sample_rows(12).sample_bytes(4_000),
        )
        .space(
            "second",
            SpaceConfig::new(2).sample_rows(5).sample_bytes(1_500),
        )
}

fn shuffled(rows: &[Row], seed: u64) -> Vec<Row> {
    let mut keyed: Vec<(u64, Row)> = rows
        .iter()
        .enumerate()
        .map(|(i, r)| (driftsphere::sketch::hash_bytes(seed, &i.to_le_bytes()), *r))
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, r)| r).collect()
}

/// Merges shards as a tree whose shape `seed` decides.
fn merge_tree(mut shards: Vec<Profile>, seed: u64) -> Profile {
    let mut step = 0_u64;
    while shards.len() > 1 {
        let pick = driftsphere::sketch::hash_bytes(seed, &step.to_le_bytes()) as usize;
        step += 1;
        let other = shards.swap_remove(pick % shards.len());
        let target = pick / 7 % shards.len();
        shards[target].merge(&other).unwrap();
    }
    shards.pop().unwrap()
}

fn check(config: &ProfileConfig, rows: &[Row], seed: u64, parts: usize, ids: bool) {
    let whole = profile(config, rows, rows.len(), 1, ids);
    let bytes = whole.to_bytes();
    let other_order = shuffled(rows, seed);
    assert_eq!(
        profile(config, &other_order, 7, 1, ids).to_bytes(),
        bytes,
        "order and batches"
    );
    let many = rows.repeat(8);
    assert_eq!(
        profile(config, &many, many.len(), 8, ids).to_bytes(),
        profile(config, &many, 300, 1, ids).to_bytes(),
        "8 threads"
    );
    let per_part = rows.len().div_ceil(parts).max(1);
    let mut shards: Vec<Profile> = other_order
        .chunks(per_part)
        .map(|part| profile(config, part, 5, 1, ids))
        .collect();
    shards.push(profile(config, &[], 1, 1, ids)); // an empty shard leaves no trace
    let merged = merge_tree(shards, seed);
    assert_eq!(merged.to_bytes(), bytes, "shards");
    assert_eq!(Profile::from_bytes(&bytes).unwrap(), whole, "read back");
    assert_eq!(
        Profile::from_bytes(&bytes).unwrap().to_bytes(),
        bytes,
        "written again"
    );
}

fn books(config: &ProfileConfig, rows: &[Row]) -> Option<Codebooks> {
    let options = FitOptions {
        clusters: 3,
        seed: 1,
        ..FitOptions::default()
    };
    fit(&profile(config, rows, 9, 1, true), options).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn without_a_codebook(
        rows in prop::collection::vec(row(), 0..90),
        seed: u64,
        parts in 1..7_usize,
        ids: bool,
    ) {
        check(&config(), &rows, seed, parts, ids);
    }

    #[test]
    fn with_a_codebook_of_other_rows(
        fitted_on in prop::collection::vec(row(), 20..60),
        rows in prop::collection::vec(row(), 0..90),
        seed: u64,
        parts in 1..7_usize,
        ids: bool,
    ) {
        if let Some(books) = books(&config(), &fitted_on) {
            let config = config().with_codebooks(&books, Role::Plain).unwrap();
            check(&config, &rows, seed, parts, ids);
        }
    }

    #[test]
    fn as_the_reference_of_its_own_codebook(
        rows in prop::collection::vec(row(), 20..90),
        seed: u64,
        parts in 1..7_usize,
    ) {
        // The distributed route: profile shards, merge, fit, profile shards again, merge.
        let shards = rows.chunks(11).map(|part| profile(&config(), part, 4, 1, true)).collect();
        let merged = merge_tree(shards, seed);
        let options = FitOptions { clusters: 3, seed: 1, ..FitOptions::default() };
        if let (Ok(distributed), Some(local)) = (fit(&merged, options), books(&config(), &rows)) {
            prop_assert_eq!(distributed.to_bytes(), local.to_bytes());
            let config = config().with_codebooks(&local, Role::Reference).unwrap();
            check(&config, &rows, seed, parts, true);
        }
    }
}
