//! How novel each record is, seen from a reference.

use std::sync::Arc;

use ndarray::{ArrayView2, Axis, CowArray, Slice};

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::Batch;
use crate::sketch::{Estimate, Quantiles};
use crate::sphere::{Codebook, LeaveOneOut, MeanRow, Products, Ruler};

use super::tasks;
use super::window::Profile;

/// Rows that are measured together: their products stay in the cache.
const BLOCK_ROWS: usize = 384;

/// What a [`Scorer`] says of one record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Score {
    /// The class as it was used: the prediction, or else the label.
    pub class: Option<String>,
    /// The nearest cluster, as its place in [`Codebook::clusters`], and the
    /// distance to its centre, in `[0, 1]`.
    pub cluster: Option<(usize, f64)>,
    /// The share of the reference's records that lie at most as far from their
    /// nearest cluster, in `[0, 1]`: near 1 is novel. Its bounds are those of
    /// [`Quantiles::rank`], the ranks at the edges of the distance's bucket.
    pub novelty: Option<Estimate>,
    /// Distance to the centre of the own class, in `[0, 1]`. `None` without a
    /// class, or where the reference has no such class.
    pub own_distance: Option<f64>,
    /// Signed distance to the boundary with the nearest other class, positive
    /// inside: see [`boundary_distance`](crate::sphere::boundary_distance).
    pub boundary: Option<f64>,
    /// Why the record has no direction, such as `zero vector`; all of the above but
    /// the class is `None` then.
    pub fault: Option<&'static str>,
}

/// Measures single records against a reference: which of them to look at first.
///
/// ```text
/// cluster   c = argmin_k d(x, c_k)
/// novelty   r = #{reference records y: d(y) <= d(x, c)} / n
/// ```
///
/// where `d(y)` are the distances in the reference's sketch
/// ([`SpaceProfile::cluster_distance`](super::SpaceProfile::cluster_distance)), of
/// a reference in two passes each measured without itself. Records are measured
/// against the centres as they are, so the reference's own records look nearer,
/// and less novel, than they are: score records that the centres have not seen.
///
/// ```
/// use driftsphere::ingest::{Batch, Column};
/// use driftsphere::profile::{FitOptions, ProfileConfig, Scorer, SpaceConfig, profile_reference};
/// use ndarray::{Array2, array};
///
/// let rows = Array2::from_shape_fn((90, 3), |(i, j)| {
///     if i % 3 == j { 1.0 } else { ((i * (j + 2)) % 7) as f32 * 0.03 }
/// });
/// let config = ProfileConfig::new().space("embedding", SpaceConfig::new(3));
/// let options = FitOptions { clusters: 3, ..FitOptions::default() };
/// let reference = profile_reference(config, options, |builder| {
///     builder.track_batch(&Batch::new(90).space("embedding", rows.view()))
/// })?;
///
/// let scorer = Scorer::new(&reference, "embedding")?;
/// let fresh = array![[1.0_f32, 0.05, 0.05], [-1.0, -1.0, -1.0], [0.0, 0.0, 0.0]];
/// let scores = scorer.score(&Batch::new(3).space("embedding", fresh.view()), 1)?;
/// assert!(scores[0].novelty.unwrap().estimate < 0.9);
/// assert_eq!(scores[1].novelty.unwrap().estimate, 1.0);
/// assert_eq!(scores[2].fault, Some("zero vector"));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Scorer {
    space: String,
    mean: Option<Arc<MeanRow>>,
    ruler: Ruler,
    distances: Quantiles,
}

impl Scorer {
    /// A scorer by the centres and distances of a reference's space.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] where there is no such space, or it has no clusters
    /// to measure against.
    pub fn new(reference: &Profile, space: &str) -> Result<Self> {
        let place = |error: Error| error.at("space", space);
        let Some(profile) = reference.spaces().get(space) else {
            let known: Vec<&str> = reference.spaces().keys().map(String::as_str).collect();
            let message = match known.is_empty() {
                true => "the reference has no embeddings".to_owned(),
                false => format!("there is no such space; there are: {}", known.join(", ")),
            };
            return Err(place(Error::new(ErrorKind::Argument, message)));
        };
        let config = &reference.config().spaces[space];
        let book = config.codebook.as_ref();
        let book = book.filter(|book| !book.clusters().is_empty());
        let book = book.ok_or_else(|| {
            place(Error::new(
                ErrorKind::Argument,
                "the reference has no centres to measure against; profile it with --fit",
            ))
        })?;
        Ok(Self {
            space: space.to_owned(),
            mean: config.mean.clone(),
            ruler: Ruler::new(Arc::clone(book), false),
            distances: profile.cluster_distance().clone(),
        })
    }

    /// The name of the space.
    #[must_use]
    pub fn space(&self) -> &str {
        &self.space
    }

    /// The centres that are measured against.
    #[must_use]
    pub fn codebook(&self) -> &Codebook {
        self.ruler.codebook()
    }

    /// A score for each row of a batch, in its order, on up to `threads` threads
    /// of the current rayon pool.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if columns have different lengths, the batch lacks
    /// the space, or for 0 threads; [`ErrorKind::Incompatible`] for another
    /// dimension.
    pub fn score(&self, batch: &Batch<'_>, threads: usize) -> Result<Vec<Score>> {
        batch.check()?;
        if threads == 0 {
            let message = "at least one thread is needed";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let found = batch.spaces().find(|(name, _)| *name == self.space);
        let (_, rows) = found.ok_or_else(|| {
            let message = "the records have no embeddings in this space";
            Error::new(ErrorKind::Argument, message).at("space", &self.space)
        })?;
        let dim = self.codebook().dim();
        if rows.ncols() != dim {
            let message = format!("rows have {} dimensions, the reference {dim}", rows.ncols());
            return Err(Error::new(ErrorKind::Incompatible, message).at("space", &self.space));
        }
        let starts: Vec<usize> = (0..batch.len()).step_by(BLOCK_ROWS).collect();
        let measure = |start| self.measure(batch, &rows, start);
        let parts = tasks::within(threads, || tasks::map(threads, starts, measure));
        let mut scores: Vec<Score> = parts.into_iter().flatten().collect();
        self.rank(&mut scores)?;
        Ok(scores)
    }

    /// The scores of the block that begins at `start`, but for their ranks.
    fn measure(&self, batch: &Batch<'_>, rows: &ArrayView2<'_, f32>, start: usize) -> Vec<Score> {
        let end = batch.len().min(start + BLOCK_ROWS);
        let rows = rows.slice_axis(Axis(0), Slice::from(start..end));
        let rows = match &self.mean {
            Some(mean) => CowArray::from(mean.centred(&rows)),
            None => rows.as_standard_layout(),
        };
        let values = rows.as_slice().unwrap_or_default();
        let (mut products, mut scratch) = (Products::default(), LeaveOneOut::default());
        let block = self.ruler.block(values, &mut products);
        let score = |row: usize| {
            let at = start + row;
            let class = batch.prediction(at).or_else(|| batch.label(at));
            let centre = class
                .as_ref()
                .and_then(|class| self.codebook().class_index(class));
            // Without leave-one-out the hash of the record is not looked at.
            let reading = self.ruler.read(&block, row, centre, 0, &mut scratch);
            let reading = reading.unwrap_or_default();
            Score {
                class: class.map(|class| class.into_owned()),
                cluster: reading.cluster,
                novelty: None,
                own_distance: reading.own_class,
                boundary: reading.boundary,
                fault: block.row(row).err().map(|fault| fault.reason()),
            }
        };
        (0..block.len()).map(score).collect()
    }

    /// Looks all distances up in one walk through the sketch.
    fn rank(&self, scores: &mut [Score]) -> Result<()> {
        let distance = |score: &Score| score.cluster.map(|(_, distance)| distance);
        let mut distances: Vec<f64> = scores.iter().filter_map(distance).collect();
        distances.sort_by(f64::total_cmp);
        distances.dedup();
        if self.distances.count() == 0 || distances.is_empty() {
            return Ok(());
        }
        let ranks = self.distances.cdf(&distances)?;
        for score in scores {
            if let Some(distance) = distance(score) {
                let at = distances.partition_point(|known| *known < distance);
                score.novelty = Some(ranks[at]);
            }
        }
        Ok(())
    }
}
