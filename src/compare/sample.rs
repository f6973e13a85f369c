//! Tests that need the rows themselves: on the samples of both windows.

use crate::error::Result;
use crate::profile::SpaceProfile;

use super::centres::SpaceContext;
use super::draft::Draft;
use super::finding::Note;

/// What the samples say.
#[derive(Default)]
pub(crate) struct SampleTests {
    pub(crate) drafts: Vec<Draft>,
    pub(crate) notes: Vec<Note>,
}

pub(crate) fn sample_tests(
    _context: &SpaceContext<'_>,
    _reference: &SpaceProfile,
    _target: &SpaceProfile,
) -> Result<SampleTests> {
    Ok(SampleTests::default())
}
