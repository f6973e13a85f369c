//! Seeded chance: one generator, streams derived by index, and the one
//! discrete distribution that the resampling tests need.

/// A xoshiro256++ generator (Blackman and Vigna 2021).
///
/// Work that is shared between threads takes one stream per piece of work,
/// not one per thread, so that results do not depend on the number of
/// threads.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream `index` of `seed`.
    pub(super) fn stream(seed: u64, index: u64) -> Self {
        // SplitMix64 fills the state, as the authors of xoshiro advise. The
        // index goes through one mixing of its own, so that neighbouring
        // streams do not share parts of their states.
        let mut source = mix(seed ^ mix(index.wrapping_add(GOLDEN)));
        let state = std::array::from_fn(|_| {
            source = source.wrapping_add(GOLDEN);
            mix(source)
        });
        Self { state }
    }

    /// The next 64 random bits.
    pub(super) fn next(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform on the open interval (0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform on `0..bound` without bias (Lemire 2019); `bound` is at least 1.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        debug_assert!(bound > 0);
        let mut product = u128::from(self.next()) * u128::from(bound);
        if (product as u64) < bound {
            let least = bound.wrapping_neg() % bound;
            while (product as u64) < least {
                product = u128::from(self.next()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }

    /// How many of `draws` draws without replacement from an urn of `good`
    /// and `bad` balls are good; `draws <= good + bad`.
    ///
    /// Few draws are played out; for many, Stadlober's ratio of uniforms
    /// (HRUA, 1990) takes about 1.4 tries whatever the counts. With counts of
    /// 1e9 its log-factorials carry an absolute error of about 1e-5, so
    /// probabilities are relatively right to that.
    pub(super) fn hypergeometric(&mut self, good: u64, bad: u64, draws: u64) -> u64 {
        let total = good + bad;
        debug_assert!(draws <= total);
        // Good or bad, drawn or left: the same urn; the smallest case is the
        // quickest and the one that the rejection bounds are stated for.
        let rare = good.min(bad);
        let few = draws.min(total - draws);
        let found = if rare.min(few) <= 16 {
            // The roles of "rare" and "drawn" can be swapped.
            self.play_out(rare.max(few), total, rare.min(few))
        } else {
            self.ratio_of_uniforms(rare, total, few)
        };
        let of_draws = if draws <= total - draws {
            found
        } else {
            rare - found
        };
        if good <= bad {
            of_draws
        } else {
            draws - of_draws
        }
    }

    fn play_out(&mut self, marked: u64, total: u64, draws: u64) -> u64 {
        let (mut marked_left, mut left, mut found) = (marked, total, 0);
        for _ in 0..draws {
            if self.below(left) < marked_left {
                marked_left -= 1;
                found += 1;
            }
            left -= 1;
        }
        found
    }

    fn ratio_of_uniforms(&mut self, rare: u64, total: u64, draws: u64) -> u64 {
        // 2 sqrt(2 / e) and 3 - 2 sqrt(3 / e) of Stadlober's table-mountain hat.
        const D1: f64 = 1.715_527_769_921_413_5;
        const D2: f64 = 0.898_916_162_058_898_8;
        let (n, k, s) = (total as f64, rare as f64, draws as f64);
        let share = k / n;
        let centre = s * share + 0.5;
        let variance = (n - s) * s * share * (1.0 - share) / (n - 1.0);
        let deviation = (variance + 0.5).sqrt();
        let width = D1 * deviation + D2;
        let mode = ((s + 1.0) * (k + 1.0) / (n + 2.0)).floor();
        let height = |x: f64| {
            ln_factorial(x)
                + ln_factorial(k - x)
                + ln_factorial(s - x)
                + ln_factorial(n - k - s + x)
        };
        let at_mode = height(mode);
        // Sixteen deviations: what lies beyond has no mass in f64.
        let end = (k.min(s) + 1.0).min((centre + 16.0 * deviation).floor());
        loop {
            let (u, v) = (self.uniform(), self.uniform());
            let x = centre + width * (v - 0.5) / u;
            if !(0.0..end).contains(&x) {
                continue;
            }
            let candidate = x.floor();
            let t = at_mode - height(candidate);
            // Squeezes first: both avoid the logarithm.
            if u * (4.0 - u) - 3.0 <= t {
                return candidate as u64;
            }
            if u * (u - t) >= 1.0 {
                continue;
            }
            if 2.0 * libm::log(u) <= t {
                return candidate as u64;
            }
        }
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
pub(super) fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// ln(x!) for whole x >= 0: Stirling's series from 32 on, where three terms
/// leave less than 1e-13.
pub(super) fn ln_factorial(x: f64) -> f64 {
    if x < 32.0 {
        return libm::lgamma(x + 1.0);
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0));
    (x + 0.5) * libm::log(x) - x + 0.5 * libm::log(std::f64::consts::TAU) + series
}

/// Rows with variances 1, 1/2, 1/3, ... along the axes.
#[cfg(test)]
pub(super) fn falling_rows(n: usize, dim: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::stream(seed, 0);
    (0..n * dim)
        .map(|i| {
            let spread = 1.0 / ((i % dim) as f64 + 1.0).sqrt();
            ((random.uniform() - 0.5) * 12f64.sqrt() * spread + 2.0) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_repeat() {
        let mut a = Random::stream(7, 0);
        let mut b = Random::stream(7, 1);
        assert_ne!(a.next(), b.next());
        assert_eq!(Random::stream(7, 1).next(), Random::stream(7, 1).next());
    }

    #[test]
    fn log_factorials_match_the_product() {
        let mut sum = 0.0;
        for x in 1..200u32 {
            sum += f64::from(x).ln();
            assert!((ln_factorial(f64::from(x)) - sum).abs() < 1e-11 * sum.max(1.0));
        }
    }

    /// Chi-square of drawn counts against the exact probabilities; the bound
    /// is five deviations of the chi-square distribution.
    #[test]
    fn hypergeometric_counts_match_the_exact_law() {
        for (good, bad, draws) in [
            (5u64, 9u64, 7u64),
            (40, 60, 50),
            (60, 40, 70),
            (300, 500, 25),
            (1000, 30, 900),
        ] {
            let rounds = 40_000;
            let mut random = Random::stream(11, good);
            let mut seen = vec![0u32; draws as usize + 1];
            for _ in 0..rounds {
                seen[random.hypergeometric(good, bad, draws) as usize] += 1;
            }
            let choose = |n: u64, k: u64| {
                ln_factorial(n as f64) - ln_factorial(k as f64) - ln_factorial((n - k) as f64)
            };
            let (mut chi, mut cells) = (0.0f64, 0.0f64);
            for (k, &count) in seen.iter().enumerate() {
                let k = k as u64;
                if k > good || draws - k > bad {
                    assert_eq!(count, 0, "impossible value {k}");
                    continue;
                }
                let log = choose(good, k) + choose(bad, draws - k) - choose(good + bad, draws);
                let expected = log.exp() * f64::from(rounds);
                if expected >= 5.0 {
                    chi += (f64::from(count) - expected).powi(2) / expected;
                    cells += 1.0;
                }
            }
            assert!(
                chi < cells + 5.0 * (2.0 * cells).sqrt(),
                "{good} {bad} {draws}: {chi}"
            );
        }
    }

    #[test]
    fn hypergeometric_of_a_thousand_million_keeps_mean_and_spread() {
        let (good, bad, draws) = (300_000_000u64, 1_700_000_000, 1_000_000_000);
        let mut random = Random::stream(3, 0);
        let rounds = 4000;
        let values: Vec<f64> = (0..rounds)
            .map(|_| random.hypergeometric(good, bad, draws) as f64)
            .collect();
        let mean = values.iter().sum::<f64>() / f64::from(rounds);
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / f64::from(rounds);
        let exact = 1e9 * 0.15 * 0.85 * 0.5;
        assert!((mean - 1.5e8).abs() < 5.0 * (exact / f64::from(rounds)).sqrt());
        assert!((variance / exact - 1.0).abs() < 5.0 * (2.0 / f64::from(rounds)).sqrt());
    }
}
