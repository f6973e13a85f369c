//! From the result model to the JSON document, field by field.

use super::json::{
    Association, Document, Effect, Explanation, Finding, Frechet, Group, Mix, Natural, NotUsed,
    Quantile, Rate, Record, Scope, SelfCheck, Share, Space, Window,
};
use super::json_frame::Frame;
use crate::compare;

impl<'a> Document<'a> {
    pub(super) fn new(comparison: &'a compare::Comparison, exit_status: u8) -> Self {
        Self {
            frame: Frame::new("driftsphere comparison"),
            verdict: comparison.verdict,
            headline: super::headline(comparison),
            exit_status,
            alpha: finite(comparison.alpha),
            reference: Window::new(&comparison.reference),
            target: Window::new(&comparison.target),
            groups: comparison.groups.iter().map(Group::new).collect(),
            findings: comparison.findings.iter().map(Finding::new).collect(),
            why: comparison.why.iter().map(Explanation::new).collect(),
            spaces: comparison.spaces.iter().map(Space::new).collect(),
            notes: &comparison.notes,
        }
    }
}

impl<'a> Window<'a> {
    fn new(window: &'a compare::WindowSummary) -> Self {
        let not_used = |(reason, count): &'a (String, u64)| NotUsed {
            reason,
            count: *count,
        };
        Self {
            name: &window.name,
            records: window.records,
            not_used: window.not_used.iter().map(not_used).collect(),
            first_time: window.times.map(|times| times.0),
            last_time: window.times.map(|times| times.1),
        }
    }
}

impl<'a> Group<'a> {
    fn new(group: &'a compare::Group) -> Self {
        Self {
            name: &group.name,
            combination: &group.combination,
            combined: &group.combined,
            p_value: group.p_value.and_then(finite),
            p_adjusted: group.p_adjusted.and_then(finite),
            verdict: group.verdict,
        }
    }
}

impl<'a> Finding<'a> {
    pub(super) fn new(finding: &'a compare::Finding) -> Self {
        Self {
            group: &finding.group,
            feature: &finding.feature,
            kind: finding.kind,
            scope: Scope::new(&finding.scope),
            statistic: &finding.statistic,
            value: finding.value.and_then(finite),
            p_value: finding.p_value.and_then(finite),
            p_adjusted: finding.p_adjusted.and_then(finite),
            same_ids: finding.same_ids,
            permutations: finding.permutations,
            effect: finding.effect.as_ref().map(Effect::new),
            other_effects: finding.other_effects.iter().map(Effect::new).collect(),
            n_reference: finding.n_reference,
            n_target: finding.n_target,
            sampled: finding.sampled,
            verdict: finding.verdict,
            sentence: &finding.sentence,
            reason: finding.reason.as_deref(),
            natural: finding.natural.map(|natural| Natural {
                windows: natural.windows,
                limit: finite(natural.limit),
                within: natural.within,
            }),
            quantiles: finding.quantiles.iter().map(Quantile::new).collect(),
            shares: finding.shares.iter().map(Share::new).collect(),
            new_values: &finding.new_values,
            lost_values: &finding.lost_values,
            records: finding.records.iter().map(Record::new).collect(),
        }
    }
}

impl<'a> Explanation<'a> {
    fn new(explanation: &'a compare::Explanation) -> Self {
        Self {
            group: &explanation.group,
            outcome: &explanation.outcome,
            rose: explanation.rose,
            records: explanation.records,
            inputs: explanation.inputs,
            changed: explanation.changed,
            associated: explanation.associated,
            features: explanation.features.iter().map(Association::new).collect(),
            sentence: &explanation.sentence,
        }
    }
}

impl<'a> Association<'a> {
    fn new(found: &'a compare::Association) -> Self {
        Self {
            feature: &found.feature,
            rose: found.rose,
            correlation: finite(found.correlation),
            lower: finite(found.interval.0),
            upper: finite(found.interval.1),
            p_value: finite(found.p_value),
            p_adjusted: finite(found.p_adjusted),
            n: found.n,
            within: found.within.and_then(|within| finite(within.0)),
            within_lower: found.within.and_then(|within| finite(within.1.0)),
            within_upper: found.within.and_then(|within| finite(within.1.1)),
            also_within: found.also_within,
        }
    }
}

impl<'a> Scope<'a> {
    fn new(scope: &'a compare::Scope) -> Self {
        let (of, name) = match scope {
            compare::Scope::All => ("all", None),
            compare::Scope::Class(name) => ("class", Some(name.as_str())),
            compare::Scope::Cluster(name) => ("cluster", Some(name.as_str())),
            compare::Scope::BetweenClasses(names) => ("between-classes", Some(names.as_str())),
        };
        Self { of, name }
    }
}

impl<'a> Effect<'a> {
    fn new(effect: &'a compare::Effect) -> Self {
        Self {
            name: &effect.name,
            value: finite(effect.value),
            unit: &effect.unit,
            threshold: finite(effect.threshold),
            no_change: finite(effect.no_change),
            detectable: effect.detectable.and_then(finite),
        }
    }
}

impl Quantile {
    fn new(quantile: &compare::QuantilePair) -> Self {
        Self {
            rank: finite(quantile.rank),
            reference: finite(quantile.reference),
            target: finite(quantile.target),
        }
    }
}

impl<'a> Share<'a> {
    fn new(share: &'a compare::SharePair) -> Self {
        Self {
            value: &share.value,
            reference: finite(share.reference),
            target: finite(share.target),
        }
    }
}

impl<'a> Record<'a> {
    fn new(record: &'a compare::TellingRecord) -> Self {
        Self {
            id: &record.id,
            role: &record.role,
            distance: record.distance.and_then(finite),
        }
    }
}

impl<'a> Space<'a> {
    fn new(space: &'a compare::SpaceSummary) -> Self {
        Self {
            name: &space.name,
            dim: space.dim,
            distance: &space.distance,
            reference_model: space.models.0.as_deref(),
            target_model: space.models.1.as_deref(),
            reference_rows: space.rows.0,
            target_rows: space.rows.1,
            centres: &space.centres,
            codebook: space.codebook.as_deref(),
            class_source: &space.class_source,
            shared: finite(space.shared),
            paired: space.paired,
            mix_or_meaning: space.mix_or_meaning.map(|split| Mix {
                mix: finite(split.mix),
                meaning: finite(split.meaning),
            }),
            self_check: space.self_check.as_ref().map(SelfCheck::new),
            frechet: space.frechet.map(|distance| Frechet {
                value: finite(distance.value),
                by_chance: finite(distance.by_chance),
                rows: distance.rows,
            }),
        }
    }
}

impl<'a> SelfCheck<'a> {
    fn new(check: &'a compare::SelfCheckSummary) -> Self {
        let rate = |(statistic, rate): &'a (String, f64)| Rate {
            statistic,
            rate: finite(*rate),
        };
        Self {
            splits: check.splits,
            by_time: check.by_time,
            reference_rows: check.rows.0,
            target_rows: check.rows.1,
            reference_groups: check.groups.map(|(reference, _)| reference),
            target_groups: check.groups.map(|(_, target)| target),
            rates: check.rates.iter().map(rate).collect(),
        }
    }
}

/// JSON has no NaN and no infinity.
pub(super) fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}
