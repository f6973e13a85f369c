//! How often each level of luma comes.

use super::level::Level;

/// Rows whose pairs a count certainly holds, however long they are: see [`Tones::add`].
const ROWS: usize = 1024;
/// The longest rows of which so many may be counted before the counts are taken out.
const LONGEST: usize = 1 << 20;

/// A histogram in 256 levels while it is counted: neighbours two by two, which takes half as many
/// steps. Pairs of real pictures lie near each other, so few of the counts leave the cache.
pub(super) struct Tones {
    /// By the first level plus 256 times the second.
    pairs: Vec<u32>,
    rows: usize,
    histogram: [u64; 256],
}

impl Tones {
    pub(super) fn new() -> Self {
        Self {
            pairs: vec![0; 1 << 16],
            rows: 0,
            histogram: [0; 256],
        }
    }

    /// Counts a row.
    pub(super) fn add<T: Level>(&mut self, luma: &[T]) {
        let (pairs, rest) = luma.as_chunks::<2>();
        // As an array, so that no index is checked.
        if let Some((counts, _)) = self.pairs.split_first_chunk_mut::<{ 1 << 16 }>() {
            for pair in pairs {
                counts[usize::from(u16::from_le_bytes(pair.map(Level::top)))] += 1;
            }
        }
        for value in rest {
            self.histogram[usize::from(value.top())] += 1;
        }
        self.rows += 1;
        if self.rows == ROWS || luma.len() > LONGEST {
            self.empty();
        }
    }

    /// The histogram of all rows.
    pub(super) fn finish(mut self) -> [u64; 256] {
        self.empty();
        self.histogram
    }

    /// Takes the pairs apart.
    fn empty(&mut self) {
        let mut firsts = [0_u64; 256];
        for (second, counts) in self.pairs.chunks_exact_mut(256).enumerate() {
            let mut seconds = 0;
            for (first, count) in firsts.iter_mut().zip(counts) {
                let pairs = u64::from(std::mem::take(count));
                *first += pairs;
                seconds += pairs;
            }
            self.histogram[second] += seconds;
        }
        for (total, first) in self.histogram.iter_mut().zip(firsts) {
            *total += first;
        }
        self.rows = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_what_is_left_are_counted_as_single_levels() {
        let rows: Vec<Vec<u16>> = (0..ROWS + 3)
            .map(|y| (0..y % 8).map(|x| ((x * 31 + y * 7) << 8) as u16).collect())
            .collect();
        let (mut tones, mut expected) = (Tones::new(), [0; 256]);
        for row in &rows {
            tones.add(row);
            for value in row {
                expected[usize::from(value >> 8)] += 1;
            }
        }
        assert_eq!(tones.finish(), expected);
    }
}
