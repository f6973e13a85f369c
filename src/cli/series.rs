//! `driftsphere series`: windows in the order of time against a reference.

use super::exit::ExitStatus;
use super::output;
use super::renderings::Renderings;
use super::series_args::SeriesArgs;
use super::stored::{self, read_profile};
use anyhow::{Context, Result, bail};
use driftsphere::compare::series::{Role, SeriesOptions, series};
use driftsphere::profile::Profile;
use driftsphere::report::{html, series_headline, series_json, series_markdown, series_page};
use std::path::{Path, PathBuf};

pub(super) fn run(args: &SeriesArgs) -> Result<ExitStatus> {
    let files = files(&args.windows)?;
    let mut inputs = vec![stored::file(&args.reference)];
    inputs.extend(files.iter().map(|path| stored::file(path)));
    let outputs = Renderings::new(&args.result, &inputs)?;
    let options = SeriesOptions {
        alpha: args.alpha,
        horizon: args.horizon,
        season: !args.no_season,
        length: args.window.map(|length| length.milliseconds()),
        outputs: args.outputs.clone(),
        ..SeriesOptions::default()
    };
    options.check()?;
    let reference = read_profile(&args.reference).context("reference")?;
    let profiles: Vec<Profile> = (files.iter())
        .map(|path| read_profile(path))
        .collect::<driftsphere::Result<_>>()
        .context("window")?;
    let names: Vec<String> = files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let windows: Vec<(&str, &Profile)> = names.iter().map(String::as_str).zip(&profiles).collect();
    let answer = series(&reference, &windows, &options)?;
    let watched = answer
        .windows
        .iter()
        .any(|window| window.role == Role::Watched);
    let status = match (watched, answer.episodes.is_empty()) {
        (false, _) => ExitStatus::Trouble,
        (true, true) => ExitStatus::Success,
        (true, false) => ExitStatus::Drift,
    };

    outputs.write(
        || series_json::to_text(&answer, status.code()),
        |verbose| series_markdown(&answer, verbose),
        || html::series(&answer),
        |options| series_page(&answer, options),
    )?;
    // Silence would read as `no drift`.
    if !watched && outputs.are_silent() {
        output::say(&series_headline(&answer));
    }
    Ok(status)
}

/// The files that are named, and the profiles in folders that are, by name.
fn files(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for path in named {
        match path.is_dir() {
            true => all.extend(profiles_in(path)?),
            false => all.push(path.clone()),
        }
    }
    Ok(all)
}

fn profiles_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read the folder {}", folder.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == "dsp") {
            found.push(path);
        }
    }
    if found.is_empty() {
        bail!(
            "there is no profile (.dsp) in the folder {}",
            folder.display()
        );
    }
    found.sort();
    Ok(found)
}
