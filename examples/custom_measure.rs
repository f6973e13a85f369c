//! Measures of your own beside those of the crate: a closure, a chain written in TOML, and a
//! model whose vectors fill an embedding space; frames come from memory.
//!
//! The model here cuts a frame into 4 x 4 fields and says the mean colour of each. Yours calls
//! a runtime for neural networks in the same place.
//!
//! usage: cargo run --release --example custom_measure

use driftsphere::Result;
use driftsphere::compare::{CompareOptions, Comparison, compare};
use driftsphere::ingest::image::{Pixels, Samples};
use driftsphere::ingest::{Batch, Column};
use driftsphere::measure::image::{CustomMeasure, Measures};
use driftsphere::ndarray::{Array2, Array3};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};

const FIELDS: usize = 4;
const DIM: usize = FIELDS * FIELDS * 3;

/// How bright the sky is, as a text that could stand in a file.
const CHAINS: &str = r#"
    [measure.sky]
    steps = [{ resize = { width = 16, height = 16 } }, { crop = { width = 16, height = 6, top = 0 } }, "grey"]
    ask = "mean"
"#;

/// Mean colours of 4 x 4 fields, in 0 to 1.
fn model(pixels: &Pixels) -> Result<Vec<f32>> {
    let Samples::U8(samples) = pixels.samples() else {
        return Ok(vec![0.5; DIM]); // Frames have 8 bits.
    };
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let mut sums = vec![0.0; DIM];
    for (i, sample) in samples.iter().enumerate() {
        let (x, y) = (i / 3 % width, i / 3 / width);
        let field = y * FIELDS / height * FIELDS + x * FIELDS / width;
        sums[field * 3 + i % 3] += f32::from(*sample) / 255.0;
    }
    let area = (width * height / (FIELDS * FIELDS)) as f32;
    Ok(sums.into_iter().map(|sum| sum / area).collect())
}

fn measures() -> Result<Measures> {
    let warmth = |pixels: &Pixels| -> Result<f64> {
        let mean = model(pixels)?;
        let part = |channel: usize| mean[channel..].iter().step_by(3).sum::<f32>();
        Ok(f64::from(part(0) - part(2)) / (FIELDS * FIELDS) as f64)
    };
    let mut measures = Measures::new()
        .only(&["pixels.*", "custom.*"])
        .custom(CustomMeasure::new(
            "warmth",
            "mean red - mean blue, 1",
            warmth,
        )?)?
        .custom(CustomMeasure::new(
            "fields",
            "mean colours of 4 x 4 fields, 1",
            model,
        )?)?;
    for chain in CustomMeasure::parse(CHAINS)? {
        measures = measures.custom(chain)?;
    }
    Ok(measures)
}

/// A frame (height, width, channels): sky over ground, noise from a seed.
fn frame(seed: u64, dusk: bool) -> Array3<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut noise = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 59) as u8
    };
    let light = 150 + 2 * noise();
    Array3::from_shape_fn((48, 64, 3), |(y, _, channel)| {
        let sky = if dusk {
            [light, light - 60, light - 90]
        } else {
            [light - 60, light - 20, light]
        };
        let base = if y < 20 { sky } else { [70, 90, 50] };
        base[channel] + noise()
    })
}

/// Profiles `n` frames.
fn profile(seeds: std::ops::Range<u64>, dusk: bool) -> Result<Profile> {
    let measures = measures()?;
    let config = ProfileConfig::new().space("fields", SpaceConfig::new(DIM).model("fields 1"));
    let mut builder = ProfileBuilder::new(config)?;
    for seed in seeds {
        let frame = frame(seed, dusk);
        let found = measures.pixels(&Pixels::from_hwc(frame.view())?)?;
        let vectors: Vec<(String, Array2<f32>)> = found
            .vectors
            .into_iter()
            .map(|(name, vector)| (name, Array2::from_shape_fn((1, DIM), |(_, i)| vector[i])))
            .collect();
        let mut batch = Batch::new(1)
            .ids(Column::from(vec![format!("frame-{seed:04}").as_str()]))
            .fingerprints(vec![Some(found.fingerprint)]);
        for (name, value) in &found.values {
            if let Some(number) = value.number() {
                batch = batch.feature(&**name, Column::from(vec![number]));
            }
        }
        for (name, rows) in &vectors {
            batch = batch.space(name.as_str(), rows.view());
        }
        builder.track_batch(&batch)?;
    }
    Ok(builder.freeze())
}

/// Compares a window of frames at noon with one at dusk.
///
/// # Errors
/// None with these frames.
pub(crate) fn run() -> Result<Comparison> {
    let (noon, dusk) = (profile(0..150, false)?, profile(150..300, true)?);
    compare(&noon, &dusk, &CompareOptions::default())
}

fn main() -> Result<()> {
    let comparison = run()?;
    println!("{}", comparison.verdict.name());
    for finding in comparison.findings.iter().take(6) {
        println!("{}: {}", finding.feature, finding.verdict.name());
    }
    Ok(())
}
