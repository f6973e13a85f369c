//! Two profiles -> findings.
//!
//! [`compare`] is the entry, and [`compare_sets`] for sets of profiles by segment: it tests every feature and space that both
//! profiles have, judges the evidence together and returns a [`Comparison`].
//!
//! ```text
//! numbers, categories, classes, clusters, directions, spread -> drafts -> judge -> Comparison
//! ```
//!
//! Each test makes a finding: a statistic with its p-value, an effect in plain
//! units with its threshold, and the records that show it. P-values say whether
//! there is a change at all, effects whether it matters; a verdict needs both
//! ([`Verdict`]).
//!
//! Two or more training runs over the same records are another question:
//! [`stability`]; and so are windows in the order of time: [`series`].

mod angles;
mod binned;
mod calibration;
mod categories;
mod class_naming;
mod classes;
mod clusters;
mod comparison;
mod context;
mod dependent;
mod directions;
mod draft;
mod explanation;
mod extremes;
mod features;
mod figures;
mod finding;
mod flatter;
mod groups;
mod judge;
mod mix;
mod natural;
mod numbers;
mod object_classes;
mod object_design;
mod object_numbers;
mod object_words;
mod objects;
mod options;
mod order;
mod outputs;
mod paired;
mod pictures;
mod pooled;
mod repeats;
mod result;
mod scale;
mod seal;
mod sealed;
mod segments;
mod self_check;
pub mod series;
mod shared;
mod space;
mod spread;
pub mod stability;
mod statistic;
pub mod stats;
mod tails;
mod telling;
mod thresholds;
mod unlisted;
mod unused;
mod view;
mod why;
mod wording;
mod zoom;

pub use comparison::{compare, compare_with_history};
pub use explanation::{Association, Explanation};
pub use finding::{
    Effect, Finding, Group, Kind, NaturalVariation, QuantilePair, SameIds, Scope, SharePair,
    TellingRecord, Verdict,
};
pub use options::CompareOptions;
#[cfg(feature = "report")]
pub(crate) use pictures::wilson;
pub use result::{
    Comparison, FrechetSummary, MixOrMeaning, Note, SelfCheckSummary, SpaceSummary, WindowSummary,
};
pub use segments::{SegmentComparison, SetComparison, compare_sets};
pub use statistic::{Statistic, StatisticChoice};
#[cfg(feature = "report")]
pub(crate) use tails::without_tail;
pub use thresholds::Thresholds;
