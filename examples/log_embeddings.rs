//! Log embeddings inside a loop, and leave a profile behind.
//!
//! The first half of the pictures comes one at a time, as in a service that
//! answers requests; the second half comes in batches, as in training. Both end
//! up in one profile, which does not say how they came.
//!
//! usage: cargo run --release --example log_embeddings [PROFILE.dsp]

use driftsphere::ingest::{Batch, Column, Record, Value};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
use ndarray::Array2;
use std::path::Path;

/// Numbers in an embedding.
const DIM: usize = 16;
/// Pictures of this window.
const PICTURES: usize = 200;

/// Stands in for a model: a picture's embedding and its class.
fn model(picture: usize) -> (Vec<f32>, &'static str) {
    let class = picture % 2;
    let embedding = (0..DIM).map(|i| {
        let wobble = ((picture * 31 + i * 17) % 23) as f32 / 23.0;
        if i % 2 == class { 1.0 + wobble } else { wobble }
    });
    (embedding.collect(), ["forklift", "pallet"][class])
}

pub(crate) fn run(path: &Path) -> driftsphere::Result<Profile> {
    // The model id keeps vectors of different models from being compared.
    let space = SpaceConfig::new(DIM).model("example-net@1");
    let config = ProfileConfig::new().space("embedding", space);
    let mut builder = ProfileBuilder::new(config)?;
    builder.tag("camera", "3");

    for picture in 0..PICTURES / 2 {
        let (embedding, class) = model(picture);
        builder.track(&Record {
            // The same picture has the same id wherever it is seen again: this is
            // how a comparison names the records that show a change.
            id: Some(&format!("frame-{picture:06}")),
            prediction: Some(class),
            time: Some(1_767_225_600_000 + 40 * picture as i64),
            spaces: &[("embedding", &embedding)],
            features: &[("first value", Value::Float(f64::from(embedding[0])))],
            ..Record::default()
        })?;
    }

    for start in (PICTURES / 2..PICTURES).step_by(25) {
        let pictures: Vec<usize> = (start..start + 25).collect();
        let (rows, classes): (Vec<_>, Vec<_>) = pictures.iter().map(|p| model(*p)).unzip();
        let ids: Vec<String> = pictures.iter().map(|p| format!("frame-{p:06}")).collect();
        let times: Vec<i64> = pictures
            .iter()
            .map(|p| 1_767_225_600_000 + 40 * *p as i64)
            .collect();
        let first: Vec<f64> = rows.iter().map(|row| f64::from(row[0])).collect();
        // One call for many rows; in a real loop the matrix is the model's output.
        let matrix = Array2::from_shape_fn((25, DIM), |(i, j)| rows[i][j]);
        builder.track_batch(
            &Batch::new(25)
                .ids(Column::from(ids))
                .predictions(Column::from(classes))
                .times(times)
                .space("embedding", matrix.view())
                .feature("first value", Column::from(first)),
        )?;
    }

    let profile = builder.freeze();
    profile.write(path)?;
    Ok(profile)
}

fn main() -> driftsphere::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| {
        let path = std::env::temp_dir().join("log_embeddings.dsp");
        path.to_string_lossy().into_owned()
    });
    let profile = run(Path::new(&path))?;
    let space = &profile.spaces()["embedding"];
    println!("{path}: {} records", profile.records());
    for (class, group) in space.classes() {
        println!("  {class}: {} records", group.count());
    }
    println!("try: driftsphere show {path}");
    Ok(())
}
