//! Nearest-neighbour test: do rows prefer neighbours of their own window?

use super::gram::SquaredChords;
use super::labellings::{LabelStatistic, Labellings};
use super::random::mix;
use super::row_groups::RowGroups;
use rayon::prelude::*;

/// Schilling's nearest-neighbour statistic (1986, J. Am. Stat. Assoc. 81): the
/// share of the k nearest pooled neighbours that come from the row's own
/// window.
///
/// ```text
/// T = 1 / (N k) sum_i sum_{j in kNN(i)} [label i = label j]
/// E[T] = (n (n - 1) + m (m - 1)) / (N (N - 1))     if nothing changed
/// ```
///
/// Neighbours at equal distance are taken in an order that depends on the
/// seed and the pair, not on the window, so copies do not bias it.
///
/// ```
/// use driftsphere::compare::stats::{Neighbours, Permutations, SquaredChords};
///
/// let angles: Vec<f32> = (0..40).map(|i| i as f32 * 0.05).collect();
/// let rows: Vec<f32> = angles.iter().flat_map(|a| [a.cos(), a.sin()]).collect();
/// let chords = SquaredChords::new(&rows, 2)?;
/// let neighbours = Neighbours::new(&chords, 20, Neighbours::DEFAULT_K, 1).unwrap();
/// assert!(neighbours.excess() > 0.3);
/// let test = Permutations::new(20, 20, 1)?.test(neighbours.observed(), &neighbours);
/// assert!(test.p_value < 0.001);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Neighbours {
    rows: usize,
    first: usize,
    k: usize,
    /// The k neighbours of each row, row by row.
    edges: Vec<u32>,
    observed: f64,
    /// Whether labels move by whole groups.
    grouped: bool,
}

impl Neighbours {
    /// The default number of neighbours.
    pub const DEFAULT_K: usize = 10;

    /// From the chords of pooled rows of which the `first` ones are the
    /// reference's; `k` is lowered to the number of other rows. `None` if a
    /// side has no rows or `k` is 0.
    #[must_use]
    pub fn new(chords: &SquaredChords, first: usize, k: usize, seed: u64) -> Option<Self> {
        let others = chords.rows().saturating_sub(1);
        Self::among(chords, first, k.min(others), seed, |i, j| i != j)
    }

    /// The same with neighbours from other groups only: those of the own group
    /// always move together, and say nothing of the window. `k` is lowered to the
    /// number of rows outside the largest group.
    ///
    /// Labellings of whole groups differ in the rows that each side gets, and a share
    /// over all rows grows with the larger side. So the statistic is the mean of both
    /// sides' own shares, which is 1/2 whatever their sizes if nothing changed (a
    /// weighting by the sizes as in Chen, Chen and Su 2018, J. Am. Stat. Assoc. 113):
    ///
    /// ```text
    /// T = 1/2 (A / (n k) + B / (m k))     A, B  own-window neighbours of the n
    ///                                           reference and the m target rows
    /// ```
    ///
    /// # Panics
    ///
    /// If the groups are not those of these rows.
    #[must_use]
    pub fn of_groups(
        chords: &SquaredChords,
        first: usize,
        k: usize,
        seed: u64,
        groups: &RowGroups,
    ) -> Option<Self> {
        let others = chords.rows() - groups.largest();
        let mut neighbours = Self::among(chords, first, k.min(others), seed, |i, j| {
            !groups.is_same(i, j)
        })?;
        neighbours.grouped = true;
        let observed = Labellings::single(&groups.is_first());
        neighbours.observed = neighbours.values(&observed)[0];
        Some(neighbours)
    }

    fn among(
        chords: &SquaredChords,
        first: usize,
        k: usize,
        seed: u64,
        may_be: impl Fn(usize, usize) -> bool + Sync,
    ) -> Option<Self> {
        let n = chords.rows();
        if first == 0 || first >= n || k == 0 {
            return None;
        }
        let edges: Vec<Vec<u32>> = (0..n)
            .into_par_iter()
            .map(|i| nearest(chords.row(i), i, k, seed, |j| may_be(i, j)))
            .collect();
        let mut neighbours = Self {
            rows: n,
            first,
            k,
            edges: edges.concat(),
            observed: 0.0,
            grouped: false,
        };
        let labels: Vec<bool> = (0..n).map(|i| i < first).collect();
        neighbours.observed = neighbours.values(&Labellings::single(&labels))[0];
        Some(neighbours)
    }

    /// The share for the labels as observed.
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// The share that is expected if nothing changed; where rows have groups, about
    /// so: the mean over the labellings is exact.
    #[must_use]
    pub fn expected(&self) -> f64 {
        if self.grouped {
            return 0.5;
        }
        let (n, m) = (self.first as f64, (self.rows - self.first) as f64);
        (n * (n - 1.0) + m * (m - 1.0)) / ((n + m) * (n + m - 1.0))
    }

    /// Observed less expected share: the excess of neighbours from the same
    /// window.
    #[must_use]
    pub fn excess(&self) -> f64 {
        self.observed - self.expected()
    }
}

/// The `k` nearest of the rows that may be neighbours of row `i`, ascending by
/// distance.
fn nearest(
    chords: &[f32],
    i: usize,
    k: usize,
    seed: u64,
    may_be: impl Fn(usize) -> bool,
) -> Vec<u32> {
    // Chords are not negative, so their bits are in order; below them a
    // random part that breaks ties. Pairs are unordered: both rows of a pair
    // see the same.
    let key = |j: usize| {
        let pair = (i.min(j) as u64) << 32 | i.max(j) as u64;
        let coin = mix(seed ^ mix(pair)) >> 32;
        (u64::from(chords[j].to_bits()) << 32 | coin, j as u32)
    };
    let mut keys: Vec<(u64, u32)> = (0..chords.len()).filter(|&j| may_be(j)).map(key).collect();
    if k < keys.len() {
        keys.select_nth_unstable(k - 1);
        keys.truncate(k);
    }
    keys.sort_unstable();
    keys.into_iter().map(|(_, j)| j).collect()
}

impl LabelStatistic for Neighbours {
    fn values(&self, labellings: &Labellings) -> Vec<f64> {
        let mut same = Vec::with_capacity(labellings.len());
        // 64 labellings side by side in one word: an edge is one exclusive or.
        let starts = (0..labellings.len()).step_by(64);
        for start in starts {
            let count = (labellings.len() - start).min(64);
            let lanes = self.lanes(labellings, start, count);
            let edges = self.edges.len() as f64;
            if !self.grouped {
                let mut unlike = vec![0u64; count];
                self.count(&lanes, &mut unlike, |own, other| own ^ other);
                same.extend(unlike.iter().map(|&unlike| (edges - unlike as f64) / edges));
                continue;
            }
            // Neighbours of the other window, of rows of the reference and of the
            // target.
            let (mut first, mut second) = (vec![0u64; count], vec![0u64; count]);
            self.count(&lanes, &mut first, |own, other| own & !other);
            self.count(&lanes, &mut second, |own, other| !own & other);
            same.extend((0..count).map(|l| {
                let rows: u32 = labellings
                    .bits(start + l)
                    .iter()
                    .map(|w| w.count_ones())
                    .sum();
                let of_first = f64::from(rows) * self.k as f64;
                let other = first[l] as f64 / of_first + second[l] as f64 / (edges - of_first);
                1.0 - other / 2.0
            }));
        }
        same
    }

    fn tolerance(&self) -> f64 {
        // Counts over one divisor: only whole edges can differ.
        let edge = 1.0 / self.edges.len() as f64;
        if self.grouped {
            1e-6 * edge
        } else {
            0.25 * edge
        }
    }
}

impl Neighbours {
    /// For each row its labels under `count` labellings, one bit each.
    fn lanes(&self, labellings: &Labellings, start: usize, count: usize) -> Vec<u64> {
        let mut lanes = vec![0u64; self.rows];
        for l in 0..count {
            let bits = labellings.bits(start + l);
            for (chunk, &word) in lanes.chunks_mut(64).zip(bits) {
                for (bit, lane) in chunk.iter_mut().enumerate() {
                    *lane |= (word >> bit & 1) << l;
                }
            }
        }
        lanes
    }

    /// Adds the number of edges whose two labels `are_counted`, for each labelling;
    /// bits past the last labelling are not looked at.
    fn count(&self, lanes: &[u64], counts: &mut [u64], are_counted: impl Fn(u64, u64) -> u64) {
        // Vertical counters: plane p holds bit p of 64 counts. 32 planes
        // count up to 2^32 edges.
        let mut planes = [0u64; 32];
        for (row, edges) in self.edges.chunks_exact(self.k).enumerate() {
            for &j in edges {
                let mut carry = are_counted(lanes[row], lanes[j as usize]);
                for plane in &mut planes {
                    let next = *plane & carry;
                    *plane ^= carry;
                    carry = next;
                    if carry == 0 {
                        break;
                    }
                }
            }
        }
        for (l, count) in counts.iter_mut().enumerate() {
            for (p, plane) in planes.iter().enumerate() {
                *count += (plane >> l & 1) << p;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::permutation::Permutations;
    use super::super::random::Random;
    use super::*;

    fn chords(n: usize, seed: u64) -> SquaredChords {
        let mut random = Random::stream(seed, 0);
        let rows: Vec<f32> = (0..n * 4).map(|_| random.uniform() as f32).collect();
        SquaredChords::new(&rows, 4).unwrap()
    }

    #[test]
    fn every_labelling_matches_the_definition() {
        let chords = chords(90, 1);
        let neighbours = Neighbours::new(&chords, 55, 7, 3).unwrap();
        let labellings = Permutations::new(55, 35, 4).unwrap().labellings(0..70);
        for (l, value) in neighbours.values(&labellings).iter().enumerate() {
            let mut same = 0;
            for i in 0..90 {
                let mut order: Vec<usize> = (0..90).filter(|&j| j != i).collect();
                order.sort_by(|&a, &b| chords.row(i)[a].total_cmp(&chords.row(i)[b]));
                same += order[..7]
                    .iter()
                    .filter(|&&j| labellings.is_first(l, i) == labellings.is_first(l, j))
                    .count();
            }
            assert!((value - same as f64 / 630.0).abs() < 1e-12);
        }
    }

    /// Of groups: neighbours in other groups, each side's share counts half.
    #[test]
    fn sides_of_any_size_have_half_a_say_where_rows_have_groups() {
        let chords = chords(90, 2);
        // Groups of three rows in the reference, of one to two in the target.
        let keys: Vec<Option<u64>> = (0..90)
            .map(|row| (row < 60).then_some(row / 3).or(Some(100 + row * 2 / 3)))
            .collect();
        let first: Vec<bool> = (0..90).map(|row| row < 60).collect();
        let groups = RowGroups::new(&keys, &first);
        let neighbours = Neighbours::of_groups(&chords, 60, 7, 3, &groups).unwrap();
        assert_eq!(neighbours.expected(), 0.5);
        let permutations = Permutations::whole_groups(&groups, 4).unwrap();
        let labellings = permutations.labellings(0..70);
        for (l, value) in neighbours.values(&labellings).iter().enumerate() {
            let mut own = [0.0; 2];
            let mut all = [0.0; 2];
            for i in 0..90 {
                let mut order: Vec<usize> = (0..90).filter(|&j| keys[j] != keys[i]).collect();
                order.sort_by(|&a, &b| chords.row(i)[a].total_cmp(&chords.row(i)[b]));
                let side = usize::from(labellings.is_first(l, i));
                all[side] += 7.0;
                let same = |j: &&usize| labellings.is_first(l, **j) == labellings.is_first(l, i);
                own[side] += order[..7].iter().filter(same).count() as f64;
            }
            let naive = (own[0] / all[0] + own[1] / all[1]) / 2.0;
            assert!((value - naive).abs() < 1e-12, "{value} {naive}");
        }
    }

    #[test]
    fn copies_are_shared_out_without_regard_to_the_window() {
        // All rows alike: over seeds the mean is the expectation.
        let chords = SquaredChords::new(&[1.0f32; 60], 1).unwrap();
        let mean = (0..200)
            .map(|seed| Neighbours::new(&chords, 20, 10, seed).unwrap().excess())
            .sum::<f64>()
            / 200.0;
        assert!(mean.abs() < 0.01, "{mean}");
    }

    #[test]
    fn few_rows_lower_k() {
        let chords = chords(2, 5);
        let neighbours = Neighbours::new(&chords, 1, 10, 1).unwrap();
        assert_eq!((neighbours.observed(), neighbours.expected()), (0.0, 0.0));
        assert!(Neighbours::new(&chords, 2, 10, 1).is_none());
    }
}
