//! Rows that belong together, column by column.

use std::borrow::Cow;

use ndarray::{ArrayView2, Axis, CowArray, Ix2};

use super::column::Column;
use super::fingerprint::Fingerprint;
use super::objects::Objects;
use crate::error::{Error, ErrorKind, Result};

/// Many records at once: each named column has one value for each row.
///
/// Columns may be given or lent (`Column` or `&Column`), embeddings are lent.
/// A missing id, label, prediction or group is an empty text or NaN; a feature
/// that is an empty text is null, one that is NaN is counted as NaN. A label or
/// prediction that is missing from a column that was given is counted as a null
/// of the feature `label` or `prediction`; a column that was not given counts
/// nothing, as a [`Record`](super::Record) with `None` does.
///
/// ```
/// use driftsphere::ingest::{Batch, Column};
/// use ndarray::array;
///
/// let embeddings = array![[0.6_f32, 0.8], [1.0, 0.0]];
/// let batch = Batch::new(2)
///     .ids(Column::from(vec!["a.jpg", "b.jpg"]))
///     .labels(Column::from(vec!["cat", ""]))
///     .space("embedding", embeddings.view());
/// batch.check()?;
/// assert_eq!(batch.label(0).as_deref(), Some("cat"));
/// assert_eq!(batch.label(1), None);
///
/// let error = batch.times(vec![0; 3]).check().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "3 values for 2 rows; each column needs one value for each row (column times)"
/// );
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Batch<'a> {
    len: usize,
    ids: Option<Cow<'a, Column>>,
    labels: Option<Cow<'a, Column>>,
    predictions: Option<Cow<'a, Column>>,
    groups: Option<Cow<'a, Column>>,
    segments: Option<Cow<'a, Column>>,
    times: Option<Cow<'a, [i64]>>,
    fingerprints: Option<Cow<'a, [Option<Fingerprint>]>>,
    spaces: Vec<(Cow<'a, str>, CowArray<'a, f32, Ix2>)>,
    features: Vec<(Cow<'a, str>, Cow<'a, Column>)>,
    pub(super) objects: Vec<(Cow<'a, str>, Cow<'a, Objects>)>,
}

impl<'a> Batch<'a> {
    /// A batch of `len` rows of which nothing is known yet.
    #[must_use]
    pub fn new(len: usize) -> Self {
        Self {
            len,
            ids: None,
            labels: None,
            predictions: None,
            groups: None,
            segments: None,
            times: None,
            fingerprints: None,
            spaces: Vec::new(),
            features: Vec::new(),
            objects: Vec::new(),
        }
    }

    /// What names each record wherever it is seen again.
    #[must_use]
    pub fn ids(mut self, ids: impl Into<Cow<'a, Column>>) -> Self {
        self.ids = Some(ids.into());
        self
    }

    /// The true classes.
    #[must_use]
    pub fn labels(mut self, labels: impl Into<Cow<'a, Column>>) -> Self {
        self.labels = Some(labels.into());
        self
    }

    /// The classes that the model said.
    #[must_use]
    pub fn predictions(mut self, predictions: impl Into<Cow<'a, Column>>) -> Self {
        self.predictions = Some(predictions.into());
        self
    }

    /// What records share that depend on each other: a video, a patient, a camera.
    #[must_use]
    pub fn groups(mut self, groups: impl Into<Cow<'a, Column>>) -> Self {
        self.groups = Some(groups.into());
        self
    }

    /// What divides the records into segments that are profiled apart, where a
    /// [`SegmentedBuilder`](crate::profile::SegmentedBuilder) learns them.
    #[must_use]
    pub fn segments(mut self, segments: impl Into<Cow<'a, Column>>) -> Self {
        self.segments = Some(segments.into());
        self
    }

    /// Milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn times(mut self, times: impl Into<Cow<'a, [i64]>>) -> Self {
        self.times = Some(times.into());
        self
    }

    /// What tells copies of pictures: of each record's picture, if it has one.
    #[must_use]
    pub fn fingerprints(mut self, fingerprints: impl Into<Cow<'a, [Option<Fingerprint>]>>) -> Self {
        self.fingerprints = Some(fingerprints.into());
        self
    }

    /// Embeddings `(n_rows, dim)` in the named space.
    #[must_use]
    pub fn space(mut self, name: impl Into<Cow<'a, str>>, rows: ArrayView2<'a, f32>) -> Self {
        self.spaces.push((name.into(), rows.into()));
        self
    }

    /// A named scalar value of each row.
    #[must_use]
    pub fn feature(
        mut self,
        name: impl Into<Cow<'a, str>>,
        column: impl Into<Cow<'a, Column>>,
    ) -> Self {
        self.features.push((name.into(), column.into()));
        self
    }

    /// Checks that the columns fit together.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] when a column has not one value for each row, or
    /// when the name of a space, feature or kind of objects is empty or given twice; the error
    /// names the column.
    pub fn check(&self) -> Result<()> {
        let fixed = [
            ("ids", self.ids.as_ref().map(|c| c.len())),
            ("labels", self.labels.as_ref().map(|c| c.len())),
            ("predictions", self.predictions.as_ref().map(|c| c.len())),
            ("groups", self.groups.as_ref().map(|c| c.len())),
            ("segments", self.segments.as_ref().map(|c| c.len())),
            ("times", self.times.as_ref().map(|c| c.len())),
            ("fingerprints", self.fingerprints.as_ref().map(|c| c.len())),
        ];
        for (name, len) in fixed {
            self.check_len("column", name, len.unwrap_or(self.len))?;
        }
        for (name, rows) in &self.spaces {
            self.check_len("space", name, rows.nrows())?;
        }
        for (name, column) in &self.features {
            self.check_len("feature", name, column.len())?;
        }
        self.check_objects()?;
        let kinds = self.objects.iter().map(|(kind, _)| kind.as_ref());
        check_names("kind of objects", kinds)?;
        check_names("space", self.spaces.iter().map(|(name, _)| name.as_ref()))?;
        check_names(
            "feature",
            self.features.iter().map(|(name, _)| name.as_ref()),
        )
    }

    /// The records of `rows`, in that order, repeats included; their values are
    /// copied. A feature that none of them says anything of is left out: it must
    /// leave no more trace than in a batch of just these records.
    ///
    /// ```
    /// use driftsphere::ingest::{Batch, Column};
    ///
    /// let batch = Batch::new(3).labels(Column::from(vec!["cat", "dog", "cat"]));
    /// let cats = batch.take(&[0, 2])?;
    /// assert_eq!((cats.len(), cats.label(1).as_deref()), (2, Some("cat")));
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Batch::check`], and [`ErrorKind::Argument`] for a row beyond
    /// the batch.
    pub fn take(&self, rows: &[usize]) -> Result<Batch<'static>> {
        self.check()?;
        if let Some(row) = rows.iter().find(|&&row| row >= self.len) {
            let message = format!("row {row} lies beyond the {} rows of the batch", self.len);
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let column = |column: &Option<Cow<'a, Column>>| {
            let taken = column.as_ref().map(|column| column.take(rows));
            taken.transpose().map(|column| column.map(Cow::Owned))
        };
        let mut features = Vec::with_capacity(self.features.len());
        for (name, column) in &self.features {
            let taken = column.take(rows)?;
            if !taken.says_nothing() {
                features.push((Cow::Owned(name.clone().into_owned()), Cow::Owned(taken)));
            }
        }
        let spaces = self.spaces.iter().map(|(name, values)| {
            let name = Cow::Owned(name.clone().into_owned());
            (name, values.select(Axis(0), rows).into())
        });
        let objects = self.objects.iter().map(|(kind, objects)| {
            let kind = Cow::Owned(kind.clone().into_owned());
            (kind, Cow::Owned(objects.take(rows)))
        });
        let times = self.times.as_ref();
        let fingerprints = self.fingerprints.as_ref();
        Ok(Batch {
            len: rows.len(),
            ids: column(&self.ids)?,
            labels: column(&self.labels)?,
            predictions: column(&self.predictions)?,
            groups: column(&self.groups)?,
            segments: column(&self.segments)?,
            times: times.map(|times| rows.iter().map(|&row| times[row]).collect()),
            fingerprints: fingerprints.map(|all| rows.iter().map(|&row| all[row]).collect()),
            spaces: spaces.collect(),
            objects: objects.collect(),
            features,
        })
    }

    fn check_len(&self, key: &'static str, name: &str, len: usize) -> Result<()> {
        if len == self.len {
            return Ok(());
        }
        let message = format!(
            "{len} values for {} rows; each column needs one value for each row",
            self.len
        );
        Err(Error::new(ErrorKind::Argument, message).at(key, name))
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The id of `row`, `None` if it has none. As all getters by row, it panics
    /// where `row` lies beyond a column, which [`Batch::check`] rules out for
    /// rows below [`Batch::len`].
    #[must_use]
    pub fn id(&self, row: usize) -> Option<Cow<'_, str>> {
        self.ids.as_ref()?.present(row)
    }

    /// What tells copies of the picture of `row`, `None` if it has none.
    #[must_use]
    pub fn fingerprint(&self, row: usize) -> Option<Fingerprint> {
        self.fingerprints.as_ref()?[row]
    }

    /// Whether any record may have a fingerprint.
    #[must_use]
    pub fn has_fingerprints(&self) -> bool {
        self.fingerprints.is_some()
    }

    /// The label of `row`, `None` if it has none.
    #[must_use]
    pub fn label(&self, row: usize) -> Option<Cow<'_, str>> {
        self.labels.as_ref()?.present(row)
    }

    /// The prediction of `row`, `None` if it has none.
    #[must_use]
    pub fn prediction(&self, row: usize) -> Option<Cow<'_, str>> {
        self.predictions.as_ref()?.present(row)
    }

    /// The group of `row`, `None` if it has none.
    #[must_use]
    pub fn group(&self, row: usize) -> Option<Cow<'_, str>> {
        self.groups.as_ref()?.present(row)
    }

    /// The segment of `row`, `None` if it has none.
    #[must_use]
    pub fn segment(&self, row: usize) -> Option<Cow<'_, str>> {
        self.segments.as_ref()?.present(row)
    }

    /// The time of `row`, `None` if the batch has no times.
    #[must_use]
    pub fn time(&self, row: usize) -> Option<i64> {
        Some(self.times.as_ref()?[row])
    }

    /// Whether ids were given.
    #[must_use]
    pub fn has_ids(&self) -> bool {
        self.ids.is_some()
    }

    /// Whether labels were given.
    #[must_use]
    pub fn has_labels(&self) -> bool {
        self.labels.is_some()
    }

    /// Whether predictions were given.
    #[must_use]
    pub fn has_predictions(&self) -> bool {
        self.predictions.is_some()
    }

    /// Whether groups were given.
    #[must_use]
    pub fn has_groups(&self) -> bool {
        self.groups.is_some()
    }

    /// Whether segments were given.
    #[must_use]
    pub fn has_segments(&self) -> bool {
        self.segments.is_some()
    }

    /// Whether times were given.
    #[must_use]
    pub fn has_times(&self) -> bool {
        self.times.is_some()
    }

    /// The spaces in the order given: name and embeddings `(n_rows, dim)`.
    pub fn spaces(&self) -> impl Iterator<Item = (&str, ArrayView2<'_, f32>)> {
        self.spaces
            .iter()
            .map(|(name, rows)| (name.as_ref(), rows.view()))
    }

    /// The features in the order given: name and column.
    pub fn features(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.features
            .iter()
            .map(|(name, column)| (name.as_ref(), column.as_ref()))
    }
}

fn check_names<'n>(key: &'static str, names: impl Iterator<Item = &'n str>) -> Result<()> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    if names.first() == Some(&"") {
        return Err(Error::new(
            ErrorKind::Argument,
            format!("a {key} needs a name"),
        ));
    }
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(Error::new(
            ErrorKind::Argument,
            format!("the same {key} is given twice"),
        )
        .at(key, pair[0])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn each_wrong_length_is_named() {
        let two = || Column::from(vec![1_i64, 2]);
        let rows = Array2::<f32>::zeros((2, 4));
        let cases = [
            (Batch::new(3).ids(two()), "column ids"),
            (Batch::new(3).labels(two()), "column labels"),
            (Batch::new(3).predictions(two()), "column predictions"),
            (Batch::new(3).groups(two()), "column groups"),
            (Batch::new(3).segments(two()), "column segments"),
            (Batch::new(3).times(vec![1, 2]), "column times"),
            (Batch::new(3).space("clip", rows.view()), "space clip"),
            (Batch::new(3).feature("score", two()), "feature score"),
        ];
        for (batch, place) in cases {
            let error = batch.check().unwrap_err().to_string();
            assert!(error.starts_with("2 values for 3 rows"), "{error}");
            assert!(error.ends_with(&format!("({place})")), "{error}");
        }
    }

    #[test]
    fn names_must_be_given_once() {
        let rows = Array2::<f32>::zeros((1, 4));
        let twice = Batch::new(1)
            .space("a", rows.view())
            .space("a", rows.view());
        assert!(twice.check().unwrap_err().to_string().contains("twice"));
        let unnamed = Batch::new(1).space("", rows.view());
        assert!(
            unnamed
                .check()
                .unwrap_err()
                .to_string()
                .contains("needs a name")
        );
    }

    #[test]
    fn columns_may_be_lent_and_numbers_are_ids_too() {
        let ids = Column::from(vec![17_i64]);
        let batch = Batch::new(1).ids(&ids);
        assert!(batch.check().is_ok() && batch.has_ids() && !batch.has_labels());
        assert_eq!(batch.id(0).as_deref(), Some("17"));
        assert_eq!(batch.label(0), None);
    }
}
