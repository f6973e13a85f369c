//! Resampling of a pooled histogram: what two windows look like when both are
//! drawn from the same rows.

use super::random::Random;
use super::sequential::{Permutation, Sequential};
use rayon::prelude::*;

/// Two histograms over the same buckets, pooled, so that pairs like them can
/// be drawn as if nothing had changed (multivariate hypergeometric).
///
/// Equal to permuting the labels of the rows themselves, at a cost that does
/// not depend on the number of rows: bucket by bucket, or draw by draw where
/// one side is small.
pub(super) struct PooledHistogram {
    pooled: Vec<u64>,
    total: u64,
    draws: u64,
    swapped: bool,
}

/// Up to this many draws rows are drawn one by one, each found by bisection.
const FEW_DRAWS: u64 = 256;

impl PooledHistogram {
    /// `None` if a side is empty or the lengths differ.
    pub(super) fn new(first: &[u64], second: &[u64]) -> Option<Self> {
        if first.len() != second.len() {
            return None;
        }
        let pooled: Vec<u64> = first.iter().zip(second).map(|(a, b)| a + b).collect();
        let (n, m) = (first.iter().sum::<u64>(), second.iter().sum::<u64>());
        (n > 0 && m > 0).then(|| Self {
            pooled,
            total: n + m,
            draws: n.min(m),
            swapped: m < n,
        })
    }

    /// Counts of the first side in one resampling, into `out`.
    fn draw(&self, random: &mut Random, cumulative: &[u64], out: &mut [u64]) {
        if self.draws <= FEW_DRAWS && self.draws < self.pooled.len() as u64 * 4 {
            self.draw_rows(random, cumulative, out);
        } else {
            self.draw_buckets(random, out);
        }
        if self.swapped {
            for (count, &pooled) in out.iter_mut().zip(&self.pooled) {
                *count = pooled - *count;
            }
        }
    }

    fn draw_buckets(&self, random: &mut Random, out: &mut [u64]) {
        let (mut left, mut draws) = (self.total, self.draws);
        for (count, &pooled) in out.iter_mut().zip(&self.pooled) {
            left -= pooled;
            *count = random.hypergeometric(pooled, left, draws);
            draws -= *count;
        }
    }

    fn draw_rows(&self, random: &mut Random, cumulative: &[u64], out: &mut [u64]) {
        out.fill(0);
        // Floyd's selection keeps rows distinct; the list stays short.
        let mut taken: Vec<u64> = Vec::with_capacity(self.draws as usize);
        for last in self.total - self.draws..self.total {
            let row = random.below(last + 1);
            let row = match taken.binary_search(&row) {
                Ok(_) => last,
                Err(_) => row,
            };
            let place = taken.partition_point(|&t| t < row);
            taken.insert(place, row);
            out[cumulative.partition_point(|&c| c <= row)] += 1;
        }
    }

    /// The p-value of `observed`: `statistic` is evaluated on resampled
    /// (first, second) counts; 999 rounds, on to 9 999 while fewer than 10
    /// reach it, as in [`Permutations`](super::Permutations). `rounds` caps them.
    pub(super) fn test(
        &self,
        observed: f64,
        tolerance: f64,
        seed: u64,
        rounds: u64,
        statistic: impl Fn(&[u64], &[u64]) -> f64 + Sync,
    ) -> Permutation {
        let cumulative: Vec<u64> = self
            .pooled
            .iter()
            .scan(0, |sum, &count| {
                *sum += count;
                Some(*sum)
            })
            .collect();
        let mut running = Sequential::new(observed, tolerance, rounds);
        while let Some(rounds) = running.next() {
            let values: Vec<Vec<f64>> = rounds
                .clone()
                .step_by(50)
                .collect::<Vec<_>>()
                .into_par_iter()
                .map(|start| {
                    let mut first = vec![0; self.pooled.len()];
                    let mut second = first.clone();
                    (start..rounds.end.min(start + 50))
                        .map(|index| {
                            let mut random = Random::stream(seed, index);
                            self.draw(&mut random, &cumulative, &mut first);
                            for ((s, f), pooled) in second.iter_mut().zip(&first).zip(&self.pooled)
                            {
                                *s = pooled - f;
                            }
                            statistic(&first, &second)
                        })
                        .collect()
                })
                .collect();
            running.add(values.into_iter().flatten());
        }
        running.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ways of drawing have the hypergeometric mean and variance.
    #[test]
    fn rows_and_buckets_are_drawn_alike() {
        let pooled = [3u64, 40, 0, 17, 60];
        let histogram = PooledHistogram::new(&[3, 20, 0, 7, 20], &[0, 20, 0, 10, 40]).unwrap();
        let cumulative = [3, 43, 43, 60, 120];
        let rounds = 20_000;
        let mut by_rows = [[0f64; 5]; 2];
        let mut by_buckets = [[0f64; 5]; 2];
        let mut out = [0; 5];
        for index in 0..rounds {
            let mut random = Random::stream(4, index);
            histogram.draw_rows(&mut random, &cumulative, &mut out);
            assert_eq!(out.iter().sum::<u64>(), 50);
            for (i, &count) in out.iter().enumerate() {
                by_rows[0][i] += count as f64;
                by_rows[1][i] += (count * count) as f64;
            }
            histogram.draw_buckets(&mut random, &mut out);
            assert_eq!(out.iter().sum::<u64>(), 50);
            for (i, &count) in out.iter().enumerate() {
                by_buckets[0][i] += count as f64;
                by_buckets[1][i] += (count * count) as f64;
            }
        }
        for sums in [by_rows, by_buckets] {
            for (i, &count) in pooled.iter().enumerate() {
                let share = count as f64 / 120.0;
                let exact = 50.0 * share * (1.0 - share) * 70.0 / 119.0;
                let mean = sums[0][i] / rounds as f64;
                let variance = sums[1][i] / rounds as f64 - mean * mean;
                let n = rounds as f64;
                assert!((mean - 50.0 * share).abs() <= 5.0 * (exact / n).sqrt() + 1e-12);
                assert!((variance - exact).abs() <= 0.1 * exact + 1e-9);
            }
        }
    }

    #[test]
    fn an_empty_side_or_unlike_lengths_give_nothing() {
        assert!(PooledHistogram::new(&[0, 0], &[1, 2]).is_none());
        assert!(PooledHistogram::new(&[1], &[1, 2]).is_none());
    }
}
