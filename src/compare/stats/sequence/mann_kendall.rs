//! Whether a series rises or falls.

use super::super::chi_square::chi_square_survival;

/// The Mann-Kendall test for a trend (Mann 1945; Kendall 1975), with Sen's slope
/// (1968).
///
/// ```text
/// S   = sum_{i < j} sign(x_j - x_i)
/// var = (n (n - 1) (2 n + 5) - sum over ties t (t - 1) (2 t + 5)) / 18
/// z   = (S - sign S) / sqrt(var)
/// ```
///
/// Rank-based: one odd window counts no more than any other. Values are taken as
/// independent; where neighbours are alike p is too small.
///
/// ```
/// use driftsphere::compare::stats::MannKendall;
///
/// let trend = MannKendall::new(&[1.0, 2.0, 4.0, 3.0, 5.0, 7.0, 6.0, 8.0]).unwrap();
/// assert_eq!(trend.statistic, 24);
/// assert!(trend.p_value < 0.01 && trend.slope == 1.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannKendall {
    /// S.
    pub statistic: i64,
    /// Kendall's tau-a, from -1 (falls) to 1 (rises).
    pub tau: f64,
    /// Two-sided p-value of the normal limit; from about 8 values on.
    pub p_value: f64,
    /// The median rise from one value to the next.
    pub slope: f64,
}

impl MannKendall {
    /// Of values one step apart. `None` for fewer than 4, or NaN among them.
    #[must_use]
    pub fn new(values: &[f64]) -> Option<Self> {
        let steps: Vec<f64> = (0..values.len()).map(|at| at as f64).collect();
        Self::at(&steps, values)
    }

    /// Of values at rising times, in steps; the slope is that of one step.
    #[must_use]
    pub fn at(times: &[f64], values: &[f64]) -> Option<Self> {
        let n = values.len();
        if n < 4 || times.len() != n || values.iter().any(|x| x.is_nan()) {
            return None;
        }
        let mut statistic = 0;
        let mut slopes = Vec::with_capacity(n * (n - 1) / 2);
        let points = || times.iter().zip(values);
        for (at, (time, value)) in points().enumerate() {
            for (before, lower) in points().take(at) {
                let rise = value - lower;
                statistic += i64::from(rise > 0.0) - i64::from(rise < 0.0);
                slopes.push(rise / (time - before));
            }
        }
        let middle = slopes.len() / 2;
        let (below, &mut upper, _) = slopes.select_nth_unstable_by(middle, f64::total_cmp);
        let slope = match n * (n - 1) / 2 % 2 {
            1 => upper,
            _ => (upper + below.iter().copied().fold(f64::NEG_INFINITY, f64::max)) / 2.0,
        };
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let part = |t: f64| t * (t - 1.0) * (2.0 * t + 5.0);
        let ties = sorted
            .chunk_by(|a, b| a == b)
            .map(|tie| part(tie.len() as f64));
        let variance = (part(n as f64) - ties.sum::<f64>()) / 18.0;
        let z = (statistic - statistic.signum()) as f64 / variance.sqrt();
        Some(Self {
            statistic,
            tau: statistic as f64 / (n * (n - 1) / 2) as f64,
            // z^2 is chi-square with one degree of freedom.
            p_value: if variance > 0.0 {
                chi_square_survival(z * z, 1.0)
            } else {
                1.0
            },
            slope,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::random::Random;
    use super::*;

    #[test]
    fn equal_values_have_no_trend_and_gaps_count_as_time() {
        let flat = MannKendall::new(&[2.0; 10]).unwrap();
        assert_eq!((flat.statistic, flat.p_value, flat.slope), (0, 1.0, 0.0));
        assert!(MannKendall::new(&[1.0, 2.0, 3.0]).is_none());
        let gaps = MannKendall::at(&[0.0, 1.0, 5.0, 6.0], &[0.0, 2.0, 10.0, 12.0]).unwrap();
        assert_eq!((gaps.slope, gaps.tau), (2.0, 1.0));
    }

    /// 2 000 series without a trend: at most 5 % and three standard errors.
    #[test]
    fn the_level_holds() {
        let trials = 2000;
        let found = (0..trials).filter(|&trial| {
            let mut random = Random::stream(5, trial);
            let values: Vec<f64> = (0..20).map(|_| random.uniform()).collect();
            MannKendall::new(&values).unwrap().p_value < 0.05
        });
        let share = found.count() as f64 / trials as f64;
        assert!(share < 0.05 + 0.0147 && share > 0.02, "{share}");
    }
}
