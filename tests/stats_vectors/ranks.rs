//! Signed ranks against SciPy (`scripts/oracles/ranks.py` made the vectors and names the versions).

use driftsphere::compare::stats::signed_rank;
use serde_json::Value;

use crate::support::{close, number, numbers};

#[test]
fn signed_ranks() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/ranks.json")).unwrap();
    let cases = vectors["signed"].as_array().unwrap();
    assert_eq!(cases.len(), 8);
    for case in cases {
        let differences = numbers(&case["differences"]);
        let test = signed_rank(&differences).unwrap();
        close(test.p_value, number(&case["p_value"]), 1e-9);
        let opposite: Vec<f64> = differences.iter().map(|d| -d).collect();
        let opposite = signed_rank(&opposite).unwrap();
        assert_eq!(opposite.p_value, test.p_value);
        assert_eq!((opposite.value, opposite.rose), (-test.value, test.fell));
    }
}
