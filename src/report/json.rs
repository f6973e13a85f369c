//! A comparison for programs: the JSON document, specified at [`Document`].

use super::json_frame::Frame;
use crate::compare::{Comparison, Kind, Note, SameIds, Verdict};
use serde::Serialize;

/// The JSON document of a comparison, format version 1.
///
/// # Promises
///
/// - A field once in the format stays, with its name, its type and its meaning,
///   as long as `version` stays. New fields may come at any time: readers skip
///   fields they do not know. Whatever else changes raises `version`.
/// - Every field is always there. What is unknown or could not be computed is
///   `null`; a number that is not finite is `null` as well.
/// - Verdicts are `"drift"`, `"possible-drift"`, `"not-enough-data"`,
///   `"no-drift"` or `"not-tested"`.
/// - Shares, ranks, p-values and distances lie in `[0, 1]`.
/// - The order of objects in arrays is the order of weight where one is stated,
///   and by name otherwise; the same two profiles give the same bytes.
/// - Control characters and marks that change the reading order are written as
///   `\u` escapes, so that the document can be shown on a terminal.
/// - Not promised: the wording of `sentence`, `reason` and `text`.
///
/// # Fields
///
/// | field | type | meaning |
/// | --- | --- | --- |
/// | `format` | string | always `"driftsphere comparison"` |
/// | `version` | integer | of the format, `1` |
/// | `generator` | string | program and version that wrote it |
/// | `verdict` | verdict | over everything |
/// | `headline` | string | the verdict in a sentence |
/// | `exit_status` | integer | of the command: 0 no drift, 1 drift (or what `--fail-on` names), 2 nothing could be tested |
/// | `alpha` | number | rate of false alarms aimed at, for the whole comparison |
/// | `reference` | [window](Window) | the trusted window |
/// | `target` | [window](Window) | the window asked about |
/// | `groups` | array of [group](Group) | findings judged together, by name |
/// | `findings` | array of [finding](Finding) | heaviest verdict first, then largest effect relative to its threshold; where there is not enough data, smallest p first |
/// | `why` | array of [explanation](Explanation) | input features that go along with what changed |
/// | `spaces` | array of [space](Space) | embedding spaces that both windows have |
/// | `notes` | array of [note](Note) | doubts and advice: `code` (stable), `text` |
///
/// # Example
///
/// ```
/// # use driftsphere::compare::{Comparison, Verdict, WindowSummary};
/// # let window = |name: &str| WindowSummary {
/// #     name: name.into(), records: 1000, not_used: vec![], times: None };
/// # let comparison = Comparison {
/// #     verdict: Verdict::NoDrift, alpha: 0.05, reference: window("march.dsp"),
/// #     target: window("april.dsp"), groups: vec![], findings: vec![], why: vec![], spaces: vec![], notes: vec![] };
/// let text = driftsphere::report::json::to_text(&comparison, 0);
/// let value: serde_json::Value = serde_json::from_str(&text)?;
/// assert_eq!(value["format"], "driftsphere comparison");
/// assert_eq!(value["verdict"], "no-drift");
/// assert_eq!(value["exit_status"], 0);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Document<'a> {
    /// Of format `driftsphere comparison`.
    #[serde(flatten)]
    pub frame: Frame,
    /// Over everything.
    pub verdict: Verdict,
    /// The verdict in a sentence.
    pub headline: String,
    /// Of the command.
    pub exit_status: u8,
    /// Rate of false alarms aimed at.
    pub alpha: Option<f64>,
    /// The trusted window.
    pub reference: Window<'a>,
    /// The window asked about.
    pub target: Window<'a>,
    /// Findings judged together.
    pub groups: Vec<Group<'a>>,
    /// The evidence, feature by feature.
    pub findings: Vec<Finding<'a>>,
    /// What goes along with the changes.
    pub why: Vec<Explanation<'a>>,
    /// Embedding spaces that both windows have.
    pub spaces: Vec<Space<'a>>,
    /// Doubts and advice.
    pub notes: &'a [Note],
}

/// Input features that go along with a distance to centres, or an output, that
/// changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation<'a> {
    /// Group of what is explained.
    pub group: &'a str,
    /// `own-centre distance`, `cluster distance`, or the name of an output;
    /// `distance to centres` where none of them changed.
    pub outcome: &'a str,
    /// Whether it rose; `null` where the sampled records do not show which way.
    pub rose: Option<bool>,
    /// Sampled records that it was measured on.
    pub records: u64,
    /// Input features that could be looked at.
    pub inputs: u64,
    /// How many of these changed.
    pub changed: u64,
    /// How many of these explain it, listed or not.
    pub associated: u64,
    /// At most 10 of them, the most telling first; empty if none does.
    pub features: Vec<Association<'a>>,
    /// In plain words; wording not promised.
    pub sentence: &'a str,
}

/// An input feature that goes along with an outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Association<'a> {
    /// Its name.
    pub feature: &'a str,
    /// Whether it rose between the windows.
    pub rose: bool,
    /// Spearman's rank correlation over both windows.
    pub correlation: Option<f64>,
    /// Lower end of its 95 % interval.
    pub lower: Option<f64>,
    /// Upper end of its 95 % interval.
    pub upper: Option<f64>,
    /// Tail probability under no correlation.
    pub p_value: Option<f64>,
    /// The same after Holm's correction.
    pub p_adjusted: Option<f64>,
    /// Sampled records (or groups of them) behind it.
    pub n: u64,
    /// The correlation within the windows; `null` where it cannot be told.
    pub within: Option<f64>,
    /// Lower end of its 95 % interval.
    pub within_lower: Option<f64>,
    /// Upper end of its 95 % interval.
    pub within_upper: Option<f64>,
    /// Whether it holds within the windows too, not only between them.
    pub also_within: bool,
}

/// One of the two windows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Window<'a> {
    /// The name given by the caller, such as a file name.
    pub name: &'a str,
    /// Records read.
    pub records: u64,
    /// Records or vectors skipped or failed.
    pub not_used: Vec<NotUsed<'a>>,
    /// Time of the first record, milliseconds since 1970 UTC.
    pub first_time: Option<i64>,
    /// Time of the last record, milliseconds since 1970 UTC.
    pub last_time: Option<i64>,
}

/// Why some records of a window were not used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NotUsed<'a> {
    /// Where and why, as `where: reason`.
    pub reason: &'a str,
    /// How many.
    pub count: u64,
}

/// Findings judged together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group<'a> {
    /// Such as `space embedding`.
    pub name: &'a str,
    /// How its p-value was made: `cauchy` or `simes`.
    pub combination: &'a str,
    /// Names of what was combined.
    pub combined: &'a [String],
    /// The combined p-value.
    pub p_value: Option<f64>,
    /// The same after Holm's correction over the groups.
    pub p_adjusted: Option<f64>,
    /// The decision.
    pub verdict: Verdict,
}

/// The evidence about one feature in one scope.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding<'a> {
    /// Name of its group.
    pub group: &'a str,
    /// Such as `own-centre distance`.
    pub feature: &'a str,
    /// `input`, `embedding`, `output` or `label`.
    pub kind: Kind,
    /// Which records it is about.
    pub scope: Scope<'a>,
    /// Name of the statistic: of a feature `ks`, `w1`, `psi`, `js`, `kl`,
    /// `hellinger`, `chi-square`, `kuiper` or `beta-binomial`; others of a space.
    pub statistic: &'a str,
    /// The statistic.
    pub value: Option<f64>,
    /// Tail probability under no change.
    pub p_value: Option<f64>,
    /// The same, corrected for everything else that was tested.
    pub p_adjusted: Option<f64>,
    /// The number held against itself, where both windows have the same ids; `null` otherwise.
    pub same_ids: Option<SameIds>,
    /// Permutations behind the p-value.
    pub permutations: Option<u64>,
    /// The effect the verdict is drawn from.
    pub effect: Option<Effect<'a>>,
    /// Further effects, as description.
    pub other_effects: Vec<Effect<'a>>,
    /// Records (or pairs) of the reference behind the test.
    pub n_reference: u64,
    /// Records (or pairs) of the target behind the test.
    pub n_target: u64,
    /// Measured on the samples and not on every record.
    pub sampled: bool,
    /// The decision.
    pub verdict: Verdict,
    /// In plain words; wording not promised.
    pub sentence: &'a str,
    /// Why it was not tested, or what limits it; wording not promised.
    pub reason: Option<&'a str>,
    /// How the effect stands to those among accepted windows; `null` without any.
    pub natural: Option<Natural>,
    /// Quantiles of both sides, by rising rank.
    pub quantiles: Vec<Quantile>,
    /// Shares of both sides, what says most of a change first: by `(a - b)^2 / (a + b)`.
    pub shares: Vec<Share<'a>>,
    /// Values that only the target has, with a share of 1 % or more.
    pub new_values: &'a [String],
    /// Values that only the reference has, with a share of 1 % or more.
    pub lost_values: &'a [String],
    /// Records that show it.
    pub records: Vec<Record<'a>>,
}

/// What accepted windows show of a finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Natural {
    /// Accepted windows in which it was measured.
    pub windows: u64,
    /// The largest effect that is still usual, in the effect's unit, without sign.
    pub limit: Option<f64>,
    /// Whether no effect of the finding goes beyond.
    pub within: bool,
}

/// Which records a finding is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scope<'a> {
    /// `all`, `class`, `cluster` or `between-classes`.
    pub of: &'static str,
    /// The class or cluster.
    pub name: Option<&'a str>,
}

/// How large a change is, in plain units.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect<'a> {
    /// What is measured, such as `median shift`. Of shares it is `total variation less chance`: half
    /// the sum of the absolute differences of the shares, less what two windows of the same shares
    /// have of it by chance, and not below 0. (Of numbers that are constant on
    /// both sides it is `total variation`, from which nothing is taken.)
    pub name: &'a str,
    /// The size found, signed where a direction makes sense.
    pub value: Option<f64>,
    /// Such as `reference sd`, `degrees`, `share`.
    pub unit: &'a str,
    /// The size from which it counts as drift (inclusive).
    pub threshold: Option<f64>,
    /// The value that no change at all would give.
    pub no_change: Option<f64>,
    /// The smallest size shown with 80 % power.
    pub detectable: Option<f64>,
}

/// One quantile on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quantile {
    /// In `[0, 1]`.
    pub rank: Option<f64>,
    /// The reference's.
    pub reference: Option<f64>,
    /// The target's.
    pub target: Option<f64>,
}

/// The share of one value on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Share<'a> {
    /// Class, cluster or category.
    pub value: &'a str,
    /// Its share of the reference.
    pub reference: Option<f64>,
    /// Its share of the target.
    pub target: Option<f64>,
}

/// A record that shows a finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record<'a> {
    /// Its id; `row` and a hash where it came without one.
    pub id: &'a str,
    /// What it shows, in words: `medoid of NAME` (a record of the reference), `farthest from every
    /// cluster`, `far out in NAME`, `new in grown NAME`, or a feature with the record's value.
    pub role: &'a str,
    /// Its distance to the centre the role speaks of.
    pub distance: Option<f64>,
}

/// What is said of one embedding space beside its findings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Space<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its dimension.
    pub dim: usize,
    /// Its distance: `half-chord`, `angular` or `cosine`.
    pub distance: &'a str,
    /// Model id of the reference.
    pub reference_model: Option<&'a str>,
    /// Model id of the target.
    pub target_model: Option<&'a str>,
    /// Rows of the reference on the sphere.
    pub reference_rows: u64,
    /// Rows of the target on the sphere.
    pub target_rows: u64,
    /// Where the centres came from: `codebook` or `sampled`.
    pub centres: &'a str,
    /// Content hash of the codebook.
    pub codebook: Option<&'a str>,
    /// What served as class.
    pub class_source: &'a str,
    /// Estimated share of target records that the reference has too.
    pub shared: Option<f64>,
    /// Treated as the same records measured twice.
    pub paired: bool,
    /// New mix, or new meaning.
    pub mix_or_meaning: Option<Mix>,
    /// Frechet distance of sampled unit vectors; a description, no verdict rests
    /// on it.
    pub frechet: Option<Frechet>,
    /// Alarms of the sample tests within the reference; `null` unless asked for.
    pub self_check: Option<SelfCheck<'a>>,
}

/// Alarms of the sample tests when the reference is split in two; it covers these
/// tests and what changes inside the reference, no more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SelfCheck<'a> {
    /// Splits that were tried.
    pub splits: u64,
    /// Whether one part was a block of time; at random otherwise.
    pub by_time: bool,
    /// Rows of the part that stands for the reference.
    pub reference_rows: u64,
    /// Rows of the part that stands for the target.
    pub target_rows: u64,
    /// Groups of the first part, where whole groups were split.
    pub reference_groups: Option<u64>,
    /// Groups of the other part.
    pub target_groups: Option<u64>,
    /// Share of the splits with p <= alpha, by test.
    pub rates: Vec<Rate<'a>>,
}

/// How often a test alarms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rate<'a> {
    /// Name of the statistic.
    pub statistic: &'a str,
    /// Share of the splits.
    pub rate: Option<f64>,
}

/// How far apart the normal laws of two samples are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Frechet {
    /// The squared distance.
    pub value: Option<f64>,
    /// The same between two samples that mix the windows.
    pub by_chance: Option<f64>,
    /// Rows of each window behind it; compare values of equal numbers only.
    pub rows: u64,
}

/// How far the mean moved because of a new mix of classes, and of new meaning.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mix {
    /// Length of the mix part, chord units.
    pub mix: Option<f64>,
    /// Length of the meaning part, chord units.
    pub meaning: Option<f64>,
}

/// The document of a comparison whose command ends with `exit_status`.
#[must_use]
pub fn document(comparison: &Comparison, exit_status: u8) -> Document<'_> {
    Document::new(comparison, exit_status)
}

/// The same as indented text with a line feed at its end.
#[must_use]
pub fn to_text(comparison: &Comparison, exit_status: u8) -> String {
    super::json_text::to_text(&document(comparison, exit_status))
}
