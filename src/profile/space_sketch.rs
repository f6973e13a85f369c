//! One embedding space while it is learned.

use std::borrow::Cow;
use std::sync::Arc;

use ndarray::{ArrayView2, Axis, Slice};

use crate::error::{Error, ErrorKind, Result};
use crate::sketch::{CoordinatedSample, Directions, QuantileSketch, SampleBudget, Tally, hash_row};
use crate::sphere::{Block, LeaveOneOut, Products, Reading, UnitRow, record_name};

use super::chunk::Chunk;
use super::classes::{ClassTable, Slot, UNCLASSIFIED};
use super::config::SpaceConfig;
use super::group::GroupSketch;
use super::instrument::Instrument;
use super::novel::MostNovel;

/// Rows that are measured together: their products stay in the cache.
pub(crate) const BLOCK_ROWS: usize = 256;

/// Working memory, kept from chunk to chunk.
#[derive(Debug, Clone, Default)]
struct Scratch {
    products: Products,
    left_out: LeaveOneOut,
    /// Rows of a view that is not laid out row by row are copied here.
    rows: Vec<f32>,
    /// Where the classes of the chunk go that were seen so far, by code.
    places: Vec<Option<ClassPlace>>,
    measured: Vec<Measured>,
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

/// A row of the chunk that has a direction.
#[derive(Debug, Clone, Copy)]
struct Measured {
    row: usize,
    hash: u64,
    norm: f64,
    slot: Slot,
    reading: Reading,
}

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

    /// Learns the rows of a chunk, `(n, dim)`.
    pub(crate) fn track(
        &mut self,
        rows: &ArrayView2<'_, f32>,
        chunk: &Chunk<'_, '_>,
    ) -> Result<()> {
        let instrument = Arc::clone(&self.instrument);
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.measured.clear();
        scratch.places.clear();
        scratch.places.resize(chunk.classes().names.len(), None);
        for start in (0..rows.nrows()).step_by(BLOCK_ROWS) {
            let end = rows.nrows().min(start + BLOCK_ROWS);
            let values = rows.slice_axis(Axis(0), Slice::from(start..end));
            let values = row_by_row(&values, &mut scratch.rows);
            let block = instrument.block(values, &mut scratch.products);
            self.admit_classes(&block, start, chunk, &mut scratch.places)?;
            for row in 0..block.len() {
                let unit = match block.row(row) {
                    Ok(unit) => unit,
                    Err(fault) => {
                        self.tally.skip(fault.reason(), 1);
                        continue;
                    }
                };
                let place = place_of(start + row, chunk, &scratch.places);
                let hash = chunk
                    .id_hash(start + row)
                    .unwrap_or_else(|| hash_row(self.seed, unit.values()));
                let left_out = &mut scratch.left_out;
                let reading = instrument.read(&block, row, place.centre, hash, left_out);
                self.add_direction(unit, place.slot, &reading);
                scratch.measured.push(Measured {
                    row: start + row,
                    hash,
                    norm: unit.norm(),
                    slot: place.slot,
                    reading,
                });
            }
        }
        // Where a class went may have changed while others came.
        for row in &mut scratch.measured {
            row.slot = place_of(row.row, chunk, &scratch.places).slot;
        }
        self.track_readings(&scratch.measured, chunk);
        self.sample_rows(rows, &scratch.measured, chunk);
        self.scratch = scratch;
        Ok(())
    }

    /// Makes room for the classes of the rows that have a direction, and notes
    /// where each class goes.
    fn admit_classes(
        &mut self,
        block: &Block<'_>,
        start: usize,
        chunk: &Chunk<'_, '_>,
        places: &mut [Option<ClassPlace>],
    ) -> Result<()> {
        let mut is_fresh = false;
        for row in (0..block.len()).filter(|&row| block.row(row).is_ok()) {
            if let Some(code) = chunk.classes().code(start + row)
                && places[code].is_none()
            {
                places[code] = Some(NO_CLASS);
                is_fresh = true;
            }
        }
        if !is_fresh {
            return Ok(());
        }
        // Classes of earlier blocks as well: a new one may take their room.
        let codes: Vec<usize> = (0..places.len())
            .filter(|&code| places[code].is_some())
            .collect();
        let names: Vec<&str> = codes
            .iter()
            .map(|&code| chunk.classes().names[code].as_ref())
            .collect();
        for ((code, name), slot) in codes.iter().zip(&names).zip(self.resolve(&names)?) {
            places[*code] = Some(ClassPlace {
                slot,
                centre: self.instrument.centre_of(name),
            });
        }
        Ok(())
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

    fn add_direction(&mut self, unit: UnitRow<'_>, slot: Slot, reading: &Reading) {
        let class = &mut self.classes.group_mut(slot).directions;
        let (row, scale) = (unit.values(), unit.inverse());
        match reading.cluster {
            Some((cluster, _)) => {
                let cluster = &mut self.clusters[cluster].directions;
                Directions::update_both(class, cluster, row, scale);
            }
            None => class.update_scaled(row, scale),
        }
    }

    /// Sketch by sketch, not row by row: the table of each sketch is then looked
    /// up many times in a row, and the lookups need not wait for each other.
    fn track_readings(&mut self, rows: &[Measured], chunk: &Chunk<'_, '_>) {
        // Who asks for no sample asks that no record be kept, not even its name.
        let names_records = self.config.sample_rows > 0;
        let clusters = rows.iter().filter_map(|r| Some((r, r.reading.cluster?)));
        let own = rows.iter().filter_map(|r| Some((r, r.reading.own_class?)));
        let boundary = rows.iter().filter_map(|r| Some((r, r.reading.boundary?)));

        self.tally.read(rows.len() as u64);
        self.norm.extend(rows.iter().map(|r| r.norm));
        self.own_distance.extend(own.clone().map(|(_, d)| d));
        self.boundary.extend(boundary.clone().map(|(_, b)| b));
        self.cluster_distance
            .extend(clusters.clone().map(|(_, (_, d))| d));

        for (row, own) in own {
            let group = self.classes.group_mut(row.slot);
            group.distance.update(own);
            if names_records {
                group.offer_nearest(own, row.hash, || chunk.id(row.row));
            }
        }
        for (row, boundary) in boundary {
            self.classes.group_mut(row.slot).boundary.update(boundary);
        }
        for (row, (cluster, distance)) in clusters {
            self.classes.group_mut(row.slot).clusters[cluster] += 1;
            let group = &mut self.clusters[cluster];
            group.distance.update(distance);
            if !names_records {
                continue;
            }
            group.offer_nearest(distance, row.hash, || chunk.id(row.row));
            if self.novel.accepts(distance) {
                let name = record_name(chunk.id(row.row).as_deref(), row.hash);
                self.novel.update(distance, &name, cluster as u32);
            }
        }
        if self.instrument.has_classes() {
            let no_centre = |r: &&Measured| r.slot != UNCLASSIFIED && r.reading.own_class.is_none();
            for row in rows.iter().filter(no_centre) {
                self.classes.group_mut(row.slot).no_centre += 1;
            }
        }
    }

    /// Offers the rows of a chunk to the samples, smallest hashes first: what
    /// comes later is then turned away before it is copied.
    fn sample_rows(
        &mut self,
        rows: &ArrayView2<'_, f32>,
        measured: &[Measured],
        chunk: &Chunk<'_, '_>,
    ) {
        let hashes = measured.iter().map(|row| row.hash);
        let mut order: Vec<(u64, usize)> = hashes.zip(0..).collect();
        order.sort_unstable();
        for (hash, at) in order {
            let measured = &measured[at];
            let cluster = measured.reading.cluster.map(|(cluster, _)| cluster);
            let mut samples = [
                Some(&mut self.sample),
                Some(&mut self.classes.group_mut(measured.slot).sample),
                cluster.map(|cluster| &mut self.clusters[cluster].sample),
            ];
            let mut entry = None;
            for sample in samples.iter_mut().flatten() {
                if sample.accepts(hash) {
                    let entry = entry.get_or_insert_with(|| {
                        let values = rows.row(measured.row);
                        let values = match values.as_slice() {
                            Some(values) => Cow::Borrowed(values),
                            None => Cow::Owned(values.to_vec()),
                        };
                        Arc::new(chunk.sample_row(measured.row, &measured.reading, &values))
                    });
                    sample.update(hash, Arc::clone(entry));
                }
            }
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

/// Where the row's class goes.
fn place_of(row: usize, chunk: &Chunk<'_, '_>, places: &[Option<ClassPlace>]) -> ClassPlace {
    chunk
        .classes()
        .code(row)
        .and_then(|code| places[code])
        .unwrap_or(NO_CLASS)
}

/// The rows one after the other, copied only where they do not lie so.
fn row_by_row<'a>(rows: &'a ArrayView2<'_, f32>, copy: &'a mut Vec<f32>) -> &'a [f32] {
    if let Some(values) = rows.as_slice() {
        return values;
    }
    copy.clear();
    copy.extend(rows.iter().copied());
    copy
}
