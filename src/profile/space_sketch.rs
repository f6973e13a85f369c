//! One embedding space while it is learned.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::sketch::{
    CoordinatedSample, Directions, QuantileSketch, SampleBudget, SampleRow, Tally, hash_row,
};
use crate::sphere::{Block, Products, UnitRow};

use super::classes::{ClassTable, Slot, UNCLASSIFIED};
use super::config::SpaceConfig;
use super::group::{GroupSketch, NearRecord};
use super::measured::{Measured, Ruler};
use super::novel::MostNovel;
use super::rows::RowContext;

/// Working memory, kept from block to block.
#[derive(Debug, Clone, Default)]
struct Scratch {
    products: Products,
    fixed: Vec<i64>,
}

#[derive(Debug, Clone)]
pub(crate) struct SpaceSketch {
    pub(crate) seed: u64,
    pub(crate) config: SpaceConfig,
    budget: SampleBudget,
    ruler: Arc<Ruler>,
    pub(crate) tally: Tally,
    pub(crate) norm: QuantileSketch,
    pub(crate) cluster_distance: QuantileSketch,
    pub(crate) own_distance: QuantileSketch,
    pub(crate) boundary: QuantileSketch,
    pub(crate) classes: ClassTable,
    pub(crate) clusters: Vec<GroupSketch>,
    pub(crate) sample: CoordinatedSample,
    pub(crate) novel: MostNovel,
    scratch: Scratch,
}

impl SpaceSketch {
    pub(crate) fn new(config: &SpaceConfig, seed: u64, max_classes: usize) -> Result<Self> {
        let ruler = Arc::new(Ruler::new(config)?);
        let clusters = ruler.clusters();
        let budget = SampleBudget::new(config.sample_bytes, config.dim, config.sample_rows);
        let cluster_rows = budget.per_group(clusters.max(1)) / 2;
        let group = |rows| GroupSketch::new(config.dim, clusters, rows);
        Ok(Self {
            seed,
            budget,
            tally: Tally::new(),
            norm: QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?,
            cluster_distance: QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?,
            own_distance: QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?,
            boundary: QuantileSketch::new(QuantileSketch::DEFAULT_CAP)?,
            classes: ClassTable::new(seed, max_classes, group(0)?),
            clusters: (0..clusters)
                .map(|_| GroupSketch::new(config.dim, 0, cluster_rows))
                .collect::<Result<_>>()?,
            sample: CoordinatedSample::new(budget.overall),
            novel: MostNovel::default(),
            scratch: Scratch::default(),
            config: config.clone(),
            ruler,
        })
    }

    /// Rows that each class may keep, now that there are so many.
    fn class_rows(&self, classes: usize) -> usize {
        let rows = self.budget.per_group(classes.max(1));
        if self.clusters.is_empty() { rows } else { rows / 2 }
    }

    /// Learns a block of rows, `(n, dim)` laid out row by row.
    pub(crate) fn track(&mut self, rows: &[f32], context: &RowContext<'_>) -> Result<()> {
        let ruler = Arc::clone(&self.ruler);
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.fixed.resize(self.config.dim, 0);
        let block = ruler.block(rows, &mut scratch.products);
        let slots = self.admit_classes(&block, context)?;
        for row in 0..block.len() {
            match block.row(row) {
                Ok(unit) => {
                    let code = context.classes.code(row);
                    let slot = code.map_or(UNCLASSIFIED, |code| slots[code]);
                    self.track_row(&block, row, unit, slot, context, &mut scratch.fixed);
                }
                Err(fault) => self.tally.skip(fault.reason(), 1),
            }
        }
        self.scratch = scratch;
        Ok(())
    }

    /// Makes room for the classes of the rows that have a direction.
    fn admit_classes(&mut self, block: &Block<'_>, context: &RowContext<'_>) -> Result<Vec<Slot>> {
        let mut seen = vec![false; context.classes.names.len()];
        for row in (0..block.len()).filter(|&row| block.row(row).is_ok()) {
            if let Some(code) = context.classes.code(row) {
                seen[code] = true;
            }
        }
        let codes: Vec<usize> = (0..seen.len()).filter(|&code| seen[code]).collect();
        let names: Vec<&str> = codes
            .iter()
            .map(|&code| context.classes.names[code].as_ref())
            .collect();
        let resolved = self.resolve(&names)?;
        let mut slots = vec![UNCLASSIFIED; seen.len()];
        for (code, slot) in codes.into_iter().zip(resolved) {
            slots[code] = slot;
        }
        Ok(slots)
    }

    fn resolve(&mut self, names: &[&str]) -> Result<Vec<Slot>> {
        let before = self.classes.len();
        let (dim, clusters) = (self.config.dim, self.clusters.len());
        let rows = self.class_rows(before);
        let slots = self
            .classes
            .resolve(names, || GroupSketch::new(dim, clusters, rows))?;
        self.fit_samples(before);
        Ok(slots)
    }

    /// More classes leave fewer rows to each.
    fn fit_samples(&mut self, before: usize) {
        if self.classes.len() != before {
            let rows = self.class_rows(self.classes.len());
            self.classes.set_sample_rows(rows);
        }
    }

    fn track_row(
        &mut self,
        block: &Block<'_>,
        row: usize,
        unit: UnitRow<'_>,
        slot: Slot,
        context: &RowContext<'_>,
        fixed: &mut [i64],
    ) {
        self.tally.read(1);
        self.norm.update(unit.norm());
        Directions::to_fixed(unit.values(), unit.inverse(), fixed);

        let class = context.classes.name(row);
        let hash = context
            .id_hash(row)
            .unwrap_or_else(|| hash_row(self.seed, unit.values()));
        let measured = self.ruler.measure(block, row, unit, class, hash, fixed);
        let name = || match &context.ids[row] {
            Some(id) => id.clone().into_owned(),
            None => format!("#{hash:016x}"),
        };

        let group = self.classes.group_mut(slot);
        group.directions.update_fixed(fixed);
        if let Some(own) = measured.own {
            self.own_distance.update(own);
            group.distance.update(own);
            offer(&mut group.nearest, own, name);
        } else if class.is_some() && self.ruler.has_classes() {
            group.no_centre += 1;
        }
        if let Some(boundary) = measured.boundary {
            self.boundary.update(boundary);
            group.boundary.update(boundary);
        }
        if let Some((cluster, distance)) = measured.cluster {
            group.clusters[cluster] += 1;
            self.cluster_distance.update(distance);
            if self.novel.accepts(distance) {
                self.novel.update(distance, &name(), cluster as u32);
            }
            let group = &mut self.clusters[cluster];
            group.directions.update_fixed(fixed);
            group.distance.update(distance);
            offer(&mut group.nearest, distance, name);
        }
        self.sample_row(slot, unit, hash, &measured, row, context);
    }

    fn sample_row(
        &mut self,
        slot: Slot,
        unit: UnitRow<'_>,
        hash: u64,
        measured: &Measured,
        row: usize,
        context: &RowContext<'_>,
    ) {
        let cluster = measured.cluster.map(|(cluster, _)| cluster);
        let by_class = &mut self.classes.group_mut(slot).sample;
        let in_class = slot != UNCLASSIFIED && by_class.accepts(hash);
        let in_cluster = cluster.is_some_and(|c| self.clusters[c].sample.accepts(hash));
        let in_all = self.sample.accepts(hash);
        if !(in_class || in_cluster || in_all) {
            return;
        }
        let entry = Arc::new(SampleRow {
            id: context.ids[row].as_ref().map(|id| id.clone().into_owned()),
            class: context.classes.name(row).map(str::to_owned),
            cluster: cluster.map(|c| c as u32),
            distance: measured.cluster.map(|(_, distance)| distance),
            group: context.group(row),
            time: context.time(row),
            vector: unit.to_f16(),
        });
        if in_class {
            by_class.update(hash, Arc::clone(&entry));
        }
        if let Some(cluster) = cluster.filter(|_| in_cluster) {
            self.clusters[cluster]
                .sample
                .update(hash, Arc::clone(&entry));
        }
        if in_all {
            self.sample.update(hash, entry);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        if self.config.dim != other.config.dim {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!("dimensions {} and {}", self.config.dim, other.config.dim),
            ));
        }
        self.tally.merge(&other.tally);
        self.norm.merge(&other.norm)?;
        self.cluster_distance.merge(&other.cluster_distance)?;
        self.own_distance.merge(&other.own_distance)?;
        self.boundary.merge(&other.boundary)?;
        let before = self.classes.len();
        let (dim, clusters) = (self.config.dim, self.clusters.len());
        let rows = self.class_rows(before);
        self.classes
            .merge(&other.classes, || GroupSketch::new(dim, clusters, rows))?;
        self.fit_samples(before);
        for (mine, theirs) in self.clusters.iter_mut().zip(&other.clusters) {
            mine.merge(theirs)?;
        }
        self.sample.merge(&other.sample)?;
        self.novel.merge(&other.novel);
        Ok(())
    }
}

/// Offers a record as the one nearest to a centre; its name is made only if needed.
fn offer(best: &mut Option<NearRecord>, distance: f64, name: impl Fn() -> String) {
    if best.as_ref().is_none_or(|b| distance <= b.distance) {
        NearRecord::offer(best, distance, &name());
    }
}
