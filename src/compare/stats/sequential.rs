//! How many random rounds a resampling test needs.

use std::ops::Range;

/// The p-value of a resampling test, and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Permutation {
    /// (1 + `exceeding`) / (1 + `rounds`).
    pub p_value: f64,
    /// Random rounds that were tried: 999, then on in thousands to the test's end
    /// ([`LabelStatistic::most_rounds`](super::LabelStatistic::most_rounds)) while
    /// fewer than 10 exceed.
    pub rounds: u64,
    /// How many of them reached the observed statistic.
    pub exceeding: u64,
    /// Mean of the statistic over the rounds: what no change looks like.
    pub null_mean: f64,
    /// Standard deviation over the rounds.
    pub null_sd: f64,
    /// The value that 95 % of the first 999 rounds stay under.
    pub null_q95: f64,
}

impl Permutation {
    /// The p-value where no round reaches the statistic: that of another valid test
    /// of the same hypothesis if it is smaller.
    ///
    /// The level holds: below 1 / (1 + rounds) the result is small only where the
    /// other p-value is.
    pub(super) fn refined(&self, other: impl FnOnce() -> f64) -> f64 {
        match self.exceeding {
            0 => self.p_value.min(other()),
            _ => self.p_value,
        }
    }

    /// The value of the statistic that would have been found at 5 % with 80 %
    /// power, if a change moves it without spreading it: `q95 + z_0.8 sd`.
    #[must_use]
    pub fn detectable(&self) -> f64 {
        const Z_POWER: f64 = 0.841_621_233_572_914_3;
        self.null_q95 + Z_POWER * self.null_sd
    }
}

/// Rounds that every test gets.
pub(super) const FIRST_ROUNDS: u64 = 999;
/// Rounds after which a test ends in any case.
pub(super) const MOST_ROUNDS: u64 = 9999;
/// A test goes on while fewer rounds than this reach its statistic.
pub(super) const ENOUGH: u64 = 10;

/// One statistic on its way to a p-value.
#[derive(Debug)]
pub(super) struct Sequential {
    bound: f64,
    most: u64,
    exceeding: u64,
    values: Vec<f64>,
}

impl Sequential {
    /// For an observed statistic; rounds that come within `tolerance` reach it.
    pub(super) fn new(observed: f64, tolerance: f64, most: u64) -> Self {
        Self {
            bound: observed - tolerance,
            most: most.max(1),
            exceeding: 0,
            values: Vec::new(),
        }
    }

    /// Indices of the rounds to try next.
    pub(super) fn next(&self) -> Option<Range<u64>> {
        let done = self.values.len() as u64;
        let step = if done == 0 { FIRST_ROUNDS } else { 1000 };
        let open = done == 0 || self.exceeding < ENOUGH;
        (open && done < self.most).then(|| done..self.most.min(done + step))
    }

    /// The statistic in the rounds that [`next`](Self::next) asked for.
    pub(super) fn add(&mut self, values: impl IntoIterator<Item = f64>) {
        self.values.extend(values);
        let reached = self.values.iter().filter(|v| reaches(**v, self.bound));
        self.exceeding = reached.count() as u64;
    }

    pub(super) fn finish(mut self) -> Permutation {
        let rounds = self.values.len() as u64;
        let (mean, variance) = moments(&self.values);
        let early = self.values.len().min(FIRST_ROUNDS as usize);
        let early = &mut self.values[..early];
        let place = (early.len() * 95).div_ceil(100) - 1;
        let (_, q95, _) = early.select_nth_unstable_by(place, f64::total_cmp);
        Permutation {
            p_value: (1 + self.exceeding) as f64 / (1 + rounds) as f64,
            rounds,
            exceeding: self.exceeding,
            null_mean: mean,
            null_sd: variance.sqrt(),
            null_q95: *q95,
        }
    }
}

/// Whether `value` speaks at least as strongly against "no change" as `bound`.
/// A statistic that is not a number must not become a small p-value.
fn reaches(value: f64, bound: f64) -> bool {
    value >= bound || value.is_nan() || bound.is_nan()
}

/// Mean and variance.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = |value: &f64| (value - mean) * (value - mean);
    (mean, values.iter().map(square).sum::<f64>() / n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(observed: f64, value: impl Fn(u64) -> f64) -> Permutation {
        let mut test = Sequential::new(observed, 0.0, MOST_ROUNDS);
        while let Some(rounds) = test.next() {
            test.add(rounds.map(&value));
        }
        test.finish()
    }

    #[test]
    fn goes_on_until_ten_exceed() {
        // One round in `every` reaches 1.
        let one_in = |every: u64| move |i: u64| f64::from(u8::from(i.is_multiple_of(every)));
        assert_eq!(run(1.0, one_in(100)).rounds, 999);
        assert_eq!(run(1.0, one_in(100)).p_value, 11.0 / 1000.0);
        let rare = run(1.0, one_in(300));
        assert_eq!((rare.rounds, rare.exceeding), (2999, 10));
        let rarer = run(1.0, one_in(5000));
        assert_eq!((rarer.rounds, rarer.p_value), (9999, 3.0 / 10_000.0));
    }

    #[test]
    fn far_out_every_round_is_run() {
        // However far: 999 rounds alone cannot support a p below 1 / 1000.
        let far = run(1000.0, |i| (i as f64).sin());
        assert_eq!((far.rounds, far.p_value), (9999, 1e-4));
    }

    #[test]
    fn what_is_not_a_number_never_makes_a_small_p() {
        assert_eq!(run(f64::NAN, |i| i as f64).p_value, 1.0);
        assert_eq!(run(1.0, |_| f64::NAN).p_value, 1.0);
    }

    #[test]
    fn moments_and_the_95_percent_point_are_those_of_the_rounds() {
        let test = run(500.0, |i| (i % 1000) as f64);
        assert_eq!(test.rounds, 999);
        assert!((test.null_mean - 499.0).abs() < 1e-9);
        assert!((test.null_sd - ((999.0f64.powi(2) - 1.0) / 12.0).sqrt()).abs() < 1e-9);
        assert_eq!(test.null_q95, 949.0);
    }
}
