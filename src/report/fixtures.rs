//! Comparisons made by hand, one for each verdict.

use crate::compare::{
    Comparison, Effect, Finding, FrechetSummary, Group, Kind, MixOrMeaning, Note, QuantilePair,
    Scope, SelfCheckSummary, SharePair, SpaceSummary, TellingRecord, Verdict, WindowSummary,
};

/// A finding without drift about all records of `space embedding`.
pub(super) fn finding(feature: &str) -> Finding {
    Finding {
        group: "space embedding".into(),
        feature: feature.into(),
        kind: Kind::Embedding,
        scope: Scope::All,
        statistic: "ks".into(),
        value: Some(0.021),
        p_value: Some(0.61),
        p_adjusted: Some(0.83),
        same_ids: None,
        permutations: None,
        effect: Some(effect("median shift", 0.02, "reference sd", 0.2)),
        other_effects: Vec::new(),
        n_reference: 1000,
        n_target: 300,
        counts_objects: false,
        sampled: false,
        verdict: Verdict::NoDrift,
        sentence: format!("{feature} stayed as it was"),
        reason: None,
        natural: None,
        quantiles: Vec::new(),
        shares: Vec::new(),
        new_values: Vec::new(),
        lost_values: Vec::new(),
        records: Vec::new(),
    }
}

pub(super) fn effect(name: &str, value: f64, unit: &str, threshold: f64) -> Effect {
    Effect {
        name: name.into(),
        value,
        unit: unit.into(),
        threshold,
        no_change: 0.0,
        detectable: Some(threshold * 0.92),
    }
}

pub(super) fn record(id: &str, role: &str, distance: f64) -> TellingRecord {
    TellingRecord {
        id: id.into(),
        role: role.into(),
        distance: Some(distance),
    }
}

fn share(value: &str, reference: f64, target: f64) -> SharePair {
    SharePair {
        value: value.into(),
        reference,
        target,
    }
}

fn window(name: &str, records: u64) -> WindowSummary {
    WindowSummary {
        name: name.into(),
        records,
        not_used: Vec::new(),
        times: None,
    }
}

/// Two windows of one space, nothing found.
pub(super) fn no_drift() -> Comparison {
    Comparison {
        verdict: Verdict::NoDrift,
        alpha: 0.05,
        reference: window("march.dsp", 1000),
        target: window("april.dsp", 300),
        groups: vec![Group {
            name: "space embedding".into(),
            combination: "cauchy".into(),
            combined: vec!["spectral".into(), "mmd".into(), "neighbours".into()],
            p_value: Some(0.41),
            p_adjusted: Some(0.41),
            verdict: Verdict::NoDrift,
        }],
        findings: ["spectral", "norm", "cluster distance"].map(finding).into(),
        why: Vec::new(),
        spaces: vec![SpaceSummary {
            name: "embedding".into(),
            dim: 1280,
            distance: "half-chord".into(),
            models: (Some("lite0".into()), Some("lite0".into())),
            rows: (1000, 300),
            centres: "codebook".into(),
            codebook: Some("a1b2".into()),
            class_source: "label".into(),
            shared: 0.0,
            paired: false,
            mix_or_meaning: None,
            frechet: None,
            self_check: None,
        }],
        notes: Vec::new(),
    }
}

/// Blurred digits: two findings of drift, a smaller one, and every section.
pub(super) fn drift() -> Comparison {
    let mut spread = finding("own-centre distance");
    spread.scope = Scope::Class("7".into());
    spread.verdict = Verdict::Drift;
    spread.p_value = Some(2e-9);
    spread.p_adjusted = Some(4.1e-8);
    spread.effect = Some(effect("median shift", 0.931, "reference sd", 0.2));
    (spread.n_reference, spread.n_target) = (104, 31);
    spread.sentence = "Records of class 7 lie further from their centre: the median moved by \
                       0.93 standard deviations of the reference."
        .into();
    spread.quantiles = vec![QuantilePair {
        rank: 0.5,
        reference: 0.21,
        target: 0.29,
    }];
    spread.records = vec![
        record("mnist/00431.png", "medoid", 0.11),
        record("mnist/31337.png", "most novel", 0.4312),
        record("row 9e3779b97f4a7c15", "most novel", 0.43),
    ];

    let mut mix = finding("cluster shares");
    mix.statistic = "chi-square".into();
    mix.verdict = Verdict::Drift;
    mix.p_adjusted = Some(0.0041);
    mix.effect = Some(effect("total variation", 0.174, "share", 0.1));
    mix.sentence = "17 % of the records lie in another cluster than the reference's would.".into();
    mix.shares = vec![
        share("cluster 3", 0.118, 0.292),
        share("cluster 1", 0.31, 0.17),
    ];
    mix.records = vec![
        record("mnist/00007.png", "medoid of cluster 3", 0.12),
        record("mnist/40404.png", "new in a grown cluster", 0.12),
    ];

    let mut turn = finding("spectral");
    turn.verdict = Verdict::PossibleDrift;
    turn.p_adjusted = Some(0.0341);
    turn.effect = Some(effect("turn of the mean direction", 1.62, "degrees", 2.0));
    turn.sentence = "The mean direction of all embeddings turned by 1.6 degrees.".into();
    turn.sampled = true;

    let mut few = finding("own-centre distance");
    few.scope = Scope::Class("4".into());
    few.verdict = Verdict::NotEnoughData;
    few.p_adjusted = Some(0.4);
    (few.n_reference, few.n_target) = (98, 21);
    few.effect.as_mut().unwrap().detectable = Some(0.674);

    let mut shared = finding("pairwise distance");
    shared.verdict = Verdict::NotTested;
    shared.p_value = None;
    shared.p_adjusted = None;
    shared.effect = None;
    shared.reason = Some("fewer than 20 sampled records a side".into());

    let mut comparison = no_drift();
    comparison.verdict = Verdict::Drift;
    comparison.groups[0].verdict = Verdict::Drift;
    comparison.groups[0].p_value = Some(1.3e-8);
    comparison.groups[0].p_adjusted = Some(1.3e-8);
    comparison.findings.splice(0..1, [spread, mix, turn]);
    comparison.findings.extend([few, shared]);
    comparison.reference.times = Some((1_740_960_000_000, 1_743_465_600_000));
    comparison.target.not_used = vec![
        ("space embedding: zero vector".into(), 12),
        ("space embedding: not finite".into(), 1),
    ];
    comparison.spaces[0].mix_or_meaning = Some(MixOrMeaning {
        mix: 0.031,
        meaning: 0.112,
    });
    comparison.spaces[0].frechet = Some(FrechetSummary {
        value: 0.214,
        by_chance: 0.071,
        rows: 256,
    });
    comparison.spaces[0].self_check = Some(SelfCheckSummary {
        splits: 200,
        by_time: true,
        rows: (780, 244),
        groups: Some((78, 24)),
        rates: vec![("spectral".into(), 0.045)],
    });
    comparison.spaces[0].shared = 0.004;
    comparison.notes.push(Note {
        code: "near-copies".into(),
        text: "Some records look dependent on each other; with --group they can be told apart."
            .into(),
    });
    comparison
}

/// More than chance, less than matters.
pub(super) fn possible_drift() -> Comparison {
    let mut comparison = no_drift();
    comparison.verdict = Verdict::PossibleDrift;
    comparison.groups[0].verdict = Verdict::PossibleDrift;
    comparison.groups[0].p_adjusted = Some(0.0112);
    let norm = &mut comparison.findings[0];
    norm.feature = "norm".into();
    norm.verdict = Verdict::PossibleDrift;
    norm.p_adjusted = Some(0.049_96);
    norm.effect = Some(effect("median shift", -0.14, "reference sd", 0.2));
    norm.sentence = "Embeddings are a little shorter.".into();
    comparison
}

/// Ten target records.
pub(super) fn not_enough_data() -> Comparison {
    let mut comparison = no_drift();
    comparison.verdict = Verdict::NotEnoughData;
    comparison.target.records = 10;
    comparison.groups[0].verdict = Verdict::NotEnoughData;
    for finding in &mut comparison.findings {
        finding.verdict = Verdict::NotEnoughData;
        finding.n_target = 10;
        finding.effect.as_mut().unwrap().detectable = Some(0.89);
    }
    comparison.findings[0].n_reference = 20;
    comparison.findings[2].sampled = true;
    comparison
}

/// Other models on both sides.
pub(super) fn not_tested() -> Comparison {
    let mut comparison = no_drift();
    comparison.verdict = Verdict::NotTested;
    comparison.groups[0].verdict = Verdict::NotTested;
    comparison.groups[0].p_value = None;
    comparison.groups[0].p_adjusted = None;
    comparison.groups[0].combined.clear();
    comparison.findings.truncate(1);
    let finding = &mut comparison.findings[0];
    finding.verdict = Verdict::NotTested;
    finding.p_value = None;
    finding.p_adjusted = None;
    finding.effect = None;
    finding.reason = Some("the models differ: lite0 and lite1".into());
    comparison.spaces.clear();
    comparison
}

/// Every name hostile, every number not finite.
pub(super) fn hostile() -> Comparison {
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7}\r\n\u{202e}gpj.exe\u{2066}\u{9b}31m\0|<b>&amp;";
    let mut comparison = drift();
    comparison.reference.name = evil.into();
    comparison.target.not_used[0].0 = evil.into();
    comparison.groups[0].name = evil.into();
    comparison.groups[0].combined.push(evil.into());
    comparison.groups[0].p_adjusted = Some(f64::NAN);
    comparison.spaces[0].name = evil.into();
    comparison.spaces[0].models.0 = Some(evil.into());
    comparison.spaces[0].distance = evil.into();
    comparison.spaces[0].class_source = evil.into();
    comparison.spaces[0].centres = evil.into();
    comparison.spaces[0].shared = f64::NAN;
    comparison.notes[0].text = evil.into();
    for finding in &mut comparison.findings {
        finding.group = evil.into();
        finding.scope = Scope::Class(evil.repeat(20));
        finding.feature += evil;
        finding.sentence = evil.repeat(50);
        finding.reason = Some(evil.into());
        finding.value = Some(f64::NEG_INFINITY);
        finding.p_value = Some(f64::NAN);
        finding.p_adjusted = Some(f64::NAN);
        if let Some(effect) = &mut finding.effect {
            effect.name = evil.into();
            effect.unit = evil.into();
            effect.value = f64::NAN;
            effect.threshold = f64::INFINITY;
            effect.detectable = Some(f64::NAN);
        }
        for share in &mut finding.shares {
            share.value += evil;
            share.target = f64::NAN;
        }
        for record in &mut finding.records {
            record.id += &evil.repeat(10);
            record.role += evil;
            record.distance = Some(f64::INFINITY);
        }
    }
    comparison
}
