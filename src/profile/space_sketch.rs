//! One embedding space while it is learned.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::sketch::{CoordinatedSample, Directions, QuantileSketch, SampleBudget, Tally, hash_row};
use crate::sphere::{
    Block, LeaveOneOut, Medoid, NearestSearch, Products, Reading, Ruler, UnitRow, record_name,
};

use super::classes::{ClassTable, Slot, UNCLASSIFIED};
use super::config::{Role, SpaceConfig};
use super::group::GroupSketch;
use super::novel::MostNovel;
use super::rows::RowContext;

/// Working memory, kept from block to block.
#[derive(Debug, Clone, Default)]
struct Scratch {
    products: Products,
    left_out: LeaveOneOut,
    fixed: Vec<i64>,
}

/// What rows are measured with.
#[derive(Debug)]
enum Instrument {
    /// Norms only.
    Plain(NearestSearch),
    /// Distances to the centres of a codebook, too.
    Ruler(Ruler),
}

impl Instrument {
    fn new(config: &SpaceConfig) -> Result<Self> {
        Ok(match &config.codebook {
            None => Self::Plain(NearestSearch::new(config.dim, Vec::new())?),
            Some(book) => Self::Ruler(Ruler::new(Arc::clone(book), config.role == Role::Reference)),
        })
    }

    fn clusters(&self) -> usize {
        match self {
            Self::Plain(_) => 0,
            Self::Ruler(ruler) => ruler.codebook().clusters().len(),
        }
    }

    fn has_classes(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Ruler(ruler) => !ruler.codebook().classes().is_empty(),
        }
    }

    /// Place of a class among the codebook's centres.
    fn centre_of(&self, class: &str) -> Option<usize> {
        match self {
            Self::Plain(_) => None,
            Self::Ruler(ruler) => ruler.codebook().class_index(class),
        }
    }

    fn block<'a>(&'a self, rows: &'a [f32], products: &'a mut Products) -> Block<'a> {
        match self {
            Self::Plain(search) => search.block(rows, products),
            Self::Ruler(ruler) => ruler.block(rows, products),
        }
    }

    fn read(
        &self,
        block: &Block<'_>,
        row: usize,
        centre: Option<usize>,
        hash: u64,
        left_out: &mut LeaveOneOut,
    ) -> Reading {
        match self {
            Self::Plain(_) => None,
            Self::Ruler(ruler) => ruler.read(block, row, centre, hash, left_out),
        }
        .unwrap_or_default()
    }
}

/// Where the rows of one class go.
#[derive(Debug, Clone, Copy)]
struct ClassPlace {
    slot: Slot,
    /// Its centre in the codebook.
    centre: Option<usize>,
}

/// Rows without a class.
const NO_CLASS: ClassPlace = ClassPlace {
    slot: UNCLASSIFIED,
    centre: None,
};

#[derive(Debug, Clone)]
pub(crate) struct SpaceSketch {
    pub(crate) seed: u64,
    pub(crate) config: SpaceConfig,
    budget: SampleBudget,
    instrument: Arc<Instrument>,
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
        let instrument = Arc::new(Instrument::new(config)?);
        let clusters = instrument.clusters();
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
            instrument,
        })
    }

    /// Rows that each class may keep, now that there are so many.
    fn class_rows(&self, classes: usize) -> usize {
        let rows = self.budget.per_group(classes.max(1));
        if self.clusters.is_empty() {
            rows
        } else {
            rows / 2
        }
    }

    /// Learns a block of rows, `(n, dim)` laid out row by row.
    pub(crate) fn track(&mut self, rows: &[f32], context: &RowContext<'_, '_>) -> Result<()> {
        let instrument = Arc::clone(&self.instrument);
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.fixed.resize(self.config.dim, 0);
        let block = instrument.block(rows, &mut scratch.products);
        let places = self.admit_classes(&block, context)?;
        for row in 0..block.len() {
            let unit = match block.row(row) {
                Ok(unit) => unit,
                Err(fault) => {
                    self.tally.skip(fault.reason(), 1);
                    continue;
                }
            };
            let place = context
                .classes
                .code(row)
                .map_or(NO_CLASS, |code| places[code]);
            let hash = context
                .id_hash(row)
                .unwrap_or_else(|| hash_row(self.seed, unit.values()));
            let reading = instrument.read(&block, row, place.centre, hash, &mut scratch.left_out);
            Directions::to_fixed(unit.values(), unit.inverse(), &mut scratch.fixed);
            self.track_row(
                row,
                unit,
                hash,
                place.slot,
                &reading,
                &scratch.fixed,
                context,
            );
            self.sample_row(row, unit, hash, place.slot, &reading, context);
        }
        self.scratch = scratch;
        Ok(())
    }

    /// Makes room for the classes of the rows that have a direction; says where
    /// each class of the context goes.
    fn admit_classes(
        &mut self,
        block: &Block<'_>,
        context: &RowContext<'_, '_>,
    ) -> Result<Vec<ClassPlace>> {
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
        let mut places = vec![NO_CLASS; seen.len()];
        for ((code, name), slot) in codes.iter().zip(&names).zip(self.resolve(&names)?) {
            places[*code] = ClassPlace {
                slot,
                centre: self.instrument.centre_of(name),
            };
        }
        Ok(places)
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

    #[expect(clippy::too_many_arguments, reason = "the parts of one row")]
    fn track_row(
        &mut self,
        row: usize,
        unit: UnitRow<'_>,
        hash: u64,
        slot: Slot,
        reading: &Reading,
        fixed: &[i64],
        context: &RowContext<'_, '_>,
    ) {
        let id = context.ids[row].as_deref();
        self.tally.read(1);
        self.norm.update(unit.norm());

        let group = self.classes.group_mut(slot);
        group.directions.update_fixed(fixed);
        if let Some(own) = reading.own_class {
            self.own_distance.update(own);
            group.distance.update(own);
            Medoid::offer(&mut group.nearest, own, id, hash);
        } else if slot != UNCLASSIFIED && self.instrument.has_classes() {
            group.no_centre += 1;
        }
        if let Some(boundary) = reading.boundary {
            self.boundary.update(boundary);
            group.boundary.update(boundary);
        }
        if let Some((cluster, distance)) = reading.cluster {
            group.clusters[cluster] += 1;
            self.cluster_distance.update(distance);
            if self.novel.accepts(distance) {
                self.novel
                    .update(distance, &record_name(id, hash), cluster as u32);
            }
            let group = &mut self.clusters[cluster];
            group.directions.update_fixed(fixed);
            group.distance.update(distance);
            Medoid::offer(&mut group.nearest, distance, id, hash);
        }
    }

    fn sample_row(
        &mut self,
        row: usize,
        unit: UnitRow<'_>,
        hash: u64,
        slot: Slot,
        reading: &Reading,
        context: &RowContext<'_, '_>,
    ) {
        let by_class = &mut self.classes.group_mut(slot).sample;
        let by_cluster = reading.cluster.map(|(c, _)| &mut self.clusters[c].sample);
        let samples = [Some(&mut self.sample), Some(by_class), by_cluster];
        let mut samples: Vec<&mut CoordinatedSample> = samples
            .into_iter()
            .flatten()
            .filter(|sample| sample.accepts(hash))
            .collect();
        if samples.is_empty() {
            return;
        }
        let entry = Arc::new(context.sample_row(row, reading, unit));
        for sample in &mut samples {
            sample.update(hash, Arc::clone(&entry));
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        if self.config.dim != other.config.dim {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!("dimensions {} and {}", self.config.dim, other.config.dim),
            ));
        }
        self.tally.merge(&other.tally)?;
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
