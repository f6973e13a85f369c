//! `driftsphere stability`: training runs -> is it still the same space?

use super::exit::ExitStatus;
use super::input_args::{CentreArgs, ColumnArgs, ImageArgs, RowArgs, SpaceArgs};
use super::learn::{pool, workers};
use super::output;
use super::renderings::Renderings;
use super::settings::Settings;
use super::stability_args::{FailOnChange, StabilityArgs};
use super::stored::{self, is_stored, read_profile};
use super::window::Window;
use anyhow::{Result, bail};
use driftsphere::compare::stability::{Change, Question, Stability, StabilityOptions, stability};
use driftsphere::profile::Profile;
use driftsphere::report::{
    html, stability_headline, stability_json, stability_markdown, stability_page,
};
use std::path::{Path, PathBuf};

/// Bytes of a number in a sample.
const HALF: usize = 2;

pub(super) fn run(args: &StabilityArgs) -> Result<ExitStatus> {
    let inputs: Vec<PathBuf> = args.runs.iter().map(|path| stored::file(path)).collect();
    let outputs = Renderings::new(&args.result, &[], &inputs)?;
    refuse_idle_flags(args)?;
    if args.columns.ids.is_none() && !args.set_only && args.runs.iter().any(|run| !is_stored(run)) {
        bail!(
            "runs are paired by ids: name them with --ids, or ask with --set-only whether the \
             clouds are alike"
        );
    }
    let options = StabilityOptions {
        question: match args.set_only {
            true => Question::SetOnly,
            false => Question::Paired,
        },
        space: args.space.space.clone(),
        clusters: args.clusters,
        neighbours: args.neighbours,
        max_ids: args.max_ids,
        seed: args.space.seed.unwrap_or(0),
        ..StabilityOptions::default()
    };
    options.check()?;
    let profiles: driftsphere::Result<Vec<Profile>> = (args.runs.iter())
        .map(|path| profile(args, path).map_err(|error| error.at("run", path.display())))
        .collect();
    let profiles = profiles?;
    let names: Vec<String> = args
        .runs
        .iter()
        .map(|run| run.display().to_string())
        .collect();
    let runs: Vec<(&str, &Profile)> = names.iter().map(String::as_str).zip(&profiles).collect();
    let answer = pool(workers(args.threads))?.install(|| stability(&runs, &options))?;
    let status = status(&answer, args.fail_on);

    outputs.write(
        || stability_json::to_text(&answer, status.code()),
        |verbose| stability_markdown(&answer, verbose),
        || html::stability(&answer),
        |options| stability_page(&answer, options),
    )?;
    // Silence would read as `the same`.
    let silent = outputs.are_silent();
    if answer.verdict == Change::NotTested && silent {
        output::say(&stability_headline(&answer));
    }
    Ok(status)
}

fn status(answer: &Stability, fail_on: FailOnChange) -> ExitStatus {
    let classes = answer.pairs.iter().map(|pair| pair.classes_verdict).max();
    let (verdict, lightest) = match fail_on {
        FailOnChange::Changed => (answer.verdict, Change::Changed),
        FailOnChange::Unclear => (answer.verdict, Change::Unclear),
        FailOnChange::Classes => (classes.unwrap_or(Change::NotTested), Change::Changed),
    };
    match verdict {
        Change::NotTested => ExitStatus::Trouble,
        verdict if verdict >= lightest => ExitStatus::Drift,
        _ => ExitStatus::Success,
    }
}

/// A stored profile, or that of a file of embeddings, whose sample then holds as
/// many records as may be compared.
fn profile(args: &StabilityArgs, path: &Path) -> driftsphere::Result<Profile> {
    if is_stored(path) {
        return read_profile(path);
    }
    let images = ImageArgs::default();
    let window = Window::open(&[path], &args.columns, &args.rows, &images, None)?;
    let mut settings = Settings::new(
        &args.space,
        &CentreArgs::default(),
        args.threads,
        window.dim(),
    )?;
    for space in settings.config.spaces.values_mut() {
        if args.space.sample.is_none() && args.space.sample_bytes.is_none() {
            space.sample_rows = args.max_ids;
            let row = space.dim.saturating_mul(HALF);
            space.sample_bytes = space.sample_bytes.max(row.saturating_mul(2 * args.max_ids));
        }
    }
    settings.learn(&window)
}

/// Flags about files do nothing to profiles.
fn refuse_idle_flags(args: &StabilityArgs) -> Result<()> {
    let measuring = SpaceArgs {
        space: None,
        seed: None,
        ..args.space.clone()
    };
    let typed = args.columns != ColumnArgs::default()
        || args.rows != RowArgs::default()
        || measuring != SpaceArgs::default();
    if typed && args.runs.iter().all(|run| is_stored(run)) {
        bail!(
            "all runs are profiles already; columns, rows and how embeddings are kept are chosen \
             when a file of embeddings is profiled"
        );
    }
    Ok(())
}
