//! Batches of labellings, and what can be evaluated on them.

use super::sequential::MOST_ROUNDS;

/// A statistic that can be evaluated for many labellings of the pooled rows.
pub trait LabelStatistic: Sync {
    /// The statistic under each labelling, in order.
    fn values(&self, labellings: &Labellings) -> Vec<f64>;

    /// How far rounding may move a value: a labelling that comes this close
    /// under the observed value counts as reaching it, so that ties never make
    /// a p-value too small.
    fn tolerance(&self) -> f64;

    /// Rounds after which its test ends in any case.
    fn most_rounds(&self) -> u64 {
        MOST_ROUNDS
    }
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
    pub(super) fn with_capacity(rows: usize, count: usize) -> Self {
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
        let bits = single.push();
        for (row, _) in first.iter().enumerate().filter(|(_, first)| **first) {
            bits[row / 64] |= 1 << (row % 64);
        }
        single
    }

    /// One labelling more, of no row yet; its bits.
    pub(super) fn push(&mut self) -> &mut [u64] {
        let from = self.bits.len();
        self.bits.resize(from + self.words, 0);
        &mut self.bits[from..]
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
        // Eight bits at a time from a table: the product waits for this.
        let table: Vec<[f32; 8]> = (0..256u32)
            .map(|byte| std::array::from_fn(|bit| (byte >> bit & 1) as f32))
            .collect();
        let mut columns = Vec::with_capacity(self.rows * self.len() + 64);
        for bits in self.bits.chunks_exact(self.words.max(1)) {
            let end = columns.len() + self.rows;
            for word in bits {
                for byte in word.to_le_bytes() {
                    columns.extend_from_slice(&table[usize::from(byte)]);
                }
            }
            columns.truncate(end);
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::super::permutation::Permutations;
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
}
