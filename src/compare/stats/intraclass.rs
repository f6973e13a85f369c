//! How alike rows of one group are, and what that does to the variance of means.

use rayon::prelude::*;

use super::row_groups::RowGroups;

/// Pairs of one group that count as fully alike besides those that were seen: with
/// few pairs the correlation is taken to be large rather than small.
const ALIKE_BEFORE: f64 = 2.0;

/// The correlation of two rows of one group in whatever is tested.
///
/// From mean squared distances of pairs (for vectors, numbers, or values that are
/// equal or not; the intraclass correlation in the form of a variogram):
///
/// ```text
/// rho   = 1 - D_same / D_other        pairs of one window: of one group, of two
/// rho'' = (E_other - E_same) / D_other     pairs between the windows
/// ```
///
/// Only pairs inside one window go into rho, so a change between the windows does
/// not pass for likeness. Two pairs more are added as fully alike, which matters
/// where few were sampled. Both lie in [0, 1], rho'' is at most rho.
///
/// ```
/// use driftsphere::compare::stats::{Intraclass, RowGroups};
///
/// // Ten groups of ten rows a side; half of the variance is that of the groups.
/// let groups: Vec<Option<u64>> = (0..200).map(|row| Some(row / 10)).collect();
/// let first: Vec<bool> = (0..200).map(|row| row < 100).collect();
/// let groups = RowGroups::new(&groups, &first);
/// let value = |row: usize| f64::from(row as u32 / 10 % 2 + row as u32 % 2);
/// let alike = Intraclass::of(&groups, |i, j| (value(i) - value(j)).powi(2));
/// assert!((alike.within - 0.5).abs() < 0.1);
/// assert_eq!(alike.between, 0.0);
/// // The means of 100 rows each vary as those of 100 / (1 + 9 rho).
/// let deff = 1.0 + 9.0 * alike.within;
/// let variance = alike.variance([100.0, 100.0], [900.0, 900.0], 0.0);
/// assert!((variance - 2.0 * deff / 100.0).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intraclass {
    /// rho: of two rows of one window.
    pub within: f64,
    /// rho'': of two rows in two windows.
    pub between: f64,
}

impl Intraclass {
    /// Rows of one group are copies; what is not known must be taken so.
    pub const ALIKE: Self = Self {
        within: 1.0,
        between: 0.0,
    };

    /// From the squared distance of each pair of pooled rows (symmetric, not
    /// negative). Time grows with the square of the number of rows.
    #[must_use]
    pub fn of(groups: &RowGroups, squared: impl Fn(usize, usize) -> f64 + Sync) -> Self {
        let first = groups.is_first();
        let cross = groups.shared() > 0;
        // Sums and numbers of pairs: same group, others; of one window, of two.
        let rows: Vec<[[f64; 2]; 4]> = (0..groups.rows())
            .into_par_iter()
            .map(|i| {
                let mut sums = [[0.0; 2]; 4];
                for j in 0..i {
                    let two = first[i] != first[j];
                    if two && !cross {
                        continue;
                    }
                    let kind = usize::from(!groups.is_same(i, j)) + 2 * usize::from(two);
                    sums[kind][0] += squared(i, j);
                    sums[kind][1] += 1.0;
                }
                sums
            })
            .collect();
        let mut sums = [[0.0; 2]; 4];
        for row in &rows {
            for (sum, part) in sums.iter_mut().zip(row) {
                sum[0] += part[0];
                sum[1] += part[1];
            }
        }
        let mean = |kind: usize| sums[kind][0] / sums[kind][1];
        let spread = mean(1);
        if sums[0][1] == 0.0 || spread.is_nan() || spread <= 0.0 {
            return Self::ALIKE;
        }
        let seen = (1.0 - mean(0) / spread) * sums[0][1];
        let within = ((seen + ALIKE_BEFORE) / (sums[0][1] + ALIKE_BEFORE)).clamp(0.0, 1.0);
        let between = match sums[2][1] > 0.0 && sums[3][1] > 0.0 {
            true => ((mean(3) - mean(2)) / spread).clamp(0.0, within),
            false => 0.0,
        };
        Self { within, between }
    }

    /// Variance of the difference of two means, over the variance of one row.
    ///
    /// ```text
    /// v = 1/n + 1/m + rho (P/n^2 + P'/m^2) - 2 rho'' C / (n m)
    /// ```
    ///
    /// for n and m rows, of which P and P' ordered pairs lie in one group of one
    /// window, sum_g m_g (m_g - 1), and C pairs in one group of both. Without C it
    /// is Kish's design effect for groups of unequal size (1965, *Survey Sampling*,
    /// section 5.4; 1 + (sum m_g^2 / n - 1) rho) in each window. Not below the
    /// 1/n + 1/m of independent rows.
    #[must_use]
    pub fn variance(self, rows: [f64; 2], pairs: [f64; 2], shared: f64) -> f64 {
        let [n, m] = rows;
        let alone = 1.0 / n + 1.0 / m;
        let alike = self.within * (pairs[0] / (n * n) + pairs[1] / (m * m));
        let common = 2.0 * self.between * shared / (n * m);
        alone + (alike - common).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;

    /// The formula against the spread of simulated differences: rows are a group's
    /// value plus noise, half of the groups are in both windows.
    #[test]
    fn the_variance_is_that_of_simulated_means() {
        let (rho, between) = (0.6, 0.3);
        let mut random = Random::stream(5, 0);
        // A sum of twelve uniform numbers has variance 1.
        let mut normal = || (0..12).map(|_| random.uniform()).sum::<f64>() - 6.0;
        // Sizes of each group in both windows.
        let sizes: Vec<(usize, usize)> =
            (0..40).map(|g| (1 + g % 5, g % 2 * (1 + g % 7))).collect();
        let total = |f: fn(&(usize, usize)) -> usize| sizes.iter().map(f).sum::<usize>() as f64;
        let (n, m) = (total(|s| s.0), total(|s| s.1));
        let pairs = |f: fn(&(usize, usize)) -> usize| -> f64 {
            sizes
                .iter()
                .map(f)
                .map(|s| (s * s.saturating_sub(1)) as f64)
                .sum()
        };
        let shared = sizes.iter().map(|s| (s.0 * s.1) as f64).sum();
        let expected = Intraclass {
            within: rho,
            between,
        }
        .variance([n, m], [pairs(|s| s.0), pairs(|s| s.1)], shared);
        let rounds = 4000;
        let mut squares = 0.0;
        for _ in 0..rounds {
            let mut sums = [0.0; 2];
            for &(a, b) in &sizes {
                let always = between.sqrt() * normal();
                for (sum, size) in sums.iter_mut().zip([a, b]) {
                    let part = always + (rho - between).sqrt() * normal();
                    for _ in 0..size {
                        *sum += part + (1.0f64 - rho).sqrt() * normal();
                    }
                }
            }
            squares += (sums[0] / n - sums[1] / m).powi(2);
        }
        // The variance of normal values is known to sqrt(2 / rounds).
        let found = squares / f64::from(rounds);
        let error = 5.0 * (2.0 / f64::from(rounds)).sqrt();
        assert!((found / expected - 1.0).abs() < error, "{found} {expected}");
    }

    /// Groups that are independent of the values are not alike, and a change
    /// between the windows does not make them so.
    #[test]
    fn likeness_is_not_seen_where_there_is_none() {
        let mut random = Random::stream(9, 0);
        let values: Vec<f64> = (0..600)
            .map(|row| random.uniform() + f64::from(u8::from(row >= 300)))
            .collect();
        let groups: Vec<Option<u64>> = (0..600).map(|row| Some(row / 10)).collect();
        let first: Vec<bool> = (0..600).map(|row| row < 300).collect();
        let groups = RowGroups::new(&groups, &first);
        let alike = Intraclass::of(&groups, |i, j| (values[i] - values[j]).powi(2));
        // 2 700 pairs: a standard error of 0.02, and 2 pairs added.
        assert!(alike.within < 0.1, "{alike:?}");
        let copies = Intraclass::of(&groups, |i, j| f64::from(u8::from(i / 10 != j / 10)));
        assert_eq!(copies.within, 1.0);
        let flat = Intraclass::of(&groups, |_, _| 0.0);
        assert_eq!(flat, Intraclass::ALIKE);
    }
}
