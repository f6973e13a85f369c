//! What a comparison says about causes: plain data.

use serde::Serialize;

/// Which input features go along with records that lie farther out, or with a
/// score that has changed; see [`Comparison::why`](super::Comparison::why).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The group of the finding that is explained, such as `space embedding`.
    pub group: String,
    /// What is explained: `own-centre distance`, `cluster distance`, or an output
    /// such as `score`.
    pub outcome: String,
    /// Whether it rose among the sampled records; it fell otherwise. `None` where
    /// they do not show which.
    pub rose: Option<bool>,
    /// Sampled records that it was measured on.
    pub records: u64,
    /// Input features that enough of them have a number of.
    pub inputs: u64,
    /// How many of these changed between the windows.
    pub changed: u64,
    /// Those that explain it, at most 10: first those that go along with it within
    /// the windows too, then by falling correlation without sign.
    pub features: Vec<Association>,
    /// How many explain it, listed or not.
    pub associated: u64,
    /// In plain words.
    pub sentence: String,
}

/// An input feature that goes along with an outcome. It need not be its cause:
/// whatever changes together looks alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Association {
    /// The feature.
    pub feature: String,
    /// Whether it rose between the windows; it fell otherwise.
    pub rose: bool,
    /// Spearman's rank correlation with the outcome over the sampled records of
    /// both windows, in `[-1, 1]`.
    pub correlation: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
    /// How often chance alone would give as much, in `[0, 1]`.
    pub p_value: f64,
    /// The same after Holm's correction over the input features that changed.
    pub p_adjusted: f64,
    /// Sampled records that have both; of grouped records the groups.
    pub n: u64,
    /// The same correlation within the windows and its 95 % interval, where both
    /// numbers vary there.
    pub within: Option<(f64, (f64, f64))>,
    /// Whether `within` has the sign of `correlation` and is more than chance, after
    /// Holm's correction over the input features that changed. Otherwise the
    /// windows differ in both, and nothing tells whether records of one window do.
    pub also_within: bool,
}
