//! Features that are angles: how often Kuiper's test alarms.

use crate::data::Draws;
use crate::outcome::wilson;
use driftsphere::Result;
use driftsphere::compare::{CompareOptions, Comparison, Verdict, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};
use driftsphere::sketch::hash_bytes;
use rayon::prelude::*;

/// What a scenario compares: records of the two windows, whole hours only, and by
/// how many hours the target is late.
type Scenario = ((usize, usize), bool, f64);

/// Hours of `n` pictures: most around half past eight in the evening, the others
/// around one in the morning, so that midnight lies between.
fn hours(draws: &mut Draws, n: usize, late: f64, whole: bool) -> Vec<f64> {
    (0..n)
        .map(|_| {
            let peak = if draws.below(10) < 7 { 20.5 } else { 25.0 };
            // The sum of twelve uniform numbers, less six, has an sd of 1.
            let sum: f64 = (0..12).map(|_| draws.below(1 << 30) as f64).sum();
            let hour = peak + 2.0 * (sum / f64::from(1 << 30) - 6.0) + late;
            let hour = hour.rem_euclid(24.0);
            if whole { hour.floor() } else { hour }
        })
        .collect()
}

fn profile(hours: Vec<f64>) -> Result<Profile> {
    let mut builder = ProfileBuilder::new(ProfileConfig::new().angle("hour", 24.0))?;
    builder.track_batch(&Batch::new(hours.len()).feature("hour", Column::from(hours)))?;
    Ok(builder.freeze())
}

fn run(((n, m), whole, late): Scenario, draws: &mut Draws) -> Result<Comparison> {
    let reference = profile(hours(draws, n, 0.0, whole))?;
    let target = profile(hours(draws, m, late, whole))?;
    compare(&reference, &target, &CompareOptions::default())
}

/// Level and power of the hour of the day.
pub(crate) fn angles(trials: usize) {
    println!("\nAngles: the hour of the day, two peaks with an sd of two hours\n");
    println!(
        "| windows | hours | turned by | trials | p <= 0.05 (95 % interval) | drift | possible drift |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let sizes = [(60, 60), (300, 300), (3000, 300)];
    let mut scenarios: Vec<Scenario> = Vec::new();
    for late in [0.0, 0.5, 1.0] {
        scenarios.extend(sizes.map(|sizes| (sizes, false, late)));
    }
    scenarios.extend([0.0, 1.0].map(|late| ((300, 300), true, late)));
    for scenario in scenarios {
        let ((n, m), whole, late) = scenario;
        let comparisons: Vec<Comparison> = (0..trials)
            .into_par_iter()
            .map(|trial| {
                let purpose = hash_bytes(2, format!("{n} {m} {whole} {late}").as_bytes());
                run(scenario, &mut Draws::new(trial as u64, purpose)).expect("the trial runs")
            })
            .collect();
        let small = |c: &&Comparison| c.findings[0].p_value.is_some_and(|p| p <= 0.05);
        let alarms = comparisons.iter().filter(small).count();
        let verdict = |verdict| {
            let ended = comparisons.iter().filter(|c| c.verdict == verdict);
            100.0 * ended.count() as f64 / trials as f64
        };
        let (low, high) = wilson(alarms, trials);
        println!(
            "| {n} against {m} | {} | {} degrees | {trials} | {:.1} % ({:.0}-{:.0}) | {:.1} % | {:.1} % |",
            if whole { "whole" } else { "any" },
            late * 15.0,
            100.0 * alarms as f64 / trials as f64,
            100.0 * low,
            100.0 * high,
            verdict(Verdict::Drift),
            verdict(Verdict::PossibleDrift)
        );
    }
}
