//! Profiles: what was learned about one window.

use crate::error::{argument, raise};
use crate::reading::Reading;
use crate::records::{Given, Records};
use crate::scores;
use crate::work::{detached, divided};
use driftsphere::profile::{Profile as Core, ProfileBuilder};
use driftsphere::report::{Style, TerminalOptions, profile_json, profile_line, profile_page};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What was learned about one window of records, in a few kilobytes to megabytes.
///
/// Made by a `Profiler`, read from a file, or merged from others. It cannot be changed,
/// compares equal to another of the same bytes, and is pickled and copied through them.
///
/// >>> import numpy as np, driftsphere
/// >>> rows = np.random.default_rng(0).normal(size=(100, 8)).astype(np.float32)
/// >>> first = driftsphere.profile(rows[:60])
/// >>> second = driftsphere.profile(rows[60:])
/// >>> first.merge(second) == driftsphere.profile(rows)
/// True
#[pyclass(frozen, eq, module = "driftsphere._driftsphere")]
#[derive(Debug, PartialEq)]
pub(crate) struct Profile(Core);

impl From<Core> for Profile {
    fn from(core: Core) -> Self {
        Self(core)
    }
}

impl Profile {
    pub(crate) fn core(&self) -> &Core {
        &self.0
    }
}

#[pymethods]
impl Profile {
    /// Reads a file (`.dsp`). Nothing in it is trusted.
    ///
    /// Raises `FileError`, and `FormatError` or `VersionError` for what is no profile.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        detached(py, || Core::read(path)).map(Self)
    }

    /// Writes a file (`.dsp`): beside it first, then renamed over it, so that no reader
    /// ever sees half of it. Raises `FileError`.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        detached(py, || self.0.write(path))
    }

    /// Reads what `to_bytes` wrote, from any source.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || Core::from_bytes(data)).map(Self)
    }

    /// The bytes of a file: a pure function of the records and the configuration, not
    /// of their order, batches, threads, shards or merges.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = py.detach(|| self.0.to_bytes());
        PyBytes::new(py, &bytes)
    }

    /// The profile of the records of this one and all `others`, byte for byte.
    ///
    /// Raises `IncompatibleError` that names the setting in which two differ.
    #[pyo3(signature = (*others))]
    fn merge(&self, py: Python<'_>, others: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let others: Vec<Bound<'_, Self>> = others.extract()?;
        let others: Vec<&Core> = others.iter().map(|other| other.get().core()).collect();
        detached(py, || {
            let mut builder = ProfileBuilder::new(self.0.config().clone())?;
            builder.merge(&self.0)?;
            for other in others {
                builder.merge(other)?;
            }
            Ok(Self(builder.freeze()))
        })
    }

    /// The profile without any record's vector or id: only aggregates of 20 rows and
    /// more are left. It compares, but does not merge any more.
    #[pyo3(signature = (*, threads=None))]
    fn seal(&self, py: Python<'_>, threads: Option<usize>) -> PyResult<Self> {
        divided(py, threads, || self.0.seal()).map(Self)
    }

    /// The profile with samples of at most `rows` records, in at most `bytes` bytes for
    /// each space: that which these settings would have learned.
    #[pyo3(signature = (rows=None, bytes=None))]
    fn shrink(&self, py: Python<'_>, rows: Option<usize>, bytes: Option<usize>) -> PyResult<Self> {
        let rows = rows.unwrap_or(usize::MAX);
        detached(py, || self.0.shrink(rows, bytes)).map(Self)
    }

    /// How novel each record is, seen from this profile: arrays by name, one value for
    /// each record.
    ///
    /// `cluster` (name of the nearest), `cluster_distance` in [0, 1], `novelty` (the
    /// share of the profile's records that lie at most as far from their cluster: near
    /// 1 is novel) with its bounds `novelty_lower` and `novelty_upper`; with `labels` or
    /// `predictions` also `own_distance` to the centre of the class and `boundary`, the
    /// signed distance to the nearest other class, positive inside. What cannot be said
    /// is NaN; `not_scored` has the reason, `zero vector` for one, else None.
    ///
    /// Raises `ArgumentError` where the profile has no centres: make it with `fit`.
    #[pyo3(signature = (embeddings, *, labels=None, predictions=None, space=None, threads=None))]
    fn score<'py>(
        &self,
        py: Python<'py>,
        embeddings: Bound<'py, PyAny>,
        labels: Option<Bound<'py, PyAny>>,
        predictions: Option<Bound<'py, PyAny>>,
        space: Option<String>,
        threads: Option<usize>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let given = Given {
            embeddings: Some(embeddings),
            labels,
            predictions,
            ..Given::default()
        };
        let known: Vec<&str> = self.0.spaces().keys().map(String::as_str).collect();
        let space = match (space.as_deref(), &known[..]) {
            (Some(space), _) => space,
            (None, [one]) => *one,
            (None, []) => {
                return Err(argument(
                    "the profile has no embeddings",
                    "function",
                    "score",
                ));
            }
            (None, several) => {
                let message = format!("there are several spaces: {}", several.join(", "));
                return Err(argument(message, "argument", "space"));
            }
        };
        let records = Records::read(&given, &Reading::plain().map_err(raise)?)?;
        scores::score(py, &self.0, space, &records, threads)
    }

    /// Records read.
    #[getter]
    fn records(&self) -> u64 {
        self.0.records()
    }

    /// Names of the values that were logged, in order.
    #[getter]
    fn features(&self) -> Vec<&str> {
        self.0.features().keys().map(String::as_str).collect()
    }

    /// Names of the embedding spaces, in order.
    #[getter]
    fn spaces(&self) -> Vec<&str> {
        self.0.spaces().keys().map(String::as_str).collect()
    }

    /// Kinds of objects that records hold, in order: `box`, `prediction`, ...
    #[getter]
    fn objects(&self) -> Vec<&str> {
        self.0.objects().keys().map(String::as_str).collect()
    }

    /// Notes for people, by name.
    #[getter]
    fn tags(&self) -> BTreeMap<String, BTreeSet<String>> {
        self.0.tags().clone()
    }

    /// Times of the first and last record in milliseconds since 1970 UTC, if any had one.
    #[getter]
    fn times(&self) -> Option<(i64, i64)> {
        self.0.times()
    }

    /// Whether it is sealed.
    #[getter]
    fn is_sealed(&self) -> bool {
        self.0.config().is_sealed()
    }

    /// What it contains, as text for a person.
    #[pyo3(signature = (*, name="profile", verbose=false, width=100))]
    fn page(&self, py: Python<'_>, name: &str, verbose: bool, width: u16) -> String {
        let options = TerminalOptions {
            style: Style::Plain,
            width,
            verbose,
            blocks: false,
        };
        py.detach(|| profile_page(&self.0, name, &options))
    }

    /// What it contains, as one HTML file that needs no network.
    #[pyo3(signature = (*, name="profile"))]
    fn to_html(&self, py: Python<'_>, name: &str) -> String {
        py.detach(|| driftsphere::report::html::profile(&self.0, name))
    }

    /// Prints what it contains.
    #[pyo3(signature = (*, verbose=false, width=100))]
    fn show(&self, py: Python<'_>, verbose: bool, width: u16) -> PyResult<()> {
        let page = self.page(py, "profile", verbose, width);
        // Python's own, so that a notebook and a captured stream get it.
        let out = py.import("sys")?.getattr("stdout")?;
        out.call_method1("write", (page,)).map(drop)
    }

    /// What it contains, as the JSON document of `driftsphere show --json`.
    #[pyo3(signature = (*, name="profile"))]
    fn to_json(&self, py: Python<'_>, name: &str) -> String {
        py.detach(|| profile_json::to_text(&self.0, name))
    }

    fn __str__(&self, py: Python<'_>) -> String {
        self.page(py, "profile", false, 100)
    }

    fn __repr__(&self) -> String {
        format!("<{}>", profile_line(&self.0, "Profile"))
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let from_bytes = slf.get_type().getattr("from_bytes")?;
        Ok((from_bytes, (slf.get().to_bytes(slf.py()),)))
    }
}
