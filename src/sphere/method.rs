//! Ways to find clusters.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// How the clusters of a reference are found.
///
/// ```
/// use driftsphere::sphere::ClusterMethod;
///
/// assert_eq!("gmm".parse::<ClusterMethod>()?, ClusterMethod::GaussianMixture);
/// assert_eq!(ClusterMethod::default().to_string(), "kmeans");
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum ClusterMethod {
    /// k-means: centres are mean directions.
    #[default]
    KMeans,
    /// The real record nearest to each centre of k-means takes its place.
    Medoids,
    /// A mixture of Gaussians; each row belongs to its likeliest one.
    GaussianMixture,
    /// Regions in which rows lie close (DBSCAN); rows between them belong to
    /// none, and how many regions there are comes out of the rows.
    Dbscan,
}

impl ClusterMethod {
    const ALL: [Self; 4] = [
        Self::KMeans,
        Self::Medoids,
        Self::GaussianMixture,
        Self::Dbscan,
    ];

    /// The name on the command line: `kmeans`, `medoid`, `gmm` or `dbscan`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::KMeans => "kmeans",
            Self::Medoids => "medoid",
            Self::GaussianMixture => "gmm",
            Self::Dbscan => "dbscan",
        }
    }

    /// The name in a codebook's provenance.
    #[must_use]
    pub fn provenance(self) -> &'static str {
        match self {
            Self::KMeans => "k-means",
            Self::Medoids => "medoids of k-means",
            Self::GaussianMixture => "Gaussian mixture",
            Self::Dbscan => "DBSCAN",
        }
    }
}

impl fmt::Display for ClusterMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ClusterMethod {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut all = Self::ALL.into_iter();
        all.find(|method| method.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::new(
                ErrorKind::Argument,
                format!("there are no centres `{text}`; there are: {names}"),
            )
        })
    }
}
