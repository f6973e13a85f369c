//! The JSON format, declared a second time: a field too many, too few or of
//! another type breaks a test.

use super::fixtures;
use super::json::to_text;
use super::mirror::mirror;
use crate::compare;
use serde::Deserialize;
use serde_json::Value;

mirror!(Document {
    format: String, version: u32, generator: String, verdict: Verdict, headline: String,
    exit_status: u8, reference: Window, target: Window, groups: Vec<Group>,
    findings: Vec<Finding>, why: Vec<Explanation>, spaces: Vec<Space>, notes: Vec<Note>,
} { alpha: f64, });
mirror!(Window { name: String, records: u64, not_used: Vec<NotUsed>, }
    { first_time: i64, last_time: i64, });
mirror!(NotUsed {
    reason: String,
    count: u64,
});
mirror!(Group { name: String, combination: String, combined: Vec<String>, verdict: Verdict, }
    { p_value: f64, p_adjusted: f64, });
mirror!(Finding {
    group: String, feature: String, kind: Kind, scope: Scope, statistic: String,
    other_effects: Vec<Effect>, n_reference: u64, n_target: u64, sampled: bool, verdict: Verdict,
    sentence: String, quantiles: Vec<Quantile>, shares: Vec<Share>, new_values: Vec<String>,
    lost_values: Vec<String>, records: Vec<Record>,
} { value: f64, p_value: f64, p_adjusted: f64, permutations: u64, effect: Effect, reason: String, natural: Natural, same_ids: SameIds, });
mirror!(SameIds { ids: u64, rose: u64, fell: u64, value: f64, p_value: f64, decides: bool, } {});
mirror!(Explanation {
    group: String, outcome: String, records: u64, inputs: u64, changed: u64, associated: u64,
    features: Vec<Association>, sentence: String,
} { rose: bool, });
mirror!(Association { feature: String, rose: bool, n: u64, also_within: bool, } {
    correlation: f64, lower: f64, upper: f64, p_value: f64, p_adjusted: f64,
    within: f64, within_lower: f64, within_upper: f64,
});
mirror!(Natural { windows: u64, within: bool, } { limit: f64, });
mirror!(Scope { of: Of, } { name: String, });
mirror!(Effect { name: String, unit: String, } { value: f64, threshold: f64, no_change: f64, detectable: f64, });
mirror!(Quantile {} { rank: f64, reference: f64, target: f64, });
mirror!(Share { value: String, } { reference: f64, target: f64, });
mirror!(Record { id: String, role: String, } { distance: f64, });
mirror!(Space {
    name: String, dim: usize, distance: String, reference_rows: u64, target_rows: u64,
    centres: String, class_source: String, paired: bool,
} {
    reference_model: String, target_model: String, codebook: String, shared: f64,
    mix_or_meaning: Mix, frechet: Frechet, self_check: SelfCheck,
});
mirror!(SelfCheck {
    splits: u64, by_time: bool, reference_rows: u64, target_rows: u64, rates: Vec<Rate>,
} { reference_groups: u64, target_groups: u64, });
mirror!(Rate { statistic: String, } { rate: f64, });
mirror!(Mix {} { mix: f64, meaning: f64, });
mirror!(Frechet { rows: u64, } { value: f64, by_chance: f64, });
mirror!(Note {
    code: String,
    text: String,
});

#[derive(Deserialize, Debug, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    Drift,
    PossibleDrift,
    NotEnoughData,
    NoDrift,
    NotTested,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Input,
    Embedding,
    Output,
    Label,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(rename_all = "kebab-case")]
enum Of {
    All,
    Class,
    Cluster,
    BetweenClasses,
}

#[test]
fn every_verdict_is_written_as_declared() {
    use Verdict::{Drift, NoDrift, NotEnoughData, NotTested, PossibleDrift};
    for (comparison, verdict) in [
        (fixtures::drift(), Drift),
        (fixtures::possible_drift(), PossibleDrift),
        (fixtures::not_enough_data(), NotEnoughData),
        (fixtures::no_drift(), NoDrift),
        (fixtures::not_tested(), NotTested),
    ] {
        let document: Document = serde_json::from_str(&to_text(&comparison, 1)).unwrap();
        assert_eq!(document.format, "driftsphere comparison");
        assert_eq!(document.version, 1);
        assert_eq!(document.exit_status, 1);
        assert_eq!(document.verdict, verdict);
        assert_eq!(document.alpha, Some(0.05));
        assert_eq!(document.findings.len(), comparison.findings.len());
    }
}

#[test]
fn explanations_arrive_as_declared() {
    let mut comparison = fixtures::drift();
    comparison.why = vec![compare::Explanation {
        group: "outputs".into(),
        outcome: "score".into(),
        rose: Some(false),
        records: 900,
        inputs: 5,
        changed: 2,
        features: vec![compare::Association {
            feature: "blur".into(),
            rose: true,
            correlation: -0.5,
            interval: (-0.6, -0.4),
            p_value: 1e-9,
            p_adjusted: 2e-9,
            n: 800,
            within: None,
            also_within: false,
        }],
        associated: 1,
        sentence: String::new(),
    }];
    let document: Document = serde_json::from_str(&to_text(&comparison, 1)).unwrap();
    let why = &document.why[0];
    assert_eq!((why.rose, why.inputs, why.changed), (Some(false), 5, 2));
    let blur = &why.features[0];
    assert_eq!((blur.lower, blur.upper), (Some(-0.6), Some(-0.4)));
    assert_eq!((blur.within, blur.within_lower), (None, None));
}

#[test]
fn values_arrive_where_they_belong() {
    let document: Document = serde_json::from_str(&to_text(&fixtures::drift(), 1)).unwrap();
    assert_eq!(document.reference.first_time, Some(1_740_960_000_000));
    assert_eq!(document.target.not_used[0].count, 12);
    let finding = &document.findings[0];
    assert_eq!(finding.scope.of, Of::Class);
    assert_eq!(finding.scope.name.as_deref(), Some("7"));
    assert_eq!(finding.p_adjusted, Some(4.1e-8));
    let effect = finding.effect.as_ref().unwrap();
    assert_eq!((effect.value, effect.threshold), (Some(0.931), Some(0.2)));
    assert_eq!(finding.quantiles[0].target, Some(0.29));
    assert_eq!(finding.records[0].role, "medoid");
    assert_eq!(document.findings[1].shares[0].target, Some(0.292));
    assert_eq!(document.findings[1].scope.of, Of::All);
    assert_eq!(document.spaces[0].reference_model.as_deref(), Some("lite0"));
    let split = document.spaces[0].mix_or_meaning.as_ref().unwrap();
    assert_eq!((split.mix, split.meaning), (Some(0.031), Some(0.112)));
}

#[test]
fn numbers_that_are_not_finite_are_null_and_text_is_harmless() {
    let comparison = fixtures::hostile();
    let text = to_text(&comparison, 2);
    let hidden = |c: char| c != '\n' && super::escape::is_hidden(c);
    assert_eq!(text.chars().find(|&c| hidden(c)), None);
    let document: Document = serde_json::from_str(&text).unwrap();
    assert_eq!(document.reference.name, comparison.reference.name);
    assert_eq!(document.findings[0].value, None);
    assert_eq!(
        document.findings[0].effect.as_ref().unwrap().threshold,
        None
    );
    assert_eq!(
        document.findings[0].records[0].id,
        comparison.findings[0].records[0].id
    );
    assert_eq!(document.spaces[0].shared, None);
}

#[test]
fn the_mirror_notices_a_field_too_many_and_one_too_few() {
    let value: Value = serde_json::from_str(&to_text(&fixtures::drift(), 1)).unwrap();
    let mut more = value.clone();
    more["findings"][0]["mood"] = "sad".into();
    assert!(serde_json::from_value::<Document>(more).is_err());
    let mut fewer = value;
    fewer["findings"][0]
        .as_object_mut()
        .unwrap()
        .remove("permutations");
    assert!(serde_json::from_value::<Document>(fewer).is_err());
}
