//! What is answered about runs.

use super::options::Question;
use crate::compare::result::Note;
use crate::compare::stats::Interval;

/// Whether something is still the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Not looked at, for the reason given.
    NotTested,
    /// The likeness reaches its threshold.
    Same,
    /// It does not, but its interval does: more records would tell.
    Unclear,
    /// It does not, with its whole interval.
    Changed,
}

impl Change {
    /// `not tested`, `same`, `unclear` or `changed`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotTested => "not tested",
            Self::Same => "same",
            Self::Unclear => "unclear",
            Self::Changed => "changed",
        }
    }
}

/// What is measured between two runs as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Debiased linear CKA.
    Cka,
    /// Mean share of the nearest neighbours that a record keeps.
    NeighbourOverlap,
    /// Correlation of the distances of all pairs.
    DistanceCorrelation,
    /// What is left after turning one run onto the other.
    ProcrustesResidual,
    /// Mean correlation of the distances of all records to the same anchors.
    AnchorCorrelation,
    /// Adjusted Rand index of the clusters.
    AdjustedRand,
    /// Adjusted mutual information of the clusters.
    AdjustedMutualInformation,
    /// Wasserstein distance between the distributions of scaled distances.
    DistanceShape,
    /// Distance between the shares of variance along principal axes.
    Spectrum,
    /// Difference of the distances between matched cluster centres.
    CentreShape,
}

impl Measure {
    /// Its name in tables and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cka => "debiased CKA",
            Self::NeighbourOverlap => "neighbours kept",
            Self::DistanceCorrelation => "distance correlation",
            Self::ProcrustesResidual => "Procrustes residual",
            Self::AnchorCorrelation => "anchor correlation",
            Self::AdjustedRand => "adjusted Rand index",
            Self::AdjustedMutualInformation => "adjusted mutual information",
            Self::DistanceShape => "shape of distances",
            Self::Spectrum => "spectrum",
            Self::CentreShape => "shape of centres",
        }
    }

    /// Whether larger means more alike; else smaller does.
    #[must_use]
    pub fn larger_is_alike(self) -> bool {
        !matches!(
            self,
            Self::ProcrustesResidual | Self::DistanceShape | Self::Spectrum | Self::CentreShape
        )
    }
}

/// One measure of two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// Which.
    pub measure: Measure,
    /// The value; `None` where it was not tested.
    pub value: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// What records that do not belong together would give.
    pub by_chance: Option<f64>,
    /// What two fits to the first run alone, with other seeds, give on average.
    pub within: Option<f64>,
    /// From where on it counts as the same.
    pub threshold: Option<f64>,
    /// What follows.
    pub verdict: Change,
    /// Why it was not tested.
    pub reason: Option<String>,
    /// The same in plain words.
    pub sentence: String,
}

/// A run as it was compared.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// Its name.
    pub name: String,
    /// Records that were profiled.
    pub records: u64,
    /// The model that made its embeddings, if named.
    pub model: Option<String>,
    /// Dimension of its embeddings.
    pub dim: usize,
    /// Its sampled ids in the range of hashes that all runs cover.
    pub candidates: u64,
    /// Ids among them that came with several different rows, which are left out.
    pub ambiguous: u64,
    /// Records without an embedding that can be placed on the sphere: zero, not finite, of
    /// another dimension.
    pub unusable: u64,
    /// Share of these ids that were compared, times the share of the records whose embedding is
    /// usable: what the answer is about.
    pub used: f64,
    /// How many axes count ([`effective_dimension`](crate::compare::stats::effective_dimension)).
    pub effective_dimension: f64,
    /// Mean half chord between two records.
    pub mean_distance: f64,
    /// Share of the records with a class that lie nearest to their own class's
    /// centre, taken without them.
    pub in_own_class: Option<f64>,
    /// Mean silhouette of the classes.
    pub silhouette: Option<f64>,
}

/// A class in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassInRun {
    /// Its records among those compared.
    pub ids: u64,
    /// Share of them that lie nearest to its centre, taken without them.
    pub in_own_class: Option<f64>,
    /// Mean half chord between two of them: the smaller, the more compact.
    pub compactness: Option<f64>,
    /// Their mean silhouette.
    pub silhouette: Option<f64>,
    /// The class that it is least apart from, and their separation
    /// ([`ClassGeometry`](crate::compare::stats::ClassGeometry)).
    pub nearest: Option<(String, f64)>,
}

/// A class in two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassStability {
    /// Its name.
    pub class: String,
    /// Jaccard index of the records with a class that are nearest to its centre in each run.
    pub jaccard: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// The class that it came together with or moved apart from most, and the factor
    /// of their separation against the median of all pairs.
    pub moved_against: Option<(String, f64)>,
    /// In the first and the second run.
    pub runs: (ClassInRun, ClassInRun),
    /// What follows, of its records and of its distance from the others.
    pub verdict: Change,
    /// Why it was not tested.
    pub reason: Option<String>,
}

impl ClassStability {
    /// Whether most of its records are found in it again: a Jaccard index of at
    /// least a half (Hennig 2008: below, a cluster is dissolved).
    #[must_use]
    pub fn found_again(&self) -> bool {
        self.jaccard.is_some_and(|jaccard| jaccard >= 0.5)
    }
}

/// Two classes that came together or moved apart.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassPair {
    /// The two.
    pub classes: (String, String),
    /// Their separation in the first and the second run.
    pub separations: (f64, f64),
    /// The factor between, against the median of all pairs; below 1 they came
    /// together.
    pub factor: f64,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// What follows.
    pub verdict: Change,
}

/// A cluster of the first run and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterStability {
    /// Its name in the first run.
    pub cluster: String,
    /// The cluster of the second run matched with it, one to one.
    pub matched: Option<String>,
    /// Records of the two.
    pub ids: (u64, u64),
    /// Jaccard index of their records.
    pub jaccard: f64,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// The mean index with which other fits to the first run find it again.
    pub within: Option<f64>,
    /// What follows.
    pub verdict: Change,
    /// Why it was not tested.
    pub reason: Option<String>,
}

/// A record of the first run that stands for a cluster, and how all others lie
/// around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Anchor {
    /// The record.
    pub id: String,
    /// The cluster of the first run whose medoid it is.
    pub cluster: String,
    /// Correlation of the distances of all records to it.
    pub correlation: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// Median half chord to it in the two runs.
    pub medians: (f64, f64),
}

/// A record with other neighbours than before.
#[derive(Debug, Clone, PartialEq)]
pub struct MovedId {
    /// The record.
    pub id: String,
    /// Its class in the two runs.
    pub classes: (Option<String>, Option<String>),
    /// Share of its neighbours that it kept.
    pub kept: f64,
    /// Mean rank of its former neighbours in the second run.
    pub rank: f64,
}

/// A later run against the first.
#[derive(Debug, Clone, PartialEq)]
pub struct PairStability {
    /// The runs, by their position.
    pub runs: (usize, usize),
    /// Whether the space is the same; empty if records are not paired.
    pub geometry: Vec<Likeness>,
    /// The heaviest verdict of these.
    pub geometry_verdict: Change,
    /// The classes, least stable first.
    pub classes: Vec<ClassStability>,
    /// Pairs of classes that came together or moved apart, most first.
    pub class_pairs: Vec<ClassPair>,
    /// The heaviest verdict of the classes.
    pub classes_verdict: Change,
    /// How far clusters agree.
    pub partitions: Vec<Likeness>,
    /// The clusters of the first run, least stable first.
    pub clusters: Vec<ClusterStability>,
    /// The heaviest verdict of clusters and agreement.
    pub clusters_verdict: Change,
    /// Medoids of the first run, least stable first.
    pub anchors: Vec<Anchor>,
    /// Records whose neighbourhood changed most, at most 100.
    pub moved: Vec<MovedId>,
    /// Whether the cloud is alike, ids aside.
    pub cloud: Vec<Likeness>,
    /// The heaviest verdict of these.
    pub cloud_verdict: Change,
}

/// How alike two runs of a curve are.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Debiased CKA.
    pub cka: Option<Interval>,
    /// Share of neighbours kept.
    pub neighbours: Option<Interval>,
}

/// One run of a curve.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// The run, by its position.
    pub run: usize,
    /// Against the first run.
    pub to_first: Option<Step>,
    /// Against the run before.
    pub to_previous: Option<Step>,
    /// Against the last run.
    pub to_last: Option<Step>,
}

/// The answer about two or more runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// Which question was asked.
    pub question: Question,
    /// The heaviest verdict: paired, of spaces, classes and clusters; of sets, of the
    /// clouds.
    pub verdict: Change,
    /// The embedding space.
    pub space: String,
    /// The runs in the order given.
    pub runs: Vec<RunSummary>,
    /// Records that all runs were compared on; of sets, the fewest of a run.
    pub ids: u64,
    /// Neighbours of a record.
    pub neighbours: usize,
    /// Each later run against the first.
    pub pairs: Vec<PairStability>,
    /// Of three and more paired runs: each run, in the order given.
    pub curve: Vec<CurvePoint>,
    /// Doubts and advice.
    pub notes: Vec<Note>,
}
