//! `driftsphere compare`: two windows -> what drifted.

use super::args::{CompareArgs, SideArgs};
use super::exit::ExitStatus;
use super::input_args::{CentreArgs, ColumnArgs, RowArgs, SpaceArgs};
use super::output;
use super::renderings::Renderings;
use super::settings::Settings;
use super::window::Window;
use anyhow::{Context, Result, bail};
use driftsphere::compare::{CompareOptions, Verdict, compare_with_history};
use driftsphere::profile::Profile;
use driftsphere::report::{headline, json, markdown, terminal};
use std::fs::File;
use std::io::Read;
use std::path::Path;

pub(super) fn run(args: &CompareArgs) -> Result<ExitStatus> {
    let mut inputs = vec![args.reference.clone(), args.target.clone()];
    inputs.extend(args.history.iter().cloned());
    let outputs = Renderings::new(args.json.as_deref(), args.markdown.as_deref(), &inputs)?;
    let (reference, target) = profiles(args)?;
    let history = args.history.iter().map(Profile::read);
    let history: Vec<Profile> = history
        .collect::<driftsphere::Result<_>>()
        .context("history")?;
    let comparison = compare_with_history(&reference, &target, &history, &options(args))?;
    let status = ExitStatus::of(comparison.verdict, args.fail_on);

    outputs.write(
        || json::to_text(&comparison, status.code()),
        || markdown(&comparison, args.verbose),
        (!args.quiet).then(|| terminal(&comparison, &output::page(args.verbose))),
    )?;
    // Silence would read as `no drift`.
    let unanswered = [Verdict::NotEnoughData, Verdict::NotTested];
    if unanswered.contains(&comparison.verdict) && (args.quiet || outputs.take_the_screen()) {
        output::say(&headline(&comparison));
    }
    Ok(status)
}

/// Both windows as profiles. A file of embeddings is profiled: the reference in
/// two passes, the target as the reference was.
fn profiles(args: &CompareArgs) -> Result<(Profile, Profile)> {
    let stored = (is_profile(&args.reference), is_profile(&args.target));
    refuse_idle_flags(args, stored)?;
    let SideArgs {
        reference_rows,
        reference_where,
        target_rows,
        target_where,
    } = &args.sides;
    let reference_rows = rows(&args.rows, reference_rows.as_deref(), reference_where);
    let target_rows = rows(&args.rows, target_rows.as_deref(), target_where);
    let reading = |path: &Path, name| Profile::read(path).context(name);
    Ok(match stored {
        (true, true) => (
            reading(&args.reference, "reference")?,
            reading(&args.target, "target")?,
        ),
        (true, false) => {
            let reference = reading(&args.reference, "reference")?;
            let like = (&reference, args.reference.as_path());
            let target = learn_like(args, &args.target, &target_rows, like, true);
            let target = target.context("target")?;
            (reference, target)
        }
        (false, true) => {
            let target = reading(&args.target, "target")?;
            let like = (&target, args.target.as_path());
            // Centres of the target are no centres for its reference.
            let reference = learn_like(args, &args.reference, &reference_rows, like, false);
            (reference.context("reference")?, target)
        }
        (false, false) => {
            let reference = learn_reference(args, &reference_rows).context("reference")?;
            let like = (&reference, args.reference.as_path());
            let target = learn_like(args, &args.target, &target_rows, like, true);
            let target = target.context("target")?;
            (reference, target)
        }
    })
}

fn learn_reference(args: &CompareArgs, rows: &RowArgs) -> driftsphere::Result<Profile> {
    let window = Window::open(&[&args.reference], &args.columns, rows)?;
    let centres = CentreArgs {
        fit: window.dim().map(|_| args.fit),
        ..CentreArgs::default()
    };
    let settings = Settings::new(&args.space, &centres, args.threads, window.dim())?;
    let profile = settings.angles(&args.angles).learn(&window)?;
    Settings::check_angles(&profile)?;
    Ok(profile)
}

/// Profiles a file as another window was, with its centres or without.
fn learn_like(
    args: &CompareArgs,
    path: &Path,
    rows: &RowArgs,
    (profile, profile_path): (&Profile, &Path),
    with_centres: bool,
) -> driftsphere::Result<Profile> {
    let window = Window::open(&[path], &args.columns, rows)?;
    let dim = window.dim();
    let settings = Settings::like(profile, profile_path, &args.space, args.threads, dim)?;
    match with_centres {
        true => settings.learn(&window),
        false => settings.without_centres().learn(&window),
    }
}

/// Flags about embeddings do nothing to a profile; that they were typed says
/// that something else was expected.
fn refuse_idle_flags(args: &CompareArgs, (reference, target): (bool, bool)) -> Result<()> {
    let sides = &args.sides;
    let about_reference = sides.reference_rows.is_some()
        || !sides.reference_where.is_empty()
        || !args.angles.is_empty();
    let about_target = sides.target_rows.is_some() || !sides.target_where.is_empty();
    let about_both = args.columns != ColumnArgs::default()
        || args.rows != RowArgs::default()
        || args.space != SpaceArgs::default();
    let which = match (reference, target) {
        (true, true) if about_both || about_reference || about_target => {
            "both windows are profiles"
        }
        (true, _) if about_reference => "the reference is a profile",
        (_, true) if about_target => "the target is a profile",
        _ => return Ok(()),
    };
    bail!(
        "{which} already; columns, rows and the embedding space are chosen when a \
         file of embeddings or records is profiled"
    )
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
    let sides = &args.sides;
    let reference = name(
        &args.reference,
        sides.reference_rows.as_deref(),
        &sides.reference_where,
    );
    let target = name(
        &args.target,
        sides.target_rows.as_deref(),
        &sides.target_where,
    );
    CompareOptions {
        alpha: args.alpha,
        seed: args.space.seed.unwrap_or(0),
        statistics: args.statistics.clone(),
        outputs: args.outputs.clone(),
        self_check: args.self_check,
        paired: match (args.paired, args.unpaired) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        },
        names: (reference, target),
        ..CompareOptions::default()
    }
}

/// The file, and what sets its rows apart from those of the other side.
fn name(path: &Path, rows: Option<&str>, conditions: &[String]) -> String {
    let parts: Vec<&str> = rows
        .into_iter()
        .chain(conditions.iter().map(String::as_str))
        .collect();
    match parts.is_empty() {
        true => path.display().to_string(),
        false => format!("{} [{}]", path.display(), parts.join(", ")),
    }
}
