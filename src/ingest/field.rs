//! What a file holds, and which part of a record each of it is.

/// One named column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name; in JSON lines the keys joined by dots.
    pub name: String,
    /// What it can be used for.
    pub kind: FieldKind,
}

/// What a column can be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// One value for each record: a feature, an id, a label and so on.
    Scalar,
    /// A vector for each record: embeddings.
    Vector {
        /// Whether its elements are floating-point numbers.
        floats: bool,
    },
    /// A time or a date for each record: as the time of the record, or what a single
    /// value is used for. It goes on from window to window by nature, so patterns of
    /// features pass over it.
    Time,
    /// None of these, with the type for people: listed, an error when asked for.
    Other(String),
}

/// Which columns of a file are which parts of a record. All are optional; what
/// is not named is not decoded.
///
/// For arrays (`.npy`, `.npz`, `.safetensors`) a name may also be that of another
/// array file with one value for each row: `labels.npy`, `labels.npz:KEY`.
///
/// ```
/// use driftsphere::ingest::{InputFile, Roles, Selection};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("records.csv");
/// std::fs::write(&path, "id,split,score\n007,ref,0.5\n008,live,\n")?;
///
/// let roles = Roles {
///     ids: Some("id".into()),
///     features: vec!["*".into()],
///     ..Roles::default()
/// };
/// let live = Selection::parse(None, &["split=live"])?;
/// let mut scan = InputFile::open(&path)?.scan(&roles, &live)?;
/// let block = scan.next_block(1000)?.unwrap();
/// let batch = block.batch("embedding");
/// assert_eq!(batch.id(0).as_deref(), Some("008"));
/// assert_eq!(batch.features().map(|(name, _)| name).collect::<Vec<_>>(), ["score", "split"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    /// The embeddings: a matrix, or a list of numbers for each record.
    pub embeddings: Option<String>,
    /// What names each record wherever it is seen again.
    pub ids: Option<String>,
    /// The true classes.
    pub labels: Option<String>,
    /// The classes that the model said.
    pub predictions: Option<String>,
    /// What records share that depend on each other.
    pub groups: Option<String>,
    /// What divides the records into segments that are profiled apart.
    pub segments: Option<String>,
    /// When a record was made: milliseconds since 1970 UTC; in records also a
    /// timestamp, or a text such as `2025-03-03T07:42:32Z`.
    pub time: Option<String>,
    /// Features by name; in a pattern `*` stands for any text, and it passes
    /// over columns that have another role, those that are typed as times, and those
    /// without single values.
    pub features: Vec<String>,
}

impl Roles {
    /// The columns with a role of their own.
    pub(crate) fn named(&self) -> impl Iterator<Item = &str> {
        let named = [
            &self.embeddings,
            &self.ids,
            &self.labels,
            &self.predictions,
            &self.groups,
            &self.segments,
            &self.time,
        ];
        named.into_iter().flatten().map(String::as_str)
    }

    /// Whether `name` is asked for as such, not by a pattern.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.takes(name) || self.features.iter().any(|feature| feature == name)
    }

    /// Whether `name` has a role of its own.
    pub(crate) fn takes(&self, name: &str) -> bool {
        self.named().any(|taken| taken == name)
    }
}
