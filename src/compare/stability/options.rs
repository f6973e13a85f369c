//! What is asked about runs.

use crate::error::{Error, ErrorKind, Result};

/// Fewest records that runs are compared on.
pub const MIN_IDS: usize = 20;
/// Most records that runs are compared on unless asked for more: time and memory
/// grow with their square.
pub const MAX_IDS: usize = 2048;
/// Most clusters to find in each run: time grows with their cube.
pub const MAX_CLUSTERS: usize = 256;
/// Fewest compared records for each cluster that is asked for: halves of the records must show it, too.
pub(super) const RECORDS_A_CLUSTER: usize = 10;
/// Most runs of one answer.
pub const MAX_RUNS: usize = 64;

/// Which question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Question {
    /// Is the space the same? The runs saw the same records; what is compared is
    /// where each of them lies among the others.
    #[default]
    Paired,
    /// Is the cloud alike? Records are not paired: ids may differ, or mean nothing.
    SetOnly,
}

impl Question {
    /// `paired` or `set-only`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Paired => "paired",
            Self::SetOnly => "set-only",
        }
    }
}

/// From where on a likeness counts as the same.
///
/// | threshold | default | measured examples |
/// | --- | --- | --- |
/// | [`cka`](Self::cka) | 0.98 | noise of 10 %, 30 %, 50 % of a row's length: 0.999, 0.988, 0.964; two seeds of one network: 0.95; another network: 0.87; an earlier layer: 0.53; shuffled ids: 0.00 |
/// | [`neighbours`](Self::neighbours) | 0.9 | in this order: 0.96, 0.91, 0.86; 0.64; 0.66; 0.42; 0.01 |
/// | [`distances`](Self::distances) | 0.98 | 0.998, 0.987, 0.965; 0.94; 0.90; 0.56; 0.00 |
/// | [`procrustes`](Self::procrustes) | 0.06 | 0.006, 0.051, 0.124; 0.11; 0.20; -; 0.77 |
/// | [`jaccard`](Self::jaccard) | 0.75 | of a class or cluster; below, it is not stable (Hennig 2007, 2008: from 0.75 stable, below 0.5 dissolved) |
/// | [`separation`](Self::separation) | 2 | factor of the separation of two classes, against the median of all pairs: of digits at most 1.6 between seeds, 2.3 to 9 where two classes were trained as one |
/// | [`partitions`](Self::partitions) | 0.9 | adjusted Rand index and mutual information; or 0.1 less than k-means reaches on the first run alone with other seeds, where that is lower |
/// | [`distance_shape`](Self::distance_shape) | 0.2 | sd; two halves of one set 0.02, two seeds 0.02, another network 0.03, an earlier layer 1.13 |
/// | [`spectrum`](Self::spectrum) | 0.1 | two halves of one set 0.02, two seeds 0.05, an earlier layer 0.45 |
/// | [`centre_shape`](Self::centre_shape) | 0.1 | more than between two fits to the first run |
///
/// "Noise" and the networks are EfficientNet-Lite on 1,148 photographs, the seeds
/// small networks on digits.
#[derive(Debug, Clone, PartialEq)]
pub struct StabilityThresholds {
    /// Debiased linear CKA, at least.
    pub cka: f64,
    /// Mean share of neighbours kept, at least.
    pub neighbours: f64,
    /// Correlation of distances (of all pairs, and to anchors), at least.
    pub distances: f64,
    /// Procrustes residual, at most.
    pub procrustes: f64,
    /// Jaccard index of a class or cluster, at least.
    pub jaccard: f64,
    /// Factor by which two classes came together or moved apart, at most.
    pub separation: f64,
    /// Adjusted agreement of clusters, at least.
    pub partitions: f64,
    /// Wasserstein distance of scaled distances, in sd of the first run, at most.
    pub distance_shape: f64,
    /// Distance of the spectra, in `[0, 1]`, at most.
    pub spectrum: f64,
    /// Mean difference of distances between matched centres beyond that of two fits to one
    /// run, in mean distances, at most.
    pub centre_shape: f64,
}

impl Default for StabilityThresholds {
    fn default() -> Self {
        Self {
            cka: 0.98,
            neighbours: 0.9,
            distances: 0.98,
            procrustes: 0.06,
            jaccard: 0.75,
            separation: 2.0,
            partitions: 0.9,
            distance_shape: 0.2,
            spectrum: 0.1,
            centre_shape: 0.1,
        }
    }
}

/// How runs are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct StabilityOptions {
    /// Paired records, or sets.
    pub question: Question,
    /// The embedding space; `None` for the only one.
    pub space: Option<String>,
    /// Clusters to find in each run, at most [`MAX_CLUSTERS`] and one for 10 compared records; `None`
    /// for as many as there are classes, 8 without classes or with more than 64.
    pub clusters: Option<usize>,
    /// Nearest neighbours of a record.
    pub neighbours: usize,
    /// Records compared at most: those of smallest hash.
    pub max_ids: usize,
    /// Random halves that intervals come from.
    pub rounds: u64,
    /// Seed of these and of the clustering.
    pub seed: u64,
    /// What counts as the same.
    pub thresholds: StabilityThresholds,
}

impl Default for StabilityOptions {
    /// Paired, 10 neighbours, 2048 records, 200 halves, seed 0.
    fn default() -> Self {
        Self {
            question: Question::Paired,
            space: None,
            clusters: None,
            neighbours: 10,
            max_ids: MAX_IDS,
            rounds: 200,
            seed: 0,
            thresholds: StabilityThresholds::default(),
        }
    }
}

impl StabilityOptions {
    /// Checks the options.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for no neighbours, no clusters or more than [`MAX_CLUSTERS`], fewer
    /// than 20 records or fewer than 20 halves.
    pub fn check(&self) -> Result<()> {
        let faults = [
            (
                self.neighbours == 0,
                "at least one neighbour is needed".to_owned(),
            ),
            (
                self.clusters == Some(0),
                "at least one cluster is needed".to_owned(),
            ),
            (
                self.clusters.is_some_and(|k| k > MAX_CLUSTERS),
                format!("at most {MAX_CLUSTERS} clusters are found in a run; ask for fewer"),
            ),
            (
                self.max_ids < MIN_IDS,
                format!(
                    "runs are compared on {MIN_IDS} records and more, not on {}",
                    self.max_ids
                ),
            ),
            (
                self.rounds < 20,
                format!(
                    "intervals need 20 random halves and more, not {}",
                    self.rounds
                ),
            ),
        ];
        let fault = faults.into_iter().find(|(wrong, _)| *wrong);
        fault.map_or(Ok(()), |(_, text)| {
            Err(Error::new(ErrorKind::Argument, text))
        })
    }
}
