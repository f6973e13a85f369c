//! The rows of one class or one cluster of a space.

use crate::error::Result;
use crate::sketch::{CoordinatedSample, Directions, QuantileSketch, Quantiles};
use crate::sphere::Medoid;

use super::chunk::Chunk;
use super::measured::Measured;
use super::sampling::SampleRows;

/// What was learned about the rows of one class or cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceGroup {
    pub(crate) directions: Directions,
    pub(crate) distance: Quantiles,
    pub(crate) boundary: Quantiles,
    pub(crate) sample: CoordinatedSample,
    pub(crate) nearest: Option<Medoid>,
    pub(crate) no_centre: u64,
    pub(crate) clusters: Vec<u64>,
}

impl SpaceGroup {
    /// Nothing but the sum of its rows.
    pub(crate) fn of(directions: Directions) -> Self {
        let empty = || {
            let sketch = QuantileSketch::new(QuantileSketch::GROUP_CAP);
            sketch.expect("a cap in range").freeze()
        };
        Self {
            directions,
            distance: empty(),
            boundary: empty(),
            sample: CoordinatedSample::new(0),
            nearest: None,
            no_centre: 0,
            clusters: Vec::new(),
        }
    }

    /// Rows of the group.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.directions.count()
    }

    /// Exact sum of the rows' unit vectors.
    #[must_use]
    pub fn directions(&self) -> &Directions {
        &self.directions
    }

    /// Distances to the own class's centre (a class) or to the cluster's centre
    /// (a cluster), in `[0, 1]`; empty without a codebook.
    #[must_use]
    pub fn distance(&self) -> &Quantiles {
        &self.distance
    }

    /// Signed distances to the boundary with the nearest other class; empty for
    /// clusters and without a codebook.
    #[must_use]
    pub fn boundary(&self) -> &Quantiles {
        &self.boundary
    }

    /// The group's share of the coordinated sample.
    #[must_use]
    pub fn sample(&self) -> &CoordinatedSample {
        &self.sample
    }

    /// The real record nearest to the centre, over all rows; none where
    /// [`sample_rows`](super::SpaceConfig::sample_rows) is 0.
    #[must_use]
    pub fn nearest(&self) -> Option<&Medoid> {
        self.nearest.as_ref()
    }

    /// Rows of a class that the codebook has no centre for, or whose centre
    /// vanishes without them.
    #[must_use]
    pub fn no_centre(&self) -> u64 {
        self.no_centre
    }

    /// Rows of this class by nearest cluster, in the codebook's order; empty for
    /// clusters and without a codebook.
    #[must_use]
    pub fn clusters(&self) -> &[u64] {
        &self.clusters
    }
}

/// A group while it is learned.
#[derive(Debug, Clone)]
pub(crate) struct GroupSketch {
    pub(crate) directions: Directions,
    pub(crate) distance: QuantileSketch,
    pub(crate) boundary: QuantileSketch,
    pub(crate) sample: CoordinatedSample,
    pub(crate) nearest: Option<Medoid>,
    pub(crate) no_centre: u64,
    pub(crate) clusters: Vec<u64>,
}

impl GroupSketch {
    pub(crate) fn new(dim: usize, clusters: usize, sample_rows: usize) -> Result<Self> {
        Ok(Self {
            directions: Directions::new(dim),
            distance: QuantileSketch::new(QuantileSketch::GROUP_CAP)?,
            boundary: QuantileSketch::new(QuantileSketch::GROUP_CAP)?,
            sample: CoordinatedSample::new(sample_rows),
            nearest: None,
            no_centre: 0,
            clusters: vec![0; clusters],
        })
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        self.directions.merge(&other.directions)?;
        self.distance.merge(&other.distance)?;
        self.boundary.merge(&other.boundary)?;
        self.sample.merge(&other.sample)?;
        Medoid::keep_nearer(&mut self.nearest, other.nearest.as_ref());
        self.no_centre += other.no_centre;
        for (mine, theirs) in self.clusters.iter_mut().zip(&other.clusters) {
            *mine += theirs;
        }
        Ok(())
    }

    /// Learns rows of one class, all but their directions. Records are named from
    /// `named`, where they may be.
    pub(crate) fn track_class(
        &mut self,
        rows: &[&Measured],
        named: Option<&Chunk<'_, '_>>,
        samples: &SampleRows<'_, '_, '_>,
        has_centres: bool,
    ) {
        let own = |row: &&Measured| row.reading.own_class;
        self.distance.extend(rows.iter().filter_map(own));
        let boundary = |row: &&Measured| row.reading.boundary;
        self.boundary.extend(rows.iter().filter_map(boundary));
        for cluster in rows.iter().filter_map(|row| row.cluster()) {
            self.clusters[cluster] += 1;
        }
        if has_centres {
            let lost = |row: &&&Measured| row.is_classified && row.reading.own_class.is_none();
            self.no_centre += rows.iter().filter(lost).count() as u64;
        }
        self.keep_nearest(rows, named, |row| row.reading.own_class);
        samples.offer(&mut self.sample, rows.iter().copied());
    }

    /// The same of rows of one cluster.
    pub(crate) fn track_cluster(
        &mut self,
        rows: &[&Measured],
        named: Option<&Chunk<'_, '_>>,
        samples: &SampleRows<'_, '_, '_>,
    ) {
        let distance = |row: &Measured| row.reading.cluster.map(|(_, distance)| distance);
        self.distance
            .extend(rows.iter().filter_map(|row| distance(row)));
        self.keep_nearest(rows, named, distance);
        samples.offer(&mut self.sample, rows.iter().copied());
    }

    /// Notes the record nearest to the centre.
    fn keep_nearest(
        &mut self,
        rows: &[&Measured],
        named: Option<&Chunk<'_, '_>>,
        distance: impl Fn(&Measured) -> Option<f64>,
    ) {
        let Some(chunk) = named else { return };
        for row in rows {
            if let Some(distance) = distance(row)
                && self.nearest.as_ref().is_none_or(|m| distance <= m.distance)
            {
                let id = chunk.id(row.row);
                Medoid::offer(&mut self.nearest, distance, id.as_deref(), row.hash);
            }
        }
    }

    pub(crate) fn freeze(self) -> SpaceGroup {
        SpaceGroup {
            directions: self.directions,
            distance: self.distance.freeze(),
            boundary: self.boundary.freeze(),
            sample: self.sample,
            nearest: self.nearest,
            no_centre: self.no_centre,
            clusters: self.clusters,
        }
    }

    pub(crate) fn thaw(group: &SpaceGroup) -> Self {
        Self {
            directions: group.directions.clone(),
            distance: group.distance.thaw(),
            boundary: group.boundary.thaw(),
            sample: group.sample.clone(),
            nearest: group.nearest.clone(),
            no_centre: group.no_centre,
            clusters: group.clusters.clone(),
        }
    }
}
