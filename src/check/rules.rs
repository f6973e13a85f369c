//! The rules, as they are written.

use super::pattern::Pattern;
use crate::compare::Verdict;
use crate::compare::stability::Change;
use serde::Deserialize;
use toml::Spanned;

/// What a failed rule means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The whole check fails.
    #[default]
    Error,
    /// It is said, and the check passes.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Rules, read from TOML and found to make sense.
///
/// # The file
///
/// Each rule is a table of its section; a section may have many. All rules take
///
/// | key | meaning | default |
/// | --- | --- | --- |
/// | `name` | what to call the rule in results | what it is about |
/// | `severity` | `"error"`, or `"warning"`: said, but the check passes | `"error"` |
/// | `optional` | whether it is in order that there is nothing to judge | `false` |
///
/// and what they demand, at least one thing. Bounds belong to what they bound.
///
/// | section | about | demands |
/// | --- | --- | --- |
/// | `[[records]]` | all records | `min_count`, `max_count`, `max_skipped_share` |
/// | `[[feature]]` | `feature` = pattern of names | `min`, `max`; `quantiles` = array of `{ rank, min, max }`; `allowed` = array of values; `max_null_share`, `max_nan_share`; `min_count`, `max_count` of records that have it |
/// | `[[class]]` | `class` = pattern of values of `feature` (a name; default: `prediction` where there is one, else `label`) | `min_count`, `max_count`, `min_share`, `max_share` |
/// | `[[space]]` | `space` = pattern of names | `min_count`, `max_count` of rows, `max_skipped_share` |
/// | `[[comparison]]` | findings: patterns `feature`, `scope` (`all`, `class cat`, ...), `statistic`, `group`, all by default `*` | `max_verdict` = `"no-drift"`, `"not-enough-data"` or `"possible-drift"`; `min_p_adjusted`; `max_effect`, in the effect's unit and without its sign; `effect` = pattern of its name, by default the finding's first |
/// | `[[stability]]` | training runs over the same records: `measure` = pattern of names (`debiased CKA`, `neighbours kept`, `adjusted Rand index`, ...), by default `*`; or `class` = pattern of classes | `max_change` = `"same"` or `"unclear"`; of measures `min`, `max`; of classes `min_jaccard` |
/// | `[[series]]` | windows in the order of time: `family` = pattern (`class mix`, `inputs`, `outputs`, `embedding`), by default `*`; or `signal` = pattern of signals, at the newest watched window | of families `max_episodes`, `max_open` (episodes that go on); of signals `max_effect`, in the signal's unit |
///
/// Beside the sections stand `version = 1` (of this format; may be left out) and
/// `alpha`, the rate of false alarms of the comparison, 0.05 by default. A key
/// that is not listed here is an error.
///
/// In a pattern `*` stands for any text and `?` for any character. A `class`
/// without `*` and `?` is judged when it never came, too, with a count of 0.
///
/// Shares, ranks and p-values lie in `[0, 1]`. `min` and `max` are about every
/// number, infinite ones included and NaN not; `allowed` about every value that is
/// not missing and not NaN, where a number allows a text that reads like it, too.
/// At most 1 000 rules and 1 024 allowed values a rule.
///
/// # When a rule fails
///
/// If one of its demands on one of the things it is about does. A number with an
/// interval fails a bound when the whole interval lies beyond. A finding that was not
/// tested cannot be judged. A rule that finds nothing to judge at all fails, unless
/// it is `optional`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    pub(super) alpha: f64,
    /// Line of each rule and the rule, in the order of the file.
    pub(super) rules: Vec<(usize, Rule)>,
}

impl Rules {
    /// How many rules there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rate of false alarms that the comparison is to aim at.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The line of the first rule about a comparison: without a reference it
    /// cannot be judged.
    #[must_use]
    pub fn needs_reference(&self) -> Option<usize> {
        self.first(|rule| matches!(rule, Rule::Comparison(_)))
    }

    /// The line of the first rule about training runs.
    #[must_use]
    pub fn needs_runs(&self) -> Option<usize> {
        self.first(|rule| matches!(rule, Rule::Stability(_)))
    }

    /// The line of the first rule about windows in the order of time.
    #[must_use]
    pub fn needs_series(&self) -> Option<usize> {
        self.first(|rule| matches!(rule, Rule::Series(_)))
    }

    fn first(&self, is: impl Fn(&Rule) -> bool) -> Option<usize> {
        let mut rules = self.rules.iter();
        rules.find(|(_, rule)| is(rule)).map(|(line, _)| *line)
    }
}

/// A rule of any section. A new kind of evidence is a variant here, a section in [`File`] and a file of its own beside `features`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rule {
    Records(RecordsRule),
    Feature(FeatureRule),
    Class(ClassRule),
    Space(SpaceRule),
    Comparison(ComparisonRule),
    Stability(StabilityRule),
    Series(SeriesRule),
}

/// What every rule says about itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) section: &'static str,
    pub(super) name: &'a str,
    pub(super) severity: Severity,
    pub(super) optional: bool,
}

impl Rule {
    pub(super) fn about(&self) -> About<'_> {
        macro_rules! about {
            ($rule:ident, $section:literal, $default:expr) => {
                About {
                    section: $section,
                    name: $rule.name.as_deref().unwrap_or($default),
                    severity: $rule.severity,
                    optional: $rule.optional,
                }
            };
        }
        match self {
            Self::Records(rule) => about!(rule, "records", "all"),
            Self::Feature(rule) => about!(rule, "feature", rule.feature.text()),
            Self::Class(rule) => about!(rule, "class", rule.class.text()),
            Self::Space(rule) => about!(rule, "space", rule.space.text()),
            Self::Comparison(rule) => about!(rule, "comparison", rule.feature.text()),
            Self::Stability(rule) => {
                let pattern = rule.class.as_ref().unwrap_or(&rule.measure);
                about!(rule, "stability", pattern.text())
            }
            Self::Series(rule) => {
                let pattern = rule.signal.as_ref().unwrap_or(&rule.family);
                about!(rule, "series", pattern.text())
            }
        }
    }
}

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) version: Option<Spanned<u32>>,
    pub(super) alpha: Option<Spanned<f64>>,
    #[serde(default)]
    pub(super) records: Vec<Spanned<RecordsRule>>,
    #[serde(default)]
    pub(super) feature: Vec<Spanned<FeatureRule>>,
    #[serde(default)]
    pub(super) class: Vec<Spanned<ClassRule>>,
    #[serde(default)]
    pub(super) space: Vec<Spanned<SpaceRule>>,
    #[serde(default)]
    pub(super) comparison: Vec<Spanned<ComparisonRule>>,
    #[serde(default)]
    pub(super) stability: Vec<Spanned<StabilityRule>>,
    #[serde(default)]
    pub(super) series: Vec<Spanned<SeriesRule>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordsRule {
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) severity: Severity,
    #[serde(default)]
    pub(super) optional: bool,
    pub(super) min_count: Option<u64>,
    pub(super) max_count: Option<u64>,
    pub(super) max_skipped_share: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FeatureRule {
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) severity: Severity,
    #[serde(default)]
    pub(super) optional: bool,
    pub(super) feature: Pattern,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    #[serde(default)]
    pub(super) quantiles: Vec<QuantileRange>,
    pub(super) allowed: Option<Vec<Allowed>>,
    pub(super) max_null_share: Option<f64>,
    pub(super) max_nan_share: Option<f64>,
    pub(super) min_count: Option<u64>,
    pub(super) max_count: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuantileRange {
    pub(super) rank: f64,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
}

/// A value that may come.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a text, a number, true or false")]
pub(super) enum Allowed {
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
}

impl Allowed {
    /// As a category is written.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Text(value) => value.clone(),
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassRule {
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) severity: Severity,
    #[serde(default)]
    pub(super) optional: bool,
    pub(super) class: Pattern,
    pub(super) feature: Option<String>,
    pub(super) min_count: Option<u64>,
    pub(super) max_count: Option<u64>,
    pub(super) min_share: Option<f64>,
    pub(super) max_share: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpaceRule {
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) severity: Severity,
    #[serde(default)]
    pub(super) optional: bool,
    pub(super) space: Pattern,
    pub(super) min_count: Option<u64>,
    pub(super) max_count: Option<u64>,
    pub(super) max_skipped_share: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ComparisonRule {
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) severity: Severity,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(default = "Pattern::any")]
    pub(super) feature: Pattern,
    #[serde(default = "Pattern::any")]
    pub(super) scope: Pattern,
    #[serde(default = "Pattern::any")]
    pub(super) statistic: Pattern,
    #[serde(default = "Pattern::any")]
    pub(super) group: Pattern,
    pub(super) max_verdict: Option<MaxVerdict>,
    pub(super) min_p_adjusted: Option<f64>,
    pub(super) max_effect: Option<f64>,
    pub(super) effect: Option<Pattern>,
}

/// The heaviest verdict that is in order. `drift` would demand nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum MaxVerdict {
    NoDrift,
    NotEnoughData,
    PossibleDrift,
}

impl From<MaxVerdict> for Verdict {
    fn from(verdict: MaxVerdict) -> Self {
        match verdict {
            MaxVerdict::NoDrift => Self::NoDrift,
            MaxVerdict::NotEnoughData => Self::NotEnoughData,
            MaxVerdict::PossibleDrift => Self::PossibleDrift,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StabilityRule {
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) severity: Severity,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(default = "Pattern::any")]
    pub(super) measure: Pattern,
    pub(super) class: Option<Pattern>,
    pub(super) max_change: Option<MaxChange>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) min_jaccard: Option<f64>,
}

/// The heaviest change that is in order. `changed` would demand nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum MaxChange {
    Same,
    Unclear,
}

impl From<MaxChange> for Change {
    fn from(change: MaxChange) -> Self {
        match change {
            MaxChange::Same => Self::Same,
            MaxChange::Unclear => Self::Unclear,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeriesRule {
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) severity: Severity,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(default = "Pattern::any")]
    pub(super) family: Pattern,
    pub(super) signal: Option<Pattern>,
    pub(super) max_episodes: Option<u64>,
    pub(super) max_open: Option<u64>,
    pub(super) max_effect: Option<f64>,
}
