//! Comparing profiles: options of Python -> an answer.

use crate::answer::{Answer, Kind};
use crate::error::raise;
use crate::profile::Profile;
use crate::work::divided;
use driftsphere::compare::series::{SeriesOptions, series as core_series};
use driftsphere::compare::stability::{Question, StabilityOptions, stability as core_stability};
use driftsphere::compare::{
    CompareOptions, StatisticChoice, Thresholds, WindowSummary, compare_with_history,
};
use driftsphere::profile::Profile as Core;
use pyo3::prelude::*;

/// Profiles with the names that answers call them by.
type Named<'py> = Vec<(String, Bound<'py, Profile>)>;

fn lent<'a>(named: &'a Named<'_>) -> Vec<(&'a str, &'a Core)> {
    let lent =
        |(name, profile): &'a (String, Bound<'_, Profile>)| (name.as_str(), profile.get().core());
    named.iter().map(lent).collect()
}

/// See `driftsphere.compare`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "each is a keyword of Python")]
pub(crate) fn compare(
    py: Python<'_>,
    reference: &Bound<'_, Profile>,
    target: &Bound<'_, Profile>,
    history: Vec<Bound<'_, Profile>>,
    alpha: f64,
    statistics: Vec<(String, String)>,
    thresholds: Vec<(String, f64)>,
    outputs: Vec<String>,
    paired: Option<bool>,
    self_check: bool,
    seed: u64,
    names: (String, String),
    threads: Option<usize>,
) -> PyResult<Answer> {
    let choice = |(feature, statistic): (String, String)| {
        Ok(StatisticChoice::new(feature, statistic.parse()?))
    };
    let statistics = statistics.into_iter().map(choice);
    let mut thresholds = thresholds.into_iter();
    let thresholds = thresholds.try_fold(Thresholds::default(), |all, (name, size)| {
        all.with(&name, size)
    });
    let options = CompareOptions {
        alpha,
        seed,
        thresholds: thresholds.map_err(raise)?,
        statistics: statistics
            .collect::<driftsphere::Result<_>>()
            .map_err(raise)?,
        outputs,
        paired,
        self_check,
        names,
    };
    options.check().map_err(raise)?;
    let profiles = [reference, target].map(|profile| profile.clone().unbind());
    let (reference, target) = (reference.get().core(), target.get().core());
    let history: Vec<Core> = history
        .iter()
        .map(|window| window.get().core().clone())
        .collect();
    let answer = divided(py, threads, || {
        compare_with_history(reference, target, &history, &options)
    })?;
    Ok(Kind::Comparison(Box::new(answer), profiles).into())
}

/// See `driftsphere.series`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "each is a keyword of Python")]
pub(crate) fn series(
    py: Python<'_>,
    reference: &Bound<'_, Profile>,
    windows: Named<'_>,
    alpha: f64,
    horizon: Option<u64>,
    season: bool,
    length: Option<i64>,
    outputs: Vec<String>,
    threads: Option<usize>,
) -> PyResult<Answer> {
    let options = SeriesOptions {
        alpha,
        horizon,
        season,
        length,
        outputs,
        ..SeriesOptions::default()
    };
    let (reference, windows) = (reference.get().core(), lent(&windows));
    let answer = divided(py, threads, || core_series(reference, &windows, &options))?;
    let held = WindowSummary::of("reference", reference);
    Ok(Kind::Series(Box::new(answer), held).into())
}

/// See `driftsphere.stability`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "each is a keyword of Python")]
pub(crate) fn stability(
    py: Python<'_>,
    runs: Named<'_>,
    paired: bool,
    space: Option<String>,
    clusters: Option<usize>,
    neighbours: usize,
    max_ids: usize,
    seed: u64,
    threads: Option<usize>,
) -> PyResult<Answer> {
    let options = StabilityOptions {
        question: match paired {
            true => Question::Paired,
            false => Question::SetOnly,
        },
        space,
        clusters,
        neighbours,
        max_ids,
        seed,
        ..StabilityOptions::default()
    };
    let runs = lent(&runs);
    let answer = divided(py, threads, || core_stability(&runs, &options))?;
    Ok(Kind::Stability(Box::new(answer)).into())
}
