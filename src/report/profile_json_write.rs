//! From a profile to its JSON document, field by field.

use super::json_frame::Frame;
use super::json_write::finite;
use super::profile_json::{
    Contents, Count, Distribution, Document, Feature, Interval, ObjectKind, PartBytes, Place,
    Quantile, Record, Space, Types,
};
use crate::profile::{Profile, SpaceConfig, SpaceGroup, SpaceProfile};
use crate::sketch::{Estimate, Quantiles, Tally};
use crate::sphere::is_made_up;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Most frequent values of a feature that are listed.
const VALUES: usize = 20;
/// Ranks of the quantiles that are listed.
const RANKS: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

impl<'a> Document<'a> {
    pub(super) fn new(profile: &'a Profile, name: &'a str) -> Self {
        let config = profile.config();
        let tags = profile.tags().iter();
        let features = profile.features().iter();
        let spaces = profile.spaces().iter();
        let sampled = profile.sample().rows();
        let kept_ids: BTreeSet<&str> = sampled.filter_map(|kept| kept.row.id.as_deref()).collect();
        Self {
            frame: Frame::new("driftsphere profile"),
            name,
            compare_hash: format!("{:032x}", config.compare_hash()),
            merge_hash: format!("{:032x}", config.merge_hash()),
            seed: config.seed,
            records: profile.records(),
            not_used: not_used(profile.tally()),
            first_time: profile.times().map(|times| times.0),
            last_time: profile.times().map(|times| times.1),
            contents: Contents::new(profile),
            kept_records: profile.sample().len() as u64,
            kept_ids: kept_ids.len() as u64,
            tags: tags
                .map(|(key, values)| (key.as_str(), values.iter().map(String::as_str).collect()))
                .collect(),
            class_source: profile.class_sources().name(),
            features: features
                .map(|(name, feature)| {
                    let period = config.angles.get(name).copied();
                    Feature::new(name, feature, profile.records(), period)
                })
                .collect(),
            spaces: spaces
                .map(|(name, space)| Space::new(name, space, &config.spaces[name]))
                .collect(),
            objects: profile
                .objects()
                .iter()
                .map(|(kind, table)| ObjectKind::new(kind, profile, table))
                .collect(),
        }
    }
}

impl Contents {
    fn new(profile: &Profile) -> Self {
        let contents = profile.contents();
        let parts = contents.parts().map(|(part, bytes)| PartBytes {
            name: part.name(),
            bytes,
        });
        Self {
            bytes: contents.bytes(),
            ids: contents.ids().name(),
            sealed: contents.is_sealed(),
            parts: parts.collect(),
        }
    }
}

fn not_used(tally: &Tally) -> Vec<Count<'_>> {
    let count = |(name, count)| Count { name, count };
    tally.skipped().chain(tally.failed()).map(count).collect()
}

impl<'a> Feature<'a> {
    fn new(
        name: &'a str,
        feature: &'a crate::profile::Feature,
        records: u64,
        period: Option<f64>,
    ) -> Self {
        let categories = feature.categories();
        let mut values: Vec<Count<'a>> = categories
            .iter()
            .map(|(name, count)| Count {
                name,
                count: count.estimate,
            })
            .collect();
        // By falling count; equal ones stay in order of name.
        values.sort_by_key(|value| Reverse(value.count));
        values.truncate(VALUES);
        let single = categories
            .iter()
            .filter(|(_, count)| count.lower_bound <= 1);
        let single_values = single.count() as u64;
        Self {
            name,
            single_values,
            records: feature.count(),
            missing: feature.missing_of(records),
            period,
            numbers: Distribution::new(feature.numbers()),
            values,
            values_kept: categories.len() as u64,
            types: Types::new(feature),
            distinct: feature.distinct().map(Interval::new),
            max_error: categories.max_error(),
        }
    }
}

impl Types {
    fn new(feature: &crate::profile::Feature) -> Self {
        let numbers = feature.numbers().count() + feature.numbers().nan_count();
        Self {
            integers: feature.integers(),
            floats: numbers.saturating_sub(feature.integers()),
            truths: feature.truths(),
            texts: feature
                .categories()
                .total()
                .saturating_sub(feature.truths()),
        }
    }
}

impl Interval {
    fn new(estimate: Estimate) -> Self {
        Self {
            estimate: estimate.estimate,
            lower_bound: estimate.lower_bound,
            upper_bound: estimate.upper_bound,
        }
    }
}

impl Distribution {
    pub(super) fn new(numbers: &Quantiles) -> Option<Self> {
        if numbers.count() + numbers.nan_count() == 0 {
            return None;
        }
        let quantile = |rank| {
            // The ranks are constants in [0, 1].
            let found = numbers.quantile(rank).ok().flatten();
            Quantile {
                rank,
                estimate: found.as_ref().and_then(|q| finite(q.estimate)),
                lower_bound: found.as_ref().and_then(|q| finite(q.lower_bound)),
                upper_bound: found.as_ref().and_then(|q| finite(q.upper_bound)),
            }
        };
        Some(Self {
            count: numbers.count(),
            nan: numbers.nan_count(),
            min: numbers.min(),
            max: numbers.max(),
            mean: numbers.mean().and_then(|mean| finite(mean.estimate)),
            sd: numbers.sd().and_then(|sd| finite(sd.estimate)),
            quantiles: RANKS.map(quantile).into(),
        })
    }

    /// The quantile of one of the listed ranks.
    pub(super) fn quantile(&self, rank: f64) -> Option<f64> {
        let found = self.quantiles.iter().find(|q| q.rank == rank);
        found.and_then(|q| q.estimate)
    }
}

impl<'a> Space<'a> {
    fn new(name: &'a str, space: &'a SpaceProfile, config: &'a SpaceConfig) -> Self {
        let directions = space.directions();
        let book = config.codebook.as_deref();
        let rows = space.rows();
        let cluster_names = book.map_or(&[][..], |book| book.clusters());
        let cluster = |(group, centre): (&'a SpaceGroup, &'a crate::sphere::Centre)| {
            Place::new(&centre.name, group, rows)
        };
        let (kept_embeddings, kept_ids) = kept(space, config);
        Self {
            name,
            dim: config.dim,
            distance: config.distance.name(),
            model: config.model.as_deref(),
            mean_rows: config.mean.as_ref().map(|mean| mean.rows()),
            role: config.role.name(),
            codebook: book.map(|book| format!("{:032x}", book.content_hash())),
            rows,
            not_used: not_used(space.tally()),
            kept_embeddings,
            kept_ids,
            norm: Distribution::new(space.norm()),
            resultant_length: directions.resultant_length().and_then(finite),
            concentration: directions.concentration().and_then(finite),
            cluster_distance: Distribution::new(space.cluster_distance()),
            own_distance: Distribution::new(space.own_distance()),
            boundary: Distribution::new(space.boundary()),
            clusters: space
                .clusters()
                .iter()
                .zip(cluster_names)
                .map(cluster)
                .collect(),
            classes: space
                .classes()
                .iter()
                .map(|(name, group)| Place::new(name, group, rows))
                .collect(),
            unclassified: space.unclassified().count(),
            other_classes: space.other_classes().map_or(0, SpaceGroup::count),
            no_centre: space.no_centre(),
            novel: space
                .novel()
                .iter()
                .map(|record| Record {
                    id: &record.id,
                    distance: finite(record.distance),
                })
                .collect(),
        }
    }
}

/// Records of which the embedding, and of which the id, is kept somewhere.
fn kept(space: &SpaceProfile, config: &SpaceConfig) -> (u64, u64) {
    let groups: Vec<&SpaceGroup> = space
        .classes()
        .values()
        .chain([space.unclassified()])
        .chain(space.other_classes())
        .chain(space.clusters())
        .collect();
    let mut rows = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for sample in groups.iter().map(|g| g.sample()).chain([space.sample()]) {
        for sampled in sample.rows() {
            rows.insert(sampled.hash);
            ids.extend(sampled.row.id.as_deref());
        }
    }
    let book = config.codebook.as_deref();
    let centres = book
        .into_iter()
        .flat_map(|b| b.classes().iter().chain(b.clusters()));
    let medoids = centres.filter_map(|centre| centre.medoid.as_ref());
    let named = groups.iter().filter_map(|g| g.nearest()).chain(medoids);
    let named = named.map(|record| record.id.as_str());
    let novel = space.novel().iter().map(|record| record.id.as_str());
    ids.extend(named.chain(novel).filter(|id| !is_made_up(id)));
    (rows.len() as u64, ids.len() as u64)
}

impl<'a> Place<'a> {
    fn new(name: &'a str, group: &'a SpaceGroup, all: u64) -> Self {
        Self {
            name,
            rows: group.count(),
            share: finite(group.count() as f64 / all as f64),
            distance: Distribution::new(group.distance()),
            nearest: group.nearest().map(|record| Record {
                id: &record.id,
                distance: finite(record.distance),
            }),
        }
    }
}
