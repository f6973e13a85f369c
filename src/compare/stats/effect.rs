//! Effects that a comparison of this size would have seen.
//!
//! "No drift" is only worth saying with the effect that would have been found.
//! All of these are the effect that a two-sided 5 % test finds with 80 %
//! power, in the unit that the effect itself is reported in.

/// z_0.975 + z_0.8.
pub const Z_DETECT: f64 = 1.959_963_984_540_054 + 0.841_621_233_572_914_3;

/// How many times the change has to be larger to be found with the same power at
/// another two-sided level than 5 %.
///
/// ```text
/// (z_(1 - level / 2) + z_0.8) / (z_0.975 + z_0.8)
/// ```
///
/// ```
/// use driftsphere::compare::stats::detection_factor;
///
/// assert!((detection_factor(0.05) - 1.0).abs() < 1e-9);
/// // One of a hundred tests: half as much again.
/// assert!((detection_factor(0.0005) - 1.543).abs() < 1e-3);
/// ```
#[must_use]
pub fn detection_factor(level: f64) -> f64 {
    use statrs::distribution::{ContinuousCDF, Normal};
    // By symmetry of the normal law, which is more exact far out.
    let upper = -Normal::standard().inverse_cdf(level.clamp(1e-300, 1.0) / 2.0);
    (upper + 0.841_621_233_572_914_3) / Z_DETECT
}

/// Effective number of rows of a comparison of two windows.
///
/// ```text
/// n_e = n m / (n + m)
/// ```
///
/// 0 if a side is empty. Effective numbers (rows over a design effect) may be
/// passed.
#[must_use]
pub fn effective_rows(n: f64, m: f64) -> f64 {
    if n > 0.0 && m > 0.0 {
        n / (n + m) * m
    } else {
        0.0
    }
}

/// Mean shift, in the unit of `sd`, that would have been found.
///
/// ```text
/// (z_0.975 + z_0.8) sd / sqrt(n_e)
/// ```
///
/// Infinite if a side is empty. (Cohen 1988, section 2.4, normal form.)
///
/// ```
/// use driftsphere::compare::stats::detectable_mean_shift;
///
/// let shift = detectable_mean_shift(1.0, 1000.0, 300.0);
/// assert!((shift - 0.1844).abs() < 1e-4);
/// ```
#[must_use]
pub fn detectable_mean_shift(sd: f64, n: f64, m: f64) -> f64 {
    let rows = effective_rows(n, m);
    if rows > 0.0 {
        Z_DETECT * sd / rows.sqrt()
    } else {
        f64::INFINITY
    }
}

/// Shift of the median of a nearly normal feature that a Kolmogorov-Smirnov
/// test would have found, in units of its sd.
///
/// ```text
/// 3.27 / sqrt(n_e)
/// ```
///
/// 3.27 is the c at which the largest absolute value of a Brownian bridge plus
/// c phi(Phi^-1(u)) passes Kolmogorov's 5 % point 1.358 with probability 0.80
/// (20 000 simulated bridges). A t-test would need 2.80. Infinite if a side is
/// empty.
#[must_use]
pub fn detectable_ks_shift(n: f64, m: f64) -> f64 {
    let rows = effective_rows(n, m);
    if rows > 0.0 {
        3.27 / rows.sqrt()
    } else {
        f64::INFINITY
    }
}

/// Turn that Kuiper's test would have found, in the unit of `sd`, the circular
/// standard deviation.
///
/// ```text
/// 4.15 sd / sqrt(n_e)
/// ```
///
/// 4.15 is the c at which the range of a Brownian bridge plus c phi(Phi^-1(u))
/// passes Kuiper's 5 % point 1.747 with probability 0.80 (20 000 simulated
/// bridges). Angles without a preferred direction, which no turn changes, only
/// share the order of magnitude. Infinite if a side is empty.
#[must_use]
pub fn detectable_kuiper_turn(sd: f64, n: f64, m: f64) -> f64 {
    let rows = effective_rows(n, m);
    if rows > 0.0 {
        4.15 * sd / rows.sqrt()
    } else {
        f64::INFINITY
    }
}

/// Difference of a share around `share` that would have been found.
///
/// ```text
/// (z_0.975 + z_0.8) sqrt(p (1 - p) / n_e)
/// ```
///
/// with p kept at least half a row away from 0 and 1, so that a share of 0
/// does not claim to see everything. Infinite if a side is empty.
#[must_use]
pub fn detectable_share_shift(share: f64, n: f64, m: f64) -> f64 {
    let rows = effective_rows(n, m);
    if rows <= 0.0 {
        return f64::INFINITY;
    }
    let edge = (0.5 / n.max(m)).min(0.5);
    let p = share.clamp(edge, 1.0 - edge);
    Z_DETECT * (p * (1.0 - p) / rows).sqrt()
}

/// Total variation over `cells` categories that a chi-square test would have
/// found.
///
/// ```text
/// TV = 1/2 sqrt(lambda / n_e)
/// lambda - z_0.8 sqrt(2 (k + 2 lambda)) = x_0.95(k) - k,   k = cells - 1
/// ```
///
/// lambda is the non-centrality at which the chi-square statistic (mean
/// k + lambda, variance 2 (k + 2 lambda)) passes its 5 % point x_0.95 with 80 %
/// power. A change that is spread in proportion to the shares has
/// lambda = 4 n_e TV^2; one in rare categories alone is found earlier, so this
/// is the cautious figure. Taking the law as normal and the 5 % point of Wilson
/// and Hilferty costs little: against the exact non-central chi-square law, TV is
/// 2.2 % too small for two categories, 1 % for six, less for more. At most 1;
/// infinite if a side is empty, 0 for one category.
#[must_use]
pub fn detectable_total_variation(cells: usize, n: f64, m: f64) -> f64 {
    let rows = effective_rows(n, m);
    if cells < 2 {
        return 0.0;
    }
    if rows <= 0.0 {
        return f64::INFINITY;
    }
    (0.5 * (detectable_noncentrality(cells) / rows).sqrt()).min(1.0)
}

/// The non-centrality at which a chi-square test over `cells` cells rejects at
/// 5 % with 80 % power; see [`detectable_total_variation`]. 0 for one cell.
pub(super) fn detectable_noncentrality(cells: usize) -> f64 {
    if cells < 2 {
        return 0.0;
    }
    let k = cells as f64 - 1.0;
    // Wilson and Hilferty's 5 % point.
    let cube = 1.0 - 2.0 / (9.0 * k) + 1.644_853_627 * (2.0 / (9.0 * k)).sqrt();
    detectable_excess(k * cube * cube * cube - k, k)
}

/// The non-centrality lambda with `lambda - z_0.8 sqrt(2 (k + 2 lambda)) = gap`:
/// what a sum of k squares needs to pass a point `gap` above its mean with
/// 80 % power.
pub(super) fn detectable_excess(gap: f64, k: f64) -> f64 {
    const Z: f64 = 0.841_621_233_572_914_3;
    // lambda^2 - (2 gap + 4 z^2) lambda + gap^2 - 2 k z^2 = 0, larger root.
    let half = gap + 2.0 * Z * Z;
    half + (half * half - gap * gap + 2.0 * k * Z * Z).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_excess_solves_its_equation() {
        for (gap, k) in [(2.84, 1.0), (30.0, 100.0), (0.0, 10.0)] {
            let lambda = detectable_excess(gap, k);
            let left = lambda - 0.841_621_233_572_914_3 * (2.0 * (k + 2.0 * lambda)).sqrt();
            assert!((left - gap).abs() < 1e-9);
        }
    }

    #[test]
    fn nothing_is_detectable_without_rows() {
        assert_eq!(detectable_mean_shift(1.0, 0.0, 5.0), f64::INFINITY);
        assert_eq!(detectable_share_shift(0.1, 5.0, 0.0), f64::INFINITY);
        assert_eq!(detectable_ks_shift(0.0, 0.0), f64::INFINITY);
        assert_eq!(effective_rows(1e9, 1e9), 5e8);
    }
}
