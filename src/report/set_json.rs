//! A set of profiles for programs, specified at [`Document`].

use super::json_frame::Frame;
use super::profile_json::{self, Count};
use super::set_page::records;
use crate::profile::ProfileSet;
use serde::Serialize;

/// The JSON document of a set of profiles, format version 1. The promises are
/// those of [`json::Document`](super::json::Document).
///
/// | field | type | meaning |
/// | --- | --- | --- |
/// | `format` | string | always `"driftsphere set of profiles"` |
/// | `version` | integer | of the format, `1` |
/// | `generator` | string | program and version that wrote the document |
/// | `name` | string | given by the caller, such as the file |
/// | `column` | string | whose values divide the records |
/// | `max_segments` | integer | values with a profile of their own, at most |
/// | `records` | integer | records read |
/// | `not_used` | array of [count](Count) | records skipped or failed, which belong to no segment |
/// | `segments` | array of [segment](SegmentEntry) | by value, those without a value and the rest at the end |
///
/// ```
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig, SegmentedBuilder};
/// use driftsphere::report::set_json;
///
/// let one = ProfileBuilder::new(ProfileConfig::new())?;
/// let set = SegmentedBuilder::new(one, "camera").freeze()?;
/// let value: serde_json::Value = serde_json::from_str(&set_json::to_text(&set, "set.dsp"))?;
/// assert_eq!(value["column"], "camera");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Document<'a> {
    /// Of format `driftsphere set of profiles`.
    #[serde(flatten)]
    pub frame: Frame,
    /// Given by the caller, such as the file.
    pub name: &'a str,
    /// Whose values divide the records.
    pub column: &'a str,
    /// Values with a profile of their own, at most.
    pub max_segments: u64,
    /// Records read.
    pub records: u64,
    /// Records that belong to no segment.
    pub not_used: Vec<Count<'a>>,
    /// The segments in their order.
    pub segments: Vec<SegmentEntry<'a>>,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentEntry<'a> {
    /// How it is named behind the `#` of the file: `camera=3`, `camera=` for
    /// records without a value, `other` for the rest.
    pub segment: &'a str,
    /// What it contains; `name` is that of the set.
    pub profile: profile_json::Document<'a>,
}

/// The document of a set called `name` as indented text with a line feed at its
/// end.
#[must_use]
pub fn to_text(set: &ProfileSet, name: &str) -> String {
    let members = set.members().iter();
    let addresses: Vec<String> = members
        .map(|(segment, _)| segment.address(set.column()))
        .collect();
    let segments = addresses.iter().zip(set.members().values());
    let tally = set.rest().tally();
    let count = |(name, count)| Count { name, count };
    super::json_text::to_text(&Document {
        frame: Frame::new("driftsphere set of profiles"),
        name,
        column: set.column(),
        max_segments: set.max_segments() as u64,
        records: records(set),
        not_used: tally.skipped().chain(tally.failed()).map(count).collect(),
        segments: segments
            .map(|(segment, profile)| SegmentEntry {
                segment,
                profile: profile_json::document(profile, name),
            })
            .collect(),
    })
}
