//! `driftsphere check`: a profile against rules, or a first set of rules.

use super::check_args::CheckArgs;
use super::exit::ExitStatus;
use super::output;
use super::renderings::Renderings;
use super::series_windows::SeriesWindows;
use super::store_args::FromStoreArgs;
use super::stored::{self, profiles_at, read_profile};
use anyhow::{Context, Result, bail};
use driftsphere::check::{Evidence, Outcome, Rules, check, starter};
use driftsphere::compare::series::{Series, SeriesOptions, series_of};
use driftsphere::compare::stability::{StabilityOptions, stability};
use driftsphere::compare::{CompareOptions, compare};
use driftsphere::report::{
    CheckNames, check_headline, check_json, check_junit, check_markdown, check_page, html,
};
use driftsphere::{Error, ErrorKind};
use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of a rules file that are read: one more than is accepted, so that a
/// longer file is noticed and an endless one ends.
const READ: u64 = (1 << 20) + 1;

pub(super) fn run(args: &CheckArgs) -> Result<ExitStatus> {
    match (&args.init, &args.profile, &args.rules) {
        (Some(reference), ..) => init(reference, args.output.as_deref()),
        (None, Some(profile), Some(rules)) => judge(args, profile, rules),
        // Refused when the line was read.
        _ => bail!("a profile and rules are needed"),
    }
}

fn init(reference: &Path, file: Option<&Path>) -> Result<ExitStatus> {
    if let Some(file) = file {
        output::check_output(file, &[])?;
        if file.exists() {
            bail!(
                "{} is there already; rules changed by hand are not written over",
                file.display()
            );
        }
    }
    let text = starter(&read_profile(reference)?, true);
    match file {
        Some(file) => output::write_file(file, text.as_bytes())?,
        None => output::print(&text)?,
    }
    Ok(ExitStatus::Success)
}

fn judge(args: &CheckArgs, profile_file: &Path, rules_file: &Path) -> Result<ExitStatus> {
    let against = args.against.as_deref();
    let mut inputs = vec![stored::file(profile_file), rules_file.to_path_buf()];
    inputs.extend(against.map(stored::file));
    inputs.extend(args.run_before.as_deref().map(stored::file));
    inputs.extend(profiles_at(&args.windows)?);
    let outputs = Renderings::new(&args.result, &[("--junit", args.junit.as_ref())], &inputs)?;
    let rules = read_rules(rules_file).context("rules")?;
    refuse_missing(args, &rules, rules_file)?;
    let profile = read_profile(profile_file).context("profile")?;
    let profile_name = profile_file.display().to_string();
    let mut evidence = Evidence::of(&profile);
    let comparison = match against.filter(|_| rules.needs_reference().is_some()) {
        Some(file) => {
            let reference = read_profile(file).context("reference")?;
            let options = CompareOptions {
                alpha: rules.alpha(),
                names: (file.display().to_string(), profile_name.clone()),
                ..CompareOptions::default()
            };
            Some(compare(&reference, &profile, &options)?)
        }
        None => None,
    };
    if let Some(comparison) = &comparison {
        evidence = evidence.with_comparison(comparison);
    }
    let stability = match args
        .run_before
        .as_deref()
        .filter(|_| rules.needs_runs().is_some())
    {
        Some(file) => {
            let before = read_profile(file).context("run before")?;
            let name = file.display().to_string();
            let runs = [(name.as_str(), &before), (profile_name.as_str(), &profile)];
            Some(stability(&runs, &StabilityOptions::default())?)
        }
        None => None,
    };
    if let Some(stability) = &stability {
        evidence = evidence.with_stability(stability);
    }
    let series = match against.filter(|_| rules.needs_series().is_some()) {
        Some(file) => Some(watch(file, &args.windows, rules.alpha())?),
        None => None,
    };
    if let Some(series) = &series {
        evidence = evidence.with_series(series);
    }
    let checked = check(&rules, &evidence);
    let status = match checked.outcome {
        Outcome::Passed => ExitStatus::Success,
        Outcome::Failed => ExitStatus::Drift,
        Outcome::NotApplicable => ExitStatus::Trouble,
    };

    let reference = against.map(|file| file.display().to_string());
    let names = CheckNames {
        profile: &profile_name,
        rules: &rules_file.display().to_string(),
        reference: reference
            .as_deref()
            .filter(|_| comparison.is_some() || series.is_some()),
    };
    outputs.write(
        || check_json::to_text(&checked, &names, status.code()),
        |verbose| check_markdown(&checked, &names, verbose),
        || html::checked(&checked, &names),
        |options| check_page(&checked, &names, options),
    )?;
    if let Some(path) = &args.junit {
        output::write_file(path, check_junit(&checked, &names).as_bytes())?;
    }
    // Silence would read as `passed`.
    if status == ExitStatus::Trouble && outputs.are_silent() {
        output::say(&check_headline(&checked));
    }
    Ok(status)
}

/// Rules about something that was not named: nothing is read for them.
fn refuse_missing(args: &CheckArgs, rules: &Rules, file: &Path) -> Result<()> {
    let against = args.against.is_some();
    let needs = [
        (
            rules.needs_reference(),
            against,
            "a comparison",
            "--against REF.dsp",
        ),
        (
            rules.needs_runs(),
            args.run_before.is_some(),
            "training runs",
            "--run-before RUN.dsp",
        ),
        (
            rules.needs_series(),
            against && !args.windows.is_empty(),
            "a series",
            "--against REF.dsp and --windows WINDOW...",
        ),
    ];
    for (line, is_there, what, flag) in needs {
        if let (Some(line), false) = (line, is_there) {
            bail!(
                "the rule at line {line} of {} is about {what}, which needs {flag}",
                file.display()
            );
        }
    }
    Ok(())
}

/// The windows against the reference.
fn watch(reference: &Path, windows: &[PathBuf], alpha: f64) -> Result<Series> {
    let reference = read_profile(reference).context("reference")?;
    let stored = FromStoreArgs::default();
    let windows = SeriesWindows::open(&stored, profiles_at(windows)?)?;
    let read = |at: usize| windows.read(at).map(Cow::Owned);
    let options = SeriesOptions {
        alpha,
        ..SeriesOptions::default()
    };
    Ok(series_of(&reference, &windows.names(), read, &options)?)
}

fn read_rules(path: &Path) -> driftsphere::Result<Rules> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(READ).read_to_end(&mut bytes))
        .map_err(|error| Error::io(error, path))?;
    let text =
        String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Input, "rules are UTF-8 text"));
    text.and_then(|text| Rules::parse(&text))
        .map_err(|error| error.at("file", path.display()))
}
