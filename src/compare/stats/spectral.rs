//! Spectral test: the difference of two mean directions, weighed by where the
//! rows vary.

use super::chi_square::chi_square_survival;
use super::components::Components;
use super::effect::detectable_excess;
use super::group_variance::GroupVariance;
use super::intraclass::Intraclass;
use super::labellings::{LabelStatistic, Labellings};
use super::linear::{Matrix, Output, multiply};
use super::row_groups::RowGroups;
use super::sequential::Permutation;

impl Components {
    /// 1 / (ev_i + ev_32) for each component.
    fn weights(&self) -> Vec<f64> {
        let last = self.eigenvalues().len().min(Self::DAMPING);
        let damping = last.checked_sub(1).map_or(0.0, |i| self.eigenvalues()[i]);
        self.eigenvalues()
            .iter()
            .map(|ev| 1.0 / (ev + damping))
            .collect()
    }

    /// T for a difference of means (length `dim`) at `n_e` effective rows.
    /// A difference of zero gives 0 exactly.
    #[must_use]
    pub fn statistic(&self, difference: &[f64], n_e: f64) -> f64 {
        let sum: f64 = self
            .weights()
            .iter()
            .enumerate()
            .map(|(i, weight)| {
                let vector = self.vector(i);
                let along: f64 = vector
                    .iter()
                    .zip(difference)
                    .map(|(v, d)| f64::from(*v) * d)
                    .sum();
                weight * along * along
            })
            .sum();
        n_e * sum
    }

    /// `E0[T]` and `Var0[T]` if nothing changed and means are normal:
    /// sum ev_i / (ev_i + ev_32), and twice the sum of its squares.
    #[must_use]
    pub fn null_moments(&self) -> (f64, f64) {
        let terms = self
            .eigenvalues()
            .iter()
            .zip(self.weights())
            .map(|(ev, w)| ev * w);
        terms.fold((0.0, 0.0), |(mean, variance), t| {
            (mean + t, variance + 2.0 * t * t)
        })
    }

    /// P-value of `statistic` in closed form: a scaled chi-square law with the
    /// mean and variance of [`null_moments`](Self::null_moments)
    /// (Satterthwaite 1946).
    #[must_use]
    pub fn closed_form_p(&self, statistic: f64) -> f64 {
        let (mean, variance) = self.null_moments();
        satterthwaite(statistic, mean, variance)
    }

    /// Separation and the separation that closed form would find with 80 % power,
    /// for T at `n_e` effective rows: as [`SpectralTest`] has them, the 5 % point
    /// that of a normal law.
    #[must_use]
    pub fn closed_form_separation(&self, statistic: f64, n_e: f64) -> (f64, f64) {
        let (mean, variance) = self.null_moments();
        let gap = 1.645 * variance.sqrt();
        (
            separation((statistic - mean).max(0.0), n_e),
            separation(detectable_excess(gap, variance / 2.0), n_e),
        )
    }

    /// The statistic under permuted labels of the pooled sample rows, of which
    /// the `first` ones are the reference's. `None` if a side has no rows.
    ///
    /// For a labelling the difference of the sample's means takes the place of
    /// D and the sample's n_e that of all rows: by the central limit theorem T
    /// has the same law for both. The sample must describe the components of
    /// all rows: on features of an image model (1 280 dimensions, samples of
    /// up to 1 024 rows a side) 2.5 to 6 % of comparisons without drift have
    /// p <= 5 %, down to 4 500 rows against 30; skew rows in 24 dimensions of
    /// which only 160 of 1 540 were sampled reach 8 %.
    #[must_use]
    pub fn null(&self, first: usize) -> Option<SpectralNull> {
        if first == 0 || first >= self.rows() {
            return None;
        }
        let roots: Vec<f64> = self.weights().iter().map(|w| w.sqrt()).collect();
        let rows = self.projections().chunks_exact(roots.len().max(1));
        let projections = rows
            .enumerate()
            .flat_map(|(i, row)| {
                let weight = self.row_weight(i);
                let row = row.iter().zip(&roots);
                row.map(move |(p, root)| (weight * f64::from(*p) * root) as f32)
            })
            .collect();
        let row_weights: Vec<f64> = (0..self.rows()).map(|i| self.row_weight(i)).collect();
        let (n, m) = row_weights.split_at(first);
        let (n, m) = (n.iter().sum::<f64>(), m.iter().sum::<f64>());
        Some(SpectralNull {
            rows: self.rows(),
            components: roots.len(),
            projections,
            scale: (n + m) / (n * m),
            row_weights,
            groups: None,
        })
    }
}

/// The spectral statistic as a function of the labels; see
/// [`Components::null`].
#[derive(Debug, Clone)]
pub struct SpectralNull {
    rows: usize,
    components: usize,
    /// Weighted projections over the root of ev_i + ev_32 (n x components).
    projections: Vec<f32>,
    row_weights: Vec<f64>,
    /// n_e (1/n + 1/m)^2: the rows are centred, so the difference of the means
    /// is (1/n + 1/m) times the sum of the reference's rows.
    scale: f64,
    groups: Option<Box<GroupVariance>>,
}

impl SpectralNull {
    /// The same where labels move by whole groups, over components of
    /// [`Components::fit_groups`]. For n_e stands 1 / v, v the variance of a difference
    /// of weighted means under each labelling ([`Intraclass::variance`] for rows that
    /// weigh the same), with the correlation of rows of one group in the directions and
    /// weights of T: so T has the mean of independent rows. Pass [`SpectralTest::new`]
    /// the n_e = 1 / v of all rows.
    ///
    /// # Panics
    ///
    /// If the groups are not those of its rows.
    #[must_use]
    pub fn grouped(mut self, groups: &RowGroups) -> Self {
        let row = |i: usize| {
            let row = &self.projections[i * self.components..(i + 1) * self.components];
            (row, (1.0 / self.row_weights[i]) as f32)
        };
        let alike = Intraclass::of(groups, |i, j| {
            let ((a, unit), (b, other)) = (row(i), row(j));
            let pairs = a.iter().zip(b);
            pairs
                .map(|(a, b)| f64::from((a * unit - b * other) * (a * unit - b * other)))
                .sum()
        });
        let variance = GroupVariance::weighted(groups, alike, &self.row_weights);
        self.groups = Some(Box::new(variance));
        self
    }

    /// The correlation of rows of one group, where there are groups.
    #[must_use]
    pub fn intraclass(&self) -> Option<Intraclass> {
        self.groups.as_ref().map(|groups| groups.alike())
    }
}

impl LabelStatistic for SpectralNull {
    fn values(&self, labellings: &Labellings) -> Vec<f64> {
        let count = labellings.len();
        if self.components == 0 {
            return vec![0.0; count];
        }
        let indicator = labellings.indicator();
        let mut sums = vec![0.0f32; self.components * count];
        multiply(
            Output::by_column(&mut sums, self.components, count),
            Matrix::by_row(&self.projections, self.rows, self.components).transposed(),
            Matrix::by_column(&indicator, self.rows, count),
        );
        sums.chunks_exact(self.components)
            .enumerate()
            .map(|(l, sums)| {
                let squares: f64 = sums.iter().map(|s| f64::from(*s) * f64::from(*s)).sum();
                let groups = self.groups.as_ref();
                groups.map_or(self.scale, |groups| groups.scale(labellings, l)) * squares
            })
            .collect()
    }

    fn tolerance(&self) -> f64 {
        // T is of the order of the number of components.
        1e-5 * self.components as f64
    }
}

/// Result of the spectral test.
#[derive(Debug, Clone, PartialEq)]
pub struct SpectralTest {
    /// T.
    pub statistic: f64,
    /// `E0[T]`: what T is on average if nothing changed.
    pub expected: f64,
    /// P-value (see [`SpectralTest::new`]).
    pub p_value: f64,
    /// Effect: area under the curve of the best linear rule between two rows
    /// of the two windows, corrected for chance, in [0.5, 1].
    pub separation: f64,
    /// The separation that this test would have found with 80 % power.
    pub detectable_separation: f64,
    /// The permutations behind the p-value.
    pub permutation: Permutation,
}

impl SpectralTest {
    /// From T, the effective rows n_e and the permutation test of T over
    /// [`Components::null`].
    ///
    /// ```text
    /// separation = Phi(delta / sqrt 2),   delta^2 = max(0, T - E0[T]) / n_e
    /// ```
    ///
    /// The p-value is that of the permutations. Where none of them reaches T
    /// it is the tail of a scaled chi-square law: that with the moments of
    /// [`Components::null_moments`] or that with the moments of the permuted
    /// statistics, whichever is larger, and never above what the permutations
    /// say.
    #[must_use]
    pub fn new(
        components: &Components,
        statistic: f64,
        n_e: f64,
        permutation: Permutation,
    ) -> Self {
        let (expected, variance) = components.null_moments();
        let p_value = if permutation.exceeding == 0 {
            let permuted = satterthwaite(
                statistic,
                permutation.null_mean,
                permutation.null_sd.powi(2),
            );
            components
                .closed_form_p(statistic)
                .max(permuted)
                .min(permutation.p_value)
        } else {
            permutation.p_value
        };
        // The gap from the mean to the 5 % point, as the permutations saw it.
        let gap = (permutation.null_q95 - permutation.null_mean).max(0.0);
        Self {
            statistic,
            expected,
            p_value,
            separation: separation((statistic - expected).max(0.0), n_e),
            detectable_separation: separation(detectable_excess(gap, variance / 2.0), n_e),
            permutation,
        }
    }
}

/// Phi(delta / sqrt 2) for n_e delta^2 = `excess`.
fn separation(excess: f64, n_e: f64) -> f64 {
    let half = if excess == 0.0 {
        0.0
    } else if n_e > 0.0 {
        (excess / n_e).sqrt() / 2.0
    } else {
        f64::INFINITY
    };
    // Phi(x) = erfc(-x / sqrt 2) / 2.
    0.5 * libm::erfc(-half)
}

/// Tail of the scaled chi-square law with this mean and variance.
fn satterthwaite(statistic: f64, mean: f64, variance: f64) -> f64 {
    if !(statistic > 0.0 && mean > 0.0 && variance > 0.0) {
        return 1.0;
    }
    chi_square_survival(
        statistic * 2.0 * mean / variance,
        2.0 * mean * mean / variance,
    )
}

#[cfg(test)]
mod tests {
    use super::super::permutation::Permutations;
    use super::super::random::falling_rows;
    use super::*;

    fn difference(rows: &[f32], dim: usize, first: usize) -> Vec<f64> {
        let n = rows.len() / dim;
        (0..dim)
            .map(|c| {
                let mean = |range: std::ops::Range<usize>| {
                    let count = range.len() as f64;
                    range.map(|i| f64::from(rows[i * dim + c])).sum::<f64>() / count
                };
                mean(0..first) - mean(first..n)
            })
            .collect()
    }

    /// The labels as observed give the same T by both routes.
    #[test]
    fn the_null_repeats_the_statistic() {
        for (n, m, dim) in [(60, 40, 8), (3, 2, 30), (150, 90, 130)] {
            let rows = falling_rows(n + m, dim, 4);
            let components = Components::fit(&rows, dim, 1).unwrap();
            let n_e = (n * m) as f64 / (n + m) as f64;
            let direct = components.statistic(&difference(&rows, dim, n), n_e);
            let null = components.null(n).unwrap();
            let permutations = Permutations::new(n, m, 1).unwrap();
            let by_labels = null.values(&permutations.observed())[0];
            assert!(
                (direct - by_labels).abs() < null.tolerance(),
                "{direct} {by_labels}"
            );
            let test = permutations.test(direct, &null);
            let (mean, _) = components.null_moments();
            assert!((test.null_mean - mean).abs() < 5.0 * test.null_sd / 31.0);
        }
    }

    #[test]
    fn no_difference_gives_one_and_no_variance_nothing() {
        let rows = falling_rows(20, 6, 1);
        let components = Components::fit(&rows, 6, 1).unwrap();
        let null = components.null(10).unwrap();
        let permutation = Permutations::new(10, 10, 1).unwrap().test(0.0, &null);
        let test = SpectralTest::new(&components, 0.0, 5.0, permutation);
        assert_eq!((test.p_value, test.separation), (1.0, 0.5));

        let flat = Components::fit(&[0.25; 40], 4, 1).unwrap();
        assert!(flat.eigenvalues().is_empty());
        assert_eq!(flat.statistic(&[1.0; 4], 5.0), 0.0);
        let null = flat.null(5).unwrap();
        assert_eq!(
            Permutations::new(5, 5, 1).unwrap().test(0.0, &null).p_value,
            1.0
        );
    }

    #[test]
    fn far_beyond_the_permutations_the_closed_form_takes_over() {
        let rows = falling_rows(100, 5, 9);
        let components = Components::fit(&rows, 5, 1).unwrap();
        let null = components.null(50).unwrap();
        let permutation = Permutations::new(50, 50, 1).unwrap().test(80.0, &null);
        let test = SpectralTest::new(&components, 80.0, 25.0, permutation);
        assert!(test.p_value < 1e-8 && test.p_value > 0.0);
    }
}
