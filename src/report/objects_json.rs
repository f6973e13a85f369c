//! The objects of a profile, for programs; part of
//! [`profile_json`](super::profile_json).

use super::json_write::finite;
use super::profile_json::{Count, Distribution};
use crate::profile::{CentreGrid, ObjectGroup, ObjectTable, Profile};
use serde::Serialize;

/// Objects of one kind that records hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObjectKind<'a> {
    /// The kind, such as `box`.
    pub kind: &'a str,
    /// Records that were looked at.
    pub records: u64,
    /// Those in which there was none.
    pub empty_records: u64,
    /// Objects that came but cannot be used, by reason.
    pub not_used: Vec<Count<'a>>,
    /// All objects.
    pub all: ObjectNumbers<'a>,
    /// Objects by class, by name.
    pub classes: Vec<ObjectNumbers<'a>>,
    /// Objects of further classes, kept together.
    pub other_classes: u64,
    /// Objects without a class.
    pub unclassified: u64,
    /// Pairs of classes that come together, by name.
    pub pairs: Vec<ClassPair<'a>>,
}

/// The objects of one class, or of all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObjectNumbers<'a> {
    /// The class; `null` for all.
    pub class: Option<&'a str>,
    /// Objects.
    pub objects: u64,
    /// Records with at least one.
    pub records: u64,
    /// Objects in a record, those without any included: the mean.
    pub mean_count: Option<f64>,
    /// Objects in each record that has any.
    pub counts: Option<Distribution>,
    /// Of predictions held against labels: how often those of each confidence are
    /// right.
    pub calibration: Option<Reliability>,
    /// Of boxes held against annotations: average precision at an overlap of 0.5.
    pub average_precision: Option<f64>,
    /// Between which it lies: scores within one bucket of a sketch are not told apart.
    pub average_precision_bounds: Option<[f64; 2]>,
    /// Where in the image they lie; `null` where that is not known, or the profile is sealed.
    pub centres: Option<Centres<'a>>,
    /// Their numbers, by name.
    pub features: Vec<ObjectFeature<'a>>,
}

/// Where in the image objects lie: counts on a grid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Centres<'a> {
    #[serde(skip)]
    pub(super) grid: &'a CentreGrid,
    /// Cells along each side of the image.
    pub side: usize,
    /// Objects whose centre lies outside of the image.
    pub outside: u64,
    /// Cells with an object: row from the top, column from the left, objects, and of all objects
    /// together the mean share of the image that one takes.
    pub cells: Vec<(usize, usize, u64, Option<f64>)>,
}

impl<'a> Centres<'a> {
    fn new(grid: &'a CentreGrid) -> Self {
        let side = CentreGrid::SIDE;
        let places = (0..side).flat_map(|row| (0..side).map(move |column| (row, column)));
        let cells = places.filter_map(|(row, column)| {
            let count = grid.count(row, column);
            (count > 0).then(|| (row, column, count, grid.mean_area(row, column)))
        });
        Self {
            grid,
            side,
            outside: grid.outside(),
            cells: cells.collect(),
        }
    }
}

/// Whether confidence keeps what it promises.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// Share of right predictions.
    pub accuracy: f64,
    /// Mean confidence.
    pub confidence: f64,
    /// Expected calibration error over 16 bins.
    pub error: f64,
    /// The bins by rising confidence: predictions, right ones, mean confidence.
    pub bins: Vec<(u64, u64, Option<f64>)>,
}

/// A number of objects.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObjectFeature<'a> {
    /// Its name.
    pub name: &'a str,
    /// Objects that lack it.
    pub missing: u64,
    /// By how much objects of one record are alike: the variance of the mean over
    /// that of independent objects.
    pub design_effect: f64,
    /// Its values.
    pub numbers: Option<Distribution>,
}

/// Two classes in one record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassPair<'a> {
    /// Both, in order.
    pub classes: [&'a str; 2],
    /// Records that hold both.
    pub records: u64,
}

impl<'a> ObjectKind<'a> {
    pub(super) fn new(kind: &'a str, profile: &'a Profile, table: &'a ObjectTable) -> Self {
        // Boxes are held against what people drew.
        let drawn = profile
            .objects()
            .get("annotation")
            .filter(|_| kind == "box");
        // Crowds need not be found.
        let to_find = |group: &ObjectGroup| {
            let found = group.features().get("found");
            found.map_or(0, |found| found.numbers().count())
        };
        let drawn_of = |class: Option<&str>| match (drawn, class) {
            (None, _) => 0,
            (Some(drawn), None) => to_find(drawn.all()),
            (Some(drawn), Some(class)) => drawn.classes().get(class).map_or(0, to_find),
        };
        let numbers =
            |class, group| ObjectNumbers::new(class, group, table.records(), drawn_of(class));
        let faults = table.faults().iter();
        let pairs = table.pairs().iter();
        Self {
            kind,
            records: table.records(),
            empty_records: table.records().saturating_sub(table.all().records()),
            not_used: faults
                .map(|(name, count)| Count {
                    name,
                    count: *count,
                })
                .collect(),
            all: numbers(None, table.all()),
            classes: table
                .classes()
                .iter()
                .map(|(name, group)| numbers(Some(name.as_str()), group))
                .collect(),
            other_classes: table.other_classes().map_or(0, ObjectGroup::objects),
            unclassified: table.unclassified().objects(),
            pairs: pairs
                .map(|((a, b), records)| ClassPair {
                    classes: [a, b],
                    records: *records,
                })
                .collect(),
        }
    }
}

impl<'a> ObjectNumbers<'a> {
    fn new(class: Option<&'a str>, group: &'a ObjectGroup, records: u64, drawn: u64) -> Self {
        let precision = group.average_precision(drawn);
        let features = group.features().iter();
        Self {
            class,
            objects: group.objects(),
            records: group.records(),
            mean_count: finite(group.objects() as f64 / records as f64),
            counts: Distribution::new(group.counts()),
            calibration: group.calibration().map(|known| Reliability {
                accuracy: known.accuracy(),
                confidence: known.confidence(),
                error: known.error(),
                bins: known
                    .bins()
                    .iter()
                    .map(|bin| {
                        (
                            bin.count,
                            bin.right,
                            finite(bin.confidence / bin.count as f64),
                        )
                    })
                    .collect(),
            }),
            average_precision: precision.map(|ap| ap.estimate),
            average_precision_bounds: precision.map(|ap| [ap.lower_bound, ap.upper_bound]),
            centres: group.centres().map(Centres::new),
            features: features
                .map(|(name, feature)| ObjectFeature {
                    name,
                    missing: group.missing(name),
                    design_effect: feature.sums().design_effect(),
                    numbers: Distribution::new(feature.numbers()),
                })
                .collect(),
        }
    }

    /// The median of a number.
    pub(super) fn median(&self, feature: &str) -> Option<f64> {
        let found = self.features.iter().find(|f| f.name == feature)?;
        found.numbers.as_ref()?.quantile(0.5)
    }
}
