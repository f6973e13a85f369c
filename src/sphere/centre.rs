//! What a codebook is made of: centres, their members, their origin.

use serde::{Deserialize, Serialize};

use super::Medoid;
use super::leave_one_out::has_direction;
use crate::sketch::Directions;

/// A named centre: the sum of the unit vectors that made it.
///
/// The centre itself is `S / |S|`. The sum is kept because a row that went
/// into it can be taken out again, exactly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Centre {
    /// The class, or `cluster 1`, `cluster 2`, ...
    pub name: String,
    /// `S`, in fixed point, and how many vectors it is of.
    pub sum: Directions,
    /// The real record nearest to the centre, if one is known.
    pub medoid: Option<Medoid>,
}

impl Centre {
    /// Whether the sum points anywhere: `|S| >= 1e-9`.
    #[must_use]
    pub fn has_direction(&self) -> bool {
        has_direction(&self.sum.sum())
    }
}

/// A record that helped to make a cluster centre.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    /// The record's hash in the coordinated sample.
    pub hash: u64,
    /// The cluster it was assigned to.
    pub cluster: u32,
    /// What it put into the cluster's sum: the f16 unit vectors of all sample
    /// entries of this hash in this cluster, added up in fixed point.
    /// `None` if the sample holds one entry of this hash only; it is then the
    /// f16 unit vector of any row with this hash.
    pub sum: Option<Vec<i64>>,
}

/// Where the medoids of a codebook were looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MedoidScope {
    /// Among the rows of the reference's sample.
    #[default]
    Sample,
    /// Among all rows of the reference, in a second pass.
    AllRows,
}

/// How a codebook was made. For the reader; not part of its identity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// What found the clusters, such as `k-means`.
    pub method: String,
    /// Clusters asked for.
    pub k: u32,
    /// Seed of the clustering.
    pub seed: u64,
    /// Seed of the hashes that chose the sample: members are known by their
    /// hashes, so a reference is measured with this seed only.
    pub sample_seed: u64,
    /// Rows of the reference.
    pub rows: u64,
    /// Sample entries that were clustered.
    pub sampled: u64,
    /// The model that made the embeddings, if it was named.
    pub model: Option<String>,
    /// Where the medoids were looked for.
    pub medoids: MedoidScope,
}
