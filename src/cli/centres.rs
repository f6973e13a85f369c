//! Centres that are read: from a codebook, or from a file of vectors.

use super::input_args::SpaceArgs;
use super::settings::{choose, kept};
use driftsphere::ingest::{InputFile, Roles, Selection};
use driftsphere::profile::{Codebooks, ProfileConfig, Role, SpaceConfig};
use driftsphere::sphere::Codebook;
use driftsphere::{Error, ErrorKind, Result};
use ndarray::{Array2, Axis, concatenate};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of a file of centres read at a time.
const BLOCK_ROWS: usize = 1 << 12;
/// More rows than this are no centres; [`Codebook::given`] has the last word.
const MAX_ROWS: usize = 1 << 17;

/// A configuration around the codebook of a file. Distance, model and seed are
/// those it was fitted with; distance and model may be named anew.
///
/// The seed of the sample may not: members of the codebook are known by the hash
/// of their id, and under another seed none would be found. (The seed of the
/// clustering may be any other; nothing is drawn with it again.)
pub(super) fn with_codebook(
    path: &Path,
    role: Role,
    space: &SpaceArgs,
    dim: usize,
) -> Result<(String, ProfileConfig)> {
    let books = Codebooks::read(path)?;
    let known = books.books.keys().map(String::as_str);
    let place = |error: Error| error.at("codebook", path.display());
    let name = choose(space.space.as_deref(), known).map_err(place)?;
    let mut config = SpaceConfig::new(dim);
    let mut seed = space.seed.unwrap_or(0);
    if let Some(book) = books.books.get(&name) {
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

/// Centres that somebody made elsewhere, such as embeddings of text prompts.
#[derive(Debug, Clone)]
pub(super) struct GivenCentres {
    rows: Array2<f32>,
    names: Option<Vec<String>>,
    file: String,
}

impl GivenCentres {
    /// Reads `FILE`, or `FILE:KEY`, as other inputs are read; its rows must have the
    /// dimension of the embeddings.
    pub(super) fn read(file: &str, labels: Option<&str>, dim: usize) -> Result<Self> {
        let (path, key) = divide(file);
        Self::read_file(path, key, labels, dim).map_err(|e| e.at("option", "--centres"))
    }

    fn read_file(path: &str, key: Option<&str>, labels: Option<&str>, dim: usize) -> Result<Self> {
        let place = |error: Error| error.at("file", path);
        let input = InputFile::open(path)?;
        let embeddings = match key {
            Some(key) => key.to_owned(),
            None => input.sole_embeddings()?.ok_or_else(|| {
                let message = "no matrix of centres (centres, dimension)";
                place(Error::new(ErrorKind::Argument, message))
            })?,
        };
        let own = input.dimension(&embeddings)?;
        if own != dim {
            let message = format!("centres of dimension {own}, the embeddings have {dim}");
            return Err(place(Error::new(ErrorKind::Incompatible, message)));
        }
        let roles = Roles {
            embeddings: Some(embeddings),
            labels: labels.map(str::to_owned),
            ..Roles::default()
        };
        let mut scan = input.scan(&roles, &Selection::default())?;
        let mut parts = Vec::new();
        let mut names = Vec::new();
        let mut read = 0;
        while let Some(block) = scan.next_block(BLOCK_ROWS)? {
            let batch = block.batch("");
            parts.extend(batch.spaces().map(|(_, rows)| rows.to_owned()));
            names.extend(
                (0..batch.len()).map(|row| batch.label(row).unwrap_or_default().into_owned()),
            );
            read += batch.len();
            if read > MAX_ROWS {
                break;
            }
        }
        if let Some(problem) = scan.problems().first() {
            return Err(place(Error::new(ErrorKind::Input, problem.to_string())));
        }
        let views: Vec<_> = parts.iter().map(Array2::view).collect();
        let rows = match views.is_empty() {
            true => Array2::zeros((0, dim)),
            false => concatenate(Axis(0), &views).expect("blocks of one matrix have one width"),
        };
        Ok(Self {
            rows,
            names: labels.map(|_| names),
            file: path.to_owned(),
        })
    }

    /// Measures the rows of a space against them, without its mean if it has one.
    pub(super) fn put_into(&self, config: &mut ProfileConfig, space: &str) -> Result<()> {
        let Some(space) = config.spaces.get_mut(space) else {
            return Ok(());
        };
        let centred = space
            .mean
            .as_ref()
            .map(|mean| mean.centred(&self.rows.view()));
        let rows = centred.as_ref().unwrap_or(&self.rows).view();
        let names = self.names.as_deref();
        let book = Codebook::given(&rows, names, space.distance, space.model.clone())
            .map_err(|e| e.at("file", &self.file).at("option", "--centres"))?;
        space.codebook = Some(Arc::new(book));
        Ok(())
    }
}

/// The file that is meant: an input that an output must not destroy.
pub(super) fn file(text: &str) -> PathBuf {
    divide(text).0.into()
}

/// A file that is there is meant whole, whatever it is called; else what stands
/// before the last colon, and the key behind it.
fn divide(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((path, key)) if !Path::new(text).is_file() && Path::new(path).is_file() => {
            (path, Some(key))
        }
        _ => (text, None),
    }
}
