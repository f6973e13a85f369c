//! Quantiles and spread of one window's pairwise distances.

/// What one window's pairwise distances look like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairSummary {
    /// Number of pairs.
    pub pairs: u64,
    /// 5 % quantile of the distances.
    pub q05: f64,
    /// Median distance.
    pub median: f64,
    /// 95 % quantile.
    pub q95: f64,
    /// Standard deviation.
    pub sd: f64,
}

impl PairSummary {
    /// From squared chords, at least one; `distance` must not fall as they grow.
    pub(super) fn of(mut squared: Vec<f32>, distance: &impl Fn(f64) -> f64) -> Self {
        let count = squared.len();
        let at = |share: f64| (share * (count - 1) as f64).round() as usize;
        let [q05, median, q95] = order_statistics(&mut squared, &[at(0.05), at(0.5), at(0.95)])
            .map(|c| distance(f64::from(c)));
        let (mut sum, mut squares) = (0.0, 0.0);
        for &c in &squared {
            // About the median, so that little cancels.
            let gap = distance(f64::from(c)) - median;
            sum += gap;
            squares += gap * gap;
        }
        let n = count as f64;
        let variance = if count > 1 {
            (squares - sum * sum / n) / (n - 1.0)
        } else {
            0.0
        };
        Self {
            pairs: count as u64,
            q05,
            median,
            q95,
            sd: variance.max(0.0).sqrt(),
        }
    }
}

/// The values at ascending ranks.
pub(super) fn order_statistics<const N: usize>(values: &mut [f32], ranks: &[usize; N]) -> [f32; N] {
    let mut out = [0.0; N];
    let mut done = 0;
    let mut rest = values;
    for (slot, &rank) in out.iter_mut().zip(ranks) {
        // What lies before the last rank found is smaller and done with; that
        // value itself stays, as ranks may repeat.
        let (_, value, _) = rest.select_nth_unstable_by(rank - done, f32::total_cmp);
        *slot = *value;
        rest = &mut rest[rank - done..];
        done = rank;
    }
    out
}

/// Half the distance between each threshold's neighbours, over `sd`.
pub(super) fn trapezoid<const N: usize>(points: &[f64; N], sd: f64) -> [f64; N] {
    if sd <= 0.0 {
        return [0.0; N];
    }
    std::array::from_fn(|t| {
        let left = points[t.saturating_sub(1)];
        let right = points[(t + 1).min(N - 1)];
        (right - left) / (2.0 * sd)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_and_last_ranks_are_found() {
        let mut values: Vec<f32> = (0..101).rev().map(|v| v as f32).collect();
        let found = order_statistics(&mut values, &[0, 7, 7, 50, 100]);
        assert_eq!(found, [0.0, 7.0, 7.0, 50.0, 100.0]);
        assert_eq!(order_statistics(&mut [4.0], &[0, 0]), [4.0, 4.0]);
    }

    #[test]
    fn a_summary_is_that_of_the_distances() {
        let squared: Vec<f32> = (0..101).map(|v| (v * v) as f32).collect();
        let summary = PairSummary::of(squared, &|c| c.sqrt());
        assert_eq!(
            (summary.q05, summary.median, summary.q95),
            (5.0, 50.0, 95.0)
        );
        assert!((summary.sd - (101.0f64 * 102.0 / 12.0).sqrt()).abs() < 1e-9);
        let one = PairSummary::of(vec![4.0], &|c| c.sqrt());
        assert_eq!((one.pairs, one.median, one.sd), (1, 2.0, 0.0));
    }
}
