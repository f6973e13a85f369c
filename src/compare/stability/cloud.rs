//! Whether two clouds are alike, whichever record lies where.

use super::clusters::Baseline;
use super::fitted::Clusters;
use super::judge::{Against, likeness, not_tested};
use super::options::StabilityOptions;
use super::result::{Likeness, Measure};
use super::run::{Geometry, mean};
use crate::compare::stats::{
    DistanceProfile, HalfSamples, Interval, SquaredChords, assignment, spectrum_distance,
};

/// Random halves for statistics that need all distances anew.
const FEW_ROUNDS: u64 = 50;

/// The measures of clouds.
pub(super) fn cloud(
    (first, second): (&Geometry, &Geometry),
    baseline: &Baseline,
    options: &StabilityOptions,
) -> Vec<Likeness> {
    vec![
        distance_shape(first, second, options),
        spectrum(first, second, options),
        centre_shape(first, second, baseline, options),
    ]
}

/// Each run is halved by itself, as records are not paired: the spread of the
/// distance between clouds is that of both.
fn distance_shape(first: &Geometry, second: &Geometry, options: &StabilityOptions) -> Likeness {
    let (Some(a), Some(b)) = (&first.distances, &second.distances) else {
        return not_tested(Measure::DistanceShape, "all records of a run are one point");
    };
    let value = a.wasserstein(b);
    let against_other = |run: &Geometry, other: &DistanceProfile, turn: u64| {
        let halves = HalfSamples::new(run.chords.rows(), options.rounds, options.seed ^ turn);
        halves
            .at_most(FEW_ROUNDS)
            .interval(value, (0.0, f64::INFINITY), |ids| {
                Some(DistanceProfile::new(&run.chords, Some(ids))?.wasserstein(other))
            })
    };
    let interval = both(
        value,
        against_other(first, b, 1),
        against_other(second, a, 2),
    );
    let against = Against {
        threshold: options.thresholds.distance_shape,
        ..Against::default()
    };
    likeness(Measure::DistanceShape, Some(value), interval, against, "")
}

/// The interval of a number whose two sides vary independently: squared arms add
/// up.
fn both(value: f64, a: Option<Interval>, b: Option<Interval>) -> Option<Interval> {
    let (a, b) = (a?, b?);
    let arm = |of: fn(&Interval) -> f64| libm::hypot(of(&a), of(&b));
    Some(Interval {
        value,
        lower: (value - arm(|i| i.value - i.lower)).max(0.0),
        upper: value + arm(|i| i.upper - i.value),
    })
}

/// Shares of variance are sums of squares of records along the axes: halves give
/// their spread with the axes kept.
fn spectrum(first: &Geometry, second: &Geometry, options: &StabilityOptions) -> Likeness {
    let (a, b) = (
        first.coordinates.variances(),
        second.coordinates.variances(),
    );
    if a.is_empty() || b.is_empty() {
        return not_tested(Measure::Spectrum, "all records of a run are one point");
    }
    let value = spectrum_distance(a, b);
    let half = |run: &Geometry, other: &[f64], turn: u64| {
        let halves = HalfSamples::new(run.chords.rows(), options.rounds, options.seed ^ turn);
        halves.interval(value, (0.0, 1.0), |ids| {
            Some(spectrum_distance(&run.coordinates.variances_of(ids), other))
        })
    };
    let interval = both(value, half(first, b, 3), half(second, a, 4));
    let against = Against {
        threshold: options.thresholds.spectrum,
        ..Against::default()
    };
    likeness(Measure::Spectrum, Some(value), interval, against, "")
}

/// The distances between cluster centres, in mean distances between records, under
/// the matching of clusters that makes them most alike.
fn centre_shape(
    first: &Geometry,
    second: &Geometry,
    baseline: &Baseline,
    options: &StabilityOptions,
) -> Likeness {
    let measure = Measure::CentreShape;
    let shape = |run: &Geometry, clusters: &Clusters| Shape::new(&run.chords, clusters);
    let (Some(a), Some(b)) = (&first.clusters, &second.clusters) else {
        return not_tested(measure, "this build finds no clusters (feature `fit`)");
    };
    if a.names.len() < 3 || b.names.len() != a.names.len() {
        return not_tested(
            measure,
            "the runs need the same number of clusters, 3 or more",
        );
    }
    let (a, b) = (shape(first, a), shape(second, b));
    let refits = baseline
        .refits
        .iter()
        .filter(|refit| refit.names.len() == a.k);
    let refits: Vec<f64> = refits
        .map(|refit| a.difference(&shape(first, refit)))
        .collect();
    let within = mean(&refits);
    let against = Against {
        threshold: within.unwrap_or(0.0) + options.thresholds.centre_shape,
        within,
        ..Against::default()
    };
    likeness(measure, Some(a.difference(&b)), None, against, "")
}

/// How the centres of clusters lie to each other.
struct Shape {
    k: usize,
    /// Between centres, in mean distances of records; `k` x `k`.
    distances: Vec<f64>,
}

impl Shape {
    /// From sums of squared chords: for means of unit rows,
    /// `|m_a - m_b|^2 = B_ab - (W_a + W_b) / 2` over all ordered pairs, each record
    /// with itself among them.
    fn new(chords: &SquaredChords, clusters: &Clusters) -> Self {
        let k = clusters.names.len();
        let mut sums = vec![0.0; k * k];
        let mut counts = vec![0.0_f64; k];
        let (mut total, mut pairs) = (0.0, 0.0);
        for (i, &a) in clusters.of.iter().enumerate() {
            let row = chords.row(i);
            for (&chord, &b) in row.iter().zip(&clusters.of) {
                if a < k && b < k {
                    sums[a * k + b] += f64::from(chord);
                }
            }
            if a < k {
                counts[a] += 1.0;
            }
            total += row.iter().map(|&chord| f64::from(chord)).sum::<f64>();
            pairs += (row.len() - 1) as f64;
        }
        let mean = (total / pairs).max(f64::MIN_POSITIVE).sqrt();
        let part = |a: usize, b: usize| sums[a * k + b] / (counts[a] * counts[b]).max(1.0);
        let distance = |at: usize| {
            let (a, b) = (at / k, at % k);
            let squared = part(a, b) - (part(a, a) + part(b, b)) / 2.0;
            squared.max(0.0).sqrt() / mean
        };
        Self {
            k,
            distances: (0..k * k).map(distance).collect(),
        }
    }

    /// The mean absolute difference of distances once each centre has its partner:
    /// the one whose sorted distances to the others are most like its own.
    fn difference(&self, other: &Self) -> f64 {
        let k = self.k;
        let sorted = |shape: &Self| {
            let mut distances = shape.distances.clone();
            let rows = distances.chunks_exact_mut(k);
            rows.for_each(|row| row.sort_by(f64::total_cmp));
            distances
        };
        let (mine, theirs) = (sorted(self), sorted(other));
        let gap = |at: usize| -> f64 {
            let (row, other) = (at / k * k, at % k * k);
            let pairs = mine[row..row + k].iter().zip(&theirs[other..other + k]);
            pairs.map(|(x, y)| (x - y).abs()).sum()
        };
        let costs: Vec<f64> = (0..k * k).map(gap).collect();
        let partner = assignment(&costs, k);
        let mut sum = 0.0;
        for (a, &of_a) in partner.iter().enumerate() {
            for (b, &of_b) in partner.iter().enumerate() {
                let theirs = other.distances[of_a * k + of_b];
                sum += (self.distances[a * k + b] - theirs).abs();
            }
        }
        sum / (k * (k - 1)) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centres_are_matched_by_how_they_lie_to_the_others() {
        // Three heaps on a line, and the same in another order and twice as long.
        let rows = |scale: f32, order: [usize; 3]| -> (SquaredChords, Clusters) {
            let place = [0.0, 1.0, 3.0];
            let rows: Vec<f32> = (0..30)
                .map(|i| scale * (place[order[i % 3]] + 0.01 * (i / 3) as f32))
                .collect();
            let clusters = Clusters {
                names: ["a", "b", "c"].map(String::from).into(),
                of: (0..30).map(|i| i % 3).collect(),
            };
            (SquaredChords::new(&rows, 1).unwrap(), clusters)
        };
        let shape = |(chords, clusters): (SquaredChords, Clusters)| Shape::new(&chords, &clusters);
        let first = shape(rows(1.0, [0, 1, 2]));
        let moved = shape(rows(2.0, [2, 0, 1]));
        assert!(first.difference(&moved) < 1e-3);
        // In root mean squares of the distances of records, 1 lies between two heaps.
        assert!((first.distances[2] / first.distances[1] - 3.0).abs() < 1e-3);
    }
}
