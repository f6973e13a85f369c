//! Profiles that can leave the house: aggregates of many rows, and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use half::f16;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::sketch::{CoordinatedSample, Directions, QuantileSketch, Quantiles};
use crate::sphere::{Centre, Codebook, Medoids};

use super::config::{ProfileConfig, SpaceConfig};
use super::container::damaged;
use super::feature::Feature;
use super::group::SpaceGroup;
use super::space::SpaceProfile;
use super::window::Profile;

/// Fewest rows that anything in a sealed profile is made of.
pub const SEALED_ROWS: u64 = 20;
/// What the values of a feature that came fewer than [`SEALED_ROWS`] times are
/// counted as.
pub const POOLED_VALUES: &str = "other values";
/// Most components that are kept.
const MOST_COMPONENTS: usize = 100;

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
    pub(crate) fn sealed_with(&self, mut summaries: BTreeMap<String, SealedSpace>) -> Self {
        let mut out = self.clone();
        out.config.sealed = true;
        out.times = None;
        out.features = self
            .features
            .iter()
            .map(|(n, f)| (n.clone(), f.sealed()))
            .collect();
        for (name, space) in &mut out.spaces {
            let config = &mut out.config.spaces;
            if let (Some(config), Some(summary)) = (config.get_mut(name), summaries.remove(name)) {
                *space = seal_space(space, config, summary);
            }
        }
        out
    }

    /// What makes this no sealed profile, if anything does: it is asked of every
    /// one that is read.
    pub(crate) fn check_sealed(&self) -> Result<()> {
        if self.times.is_some() {
            return Err(damaged("a sealed profile tells the times of records"));
        }
        for feature in self.features.values() {
            let counts = feature.categories().iter();
            if is_telling(feature.numbers())
                || counts.into_iter().any(|(_, c)| c.estimate < SEALED_ROWS)
            {
                return Err(damaged("a value of too few records in a sealed profile"));
            }
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
        features.chain(sketches).any(Quantiles::is_joined)
    }
}

/// Whether a bucket is of few values, or the extremes are there.
fn is_telling(numbers: &Quantiles) -> bool {
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

/// Centres of many rows, without the records behind them.
fn seal_book(book: &Codebook, kept: &[bool], is_pooled: impl Fn(&str) -> bool) -> Codebook {
    // The centre of a pooled class would tell what the pool is without it.
    let many = |c: &&Centre| c.sum.count() >= SEALED_ROWS && !is_pooled(&c.name);
    let clusters = book.clusters().iter().zip(kept).filter(|(_, kept)| **kept);
    let mut sealed = Codebook::new(
        book.dim(),
        book.distance(),
        book.classes().iter().filter(many).cloned().collect(),
        clusters.map(|(centre, _)| centre.clone()).collect(),
        Vec::new(),
        book.provenance().clone(),
    )
    .expect("centres of a codebook make a codebook");
    let none = |n: usize| Medoids::from_found(vec![None; n]);
    let (classes, clusters) = (sealed.classes().len(), sealed.clusters().len());
    let scope = book.provenance().medoids;
    sealed
        .set_medoids(none(classes), none(clusters), scope)
        .expect("as many as there are centres");
    sealed
}

/// Which of several groups may leave by themselves: those of at least 20 rows, but
/// for the smallest of them that the others need to be 20 together.
fn leaving(counts: &[u64]) -> Vec<bool> {
    let mut leaves: Vec<bool> = counts
        .iter()
        .map(|n| *n >= SEALED_ROWS || *n == 0)
        .collect();
    let pooled = counts.iter().zip(&leaves).filter(|(_, leaves)| !**leaves);
    let mut pool = pooled.map(|(n, _)| *n).fold(0, u64::saturating_add);
    while pool > 0 && pool < SEALED_ROWS {
        let smallest = (0..counts.len()).filter(|&i| leaves[i] && counts[i] > 0);
        let Some(smallest) = smallest.min_by_key(|&i| (counts[i], i)) else {
            break;
        };
        leaves[smallest] = false;
        pool = pool.saturating_add(counts[smallest]);
    }
    leaves
}

fn seal_space(
    space: &SpaceProfile,
    config: &mut SpaceConfig,
    mut summary: SealedSpace,
) -> SpaceProfile {
    let dim = config.dim;
    let seal = |group: &SpaceGroup| SpaceGroup {
        distance: group.distance.joined(SEALED_ROWS),
        boundary: group.boundary.joined(SEALED_ROWS),
        no_centre: group.no_centre,
        ..SpaceGroup::of(group.directions.clone())
    };
    // Clusters: the rest is what they lack to all rows.
    let centres: Vec<Centre> = config
        .codebook
        .iter()
        .flat_map(|b| b.clusters().to_vec())
        .collect();
    let counts: Vec<u64> = space.clusters.iter().map(SpaceGroup::count).collect();
    let mut kept = leaving(&counts);
    for (kept, centre) in kept.iter_mut().zip(&centres) {
        *kept &= centre.sum.count() >= SEALED_ROWS;
    }
    // A cluster whose centre stays behind may have left too few behind with it.
    let behind = counts.iter().zip(&kept).filter(|(_, kept)| !**kept);
    let total = behind.map(|(n, _)| *n).fold(0, u64::saturating_add);
    if total > 0 && total < SEALED_ROWS {
        let smallest = (0..counts.len()).filter(|&i| kept[i] && counts[i] > 0);
        let smallest = smallest.min_by_key(|&i| (counts[i], i));
        smallest.into_iter().for_each(|i| kept[i] = false);
    }
    let clusters = space.clusters.iter().zip(&kept).filter(|(_, kept)| **kept);
    let clusters: Vec<SpaceGroup> = clusters.map(|(group, _)| seal(group)).collect();

    // Classes: first the pool, then by name.
    let unclassified = space.unclassified.count();
    let other = space.other_classes.as_ref().map_or(0, SpaceGroup::count);
    let counts: Vec<u64> = [unclassified, other]
        .into_iter()
        .chain(space.classes.values().map(SpaceGroup::count))
        .collect();
    let leaves = leaving(&counts);
    let mut pool = SpaceGroup::of(Directions::new(dim));
    let mut add = |group: &SpaceGroup| {
        // One space, one dimension: nothing to refuse.
        let _ = pool.directions.merge(&group.directions);
        pool.no_centre += group.no_centre;
    };
    let mut classes = BTreeMap::new();
    for ((name, group), leaves) in space.classes.iter().zip(&leaves[2..]) {
        match leaves {
            true => drop(classes.insert(name.clone(), seal(group))),
            false => add(group),
        }
    }
    let is_alone = classes.len() == space.classes.len() && leaves[0];
    let other_classes = match &space.other_classes {
        Some(other) if leaves[1] && is_alone => Some(seal(other)),
        other => {
            other.iter().for_each(&mut add);
            if !leaves[0] {
                add(&space.unclassified);
            }
            (pool.count() >= SEALED_ROWS).then_some(pool)
        }
    };
    let is_pooled = |name: &str| space.classes.contains_key(name) && !classes.contains_key(name);
    let book = config.codebook.as_ref();
    config.codebook = book.map(|book| Arc::new(seal_book(book, &kept, is_pooled)));
    let is_many = space.rows() >= SEALED_ROWS;
    summary.classes.retain(|name, _| classes.contains_key(name));
    summary
        .between
        .retain(|(a, b), _| classes.contains_key(a) && classes.contains_key(b));
    let names = config
        .codebook
        .as_deref()
        .map_or(&[][..], Codebook::clusters);
    let is_named = |name: &String| names.iter().any(|centre| centre.name == *name);
    summary.clusters.retain(|name, _| is_named(name));
    SpaceProfile {
        dim,
        tally: space.tally.clone(),
        norm: space.norm.joined(SEALED_ROWS),
        cluster_distance: space.cluster_distance.joined(SEALED_ROWS),
        own_distance: space.own_distance.joined(SEALED_ROWS),
        boundary: space.boundary.joined(SEALED_ROWS),
        classes,
        unclassified: match leaves[0] && is_many {
            true => seal(&space.unclassified),
            false => SpaceGroup::of(Directions::new(dim)),
        },
        other_classes,
        clusters,
        sample: CoordinatedSample::new(0),
        novel: Vec::new(),
        sealed: Some(summary),
    }
}

impl ProfileConfig {
    /// The codebook's identity for each space, before anything is taken from it.
    pub(crate) fn centres_hash(&self, space: &str) -> Option<u128> {
        let book = self.spaces.get(space)?.codebook.as_ref()?;
        Some(book.centres_hash())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_behind_is_never_few() {
        assert_eq!(leaving(&[0, 100, 30, 40]), [true; 4]);
        assert_eq!(leaving(&[3, 100, 30, 40]), [false, true, false, true]);
        assert_eq!(leaving(&[15, 6, 30]), [false, false, true]);
        assert_eq!(leaving(&[3, 4]), [false, false]);
        assert!(leaving(&[]).is_empty());
    }
}
