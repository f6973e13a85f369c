//! Centres that records are measured against.

use crate::error::raise;
use crate::profile::Profile;
use crate::work::divided;
use driftsphere::profile::{Codebooks, FitOptions, fit as core_fit};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::path::PathBuf;

/// Centres of the classes and clusters of a reference, for each of its spaces.
///
/// Made by `fit`; what the parts of a large reference share between their two passes.
/// It cannot be changed, compares equal to another of the same bytes, and is pickled
/// and copied through them.
#[pyclass(frozen, eq, module = "driftsphere._driftsphere")]
#[derive(Debug, PartialEq)]
pub(crate) struct Codebook(Codebooks);

impl Codebook {
    pub(crate) fn core(&self) -> &Codebooks {
        &self.0
    }
}

#[pymethods]
impl Codebook {
    /// Reads a file (`.dsb`).
    ///
    /// Raises `FileError`, and `FormatError` or `VersionError` for what is no codebook.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| Codebooks::read(path)).map(Self).map_err(raise)
    }

    /// Writes a file (`.dsb`): beside it first, then renamed over it.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| self.0.write(path)).map_err(raise)
    }

    /// Reads what `to_bytes` wrote.
    #[staticmethod]
    fn from_bytes(data: &[u8]) -> PyResult<Self> {
        Codebooks::from_bytes(data).map(Self).map_err(raise)
    }

    /// The bytes of a file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Names of the spaces.
    #[getter]
    fn spaces(&self) -> Vec<&str> {
        self.0.books.keys().map(String::as_str).collect()
    }

    fn __repr__(&self) -> String {
        let spaces = self.0.books.iter().map(|(name, book)| {
            format!(
                "{name} ({} numbers, {} clusters, {} classes)",
                book.dim(),
                book.clusters().len(),
                book.classes().len()
            )
        });
        let spaces: Vec<String> = spaces.collect();
        let text = format!("<Codebook: {}>", spaces.join("; "));
        driftsphere::report::escape(&text).to_string()
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let from_bytes = slf.get_type().getattr("from_bytes")?;
        Ok((from_bytes, (slf.get().to_bytes(slf.py()),)))
    }
}

/// Fits centres on the sums and the sample of a profile.
///
/// Deterministic for one build, processor and seed. Raises `ArgumentError` for 0
/// clusters, an unknown method, or a space without any row.
#[pyfunction]
#[pyo3(signature = (profile, clusters=8, *, method="kmeans", seed=0, threads=None))]
pub(crate) fn fit(
    py: Python<'_>,
    profile: &Bound<'_, Profile>,
    clusters: usize,
    method: &str,
    seed: u64,
    threads: Option<usize>,
) -> PyResult<Codebook> {
    let method = method.parse().map_err(raise)?;
    let options = FitOptions {
        clusters,
        method,
        seed,
    };
    let profile = profile.get().core();
    divided(py, threads, || core_fit(profile, options)).map(Codebook)
}
