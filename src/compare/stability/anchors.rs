//! The same records as anchors in two runs: how all others lie around them.

use super::common::Rows;
use super::result::Anchor;
use super::run::Geometry;
use crate::compare::stats::HalfSamples;
use crate::sphere::record_name;

/// The medoid of each cluster of the first run, least stable first.
pub(super) fn anchors(
    (first, second): (&Geometry, &Geometry),
    rows: &Rows,
    halves: &HalfSamples,
) -> Vec<Anchor> {
    let Some(clusters) = &first.clusters else {
        return Vec::new();
    };
    let n = first.chords.rows();
    let distances = |run: &Geometry, id: usize| -> Vec<f64> {
        let row = run.chords.row(id).iter();
        row.map(|&chord| f64::from(chord).sqrt() / 2.0).collect()
    };
    let anchor = |(cluster, name): (usize, &String)| {
        let id = medoid(first, &clusters.of, cluster)?;
        let (a, b) = (distances(first, id), distances(second, id));
        let over = |ids: &mut dyn Iterator<Item = usize>| {
            correlation(
                ids.filter(|&other| other != id)
                    .map(|other| (a[other], b[other])),
            )
        };
        let value = over(&mut (0..n));
        let interval = value.and_then(|value| {
            halves.interval(value, (-1.0, 1.0), |ids| over(&mut ids.iter().copied()))
        });
        let (hash, row) = &rows.rows[id];
        Some(Anchor {
            id: record_name(row.id.as_deref(), *hash),
            cluster: name.clone(),
            correlation: value,
            interval: interval.map(|interval| (interval.lower, interval.upper)),
            medians: (median(a), median(b)),
        })
    };
    let mut out: Vec<Anchor> = clusters
        .names
        .iter()
        .enumerate()
        .filter_map(anchor)
        .collect();
    let order = |anchor: &Anchor| anchor.correlation.unwrap_or(-1.0);
    out.sort_by(|a, b| order(a).total_cmp(&order(b)));
    out
}

/// The record of a cluster that is nearest to all its records together.
fn medoid(run: &Geometry, of: &[usize], cluster: usize) -> Option<usize> {
    let members: Vec<usize> = (0..of.len()).filter(|&id| of[id] == cluster).collect();
    let apart = |id: usize| {
        let row = run.chords.row(id);
        members
            .iter()
            .map(|&other| f64::from(row[other]))
            .sum::<f64>()
    };
    let sums = members.iter().map(|&id| (id, apart(id)));
    sums.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(id, _)| id)
}

/// Pearson's correlation; `None` for values that are all alike.
fn correlation(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let mut n = 0.0;
    let mut sums = [0.0; 5];
    for (x, y) in pairs {
        n += 1.0;
        let terms = [x, y, x * y, x * x, y * y];
        sums.iter_mut().zip(terms).for_each(|(sum, x)| *sum += x);
    }
    let [x, y, xy, xx, yy] = sums.map(|sum| sum / n);
    let own = (xx - x * x) * (yy - y * y);
    (own > 1e-14 * xx * yy).then(|| (xy - x * y) / own.sqrt())
}

/// Of distances from a record, itself among them with 0.
fn median(mut distances: Vec<f64>) -> f64 {
    distances.sort_by(f64::total_cmp);
    let others = &distances[1..];
    let n = others.len();
    (others[(n - 1) / 2] + others[n / 2]) / 2.0
}
