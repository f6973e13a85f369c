//! What leaves a profile that is sealed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::sketch::{CoordinatedSample, Directions};
use crate::sphere::{Centre, Codebook, Medoids};

use super::config::ProfileConfig;
use super::group::SpaceGroup;
use super::sealed::{SEALED_ROWS, SealedSpace};
use super::space::SpaceProfile;
use super::space_config::SpaceConfig;

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

pub(super) fn seal_space(
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
