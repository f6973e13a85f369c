//! What of single records a profile keeps: ids in three ways, and samples that
//! are lowered afterwards.

use driftsphere::ErrorKind;
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, IdMode, Profile, ProfileBuilder, ProfileConfig, Role, SpaceConfig, fit,
    profile_reference,
};
use driftsphere::sketch::{SampleBudget, hash_bytes};
use ndarray::Array2;
use proptest::prelude::*;

const DIM: usize = 6;

/// Rows with ids, four classes and a group; `salt` chooses other vectors.
fn track(
    builder: &mut ProfileBuilder,
    rows: std::ops::Range<usize>,
    ids: bool,
) -> driftsphere::Result<()> {
    let n = rows.len();
    let texts =
        |text: &dyn Fn(usize) -> String| Column::from(rows.clone().map(text).collect::<Vec<_>>());
    let value = |i: usize, j: usize| {
        let bits = hash_bytes(5, &[i.to_le_bytes(), j.to_le_bytes()].concat());
        (bits % 1000) as f32 / 100.0 - 3.0
    };
    let vectors = Array2::from_shape_fn((n, DIM), |(i, j)| value(rows.start + i, j));
    let mut batch = Batch::new(n)
        .labels(texts(&|i| format!("class {}", i % 4)))
        .groups(texts(&|i| format!("video {}", i % 5)))
        .space("e", vectors.view());
    if ids {
        // Some ids come twice.
        batch = batch.ids(texts(&|i| format!("secret-{}.png", i - i % 7 / 6)));
    }
    builder.track_batch(&batch)
}

fn profile(config: &ProfileConfig, rows: std::ops::Range<usize>, ids: bool) -> Profile {
    let mut builder = ProfileBuilder::new(config.clone()).unwrap();
    track(&mut builder, rows, ids).unwrap();
    builder.freeze()
}

fn config(ids: IdMode) -> ProfileConfig {
    let space = SpaceConfig::new(DIM).sample_rows(40);
    ProfileConfig::new().seed(9).ids(ids).space("e", space)
}

fn reference(ids: IdMode) -> Profile {
    let options = FitOptions {
        clusters: 3,
        seed: 0,
        ..FitOptions::default()
    };
    profile_reference(config(ids), options, |builder| track(builder, 0..300, true)).unwrap()
}

fn has(profile: &Profile, text: &str) -> bool {
    let bytes = profile.to_bytes();
    bytes.windows(text.len()).any(|w| w == text.as_bytes())
}

#[test]
fn only_plain_ids_can_be_read() {
    assert!(has(&reference(IdMode::Plain), "secret"));
    for mode in [IdMode::Hashed, IdMode::None] {
        let profile = reference(mode);
        assert!(!has(&profile, "secret"), "{mode}");
        let read = Profile::from_bytes(&profile.to_bytes()).unwrap();
        assert_eq!(read, profile);
        assert_eq!(read.config().ids, mode);
    }
}

#[test]
fn hashed_ids_draw_the_same_records_and_name_them_alike_everywhere() {
    let (plain, hashed) = (reference(IdMode::Plain), reference(IdMode::Hashed));
    let (a, b) = (&plain.spaces()["e"], &hashed.spaces()["e"]);
    assert!(a.sample().totals().eq(b.sample().totals()));
    assert_eq!(a.own_distance(), b.own_distance());
    for entry in b.sample().rows() {
        assert_eq!(entry.row.id, Some(format!("#{:016x}", entry.hash)));
    }
    let names = b.novel().iter().map(|record| &record.id);
    let medoids = b.clusters().iter().filter_map(|c| c.nearest());
    for name in names.chain(medoids.map(|m| &m.id)) {
        assert!(name.starts_with('#') && name.len() == 17, "{name}");
    }
}

/// `none` is what records without ids give, but for the configuration.
#[test]
fn without_ids_is_as_if_records_had_come_without() {
    let asked = profile(&config(IdMode::None), 0..200, true);
    let never = profile(&config(IdMode::Plain), 0..200, false);
    assert_eq!(asked.spaces(), never.spaces());
    assert_eq!(asked.features(), never.features());
}

#[test]
fn a_codebook_that_names_records_is_concealed() {
    let books = fit(
        &profile(&config(IdMode::Plain), 0..200, true),
        FitOptions::default(),
    );
    let books = books.unwrap();
    for mode in [IdMode::Hashed, IdMode::None] {
        let measured = config(mode).with_codebooks(&books, Role::Plain).unwrap();
        let target = profile(&measured, 200..300, true);
        assert!(!has(&target, "secret"), "{mode}");
        let book = target.config().spaces["e"].codebook.clone().unwrap();
        assert_eq!(book.content_hash(), books.books["e"].content_hash());
        let named = book
            .clusters()
            .iter()
            .filter(|c| c.medoid.is_some())
            .count();
        assert_eq!(named > 0, mode == IdMode::Hashed);
    }
}

#[test]
fn unlike_ids_do_not_merge() {
    let mut plain = profile(&config(IdMode::Plain), 0..50, true);
    let hashed = profile(&config(IdMode::Hashed), 50..90, true);
    let error = plain.merge(&hashed).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incompatible);
    assert_eq!(
        error.to_string(),
        "cannot merge profiles of unlike ids: plain and hashed"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Shrinking gives the profile of its configuration; shrinking on the way, or
    /// parts before they are merged, leaves no trace.
    #[test]
    fn shrinking_is_canonical(
        sample in 0..60_usize,
        bytes in prop::sample::select(vec![0_usize, 900, 3_000, 12_000, 4 << 20]),
        rows in 0..70_usize,
        fewer in prop::option::of(0..9_000_usize),
        cut in 0..250_usize,
        max_classes in 1..6_usize,
        with_centres: bool,
    ) {
        let space = SpaceConfig::new(DIM).sample_rows(sample).sample_bytes(bytes);
        let mut config = ProfileConfig::new().max_classes(max_classes).space("e", space);
        if with_centres {
            let plain = ProfileConfig::new().space("e", SpaceConfig::new(DIM));
            let books = fit(&profile(&plain, 0..60, true), FitOptions::default()).unwrap();
            config = config.with_codebooks(&books, Role::Plain).unwrap();
        }
        let whole = profile(&config, 0..250, true);
        let shrunk = whole.shrink(rows, fewer).unwrap();
        let fresh = profile(shrunk.config(), 0..250, true);
        prop_assert!(shrunk.to_bytes() == fresh.to_bytes());
        prop_assert!(shrunk.config().spaces["e"].sample_bytes <= fewer.unwrap_or(bytes).min(bytes));

        let by_steps = whole.shrink(rows.saturating_add(9), None).unwrap();
        prop_assert!(by_steps.shrink(rows, fewer).unwrap().to_bytes() == shrunk.to_bytes());

        let part = |rows_of| profile(&config, rows_of, true).shrink(rows, fewer).unwrap();
        let mut merged = part(0..cut);
        merged.merge(&part(cut..250)).unwrap();
        prop_assert!(merged.to_bytes() == shrunk.to_bytes());
    }
}

/// On the way to nothing, fewer rows overall lower the bytes; none of it shows at
/// the end.
#[test]
fn nothing_is_the_same_by_every_way() {
    let space = SpaceConfig::new(DIM).sample_rows(10).sample_bytes(3_000);
    let whole = profile(
        &ProfileConfig::new().space("e", space.clone()),
        0..250,
        true,
    );
    let nothing = whole.shrink(0, None).unwrap();
    let by_steps = whole.shrink(9, None).unwrap().shrink(0, None).unwrap();
    let never = profile(
        &ProfileConfig::new().space("e", space.sample_rows(0)),
        0..250,
        true,
    );
    assert!(nothing.to_bytes() == by_steps.to_bytes());
    assert!(nothing.to_bytes() == never.to_bytes());
}

#[test]
fn a_sample_with_room_for_every_group_keeps_its_bytes() {
    let whole = profile(&config(IdMode::Plain), 0..300, true);
    let shrunk = whole.shrink(10, None).unwrap();
    let asked = config(IdMode::Plain).space("e", SpaceConfig::new(DIM).sample_rows(10));
    assert_eq!(shrunk.config(), &asked);
    assert!(shrunk.to_bytes() == profile(&asked, 0..300, true).to_bytes());
    assert!(shrunk.to_bytes().len() < whole.to_bytes().len());

    let nothing = reference(IdMode::Plain).shrink(0, None).unwrap();
    let space = &nothing.spaces()["e"];
    assert!(space.novel().is_empty() && space.sample().is_empty());
    assert!(space.classes().values().all(|c| c.nearest().is_none()));
}

#[test]
fn lowered_budgets_never_give_a_group_more_rows() {
    for dim in [1, 64, 512, 4096] {
        for bytes in [0, 10_000, 1 << 20, 4 << 20, 64 << 20] {
            for k in [0, 10, 1024, 100_000] {
                let before = SampleBudget::new(bytes, dim, k);
                for fewer in [0, 5, 900, 1024] {
                    let lowered = before.lowered(bytes, dim, fewer.min(k), 1024);
                    let after = SampleBudget::new(lowered, dim, fewer.min(k));
                    assert!(lowered <= bytes && after.overall <= before.overall);
                    for groups in [1, 2, 8, 100, 1000, 1024] {
                        assert!(after.per_group(groups) <= before.per_group(groups));
                    }
                }
            }
        }
    }
}
