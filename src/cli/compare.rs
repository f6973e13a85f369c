//! `driftsphere compare`: two windows -> what drifted.

use super::args::CompareArgs;
use super::exit::ExitStatus;
use super::input_args::{CentreArgs, RowArgs};
use super::output;
use super::settings::Settings;
use super::window::Window;
use anyhow::{Context, Result};
use driftsphere::compare::{CompareOptions, Verdict, compare};
use driftsphere::profile::Profile;
use driftsphere::report::{headline, json, terminal};
use std::fs::File;
use std::io::Read;
use std::path::Path;

pub(super) fn run(args: &CompareArgs) -> Result<ExitStatus> {
    let json_file = args.json.as_deref().filter(|path| *path != Path::new("-"));
    let json_screen = args.json.is_some() && json_file.is_none();
    if let Some(path) = json_file {
        output::check_output(path, &[args.reference.clone(), args.target.clone()])?;
    }
    let (reference, target) = profiles(args)?;
    let comparison = compare(&reference, &target, &options(args))?;
    let status = ExitStatus::of(comparison.verdict, args.fail_on);

    if let Some(path) = json_file {
        output::write_file(path, json::to_text(&comparison, status.code()).as_bytes())?;
    }
    if json_screen {
        output::print(&json::to_text(&comparison, status.code()))?;
    } else if !args.quiet {
        output::print(&terminal(&comparison, &output::page(args.verbose)))?;
    }
    // Silence would read as `no drift`.
    let unanswered = [Verdict::NotEnoughData, Verdict::NotTested];
    if unanswered.contains(&comparison.verdict) && (args.quiet || json_screen) {
        output::say(&headline(&comparison));
    }
    Ok(status)
}

/// Both windows as profiles. A file of embeddings is profiled: the reference in
/// two passes, the target as the reference was.
fn profiles(args: &CompareArgs) -> Result<(Profile, Profile)> {
    let reference_rows = rows(
        &args.rows,
        args.sides.reference_rows.as_deref(),
        &args.sides.reference_where,
    );
    let target_rows = rows(
        &args.rows,
        args.sides.target_rows.as_deref(),
        &args.sides.target_where,
    );
    let reference = match is_profile(&args.reference) {
        true => Profile::read(&args.reference).context("reference")?,
        false => learn_reference(args, &reference_rows).context("reference")?,
    };
    let target = match is_profile(&args.target) {
        true => Profile::read(&args.target).context("target")?,
        false => learn_target(args, &target_rows, &reference).context("target")?,
    };
    Ok((reference, target))
}

fn learn_reference(args: &CompareArgs, rows: &RowArgs) -> driftsphere::Result<Profile> {
    let window = Window::open(&[&args.reference], &args.columns, rows)?;
    let centres = CentreArgs {
        fit: Some(args.fit),
        ..CentreArgs::default()
    };
    Settings::new(&args.space, &centres, args.threads, window.dim())?.learn(&window)
}

fn learn_target(
    args: &CompareArgs,
    rows: &RowArgs,
    reference: &Profile,
) -> driftsphere::Result<Profile> {
    let window = Window::open(&[&args.target], &args.columns, rows)?;
    Settings::like(
        reference,
        &args.reference,
        &args.space,
        args.threads,
        window.dim(),
    )?
    .learn(&window)
}

/// The rows of one side: those of both, and its own.
fn rows(both: &RowArgs, own_rows: Option<&str>, own_conditions: &[String]) -> RowArgs {
    RowArgs {
        rows: own_rows.map(str::to_owned).or_else(|| both.rows.clone()),
        conditions: both
            .conditions
            .iter()
            .chain(own_conditions)
            .cloned()
            .collect(),
    }
}

/// Whether the file begins as profiles do. One that cannot be read is taken for
/// embeddings, whose reader says best what is wrong with it.
fn is_profile(path: &Path) -> bool {
    let mut start = [0; 4];
    // Asked first, as opening a pipe would wait for its writer.
    path.is_file()
        && File::open(path)
            .and_then(|mut file| file.read_exact(&mut start))
            .is_ok_and(|()| start == *b"\x89DSP")
}

fn options(args: &CompareArgs) -> CompareOptions {
    let name = |path: &Path| path.display().to_string();
    CompareOptions {
        alpha: args.alpha,
        names: (name(&args.reference), name(&args.target)),
        ..CompareOptions::default()
    }
}
