//! What a profile says of its own bytes: the parts add up to the file, and none takes
//! more than its budget.
#![cfg(feature = "fit")]

#[path = "../examples/profile_sizes/budget.rs"]
mod budget;
#[allow(
    dead_code,
    reason = "the program makes all sizes, the test the small ones"
)]
#[path = "../examples/profile_sizes/stream.rs"]
mod stream;

use budget::{SHAPE, Shape};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, IdMode, Part, Profile, ProfileBuilder, ProfileConfig, SpaceConfig,
    profile_reference,
};
use driftsphere::sphere::MeanRow;
use ndarray::Array2;
use std::sync::Arc;

const ROWS: usize = 400;

fn feed(builder: &mut ProfileBuilder) -> driftsphere::Result<()> {
    let rows = Array2::from_shape_fn((ROWS, 6), |(i, j)| {
        ((i * (j + 3) + i / 9) % 23) as f32 - 7.0
    });
    let texts = |of: fn(usize) -> String| Column::Text((0..ROWS).map(of).collect());
    let mut batch = Batch::new(ROWS)
        .ids(texts(|i| format!("image {}", i % 390)))
        .labels(texts(|i| format!("class {}", i % 40)))
        .times((0..ROWS as i64).collect::<Vec<_>>())
        .groups(texts(|i| format!("video {}", i / 7)))
        .feature("file", texts(|i| format!("{i}.jpg")))
        .feature("site", texts(|i| format!("site {}", i % 3)))
        .feature("width", Column::Int((0..ROWS as i64).collect()));
    if builder.config().spaces.contains_key("e") {
        batch = batch.space("e", rows.view());
    }
    builder.tag("camera", "7");
    builder.skip("no embedding", 3);
    builder.track_batch(&batch)
}

fn learn(config: ProfileConfig) -> Profile {
    let mut builder = ProfileBuilder::new(config).unwrap();
    feed(&mut builder).unwrap();
    builder.freeze()
}

fn reference(config: ProfileConfig) -> Profile {
    let options = FitOptions {
        clusters: 5,
        ..FitOptions::default()
    };
    profile_reference(config, options, feed).unwrap()
}

fn space() -> ProfileConfig {
    ProfileConfig::new().space("e", SpaceConfig::new(6))
}

/// Every kind of section, and every kind of part.
fn profiles() -> Vec<(&'static str, Profile)> {
    let mean = Arc::new(MeanRow::given(vec![0.25; 6]).unwrap());
    let centred = SpaceConfig::new(6).centred(mean);
    vec![
        ("empty", ProfileBuilder::new(space()).unwrap().freeze()),
        ("records", learn(ProfileConfig::new())),
        ("angle", learn(ProfileConfig::new().angle("width", 360.0))),
        ("space", learn(space())),
        ("hashed", learn(space().ids(IdMode::Hashed))),
        ("no ids", learn(space().ids(IdMode::None))),
        (
            "no sample",
            learn(ProfileConfig::new().space("e", SpaceConfig::new(6).sample_rows(0))),
        ),
        ("few classes", learn(space().max_classes(3))),
        (
            "centred",
            learn(ProfileConfig::new().space("e", centred.clone())),
        ),
        ("two spaces", learn(space().space("f", SpaceConfig::new(9)))),
        ("reference", reference(space())),
        ("shrunk", reference(space()).shrink(50, None).unwrap()),
        (
            "sealed",
            reference(ProfileConfig::new().space("e", centred))
                .seal()
                .unwrap(),
        ),
    ]
}

#[test]
fn the_parts_add_up_to_the_file() {
    for (name, profile) in profiles() {
        let contents = profile.contents();
        let bytes = profile.to_bytes();
        assert_eq!(contents.bytes(), bytes.len() as u64, "{name}");
        assert_eq!(
            contents.parts().map(|(_, bytes)| bytes).sum::<u64>(),
            contents.bytes()
        );
        assert_eq!(contents.is_sealed(), name == "sealed");
        // What was read is told the same.
        assert_eq!(
            Profile::from_bytes(&bytes).unwrap().contents(),
            contents,
            "{name}"
        );
    }
}

#[test]
fn each_part_holds_what_its_name_says() {
    let all = profiles();
    let of = |name: &str| all.iter().find(|(n, _)| *n == name).unwrap().1.contents();
    let (records, space, reference) = (of("records"), of("space"), of("reference"));
    assert!(
        records.bytes_of(Part::Samples) > 10_000,
        "ids and numbers of 400 records"
    );
    assert!(space.bytes_of(Part::Samples) > ROWS as u64 * (2 * 6 + 10));
    assert_eq!(space.bytes_of(Part::Codebooks), 0);
    assert!(reference.bytes_of(Part::Codebooks) > 400);
    // 400 names of files, each with its length and count.
    assert!(records.bytes_of(Part::FrequentValues) > 400 * 7);
    assert!(records.bytes_of(Part::DistinctValues) > 8 * 400);
    // A longer id takes more of the samples, and of the records that are named.
    assert!(of("hashed").bytes_of(Part::Samples) > space.bytes_of(Part::Samples));
    assert!(of("no ids").bytes_of(Part::Samples) < space.bytes_of(Part::Samples));
    assert!(of("shrunk").bytes_of(Part::Samples) < reference.bytes_of(Part::Samples));
    let none = of("no sample");
    assert!(none.bytes_of(Part::Samples) < 300 && none.bytes_of(Part::NamedRecords) < 60);
    let (centred, plain) = (of("centred"), space.bytes_of(Part::Settings));
    // A mean of six numbers, its name, its header is of the frame.
    assert!((24..40).contains(&(centred.bytes_of(Part::Settings) - plain)));
    assert_eq!(
        centred.bytes_of(Part::Frame),
        space.bytes_of(Part::Frame) + 16
    );
    let sealed = of("sealed");
    assert!(sealed.bytes_of(Part::SealedSummaries) > 100);
    // A byte says of each of the four features that there are none.
    assert_eq!(sealed.bytes_of(Part::DistinctValues), 4);
    assert_eq!(of("angle").ids(), IdMode::Plain);
    assert_eq!(of("no ids").ids(), IdMode::None);
}

#[test]
fn no_part_takes_more_than_its_budget() {
    let shapes = [
        Shape {
            dim: 8,
            classes: 1,
            records: 3_000,
            ..SHAPE
        },
        Shape {
            dim: 64,
            classes: 10,
            records: 6_000,
            ..SHAPE
        },
        Shape {
            dim: 16,
            classes: 300,
            records: 6_000,
            ..SHAPE
        },
        Shape {
            dim: 4,
            classes: 2_000,
            records: 6_000,
            ..SHAPE
        },
        Shape {
            dim: 64,
            classes: 10,
            records: 6_000,
            sample_bytes: 50_000,
            ..SHAPE
        },
    ];
    for shape in shapes {
        for (name, profile) in stream::profiles(&shape).unwrap() {
            let over = budget::exceeded(&shape, &profile);
            assert!(over.is_empty(), "{shape:?} {name}: {over:?}");
        }
    }
}
