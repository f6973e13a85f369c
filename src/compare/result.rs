//! What a comparison says beside its findings: plain data, read by the reports.

use serde::Serialize;

use super::explanation::Explanation;
use super::finding::{Finding, Group, Verdict};

/// How much of the turn of a space's mean is a new mix of classes, and how much
/// is classes that moved.
///
/// ```text
/// D = sum_c (pi'_c - pi_c) mu_c  +  sum_c pi'_c (mu'_c - mu_c)
///     mix                           meaning
/// ```
///
/// with `pi`, `mu` the reference's class shares and mean unit vectors and primes
/// the target's; both orders of the split are averaged (Oaxaca 1973, Blinder 1973).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MixOrMeaning {
    /// Length of the mix part, less what chance alone gives; chord units `[0, 2]`.
    pub mix: f64,
    /// Length of the meaning part, less what chance alone gives; chord units
    /// `[0, 2]`.
    pub meaning: f64,
}

/// What is said of one space beside its findings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpaceSummary {
    /// The space's name.
    pub name: String,
    /// Numbers in one of its vectors (the reference's).
    pub dim: usize,
    /// Its distance: `half-chord`, `angular` or `cosine`.
    pub distance: String,
    /// The model ids of both sides.
    pub models: (Option<String>, Option<String>),
    /// Rows of both sides that could be placed on the sphere.
    pub rows: (u64, u64),
    /// Where the centres came from: `codebook`, or `sampled` where both sides
    /// had none in common and one was fitted on the reference's sample.
    pub centres: String,
    /// Content hash of the codebook, as hexadecimal digits.
    pub codebook: Option<String>,
    /// What served as class: `prediction`, `label`, `prediction and label`, `none`.
    pub class_source: String,
    /// Estimated share of records that both windows have, in `[0, 1]`, of the
    /// window in which it is larger.
    pub shared: f64,
    /// Whether the windows were treated as the same records measured twice.
    pub paired: bool,
    /// New mix, or new meaning; where both sides have classes.
    pub mix_or_meaning: Option<MixOrMeaning>,
    /// Frechet distance, as description; where both samples have rows for it.
    pub frechet: Option<FrechetSummary>,
    /// How often the sample tests alarm within the reference, where that was
    /// asked for ([`CompareOptions::self_check`](super::CompareOptions::self_check)).
    pub self_check: Option<SelfCheckSummary>,
}

/// Alarms of the sample tests when the reference is split in two. It covers these
/// tests and what changes inside the reference, no more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SelfCheckSummary {
    /// Splits that were tried.
    pub splits: u64,
    /// Whether one part was a block of time; at random otherwise.
    pub by_time: bool,
    /// Rows of the two parts, in the ratio of the windows; where whole groups are
    /// split, those of one split.
    pub rows: (u64, u64),
    /// Groups of the two parts, where records have groups: these are split and
    /// permuted as wholes.
    pub groups: Option<(u64, u64)>,
    /// Share of the splits with p <= alpha, by test.
    pub rates: Vec<(String, f64)>,
}

/// Frechet distance of the sampled unit vectors of both sides
/// ([`FrechetDistance`](super::stats::FrechetDistance)), as description: no
/// verdict rests on it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FrechetSummary {
    /// The squared distance; at most 4 for unit vectors.
    pub value: f64,
    /// The same between two samples that mix the sides: what no change gives.
    pub by_chance: f64,
    /// Rows of each side that it rests on; values of other numbers of rows do
    /// not compare.
    pub rows: u64,
}

/// One of the two windows of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WindowSummary {
    /// The name given by the caller, such as a file name.
    pub name: String,
    /// Records read.
    pub records: u64,
    /// Records (or vectors) skipped or failed, by reason, as `where: reason`.
    pub not_used: Vec<(String, u64)>,
    /// Time of the first and last record, in milliseconds since 1970 UTC.
    pub times: Option<(i64, i64)>,
}

/// A doubt or an advice that belongs to the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// A short stable name, such as `shared-records`.
    pub code: String,
    /// What it means and what to do.
    pub text: String,
}

/// Two profiles, compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The decision over everything.
    pub verdict: Verdict,
    /// The rate of false alarms aimed at, for the whole comparison.
    pub alpha: f64,
    /// The trusted window.
    pub reference: WindowSummary,
    /// The window asked about.
    pub target: WindowSummary,
    /// Groups of findings, in order of name.
    pub groups: Vec<Group>,
    /// Findings, the heaviest verdict first, then the largest effect relative to
    /// its threshold; where there is not enough data, the smallest p first.
    pub findings: Vec<Finding>,
    /// What goes along with a change: an entry for each distance to centres that
    /// changed in a space that drifted, and for each output (a score, a
    /// confidence) that did, `possible drift` included.
    ///
    /// ```text
    /// outputs  features with score, confidence, probability, logit, margin,
    ///          entropy or energy (or their plural) as a word of their name, and
    ///          those of CompareOptions::outputs
    /// inputs   all other features with numbers, but angles, of which 30 sampled
    ///          records (10 a side) have one; of grouped records as many groups
    /// named    an input that changed (possible drift at least, and up or down
    ///          among the sampled records), whose rank correlation with the
    ///          outcome, over both windows, is 0.1 or more, has p < alpha after
    ///          Holm's correction over the inputs that changed, and has the sign
    ///          that takes the outcome the way it went
    /// ```
    ///
    /// An input that goes along with the outcome but has not changed explains no
    /// change. Empty where both windows have no input feature with numbers.
    pub why: Vec<Explanation>,
    /// One entry for each space that both sides have.
    pub spaces: Vec<SpaceSummary>,
    /// Doubts and advice.
    pub notes: Vec<Note>,
}
