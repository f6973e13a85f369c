//! `driftsphere compare` of two sets: segment by segment.

use super::compare::options;
use super::compare_args::CompareArgs;
use super::exit::ExitStatus;
use super::output;
use super::renderings::Renderings;
use anyhow::{Result, bail};
use driftsphere::compare::{Verdict, compare_sets};
use driftsphere::profile::ProfileSet;
use driftsphere::report::{
    html, segments_headline, segments_json, segments_markdown, segments_terminal,
};

pub(super) fn run(
    args: &CompareArgs,
    reference: &ProfileSet,
    target: &ProfileSet,
    outputs: &Renderings<'_>,
) -> Result<ExitStatus> {
    if !args.picture_roots.is_empty() || !args.boxes.is_empty() {
        bail!(
            "--images and --boxes are for one comparison, and these are sets; compare their members, named \
             FILE#COLUMN=VALUE"
        );
    }
    if args.metrics.openmetrics.is_some() {
        bail!(
            "--openmetrics is for one window, and these are sets; compare their members, named \
             FILE#COLUMN=VALUE"
        );
    }
    if !args.history.is_empty() {
        bail!(
            "--history is for one window, and these are sets; compare their members, named \
             FILE#COLUMN=VALUE"
        );
    }
    let comparison = compare_sets(reference, target, &options(args)?)?;
    let status = ExitStatus::of(comparison.verdict, args.fail_on);
    outputs.write(
        || segments_json::to_text(&comparison, status.code()),
        |verbose| segments_markdown(&comparison, verbose),
        || html::segments(&comparison, reference, target),
        |options| segments_terminal(&comparison, options),
    )?;
    // Silence would read as `no drift`.
    let unanswered = [Verdict::NotEnoughData, Verdict::NotTested];
    let is_silent = outputs.are_silent();
    if unanswered.contains(&comparison.verdict) && is_silent {
        output::say(&segments_headline(&comparison));
    }
    let missing = comparison.only_reference.len() + comparison.only_target.len();
    if missing > 0 && is_silent {
        let are = if missing == 1 {
            "segment is"
        } else {
            "segments are"
        };
        output::note(&format!("{missing} {are} in one of the sets only"));
    }
    Ok(status)
}
