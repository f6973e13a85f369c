//! Nearest neighbours of the own window: Schilling's test.

use rayon::prelude::*;

use super::chords::Chords;
use super::permutation::{LabelStatistic, Labellings};

/// Neighbours of each row that are looked at.
const NEIGHBOURS: usize = 10;

/// Share of the nearest neighbours that come from the row's own window.
///
/// ```text
/// S = 1 / (N k) sum_i #{ j among the k nearest of i : j from the window of i }
/// ```
///
/// with k = 10, or fewer where fewer than 40 rows are pooled (Schilling,
/// "Multivariate two-sample tests based on nearest neighbors", JASA 81 (1986)).
/// Ties go to the row that stands first.
///
/// ```
/// use driftsphere::compare::stats::{Chords, Labellings, LabelStatistic, SameNeighbours};
///
/// // Four rows near (1, 0), four near (0, 1).
/// let mut rows = Vec::new();
/// for i in 0..8 {
///     let angle = if i < 4 { 0.0 } else { 1.5 } + 0.01 * i as f32;
///     rows.extend([angle.cos(), angle.sin()]);
/// }
/// let neighbours = SameNeighbours::new(&Chords::between(&rows, 2)).expect("more than one row");
/// let apart = [true, true, true, true, false, false, false, false];
/// assert_eq!(neighbours.values(&Labellings::single(&apart)), [1.0]);
/// ```
#[derive(Debug, Clone)]
pub struct SameNeighbours {
    k: usize,
    /// The `k` nearest of each row, `(rows, k)`.
    nearest: Vec<u32>,
}

impl SameNeighbours {
    /// Finds the neighbours. `None` with fewer than two rows.
    #[must_use]
    pub fn new(chords: &Chords) -> Option<Self> {
        let rows = chords.rows();
        if rows < 2 {
            return None;
        }
        let k = NEIGHBOURS.min((rows / 4).max(1)).min(rows - 1);
        let nearest = (0..rows)
            .into_par_iter()
            .flat_map_iter(|i| {
                let key = |j: &u32| (chords.get(i, *j as usize), *j);
                let order = |a: &u32, b: &u32| {
                    let (a, b) = (key(a), key(b));
                    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
                };
                let mut others: Vec<u32> = (0..rows as u32).filter(|&j| j as usize != i).collect();
                others.select_nth_unstable_by(k - 1, order);
                others.truncate(k);
                others
            })
            .collect();
        Some(Self { k, nearest })
    }

    /// Neighbours looked at for each row.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    /// What chance alone gives for windows of `n` and `m` rows:
    ///
    /// ```text
    /// (n (n - 1) + m (m - 1)) / ((n + m) (n + m - 1))
    /// ```
    #[must_use]
    pub fn by_chance(n: f64, m: f64) -> f64 {
        let all = n + m;
        if all < 2.0 {
            return 1.0;
        }
        (n * (n - 1.0) + m * (m - 1.0)) / (all * (all - 1.0))
    }
}

impl LabelStatistic for SameNeighbours {
    fn values(&self, labellings: &Labellings) -> Vec<f64> {
        let value = |l: usize| {
            let bits = labellings.bits(l);
            let first = |i: usize| bits[i / 64] >> (i % 64) & 1;
            let mut same = 0;
            for (i, near) in self.nearest.chunks_exact(self.k).enumerate() {
                let own = first(i);
                for &j in near {
                    same += u64::from(first(j as usize) == own);
                }
            }
            same as f64 / self.nearest.len() as f64
        };
        (0..labellings.len()).map(value).collect()
    }

    fn tolerance(&self) -> f64 {
        // Half a neighbour.
        0.5 / self.nearest.len() as f64
    }
}
