//! Rules about training runs over the same records.

use super::judge::{Judged, there_are};
use super::result::{Check, Demand, Found, Measure, outcome};
use super::rules::StabilityRule;
use crate::compare::stability::{Change, ClassStability, Likeness, PairStability, Stability};
use crate::sketch::Estimate;
use std::collections::BTreeSet;

pub(super) fn judge(rule: &StabilityRule, stability: Option<&Stability>) -> Judged {
    let Some(stability) = stability else {
        return Judged {
            checks: Vec::new(),
            nothing: "there are no other runs to compare with".into(),
        };
    };
    let (mut checks, mut names) = (Vec::new(), BTreeSet::new());
    for pair in &stability.pairs {
        let run = &stability.runs[pair.runs.1].name;
        match &rule.class {
            Some(pattern) => {
                for class in &pair.classes {
                    names.insert(class.class.as_str());
                    if pattern.matches(&class.class) {
                        let subject = format!("class {}, run {run}", class.class);
                        checks.extend(of_class(rule, class, &subject));
                    }
                }
            }
            None => {
                for likeness in measures(pair) {
                    names.insert(likeness.measure.name());
                    if rule.measure.matches(likeness.measure.name()) {
                        let subject = format!("{}, run {run}", likeness.measure.name());
                        checks.extend(of_measure(rule, likeness, &subject));
                    }
                }
            }
        }
    }
    let (noun, pattern) = match &rule.class {
        Some(class) => ("class", class),
        None => ("measure", &rule.measure),
    };
    Judged {
        checks,
        nothing: format!(
            "no {noun} is called {}; {}",
            pattern.text(),
            there_are(noun, names.into_iter())
        ),
    }
}

fn measures(pair: &PairStability) -> impl Iterator<Item = &Likeness> {
    let all = pair.geometry.iter().chain(&pair.partitions);
    all.chain(&pair.cloud)
}

fn of_measure(rule: &StabilityRule, likeness: &Likeness, subject: &str) -> Vec<Check> {
    let reason = likeness.reason.as_deref();
    let mut checks = Vec::new();
    if let Some(most) = rule.max_change {
        checks.push(change(subject, most.into(), likeness.verdict, reason));
    }
    if rule.min.is_some() || rule.max.is_some() {
        let value = estimate(likeness.value, likeness.interval);
        let range = (rule.min, rule.max);
        checks.push(number(subject, Measure::Likeness, range, value, reason));
    }
    checks
}

fn of_class(rule: &StabilityRule, class: &ClassStability, subject: &str) -> Vec<Check> {
    let reason = class.reason.as_deref();
    let mut checks = Vec::new();
    if let Some(most) = rule.max_change {
        checks.push(change(subject, most.into(), class.verdict, reason));
    }
    if rule.min_jaccard.is_some() {
        let value = estimate(class.jaccard, class.interval);
        let range = (rule.min_jaccard, None);
        checks.push(number(subject, Measure::Jaccard, range, value, reason));
    }
    checks
}

/// A value and its 95 % interval: a bound fails where all of the interval lies beyond.
fn estimate(value: Option<f64>, interval: Option<(f64, f64)>) -> Option<Estimate> {
    let estimate = value.filter(|value| !value.is_nan())?;
    let (low, high) = interval.unwrap_or((estimate, estimate));
    Some(Estimate {
        estimate,
        lower_bound: low,
        upper_bound: high,
    })
}

fn change(subject: &str, most: Change, found: Change, reason: Option<&str>) -> Check {
    let demand = Demand::AtMostChange(most);
    match found {
        Change::NotTested => {
            let reason = reason.unwrap_or("it was not tested");
            Check::not_applicable(subject, Measure::Change, demand, reason)
        }
        found => Check {
            subject: subject.into(),
            measure: Measure::Change,
            demand,
            found: Found::Change(found),
            outcome: outcome(found <= most),
            reason: None,
        },
    }
}

fn number(
    subject: &str,
    measure: Measure,
    (at_least, at_most): (Option<f64>, Option<f64>),
    value: Option<Estimate>,
    reason: Option<&str>,
) -> Check {
    match value {
        Some(value) => Check::number(subject, measure, (at_least, at_most), value),
        None => {
            let reason = reason.unwrap_or("it was not tested");
            let demand = Demand::Range { at_least, at_most };
            Check::not_applicable(subject, measure, demand, reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;
    use crate::check::{Evidence, Outcome, Rules, check};
    use crate::compare::stability::{StabilityOptions, stability};
    use crate::ingest::{Batch, Column};
    use crate::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
    use ndarray::Array2;

    /// Three classes on the circle, of which the last two may be one.
    fn run(are_merged: bool, salt: usize) -> Profile {
        let (n, classes) = (300, ["a", "b", "c"]);
        let rows = Array2::from_shape_fn((n, 3), |(i, j)| {
            let class = if are_merged && i % 3 == 2 { 1 } else { i % 3 };
            let noise = ((i * 7919 + j * 104_729 + salt * i * j * 31) % 1009) as f32 / 1009.0;
            f32::from(u8::from(class == j)) + 0.4 * (noise - 0.5)
        });
        let config = ProfileConfig::new().space("embedding", SpaceConfig::new(3));
        let mut builder = ProfileBuilder::new(config).unwrap();
        let batch = Batch::new(n)
            .ids(Column::Text((0..n).map(|i| format!("r{i}")).collect()))
            .labels(Column::Text(
                (0..n).map(|i| classes[i % 3].to_owned()).collect(),
            ))
            .space("embedding", rows.view());
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    }

    #[test]
    fn the_same_run_passes_and_merged_classes_fail() {
        let (before, after) = (run(false, 1), run(true, 1));
        let of = |other: &Profile, rule: &str| {
            let runs = [("old", &before), ("new", other)];
            let answer = stability(&runs, &StabilityOptions::default()).unwrap();
            lines(rule, &Evidence::of(other).with_stability(&answer))
        };
        let whole = "[[stability]]\nmeasure = \"debiased *\"\nmin = 0.95\nmax_change = \"same\"";
        assert_eq!(
            of(&before, whole),
            [
                "debiased CKA, run new: Change Same passed",
                "debiased CKA, run new: Likeness 1..1 passed"
            ]
        );
        let classes = "[[stability]]\nclass = \"*\"\nmax_change = \"unclear\"\nmin_jaccard = 0.8";
        assert!(
            of(&before, classes)
                .iter()
                .all(|line| line.ends_with(" passed"))
        );
        let merged = of(&after, classes);
        for (class, outcome) in [("a", "passed"), ("b", "failed"), ("c", "failed")] {
            let line = merged
                .iter()
                .find(|line| line.starts_with(&format!("class {class}, ")));
            assert!(line.unwrap().ends_with(outcome), "{merged:?}");
        }
    }

    #[test]
    fn without_runs_or_such_a_name_there_is_nothing_to_judge() {
        let profile = run(false, 1);
        let rule = "[[stability]]\nclass = \"d\"\nmin_jaccard = 0.5";
        let rules = Rules::parse(rule).unwrap();
        assert_eq!(rules.needs_runs(), Some(1));
        let checked = check(&rules, &Evidence::of(&profile));
        assert_eq!(checked.outcome, Outcome::Failed);
        let runs = [("old", &profile), ("new", &profile)];
        let answer = stability(&runs, &StabilityOptions::default()).unwrap();
        assert_eq!(
            lines(rule, &Evidence::of(&profile).with_stability(&answer)),
            ["no class is called d; there is a, b, c"]
        );
    }
}
