//! How fast rows are profiled that lie in memory: the pace that the Python package is held
//! against.
//!
//! Reads a matrix and a profile to be followed, profiles the matrix in one batch on one
//! thread as often as asked, prints the seconds of each time and writes the profile.
//! `benches/peers/python_rate.py` runs it in turn with Python.
//!
//! usage: cargo run --release --example embedding_rate -- ROWS.npy REFERENCE.dsp OUT.dsp [TIMES]

use driftsphere::ingest::{ArrayFile, Batch, Selection};
use driftsphere::ndarray::Array2;
use driftsphere::profile::{Profile, ProfileBuilder};
use driftsphere::{Error, ErrorKind, Result};
use std::time::Instant;

/// Rows read at a time.
const BLOCK: usize = 4096;

fn matrix(path: &str) -> Result<Array2<f32>> {
    let file = ArrayFile::open(path)?;
    let name = &file.arrays()[0].name;
    let matrix = file.matrix(name)?;
    let (rows, dim) = (matrix.rows(), matrix.cols());
    let mut reader = Selection::all().plan(&file, rows)?.read(matrix)?;
    let mut values = Vec::with_capacity(rows * dim);
    while let Some(block) = reader.next_block(BLOCK)? {
        values.extend(block.iter());
    }
    Array2::from_shape_vec((rows, dim), values)
        .map_err(|error| Error::new(ErrorKind::Input, error.to_string()))
}

/// The seconds of each time; the profile is written to `out`.
pub(crate) fn run(rows: &str, reference: &str, out: &str, times: usize) -> Result<Vec<f64>> {
    let (rows, reference) = (matrix(rows)?, Profile::read(reference)?);
    let config = reference.config().clone().like();
    let space = config.spaces.keys().next().cloned().unwrap_or_default();
    let mut seconds = Vec::new();
    for _ in 0..times {
        let mut builder = ProfileBuilder::new(config.clone())?;
        let begun = Instant::now();
        builder.track_batch(&Batch::new(rows.nrows()).space(space.as_str(), rows.view()))?;
        seconds.push(begun.elapsed().as_secs_f64());
        builder.freeze().write(out)?;
    }
    Ok(seconds)
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rows, reference, out, times @ ..] = arguments.as_slice() else {
        let message = "usage: embedding_rate ROWS.npy REFERENCE.dsp OUT.dsp [TIMES]";
        return Err(Error::new(ErrorKind::Argument, message));
    };
    let times = times.first().and_then(|times| times.parse().ok());
    for seconds in run(rows, reference, out, times.unwrap_or(1))? {
        println!("{seconds}");
    }
    Ok(())
}
