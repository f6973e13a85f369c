//! Clusters in two runs: whether they are the same records.

use super::common::Rows;
use super::fitted::{Clusters, refits};
use super::judge::{Against, heaviest, likeness, not_tested, verdict};
use super::options::StabilityOptions;
use super::result::{Change, ClusterStability, Likeness, Measure};
use super::run::{Geometry, mean};
use crate::compare::stats::{Contingency, HalfSamples, assignment};
use crate::error::Result;

/// How much less alike than two fits to one run counts as the same.
const ROOM: f64 = 0.1;

/// What the clusters of the first run are held against: fits to it alone.
pub(super) struct Baseline {
    pub(super) refits: Vec<Clusters>,
}

impl Baseline {
    pub(super) fn new(first: &Geometry, rows: &Rows, options: &StabilityOptions) -> Result<Self> {
        let refits = match &first.clusters {
            Some(clusters) => refits(rows, first.dim, clusters, options.seed)?,
            None => Vec::new(),
        };
        Ok(Self { refits })
    }
}

/// The agreement as a whole, and each cluster of the first run, least stable first.
pub(super) fn clusters(
    (first, second): (&Geometry, &Geometry),
    baseline: &Baseline,
    halves: &HalfSamples,
    options: &StabilityOptions,
) -> (Vec<Likeness>, Vec<ClusterStability>) {
    let measures = [Measure::AdjustedRand, Measure::AdjustedMutualInformation];
    let (Some(a), Some(b)) = (&first.clusters, &second.clusters) else {
        let reason = "this build finds no clusters (feature `fit`)";
        return (measures.map(|m| not_tested(m, reason)).into(), Vec::new());
    };
    let of = |measure: Measure, table: &Contingency| match measure {
        Measure::AdjustedRand => table.adjusted_rand(),
        _ => table.adjusted_mutual_information(),
    };
    let table = Contingency::new(&a.of, &b.of);
    let agreement = measures.map(|measure| {
        let value = of(measure, &table);
        let interval = halves.interval(value, (-1.0, 1.0), |ids| {
            let pairs = ids.iter().map(|&id| (a.of[id], b.of[id]));
            Some(of(measure, &Contingency::of_pairs(pairs)))
        });
        let refitted = baseline.refits.iter();
        let refitted: Vec<f64> = refitted
            .map(|refit| of(measure, &Contingency::new(&a.of, &refit.of)))
            .collect();
        let within = mean(&refitted);
        let most = options.thresholds.partitions;
        let against = Against {
            threshold: within.map_or(most, |within| most.min(within - ROOM)),
            by_chance: Some(0.0),
            within,
        };
        likeness(measure, Some(value), interval, against, "")
    });
    (
        agreement.into(),
        each(a, b, &table, baseline, halves, options),
    )
}

fn each(
    a: &Clusters,
    b: &Clusters,
    table: &Contingency,
    baseline: &Baseline,
    halves: &HalfSamples,
    options: &StabilityOptions,
) -> Vec<ClusterStability> {
    let matched = matched(table, a.names.len(), b.names.len());
    let (sizes, theirs) = (table.first(), table.second());
    let jaccards = |table: &Contingency, size: (usize, usize)| -> Vec<f64> {
        let of = |(cluster, other): (usize, &Option<usize>)| match other {
            Some(other) if cluster < size.0 && *other < size.1 => table.jaccard(cluster, *other),
            _ => 0.0,
        };
        matched.iter().enumerate().map(of).collect()
    };
    let all = jaccards(table, (sizes.len(), theirs.len()));
    let intervals = halves.intervals(&all, (0.0, 1.0), |ids| {
        let part = Contingency::of_pairs(ids.iter().map(|&id| (a.of[id], b.of[id])));
        jaccards(&part, (part.first().len(), part.second().len()))
    });
    let mut out: Vec<ClusterStability> = (0..a.names.len())
        .map(|cluster| {
            let refits = baseline.refits.iter();
            let refits: Vec<f64> = refits.map(|refit| best(a, refit, cluster)).collect();
            let within = mean(&refits);
            let interval = intervals[cluster].map(|interval| (interval.lower, interval.upper));
            let limit = options.thresholds.jaccard;
            let loose = within.filter(|within| *within < limit);
            ClusterStability {
                cluster: a.names[cluster].clone(),
                matched: matched[cluster].map(|other| b.names[other].clone()),
                ids: (
                    sizes[cluster],
                    matched[cluster].map_or(0, |other| theirs[other]),
                ),
                jaccard: all[cluster],
                interval,
                within,
                verdict: match loose {
                    // Found again all the same, it is no less the same.
                    Some(_) if all[cluster] < limit => Change::NotTested,
                    _ => verdict(all[cluster], interval, limit, true),
                },
                reason: loose.filter(|_| all[cluster] < limit).map(|within| {
                    format!(
                        "other fits to the first run alone find it again with an index of \
                         {within:.2} only"
                    )
                }),
            }
        })
        .collect();
    out.sort_by(|a, b| {
        b.verdict
            .cmp(&a.verdict)
            .then(a.jaccard.total_cmp(&b.jaccard))
    });
    out
}

/// The largest Jaccard index of a cluster with any of another fit.
fn best(a: &Clusters, refit: &Clusters, cluster: usize) -> f64 {
    let table = Contingency::new(&a.of, &refit.of);
    let others = 0..table.second().len().min(refit.names.len());
    others
        .map(|other| table.jaccard(cluster, other))
        .fold(0.0, f64::max)
}

/// The clusters of the second run that those of the first have become, one to one,
/// such that the most records stay together.
fn matched(table: &Contingency, a: usize, b: usize) -> Vec<Option<usize>> {
    let n = a.max(b);
    let (rows, columns) = (table.first().len(), table.second().len());
    let cost = |at: usize| {
        let (row, column) = (at / n, at % n);
        let known = row < a.min(rows) && column < b.min(columns);
        if known {
            -(table.count(row, column) as f64)
        } else {
            0.0
        }
    };
    let costs: Vec<f64> = (0..n * n).map(cost).collect();
    let found = assignment(&costs, n).into_iter().take(a);
    found.map(|column| (column < b).then_some(column)).collect()
}

/// The heaviest verdict of both.
pub(super) fn heaviest_of(agreement: &[Likeness], clusters: &[ClusterStability]) -> Change {
    let verdicts = agreement.iter().map(|likeness| likeness.verdict);
    heaviest(verdicts.chain(clusters.iter().map(|cluster| cluster.verdict)))
}
