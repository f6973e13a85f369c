//! What usually changes: effects among accepted windows.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::finding::{Finding, NaturalVariation, Scope};
use super::result::Note;

/// From so many windows on the limit is their 95 % quantile, not the largest.
const MANY: usize = 20;

/// Group, feature, scope and statistic of a finding.
type Key = (String, String, Scope, String);

fn key(finding: &Finding) -> Key {
    (
        finding.group.clone(),
        finding.feature.clone(),
        finding.scope.clone(),
        finding.statistic.clone(),
    )
}

/// A finding over the accepted windows.
#[derive(Debug, Default)]
struct Usual {
    /// Sizes by the name of the effect; those of a finding without effects
    /// under no name.
    sizes: BTreeMap<String, Vec<f64>>,
    new_values: BTreeSet<String>,
    lost_values: BTreeSet<String>,
}

/// Effects among accepted windows.
#[derive(Debug, Default)]
pub(crate) struct History {
    findings: BTreeMap<Key, Usual>,
}

/// Sizes of a finding by the name of the effect, without sign.
fn sizes(finding: &Finding) -> Vec<(&str, f64)> {
    let effects = finding.effect.iter().chain(&finding.other_effects);
    let sizes: Vec<_> = effects.map(|e| (e.name.as_str(), e.value.abs())).collect();
    match finding.value {
        Some(value) if sizes.is_empty() => vec![("", value)],
        _ => sizes,
    }
}

impl History {
    /// Learns the findings of one accepted window.
    pub(crate) fn learn(&mut self, drafts: &[Draft]) {
        let tested = drafts.iter().map(|d| &d.finding);
        for finding in tested.filter(|f| f.p_value.is_some()) {
            let usual = self.findings.entry(key(finding)).or_default();
            for (name, size) in sizes(finding).into_iter().filter(|(_, s)| !s.is_nan()) {
                usual.sizes.entry(name.to_owned()).or_default().push(size);
            }
            usual.new_values.extend(finding.new_values.iter().cloned());
            usual
                .lost_values
                .extend(finding.lost_values.iter().cloned());
        }
    }

    /// Holds a finding of the target against them.
    pub(crate) fn apply(&self, draft: &mut Draft) {
        let finding = &mut draft.finding;
        let Some(usual) = self.findings.get(&key(finding)) else {
            return;
        };
        let limits: Vec<(String, f64, f64, usize)> = sizes(finding)
            .into_iter()
            .filter_map(|(name, size)| {
                let seen = usual.sizes.get(name)?;
                Some((name.to_owned(), size, limit(seen), seen.len()))
            })
            .collect();
        let Some((_, _, main, windows)) = limits.first() else {
            return;
        };
        let known = |name: &str| limits.iter().any(|(n, ..)| n == name);
        let mut unusual: Vec<String> = sizes(finding)
            .into_iter()
            .filter(|(name, _)| !known(name))
            .map(|(name, _)| name.to_owned())
            .collect();
        let beyond = limits.iter().filter(|(_, size, limit, _)| size > limit);
        unusual.extend(beyond.map(|(name, ..)| name.clone()));
        let fresh = |values: &[String], seen: &BTreeSet<String>| {
            values.iter().any(|value| !seen.contains(value))
        };
        let values = !finding.new_values.is_empty() || !finding.lost_values.is_empty();
        if values {
            draft.striking &= fresh(&finding.new_values, &usual.new_values)
                || fresh(&finding.lost_values, &usual.lost_values);
        } else {
            // A constant that became another, by less than among accepted windows.
            draft.striking &= !unusual.is_empty();
        }
        let within = unusual.is_empty() && !draft.striking;
        finding.natural = Some(NaturalVariation {
            windows: *windows as u64,
            limit: *main,
            within,
        });
        if within {
            let windows = match windows {
                1 => "1 accepted window".to_owned(),
                n => format!("{n} accepted windows"),
            };
            finding.reason = Some(format!("within the natural variation of {windows}"));
        }
        draft.unusual = Some(unusual);
    }

    /// What the reader should know.
    pub(crate) fn note(&self, windows: usize) -> Note {
        let what = match windows {
            1 => "the accepted window shows".to_owned(),
            n if n < MANY => format!("any of the {n} accepted windows shows"),
            n => format!("95 % of the {n} accepted windows show"),
        };
        Note {
            code: "history".into(),
            text: format!(
                "Drift here is a change of more than chance, of a size that matters, and larger \
                 than {what} against the same reference."
            ),
        }
    }
}

/// The largest size that is still usual.
fn limit(sizes: &[f64]) -> f64 {
    let mut sorted = sizes.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = match sorted.len() {
        n if n < MANY => n,
        n => (n * 95).div_ceil(100),
    };
    sorted[place - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_the_largest_of_few_and_a_quantile_of_many() {
        let rising = |n: u32| (1..=n).map(f64::from).collect::<Vec<_>>();
        assert_eq!(limit(&rising(1)), 1.0);
        assert_eq!(limit(&rising(19)), 19.0);
        assert_eq!(limit(&rising(20)), 19.0);
        assert_eq!(limit(&rising(100)), 95.0);
    }
}
