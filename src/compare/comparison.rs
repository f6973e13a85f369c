//! The whole comparison.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};
use crate::profile::{Profile, SpaceProfile};

use super::calibration::expected_accuracy;
use super::draft::Draft;
use super::extremes::samples;
use super::features::compare_features;
use super::finding::{Kind, Scope};
use super::groups::Groups;
use super::judge::{judge, overall};
use super::natural::History;
use super::objects::compare_objects;
use super::options::CompareOptions;
use super::paired::{self, Paired, Sampled};
use super::pictures;
use super::repeats::ids_that_repeat;
use super::result::{Comparison, Note, SpaceSummary, WindowSummary};
use super::space::{compare_space, group_of};
use super::unused::compare_unused;
use super::view::View;
use super::why::explain;
use super::zoom::explain_zoom;

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
    compare_with_history(reference, target, &[], options)
}

/// The same with accepted windows: how much usually changes from one window to
/// the next decides what is too much.
///
/// Each window of `history` is compared with the reference as the target is. Of
/// every finding (its group, feature, scope and effect) the largest effect among
/// them is the limit of what is usual; from 20 windows on their 95 % quantile, the
/// 19th of 20. Then
///
/// ```text
/// drift            p_adjusted < alpha, effect >= threshold, effect > limit
/// possible drift   p_adjusted < alpha, effect > limit
/// no drift         p_adjusted < alpha, effect <= limit: within natural variation
/// ```
///
/// so p alone never alarms: with many records every day differs from every other
/// by more than chance. A finding without an effect goes by its statistic. A new
/// or lost value is drift by itself only if no accepted window has it, or lacks
/// it, alike. What no accepted window could measure is judged as without history.
/// Windows of about the target's size are best: effects of shorter ones hold more
/// noise, and a limit that is too high.
///
/// ```
/// use driftsphere::compare::{CompareOptions, Verdict, compare, compare_with_history};
/// use driftsphere::ingest::{Batch, Column};
/// use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};
///
/// let day = |offset: f64| -> driftsphere::Result<Profile> {
///     let brightness: Vec<f64> = (0..2000).map(|i| f64::from(i % 97) + offset).collect();
///     let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
///     builder.track_batch(&Batch::new(2000).feature("brightness", Column::from(brightness)))?;
///     Ok(builder.freeze())
/// };
/// let options = CompareOptions::default();
/// let (reference, cloudy) = (day(0.0)?, day(-12.0)?);
/// assert_eq!(compare(&reference, &cloudy, &options)?.verdict, Verdict::Drift);
///
/// let history = [day(9.0)?, day(-14.0)?, day(2.0)?];
/// let usual = compare_with_history(&reference, &cloudy, &history, &options)?;
/// assert_eq!(usual.verdict, Verdict::NoDrift);
/// let dark = compare_with_history(&reference, &day(-30.0)?, &history, &options)?;
/// assert_eq!(dark.verdict, Verdict::Drift);
/// # Ok::<(), driftsphere::Error>(())
/// ```
///
/// # Errors
/// As [`compare`], for the target and for each window of the history;
/// [`ErrorKind::Argument`] where the target is one of them: a window held against
/// itself could never alarm.
pub fn compare_with_history(
    reference: &Profile,
    target: &Profile,
    history: &[Profile],
    options: &CompareOptions,
) -> Result<Comparison> {
    let mut evidence = measure(reference, target, options)?;
    if !history.is_empty() {
        let mut usual = History::default();
        let options = CompareOptions {
            self_check: false,
            ..options.clone()
        };
        for (i, window) in history.iter().enumerate() {
            if window == target {
                let message = "it is the target itself, which would then never alarm; leave it out";
                let error = Error::new(ErrorKind::Argument, message);
                return Err(error.at("accepted window", i + 1));
            }
            let accepted = measure(reference, window, &options);
            let accepted = accepted.map_err(|e| e.at("accepted window", i + 1))?;
            usual.learn(&accepted.drafts);
        }
        evidence
            .drafts
            .iter_mut()
            .for_each(|draft| usual.apply(draft));
        evidence.notes.push(usual.note(history.len()));
    }
    let (groups, findings) = judge(evidence.drafts, options.alpha);
    let found = (groups.as_slice(), findings.as_slice());
    let mut why = explain(reference, target, &evidence.views, found, options);
    why.extend(explain_zoom(reference, target, &findings));
    Ok(Comparison {
        verdict: overall(&groups),
        alpha: options.alpha,
        reference: WindowSummary::of(&options.names.0, reference),
        target: WindowSummary::of(&options.names.1, target),
        groups,
        findings,
        why,
        spaces: evidence.spaces,
        notes: evidence.notes,
    })
}

/// Runs every test.
pub(super) fn measure(
    reference: &Profile,
    target: &Profile,
    options: &CompareOptions,
) -> Result<Evidence> {
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
    let paired = Paired::of(reference, target, options);
    let samples: Vec<_> = samples(reference, target).collect();
    let sampled = Sampled {
        paired: paired.as_ref(),
        samples: &samples,
        alpha: options.alpha,
    };
    let mut drafts = compare_features(reference, target, sampled, options)?;
    drafts.extend(compare_objects(reference, target, sampled, options)?);
    drafts.extend(compare_unused(reference, target, &options.thresholds));
    let mut spaces = Vec::new();
    let mut notes: Vec<Note> = expected_accuracy(reference, target).into_iter().collect();
    notes.extend(paired::note(&drafts, options));
    let mut views = BTreeMap::new();
    for name in reference.spaces().keys() {
        if !target.spaces().contains_key(name) {
            let space = Draft::new(&group_of(name), "rows", Kind::Embedding, Scope::All);
            drafts.push(space.not_tested("the target has no such space"));
            continue;
        }
        let answer =
            compare_space(name, reference, target, options).map_err(|e| e.at("space", name))?;
        drafts.extend(answer.drafts);
        spaces.push(answer.summary);
        notes.extend(answer.notes);
        views.extend(answer.view.map(|view| (name.clone(), view)));
    }
    for name in target.spaces().keys() {
        if !reference.spaces().contains_key(name) {
            notes.push(Note {
                code: "one-sided-space".into(),
                text: format!("only the target has the space {name}; it was not compared"),
            });
        }
    }
    if spaces.is_empty() {
        notes.extend(Groups::records_note(reference, target));
        notes.extend(options.self_check.then(|| {
            Note {
                code: "self-check".into(),
                text:
                    "there is no embedding space in both windows whose sample a self-check could \
                   split"
                        .into(),
            }
        }));
    }
    for (side, profile) in [("reference", reference), ("target", target)] {
        notes.extend(repeated_ids(side, profile));
        notes.extend(pictures::repeated(side, profile));
    }
    notes.extend(pictures::shared(reference, target));
    Ok(Evidence {
        drafts,
        spaces,
        notes,
        views,
    })
}

/// What was measured, before it is judged.
pub(super) struct Evidence {
    pub(super) drafts: Vec<Draft>,
    pub(super) spaces: Vec<SpaceSummary>,
    pub(super) notes: Vec<Note>,
    pub(super) views: BTreeMap<String, View>,
}

/// Ids that came with several different records, as those of a column of classes do.
fn repeated_ids(side: &str, profile: &Profile) -> Option<Note> {
    let spaces = profile.spaces().values().map(SpaceProfile::sample);
    let repeated = spaces.chain([profile.sample()]).find_map(ids_that_repeat);
    repeated.map(|(several, all)| Note {
        code: "repeated-ids".into(),
        text: format!(
            "{several} of {all} sampled ids of the {side} name several different records; is it \
             the column of ids? A sample keeps few records of each id. What several records have in \
             common goes to --group."
        ),
    })
}

impl WindowSummary {
    /// What a report says of `profile` as a window, called `name`.
    #[must_use]
    pub fn of(name: &str, profile: &Profile) -> Self {
        let mut not_used = Vec::new();
        let mut add = |place: &str, tally: &crate::sketch::Tally| {
            let reasons = tally.skipped().chain(tally.failed());
            not_used.extend(reasons.map(|(reason, count)| (format!("{place}: {reason}"), count)));
        };
        add("records", profile.tally());
        for (name, space) in profile.spaces() {
            add(&format!("space {name}"), space.tally());
        }
        for (kind, table) in profile.objects() {
            let faults = table.faults().iter();
            not_used.extend(
                faults.map(|(reason, count)| (format!("objects {kind}: {reason}"), *count)),
            );
        }
        Self {
            name: name.to_owned(),
            records: profile.records(),
            not_used,
            times: profile.times(),
        }
    }
}
