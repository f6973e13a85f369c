//! Counting pairs under a threshold by labels: bit matrices and popcounts.

use multiversion::multiversion;

/// Thresholds that are counted together.
pub(super) const CURVE: usize = 10;

/// For each of [`CURVE`] thresholds a bit matrix "value at (row, column) is at
/// most the threshold".
///
/// A row's bits for all thresholds lie together, so that they stay in the
/// first cache while many labellings are counted.
#[derive(Debug, Clone)]
pub(super) struct BitPlanes {
    words: usize,
    bits: Vec<u64>,
}

impl BitPlanes {
    /// `columns` columns of the given rows of values; rows shorter than that
    /// are filled with zero bits.
    pub(super) fn new<'a>(
        rows: impl Iterator<Item = &'a [f32]>,
        columns: usize,
        thresholds: &[f32; CURVE],
    ) -> Self {
        let words = columns.div_ceil(64);
        let mut bits = Vec::new();
        for row in rows {
            for threshold in thresholds {
                let from = bits.len();
                bits.extend(row.chunks(64).map(|values| {
                    let set = values.iter().enumerate();
                    set.fold(0u64, |word, (bit, v)| {
                        word | u64::from(v <= threshold) << bit
                    })
                }));
                bits.resize(from + words, 0);
            }
        }
        Self { words, bits }
    }

    /// The thresholds' bits of one row, one after the other.
    fn row(&self, row: usize) -> &[u64] {
        let size = self.words * CURVE;
        &self.bits[row * size..(row + 1) * size]
    }

    /// Adds to `counts` how many of the row's first `columns` columns that are
    /// set in `mask` lie under each threshold.
    pub(super) fn count(
        &self,
        row: usize,
        columns: usize,
        mask: &[u64],
        counts: &mut [u64; CURVE],
    ) {
        let used = columns.div_ceil(64);
        count_words(self.row(row), self.words, &mask[..used], counts);
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512vpopcntdq+popcnt+bmi1+bmi2",
    "x86_64+avx2+popcnt+bmi1+bmi2",
    "x86_64+popcnt",
))]
fn count_words(row: &[u64], words: usize, mask: &[u64], counts: &mut [u64; CURVE]) {
    for (plane, count) in row.chunks_exact(words.max(1)).zip(counts.iter_mut()) {
        *count += plane
            .iter()
            .zip(mask)
            .map(|(bits, mask)| u64::from((bits & mask).count_ones()))
            .sum::<u64>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_match_one_by_one() {
        let columns = 150;
        let values: Vec<f32> = (0..columns).map(|i| (i * 7 % 31) as f32).collect();
        let thresholds: [f32; CURVE] = std::array::from_fn(|t| t as f32 * 3.0);
        let planes = BitPlanes::new([&values[..]].into_iter(), columns, &thresholds);
        let mask = [0x5555_5555_5555_5555u64, u64::MAX, 0x2f_ffff];
        let mut counts = [0; CURVE];
        planes.count(0, columns, &mask, &mut counts);
        for (t, count) in counts.iter().enumerate() {
            let naive = (0..columns)
                .filter(|&c| mask[c / 64] >> (c % 64) & 1 == 1 && values[c] <= thresholds[t])
                .count();
            assert_eq!(*count, naive as u64);
        }
    }
}
