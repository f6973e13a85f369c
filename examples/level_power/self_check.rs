//! The reference against itself: what `--self-check` says of real rows.

use crate::data::{Data, Draws};
use crate::trial::SPACE;
use driftsphere::Result;
use driftsphere::compare::{CompareOptions, SelfCheckSummary, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
use ndarray::Axis;
use rayon::prelude::*;

/// Records of each image where images come several times.
const FRAMES: usize = 10;
/// Rows of each window.
const ROWS: usize = 300;

/// What a reference is like.
struct Scenario {
    name: &'static str,
    /// Records come with times, in their order.
    timed: bool,
    /// Share of the second half that is degraded.
    degraded: f64,
    /// Ten records of each image, one after the other.
    frames: bool,
    /// Records of one image are said to belong together.
    grouped: bool,
}

const PLAIN: Scenario = Scenario {
    name: "",
    timed: true,
    degraded: 0.0,
    frames: false,
    grouped: false,
};

const SCENARIOS: [Scenario; 6] = [
    Scenario {
        name: "no times",
        timed: false,
        ..PLAIN
    },
    Scenario {
        name: "times, nothing changes",
        ..PLAIN
    },
    Scenario {
        name: "times, 10 % of the second half degraded",
        degraded: 0.1,
        ..PLAIN
    },
    Scenario {
        name: "times, 30 % of the second half degraded",
        degraded: 0.3,
        ..PLAIN
    },
    Scenario {
        name: "times, ten records of each image, nothing changes, no groups",
        frames: true,
        ..PLAIN
    },
    Scenario {
        name: "times, ten records of each image, nothing changes, groups",
        frames: true,
        grouped: true,
        ..PLAIN
    },
];

fn profile(data: &Data, images: &[usize], side: &str, scenario: &Scenario) -> Result<Profile> {
    let config = ProfileConfig::new().space(SPACE, SpaceConfig::new(data.rows.ncols()));
    let mut builder = ProfileBuilder::new(config)?;
    let ids: Vec<String> = (0..images.len()).map(|i| format!("{side}/{i}")).collect();
    let vectors = data.rows.select(Axis(0), images);
    let mut batch = Batch::new(images.len())
        .ids(Column::from(ids))
        .space(SPACE, vectors.view());
    if scenario.timed {
        batch = batch.times((0..images.len() as i64).collect::<Vec<i64>>());
    }
    if scenario.grouped {
        let groups: Vec<i64> = images.iter().map(|image| *image as i64).collect();
        batch = batch.groups(Column::from(groups));
    }
    builder.track_batch(&batch)?;
    Ok(builder.freeze())
}

fn run(data: &Data, scenario: &Scenario, trial: usize) -> Result<SelfCheckSummary> {
    let mut draws = Draws::new(trial as u64, 3);
    let order = draws.shuffled((0..data.held_out.len()).collect());
    let kind = &data.degraded[trial % data.degraded.len()].1;
    let each = if scenario.frames { FRAMES } else { 1 };
    let bad = (scenario.degraded * 100.0).round() as usize;
    let reference: Vec<usize> = (0..ROWS)
        .map(|row| {
            let image = order[row / each];
            match row >= ROWS / 2 && draws.below(100) < bad {
                true => kind[image],
                false => data.held_out[image],
            }
        })
        .collect();
    let target = draws.shuffled(data.reference.clone());
    let target: Vec<usize> = (0..ROWS).map(|row| target[row / each]).collect();
    let options = CompareOptions {
        self_check: true,
        ..CompareOptions::default()
    };
    let (reference, target) = (
        profile(data, &reference, "a", scenario)?,
        profile(data, &target, "b", scenario)?,
    );
    let mut spaces = compare(&reference, &target, &options)?.spaces;
    Ok(spaces[0].self_check.take().expect("the samples have rows"))
}

/// Mean rates over references, and how much they differ.
pub(crate) fn self_check(data: &Data, trials: usize) {
    println!("\nThe reference against itself: {ROWS} rows, 200 splits in halves\n");
    println!("| reference | references | spectral (sd) | laplace-mmd (sd) | schilling-knn (sd) |");
    println!("| --- | --- | --- | --- | --- |");
    for scenario in &SCENARIOS {
        let checks: Vec<SelfCheckSummary> = (0..trials)
            .into_par_iter()
            .map(|trial| run(data, scenario, trial).expect("the trial runs"))
            .collect();
        let cells: Vec<String> = (0..3)
            .map(|test| {
                let rates: Vec<f64> = checks.iter().map(|c| 100.0 * c.rates[test].1).collect();
                let n = rates.len() as f64;
                let mean = rates.iter().sum::<f64>() / n;
                let squares: f64 = rates.iter().map(|rate| (rate - mean).powi(2)).sum();
                format!("{mean:.1} % ({:.1})", (squares / (n - 1.0).max(1.0)).sqrt())
            })
            .collect();
        println!("| {} | {trials} | {} |", scenario.name, cells.join(" | "));
    }
}
