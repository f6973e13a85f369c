//! Profiling COCO results on one thread, beside a bare `serde_json` pass over the
//! same bytes in memory that builds the same structs: what any reader must pay.
//!
//! `cargo bench --bench outputs` prints the quartiles over the rounds; each round
//! times both one after the other, so that a busy machine slows both.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use driftsphere::ingest::{Block, Column, OutputsFile, OutputsFormat};
use driftsphere::measure::outputs::measure;
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};
use driftsphere::sketch::hash_bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;

const BOXES: usize = 1_000_000;
/// Boxes of one image, on average.
const PER_IMAGE: usize = 7;
const ROUNDS: usize = 9;

/// What the reader itself builds of a result.
#[path = "../src/ingest/outputs/coco_json.rs"]
#[allow(dead_code, reason = "results alone are built, and only to be timed")]
mod coco_json;

/// The same with ids that are numbers only, of boxes.
#[derive(Deserialize)]
#[allow(dead_code, reason = "built to be timed")]
struct Numbered {
    image_id: i64,
    category_id: Option<i64>,
    bbox: Option<[f64; 4]>,
    score: Option<f64>,
    keypoints: Option<Vec<f64>>,
}

fn uniform(stream: u64, row: usize) -> f64 {
    (hash_bytes(stream, &row.to_le_bytes()) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Results as detectors write them: two decimals of pixels, four of scores, 80 classes.
fn results() -> String {
    let mut text = String::from("[");
    for i in 0..BOXES {
        let comma = if i == 0 { "" } else { "," };
        let class = (uniform(0, i) * uniform(1, i) * 80.0) as usize + 1;
        let (x, y) = (uniform(2, i) * 500.0, uniform(3, i) * 400.0);
        let (w, h) = (
            1.0 + uniform(4, i).powi(2) * 300.0,
            1.0 + uniform(5, i).powi(2) * 200.0,
        );
        let score = uniform(6, i);
        write!(
            text,
            "{comma}{{\"image_id\":{},\"category_id\":{class},\"bbox\":[{x:.2},{y:.2},{w:.2},{h:.2}],\"score\":{score:.4}}}",
            i / PER_IMAGE
        )
        .unwrap();
    }
    text + "]"
}

fn profile(file: &OutputsFile) -> Profile {
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let mut scan = file.scan().unwrap();
    while let Some(found) = scan.next_block(1 << 13).unwrap() {
        let names = found
            .images
            .iter()
            .map(|image| image.name.clone())
            .collect();
        let tables = measure(&found).unwrap().into_iter();
        let tables = tables
            .map(|(kind, objects)| (kind.to_owned(), objects))
            .collect();
        let block = Block::of_objects(0, Column::Text(names), tables).unwrap();
        builder.track_batch(&block.batch("")).unwrap();
    }
    builder.freeze()
}

fn main() {
    let text = results();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.json");
    std::fs::write(&path, &text).unwrap();
    let file = OutputsFile::new(&path, OutputsFormat::Coco);
    let mut seconds: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        assert_eq!(bare::<coco_json::RawResult>(&text), BOXES);
        seconds[0].push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        assert_eq!(bare::<Numbered>(&text), BOXES);
        seconds[1].push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let profile = profile(&file);
        seconds[2].push(start.elapsed().as_secs_f64());
        assert_eq!(profile.objects()["box"].all().objects(), BOXES as u64);
    }
    println!("{BOXES} boxes, {} bytes", text.len());
    let ids = ["serde_json", "serde_json, ids as numbers", "profile"];
    for (name, seconds) in ids.into_iter().zip(&seconds) {
        let [fast, middle, slow] = quartiles(seconds.clone()).map(|s| BOXES as f64 / s / 1e6);
        println!("{name}: {slow:.2} / {middle:.2} / {fast:.2} million boxes a second");
    }
    for (name, seconds_of) in ids.into_iter().zip(&seconds).take(2) {
        let pairs = seconds[2].iter().zip(seconds_of);
        let ratios = quartiles(pairs.map(|(ours, bare)| ours / bare).collect());
        println!("profile / {name}: {ratios:.2?}");
    }
}

fn bare<T: DeserializeOwned>(text: &str) -> usize {
    let parsed: Vec<T> = serde_json::from_str(black_box(text)).unwrap();
    parsed.len()
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|q| values[(values.len() - 1) * q / 4])
}
