//! Evidence that adds up from window to window, at a stated rate of false alarms
//! over the whole series.

/// Powers of the bets: 0.1 is made for one very small p-value, 0.75 for many that
/// are a little small.
const POWERS: [f64; 4] = [0.1, 0.25, 0.5, 0.75];
/// Smaller p-values tell nothing more.
const SMALLEST: f64 = 1e-300;

/// A bet against "nothing changed" that is settled with every window.
///
/// ```text
/// e_k(p)  = k p^(k - 1)                      pays 1 on average if p is uniform
/// M_t     = mean over k of [ sum_{s <= t} (1/H) prod_{i = s..t} e_k(p_i) + (H - t)+ / H ]
/// ```
///
/// over four powers `k` and all windows `s` with which a change may begin: one part
/// in `H` of the stake is laid with each of the first `H` windows. While nothing
/// changes `M` is a martingale that starts at 1, so
///
/// ```text
/// P( M_t >= 1 / a at any t )  <=  a
/// ```
///
/// (Ville 1939): one rate for the whole series, however often one looks, with no
/// correction by hand. `e_k` calibrates a p-value (Vovk and Wang 2021, eq. 1), the
/// mixture over beginnings is a Shiryaev-Roberts e-detector with a finite stake
/// (Shin, Ramdas and Rinaldo 2023). The p-values need not be uniform: larger ones do no harm.
/// They must be so given what came before; windows held against one reference share
/// its chance, which the level measured in `docs/series.md` includes.
///
/// ```
/// use driftsphere::compare::stats::Evidence;
///
/// let mut evidence = Evidence::new(30);
/// for _ in 0..10 {
///     assert!(evidence.update(0.5) < 2.0);
/// }
/// // Four windows that are each a little unlikely.
/// let last = [0.02, 0.01, 0.005, 0.002].map(|p| evidence.update(p))[3];
/// assert!(last > 1.0 / 0.05, "{last}");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    horizon: f64,
    windows: f64,
    wealth: [f64; POWERS.len()],
}

impl Evidence {
    /// For series of about `horizon` windows, at least 1: the level holds for longer
    /// ones too, but a change that begins later is no longer bet on.
    #[must_use]
    pub fn new(horizon: u64) -> Self {
        Self {
            horizon: horizon.max(1) as f64,
            windows: 0.0,
            wealth: [0.0; POWERS.len()],
        }
    }

    /// Settles the next window; returns `M`.
    pub fn update(&mut self, p_value: f64) -> f64 {
        let laid = if self.windows < self.horizon {
            1.0 / self.horizon
        } else {
            0.0
        };
        self.windows += 1.0;
        let p = p_value.clamp(SMALLEST, 1.0);
        for (wealth, power) in self.wealth.iter_mut().zip(POWERS) {
            *wealth = (*wealth + laid) * power * libm::pow(p, power - 1.0);
        }
        self.value()
    }

    /// `M` now.
    #[must_use]
    pub fn value(&self) -> f64 {
        let kept = (self.horizon - self.windows).max(0.0) / self.horizon;
        self.wealth.iter().sum::<f64>() / POWERS.len() as f64 + kept
    }
}

/// With which of the windows a change most likely began: the start `s` that makes
/// the evidence of the windows from there to the last one largest,
///
/// ```text
/// argmax over s of  sum_{i = s..t} ln( p_i^(-1/2) / 2 )
/// ```
///
/// the last time at which a cumulative sum of it left zero (Page 1954). `None` if no
/// window speaks for a change.
#[must_use]
pub fn onset(p_values: &[f64]) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    let mut sum = 0.0;
    for (at, p) in p_values.iter().enumerate().rev() {
        sum += libm::log(0.5) - 0.5 * libm::log(p.clamp(SMALLEST, 1.0));
        if sum > best.map_or(0.0, |(_, most)| most) {
            best = Some((at, sum));
        }
    }
    best.map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::super::super::random::Random;
    use super::*;

    /// Of 4 000 series of 60 windows without a change at most 5 % reach 20 at any
    /// time; a tenth of a point is three standard errors.
    #[test]
    fn the_level_holds_over_the_whole_series() {
        let trials = 4000;
        let alarms = (0..trials).filter(|&trial| {
            let mut random = Random::stream(3, trial);
            let mut evidence = Evidence::new(60);
            (0..60).any(|_| evidence.update(random.uniform()) >= 20.0)
        });
        let share = alarms.count() as f64 / trials as f64;
        assert!(
            share <= 0.05 + 3.0 * (0.05f64 * 0.95 / trials as f64).sqrt(),
            "{share}"
        );
        assert!(
            share > 0.005,
            "a bet that never pays finds nothing: {share}"
        );
    }

    /// The stake is fair: uniform p-values leave its mean at 1.
    #[test]
    fn the_mean_stays_at_one() {
        let cells = 2000;
        // By the midpoint rule over the first window, where wealth is bounded enough.
        let mean: f64 = (0..cells)
            .map(|i| (f64::from(i) + 0.5) / f64::from(cells))
            .map(|u| {
                // p = u^10 makes the singular weights at 0 flat; dp = 10 u^9 du.
                let p = u.powi(10);
                Evidence::new(5).update(p) * 10.0 * u.powi(9)
            })
            .sum::<f64>()
            / f64::from(cells);
        assert!((mean - 1.0).abs() < 1e-3, "{mean}");
    }

    #[test]
    fn the_onset_is_where_small_values_begin() {
        assert_eq!(onset(&[0.4, 0.9, 0.01, 0.3, 0.001]), Some(2));
        assert_eq!(onset(&[0.9, 0.8]), None);
        assert_eq!(onset(&[]), None);
        assert_eq!(
            onset(&[0.001, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.001]),
            Some(7)
        );
    }
}
