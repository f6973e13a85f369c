//! What is said of a profile: the page fits and is harmless, the JSON is as
//! declared.
#![cfg(feature = "cli")]

use driftsphere::ingest::{Batch, Column, Objects};
use driftsphere::profile::{FitOptions, Profile, ProfileConfig, SpaceConfig, profile_reference};
use driftsphere::report::{TerminalOptions, profile_json, profile_line, profile_page};
use ndarray::Array2;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

const EVIL: &str = "\u{1b}[2J\u{202e}gpj\u{9b}31m\r\n\0";

/// Sixty records of two classes; one row without a direction.
fn profile(evil: &str) -> Profile {
    let mut rows = Array2::from_shape_fn((60, 5), |(i, j)| {
        if j == i % 2 {
            5.0
        } else {
            ((i * 7 + j * 3) % 11) as f32 / 10.0
        }
    });
    rows.row_mut(11).fill(0.0);
    let text =
        |what: &str| -> Vec<String> { (0..60).map(|i| format!("{what}{}{evil}", i % 2)).collect() };
    let ids: Vec<String> = (0..60).map(|i| format!("photo {i}{evil}")).collect();
    let score: Vec<f64> = (0..60)
        .map(|i| if i == 7 { f64::NAN } else { f64::from(i) })
        .collect();
    let config = ProfileConfig::new().space(
        format!("clip{evil}"),
        SpaceConfig::new(5).model(format!("model{evil}")),
    );
    let options = FitOptions {
        clusters: 3,
        seed: 1,
        ..FitOptions::default()
    };
    let mut boxes = Objects::new(&["score", &format!("size{evil}")]).unwrap();
    let class = boxes.class(&format!("person{evil}"));
    for record in 0..60 {
        if record % 2 == 0 {
            boxes.push(Some(class), &[0.5, f64::from(record)]).unwrap();
        }
        if record == 3 {
            boxes.fault("box without an area");
        }
        boxes.end_record();
    }
    profile_reference(config, options, |builder| {
        builder.tag(format!("camera{evil}"), format!("7{evil}"));
        builder.track_batch(
            &Batch::new(60)
                .ids(Column::from(ids.clone()))
                .labels(Column::from(text("class")))
                .times((0..60).collect::<Vec<i64>>())
                .feature(format!("site{evil}"), Column::from(text("site")))
                .feature("score", Column::from(score.clone()))
                .objects(format!("box{evil}"), &boxes)
                .space(format!("clip{evil}"), rows.view()),
        )
    })
    .unwrap()
}

/// Characters that may not reach a screen, line feeds of the layout apart.
fn is_hidden(c: char) -> bool {
    c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c))
}

#[test]
fn the_page_names_what_is_in_the_profile() {
    let profile = profile("");
    let page = profile_page(&profile, "march.dsp", &TerminalOptions::default());
    for words in [
        "march.dsp, a profile of 60 records",
        "59 rows of 5 numbers, half-chord distance, role reference, model model",
        "not used: 1 row",
        "class taken from: label",
        "camera: 7",
        "cluster 1",
        "class0",
        "score",
        "site0 30, site1 30",
        "What the file contains",
        "samples",
        "ids plain, not sealed",
        "This file keeps the embeddings of 59 records, 59 ids and the smallest",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let line = profile_line(&profile, "march.dsp");
    assert_eq!(
        line,
        "march.dsp: 60 records; space clip (5 numbers, 3 clusters, 2 classes, 1 row not used); \
         box: 30 objects of 1 class; keeps the embeddings of 59 records, 59 ids and the smallest and \
         largest of 9 series of numbers"
    );
}

#[test]
fn hostile_names_reach_the_screen_as_text_only() {
    let profile = profile(&EVIL.repeat(5));
    for width in [80, 100, 120] {
        for verbose in [false, true] {
            let options = TerminalOptions {
                width,
                verbose,
                ..TerminalOptions::default()
            };
            let page = profile_page(&profile, EVIL, &options);
            assert_eq!(page.chars().find(|&c| is_hidden(c)), None);
            for line in page.lines() {
                assert!(
                    line.chars().count() <= usize::from(width),
                    "{width}: {line}"
                );
            }
        }
    }
    assert!(!profile_line(&profile, EVIL).chars().any(is_hidden));
    assert!(!profile_json::to_text(&profile, EVIL).chars().any(is_hidden));
}

/// `null` is allowed, leaving the field out is not.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(d)
}

macro_rules! mirror {
    ($name:ident { $($field:ident: $type:ty,)* } { $($null:ident: $option:ty,)* }) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code)]
        struct $name {
            $($field: $type,)*
            $(#[serde(deserialize_with = "nullable")] $null: Option<$option>,)*
        }
    };
}

mirror!(Document {
    format: String, version: u32, generator: String, name: String, compare_hash: String,
    merge_hash: String, seed: u64, records: u64, kept_records: u64, kept_ids: u64, not_used: Vec<Count>,
    contents: Contents,
    tags: BTreeMap<String, Vec<String>>, class_source: String, features: Vec<Feature>,
    spaces: Vec<Space>, objects: Vec<ObjectKind>,
} { first_time: i64, last_time: i64, });
mirror!(Contents { bytes: u64, ids: String, sealed: bool, parts: Vec<PartBytes>, } {});
mirror!(PartBytes { name: String, bytes: u64, } {});
mirror!(Count { name: String, count: u64, } {});
mirror!(Feature {
    name: String, records: u64, missing: u64, period: Option<f64>, values: Vec<Count>, values_kept: u64,
    single_values: u64, types: Types, max_error: u64,
} { numbers: Distribution, distinct: Interval, });
mirror!(Types { integers: u64, floats: u64, truths: u64, texts: u64, } {});
mirror!(Interval { estimate: f64, lower_bound: f64, upper_bound: f64, } {});
mirror!(Distribution { count: u64, nan: u64, quantiles: Vec<Quantile>, }
    { min: f64, max: f64, mean: f64, sd: f64, });
mirror!(Quantile { rank: f64, } { estimate: f64, lower_bound: f64, upper_bound: f64, });
mirror!(Space {
    name: String, dim: usize, distance: String, role: String, rows: u64, not_used: Vec<Count>,
    kept_embeddings: u64, kept_ids: u64, clusters: Vec<Place>, classes: Vec<Place>,
    unclassified: u64, other_classes: u64, no_centre: u64, novel: Vec<Record>,
} {
    model: String, mean_rows: u64, codebook: String, norm: Distribution, resultant_length: f64,
    concentration: f64, cluster_distance: Distribution, own_distance: Distribution,
    boundary: Distribution,
});
mirror!(ObjectKind {
    kind: String, records: u64, empty_records: u64, not_used: Vec<Count>, all: ObjectNumbers,
    classes: Vec<ObjectNumbers>, other_classes: u64, unclassified: u64, pairs: Vec<ClassPair>,
} {});
mirror!(ObjectNumbers { objects: u64, records: u64, features: Vec<ObjectFeature>, } {
    centres: Centres,
    class: String, mean_count: f64, counts: Distribution, calibration: Reliability,
    average_precision: f64, average_precision_bounds: [f64; 2],
});
mirror!(Centres { side: usize, outside: u64, cells: Vec<(usize, usize, u64, Option<f64>)>, } {});
mirror!(ObjectFeature { name: String, missing: u64, design_effect: f64, } { numbers: Distribution, });
mirror!(Reliability {
    accuracy: f64, confidence: f64, error: f64, bins: Vec<(u64, u64, Option<f64>)>,
} {});
mirror!(ClassPair { classes: [String; 2], records: u64, } {});
mirror!(Place { name: String, rows: u64, } { share: f64, distance: Distribution, nearest: Record, });
mirror!(Record { id: String, } { distance: f64, });

#[test]
fn the_json_is_as_declared() {
    let text = profile_json::to_text(&profile(""), "march.dsp");
    let document: Document = serde_json::from_str(&text).unwrap();
    assert_eq!(document.format, "driftsphere profile");
    assert_eq!((document.version, document.records), (1, 60));
    assert_eq!(
        (document.first_time, document.last_time),
        (Some(0), Some(59))
    );
    let score = document
        .features
        .iter()
        .find(|f| f.name == "score")
        .unwrap();
    let numbers = score.numbers.as_ref().unwrap();
    assert_eq!(
        (numbers.count, numbers.nan, numbers.max),
        (59, 1, Some(59.0))
    );
    let contents = &document.contents;
    let parts: u64 = contents.parts.iter().map(|part| part.bytes).sum();
    assert_eq!(contents.bytes, profile("").to_bytes().len() as u64);
    assert_eq!(
        (parts, contents.ids.as_str(), contents.sealed),
        (contents.bytes, "plain", false)
    );
    let space = &document.spaces[0];
    assert_eq!((space.rows, space.not_used[0].count), (59, 1));
    assert_eq!(space.clusters.iter().map(|c| c.rows).sum::<u64>(), 59);
    assert_eq!(space.classes.iter().map(|c| c.rows).sum::<u64>(), 59);
    assert!(space.clusters[0].nearest.is_some());
    let boxes = &document.objects[0];
    assert_eq!(
        (boxes.kind.as_str(), boxes.records, boxes.empty_records),
        ("box", 60, 30)
    );
    assert_eq!((boxes.all.objects, boxes.classes.len()), (30, 1));
    assert_eq!(boxes.not_used[0].count, 1);
    let evil: Document =
        serde_json::from_str(&profile_json::to_text(&profile(EVIL), EVIL)).unwrap();
    assert_eq!(evil.name, EVIL);
}
