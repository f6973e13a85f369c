//! The objects of one kind while they are learned.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::Result;
use crate::ingest::Objects;
use crate::sketch::QuantileSketch;

use super::centre_grid::{Place, places};
use super::classes::{ClassState, ClassTable, Slot, UNCLASSIFIED};
use super::object_group::{CLASS_CAP, ObjectGroup, ObjectGroupSketch};
use super::object_pairs::{PAIRED_CLASSES, PairTable};
use super::object_table::ObjectTable;
use super::record_mean::mean;

#[derive(Debug, Clone)]
pub(crate) struct ObjectSketch {
    records: u64,
    faults: BTreeMap<String, u64>,
    all: ObjectGroupSketch,
    record_means: BTreeMap<String, QuantileSketch>,
    /// Room for numbers in another order, here so that it is made once.
    room: Vec<f64>,
    classes: ClassTable<ObjectGroupSketch>,
    pairs: PairTable,
}

/// The objects of one class in one record.
struct Run {
    slot: Slot,
    /// Where they lie in the order by class and record.
    objects: Range<usize>,
    /// How many of any class the record has.
    all: usize,
}

/// All but NaN, which is none.
fn present(values: &[f64]) -> impl Iterator<Item = f64> {
    values.iter().copied().filter(|value| !value.is_nan())
}

fn fresh() -> Result<ObjectGroupSketch> {
    ObjectGroupSketch::new(CLASS_CAP)
}

impl ObjectSketch {
    pub(crate) fn new(seed: u64, max_classes: usize) -> Result<Self> {
        Ok(Self {
            records: 0,
            faults: BTreeMap::new(),
            all: ObjectGroupSketch::new(QuantileSketch::DEFAULT_CAP)?,
            record_means: BTreeMap::new(),
            room: Vec::new(),
            classes: ClassTable::new(seed, max_classes, fresh()?),
            pairs: PairTable::new(seed, max_classes),
        })
    }

    /// As [`ObjectTable::sampled_numbers`].
    pub(crate) fn sampled_numbers(&self) -> usize {
        1 + self.record_means.len()
    }

    /// Learns the objects of the records that lie in `rows`.
    pub(crate) fn track(&mut self, objects: &Objects, rows: Range<usize>) -> Result<()> {
        self.records += rows.len() as u64;
        let faults = objects.faults();
        let first = faults.partition_point(|(record, _)| *record < rows.start);
        for (_, reason) in faults[first..].iter().take_while(|(at, _)| *at < rows.end) {
            *self.faults.entry((*reason).to_owned()).or_default() += 1;
        }
        let Some(last) = rows.end.checked_sub(1).filter(|_| !rows.is_empty()) else {
            return Ok(());
        };
        let span = objects.range(rows.start).start..objects.range(last).end;
        if span.is_empty() {
            return Ok(());
        }
        let slots = self.slots(objects, span.clone())?;
        self.pair(objects, rows.clone());
        let (order, runs) = Self::runs(objects, rows.clone(), &slots);
        self.count(objects, rows.clone(), &runs);
        let places = places(objects, span.clone());
        self.learn_places(&places, &order, &runs);
        for (name, values) in objects.features() {
            let values = &values[span.clone()];
            if values.iter().all(|value| value.is_nan()) {
                continue;
            }
            self.learn_all(name, values, objects, rows.clone())?;
            self.learn_classes(name, values, &order, &runs)?;
        }
        Ok(())
    }

    /// Where each class that occurs is kept, by its code.
    fn slots(&mut self, objects: &Objects, span: Range<usize>) -> Result<Vec<Slot>> {
        let mut occurs = vec![false; objects.classes().len()];
        for object in span {
            if let Some(code) = objects.code(object) {
                occurs[code] = true;
            }
        }
        let codes: Vec<usize> = (0..occurs.len()).filter(|&code| occurs[code]).collect();
        let names: Vec<&str> = codes
            .iter()
            .map(|&code| objects.classes()[code].as_str())
            .collect();
        self.pairs.admit(names.iter().copied());
        let mut slots = vec![UNCLASSIFIED; occurs.len()];
        for (code, slot) in codes.into_iter().zip(self.classes.resolve(&names, fresh)?) {
            slots[code] = slot;
        }
        Ok(slots)
    }

    /// The objects, counted from the first of `rows`, in the order of class and record, so that
    /// the sketches of a class stay in the cache; and its runs of one class in one record.
    fn runs(objects: &Objects, rows: Range<usize>, slots: &[Slot]) -> (Vec<u32>, Vec<Run>) {
        let start = objects.range(rows.start).start;
        let count = objects.range(rows.end - 1).end - start;
        // Sorted by counting: first where the objects of each class begin, those without one first.
        let kind = |object: usize| objects.code(object).map_or(0, |code| code + 1);
        let slot = |kind: usize| kind.checked_sub(1).map_or(UNCLASSIFIED, |code| slots[code]);
        let mut kinds: Vec<usize> = (0..=slots.len()).collect();
        kinds.sort_by_key(|&kind| slot(kind));
        let mut counts = vec![0; kinds.len()];
        for object in start..start + count {
            counts[kind(object)] += 1;
        }
        let (mut places, mut end) = (vec![0; kinds.len()], 0);
        for &kind in &kinds {
            places[kind] = end;
            end += counts[kind];
        }
        let (mut order, mut records) = (vec![0_u32; count], vec![0_u32; count]);
        for record in rows.clone() {
            for object in objects.range(record) {
                let place = &mut places[kind(object)];
                order[*place] = (object - start) as u32;
                records[*place] = (record - rows.start) as u32;
                *place += 1;
            }
        }
        let mut runs = Vec::with_capacity(count);
        let mut from = 0;
        for kind in kinds {
            for run in records[from..from + counts[kind]].chunk_by(|a, b| a == b) {
                runs.push(Run {
                    slot: slot(kind),
                    objects: from..from + run.len(),
                    all: objects.range(rows.start + run[0] as usize).len(),
                });
                from += run.len();
            }
        }
        (order, runs)
    }

    /// Counts which classes come together in a record.
    fn pair(&mut self, objects: &Objects, rows: Range<usize>) {
        let names = objects.classes();
        let codes = (0..names.len()).filter(|&code| self.pairs.contains(&names[code]));
        let paired: Vec<usize> = codes.collect();
        let mut bits = vec![0_u32; names.len()];
        for (at, &code) in paired.iter().enumerate() {
            bits[code] = 1 << at;
        }
        let mut together = [[0_u64; PAIRED_CLASSES]; PAIRED_CLASSES];
        for record in rows {
            let codes = objects.range(record).filter_map(|at| objects.code(at));
            let mut present = codes.fold(0, |present, code| present | bits[code]);
            while present != 0 {
                let first = present.trailing_zeros() as usize;
                present &= present - 1;
                let mut others = present;
                while others != 0 {
                    together[first][others.trailing_zeros() as usize] += 1;
                    others &= others - 1;
                }
            }
        }
        for (first, &a) in paired.iter().enumerate() {
            for (second, &b) in paired.iter().enumerate() {
                if together[first][second] > 0 {
                    self.pairs
                        .add(&names[a], &names[b], together[first][second]);
                }
            }
        }
    }

    /// Learns how many objects of which classes each record has.
    fn count(&mut self, objects: &Objects, rows: Range<usize>, runs: &[Run]) {
        for all in rows.map(|record| objects.range(record).len() as u64) {
            if all > 0 {
                self.all.update_count(all, all);
            }
        }
        for run in runs {
            let group = &mut self.classes.groups_mut()[run.slot];
            group.update_count(run.objects.len() as u64, run.all as u64);
        }
    }

    /// Learns where the objects lie, which are counted from the first one on.
    fn learn_places(&mut self, places: &[Option<Place>], order: &[u32], runs: &[Run]) {
        if places.is_empty() {
            return;
        }
        self.all.update_centres(places.iter().copied().flatten());
        for run in runs {
            let own = order[run.objects.clone()].iter();
            let own = own.filter_map(|&at| places[at as usize].map(Place::without_area));
            self.classes.groups_mut()[run.slot].update_centres(own);
        }
    }

    /// Learns a number of all objects, which are those of `rows`.
    fn learn_all(
        &mut self,
        name: &str,
        values: &[f64],
        objects: &Objects,
        rows: Range<usize>,
    ) -> Result<()> {
        let start = objects.range(rows.start).start;
        let own = |record| {
            let range = objects.range(record);
            range.start - start..range.end - start
        };
        let feature = self.all.feature(name)?;
        feature.numbers.extend(present(values));
        feature
            .sums
            .extend(values, rows.clone().map(|record| own(record).end));
        if !self.record_means.contains_key(name) {
            let fresh = QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?;
            self.record_means.insert(name.to_owned(), fresh);
        }
        let means = self.record_means.get_mut(name).expect("inserted above");
        let room = &mut self.room;
        let found = rows.filter_map(|record| mean(&values[own(record)], room));
        means.extend(found);
        Ok(())
    }

    /// Learns the same number of the objects of each class.
    fn learn_classes(
        &mut self,
        name: &str,
        values: &[f64],
        order: &[u32],
        runs: &[Run],
    ) -> Result<()> {
        self.room.clear();
        self.room
            .extend(order.iter().map(|&at| values[at as usize]));
        let mut start = 0;
        for runs in runs.chunk_by(|a, b| a.slot == b.slot) {
            let end = runs[runs.len() - 1].objects.end;
            let own = &self.room[start..end];
            let ends = runs.iter().map(|run| run.objects.end - start);
            if !own.iter().all(|value| value.is_nan()) {
                let feature = self.classes.groups_mut()[runs[0].slot].feature(name)?;
                feature.sums.extend(own, ends);
                feature.numbers.extend(present(own));
            }
            start = end;
        }
        Ok(())
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        self.records += other.records;
        for (reason, count) in &other.faults {
            *self.faults.entry(reason.clone()).or_default() += count;
        }
        self.all.merge(&other.all)?;
        for (name, means) in &other.record_means {
            match self.record_means.get_mut(name) {
                Some(mine) => mine.merge(means)?,
                None => {
                    self.record_means.insert(name.clone(), means.clone());
                }
            }
        }
        self.classes.merge(&other.classes, fresh)?;
        self.pairs.merge(&other.pairs);
        Ok(())
    }

    pub(crate) fn thaw(table: &ObjectTable, seed: u64, max_classes: usize) -> Self {
        let thaw = ObjectGroupSketch::thaw;
        let named = table.classes.iter();
        let mut pairs = PairTable::new(seed, max_classes);
        pairs.admit(table.classes.keys().map(String::as_str));
        for ((a, b), records) in &table.pairs {
            pairs.add(a, b, *records);
        }
        Self {
            records: table.records,
            faults: table.faults.clone(),
            all: thaw(&table.all),
            record_means: table
                .record_means
                .iter()
                .map(|(name, means)| (name.clone(), means.thaw()))
                .collect(),
            room: Vec::new(),
            classes: ClassTable::from_groups(
                seed,
                max_classes,
                thaw(&table.unclassified),
                table.other_classes.as_ref().map(thaw),
                named.map(|(name, group)| (name.clone(), thaw(group))),
            ),
            pairs,
        }
    }

    pub(crate) fn freeze(self) -> ObjectTable {
        let pairs = self.pairs.counts().clone();
        let groups = self.classes.into_groups();
        let named = groups.named.iter();
        let freeze = |(name, group): &(String, ObjectGroupSketch)| (name.clone(), group.freeze());
        ObjectTable {
            records: self.records,
            faults: self.faults,
            all: self.all.freeze(),
            record_means: self
                .record_means
                .iter()
                .map(|(name, means)| (name.clone(), means.freeze()))
                .collect(),
            unclassified: groups.unclassified.freeze(),
            other_classes: groups.other.as_ref().map(ObjectGroupSketch::freeze),
            classes: named.map(freeze).collect::<BTreeMap<String, ObjectGroup>>(),
            pairs,
        }
    }
}
