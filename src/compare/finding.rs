//! One finding and what it is judged with: plain data, filled by the tests and read by
//! the reports.

use serde::Serialize;
use std::fmt;

/// The decision drawn from a finding, a group of findings or a whole comparison.
///
/// ```text
/// drift            p_adjusted <  alpha  and  effect >= threshold
/// possible drift   p_adjusted <  alpha  and  effect <  threshold
/// not enough data  p_adjusted >= alpha  and  detectable > 2 threshold - no_change
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
    /// The smallest size that so many records show with 80 % power, at a level of
    /// alpha divided by the number of tests (of groups, and within this one); where it can be
    /// stated.
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
    /// What it shows, in words: `medoid of NAME` is a record of the reference, all others are
    /// of the target: `farthest from every cluster`, `far out in NAME`, `new in grown NAME`, or
    /// a feature with the record's value.
    pub role: String,
    /// Its distance to the centre the role speaks of, in `[0, 1]`.
    pub distance: Option<f64>,
}

/// A number of the ids that both windows have, held against itself id by id by Wilcoxon's signed-rank
/// test ([`signed_rank`](super::stats::signed_rank)).
///
/// The finding's p-value is `min(1, p / 0.8)` of its own statistic's p, or, where this test decides,
/// `min(1, p_value / 0.2)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SameIds {
    /// Sampled ids, each of one record, with a finite number in both windows.
    pub ids: u64,
    /// Those whose number rose, by a tenth or more of what matters.
    pub rose: u64,
    /// Those whose number fell by as much.
    pub fell: u64,
    /// The matched-pairs rank-biserial correlation, in `[-1, 1]`: 1 where all that changed rose.
    pub value: f64,
    /// How often chance alone would give as much, in `[0, 1]`.
    pub p_value: f64,
    /// Whether the finding's p-value is that of this test: the change matters, here and in the
    /// windows, goes the same way, and is surer here.
    pub decides: bool,
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
    /// How often chance alone would give such a value, in `[0, 1]`; with [`same_ids`](Self::same_ids), of
    /// both tests together.
    pub p_value: Option<f64>,
    /// The same, corrected for everything else the comparison tested.
    pub p_adjusted: Option<f64>,
    /// The number held against itself, where both windows have the same ids.
    pub same_ids: Option<SameIds>,
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
    /// Whether these are objects of records, such as boxes, not records.
    pub counts_objects: bool,
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
    /// Shares of both sides, what says most of a change first: by `(a - b)^2 / (a + b)`, which is
    /// what each adds to chi-square.
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
