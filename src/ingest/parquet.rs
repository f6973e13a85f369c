//! Parquet: columns in row groups, compressed page by page.
//!
//! The file is read by the `parquet` crate; only the asked columns are decoded,
//! some thousand rows at a time. The schema is that of Parquet itself: what a
//! writer noted about types of its own (dictionaries, lists of fixed size) is
//! passed over, so that such columns are read as what they hold.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Compression;

use super::field::{Field, FieldKind};
use super::limits::Limits;
use super::parquet_column as decode;
use super::problem::Problems;
use super::quiet::quietly;
use super::source::io;
use super::stream::{BLOCK_VALUES, RawBlock, Request, RowStream, Vectors, unknown};
use crate::error::{Error, ErrorKind, Result};

/// Rows decoded at a time, at most and at least.
const BATCH_ROWS: usize = 8192;
const LEAST_ROWS: usize = 64;

/// Bytes of embeddings decoded at a time.
const BATCH_BYTES: usize = 8 << 20;

/// A file that was opened: its description, no data yet.
#[derive(Debug, Clone)]
pub(crate) struct ParquetFile {
    metadata: ArrowReaderMetadata,
}

impl ParquetFile {
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self> {
        let mut file = File::open(path).map_err(io)?;
        check_footer(&mut file, limits)?;
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = fenced(|| ArrowReaderMetadata::load(&file, options))?;
        let fields = metadata.schema().fields();
        if fields.len() > limits.max_fields {
            return Err(Error::new(
                ErrorKind::Limit,
                format!(
                    "{} columns, the limit is {}",
                    fields.len(),
                    limits.max_fields
                ),
            ));
        }
        let mut names = BTreeSet::new();
        match fields.iter().find(|field| !names.insert(field.name())) {
            None => Ok(Self { metadata }),
            Some(twice) => {
                Err(input("two columns have one name; rename one of them")
                    .at("column", twice.name()))
            }
        }
    }

    /// The columns, as they can be used.
    pub(crate) fn fields(&self) -> Vec<Field> {
        let fields = self.schema().fields().iter();
        fields
            .map(|field| Field {
                name: field.name().clone(),
                kind: kind(field.data_type()),
            })
            .collect()
    }

    /// Number of rows, as stated.
    pub(crate) fn rows(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    /// Indices of the asked columns in the file.
    fn find(&self, name: &str, vector: bool) -> Result<usize> {
        let schema = self.schema();
        let names =
            || -> Vec<String> { schema.fields().iter().map(|f| f.name().clone()).collect() };
        let found = schema.index_of(name);
        let at = found.map_err(|_| unknown(name, &names()))?;
        let message = match kind(schema.field(at).data_type()) {
            FieldKind::Vector { .. } if vector => return Ok(at),
            FieldKind::Scalar | FieldKind::Time if !vector => return Ok(at),
            FieldKind::Scalar | FieldKind::Time => {
                "embeddings are lists of numbers, this column holds single values".into()
            }
            FieldKind::Vector { .. } => {
                "a column of lists, where single values are expected; take it with --embeddings"
                    .into()
            }
            FieldKind::Other(what) => format!(
                "a column of the type {what} is not read; save it as numbers, texts, truth values or times"
            ),
        };
        Err(Error::new(ErrorKind::Argument, message).at("column", name))
    }

    /// An error if one of the asked columns is compressed by what this build
    /// cannot undo.
    fn check_codecs(&self, mask: &ProjectionMask) -> Result<()> {
        for group in self.metadata.metadata().row_groups() {
            for (leaf, column) in group.columns().iter().enumerate() {
                if !mask.leaf_included(leaf) {
                    continue;
                }
                let advice = match column.compression() {
                    Compression::ZSTD(_) if !cfg!(feature = "zstd") => {
                        "compressed by Zstandard, which this build cannot undo: build with the feature \
                         `zstd` (cargo install driftsphere --features zstd), or else"
                    }
                    Compression::BROTLI(_) => {
                        "compressed by Brotli, which driftsphere does not read"
                    }
                    Compression::LZO => "compressed by LZO, which driftsphere does not read",
                    _ => continue,
                };
                let message = format!(
                    "{advice}; write the file again with the codec snappy, lz4_raw, gzip or none"
                );
                let name = column.column_path().parts().first().cloned();
                return Err(input(message).at("column", name.unwrap_or_default()));
            }
        }
        Ok(())
    }
}

/// The use that a column can be put to.
fn kind(data_type: &DataType) -> FieldKind {
    match data_type {
        DataType::List(item) if item.data_type().is_numeric() => FieldKind::Vector {
            floats: item.data_type().is_floating(),
        },
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => FieldKind::Time,
        known if decode::is_scalar(known) => FieldKind::Scalar,
        other => FieldKind::Other(other.to_string().chars().take(64).collect()),
    }
}

/// The end of the file states the length of its description.
fn check_footer(file: &mut File, limits: &Limits) -> Result<()> {
    let total = file.metadata().map_err(io)?.len();
    let mut footer = [0; 8];
    if total < 12 {
        return Err(input("truncated: a Parquet file has at least 12 bytes"));
    }
    file.seek(SeekFrom::Start(total - 8)).map_err(io)?;
    file.read_exact(&mut footer).map_err(io)?;
    let length = u64::from(u32::from_le_bytes([
        footer[0], footer[1], footer[2], footer[3],
    ]));
    match &footer[4..] {
        b"PAR1" => {}
        b"PARE" => {
            return Err(input(
                "an encrypted Parquet file; write it without encryption",
            ));
        }
        _ => {
            return Err(input(
                "truncated: the Parquet file does not end with PAR1; write or copy it again",
            ));
        }
    }
    if length > limits.max_metadata_bytes as u64 {
        return Err(Error::new(
            ErrorKind::Limit,
            format!(
                "the Parquet footer claims {length} bytes, the limit is {}",
                limits.max_metadata_bytes
            ),
        ));
    }
    if length + 12 > total {
        return Err(input(
            "truncated inside the Parquet footer; write or copy the file again",
        ));
    }
    Ok(())
}

/// Runs a step of the `parquet` crate. Damaged files can make it panic where it
/// trusts what they state; that must not end the program.
fn fenced<T>(step: impl FnOnce() -> parquet::errors::Result<T>) -> Result<T> {
    match quietly(step) {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(damaged(&error.to_string()).because(error)),
        None => Err(damaged("it states what cannot be")),
    }
}

fn damaged(why: &str) -> Error {
    input(format!(
        "the Parquet data are damaged ({why}); write or copy the file again"
    ))
}

fn input(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Input, message)
}

/// Reads the asked columns of a file.
pub(crate) struct ParquetStream {
    reader: ParquetRecordBatchReader,
    /// What was decoded and not yet given.
    batch: Option<RecordBatch>,
    row: u64,
    rows: u64,
    /// Where the asked columns lie among the decoded ones.
    columns: Vec<usize>,
    features: Vec<(String, usize)>,
    vector: Option<(usize, Option<usize>)>,
    max_list: usize,
}

impl ParquetStream {
    pub(crate) fn open(
        path: &Path,
        parquet: &ParquetFile,
        limits: &Limits,
        request: &Request,
    ) -> Result<Self> {
        let columns = request.columns.iter();
        let columns: Vec<usize> = columns
            .map(|wanted| parquet.find(&wanted.name, false))
            .collect::<Result<_>>()?;
        let features = request.features.iter();
        let features: Vec<(String, usize)> = features
            .map(|name| Ok((name.clone(), parquet.find(name, false)?)))
            .collect::<Result<_>>()?;
        let vector = request.vector.as_ref();
        let vector = vector
            .map(|vector| Ok((parquet.find(&vector.name, true)?, vector.dim)))
            .transpose()?;
        let all = columns.iter().chain(features.iter().map(|(_, at)| at));
        // The decoded columns come in the order of the file.
        let order: BTreeSet<usize> = all.copied().chain(vector.map(|(at, _)| at)).collect();
        let order: Vec<usize> = order.into_iter().collect();
        let place = |at: usize| order.partition_point(|&known| known < at);
        let metadata = parquet.metadata.clone();
        let mask = ProjectionMask::roots(metadata.parquet_schema(), order.iter().copied());
        parquet.check_codecs(&mask)?;
        let rows = match vector {
            None => (BLOCK_VALUES / order.len().max(1)).clamp(LEAST_ROWS, BATCH_ROWS),
            Some((_, None)) => LEAST_ROWS,
            Some((_, Some(dim))) => (BATCH_BYTES / 4 / dim.max(1)).clamp(LEAST_ROWS, BATCH_ROWS),
        };
        let file = File::open(path).map_err(io)?;
        let reader = fenced(|| {
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
                .with_projection(mask)
                .with_batch_size(rows)
                .build()
        })?;
        Ok(Self {
            reader,
            batch: None,
            row: 0,
            rows: parquet.rows(),
            columns: columns.into_iter().map(place).collect(),
            features: features
                .into_iter()
                .map(|(name, at)| (name, place(at)))
                .collect(),
            vector: vector.map(|(at, dim)| (place(at), dim)),
            max_list: limits.max_columns,
        })
    }

    fn decode(&mut self) -> Result<Option<RecordBatch>> {
        if let Some(batch) = self.batch.take().filter(|batch| batch.num_rows() > 0) {
            return Ok(Some(batch));
        }
        let reader = &mut self.reader;
        let next = fenced(|| reader.next().transpose().map_err(Into::into))?;
        if next.is_none() && self.row != self.rows {
            return Err(damaged(&format!(
                "{} rows are stated, {} are there",
                self.rows, self.row
            )));
        }
        Ok(next)
    }
}

impl RowStream for ParquetStream {
    fn next(&mut self, max_rows: usize, _: &mut Problems) -> Result<Option<RawBlock>> {
        let Some(batch) = self.decode()? else {
            return Ok(None);
        };
        let rows = batch.num_rows().min(max_rows);
        let block = batch.slice(0, rows);
        self.batch = Some(batch.slice(rows, batch.num_rows() - rows));
        let numbers: Vec<u64> = (self.row..self.row + rows as u64).collect();
        self.row += rows as u64;
        let column = |at: usize| decode::column(block.column(at));
        let features = self.features.iter();
        let features = features.map(|(name, at)| {
            let column = column(*at).map_err(|e| e.at("column", name))?;
            Ok((name.clone(), column))
        });
        let mut vectors = None;
        if let Some((at, dim)) = self.vector {
            let mut found = Vectors::new(dim);
            decode::vectors(block.column(at), self.max_list, &mut found)?;
            vectors = Some(found);
        }
        Ok(Some(RawBlock {
            places: numbers.clone(),
            rows: numbers,
            columns: self
                .columns
                .iter()
                .map(|&at| column(at))
                .collect::<Result<_>>()?,
            vectors,
            fingerprints: None,
            features: features.collect::<Result<_>>()?,
        }))
    }
}
