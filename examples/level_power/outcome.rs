//! What many trials said, and whether it is what they should say.

use std::collections::BTreeMap;

use crate::trial::SPACE;
use driftsphere::compare::{Comparison, Scope, Verdict};

/// What the trials of one scenario said.
pub(crate) struct Outcome {
    pub(crate) trials: usize,
    pub(crate) space: usize,
    pub(crate) drift: usize,
    pub(crate) possible: usize,
}

impl Outcome {
    pub(crate) fn of(comparisons: &[Comparison]) -> Self {
        let verdict = |v| comparisons.iter().filter(|c| c.verdict == v).count();
        let name = format!("space {SPACE}");
        let space = comparisons.iter().filter(|c| {
            let group = c.groups.iter().find(|g| g.name == name);
            group.and_then(|g| g.p_value).is_some_and(|p| p <= 0.05)
        });
        Self {
            trials: comparisons.len(),
            space: space.count(),
            drift: verdict(Verdict::Drift),
            possible: verdict(Verdict::PossibleDrift),
        }
    }
}

/// How often each test of all records, by itself, had p <= 0.05.
pub(crate) fn each_test(comparisons: &[Comparison]) -> String {
    let mut tests: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let findings = comparisons.iter().flat_map(|c| &c.findings);
    for finding in findings.filter(|f| f.scope == Scope::All) {
        if let Some(p) = finding.p_value {
            let (alarms, all) = tests.entry(&finding.feature).or_default();
            *alarms += usize::from(p <= 0.05);
            *all += 1;
        }
    }
    let shares = tests.iter().map(|(test, (alarms, all))| {
        let (low, high) = wilson(*alarms, *all);
        format!(
            "{test} {:.1} % ({:.0}-{:.0})",
            100.0 * *alarms as f64 / *all as f64,
            100.0 * low,
            100.0 * high
        )
    });
    shares.collect::<Vec<_>>().join(", ")
}

/// Wilson's 95 % interval of a share.
pub(crate) fn wilson(k: usize, n: usize) -> (f64, f64) {
    let (k, n, z) = (k as f64, n as f64, 1.959_964);
    let centre = (k + z * z / 2.0) / (n + z * z);
    let half = z / (n + z * z) * (k * (n - k) / n + z * z / 4.0).sqrt();
    (centre - half, centre + half)
}

/// What a scenario should reach.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// Space p <= 0.05 in at most the first, `drift` in at most the second share.
    AtMost(f64, f64),
    /// Wilson's upper bound of the share of space p <= 0.05 reaches this.
    Reaches(f64),
    /// Never `drift`.
    Never,
    /// The same, and so many trials end with this verdict or a heavier one.
    ReachesAs(f64, Verdict),
    Open,
}

impl Goal {
    pub(crate) fn judge(self, o: &Outcome) -> String {
        let upper = |k| wilson(k, o.trials).1;
        let share = |k: usize| k as f64 / o.trials as f64;
        let (goal, met) = match self {
            Self::AtMost(p, d) => (
                format!("<= {:.0} % / {:.0} %", p * 100.0, d * 100.0),
                share(o.space) <= p && share(o.drift) <= d,
            ),
            Self::Reaches(p) => (format!(">= {:.0} %", p * 100.0), upper(o.space) >= p),
            Self::Never => ("never drift".into(), o.drift == 0),
            Self::ReachesAs(p, verdict) => {
                let ended = match verdict {
                    Verdict::Drift => o.drift,
                    _ => o.drift + o.possible,
                };
                (
                    format!(">= {:.0} %, {verdict}", p * 100.0),
                    upper(o.space) >= p && upper(ended) >= p,
                )
            }
            Self::Open => return "-".into(),
        };
        format!("{goal}: {}", if met { "met" } else { "MISSED" })
    }
}
