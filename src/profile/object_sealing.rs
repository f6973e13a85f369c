//! Tables of objects that can leave the house.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::sketch::Quantiles;

use super::classes::ClassState;
use super::container::damaged;
use super::object_group::{ObjectFeature, ObjectGroup, ObjectGroupSketch};
use super::object_table::ObjectTable;
use super::sealed::{SEALED_ROWS, is_telling};

impl ObjectGroup {
    pub(super) fn quantiles(&self) -> impl Iterator<Item = &Quantiles> {
        let features = self.features.values();
        features.map(ObjectFeature::numbers).chain([&self.counts])
    }

    /// Every bucket of at least 20 objects, or records.
    fn sealed(&self) -> Self {
        let feature = |(name, feature): (&String, &ObjectFeature)| {
            let sealed = ObjectFeature {
                numbers: feature.numbers.joined(SEALED_ROWS),
                sums: feature.sums,
            };
            (name.clone(), sealed)
        };
        let frequent = self.features.iter();
        let frequent = frequent.filter(|(_, f)| f.sums.records() >= SEALED_ROWS);
        Self {
            objects: self.objects,
            counts: self.counts.joined(SEALED_ROWS),
            // A cell may hold one object: where it lies would tell of its record.
            centres: None,
            features: frequent.map(feature).collect(),
            squares: self.squares,
            products: self.products,
        }
    }

    fn is_small(&self) -> bool {
        self.records() < SEALED_ROWS
    }
}

impl ObjectTable {
    pub(super) fn quantiles(&self) -> impl Iterator<Item = &Quantiles> {
        let groups = self.groups().flat_map(ObjectGroup::quantiles);
        groups.chain(self.record_means.values())
    }

    /// Classes of fewer than 20 records are taken together, with further ones until they are
    /// enough; nothing is told of fewer records.
    pub(super) fn sealed(&self) -> Result<Self> {
        let mut classes: BTreeMap<String, ObjectGroup> = self.classes.clone();
        let mut pool = self.other_classes.clone();
        let mut unclassified = self.unclassified.clone();
        let join = |pool: &mut Option<ObjectGroup>, group: &ObjectGroup| -> Result<()> {
            *pool = Some(match pool.take() {
                None => group.clone(),
                Some(before) => {
                    let mut sum = ObjectGroupSketch::thaw(&before);
                    sum.merge(&ObjectGroupSketch::thaw(group))?;
                    sum.freeze()
                }
            });
            Ok(())
        };
        let small = |classes: &BTreeMap<String, ObjectGroup>, pool: &Option<ObjectGroup>| {
            let needs_more = pool.as_ref().is_some_and(ObjectGroup::is_small);
            let least = classes
                .iter()
                .min_by_key(|(name, group)| (group.records(), *name));
            let least = least.filter(|(_, group)| needs_more || group.is_small());
            least.map(|(name, _)| name.clone())
        };
        if unclassified.objects > 0 && unclassified.is_small() {
            join(&mut pool, &unclassified)?;
            unclassified = ObjectGroupSketch::new(unclassified.counts.cap())?.freeze();
        }
        while let Some(name) = small(&classes, &pool) {
            if let Some(group) = classes.remove(&name) {
                join(&mut pool, &group)?;
            }
        }
        let frequent = |((a, b), records): (&(String, String), &u64)| {
            let kept = classes.contains_key(a) && classes.contains_key(b);
            (kept && *records >= SEALED_ROWS).then(|| ((a.clone(), b.clone()), *records))
        };
        let all = self.all.sealed();
        let means = |name: &String| (name.clone(), self.record_means[name].joined(SEALED_ROWS));
        Ok(Self {
            records: self.records,
            faults: self.faults.clone(),
            record_means: all.features.keys().map(means).collect(),
            all,
            unclassified: unclassified.sealed(),
            other_classes: pool.as_ref().map(ObjectGroup::sealed),
            pairs: self.pairs.iter().filter_map(frequent).collect(),
            classes: classes
                .iter()
                .map(|(name, g)| (name.clone(), g.sealed()))
                .collect(),
        })
    }

    /// What makes this no table of a sealed profile, if anything does.
    pub(super) fn check_sealed(&self) -> Result<()> {
        let few = self.classes.values().any(ObjectGroup::is_small);
        let telling = self.quantiles().any(is_telling);
        let placed = self.groups().any(|group| group.centres.is_some());
        if few || telling || placed || self.pairs.values().any(|records| *records < SEALED_ROWS) {
            return Err(damaged("objects of too few records in a sealed profile"));
        }
        Ok(())
    }
}
