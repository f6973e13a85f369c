//! Series in which nothing drifts: how often one alarms at all.

use std::collections::BTreeMap;

use crate::data::{Data, Draws};
use crate::outcome::wilson;
use crate::trial::{Classes, Classifier, SPACE};
use driftsphere::Result;
use driftsphere::compare::series::{Series, SeriesOptions, series as judge};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use ndarray::Axis;
use rayon::prelude::*;

const DAY: i64 = 86_400_000;
/// Rows of the reference, and of each watched window.
const REFERENCE: usize = 1_200;
const WINDOW: usize = 40;
const WINDOWS: usize = 30;
/// Rows that a classifier is fitted on.
const SPARE: usize = 500;

/// Rows of one window, in `days` days from `day` on.
fn track(
    builder: &mut ProfileBuilder,
    data: &Data,
    rows: &[usize],
    (day, days): (i64, i64),
    class: Option<&(dyn Fn(usize) -> usize + Sync)>,
) -> Result<()> {
    let n = rows.len() as i64;
    let ids: Vec<String> = (0..n).map(|i| format!("{day}/{i}")).collect();
    let times: Vec<i64> = (0..n).map(|i| day * DAY + i * days * DAY / n).collect();
    let vectors = data.rows.select(Axis(0), rows);
    let mut batch = Batch::new(rows.len())
        .ids(Column::from(ids))
        .times(times)
        .space(SPACE, vectors.view());
    if let Some(class) = class {
        let classes: Vec<i64> = rows.iter().map(|row| class(*row) as i64).collect();
        batch = batch.predictions(Column::from(classes));
    }
    builder.track_batch(&batch)
}

fn run(data: &Data, classes: Classes, trial: usize) -> Result<Series> {
    let rows = Draws::new(trial as u64, 5).shuffled(data.clean());
    let (spare, rows) = rows.split_at(SPARE);
    let classifier = Classifier::fit(data, spare);
    let predicted = |row: usize| classifier.predict(data, row);
    let labelled = |row: usize| data.labels[row];
    let class: Option<&(dyn Fn(usize) -> usize + Sync)> = match classes {
        Classes::None => None,
        Classes::Predicted => Some(&predicted),
        Classes::Labelled => Some(&labelled),
    };
    let (trusted, rest) = rows.split_at(REFERENCE);
    let config = ProfileConfig::new().space(SPACE, SpaceConfig::new(data.rows.ncols()));
    let days = WINDOWS as i64;
    let reference = profile_reference(config, FitOptions::default(), |builder| {
        track(builder, data, trusted, (0, days), class)
    })?;
    let windows: Vec<Profile> = (0..WINDOWS)
        .map(|at| {
            let mut builder = ProfileBuilder::new(reference.config().clone().like())?;
            let own = &rest[at * WINDOW..][..WINDOW];
            track(&mut builder, data, own, (days + at as i64, 1), class)?;
            Ok(builder.freeze())
        })
        .collect::<Result<_>>()?;
    let names: Vec<String> = (0..WINDOWS).map(|at| format!("day {at}")).collect();
    let named: Vec<(&str, &Profile)> = names
        .iter()
        .map(String::as_str)
        .zip(windows.iter())
        .collect();
    judge(&reference, &named, &SeriesOptions::default())
}

/// The share of series that alarm, by classes.
pub(crate) fn series(data: &Data, trials: usize) {
    println!(
        "\nSeries: {REFERENCE} rows of reference, {WINDOWS} windows of {WINDOW}, other images in all of them\n"
    );
    println!("| classes | series | with an alarm (95 % interval) | alarms by family | goal |");
    println!("| --- | --- | --- | --- | --- |");
    for classes in [Classes::None, Classes::Predicted, Classes::Labelled] {
        let answers: Vec<Series> = (0..trials)
            .into_par_iter()
            .map(|trial| run(data, classes, trial).expect("the trial runs"))
            .collect();
        let alarmed = answers.iter().filter(|series| !series.episodes.is_empty());
        let alarmed = alarmed.count();
        let mut families: BTreeMap<&str, usize> = BTreeMap::new();
        for episode in answers.iter().flat_map(|series| &series.episodes) {
            *families.entry(episode.family.name()).or_default() += 1;
        }
        let families: Vec<String> = families.iter().map(|(f, n)| format!("{f} {n}")).collect();
        let (low, high) = wilson(alarmed, trials);
        println!(
            "| {} | {trials} | {:.1} % ({:.0}-{:.0}) | {} | at most 8 % at a stated 5 % |",
            classes.name(),
            100.0 * alarmed as f64 / trials as f64,
            100.0 * low,
            100.0 * high,
            families.join(", "),
        );
    }
}
