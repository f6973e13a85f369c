//! Distances between records, as one list of each space.

use super::super::SquaredChords;

/// The correlation (Pearson) of the distances between the records in two spaces,
/// over all pairs of records at `ids`, or over all; the half chord is taken for the
/// distance. `None` if all distances of a space are equal.
///
/// Known as representational similarity (Kriegeskorte et al. 2008) with Pearson's
/// correlation; the matrix correlation of Mantel (1967).
///
/// # Panics
/// If the two differ in their number of records.
#[must_use]
pub fn distance_correlation(
    first: &SquaredChords,
    second: &SquaredChords,
    ids: Option<&[usize]>,
) -> Option<f64> {
    assert_eq!(first.rows(), second.rows(), "the same records");
    let all: Vec<usize> = (0..first.rows()).collect();
    let ids = ids.unwrap_or(&all);
    let mut sums = [0.0; 5];
    let mut pairs = 0.0;
    for (at, &i) in ids.iter().enumerate() {
        let (a, b) = (first.row(i), second.row(i));
        let mut row = [0.0; 5];
        for &j in &ids[..at] {
            let (x, y) = (half_chord(a[j]), half_chord(b[j]));
            let terms = [x, y, x * y, x * x, y * y];
            row.iter_mut().zip(terms).for_each(|(sum, x)| *sum += x);
        }
        sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        pairs += at as f64;
    }
    let [x, y, xy, xx, yy] = sums.map(|sum| sum / pairs);
    let own = (xx - x * x) * (yy - y * y);
    (own > 1e-14 * xx * yy).then(|| (xy - x * y) / own.sqrt())
}

/// From a squared chord to the half chord.
pub(super) fn half_chord(squared: f32) -> f64 {
    f64::from(squared).sqrt() / 2.0
}

/// How the distances of a cloud are distributed, apart from its size: each is
/// divided by their mean, and counted in steps of 0.001.
///
/// Two clouds that differ by a rotation, a reflection, a scale or the order of their
/// records have one profile (Osada et al. 2002 compare shapes so).
#[derive(Debug, Clone, PartialEq)]
pub struct DistanceProfile {
    counts: Vec<u64>,
    pairs: u64,
    mean: f64,
    sd: f64,
}

/// Steps of a profile for each mean distance.
const STEPS: f64 = 1000.0;
/// Distances from so many mean ones on are counted together.
const REACH: f64 = 6.0;

impl DistanceProfile {
    /// Of the records at `ids`, or of all. `None` if all are one point.
    #[must_use]
    pub fn new(chords: &SquaredChords, ids: Option<&[usize]>) -> Option<Self> {
        let all: Vec<usize> = (0..chords.rows()).collect();
        let ids = ids.unwrap_or(&all);
        let pairs = || {
            ids.iter().enumerate().flat_map(|(at, &i)| {
                let row = chords.row(i);
                ids[..at].iter().map(|&j| half_chord(row[j]))
            })
        };
        let n = ids.len() * ids.len().saturating_sub(1) / 2;
        let mean = pairs().sum::<f64>() / n as f64;
        if n == 0 || mean <= 0.0 {
            return None;
        }
        let mut counts = vec![0; (REACH * STEPS) as usize + 1];
        let last = counts.len() - 1;
        let mut squares = 0.0;
        for distance in pairs() {
            let scaled = distance / mean;
            squares += (scaled - 1.0).powi(2);
            counts[((scaled * STEPS) as usize).min(last)] += 1;
        }
        Some(Self {
            counts,
            pairs: n as u64,
            mean,
            sd: (squares / n as f64).sqrt(),
        })
    }

    /// The mean half chord between two records.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The Wasserstein distance of the two distributions, in standard deviations of
    /// this one, right to 0.001 mean distances.
    #[must_use]
    pub fn wasserstein(&self, other: &Self) -> f64 {
        let (mut sum, mut first, mut second) = (0.0, 0, 0);
        for (a, b) in self.counts.iter().zip(&other.counts) {
            first += a;
            second += b;
            let gap = first as f64 / self.pairs as f64 - second as f64 / other.pairs as f64;
            sum += gap.abs() / STEPS;
        }
        // Distances that are all equal have no spread to measure by.
        sum / self.sd.max(1.0 / STEPS)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::random::falling_rows;
    use super::*;

    #[test]
    fn a_scaled_and_reordered_cloud_has_one_profile() {
        let (n, dim) = (50, 4);
        let rows = falling_rows(n, dim, 3);
        let scaled: Vec<f32> = rows.chunks(dim).rev().flatten().map(|x| 2.0 * x).collect();
        let [a, b] = [&rows, &scaled].map(|rows| SquaredChords::new(rows, dim).unwrap());
        let [first, second] = [&a, &b].map(|chords| DistanceProfile::new(chords, None).unwrap());
        assert!(first.wasserstein(&second) < 0.01);
        assert!((second.mean() / first.mean() - 2.0).abs() < 1e-5);
        // Record by record they have little in common.
        let paired = distance_correlation(&a, &b, None).unwrap();
        assert!(paired.abs() < 0.3, "{paired}");
        assert!((distance_correlation(&a, &a, None).unwrap() - 1.0).abs() < 1e-9);
        // A cloud with clusters is another shape.
        let clusters: Vec<f32> = (0..n * dim)
            .map(|at| {
                if at % dim == (at / dim) % dim {
                    5.0
                } else {
                    rows[at] * 0.1
                }
            })
            .collect();
        let chords = SquaredChords::new(&clusters, dim).unwrap();
        let other = DistanceProfile::new(&chords, None).unwrap();
        assert!(first.wasserstein(&other) > 0.5);
    }

    #[test]
    fn one_point_has_no_distances() {
        let point = SquaredChords::new(&[1.0; 12], 3).unwrap();
        assert_eq!(DistanceProfile::new(&point, None), None);
        assert_eq!(distance_correlation(&point, &point, None), None);
    }
}
