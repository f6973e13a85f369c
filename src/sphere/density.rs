//! Clusters by a mixture of Gaussians and by density, called from linfa-clustering.

use std::collections::BTreeSet;

use linfa::DatasetBase;
use linfa::ParamGuard;
use linfa::traits::{Fit, Transformer};
use linfa_clustering::{Dbscan, GaussianMixtureModel};
use linfa_nn::CommonNearestNeighbour;
use linfa_nn::distance::L2Dist;
use ndarray::{Array2, ArrayView1};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::{CentreSet, lanes, squared_chord};
use crate::error::{Error, ErrorKind, Result};

/// More coordinates than this are reduced before a mixture is fitted: each
/// component has a covariance of as many squared.
pub(super) const MIXTURE_DIMENSIONS: usize = 16;
/// Rounds of expectation and maximisation.
const ROUNDS: u64 = 200;
/// Added to every variance, in squared chord units: a component that collapses on
/// copies of one row keeps a radius of a thousandth.
const LEAST_VARIANCE: f64 = 1e-6;
/// Rows that make a region dense, counting the one in its middle.
const DENSE: usize = 5;
/// The share of rows that have as many within the radius of DBSCAN.
const COVERED: f64 = 0.9;
/// The radius is not smaller: half-precision vectors are no finer.
const LEAST_RADIUS: f64 = 1e-3;

/// The likeliest of `k` Gaussians of each row.
///
/// Above 16 dimensions a row is described by its products with up to 16 centroids
/// of k-means, orthogonal directions taken from them: the span of the means keeps
/// what tells spherical components apart (Vempala and Wang, "A spectral algorithm
/// for learning mixture models", 2004).
pub(super) fn mixture(
    rows: &Array2<f64>,
    centroids: &CentreSet,
    k: usize,
    seed: u64,
) -> Result<Vec<Option<usize>>> {
    let reduced = match rows.ncols() > MIXTURE_DIMENSIONS {
        true => rows.dot(&orthogonal(centroids).t()),
        false => rows.clone(),
    };
    let refused = |why: String| {
        let message = format!(
            "a mixture of {k} Gaussians could not be fitted to {} sampled rows: ask for fewer \
             clusters, keep a larger sample, or take k-means ({why})",
            rows.nrows()
        );
        Error::new(ErrorKind::Argument, message)
    };
    let distinct = distinct(rows);
    if distinct < k {
        return Err(refused(format!("{distinct} of them differ")));
    }
    let random = Xoshiro256Plus::seed_from_u64(seed);
    let data = DatasetBase::from(reduced);
    let fitted = GaussianMixtureModel::params_with_rng(k, random)
        .max_n_iterations(ROUNDS)
        .reg_covariance(LEAST_VARIANCE)
        .fit(&data)
        .map_err(|error| refused(error.to_string()).because(error))?;
    // Where all densities of a row underflow there is no likeliest one; linfa's own
    // prediction would panic.
    let likeliest = |shares: ArrayView1<'_, f64>| {
        let known = shares.iter().copied().enumerate();
        let known = known.filter(|(_, share)| !share.is_nan());
        known
            .max_by(|(i, a), (j, b)| a.total_cmp(b).then(j.cmp(i)))
            .map(|(at, _)| at)
    };
    let shares = fitted.predict_proba(&data.records);
    let assigned: Vec<Option<usize>> = shares.rows().into_iter().map(likeliest).collect();
    match assigned.iter().all(Option::is_some) {
        true => Ok(assigned),
        false => Err(refused("a row is far from all of them".into())),
    }
}

/// How many rows differ from all others.
fn distinct(rows: &Array2<f64>) -> usize {
    let bits = |row: ArrayView1<'_, f64>| row.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    rows.rows()
        .into_iter()
        .map(bits)
        .collect::<BTreeSet<_>>()
        .len()
}

/// An orthonormal basis of the span of the centres (modified Gram-Schmidt); those
/// that add nothing to the ones before are left out.
fn orthogonal(centres: &CentreSet) -> Array2<f64> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for centre in centres.iter() {
        let mut rest = centre.to_vec();
        for axis in &basis {
            let along = axis.iter().zip(&rest).map(|(a, r)| a * r).sum::<f64>();
            rest.iter_mut().zip(axis).for_each(|(r, a)| *r -= along * a);
        }
        let norm = lanes::sum_of_squares(&rest).sqrt();
        if norm > 1e-6 {
            lanes::scale(&mut rest, 1.0 / norm);
            basis.push(rest);
        }
    }
    Array2::from_shape_fn((basis.len(), centres.dim()), |(i, j)| basis[i][j])
}

/// Rows in dense regions (Ester, Kriegel, Sander and Xu, KDD 1996): 5 rows within
/// the radius that 90 % of the rows have as many in. `None` for rows outside.
pub(super) fn dense_regions(rows: &Array2<f64>) -> Result<Vec<Option<usize>>> {
    let radius = radius(rows);
    let params = Dbscan::params_with(DENSE, L2Dist, CommonNearestNeighbour::LinearSearch)
        .tolerance(radius)
        .check()
        .map_err(|error| Error::new(ErrorKind::Argument, error.to_string()).because(error))?;
    let found = params.transform(rows);
    if found.iter().all(Option::is_none) {
        return Err(Error::new(
            ErrorKind::Argument,
            format!(
                "no dense region in {} sampled rows: keep a larger sample, or take k-means",
                rows.nrows()
            ),
        ));
    }
    Ok(found.iter().copied().collect())
}

/// Below which 90 % of the distances to the fifth row lie, the row itself counted.
fn radius(rows: &Array2<f64>) -> f64 {
    let row = |i: usize| rows.row(i).to_vec();
    let mut fifths: Vec<f64> = (0..rows.nrows())
        .map(|i| {
            let own = row(i);
            let mut squares: Vec<f64> = (0..rows.nrows())
                .map(|j| squared_chord(&own, &row(j)))
                .collect();
            let at = (DENSE - 1).min(squares.len() - 1);
            *squares.select_nth_unstable_by(at, f64::total_cmp).1
        })
        .collect();
    fifths.sort_unstable_by(f64::total_cmp);
    let at = (COVERED * (fifths.len() - 1) as f64) as usize;
    // A little beyond, as linfa takes what lies nearer than the radius.
    (fifths[at].sqrt() * (1.0 + 1e-9)).max(LEAST_RADIUS)
}
