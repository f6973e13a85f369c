//! Whether a rule makes sense: it demands something, within what there can be.

use super::rules::{
    Allowed, ClassRule, ComparisonRule, FeatureRule, RecordsRule, SeriesRule, SpaceRule,
    StabilityRule,
};

/// Values that a rule may allow. No more than a feature counts exactly
/// ([`Categories::DEFAULT_CAP`](crate::sketch::Categories::DEFAULT_CAP)): so a
/// feature whose counts are not exact surely has a value that is not allowed.
pub(super) const MOST_ALLOWED: usize = 1024;

/// Nothing, or what is wrong with a rule.
pub(super) type Sound = Result<(), String>;

pub(super) fn records(rule: &RecordsRule) -> Sound {
    counts_and_skipped(rule.min_count, rule.max_count, rule.max_skipped_share)
}

pub(super) fn feature(rule: &FeatureRule) -> Sound {
    range("min", rule.min, "max", rule.max)?;
    counts(rule.min_count, rule.max_count)?;
    shares(&[
        ("max_null_share", rule.max_null_share),
        ("max_nan_share", rule.max_nan_share),
    ])?;
    for quantile in &rule.quantiles {
        shares(&[("rank", Some(quantile.rank))])?;
        range("min", quantile.min, "max", quantile.max)?;
        let demands = [quantile.min.is_some(), quantile.max.is_some()];
        demands_something(&demands, "min, max")?;
    }
    for value in rule.allowed.iter().flatten() {
        if let Allowed::Float(value) = value
            && !value.is_finite()
        {
            return Err(format!("allowed: {value} is not finite"));
        }
    }
    match rule.allowed.as_ref().map_or(1, Vec::len) {
        0 => return Err("allowed: an empty list allows nothing".into()),
        n if n > MOST_ALLOWED => {
            return Err(format!(
                "allowed takes at most {MOST_ALLOWED} values, not {n}"
            ));
        }
        _ => {}
    }
    let demands = [
        rule.min.is_some(),
        rule.max.is_some(),
        !rule.quantiles.is_empty(),
        rule.allowed.is_some(),
        rule.max_null_share.is_some(),
        rule.max_nan_share.is_some(),
        rule.min_count.is_some(),
        rule.max_count.is_some(),
    ];
    demands_something(
        &demands,
        "min, max, quantiles, allowed, max_null_share, max_nan_share, min_count, max_count",
    )
}

pub(super) fn class(rule: &ClassRule) -> Sound {
    counts(rule.min_count, rule.max_count)?;
    shares(&[("min_share", rule.min_share), ("max_share", rule.max_share)])?;
    range("min_share", rule.min_share, "max_share", rule.max_share)?;
    let demands = [
        rule.min_count.is_some(),
        rule.max_count.is_some(),
        rule.min_share.is_some(),
        rule.max_share.is_some(),
    ];
    demands_something(&demands, "min_count, max_count, min_share, max_share")
}

pub(super) fn space(rule: &SpaceRule) -> Sound {
    counts_and_skipped(rule.min_count, rule.max_count, rule.max_skipped_share)
}

/// What records and the rows of a space may be asked for.
fn counts_and_skipped(min: Option<u64>, max: Option<u64>, skipped: Option<f64>) -> Sound {
    counts(min, max)?;
    shares(&[("max_skipped_share", skipped)])?;
    let demands = [min.is_some(), max.is_some(), skipped.is_some()];
    demands_something(&demands, "min_count, max_count, max_skipped_share")
}

pub(super) fn comparison(rule: &ComparisonRule) -> Sound {
    shares(&[("min_p_adjusted", rule.min_p_adjusted)])?;
    effect(rule.max_effect)?;
    if rule.effect.is_some() && rule.max_effect.is_none() {
        return Err("effect names the effect of max_effect, which is missing".into());
    }
    let demands = [
        rule.max_verdict.is_some(),
        rule.min_p_adjusted.is_some(),
        rule.max_effect.is_some(),
    ];
    demands_something(&demands, "max_verdict, min_p_adjusted, max_effect")
}

pub(super) fn stability(rule: &StabilityRule) -> Sound {
    range("min", rule.min, "max", rule.max)?;
    shares(&[("min_jaccard", rule.min_jaccard)])?;
    let (of_class, of_measure) = (
        rule.min_jaccard.is_some(),
        rule.min.is_some() || rule.max.is_some(),
    );
    if rule.class.is_some() && (of_measure || !rule.measure.is_any()) {
        return Err("a rule is about measures (min, max) or about a class (min_jaccard)".into());
    }
    if rule.class.is_none() && of_class {
        return Err("min_jaccard is about a class, which is missing".into());
    }
    let demands = [rule.max_change.is_some(), of_class, of_measure];
    demands_something(&demands, "max_change, min, max, min_jaccard")
}

pub(super) fn series(rule: &SeriesRule) -> Sound {
    effect(rule.max_effect)?;
    let of_families = rule.max_episodes.is_some() || rule.max_open.is_some();
    if rule.signal.is_some() && of_families {
        return Err("max_episodes and max_open are about families, not about a signal".into());
    }
    if rule.signal.is_none() && rule.max_effect.is_some() {
        return Err("max_effect is about a signal, which is missing".into());
    }
    let demands = [of_families, rule.max_effect.is_some()];
    demands_something(&demands, "max_episodes, max_open, max_effect")
}

fn effect(most: Option<f64>) -> Sound {
    range("max_effect", most, "", None)?;
    match most.is_some_and(|most| most < 0.0) {
        true => Err("max_effect: effects are taken without their sign, so below 0 is none".into()),
        false => Ok(()),
    }
}

fn demands_something(demands: &[bool], keys: &str) -> Sound {
    match demands.contains(&true) {
        true => Ok(()),
        false => Err(format!("nothing is demanded; add one of {keys}")),
    }
}

fn counts(min: Option<u64>, max: Option<u64>) -> Sound {
    match (min, max) {
        (Some(min), Some(max)) if min > max => {
            Err(format!("min_count {min} is above max_count {max}"))
        }
        _ => Ok(()),
    }
}

fn range(low: &str, min: Option<f64>, high: &str, max: Option<f64>) -> Sound {
    for (key, value) in [(low, min), (high, max)] {
        if let Some(value) = value.filter(|value| !value.is_finite()) {
            return Err(format!("{key}: {value} is not finite"));
        }
    }
    match (min, max) {
        (Some(min), Some(max)) if min > max => Err(format!("{low} {min} is above {high} {max}")),
        _ => Ok(()),
    }
}

fn shares(values: &[(&str, Option<f64>)]) -> Sound {
    for (key, value) in values {
        if let Some(value) = value.filter(|value| !(0.0..=1.0).contains(value)) {
            return Err(format!("{key} lies between 0 and 1, not at {value}"));
        }
    }
    Ok(())
}
