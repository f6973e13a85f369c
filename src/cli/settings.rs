//! What a profile is asked to keep: from flags, a codebook or another profile.

use super::args::ThreadArgs;
use super::centres::{GivenCentres, with_codebook};
use super::input_args::{CentreArgs, Centres, SpaceArgs};
use super::learn::workers;
use super::stored::Stored;
use driftsphere::profile::{FitOptions, ImageSettings, Profile, ProfileConfig, Role, SpaceConfig};
use driftsphere::{Error, ErrorKind, Result};
use std::path::Path;

/// Name of an embedding space that was given none.
const DEFAULT_SPACE: &str = "embedding";

/// How a window is to be profiled.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// The space that the embeddings belong to, if there are any.
    pub(super) space: Option<String>,
    pub(super) config: ProfileConfig,
    /// Whether rows are to be freed of the mean of the window itself.
    pub(super) centre: bool,
    /// Centres to be fitted on the window itself.
    pub(super) fit: Option<FitOptions>,
    /// Centres that were given.
    pub(super) given: Option<GivenCentres>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) threads: usize,
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
        let given = match &centres.centres {
            Some(Centres::File(file)) if centres.fit.is_some() => {
                let message = format!("centres are fitted or read from {file}, not both");
                return Err(Error::new(ErrorKind::Argument, message).at("option", "--centres"));
            }
            Some(Centres::File(file)) => {
                let labels = centres.centre_labels.as_deref();
                Some(GivenCentres::read(file, labels, dim)?)
            }
            _ => None,
        };
        Ok(Self {
            centre: space.centre,
            fit: centres.fit.map(|clusters| FitOptions {
                clusters,
                method: centres.method(),
                seed,
            }),
            given,
            ..Self::plain(Some(name), config, threads)
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
            ("--centres", centres.centres.is_some()),
            ("--centre", space.centre),
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
        Ok(Self::plain(None, config, threads))
    }

    /// Settings that ask for one pass.
    fn plain(space: Option<String>, config: ProfileConfig, threads: ThreadArgs) -> Self {
        Self {
            space,
            config,
            centre: false,
            fit: None,
            given: None,
            tags: Vec::new(),
            threads: workers(threads),
        }
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
        let of = |space, config| Self::plain(space, config, threads);
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

    /// The same for a window of pictures, which has angles of its own.
    pub(super) fn images(mut self, images: Option<&ImageSettings>) -> Self {
        if let Some(images) = images {
            self.config = self.config.images(images.clone());
        }
        self
    }

    /// The same with columns that are angles.
    pub(super) fn angles(mut self, angles: &[(String, f64)]) -> Self {
        self.config.angles.extend(angles.iter().cloned());
        self
    }

    /// Refuses an angle that was typed and is no column of numbers of the profile: most likely a
    /// slip.
    pub(super) fn check_angles<'p>(
        typed: &[(String, f64)],
        profiles: impl Iterator<Item = &'p Profile>,
    ) -> Result<()> {
        let profiles: Vec<&Profile> = profiles.filter(|p| p.records() > 0).collect();
        let numbers = |p: &Profile, name: &String| {
            let feature = p.features().get(name);
            feature.is_some_and(|feature| feature.numbers().count() > 0)
        };
        let has = |name: &String| profiles.iter().any(|p| numbers(p, name));
        let mut names = typed.iter().map(|(name, _)| name);
        match names.find(|name| !profiles.is_empty() && !has(name)) {
            Some(name) => Err(Error::new(
                ErrorKind::Argument,
                format!("the angle `{name}` is no profiled column of numbers; name it with --features too"),
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
}

/// The error for records that lack the embeddings that something needs.
fn no_embeddings(why: &str) -> Error {
    Error::new(
        ErrorKind::Incompatible,
        format!("the input has no embeddings, and {why}; name them with --embeddings"),
    )
}

/// `config` with what was typed.
pub(super) fn kept(mut config: SpaceConfig, space: &SpaceArgs) -> SpaceConfig {
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
        (_, []) => Err(Error::new(
            ErrorKind::Incompatible,
            "there is no embedding space: it was made of records without embeddings",
        )),
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
                "several spaces ({}); say which one with --space",
                known.join(", ")
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use driftsphere::ingest::Batch;
    use driftsphere::profile::{ProfileBuilder, fit};

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
        for named in [None, Some("a")] {
            let error = choose(named, std::iter::empty()).unwrap_err();
            assert!(error.message().contains("no embedding space"), "{error}");
        }
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
