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

const BOXES: usize = 1_000_000;
/// Boxes of one image, on average.
const PER_IMAGE: usize = 7;
const ROUNDS: usize = 9;

/// A result as the reader builds it.
#[derive(Deserialize)]
#[allow(dead_code, reason = "built to be timed")]
struct Detection {
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
    let (mut bare, mut ours, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let parsed: Vec<Detection> = serde_json::from_str(black_box(&text)).unwrap();
        bare.push(start.elapsed().as_secs_f64());
        assert_eq!(parsed.len(), BOXES);
        drop(parsed);
        let start = Instant::now();
        let profile = profile(&file);
        ours.push(start.elapsed().as_secs_f64());
        assert_eq!(profile.objects()["box"].all().objects(), BOXES as u64);
        ratios.push(ours[ours.len() - 1] / bare[bare.len() - 1]);
    }
    let quartiles = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        [1, 2, 3].map(|q| values[(values.len() - 1) * q / 4])
    };
    println!("{BOXES} boxes, {} bytes", text.len());
    for (name, seconds) in [("serde_json", &mut bare), ("profile", &mut ours)] {
        let rates = quartiles(seconds).map(|s| BOXES as f64 / s / 1e6);
        println!(
            "{name}: {:.2} / {:.2} / {:.2} million boxes a second",
            rates[2], rates[1], rates[0]
        );
    }
    println!("ratio: {:.2?}", quartiles(&mut ratios));
}
