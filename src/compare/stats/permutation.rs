//! Shared label permutations: exact p-values for any statistic of two pooled
//! samples.

use super::random::Random;
use crate::error::{Error, ErrorKind, Result};
use rayon::prelude::*;

/// The p-value of a resampling test, and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Permutation {
    /// (1 + `exceeding`) / (1 + `rounds`).
    pub p_value: f64,
    /// How many random labellings were tried: 999, then on in thousands to
    /// 9 999 while fewer than 10 exceed.
    pub rounds: u64,
    /// How many of them reached the observed statistic.
    pub exceeding: u64,
    /// Mean of the statistic over the tried labellings: what no change looks
    /// like.
    pub null_mean: f64,
    /// Standard deviation over the tried labellings.
    pub null_sd: f64,
    /// The value that 95 % of the first 999 labellings stay under.
    pub null_q95: f64,
}

/// A statistic that can be evaluated for many labellings of the pooled rows.
pub trait LabelStatistic: Sync {
    /// The statistic under each labelling, in order.
    fn values(&self, labellings: &Labellings) -> Vec<f64>;

    /// How far rounding may move a value: a labelling that comes this close
    /// under the observed value counts as reaching it, so that ties never make
    /// a p-value too small.
    fn tolerance(&self) -> f64;
}

/// Which pooled rows are "first" (of the reference), for a batch of random
/// labellings.
#[derive(Debug, Clone)]
pub struct Labellings {
    rows: usize,
    words: usize,
    bits: Vec<u64>,
}

impl Labellings {
    fn with_capacity(rows: usize, count: usize) -> Self {
        let words = rows.div_ceil(64);
        Self {
            rows,
            words,
            bits: Vec::with_capacity(words * count),
        }
    }

    /// One labelling given by hand: `first[i]` says that row i is of the
    /// reference.
    #[must_use]
    pub fn single(first: &[bool]) -> Self {
        let mut single = Self::with_capacity(first.len(), 1);
        single.bits.resize(single.words, 0);
        for (row, _) in first.iter().enumerate().filter(|(_, first)| **first) {
            single.bits[row / 64] |= 1 << (row % 64);
        }
        single
    }

    /// The number of labellings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bits.len().checked_div(self.words).unwrap_or(0)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of pooled rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Labelling `index` as bits, row 0 the lowest bit of the first word; bits
    /// past the last row are 0.
    #[must_use]
    pub fn bits(&self, index: usize) -> &[u64] {
        &self.bits[index * self.words..(index + 1) * self.words]
    }

    /// Whether `row` is of the reference under labelling `index`.
    #[must_use]
    pub fn is_first(&self, index: usize, row: usize) -> bool {
        self.bits(index)[row / 64] >> (row % 64) & 1 == 1
    }

    /// One column of 0.0 and 1.0 for each labelling, column after column: the
    /// right-hand side of a matrix product.
    pub(super) fn indicator(&self) -> Vec<f32> {
        let mut columns = vec![0.0; self.rows * self.len()];
        for (column, bits) in columns
            .chunks_exact_mut(self.rows.max(1))
            .zip(self.bits.chunks_exact(self.words.max(1)))
        {
            for (values, &word) in column.chunks_mut(64).zip(bits) {
                for (bit, value) in values.iter_mut().enumerate() {
                    *value = (word >> bit & 1) as f32;
                }
            }
        }
        columns
    }
}

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
/// while b < 10 it grows by a thousand, up to 9 999. Whether to go on depends
/// on b as in Besag and Clifford (1991): stopping with b >= 10 only ever
/// happens at a p that is larger than every p which a longer run can end with,
/// so the level holds.
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
    strata: Vec<Stratum>,
    rows: usize,
    seed: u64,
}

#[derive(Debug, Clone)]
struct Stratum {
    start: usize,
    first: usize,
    second: usize,
}

impl Permutations {
    /// Rounds that every test gets.
    pub const FIRST_ROUNDS: u64 = 999;
    /// Rounds after which a test ends in any case.
    pub const MOST_ROUNDS: u64 = 9999;
    /// A test goes on while fewer labellings than this reach its statistic.
    pub const ENOUGH: u64 = 10;

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
            strata: list,
            rows,
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
        let mut first = vec![false; self.rows];
        for stratum in &self.strata {
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
            let from = labellings.bits.len();
            labellings.bits.resize(from + labellings.words, 0);
            let mut random = Random::stream(self.seed, index);
            for stratum in &self.strata {
                stratum.draw(&mut random, &mut labellings.bits[from..]);
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
        let mut tallies: Vec<Tally> = tests.iter().map(|_| Tally::default()).collect();
        let mut done = 0;
        while done < Self::MOST_ROUNDS {
            let open: Vec<usize> = (0..tests.len())
                .filter(|&t| {
                    done == 0
                        || (tallies[t].values.len() as u64 == done
                            && tallies[t].exceeding < Self::ENOUGH)
                })
                .collect();
            if open.is_empty() {
                break;
            }
            let end = if done == 0 {
                Self::FIRST_ROUNDS
            } else {
                done + 1000
            };
            let batches: Vec<(u64, u64)> = (done..end)
                .step_by(BATCH as usize)
                .map(|start| (start, end.min(start + BATCH)))
                .collect();
            let values: Vec<Vec<Vec<f64>>> = batches
                .into_par_iter()
                .map(|(start, end)| {
                    let labellings = self.labellings(start..end);
                    open.iter()
                        .map(|&t| tests[t].1.values(&labellings))
                        .collect()
                })
                .collect();
            for batch in values {
                for (&t, values) in open.iter().zip(batch) {
                    tallies[t].add(&values, tests[t].0 - tests[t].1.tolerance());
                }
            }
            done = end;
        }
        tallies
            .into_iter()
            .map(|mut tally| Permutation::of(&mut tally.values, tally.exceeding))
            .collect()
    }
}

/// Labellings in one matrix product: wide enough for the product, small
/// enough that its operands stay in the cache.
const BATCH: u64 = 125;

#[derive(Default)]
struct Tally {
    exceeding: u64,
    values: Vec<f64>,
}

impl Tally {
    fn add(&mut self, values: &[f64], bound: f64) {
        self.exceeding += values.iter().filter(|v| reaches(**v, bound)).count() as u64;
        self.values.extend_from_slice(values);
    }
}

/// Whether `value` speaks at least as strongly against "no change" as `bound`.
/// A statistic that is not a number must not become a small p-value.
pub(super) fn reaches(value: f64, bound: f64) -> bool {
    value >= bound || value.is_nan() || bound.is_nan()
}

impl Permutation {
    /// From the statistic of every round and how many reached the observed.
    pub(super) fn of(values: &mut [f64], exceeding: u64) -> Self {
        let rounds = values.len() as f64;
        let mean = values.iter().sum::<f64>() / rounds;
        let squares = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
        let early = (Permutations::FIRST_ROUNDS as usize).min(values.len());
        let early = &mut values[..early];
        let place = (early.len() * 95).div_ceil(100) - 1;
        let (_, q95, _) = early.select_nth_unstable_by(place, f64::total_cmp);
        Self {
            p_value: (1.0 + exceeding as f64) / (1.0 + rounds),
            null_q95: *q95,
            rounds: values.len() as u64,
            exceeding,
            null_mean: mean,
            null_sd: (squares / rounds).sqrt(),
        }
    }
}

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
                assert_eq!(labellings.bits(l)[0] & 15, labellings.bits(l)[0] & 15);
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
    fn the_indicator_repeats_the_bits() {
        let labellings = Permutations::new(40, 33, 2).unwrap().labellings(0..3);
        let indicator = labellings.indicator();
        for l in 0..3 {
            for row in 0..73 {
                assert_eq!(indicator[l * 73 + row] == 1.0, labellings.is_first(l, row));
            }
        }
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
