//! The signals of a series, taken out of profiles.

use std::collections::BTreeMap;

use super::missing::{self, MISSING};
use super::options::SeriesOptions;
use super::result::Family;
use super::values::Values;
use crate::compare::outputs::is_output;
use crate::profile::{Feature, Profile, SpaceProfile};

/// Texts with more values than this are names of records, not categories.
const MOST_VALUES: usize = 100;

/// A signal by family and name.
pub(super) type Key = (Family, String);

/// What a signal may be held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Against {
    /// The history of the same phase, or the reference.
    Phase,
    /// The reference alone: its rows were measured without themselves, those of the
    /// history were not.
    Reference,
}

/// A signal of one window.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) values: Values,
    pub(super) against: Against,
}

/// The signals of one window.
pub(super) fn signals(profile: &Profile, options: &SeriesOptions) -> BTreeMap<Key, Taken> {
    let mut out = BTreeMap::new();
    let mut put = |family, name: String, values, against| {
        out.insert((family, name), Taken { values, against });
    };
    for (name, feature) in profile.features() {
        let family = family_of(name, options);
        if is_watched(name) {
            let values = missing::of_feature(feature, profile.records());
            put(family, format!("{name}{MISSING}"), values, Against::Phase);
        }
        let is_class = matches!(name.as_str(), "label" | "prediction");
        if let Some(values) = of_feature(feature, is_class) {
            put(family, name.clone(), values, Against::Phase);
        }
    }
    let names_classes = ["label", "prediction"]
        .iter()
        .any(|n| profile.features().contains_key(*n));
    for (name, space) in profile.spaces() {
        let classes = space.classes();
        if !classes.is_empty() && !names_classes {
            let counts = classes
                .iter()
                .map(|(class, group)| (class.clone(), group.count()));
            put(
                Family::ClassMix,
                format!("{name}: class shares"),
                Values::Counts(counts.collect()),
                Against::Phase,
            );
        }
        put(
            Family::Embedding,
            format!("{name}: norm"),
            Values::Numbers(space.norm().clone()),
            Against::Phase,
        );
        if let Some((title, values)) = distances(space) {
            put(
                Family::Embedding,
                format!("{name}: {title}"),
                values,
                Against::Reference,
            );
        }
    }
    out
}

fn family_of(name: &str, options: &SeriesOptions) -> Family {
    match name {
        "label" => Family::ClassMix,
        "prediction" => Family::Outputs,
        _ if is_output(name, &options.outputs) => Family::Outputs,
        _ => Family::Inputs,
    }
}

/// Whether it matters that a feature does not come: labels often come later than their records.
pub(super) fn is_watched(name: &str) -> bool {
    name != "label"
}

/// Numbers where most values are, else categories.
fn of_feature(feature: &Feature, is_class: bool) -> Option<Values> {
    let (numbers, categories) = (feature.numbers(), feature.categories());
    // Classes that are written as numbers are names all the same.
    if !is_class && numbers.count() >= categories.total() {
        return (numbers.count() > 0).then(|| Values::Numbers(numbers.clone()));
    }
    if categories.total() > 0 {
        let few = categories.is_exact() && (is_class || categories.len() <= MOST_VALUES);
        let counts = || {
            categories
                .iter()
                .map(|(value, n)| (value.to_owned(), n.estimate))
        };
        return few.then(|| Values::Counts(counts().collect()));
    }
    let buckets = numbers.buckets();
    let few = is_class || buckets.len() <= MOST_VALUES;
    let few = few && numbers.is_exact() && numbers.count() > 0;
    few.then(|| {
        let counts = numbers
            .buckets()
            .map(|bucket| (bucket.midpoint().to_string(), bucket.count));
        Values::Counts(counts.collect())
    })
}

/// Distances to the centre of the own class, class by class; without classes, to
/// the nearest cluster.
fn distances(space: &SpaceProfile) -> Option<(&'static str, Values)> {
    let classes: BTreeMap<String, _> = (space.classes().iter())
        .filter(|(_, group)| group.distance().count() > 0)
        .map(|(class, group)| (class.clone(), group.distance().clone()))
        .collect();
    if !classes.is_empty() {
        return Some(("own-centre distance", Values::ByClass(classes)));
    }
    let nearest = space.cluster_distance();
    (nearest.count() > 0).then(|| {
        (
            "distance to the nearest cluster",
            Values::Numbers(nearest.clone()),
        )
    })
}
