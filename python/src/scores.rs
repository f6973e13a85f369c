//! How novel records are, as arrays by name.

use crate::reading::Derived;
use crate::records::Records;
use crate::work::divided;
use driftsphere::profile::{Profile, Score, Scorer};
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The scores of `records` in a space of `reference`, as the command names its columns.
pub(crate) fn score<'py>(
    py: Python<'py>,
    reference: &Profile,
    space: &str,
    records: &Records<'py>,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyDict>> {
    let lent = records.lend();
    let (scores, clusters) = divided(py, threads, || {
        let scorer = Scorer::new(reference, space)?;
        let threads = threads.unwrap_or_else(rayon::current_num_threads);
        let scores = lent.with_batch(&[space], &Derived::default(), |batch| {
            scorer.score(batch, threads)
        })?;
        let centres = scorer.codebook().clusters().iter();
        Ok((scores, centres.map(|c| c.name.clone()).collect::<Vec<_>>()))
    })?;
    let out = PyDict::new(py);
    let texts = |of: &dyn Fn(&Score) -> Option<String>| {
        let values = scores.iter().map(|score| of(score).into_pyobject(py));
        let values: PyResult<Vec<_>> = values.map(|value| Ok(value?.unbind())).collect();
        Ok::<_, PyErr>(PyArray1::from_vec(py, values?))
    };
    let numbers = |of: &dyn Fn(&Score) -> Option<f64>| {
        let values = scores.iter().map(|score| of(score).unwrap_or(f64::NAN));
        PyArray1::from_iter(py, values)
    };
    out.set_item(
        "cluster",
        texts(&|score| score.cluster.map(|(cluster, _)| clusters[cluster].clone()))?,
    )?;
    out.set_item(
        "cluster_distance",
        numbers(&|score| score.cluster.map(|(_, distance)| distance)),
    )?;
    out.set_item(
        "novelty",
        numbers(&|score| score.novelty.map(|rank| rank.estimate)),
    )?;
    out.set_item(
        "novelty_lower",
        numbers(&|score| score.novelty.map(|rank| rank.lower_bound)),
    )?;
    out.set_item(
        "novelty_upper",
        numbers(&|score| score.novelty.map(|rank| rank.upper_bound)),
    )?;
    out.set_item("own_distance", numbers(&|score| score.own_distance))?;
    out.set_item("boundary", numbers(&|score| score.boundary))?;
    out.set_item(
        "not_scored",
        texts(&|score| score.fault.map(str::to_owned))?,
    )?;
    Ok(out)
}
