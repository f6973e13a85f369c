//! `driftsphere compare`: two windows -> what drifted.

use super::compare_args::{CompareArgs, SideArgs};
use super::compare_set;
use super::exit::ExitStatus;
use super::input_args::{CentreArgs, ColumnArgs, ImageArgs, RowArgs, SpaceArgs};
use super::output;
use super::picture_boxes::Boxes;
use super::picture_roots::PictureRoots;
use super::renderings::Renderings;
use super::settings::Settings;
use super::stored::{self, Stored, is_stored, read_profile};
use super::window::Window;
use anyhow::{Context, Result, bail};
use driftsphere::compare::{CompareOptions, Thresholds, Verdict, compare_with_history};
use driftsphere::ingest::OutputsFile;
use driftsphere::profile::{Profile, ProfileSet};
use driftsphere::report::{headline, html, json, markdown, openmetrics, terminal_with_profiles};
use std::path::{Path, PathBuf};

pub(super) fn run(args: &CompareArgs) -> Result<ExitStatus> {
    let mut inputs = vec![stored::file(&args.reference), stored::file(&args.target)];
    inputs.extend(args.history.iter().map(|path| stored::file(path)));
    inputs.extend(args.boxes.iter().chain(&args.boxes_images).cloned());
    let outputs = Renderings::new(
        &args.result,
        &[("--openmetrics", args.metrics.openmetrics.as_ref())],
        &inputs,
    )?;
    let labels = args.metrics.labels()?;
    let roots = PictureRoots::open(&args.picture_roots, &args.reference, &args.target)?;
    let (reference, target) = match windows(args)? {
        Windows::Profiles(reference, target) => (*reference, *target),
        Windows::Sets(reference, target) => {
            return compare_set::run(args, &reference, &target, &outputs);
        }
    };
    let history = args.history.iter().map(|path| read_profile(path));
    let history: Vec<Profile> = history
        .collect::<driftsphere::Result<_>>()
        .context("history")?;
    let comparison = compare_with_history(&reference, &target, &history, &options(args)?)?;
    let status = ExitStatus::of(comparison.verdict, args.fail_on);
    let pictures = match args.result.html.is_some() && !args.no_images {
        true => {
            let wanted = html::wanted(&comparison, &reference, &target);
            let is_sealed = [&reference, &target].iter().any(|p| p.config().is_sealed());
            let classes = match is_sealed {
                true => Vec::new(),
                false => html::moved_box_classes(&comparison),
            };
            let boxes = boxes(args, &wanted, &classes)?;
            roots.pictures(wanted, boxes, args.threads)?
        }
        false => html::Pictures::default(),
    };

    outputs.write(
        || json::to_text(&comparison, status.code()),
        |verbose| markdown(&comparison, verbose),
        || html::comparison(&comparison, &reference, &target, &pictures),
        |options| terminal_with_profiles(&comparison, (&reference, &target), options),
    )?;
    if let Some(path) = &args.metrics.openmetrics {
        output::write_file(path, openmetrics(&comparison, &labels).as_bytes())?;
    }
    // Silence would read as `no drift`.
    let unanswered = [Verdict::NotEnoughData, Verdict::NotTested];
    if unanswered.contains(&comparison.verdict) && outputs.are_silent() {
        output::say(&headline(&comparison));
    }
    Ok(status)
}

/// The boxes of the records that are shown, and of those that show what moved: from the files that
/// were named, else from the windows themselves where these are what a model says.
fn boxes(args: &CompareArgs, wanted: &[html::Wanted], classes: &[String]) -> Result<Boxes> {
    let listed = args.boxes_images.as_ref();
    let listed = listed.or(args.columns.coco_images.as_ref());
    let listed = listed.map(PathBuf::as_path);
    let mut boxes = Boxes::default();
    if !args.boxes.is_empty() {
        boxes.read(&args.boxes, listed, wanted, classes)?;
        if boxes.is_empty() {
            output::note(
                "--boxes: of none of the records whose pictures are shown; are they called as \
                 these are?",
            );
        }
        return Ok(boxes);
    }
    if args.picture_roots.is_empty() {
        return Ok(boxes);
    }
    let windows = [
        (html::Side::Reference, &args.reference, &[][..]),
        (html::Side::Target, &args.target, classes),
    ];
    for (side, path, classes) in windows {
        if !is_stored(path) && OutputsFile::detect(path)?.is_some() {
            let own = wanted.iter().filter(|record| record.0 == side);
            let own: Vec<html::Wanted> = own.cloned().collect();
            boxes.read(std::slice::from_ref(path), listed, &own, classes)?;
        }
    }
    Ok(boxes)
}

/// The two windows.
enum Windows {
    Profiles(Box<Profile>, Box<Profile>),
    Sets(Box<ProfileSet>, Box<ProfileSet>),
}

/// Both windows, where both are stored perhaps as sets. A file of embeddings is
/// profiled: the reference in two passes, the target as the reference was.
fn windows(args: &CompareArgs) -> Result<Windows> {
    let stored = (is_stored(&args.reference), is_stored(&args.target));
    refuse_idle_flags(args, stored)?;
    let SideArgs {
        reference_rows,
        reference_where,
        target_rows,
        target_where,
    } = &args.sides;
    let reference_rows = rows(&args.rows, reference_rows.as_deref(), reference_where);
    let target_rows = rows(&args.rows, target_rows.as_deref(), target_where);
    let reading = |path: &Path, name| read_profile(path).context(name);
    let (reference, target) = match stored {
        (true, true) => {
            let reference = Stored::read(&args.reference).context("reference")?;
            let target = Stored::read(&args.target).context("target")?;
            match (reference, target) {
                (Stored::Set(reference), Stored::Set(target)) => {
                    return Ok(Windows::Sets(reference, target));
                }
                // One alone is an error that says how its members are named.
                (reference, target) => (
                    reference.profile(&args.reference).context("reference")?,
                    target.profile(&args.target).context("target")?,
                ),
            }
        }
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
    };
    Ok(Windows::Profiles(Box::new(reference), Box::new(target)))
}

fn learn_reference(args: &CompareArgs, rows: &RowArgs) -> driftsphere::Result<Profile> {
    let inputs = [&args.reference];
    let window = Window::open(&inputs, &args.columns, rows, &args.images, None)?;
    let centres = CentreArgs {
        fit: args.fit.or(window.dim().map(|_| CLUSTERS)),
        ..CentreArgs::default()
    };
    let settings = Settings::new(&args.space, &centres, args.threads, window.dim())?;
    let settings = settings.images(window.images());
    let profile = settings.angles(&args.angles).learn(&window)?;
    Settings::check_angles(&args.angles, [&profile].into_iter())?;
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
    let config = profile.config();
    let window = Window::open(&[path], &args.columns, rows, &args.images, Some(config))?;
    let dim = window.dim();
    let settings = Settings::like(config, profile_path, &args.space, args.threads, dim)?;
    match with_centres {
        true => settings.learn(&window),
        false => settings.without_centres().learn(&window),
    }
}

/// Clusters of a reference that is a file of embeddings, where nobody says how many.
const CLUSTERS: usize = 8;

/// Flags about embeddings do nothing to a profile; that they were typed says
/// that something else was expected.
fn refuse_idle_flags(args: &CompareArgs, (reference, target): (bool, bool)) -> Result<()> {
    let sides = &args.sides;
    let about_reference = sides.reference_rows.is_some() || !sides.reference_where.is_empty();
    let about_target = sides.target_rows.is_some() || !sides.target_where.is_empty();
    let about_both = args.columns != ColumnArgs::default()
        || args.images != ImageArgs::default()
        || args.rows != RowArgs::default()
        || args.space.space.is_some()
        || args.space.model.is_some();
    // What the first of two files alone decides; the seed is that of the tests, too.
    let space = SpaceArgs {
        space: None,
        model: None,
        seed: None,
        ..args.space.clone()
    };
    let measuring = args.fit.is_some() || !args.angles.is_empty() || space != SpaceArgs::default();
    let which = match (reference, target) {
        (true, true) if about_both || about_reference || about_target || measuring => {
            "both windows are profiles"
        }
        (true, _) if about_reference => "the reference is a profile",
        (_, true) if about_target => "the target is a profile",
        (true, _) | (_, true) if measuring => bail!(
            "one window is a profile already, and the other is measured as it was; --fit, --angle, \
             --centre, --distance, --sample, --sample-bytes and --keep-ids are chosen when a \
             reference is profiled"
        ),
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

pub(super) fn options(args: &CompareArgs) -> Result<CompareOptions> {
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
    let thresholds = args
        .thresholds
        .iter()
        .try_fold(Thresholds::default(), |all, (name, size)| {
            all.with(name, *size)
        });
    Ok(CompareOptions {
        alpha: args.alpha,
        seed: args.space.seed.unwrap_or(0),
        thresholds: thresholds?,
        statistics: args.statistics.clone(),
        outputs: args.outputs.clone(),
        self_check: args.self_check,
        paired: match (args.paired, args.unpaired) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        },
        names: (reference, target),
    })
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
