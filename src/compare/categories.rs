//! Tests of categories: classes, clusters, texts, types.

use std::collections::BTreeMap;

use super::draft::{Draft, effect};
use super::finding::SharePair;
use super::numbers::{Named, percent};
use super::repeats::DesignEffects;
use super::stats::{chi_square_test, detectable_total_variation, share_test, total_variation};
use super::thresholds::Thresholds;

/// Counts by value.
pub(crate) type Counts = BTreeMap<String, u64>;

/// Shares that are reported.
const SHARES_SHOWN: usize = 20;

/// Test of the counts of categories: whether many shares changed a little
/// (chi-square over all), or one share much (each against the rest):
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
///
/// Where records repeat, counts are divided by the design effect for the test
/// (the first-order correction of Rao and Scott 1981, Ann. Stat. 9).
pub(crate) fn compare_counts(
    named: &Named<'_>,
    reference: &Counts,
    target: &Counts,
    design: DesignEffects,
    thresholds: &Thresholds,
    seed: u64,
) -> Draft {
    let mut pairs: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (value, count) in reference {
        pairs.entry(value).or_default().0 += count;
    }
    for (value, count) in target {
        pairs.entry(value).or_default().1 += count;
    }
    let first: Vec<u64> = pairs.values().map(|p| p.0).collect();
    let second: Vec<u64> = pairs.values().map(|p| p.1).collect();
    let (n, m) = (first.iter().sum::<u64>(), second.iter().sum::<u64>());
    let draft = named.draft().counts(n, m);
    if n == 0 || m == 0 {
        return draft.not_tested("a side has no values");
    }
    let share = |count: u64, total: u64| count as f64 / total as f64;
    let mut shares: Vec<SharePair> = pairs
        .iter()
        .map(|(value, (a, b))| SharePair {
            value: (*value).to_owned(),
            reference: share(*a, n),
            target: share(*b, m),
        })
        .collect();
    let change = |s: &SharePair| (s.target - s.reference).abs();
    shares.sort_by(|a, b| change(b).total_cmp(&change(a)));

    let is_new = |from: f64, to: f64| from == 0.0 && to >= thresholds.new_value_share;
    let names = |fresh: &dyn Fn(&SharePair) -> bool| -> Vec<String> {
        shares
            .iter()
            .filter(|s| fresh(s))
            .map(|s| s.value.clone())
            .collect()
    };
    let new_values = names(&|s| is_new(s.reference, s.target));
    let lost_values = names(&|s| is_new(s.target, s.reference));

    let (few, few_target): (Vec<u64>, Vec<u64>) =
        pairs.values().map(|p| design.thin(p.0, p.1)).unzip();
    let (Some(test), Some(variation)) = (
        chi_square_test(&few, &few_target, named.seed(seed)),
        total_variation(&first, &second),
    ) else {
        return draft.not_tested("a side has no values");
    };
    let rounds = test.resampled.as_ref().map(|r| r.rounds);
    let (all, all_target) = (few.iter().sum(), few_target.iter().sum());
    let cells = few.iter().zip(&few_target);
    let by_value = cells.filter_map(|(a, b)| share_test(*a, all, *b, all_target));
    let smallest = by_value.map(|test| test.p_value).fold(1.0, f64::min);
    let p_value = (2.0 * test.p_value.min(smallest * first.len() as f64)).min(1.0);
    let draft = draft.test("chi-square", test.statistic, p_value, rounds);
    let effective = design.effective(n, m);
    let detectable = detectable_total_variation(pairs.len(), effective.0, effective.1);
    let mut draft = draft
        .effect(effect(
            "total variation",
            (variation.distance - variation.by_chance).max(0.0),
            "share",
            thresholds.total_variation,
            Some(detectable),
        ))
        .sentence(sentence(named, &shares, &new_values, &lost_values));
    draft.striking = !(new_values.is_empty() && lost_values.is_empty());
    shares.truncate(SHARES_SHOWN);
    draft.finding.shares = shares;
    draft.finding.new_values = new_values;
    draft.finding.lost_values = lost_values;
    draft
}

fn sentence(named: &Named<'_>, shares: &[SharePair], new: &[String], lost: &[String]) -> String {
    if let Some(value) = new.first() {
        return format!("{}: {value} is new{}", named.title(), others(new.len()));
    }
    if let Some(value) = lost.first() {
        return format!("{}: {value} vanished{}", named.title(), others(lost.len()));
    }
    match shares.first() {
        Some(s) => format!(
            "{}: {} {} -> {} of the records",
            named.title(),
            s.value,
            percent(s.reference),
            percent(s.target)
        ),
        None => format!("{}: no values", named.title()),
    }
}

fn others(n: usize) -> String {
    match n {
        0 | 1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    }
}
