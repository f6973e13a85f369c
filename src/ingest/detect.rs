//! What a file is, told by its content, and the columns it has.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::csv;
use super::dtype::Dtype;
use super::field::{Field, FieldKind};
use super::json_lines::JsonStream;
use super::limits::Limits;
#[cfg(feature = "parquet")]
use super::parquet::ParquetFile;
use super::problem::Problems;
use super::sniff::{self, TextKind};
use super::source::io;
use super::stream::{Request, RowStream};
use super::table::ArrayFile;
use crate::error::Result;
#[cfg(not(feature = "parquet"))]
use crate::error::{Error, ErrorKind};

/// The first bytes of a Parquet file.
const PARQUET: &[u8; 4] = b"PAR1";

/// The first bytes of a profile, which no reader of data takes: that of arrays says so.
const PROFILE: &[u8; 4] = b"\x89DSP";

/// Bytes looked at to tell what a file is.
const SNIFFED: u64 = 64 << 10;

/// Records looked at for the names in a file that does not begin with them.
const NAMES_FROM: usize = 1000;

/// What lies behind a path.
#[derive(Debug)]
pub(crate) enum Kind {
    Arrays(ArrayFile),
    #[cfg(feature = "parquet")]
    Parquet(ParquetFile),
    Text(TextKind),
    #[cfg(feature = "images")]
    Images(super::image::ImageSet),
}

/// The kind and the columns of a file that does not hold arrays.
pub(crate) fn records(
    path: &Path,
    is_table: bool,
    limits: &Limits,
) -> Result<Option<(Kind, Vec<Field>)>> {
    // Asked before opening: opening a pipe would wait for its writer.
    if !std::fs::metadata(path).map_err(io)?.is_file() {
        return Ok(None);
    }
    let mut start = Vec::new();
    let file = File::open(path).map_err(io)?;
    file.take(SNIFFED).read_to_end(&mut start).map_err(io)?;
    if start.starts_with(PARQUET) {
        return parquet(path, limits).map(Some);
    }
    if super::safetensors::begins_so(&start) || start.starts_with(PROFILE) {
        return Ok(None);
    }
    let Some(kind) = sniff::kind(&start, is_table) else {
        return Ok(None);
    };
    let kind = kind?;
    let names = match kind {
        TextKind::Csv { delimiter } => csv::header(path, delimiter, limits)?,
        TextKind::JsonLines => json_names(path, limits)?,
    };
    let field = |name| Field {
        name,
        kind: FieldKind::Scalar,
    };
    Ok(Some((
        Kind::Text(kind),
        names.into_iter().map(field).collect(),
    )))
}

#[cfg(feature = "parquet")]
fn parquet(path: &Path, limits: &Limits) -> Result<(Kind, Vec<Field>)> {
    let file = ParquetFile::open(path, limits)?;
    let fields = file.fields();
    Ok((Kind::Parquet(file), fields))
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: &Path, _: &Limits) -> Result<(Kind, Vec<Field>)> {
    Err(Error::new(
        ErrorKind::Input,
        "a Parquet file, which this build cannot read; build with the feature `parquet`",
    ))
}

fn json_names(path: &Path, limits: &Limits) -> Result<Vec<String>> {
    let request = Request {
        patterns: vec!["*".to_owned()],
        ..Request::default()
    };
    let mut stream = JsonStream::open(path, limits, &request)?;
    let block = stream.next(NAMES_FROM, &mut Problems::default())?;
    let features = block.map(|block| block.features).unwrap_or_default();
    Ok(features.into_iter().map(|(name, _)| name).collect())
}

/// The columns of a file of arrays.
pub(crate) fn arrays(file: ArrayFile) -> (Kind, Vec<Field>) {
    let arrays = file.arrays().iter();
    let fields = arrays
        .map(|array| {
            let kind = match array.shape.len() {
                1 if array.name.ends_with("_names") => FieldKind::Other("names of codes".into()),
                1 => FieldKind::Scalar,
                2 if array.dtype.is_number() => FieldKind::Vector {
                    floats: matches!(array.dtype, Dtype::Float { .. } | Dtype::BFloat),
                },
                _ => FieldKind::Other(array.dtype.to_string()),
            };
            Field {
                name: array.name.clone(),
                kind,
            }
        })
        .collect();
    (Kind::Arrays(file), fields)
}
