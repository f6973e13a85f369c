//! Profiles and findings made by hand, and results in short.

use super::{Check, Evidence, Found, Measure, Rules, check};
use crate::compare::{Comparison, Effect, Finding, Kind, Scope, Verdict, WindowSummary};
use crate::ingest::{Batch, Column};
use crate::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
use ndarray::Array2;

/// What a made profile holds; each column has its own number of records.
pub(super) struct Made {
    pub(super) widths: Vec<f64>,
    pub(super) formats: Vec<String>,
    pub(super) labels: Vec<String>,
}

impl Default for Made {
    /// Forty records: one of six widths, half png and half jpeg, 30 cats and 10
    /// dogs.
    fn default() -> Self {
        let texts = |f: fn(usize) -> &'static str| (0..40).map(|i| f(i).to_owned()).collect();
        Self {
            widths: (0..40).map(|i| f64::from(i % 6) * 100.0 + 50.0).collect(),
            formats: texts(|i| if i % 2 == 0 { "png" } else { "jpeg" }),
            labels: texts(|i| if i % 4 == 0 { "dog" } else { "cat" }),
        }
    }
}

/// The profile of such records, with a space in which the first of the records
/// with labels has no direction.
pub(super) fn profile(made: &Made) -> Profile {
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(2));
    let mut builder = ProfileBuilder::new(config).unwrap();
    let n = made.labels.len();
    let rows = Array2::from_shape_fn((n, 2), |(i, j)| (i * (j + 1)) as f32);
    let labelled = Batch::new(n)
        .labels(Column::Text(made.labels.clone()))
        .space("embedding", rows.view());
    builder.track_batch(&labelled).unwrap();
    let mut features = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    // Columns of other lengths are tracked apart; what they count as records is
    // taken back below by merging features alone.
    for (name, column) in [
        ("width", Column::Float(made.widths.clone())),
        ("format", Column::Text(made.formats.clone())),
    ] {
        let batch = Batch::new(column.len()).feature(name, column);
        features.track_batch(&batch).unwrap();
    }
    let mut profile = builder.freeze();
    profile.features.extend(features.freeze().features);
    profile
}

pub(super) fn finding(feature: &str) -> Finding {
    Finding {
        group: "space embedding".into(),
        feature: feature.into(),
        kind: Kind::Embedding,
        scope: Scope::All,
        statistic: "ks".into(),
        value: Some(0.02),
        p_value: Some(0.6),
        p_adjusted: Some(0.8),
        same_ids: None,
        permutations: None,
        effect: Some(Effect {
            name: "median shift".into(),
            value: 0.02,
            unit: "reference sd".into(),
            threshold: 0.2,
            no_change: 0.0,
            detectable: None,
        }),
        other_effects: Vec::new(),
        n_reference: 100,
        n_target: 100,
        counts_objects: false,
        sampled: false,
        verdict: Verdict::NoDrift,
        sentence: String::new(),
        natural: None,
        reason: None,
        quantiles: Vec::new(),
        shares: Vec::new(),
        new_values: Vec::new(),
        lost_values: Vec::new(),
        records: Vec::new(),
    }
}

pub(super) fn comparison(findings: Vec<Finding>) -> Comparison {
    let window = |name: &str| WindowSummary {
        name: name.into(),
        records: 100,
        not_used: Vec::new(),
        times: None,
    };
    Comparison {
        verdict: Verdict::NoDrift,
        alpha: 0.05,
        reference: window("march.dsp"),
        target: window("april.dsp"),
        groups: Vec::new(),
        findings,
        why: Vec::new(),
        spaces: Vec::new(),
        notes: Vec::new(),
    }
}

/// The checks of the only rule in short, or its reason where it has none.
pub(super) fn told(made: &Made, rule: &str) -> Vec<String> {
    lines(rule, &Evidence::of(&profile(made)))
}

/// The same for a rule about findings.
pub(super) fn told_of(findings: Vec<Finding>, rule: &str) -> Vec<String> {
    let (profile, comparison) = (profile(&Made::default()), comparison(findings));
    lines(rule, &Evidence::of(&profile).with_comparison(&comparison))
}

/// The same for a rule about any evidence.
pub(super) fn lines(rule: &str, evidence: &Evidence<'_>) -> Vec<String> {
    let checked = check(&Rules::parse(rule).unwrap(), evidence);
    assert_eq!(checked.rules.len(), 1);
    let rule = &checked.rules[0];
    match rule.checks.is_empty() {
        true => vec![rule.reason.clone().unwrap()],
        false => rule.checks.iter().map(line).collect(),
    }
}

/// `subject: measure found outcome`, or the reason in place of the last two.
pub(super) fn line(check: &Check) -> String {
    let measure = match &check.measure {
        Measure::Effect { name, .. } => name.clone(),
        measure => format!("{measure:?}"),
    };
    let found = match &check.found {
        Found::Nothing => check.reason.clone().unwrap(),
        Found::Number(x) => format!("{}..{}", x.lower_bound, x.upper_bound),
        Found::NotAllowed { values, .. } => format!("{values:?}"),
        Found::Verdict(verdict) => format!("{verdict:?}"),
        Found::Change(change) => format!("{change:?}"),
    };
    let outcome = match check.reason {
        Some(_) => String::new(),
        None => format!(" {}", check.outcome.name()),
    };
    format!("{}: {measure} {found}{outcome}", check.subject)
}
