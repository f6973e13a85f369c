//! Runs compared, for programs: the JSON document, specified at [`Document`].

use super::json_frame::Frame;
pub use super::stability_json_write::{document, to_text};
use serde::Serialize;

/// The JSON document of compared runs, format version 1, with the promises of that
/// of a comparison ([`json::Document`](super::json::Document)).
///
/// | field | type | meaning |
/// | --- | --- | --- |
/// | `format` | string | always `"driftsphere stability"` |
/// | `version` | integer | of the format, `1` |
/// | `generator` | string | program and version that wrote it |
/// | `question` | string | `"paired"` or `"set-only"` |
/// | `verdict` | verdict | the heaviest that counts for this question |
/// | `headline` | string | the answer in a sentence |
/// | `exit_status` | integer | of the command: 0 the same or unclear, 1 changed (or what `--fail-on` names), 2 trouble |
/// | `space` | string | the embedding space |
/// | `ids` | integer | records compared |
/// | `neighbours` | integer | nearest neighbours of a record |
/// | `runs` | array of [run](Run) | in the order given |
/// | `pairs` | array of [pair](Pair) | each later run against the first |
/// | `curve` | array of [point](Point) | of three and more paired runs, else empty |
/// | `notes` | array of [note](Note) | doubts and advice |
///
/// A verdict is `"same"`, `"unclear"`, `"changed"` or `"not tested"`; an interval is
/// at 95 %, or `null`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Document<'a> {
    /// Of format `driftsphere stability`.
    #[serde(flatten)]
    pub frame: Frame,
    /// Which question was asked.
    pub question: &'static str,
    /// The heaviest verdict.
    pub verdict: &'static str,
    /// The answer in a sentence.
    pub headline: String,
    /// Of the command.
    pub exit_status: u8,
    /// The embedding space.
    pub space: &'a str,
    /// Records compared.
    pub ids: u64,
    /// Nearest neighbours of a record.
    pub neighbours: usize,
    /// The runs.
    pub runs: Vec<Run<'a>>,
    /// Each later run against the first.
    pub pairs: Vec<Pair<'a>>,
    /// The runs in their order.
    pub curve: Vec<Point>,
    /// Doubts and advice.
    pub notes: Vec<Note<'a>>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run<'a> {
    /// Its name.
    pub name: &'a str,
    /// Records profiled.
    pub records: u64,
    /// The model, or `null`.
    pub model: Option<&'a str>,
    /// Dimension of its embeddings.
    pub dim: usize,
    /// Sampled ids that could match.
    pub candidates: u64,
    /// Ids left out as they came with several different rows.
    pub ambiguous: u64,
    /// Records without a usable embedding.
    pub unusable: u64,
    /// Share of the candidates that was compared, times that of usable records.
    pub used: f64,
    /// Axes that count (participation ratio).
    pub effective_dimension: f64,
    /// Mean half chord between two records.
    pub mean_distance: f64,
    /// Share of records nearest to their own class's centre, or `null`.
    pub in_own_class: Option<f64>,
    /// Mean silhouette of the classes, or `null`.
    pub silhouette: Option<f64>,
}

/// A later run against the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair<'a> {
    /// Position of the first run among `runs`.
    pub first: usize,
    /// Position of the later one.
    pub second: usize,
    /// Verdict of the measures in `geometry`.
    pub geometry_verdict: &'static str,
    /// Verdict of `classes`.
    pub classes_verdict: &'static str,
    /// Verdict of `partitions` and `clusters`.
    pub clusters_verdict: &'static str,
    /// Verdict of `cloud`.
    pub cloud_verdict: &'static str,
    /// Whether the space is the same; empty for sets.
    pub geometry: Vec<Likeness<'a>>,
    /// Whether clusters agree; empty for sets.
    pub partitions: Vec<Likeness<'a>>,
    /// Whether the cloud is alike.
    pub cloud: Vec<Likeness<'a>>,
    /// The classes, least stable first.
    pub classes: Vec<Class<'a>>,
    /// Pairs of classes that came together or moved apart.
    pub class_pairs: Vec<ClassPair<'a>>,
    /// The clusters of the first run, least stable first.
    pub clusters: Vec<Cluster<'a>>,
    /// Medoids of the first run, least stable first.
    pub anchors: Vec<Anchor<'a>>,
    /// Records whose neighbourhood changed most.
    pub moved: Vec<Moved<'a>>,
}

/// A measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Likeness<'a> {
    /// `debiased CKA`, `neighbours kept`, `distance correlation`, `Procrustes
    /// residual`, `anchor correlation`, `adjusted Rand index`, `adjusted mutual
    /// information`, `shape of distances`, `spectrum` or `shape of centres`.
    pub measure: &'static str,
    /// The value, or `null`.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// What records that do not belong together give.
    pub by_chance: Option<f64>,
    /// What two fits to the first run give.
    pub within: Option<f64>,
    /// From where on it is the same.
    pub threshold: Option<f64>,
    /// Whether the threshold is a least value (`true`) or a largest one.
    pub larger_is_alike: bool,
    /// What follows.
    pub verdict: &'static str,
    /// Why it was not tested.
    pub reason: Option<&'a str>,
    /// In plain words.
    pub sentence: &'a str,
}

/// A class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Class<'a> {
    /// Its name.
    pub class: &'a str,
    /// Jaccard index of the records nearest to its centre.
    pub jaccard: Option<f64>,
    /// Lower end of its interval.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// Whether the index is a half or more.
    pub found_again: bool,
    /// The class that it moved against most.
    pub moved_against: Option<&'a str>,
    /// By which factor.
    pub factor: Option<f64>,
    /// In the first run.
    pub first: ClassInRun<'a>,
    /// In the later one.
    pub second: ClassInRun<'a>,
    /// What follows.
    pub verdict: &'static str,
    /// Why it was not tested.
    pub reason: Option<&'a str>,
}

/// A class in one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassInRun<'a> {
    /// Its records.
    pub ids: u64,
    /// Share of them nearest to its centre.
    pub in_own_class: Option<f64>,
    /// Mean half chord between two of them.
    pub compactness: Option<f64>,
    /// Their mean silhouette.
    pub silhouette: Option<f64>,
    /// The class that it is least apart from.
    pub nearest: Option<&'a str>,
    /// Their separation.
    pub separation: Option<f64>,
}

/// Two classes that came together or moved apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassPair<'a> {
    /// One.
    pub class: &'a str,
    /// The other.
    pub other: &'a str,
    /// Separation in the first run.
    pub first: f64,
    /// In the later one.
    pub second: f64,
    /// The factor, against the median of all pairs.
    pub factor: f64,
    /// Lower end of its interval.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// What follows.
    pub verdict: &'static str,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cluster<'a> {
    /// Its name in the first run.
    pub cluster: &'a str,
    /// The cluster matched with it.
    pub matched: Option<&'a str>,
    /// Its records.
    pub first_ids: u64,
    /// Those of the other.
    pub second_ids: u64,
    /// Jaccard index of the two.
    pub jaccard: f64,
    /// Lower end of its interval.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// The index with which other fits to the first run find it again.
    pub within: Option<f64>,
    /// What follows.
    pub verdict: &'static str,
    /// Why it was not tested.
    pub reason: Option<&'a str>,
}

/// An anchor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Anchor<'a> {
    /// The record.
    pub id: &'a str,
    /// The cluster whose medoid it is.
    pub cluster: &'a str,
    /// Correlation of the distances to it.
    pub correlation: Option<f64>,
    /// Lower end of its interval.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// Median half chord to it in the first run.
    pub first_median: f64,
    /// In the later one.
    pub second_median: f64,
}

/// A record whose neighbourhood changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved<'a> {
    /// The record.
    pub id: &'a str,
    /// Its class in the first run.
    pub first_class: Option<&'a str>,
    /// In the later one.
    pub second_class: Option<&'a str>,
    /// Share of its neighbours kept.
    pub kept: f64,
    /// Mean rank of the former neighbours.
    pub rank: f64,
}

/// A run of the curve; a run is not held against itself: `null`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// Its position among `runs`.
    pub run: usize,
    /// Against the first run.
    pub to_first: Option<Step>,
    /// Against the run before.
    pub to_previous: Option<Step>,
    /// Against the last run.
    pub to_last: Option<Step>,
}

/// How alike two runs of the curve are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Debiased CKA.
    pub cka: Option<Interval>,
    /// Share of neighbours kept.
    pub neighbours: Option<Interval>,
}

/// A value and its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The value.
    pub value: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// A doubt or an advice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Note<'a> {
    /// A short stable name.
    pub code: &'a str,
    /// What it means and what to do.
    pub text: &'a str,
}
