//! What the inputs mean: files of one dimension, the rows of them that are
//! meant, and a way to read them as often as needed.

use super::columns::Columns;
use super::input_args::{ColumnArgs, RowArgs};
use super::output;
use super::progress::Progress;
use driftsphere::ingest::{ArrayFile, Batch, RowPlan, Selection};
use driftsphere::profile::ProfileBuilder;
use driftsphere::{Error, ErrorKind, Result};
use std::path::Path;

/// Bytes of embeddings read at a time.
const BLOCK_BYTES: usize = 32 << 20;

/// The records of one window, in files that have been opened and checked but
/// not read.
#[derive(Debug)]
pub(super) struct Window {
    files: Vec<InputFile>,
    columns: ColumnArgs,
    dim: usize,
}

#[derive(Debug)]
struct InputFile {
    file: ArrayFile,
    embeddings: String,
    plan: RowPlan,
}

impl Window {
    /// Opens the files and works out which of their rows are meant.
    pub(super) fn open(
        inputs: &[impl AsRef<Path>],
        columns: &ColumnArgs,
        rows: &RowArgs,
    ) -> Result<Self> {
        let selection = Selection::parse(rows.rows.as_deref(), &rows.conditions)?;
        let mut files = Vec::with_capacity(inputs.len());
        let mut dim = None;
        for path in inputs {
            let (file, cols) = InputFile::open(path.as_ref(), columns, &selection)?;
            let expected = *dim.get_or_insert(cols);
            if cols != expected {
                return Err(Error::new(
                    ErrorKind::Incompatible,
                    format!(
                        "embeddings of dimension {cols}, the first input has {expected}; \
                         one profile needs one dimension"
                    ),
                )
                .at("file", path.as_ref().display()));
            }
            files.push(file);
        }
        let window = Self {
            files,
            columns: columns.clone(),
            dim: dim.unwrap_or(0),
        };
        window.check_rows(&selection)?;
        Ok(window)
    }

    /// No row at all is an error where rows were asked for, as it is most likely
    /// a slip; an empty file is an empty window.
    fn check_rows(&self, selection: &Selection) -> Result<()> {
        let unmatched = self.files.iter().flat_map(|file| file.plan.unmatched());
        if self.rows() > 0 || selection.is_all() {
            unmatched.for_each(|sentence| output::note(sentence));
            if self.rows() == 0 {
                output::note("the input has no rows");
            }
            return Ok(());
        }
        let why: Vec<&str> = unmatched.map(String::as_str).collect();
        let message = match why.is_empty() {
            true => "no row is left to profile".to_owned(),
            false => format!("no row is left to profile: {}", why.join("; ")),
        };
        Err(Error::new(ErrorKind::Argument, message))
    }

    /// The dimension of the embeddings.
    pub(super) fn dim(&self) -> usize {
        self.dim
    }

    /// The number of records.
    pub(super) fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.plan.len() as u64).sum()
    }

    /// Feeds every record to a builder, as rows of `space`.
    pub(super) fn feed(
        &self,
        space: &str,
        builder: &mut ProfileBuilder,
        progress: &Progress,
    ) -> Result<()> {
        let rows = (BLOCK_BYTES / 4 / self.dim.max(1)).clamp(64, 1 << 16);
        for file in &self.files {
            let columns = Columns::read(&self.columns, &file.file, &file.plan)?;
            let place = |error: Error| error.at("file", file.file.path().display());
            let mut reader = file.plan.read(file.file.matrix(&file.embeddings)?)?;
            let mut start = 0;
            while let Some(block) = reader.next_block(rows)? {
                let end = start + block.nrows();
                let batch = Batch::new(block.nrows()).space(space, block.view());
                let batch = columns.add_to(start..end, batch).map_err(place)?;
                builder.track_batch(&batch).map_err(place)?;
                progress.advance(block.nrows());
                start = end;
            }
        }
        Ok(())
    }
}

impl InputFile {
    fn open(path: &Path, columns: &ColumnArgs, selection: &Selection) -> Result<(Self, usize)> {
        let file = ArrayFile::open(path)?;
        let embeddings = match &columns.embeddings {
            Some(key) => key.clone(),
            None => file
                .sole_matrix()
                .map_err(|e| e.at("option", "--embeddings"))?
                .name
                .clone(),
        };
        let matrix = file
            .matrix(&embeddings)
            .map_err(|e| e.at("option", "--embeddings"))?;
        let plan = selection.plan(&file, matrix.rows())?;
        let dim = matrix.cols();
        Ok((
            Self {
                file,
                embeddings,
                plan,
            },
            dim,
        ))
    }
}
