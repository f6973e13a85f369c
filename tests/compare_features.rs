//! Named values of the records: what is tested, and what is said of it.

use driftsphere::compare::{CompareOptions, Comparison, Finding, Verdict, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};
use driftsphere::sketch::hash_bytes;

fn profile(name: &str, column: impl Into<Column>) -> Profile {
    let column = column.into();
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let batch = Batch::new(column.len()).feature(name, column);
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

fn compared<C: Into<Column>>(reference: C, target: C) -> Comparison {
    let (reference, target) = (profile("x", reference), profile("x", target));
    compare(&reference, &target, &CompareOptions::default()).unwrap()
}

fn finding<'a>(comparison: &'a Comparison, feature: &str) -> &'a Finding {
    let found = comparison.findings.iter().find(|f| f.feature == feature);
    found.unwrap_or_else(|| panic!("no finding {feature}"))
}

/// `rows` texts, each of `distinct` equally likely.
fn texts(seed: u64, rows: u64, distinct: u64) -> Vec<String> {
    let text = |i: u64| format!("t{}", hash_bytes(seed, &i.to_le_bytes()) % distinct);
    (0..rows).map(text).collect()
}

#[test]
fn texts_past_the_cap_are_not_tested() {
    for (distinct, distinct_target) in [(1100, 1100), (5, 1100), (1100, 5)] {
        let (a, b) = (
            texts(1, 20_000, distinct),
            texts(2, 20_000, distinct_target),
        );
        let comparison = compared(a, b);
        let x = finding(&comparison, "x");
        assert_eq!((x.verdict, x.p_value), (Verdict::NotTested, None));
        assert_eq!(
            x.reason.as_deref(),
            Some("more than 1,024 distinct values: an identifier, not a category?")
        );
        assert_eq!((x.n_reference, x.n_target), (20_000, 20_000));
        assert_eq!(comparison.verdict, Verdict::NotTested);
    }
}

#[test]
fn texts_up_to_the_cap_are_tested() {
    let comparison = compared(texts(1, 20_000, 1024), texts(2, 20_000, 1024));
    assert!(comparison.verdict < Verdict::PossibleDrift);
    assert!(finding(&comparison, "x").p_value.is_some());
    let comparison = compared(texts(1, 20_000, 1024), texts(2, 20_000, 500));
    assert_eq!(comparison.verdict, Verdict::Drift);
}
