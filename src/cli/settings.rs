//! What a profile is asked to keep: from flags, a codebook or another profile.

use super::args::ThreadArgs;
use super::input_args::{CentreArgs, SpaceArgs};
use super::progress::Progress;
use super::stored::Stored;
use super::window::Window;
use driftsphere::profile::{
    Codebooks, FitOptions, Learner, Profile, ProfileBuilder, ProfileConfig, Role, SpaceConfig,
    reference_config,
};
use driftsphere::{Error, ErrorKind, Result};
use std::num::NonZeroUsize;
use std::path::Path;

/// Name of an embedding space that was given none.
const DEFAULT_SPACE: &str = "embedding";

/// How a window is to be profiled.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// The space that the embeddings belong to, if there are any.
    space: Option<String>,
    config: ProfileConfig,
    /// Centres to be fitted on the window itself.
    fit: Option<FitOptions>,
    tags: Vec<(String, String)>,
    threads: usize,
}

impl Settings {
    /// Works out the settings for embeddings of dimension `dim`, or for records
    /// without any.
    pub(super) fn new(
        space: &SpaceArgs,
        centres: &CentreArgs,
        threads: ThreadArgs,
        dim: Option<usize>,
    ) -> Result<Self> {
        let mut settings = Self::of_space(space, centres, threads, dim)?;
        if let Some(ids) = space.keep_ids {
            settings.config.ids = ids;
        }
        Ok(settings)
    }

    fn of_space(
        space: &SpaceArgs,
        centres: &CentreArgs,
        threads: ThreadArgs,
        dim: Option<usize>,
    ) -> Result<Self> {
        if let Some(path) = &centres.like {
            let config = Stored::read(path)?.config().clone();
            return Self::like(&config, path, space, threads, dim);
        }
        let seed = space.seed.unwrap_or(0);
        let Some(dim) = dim else {
            return Self::records(space, centres, threads, seed);
        };
        let (name, config) = match &centres.codebook {
            None => {
                let name = space.space.as_deref().unwrap_or(DEFAULT_SPACE).to_owned();
                let config = kept(SpaceConfig::new(dim), space);
                (
                    name.clone(),
                    ProfileConfig::new().seed(seed).space(name, config),
                )
            }
            Some(path) => {
                let role = match centres.reference {
                    true => Role::Reference,
                    false => Role::Plain,
                };
                with_codebook(path, role, space, dim)?
            }
        };
        Ok(Self {
            space: Some(name),
            config,
            fit: centres.fit.map(|clusters| FitOptions {
                clusters,
                method: centres.centres.unwrap_or_default(),
                seed,
            }),
            tags: Vec::new(),
            threads: workers(threads),
        })
    }

    /// Settings without a space.
    fn records(
        space: &SpaceArgs,
        centres: &CentreArgs,
        threads: ThreadArgs,
        seed: u64,
    ) -> Result<Self> {
        let idle = [
            ("--fit", centres.fit.is_some()),
            ("--codebook", centres.codebook.is_some()),
            ("--space", space.space.is_some()),
            ("--model", space.model.is_some()),
            ("--distance", space.distance.is_some()),
        ];
        if let Some((option, _)) = idle.iter().find(|(_, typed)| *typed) {
            return Err(no_embeddings("nothing to use it on").at("option", option));
        }
        let mut config = ProfileConfig::new().seed(seed);
        config.sample_rows = space.sample.unwrap_or(config.sample_rows);
        config.sample_bytes = space.sample_bytes.unwrap_or(config.sample_bytes);
        Ok(Self {
            space: None,
            config,
            fit: None,
            tags: Vec::new(),
            threads: workers(threads),
        })
    }

    /// The settings of a profile, for another window.
    pub(super) fn like(
        config: &ProfileConfig,
        path: &Path,
        space: &SpaceArgs,
        threads: ThreadArgs,
        dim: Option<usize>,
    ) -> Result<Self> {
        let place = |error: Error| error.at("profile", path.display());
        let mut config = config.clone().like();
        let of = |space: Option<String>, config: ProfileConfig| Self {
            space,
            config,
            fit: None,
            tags: Vec::new(),
            threads: workers(threads),
        };
        let known = config.spaces.keys().map(String::as_str);
        let dim = match dim {
            None if config.spaces.is_empty() => return Ok(of(None, config)),
            None => return Err(place(no_embeddings("the profile has some"))),
            Some(_) if config.spaces.is_empty() => {
                return Err(place(Error::new(
                    ErrorKind::Incompatible,
                    "the input has embeddings, the profile has none; leave them with --as records",
                )));
            }
            Some(dim) => dim,
        };
        let name = choose(space.space.as_deref(), known).map_err(place)?;
        if let Some(kept) = config.spaces.get_mut(&name) {
            if kept.dim != dim {
                return Err(place(Error::new(
                    ErrorKind::Incompatible,
                    format!(
                        "embeddings of dimension {dim}, the profile's space {name} has {}",
                        kept.dim
                    ),
                )));
            }
            if let Some(model) = &space.model {
                kept.model = Some(model.clone());
            }
        }
        Ok(of(Some(name), config))
    }

    /// The same without centres to measure against.
    pub(super) fn without_centres(mut self) -> Self {
        for space in self.config.spaces.values_mut() {
            space.codebook = None;
        }
        self
    }

    /// The same with columns that are angles.
    pub(super) fn angles(mut self, angles: &[(String, f64)]) -> Self {
        self.config.angles.extend(angles.iter().cloned());
        self
    }

    /// Refuses an angle that is no column of the profile: most likely a slip.
    pub(super) fn check_angles<'p>(profiles: impl Iterator<Item = &'p Profile>) -> Result<()> {
        let profiles: Vec<&Profile> = profiles.filter(|p| p.records() > 0).collect();
        let has = |name: &String| profiles.iter().any(|p| p.features().contains_key(name));
        let mut angles = profiles.iter().flat_map(|p| p.config().angles.keys());
        match angles.find(|name| !has(name)) {
            Some(name) => Err(Error::new(
                ErrorKind::Argument,
                format!("the angle `{name}` is no profiled column; name it with --features too"),
            )
            .at("option", "--angle")),
            None => Ok(()),
        }
    }

    /// The same with notes to be kept in the profile.
    pub(super) fn tags(mut self, tags: &[(String, String)]) -> Self {
        self.tags = tags.to_vec();
        self
    }

    /// Profiles a window; twice over its files where centres are to be fitted.
    pub(super) fn learn(&self, window: &Window) -> Result<Profile> {
        self.learn_as(window, Ok)
    }

    /// The same into several profiles: `learner` makes, of a builder that has
    /// learned nothing, one that divides the records. Centres are fitted on all
    /// of them.
    pub(super) fn learn_as<L: Learner>(
        &self,
        window: &Window,
        learner: impl FnOnce(ProfileBuilder) -> Result<L> + Send,
    ) -> Result<L::Learned>
    where
        L::Learned: Send,
    {
        pool(self.threads)?.install(|| {
            let progress = Progress::new();
            let space = self.space.as_deref().unwrap_or_default();
            let mut config = self.config.clone();
            if let Some(options) = self.fit {
                progress.start("pass 1 of 2, finding centres");
                config = reference_config(config, options, |builder| {
                    builder.set_threads(self.threads)?;
                    window.feed(space, builder, &progress).map(|_| ())
                })?;
            }
            progress.start(match self.fit {
                None => "profiling",
                Some(_) => "pass 2 of 2, measuring",
            });
            let mut builder = ProfileBuilder::new(config)?;
            builder.set_threads(self.threads)?;
            for (key, value) in &self.tags {
                builder.tag(key, value);
            }
            let mut learner = learner(builder)?;
            let findings = window.feed(space, &mut learner, &progress)?;
            let learned = learner.freeze()?;
            drop(progress);
            findings.tell();
            Ok(learned)
        })
    }
}

/// The error for records that lack the embeddings that something needs.
fn no_embeddings(why: &str) -> Error {
    Error::new(
        ErrorKind::Incompatible,
        format!("the input has no embeddings, and {why}; name them with --embeddings"),
    )
}

/// A configuration around the codebook of a file. Distance, model and seed are
/// those it was fitted with; distance and model may be named anew.
///
/// The seed of the sample may not: members of the codebook are known by the hash
/// of their id, and under another seed none would be found. (The seed of the
/// clustering may be any other; nothing is drawn with it again.)
fn with_codebook(
    path: &Path,
    role: Role,
    space: &SpaceArgs,
    dim: usize,
) -> Result<(String, ProfileConfig)> {
    let books = Codebooks::read(path)?;
    let known = books.0.keys().map(String::as_str);
    let place = |error: Error| error.at("codebook", path.display());
    let name = choose(space.space.as_deref(), known).map_err(place)?;
    let mut config = SpaceConfig::new(dim);
    let mut seed = space.seed.unwrap_or(0);
    if let Some(book) = books.0.get(&name) {
        config.distance = book.distance();
        config.model.clone_from(&book.provenance().model);
        seed = book.provenance().sample_seed;
    }
    if let Some(typed) = space.seed.filter(|&typed| typed != seed) {
        let message = format!("the codebook was fitted on a sample of seed {seed}, not {typed}");
        let error = Error::new(ErrorKind::Incompatible, message);
        return Err(place(error.at("option", "--seed")));
    }
    let config = ProfileConfig::new()
        .seed(seed)
        .space(&name, kept(config, space))
        .with_codebooks(&books, role)
        .map_err(place)?;
    Ok((name, config))
}

/// `config` with what was typed.
fn kept(mut config: SpaceConfig, space: &SpaceArgs) -> SpaceConfig {
    if let Some(distance) = space.distance {
        config.distance = distance;
    }
    if let Some(model) = &space.model {
        config.model = Some(model.clone());
    }
    if let Some(rows) = space.sample {
        config.sample_rows = rows;
    }
    if let Some(bytes) = space.sample_bytes {
        config.sample_bytes = bytes;
    }
    config
}

/// The space that is meant: the one that was named, or the only one.
pub(super) fn choose<'a>(
    named: Option<&str>,
    known: impl Iterator<Item = &'a str>,
) -> Result<String> {
    let known: Vec<&str> = known.collect();
    match (named, known.as_slice()) {
        (Some(name), _) if known.contains(&name) => Ok(name.to_owned()),
        (None, [one]) => Ok((*one).to_owned()),
        (Some(name), _) => Err(Error::new(
            ErrorKind::Argument,
            format!(
                "there is no space `{name}`; there are: {}",
                known.join(", ")
            ),
        )
        .at("option", "--space")),
        (None, _) => Err(Error::new(
            ErrorKind::Argument,
            format!(
                "name the space with --space; there are: {}",
                known.join(", ")
            ),
        )),
    }
}

/// Threads for one task.
pub(super) fn pool(threads: usize) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().map_err(|error| {
        let message = format!("cannot start {threads} threads");
        Error::new(ErrorKind::Io, message).because(error)
    })
}

/// How many threads are meant.
pub(super) fn workers(threads: ThreadArgs) -> usize {
    threads.threads.map_or_else(
        || std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        usize::from,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use driftsphere::ingest::Batch;
    use driftsphere::profile::fit;

    #[test]
    fn the_only_space_needs_no_name_and_an_unknown_one_names_those_there_are() {
        assert_eq!(choose(None, ["clip"].into_iter()).unwrap(), "clip");
        assert_eq!(choose(Some("b"), ["a", "b"].into_iter()).unwrap(), "b");
        let error = choose(Some("c"), ["a", "b"].into_iter()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no space `c`; there are: a, b (option --space)"
        );
        assert!(choose(None, ["a", "b"].into_iter()).is_err());
    }

    /// A library caller may give the clustering a seed of its own.
    #[test]
    fn a_codebook_asks_for_the_seed_of_its_sample() {
        let config = ProfileConfig::new().space("e", SpaceConfig::new(2));
        let mut builder = ProfileBuilder::new(config).unwrap();
        let rows = ndarray::array![[1.0_f32, 0.0], [0.0, 1.0], [1.0, 1.0]];
        let batch = Batch::new(3).space("e", rows.view());
        builder.track_batch(&batch).unwrap();
        let profile = builder.freeze();
        let options = FitOptions {
            clusters: 2,
            seed: 5,
            ..FitOptions::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.dsb");
        fit(&profile, options).unwrap().write(&path).unwrap();
        let centres = CentreArgs {
            codebook: Some(path),
            reference: true,
            ..CentreArgs::default()
        };
        let settings = |seed| {
            let space = SpaceArgs {
                seed,
                ..SpaceArgs::default()
            };
            Settings::new(&space, &centres, ThreadArgs::default(), Some(2))
        };
        assert_eq!(settings(None).unwrap().config.seed, 0);
        assert_eq!(settings(Some(0)).unwrap().config.seed, 0);
        assert!(settings(Some(5)).is_err());
    }
}
