//! The bodies of the sections: plain types, checked into valid ones here.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::sketch::{CoordinatedSample, Directions, Quantiles, SamplePart, SampleRow, Tally};
use crate::sphere::{Codebook, Distance, Medoid};

use super::config::ProfileConfig;
use super::container::damaged;
use super::group::SpaceGroup;
use super::novel::NovelRecord;
use super::sealed::SEALED_ROWS;
use super::space::SpaceProfile;
use super::space_config::{Role, SpaceConfig};

/// Body of a section -> value; the body must be used up.
pub(crate) fn from_body<'a, T: Deserialize<'a>>(body: &'a [u8], section: &str) -> Result<T> {
    let fail = |e: postcard::Error| damaged(format!("cannot decode: {e}")).at("section", section);
    let (value, rest) = postcard::take_from_bytes(body).map_err(fail)?;
    if rest.is_empty() {
        return Ok(value);
    }
    Err(damaged(format!("{} bytes too many", rest.len())).at("section", section))
}

/// Value -> body of a section.
pub(crate) fn to_body(value: &impl Serialize) -> Vec<u8> {
    // A growing buffer takes any value whose types postcard knows.
    postcard::to_allocvec(value).expect("section bodies are plain data")
}

#[derive(Serialize, Deserialize)]
pub(crate) struct RawConfig {
    seed: u64,
    max_classes: u64,
    spaces: Vec<RawSpaceConfig>,
}

#[derive(Serialize, Deserialize)]
struct RawSpaceConfig {
    name: String,
    dim: u32,
    distance: Distance,
    model: Option<String>,
    sample_rows: u64,
    sample_bytes: u64,
    role: Role,
    codebook: Option<Codebook>,
}

impl From<&ProfileConfig> for RawConfig {
    fn from(config: &ProfileConfig) -> Self {
        let space = |(name, s): (&String, &SpaceConfig)| RawSpaceConfig {
            name: name.clone(),
            dim: s.dim as u32,
            distance: s.distance,
            model: s.model.clone(),
            sample_rows: s.sample_rows as u64,
            sample_bytes: s.sample_bytes as u64,
            role: s.role,
            codebook: s.codebook.as_deref().cloned(),
        };
        Self {
            seed: config.seed,
            max_classes: config.max_classes as u64,
            spaces: config.spaces.iter().map(space).collect(),
        }
    }
}

impl TryFrom<RawConfig> for ProfileConfig {
    type Error = Error;

    fn try_from(raw: RawConfig) -> Result<Self> {
        let size = |n: u64| usize::try_from(n).map_err(|_| damaged("a size exceeds memory"));
        let mut config = Self::new().seed(raw.seed);
        config.max_classes = size(raw.max_classes)?;
        let mut last: Option<String> = None;
        for space in raw.spaces {
            if last.as_ref().is_some_and(|l| *l >= space.name) {
                return Err(damaged("the spaces are out of order"));
            }
            if space.sample_rows == 0 && space.sample_bytes > 0 {
                return Err(damaged("bytes are allowed for a sample of no rows"));
            }
            last = Some(space.name.clone());
            config.spaces.insert(
                space.name,
                SpaceConfig {
                    dim: space.dim as usize,
                    distance: space.distance,
                    model: space.model,
                    // In a section of its own.
                    mean: None,
                    sample_rows: size(space.sample_rows)?,
                    sample_bytes: size(space.sample_bytes)?,
                    role: space.role,
                    codebook: space.codebook.map(Arc::new),
                },
            );
        }
        config
            .check()
            .map_err(|e| damaged(format!("the configuration does not hold together: {e}")))?;
        Ok(config)
    }
}

/// A sample whose rows stand in a table that all samples of the space share.
#[derive(Serialize, Deserialize)]
pub(super) struct RawSample {
    pub(super) k: u64,
    /// (hash, all rows of the hash, (index into the table, count) of each kept row)
    pub(super) hashes: Vec<RawHash>,
}

pub(super) type RawHash = (u64, u64, Vec<(u32, u64)>);

#[derive(Serialize, Deserialize)]
pub(super) struct RawGroup {
    pub(super) directions: Directions,
    pub(super) distance: Quantiles,
    pub(super) boundary: Quantiles,
    pub(super) sample: RawSample,
    pub(super) nearest: Option<Medoid>,
    pub(super) no_centre: u64,
    pub(super) clusters: Vec<u64>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct RawSpace {
    pub(super) name: String,
    pub(super) tally: Tally,
    pub(super) norm: Quantiles,
    pub(super) cluster_distance: Quantiles,
    pub(super) own_distance: Quantiles,
    pub(super) boundary: Quantiles,
    /// Every sampled row once, by hash, then by bytes.
    pub(super) rows: Vec<Arc<SampleRow>>,
    pub(super) sample: RawSample,
    pub(super) unclassified: RawGroup,
    pub(super) other_classes: Option<RawGroup>,
    pub(super) classes: Vec<(String, RawGroup)>,
    pub(super) clusters: Vec<RawGroup>,
    pub(super) novel: Vec<NovelRecord>,
}

/// Rows of several samples, each once.
#[derive(Default)]
struct RowTable(BTreeMap<(u64, Vec<u8>), (Arc<SampleRow>, u32)>);

impl RowTable {
    fn collect(&mut self, sample: &CoordinatedSample) {
        for entry in sample.rows() {
            self.0
                .entry((entry.hash, entry.row.to_bytes()))
                .or_insert_with(|| (Arc::clone(entry.row), 0));
        }
    }

    fn number(&mut self) {
        for (index, (_, number)) in (0..).zip(self.0.values_mut()) {
            *number = index;
        }
    }

    fn refer(&self, sample: &CoordinatedSample) -> RawSample {
        let parts = sample.parts().map(|part| {
            let entry = |(row, count): &(Arc<SampleRow>, u64)| {
                let (_, number) = &self.0[&(part.hash, row.to_bytes())];
                (*number, *count)
            };
            (part.hash, part.total, part.rows.iter().map(entry).collect())
        });
        RawSample {
            k: sample.k() as u64,
            hashes: parts.collect(),
        }
    }

    fn group(&self, group: &SpaceGroup) -> RawGroup {
        RawGroup {
            directions: group.directions.clone(),
            distance: group.distance.clone(),
            boundary: group.boundary.clone(),
            sample: self.refer(&group.sample),
            nearest: group.nearest.clone(),
            no_centre: group.no_centre,
            clusters: group.clusters.clone(),
        }
    }
}

impl RawSpace {
    pub(crate) fn new(name: &str, space: &SpaceProfile) -> Self {
        let mut table = RowTable::default();
        table.collect(&space.sample);
        for group in space.groups() {
            table.collect(&group.sample);
        }
        table.number();
        Self {
            name: name.to_owned(),
            tally: space.tally.clone(),
            norm: space.norm.clone(),
            cluster_distance: space.cluster_distance.clone(),
            own_distance: space.own_distance.clone(),
            boundary: space.boundary.clone(),
            sample: table.refer(&space.sample),
            unclassified: table.group(&space.unclassified),
            other_classes: space.other_classes.as_ref().map(|g| table.group(g)),
            classes: space
                .classes
                .iter()
                .map(|(name, g)| (name.clone(), table.group(g)))
                .collect(),
            clusters: space.clusters.iter().map(|g| table.group(g)).collect(),
            novel: space.novel.clone(),
            rows: table.0.into_values().map(|(row, _)| row).collect(),
        }
    }

    /// Checks the parts against the configuration and each other.
    pub(crate) fn check_into(self, config: &SpaceConfig, sealed: bool) -> Result<SpaceProfile> {
        let dim = config.dim;
        let clusters = config.codebook.as_ref().map_or(0, |c| c.clusters().len());
        if self.rows.iter().any(|row| row.vector.len() != dim) {
            return Err(damaged("a sampled vector has another dimension"));
        }
        if self.clusters.len() != clusters {
            return Err(damaged("not one state for each cluster of the codebook"));
        }
        // A sealed profile does not say how many rows of a class lie in a cluster.
        let counted_clusters = if sealed { 0 } else { clusters };
        let rows = &self.rows;
        let group = |raw: RawGroup, clusters| raw.check_into(dim, clusters, rows);
        let mut classes = BTreeMap::new();
        for (name, raw) in self.classes {
            if classes.last_key_value().is_some_and(|(l, _)| *l >= name) {
                return Err(damaged("the classes are out of order"));
            }
            classes.insert(name, group(raw, counted_clusters)?);
        }
        let space = SpaceProfile {
            dim,
            tally: self.tally,
            norm: self.norm,
            cluster_distance: self.cluster_distance,
            own_distance: self.own_distance,
            boundary: self.boundary,
            unclassified: group(self.unclassified, counted_clusters)?,
            other_classes: self
                .other_classes
                .map(|raw| group(raw, counted_clusters))
                .transpose()?,
            classes,
            clusters: self
                .clusters
                .into_iter()
                .map(|raw| group(raw, 0))
                .collect::<Result<_>>()?,
            sample: self.sample.check_into(rows)?,
            novel: self.novel,
            sealed: None,
        };
        let classed = space.classes.values().chain([&space.unclassified]);
        let counted: u128 = classed
            .chain(&space.other_classes)
            .map(|g| u128::from(g.count()))
            .sum();
        let is_withheld = sealed && space.rows() < SEALED_ROWS && counted == 0;
        if counted != u128::from(space.rows()) && !is_withheld {
            return Err(damaged("the classes do not add up to the rows"));
        }
        Ok(space)
    }
}

impl RawGroup {
    fn check_into(
        self,
        dim: usize,
        clusters: usize,
        rows: &[Arc<SampleRow>],
    ) -> Result<SpaceGroup> {
        if self.directions.dim() != dim {
            return Err(damaged("a sum of directions has another dimension"));
        }
        if self.clusters.len() != clusters {
            return Err(damaged("a class does not count every cluster"));
        }
        Ok(SpaceGroup {
            directions: self.directions,
            distance: self.distance,
            boundary: self.boundary,
            sample: self.sample.check_into(rows)?,
            nearest: self.nearest,
            no_centre: self.no_centre,
            clusters: self.clusters,
        })
    }
}

impl RawSample {
    fn check_into(self, rows: &[Arc<SampleRow>]) -> Result<CoordinatedSample> {
        let k = usize::try_from(self.k).map_err(|_| damaged("a sample exceeds memory"))?;
        let mut parts = Vec::with_capacity(self.hashes.len());
        for (hash, total, entries) in self.hashes {
            let entries = entries
                .into_iter()
                .map(|(index, count)| {
                    let row = rows.get(index as usize);
                    let row = row.ok_or_else(|| damaged("a sampled row does not exist"))?;
                    Ok((Arc::clone(row), count))
                })
                .collect::<Result<Vec<_>>>()?;
            parts.push(SamplePart {
                hash,
                total,
                rows: entries,
            });
        }
        CoordinatedSample::from_parts(k, parts)
    }
}
