//! Two inputs that know different things of the same records, joined by id.

use std::collections::HashMap;

use super::block::Block;
use super::cells::into_cells;
use super::column::{Cell, Column};
use super::scan::Scan;
use crate::error::{Error, ErrorKind, Result};

/// What one input knows of records, held in memory by id, to be added to the
/// same records of another input as it streams by.
///
/// ```
/// use driftsphere::ingest::{InputFile, Partners, Roles, Selection};
///
/// let folder = tempfile::tempdir()?;
/// let (scores, cameras) = (folder.path().join("scores.csv"), folder.path().join("cameras.csv"));
/// std::fs::write(&scores, "id,score\na,0.5\nb,0.75\n")?;
/// std::fs::write(&cameras, "id,camera\nb,left\nc,right\n")?;
///
/// let roles = Roles {
///     ids: Some("id".into()),
///     features: vec!["*".into()],
///     ..Roles::default()
/// };
/// let open = |path| InputFile::open(path)?.scan(&roles, &Selection::all());
/// let mut partners = Partners::new(1 << 30);
/// partners.read(&mut open(&cameras)?)?;
///
/// let block = open(&scores)?.next_block(100)?.unwrap();
/// let joined = partners.attach(block)?;
/// assert_eq!(joined.len(), 2);
/// assert_eq!(joined.features()[0].0, "camera");
/// assert_eq!(joined.features()[0].1.text(1), "left");
/// assert_eq!((partners.missing(), partners.unused()), (1, 1)); // a and c
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Partners {
    /// Looked up only, never walked.
    rows: HashMap<String, usize>,
    columns: Block,
    used: Vec<bool>,
    missing: u64,
    required: bool,
    bytes_left: u64,
}

impl Partners {
    /// No records yet; all together may take `max_bytes` of memory.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        Self {
            rows: HashMap::new(),
            columns: Block::default(),
            used: Vec::new(),
            missing: 0,
            required: false,
            bytes_left: max_bytes,
        }
    }

    /// The same, where records without a partner are to be left out: they were
    /// not chosen.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Takes in the records of an input. Those without an id have no partner.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] when the input has no ids;
    /// [`ErrorKind::Input`] when two of its records have one id;
    /// [`ErrorKind::Limit`] when they take too much memory; and what reading
    /// gives.
    pub fn read(&mut self, scan: &mut Scan) -> Result<()> {
        while let Some(block) = scan.next_block(1 << 14)? {
            self.take(block)?;
        }
        Ok(())
    }

    /// Takes in some records of an input.
    ///
    /// # Errors
    ///
    /// As [`Partners::read`].
    pub fn take(&mut self, mut block: Block) -> Result<()> {
        let ids = block.ids.take();
        let ids = ids.ok_or_else(|| {
            Error::new(ErrorKind::Argument, "an input without ids cannot be joined")
        })?;
        self.hold(&ids, &block)?;
        for row in 0..block.len() {
            let Some(id) = ids.present(row) else { continue };
            let at = self.columns.len + row;
            if self.rows.insert(id.clone().into_owned(), at).is_some() {
                return Err(Error::new(
                    ErrorKind::Input,
                    "two records have one id, so it cannot be said which is meant",
                )
                .at("id", id));
            }
        }
        self.columns.append(block);
        self.used.resize(self.columns.len, false);
        Ok(())
    }

    /// Adds what is known of the records of `block`. What it knows itself, under
    /// the same name, stays.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] when it has no ids.
    pub fn attach(&mut self, mut block: Block) -> Result<Block> {
        let ids = block.ids.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Argument, "an input without ids cannot be joined")
        })?;
        let found = (0..block.len).map(|row| self.rows.get(ids.present(row)?.as_ref()).copied());
        let mut found: Vec<Option<usize>> = found.collect();
        self.missing += found.iter().filter(|at| at.is_none()).count() as u64;
        let needs_all = self.required || (block.times.is_none() && self.columns.times.is_some());
        if needs_all && found.contains(&None) {
            let kept: Vec<usize> = (0..block.len).filter(|&row| found[row].is_some()).collect();
            block = block.take(&kept)?;
            found.retain(Option::is_some);
        }
        for at in found.iter().flatten() {
            self.used[*at] = true;
        }
        let held = &self.columns;
        let add = |mine: &mut Option<Column>, other: &Option<Column>| {
            if let (None, Some(other)) = (&mine, other) {
                *mine = Some(pick(other, &found));
            }
        };
        add(&mut block.labels, &held.labels);
        add(&mut block.predictions, &held.predictions);
        add(&mut block.groups, &held.groups);
        add(&mut block.segments, &held.segments);
        if let (None, Some(times)) = (&block.times, &held.times) {
            block.times = Some(found.iter().flatten().map(|&at| times[at]).collect());
        }
        if let (None, Some(held)) = (&block.fingerprints, &held.fingerprints) {
            let picked = found.iter().map(|at| held[(*at)?]);
            block.fingerprints = Some(picked.collect());
        }
        let mine = std::mem::take(&mut block.features);
        for (name, column) in &held.features {
            if place_of(&mine, name).is_err() {
                block.features.push((name.clone(), pick(column, &found)));
            }
        }
        block.features.extend(mine);
        block.drop_absent();
        Ok(block)
    }

    /// Records of the streamed input that have no partner here.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// Records held that no record of the streamed input asked for.
    #[must_use]
    pub fn unused(&self) -> u64 {
        self.used.iter().filter(|used| !**used).count() as u64
    }

    fn hold(&mut self, ids: &Column, block: &Block) -> Result<()> {
        let columns = [
            &block.labels,
            &block.predictions,
            &block.groups,
            &block.segments,
        ];
        let columns = columns.into_iter().flatten();
        let columns = columns.chain(block.features.iter().map(|(_, column)| column));
        let bytes = bytes(ids) + columns.map(bytes).sum::<u64>();
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or_else(|| {
            Error::new(
                ErrorKind::Limit,
                "the columns to be joined take too much memory; name fewer with --features",
            )
        })?;
        Ok(())
    }
}

/// Memory that a column takes, about.
fn bytes(column: &Column) -> u64 {
    let text = |text: &String| text.len() as u64;
    let (each, texts) = match column {
        Column::Int(_) | Column::Float(_) => (8, 0),
        Column::Bool(_) => (1, 0),
        Column::Text(v) => (32, v.iter().map(text).sum()),
        Column::Mixed(v) => {
            let texts = v.iter().map(|cell| match cell {
                Cell::Text(v) => text(v),
                _ => 0,
            });
            (32, texts.sum::<u64>())
        }
    };
    each * column.len() as u64 + texts
}

/// The values of `rows`; where there is none, the record says nothing.
fn pick(column: &Column, rows: &[Option<usize>]) -> Column {
    let all: Option<Vec<usize>> = rows.iter().copied().collect();
    if let Some(Ok(column)) = all.map(|rows| column.take(&rows)) {
        return column;
    }
    let cells = rows.iter();
    let cells = cells.map(|at| at.map_or(Cell::Absent, |at| column.cell(at)));
    Column::Mixed(cells.collect())
}

impl Block {
    /// The records of `rows`.
    fn take(&self, rows: &[usize]) -> Result<Self> {
        let column = |c: &Option<Column>| c.as_ref().map(|c| c.take(rows)).transpose();
        let features = self.features.iter();
        let features = features.map(|(name, column)| Ok((name.clone(), column.take(rows)?)));
        let embeddings = self.embeddings.as_ref();
        let times = self.times.as_ref();
        let fingerprints = self.fingerprints.as_ref();
        Ok(Self {
            len: rows.len(),
            rows: rows.iter().map(|&row| self.rows[row]).collect(),
            ids: column(&self.ids)?,
            labels: column(&self.labels)?,
            predictions: column(&self.predictions)?,
            groups: column(&self.groups)?,
            segments: column(&self.segments)?,
            times: times.map(|times| rows.iter().map(|&row| times[row]).collect()),
            fingerprints: fingerprints.map(|all| rows.iter().map(|&row| all[row]).collect()),
            embeddings: embeddings.map(|e| e.select(ndarray::Axis(0), rows)),
            features: features.collect::<Result<_>>()?,
            objects: self
                .objects
                .iter()
                .map(|(kind, o)| (kind.clone(), o.take(rows)))
                .collect(),
        })
    }

    /// Appends the columns of a block of the same input.
    fn append(&mut self, other: Self) {
        let (before, len) = (self.len, self.len + other.len);
        append(&mut self.labels, other.labels, before, len);
        append(&mut self.predictions, other.predictions, before, len);
        append(&mut self.groups, other.groups, before, len);
        append(&mut self.segments, other.segments, before, len);
        if let Some(times) = other.times {
            self.times.get_or_insert_default().extend(times);
        }
        if let Some(fingerprints) = other.fingerprints {
            let mine = self.fingerprints.get_or_insert_default();
            mine.resize(before, None);
            mine.extend(fingerprints);
        }
        if let Some(mine) = &mut self.fingerprints {
            mine.resize(len, None);
        }
        for (name, column) in other.features {
            match place_of(&self.features, &name) {
                Ok(at) => extend(&mut self.features[at].1, column, before),
                Err(at) => {
                    let mut mine = Column::Mixed(Vec::new());
                    extend(&mut mine, column, before);
                    self.features.insert(at, (name, mine));
                }
            }
        }
        for (_, column) in &mut self.features {
            pad(column, len);
        }
        self.len = len;
    }
}

/// Where a feature stands, or belongs, among features sorted by name.
fn place_of(features: &[(String, Column)], name: &str) -> std::result::Result<usize, usize> {
    features.binary_search_by(|(known, _)| known.as_str().cmp(name))
}

fn append(mine: &mut Option<Column>, other: Option<Column>, before: usize, len: usize) {
    if let Some(other) = other {
        let mine = mine.get_or_insert(Column::Mixed(Vec::new()));
        extend(mine, other, before);
        pad(mine, len);
    }
}

/// Appends values as those from row `at` on.
fn extend(mine: &mut Column, other: Column, at: usize) {
    if at == 0 && mine.is_empty() {
        *mine = other;
        return;
    }
    pad(mine, at);
    match (&mut *mine, other) {
        (Column::Int(mine), Column::Int(other)) => mine.extend(other),
        (Column::Float(mine), Column::Float(other)) => mine.extend(other),
        (Column::Bool(mine), Column::Bool(other)) => mine.extend(other),
        (Column::Text(mine), Column::Text(other)) => mine.extend(other),
        (_, other) => {
            let mut cells = into_cells(std::mem::replace(mine, Column::Mixed(Vec::new())));
            cells.extend(into_cells(other));
            *mine = Column::Mixed(cells);
        }
    }
}

/// Fills up with rows of which nothing is known.
fn pad(column: &mut Column, len: usize) {
    if column.len() < len {
        let mut cells = into_cells(std::mem::replace(column, Column::Mixed(Vec::new())));
        cells.resize(len, Cell::Absent);
        *column = Column::Mixed(cells);
    }
}
