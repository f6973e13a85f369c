//! Records that were read together, owned.

use ndarray::Array2;

use super::batch::Batch;
use super::column::Column;
use super::fingerprint::Fingerprint;
use super::objects::Objects;
use crate::error::Result;

/// Some records of a file, as a [`Scan`](super::Scan) gives them.
#[derive(Debug, Clone, Default)]
pub struct Block {
    pub(crate) len: usize,
    /// Index in its file of each record, from 0.
    pub(crate) rows: Vec<u64>,
    pub(crate) ids: Option<Column>,
    pub(crate) labels: Option<Column>,
    pub(crate) predictions: Option<Column>,
    pub(crate) groups: Option<Column>,
    pub(crate) segments: Option<Column>,
    pub(crate) times: Option<Vec<i64>>,
    pub(crate) fingerprints: Option<Vec<Option<Fingerprint>>>,
    pub(crate) embeddings: Option<Array2<f32>>,
    /// Sorted by name.
    pub(crate) features: Vec<(String, Column)>,
    /// By kind.
    pub(crate) objects: Vec<(String, Objects)>,
}

impl Block {
    /// Records of these ids that hold objects; the first is record `first` of its
    /// file.
    ///
    /// ```
    /// use driftsphere::ingest::{Block, Column, Objects};
    ///
    /// let mut boxes = Objects::new(&["score"])?;
    /// boxes.end_record();
    /// let block = Block::of_objects(0, Column::from(vec!["a.jpg"]), vec![("box".into(), boxes)])?;
    /// assert_eq!(block.len(), 1);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Batch::check`].
    pub fn of_objects(first: u64, ids: Column, objects: Vec<(String, Objects)>) -> Result<Self> {
        let len = ids.len();
        let block = Self {
            len,
            rows: (first..).take(len).collect(),
            ids: Some(ids),
            objects,
            ..Self::default()
        };
        block.batch("").check()?;
        Ok(block)
    }

    /// Number of records, at least 1.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no records.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The index in its file of each record, from 0; those that were not chosen
    /// or could not be read count, too.
    #[must_use]
    pub fn rows(&self) -> &[u64] {
        &self.rows
    }

    /// Names and values of the features, sorted by name.
    #[must_use]
    pub fn features(&self) -> &[(String, Column)] {
        &self.features
    }

    /// The records as a batch, the embeddings, if there are any, as those of
    /// the space called `space`.
    #[must_use]
    pub fn batch<'a>(&'a self, space: &'a str) -> Batch<'a> {
        let mut batch = Batch::new(self.len);
        if let Some(ids) = &self.ids {
            batch = batch.ids(ids);
        }
        if let Some(labels) = &self.labels {
            batch = batch.labels(labels);
        }
        if let Some(predictions) = &self.predictions {
            batch = batch.predictions(predictions);
        }
        if let Some(groups) = &self.groups {
            batch = batch.groups(groups);
        }
        if let Some(segments) = &self.segments {
            batch = batch.segments(segments);
        }
        if let Some(times) = &self.times {
            batch = batch.times(times.as_slice());
        }
        if let Some(fingerprints) = &self.fingerprints {
            batch = batch.fingerprints(fingerprints.as_slice());
        }
        if let Some(rows) = &self.embeddings {
            batch = batch.space(space, rows.view());
        }
        for (name, column) in &self.features {
            batch = batch.feature(name, column);
        }
        for (kind, objects) in &self.objects {
            batch = batch.objects(kind, objects);
        }
        batch
    }

    /// Sorts the features, and forgets those that no record of the block says anything of: they must
    /// leave no more trace than in a block of other records.
    pub(crate) fn drop_absent(&mut self) {
        self.features.retain(|(_, column)| !column.says_nothing());
        self.features.sort_by(|a, b| a.0.cmp(&b.0));
    }
}
