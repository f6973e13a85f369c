//! One embedding space while it is learned.

use std::sync::Arc;

use ndarray::ArrayView2;

use crate::error::{Error, ErrorKind, Result};
use crate::sketch::{CoordinatedSample, QuantileSketch, SampleBudget, Tally};

use super::chunk::Chunk;
use super::classes::{ClassTable, Slot, UNCLASSIFIED};
use super::group::GroupSketch;
use super::grouped::Grouped;
use super::instrument::Instrument;
use super::measured::{Measured, Part, Stage};
use super::novel::MostNovel;
use super::sampling::SampleRows;
use super::space_config::SpaceConfig;
use super::tasks::{self, Task};

#[derive(Debug, Clone)]
pub(crate) struct SpaceSketch {
    pub(crate) config: SpaceConfig,
    budget: SampleBudget,
    instrument: Arc<Instrument>,
    pub(crate) tally: Tally,
    pub(crate) norm: QuantileSketch,
    pub(crate) cluster_distance: QuantileSketch,
    pub(crate) own_distance: QuantileSketch,
    pub(crate) boundary: QuantileSketch,
    pub(crate) classes: ClassTable<GroupSketch>,
    pub(crate) clusters: Vec<GroupSketch>,
    pub(crate) sample: CoordinatedSample,
    pub(crate) novel: MostNovel,
    /// Working memory of each thread: of the chunk that is learned, and of the next.
    parts: (Vec<Part>, Vec<Part>),
}

impl SpaceSketch {
    pub(crate) fn new(config: &SpaceConfig, seed: u64, max_classes: usize) -> Result<Self> {
        let instrument = Arc::new(Instrument::new(config)?);
        let clusters = instrument.clusters();
        let budget = SampleBudget::new(config.sample_bytes, config.dim, config.sample_rows);
        let cluster_rows = cluster_rows(budget, clusters);
        let group = |rows| GroupSketch::new(config.dim, clusters, rows);
        Ok(Self {
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
            parts: Default::default(),
            config: config.clone(),
            instrument,
        })
    }

    /// Rows that each cluster may keep.
    fn cluster_rows(&self) -> usize {
        cluster_rows(self.budget, self.clusters.len())
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

    /// Learns the rows of a batch, `(n, dim)`, in its chunks.
    ///
    /// First the rows of a chunk are measured, each thread some of them; then the
    /// sketches learn, each from one thread that goes through all rows. While they do,
    /// threads that have nothing left to learn measure the next chunk.
    pub(crate) fn track(
        &mut self,
        rows: &ArrayView2<'_, f32>,
        chunks: &[Chunk<'_, '_>],
        threads: usize,
    ) -> Result<()> {
        let instrument = Arc::clone(&self.instrument);
        let mean = self.config.mean.clone();
        let stage = |chunk| Stage::new(rows, chunk, mean.as_deref());
        let (mut ready, mut spare) = std::mem::take(&mut self.parts);
        let mut following = chunks.iter().map(stage);
        let mut current = following.next();
        if let Some(stage) = &current {
            tasks::run(threads, stage.measuring(&mut ready, &instrument, threads))?;
        }
        while let Some(stage) = current {
            let next = following.next();
            // One thread has no time to spare, and its working memory in its cache.
            let measuring = match &next {
                Some(next) if threads > 1 => next.measuring(&mut spare, &instrument, threads),
                _ => Vec::new(),
            };
            self.learn(&ready, &stage, measuring, threads)?;
            match &next {
                Some(next) if threads == 1 => {
                    tasks::run(1, next.measuring(&mut ready, &instrument, 1))?;
                }
                _ => std::mem::swap(&mut ready, &mut spare),
            }
            current = next;
        }
        self.parts = (ready, spare);
        Ok(())
    }

    /// Learns what was measured of the rows of a chunk, and does what else there is
    /// to do meanwhile.
    fn learn<'t>(
        &'t mut self,
        parts: &'t [Part],
        stage: &'t Stage<'_, '_, '_>,
        meanwhile: Vec<Task<'t>>,
        threads: usize,
    ) -> Result<()> {
        let chunk = stage.chunk;
        for part in parts {
            self.tally.read(part.measured.len() as u64);
            self.tally.merge(&part.skipped)?;
        }
        let slots = self.admit_classes(parts, chunk)?;
        self.add_directions(parts, &slots)?;
        // Who asks for no sample asks that no record be kept, not even its name.
        let named = (self.config.sample_rows > 0).then_some(chunk);
        let samples = SampleRows::new(stage.rows.view(), chunk);
        let measured = || parts.iter().flat_map(|part| &part.measured);
        let by_class = Grouped::new(measured(), self.classes.groups_mut().len(), |row| {
            Some(slots[row.class])
        });
        let by_cluster = Grouped::new(measured(), self.clusters.len(), Measured::cluster);
        let has_centres = self.instrument.has_classes();

        let mut tasks: Vec<Task<'_>> = Vec::new();
        tasks.push(done(|| samples.offer(&mut self.sample, measured())));
        tasks.push(done(|| self.norm.extend(measured().map(|row| row.norm))));
        let distances = || measured().filter_map(|row| Some(row.reading.cluster?.1));
        tasks.push(done(|| self.cluster_distance.extend(distances())));
        let own = || measured().filter_map(|row| row.reading.own_class);
        tasks.push(done(|| self.own_distance.extend(own())));
        let boundary = || measured().filter_map(|row| row.reading.boundary);
        tasks.push(done(|| self.boundary.extend(boundary())));
        if let Some(chunk) = named {
            tasks.push(done(|| self.novel.track(measured(), chunk)));
        }
        let classes = self.classes.groups_mut().iter_mut();
        for share in by_class.shares(classes, threads) {
            tasks.push(done(|| {
                for (group, rows) in share {
                    group.track_class(rows, named, &samples, has_centres);
                }
            }));
        }
        for share in by_cluster.shares(self.clusters.iter_mut(), threads) {
            tasks.push(done(|| {
                for (group, rows) in share {
                    group.track_cluster(rows, named, &samples);
                }
            }));
        }
        tasks.extend(meanwhile);
        tasks::run(threads, tasks)
    }

    /// Makes room for the classes of the rows that have a direction, and says
    /// where the rows of each go: by code, and in the end those without a class.
    fn admit_classes(&mut self, parts: &[Part], chunk: &Chunk<'_, '_>) -> Result<Vec<Slot>> {
        let names = &chunk.classes().names;
        let seen = |code: &usize| parts.iter().any(|part| part.sums.classes[*code].is_some());
        let codes: Vec<usize> = (0..names.len()).filter(seen).collect();
        let seen: Vec<&str> = codes.iter().map(|&code| names[code].as_ref()).collect();
        let mut slots = vec![UNCLASSIFIED; names.len() + 1];
        for (code, slot) in codes.into_iter().zip(self.resolve(&seen)?) {
            slots[code] = slot;
        }
        Ok(slots)
    }

    fn add_directions(&mut self, parts: &[Part], slots: &[Slot]) -> Result<()> {
        for part in parts {
            for (sum, &slot) in part.sums.classes.iter().zip(slots) {
                if let Some(sum) = sum {
                    self.classes.groups_mut()[slot].directions.merge(sum)?;
                }
            }
            for (sum, cluster) in part.sums.clusters.iter().zip(&mut self.clusters) {
                if let Some(sum) = sum {
                    cluster.directions.merge(sum)?;
                }
            }
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

    /// Lets go of what the configuration has no room for, after it was lowered.
    pub(crate) fn shrink(&mut self) {
        self.sample.set_k(self.budget.overall);
        let rows = self.class_rows(self.classes.len());
        self.classes.set_sample_rows(rows);
        let rows = self.cluster_rows();
        for cluster in &mut self.clusters {
            cluster.sample.set_k(rows);
        }
        if self.config.sample_rows == 0 {
            self.novel = MostNovel::default();
            let clusters = self.clusters.iter_mut();
            for group in self.classes.groups_mut().iter_mut().chain(clusters) {
                group.nearest = None;
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

/// Rows that each of so many clusters may keep: half of a share, as classes have
/// the other half.
fn cluster_rows(budget: SampleBudget, clusters: usize) -> usize {
    budget.per_group(clusters.max(1)) / 2
}

/// A task that cannot fail.
fn done<'a>(work: impl FnOnce() + Send + 'a) -> Task<'a> {
    Box::new(|| {
        work();
        Ok(())
    })
}
