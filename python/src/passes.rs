//! The passes over all records that a profiler needs.

use crate::profiler::Profiler;
use crate::work::detached;
use driftsphere::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use std::sync::atomic::{AtomicU8, Ordering};

/// Where a profiler stands that fits centres; the only pass of one that does not is
/// its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    First,
    /// With the records of the first pass, where there was one.
    Last(Option<u64>),
}

impl Pass {
    /// Whether a profile of so many records is one of all of them: a record that only one
    /// pass has seen would be measured against centres of others.
    pub(crate) fn check(self, records: u64) -> Result<()> {
        match self {
            Self::First => Err(Error::new(
                ErrorKind::Argument,
                "centres were fitted on nothing yet: log all records in `for _ in profiler.passes():`, \
             which goes round twice",
            )),
            Self::Last(Some(first)) if first != records => Err(Error::new(
                ErrorKind::Incompatible,
                format!(
                    "the second pass has {records} records, the first had {first}; log the same \
                 records both times"
                ),
            )),
            Self::Last(_) => Ok(()),
        }
    }
}

/// The passes over all records that a profiler needs.
#[pyclass(frozen, module = "driftsphere._driftsphere")]
#[derive(Debug)]
pub(crate) struct Passes {
    profiler: Py<Profiler>,
    begun: AtomicU8,
}

impl Passes {
    pub(crate) fn over(profiler: Py<Profiler>) -> Self {
        Self {
            profiler,
            begun: AtomicU8::new(0),
        }
    }
}

#[pymethods]
impl Passes {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<u8>> {
        let profiler = self.profiler.get();
        let begun = self.begun.load(Ordering::Relaxed);
        if begun >= profiler.learning().passes() {
            return Ok(None);
        }
        if begun == 1 {
            detached(py, || profiler.learning().turn())?;
        }
        self.begun.store(begun + 1, Ordering::Relaxed);
        Ok(Some(begun + 1))
    }
}
