//! Kinds of centres: each finds what it should in made clusters, the same in any
//! order, and leaves a reference's rows out of what they made.
#![cfg(feature = "fit")]

mod random;

use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, fit, profile_reference,
};
use driftsphere::sphere::{ClusterMethod, Codebook};
use driftsphere::{ErrorKind, Result};
use ndarray::Array2;
use random::normal;

const METHODS: [ClusterMethod; 4] = [
    ClusterMethod::KMeans,
    ClusterMethod::Medoids,
    ClusterMethod::GaussianMixture,
    ClusterMethod::Dbscan,
];

/// Rows of `clusters` directions, and one in `stray` (0: none) that lies anywhere.
#[derive(Clone, Copy)]
struct World {
    rows: usize,
    dim: usize,
    clusters: usize,
    spread: f64,
    stray: usize,
}

const APART: World = World {
    rows: 600,
    dim: 40,
    clusters: 4,
    spread: 0.2,
    stray: 0,
};

impl World {
    fn vectors(self, seed: u64) -> Array2<f32> {
        Array2::from_shape_fn((self.rows, self.dim), |(i, j)| {
            let noise = normal(seed, (i * self.dim + j) as u64);
            if self.stray > 0 && i.is_multiple_of(self.stray) {
                return noise as f32;
            }
            let centre = normal(7, (i % self.clusters * self.dim + j) as u64);
            (centre + self.spread * noise) as f32
        })
    }

    fn feed(self, builder: &mut ProfileBuilder, seed: u64, backwards: bool) -> Result<()> {
        let mut vectors = self.vectors(seed);
        let mut ids: Vec<i64> = (0..self.rows as i64)
            .map(|i| i + seed as i64 * 100_000)
            .collect();
        if backwards {
            ids.reverse();
            vectors.invert_axis(ndarray::Axis(0));
        }
        let batch = Batch::new(self.rows).ids(Column::from(ids));
        builder.track_batch(&batch.space("e", vectors.view()))
    }

    fn profile(self, backwards: bool) -> Profile {
        let mut builder = ProfileBuilder::new(self.config()).unwrap();
        self.feed(&mut builder, 1, backwards).unwrap();
        builder.freeze()
    }

    fn config(self) -> ProfileConfig {
        ProfileConfig::new().space("e", SpaceConfig::new(self.dim))
    }

    fn book(self, method: ClusterMethod) -> Codebook {
        let books = fit(&self.profile(false), self.options(method)).unwrap();
        (*books.books["e"]).clone()
    }

    fn options(self, method: ClusterMethod) -> FitOptions {
        FitOptions {
            clusters: self.clusters,
            method,
            seed: 0,
        }
    }
}

#[test]
fn each_finds_the_directions_that_rows_lie_around() {
    for method in METHODS {
        let book = APART.book(method);
        assert_eq!(book.clusters().len(), APART.clusters, "{method}");
        assert_eq!(book.provenance().method, method.provenance());
        let found = book.cluster_centres();
        for cluster in 0..APART.clusters {
            let axis: Vec<f64> = (0..APART.dim)
                .map(|j| normal(7, (cluster * APART.dim + j) as u64))
                .collect();
            let norm = axis.iter().map(|x| x * x).sum::<f64>().sqrt();
            let cosine =
                |centre: &[f64]| centre.iter().zip(&axis).map(|(c, a)| c * a).sum::<f64>() / norm;
            let best = found.iter().map(cosine).fold(-1.0, f64::max);
            assert!(best > 0.97, "{method}: cluster {cluster} at cosine {best}");
        }
    }
}

#[test]
fn the_order_of_the_records_leaves_no_trace() {
    for method in METHODS {
        let options = APART.options(method);
        let there = fit(&APART.profile(false), options).unwrap();
        let back = fit(&APART.profile(true), options).unwrap();
        assert_eq!(there.books["e"], back.books["e"], "{method}");
    }
}

#[test]
fn a_medoid_is_a_record_and_the_only_member() {
    let book = APART.book(ClusterMethod::Medoids);
    assert_eq!(book.members().len(), book.clusters().len());
    for cluster in book.clusters() {
        assert_eq!(cluster.sum.count(), 1);
        let medoid = cluster.medoid.as_ref().unwrap();
        assert!(medoid.distance < 1e-3, "{medoid:?}");
    }
}

#[test]
fn what_lies_between_dense_regions_belongs_to_none() {
    let world = World { stray: 20, ..APART };
    let book = world.book(ClusterMethod::Dbscan);
    assert_eq!(book.clusters().len(), world.clusters);
    let members: u64 = book.clusters().iter().map(|c| c.sum.count()).sum();
    let near = (world.rows - world.rows.div_ceil(world.stray)) as u64;
    // A few rows at the rim of a cluster lie outside too; none that strays is inside.
    assert!(
        members <= near && members > near * 95 / 100,
        "{members} of {near}"
    );
}

/// Without a change the distances of a reference are those of a fresh window.
#[test]
fn a_reference_is_left_out_of_its_centres_whatever_they_are() {
    let world = World {
        spread: 0.8,
        ..APART
    };
    for method in METHODS {
        let read = |builder: &mut ProfileBuilder| world.feed(builder, 1, false);
        let reference = profile_reference(world.config(), world.options(method), read).unwrap();
        let like = reference.config().clone().like();
        let mut fresh = ProfileBuilder::new(like).unwrap();
        world.feed(&mut fresh, 2, false).unwrap();
        let fresh = fresh.freeze();
        let median = |profile: &Profile| {
            let distances = profile.spaces()["e"].cluster_distance();
            assert_eq!(distances.count(), world.rows as u64, "{method}");
            distances.quantile(0.5).unwrap().unwrap().estimate
        };
        let (own, other) = (median(&reference), median(&fresh));
        assert!((own - other).abs() < 0.012, "{method}: {own} {other}");
    }
}

#[test]
fn what_cannot_be_fitted_says_what_to_do() {
    let sparse = World {
        rows: 3,
        clusters: 3,
        ..APART
    };
    let error = fit(
        &sparse.profile(false),
        sparse.options(ClusterMethod::Dbscan),
    )
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
    assert!(error.to_string().contains("take k-means"), "{error}");
}
