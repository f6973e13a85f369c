//! Tests of shares: of categories, and of numbers in few bins.

use crate::sketch::{Quantiles, common_buckets};

use super::draft::{Draft, effect};
use super::figures::number;
use super::finding::Effect;
use super::numbers::{Named, medians, other_constant, quantile_pairs};
use super::repeats::DesignEffects;
use super::statistic::Statistic;
use super::stats::{
    Divergence, chi_square_test, detectable_total_variation, divergence_test, equal_bins,
    into_bins, share_test, total_variation,
};
use super::thresholds::Thresholds;

/// Bins of a number: enough for its shape, few enough for small windows.
pub(crate) const BINS: usize = 10;

/// How shares are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shares(Option<Divergence>);

impl Shares {
    /// Whether many shares changed a little (chi-square over all), or one share
    /// much (each against the rest):
    ///
    /// ```text
    /// p = min(1, 2 min(p of chi-square, k min_v p of the share of v))
    /// ```
    ///
    /// Chi-square over ten classes misses one vanished class of ten in one window
    /// of 300 about every seventh time; its own share test does not. The effect is
    /// the total variation less what chance alone gives:
    ///
    /// ```text
    /// TV = 1/2 sum_v |share'_v - share_v|
    /// ```
    pub(crate) const CHI2: Self = Self(None);

    /// How `statistic` compares shares; `None` for one of ordered values.
    pub(crate) fn by(statistic: Statistic) -> Option<Self> {
        Some(Self(match statistic {
            Statistic::Ks | Statistic::W1 => return None,
            Statistic::Psi => Some(Divergence::Psi),
            Statistic::Js => Some(Divergence::JensenShannon),
            Statistic::Kl => Some(Divergence::KullbackLeibler),
            Statistic::Hellinger => Some(Divergence::Hellinger),
            Statistic::Chi2 => None,
        }))
    }

    /// Tests two windows over the same cells, none of which both sides lack.
    ///
    /// Where records repeat, counts are divided by the design effect for the test
    /// (the first-order correction of Rao and Scott 1981, Ann. Stat. 9). `None`
    /// if a side has no rows.
    pub(crate) fn test(
        self,
        named: &Named<'_>,
        (first, second): (&[u64], &[u64]),
        design: DesignEffects,
        thresholds: &Thresholds,
        seed: u64,
    ) -> Option<TestedShares> {
        let thinned = first.iter().zip(second).map(|(a, b)| design.thin(*a, *b));
        let (few, few_target): (Vec<u64>, Vec<u64>) = thinned.unzip();
        let seed = named.seed(seed);
        let Some(divergence) = self.0 else {
            let test = chi_square_test(&few, &few_target, seed)?;
            let variation = total_variation(first, second)?;
            let (all, all_target) = (few.iter().sum(), few_target.iter().sum());
            let cells = few.iter().zip(&few_target);
            let by_value = cells.filter_map(|(a, b)| share_test(*a, all, *b, all_target));
            let smallest = by_value.map(|test| test.p_value).fold(1.0, f64::min);
            let p_value = (2.0 * test.p_value.min(smallest * first.len() as f64)).min(1.0);
            let (n, m) = design.effective(first.iter().sum(), second.iter().sum());
            return Some(TestedShares {
                statistic: "chi-square",
                value: test.statistic,
                p_value,
                rounds: test.resampled.map(|r| r.rounds),
                effect: effect(
                    "total variation less chance",
                    (variation.distance - variation.by_chance).max(0.0),
                    "share",
                    thresholds.total_variation,
                    Some(detectable_total_variation(first.len(), n, m)),
                ),
            });
        };
        let test = divergence_test(divergence, &few, &few_target, seed)?;
        let (statistic, name, unit, threshold) = match divergence {
            Divergence::Psi => ("psi", "stability index", "nats", thresholds.psi),
            Divergence::KullbackLeibler => {
                ("kl", "Kullback-Leibler divergence", "nats", thresholds.kl)
            }
            Divergence::JensenShannon => ("js", "Jensen-Shannon distance", "", thresholds.js),
            Divergence::Hellinger => ("hellinger", "Hellinger distance", "", thresholds.hellinger),
        };
        Some(TestedShares {
            statistic,
            value: test.statistic,
            p_value: test.p_value,
            rounds: Some(test.resampled.rounds),
            effect: effect(name, test.corrected, unit, threshold, Some(test.detectable)),
        })
    }
}

/// A test of shares on its way into a finding.
pub(crate) struct TestedShares {
    statistic: &'static str,
    value: f64,
    p_value: f64,
    rounds: Option<u64>,
    effect: Effect,
}

impl TestedShares {
    pub(crate) fn write(self, draft: Draft) -> Draft {
        draft
            .test(self.statistic, self.value, self.p_value, self.rounds)
            .effect(self.effect)
    }
}

/// A number in at most ten bins of equal pooled counts; infinities lie in the
/// outermost.
pub(crate) fn compare_binned(
    named: &Named<'_>,
    reference: &Quantiles,
    target: &Quantiles,
    by: Shares,
    design: DesignEffects,
    thresholds: &Thresholds,
    seed: u64,
) -> Draft {
    let draft = named.draft().counts(reference.count(), target.count());
    let common = common_buckets(reference, target);
    let bins = equal_bins(&common.first, &common.second, BINS);
    let (first, second) = (
        into_bins(&common.first, &bins),
        into_bins(&common.second, &bins),
    );
    let Some(tested) = by.test(named, (&first, &second), design, thresholds, seed) else {
        return draft.not_tested("a side has no values");
    };
    let mut draft = tested.write(draft);
    draft.finding.quantiles = quantile_pairs(reference, target);
    if let Some(sentence) = other_constant(named, reference, target) {
        draft.striking = true;
        return draft.sentence(sentence);
    }
    let (from, to) = medians(reference, target);
    draft.sentence(format!(
        "median {} {} -> {} (compared in {} bins)",
        named.title(),
        number(from),
        number(to),
        first.len()
    ))
}
