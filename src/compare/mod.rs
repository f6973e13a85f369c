//! Two profiles -> findings.

mod finding;

pub use finding::{
    Comparison, Effect, Finding, Group, Kind, MixOrMeaning, Note, QuantilePair, Scope, SharePair,
    SpaceSummary, TellingRecord, Verdict, WindowSummary,
};
