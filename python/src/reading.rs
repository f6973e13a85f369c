//! How outputs of models and pictures are read, and what is worked out of them before a
//! batch is learned.

use crate::detections::BoxOptions;
use crate::image_options::{ImageOptions, Measuring};
use crate::measuring::Shown;
use driftsphere::Result;
use driftsphere::ingest::image::Fault;
use driftsphere::ingest::{Batch, Column, Fingerprint, Instances, Objects};
use driftsphere::measure::outputs::{ScoreOptions, measure, score_vectors};
use driftsphere::ndarray::ArrayView2;
use std::collections::BTreeMap;

/// How what is logged is to be read.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) scores: ScoreOptions,
    pub(crate) boxes: BoxOptions,
    pub(crate) images: Measuring,
}

impl Reading {
    /// As usual.
    pub(crate) fn plain() -> Result<Self> {
        Ok(Self {
            scores: ScoreOptions::default(),
            boxes: BoxOptions::default(),
            images: Measuring::new(&ImageOptions::default(), None)?,
        })
    }
}

/// What was worked out of the records of a batch, one value for each.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    features: Vec<(String, Column)>,
    predictions: Option<Column>,
    objects: Vec<(&'static str, Objects)>,
    fingerprints: Option<Vec<Option<Fingerprint>>>,
    sizes: Vec<Option<(f64, f64)>>,
    no_scores: bool,
    /// Records that failed because their pictures are all there is to them.
    failed: Vec<(usize, Fault)>,
}

impl Derived {
    pub(crate) fn take_scores(
        &mut self,
        vectors: ArrayView2<'_, f32>,
        labels: Option<&Column>,
        how: &Reading,
    ) -> Result<()> {
        let scores = score_vectors(vectors, labels, &how.scores)?;
        let features = scores.features.into_iter();
        self.features
            .extend(features.map(|(name, column)| (name.to_owned(), column)));
        self.no_scores = vectors.nrows() > 1 && scores.objects.is_empty();
        self.predictions = Some(scores.predictions);
        self.objects.push(("prediction", scores.objects));
        Ok(())
    }

    /// Whether none of several vectors of scores could be used, as when logits are taken for
    /// probabilities.
    pub(crate) fn has_no_scores(&self) -> bool {
        self.no_scores
    }

    /// With `is_all`, a picture is what its record is about: one that cannot be read is a
    /// record that failed, as the command has it.
    pub(crate) fn take_pictures(&mut self, shown: Shown, is_all: bool) {
        self.features.extend(shown.features);
        self.fingerprints = Some(shown.fingerprints);
        self.sizes = shown.sizes;
        if is_all {
            self.failed = shown.faults;
        }
    }

    pub(crate) fn take_boxes(&mut self, found: &Instances) -> Result<()> {
        let tables = match self.sizes.len() == found.images.len() {
            false => measure(found)?,
            // Of images that are there, too, the size is known.
            true => {
                let mut found = found.clone();
                for (image, size) in found.images.iter_mut().zip(&self.sizes) {
                    image.size = image.size.or(*size);
                }
                measure(&found)?
            }
        };
        self.objects.extend(tables);
        Ok(())
    }

    pub(crate) fn predictions(&self) -> Option<&Column> {
        self.predictions.as_ref()
    }

    /// How many records failed, by reason.
    pub(crate) fn failures(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        for (_, fault) in &self.failed {
            *counts.entry(fault.reason()).or_default() += 1;
        }
        counts
    }

    /// The batch with all this, without the records that failed.
    pub(crate) fn put_into<'a, T>(
        &'a self,
        mut batch: Batch<'a>,
        take: impl FnOnce(&Batch<'_>) -> Result<T>,
    ) -> Result<T> {
        if let Some(fingerprints) = &self.fingerprints {
            batch = batch.fingerprints(fingerprints.as_slice());
        }
        for (name, column) in &self.features {
            batch = batch.feature(name, column);
        }
        for (kind, objects) in &self.objects {
            batch = batch.objects(*kind, objects);
        }
        if self.failed.is_empty() {
            return take(&batch);
        }
        let mut failed = self.failed.iter().map(|(row, _)| *row).peekable();
        let rows = (0..batch.len()).filter(|row| failed.next_if_eq(row).is_none());
        let rows: Vec<usize> = rows.collect();
        take(&batch.take(&rows)?)
    }
}
