//! Files written by released versions: read for ever, and written again as they
//! were, byte for byte, as long as the format has the same version.
//!
//! To make them after a change of the format (say so in `CHANGELOG.md`, and keep
//! the old ones under the name of their version):
//!
//! ```text
//! DRIFTSPHERE_BLESS=1 cargo test --test profile_golden
//! ```

use driftsphere::ingest::{Batch, Column, Objects};
use driftsphere::profile::{
    Codebooks, FitOptions, Profile, ProfileBuilder, ProfileConfig, Role, SpaceConfig, fit,
};
use driftsphere::sphere::Distance;
use ndarray::Array2;
use std::path::{Path, PathBuf};

const ROWS: usize = 24;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

/// Compares with the file; writes it where that is asked for.
fn check(name: &str, bytes: &[u8]) {
    let path = golden(name);
    if std::env::var_os("DRIFTSPHERE_BLESS").is_some() {
        std::fs::write(&path, bytes).unwrap();
    }
    let stored = std::fs::read(&path).unwrap();
    assert!(
        stored == bytes,
        "{name}: {} bytes are written, other than the {} of the file",
        bytes.len(),
        stored.len()
    );
}

/// Two heaps of rows, far apart: whatever the CPU, clustering finds the same two.
/// The last row has no direction.
fn rows() -> Array2<f32> {
    Array2::from_shape_fn((ROWS, 4), |(i, j)| {
        let near = (i * 5 + j * 3) % 7;
        match (i + 1 == ROWS, i % 2 == j % 2) {
            (true, _) => 0.0,
            (false, true) => 8.0 + near as f32,
            (false, false) => near as f32 / 8.0,
        }
    })
}

fn texts(text: impl Fn(usize) -> String) -> Column {
    Column::from((0..ROWS).map(text).collect::<Vec<_>>())
}

/// Learns the records: every kind of column, ids that occur twice.
fn track(builder: &mut ProfileBuilder, rows: &Array2<f32>) {
    let batch = Batch::new(ROWS)
        .ids(texts(|i| format!("{:02}.jpg", i % 20)))
        .labels(texts(|i| ["cat", "dog"][i % 2].to_owned()))
        .groups(texts(|i| format!("video {}", i % 3)))
        .times((0..ROWS as i64).map(|i| 1_000 * i).collect::<Vec<i64>>())
        .feature("score", scores())
        .feature("camera", texts(|i| ["left", "right", ""][i % 3].to_owned()));
    let batch = match builder.config().spaces.is_empty() {
        true => batch,
        false => batch.space("embedding", rows.view()),
    };
    builder.track_batch(&batch).unwrap();
}

/// NaN is counted apart, the rest is exact.
fn scores() -> Column {
    let value = |i: usize| if i == 3 { f64::NAN } else { i as f64 / 4.0 };
    Column::from((0..ROWS).map(value).collect::<Vec<_>>())
}

fn profile_of(config: ProfileConfig) -> Profile {
    let mut builder = ProfileBuilder::new(config).unwrap();
    builder.tag("camera", "3");
    track(&mut builder, &rows());
    builder.freeze()
}

fn config() -> ProfileConfig {
    let space = SpaceConfig::new(4)
        .distance(Distance::Angular)
        .model("example-net@1")
        .sample_rows(8)
        .sample_bytes(4_000);
    ProfileConfig::new().space("embedding", space)
}

fn books() -> Codebooks {
    let options = FitOptions {
        clusters: 2,
        seed: 0,
        ..FitOptions::default()
    };
    fit(&profile_of(config()), options).unwrap()
}

#[test]
fn records_only() {
    let profile = profile_of(ProfileConfig::new());
    check("records.dsp", &profile.to_bytes());

    let read = Profile::read(golden("records.dsp")).unwrap();
    assert_eq!(read, profile);
    assert_eq!(read.records(), 24);
    assert_eq!(read.times(), Some((0, 23_000)));
    assert!(read.tags()["camera"].contains("3"));
    let score = read.features()["score"].numbers();
    assert_eq!((score.min(), score.max()), (Some(0.0), Some(5.75)));
    assert_eq!((score.count(), score.nan_count()), (23, 1));
    assert_eq!(read.features()["camera"].nulls(), 8);
    assert_eq!(read.features()["label"].categories().total(), 24);
    assert!(read.spaces().is_empty());
}

/// Boxes of two classes, some without a score, a place or a size.
#[test]
fn records_that_hold_objects() {
    let mut boxes = Objects::new(&["score", "centre x", "centre y", "relative area"]).unwrap();
    let classes = [None, Some(boxes.class("cat")), Some(boxes.class("dog"))];
    for record in 0..ROWS {
        for at in 0..record % 4 {
            let of = |times: usize| (record * times + at) as f64 / 64.0 % 1.0;
            let score = if record == 5 { f64::NAN } else { of(3) };
            let values = [score, 1.25 * of(7), of(11), of(5) / 4.0];
            boxes.push(classes[(record + at) % 3], &values).unwrap();
        }
        if record == 9 {
            boxes.fault("box without an area");
        }
        boxes.end_record();
    }
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let batch = Batch::new(ROWS).objects("box", boxes);
    builder.track_batch(&batch).unwrap();
    let profile = builder.freeze();
    check("objects.dsp", &profile.to_bytes());

    let read = Profile::read(golden("objects.dsp")).unwrap();
    assert_eq!(read, profile);
    let table = &read.objects()["box"];
    assert_eq!((table.records(), table.all().objects()), (24, 36));
    assert_eq!(table.faults()["box without an area"], 1);
    let centres = table.all().centres().unwrap();
    assert_eq!(centres.total(), 36);
    assert!(centres.outside() > 0 && centres.outside() < 12);
    let cats = table.classes()["cat"].centres().unwrap();
    assert_eq!(cats.total(), table.classes()["cat"].objects());
}

/// Earlier builds kept nothing of a record's objects, and so more records in the same bytes.
#[test]
fn a_profile_of_earlier_builds_is_read() {
    let read = Profile::read(golden("earlier/objects.dsp")).unwrap();
    assert_eq!(
        (read.records(), read.objects()["box"].all().objects()),
        (87, 83)
    );
    // 3,000 bytes for 96 each and 16 for each of the count and the 10 numbers of a box.
    let kept = read.sample();
    assert_eq!((kept.len(), kept.k()), (3_000 / (96 + 11 * 16), 11));
    assert!(kept.rows().all(|entry| entry.row.features.is_empty()));
    assert_eq!(Profile::from_bytes(&read.to_bytes()).unwrap(), read);
}

#[test]
fn records_with_an_angle() {
    let profile = profile_of(ProfileConfig::new().angle("score", 6.0));
    check("angles.dsp", &profile.to_bytes());

    let read = Profile::read(golden("angles.dsp")).unwrap();
    assert_eq!(read, profile);
    assert_eq!(read.config().angles["score"], 6.0);
}

#[test]
fn plain_without_centres() {
    let profile = profile_of(config());
    check("plain.dsp", &profile.to_bytes());

    let read = Profile::read(golden("plain.dsp")).unwrap();
    assert_eq!(read, profile);
    let space = &read.spaces()["embedding"];
    assert_eq!(space.rows(), 23);
    assert_eq!(space.tally().skipped().map(|(_, n)| n).sum::<u64>(), 1);
    assert_eq!(space.classes()["cat"].count(), 12);
    assert_eq!(space.classes()["dog"].count(), 11);
    assert_eq!(space.sample().k(), 8);
    assert!(space.clusters().is_empty());
    let config = &read.config().spaces["embedding"];
    assert_eq!(config.distance, Distance::Angular);
    assert_eq!(config.model.as_deref(), Some("example-net@1"));
}

#[test]
fn codebook() {
    let books = books();
    check("centres.dsb", &books.to_bytes());

    let read = Codebooks::read(golden("centres.dsb")).unwrap();
    assert_eq!(read, books);
    let book = &read.books["embedding"];
    assert_eq!(book.dim(), 4);
    let names: Vec<&str> = book.classes().iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["cat", "dog"]);
    assert_eq!(book.clusters().len(), 2);
}

#[test]
fn reference_with_codebook() {
    let config = config().with_codebooks(&books(), Role::Reference).unwrap();
    let profile = profile_of(config);
    check("reference.dsp", &profile.to_bytes());

    let read = Profile::read(golden("reference.dsp")).unwrap();
    assert_eq!(read, profile);
    let space = &read.spaces()["embedding"];
    assert_eq!(read.config().spaces["embedding"].role, Role::Reference);
    let mut clusters: Vec<u64> = space.clusters().iter().map(|c| c.count()).collect();
    clusters.sort_unstable();
    assert_eq!(clusters, [11, 12]);
    assert_eq!(space.cluster_distance().count(), 23);
    assert_eq!(space.own_distance().count(), 23);
    assert_eq!(space.novel().len(), 23); // one for each distance of an id
    assert!(space.classes()["cat"].nearest().is_some());
}

/// Principal components may differ in their last bits between CPUs, so the file is
/// compared with itself, and all else with a profile that is sealed now.
#[test]
fn sealed() {
    let rows = Array2::from_shape_fn((60, 4), |(i, j)| {
        ((i * 5 + j * 3) % 11 + i) as f32 / 8.0 - 2.5
    });
    let classes: Vec<&str> = (0..60)
        .map(|i| ["cat", "dog", "emu"][i * i % 8 % 3])
        .collect();
    let scores: Vec<f64> = (0..60).map(|i| f64::from(i) / 4.0).collect();
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(4));
    let mut builder = ProfileBuilder::new(config).unwrap();
    let batch = Batch::new(60)
        .labels(Column::from(classes))
        .feature("score", Column::from(scores))
        .space("embedding", rows.view());
    builder.track_batch(&batch).unwrap();
    let now = builder.freeze().seal().unwrap();
    if std::env::var_os("DRIFTSPHERE_BLESS").is_some() {
        now.write(golden("sealed.dsp")).unwrap();
    }

    let stored = std::fs::read(golden("sealed.dsp")).unwrap();
    let read = Profile::from_bytes(&stored).unwrap();
    assert!(read.to_bytes() == stored);
    assert!(read.config().is_sealed());
    assert_eq!(read.features(), now.features());
    let (a, b) = (&read.spaces()["embedding"], &now.spaces()["embedding"]);
    assert_eq!((a.norm(), a.classes()), (b.norm(), b.classes()));
    let [a, b] = [a, b].map(|space| space.sealed().unwrap().components().unwrap());
    for (x, y) in a.eigenvalues().iter().zip(b.eigenvalues()) {
        assert!((x - y).abs() < 1e-5, "{x} {y}");
    }
}
