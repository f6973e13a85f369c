//! What every reader of records is asked for, and what it gives.

use super::column::Column;
use super::fingerprint::Fingerprint;
use super::problem::Problems;
use crate::error::{Error, ErrorKind, Result};

/// What is to be read of a file; nothing else of it is decoded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// Columns that were asked for by name.
    pub(crate) columns: Vec<Wanted>,
    /// The embeddings.
    pub(crate) vector: Option<VectorRequest>,
    /// Features by name.
    pub(crate) features: Vec<String>,
    /// For files whose names turn up as they are read: patterns of further
    /// features, and names that these pass over.
    pub(crate) patterns: Vec<String>,
    pub(crate) taken: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    /// As written, where a file holds texts without types: `007` names another
    /// record than `7`.
    pub(crate) as_text: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VectorRequest {
    pub(crate) name: String,
    /// Length of the vectors; `None` to find it out.
    pub(crate) dim: Option<usize>,
}

/// Bytes of text that a block is made of, about.
pub(crate) const BLOCK_BYTES: usize = 16 << 20;

/// Values that a block may hold, about: there may be many columns.
pub(crate) const BLOCK_VALUES: usize = 4 << 20;

/// Records as they lie in a file.
#[derive(Debug, Default)]
pub(crate) struct RawBlock {
    /// Index in the file of each record, from 0, unreadable ones counted.
    pub(crate) rows: Vec<u64>,
    /// Where each record lies, for people: its line or row.
    pub(crate) places: Vec<u64>,
    /// Beside [`Request::columns`].
    pub(crate) columns: Vec<Column>,
    pub(crate) vectors: Option<Vectors>,
    /// What tells copies of pictures, where records are pictures.
    pub(crate) fingerprints: Option<Vec<Option<Fingerprint>>>,
    pub(crate) features: Vec<(String, Column)>,
}

/// The embeddings of a block.
#[derive(Debug, Default)]
pub(crate) struct Vectors {
    /// Length of each: as asked for, or that of the first.
    pub(crate) dim: Option<usize>,
    /// One after the other; zeros where there is none.
    pub(crate) values: Vec<f32>,
    /// Records without a usable one, and why.
    pub(crate) bad: Vec<(usize, &'static str)>,
    rows: usize,
}

pub(crate) const NO_VECTOR: &str = "no embedding";
pub(crate) const OTHER_LENGTH: &str = "embedding of another length";
pub(crate) const NOT_NUMBERS: &str = "embedding that is no list of numbers";

impl Vectors {
    pub(crate) fn new(dim: Option<usize>) -> Self {
        Self {
            dim,
            ..Self::default()
        }
    }

    pub(crate) fn push(&mut self, vector: &[f32]) {
        if vector.is_empty() {
            return self.push_bad(NO_VECTOR);
        }
        if *self.dim.get_or_insert(vector.len()) != vector.len() {
            return self.push_bad(OTHER_LENGTH);
        }
        self.values.extend_from_slice(vector);
        self.rows += 1;
    }

    pub(crate) fn push_bad(&mut self, reason: &'static str) {
        self.bad.push((self.rows, reason));
        let filled = self.values.len() + self.dim.unwrap_or(0);
        self.values.resize(filled, 0.0);
        self.rows += 1;
    }
}

/// A reader of records, from the first to the last.
pub(crate) trait RowStream: Send {
    /// At most `max_rows` records; fewer are no sign of the end, which is
    /// `None`.
    fn next(&mut self, max_rows: usize, problems: &mut Problems) -> Result<Option<RawBlock>>;
}

/// The error for a name that a file does not have.
pub(crate) fn unknown(name: &str, known: &[String]) -> Error {
    const NAMES_SHOWN: usize = 12;
    let shown = known.len().min(NAMES_SHOWN);
    let mut list = known[..shown].join(", ");
    if known.len() > shown {
        list.push_str(&format!(" and {} more", known.len() - shown));
    }
    let message = match known.is_empty() {
        true => format!("there is no column `{name}`; the file has none"),
        false => format!("there is no column `{name}`; the file holds {list}"),
    };
    Error::new(ErrorKind::Argument, message)
}
