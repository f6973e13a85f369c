//! The whole comparison.

use crate::error::{Error, ErrorKind, Result};
use crate::profile::Profile;

use super::features::compare_features;
use super::finding::{Comparison, Note, WindowSummary};
use super::judge::{judge, overall};
use super::options::CompareOptions;
use super::space::compare_space;

/// Compares two profiles: what changed, how much, how sure, and which records
/// show it.
///
/// Spaces and features that both sides have are tested; what only one side has
/// is reported as not tested. See [`Verdict`](super::Verdict) for how the
/// verdicts are drawn and [`Thresholds`](super::Thresholds) for the sizes that
/// count.
///
/// ```
/// use driftsphere::compare::{CompareOptions, Verdict, compare};
/// use driftsphere::ingest::{Batch, Column};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
///
/// let window = |offset: f64| -> driftsphere::Result<_> {
///     let brightness: Vec<f64> = (0..500).map(|i| f64::from(i % 97) + offset).collect();
///     let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
///     builder.track_batch(&Batch::new(500).feature("brightness", Column::from(brightness)))?;
///     Ok(builder.freeze())
/// };
/// let options = CompareOptions::default();
/// let same = compare(&window(0.0)?, &window(0.0)?, &options)?;
/// assert_eq!(same.verdict, Verdict::NoDrift);
///
/// let darker = compare(&window(0.0)?, &window(-40.0)?, &options)?;
/// assert_eq!(darker.verdict, Verdict::Drift);
/// assert!(darker.findings[0].feature.starts_with("brightness"));
/// # Ok::<(), driftsphere::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Argument`] for an alpha outside (0, 1), and where a chosen
/// statistic names no feature or does not fit it,
/// [`ErrorKind::Incompatible`] where the profiles were made with different seeds.
pub fn compare(
    reference: &Profile,
    target: &Profile,
    options: &CompareOptions,
) -> Result<Comparison> {
    options.check()?;
    let seeds = (reference.config().seed, target.config().seed);
    if seeds.0 != seeds.1 {
        return Err(Error::new(
            ErrorKind::Incompatible,
            format!(
                "the profiles were made with seeds {} and {}; profile both with one seed",
                seeds.0, seeds.1
            ),
        ));
    }
    let mut drafts = compare_features(reference, target, options)?;
    let mut spaces = Vec::new();
    let mut notes = Vec::new();
    for name in reference.spaces().keys() {
        if !target.spaces().contains_key(name) {
            notes.push(one_sided(name, "reference"));
            continue;
        }
        let answer =
            compare_space(name, reference, target, options).map_err(|e| e.at("space", name))?;
        drafts.extend(answer.drafts);
        spaces.push(answer.summary);
        notes.extend(answer.notes);
    }
    for name in target.spaces().keys() {
        if !reference.spaces().contains_key(name) {
            notes.push(one_sided(name, "target"));
        }
    }
    let (groups, findings) = judge(drafts, options.alpha);
    Ok(Comparison {
        verdict: overall(&groups),
        alpha: options.alpha,
        reference: window(&options.names.0, reference),
        target: window(&options.names.1, target),
        groups,
        findings,
        spaces,
        notes,
    })
}

fn one_sided(space: &str, side: &str) -> Note {
    Note {
        code: "one-sided-space".into(),
        text: format!("only the {side} has the space {space}; it was not compared"),
    }
}

fn window(name: &str, profile: &Profile) -> WindowSummary {
    let mut not_used = Vec::new();
    let mut add = |place: &str, tally: &crate::sketch::Tally| {
        let reasons = tally.skipped().chain(tally.failed());
        not_used.extend(reasons.map(|(reason, count)| (format!("{place}: {reason}"), count)));
    };
    add("records", profile.tally());
    for (name, space) in profile.spaces() {
        add(&format!("space {name}"), space.tally());
    }
    WindowSummary {
        name: name.to_owned(),
        records: profile.records(),
        not_used,
        times: profile.times(),
    }
}
