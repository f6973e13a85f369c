//! Named centres with where they come from.

use serde::{Deserialize, Serialize};

use super::{Centre, CentreSet, Distance, MedoidScope, Medoids, Member, Provenance};
use crate::error::{Error, ErrorKind, Result};
use crate::sketch::Directions;

/// Class centres and cluster centres of one reference: what every row is
/// measured against.
///
/// A codebook is configuration. Two profiles measured with codebooks of one
/// [`content_hash`](Self::content_hash) can be compared row for row.
///
/// Class centres are sums over all reference rows of the class. Cluster
/// centres are sums over the sample entries nearest to each centroid; who they
/// were is kept in [`members`](Self::members), so that a reference row is never
/// measured against a centre it helped to fit ([`LeaveOneOut`](super::LeaveOneOut)).
///
/// ```
/// use driftsphere::sketch::Directions;
/// use driftsphere::sphere::{Centre, Codebook, Distance, Provenance};
///
/// let mut sum = Directions::new(2);
/// sum.update_scaled(&[1.0, 0.0], 1.0);
/// sum.update_scaled(&[0.0, 1.0], 1.0);
/// let class = Centre { name: "cat".into(), sum, medoid: None };
/// let book = Codebook::new(
///     2,
///     Distance::default(),
///     vec![class],
///     vec![],
///     vec![],
///     Provenance::default(),
/// )?;
/// assert_eq!(book.class_index("cat"), Some(0));
/// let half = 0.5_f64.sqrt();
/// assert!((book.class_centres().centre(0)[0] - half).abs() < 1e-15);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawCodebook", into = "RawCodebook")]
pub struct Codebook {
    dim: usize,
    distance: Distance,
    classes: Vec<Centre>,
    clusters: Vec<Centre>,
    members: Vec<Member>,
    provenance: Provenance,
}

impl Codebook {
    /// Puts the parts together; classes and members may come in any order.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if `dim` is 0, a class name occurs twice, a sum
    /// has another dimension or no direction
    /// ([`Centre::has_direction`]), or a member does not belong to a cluster.
    pub fn new(
        dim: usize,
        distance: Distance,
        mut classes: Vec<Centre>,
        clusters: Vec<Centre>,
        mut members: Vec<Member>,
        provenance: Provenance,
    ) -> Result<Self> {
        classes.sort_by(|a, b| a.name.cmp(&b.name));
        members.sort_by_key(|member| (member.hash, member.cluster));
        let book = Self {
            dim,
            distance,
            classes,
            clusters,
            members,
            provenance,
        };
        book.check()
            .map_err(|problem| Error::new(ErrorKind::Argument, problem))?;
        Ok(book)
    }

    /// The door that every codebook passes, made here or read from a file.
    fn check(&self) -> std::result::Result<(), String> {
        if self.dim == 0 || u32::try_from(self.dim).is_err() {
            return Err(format!("a codebook cannot have {} dimensions", self.dim));
        }
        for centre in self.classes.iter().chain(&self.clusters) {
            if centre.sum.dim() != self.dim {
                return Err(format!(
                    "centre {:?} has {} dimensions, its codebook {}",
                    centre.name,
                    centre.sum.dim(),
                    self.dim
                ));
            }
            if !centre.has_direction() {
                return Err(format!("centre {:?} has no direction", centre.name));
            }
            if let Some(medoid) = &centre.medoid
                && !(0.0..=1.0).contains(&medoid.distance)
            {
                return Err(format!(
                    "the medoid of {:?} is {} away, not in 0 to 1",
                    centre.name, medoid.distance
                ));
            }
        }
        if let Some(pair) = self.classes.windows(2).find(|w| w[0].name >= w[1].name) {
            return Err(format!(
                "class {:?} occurs twice or out of order",
                pair[1].name
            ));
        }
        self.check_members()
    }

    fn check_members(&self) -> std::result::Result<(), String> {
        let key = |member: &Member| (member.hash, member.cluster);
        if self.members.windows(2).any(|w| key(&w[0]) >= key(&w[1])) {
            return Err("a member occurs twice or out of order".into());
        }
        let mut seen = vec![0_u64; self.clusters.len()];
        for member in &self.members {
            match seen.get_mut(member.cluster as usize) {
                Some(count) => *count += 1,
                None => return Err(format!("there is no cluster {}", member.cluster)),
            }
            if let Some(sum) = &member.sum
                && (sum.len() != self.dim || sum.iter().any(|v| v.unsigned_abs() > MEMBER_LIMIT))
            {
                return Err("the sum of a member is out of bounds".into());
            }
        }
        let too_many = |(count, cluster): (&u64, &Centre)| *count > cluster.sum.count();
        if seen.iter().zip(&self.clusters).any(too_many) {
            return Err("a cluster has more members than vectors".into());
        }
        Ok(())
    }

    /// Elements of a row.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The distance in which rows are measured.
    #[must_use]
    pub fn distance(&self) -> Distance {
        self.distance
    }

    /// The classes, by name.
    #[must_use]
    pub fn classes(&self) -> &[Centre] {
        &self.classes
    }

    /// The clusters, in their order.
    #[must_use]
    pub fn clusters(&self) -> &[Centre] {
        &self.clusters
    }

    /// Who made the cluster centres, by hash, then cluster.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// How it was made.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The place of a class among [`classes`](Self::classes).
    #[must_use]
    pub fn class_index(&self, name: &str) -> Option<usize> {
        self.classes
            .binary_search_by(|class| class.name.as_str().cmp(name))
            .ok()
    }

    /// The memberships of a record: mostly none or one.
    #[must_use]
    pub fn members_of(&self, hash: u64) -> &[Member] {
        let start = self.members.partition_point(|member| member.hash < hash);
        let rest = &self.members[start..];
        let len = rest.iter().take_while(|member| member.hash == hash).count();
        &rest[..len]
    }

    /// The class centres as unit vectors.
    #[must_use]
    pub fn class_centres(&self) -> CentreSet {
        self.centres(&self.classes)
    }

    /// The cluster centres as unit vectors.
    #[must_use]
    pub fn cluster_centres(&self) -> CentreSet {
        self.centres(&self.clusters)
    }

    fn centres(&self, centres: &[Centre]) -> CentreSet {
        CentreSet::new(self.dim, centres.iter().map(|centre| centre.sum.sum()))
            .expect("a checked codebook holds sums of one dimension that have a direction")
    }

    /// Identity of what rows are measured against: dimension, distance, names,
    /// sums with their counts, and members (xxh3-128 of their postcard bytes).
    /// Medoids and provenance are left out: they explain, they do not measure.
    #[must_use]
    pub fn content_hash(&self) -> u128 {
        fn measured(centres: &[Centre]) -> Vec<(&str, &Directions)> {
            centres.iter().map(|c| (c.name.as_str(), &c.sum)).collect()
        }
        let content = (
            self.dim as u64,
            self.distance,
            measured(&self.classes),
            measured(&self.clusters),
            &self.members,
        );
        let bytes = postcard::to_stdvec(&content).expect("plain data in memory can be encoded");
        xxhash_rust::xxh3::xxh3_128(&bytes)
    }

    /// Identity of the centres alone: dimension, distance, names and sums, but not
    /// who made them. Rows that are no members are measured alike against two
    /// codebooks of one such hash.
    #[must_use]
    pub fn centres_hash(&self) -> u128 {
        let of = |centres: &[Centre]| -> Vec<(String, Directions)> {
            centres
                .iter()
                .map(|c| (c.name.clone(), c.sum.clone()))
                .collect()
        };
        let (classes, clusters) = (of(&self.classes), of(&self.clusters));
        let content = (self.dim as u64, self.distance, classes, clusters);
        let bytes = postcard::to_stdvec(&content).expect("plain data in memory can be encoded");
        xxhash_rust::xxh3::xxh3_128(&bytes)
    }

    /// Replaces the medoids by those found in `scope`, in the order of
    /// [`classes`](Self::classes) and [`clusters`](Self::clusters).
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] if there are not as many as centres.
    pub fn set_medoids(
        &mut self,
        classes: Medoids,
        clusters: Medoids,
        scope: MedoidScope,
    ) -> Result<()> {
        let (classes, clusters) = (classes.into_found(), clusters.into_found());
        if classes.len() != self.classes.len() || clusters.len() != self.clusters.len() {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!(
                    "the codebook has {} classes and {} clusters, the medoids are of {} and {}",
                    self.classes.len(),
                    self.clusters.len(),
                    classes.len(),
                    clusters.len()
                ),
            ));
        }
        for (centre, medoid) in self.classes.iter_mut().zip(classes) {
            centre.medoid = medoid;
        }
        for (centre, medoid) in self.clusters.iter_mut().zip(clusters) {
            centre.medoid = medoid;
        }
        self.provenance.medoids = scope;
        Ok(())
    }
}

/// A hash has at most four sample entries, each a unit vector in f16.
const MEMBER_LIMIT: u64 = 5 << 40;

/// What is stored, before [`Codebook::check`].
#[derive(Serialize, Deserialize)]
struct RawCodebook {
    dim: u32,
    distance: Distance,
    classes: Vec<Centre>,
    clusters: Vec<Centre>,
    members: Vec<Member>,
    provenance: Provenance,
}

impl From<Codebook> for RawCodebook {
    fn from(book: Codebook) -> Self {
        Self {
            dim: book.dim as u32,
            distance: book.distance,
            classes: book.classes,
            clusters: book.clusters,
            members: book.members,
            provenance: book.provenance,
        }
    }
}

impl TryFrom<RawCodebook> for Codebook {
    type Error = Error;

    fn try_from(raw: RawCodebook) -> Result<Self> {
        let book = Self {
            dim: raw.dim as usize,
            distance: raw.distance,
            classes: raw.classes,
            clusters: raw.clusters,
            members: raw.members,
            provenance: raw.provenance,
        };
        book.check()
            .map_err(|problem| Error::new(ErrorKind::Format, problem))?;
        Ok(book)
    }
}
