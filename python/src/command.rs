//! The command `driftsphere`, for `python -m driftsphere`.

use driftsphere::cli;
use pyo3::prelude::*;
use std::ffi::OsString;

/// Runs the command with `arguments`; returns its exit status: 0 done or no drift, 1
/// drift, 2 trouble.
#[pyfunction]
pub(crate) fn run(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    let program = OsString::from("driftsphere");
    py.detach(|| cli::run(std::iter::once(program).chain(arguments)))
}
