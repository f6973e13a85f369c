//! Two ways to divide the same records into groups.

use super::super::random::ln_factorial;

/// How many records lie in each group of one partition and each of another.
///
/// ```
/// use driftsphere::compare::stats::Contingency;
///
/// let table = Contingency::new(&[0, 0, 1, 1], &[1, 1, 0, 0]);
/// assert_eq!(table.adjusted_rand(), 1.0); // names of groups mean nothing
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contingency {
    columns: usize,
    counts: Vec<u64>,
}

impl Contingency {
    /// Counts the records whose groups these are, position by position; groups are
    /// numbered from 0.
    ///
    /// # Panics
    /// If the two differ in length.
    #[must_use]
    pub fn new(first: &[usize], second: &[usize]) -> Self {
        assert_eq!(first.len(), second.len(), "the same records");
        Self::of_pairs(first.iter().copied().zip(second.iter().copied()))
    }

    /// The same of pairs of groups.
    pub(crate) fn of_pairs(pairs: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let size =
            |of: fn((usize, usize)) -> usize| pairs.clone().map(of).max().map_or(0, |g| g + 1);
        let (rows, columns) = (size(|pair| pair.0), size(|pair| pair.1));
        let mut counts = vec![0; rows * columns];
        for (row, column) in pairs {
            counts[row * columns + column] += 1;
        }
        Self { columns, counts }
    }

    /// Records of a group of the first and one of the second partition; 0 of groups that
    /// there are not.
    #[must_use]
    pub fn count(&self, first: usize, second: usize) -> u64 {
        let cell = first.checked_mul(self.columns);
        let cell = cell.and_then(|row| row.checked_add(second));
        let count = cell.and_then(|cell| self.counts.get(cell));
        count.filter(|_| second < self.columns).map_or(0, |n| *n)
    }

    /// Sizes of the groups of the first partition.
    #[must_use]
    pub fn first(&self) -> Vec<u64> {
        let rows = self.counts.chunks(self.columns.max(1));
        rows.map(|row| row.iter().sum()).collect()
    }

    /// Sizes of the groups of the second partition.
    #[must_use]
    pub fn second(&self) -> Vec<u64> {
        let column = |at| self.counts.iter().skip(at).step_by(self.columns).sum();
        (0..self.columns).map(column).collect()
    }

    /// Jaccard's index of two groups: records of both by records of either; 0 where there
    /// are none.
    #[must_use]
    pub fn jaccard(&self, first: usize, second: usize) -> f64 {
        let both = self.count(first, second);
        let of = |sizes: Vec<u64>, group: usize| sizes.get(group).map_or(0, |n| *n);
        let either = of(self.first(), first) + of(self.second(), second) - both;
        if either == 0 {
            0.0
        } else {
            both as f64 / either as f64
        }
    }

    /// The Rand index adjusted for chance (Hubert and Arabie 1985, eq. 5): 1 for
    /// equal partitions, 0 on average for independent ones.
    ///
    /// ```text
    /// pairs(x) = x (x - 1) / 2
    /// ARI = (S - E) / ((A + B) / 2 - E),  E = A B / pairs(n)
    /// S, A, B = sums of pairs over cells, rows, columns
    /// ```
    #[must_use]
    pub fn adjusted_rand(&self) -> f64 {
        let pairs = |x: u64| x as f64 * (x as f64 - 1.0) / 2.0;
        let sum = |sizes: &[u64]| sizes.iter().map(|&x| pairs(x)).sum::<f64>();
        let n: u64 = self.counts.iter().sum();
        let (both, first, second) = (sum(&self.counts), sum(&self.first()), sum(&self.second()));
        let expected = first * second / pairs(n).max(1.0);
        let most = (first + second) / 2.0;
        if most == expected {
            1.0
        } else {
            (both - expected) / (most - expected)
        }
    }

    /// The mutual information adjusted for chance (Vinh, Epps and Bailey 2010, eq.
    /// 15 and 24a, with the mean of the two entropies): 1 for equal partitions, 0 on
    /// average for independent ones of these sizes.
    ///
    /// ```text
    /// AMI = (I - E[I]) / ((H(U) + H(V)) / 2 - E[I])
    /// ```
    #[must_use]
    pub fn adjusted_mutual_information(&self) -> f64 {
        let (rows, columns) = (self.first(), self.second());
        let n: u64 = self.counts.iter().sum();
        let total = n as f64;
        let entropy = |sizes: &[u64]| -> f64 {
            let shares = sizes.iter().filter(|&&x| x > 0).map(|&x| x as f64 / total);
            shares.map(|p| -p * libm::log(p)).sum()
        };
        let mut information = 0.0;
        let mut expected = 0.0;
        for (i, &a) in rows.iter().enumerate() {
            for (j, &b) in columns.iter().enumerate() {
                let term = |both: u64| {
                    let both = both as f64;
                    both / total * libm::log(total * both / (a as f64 * b as f64))
                };
                let both = self.count(i, j);
                if both > 0 {
                    information += term(both);
                }
                for both in (a + b).saturating_sub(n).max(1)..=a.min(b) {
                    expected += term(both) * hypergeometric(a, b, n, both);
                }
            }
        }
        let most = (entropy(&rows) + entropy(&columns)) / 2.0;
        let room = most - expected;
        if room.abs() < 1e-12 {
            // One group a side, or each record its own: equal, or nothing to tell.
            return if (most - information).abs() < 1e-12 {
                1.0
            } else {
                0.0
            };
        }
        (information - expected) / room
    }
}

/// The chance that groups of `a` and `b` of `n` records have `both` in common.
fn hypergeometric(a: u64, b: u64, n: u64, both: u64) -> f64 {
    let log = |x: u64| ln_factorial(x as f64);
    let choose = |n: u64, k: u64| log(n) - log(k) - log(n - k);
    libm::exp(choose(a, both) + choose(n - a, b - both) - choose(n, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_are_where_they_should_be() {
        let same = Contingency::new(&[0, 1, 2, 0, 1, 2], &[2, 0, 1, 2, 0, 1]);
        assert_eq!(same.adjusted_rand(), 1.0);
        assert!((same.adjusted_mutual_information() - 1.0).abs() < 1e-12);
        assert_eq!((same.jaccard(0, 2), same.jaccard(0, 0)), (1.0, 0.0));
        let one = Contingency::new(&[0; 6], &[0; 6]);
        assert_eq!(
            (one.adjusted_rand(), one.adjusted_mutual_information()),
            (1.0, 1.0)
        );
        let lost = Contingency::new(&[0; 6], &[0, 1, 2, 0, 1, 2]);
        assert_eq!(lost.adjusted_rand(), 0.0);
        assert!(lost.adjusted_mutual_information().abs() < 1e-12);
    }

    /// Mean over all orders of one partition: chance, exactly.
    #[test]
    fn chance_is_at_zero() {
        let first = [0, 0, 0, 1, 1, 2];
        let mut second = vec![0, 0, 1, 1, 1, 1];
        let (mut sums, mut count) = ([0.0; 2], 0.0);
        permute(&mut second, 0, &mut |second| {
            let table = Contingency::new(&first, second);
            sums[0] += table.adjusted_rand();
            sums[1] += table.adjusted_mutual_information();
            count += 1.0;
        });
        assert_eq!(count, 720.0);
        assert!(
            sums.iter().all(|sum| (sum / count).abs() < 1e-12),
            "{sums:?}"
        );
    }

    fn permute(values: &mut Vec<usize>, from: usize, see: &mut impl FnMut(&[usize])) {
        if from == values.len() {
            return see(values);
        }
        for at in from..values.len() {
            values.swap(from, at);
            permute(values, from + 1, see);
            values.swap(from, at);
        }
    }
}
