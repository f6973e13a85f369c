//! Which classes come together in one record.

use std::collections::{BTreeMap, BTreeSet};

use crate::sketch::hash_text;

/// Classes whose pairs are counted.
pub(super) const PAIRED_CLASSES: usize = 32;

/// In how many records two classes come together, for the classes of the
/// smallest seeded hash.
///
/// The set of these classes only loses members to smaller hashes, so a class of
/// the final set was in it from its first record on: all its pairs with others
/// of the set were counted, whatever the order of the records.
#[derive(Debug, Clone, Default)]
pub(crate) struct PairTable {
    seed: u64,
    most: usize,
    classes: BTreeSet<(u64, String)>,
    counts: BTreeMap<(String, String), u64>,
}

impl PairTable {
    /// Of no more classes than have a state of their own.
    pub(crate) fn new(seed: u64, max_classes: usize) -> Self {
        Self {
            seed,
            most: max_classes.min(PAIRED_CLASSES),
            ..Self::default()
        }
    }

    /// Makes room for `names`.
    pub(crate) fn admit<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        for name in names {
            self.classes
                .insert((hash_text(self.seed, name), name.to_owned()));
            if self.classes.len() > self.most
                && let Some((_, lost)) = self.classes.pop_last()
            {
                self.counts.retain(|(a, b), _| *a != lost && *b != lost);
            }
        }
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.classes
            .contains(&(hash_text(self.seed, name), name.to_owned()))
    }

    /// Adds to the count of a pair of admitted classes.
    pub(crate) fn add(&mut self, a: &str, b: &str, records: u64) {
        let pair = if a < b { (a, b) } else { (b, a) };
        let pair = (pair.0.to_owned(), pair.1.to_owned());
        *self.counts.entry(pair).or_default() += records;
    }

    pub(crate) fn counts(&self) -> &BTreeMap<(String, String), u64> {
        &self.counts
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.admit(other.classes.iter().map(|(_, name)| name.as_str()));
        for ((a, b), records) in &other.counts {
            if self.contains(a) && self.contains(b) {
                self.add(a, b, *records);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_do_not_depend_on_the_order_of_the_records() {
        let names: Vec<String> = (0..60).map(|i| format!("class {i}")).collect();
        let records: Vec<[usize; 2]> = (0..400)
            .map(|i| [i % 60, (i * 7 + 1 + i / 60) % 60])
            .collect();
        let learn = |records: &mut dyn Iterator<Item = &[usize; 2]>| {
            let mut table = PairTable::new(9, 1000);
            for [a, b] in records {
                let (a, b) = (names[*a].as_str(), names[*b].as_str());
                table.admit([a, b].into_iter());
                if a != b && table.contains(a) && table.contains(b) {
                    table.add(a, b, 1);
                }
            }
            table
        };
        let whole = learn(&mut records.iter());
        let reversed = learn(&mut records.iter().rev());
        assert_eq!(whole.classes.len(), PAIRED_CLASSES);
        assert!(whole.counts.len() > 50);
        assert_eq!(whole.counts, reversed.counts);
        let mut merged = learn(&mut records[300..].iter());
        let part = learn(&mut records[..300].iter());
        merged.merge(&part);
        assert_eq!(merged.counts, whole.counts);
    }
}
