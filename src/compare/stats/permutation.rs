//! Shared label permutations: exact p-values for any statistic of two pooled
//! samples.

use super::labellings::{LabelStatistic, Labellings};
use super::random::Random;
use super::row_groups::RowGroups;
use super::sequential::{ENOUGH, FIRST_ROUNDS, MOST_ROUNDS, Permutation, Sequential};
use crate::error::{Error, ErrorKind, Result};
use rayon::prelude::*;

/// Random labellings of pooled rows, the same for every statistic that is
/// tested with them and for any number of threads.
///
/// The pooled rows are the reference's followed by the target's. A labelling
/// draws which rows count as the reference's, in the observed numbers, without
/// replacement. If nothing changed all labellings are equally likely, so
///
/// ```text
/// p = (1 + b) / (1 + B)     b = labellings that reach the observed statistic
/// ```
///
/// is a valid p-value at any sample size (Phipson and Smyth 2010). B is 999;
/// while b < 10 it grows by a thousand, up to 9 999 (in the manner of Besag and
/// Clifford 1991; [`Mmd`](super::Mmd), whose rounds are dear, ends at 4 999).
/// The level holds although b decides when to stop. For an alpha of at least
/// 11 / (1 + B), B the most rounds, take the first look at which 11 / (1 + B) is at
/// most alpha: stops before it, with b >= 10, do not reject; runs that go on
/// past it have b <= 9 there; so every rejection lies in the event
/// (1 + b) / (1 + B) <= alpha at that one look, whose probability is at most
/// alpha. For a smaller alpha only the last look can reject.
///
/// ```
/// use driftsphere::compare::stats::{LabelStatistic, Labellings, Permutations};
///
/// /// Difference of the means of a list of numbers.
/// struct MeanShift(Vec<f64>);
///
/// impl LabelStatistic for MeanShift {
///     fn values(&self, labellings: &Labellings) -> Vec<f64> {
///         (0..labellings.len())
///             .map(|l| {
///                 let side = |first: bool| {
///                     let rows = (0..self.0.len()).filter(|&i| labellings.is_first(l, i) == first);
///                     let (sum, n) = rows.fold((0.0, 0.0), |(s, n), i| (s + self.0[i], n + 1.0));
///                     sum / n
///                 };
///                 (side(true) - side(false)).abs()
///             })
///             .collect()
///     }
///     fn tolerance(&self) -> f64 {
///         1e-12
///     }
/// }
///
/// let pooled: Vec<f64> = (0..20).map(f64::from).collect();
/// let permutations = Permutations::new(10, 10, 1)?;
/// let result = permutations.test(10.0, &MeanShift(pooled));
/// assert!(result.p_value < 0.001);
/// assert_eq!(result.rounds, 9999);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Permutations {
    scheme: Scheme,
    rows: usize,
    seed: u64,
}

/// What is exchanged.
#[derive(Debug, Clone)]
enum Scheme {
    /// Single rows inside each stratum.
    Rows(Vec<Stratum>),
    Groups(Box<RowGroups>),
}

#[derive(Debug, Clone)]
struct Stratum {
    start: usize,
    first: usize,
    second: usize,
}

impl Permutations {
    /// Rounds that every test gets.
    pub const FIRST_ROUNDS: u64 = FIRST_ROUNDS;
    /// Rounds after which a test ends, unless its statistic ends it earlier
    /// ([`LabelStatistic::most_rounds`]).
    pub const MOST_ROUNDS: u64 = MOST_ROUNDS;
    /// A test goes on while fewer labellings than this reach its statistic.
    pub const ENOUGH: u64 = ENOUGH;

    /// Labellings of `first` reference rows followed by `second` target rows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] if a side is empty.
    pub fn new(first: usize, second: usize, seed: u64) -> Result<Self> {
        Self::stratified(&[(first, second)], seed)
    }

    /// Labels move only inside strata (for example inside a class). Each
    /// stratum's rows lie together: its reference rows, then its target rows,
    /// then the next stratum.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] if a side of a stratum is empty or there is no
    /// stratum.
    pub fn stratified(strata: &[(usize, usize)], seed: u64) -> Result<Self> {
        let mut rows = 0;
        let mut list = Vec::with_capacity(strata.len());
        for &(first, second) in strata {
            if first == 0 || second == 0 {
                return Err(Error::new(
                    ErrorKind::Argument,
                    format!(
                        "a permutation test needs rows on both sides, found {first} and {second}"
                    ),
                ));
            }
            list.push(Stratum {
                start: rows,
                first,
                second,
            });
            rows += first + second;
        }
        if list.is_empty() {
            return Err(Error::new(
                ErrorKind::Argument,
                "a permutation test needs at least one stratum",
            ));
        }
        Ok(Self {
            scheme: Scheme::Rows(list),
            rows,
            seed,
        })
    }

    /// Labels move by whole groups of rows that depend on each other; see
    /// [`RowGroups`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] if a side has no group.
    pub fn whole_groups(groups: &RowGroups, seed: u64) -> Result<Self> {
        groups.check()?;
        Ok(Self {
            rows: groups.rows(),
            scheme: Scheme::Groups(Box::new(groups.clone())),
            seed,
        })
    }

    /// The number of pooled rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The labels as they were observed.
    #[must_use]
    pub fn observed(&self) -> Labellings {
        let strata = match &self.scheme {
            Scheme::Rows(strata) => strata,
            Scheme::Groups(groups) => return Labellings::single(&groups.is_first()),
        };
        let mut first = vec![false; self.rows];
        for stratum in strata {
            first[stratum.start..stratum.start + stratum.first].fill(true);
        }
        Labellings::single(&first)
    }

    /// The random labellings with these indices.
    #[must_use]
    pub fn labellings(&self, indices: std::ops::Range<u64>) -> Labellings {
        let count = (indices.end - indices.start) as usize;
        let mut labellings = Labellings::with_capacity(self.rows, count);
        for index in indices {
            let mut random = Random::stream(self.seed, index);
            let bits = labellings.push();
            match &self.scheme {
                Scheme::Rows(strata) => strata.iter().for_each(|s| s.draw(&mut random, bits)),
                Scheme::Groups(groups) => groups.draw(&mut random, bits),
            }
        }
        labellings
    }

    /// The p-value of one observed statistic; large values speak against "no
    /// change".
    #[must_use]
    pub fn test(&self, observed: f64, statistic: &dyn LabelStatistic) -> Permutation {
        let mut results = self.test_all(&[(observed, statistic)]);
        results.swap_remove(0)
    }

    /// The p-values of several statistics over the same labellings. Each one
    /// ends by its own count, so the result of one does not depend on the
    /// others.
    #[must_use]
    pub fn test_all(&self, tests: &[(f64, &dyn LabelStatistic)]) -> Vec<Permutation> {
        let mut running: Vec<Sequential> = tests
            .iter()
            .map(|(observed, statistic)| {
                Sequential::new(*observed, statistic.tolerance(), statistic.most_rounds())
            })
            .collect();
        // All that still run have done the same rounds.
        while let Some(rounds) = running.iter().find_map(Sequential::next) {
            let open: Vec<usize> = (0..tests.len())
                .filter(|&t| running[t].next().is_some())
                .collect();
            let batches: Vec<Vec<Vec<f64>>> = rounds
                .clone()
                .step_by(BATCH as usize)
                .collect::<Vec<_>>()
                .into_par_iter()
                .map(|start| {
                    let labellings = self.labellings(start..rounds.end.min(start + BATCH));
                    open.iter()
                        .map(|&t| tests[t].1.values(&labellings))
                        .collect()
                })
                .collect();
            for (place, &t) in open.iter().enumerate() {
                running[t].add(
                    batches
                        .iter()
                        .flat_map(|batch| batch[place].iter().copied()),
                );
            }
        }
        running.into_iter().map(Sequential::finish).collect()
    }
}

/// Labellings in one matrix product: wide enough for the product, small
/// enough that its operands stay in the cache.
const BATCH: u64 = 128;

impl Stratum {
    /// Marks `first` of the stratum's rows, each subset equally likely:
    /// Floyd's selection, on the smaller side so that it takes at most half
    /// of the rows.
    fn draw(&self, random: &mut Random, bits: &mut [u64]) {
        let total = self.first + self.second;
        let chosen = self.first.min(self.second);
        let mut set = |row: usize| {
            let (word, bit) = ((self.start + row) / 64, 1u64 << ((self.start + row) % 64));
            let fresh = bits[word] & bit == 0;
            bits[word] |= bit;
            fresh
        };
        for last in total - chosen..total {
            let row = random.below(last as u64 + 1) as usize;
            if !set(row) {
                set(last);
            }
        }
        if chosen < self.first {
            // The target's rows were drawn: all others are the reference's.
            for row in self.start..self.start + total {
                bits[row / 64] ^= 1 << (row % 64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_drawn_equally_often_and_in_the_right_number() {
        for (first, second) in [(3, 9), (9, 3), (70, 60)] {
            let permutations = Permutations::stratified(&[(2, 2), (first, second)], 5).unwrap();
            let labellings = permutations.labellings(0..2000);
            let rows = permutations.rows();
            let mut counts = vec![0u32; rows];
            for l in 0..labellings.len() {
                for (row, count) in counts.iter_mut().enumerate() {
                    *count += u32::from(labellings.is_first(l, row));
                }
                let drawn: u32 = labellings.bits(l).iter().map(|w| w.count_ones()).sum();
                assert_eq!(drawn as usize, 2 + first);
                // No bit is set behind the last row.
                assert_eq!(labellings.bits(l)[rows / 64] >> (rows % 64), 0);
                assert_eq!((labellings.bits(l)[0] & 15).count_ones(), 2);
            }
            let share = first as f64 / (first + second) as f64;
            let deviation = (2000.0 * share * (1.0 - share)).sqrt();
            for &count in &counts[4..] {
                assert!((f64::from(count) - 2000.0 * share).abs() < 5.0 * deviation);
            }
        }
    }

    #[test]
    fn labellings_do_not_depend_on_how_they_are_asked_for() {
        let permutations = Permutations::new(50, 30, 9).unwrap();
        let whole = permutations.labellings(0..10);
        assert_eq!(permutations.labellings(7..8).bits(0), whole.bits(7));
    }

    #[test]
    fn an_empty_side_is_refused() {
        let error = Permutations::new(0, 5, 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument);
        assert!(Permutations::stratified(&[], 1).is_err());
    }

    struct Constant(f64);
    impl LabelStatistic for Constant {
        fn values(&self, labellings: &Labellings) -> Vec<f64> {
            vec![self.0; labellings.len()]
        }
        fn tolerance(&self) -> f64 {
            1e-9
        }
    }

    #[test]
    fn ties_and_nan_never_make_a_small_p() {
        let permutations = Permutations::new(4, 4, 1).unwrap();
        assert_eq!(permutations.test(1.0 + 1e-12, &Constant(1.0)).p_value, 1.0);
        assert_eq!(permutations.test(f64::NAN, &Constant(1.0)).p_value, 1.0);
        let clear = permutations.test(2.0, &Constant(1.0));
        assert_eq!((clear.rounds, clear.p_value), (9999, 1e-4));
    }
}
