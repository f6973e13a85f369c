//! A file of any kind behind one door.

use std::path::Path;
use std::sync::Arc;

use super::array_scan::ArrayScan;
use super::csv::CsvStream;
use super::detect::{self, Kind};
use super::field::{Field, FieldKind, Roles};
#[cfg(feature = "images")]
use super::image::{ImageSet, ImageStream};
use super::json_lines::JsonStream;
use super::limits::Limits;
#[cfg(feature = "parquet")]
use super::parquet::ParquetStream;
use super::problem::Problems;
use super::scan::Scan;
use super::select::Selection;
use super::sniff::TextKind;
use super::stream::{Request, RowStream, VectorRequest, unknown};
use super::stream_scan::StreamScan;
use super::table::ArrayFile;
use crate::error::{Error, ErrorKind, Result};
use crate::glob::matches;

/// What is known of every picture without being a feature of it.
pub(super) const BUILT_IN: [&str; 5] = ["id", "folder", "exif", "file", "exif-or-file"];

/// What a file is taken for where its content leaves that open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum As {
    /// A matrix of embeddings, with columns beside it.
    Embeddings,
    /// Records of named values.
    Records,
}

/// The kinds of files that are read, found by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `.npy`, `.npz`, `.safetensors`.
    Arrays,
    /// Parquet.
    Parquet,
    /// A table with names in its first line.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// Pictures: each is a record.
    Images,
}

/// A file of arrays or records, opened but not read.
///
/// | file | embeddings | ids, labels, features ... |
/// | --- | --- | --- |
/// | `.npy`, `.npz`, `.safetensors` | an array `(rows, dimension)` | arrays `(rows,)` |
/// | Parquet | a column of lists of numbers | columns of numbers, texts, truth values, dates, timestamps |
/// | CSV | none | fields; types value by value: nothing is null, `0.5` a number, `0,5` one too where commas do not divide fields, `true` a truth value, `007` a text |
/// | JSON lines | a list of numbers | values; nested objects flatten: `{"box": {"w": 3}}` is `box.w` |
///
/// Columns that were not asked for are not decoded. Memory is one block of
/// records, but for arrays, of which columns are held whole.
///
/// ```
/// use driftsphere::ingest::{Format, InputFile, Roles, Selection};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("log.jsonl");
/// std::fs::write(&path, "{\"emb\": [0.6, 0.8], \"score\": 0.9}\n{\"emb\": [1.0, 0.0]}\n")?;
///
/// let file = InputFile::open(&path)?;
/// assert_eq!(file.format(), Format::JsonLines);
/// assert_eq!(file.dimension("emb")?, 2);
/// let roles = Roles {
///     embeddings: Some("emb".into()),
///     features: vec!["*".into()],
///     ..Roles::default()
/// };
/// let mut scan = file.scan(&roles, &Selection::all())?;
/// let block = scan.next_block(1000)?.unwrap();
/// assert_eq!(block.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct InputFile {
    path: Arc<Path>,
    limits: Limits,
    kind: Kind,
    fields: Vec<Field>,
}

impl InputFile {
    /// Opens a file under the default [`Limits`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] when it cannot be read; [`ErrorKind::Input`] when it is
    /// of no known kind, or damaged; [`ErrorKind::Limit`] when it asks for too
    /// much.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, None, &Limits::default())
    }

    /// Opens a file under limits of one's own, taken for what `kind` says where
    /// its content leaves that open.
    ///
    /// # Errors
    ///
    /// As [`InputFile::open`].
    pub fn open_with(path: impl AsRef<Path>, kind: Option<As>, limits: &Limits) -> Result<Self> {
        let path: Arc<Path> = path.as_ref().into();
        let place = |error: Error| error.at("file", path.display());
        let records = kind == Some(As::Records);
        let (kind, fields) = match detect::records(&path, records, limits).map_err(place)? {
            Some(found) => found,
            None => detect::arrays(ArrayFile::open_with(&path, limits)?),
        };
        Ok(Self {
            path,
            limits: *limits,
            kind,
            fields,
        })
    }

    /// Pictures as records, each with what is measured of it; columns that a list gives them
    /// are its fields, all others turn up as they are read.
    #[cfg(feature = "images")]
    #[must_use]
    pub fn of_images(set: ImageSet) -> Self {
        let field = |name| Field {
            name,
            kind: FieldKind::Scalar,
        };
        Self {
            path: set.place().into(),
            limits: Limits::default(),
            fields: set.columns().into_iter().map(field).collect(),
            kind: Kind::Images(set),
        }
    }

    /// The path that was opened; of pictures the first.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The kind of the file.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.kind {
            Kind::Arrays(_) => Format::Arrays,
            #[cfg(feature = "parquet")]
            Kind::Parquet(_) => Format::Parquet,
            Kind::Text(TextKind::Csv { .. }) => Format::Csv,
            Kind::Text(TextKind::JsonLines) => Format::JsonLines,
            #[cfg(feature = "images")]
            Kind::Images(_) => Format::Images,
        }
    }

    /// The columns in the order of the file. JSON lines list the single values
    /// in their first lines; further ones may turn up.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Whether [`InputFile::fields`] lists a column called `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// Whether every picture of it has something called so that is no feature, such as
    /// `folder`.
    #[must_use]
    pub fn has_built_in(&self, name: &str) -> bool {
        self.format() == Format::Images && BUILT_IN.contains(&name)
    }

    /// Whether any column holds vectors.
    #[must_use]
    pub fn has_vectors(&self) -> bool {
        let mut kinds = self.fields.iter().map(|field| &field.kind);
        kinds.any(|kind| matches!(kind, FieldKind::Vector { .. }))
    }

    /// The column that is most likely the embeddings: the only matrix of arrays,
    /// the only column of lists of floating-point numbers in Parquet. A file of
    /// records may have none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] when several could be meant, or when a file of
    /// arrays has none.
    pub fn sole_embeddings(&self) -> Result<Option<String>> {
        if let Kind::Arrays(file) = &self.kind {
            return file.sole_matrix().map(|array| Some(array.name.clone()));
        }
        let lists = self
            .fields
            .iter()
            .filter(|field| field.kind == FieldKind::Vector { floats: true });
        let lists: Vec<&str> = lists.map(|field| field.name.as_str()).collect();
        match lists.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some((*one).to_owned())),
            several => Err(Error::new(
                ErrorKind::Argument,
                format!(
                    "{} columns could be the embeddings ({}); name one with --embeddings, or leave \
                     them all with --as records",
                    several.len(),
                    several.join(", ")
                ),
            )
            .at("file", self.path.display())),
        }
    }

    /// Length of the embeddings called `name`; in records that of the first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] for a name that is unknown or no embeddings;
    /// [`ErrorKind::Input`] when no record has any; and what reading gives.
    pub fn dimension(&self, name: &str) -> Result<usize> {
        if let Kind::Arrays(file) = &self.kind {
            return file.matrix(name).map(|matrix| matrix.cols());
        }
        let request = Request {
            vector: Some(VectorRequest {
                name: name.to_owned(),
                dim: None,
            }),
            ..Request::default()
        };
        let find = || {
            let mut stream = self.stream(&request)?;
            let mut problems = Problems::default();
            while let Some(block) = stream.next(256, &mut problems)? {
                if let Some(dim) = block.vectors.and_then(|vectors| vectors.dim) {
                    return Ok(dim);
                }
            }
            Err(Error::new(ErrorKind::Input, "no record has an embedding").at("column", name))
        };
        find().map_err(|e| e.at("file", self.path.display()))
    }

    /// The features that `roles` means, sorted by name. In JSON lines further
    /// ones may turn up.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] for a pattern that no column matches; the pattern
    /// `*` may match none.
    pub fn features(&self, roles: &Roles) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for pattern in &roles.features {
            if !pattern.contains('*') {
                names.push(pattern.clone());
                continue;
            }
            let before = names.len();
            let scalars = self
                .fields
                .iter()
                .filter(|field| field.kind == FieldKind::Scalar);
            let free = scalars.filter(|field| !roles.takes(&field.name));
            let found = free.filter(|field| matches(pattern, &field.name));
            names.extend(found.map(|field| field.name.clone()));
            let open = [Format::JsonLines, Format::Images];
            let may_come = open.contains(&self.format()) || pattern == "*";
            if names.len() == before && !may_come {
                let known: Vec<String> = self.fields.iter().map(|f| f.name.clone()).collect();
                let listed = unknown(pattern, &known);
                let held = listed.message().rsplit("; ").next().unwrap_or_default();
                return Err(
                    Error::new(ErrorKind::Argument, format!("no column matches; {held}"))
                        .at("pattern", pattern)
                        .at("option", "--features")
                        .at("file", self.path.display()),
                );
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Opens the file for reading: these columns of these rows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] for a name that the file does not have, or that
    /// cannot be used so; [`ErrorKind::Input`] for a codec that is not built in;
    /// and what reading gives.
    pub fn scan(&self, roles: &Roles, selection: &Selection) -> Result<Scan> {
        let features = self.features(roles)?;
        if let Kind::Arrays(file) = &self.kind {
            return Ok(Scan::arrays(ArrayScan::open(
                file, roles, &features, selection,
            )?));
        }
        let place = |error: Error| error.at("file", self.path.display());
        let dim = roles.embeddings.as_ref();
        let dim = dim.map(|name| self.dimension(name)).transpose()?;
        let unit = match self.format() {
            Format::Parquet => "row",
            Format::Images => "picture",
            _ => "line",
        };
        let scan = StreamScan::open(
            Arc::clone(&self.path),
            unit,
            roles,
            dim,
            features,
            selection,
            |request| self.stream(request),
        );
        let expected = match &self.kind {
            #[cfg(feature = "parquet")]
            Kind::Parquet(file) if selection.is_all() => Some(file.rows()),
            _ => None,
        };
        Ok(Scan::stream(scan.map_err(place)?, expected))
    }

    pub(super) fn stream(&self, request: &Request) -> Result<Box<dyn RowStream>> {
        Ok(match &self.kind {
            Kind::Arrays(_) => {
                return Err(Error::new(
                    ErrorKind::Argument,
                    "arrays are not read as records",
                ));
            }
            #[cfg(feature = "parquet")]
            Kind::Parquet(file) => Box::new(ParquetStream::open(
                &self.path,
                file,
                &self.limits,
                request,
            )?),
            Kind::Text(TextKind::Csv { delimiter }) => Box::new(CsvStream::open(
                &self.path,
                *delimiter,
                &self.limits,
                request,
            )?),
            Kind::Text(TextKind::JsonLines) => {
                Box::new(JsonStream::open(&self.path, &self.limits, request)?)
            }
            #[cfg(feature = "images")]
            Kind::Images(set) => Box::new(ImageStream::open(set, request)?),
        })
    }
}
