//! Tests of categories: classes, clusters, texts, types.

use std::collections::BTreeMap;

use super::binned::Shares;
use super::draft::Draft;
use super::figures::percent;
use super::finding::SharePair;
use super::numbers::Named;
use super::repeats::DesignEffects;
use super::thresholds::Thresholds;
use super::wording::kind_of;

/// Counts by value.
pub(crate) type Counts = BTreeMap<String, u64>;

/// A value that makes less than this part of the whole change stands for many.
const SMALL_PART: f64 = 0.1;
/// Shares that are reported.
const SHARES_SHOWN: usize = 20;

/// Test of the counts of categories ([`Shares::CHI2`]), with what is new and lost. Shares are in the
/// order of what they add to chi-square.
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
    shares.sort_by(|a, b| weight(b).total_cmp(&weight(a)));

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

/// What a value adds to chi-square, but for a factor that all values share. By difference alone a
/// rare value that is all of the evidence would stand behind common ones that moved by chance.
fn weight(share: &SharePair) -> f64 {
    let (a, b) = (share.reference, share.target);
    // An empty cluster lacks both sides.
    match a == b {
        true => 0.0,
        false => (a - b).powi(2) / (a + b),
    }
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
    // Of a value that came and one that went the heavier.
    let is = |s: &SharePair, first: Option<&String>| first == Some(&s.value);
    let told = |s: &&SharePair| is(s, new.first()) || is(s, lost.first());
    let title = named.title();
    match shares.iter().find(told).or(shares.first()) {
        Some(s) if is(s, new.first()) => {
            format!("{title}: {} is new{}", s.value, others(new.len()))
        }
        Some(s) if is(s, lost.first()) => {
            format!("{title}: {} vanished{}", s.value, others(lost.len()))
        }
        Some(s) => {
            let gap = |s: &SharePair| (s.target - s.reference).abs();
            let moved = shares.iter().map(gap).sum::<f64>() / 2.0;
            let among = match gap(s) < SMALL_PART * moved {
                true => "many values changed, among them ",
                false => "",
            };
            format!(
                "{title}: {among}{} {} -> {} of the records",
                s.value,
                percent(s.reference),
                percent(s.target)
            )
        }
        None => format!("{title}: no values"),
    }
}

fn others(n: usize) -> String {
    match n {
        0 | 1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::finding::{Kind, Scope};

    fn compared(reference: &[(&str, u64)], target: &[(&str, u64)]) -> Draft {
        let counts = |of: &[(&str, u64)]| -> Counts {
            of.iter()
                .map(|(value, n)| ((*value).to_owned(), *n))
                .collect()
        };
        let named = Named {
            group: "records",
            feature: "k",
            kind: Kind::Input,
            scope: Scope::All,
        };
        let (none, thresholds) = (DesignEffects::NONE, Thresholds::default());
        compare_counts(
            &named,
            &counts(reference),
            &counts(target),
            none,
            &thresholds,
            0,
        )
    }

    #[test]
    fn the_value_is_named_that_makes_the_evidence() {
        // Under 1 %, it is not listed as lost; b moves more, by chance.
        let draft = compared(
            &[("a", 2508), ("b", 2450), ("rare", 42)],
            &[("a", 2450), ("b", 2550)],
        );
        assert_eq!(draft.finding.shares[0].value, "rare");
        assert!(draft.finding.lost_values.is_empty());
        let sentence = &draft.finding.sentence;
        assert!(sentence.starts_with("k: rare 0.8 % -> 0 %"), "{sentence}");
    }

    #[test]
    fn one_of_many_values_is_not_the_whole_change() {
        let names: Vec<String> = (0..400).map(|i| format!("v{i:03}")).collect();
        let half = |even: usize| -> Vec<(&str, u64)> {
            let own = names.iter().enumerate().filter(|(i, _)| i % 2 == even);
            own.map(|(_, name)| (name.as_str(), 5)).collect()
        };
        let draft = compared(&half(0), &half(1));
        assert_eq!(
            draft.finding.sentence,
            "k: many values changed, among them v000 0.5 % -> 0 % of the records"
        );
        assert!(draft.finding.p_value.unwrap() < 0.001);
    }

    #[test]
    fn of_new_and_lost_values_the_heavier_is_named() {
        let draft = compared(&[("a", 600), ("b", 400)], &[("a", 980), ("c", 20)]);
        assert_eq!(draft.finding.sentence, "k: b vanished");
        assert_eq!(draft.finding.new_values, ["c"]);
        let draft = compared(&[("a", 980), ("c", 20)], &[("a", 600), ("b", 400)]);
        assert_eq!(draft.finding.sentence, "k: b is new");
    }
}
