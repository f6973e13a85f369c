//! Which findings lead.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Effect, Finding, Scope, Verdict};
use super::flatter::is_flatter;
use super::tails::without_tail;
use super::wording::is_consequence;

/// Sorts findings, the most telling first.
///
/// 1. The heaviest verdict; there, a class or value that is new or gone.
/// 2. Clusters after classes of the same group: where rows have names of their
///    own, a cluster only repeats them.
/// 3. Of pictures, what names a cause before what only follows from it: a blurred picture has
///    fewer edges and a smaller file, too.
/// 4. What belongs together stays together, the largest effect first: all
///    findings of one class or cluster, a feature of all records with its tails.
///    Effects are compared in units of their thresholds. Where there is not enough data,
///    a large effect says little: what came nearest to an alarm is first.
/// 5. There, the whole distribution before its tails, and the distances of pairs
///    before those to a centre: the latter grow when a class moves and when it
///    spreads out, the former only when it spreads out.
pub(crate) fn sort(findings: &mut Vec<Finding>) {
    let classed: BTreeSet<(Verdict, String)> = findings
        .iter()
        .filter(|f| matches!(f.scope, Scope::Class(_)))
        .map(|f| (f.verdict, f.group.clone()))
        .collect();
    let mut weights: BTreeMap<Topic, f64> = BTreeMap::new();
    for finding in findings.iter() {
        let weight = weights.entry(Topic::of(finding)).or_insert(f64::MIN);
        *weight = weight.max(weight_of(finding));
    }
    let following: BTreeSet<Topic> = findings
        .iter()
        .filter(|finding| only_follows(finding) || is_flatter(finding, findings))
        .map(Topic::of)
        .collect();
    let mut keyed: Vec<(Key, Finding)> = std::mem::take(findings)
        .into_iter()
        .map(|finding| {
            let topic = Topic::of(&finding);
            let cluster = matches!(finding.scope, Scope::Cluster(_));
            let key = Key {
                striking: has_new_values(&finding),
                behind: cluster && classed.contains(&(finding.verdict, finding.group.clone())),
                follows: following.contains(&topic),
                weight: weights[&topic],
                own_weight: weight_of(&finding),
                unspecific: is_unspecific(finding.feature.as_str()),
                topic,
            };
            (key, finding)
        })
        .collect();
    keyed.sort_by(|(a, _), (b, _)| a.order(b));
    findings.extend(keyed.into_iter().map(|(_, finding)| finding));
}

/// Whether it is drift because of a value, not of an effect. A cluster that was
/// empty is none that a record has.
fn has_new_values(finding: &Finding) -> bool {
    let none = finding.new_values.is_empty() && finding.lost_values.is_empty();
    finding.verdict == Verdict::Drift && !none && finding.feature != "cluster shares"
}

/// Whether a measure of pictures changed in a way that another names better.
fn only_follows(finding: &Finding) -> bool {
    let median = finding.quantiles.iter().find(|pair| pair.rank == 0.5);
    median.is_some_and(|pair| is_consequence(&finding.feature, pair.reference, pair.target))
}

/// Whether a change of this feature may only follow from that of another.
fn is_unspecific(feature: &str) -> bool {
    feature.ends_with("-centre distance")
        || feature == "cluster distance"
        || without_tail(feature) != feature
}

fn weight_of(finding: &Finding) -> f64 {
    match finding.verdict {
        Verdict::NotEnoughData => -finding.p_value.unwrap_or(1.0),
        _ => finding.effect.as_ref().map_or(0.0, Effect::relative),
    }
}

/// What a finding is about: a class or cluster with all its findings, or one
/// feature of all records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Topic {
    verdict: Verdict,
    group: String,
    scope: Scope,
    feature: Option<String>,
}

impl Topic {
    fn of(finding: &Finding) -> Self {
        let whole = matches!(finding.scope, Scope::All | Scope::BetweenClasses(_));
        Self {
            verdict: finding.verdict,
            group: finding.group.clone(),
            scope: finding.scope.clone(),
            feature: whole.then(|| without_tail(&finding.feature).to_owned()),
        }
    }
}

struct Key {
    striking: bool,
    behind: bool,
    follows: bool,
    weight: f64,
    own_weight: f64,
    unspecific: bool,
    topic: Topic,
}

impl Key {
    fn order(&self, other: &Self) -> Ordering {
        let heavy = |a: f64, b: f64| b.total_cmp(&a);
        other
            .topic
            .verdict
            .cmp(&self.topic.verdict)
            .then(other.striking.cmp(&self.striking))
            .then(self.behind.cmp(&other.behind))
            .then(self.follows.cmp(&other.follows))
            .then(heavy(self.weight, other.weight))
            .then_with(|| self.topic.cmp(&other.topic))
            .then(self.unspecific.cmp(&other.unspecific))
            .then(heavy(self.own_weight, other.own_weight))
    }
}
