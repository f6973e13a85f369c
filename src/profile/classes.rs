//! A bounded table of classes that does not depend on the order of the records.
//!
//! Of all class names seen, those of smallest seeded hash have a state of their
//! own; the rest are kept together. When a name of smaller hash arrives, the
//! largest one is merged into the rest: which names survive is a function of
//! the set of names alone, and so is everything kept about them.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::sketch::hash_text;

use super::group::GroupSketch;

/// What is kept of one class.
pub(crate) trait ClassState: Sized {
    /// Takes in what was learned of another class, or elsewhere of this one.
    fn merge(&mut self, other: &Self) -> Result<()>;
}

impl ClassState for GroupSketch {
    fn merge(&mut self, other: &Self) -> Result<()> {
        Self::merge(self, other)
    }
}

/// Index of a class's state, valid until the next call of
/// [`ClassTable::resolve`].
pub(crate) type Slot = usize;

/// Where the rows without a class are kept.
pub(crate) const UNCLASSIFIED: Slot = 0;

#[derive(Debug, Clone)]
pub(crate) struct ClassTable<G> {
    seed: u64,
    max_classes: usize,
    /// By (hash, name); the name settles equal hashes.
    names: BTreeMap<(u64, String), Slot>,
    /// State of the classes that found no room.
    other: Option<Slot>,
    groups: Vec<G>,
}

/// The states of a table, taken out of it.
pub(crate) struct ClassGroups<G> {
    pub(crate) unclassified: G,
    pub(crate) other: Option<G>,
    pub(crate) named: Vec<(String, G)>,
}

impl<G: ClassState> ClassTable<G> {
    pub(crate) fn new(seed: u64, max_classes: usize, unclassified: G) -> Self {
        Self {
            seed,
            max_classes,
            names: BTreeMap::new(),
            other: None,
            groups: vec![unclassified],
        }
    }

    /// Makes room for `names`, then says where each is kept.
    ///
    /// All names come at once because a later one may push out an earlier one.
    pub(crate) fn resolve(
        &mut self,
        names: &[&str],
        fresh: impl Fn() -> Result<G>,
    ) -> Result<Vec<Slot>> {
        let keys: Vec<(u64, String)> = names
            .iter()
            .map(|name| (hash_text(self.seed, name), (*name).to_owned()))
            .collect();
        for key in &keys {
            self.admit(key, &fresh)?;
        }
        Ok(keys
            .iter()
            .map(|key| {
                self.names
                    .get(key)
                    .copied()
                    .or(self.other)
                    .unwrap_or(UNCLASSIFIED)
            })
            .collect())
    }

    fn admit(&mut self, key: &(u64, String), fresh: &impl Fn() -> Result<G>) -> Result<()> {
        if self.names.contains_key(key) {
            return Ok(());
        }
        if self.names.len() < self.max_classes {
            let slot = self.push(fresh()?);
            self.names.insert(key.clone(), slot);
            return Ok(());
        }
        let other = match self.other {
            Some(slot) => slot,
            None => {
                let slot = self.push(fresh()?);
                self.other = Some(slot);
                slot
            }
        };
        if let Some(last) = self.names.last_entry()
            && last.key() > key
        {
            let slot = last.remove();
            let evicted = std::mem::replace(&mut self.groups[slot], fresh()?);
            self.groups[other].merge(&evicted)?;
            self.names.insert(key.clone(), slot);
        }
        Ok(())
    }

    fn push(&mut self, group: G) -> Slot {
        self.groups.push(group);
        self.groups.len() - 1
    }

    /// Number of classes with a state of their own.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The states, by slot.
    pub(crate) fn groups_mut(&mut self) -> &mut [G] {
        &mut self.groups
    }

    fn named(&self) -> impl Iterator<Item = (&str, &G)> {
        self.names
            .iter()
            .map(|((_, name), slot)| (name.as_str(), &self.groups[*slot]))
    }

    pub(crate) fn merge(&mut self, other: &Self, fresh: impl Fn() -> Result<G>) -> Result<()> {
        let names: Vec<&str> = other.named().map(|(name, _)| name).collect();
        let slots = self.resolve(&names, &fresh)?;
        for ((_, group), slot) in other.named().zip(slots) {
            self.groups[slot].merge(group)?;
        }
        self.groups[UNCLASSIFIED].merge(&other.groups[UNCLASSIFIED])?;
        if let Some(rest) = other.other.map(|slot| &other.groups[slot]) {
            let slot = match self.other {
                Some(slot) => slot,
                None => {
                    let slot = self.push(fresh()?);
                    self.other = Some(slot);
                    slot
                }
            };
            self.groups[slot].merge(rest)?;
        }
        Ok(())
    }

    pub(crate) fn into_groups(self) -> ClassGroups<G> {
        let mut groups: Vec<Option<G>> = self.groups.into_iter().map(Some).collect();
        let mut take = |slot: Slot| groups[slot].take().expect("each slot has one owner");
        ClassGroups {
            unclassified: take(UNCLASSIFIED),
            other: self.other.map(&mut take),
            named: self
                .names
                .into_iter()
                .map(|((_, name), slot)| (name, take(slot)))
                .collect(),
        }
    }

    /// A table from stored states.
    pub(crate) fn from_groups(
        seed: u64,
        max_classes: usize,
        unclassified: G,
        other: Option<G>,
        named: impl IntoIterator<Item = (String, G)>,
    ) -> Self {
        let mut table = Self::new(seed, max_classes, unclassified);
        if let Some(group) = other {
            let slot = table.push(group);
            table.other = Some(slot);
        }
        for (name, group) in named {
            let slot = table.push(group);
            table.names.insert((hash_text(seed, &name), name), slot);
        }
        table
    }
}

impl ClassTable<GroupSketch> {
    /// Lets the samples of all classes shrink to `rows`; rows without a class
    /// have no sample of their own.
    pub(crate) fn set_sample_rows(&mut self, rows: usize) {
        for group in self.groups.iter_mut().skip(UNCLASSIFIED + 1) {
            group.sample.set_k(rows);
        }
    }
}
