//! Counting pairs under a threshold for many labellings at once: bit matrices
//! and popcounts.

use super::labellings::Labellings;
use multiversion::multiversion;

/// Thresholds that are counted together.
pub(super) const CURVE: usize = 8;

/// Counts under each threshold, for each labelling: threshold by threshold.
pub(super) type Counts = [Vec<u64>; CURVE];

/// Some rows of a batch of labellings, word by word: the words of all
/// labellings for the same 64 rows lie side by side, so that one instruction
/// serves several labellings.
pub(super) struct Masks {
    rows: usize,
    count: usize,
    words: Vec<u64>,
}

impl Masks {
    /// The labels of the rows `from..from + rows`.
    pub(super) fn new(labellings: &Labellings, from: usize, rows: usize) -> Self {
        let count = labellings.len();
        let mut words = vec![0; rows.div_ceil(64) * count];
        for l in 0..count {
            let bits = labellings.bits(l);
            let (skip, by) = (from / 64, from % 64);
            for (w, word) in words[l..].iter_mut().step_by(count).enumerate() {
                *word = bits[skip + w] >> by;
                if let (Some(next), 1..) = (bits.get(skip + w + 1), by) {
                    *word |= next << (64 - by);
                }
                if rows < (w + 1) * 64 {
                    *word &= (1 << (rows % 64)) - 1;
                }
            }
        }
        Self { rows, count, words }
    }

    fn word(&self, w: usize) -> &[u64] {
        &self.words[w * self.count..(w + 1) * self.count]
    }

    /// All ones for the labellings that hold `row`, else 0.
    fn members(&self, row: usize, out: &mut [u64]) {
        for (member, word) in out.iter_mut().zip(self.word(row / 64)) {
            *member = (word >> (row % 64) & 1).wrapping_neg();
        }
    }

    /// Adds each row's totals to the labellings that hold it.
    pub(super) fn add_totals(&self, totals: &[[u64; CURVE]], counts: &mut Counts) {
        let mut members = vec![0; self.count];
        for (row, totals) in totals.iter().enumerate().take(self.rows) {
            self.members(row, &mut members);
            for (counts, total) in counts.iter_mut().zip(totals) {
                for (count, member) in counts.iter_mut().zip(&members) {
                    *count += member & total;
                }
            }
        }
    }

    /// Zero counts for each labelling.
    pub(super) fn zeros(&self) -> Counts {
        std::array::from_fn(|_| vec![0; self.count])
    }
}

/// For each of [`CURVE`] thresholds a bit matrix "the value at (row, column)
/// is at most the threshold".
#[derive(Debug, Clone)]
pub(super) struct BitPlanes {
    words: usize,
    bits: Vec<[u64; CURVE]>,
    lower: bool,
}

impl BitPlanes {
    /// `columns` columns of the given rows of values; `lower` says that row i
    /// holds the first i columns only.
    pub(super) fn new(
        rows: &[&[f32]],
        columns: usize,
        lower: bool,
        thresholds: &[f32; CURVE],
    ) -> Self {
        let words = columns.div_ceil(64);
        let mut bits = vec![[0; CURVE]; words * rows.len()];
        for (row, bits) in rows.iter().zip(bits.chunks_exact_mut(words.max(1))) {
            for (lanes, values) in bits.iter_mut().zip(row.chunks(64)) {
                for (lane, threshold) in lanes.iter_mut().zip(thresholds) {
                    for (bit, value) in values.iter().enumerate() {
                        *lane |= u64::from(value <= threshold) << bit;
                    }
                }
            }
        }
        Self { words, bits, lower }
    }

    /// Pairs of a row in `rows` and a column in `columns`, under each
    /// threshold, for each labelling.
    pub(super) fn count(&self, rows: &Masks, columns: &Masks) -> Counts {
        let mut counts = rows.zeros();
        let mut members = vec![0; rows.count];
        let mut own = vec![0; 2 * rows.count];
        for row in 0..rows.rows {
            rows.members(row, &mut members);
            let used = if self.lower {
                row.div_ceil(64)
            } else {
                self.words
            };
            let bits = &self.bits[row * self.words..row * self.words + used];
            count_row(bits, columns, &members, &mut own, &mut counts);
        }
        counts
    }
}

fn mask_with(out: &mut [u64], words: &[u64], members: &[u64]) {
    for ((out, word), member) in out.iter_mut().zip(words).zip(members) {
        *out = word & member;
    }
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512vpopcntdq+popcnt+bmi1+bmi2",
    "x86_64+avx2+popcnt+bmi1+bmi2",
    "x86_64+popcnt",
))]
fn count_row(
    bits: &[[u64; CURVE]],
    columns: &Masks,
    members: &[u64],
    own: &mut [u64],
    counts: &mut Counts,
) {
    // Two words a step halve the traffic of the counts.
    let (left, right) = own.split_at_mut(members.len());
    for (w, bits) in bits.chunks(2).enumerate() {
        let odd = [0; CURVE];
        let (low, high) = (&bits[0], bits.get(1).unwrap_or(&odd));
        mask_with(left, columns.word(2 * w), members);
        if bits.len() == 2 {
            mask_with(right, columns.word(2 * w + 1), members);
        }
        for (counts, (&low, &high)) in counts.iter_mut().zip(low.iter().zip(high)) {
            for (count, (left, right)) in counts.iter_mut().zip(left.iter().zip(right.iter())) {
                let ones = |word: u64| u64::from(word.count_ones());
                *count += ones(left & low) + ones(right & high);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::permutation::Permutations;
    use super::*;

    #[test]
    fn masks_cut_the_rows_they_are_asked_for() {
        let labellings = Permutations::new(100, 80, 1).unwrap().labellings(0..5);
        for (from, rows) in [(0, 180), (3, 64), (64, 65), (70, 110), (0, 1)] {
            let masks = Masks::new(&labellings, from, rows);
            let mut members = vec![0; 5];
            for row in 0..rows {
                masks.members(row, &mut members);
                for (l, member) in members.iter().enumerate() {
                    assert_eq!(*member == u64::MAX, labellings.is_first(l, from + row));
                }
            }
            let rest = masks.word(rows.div_ceil(64) - 1)[0].checked_shr(rows as u32 % 64);
            assert!(rows % 64 == 0 || rest == Some(0));
        }
    }

    #[test]
    fn counts_match_one_by_one() {
        let (rows, columns) = (70, 90);
        let values: Vec<Vec<f32>> = (0..rows)
            .map(|i| {
                (0..columns)
                    .map(|j| ((i * 13 + j * 7) % 31) as f32)
                    .collect()
            })
            .collect();
        let views: Vec<&[f32]> = values.iter().map(Vec::as_slice).collect();
        let thresholds: [f32; CURVE] = std::array::from_fn(|t| t as f32 * 4.0);
        let labellings = Permutations::new(80, 80, 2).unwrap().labellings(0..3);
        let counts = BitPlanes::new(&views, columns, false, &thresholds).count(
            &Masks::new(&labellings, 0, rows),
            &Masks::new(&labellings, rows, columns),
        );
        for (counts, threshold) in counts.iter().zip(&thresholds) {
            for (l, count) in counts.iter().enumerate() {
                let mut naive = 0;
                for (i, row) in values.iter().enumerate() {
                    for (j, value) in row.iter().enumerate() {
                        let both = labellings.is_first(l, i) && labellings.is_first(l, rows + j);
                        naive += u64::from(both && value <= threshold);
                    }
                }
                assert_eq!(*count, naive);
            }
        }
    }
}
