//! `driftsphere series`: windows in the order of time against a reference.

use super::exit::ExitStatus;
use super::output;
use super::renderings::Renderings;
use super::series_args::SeriesArgs;
use super::series_windows::SeriesWindows;
use super::stored::{self, profiles_at, read_profile};
use anyhow::{Context, Result};
use driftsphere::compare::WindowSummary;
use driftsphere::compare::series::{Role, SeriesOptions, series_of};
use driftsphere::report::{
    html, series_headline, series_json, series_markdown, series_openmetrics, series_page,
};
use std::borrow::Cow;

pub(super) fn run(args: &SeriesArgs) -> Result<ExitStatus> {
    let files = profiles_at(&args.windows)?;
    let mut inputs = vec![stored::file(&args.reference)];
    inputs.extend(files.iter().map(|path| stored::file(path)));
    let outputs = Renderings::new(
        &args.result,
        &[("--openmetrics", args.metrics.openmetrics.as_ref())],
        &inputs,
    )?;
    let labels = args.metrics.labels()?;
    let windows = SeriesWindows::open(&args.store, files)?;
    let options = SeriesOptions {
        alpha: args.alpha,
        horizon: args.horizon,
        season: !args.no_season,
        length: args.window.map(|length| length.milliseconds()),
        since: windows.since,
        outputs: args.outputs.clone(),
        ..SeriesOptions::default()
    };
    options.check()?;
    let reference = read_profile(&args.reference).context("reference")?;
    let read = |at: usize| windows.read(at).map(Cow::Owned);
    let answer = series_of(&reference, &windows.names(), read, &options)?;
    let watched = answer
        .windows
        .iter()
        .any(|window| window.role == Role::Watched);
    let status = match (watched, answer.episodes.is_empty()) {
        (false, _) => ExitStatus::Trouble,
        (true, true) => ExitStatus::Success,
        (true, false) => ExitStatus::Drift,
    };
    let held = WindowSummary::of(&args.reference.display().to_string(), &reference);

    outputs.write(
        || series_json::to_text(&answer, status.code()),
        |verbose| series_markdown(&answer, &held, verbose),
        || html::series(&answer, &held),
        |options| series_page(&answer, &held, options),
    )?;
    if let Some(path) = &args.metrics.openmetrics {
        output::write_file(path, series_openmetrics(&answer, &labels).as_bytes())?;
    }
    // Silence would read as `no drift`.
    if !watched && outputs.are_silent() {
        output::say(&series_headline(&answer));
    }
    Ok(status)
}
