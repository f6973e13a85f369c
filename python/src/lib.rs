//! The compiled half of the Python package `driftsphere`: it translates between
//! Python's objects and the crate `driftsphere`, which does the work.
//!
//! | file | holds |
//! | --- | --- |
//! | `array`, `column`, `times` | arrays and lists of Python -> matrices, columns and times |
//! | `detections` | boxes -> what was found in each image |
//! | `pictures`, `pillow`, `measuring` | files, images of Pillow and arrays -> what they show |
//! | `records` | what is logged together -> a batch |
//! | `reading`, `image_options` | how outputs of models and pictures are read |
//! | `settings` | what a profiler is asked to keep -> a configuration |
//! | `profiler`, `passes` | `Profiler` as Python sees it |
//! | `learning` | what a profiler does, in one pass or two |
//! | `profile`, `codebook` | `Profile`, `Codebook`: what was learned, and their bytes |
//! | `scores` | how novel records are, as arrays |
//! | `answer`, `compare` | comparisons, series and runs, and their renderings |
//! | `command` | the command |
//! | `error`, `work` | errors by kind; work without the interpreter's lock |
//!
//! What is documented for users stands in `_driftsphere.pyi` and in the docs of the
//! classes here.

#![allow(
    clippy::doc_lazy_continuation,
    reason = "docs of classes are Python's, whose examples look like quotations"
)]

mod answer;
mod array;
mod codebook;
mod column;
mod command;
mod compare;
mod detections;
mod error;
mod image_options;
mod learning;
mod measuring;
mod passes;
mod pictures;
mod pillow;
mod profile;
mod profiler;
mod reading;
mod records;
mod scores;
mod settings;
mod times;
mod work;

use pyo3::pymodule;

/// The compiled half of driftsphere; import `driftsphere` instead.
#[pymodule]
mod _driftsphere {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::answer::{Answer, escape};
    #[pymodule_export]
    use super::codebook::{Codebook, fit};
    #[pymodule_export]
    use super::command::run;
    #[pymodule_export]
    use super::compare::{compare, series, stability};
    #[pymodule_export]
    use super::image_options::ImageOptions;
    #[pymodule_export]
    use super::passes::Passes;
    #[pymodule_export]
    use super::profile::Profile;
    #[pymodule_export]
    use super::profiler::Profiler;
    #[pymodule_export]
    use super::times::window_of;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
