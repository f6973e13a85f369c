//! Maximum mean discrepancy with a Laplace kernel.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::chords::Chords;
use super::permutation::{LabelStatistic, Labellings};

/// Squared maximum mean discrepancy of two pooled samples.
///
/// ```text
/// MMD^2 = mean_{i != j in first} k + mean_{i != j in second} k - 2 mean_{first x second} k
///     k(x, y) = exp(-4 |x - y| / median |x - y|)
/// ```
///
/// The unbiased estimate (Gretton, Borgwardt, Rasch, Schoelkopf, Smola, "A
/// kernel two-sample test", JMLR 13 (2012), lemma 6): 0 on average without a
/// change, so it may be negative. The median is that of the pooled pairs, which
/// no labelling changes.
///
/// ```
/// use driftsphere::compare::stats::{Chords, LaplaceMmd, LabelStatistic, Permutations};
///
/// // Two rows near (1, 0), two near (0, 1).
/// let rows = [1.0, 0.0, 0.8, 0.6, 0.0, 1.0, 0.6, 0.8_f32];
/// let mmd = LaplaceMmd::new(&Chords::between(&rows, 2)).expect("more than one row");
/// let observed = Permutations::new(2, 2, 0)?.observed();
/// assert_eq!(mmd.values(&observed).len(), 1);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LaplaceMmd {
    rows: usize,
    /// Kernel of all pairs less its mean, diagonal 0, `(rows, rows)`.
    kernel: Vec<f32>,
    row_sums: Vec<f64>,
    total: f64,
}

impl LaplaceMmd {
    /// The kernel of all pairs. `None` with fewer than two rows.
    #[must_use]
    pub fn new(chords: &Chords) -> Option<Self> {
        let rows = chords.rows();
        let median = chords.median()?;
        // All rows equal: every kernel value is 1, every labelling gives 0.
        let scale = if median > 0.0 { -4.0 / median } else { 0.0 };
        let mut kernel = vec![0.0_f32; rows * rows];
        let mut sum = 0.0;
        for (i, line) in kernel.chunks_exact_mut(rows).enumerate() {
            for (j, (k, chord)) in line.iter_mut().zip(chords.row(i)).enumerate() {
                if i != j {
                    *k = (scale * chord).exp();
                    sum += f64::from(*k);
                }
            }
        }
        // A constant added to the kernel leaves the statistic as it is; without
        // the mean fewer digits cancel.
        let mean = (sum / (rows * (rows - 1)) as f64) as f32;
        let mut row_sums = Vec::with_capacity(rows);
        for (i, line) in kernel.chunks_exact_mut(rows).enumerate() {
            for (j, k) in line.iter_mut().enumerate() {
                if i != j {
                    *k -= mean;
                }
            }
            row_sums.push(line.iter().map(|k| f64::from(*k)).sum());
        }
        Some(Self {
            rows,
            kernel,
            total: row_sums.iter().sum(),
            row_sums,
        })
    }
}

impl LabelStatistic for LaplaceMmd {
    fn values(&self, labellings: &Labellings) -> Vec<f64> {
        let (rows, count) = (self.rows, labellings.len());
        let first = labellings.indicator();
        let mut product = vec![0.0_f32; rows * count];
        matmul(
            MatMut::from_column_major_slice_mut(&mut product, rows, count),
            Accum::Replace,
            MatRef::from_row_major_slice(&self.kernel, rows, rows),
            MatRef::from_column_major_slice(&first, rows, count),
            1.0_f32,
            Par::Seq,
        );
        let value = |l: usize| {
            let (mut n, mut within, mut from_first) = (0.0, 0.0, 0.0);
            let column = &product[l * rows..][..rows];
            for i in (0..rows).filter(|&i| labellings.is_first(l, i)) {
                n += 1.0;
                within += f64::from(column[i]);
                from_first += self.row_sums[i];
            }
            let m = rows as f64 - n;
            let between = from_first - within;
            let other = self.total - from_first - between;
            let mean = |sum: f64, pairs: f64| if pairs > 0.0 { sum / pairs } else { 0.0 };
            mean(within, n * (n - 1.0)) + mean(other, m * (m - 1.0)) - 2.0 * mean(between, n * m)
        };
        (0..count).map(value).collect()
    }

    fn tolerance(&self) -> f64 {
        1e-7
    }
}
