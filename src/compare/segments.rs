//! Two sets of profiles, compared segment by segment.

use crate::error::{Error, ErrorKind, Result};
use crate::profile::{Profile, ProfileSet, Segment};

use super::categories::{Counts, compare_counts};
use super::comparison::{Evidence, measure};
use super::draft::Draft;
use super::finding::{Finding, Kind, Scope, Verdict};
use super::judge::{judge, overall};
use super::numbers::Named;
use super::options::CompareOptions;
use super::repeats::DesignEffects;
use super::result::{Comparison, WindowSummary};
use super::stats;
use super::why::explain;

/// What two sets of profiles say, by [`compare_sets`].
#[derive(Debug, Clone, PartialEq)]
pub struct SetComparison {
    /// The heaviest verdict of a segment; `not tested` where none was tested.
    pub verdict: Verdict,
    /// The rate of false alarms aimed at, for all segments together.
    pub alpha: f64,
    /// The column whose values divide the records.
    pub column: String,
    /// Names of the two sets.
    pub names: (String, String),
    /// Segments that both sides have, in their order.
    pub segments: Vec<SegmentComparison>,
    /// Segments that only the reference has, and their records.
    pub only_reference: Vec<(Segment, u64)>,
    /// Segments that only the target has, and their records.
    pub only_target: Vec<(Segment, u64)>,
    /// Whether segments came or vanished: the records of those that one side lacks,
    /// beside all others together. `None` where both sides have the same.
    pub one_sided: Option<Finding>,
}

/// One segment of a [`SetComparison`].
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentComparison {
    /// Which records.
    pub segment: Segment,
    /// The smallest p-value of its groups, corrected over them; `None` where
    /// nothing was tested.
    pub p_value: Option<f64>,
    /// The same after Holm's correction over the segments.
    pub p_adjusted: Option<f64>,
    /// The segment's comparison, judged at the alpha that Holm's correction
    /// leaves to it ([`Comparison::alpha`]).
    pub comparison: Comparison,
}

/// Compares two sets segment by segment, and judges all together.
///
/// Of each segment that both sides have, everything is measured as by
/// [`compare`](super::compare()). Its p-value is the smallest of its groups after
/// their own correction; over the segments, Holm's step-down (1979) keeps the rate of
/// a false alarm in any of them at `alpha`:
///
/// ```text
/// p_(1) <= ... <= p_(S)      segment (i) passes if all before it do and
///                            p_(i) < alpha / (S - i + 1)
/// ```
///
/// Each segment is then judged at the level of its step (those that do not pass
/// at that of the first such step), so that its verdict, groups and findings agree
/// with its place in the whole. With many segments that level is small, and tests
/// by permutation, whose p-values end at 1e-4, cannot reach it in more than some
/// hundreds of segments.
///
/// That a side lacks a segment is one more test among them: of the records of such
/// segments, beside all others together ([`SetComparison::one_sided`]). One that had,
/// or has, a share of 1 % or more is drift if its absence is more than chance. Where
/// the side that lacks it pooled values for which there was no room, it may be among
/// them, and is not tested. Whether segments that both have became more or less
/// frequent is not tested: profile the column as a feature to have that.
///
/// ```
/// use driftsphere::compare::{CompareOptions, Verdict, compare_sets};
/// use driftsphere::ingest::{Batch, Column};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig, ProfileSet, SegmentedBuilder};
///
/// let window = |right: f64| -> driftsphere::Result<ProfileSet> {
///     let camera = (0..1000).map(|i| ["left", "right"][i % 2]);
///     let brightness = (0..1000).map(|i| (i % 97) as f64 + right * (i % 2) as f64);
///     let one = ProfileBuilder::new(ProfileConfig::new())?;
///     let mut builder = SegmentedBuilder::new(one, "camera");
///     builder.track_batch(
///         &Batch::new(1000)
///             .segments(Column::from(camera.collect::<Vec<_>>()))
///             .feature("brightness", Column::from(brightness.collect::<Vec<_>>())),
///     )?;
///     builder.freeze()
/// };
/// let answer = compare_sets(&window(0.0)?, &window(40.0)?, &CompareOptions::default())?;
/// let verdicts: Vec<_> = answer.segments.iter().map(|s| s.comparison.verdict).collect();
/// assert_eq!(verdicts, [Verdict::NoDrift, Verdict::Drift]);
/// assert_eq!(answer.verdict, Verdict::Drift);
/// # Ok::<(), driftsphere::Error>(())
/// ```
///
/// # Errors
/// Those of [`compare`](super::compare()), and [`ErrorKind::Incompatible`] where the
/// sets divide the records by different columns.
pub fn compare_sets(
    reference: &ProfileSet,
    target: &ProfileSet,
    options: &CompareOptions,
) -> Result<SetComparison> {
    options.check()?;
    let columns = (reference.column(), target.column());
    if columns.0 != columns.1 {
        let message = format!(
            "the sets are divided by {} and by {}; profile both with one --segment",
            columns.0, columns.1
        );
        return Err(Error::new(ErrorKind::Incompatible, message));
    }
    let mut measured = Vec::new();
    for (segment, ours) in reference.members() {
        if let Some(theirs) = target.members().get(segment) {
            let address = segment.address(columns.0);
            let evidence = measure(ours, theirs, options);
            let evidence = evidence.map_err(|e| e.at("segment", &address))?;
            measured.push(Measured {
                segment,
                sides: (ours, theirs),
                p_value: smallest_p(&evidence, options.alpha),
                evidence,
            });
        }
    }
    let one_sided = one_sided(reference, target, options);
    let mut p_values: Vec<Option<f64>> = measured.iter().map(|m| m.p_value).collect();
    p_values.push(one_sided.as_ref().and_then(|draft| draft.finding.p_value));
    let mut steps = holm(&p_values, options.alpha);
    let last = steps.pop();
    let one_sided = one_sided.zip(last).and_then(|(draft, step)| {
        let (_, mut findings) = judge(vec![draft], step.alpha);
        let mut finding = findings.pop()?;
        finding.p_adjusted = step.p_adjusted;
        Some(finding)
    });
    let segments = measured.into_iter().zip(steps);
    let segments: Vec<_> = segments
        .map(|(measured, step)| measured.judged(step, columns.0, options))
        .collect();
    let verdicts = segments.iter().map(|s| s.comparison.verdict);
    let verdicts = verdicts.chain(one_sided.iter().map(|finding| finding.verdict));
    Ok(SetComparison {
        verdict: verdicts.max().unwrap_or(Verdict::NotTested),
        alpha: options.alpha,
        column: columns.0.to_owned(),
        names: options.names.clone(),
        segments,
        only_reference: missing(reference, target),
        only_target: missing(target, reference),
        one_sided,
    })
}

/// What the test of segments that one side lacks calls all others.
const BOTH_HAVE: &str = "segments of both";

/// The test of the segments that one side lacks, if there are any.
fn one_sided(
    reference: &ProfileSet,
    target: &ProfileSet,
    options: &CompareOptions,
) -> Option<Draft> {
    let column = reference.column();
    let counts = |of: &ProfileSet, in_set: &ProfileSet| {
        let pooled = of.members().contains_key(&Segment::Other)
            || in_set.members().contains_key(&Segment::Other);
        let mut counts = Counts::new();
        for (segment, profile) in of.members() {
            let name = match in_set.members().contains_key(segment) || pooled {
                true => BOTH_HAVE.to_owned(),
                false => segment.address(column),
            };
            *counts.entry(name).or_default() += profile.records();
        }
        counts
    };
    let feature = format!("segments by {column}");
    let named = Named {
        group: "segments",
        feature: &feature,
        kind: Kind::Input,
        scope: Scope::All,
    };
    let (ours, theirs) = (counts(reference, target), counts(target, reference));
    let all_have = |counts: &Counts| counts.keys().all(|name| name == BOTH_HAVE);
    if all_have(&ours) && all_have(&theirs) {
        return None;
    }
    let (thresholds, design) = (&options.thresholds, DesignEffects::NONE);
    Some(compare_counts(
        &named,
        &ours,
        &theirs,
        design,
        thresholds,
        options.seed,
    ))
}

/// The segments of `of` that `in_set` lacks.
fn missing(of: &ProfileSet, in_set: &ProfileSet) -> Vec<(Segment, u64)> {
    let members = of.members().iter();
    let missing = members.filter(|(segment, _)| !in_set.members().contains_key(segment));
    let missing = missing.map(|(segment, profile)| (segment.clone(), profile.records()));
    missing.collect()
}

struct Measured<'a> {
    segment: &'a Segment,
    sides: (&'a Profile, &'a Profile),
    p_value: Option<f64>,
    evidence: Evidence,
}

impl Measured<'_> {
    fn judged(self, step: Step, column: &str, options: &CompareOptions) -> SegmentComparison {
        let address = self.segment.address(column);
        let name = |set: &str| format!("{set}#{address}");
        let (groups, findings) = judge(self.evidence.drafts, step.alpha);
        let found = (groups.as_slice(), findings.as_slice());
        let (reference, target) = self.sides;
        let why = explain(reference, target, &self.evidence.views, found, options);
        SegmentComparison {
            segment: self.segment.clone(),
            p_value: self.p_value,
            p_adjusted: step.p_adjusted,
            comparison: Comparison {
                verdict: overall(&groups),
                alpha: step.alpha,
                reference: WindowSummary::of(&name(&options.names.0), self.sides.0),
                target: WindowSummary::of(&name(&options.names.1), self.sides.1),
                groups,
                findings,
                why,
                spaces: self.evidence.spaces,
                notes: self.evidence.notes,
            },
        }
    }
}

fn smallest_p(evidence: &Evidence, alpha: f64) -> Option<f64> {
    let (groups, _) = judge(evidence.drafts.clone(), alpha);
    groups.iter().filter_map(|g| g.p_adjusted).reduce(f64::min)
}

/// A place in Holm's step-down.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    alpha: f64,
    p_adjusted: Option<f64>,
}

/// Holm's procedure over the p-values there are, with the level of each step.
fn holm(p_values: &[Option<f64>], alpha: f64) -> Vec<Step> {
    let mut tested: Vec<f64> = p_values.iter().copied().flatten().collect();
    let mut adjusted = stats::holm(&tested).into_iter();
    tested.sort_by(f64::total_cmp);
    // The first that fails stops all behind it.
    let count = tested.len();
    let level = |rank: usize| alpha / (count - rank) as f64;
    let passed = (0..count).take_while(|&rank| tested[rank] < level(rank));
    let passed = passed.count();
    let step = |p: &Option<f64>| match p {
        None => Step {
            alpha,
            p_adjusted: None,
        },
        Some(p) => Step {
            // Equal p-values share the level of the last of them.
            alpha: level((tested.partition_point(|q| q <= p) - 1).min(passed.min(count - 1))),
            p_adjusted: adjusted.next(),
        },
    };
    p_values.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, and as R's `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")`.
    #[test]
    fn holm_steps_down_and_stops_at_the_first_that_fails() {
        let p = [Some(0.01), None, Some(0.04), Some(0.03), Some(0.005)];
        let steps = holm(&p, 0.05);
        let adjusted: Vec<_> = steps.iter().map(|s| s.p_adjusted).collect();
        assert_eq!(
            adjusted,
            [Some(0.03), None, Some(0.06), Some(0.06), Some(0.02)]
        );
        let levels: Vec<f64> = steps.iter().map(|s| s.alpha).collect();
        assert_eq!(levels, [0.05 / 3.0, 0.05, 0.025, 0.025, 0.0125]);
        for (p, step) in p.iter().zip(&steps).filter(|(p, _)| p.is_some()) {
            assert_eq!(p.unwrap() < step.alpha, step.p_adjusted.unwrap() < 0.05);
        }
    }

    #[test]
    fn one_segment_is_judged_at_alpha() {
        let step = holm(&[Some(0.049)], 0.05)[0];
        assert_eq!((step.alpha, step.p_adjusted), (0.05, Some(0.049)));
    }
}
