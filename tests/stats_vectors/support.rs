//! Numbers out of vectors, and how near is near enough.

use serde_json::Value;

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

pub(crate) fn counts(value: &Value) -> Vec<u64> {
    let list = value.as_array().unwrap();
    list.iter().map(|v| v.as_u64().unwrap()).collect()
}

pub(crate) fn size(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

#[track_caller]
pub(crate) fn close(got: f64, want: f64, relative: f64) {
    let gap = (got - want).abs();
    assert!(
        gap <= relative * want.abs().max(1e-300),
        "got {got}, want {want}"
    );
}

/// Five deviations of a p-value that was estimated in `rounds` rounds.
#[track_caller]
pub(crate) fn close_by_chance(got: f64, exact: f64, rounds: u64) {
    let deviation = (exact * (1.0 - exact) / rounds as f64).sqrt();
    let bias = 1.0 / rounds as f64;
    assert!(
        (got - exact).abs() <= 5.0 * deviation + bias,
        "got {got}, exact {exact}"
    );
}
