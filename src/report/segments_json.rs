//! Two sets of profiles compared, for programs: specified at [`Document`].

use super::json;
use super::json_frame::Frame;
use super::json_write::finite;
use super::segments_page::segments_headline;
use crate::compare::{SetComparison, Verdict};
use crate::profile::Segment;
use serde::Serialize;

/// The JSON document of a comparison of sets, format version 1. The promises are
/// those of [`json::Document`].
///
/// | field | type | meaning |
/// | --- | --- | --- |
/// | `format` | string | always `"driftsphere comparison of sets"` |
/// | `version` | integer | of the format, `1` |
/// | `generator` | string | program and version that wrote it |
/// | `verdict` | verdict | the heaviest of a segment |
/// | `headline` | string | the verdict in a sentence |
/// | `exit_status` | integer | of the command |
/// | `alpha` | number | rate of false alarms aimed at, for all segments together |
/// | `column` | string | whose values divide the records |
/// | `reference`, `target` | string | names of the sets |
/// | `segments` | array of [segment](SegmentEntry) | that both sides have, by value |
/// | `only_reference`, `only_target` | array of [missing](Missing) | segments that one side lacks |
/// | `one_sided` | [finding](json::Finding) or null | the test of those; null where both sides have the same |
///
/// Segments are named as behind the `#` of a file: `camera=3`, `camera=` for
/// records without a value, `other` for values that found no room.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Document<'a> {
    /// Of format `driftsphere comparison of sets`.
    #[serde(flatten)]
    pub frame: Frame,
    /// The heaviest of a segment.
    pub verdict: Verdict,
    /// The verdict in a sentence.
    pub headline: String,
    /// Of the command.
    pub exit_status: u8,
    /// Rate of false alarms aimed at, for all segments together.
    pub alpha: Option<f64>,
    /// Whose values divide the records.
    pub column: &'a str,
    /// Name of the reference.
    pub reference: &'a str,
    /// Name of the target.
    pub target: &'a str,
    /// Segments that both sides have.
    pub segments: Vec<SegmentEntry<'a>>,
    /// Segments that the target lacks.
    pub only_reference: Vec<Missing>,
    /// Segments that the reference lacks.
    pub only_target: Vec<Missing>,
    /// The test of segments that one side lacks.
    pub one_sided: Option<json::Finding<'a>>,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentEntry<'a> {
    /// Its name.
    pub segment: String,
    /// The smallest p-value of its groups.
    pub p_value: Option<f64>,
    /// The same after Holm's correction over the segments.
    pub p_adjusted: Option<f64>,
    /// All of its comparison, judged at the `alpha` that the correction leaves to
    /// it; its `exit_status` is that of the command.
    pub comparison: json::Document<'a>,
}

/// A segment that one side lacks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Missing {
    /// Its name.
    pub segment: String,
    /// Records of the side that has it.
    pub records: u64,
}

/// The document of a comparison whose command ends with `exit_status`, as
/// indented text with a line feed at its end.
#[must_use]
pub fn to_text(comparison: &SetComparison, exit_status: u8) -> String {
    let column = &comparison.column;
    let missing = |(segment, records): &(Segment, u64)| Missing {
        segment: segment.address(column),
        records: *records,
    };
    let segments = comparison.segments.iter();
    super::json_text::to_text(&Document {
        frame: Frame::new("driftsphere comparison of sets"),
        verdict: comparison.verdict,
        headline: segments_headline(comparison),
        exit_status,
        alpha: finite(comparison.alpha),
        column,
        reference: &comparison.names.0,
        target: &comparison.names.1,
        segments: segments
            .map(|segment| SegmentEntry {
                segment: segment.segment.address(column),
                p_value: segment.p_value.and_then(finite),
                p_adjusted: segment.p_adjusted.and_then(finite),
                comparison: json::document(&segment.comparison, exit_status),
            })
            .collect(),
        only_reference: comparison.only_reference.iter().map(missing).collect(),
        only_target: comparison.only_target.iter().map(missing).collect(),
        one_sided: comparison.one_sided.as_ref().map(json::Finding::new),
    })
}
