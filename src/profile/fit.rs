//! The two passes of a reference: sums and sample first, distances second.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::sphere::{Centre, ClusterMethod, Codebook, Provenance, fit_clusters_by};

use super::builder::ProfileBuilder;
use super::config::ProfileConfig;
use super::file::Codebooks;
use super::space::SpaceProfile;
use super::space_config::{Role, SpaceConfig};
use super::window::Profile;

/// How centres are fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FitOptions {
    /// Clusters asked for in each space; fewer where there are fewer distinct
    /// rows.
    pub clusters: usize,
    /// How clusters are found.
    pub method: ClusterMethod,
    /// Seed of the clustering.
    pub seed: u64,
}

impl Default for FitOptions {
    /// 8 clusters by k-means, seed 0.
    fn default() -> Self {
        Self {
            clusters: 8,
            method: ClusterMethod::KMeans,
            seed: 0,
        }
    }
}

/// Fits a codebook for each space of a profile: class centres from the exact
/// sums over all rows, cluster centres by [`method`](FitOptions::method) on the sample.
///
/// Deterministic for one build, CPU and seed; everything measured against the
/// result is then the same everywhere.
///
/// # Errors
/// [`ErrorKind::Argument`] for 0 clusters or a space without any row.
pub fn fit(profile: &Profile, options: FitOptions) -> Result<Codebooks> {
    let mut books = Codebooks::default();
    for (name, space) in profile.spaces() {
        let config = &profile.config().spaces[name];
        let seed = profile.config().seed;
        let book = fit_space(space, config, options, seed).map_err(|e| e.at("space", name))?;
        books.books.insert(name.clone(), Arc::new(book));
        let mean = config.mean.clone();
        books.means.extend(mean.map(|mean| (name.clone(), mean)));
    }
    Ok(books)
}

/// Class centres from the sums of a space's classes; a class whose rows cancel
/// out has none.
pub(crate) fn class_centres(space: &SpaceProfile) -> Vec<Centre> {
    space
        .classes()
        .iter()
        .map(|(name, group)| Centre {
            name: name.clone(),
            sum: group.directions().clone(),
            medoid: None,
        })
        .filter(Centre::has_direction)
        .collect()
}

fn fit_space(
    space: &SpaceProfile,
    config: &SpaceConfig,
    options: FitOptions,
    sample_seed: u64,
) -> Result<Codebook> {
    if space.rows() == 0 {
        return Err(Error::new(
            ErrorKind::Argument,
            "no row to fit centres on: every row was skipped, or none was read",
        ));
    }
    let (clusters, members) = fit_clusters_by(
        options.method,
        space.sample(),
        config.dim,
        options.clusters,
        options.seed,
    )?;
    let mut book = Codebook::new(
        config.dim,
        config.distance,
        class_centres(space),
        clusters,
        members,
        Provenance {
            method: options.method.provenance().into(),
            k: options.clusters as u32,
            seed: options.seed,
            sample_seed,
            rows: space.rows(),
            sampled: space.sample().len() as u64,
            model: config.model.clone(),
            ..Provenance::default()
        },
    )?;
    book.set_medoids_from_sample(space.sample())?;
    Ok(book)
}

impl ProfileConfig {
    /// The same configuration with these codebooks, and the means of the rows they
    /// were fitted on, for the rows they were
    /// fitted on ([`Role::Reference`]) or for any others ([`Role::Plain`]).
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] where a space has no codebook among them,
    /// [`ErrorKind::Incompatible`] where it has another mean than the rows that the
    /// codebook was fitted on.
    pub fn with_codebooks(mut self, books: &Codebooks, role: Role) -> Result<Self> {
        for (name, space) in &mut self.spaces {
            let book = books.books.get(name).ok_or_else(|| {
                let known: Vec<&str> = books.books.keys().map(String::as_str).collect();
                Error::new(
                    ErrorKind::Argument,
                    format!(
                        "no codebook for this space; there are: {}",
                        known.join(", ")
                    ),
                )
                .at("space", name)
            })?;
            let mean = books.means.get(name);
            if space.mean.is_some() && space.mean.as_ref() != mean {
                let message = "the codebook was fitted on rows without this mean; leave the mean \
                     to the codebook";
                return Err(Error::new(ErrorKind::Incompatible, message).at("space", name));
            }
            space.mean = mean.cloned();
            space.codebook = Some(Arc::clone(book));
            space.role = role;
        }
        self.check()?;
        Ok(self)
    }
}

/// Profiles a reference in two passes: `read` is called twice and must feed the
/// same records both times, in any order.
///
/// The first pass keeps sums and a sample, from which the codebook is fitted;
/// the second measures every record against it, each left out of the centres
/// that it helped to fit.
///
/// ```
/// use driftsphere::ingest::{Batch, Column};
/// use driftsphere::profile::{FitOptions, ProfileConfig, SpaceConfig, profile_reference};
/// use ndarray::Array2;
///
/// let rows = Array2::from_shape_fn((60, 4), |(i, j)| ((i * 7 + j * 3) % 11) as f32 + 1.0);
/// let ids: Vec<i64> = (0..60).collect();
/// let config = ProfileConfig::new().space("embedding", SpaceConfig::new(4));
/// let options = FitOptions { clusters: 3, ..FitOptions::default() };
/// let reference = profile_reference(config, options, |builder| {
///     builder.track_batch(
///         &Batch::new(60)
///             .ids(Column::from(ids.clone()))
///             .space("embedding", rows.view()),
///     )
/// })?;
/// let space = &reference.spaces()["embedding"];
/// assert_eq!(space.clusters().iter().map(|c| c.count()).sum::<u64>(), 60);
/// # Ok::<(), driftsphere::Error>(())
/// ```
///
/// # Errors
/// Those of `read`, [`fit`] and [`ProfileBuilder::new`].
pub fn profile_reference(
    config: ProfileConfig,
    options: FitOptions,
    mut read: impl FnMut(&mut ProfileBuilder) -> Result<()>,
) -> Result<Profile> {
    let config = reference_config(config, options, &mut read)?;
    let mut second = ProfileBuilder::new(config)?;
    read(&mut second)?;
    Ok(second.freeze())
}

/// The first pass of [`profile_reference`] alone: `read` feeds all records, and
/// the configuration comes back with the centres fitted on them.
///
/// The second pass is then the caller's: with a
/// [`SegmentedBuilder`](super::SegmentedBuilder) or a
/// [`WindowedBuilder`](super::WindowedBuilder), every segment or window is
/// measured against the centres of all records, and so they can be compared.
///
/// # Errors
/// Those of `read`, [`fit`] and [`ProfileBuilder::new`].
pub fn reference_config(
    config: ProfileConfig,
    options: FitOptions,
    read: impl FnOnce(&mut ProfileBuilder) -> Result<()>,
) -> Result<ProfileConfig> {
    let mut first = ProfileBuilder::new(config.clone())?;
    read(&mut first)?;
    let books = fit(&first.freeze(), options)?;
    config.with_codebooks(&books, Role::Reference)
}
