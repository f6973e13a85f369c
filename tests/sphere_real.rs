//! Kinds of centres on real embeddings of photographs (`examples/data`): they find what
//! the photographs show, though they never see it.
#![cfg(all(feature = "fit", feature = "npz"))]

use driftsphere::ErrorKind;
use driftsphere::ingest::{ArrayFile, Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, fit, profile_reference,
};
use driftsphere::sphere::{ClusterMethod, Codebook, MeanSketch};
use ndarray::{Array2, Axis, concatenate};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

struct Photographs {
    embeddings: Array2<f32>,
    labels: Vec<String>,
    ids: Vec<String>,
}

/// Two weeks, 560 photographs of six classes.
fn photographs() -> Photographs {
    let mut parts = Vec::new();
    let (mut labels, mut ids) = (Vec::new(), Vec::new());
    for week in ["reference_week_1.npz", "reference_week_2.npz"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples/data")
            .join(week);
        let file = ArrayFile::open(path).unwrap();
        let mut matrix = file.matrix("embedding").unwrap();
        parts.push(matrix.next_block(1000).unwrap().unwrap());
        let texts = |name| match file.column(name).unwrap() {
            Column::Text(texts) => texts,
            other => panic!("{other:?}"),
        };
        labels.extend(texts("label"));
        ids.extend(texts("id"));
    }
    let views: Vec<_> = parts.iter().map(Array2::view).collect();
    Photographs {
        embeddings: concatenate(Axis(0), &views).unwrap(),
        labels,
        ids,
    }
}

impl Photographs {
    fn config(&self, centred: bool) -> ProfileConfig {
        let mut space = SpaceConfig::new(self.embeddings.ncols());
        if centred {
            let mut mean = MeanSketch::new(space.dim);
            mean.update(&self.embeddings.view());
            space = space.centred(Arc::new(mean.freeze().unwrap()));
        }
        ProfileConfig::new().space("e", space)
    }

    fn feed(&self, builder: &mut ProfileBuilder) -> driftsphere::Result<()> {
        builder.track_batch(
            &Batch::new(self.ids.len())
                .ids(Column::from(self.ids.clone()))
                .labels(Column::from(self.labels.clone()))
                .space("e", self.embeddings.view()),
        )
    }

    fn reference(&self, method: ClusterMethod, clusters: usize, centred: bool) -> Profile {
        let options = FitOptions {
            clusters,
            method,
            seed: 0,
        };
        let config = self.config(centred);
        profile_reference(config, options, |builder| self.feed(builder)).unwrap()
    }

    /// The share of rows that have the commonest label of their cluster, of all rows
    /// that a cluster was made of: by the sample, which holds every row.
    fn purity(&self, profile: &Profile) -> f64 {
        let space = &profile.spaces()["e"];
        let mut counts: BTreeMap<(u32, &str), u64> = BTreeMap::new();
        let (mut rows, mut best) = (0, BTreeMap::<u32, u64>::new());
        for sampled in space.sample().rows() {
            let (cluster, class) = (sampled.row.cluster.unwrap(), sampled.row.class.as_deref());
            let count = counts.entry((cluster, class.unwrap())).or_default();
            *count += sampled.count;
            rows += sampled.count;
            let most = best.entry(cluster).or_default();
            *most = (*most).max(*count);
        }
        assert_eq!(rows, self.ids.len() as u64);
        best.values().sum::<u64>() as f64 / rows as f64
    }

    /// The purity of clusters that know nothing: the share of the commonest label.
    fn chance(&self) -> f64 {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        self.labels
            .iter()
            .for_each(|l| *counts.entry(l).or_default() += 1);
        *counts.values().max().unwrap() as f64 / self.labels.len() as f64
    }
}

fn book(profile: &Profile) -> &Codebook {
    profile.config().spaces["e"].codebook.as_ref().unwrap()
}

#[test]
fn clusters_are_of_one_kind_of_photograph() {
    let photographs = photographs();
    let chance = photographs.chance();
    assert!((0.2..0.4).contains(&chance), "{chance}");
    for (method, least) in [
        (ClusterMethod::KMeans, 0.8),
        (ClusterMethod::Medoids, 0.7),
        (ClusterMethod::GaussianMixture, 0.75),
    ] {
        let reference = photographs.reference(method, 12, false);
        assert_eq!(book(&reference).clusters().len(), 12, "{method}");
        let purity = photographs.purity(&reference);
        assert!(purity >= least, "{method}: {purity}");
        // Without their mean, too: the features lie behind a ReLU.
        let centred = photographs.reference(method, 12, true);
        let centred = photographs.purity(&centred);
        assert!(centred >= least, "{method}, centred: {centred}");
    }
}

/// How many regions there are comes out of the rows; those that it calls dense are of one
/// kind, and what lies between them made no centre.
#[test]
fn dense_regions_are_of_one_kind_of_photograph() {
    let photographs = photographs();
    let reference = photographs.reference(ClusterMethod::Dbscan, 12, false);
    let book = book(&reference);
    let label_of: BTreeMap<u64, &str> = reference.spaces()["e"]
        .sample()
        .rows()
        .map(|sampled| (sampled.hash, sampled.row.class.as_deref().unwrap()))
        .collect();
    let mut counts: BTreeMap<(u32, &str), u64> = BTreeMap::new();
    for member in book.members() {
        *counts
            .entry((member.cluster, label_of[&member.hash]))
            .or_default() += 1;
    }
    let members = book.members().len() as u64;
    assert!(members > 280, "{members} of 560 lie in dense regions");
    assert!((6..30).contains(&book.clusters().len()), "{counts:?}");
    let mut best: BTreeMap<u32, u64> = BTreeMap::new();
    for ((cluster, _), count) in &counts {
        let most = best.entry(*cluster).or_default();
        *most = (*most).max(*count);
    }
    let purity = best.values().sum::<u64>() as f64 / members as f64;
    assert!(purity > 0.75, "{purity}: {counts:?}");
}

#[test]
fn a_mixture_that_cannot_be_fitted_says_what_to_do() {
    let photographs = photographs();
    let with = |rows: &Array2<f32>, clusters: usize| {
        let config = ProfileConfig::new().space("e", SpaceConfig::new(rows.ncols()));
        let mut builder = ProfileBuilder::new(config).unwrap();
        let ids = Column::Int((0..rows.nrows() as i64).collect());
        let batch = Batch::new(rows.nrows()).ids(ids).space("e", rows.view());
        builder.track_batch(&batch).unwrap();
        let options = FitOptions {
            clusters,
            method: ClusterMethod::GaussianMixture,
            seed: 0,
        };
        fit(&builder.freeze(), options)
    };
    let first = |n: usize| {
        photographs
            .embeddings
            .slice_axis(Axis(0), (..n).into())
            .to_owned()
    };
    // Fewer rows than Gaussians, and copies of few rows.
    let mut copies = first(60);
    for row in 3..60 {
        let copy = copies.row(row % 3).to_owned();
        copies.row_mut(row).assign(&copy);
    }
    for (rows, k) in [(first(1), 2), (first(5), 8), (copies.clone(), 4)] {
        let error = with(&rows, k).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument);
        let text = error.to_string();
        assert!(text.contains("ask for fewer clusters"), "{text}");
        assert!(
            text.contains("take k-means") && text.contains("space e"),
            "{text}"
        );
    }
    // Covariances without any width, and of fewer rows than coordinates: a fit, or the
    // same error, never a panic.
    let flat = Array2::from_shape_fn((40, 20), |(i, j)| f32::from(u8::from(j == i % 2)));
    for (rows, k) in [(copies, 3), (first(20), 10), (first(9), 9), (flat, 2)] {
        match with(&rows, k) {
            Ok(books) => assert!(!books.books["e"].clusters().is_empty()),
            Err(error) => assert!(error.to_string().contains("ask for fewer"), "{error}"),
        }
    }
}
