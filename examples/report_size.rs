//! The page of a large comparison: bytes, and time to write them.
//!
//! Two windows of 200 features, three spaces and 100 classes are profiled and compared; half of the
//! features, and a tenth of the classes of each space, have moved. The page shows the small pictures of all
//! records that it names (at most 200), made of noise that compresses like a photograph, with three
//! boxes over each. `scripts/first_view.py` opens it in Chromium.
//!
//! usage: cargo run --release --example report_size -- [REPORT.html [RECORDS]]

use std::path::Path;
use std::time::Instant;

use driftsphere::Result;
use driftsphere::compare::{CompareOptions, compare};
use driftsphere::ingest::image::{Channels, Pixels, Samples};
use driftsphere::ingest::{Batch, Column};
use driftsphere::measure::image::thumbnail;
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use driftsphere::report::html::{self, PictureBox, PictureBoxes, Pictures};
use ndarray::Array2;
use rayon::prelude::*;

const FEATURES: usize = 200;
const SPACES: [&str; 3] = ["backbone", "neck", "head"];
const DIM: usize = 32;
const CLASSES: usize = 100;
const BATCH: usize = 5_000;
/// As the command makes them.
const SIDE: u32 = 160;

/// The `i`-th number in [0, 1) of a stream that can be entered anywhere (`SplitMix64`).
fn uniform(i: usize) -> f32 {
    let mut x = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 40) as f32 / (1 << 24) as f32
}

/// The records of a window, from `first` on.
fn track(builder: &mut ProfileBuilder, first: usize, records: usize, moved: bool) -> Result<()> {
    for start in (first..first + records).step_by(BATCH) {
        let rows = start..(start + BATCH).min(first + records);
        let class = |record: usize| record * 7919 % CLASSES;
        let mut batch = Batch::new(rows.len())
            .ids(Column::from(
                rows.clone()
                    .map(|i| format!("photographs/{i:07}.jpg"))
                    .collect::<Vec<_>>(),
            ))
            .labels(Column::from(
                rows.clone()
                    .map(|i| format!("class {:02}", class(i)))
                    .collect::<Vec<_>>(),
            ));
        let spaces = SPACES.iter().enumerate().map(|(space, _)| {
            Array2::from_shape_fn((rows.len(), DIM), |(row, j)| {
                let record = rows.start + row;
                let of = class(record);
                let centre = uniform((space * CLASSES + of) * DIM + j + (1 << 40)) - 0.5;
                let turn = if moved && of % 10 == space {
                    0.3 * (j % 3) as f32
                } else {
                    0.0
                };
                centre + turn + 0.4 * (uniform((record * SPACES.len() + space) * DIM + j) - 0.5)
            })
        });
        let spaces: Vec<Array2<f32>> = spaces.collect();
        for (name, rows) in SPACES.iter().zip(&spaces) {
            batch = batch.space(*name, rows.view());
        }
        for feature in 0..FEATURES {
            let shift = if moved && feature % 2 == 0 { 0.2 } else { 0.0 };
            let value = |i: usize| f64::from(uniform(i * FEATURES + feature + (1 << 50))) + shift;
            let values: Vec<f64> = rows.clone().map(value).collect();
            batch = batch.feature(format!("pixels.measure_{feature:03}"), Column::from(values));
        }
        builder.track_batch(&batch)?;
    }
    Ok(())
}

/// Noise at several scales, which takes as many bytes as a photograph of this size.
fn picture(seed: usize) -> Result<Pixels> {
    const SCALES: [(usize, f32); 4] = [(1, 0.16), (4, 0.16), (16, 0.25), (48, 0.43)];
    let (width, height) = (SIDE as usize, SIDE as usize * 3 / 4);
    let value = |i: usize| {
        let (x, y, colour) = (i / 3 % width, i / 3 / width, i % 3);
        // Fine noise is grey, as that of a camera mostly is.
        let at = |(step, weight): &(usize, f32)| {
            let colour = if *step < 16 { 0 } else { colour };
            weight * uniform(((seed * 64 + y / step) * 512 + x / step) * 3 + colour)
        };
        (255.0 * SCALES.iter().map(at).sum::<f32>()) as u8
    };
    let samples = Samples::U8((0..width * height * 3).map(value).collect());
    Pixels::new(SIDE, height as u32, Channels::Rgb, samples)
}

/// Compares windows of so many records and writes their page; gives its bytes.
pub(crate) fn write(path: &Path, records: usize) -> Result<usize> {
    let mut config = ProfileConfig::new();
    for space in SPACES {
        config = config.space(space, SpaceConfig::new(DIM));
    }
    let reference: Profile = profile_reference(config, FitOptions::default(), |builder| {
        track(builder, 0, records, false)
    })?;
    let mut builder = ProfileBuilder::new(reference.config().clone().like())?;
    track(&mut builder, records, records, true)?;
    let target = builder.freeze();
    let begun = Instant::now();
    let answer = compare(&reference, &target, &CompareOptions::default())?;
    println!(
        "{} findings, compared in {} ms",
        answer.findings.len(),
        begun.elapsed().as_millis()
    );

    let wanted = html::wanted(&answer, &reference, &target);
    let begun = Instant::now();
    let small: Vec<_> = (wanted.par_iter().enumerate())
        .map(|(seed, record)| Ok((record.clone(), Some(thumbnail(&picture(seed)?, SIDE)?))))
        .collect::<Result<_>>()?;
    let bytes: usize = small
        .iter()
        .map(|(_, jpeg): &(_, Option<Vec<u8>>)| jpeg.as_ref().map_or(0, Vec::len))
        .sum();
    let mut pictures: Pictures = small.into_iter().collect();
    for (seed, record) in wanted.iter().enumerate() {
        let found = (0..3).map(|i| PictureBox {
            class: Some(format!("class {i}")),
            score: Some(f64::from(uniform(seed * 3 + i))),
            place: [0.2 * i as f64, 0.25, 0.3, 0.5],
        });
        let boxes = PictureBoxes {
            size: (SIDE, SIDE * 3 / 4),
            boxes: found.collect(),
            further: 0,
        };
        pictures = pictures.with_boxes(record.clone(), boxes);
    }
    println!(
        "{} pictures of {bytes} bytes together, made in {} ms",
        wanted.len(),
        begun.elapsed().as_millis()
    );
    let begun = Instant::now();
    let page = html::comparison(&answer, &reference, &target, &pictures);
    std::fs::write(path, &page).map_err(|error| driftsphere::Error::io(error, path))?;
    println!(
        "{}: {} bytes, written in {} ms",
        path.display(),
        page.len(),
        begun.elapsed().as_millis()
    );
    Ok(page.len())
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .unwrap_or_else(|| "report_size.html".into());
    let records = arguments.next().and_then(|n| n.parse().ok());
    write(Path::new(&path), records.unwrap_or(20_000)).map(|_| ())
}
