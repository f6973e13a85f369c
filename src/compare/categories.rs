//! Tests of categories: classes, clusters, texts, types.

use std::collections::BTreeMap;

use super::binned::Shares;
use super::draft::Draft;
use super::finding::SharePair;
use super::numbers::{Named, percent};
use super::repeats::DesignEffects;
use super::thresholds::Thresholds;
use super::wording::kind_of;

/// Counts by value.
pub(crate) type Counts = BTreeMap<String, u64>;

/// Shares that are reported.
const SHARES_SHOWN: usize = 20;

/// Test of the counts of categories ([`Shares::CHI2`]), with what is new and lost.
pub(crate) fn compare_counts(
    named: &Named<'_>,
    reference: &Counts,
    target: &Counts,
    design: DesignEffects,
    thresholds: &Thresholds,
    seed: u64,
) -> Draft {
    compare_counts_by(
        named,
        (reference, target),
        design,
        Shares::CHI2,
        thresholds,
        seed,
    )
}

/// The same with a divergence as test and effect where one is asked for.
pub(crate) fn compare_counts_by(
    named: &Named<'_>,
    (reference, target): (&Counts, &Counts),
    design: DesignEffects,
    by: Shares,
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

    let Some(tested) = by.test(named, (&first, &second), design, thresholds, seed) else {
        return draft.not_tested("a side has no values");
    };
    let mut draft =
        tested
            .write(draft)
            .sentence(sentence(named, &shares, &new_values, &lost_values));
    draft.striking = !(new_values.is_empty() && lost_values.is_empty());
    shares.truncate(SHARES_SHOWN);
    draft.finding.shares = shares;
    draft.finding.new_values = new_values;
    draft.finding.lost_values = lost_values;
    draft
}

fn sentence(named: &Named<'_>, shares: &[SharePair], new: &[String], lost: &[String]) -> String {
    let what = plain_sentence(named, shares, new, lost);
    match kind_of(named.feature) {
        Some(kind) => format!("{kind}: {what}"),
        None => what,
    }
}

fn plain_sentence(
    named: &Named<'_>,
    shares: &[SharePair],
    new: &[String],
    lost: &[String],
) -> String {
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
