//! Reading the records of one file, block by block.

use super::array_scan::ArrayScan;
use super::block::Block;
use super::problem::Problem;
use super::stream_scan::StreamScan;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;

/// Reads the chosen rows and columns of an [`InputFile`](super::InputFile) in
/// its order.
///
/// How the records are divided into blocks leaves no trace in a profile.
pub struct Scan {
    source: Source,
    expected: Option<u64>,
}

enum Source {
    Arrays(Box<ArrayScan>),
    Stream(Box<StreamScan>),
}

impl Scan {
    pub(crate) fn arrays(scan: ArrayScan) -> Self {
        Self {
            expected: Some(scan.rows() as u64),
            source: Source::Arrays(Box::new(scan)),
        }
    }

    pub(crate) fn stream(scan: StreamScan, expected: Option<u64>) -> Self {
        Self {
            source: Source::Stream(Box::new(scan)),
            expected,
        }
    }

    /// The number of records, where it is known before they are read; some of
    /// them may turn out to be unreadable.
    #[must_use]
    pub fn expected(&self) -> Option<u64> {
        self.expected
    }

    /// The next records, about `max_rows` at most, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] when the file is damaged, or no record of it can be
    /// read; [`ErrorKind::Argument`] when `max_rows` is 0, or when a name that
    /// was asked for, or an index of a row, was not found by the end;
    /// [`ErrorKind::Io`] when the file cannot be read.
    pub fn next_block(&mut self, max_rows: usize) -> Result<Option<Block>> {
        if max_rows == 0 {
            return Err(super::matrix::no_rows_asked());
        }
        match &mut self.source {
            Source::Arrays(scan) => scan.next_block(max_rows),
            Source::Stream(scan) => scan.next_block(max_rows),
        }
    }

    /// What could not be read so far.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        match &self.source {
            Source::Arrays(_) => Vec::new(),
            Source::Stream(scan) => scan.problems(),
        }
    }

    /// A sentence for each value of a condition that no row had, with values
    /// that rows do have; complete when all blocks have been read.
    #[must_use]
    pub fn unmatched(&self) -> Vec<String> {
        match &self.source {
            Source::Arrays(scan) => scan.unmatched(),
            Source::Stream(scan) => scan.unmatched(),
        }
    }
}

impl std::fmt::Debug for Scan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scan")
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}
