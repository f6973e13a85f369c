//! What lies behind an input path: one array, or several by name.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::column::Column;
use super::decode;
use super::dtype::Dtype;
use super::header::{Header, MAGIC, Shape};
use super::limits::Limits;
use super::matrix::MatrixReader;
use super::source::{Packing, Source, io};
use crate::error::{Error, ErrorKind, Result};

/// Most names that an error lists.
const NAMES_SHOWN: usize = 12;

/// What is known about an array before its data are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrayInfo {
    /// Its key in the archive; empty for the one array of a `.npy` file.
    pub name: String,
    /// Its dimensions, as in NumPy.
    pub shape: Vec<usize>,
    /// Its element type.
    pub dtype: Dtype,
}

/// Where an error happened.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    name: Arc<str>,
    path: Arc<Path>,
}

impl Place {
    pub(crate) fn add(&self, error: Error) -> Error {
        let error = match &*self.name {
            "" => error,
            name => error.at("array", name),
        };
        error.at("file", self.path.display())
    }
}

/// A `.npy` file (one array without a name), a `.npz` archive or a
/// `.safetensors` file (arrays by name), recognised by content.
///
/// Opening reads the headers of all arrays and checks them against the bytes
/// that are there; data are read on request. An array of a type that cannot be
/// read (objects, records) is listed, and is an error only when asked for.
///
/// ```
/// use driftsphere::ingest::{ArrayFile, Column};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("labels.npy");
/// ndarray_npy::write_npy(&path, &ndarray::array![3_i16, 1, 2])?;
///
/// let file = ArrayFile::open(&path)?;
/// assert_eq!(file.arrays()[0].shape, [3]);
/// assert_eq!(file.arrays()[0].dtype.to_string(), "int16");
/// assert_eq!(file.column("")?, Column::Int(vec![3, 1, 2]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ArrayFile {
    path: Arc<Path>,
    limits: Limits,
    arrays: Vec<ArrayInfo>,
    /// Beside `arrays`: where each lies, and its header.
    members: Vec<(Source, Header)>,
}

impl ArrayFile {
    /// Opens a file under the default [`Limits`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] when it cannot be read; [`ErrorKind::Input`] when it is
    /// neither kind of file, or cut or damaged; [`ErrorKind::Limit`] when it
    /// asks for too much.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &Limits::default())
    }

    /// Opens a file under limits of one's own.
    ///
    /// # Errors
    ///
    /// As [`ArrayFile::open`].
    pub fn open_with(path: impl AsRef<Path>, limits: &Limits) -> Result<Self> {
        let path: Arc<Path> = path.as_ref().into();
        Self::read(Arc::clone(&path), limits).map_err(|e| e.at("file", path.display()))
    }

    fn read(path: Arc<Path>, limits: &Limits) -> Result<Self> {
        // Asked before opening: opening a pipe would wait for its writer.
        let metadata = std::fs::metadata(&path).map_err(io)?;
        if !metadata.is_file() {
            return Err(Error::new(
                ErrorKind::Input,
                "not a regular file but a pipe, a device or a folder; inputs are read more than once: \
                 save it as a file first",
            ));
        }
        let mut start = Vec::new();
        let mut file = File::open(&path).map_err(io)?;
        file.by_ref().take(12).read_to_end(&mut start).map_err(io)?;
        #[cfg(feature = "records")]
        if super::safetensors::begins_so(&start) {
            let members = super::safetensors::members(&path, limits)?;
            return Ok(Self::of(path, limits, members));
        }
        let sources = if start.starts_with(MAGIC) {
            let source = Source {
                path: Arc::clone(&path),
                packing: Packing::Stored,
                start: 0,
                size: metadata.len(),
                crc: None,
            };
            vec![(String::new(), source)]
        } else if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
            archive(&path, limits)?
        } else {
            return Err(Error::new(ErrorKind::Input, unknown(&start)));
        };
        let mut members = Vec::with_capacity(sources.len());
        for (name, source) in sources {
            let header = source.open().and_then(|mut reader| {
                let header = Header::read(&mut reader, limits)?;
                header.fits(source.size)?;
                Ok(header)
            });
            let header = header.map_err(|error| match name.as_str() {
                "" => error,
                name => error.at("array", name),
            })?;
            members.push((name, source, header));
        }
        Ok(Self::of(path, limits, members))
    }

    fn of(path: Arc<Path>, limits: &Limits, members: Vec<(String, Source, Header)>) -> Self {
        let info = |(name, _, header): &(String, Source, Header)| ArrayInfo {
            name: name.clone(),
            shape: header.shape.clone(),
            dtype: header.dtype.clone(),
        };
        Self {
            path,
            limits: *limits,
            arrays: members.iter().map(info).collect(),
            members: members.into_iter().map(|(_, s, h)| (s, h)).collect(),
        }
    }

    /// The path given to [`ArrayFile::open`].
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The arrays, in the order of the archive.
    #[must_use]
    pub fn arrays(&self) -> &[ArrayInfo] {
        &self.arrays
    }

    /// Whether there is an array called `name`.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.arrays.iter().any(|array| array.name == name)
    }

    /// Reads a one-dimensional array (or a single value) whole.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] for an unknown name, with the names there are;
    /// [`ErrorKind::Input`] for an array of more dimensions, of a type that
    /// cannot be read, or cut or damaged; [`ErrorKind::Limit`] when it needs
    /// more memory than [`Limits::max_column_bytes`].
    pub fn column(&self, name: &str) -> Result<Column> {
        let (source, header) = &self.members[self.find(name)?];
        let place = self.place(name);
        if header.shape.len() > 1 {
            return Err(place.add(Error::new(
                ErrorKind::Input,
                format!(
                    "a column has one dimension, this array has the shape {}; save array.ravel() or one column of it",
                    Shape(&header.shape)
                ),
            )));
        }
        let read = || {
            let mut reader = source.open()?;
            header.pass(&mut reader, &self.limits)?;
            decode::column(&mut reader, header, &self.limits)
        };
        read().map_err(|e| place.add(e))
    }

    /// The texts of the array `<name>_names`, if there is one: what the whole
    /// numbers in `name` stand for (0 for the first).
    ///
    /// # Errors
    ///
    /// As [`ArrayFile::column`].
    pub fn names_of(&self, name: &str) -> Result<Option<Vec<String>>> {
        let names = format!("{name}_names");
        if !self.contains(&names) {
            return Ok(None);
        }
        match self.column(&names)? {
            Column::Text(names) => Ok(Some(names)),
            _ => Ok(None),
        }
    }

    /// Opens a two-dimensional array of numbers for reading in blocks of rows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] for an unknown name, with the names there are;
    /// [`ErrorKind::Input`] when the array is not a matrix of numbers.
    pub fn matrix(&self, name: &str) -> Result<MatrixReader> {
        let (source, header) = &self.members[self.find(name)?];
        MatrixReader::open(source, header, &self.limits, self.place(name))
    }

    /// The only two-dimensional array of floating-point numbers, or, if there
    /// are none of these, the only one of numbers.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] when there is none, or more than one; the error
    /// names the arrays there are.
    pub fn sole_matrix(&self) -> Result<&ArrayInfo> {
        let floats: Vec<_> = self
            .matrices()
            .filter(|array| matches!(array.dtype, Dtype::Float { .. } | Dtype::BFloat))
            .collect();
        let candidates = if floats.is_empty() {
            self.matrices().collect()
        } else {
            floats
        };
        match candidates.as_slice() {
            [one] => Ok(one),
            several => {
                let what = match several.len() {
                    0 => "no array has the shape (rows, dimension)".to_owned(),
                    n => format!("{n} arrays could be the embeddings; name one"),
                };
                let message = format!("{what}; the file holds {}", self.listing());
                Err(Error::new(ErrorKind::Argument, message).at("file", self.path.display()))
            }
        }
    }

    fn matrices(&self) -> impl Iterator<Item = &ArrayInfo> {
        self.arrays
            .iter()
            .filter(|array| array.shape.len() == 2 && array.dtype.is_number())
    }

    fn find(&self, name: &str) -> Result<usize> {
        let found = self.arrays.iter().position(|array| array.name == name);
        found.ok_or_else(|| {
            let message = match self.arrays.as_slice() {
                [] => "the archive holds no arrays".to_owned(),
                [one] if one.name.is_empty() => format!(
                    "a .npy file holds one array without a name, so there is no `{name}`; use np.savez for several"
                ),
                _ if name.is_empty() => {
                    format!("which array is meant? The file holds {}", self.listing())
                }
                _ => format!(
                    "there is no array `{name}`; the file holds {}",
                    self.listing()
                ),
            };
            Error::new(ErrorKind::Argument, message).at("file", self.path.display())
        })
    }

    /// The arrays, for people: `emb (12500, 1280) float32, label (12500,) int16`.
    fn listing(&self) -> String {
        let mut out = String::new();
        for (i, array) in self.arrays.iter().take(NAMES_SHOWN).enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            let shape = Shape(&array.shape);
            let _ = write!(out, "{comma}{} {shape} {}", array.name, array.dtype);
        }
        if self.arrays.len() > NAMES_SHOWN {
            let _ = write!(out, " and {} more", self.arrays.len() - NAMES_SHOWN);
        }
        out
    }

    fn place(&self, name: &str) -> Place {
        Place {
            name: name.into(),
            path: Arc::clone(&self.path),
        }
    }
}

#[cfg(feature = "npz")]
fn archive(path: &Arc<Path>, limits: &Limits) -> Result<Vec<(String, Source)>> {
    super::npz::members(path, limits)
}

#[cfg(not(feature = "npz"))]
fn archive(_: &Arc<Path>, _: &Limits) -> Result<Vec<(String, Source)>> {
    Err(Error::new(
        ErrorKind::Input,
        "an .npz archive, which this build cannot read; build with the feature `npz`",
    ))
}

/// What a file that is neither kind seems to be, and what to do.
fn unknown(start: &[u8]) -> &'static str {
    match start {
        [] => "the file is empty",
        [0x80, 2..=5, ..] => {
            "a Python pickle, which is never loaded; save the array with np.save or np.savez"
        }
        [b'P', b'A', b'R', b'1', ..] => {
            "a Parquet file, which holds records rather than arrays: InputFile reads it, with the \
             feature `parquet`"
        }
        // FORMAT.md: the kind stands in byte 10, codebooks are 2.
        [0x89, b'D', b'S', b'P', _, _, _, _, _, _, 2, ..] => {
            "this is a driftsphere codebook file, where data are read; `--codebook` takes it"
        }
        [0x89, b'D', b'S', b'P', ..] => {
            "this is a driftsphere profile already, where data are read; `compare`, `merge` and \
             `show` take it"
        }
        [0x89, b'H', b'D', b'F', ..] => {
            "an HDF5 file; save the arrays with np.savez to read them here"
        }
        _ => {
            "neither an array file (.npy, .npz, .safetensors) nor records (Parquet, CSV, JSON \
             lines); write arrays with np.save or np.savez"
        }
    }
}
