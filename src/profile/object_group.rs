//! The objects of one class, or of all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::sketch::{QuantileSketch, Quantiles};

use super::centre_grid::{CENTRE, CentreGrid, GridSketch, Place};
use super::classes::ClassState;
use super::image_sums::ImageSums;

/// Buckets of each sketch of one class: there may be a thousand classes of a dozen
/// numbers.
pub(crate) const CLASS_CAP: usize = 256;

/// A number that objects have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectFeature {
    pub(crate) numbers: Quantiles,
    pub(crate) sums: ImageSums,
}

impl ObjectFeature {
    /// Its values.
    #[must_use]
    pub fn numbers(&self) -> &Quantiles {
        &self.numbers
    }

    /// How much the objects of one record depend on each other in it.
    #[must_use]
    pub fn sums(&self) -> &ImageSums {
        &self.sums
    }
}

/// What was learned of the objects of one class, or of all.
///
/// The group of the *other classes* holds the sums of several: its counts are of
/// records and classes, an object count for each pair of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectGroup {
    pub(crate) objects: u64,
    /// Counts of the records that have any.
    pub(crate) counts: Quantiles,
    pub(crate) squares: u128,
    pub(crate) products: u128,
    pub(crate) centres: Option<CentreGrid>,
    pub(crate) features: BTreeMap<String, ObjectFeature>,
}

impl ObjectGroup {
    /// Number of objects.
    #[must_use]
    pub fn objects(&self) -> u64 {
        self.objects
    }

    /// Records with at least one of the objects.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.counts.count()
    }

    /// Objects in each record that has any; those without are not among them.
    #[must_use]
    pub fn counts(&self) -> &Quantiles {
        &self.counts
    }

    /// Objects in each of so many records, those without any included.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] where there are fewer records than have an object.
    pub fn counts_of(&self, records: u64) -> Result<Quantiles> {
        let Some(without) = records.checked_sub(self.records()) else {
            return Err(Error::new(
                ErrorKind::Argument,
                "fewer records than hold an object",
            ));
        };
        let mut counts = self.counts.thaw();
        counts.update_many(0.0, without);
        Ok(counts.freeze())
    }

    /// Sum over the records of the squared number of their objects.
    #[must_use]
    pub fn squared_counts(&self) -> u128 {
        self.squares
    }

    /// Sum over the records of the number of these objects times that of all.
    #[must_use]
    pub fn count_products(&self) -> u128 {
        self.products
    }

    /// Where in the image they lie; `None` where none has a centre, and in sealed profiles: a cell may
    /// hold a single object.
    #[must_use]
    pub fn centres(&self) -> Option<&CentreGrid> {
        self.centres.as_ref()
    }

    /// The numbers by name. One that no object has is not there.
    #[must_use]
    pub fn features(&self) -> &BTreeMap<String, ObjectFeature> {
        &self.features
    }

    /// Objects that lack a number.
    #[must_use]
    pub fn missing(&self, feature: &str) -> u64 {
        let present = self.features.get(feature).map_or(0, |f| f.numbers.count());
        self.objects.saturating_sub(present)
    }

    pub(crate) fn check(&self) -> Result<()> {
        let damaged = || Error::new(ErrorKind::Format, "counts of objects do not hold together");
        let n = u128::from(self.objects);
        let counts = self.counts.nan_count() == 0 && self.counts.infinite() == (0, 0);
        if !counts || self.records() > self.objects || self.squares < n || self.squares > n * n {
            return Err(damaged());
        }
        for (name, feature) in &self.features {
            let numbers = &feature.numbers;
            if numbers.count() == 0
                || numbers.nan_count() > 0
                || numbers.count() != feature.sums.objects()
            {
                return Err(damaged().at("feature", name));
            }
            feature.sums.check(self.objects)?;
        }
        let known = CENTRE.map(|name| self.features.get(name).map_or(0, |f| f.numbers.count()));
        match &self.centres {
            Some(centres) => centres.check(known[0].min(known[1])),
            None => Ok(()),
        }
    }
}

/// A number while it is learned.
#[derive(Debug, Clone)]
pub(crate) struct ObjectFeatureSketch {
    pub(crate) numbers: QuantileSketch,
    pub(crate) sums: ImageSums,
}

/// A group while it is learned.
#[derive(Debug, Clone)]
pub(crate) struct ObjectGroupSketch {
    cap: usize,
    objects: u64,
    counts: QuantileSketch,
    squares: u128,
    products: u128,
    centres: GridSketch,
    features: BTreeMap<String, ObjectFeatureSketch>,
}

impl ObjectGroupSketch {
    /// Sketches of at most `cap` buckets.
    pub(crate) fn new(cap: usize) -> Result<Self> {
        Ok(Self {
            cap,
            objects: 0,
            counts: QuantileSketch::new(cap)?,
            squares: 0,
            products: 0,
            centres: GridSketch::default(),
            features: BTreeMap::new(),
        })
    }

    /// Learns that a record with `all` objects has `own` of these, at least one.
    pub(crate) fn update_count(&mut self, own: u64, all: u64) {
        self.objects += own;
        self.counts.update(own as f64);
        self.add_squares(
            u128::from(own) * u128::from(own),
            u128::from(own) * u128::from(all),
        );
    }

    /// As with [`ImageSums::merge`], stored sums may be near their end.
    fn add_squares(&mut self, squares: u128, products: u128) {
        self.squares = self.squares.wrapping_add(squares);
        self.products = self.products.wrapping_add(products);
    }

    /// Learns where objects lie.
    pub(super) fn update_centres(&mut self, places: impl Iterator<Item = Place>) {
        self.centres.extend(places);
    }

    /// The sketch of a number, which comes into being by being asked for.
    pub(crate) fn feature(&mut self, name: &str) -> Result<&mut ObjectFeatureSketch> {
        if !self.features.contains_key(name) {
            let fresh = ObjectFeatureSketch {
                numbers: QuantileSketch::new(self.cap)?,
                sums: ImageSums::default(),
            };
            self.features.insert(name.to_owned(), fresh);
        }
        Ok(self.features.get_mut(name).expect("inserted above"))
    }

    pub(crate) fn freeze(&self) -> ObjectGroup {
        let feature = |(name, feature): (&String, &ObjectFeatureSketch)| {
            let frozen = ObjectFeature {
                numbers: feature.numbers.freeze(),
                sums: feature.sums,
            };
            (name.clone(), frozen)
        };
        ObjectGroup {
            objects: self.objects,
            counts: self.counts.freeze(),
            squares: self.squares,
            products: self.products,
            centres: self.centres.freeze(),
            features: self.features.iter().map(feature).collect(),
        }
    }

    pub(crate) fn thaw(group: &ObjectGroup) -> Self {
        let feature = |(name, feature): (&String, &ObjectFeature)| {
            let thawed = ObjectFeatureSketch {
                numbers: feature.numbers.thaw(),
                sums: feature.sums,
            };
            (name.clone(), thawed)
        };
        Self {
            cap: group.counts.cap(),
            objects: group.objects,
            counts: group.counts.thaw(),
            squares: group.squares,
            products: group.products,
            centres: GridSketch::thaw(group.centres.as_ref()),
            features: group.features.iter().map(feature).collect(),
        }
    }
}

impl ClassState for ObjectGroupSketch {
    fn merge(&mut self, other: &Self) -> Result<()> {
        self.objects += other.objects;
        self.counts.merge(&other.counts)?;
        self.add_squares(other.squares, other.products);
        self.centres.merge(&other.centres);
        for (name, feature) in &other.features {
            let mine = self.feature(name)?;
            mine.numbers.merge(&feature.numbers)?;
            mine.sums.merge(&feature.sums);
        }
        Ok(())
    }
}
