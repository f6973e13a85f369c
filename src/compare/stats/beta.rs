//! The regularised incomplete beta function at large parameters.

use statrs::function::gamma::ln_gamma;

/// I_x(a, b), the distribution function of Beta(a, b).
///
/// Continued fraction by Lentz's method (Abramowitz and Stegun 26.5.8). It
/// needs about sqrt(max(a, b)) steps at worst, so the limit of 100 000 steps
/// covers parameters up to 1e9; the prefactor's cancellation leaves a relative
/// error of about 1e-5 there, 1e-12 for parameters under 1 000.
pub(super) fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The fraction converges fast on this side of the mean only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta_below(1.0 - x, b, a);
    }
    incomplete_beta_below(x, a, b)
}

/// The chance that of `n` draws at least `k` succeed, each with the chance `p`.
///
/// ```text
/// P(X >= k) = I_p(k, n - k + 1)
/// ```
///
/// (Abramowitz and Stegun 26.5.24.)
pub(crate) fn binomial_upper(k: u64, n: u64, p: f64) -> f64 {
    match k {
        0 => 1.0,
        _ if k > n => 0.0,
        _ => incomplete_beta(p, k as f64, (n - k + 1) as f64),
    }
}

fn incomplete_beta_below(x: f64, a: f64, b: f64) -> f64 {
    let front =
        ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * libm::log(x) + b * libm::log1p(-x);
    (libm::exp(front) * fraction(x, a, b) / a).clamp(0.0, 1.0)
}

fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..=100_000u32 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binomial_tails_add_up() {
        assert_eq!(binomial_upper(0, 10, 0.3), 1.0);
        assert_eq!(binomial_upper(11, 10, 0.3), 0.0);
        // 1 - 0.7^10, and 0.3^10.
        assert!((binomial_upper(1, 10, 0.3) - 0.971_752_475_1).abs() < 1e-9);
        assert!((binomial_upper(10, 10, 0.3) - 5.904_9e-6).abs() < 1e-12);
    }

    #[test]
    fn closed_forms_hold() {
        // I_x(1, b) = 1 - (1 - x)^b, I_x(a, 1) = x^a, I_1/2(a, a) = 1/2.
        for x in [0.01, 0.3, 0.5, 0.9] {
            let b = 7.5;
            assert!((incomplete_beta(x, 1.0, b) - (1.0 - (1.0 - x).powf(b))).abs() < 1e-13);
            assert!((incomplete_beta(x, b, 1.0) - x.powf(b)).abs() < 1e-13);
        }
        for a in [0.5, 3.0, 1e3, 1e6, 1e9] {
            assert!((incomplete_beta(0.5, a, a) - 0.5).abs() < 1e-4, "{a}");
        }
    }

    #[test]
    fn large_parameters_approach_the_normal_law() {
        // One deviation above the mean of a nearly normal Beta.
        let (a, b) = (4e8, 6e8);
        let sd = (a * b / ((a + b) * (a + b) * (a + b + 1.0_f64))).sqrt();
        assert!((incomplete_beta(0.4 + sd, a, b) - 0.841_344_7).abs() < 1e-4);
    }
}
