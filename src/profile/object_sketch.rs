//! The objects of one kind while they are learned.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::Result;
use crate::ingest::Objects;
use crate::sketch::QuantileSketch;

use super::centre_grid::{Place, places};
use super::classes::{ClassState, ClassTable, Slot, UNCLASSIFIED};
use super::object_group::{CLASS_CAP, ObjectGroup, ObjectGroupSketch};
use super::object_pairs::PairTable;
use super::object_table::ObjectTable;

#[derive(Debug, Clone)]
pub(crate) struct ObjectSketch {
    records: u64,
    faults: BTreeMap<String, u64>,
    all: ObjectGroupSketch,
    record_means: BTreeMap<String, QuantileSketch>,
    /// Numbers of one record in their order.
    own: Vec<f64>,
    classes: ClassTable<ObjectGroupSketch>,
    pairs: PairTable,
}

/// The objects of one class in one record.
struct Run {
    slot: Slot,
    /// Where they lie in the order by record and class.
    objects: Range<usize>,
}

/// The mean of the numbers of one record's objects; NaN is none. The order in which objects stand in
/// their record must not show in a sum's last digit: they are added in the order of their values.
fn mean(values: &[f64], sorted: &mut Vec<f64>) -> Option<f64> {
    if let [value] = values {
        return Some(*value).filter(|v| !v.is_nan());
    }
    sorted.clear();
    sorted.extend(values.iter().copied().filter(|v| !v.is_nan()));
    sorted.sort_unstable_by(f64::total_cmp);
    (!sorted.is_empty()).then(|| sorted.iter().sum::<f64>() / sorted.len() as f64)
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
            own: Vec::new(),
            classes: ClassTable::new(seed, max_classes, fresh()?),
            pairs: PairTable::new(seed, max_classes),
        })
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
        let (order, mut runs) = self.count(objects, rows.clone(), &slots);
        // One class after the other: its sketches stay in the cache.
        runs.sort_by_key(|run| run.slot);
        let places = places(objects, span.clone());
        self.learn_places(&places, &order, &runs);
        for (name, values) in objects.features() {
            self.learn_all(name, values, objects, rows.clone(), span.clone())?;
            self.learn_classes(name, values, span.start, &order, &runs)?;
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

    /// Learns how many objects of which classes each record has; gives the objects in the order of record
    /// and class, counted from the first of `rows`, and its runs of one class.
    fn count(
        &mut self,
        objects: &Objects,
        rows: Range<usize>,
        slots: &[Slot],
    ) -> (Vec<u32>, Vec<Run>) {
        let start = objects.range(rows.start).start;
        let mut order: Vec<u32> = Vec::with_capacity(objects.range(rows.end - 1).end - start);
        let mut runs: Vec<Run> = Vec::new();
        // Codes of the classes whose pairs are counted, and the place of each.
        let names = objects.classes();
        let paired: Vec<usize> = (0..names.len())
            .filter(|&code| self.pairs.contains(&names[code]))
            .collect();
        let mut place = vec![None; names.len()];
        for (at, &code) in paired.iter().enumerate() {
            place[code] = Some(at);
        }
        let mut together = vec![0_u64; paired.len() * paired.len()];
        let mut present: Vec<usize> = Vec::new();
        for record in rows {
            let range = objects.range(record);
            if range.is_empty() {
                continue;
            }
            let all = range.len() as u64;
            self.all.update_count(all, all);
            let begin = order.len();
            order.extend(range.map(|object| (object - start) as u32));
            let code = |at: u32| objects.code(start + at as usize);
            order[begin..].sort_by_key(|&at| code(at));
            present.clear();
            let mut from = begin;
            for chunk in order[begin..].chunk_by(|&a, &b| code(a) == code(b)) {
                let class = code(chunk[0]);
                let slot = class.map_or(UNCLASSIFIED, |code| slots[code]);
                self.classes.groups_mut()[slot].update_count(chunk.len() as u64, all);
                runs.push(Run {
                    slot,
                    objects: from..from + chunk.len(),
                });
                from += chunk.len();
                present.extend(class.and_then(|code| place[code]));
            }
            for (at, &a) in present.iter().enumerate() {
                for &b in &present[at + 1..] {
                    together[a * paired.len() + b] += 1;
                }
            }
        }
        for (at, records) in together.into_iter().enumerate().filter(|(_, n)| *n > 0) {
            let (a, b) = (paired[at / paired.len()], paired[at % paired.len()]);
            self.pairs.add(&names[a], &names[b], records);
        }
        (order, runs)
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

    fn learn_all(
        &mut self,
        name: &str,
        values: &[f64],
        objects: &Objects,
        rows: Range<usize>,
        span: Range<usize>,
    ) -> Result<()> {
        let present = || values[span.clone()].iter().copied().filter(|v| !v.is_nan());
        if present().next().is_none() {
            return Ok(());
        }
        let feature = self.all.feature(name)?;
        feature.numbers.extend(present());
        if !self.record_means.contains_key(name) {
            let fresh = QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?;
            self.record_means.insert(name.to_owned(), fresh);
        }
        let means = self.record_means.get_mut(name).expect("inserted above");
        for record in rows {
            let own = &values[objects.range(record)];
            if !own.is_empty() {
                feature.sums.update(own.iter().copied());
                if let Some(mean) = mean(own, &mut self.own).filter(|mean| mean.is_finite()) {
                    means.update(mean);
                }
            }
        }
        Ok(())
    }

    fn learn_classes(
        &mut self,
        name: &str,
        values: &[f64],
        start: usize,
        order: &[u32],
        runs: &[Run],
    ) -> Result<()> {
        for runs in runs.chunk_by(|a, b| a.slot == b.slot) {
            let of = |run: &Run| {
                let own = order[run.objects.clone()].iter();
                own.map(|&at| values[start + at as usize])
            };
            let group = &mut self.classes.groups_mut()[runs[0].slot];
            if runs.iter().flat_map(of).all(f64::is_nan) {
                continue;
            }
            let feature = group.feature(name)?;
            for run in runs {
                feature.sums.update(of(run));
            }
            feature
                .numbers
                .extend(runs.iter().flat_map(of).filter(|v| !v.is_nan()));
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
            own: Vec::new(),
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
