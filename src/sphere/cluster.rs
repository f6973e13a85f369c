//! Cluster centres by k-means and from other ways to group rows; this file and
//! `density.rs` are the only ones that know linfa-clustering.

use std::collections::{BTreeMap, BTreeSet};

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::KMeans;
use linfa_nn::distance::L2Dist;
use ndarray::Array2;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::density::{MIXTURE_DIMENSIONS, dense_regions, mixture};
use super::sampled::sample_vector;
use super::{Centre, CentreSet, ClusterMethod, Member, NearestSearch, Products, UnitRow};
use crate::error::{Error, ErrorKind, Result};
use crate::sketch::{CoordinatedSample, Directions};

/// Fresh starts of k-means++; the tightest result is kept.
const RUNS: usize = 2;
/// Rounds of one run; later ones hardly move a centroid.
const ROUNDS: u64 = 25;
/// A round that moves the centroids less than this is the last: a thousandth of
/// the sphere's radius is far below the spread of any cluster.
const TOLERANCE: f32 = 1e-3;

/// Finds up to `k` clusters in a reference's sample.
///
/// ```text
/// 1  k-means on the unit vectors of the sample (k-means++ starts, best of 2):
///    Arthur and Vassilvitskii 2007; squared Euclidean distance, which on the
///    sphere grows with every distance of this crate
/// 2  each sample entry is assigned once to the nearest centroid
/// 3  S = fixed-point sum of the f16 unit vectors assigned, centre = S / |S|
/// ```
///
/// Each entry of the sample counts once, however often it was seen. Clusters
/// that end up empty, or whose sum points nowhere, are dropped; the rest are
/// ordered by falling count, then by their sums, and named `cluster 1`,
/// `cluster 2`, ... There are at most as many as distinct vectors. The result
/// is the same for every order of the records and number of threads, for one
/// build, CPU and seed.
///
/// Medoids are left to
/// [`Codebook::set_medoids_from_sample`](super::Codebook::set_medoids_from_sample).
///
/// # Errors
/// [`ErrorKind::Argument`] if `k` is 0 or the sample is empty,
/// [`ErrorKind::Incompatible`] if a row has another dimension,
/// [`ErrorKind::Format`] if a row is no unit vector.
///
/// ```
/// use std::sync::Arc;
/// use driftsphere::sketch::{CoordinatedSample, SampleRow};
/// use driftsphere::sphere::{UnitRow, fit_clusters};
///
/// let mut sample = CoordinatedSample::new(16);
/// for (hash, row) in [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]].iter().enumerate() {
///     let vector = UnitRow::new(row).unwrap().to_f16();
///     let row = SampleRow { vector, ..SampleRow::default() };
///     sample.update(hash as u64, Arc::new(row));
/// }
/// let (centres, members) = fit_clusters(&sample, 2, 2, 1)?;
/// assert_eq!(centres[0].name, "cluster 1");
/// assert_eq!(centres[0].sum.count(), 2);
/// assert_eq!(members.iter().map(|m| m.cluster).collect::<Vec<_>>(), [0, 0, 1]);
/// # Ok::<(), driftsphere::Error>(())
/// ```
pub fn fit_clusters(
    sample: &CoordinatedSample,
    dim: usize,
    k: usize,
    seed: u64,
) -> Result<(Vec<Centre>, Vec<Member>)> {
    fit_clusters_by(ClusterMethod::KMeans, sample, dim, k, seed)
}

/// The same by any method.
///
/// ```text
/// kmeans  as fit_clusters
/// medoid  as kmeans; then S is the vector of the sample entry nearest to the
///         centre alone, the only member: all other rows are measured as they are
/// gmm     a mixture of k Gaussians with full covariances, fitted by expectation
///         and maximisation (Dempster, Laird and Rubin 1977) from k-means; above
///         16 dimensions in a subspace. Each entry belongs to its likeliest one
/// dbscan  regions with 5 entries within the radius in which 90 % of the entries
///         have as many. How many there are comes out of the sample, whatever k;
///         entries outside belong to none. Its time grows with the square of the
///         sample's rows
/// ```
///
/// and `S` is the sum over the entries of each, as for k-means.
///
/// # Errors
/// Those of [`fit_clusters`], and [`ErrorKind::Argument`] where a mixture does not
/// converge or there is no dense region.
pub fn fit_clusters_by(
    method: ClusterMethod,
    sample: &CoordinatedSample,
    dim: usize,
    k: usize,
    seed: u64,
) -> Result<(Vec<Centre>, Vec<Member>)> {
    let advice = match (k, sample.is_empty()) {
        (0, _) => Some("at least one cluster is needed"),
        (_, true) => {
            Some("clusters are found in the sample, which holds no row; keep a larger one")
        }
        _ => None,
    };
    if let Some(advice) = advice {
        return Err(Error::new(ErrorKind::Argument, advice));
    }
    let mut entries = Vec::new();
    for sampled in sample.rows() {
        entries.push((sampled.hash, sample_vector(sampled.row, dim)?));
    }
    let assigned = match method {
        ClusterMethod::KMeans => assign(&entries, k_means(&entries, dim, k, seed)?)?,
        ClusterMethod::Medoids => {
            let assigned = assign(&entries, k_means(&entries, dim, k, seed)?)?;
            medoids_alone(&entries, &assigned, dim)?
        }
        ClusterMethod::GaussianMixture => {
            let centroids = k_means(&entries, dim, k.min(MIXTURE_DIMENSIONS), seed)?;
            mixture(&unit_rows(&entries, dim), &centroids, k, seed)?
        }
        ClusterMethod::Dbscan => dense_regions(&unit_rows(&entries, dim))?,
    };
    Ok(build(&entries, &assigned, dim))
}

/// The entries as unit vectors, `(n, dim)`.
fn unit_rows(entries: &[Entry], dim: usize) -> Array2<f64> {
    let mut rows = Array2::zeros((entries.len(), dim));
    for (mut row, (_, vector)) in rows.rows_mut().into_iter().zip(entries) {
        let unit = UnitRow::new(vector).expect("sample vectors were checked");
        for (to, from) in row.iter_mut().zip(vector) {
            *to = f64::from(*from) * unit.inverse();
        }
    }
    rows
}

/// Leaves in each cluster the entry nearest to its centre; of equally near ones
/// that of smallest hash.
fn medoids_alone(
    entries: &[Entry],
    assigned: &[Option<usize>],
    dim: usize,
) -> Result<Vec<Option<usize>>> {
    let mut sums: BTreeMap<usize, Directions> = BTreeMap::new();
    for ((_, vector), cluster) in entries.iter().zip(assigned) {
        if let Some(cluster) = cluster {
            let sum = sums.entry(*cluster);
            sum.or_insert_with(|| Directions::new(dim))
                .update_scaled(vector, 1.0);
        }
    }
    let mut nearest: BTreeMap<usize, (f64, usize)> = BTreeMap::new();
    for (at, ((_, vector), cluster)) in entries.iter().zip(assigned).enumerate() {
        let Some(cluster) = *cluster else { continue };
        let sum = sums[&cluster].sum();
        if !super::leave_one_out::has_direction(&sum) {
            continue;
        }
        let centre = CentreSet::new(dim, [sum])?;
        let unit = UnitRow::new(vector).expect("sample vectors were checked");
        let chord = unit.squared_chord(centre.centre(0));
        let best = nearest.entry(cluster).or_insert((chord, at));
        if chord < best.0 {
            *best = (chord, at);
        }
    }
    let mut alone = vec![None; entries.len()];
    for (cluster, (_, at)) in nearest {
        alone[at] = Some(cluster);
    }
    Ok(alone)
}

/// A sample entry: its hash and its f16 unit vector, in f32.
type Entry = (u64, Vec<f32>);

fn k_means(entries: &[Entry], dim: usize, k: usize, seed: u64) -> Result<CentreSet> {
    let distinct: BTreeSet<Vec<u32>> = entries
        .iter()
        .map(|(_, vector)| vector.iter().map(|x| x.to_bits()).collect())
        .collect();
    let k = k.min(distinct.len());

    let mut rows = Array2::<f32>::zeros((entries.len(), dim));
    for (mut row, (_, vector)) in rows.rows_mut().into_iter().zip(entries) {
        let unit = UnitRow::new(vector).expect("sample vectors were checked");
        for (to, from) in row.iter_mut().zip(vector) {
            *to = (f64::from(*from) * unit.inverse()) as f32;
        }
    }
    let random = Xoshiro256Plus::seed_from_u64(seed);
    let model = KMeans::params_with(k, random, L2Dist)
        .n_runs(RUNS)
        .max_n_iterations(ROUNDS)
        .tolerance(TOLERANCE)
        .fit(&DatasetBase::from(rows))
        .map_err(|error| Error::new(ErrorKind::Argument, error.to_string()).because(error))?;
    // A centroid at the origin would point nowhere: its rows go to the others.
    let wide =
        |row: ndarray::ArrayView1<'_, f32>| row.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
    let centroids = model.centroids().rows().into_iter().map(wide);
    CentreSet::new(
        dim,
        centroids.filter(|row| super::leave_one_out::has_direction(row)),
    )
}

/// The nearest centroid of each entry. The memberships that k-means itself
/// ends with belong to the centroids of the round before, so they are not used.
fn assign(entries: &[Entry], centroids: CentreSet) -> Result<Vec<Option<usize>>> {
    let search = NearestSearch::new(centroids.dim(), vec![centroids])?;
    let mut products = Products::default();
    let nearest = |(_, vector): &Entry| {
        search
            .block(vector, &mut products)
            .nearest(0, 0, &[])
            .map(|nearest| Some(nearest.index))
            .ok_or_else(|| Error::new(ErrorKind::Argument, "the sample has no clusters"))
    };
    entries.iter().map(nearest).collect()
}

/// Sums, order, names and members of the clusters.
fn build(entries: &[Entry], assigned: &[Option<usize>], dim: usize) -> (Vec<Centre>, Vec<Member>) {
    let fixed = |vector: &[f32]| {
        let mut fixed = vec![0; dim];
        Directions::to_fixed(vector, 1.0, &mut fixed);
        fixed
    };
    let mut sums: BTreeMap<usize, Directions> = BTreeMap::new();
    let mut entries_of: BTreeMap<u64, usize> = BTreeMap::new();
    for ((hash, vector), cluster) in entries.iter().zip(assigned) {
        if let Some(cluster) = *cluster {
            sums.entry(cluster)
                .or_insert_with(|| Directions::new(dim))
                .update_fixed(&fixed(vector));
        }
        *entries_of.entry(*hash).or_default() += 1;
    }

    let mut order: Vec<(usize, Directions, Vec<f64>)> = sums
        .into_iter()
        .map(|(cluster, sum)| {
            let plain = sum.sum();
            (cluster, sum, plain)
        })
        .filter(|(_, _, plain)| super::leave_one_out::has_direction(plain))
        .collect();
    order.sort_by(|(_, a, a_plain), (_, b, b_plain)| {
        let contents = a_plain.iter().zip(b_plain).map(|(x, y)| x.total_cmp(y));
        (b.count().cmp(&a.count()))
            .then_with(|| contents.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then))
    });
    let place: BTreeMap<usize, u32> = (order.iter().zip(0..))
        .map(|((cluster, ..), place)| (*cluster, place))
        .collect();

    let mut members: BTreeMap<(u64, u32), Option<Vec<i64>>> = BTreeMap::new();
    for ((hash, vector), cluster) in entries.iter().zip(assigned) {
        let Some(&place) = cluster.as_ref().and_then(|cluster| place.get(cluster)) else {
            continue; // of no cluster, or of one whose vectors cancelled out
        };
        let sum = members.entry((*hash, place)).or_default();
        if entries_of[hash] > 1 {
            let sum = sum.get_or_insert_with(|| vec![0; dim]);
            sum.iter_mut()
                .zip(fixed(vector))
                .for_each(|(sum, x)| *sum += x);
        }
    }

    let centres = (order.into_iter().zip(1..))
        .map(|((_, sum, _), number)| Centre {
            name: format!("cluster {number}"),
            sum,
            medoid: None,
        })
        .collect();
    let members = members
        .into_iter()
        .map(|((hash, cluster), sum)| Member { hash, cluster, sum })
        .collect();
    (centres, members)
}
