//! Profiles that can leave the house: aggregates of many rows, and nothing else.

use std::collections::BTreeMap;

use half::f16;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::sketch::{CoordinatedSample, QuantileSketch, Quantiles};
use crate::sphere::Centre;

use super::container::damaged;
use super::feature::Feature;
use super::group::SpaceGroup;
use super::object_table::ObjectTable;
use super::sealing::seal_space;
use super::space::SpaceProfile;
use super::space_config::SpaceConfig;
use super::window::Profile;

/// Fewest rows that anything in a sealed profile is made of.
pub const SEALED_ROWS: u64 = 20;
/// What the values of a feature that came fewer than [`SEALED_ROWS`] times are
/// counted as.
pub const POOLED_VALUES: &str = "other values";
/// Most components that are kept.
pub(super) const MOST_COMPONENTS: usize = 100;

/// What stands in a sealed space for its samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SealedSpace {
    /// What rows were measured against: [`Codebook::centres_hash`].
    pub(crate) centres: Option<u128>,
    pub(crate) components: Option<SealedComponents>,
    pub(crate) all: Option<PairDistances>,
    pub(crate) classes: BTreeMap<String, PairDistances>,
    pub(crate) clusters: BTreeMap<String, PairDistances>,
    pub(crate) between: BTreeMap<(String, String), PairDistances>,
}

/// The leading principal components of the sample of a space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SealedComponents {
    pub(crate) rows: u64,
    pub(crate) eigenvalues: Vec<f64>,
    /// Unit vectors as little-endian half floats, `(components, dim)`.
    vectors: Vec<u8>,
}

/// Distances of pairs of sampled rows.
///
/// A bucket of the sketch holds more than 19 (n - 1) of the pairs of n rows, so no
/// 19 rows have a part in all of them: it is made of at least 20.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairDistances {
    pub(crate) rows: u64,
    pub(crate) distances: Quantiles,
    pub(crate) mean: f64,
    pub(crate) sd: f64,
}

impl SealedSpace {
    /// The leading principal components of the sample; `None` of fewer than 20
    /// rows.
    #[must_use]
    pub fn components(&self) -> Option<&SealedComponents> {
        self.components.as_ref()
    }

    /// Distances of pairs of all rows, of the rows of each class, of each cluster.
    pub fn pairs(&self) -> impl Iterator<Item = &PairDistances> {
        let groups = self.classes.values().chain(self.clusters.values());
        self.all.iter().chain(groups).chain(self.between.values())
    }

    fn check(&self, dim: usize) -> Result<()> {
        if let Some(components) = &self.components {
            let count = components.eigenvalues.len();
            let finite = |v: &f64| v.is_finite() && *v >= 0.0;
            if components.rows < SEALED_ROWS
                || count > MOST_COMPONENTS
                || components.vectors.len() as u128 != 2 * dim as u128 * count as u128
                || !components.eigenvalues.iter().all(finite)
                || components
                    .vectors()
                    .iter()
                    .any(|v| !(-1.01..=1.01).contains(v))
            {
                return Err(damaged(
                    "the components of a sealed space do not hold together",
                ));
            }
        }
        for pairs in self.pairs() {
            let others = pairs.rows.saturating_sub(1);
            let few = |b: crate::sketch::Bucket| b.count <= others.saturating_mul(19);
            let finite = pairs.mean.is_finite() && pairs.sd.is_finite() && pairs.sd >= 0.0;
            if pairs.rows < SEALED_ROWS || !finite || pairs.distances.buckets().any(few) {
                return Err(damaged("distances of too few pairs in a sealed space"));
            }
        }
        Ok(())
    }
}

impl SealedComponents {
    /// Components of so many rows, the vectors one after the other.
    pub(crate) fn new(rows: u64, eigenvalues: Vec<f64>, vectors: &[f32]) -> Self {
        let bytes = |v: &f32| f16::from_f32(*v).to_le_bytes();
        Self {
            rows,
            eigenvalues,
            vectors: vectors.iter().flat_map(bytes).collect(),
        }
    }

    /// Variances of the rows along the components, widest first.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// The components, `(components, dim)`.
    #[must_use]
    pub fn vectors(&self) -> Vec<f32> {
        let (pairs, _) = self.vectors.as_chunks::<2>();
        pairs
            .iter()
            .map(|p| f16::from_le_bytes(*p).to_f32())
            .collect()
    }
}

impl PairDistances {
    /// Of the distances of pairs of `rows` records, at least two.
    ///
    /// `None` for fewer than 20 rows.
    pub(crate) fn new(rows: u64, distances: &[f64]) -> Option<Self> {
        if rows < SEALED_ROWS {
            return None;
        }
        let mut sketch = QuantileSketch::new(QuantileSketch::GROUP_CAP).ok()?;
        sketch.extend(distances.iter().copied());
        let sketch = sketch.freeze();
        Some(Self {
            rows,
            mean: sketch.mean()?.estimate,
            sd: sketch.sd()?.estimate,
            distances: sketch.joined(19 * (rows - 1) + 1),
        })
    }

    /// Records that the pairs are made of.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The distances.
    #[must_use]
    pub fn distances(&self) -> &Quantiles {
        &self.distances
    }

    /// Their mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Their standard deviation.
    #[must_use]
    pub fn sd(&self) -> f64 {
        self.sd
    }
}

impl Profile {
    /// The sealed profile, with what `summaries` say of the samples of each space.
    pub(crate) fn sealed_with(&self, mut summaries: BTreeMap<String, SealedSpace>) -> Result<Self> {
        let mut out = self.clone();
        out.config.sealed = true;
        out.times = None;
        out.sample = CoordinatedSample::new(0);
        out.pictures = None;
        out.features = self
            .features
            .iter()
            .map(|(n, f)| (n.clone(), f.sealed()))
            .collect();
        out.objects = self
            .objects
            .iter()
            .map(|(kind, table)| Ok((kind.clone(), table.sealed()?)))
            .collect::<Result<_>>()?;
        for (name, space) in &mut out.spaces {
            let config = &mut out.config.spaces;
            if let (Some(config), Some(summary)) = (config.get_mut(name), summaries.remove(name)) {
                *space = seal_space(space, config, summary);
            }
        }
        Ok(out)
    }

    /// Whether a mean that is subtracted from rows tells of too few records to leave.
    pub(crate) fn has_telling_means(&self) -> bool {
        let spaces = self.config.spaces.values();
        let mut means = spaces.filter_map(|space| space.mean.as_ref());
        means.any(|mean| (1..SEALED_ROWS).contains(&mean.rows()))
    }

    /// What makes this no sealed profile, if anything does: it is asked of every
    /// one that is read.
    pub(crate) fn check_sealed(&self) -> Result<()> {
        if self.times.is_some() {
            return Err(damaged("a sealed profile tells the times of records"));
        }
        if self.pictures.is_some() {
            return Err(damaged("a sealed profile holds hashes of pictures"));
        }
        if self.has_telling_means() {
            return Err(damaged("the mean of too few records in a sealed profile"));
        }
        for feature in self.features.values() {
            let counts = feature.categories().iter();
            if is_telling(feature.numbers())
                || counts.into_iter().any(|(_, c)| c.estimate < SEALED_ROWS)
            {
                return Err(damaged("a value of too few records in a sealed profile"));
            }
        }
        for (kind, table) in &self.objects {
            table.check_sealed().map_err(|e| e.at("objects", kind))?;
        }
        for (name, space) in &self.spaces {
            check_space(space, &self.config.spaces[name]).map_err(|e| e.at("space", name))?;
        }
        Ok(())
    }

    /// Whether this has something that only sealed profiles have.
    pub(crate) fn has_sealed_parts(&self) -> bool {
        let features = self.features.values().map(Feature::numbers);
        let spaces = self.spaces.values();
        let sketches = spaces.flat_map(|space| {
            let groups = space.groups().flat_map(|g| [&g.distance, &g.boundary]);
            groups.chain(space.quantiles())
        });
        let tables = self.objects.values().flat_map(ObjectTable::quantiles);
        features
            .chain(sketches)
            .chain(tables)
            .any(Quantiles::is_joined)
    }
}

/// Whether a bucket is of few values, or the extremes are there.
pub(super) fn is_telling(numbers: &Quantiles) -> bool {
    numbers.min().is_some() || numbers.buckets().any(|b| b.count < SEALED_ROWS)
}

impl SpaceProfile {
    /// Counts a class among the other classes; of these, nothing but the sum is
    /// then known.
    pub(crate) fn pool_class(&mut self, name: &str) {
        let Some(class) = self.classes.remove(name) else {
            return;
        };
        let mut pool = SpaceGroup::of(class.directions);
        pool.no_centre = class.no_centre;
        if let Some(other) = self.other_classes.take() {
            // One space, one dimension: nothing to refuse.
            let _ = pool.directions.merge(&other.directions);
            pool.no_centre += other.no_centre;
        }
        self.other_classes = Some(pool);
    }

    /// Leaves only some of the clusters.
    pub(crate) fn set_clusters(&mut self, clusters: Vec<SpaceGroup>) {
        self.clusters = clusters;
    }

    fn quantiles(&self) -> [&Quantiles; 4] {
        [
            &self.norm,
            &self.cluster_distance,
            &self.own_distance,
            &self.boundary,
        ]
    }
}

fn check_space(space: &SpaceProfile, config: &SpaceConfig) -> Result<()> {
    let Some(sealed) = &space.sealed else {
        return Err(damaged(
            "a sealed space says nothing in place of its samples",
        ));
    };
    sealed.check(config.dim)?;
    let kept = |sample: &CoordinatedSample| sample.k() > 0;
    let group = |g: &SpaceGroup| {
        let few = (1..SEALED_ROWS).contains(&g.count());
        let named = g.nearest.is_some() || kept(&g.sample) || !g.clusters.is_empty();
        few || named || is_telling(&g.distance) || is_telling(&g.boundary)
    };
    let of_space = kept(&space.sample) || !space.novel.is_empty();
    if of_space || space.groups().any(group) || space.quantiles().into_iter().any(is_telling) {
        return Err(damaged("records, or too few of them, in a sealed space"));
    }
    let centres = config.codebook.iter().flat_map(|book| {
        let telling = |c: &Centre| c.medoid.is_some() || c.sum.count() < SEALED_ROWS;
        let centres = book.classes().iter().chain(book.clusters());
        centres.map(telling).chain([!book.members().is_empty()])
    });
    match centres.into_iter().any(|telling| telling) {
        true => Err(damaged("a sealed codebook tells of records")),
        false => Ok(()),
    }
}
