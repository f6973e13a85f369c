//! A matrix of embeddings, block of rows by block of rows.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use ndarray::Array2;

use super::decode::numbers;
use super::header::{Header, Shape};
use super::limits::Limits;
use super::source::{Packing, Source, SourceReader, io};
use super::table::Place;
use crate::error::{Error, ErrorKind, Result};

/// Bytes read and converted at a time.
const CHUNK: usize = 256 << 10;

/// Reads a two-dimensional array of numbers as rows of `f32`, in order.
///
/// Memory is one block, however many rows there are: rows in C order are
/// streamed (also out of a compressed archive), columns of a Fortran-order
/// array are visited at their places in the file. Only a Fortran-order array in
/// a *compressed* archive has to be unfolded whole, under
/// [`Limits::max_column_bytes`].
///
/// `f16` becomes `f32` exactly; `f64` and integers are rounded to nearest, and a
/// value beyond the range of `f32` becomes infinite, to be counted as such.
///
/// The checksum of an archive is compared when the last row has been read.
///
/// ```
/// use driftsphere::ingest::ArrayFile;
/// use ndarray::array;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("embeddings.npy");
/// ndarray_npy::write_npy(&path, &array![[0.5_f32, 1.0], [2.0, 4.0], [8.0, 16.0]])?;
///
/// let mut reader = ArrayFile::open(&path)?.matrix("")?;
/// assert_eq!((reader.rows(), reader.cols()), (3, 2));
/// let mut rows = Vec::new();
/// while let Some(block) = reader.next_block(2)? {
///     rows.push(block.nrows());
/// }
/// assert_eq!(rows, [2, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MatrixReader {
    rows: usize,
    cols: usize,
    next: usize,
    header: Header,
    layout: Layout,
    max_block_bytes: usize,
    place: Place,
}

/// Where the rows come from.
enum Layout {
    /// C order: row after row.
    Rows(Box<SourceReader>),
    /// Fortran order in a file: column after column, first byte of the data.
    Columns(File, u64),
    /// Fortran order, unfolded.
    Whole(Vec<u8>),
}

impl MatrixReader {
    pub(crate) fn open(
        source: &Source,
        header: &Header,
        limits: &Limits,
        place: Place,
    ) -> Result<Self> {
        let (rows, cols) = check(header, limits).map_err(|e| place.add(e))?;
        let layout = open(source, header, limits).map_err(|e| place.add(e))?;
        Ok(Self {
            rows,
            cols,
            next: 0,
            header: header.clone(),
            layout,
            max_block_bytes: limits.max_block_bytes,
            place,
        })
    }

    /// Number of rows of the whole matrix.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns: the dimension of the embeddings, at least 1.
    #[must_use]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Index of the row that comes next.
    #[must_use]
    pub fn position(&self) -> usize {
        self.next
    }

    /// The next rows, at most `max_rows` (fewer where [`Limits::max_block_bytes`]
    /// or the end says so, never none), or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] when the data end early, are damaged, or unfold to
    /// more than was stated; [`ErrorKind::Io`] when they cannot be read;
    /// [`ErrorKind::Argument`] when `max_rows` is 0.
    pub fn next_block(&mut self, max_rows: usize) -> Result<Option<Array2<f32>>> {
        if max_rows == 0 {
            return Err(no_rows_asked());
        }
        let rows = max_rows.min(self.block_rows()).min(self.rows - self.next);
        if rows == 0 {
            return Ok(None);
        }
        let values = self.read(rows).map_err(|e| self.place.add(e))?;
        self.next += rows;
        let block = Array2::from_shape_vec((rows, self.cols), values);
        block.map(Some).map_err(|error| {
            let error = Error::new(ErrorKind::Input, error.to_string()).because(error);
            self.place.add(error)
        })
    }

    /// Passes over up to `count` rows; in a stored array without reading them,
    /// after which its checksum is not compared.
    ///
    /// # Errors
    ///
    /// As [`MatrixReader::next_block`].
    pub fn skip_rows(&mut self, count: usize) -> Result<()> {
        let rows = count.min(self.rows - self.next);
        if let Layout::Rows(reader) = &mut self.layout {
            let bytes = rows as u64 * (self.cols * self.header.size()) as u64;
            reader.skip(bytes).map_err(|e| self.place.add(e))?;
        }
        self.next += rows;
        Ok(())
    }

    /// Most rows that a block may hold.
    pub(crate) fn block_rows(&self) -> usize {
        (self.max_block_bytes / 4 / self.cols).max(1)
    }

    fn read(&mut self, rows: usize) -> Result<Vec<f32>> {
        let size = self.header.size();
        let total = rows * self.cols;
        match &mut self.layout {
            Layout::Rows(reader) => {
                // Memory follows the bytes that arrive, not the count that is claimed.
                let per_chunk = CHUNK / size;
                let mut chunk = vec![0u8; per_chunk.min(total) * size];
                let mut values = Vec::with_capacity(total.min(1 << 20));
                while values.len() < total {
                    let bytes = &mut chunk[..per_chunk.min(total - values.len()) * size];
                    reader.fill(bytes)?;
                    numbers(bytes, &self.header.dtype, self.header.order, &mut values);
                }
                Ok(values)
            }
            Layout::Columns(file, start) => {
                let mut bytes = vec![0u8; rows * size];
                let mut values = vec![0f32; total];
                let mut column = Vec::with_capacity(rows);
                for col in 0..self.cols {
                    let element = col as u64 * self.rows as u64 + self.next as u64;
                    let at = *start + element * size as u64;
                    file.seek(SeekFrom::Start(at)).map_err(io)?;
                    file.read_exact(&mut bytes).map_err(io)?;
                    column.clear();
                    numbers(&bytes, &self.header.dtype, self.header.order, &mut column);
                    scatter(&column, col, self.cols, &mut values);
                }
                Ok(values)
            }
            Layout::Whole(bytes) => {
                let mut values = vec![0f32; total];
                let mut column = Vec::with_capacity(rows);
                for col in 0..self.cols {
                    let at = (col * self.rows + self.next) * size;
                    column.clear();
                    let part = &bytes[at..at + rows * size];
                    numbers(part, &self.header.dtype, self.header.order, &mut column);
                    scatter(&column, col, self.cols, &mut values);
                }
                Ok(values)
            }
        }
    }
}

impl std::fmt::Debug for MatrixReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MatrixReader")
            .field("place", &self.place)
            .field("rows", &self.rows)
            .field("cols", &self.cols)
            .field("position", &self.next)
            .finish_non_exhaustive()
    }
}

fn scatter(column: &[f32], col: usize, cols: usize, values: &mut [f32]) {
    for (row, &value) in values.chunks_exact_mut(cols).zip(column) {
        row[col] = value;
    }
}

/// The answer to a request for a block of no rows.
pub(crate) fn no_rows_asked() -> Error {
    Error::new(ErrorKind::Argument, "a block needs at least one row")
}

/// Rows and columns, if the array is a matrix of numbers.
fn check(header: &Header, limits: &Limits) -> Result<(usize, usize)> {
    header.supported()?;
    let input = |message: String| Err(Error::new(ErrorKind::Input, message));
    if !header.dtype.is_number() {
        return input(format!(
            "embeddings are numbers, this array holds {}",
            header.dtype
        ));
    }
    let &[rows, cols] = header.shape.as_slice() else {
        return input(format!(
            "embeddings have the shape (rows, dimension), this array has {}; use array.reshape(len(array), -1)",
            Shape(&header.shape)
        ));
    };
    if cols == 0 {
        return input(format!(
            "{} leaves rows without values",
            Shape(&header.shape)
        ));
    }
    if cols > limits.max_columns {
        return Err(Error::new(
            ErrorKind::Limit,
            format!("{cols} columns, the limit is {}", limits.max_columns),
        ));
    }
    Ok((rows, cols))
}

fn open(source: &Source, header: &Header, limits: &Limits) -> Result<Layout> {
    if !header.fortran || source.packing == Packing::Stored {
        return Ok(if header.fortran {
            let file = File::open(&source.path).map_err(io)?;
            Layout::Columns(file, source.start + header.length)
        } else {
            let mut reader = source.open()?;
            header.pass(&mut reader, limits)?;
            Layout::Rows(Box::new(reader))
        });
    }
    let bytes = source.size - header.length;
    if bytes > limits.max_column_bytes {
        return Err(Error::new(
            ErrorKind::Limit,
            format!(
                "a compressed array in Fortran order must be held whole, and {bytes} bytes pass the limit of {}; \
                 save np.ascontiguousarray(array)",
                limits.max_column_bytes
            ),
        ));
    }
    let mut reader = source.open()?;
    Header::read(&mut reader, limits)?;
    let mut whole = Vec::new();
    let mut chunk = vec![0u8; CHUNK];
    let mut left = bytes;
    while left > 0 {
        let step = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        reader.fill(&mut chunk[..step])?;
        whole.extend_from_slice(&chunk[..step]);
        left -= step as u64;
    }
    Ok(Layout::Whole(whole))
}
