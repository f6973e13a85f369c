//! Learning a profile from Python, in one pass over the records or two.

use crate::codebook::Codebook;
use crate::error::argument;
use crate::image_options::ImageOptions;
use crate::passes::{Pass, Passes};
use crate::profile::Profile;
use crate::reading::Derived;
use crate::records::{Given, Lent, Records};
use crate::settings::{Asked, Settings};
use crate::work::{detached, on_threads};
use driftsphere::profile::{ProfileBuilder, ProfileConfig, Role, fit};
use driftsphere::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

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
pub(crate) struct Profiler {
    settings: Settings,
    tags: BTreeMap<String, String>,
    threads: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// `None` until the first records say what spaces there are.
    builder: Option<ProfileBuilder>,
    /// Counts of records that came before it.
    waiting: BTreeMap<(Unused, String), u64>,
    records: u64,
    pass: Pass,
}

/// Why records are not in a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unused {
    Skipped,
    Failed,
}

impl Unused {
    fn count(self, builder: &mut ProfileBuilder, reason: &str, records: u64) {
        match self {
            Self::Skipped => builder.skip(reason, records),
            Self::Failed => builder.fail(reason, records),
        }
    }
}

impl State {
    fn new(pass: Pass) -> Self {
        Self {
            builder: None,
            waiting: BTreeMap::new(),
            records: 0,
            pass,
        }
    }

    /// Tells a new builder what came before it.
    fn catch_up(&self, builder: &mut ProfileBuilder) {
        for ((unused, reason), records) in &self.waiting {
            unused.count(builder, reason, *records);
        }
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
        let pass = match settings.fit {
            Some(_) => Pass::First,
            None => Pass::Last(None),
        };
        Ok(Self {
            settings,
            tags: tags.unwrap_or_default(),
            threads,
            state: Mutex::new(State::new(pass)),
        })
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
    /// `docs/images.md`; of arrays their size and pixels only.
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
        let records = Records::read(&given, &self.settings.reading)?;
        let lent = records.lend();
        detached(py, || {
            // Other threads may log meanwhile.
            let derived = lent.derive(&self.settings.reading, self.threads)?;
            self.track(&lent, &derived)
        })
    }

    /// Counts `records` that were left out on purpose, by a short fixed reason.
    #[pyo3(signature = (reason, records=1))]
    fn skip(&self, py: Python<'_>, reason: &str, records: u64) -> PyResult<()> {
        detached(py, || self.count(Unused::Skipped, reason, records))
    }

    /// Counts `records` that could not be read, by a short fixed reason.
    #[pyo3(signature = (reason, records=1))]
    fn fail(&self, py: Python<'_>, reason: &str, records: u64) -> PyResult<()> {
        detached(py, || self.count(Unused::Failed, reason, records))
    }

    /// Yields once for each time that all records are to be logged: 1, and after it 2
    /// where centres are fitted. Log the same records both times, in any order.
    fn passes(slf: &Bound<'_, Self>) -> Passes {
        Passes::over(slf.clone().unbind())
    }

    /// What was learned so far; more may be logged afterwards.
    ///
    /// Raises `ArgumentError` between the two passes of a reference, and
    /// `IncompatibleError` where they had different numbers of records.
    fn profile(&self, py: Python<'_>) -> PyResult<Profile> {
        detached(py, || {
            // The lock is not held while the copy is made ready.
            let (builder, pass) = {
                let state = self.state();
                let mut builder = match &state.builder {
                    Some(builder) => builder.clone(),
                    None => self.builder(self.settings.config(None)?)?,
                };
                if state.builder.is_none() {
                    state.catch_up(&mut builder);
                }
                (builder, state.pass)
            };
            // Without threads of its own nothing here needs a pool.
            let profile = match self.threads {
                1 => builder.freeze(),
                n => on_threads(Some(n), || Ok(builder.freeze()))?,
            };
            pass.check(profile.tally().total())?;
            Ok(profile.into())
        })
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let (records, pass) = py.detach(|| {
            let state = self.state();
            (state.records, state.pass)
        });
        let pass = match pass {
            Pass::First => ", pass 1 of 2",
            Pass::Last(Some(_)) => ", pass 2 of 2",
            Pass::Last(None) => "",
        };
        format!("<Profiler: {records} records{pass}>")
    }
}

impl Profiler {
    /// What was learned stays sound when a thread panics: a batch is checked before
    /// anything of it is learned.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn builder(&self, config: ProfileConfig) -> Result<ProfileBuilder> {
        let mut builder = ProfileBuilder::new(config)?;
        builder.set_threads(self.threads)?;
        for (key, value) in &self.tags {
            builder.tag(key, value);
        }
        Ok(builder)
    }

    fn track(&self, records: &Lent<'_>, derived: &Derived) -> Result<()> {
        let mut state = self.state();
        let mut fresh = None;
        let builder = match &mut state.builder {
            Some(builder) => builder,
            // Kept only if these records can be learned.
            None => fresh.insert(self.builder(self.settings.config(Some(records))?)?),
        };
        if records.has_pictures() && builder.config().images.is_none() {
            let message = "pictures, and the profile was begun or is followed without any; to \
                 begin without them, say Profiler(image_options=ImageOptions())";
            return Err(Error::new(ErrorKind::Incompatible, message).at("column", "images"));
        }
        let spaces: Vec<String> = builder.config().spaces.keys().cloned().collect();
        let known: Vec<&str> = spaces.iter().map(String::as_str).collect();
        records.with_batch(&known, derived, |batch| match self.threads {
            1 => builder.track_batch(batch),
            n => on_threads(Some(n), || builder.track_batch(batch)),
        })?;
        let failures = derived.failures();
        for (reason, failed) in &failures {
            builder.fail(reason, *failed);
        }
        if let Some(mut builder) = fresh {
            state.catch_up(&mut builder);
            state.builder = Some(builder);
        }
        state.records += records.rows() as u64 - failures.values().sum::<u64>();
        Ok(())
    }

    /// Counts of records do not say what spaces there are: they wait for the first
    /// records, which do.
    fn count(&self, unused: Unused, reason: &str, records: u64) -> Result<()> {
        let mut state = self.state();
        match &mut state.builder {
            Some(builder) => unused.count(builder, reason, records),
            None => {
                *state
                    .waiting
                    .entry((unused, reason.to_owned()))
                    .or_default() += records
            }
        }
        Ok(())
    }

    /// How often all records are to be logged.
    pub(crate) fn passes_needed(&self) -> u8 {
        1 + u8::from(self.settings.fit.is_some())
    }

    /// Ends the first pass: fits centres on what it learned.
    pub(crate) fn turn(&self) -> Result<()> {
        let Some(options) = self.settings.fit else {
            return Ok(());
        };
        let mut state = self.state();
        let Some(first) = state.builder.clone().filter(|_| state.pass == Pass::First) else {
            let message = "nothing was logged in the first pass, and there is nothing to fit \
                 centres on";
            return Err(Error::new(ErrorKind::Argument, message).at("argument", "fit"));
        };
        let config = first.config().clone();
        let first = first.freeze();
        let books = on_threads(Some(self.threads), || fit(&first, options))?;
        let config = config.with_codebooks(&books, Role::Reference)?;
        *state = State {
            builder: Some(self.builder(config)?),
            ..State::new(Pass::Last(Some(first.tally().total())))
        };
        Ok(())
    }
}
