//! One trial: two windows profiled and compared.

use crate::data::Data;
use driftsphere::Result;
use driftsphere::compare::{CompareOptions, Comparison, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use driftsphere::sketch::hash_bytes;
use ndarray::{Array2, Axis};

pub(crate) const SPACE: &str = "embedding";
pub(crate) const CLASSES: usize = 10;

/// Where the classes of the windows come from.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Classes {
    None,
    /// Predictions of a nearest-class-mean classifier fitted on other rows.
    Predicted,
    Labelled,
}

impl Classes {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Predicted => "predicted",
            Self::Labelled => "labels",
        }
    }
}

/// Nearest class mean on the unit sphere.
pub(crate) struct Classifier(Vec<Vec<f64>>);

impl Classifier {
    pub(crate) fn fit(data: &Data, rows: &[usize]) -> Self {
        let dim = data.rows.ncols();
        let mut sums = vec![vec![0.0; dim]; CLASSES];
        for &i in rows {
            let row = data.rows.row(i);
            let norm = row.iter().map(|x| f64::from(x * x)).sum::<f64>().sqrt();
            let sum = &mut sums[data.labels[i]];
            for (s, x) in sum.iter_mut().zip(row) {
                *s += f64::from(*x) / norm;
            }
        }
        for sum in &mut sums {
            let norm = sum.iter().map(|x| x * x).sum::<f64>().sqrt();
            for s in sum.iter_mut() {
                *s /= norm.max(1e-12);
            }
        }
        Self(sums)
    }

    pub(crate) fn predict(&self, data: &Data, row: usize) -> usize {
        let row = data.rows.row(row);
        let score =
            |mean: &[f64]| -> f64 { mean.iter().zip(row).map(|(m, x)| m * f64::from(*x)).sum() };
        let scores: Vec<f64> = self.0.iter().map(|mean| score(mean)).collect();
        (0..CLASSES)
            .max_by(|a, b| scores[*a].total_cmp(&scores[*b]))
            .expect("there are classes")
    }
}

/// Two windows of one trial, and the rows a classifier may be fitted on.
pub(crate) struct Windows {
    pub(crate) reference: Vec<usize>,
    pub(crate) target: Vec<usize>,
    pub(crate) spare: Vec<usize>,
    /// The same records on both sides, under the same ids.
    pub(crate) same_ids: bool,
    /// Records come with ids.
    pub(crate) ids: bool,
    /// Length of the noise that is added to each row, over the row's own.
    pub(crate) jitter: f32,
    /// Rows of one image are said to belong together.
    pub(crate) grouped: bool,
}

impl Windows {
    pub(crate) fn new(reference: &[usize], target: &[usize], spare: &[usize]) -> Self {
        Self {
            reference: reference.to_vec(),
            target: target.to_vec(),
            spare: spare.to_vec(),
            same_ids: false,
            ids: true,
            jitter: 0.0,
            grouped: false,
        }
    }
}

/// Adds noise of about this length, over the row's own, to the rows of a window.
fn shake(vectors: &mut Array2<f32>, jitter: f32, side: &str, start: usize) {
    let dim = vectors.ncols() as f32;
    for (i, mut row) in vectors.rows_mut().into_iter().enumerate() {
        let norm = row.iter().map(|x| x * x).sum::<f32>().sqrt();
        // Uniform noise of this half width has a standard deviation of 1.
        let width = 3f32.sqrt() * jitter * norm / dim.sqrt();
        let seed = hash_bytes((start + i) as u64, side.as_bytes());
        for (j, x) in row.iter_mut().enumerate() {
            let bits = hash_bytes(seed, &j.to_le_bytes());
            *x += width * (2.0 * (bits as f32 / u64::MAX as f32) - 1.0);
        }
    }
}

pub(crate) fn track(
    builder: &mut ProfileBuilder,
    data: &Data,
    windows: &Windows,
    rows: &[usize],
    side: &str,
    classes: Option<&[usize]>,
) -> Result<()> {
    for start in (0..rows.len()).step_by(2_000) {
        let end = (start + 2_000).min(rows.len());
        let mut vectors = data.rows.select(Axis(0), &rows[start..end]);
        if windows.jitter > 0.0 {
            shake(&mut vectors, windows.jitter, side, start);
        }
        let mut batch = Batch::new(end - start).space(SPACE, vectors.view());
        if windows.grouped {
            let images: Vec<i64> = rows[start..end].iter().map(|i| *i as i64).collect();
            batch = batch.groups(Column::from(images));
        }
        if windows.ids {
            let ids: Vec<String> = (start..end).map(|i| format!("{side}/{i}")).collect();
            batch = batch.ids(Column::from(ids));
        }
        if let Some(classes) = classes {
            let classes: Vec<i64> = classes[start..end].iter().map(|c| *c as i64).collect();
            batch = batch.predictions(Column::from(classes));
        }
        builder.track_batch(&batch)?;
    }
    Ok(())
}

pub(crate) fn run(data: &Data, windows: &Windows, classes: Classes) -> Result<Comparison> {
    let classifier = match classes {
        Classes::Predicted => Some(Classifier::fit(data, &windows.spare)),
        _ => None,
    };
    let classes_of = |rows: &[usize]| -> Option<Vec<usize>> {
        match (classes, &classifier) {
            (Classes::None, _) => None,
            (Classes::Labelled, _) => Some(rows.iter().map(|i| data.labels[*i]).collect()),
            (_, Some(c)) => Some(rows.iter().map(|i| c.predict(data, *i)).collect()),
            (_, None) => None,
        }
    };
    let target_side = if windows.same_ids { "a" } else { "b" };
    let config = ProfileConfig::new().space(SPACE, SpaceConfig::new(data.rows.ncols()));
    let reference_classes = classes_of(&windows.reference);
    let reference: Profile = profile_reference(config, FitOptions::default(), |builder| {
        let classes = reference_classes.as_deref();
        track(builder, data, windows, &windows.reference, "a", classes)
    })?;
    let mut builder = ProfileBuilder::new(reference.config().clone().like())?;
    let target_classes = classes_of(&windows.target);
    track(
        &mut builder,
        data,
        windows,
        &windows.target,
        target_side,
        target_classes.as_deref(),
    )?;
    let (mut reference, mut target) = (reference, builder.freeze());
    if data.sealed {
        (reference, target) = (reference.seal()?, target.seal()?);
    }
    compare(&reference, &target, &CompareOptions::default())
}
