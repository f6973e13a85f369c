//! Rules about named values.

use super::counts::{count, exact, share};
use super::judge::{Judged, there_are};
use super::result::{Check, Demand, Found, Measure, outcome};
use super::rules::{Allowed, FeatureRule, QuantileRange};
use crate::profile::{Feature, Profile};
use crate::sketch::{Estimate, Quantiles};
use std::collections::{BTreeMap, BTreeSet};

/// Values named that are not allowed.
const LISTED: usize = 20;

pub(super) fn judge(rule: &FeatureRule, profile: &Profile) -> Judged {
    let features = profile.features().iter();
    let named = features.map(|(name, feature)| (name.as_str(), feature));
    let selected = rule.feature.select(named).into_iter();
    Judged {
        checks: selected
            .flat_map(|(name, feature)| one(rule, name, feature, profile.records()))
            .collect(),
        nothing: format!(
            "no feature is called {}; {}",
            rule.feature.text(),
            there_are("feature", profile.features().keys().map(String::as_str))
        ),
    }
}

fn one(rule: &FeatureRule, name: &str, feature: &Feature, records: u64) -> Vec<Check> {
    let mut checks = Vec::new();
    let numbers = feature.numbers();
    let (lowest, highest) = ends(numbers);
    if let Some(min) = rule.min {
        checks.push(number(name, Measure::Smallest, (Some(min), None), lowest));
    }
    if let Some(max) = rule.max {
        checks.push(number(name, Measure::Largest, (None, Some(max)), highest));
    }
    for QuantileRange { rank, min, max } in &rule.quantiles {
        // The rank was checked when the rule was read.
        let value = numbers.quantile(*rank).ok().flatten();
        checks.push(number(name, Measure::Quantile(*rank), (*min, *max), value));
    }
    if let Some(allowed) = &rule.allowed {
        checks.push(values(name, feature, allowed));
    }
    let shares = [
        (
            (rule.max_null_share, Measure::NullShare),
            (feature.missing_of(records), records.max(feature.count())),
        ),
        (
            (rule.max_nan_share, Measure::NanShare),
            (numbers.nan_count(), feature.count()),
        ),
    ];
    for ((most, measure), (part, whole)) in shares {
        if let Some(most) = most {
            let range = (None, Some(most));
            checks.push(share(name, measure, range, exact(part), whole));
        }
    }
    let counts = (rule.min_count, rule.max_count);
    checks.extend(count(name, counts, exact(feature.count())));
    checks
}

/// The smallest and the largest number, infinite ones included.
fn ends(numbers: &Quantiles) -> (Option<Estimate>, Option<Estimate>) {
    let (below, above) = numbers.infinite();
    let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
    let smallest = match (below > 0, numbers.min(), above > 0) {
        (true, _, _) => Some(low),
        (false, Some(min), _) => Some(min),
        (false, None, all_above) => all_above.then_some(high),
    };
    let largest = match (above > 0, numbers.max(), below > 0) {
        (true, _, _) => Some(high),
        (false, Some(max), _) => Some(max),
        (false, None, all_below) => all_below.then_some(low),
    };
    (smallest.map(Estimate::exact), largest.map(Estimate::exact))
}

fn number(
    name: &str,
    measure: Measure,
    range: (Option<f64>, Option<f64>),
    value: Option<Estimate>,
) -> Check {
    match value {
        Some(value) => Check::number(name, measure, range, value),
        None => {
            let (at_least, at_most) = range;
            let demand = Demand::Range { at_least, at_most };
            Check::not_applicable(name, measure, demand, "it has no numbers")
        }
    }
}

/// Every text and number against those that are allowed.
///
/// A rule allows no more values than either sketch counts exactly: where one is
/// not exact any more, there surely is a value that is not allowed, be it kept or
/// not.
fn values(name: &str, feature: &Feature, allowed: &[Allowed]) -> Check {
    let texts: BTreeSet<String> = allowed.iter().map(Allowed::text).collect();
    let demand = Demand::Allowed(allowed.iter().map(Allowed::text).collect());
    let (numbers, categories) = (feature.numbers(), feature.categories());
    if numbers.count() == 0 && categories.total() == 0 {
        return Check::not_applicable(name, Measure::Values, demand, "it has no values");
    }
    let mut foreign: BTreeMap<String, u64> = BTreeMap::new();
    let mut distinct = 0;
    for (value, times) in categories
        .iter()
        .filter(|(value, _)| !texts.contains(*value))
    {
        distinct += 1;
        if foreign.len() < LISTED {
            foreign.insert(value.to_owned(), times.lower_bound);
        }
    }
    let is_allowed = |x: f64| allowed.iter().any(|a| a.number() == Some(x));
    let (below, above) = numbers.infinite();
    let infinite = [("-inf".to_owned(), below), ("inf".to_owned(), above)];
    let finite = numbers
        .buckets()
        .filter(|b| !(numbers.is_exact() && is_allowed(b.lower)))
        .map(|b| (b.midpoint().to_string(), b.count));
    for (value, times) in finite.chain(infinite.into_iter().filter(|i| i.1 > 0)) {
        distinct += 1;
        if foreign.len() < LISTED {
            *foreign.entry(value).or_default() += times;
        }
    }
    // A value that was forgotten is one more than the kept ones say.
    if !categories.is_exact() && distinct == 0 {
        distinct = 1;
    }
    Check {
        subject: name.into(),
        measure: Measure::Values,
        demand,
        outcome: outcome(distinct == 0),
        found: Found::NotAllowed {
            values: foreign.into_iter().collect(),
            distinct,
        },
        reason: None,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{Made, told};

    fn width(widths: &[f64]) -> Made {
        Made {
            widths: widths.to_vec(),
            ..Made::default()
        }
    }

    #[test]
    fn ranges_hold_for_every_number_and_at_ranks() {
        let made = width(&[1.0, 2.0, 3.0, 4.0]);
        let rule = "[[feature]]\nfeature = \"wid*\"\nmin = 1\nmax = 3.5\n\
                    quantiles = [{ rank = 0.5, min = 2, max = 2 }, { rank = 1, max = 3 }]";
        assert_eq!(
            told(&made, rule),
            [
                "width: Smallest 1..1 passed",
                "width: Largest 4..4 failed",
                "width: Quantile(0.5) 2..2 passed",
                "width: Quantile(1.0) 4..4 failed"
            ]
        );
    }

    #[test]
    fn infinite_numbers_are_numbers_and_nan_is_none() {
        let made = width(&[f64::NEG_INFINITY, 2.0, f64::INFINITY, f64::NAN]);
        let rule = "[[feature]]\nfeature = \"width\"\nmin = 0\nmax = 9\nmax_nan_share = 0.2\n\
                    min_count = 4\nmax_null_share = 0";
        assert_eq!(
            told(&made, rule),
            [
                "width: Smallest -inf..-inf failed",
                "width: Largest inf..inf failed",
                "width: NullShare 0.9..0.9 failed",
                "width: NanShare 0.25..0.25 failed",
                "width: Count 4..4 passed"
            ]
        );
        let all_above = width(&[f64::INFINITY]);
        assert_eq!(
            told(&all_above, "[[feature]]\nfeature = \"width\"\nmin = 0"),
            ["width: Smallest inf..inf passed"]
        );
    }

    #[test]
    fn an_inexact_quantile_fails_only_where_its_whole_interval_does() {
        // 9,000 different numbers are too many to keep apart.
        let numbers: Vec<f64> = (1..=9000).map(|i| f64::from(i).sqrt()).collect();
        let made = width(&numbers);
        let exact = 4500_f64.sqrt();
        let rule = |min: f64| {
            format!(
                "[[feature]]\nfeature = \"width\"\nquantiles = [{{ rank = 0.5, min = {min:?} }}]"
            )
        };
        assert!(told(&made, &rule(exact))[0].ends_with("passed"));
        assert!(told(&made, &rule(exact * 1.01))[0].ends_with("failed"));
    }

    #[test]
    fn values_are_held_against_the_list() {
        let mut made = Made::default();
        let rule = |list: &str| format!("[[feature]]\nfeature = \"format\"\nallowed = [{list}]");
        assert_eq!(
            told(&made, &rule("\"jpeg\", \"png\"")),
            ["format: Values [] passed"]
        );
        assert_eq!(
            told(&made, &rule("\"png\"")),
            ["format: Values [(\"jpeg\", 20)] failed"]
        );
        // Past 1,024 different texts, some of them cannot be allowed.
        made.formats = (0..3000).map(|i| i.to_string()).collect();
        let list: Vec<String> = (0..1000).map(|i| i.to_string()).collect();
        assert!(told(&made, &rule(&list.join(",")))[0].ends_with("failed"));
    }

    #[test]
    fn numbers_are_values_too() {
        let made = width(&[1.0, 1.0, 2.5]);
        let rule = |list: &str| format!("[[feature]]\nfeature = \"width\"\nallowed = [{list}]");
        assert_eq!(told(&made, &rule("1, 2.5")), ["width: Values [] passed"]);
        assert_eq!(
            told(&made, &rule("1, \"2.5\"")),
            ["width: Values [(\"2.5\", 1)] failed"]
        );
        // A number allows the text that reads like it: labels are texts.
        let labelled = Made {
            labels: vec!["7".into()],
            ..Made::default()
        };
        assert_eq!(
            told(&labelled, "[[feature]]\nfeature = \"label\"\nallowed = [7]"),
            ["label: Values [] passed"]
        );
    }

    #[test]
    fn nothing_to_judge_is_said() {
        let made = width(&[f64::NAN]);
        let rule = "[[feature]]\nfeature = \"width\"\nmax = 1\nallowed = [1]\nmax_nan_share = 1";
        assert_eq!(
            told(&made, rule),
            [
                "width: Largest it has no numbers",
                "width: Values it has no values",
                "width: NanShare 1..1 passed"
            ]
        );
    }
}
