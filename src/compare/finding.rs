//! What a comparison says: plain data, filled by the tests and read by the reports.

use super::explanation::Explanation;
use serde::Serialize;
use std::fmt;

/// The decision drawn from a finding, a group of findings or a whole comparison.
///
/// ```text
/// drift            p_adjusted <  alpha  and  effect >= threshold
/// possible drift   p_adjusted <  alpha  and  effect <  threshold
/// not enough data  p_adjusted >= alpha  and  detectable > 2 x threshold
/// no drift         otherwise
/// not tested       the test did not run; the reason is given
/// ```
///
/// where the effect is that of the finding or any of its further ones
/// ([`Finding::other_effects`]), and *detectable* is the effect that this many records would have shown in
/// 80 % of cases. A value (class, category) that one window has with a share of
/// at least 1 % and the other has not is `drift` whatever the effect in total.
///
/// The order is the order of weight: `Drift` is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The test did not run.
    NotTested,
    /// Nothing found, and a change of twice the threshold most likely would have
    /// been.
    NoDrift,
    /// Nothing found, but a change of twice the threshold could have been missed.
    NotEnoughData,
    /// More than chance, but smaller than the threshold.
    PossibleDrift,
    /// More than chance, and at least as large as the threshold.
    Drift,
}

impl Verdict {
    /// The verdict in words: `drift`, `possible drift`, ...
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::PossibleDrift => "possible drift",
            Self::NotEnoughData => "not enough data",
            Self::NoDrift => "no drift",
            Self::NotTested => "not tested",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What kind of thing a feature describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What goes into the model, or any other named value of a record.
    Input,
    /// What the model sees: embeddings.
    Embedding,
    /// What the model says: predictions.
    Output,
    /// What people say: labels.
    Label,
}

/// Which records a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Every record.
    All,
    /// The records of one class.
    Class(String),
    /// The records of one cluster of the codebook.
    Cluster(String),
    /// Pairs of a record of one class and a record of another, named
    /// `A and B`.
    BetweenClasses(String),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Class(name) => write!(f, "class {name}"),
            Self::Cluster(name) => f.write_str(name),
            Self::BetweenClasses(names) => write!(f, "between classes {names}"),
        }
    }
}

/// How large a change is, in plain units, against the size that matters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// What is measured, such as `median shift`.
    pub name: String,
    /// The size found; signed where a direction makes sense.
    pub value: f64,
    /// The unit, such as `reference sd`, `degrees`, `share`.
    pub unit: String,
    /// The size from which a change counts as drift: `|value| >= threshold`.
    pub threshold: f64,
    /// The value that no change at all would give: 0 for most effects, 0.5 for
    /// a separation.
    pub no_change: f64,
    /// The smallest size that so many records show with 80 % power at
    /// alpha 0.05, where it can be stated.
    pub detectable: Option<f64>,
}

impl Effect {
    /// Whether the effect reaches its threshold (the boundary counts).
    #[must_use]
    pub fn reaches_threshold(&self) -> bool {
        self.value.abs() >= self.threshold
    }

    /// The effect in units of its threshold, for ranking findings: 0 is no
    /// change, 1 the threshold.
    #[must_use]
    pub fn relative(&self) -> f64 {
        (self.value.abs() - self.no_change) / (self.threshold - self.no_change)
    }
}

/// One quantile on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct QuantilePair {
    /// The rank, in `[0, 1]`.
    pub rank: f64,
    /// The reference's quantile.
    pub reference: f64,
    /// The target's quantile.
    pub target: f64,
}

/// The share of one value (class, cluster, category) on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharePair {
    /// The value.
    pub value: String,
    /// Its share in the reference, in `[0, 1]`.
    pub reference: f64,
    /// Its share in the target, in `[0, 1]`.
    pub target: f64,
}

/// A record that shows a finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TellingRecord {
    /// The record's id; where it came without one, `row` and the 16 hexadecimal
    /// digits of its vector's hash.
    pub id: String,
    /// Which role it plays: `most novel`, `medoid`, `new in a grown cluster`.
    pub role: String,
    /// Its distance to the centre the role speaks of, in `[0, 1]`.
    pub distance: Option<f64>,
}

/// The evidence about one feature in one scope.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The group it is judged in, such as `space embedding`.
    pub group: String,
    /// The feature, such as `own-centre distance`.
    pub feature: String,
    /// What kind of thing the feature describes.
    pub kind: Kind,
    /// Which records it is about.
    pub scope: Scope,
    /// The name of the statistic, such as `ks`.
    pub statistic: String,
    /// The statistic's value; `None` where the test did not run.
    pub value: Option<f64>,
    /// How often chance alone would give such a value, in `[0, 1]`.
    pub p_value: Option<f64>,
    /// The same, corrected for everything else the comparison tested.
    pub p_adjusted: Option<f64>,
    /// How many permutations the p-value rests on, where it rests on any.
    pub permutations: Option<u64>,
    /// The effect the verdict is drawn from.
    pub effect: Option<Effect>,
    /// Further effects; one that reaches its threshold counts as the first does.
    pub other_effects: Vec<Effect>,
    /// Records (or pairs of them) of the reference behind the test.
    pub n_reference: u64,
    /// Records (or pairs of them) of the target behind the test.
    pub n_target: u64,
    /// Measured on the samples and not on every record.
    pub sampled: bool,
    /// The decision.
    pub verdict: Verdict,
    /// One sentence in plain words.
    pub sentence: String,
    /// Why it was not tested, or what limits it.
    pub reason: Option<String>,
    /// How the effect stands to those among accepted windows, where there are any.
    pub natural: Option<NaturalVariation>,
    /// Quantiles of both sides, by rising rank.
    pub quantiles: Vec<QuantilePair>,
    /// Shares of both sides, largest change first.
    pub shares: Vec<SharePair>,
    /// Values the target has and the reference lacks, with a share of 1 % or more.
    pub new_values: Vec<String>,
    /// Values the reference has and the target lacks, with a share of 1 % or more.
    pub lost_values: Vec<String>,
    /// The records that show it.
    pub records: Vec<TellingRecord>,
}

/// What accepted windows show of a finding; see
/// [`compare_with_history`](super::compare_with_history).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NaturalVariation {
    /// Accepted windows in which the same was measured.
    pub windows: u64,
    /// The largest effect that is still usual, in the effect's unit and without
    /// sign; of a finding without an effect its statistic.
    pub limit: f64,
    /// Whether no effect of the finding goes beyond its limit.
    pub within: bool,
}

/// Findings that are judged together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Its name, such as `space embedding`.
    pub name: String,
    /// How its p-value was made: `cauchy` or `simes`.
    pub combination: String,
    /// The findings whose p-values were combined; empty for `simes`, which takes
    /// all of the group.
    pub combined: Vec<String>,
    /// The combined p-value, in `[0, 1]`; `None` where nothing was tested.
    pub p_value: Option<f64>,
    /// The same after Holm's correction over the groups.
    pub p_adjusted: Option<f64>,
    /// The decision.
    pub verdict: Verdict,
}

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
    /// Rows of the two parts, in the ratio of the windows.
    pub rows: (u64, u64),
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
    /// its threshold.
    pub findings: Vec<Finding>,
    /// What goes along with a change: an entry for each distance to centres that
    /// changed in a space that drifted, and for each output (a score, a
    /// confidence) that did, `possible drift` included.
    ///
    /// ```text
    /// outputs  features with score, confidence, probability or logit as a word
    ///          of their name, and those of CompareOptions::outputs
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_weighs_most_and_not_tested_least() {
        let mut verdicts = [
            Verdict::Drift,
            Verdict::NotTested,
            Verdict::NoDrift,
            Verdict::PossibleDrift,
            Verdict::NotEnoughData,
        ];
        verdicts.sort();
        assert_eq!(verdicts[0], Verdict::NotTested);
        assert_eq!(verdicts[4], Verdict::Drift);
    }

    #[test]
    fn the_boundary_of_a_threshold_counts_as_reached() {
        let mut effect = Effect {
            name: "median shift".into(),
            value: -0.2,
            unit: "reference sd".into(),
            threshold: 0.2,
            no_change: 0.0,
            detectable: None,
        };
        assert!(effect.reaches_threshold());
        effect.value = 0.199_999;
        assert!(!effect.reaches_threshold());
    }
}
