//! A finding on its way: evidence first, judgement later.

use super::finding::{Effect, Finding, Kind, Scope, Verdict};

/// A finding before it is judged together with its group.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) finding: Finding,
    /// Weight of each of its rows in the p-value of its group; 0 for none.
    pub(crate) weight: f64,
    /// Drift whatever its effect, if it is more than chance.
    pub(crate) striking: bool,
    /// With a history, the names of its effects that go beyond it.
    pub(crate) unusual: Option<Vec<String>>,
}

impl Draft {
    pub(crate) fn new(group: &str, feature: &str, kind: Kind, scope: Scope) -> Self {
        Self {
            finding: Finding {
                group: group.to_owned(),
                feature: feature.to_owned(),
                kind,
                scope,
                statistic: String::new(),
                value: None,
                p_value: None,
                p_adjusted: None,
                same_ids: None,
                permutations: None,
                effect: None,
                other_effects: Vec::new(),
                n_reference: 0,
                n_target: 0,
                counts_objects: false,
                sampled: false,
                verdict: Verdict::NotTested,
                sentence: String::new(),
                reason: None,
                natural: None,
                quantiles: Vec::new(),
                shares: Vec::new(),
                new_values: Vec::new(),
                lost_values: Vec::new(),
                records: Vec::new(),
            },
            weight: 0.0,
            striking: false,
            unusual: None,
        }
    }

    /// The finding is not tested, for this reason.
    pub(crate) fn not_tested(mut self, reason: impl Into<String>) -> Self {
        self.finding.reason = Some(reason.into());
        self
    }

    pub(crate) fn counts(mut self, reference: u64, target: u64) -> Self {
        self.finding.n_reference = reference;
        self.finding.n_target = target;
        self
    }

    pub(crate) fn test(
        mut self,
        statistic: &str,
        value: f64,
        p_value: f64,
        permutations: Option<u64>,
    ) -> Self {
        self.finding.statistic = statistic.to_owned();
        self.finding.value = Some(value);
        self.finding.p_value = Some(p_value);
        self.finding.permutations = permutations;
        self
    }

    pub(crate) fn effect(mut self, effect: Effect) -> Self {
        self.finding.effect = Some(effect);
        self
    }

    pub(crate) fn sentence(mut self, sentence: impl Into<String>) -> Self {
        self.finding.sentence = sentence.into();
        self
    }

    /// Whether its p-value goes into the p-value of its group.
    pub(crate) fn leads(self, leads: bool) -> Self {
        self.leads_with(if leads { 1.0 } else { 0.0 })
    }

    /// The same with less weight than others of as many rows.
    pub(crate) fn leads_with(mut self, weight: f64) -> Self {
        self.weight = weight;
        self
    }

    /// What it counts are objects of records.
    pub(crate) fn of_objects(mut self) -> Self {
        self.finding.counts_objects = true;
        self
    }

    pub(crate) fn sampled(mut self, sampled: bool) -> Self {
        self.finding.sampled = sampled;
        self
    }
}

/// An effect that is 0 without a change.
pub(crate) fn effect(
    name: &str,
    value: f64,
    unit: &str,
    threshold: f64,
    detectable: Option<f64>,
) -> Effect {
    Effect {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        threshold,
        no_change: 0.0,
        detectable: detectable.filter(|d| d.is_finite()),
    }
}
