//! Sealing: what of the samples is kept in their place.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};
use crate::profile::{
    PairDistances, Profile, SEALED_ROWS, SealedComponents, SealedSpace, SpaceConfig, SpaceProfile,
};
use crate::sketch::{CoordinatedSample, hash_text};
use crate::sphere::Distance;

use super::classes::class_groups;
use super::spread::neighbouring;
use super::stats::{Components, SquaredChords};

/// Sampled rows behind distances of pairs.
const MOST_ROWS: usize = 512;

impl Profile {
    /// A profile to pass on: no vector, no id, no value of a single record, nothing
    /// that is made of fewer than 20 rows.
    ///
    /// | part | what leaves |
    /// | --- | --- |
    /// | samples, medoids, farthest records, times | nothing |
    /// | in place of the samples | up to 100 principal components with their variances; distances of pairs, overall, in classes and clusters, between neighbouring classes |
    /// | sums of directions | of the space, classes and clusters, exact |
    /// | numbers | neighbouring buckets [joined](crate::sketch::Quantiles::joined) until each holds 20 values; no minimum, no maximum |
    /// | texts | those that came 20 times, the rest as one value ([`pooled`](crate::sketch::Categories::pooled)) |
    /// | classes under 20 rows, and rows without a class if they are under 20 | together with the other classes; where these are still under 20, the smallest class with them |
    /// | clusters under 20 rows | what they lack to the sum over all rows, alike |
    /// | codebook | centres of 20 rows and more; nobody who made them |
    /// | counts of records read, skipped, missing, infinite; tags; names of features | as they are |
    ///
    /// A space of fewer than 20 rows keeps their number only. The role is `sealed`:
    /// the profile compares, with sealed ones and others, but neither merges nor
    /// learns. Tests on samples are then not made; what the rest loses in power is
    /// in `docs/accuracy.md`. Sealing a sealed profile changes nothing.
    ///
    /// It is a rule about group sizes and no differential privacy: who knows all
    /// other rows of a sum can subtract them, and in a small window a leading
    /// component may point near one unusual record. Components come from the one
    /// computation here that may differ in its last bits between CPUs.
    ///
    /// ```
    /// use driftsphere::ingest::{Batch, Column};
    /// use driftsphere::profile::{ProfileBuilder, ProfileConfig, SpaceConfig};
    /// use ndarray::Array2;
    ///
    /// let rows = Array2::from_shape_fn((90, 4), |(i, j)| ((i * 7 + j * j) % 31) as f32 + 1.0);
    /// let names: Vec<String> = (0..90).map(|i| format!("patient {i}")).collect();
    /// let config = ProfileConfig::new().space("e", SpaceConfig::new(4));
    /// let mut builder = ProfileBuilder::new(config)?;
    /// builder.track_batch(&Batch::new(90).ids(Column::from(names)).space("e", rows.view()))?;
    /// let open = builder.freeze();
    ///
    /// let mut sealed = open.seal()?;
    /// let bytes = sealed.to_bytes();
    /// assert!(!bytes.windows(7).any(|w| w == b"patient"));
    /// assert_eq!(sealed.spaces()["e"].directions(), open.spaces()["e"].directions());
    /// assert!(sealed.merge(&open).is_err());
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument) where a sampled vector of
    /// a profile from a file is not finite, or rows were freed of a mean of fewer
    /// than 20.
    pub fn seal(&self) -> Result<Self> {
        if self.config().is_sealed() {
            return Ok(self.clone());
        }
        if self.has_telling_means() {
            let message = "the mean that is subtracted is one of fewer than 20 rows, and would tell \
                 of them; take one of more rows";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let mut summaries = BTreeMap::new();
        for (name, space) in self.spaces() {
            let summary = summary(self, name, space).map_err(|e| e.at("space", name))?;
            summaries.insert(name.clone(), summary);
        }
        self.sealed_with(summaries)
    }
}

/// What is kept in place of the samples of a space: of a sealed one as it is, of
/// any other worked out now.
pub(crate) fn summary(profile: &Profile, name: &str, space: &SpaceProfile) -> Result<SealedSpace> {
    if let Some(sealed) = space.sealed() {
        return Ok(sealed.clone());
    }
    let config = &profile.config().spaces[name];
    let seed = hash_text(profile.config().seed, name);
    let pairs = |sample: &CoordinatedSample| within(sample, config);
    let groups = class_groups(space);
    let mut classes = BTreeMap::new();
    for (name, group) in &groups {
        classes.extend(pairs(group.sample())?.map(|pairs| ((*name).to_owned(), pairs)));
    }
    let book = config.codebook.as_deref();
    let centres = book.map_or(&[][..], |book| book.clusters());
    let mut clusters = BTreeMap::new();
    for (centre, group) in centres.iter().zip(space.clusters()) {
        clusters.extend(pairs(group.sample())?.map(|pairs| (centre.name.clone(), pairs)));
    }
    let mut apart = BTreeMap::new();
    for (a, b) in neighbouring(&groups) {
        let found = between(groups[a].sample(), groups[b].sample(), config)?;
        apart.extend(found.map(|pairs| ((a.to_owned(), b.to_owned()), pairs)));
    }
    Ok(SealedSpace {
        centres: profile.config().centres_hash(name),
        components: components(space.sample(), config.dim, seed)?,
        all: pairs(space.sample())?,
        classes,
        clusters,
        between: apart,
    })
}

/// One row of each sampled record, of length 1: `(rows, dim)`.
fn distinct(sample: &CoordinatedSample, most: usize) -> Vec<f32> {
    let mut last = None;
    let rows = sample
        .rows()
        .filter(|entry| last.replace(entry.hash) != Some(entry.hash));
    let mut values = Vec::new();
    for entry in rows.take(most) {
        let squares = entry.row.vector.iter().map(|x| x.to_f64() * x.to_f64());
        let norm = squares.sum::<f64>().sqrt();
        values.extend(entry.row.vector.iter().map(|x| (x.to_f64() / norm) as f32));
    }
    values
}

fn components(
    sample: &CoordinatedSample,
    dim: usize,
    seed: u64,
) -> Result<Option<SealedComponents>> {
    let rows = distinct(sample, usize::MAX);
    let count = (rows.len() / dim) as u64;
    if count < SEALED_ROWS {
        return Ok(None);
    }
    let found = Components::fit(&rows, dim, seed)?;
    let eigenvalues = found.eigenvalues().to_vec();
    Ok(Some(SealedComponents::new(
        count,
        eigenvalues,
        found.vectors(),
    )))
}

fn within(sample: &CoordinatedSample, config: &SpaceConfig) -> Result<Option<PairDistances>> {
    let rows = distinct(sample, MOST_ROWS);
    let n = rows.len() / config.dim;
    if (n as u64) < SEALED_ROWS {
        return Ok(None);
    }
    let chords = SquaredChords::new(&rows, config.dim)?;
    let pairs = (0..n).flat_map(|i| (0..i).map(move |j| (i, j)));
    Ok(distances(n, &chords, pairs, config.distance))
}

/// Distances from the rows of one class to those of another; both of 20 rows and
/// more.
fn between(
    first: &CoordinatedSample,
    second: &CoordinatedSample,
    config: &SpaceConfig,
) -> Result<Option<PairDistances>> {
    let sides = [first, second].map(|sample| distinct(sample, MOST_ROWS));
    let [n, m] = [0, 1].map(|side: usize| sides[side].len() / config.dim);
    if (n.min(m) as u64) < SEALED_ROWS {
        return Ok(None);
    }
    let chords = SquaredChords::new(&sides.concat(), config.dim)?;
    let pairs = (0..n).flat_map(|i| (n..n + m).map(move |j| (i, j)));
    Ok(distances(n + m, &chords, pairs, config.distance))
}

fn distances(
    rows: usize,
    chords: &SquaredChords,
    pairs: impl Iterator<Item = (usize, usize)>,
    distance: Distance,
) -> Option<PairDistances> {
    let of_pair = |(i, j): (usize, usize)| distance.from_squared_chord(f64::from(chords.row(i)[j]));
    let found: Vec<f64> = pairs.map(of_pair).collect();
    PairDistances::new(rows as u64, &found)
}
