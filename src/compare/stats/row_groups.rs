//! Pooled rows that belong together and move together.

use std::collections::BTreeMap;

use super::intraclass::Intraclass;
use super::labellings::Labellings;
use super::random::Random;
use crate::error::{Error, ErrorKind, Result};

/// Which pooled rows form groups (videos, patients), and how their labels may be
/// permuted.
///
/// Rows of one group depend on each other, so exchanging single rows makes
/// p-values too small. Whole groups are exchanged instead, with whatever rows
/// they have (blocks of unequal size: Anderson and ter Braak 2003, J. Stat.
/// Comput. Simul. 73; Winkler et al. 2015, NeuroImage 123):
///
/// - groups of one window: which of them are the reference's is drawn anew, in
///   the observed number of groups. If nothing changed, and groups with their
///   sizes are independent draws from one source, all labellings are equally
///   likely, and p-values are exact whatever the statistic;
/// - a group in both windows (a camera that was there on both days): its two
///   parts change sides or not, by a fair coin each. What the group is like
///   cancels, as in a paired test;
/// - where one window alone has groups of its own, these keep their side.
///
/// A sample that holds a smaller part of one window thins its groups more than
/// those of the other. Statistics with a variance of their own are therefore
/// divided by it ([`Intraclass::variance`](super::Intraclass::variance)).
///
/// ```
/// use driftsphere::compare::stats::{Permutations, RowGroups};
///
/// // Three groups in the reference, two in the target, two rows each.
/// let groups: Vec<Option<u64>> = (0..10).map(|row| Some(row / 2)).collect();
/// let first: Vec<bool> = (0..10).map(|row| row < 6).collect();
/// let groups = RowGroups::new(&groups, &first);
/// assert_eq!(groups.counts(), (3, 2));
/// let labellings = Permutations::whole_groups(&groups, 1)?.labellings(0..100);
/// for l in 0..100 {
///     assert!((0..5).all(|g| labellings.is_first(l, 2 * g) == labellings.is_first(l, 2 * g + 1)));
/// }
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RowGroups {
    /// The group of each row, from 0.
    of_row: Vec<u32>,
    /// The rows of one group and one window.
    blocks: Vec<Block>,
    /// Blocks of groups that one window has, the reference's first.
    apart: Vec<usize>,
    apart_first: usize,
    /// The two blocks of each group that both windows have.
    shared: Vec<(usize, usize)>,
}

#[derive(Debug, Clone, PartialEq)]
struct Block {
    rows: Vec<u32>,
    first: bool,
}

/// Rows of one side of a labelling, and pairs of them that share a group.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Side {
    /// Rows before the split, and from it on.
    pub(super) rows: (f64, f64),
    /// Ordered pairs of one group, both before the split.
    pub(super) pairs: f64,
    /// Pairs of one group, one row before the split, one behind it.
    pub(super) across: f64,
}

impl RowGroups {
    /// From the group of each pooled row (`None`: a group of its own) and whether
    /// the row is of the reference. Both have one entry for each row.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    #[must_use]
    pub fn new(groups: &[Option<u64>], first: &[bool]) -> Self {
        assert_eq!(groups.len(), first.len(), "one window for each row");
        let mut numbers: BTreeMap<u64, u32> = BTreeMap::new();
        let mut blocks: BTreeMap<(u32, bool), Vec<u32>> = BTreeMap::new();
        let mut next = 0;
        let mut of_row = Vec::with_capacity(groups.len());
        for (row, (group, &first)) in groups.iter().zip(first).enumerate() {
            let number = match group {
                Some(name) => *numbers.entry(*name).or_insert(next),
                None => next,
            };
            next = next.max(number + 1);
            of_row.push(number);
            // Order: of one group the reference's block first.
            blocks.entry((number, !first)).or_default().push(row as u32);
        }
        let mut out = Self {
            of_row,
            blocks: Vec::with_capacity(blocks.len()),
            apart: Vec::new(),
            apart_first: 0,
            shared: Vec::new(),
        };
        let mut others = Vec::new();
        let keys: Vec<(u32, bool)> = blocks.keys().copied().collect();
        for (at, ((number, second), rows)) in blocks.into_iter().enumerate() {
            let twin =
                |i: Option<usize>| i.and_then(|i| keys.get(i)).is_some_and(|k| k.0 == number);
            if twin(at.checked_add(1)) {
                out.shared.push((at, at + 1));
            } else if !twin(at.checked_sub(1)) {
                match second {
                    false => out.apart.push(at),
                    true => others.push(at),
                }
            }
            out.blocks.push(Block {
                rows,
                first: !second,
            });
        }
        out.apart_first = out.apart.len();
        out.apart.extend(others);
        out
    }

    /// The number of pooled rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.of_row.len()
    }

    /// Groups of the reference and of the target; one in both counts for both.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let shared = self.shared.len();
        let second = self.apart.len() - self.apart_first;
        (self.apart_first + shared, second + shared)
    }

    /// Groups that both windows have.
    #[must_use]
    pub fn shared(&self) -> usize {
        self.shared.len()
    }

    /// Whether two rows belong to one group, of whichever window.
    ///
    /// # Panics
    ///
    /// If there are no such rows.
    #[must_use]
    pub fn is_same(&self, i: usize, j: usize) -> bool {
        self.of_row[i] == self.of_row[j]
    }

    /// Rows of the largest group, both windows together.
    pub(super) fn largest(&self) -> usize {
        let mut sizes = vec![0; self.of_row.len()];
        for &group in &self.of_row {
            sizes[group as usize] += 1;
        }
        sizes.into_iter().max().unwrap_or(0)
    }

    /// Which rows are of the reference.
    pub(super) fn is_first(&self) -> Vec<bool> {
        let mut first = vec![false; self.rows()];
        for block in self.blocks.iter().filter(|block| block.first) {
            for &row in &block.rows {
                first[row as usize] = true;
            }
        }
        first
    }

    pub(super) fn check(&self) -> Result<()> {
        match self.counts() {
            (0, _) | (_, 0) => Err(Error::new(
                ErrorKind::Argument,
                "a permutation test needs groups on both sides",
            )),
            _ => Ok(()),
        }
    }

    /// Marks the rows of the groups that are the reference's in a random labelling.
    pub(super) fn draw(&self, random: &mut Random, bits: &mut [u64]) {
        let mut mark = |block: usize| {
            for &row in &self.blocks[block].rows {
                bits[row as usize / 64] |= 1 << (row % 64);
            }
        };
        for &(a, b) in &self.shared {
            mark(if random.next() >> 63 == 0 { a } else { b });
        }
        // The first so many of a shuffled list (Fisher and Yates).
        let mut order = self.apart.clone();
        for i in 0..self.apart_first {
            let rest = (order.len() - i) as u64;
            order.swap(i, i + random.below(rest) as usize);
            mark(order[i]);
        }
    }

    /// Both sides of labelling `index`, the rows being split at `split`.
    pub(super) fn sides(&self, labellings: &Labellings, index: usize, split: usize) -> [Side; 2] {
        let mut sides = [Side::default(); 2];
        for block in &self.blocks {
            let is_first = labellings.is_first(index, block.rows[0] as usize);
            let side = &mut sides[usize::from(!is_first)];
            let before = block.rows.partition_point(|&row| (row as usize) < split);
            let (a, b) = (before as f64, (block.rows.len() - before) as f64);
            side.rows.0 += a;
            side.rows.1 += b;
            side.pairs += a * (a - 1.0);
            side.across += a * b;
        }
        sides
    }

    /// The rows of each group in each window.
    pub(super) fn parts(&self) -> impl Iterator<Item = &[u32]> {
        self.blocks.iter().map(|block| block.rows.as_slice())
    }

    /// The reference's and the target's rows of each group that both windows have.
    pub(super) fn shared_parts(&self) -> impl Iterator<Item = (&[u32], &[u32])> {
        let rows = |block: usize| self.blocks[block].rows.as_slice();
        self.shared.iter().map(move |&(a, b)| (rows(a), rows(b)))
    }

    /// Weights of the rows, 1 on average, with which a mean varies least: a group of
    /// s rows in a window counts in inverse proportion to the variance of its mean,
    ///
    /// ```text
    /// u = 1 / (rho + (1 - rho) / s)
    /// ```
    ///
    /// shared out among its rows: groups of copies alike whatever their sizes, groups
    /// of independent rows by their sizes.
    ///
    /// ```
    /// use driftsphere::compare::stats::{Intraclass, RowGroups};
    ///
    /// let groups = RowGroups::new(&[Some(1), Some(1), Some(1), Some(2)], &[true; 4]);
    /// assert_eq!(groups.row_weights(Intraclass::ALIKE), [2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0, 2.0]);
    /// let independent = Intraclass { within: 0.0, between: 0.0 };
    /// assert_eq!(groups.row_weights(independent), [1.0; 4]);
    /// ```
    #[must_use]
    pub fn row_weights(&self, alike: Intraclass) -> Vec<f64> {
        let mut weights = vec![0.0; self.rows()];
        for rows in self.parts() {
            let size = rows.len() as f64;
            let weight = 1.0 / (alike.within * size + 1.0 - alike.within);
            for &row in rows {
                weights[row as usize] = weight;
            }
        }
        let mean = weights.iter().sum::<f64>() / self.rows().max(1) as f64;
        weights.iter_mut().for_each(|weight| *weight /= mean);
        weights
    }

    /// Pairs of a reference row and a target row of one group. Labellings do not
    /// change it: the two parts of a group are never on one side.
    pub(super) fn shared_pairs(&self) -> f64 {
        let size = |block: usize| self.blocks[block].rows.len() as f64;
        self.shared.iter().map(|&(a, b)| size(a) * size(b)).sum()
    }

    /// Pairs of rows that share their group: within the reference and within the
    /// target (unordered), and between them.
    #[must_use]
    pub fn pairs(&self) -> (f64, f64, f64) {
        let within = |first: bool| -> f64 {
            let sizes = self.blocks.iter().filter(|block| block.first == first);
            sizes
                .map(|block| block.rows.len() as f64)
                .map(|size| size * (size - 1.0) / 2.0)
                .sum()
        };
        (within(true), within(false), self.shared_pairs())
    }
}

#[cfg(test)]
mod tests {
    use super::super::permutation::Permutations;
    use super::*;

    /// Reference: groups 0 (2 rows), 1 (1 row), 7 (2 rows), one row alone; target:
    /// groups 2 (3 rows), 3, 7 (1 row).
    fn groups() -> RowGroups {
        let names = [0, 0, 1, 7, 7, 99, 2, 2, 2, 3, 7];
        let groups: Vec<Option<u64>> = names.iter().map(|&g| (g != 99).then_some(g)).collect();
        let first: Vec<bool> = (0..11).map(|row| row < 6).collect();
        RowGroups::new(&groups, &first)
    }

    #[test]
    fn groups_of_one_window_are_drawn_and_those_of_both_swapped() {
        let groups = groups();
        assert_eq!((groups.counts(), groups.shared()), ((4, 3), 1));
        assert_eq!(groups.pairs(), (2.0, 3.0, 2.0));
        assert_eq!(groups.largest(), 3);
        let permutations = Permutations::whole_groups(&groups, 3).unwrap();
        let observed = permutations.observed();
        assert!((0..11).all(|row| observed.is_first(0, row) == (row < 6)));

        let rounds = 4000;
        let labellings = permutations.labellings(0..rounds as u64);
        let mut drawn = [0; 6];
        for l in 0..rounds {
            let is_first = |row| labellings.is_first(l, row);
            assert!(is_first(0) == is_first(1) && is_first(6) == is_first(7));
            assert!(is_first(3) == is_first(4) && is_first(3) != is_first(10));
            let heads = [0, 2, 5, 6, 9, 3].map(is_first);
            // Three of the five groups of one window.
            assert_eq!(heads[..5].iter().filter(|h| **h).count(), 3);
            for (count, head) in drawn.iter_mut().zip(heads) {
                *count += i32::from(head);
            }
            let [a, b] = groups.sides(&labellings, l, 11);
            assert_eq!(a.rows.0 + b.rows.0, 11.0);
            let count = (0..11).filter(|&row| is_first(row)).count();
            assert_eq!(a.rows.0, count as f64);
        }
        // Five standard deviations of a binomial count.
        let spread = |p: f64| 5.0 * (f64::from(rounds as u32) * p * (1.0 - p)).sqrt();
        for (count, p) in drawn.iter().zip([0.6, 0.6, 0.6, 0.6, 0.6, 0.5]) {
            let gap = f64::from(*count) - f64::from(rounds as u32) * p;
            assert!(gap.abs() < spread(p), "{count} {p}");
        }
    }

    #[test]
    fn sides_count_pairs_of_one_group() {
        let groups = groups();
        let observed = Permutations::whole_groups(&groups, 1).unwrap().observed();
        let [a, b] = groups.sides(&observed, 0, 11);
        assert_eq!((a.rows, a.pairs, a.across), ((6.0, 0.0), 4.0, 0.0));
        assert_eq!((b.rows, b.pairs, b.across), ((5.0, 0.0), 6.0, 0.0));
        let [a, b] = groups.sides(&observed, 0, 7);
        assert_eq!((a.rows, b.rows), ((6.0, 0.0), (1.0, 4.0)));
        assert_eq!((b.pairs, b.across), (0.0, 2.0));
    }

    #[test]
    fn new_groups_keep_their_side_where_the_other_window_has_none_of_its_own() {
        let names: Vec<Option<u64>> = [1, 2, 1, 2, 3].map(Some).into();
        let groups = RowGroups::new(&names, &[true, true, false, false, false]);
        let labellings = Permutations::whole_groups(&groups, 1)
            .unwrap()
            .labellings(0..50);
        assert!((0..50).all(|l| !labellings.is_first(l, 4)));
        assert!((0..50).any(|l| labellings.is_first(l, 0) != labellings.is_first(l, 1)));
    }

    #[test]
    fn a_side_without_groups_is_refused() {
        let groups = RowGroups::new(&[Some(1)], &[true]);
        let error = Permutations::whole_groups(&groups, 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument);
    }
}
