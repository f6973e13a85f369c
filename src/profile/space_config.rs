//! What is kept of one embedding space.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::sphere::{Codebook, Distance, MeanRow};

/// Rows in the overall sample of a space, unless another number is given.
pub const DEFAULT_SAMPLE_ROWS: usize = 1024;
/// Bytes that the samples of one space may take, unless another number is given.
pub const DEFAULT_SAMPLE_BYTES: usize = 4 << 20;
/// The largest dimension of a space.
pub const MAX_DIM: usize = 1 << 20;

/// How the rows of a space are measured against its codebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Rows are measured against the centres as they are: for every window but
    /// the one that the codebook was fitted on.
    #[default]
    Plain,
    /// The rows are those the codebook was fitted on: each is measured against
    /// its centre without itself (leave-one-out), so that the distances are
    /// comparable with those of rows the codebook never saw.
    Reference,
}

impl Role {
    /// `plain` or `reference`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Reference => "reference",
        }
    }
}

/// What is kept of one embedding space.
///
/// ```
/// use driftsphere::profile::SpaceConfig;
/// use driftsphere::sphere::Distance;
///
/// let space = SpaceConfig::new(512)
///     .distance(Distance::Angular)
///     .model("resnet50@4f1c");
/// assert_eq!(space.dim, 512);
/// assert_eq!(space.sample_rows, 1024);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceConfig {
    /// Number of coordinates of a vector.
    pub dim: usize,
    /// How far apart two unit vectors are.
    pub distance: Distance,
    /// Which model makes the vectors; profiles of different models are never
    /// compared row by row.
    pub model: Option<String>,
    /// What is subtracted from every row before it is put on the sphere; all else
    /// (norm, samples, centres) is of the rows without it.
    pub mean: Option<Arc<MeanRow>>,
    /// Rows of the overall sample. With 0, no row and no id of a record is kept:
    /// no sample of a class or cluster either, nor the records nearest to the
    /// centres and farthest from them. (A codebook names records that it was
    /// fitted on.)
    pub sample_rows: usize,
    /// Budget of all samples of this space in bytes; see
    /// [`SampleBudget`](crate::sketch::SampleBudget). A profile has 0 here where
    /// `sample_rows` is 0.
    pub sample_bytes: usize,
    /// The centres that rows are measured against.
    pub codebook: Option<Arc<Codebook>>,
    /// Whether the rows are those the codebook was fitted on.
    pub role: Role,
}

impl SpaceConfig {
    /// A space of `dim` coordinates with half-chord distances, a sample of 1024
    /// rows in at most 4 MiB, no model id, no
    /// mean and no codebook.
    #[must_use]
    pub fn new(dim: usize) -> Self {
        Self {
            dim,
            distance: Distance::default(),
            model: None,
            mean: None,
            sample_rows: DEFAULT_SAMPLE_ROWS,
            sample_bytes: DEFAULT_SAMPLE_BYTES,
            codebook: None,
            role: Role::Plain,
        }
    }

    /// Sets the distance.
    #[must_use]
    pub fn distance(mut self, distance: Distance) -> Self {
        self.distance = distance;
        self
    }

    /// Sets the model id.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Subtracts `mean` from every row before it is put on the sphere.
    ///
    /// Profiles with another mean, or without one, are not merged with this one, and
    /// the space is not compared with theirs.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use driftsphere::ingest::Batch;
    /// use driftsphere::profile::{ProfileBuilder, ProfileConfig, SpaceConfig};
    /// use driftsphere::sphere::MeanSketch;
    /// use ndarray::array;
    ///
    /// let rows = array![[9.0_f32, 9.0], [9.0, 7.0], [7.0, 9.0], [7.0, 7.0]];
    /// let mut mean = MeanSketch::new(2);
    /// mean.update(&rows.view());
    /// let space = SpaceConfig::new(2).centred(Arc::new(mean.freeze()?));
    ///
    /// let mut builder = ProfileBuilder::new(ProfileConfig::new().space("e", space))?;
    /// builder.track_batch(&Batch::new(4).space("e", rows.view()))?;
    /// let profile = builder.freeze();
    /// // (1, 1), (1, -1), (-1, 1), (-1, -1): no common direction is left.
    /// assert_eq!(profile.spaces()["e"].directions().resultant_length(), Some(0.0));
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    #[must_use]
    pub fn centred(mut self, mean: Arc<MeanRow>) -> Self {
        self.mean = Some(mean);
        self
    }

    /// Sets the number of rows of the overall sample.
    #[must_use]
    pub fn sample_rows(mut self, rows: usize) -> Self {
        self.sample_rows = rows;
        self
    }

    /// Sets the byte budget of the samples.
    #[must_use]
    pub fn sample_bytes(mut self, bytes: usize) -> Self {
        self.sample_bytes = bytes;
        self
    }

    /// Where no row is wanted, no byte is: so that a sample lowered to nothing is the
    /// same whatever bytes it was allowed on the way.
    pub(super) fn spend_nothing_on_no_row(&mut self) {
        if self.sample_rows == 0 {
            self.sample_bytes = 0;
        }
    }

    /// Measures rows against `codebook`.
    #[must_use]
    pub fn codebook(mut self, codebook: Arc<Codebook>) -> Self {
        self.codebook = Some(codebook);
        self
    }

    /// Sets the role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    pub(super) fn check(&self, name: &str) -> Result<()> {
        let fail =
            |message: String| Err(Error::new(ErrorKind::Argument, message).at("space", name));
        if self.dim == 0 || self.dim > MAX_DIM {
            return fail(format!(
                "a dimension lies in 1..={MAX_DIM}, not {}",
                self.dim
            ));
        }
        if let Some(mean) = &self.mean
            && mean.dim() != self.dim
        {
            return fail(format!(
                "the mean has {} coordinates, the space {}; use one of rows of this space",
                mean.dim(),
                self.dim
            ));
        }
        if let Some(codebook) = &self.codebook {
            if codebook.dim() != self.dim {
                return fail(format!(
                    "the codebook has dimension {}, the space {}; use the codebook that was fitted on this space",
                    codebook.dim(),
                    self.dim
                ));
            }
            if codebook.distance() != self.distance {
                return fail(format!(
                    "the codebook was fitted with distance {}, the space has {}",
                    codebook.distance(),
                    self.distance
                ));
            }
        } else if self.role == Role::Reference {
            return fail("the role reference needs a codebook: fit one first".into());
        }
        Ok(())
    }
}
