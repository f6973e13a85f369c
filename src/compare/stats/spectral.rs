//! The spectral test: means of all rows, measured in the samples' variances.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use libm::erfc;

use super::chi_square::chi_square_survival;
use super::components::Components;
use super::effect::{detectable_excess, effective_rows};
use super::permutation::{LabelStatistic, Labellings, Permutation, Permutations};

/// Components used.
const COMPONENTS: usize = 100;
/// Which component's variance steadies the small ones.
const RIDGE: usize = 32;

/// A difference of two means of unit vectors in the directions in which the
/// rows vary.
///
/// ```text
/// T = n_e sum_i (D.v_i)^2 / (ev_i + ev_32),   n_e = n m / (n + m)
///     where  D           difference of the mean unit vectors of all rows
///            ev_i, v_i   the 100 leading principal components of the pooled samples
/// ```
///
/// A Hotelling statistic with a ridge: directions that hardly vary do not drown
/// the rest. Because D is made of all rows, the test sees what a test on the
/// samples alone cannot. Where there are fewer than 32 components, the last one
/// is the ridge.
#[derive(Debug, Clone)]
pub struct Spectral {
    components: Components,
    weights: Vec<f64>,
    /// `(rows, k)`.
    projections: Vec<f32>,
    totals: Vec<f64>,
}

/// What the spectral test says.
#[derive(Debug, Clone, PartialEq)]
pub struct SpectralTest {
    /// T of all rows.
    pub statistic: f64,
    /// P-value.
    pub p_value: f64,
    /// The permutations behind it.
    pub permutation: Permutation,
    /// Probability that a linear rule ranks a row of one window above one of
    /// the other, from 0.5 (no difference) to 1, corrected for chance.
    pub separation: f64,
    /// The separation that would have been found with 80 % power at 5 %.
    pub detectable: f64,
}

impl Spectral {
    /// Components of the pooled sample rows, `(n_rows, dim)`. `None` with fewer
    /// than two rows.
    #[must_use]
    pub fn new(rows: &[f32], dim: usize, seed: u64) -> Option<Self> {
        let components = Components::fit(rows, dim, COMPONENTS, seed);
        let ridge = *components
            .variances()
            .get(RIDGE - 1)
            .or(components.variances().last())?;
        let weight = |variance: &f64| {
            let sum = variance + ridge;
            if sum > f64::MIN_POSITIVE {
                1.0 / sum
            } else {
                0.0
            }
        };
        let weights: Vec<f64> = components.variances().iter().map(weight).collect();
        let mut projections = components.project_rows(rows);
        centre(&mut projections, components.len());
        let mut totals = vec![0.0; components.len()];
        for row in projections.chunks_exact(components.len()) {
            for (total, x) in totals.iter_mut().zip(row) {
                *total += f64::from(*x);
            }
        }
        Some(Self {
            components,
            weights,
            projections,
            totals,
        })
    }

    /// T for a difference of means of `n` and `m` rows.
    ///
    /// # Panics
    /// If `difference` has another dimension than the rows.
    #[must_use]
    pub fn statistic(&self, difference: &[f64], n: f64, m: f64) -> f64 {
        effective_rows(n, m) * self.weigh(&self.components.project(difference))
    }

    fn weigh(&self, projected: &[f64]) -> f64 {
        projected
            .iter()
            .zip(&self.weights)
            .map(|(x, w)| x * x * w)
            .sum()
    }

    /// Draws the conclusion from T of all rows and its permutations.
    ///
    /// The permutations are those of the sample rows. If the samples hold all
    /// rows they are exact; else T of the larger windows has the same law as T
    /// of the samples, by the central limit theorem, because T is scaled by its
    /// own n_e. Where no permutation reaches T the law is continued by a scaled
    /// chi-square of the same mean and variance (Satterthwaite 1946):
    ///
    /// ```text
    /// T ~ c chi^2_f,  c = sum r^2 / sum r,  f = (sum r)^2 / sum r^2,  r_i = ev_i / (ev_i + ev_32)
    /// ```
    ///
    /// Effects: with E0 the mean of the permutations,
    ///
    /// ```text
    /// delta^2 = max(0, T - E0) / n_e,   separation = Phi(delta / sqrt 2)
    /// ```
    #[must_use]
    pub fn conclude(
        &self,
        statistic: f64,
        n: f64,
        m: f64,
        permutation: Permutation,
    ) -> SpectralTest {
        let ratios: Vec<f64> = self
            .components
            .variances()
            .iter()
            .zip(&self.weights)
            .map(|(variance, weight)| variance * weight)
            .collect();
        let sum: f64 = ratios.iter().sum();
        let squares: f64 = ratios.iter().map(|r| r * r).sum();
        let p_value = if permutation.exceeding == 0 && sum > 0.0 {
            let survival = chi_square_survival(statistic * sum / squares, sum * sum / squares);
            survival.min(permutation.p_value)
        } else {
            permutation.p_value
        };
        let rows = effective_rows(n, m);
        let separation = |excess: f64| {
            let delta = (excess.max(0.0) / rows).sqrt();
            // Phi(x) = erfc(-x / sqrt 2) / 2 at x = delta / sqrt 2.
            0.5 * erfc(-delta / 2.0)
        };
        let detectable = if sum > 0.0 && rows > 0.0 {
            let scale = squares / sum;
            let gap = (permutation.null_q95 - permutation.null_mean).max(0.0) / scale;
            separation(scale * detectable_excess(gap, sum * sum / squares))
        } else {
            1.0
        };
        SpectralTest {
            statistic,
            p_value,
            separation: separation(statistic - permutation.null_mean),
            detectable,
            permutation,
        }
    }

    /// The whole test alone; see [`Permutations::test_all`] for sharing the
    /// labellings with other tests.
    ///
    /// ```
    /// use driftsphere::compare::stats::{Permutations, Spectral};
    ///
    /// // Unit vectors on an arc; the second window is turned by half a radian.
    /// let rows: Vec<f32> = (0..80)
    ///     .flat_map(|i| {
    ///         let angle = 0.01 * (i % 40) as f32 + if i < 40 { 0.0 } else { 0.5 };
    ///         [angle.cos(), angle.sin()]
    ///     })
    ///     .collect();
    /// let mean = |rows: &[f32], k| rows.chunks(2).map(|r| f64::from(r[k])).sum::<f64>() / 40.0;
    /// let (first, second) = rows.split_at(80);
    /// let difference = [0, 1].map(|k| mean(second, k) - mean(first, k));
    ///
    /// let spectral = Spectral::new(&rows, 2, 0).expect("more than one row");
    /// let permutations = Permutations::new(40, 40, 0)?;
    /// let test = spectral.test(&difference, 40.0, 40.0, &permutations);
    /// assert!(test.p_value < 1e-3 && test.separation > 0.9);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    #[must_use]
    pub fn test(
        &self,
        difference: &[f64],
        n: f64,
        m: f64,
        permutations: &Permutations,
    ) -> SpectralTest {
        let statistic = self.statistic(difference, n, m);
        let permutation = permutations.test(statistic, self);
        self.conclude(statistic, n, m, permutation)
    }
}

/// Takes the mean out of each column: labellings do not see it, and sums in f32
/// lose fewer digits without it.
fn centre(projections: &mut [f32], k: usize) {
    let rows = (projections.len() / k) as f64;
    for column in 0..k {
        let values = projections.iter().skip(column).step_by(k);
        let mean = values.map(|x| f64::from(*x)).sum::<f64>() / rows;
        for x in projections.iter_mut().skip(column).step_by(k) {
            *x = (f64::from(*x) - mean) as f32;
        }
    }
}

impl LabelStatistic for Spectral {
    fn values(&self, labellings: &Labellings) -> Vec<f64> {
        let (k, rows, count) = (self.weights.len(), labellings.rows(), labellings.len());
        let first = labellings.indicator();
        // Sums of the first window's projections, one column for each labelling.
        let mut sums = vec![0.0_f32; k * count];
        matmul(
            MatMut::from_column_major_slice_mut(&mut sums, k, count),
            Accum::Replace,
            MatRef::from_column_major_slice(&self.projections, k, rows),
            MatRef::from_column_major_slice(&first, rows, count),
            1.0_f32,
            Par::Seq,
        );
        let value = |l: usize| {
            let ones = labellings.bits(l).iter().map(|w| u64::from(w.count_ones()));
            let n = ones.sum::<u64>() as f64;
            let m = rows as f64 - n;
            let difference: Vec<f64> = sums[l * k..][..k]
                .iter()
                .zip(&self.totals)
                .map(|(sum, total)| (total - f64::from(*sum)) / m - f64::from(*sum) / n)
                .collect();
            effective_rows(n, m) * self.weigh(&difference)
        };
        (0..count).map(value).collect()
    }

    fn tolerance(&self) -> f64 {
        1e-4
    }
}
