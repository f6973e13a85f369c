//! From evidence to verdicts: groups first, then what is in them.

use std::collections::BTreeMap;

use super::directions::DIRECTIONS;
use super::draft::Draft;
use super::finding::{Effect, Finding, Group, Verdict};
use super::flatter;
use super::order;
use super::space::SPACE_GROUP;
use super::stats::{
    self, benjamini_bogomolov, detection_factor, effective_rows, simes, weighted_cauchy,
};

/// Detectable effects beyond so many thresholds leave a question open.
const BLIND_FROM: f64 = 2.0;

/// Judges the drafts group by group.
///
/// A group in which some findings lead has the Cauchy combination of their
/// p-values, weighed by the effective rows behind each: a test over all rows of
/// large windows counts for more than one over their samples. Any other group
/// has Simes' over all of them. Holm over the groups and
/// Benjamini-Bogomolov inside them give the adjusted p-values.
///
/// What a finding could have detected was reckoned for a test at 5 %. It has to
/// pass more: `alpha / (groups x members)` if it is the only one that changed, so
/// that is the level its figure is brought to ([`at_level`]).
pub(crate) fn judge(drafts: Vec<Draft>, alpha: f64) -> (Vec<Group>, Vec<Finding>) {
    let mut by_group: BTreeMap<String, Vec<Draft>> = BTreeMap::new();
    for draft in drafts {
        by_group
            .entry(draft.finding.group.clone())
            .or_default()
            .push(draft);
    }
    let combined: Vec<Combined> = by_group.values().map(|d| Combined::of(d)).collect();
    let tested: Vec<stats::Group> = by_group
        .values()
        .zip(&combined)
        .filter_map(|(drafts, combined)| {
            Some(stats::Group {
                p_value: combined.p_value?,
                members: drafts.iter().filter_map(|d| d.finding.p_value).collect(),
            })
        })
        .collect();
    let families = tested.len();
    let mut adjusted = benjamini_bogomolov(&tested, alpha).into_iter();

    let mut groups = Vec::new();
    let mut findings = Vec::new();
    for ((name, drafts), combined) in by_group.into_iter().zip(combined) {
        let adjusted = combined.p_value.and_then(|_| adjusted.next());
        let mut members = adjusted.iter().flat_map(|g| &g.members);
        let tests = families * members.clone().count();
        let judged: Vec<Finding> = drafts
            .into_iter()
            .map(|mut draft| {
                let effects = draft.finding.effect.iter_mut();
                for effect in effects.chain(&mut draft.finding.other_effects) {
                    at_level(effect, alpha / tests.max(1) as f64);
                }
                let p = draft.finding.p_value.and_then(|_| members.next().copied());
                judge_one(draft, p, alpha)
            })
            .collect();
        let p_adjusted = adjusted.as_ref().map(|g| g.p_adjusted);
        groups.push(Group {
            name,
            combination: combined.rule.to_owned(),
            combined: combined.names,
            p_value: combined.p_value,
            verdict: match verdict_of(&judged, p_adjusted, alpha) {
                Verdict::NoDrift if lacks_directions(&judged) => Verdict::NotTested,
                verdict => verdict,
            },
            p_adjusted,
        });
        findings.extend(judged);
    }
    flatter::reword(&mut findings);
    order::sort(&mut findings);
    (groups, findings)
}

/// Whether a space's main test could not be made: what else was tested does not stand for it.
fn lacks_directions(findings: &[Finding]) -> bool {
    let mut of_directions = findings.iter().filter(|f| f.feature == DIRECTIONS);
    of_directions.any(|f| f.p_value.is_none())
}

/// Brings what a two-sided test at 5 % would have detected to another level.
///
/// ```text
/// d' = d (z_(1 - level / 2) + z_0.8) / (z_0.975 + z_0.8)
/// ```
///
/// as for a statistic that is nearly normal, d in the units in which it is
/// ([`Effect::strength`]).
fn at_level(effect: &mut Effect, level: f64) {
    let Some(detectable) = effect.detectable else {
        return;
    };
    let strength = effect.strength(detectable) * detection_factor(level);
    effect.detectable = Some(effect.size(strength));
}

struct Combined {
    rule: &'static str,
    names: Vec<String>,
    p_value: Option<f64>,
}

impl Combined {
    fn of(drafts: &[Draft]) -> Self {
        let leading: Vec<&Draft> = drafts.iter().filter(|d| d.weight > 0.0).collect();
        if leading.is_empty() {
            let p: Vec<f64> = drafts.iter().filter_map(|d| d.finding.p_value).collect();
            return Self {
                rule: "simes",
                names: Vec::new(),
                p_value: simes(&p),
            };
        }
        let mut terms = Vec::new();
        let mut names = Vec::new();
        // Findings of one name in several scopes are one test: Bonferroni.
        let mut by_feature: BTreeMap<(&str, &str, bool), Vec<&Draft>> = BTreeMap::new();
        for draft in leading {
            let f = &draft.finding;
            let whole = f.scope == super::finding::Scope::All;
            if f.p_value.is_some() {
                by_feature
                    .entry((&f.feature, &f.statistic, whole))
                    .or_default()
                    .push(draft);
            }
        }
        for ((feature, statistic, whole), tests) in by_feature {
            let findings = || tests.iter().map(|draft| &draft.finding);
            let smallest = findings().filter_map(|f| f.p_value).fold(1.0, f64::min);
            let n = findings().map(|f| f.n_reference).sum::<u64>() as f64;
            let m = findings().map(|f| f.n_target).sum::<u64>() as f64;
            let weight = tests[0].weight * effective_rows(n, m);
            terms.push(((smallest * tests.len() as f64).min(1.0), weight));
            let scope = if whole { "" } else { " by class" };
            names.push(format!("{feature}{scope} ({statistic})"));
        }
        Self {
            rule: "cauchy",
            names,
            p_value: weighted_cauchy(&terms),
        }
    }
}

fn judge_one(draft: Draft, p_adjusted: Option<f64>, alpha: f64) -> Finding {
    let Draft {
        mut finding,
        striking,
        unusual,
        ..
    } = draft;
    finding.p_adjusted = p_adjusted;
    finding.verdict = match p_adjusted {
        None => Verdict::NotTested,
        Some(p) if p < alpha => {
            let effects = finding.effect.iter().chain(&finding.other_effects);
            if finding.natural.is_some_and(|natural| natural.within) {
                Verdict::NoDrift
            } else if striking || effects.into_iter().any(|e| matters(e, &unusual)) {
                Verdict::Drift
            } else {
                Verdict::PossibleDrift
            }
        }
        Some(_) if finding.effect.as_ref().is_some_and(is_blind) => Verdict::NotEnoughData,
        Some(_) => Verdict::NoDrift,
    };
    finding
}

/// Whether an effect is large enough, and none of those that accepted windows
/// show as well.
fn matters(effect: &Effect, unusual: &Option<Vec<String>>) -> bool {
    let beyond = |names: &Vec<String>| names.contains(&effect.name);
    effect.reaches_threshold() && unusual.as_ref().is_none_or(beyond)
}

/// Whether a change of twice the threshold could have been missed.
fn is_blind(effect: &Effect) -> bool {
    let span = effect.threshold - effect.no_change;
    effect
        .detectable
        .is_some_and(|d| d - effect.no_change > BLIND_FROM * span)
}

/// A group drifts if it is rejected as a whole and one of its findings drifts.
fn verdict_of(findings: &[Finding], p_adjusted: Option<f64>, alpha: f64) -> Verdict {
    let heaviest = findings.iter().map(|f| f.verdict).max();
    match p_adjusted {
        None => Verdict::NotTested,
        Some(p) if p < alpha => match heaviest {
            Some(Verdict::Drift) => Verdict::Drift,
            // Whatever made p small is usual among accepted windows.
            _ if all_usual(findings, alpha) => Verdict::NoDrift,
            _ => Verdict::PossibleDrift,
        },
        Some(_) if sees_too_little(findings) => Verdict::NotEnoughData,
        Some(_) => Verdict::NoDrift,
    }
}

/// Whether hardly any of the findings that stand for a group, those over all records, would have shown
/// a change: fewer than one in ten.
fn sees_too_little(findings: &[Finding]) -> bool {
    let stands = |f: &&Finding| f.scope == super::finding::Scope::All && f.p_value.is_some();
    let all = findings.iter().filter(stands).count();
    let seeing = |f: &&Finding| f.verdict != Verdict::NotEnoughData && f.effect.is_some();
    10 * findings.iter().filter(stands).filter(seeing).count() < all
}

/// Whether there is history, and no finding goes beyond it that is more than
/// chance.
fn all_usual(findings: &[Finding], alpha: f64) -> bool {
    let known = findings.iter().any(|f| f.natural.is_some());
    let moved = |f: &&Finding| f.verdict >= Verdict::PossibleDrift;
    let small = |f: &&Finding| f.p_adjusted.is_some_and(|p| p < alpha);
    let usual = |f: &Finding| f.natural.is_some_and(|n| n.within);
    known && findings.iter().find(moved).is_none() && findings.iter().filter(small).all(usual)
}

/// The verdict over all groups: drift if one drifts, and so on down. Nothing can
/// be called unchanged while an embedding space could not be tested.
pub(crate) fn overall(groups: &[Group]) -> Verdict {
    let heaviest = groups.iter().map(|g| g.verdict).max();
    let untested = groups
        .iter()
        .any(|g| g.verdict == Verdict::NotTested && g.name.starts_with(SPACE_GROUP));
    match heaviest {
        Some(Verdict::NoDrift) if untested => Verdict::NotTested,
        Some(verdict) => verdict,
        None => Verdict::NotTested,
    }
}
