//! Work without the interpreter's lock.

use crate::error::raise;
use driftsphere::{Error, ErrorKind, Result};
use pyo3::prelude::*;

/// Does `work` while other Python threads run.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    py.detach(work).map_err(raise)
}

/// The same on several threads; on all processors for `None`.
///
/// They end with the work: threads that outlived it would be missing in a process that
/// is forked afterwards, which would then wait for them for ever.
pub(crate) fn divided<T: Send>(
    py: Python<'_>,
    threads: Option<usize>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    detached(py, || on_threads(threads, work))
}

/// Does `work` on a pool of its own.
pub(crate) fn on_threads<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> Result<T> + Send,
) -> Result<T> {
    if threads == Some(0) {
        let message = "at least one thread is needed";
        return Err(Error::new(ErrorKind::Argument, message));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0));
    let pool = pool
        .build()
        .map_err(|error| Error::new(ErrorKind::Io, "cannot start the threads").because(error))?;
    pool.install(work)
}
