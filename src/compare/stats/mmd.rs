//! Maximum mean discrepancy with a Laplace kernel.

use super::gram::SquaredChords;
use super::group_variance::GroupVariance;
use super::intraclass::Intraclass;
use super::labellings::{LabelStatistic, Labellings};
use super::linear::{Matrix, Output, multiply};
use super::product::BLOCK;
use super::row_groups::RowGroups;
use super::sequential::MOST_ROUNDS;
use rayon::prelude::*;

/// Squared maximum mean discrepancy of two pooled samples (Gretton et al.
/// 2012, J. Mach. Learn. Res. 13) with the kernel
///
/// ```text
/// k(x, y) = exp(-4 d(x, y) / median d)
/// ```
///
/// where d is the chord and the median (of an even number the upper one) runs
/// over all pooled pairs. The test's
/// statistic is the biased form
///
/// ```text
/// MMD^2 = mean k(X, X) + mean k(Y, Y) - 2 mean k(X, Y)    (all pairs)
/// ```
///
/// evaluated on the centred kernel, where it is one quadratic form in the
/// labels and nothing cancels; [`Mmd::unbiased`] is the effect to report.
/// The factor 4 makes the kernel narrow: drift in embeddings moves few rows
/// far, not all rows a little.
///
/// ```
/// use driftsphere::compare::stats::{Mmd, Permutations, SquaredChords};
///
/// // Two tight groups on the circle, one in each window.
/// let angles = [0.0f32, 0.1, 0.2, 0.3, 0.4, 2.0, 2.1, 2.2, 2.3, 2.4];
/// let rows: Vec<f32> = angles.iter().flat_map(|a| [a.cos(), a.sin()]).collect();
/// let mmd = Mmd::laplace(&SquaredChords::new(&rows, 2)?, 5).unwrap();
/// let test = Permutations::new(5, 5, 1)?.test(mmd.observed(), &mmd);
/// assert!(test.p_value < 0.02);
/// assert!(mmd.unbiased().unwrap() > 0.5);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mmd {
    rows: usize,
    first: usize,
    /// k = exp(factor d).
    factor: f32,
    /// The centred kernel's lower triangle in blocks of rows, each up to its
    /// own last column; off the diagonal doubled, so that a'La = a'Ka.
    folded: Vec<Vec<f32>>,
    observed: f64,
    unbiased: Option<f64>,
    tolerance: f64,
    groups: Option<Box<GroupVariance>>,
}

impl Mmd {
    /// From the chords of pooled rows of which the `first` ones are the
    /// reference's. `None` if a side has no rows.
    #[must_use]
    pub fn laplace(chords: &SquaredChords, first: usize) -> Option<Self> {
        let n = chords.rows();
        if first == 0 || first >= n {
            return None;
        }
        let mut pairs = chords.pairs();
        let middle = pairs.len() / 2;
        let (_, median, _) = pairs.select_nth_unstable_by(middle, f32::total_cmp);
        let mut unit = f64::from(*median).sqrt();
        if unit == 0.0 {
            // Most rows are copies: the mean still tells the others apart.
            unit = pairs.iter().map(|c| f64::from(*c).sqrt()).sum::<f64>() / pairs.len() as f64;
        }
        drop(pairs);
        // All rows alike: any scale will do, the kernel is 1 everywhere.
        let factor = if unit > 0.0 {
            (-4.0 / unit) as f32
        } else {
            0.0
        };
        // The lower triangle; the diagonal is 1.
        let kernel: Vec<Vec<f32>> = (0..n)
            .into_par_iter()
            .map(|i| {
                let row = &chords.row(i)[..i];
                row.iter().map(|c| libm::expf(factor * c.sqrt())).collect()
            })
            .collect();
        let sums = sums(&kernel, first);
        let size = n as f64;
        let means: Vec<f64> = sums.iter().map(|s| (s.0 + s.1) / size).collect();
        let grand = means.iter().sum::<f64>() / size;
        let folded =
            (0..n)
                .step_by(BLOCK)
                .collect::<Vec<_>>()
                .into_par_iter()
                .map(|start| {
                    let end = n.min(start + BLOCK);
                    let mut block = Vec::with_capacity((end - start) * end);
                    for i in start..end {
                        // Twice what lies under the diagonal stands for both
                        // triangles.
                        block.extend(kernel[i].iter().zip(&means).map(|(&k, mean)| {
                            (2.0 * (f64::from(k) - means[i] - mean + grand)) as f32
                        }));
                        block.push((1.0 - 2.0 * means[i] + grand) as f32);
                        block.resize((i + 1 - start) * end, 0.0);
                    }
                    block
                })
                .collect();
        let trace = size * (1.0 - grand);
        let mut mmd = Self {
            rows: n,
            first,
            factor,
            folded,
            observed: 0.0,
            unbiased: unbiased(&sums, first),
            tolerance: 0.0,
            groups: None,
        };
        // Of the size that pure chance gives, far over rounding.
        mmd.tolerance = 1e-6 * mmd.scale() * trace;
        let labels: Vec<bool> = (0..n).map(|i| i < first).collect();
        mmd.observed = mmd.values(&Labellings::single(&labels))[0].max(0.0);
        Some(mmd)
    }

    /// The same where labels move by whole groups: sides then differ in size and in
    /// how much their rows depend on each other, and each labelling's value is
    /// taken in units of its own variance, the observed one staying as it is:
    ///
    /// ```text
    /// MMD^2 v / v_l      v_l = Intraclass::variance under labelling l, v observed
    /// ```
    ///
    /// with the correlation of rows in the kernel's own space. `chords` are those
    /// that it was made from.
    ///
    /// # Panics
    ///
    /// If the groups are not those of its rows.
    #[must_use]
    pub fn grouped(mut self, chords: &SquaredChords, groups: &RowGroups) -> Self {
        // |phi(x) - phi(y)|^2 = 2 - 2 k(x, y)
        let squared =
            |i: usize, j: usize| 1.0 - f64::from(libm::expf(self.factor * chords.row(i)[j].sqrt()));
        let alike = Intraclass::of(groups, squared);
        self.groups = Some(Box::new(GroupVariance::new(groups, alike)));
        self
    }

    /// The statistic for the labels as observed (biased MMD^2).
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// Unbiased MMD^2: the mean over pairs of different rows; near 0, also
    /// below it, if nothing changed. `None` with fewer than two rows a side.
    #[must_use]
    pub fn unbiased(&self) -> Option<f64> {
        self.unbiased
    }

    /// (1/n + 1/m)^2: a labelling a has MMD^2 = scale a'Ka for centred K.
    fn scale(&self) -> f64 {
        let n = self.first as f64;
        let m = (self.rows - self.first) as f64;
        (1.0 / n + 1.0 / m).powi(2)
    }
}

impl LabelStatistic for Mmd {
    fn values(&self, labellings: &Labellings) -> Vec<f64> {
        let count = labellings.len();
        let indicator = labellings.indicator();
        let labels = Matrix::by_column(&indicator, self.rows, count);
        let mut values = vec![0.0; count];
        let mut product = vec![0.0f32; BLOCK * count];
        for (block, kernel) in self.folded.iter().enumerate() {
            let start = block * BLOCK;
            let end = self.rows.min(start + BLOCK);
            let height = end - start;
            let out = &mut product[..height * count];
            multiply(
                Output::by_column(out, height, count),
                Matrix::by_row(kernel, height, end),
                labels.first_rows(end),
            );
            for (l, (column, value)) in out.chunks_exact(height).zip(&mut values).enumerate() {
                let own = &indicator[l * self.rows + start..l * self.rows + end];
                *value += column
                    .iter()
                    .zip(own)
                    .map(|(p, a)| f64::from(p * a))
                    .sum::<f64>();
            }
        }
        match &self.groups {
            None => {
                let scale = self.scale();
                values.iter_mut().for_each(|value| *value *= scale);
            }
            Some(groups) => {
                for (l, value) in values.iter_mut().enumerate() {
                    *value *= groups.scale(labellings, l) * groups.observed();
                }
            }
        }
        values
    }

    fn tolerance(&self) -> f64 {
        self.tolerance
    }

    /// A round costs as many products as there are pairs, many times what the
    /// other statistics take: it ends at half of their rounds.
    fn most_rounds(&self) -> u64 {
        MOST_ROUNDS / 2
    }
}

/// Sums of each full row of the kernel over the reference's and the target's
/// columns, from its lower triangle.
fn sums(kernel: &[Vec<f32>], first: usize) -> Vec<(f64, f64)> {
    let mut sums = vec![(0.0, 0.0); kernel.len()];
    for (i, row) in kernel.iter().enumerate() {
        let mut own = (0.0, 0.0);
        let (left, right) = row.split_at(first.min(i));
        for (&value, sum) in left.iter().zip(&mut sums) {
            own.0 += f64::from(value);
            *(if i < first { &mut sum.0 } else { &mut sum.1 }) += f64::from(value);
        }
        for (&value, sum) in right.iter().zip(&mut sums[left.len()..]) {
            own.1 += f64::from(value);
            sum.1 += f64::from(value);
        }
        *(if i < first { &mut own.0 } else { &mut own.1 }) += 1.0;
        sums[i].0 += own.0;
        sums[i].1 += own.1;
    }
    sums
}

fn unbiased(sums: &[(f64, f64)], first: usize) -> Option<f64> {
    let (n, m) = (first as f64, (sums.len() - first) as f64);
    if n < 2.0 || m < 2.0 {
        return None;
    }
    // The kernel of a row with itself is 1.
    let xx = sums[..first].iter().map(|s| s.0 - 1.0).sum::<f64>();
    let yy = sums[first..].iter().map(|s| s.1 - 1.0).sum::<f64>();
    let xy = sums[..first].iter().map(|s| s.1).sum::<f64>();
    Some(xx / (n * (n - 1.0)) + yy / (m * (m - 1.0)) - 2.0 * xy / (n * m))
}

#[cfg(test)]
mod tests {
    use super::super::permutation::Permutations;
    use super::super::random::Random;
    use super::*;

    fn rows(n: usize, dim: usize, seed: u64) -> Vec<f32> {
        let mut random = Random::stream(seed, 0);
        (0..n * dim)
            .map(|_| random.uniform() as f32 - 0.5)
            .collect()
    }

    /// The quadratic form of blocks equals the mean over pairs.
    #[test]
    fn every_labelling_matches_the_definition() {
        let (n, m, dim) = (150, 61, 5);
        let chords = SquaredChords::new(&rows(n + m, dim, 3), dim).unwrap();
        let mmd = Mmd::laplace(&chords, n).unwrap();
        let permutations = Permutations::new(n, m, 8).unwrap();
        let mut pairs: Vec<f32> = chords.pairs();
        pairs.sort_by(f32::total_cmp);
        let unit = f64::from(pairs[pairs.len() / 2]).sqrt();
        let kernel = |i: usize, j: usize| (-4.0 * f64::from(chords.row(i)[j]).sqrt() / unit).exp();
        let labellings = permutations.labellings(0..3);
        let values = mmd.values(&labellings);
        for (l, value) in values.iter().enumerate() {
            let mut naive = 0.0;
            for i in 0..n + m {
                for j in 0..n + m {
                    let w = |r| {
                        if labellings.is_first(l, r) {
                            1.0 / n as f64
                        } else {
                            -1.0 / m as f64
                        }
                    };
                    naive += w(i) * w(j) * kernel(i, j);
                }
            }
            assert!((value - naive).abs() < mmd.tolerance(), "{value} {naive}");
        }
    }

    #[test]
    fn the_same_rows_twice_give_one() {
        for n in [1, 2, 40] {
            let half = rows(n, 4, 5);
            let both = [half.clone(), half].concat();
            let mmd = Mmd::laplace(&SquaredChords::new(&both, 4).unwrap(), n).unwrap();
            let test = Permutations::new(n, n, 1)
                .unwrap()
                .test(mmd.observed(), &mmd);
            assert_eq!(test.p_value, 1.0);
        }
    }

    #[test]
    fn rows_all_alike_give_one_and_no_side_gives_nothing() {
        let chords = SquaredChords::new(&[0.5f32; 20], 2).unwrap();
        let mmd = Mmd::laplace(&chords, 4).unwrap();
        assert_eq!(mmd.observed(), 0.0);
        assert_eq!(
            Permutations::new(4, 6, 1).unwrap().test(0.0, &mmd).p_value,
            1.0
        );
        assert!(Mmd::laplace(&chords, 0).is_none());
        assert!(Mmd::laplace(&chords, 10).is_none());
        assert!(Mmd::laplace(&chords, 9).unwrap().unbiased().is_none());
    }
}
