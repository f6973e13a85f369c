//! Learning a profile from Python, in one pass over the records or two.

use crate::codebook::Codebook;
use crate::error::argument;
use crate::image_options::ImageOptions;
use crate::learning::{Learning, Unused};
use crate::passes::{Pass, Passes};
use crate::profile::Profile;
use crate::records::{Given, Records};
use crate::settings::{Asked, Settings};
use crate::work::detached;
use pyo3::exceptions::PyUserWarning;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::collections::BTreeMap;

/// Learns a profile of one window of records, batch by batch.
///
/// Spaces and their dimensions are found in the first batch, unless `spaces` (dimension
/// by name), `like` (a profile whose settings and centres are taken over) or `codebook`
/// says them. `fit=K` makes a reference with K cluster centres in each space: log all
/// records twice, once for each of `passes()`.
///
/// Outputs of models: `class_names` are the names of classes that come as numbers; with
/// `logits`, vectors of scores are logits and not probabilities; `box_format` is `xyxy`
/// (left, top, right, bottom; the default), `xywh` (left, top, width, height) or `cxcywh`
/// (centre, width, height), and with `relative_boxes` they are shares of the image's width and
/// height. `image_options` say how pictures are measured.
///
/// Several threads may log into one profiler. A profiler keeps no record: its size does
/// not grow with their number.
///
/// >>> import numpy as np, driftsphere
/// >>> rows = np.random.default_rng(0).normal(size=(200, 8)).astype(np.float32)
/// >>> profiler = driftsphere.Profiler(fit=4)
/// >>> for _ in profiler.passes():
/// ...     for i in range(0, 200, 50):
/// ...         profiler.log(rows[i : i + 50], ids=[f"{j}.jpg" for j in range(i, i + 50)])
/// >>> reference = profiler.profile()
/// >>> reference.records
/// 200
#[pyclass(frozen, module = "driftsphere._driftsphere")]
#[derive(Debug)]
pub(crate) struct Profiler(Learning);

impl Profiler {
    pub(crate) fn learning(&self) -> &Learning {
        &self.0
    }
}

#[pymethods]
impl Profiler {
    #[new]
    #[pyo3(signature = (
        *, spaces=None, fit=None, method=None, like=None, codebook=None, reference=false,
        distance=None, model=None, seed=None, sample=None, sample_bytes=None, max_classes=None,
        keep_ids=None, angles=None, tags=None, class_names=None, logits=false, box_format=None,
        relative_boxes=false, image_options=None, threads=1
    ))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword of Python")]
    fn new(
        spaces: Option<BTreeMap<String, usize>>,
        fit: Option<usize>,
        method: Option<String>,
        like: Option<Bound<'_, Profile>>,
        codebook: Option<Bound<'_, Codebook>>,
        reference: bool,
        distance: Option<String>,
        model: Option<String>,
        seed: Option<u64>,
        sample: Option<usize>,
        sample_bytes: Option<usize>,
        max_classes: Option<usize>,
        keep_ids: Option<String>,
        angles: Option<BTreeMap<String, f64>>,
        tags: Option<BTreeMap<String, String>>,
        class_names: Option<Vec<String>>,
        logits: bool,
        box_format: Option<String>,
        relative_boxes: bool,
        image_options: Option<Bound<'_, ImageOptions>>,
        threads: usize,
    ) -> PyResult<Self> {
        if threads == 0 {
            let message = "at least one thread is needed";
            return Err(argument(message, "argument", "threads"));
        }
        let settings = Settings::new(&Asked {
            spaces,
            fit,
            method,
            like,
            codebook,
            reference,
            distance,
            model,
            seed,
            sample,
            sample_bytes,
            max_classes,
            keep_ids,
            angles,
            class_names,
            logits,
            box_format,
            relative_boxes,
            image_options,
        })?;
        Ok(Self(Learning::new(
            settings,
            tags.unwrap_or_default(),
            threads,
        )))
    }

    /// Learns records; each argument has one value for each of them.
    ///
    /// `embeddings`: an array (n, dim) of float16, float32 or float64, or a dict of them
    /// by space; whatever turns into a NumPy array will do. C-contiguous float32 is
    /// not copied. `ids` name records wherever they are seen again. The class of a
    /// record is its prediction (`classes` is another name for `predictions`), else its
    /// label. `scores` are values of the name `score`; `values` is a dict of further
    /// named ones: numbers, truth values, texts or None. `groups` say which records
    /// depend on each other: a video, a patient. `times` are datetime64, datetime or
    /// milliseconds since 1970 UTC.
    ///
    /// `scores` may also be an array (n, classes): probabilities, or logits where the
    /// profiler was told so. The largest is the prediction; how sure the model is, and with
    /// labels how often it is right, is learned by class.
    ///
    /// `boxes`: for each image the boxes that a detector found, in pixels: an array (k, 4),
    /// (k, 5) with the score or (k, 6) with score and class, or a dict of `boxes`, `scores`
    /// and `labels` as torchvision gives it; an empty array where nothing was found.
    /// `image_sizes` (n, 2) are width and height, unless there are `images`, too.
    ///
    /// `images`: paths, bytes of files, images of Pillow, or arrays of uint8, uint16 or
    /// floats, (height, width), (height, width, channels) or (channels, height, width). A
    /// picture that cannot be read is counted by its reason. What is measured of each:
    /// `docs/images.md`; of arrays their size and pixels only, of images of Pillow EXIF, too,
    /// and whether they could be decoded.
    /// Floats are 0 (black) to 1 (white), unless `ImageOptions(float_range=...)` says
    /// otherwise; a picture with samples well outside of it is refused.
    ///
    /// Rows that are all zero or have a NaN or an infinity are counted, by reason, and
    /// not used; the rest of their record is.
    ///
    /// Raises `ArgumentError` for columns of different lengths or types that cannot be,
    /// and for a space that the profiler does not have, `IncompatibleError` for another
    /// dimension. Nothing of the batch has been learned then.
    #[pyo3(signature = (
        embeddings=None, *, ids=None, labels=None, predictions=None, classes=None, scores=None,
        groups=None, times=None, values=None, boxes=None, image_sizes=None, images=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword of Python")]
    fn log<'py>(
        &self,
        py: Python<'py>,
        embeddings: Option<Bound<'py, PyAny>>,
        ids: Option<Bound<'py, PyAny>>,
        labels: Option<Bound<'py, PyAny>>,
        predictions: Option<Bound<'py, PyAny>>,
        classes: Option<Bound<'py, PyAny>>,
        scores: Option<Bound<'py, PyAny>>,
        groups: Option<Bound<'py, PyAny>>,
        times: Option<Bound<'py, PyAny>>,
        values: Option<Bound<'py, PyAny>>,
        boxes: Option<Bound<'py, PyAny>>,
        image_sizes: Option<Bound<'py, PyAny>>,
        images: Option<Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        if predictions.is_some() && classes.is_some() {
            let message = "classes are the predictions; give one of them";
            return Err(argument(message, "argument", "classes"));
        }
        let given = Given {
            embeddings,
            ids,
            labels,
            predictions: predictions.or(classes),
            scores,
            groups,
            times,
            values,
            boxes,
            image_sizes,
            images,
        };
        let records = Records::read(&given, self.0.reading())?;
        let lent = records.lend();
        match detached(py, || self.0.track(&lent))? {
            Some(remark) => PyErr::warn(py, &py.get_type::<PyUserWarning>(), remark, 1),
            None => Ok(()),
        }
    }

    /// Learns the rows of a table that speaks Arrow's `__arrow_c_stream__`: one of pyarrow,
    /// Polars, DuckDB, pandas, ...; pyarrow must be installed.
    ///
    /// The arguments name columns: `embedding` one of lists of numbers of any type, or a dict
    /// of them by space; `score` one of numbers or of lists; `image` one of paths, of bytes
    /// or of structures with `bytes`; `values` further ones. Embeddings are not copied where
    /// they are float32 without gaps.
    ///
    /// A row without an embedding, with one of another length, or without a time is skipped
    /// and counted by reason, as the command does. The result is that of `log`.
    ///
    /// Raises `ArgumentError` for a column that is not there, or of a type that cannot be.
    #[pyo3(signature = (
        table, *, embedding=None, id=None, label=None, prediction=None, score=None, group=None,
        time=None, image=None, values=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword of Python")]
    fn log_table<'py>(
        slf: &Bound<'py, Self>,
        table: Bound<'py, PyAny>,
        embedding: Option<Bound<'py, PyAny>>,
        id: Option<Bound<'py, PyAny>>,
        label: Option<Bound<'py, PyAny>>,
        prediction: Option<Bound<'py, PyAny>>,
        score: Option<Bound<'py, PyAny>>,
        group: Option<Bound<'py, PyAny>>,
        time: Option<Bound<'py, PyAny>>,
        image: Option<Bound<'py, PyAny>>,
        values: Option<Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        let named = [
            ("embedding", embedding),
            ("id", id),
            ("label", label),
            ("prediction", prediction),
            ("score", score),
            ("group", group),
            ("time", time),
            ("image", image),
            ("values", values),
        ];
        let columns = PyDict::new(slf.py());
        for (role, column) in named {
            if let Some(column) = column {
                columns.set_item(role, column)?;
            }
        }
        let tables = slf.py().import("driftsphere.tables")?;
        let log = tables.getattr("log_table")?;
        log.call((slf, table), Some(&columns)).map(drop)
    }

    /// Counts `records` that were left out on purpose, by a short fixed reason.
    #[pyo3(signature = (reason, records=1))]
    fn skip(&self, py: Python<'_>, reason: &str, records: u64) -> PyResult<()> {
        detached(py, || self.0.count(Unused::Skipped, reason, records))
    }

    /// Counts `records` that could not be read, by a short fixed reason.
    #[pyo3(signature = (reason, records=1))]
    fn fail(&self, py: Python<'_>, reason: &str, records: u64) -> PyResult<()> {
        detached(py, || self.0.count(Unused::Failed, reason, records))
    }

    /// Yields once for each time that all records are to be logged: 1, and after it 2
    /// where centres are fitted. Log the same records both times, in any order.
    fn passes(slf: &Bound<'_, Self>) -> Passes {
        Passes::over(slf.clone().unbind())
    }

    /// Dimensions of the embedding spaces by name, as far as they are known.
    #[getter]
    fn spaces(&self, py: Python<'_>) -> BTreeMap<String, usize> {
        py.detach(|| self.0.spaces())
    }

    /// What was learned so far; more may be logged afterwards.
    ///
    /// Raises `ArgumentError` between the two passes of a reference, and
    /// `IncompatibleError` where they had different numbers of records.
    fn profile(&self, py: Python<'_>) -> PyResult<Profile> {
        detached(py, || self.0.profile()).map(Profile::from)
    }

    /// What was learned, and no more will be: the profile is passed on to those who asked for
    /// it, such as `driftsphere.mlflow.autolog`. A second call gives the profile again.
    ///
    /// A profiler in a `with` is closed at its end, unless that comes by an exception.
    ///
    /// Raises what `profile` raises.
    fn close(&self, py: Python<'_>) -> PyResult<Py<Profile>> {
        let profile = Py::new(py, self.profile(py)?)?;
        let was_closed = py.detach(|| self.0.close());
        if !was_closed {
            let listening = py.import("driftsphere._listening")?;
            listening.call_method1("tell", (&profile,))?;
        }
        Ok(profile)
    }

    fn __enter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    #[pyo3(signature = (kind, error, trace, /))]
    fn __exit__(
        &self,
        kind: &Bound<'_, PyAny>,
        error: &Bound<'_, PyAny>,
        trace: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let _ = (error, trace);
        match kind.is_none() {
            true => self.close(kind.py()).map(drop),
            false => Ok(()),
        }
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let (records, pass) = py.detach(|| self.0.progress());
        let pass = match pass {
            Pass::First => ", pass 1 of 2",
            Pass::Last(Some(_)) => ", pass 2 of 2",
            Pass::Last(None) => "",
        };
        format!("<Profiler: {records} records{pass}>")
    }
}
