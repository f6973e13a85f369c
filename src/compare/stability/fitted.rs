//! Clusters found in one run, and found again with other seeds.

use super::common::Rows;
use crate::error::Result;

/// Further fits with other seeds, to see what k-means itself makes of one run.
#[cfg(feature = "fit")]
const REFITS: u64 = 4;

/// The clusters of a run.
#[derive(Debug, Clone)]
#[cfg_attr(
    not(feature = "fit"),
    allow(dead_code, reason = "a build that finds no clusters makes none")
)]
pub(super) struct Clusters {
    pub(super) names: Vec<String>,
    /// Cluster of each record; those in none have the number after the last.
    pub(super) of: Vec<usize>,
}

#[cfg(not(feature = "fit"))]
pub(super) fn clusters(_: &Rows, _: usize, _: usize, _: u64) -> Result<Option<Clusters>> {
    Ok(None)
}

#[cfg(not(feature = "fit"))]
pub(super) fn refits(_: &Rows, _: usize, _: &Clusters, _: u64) -> Result<Vec<Clusters>> {
    Ok(Vec::new())
}

/// Up to `k` clusters of a run's rows, by k-means as everywhere.
#[cfg(feature = "fit")]
pub(super) fn clusters(rows: &Rows, dim: usize, k: usize, seed: u64) -> Result<Option<Clusters>> {
    use crate::sketch::CoordinatedSample;
    use crate::sphere::fit_clusters;
    use std::sync::Arc;

    let mut sample = CoordinatedSample::new(rows.rows.len());
    for (hash, row) in &rows.rows {
        sample.update(*hash, Arc::clone(row));
    }
    let (centres, members) = fit_clusters(&sample, dim, k.min(rows.rows.len()), seed)?;
    // Both ascend by hash, and each hash has one row.
    let mut members = members.iter().peekable();
    let of = rows.rows.iter().map(|(hash, _)| {
        let member = members.next_if(|member| member.hash == *hash);
        member.map_or(centres.len(), |member| member.cluster as usize)
    });
    let of = of.collect();
    let names = centres.into_iter().map(|centre| centre.name).collect();
    Ok(Some(Clusters { names, of }))
}

/// The same rows fitted again with the seeds after `seed`.
#[cfg(feature = "fit")]
pub(super) fn refits(
    rows: &Rows,
    dim: usize,
    first: &Clusters,
    seed: u64,
) -> Result<Vec<Clusters>> {
    use rayon::prelude::*;

    let seeds = (1..=REFITS).into_par_iter();
    let fit = |step| clusters(rows, dim, first.names.len(), seed.wrapping_add(step));
    let fits: Result<Vec<_>> = seeds.map(fit).collect();
    Ok(fits?.into_iter().flatten().collect())
}
