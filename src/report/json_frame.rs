//! How every JSON document begins.

use serde::Serialize;

/// The first fields of every document: `format`, `version` and `generator`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Frame {
    /// Which document it is, such as `driftsphere comparison`.
    pub format: &'static str,
    /// Of the format.
    pub version: u32,
    /// Program and version that wrote it.
    pub generator: &'static str,
}

impl Frame {
    /// The frame of version 1 of a format.
    pub(super) fn new(format: &'static str) -> Self {
        Self {
            format,
            version: 1,
            generator: concat!("driftsphere ", env!("CARGO_PKG_VERSION")),
        }
    }
}
