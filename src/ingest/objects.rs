//! What records hold: boxes, masks, keypoints, with numbers of their own.

use std::borrow::Cow;
use std::collections::HashMap;

use super::batch::Batch;
use crate::error::{Error, ErrorKind, Result};

/// Marks an object without a class.
const NO_CLASS: u32 = u32::MAX;

/// Most objects of one record: sums over the objects of a record stay exact.
const MAX_OBJECTS: usize = 1 << 24;

/// Objects nested in records: for each record none, one or many, each with a
/// class and the same named numbers.
///
/// What a detector says of an image is a list: a record of it holds boxes. A
/// record without any is data, too, and counts as one that was looked at. A number
/// that an object does not have is NaN; it leaves no trace. An object that came
/// but cannot be used, such as a box without an area, is a *fault* of its record,
/// counted by reason.
///
/// Rows are added object by object, each record closed by
/// [`end_record`](Self::end_record):
///
/// ```
/// use driftsphere::ingest::{Batch, Column, Objects};
///
/// let mut boxes = Objects::new(&["score", "relative area"])?;
/// let (person, dog) = (boxes.class("person"), boxes.class("dog"));
/// boxes.push(Some(person), &[0.9, 0.12])?;
/// boxes.push(Some(dog), &[0.7, f64::NAN])?;
/// boxes.end_record(); // two boxes
/// boxes.end_record(); // an image in which nothing was found
///
/// let batch = Batch::new(2)
///     .ids(Column::from(vec!["a.jpg", "b.jpg"]))
///     .objects("box", boxes);
/// batch.check()?;
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Objects {
    /// For each record one past its last object.
    ends: Vec<usize>,
    codes: Vec<u32>,
    classes: Vec<String>,
    features: Vec<(String, Vec<f64>)>,
    /// Record and reason, in the order of the records.
    faults: Vec<(usize, &'static str)>,
    /// Looked up only, never walked.
    index: HashMap<String, u32>,
}

impl Objects {
    /// No record yet; each object will have these numbers.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a name that is empty or given twice, and for `count`: it is how many
    /// objects a record has.
    pub fn new(features: &[&str]) -> Result<Self> {
        for (at, name) in features.iter().enumerate() {
            if *name == "count" {
                let message = "`count` is how many objects a record has; no number of theirs can have this name";
                return Err(Error::new(ErrorKind::Argument, message));
            }
            if name.is_empty() || features[..at].contains(name) {
                let message = "each number of objects needs a name of its own";
                return Err(Error::new(ErrorKind::Argument, message).at("feature", name));
            }
        }
        let column = |name: &&str| ((*name).to_owned(), Vec::new());
        Ok(Self {
            features: features.iter().map(column).collect(),
            ..Self::default()
        })
    }

    /// The code of a class, for [`push`](Self::push).
    pub fn class(&mut self, name: &str) -> usize {
        if let Some(code) = self.index.get(name) {
            return *code as usize;
        }
        let code = self.classes.len() as u32;
        self.index.insert(name.to_owned(), code);
        self.classes.push(name.to_owned());
        code as usize
    }

    /// Makes room for so many more objects.
    #[cfg(feature = "records")]
    pub(crate) fn reserve(&mut self, objects: usize) {
        self.codes.reserve(objects);
        for (_, column) in &mut self.features {
            column.reserve(objects);
        }
    }

    /// Adds an object to the record that is open: its class, if it has one, and
    /// its numbers in the order of [`new`](Self::new), NaN for one that is missing.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a code that [`class`](Self::class) did not give,
    /// or another number of numbers.
    pub fn push(&mut self, class: Option<usize>, values: &[f64]) -> Result<()> {
        if values.len() != self.features.len() {
            let message = format!(
                "{} numbers for an object of {}",
                values.len(),
                self.features.len()
            );
            return Err(Error::new(ErrorKind::Argument, message));
        }
        if let Some(code) = class.filter(|code| *code >= self.classes.len()) {
            let message = "no class has this code; ask `class` for it";
            return Err(Error::new(ErrorKind::Argument, message).at("code", code));
        }
        self.codes.push(class.map_or(NO_CLASS, |code| code as u32));
        for ((_, column), value) in self.features.iter_mut().zip(values) {
            column.push(*value);
        }
        Ok(())
    }

    /// Says that the open record came with an object that cannot be used;
    /// `reason` is a short fixed text.
    pub fn fault(&mut self, reason: &'static str) {
        self.faults.push((self.ends.len(), reason));
    }

    /// The same with faults of closed records, in the order of these.
    #[must_use]
    #[cfg(feature = "records")]
    pub(crate) fn with_faults(
        mut self,
        faults: impl Iterator<Item = (usize, &'static str)>,
    ) -> Self {
        self.faults = faults.collect();
        self
    }

    /// Closes the record, with the objects added since the last.
    pub fn end_record(&mut self) {
        self.ends.push(self.codes.len());
    }

    /// Number of records.
    #[must_use]
    pub fn records(&self) -> usize {
        self.ends.len()
    }

    /// Number of objects.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are no objects; there may be records.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Where the objects of a record lie among all.
    ///
    /// # Panics
    /// Beyond the last record.
    #[must_use]
    pub fn range(&self, record: usize) -> std::ops::Range<usize> {
        let start = record.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[record]
    }

    /// The class of an object.
    ///
    /// # Panics
    /// Beyond the last object.
    #[must_use]
    pub fn class_of(&self, object: usize) -> Option<&str> {
        self.code(object).map(|code| self.classes[code].as_str())
    }

    pub(crate) fn code(&self, object: usize) -> Option<usize> {
        let code = self.codes[object];
        (code != NO_CLASS).then_some(code as usize)
    }

    /// Names of the classes by code; some may have no object.
    pub(crate) fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Names and values of the numbers, one value for each object.
    pub fn features(&self) -> impl Iterator<Item = (&str, &[f64])> {
        let features = self.features.iter();
        features.map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// Record and reason of each object that cannot be used.
    #[must_use]
    pub fn faults(&self) -> &[(usize, &'static str)] {
        &self.faults
    }

    /// The objects of `records`, in that order, repeats included.
    ///
    /// # Panics
    /// For a record beyond the last.
    #[must_use]
    pub fn take(&self, records: &[usize]) -> Self {
        let mut out = Self {
            classes: self.classes.clone(),
            index: self.index.clone(),
            ..Self::default()
        };
        let mut rows = Vec::new();
        for &record in records {
            rows.extend(self.range(record));
            let first = self.faults.partition_point(|(at, _)| *at < record);
            let own = self.faults[first..].iter();
            let own = own.take_while(|(at, _)| *at == record);
            out.faults
                .extend(own.map(|(_, reason)| (out.ends.len(), *reason)));
            out.ends.push(rows.len());
        }
        out.codes = rows.iter().map(|&row| self.codes[row]).collect();
        let column = |(name, values): &(String, Vec<f64>)| {
            let taken = rows.iter().map(|&row| values[row]).collect();
            (name.clone(), taken)
        };
        out.features = self.features.iter().map(column).collect();
        out
    }

    fn check(&self, records: usize) -> Result<()> {
        if self.records() != records {
            let message = format!(
                "objects of {} records for {records} rows; each row needs its record, be it empty",
                self.records()
            );
            return Err(Error::new(ErrorKind::Argument, message));
        }
        if self.ends.last().copied().unwrap_or(0) != self.len() {
            let message = "objects after the last record; end_record closes it";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let crowded = (0..records).find(|&record| self.range(record).len() > MAX_OBJECTS);
        match crowded {
            None => Ok(()),
            Some(record) => {
                let message = format!("more than {MAX_OBJECTS} objects in one record");
                Err(Error::new(ErrorKind::Limit, message).at("row", record))
            }
        }
    }
}

impl From<Objects> for Cow<'_, Objects> {
    fn from(objects: Objects) -> Self {
        Cow::Owned(objects)
    }
}

impl<'a> From<&'a Objects> for Cow<'a, Objects> {
    fn from(objects: &'a Objects) -> Self {
        Cow::Borrowed(objects)
    }
}

impl<'a> Batch<'a> {
    /// What each record holds, of one kind: `box`, `mask`, `keypoints`, or a name
    /// of one's own. Given or lent.
    #[must_use]
    pub fn objects(
        mut self,
        kind: impl Into<Cow<'a, str>>,
        objects: impl Into<Cow<'a, Objects>>,
    ) -> Self {
        self.objects.push((kind.into(), objects.into()));
        self
    }

    /// The kinds of objects in the order given: name and objects.
    pub fn object_kinds(&self) -> impl Iterator<Item = (&str, &Objects)> {
        let kinds = self.objects.iter();
        kinds.map(|(kind, objects)| (kind.as_ref(), objects.as_ref()))
    }

    pub(super) fn check_objects(&self) -> Result<()> {
        for (kind, objects) in &self.objects {
            objects
                .check(self.len())
                .map_err(|e| e.at("objects", kind))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_records() -> Objects {
        let mut objects = Objects::new(&["score"]).unwrap();
        let (cat, dog) = (objects.class("cat"), objects.class("dog"));
        objects.push(Some(cat), &[0.5]).unwrap();
        objects.push(Some(dog), &[0.6]).unwrap();
        objects.end_record();
        objects.fault("box without an area");
        objects.end_record();
        objects.push(None, &[0.7]).unwrap();
        objects.end_record();
        objects
    }

    #[test]
    fn taken_records_keep_their_objects_and_faults() {
        let taken = three_records().take(&[2, 1, 0, 1]);
        assert_eq!(taken.records(), 4);
        assert_eq!(taken.range(2), 1..3);
        assert_eq!(taken.class_of(0), None);
        assert_eq!(taken.class_of(2), Some("dog"));
        assert_eq!(taken.features().next().unwrap().1, [0.7, 0.5, 0.6]);
        let faults: Vec<usize> = taken.faults().iter().map(|fault| fault.0).collect();
        assert_eq!(faults, [1, 3]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert!(Objects::new(&["a", "a"]).is_err());
        let mut objects = three_records();
        assert!(objects.push(None, &[]).is_err());
        assert!(objects.push(Some(2), &[0.0]).is_err());
        let error = Batch::new(2).objects("box", &objects).check().unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("3 records for 2 rows") && text.contains("box"),
            "{text}"
        );
        objects.push(None, &[0.0]).unwrap();
        let error = Batch::new(3).objects("box", &objects).check().unwrap_err();
        assert!(error.message().contains("end_record"), "{error}");
    }
}
