//! JSON lines: one object a line, each with keys of its own.

use std::collections::HashMap;
use std::path::Path;

use super::cells::Cells;
use super::column::{Cell, Column};
use super::json_flat::{Flattener, Sink, TWICE};
use super::limits::Limits;
use super::lines::Lines;
use super::problem::{Loss, Problems};
use super::stream::{
    BLOCK_BYTES, BLOCK_VALUES, NO_VECTOR, NOT_NUMBERS, RawBlock, Request, RowStream, Vectors,
    unknown,
};
use crate::error::{Error, ErrorKind, Result};
use crate::glob::matches;

const TOO_LONG: &str = "line longer than the limit";
const A_LIST: &str = "a list where a number, text or truth value is expected";

/// What the values under one path become.
#[derive(Debug, Clone, Default)]
struct Slot {
    /// Indices of columns that take them; none: they are not wanted.
    columns: Vec<usize>,
    is_vector: bool,
    /// The line that had a value under this path last.
    line: u64,
}

/// Values of the line at hand, kept apart until it is known to be whole.
#[derive(Debug, Default)]
struct Draft {
    cells: Vec<(usize, Cell)>,
    vector: Vec<f32>,
    /// Whether the line has a vector, and what is wrong with it.
    has_vector: Option<std::result::Result<(), &'static str>>,
    lists: u64,
}

/// Reads the asked keys of a file.
pub(crate) struct JsonStream {
    lines: Lines,
    parser: Flattener,
    table: Table,
    /// Length of the vectors, where any are asked for.
    vector: Option<Option<usize>>,
    line: u64,
    row: u64,
}

/// Paths, their columns, and the values of the block at hand.
struct Table {
    slots: HashMap<String, Slot>,
    names: Vec<String>,
    cells: Vec<Cells>,
    asked: usize,
    draft: Draft,
    line: u64,
    patterns: Vec<String>,
    taken: Vec<String>,
    max_fields: usize,
    too_many: bool,
}

impl JsonStream {
    pub(crate) fn open(path: &Path, limits: &Limits, request: &Request) -> Result<Self> {
        let names = request.columns.iter().map(|wanted| &wanted.name);
        let names: Vec<String> = names.chain(&request.features).cloned().collect();
        let mut slots: HashMap<String, Slot> = HashMap::new();
        for (at, name) in names.iter().enumerate() {
            slots.entry(name.clone()).or_default().columns.push(at);
        }
        if let Some(vector) = &request.vector {
            slots.entry(vector.name.clone()).or_default().is_vector = true;
        }
        let mut cells = Vec::new();
        cells.resize_with(names.len(), Cells::default);
        Ok(Self {
            lines: Lines::open(path, limits.max_line_bytes)?,
            parser: Flattener::new(limits.max_nesting, limits.max_columns),
            table: Table {
                slots,
                names,
                cells,
                asked: request.columns.len(),
                draft: Draft::default(),
                line: 0,
                patterns: request.patterns.clone(),
                taken: request.taken.clone(),
                max_fields: limits.max_fields,
                too_many: false,
            },
            vector: request.vector.as_ref().map(|vector| vector.dim),
            line: 0,
            row: 0,
        })
    }
}

impl RowStream for JsonStream {
    fn next(&mut self, max_rows: usize, problems: &mut Problems) -> Result<Option<RawBlock>> {
        let mut block = RawBlock::default();
        let mut vectors = self.vector.map(Vectors::new);
        let mut bytes = 0;
        let mut ended = false;
        while block.rows.len() < max_rows
            && bytes < BLOCK_BYTES
            && block.rows.len() * self.table.cells.len() < BLOCK_VALUES
        {
            let Some(line) = self.lines.next()? else {
                ended = true;
                break;
            };
            self.line += 1;
            let line = match line {
                Some(line) if self.line == 1 => {
                    Some(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line))
                }
                line => line,
            };
            if line.is_some_and(|line| line.trim_ascii().is_empty()) {
                continue;
            }
            let result = match line {
                None => Err(TOO_LONG),
                Some(line) => {
                    bytes += line.len();
                    self.table.begin(self.line);
                    self.parser.read(line, &mut self.table)
                }
            };
            if self.table.too_many {
                return Err(Error::new(
                    ErrorKind::Limit,
                    format!(
                        "more than {} different keys; are values used as keys?",
                        self.table.max_fields
                    ),
                )
                .at("line", self.line));
            }
            match result {
                Ok(()) => {
                    self.table.commit(block.rows.len(), vectors.as_mut());
                    for _ in 0..self.table.draft.lists {
                        problems.count(Loss::Value, A_LIST, self.line);
                    }
                    block.rows.push(self.row);
                    block.places.push(self.line);
                }
                Err(reason) => problems.count(Loss::Failed, reason, self.line),
            }
            self.row += 1;
        }
        if ended && block.rows.is_empty() {
            return self.table.check_names().map(|()| None);
        }
        (block.columns, block.features) = self.table.take(block.rows.len());
        block.vectors = vectors;
        Ok(Some(block))
    }
}

impl Table {
    fn begin(&mut self, line: u64) {
        self.line = line;
        self.draft = Draft::default();
    }

    /// Takes the values of a whole line in, as row `row` of the block.
    fn commit(&mut self, row: usize, vectors: Option<&mut Vectors>) {
        for (at, cell) in self.draft.cells.drain(..) {
            self.cells[at].absent_to(row);
            self.cells[at].push(cell);
        }
        if let Some(vectors) = vectors {
            match self.draft.has_vector {
                Some(Ok(())) => vectors.push(&self.draft.vector),
                Some(Err(reason)) => vectors.push_bad(reason),
                None => vectors.push_bad(NO_VECTOR),
            }
        }
    }

    /// The columns that were asked for, and the features of which the block has
    /// any value.
    fn take(&mut self, rows: usize) -> (Vec<Column>, Vec<(String, Column)>) {
        let (mut columns, mut features) = (Vec::new(), Vec::new());
        for (at, cells) in self.cells.iter_mut().enumerate() {
            let used = cells.len() > 0;
            cells.absent_to(rows);
            let column = cells.take();
            if at < self.asked {
                columns.push(column);
            } else if used {
                features.push((self.names[at].clone(), column));
            }
        }
        (columns, features)
    }

    /// What is to become of the values under `path`; a new one may turn out to
    /// be a feature.
    fn slot(&mut self, path: &str) -> std::result::Result<&mut Slot, &'static str> {
        if !self.slots.contains_key(path) {
            if self.slots.len() >= self.max_fields {
                self.too_many = true;
                return Err(TWICE);
            }
            let mut slot = Slot::default();
            let taken = path.is_empty() || self.taken.iter().any(|name| name == path);
            if !taken && self.patterns.iter().any(|pattern| matches(pattern, path)) {
                slot.columns.push(self.names.len());
                self.names.push(path.to_owned());
                self.cells.push(Cells::default());
            }
            self.slots.insert(path.to_owned(), slot);
        }
        let slot = self.slots.get_mut(path).expect("inserted above");
        if std::mem::replace(&mut slot.line, self.line) == self.line {
            return Err(TWICE);
        }
        Ok(slot)
    }

    /// An error for a key that was asked for and is in no line, where there were
    /// lines.
    fn check_names(&self) -> Result<()> {
        let asked = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.line == 0 && (slot.is_vector || !slot.columns.is_empty()));
        // Which of several is named must not depend on the hash map.
        let Some(name) = asked.map(|(name, _)| name).min() else {
            return Ok(());
        };
        let seen = self.slots.iter().filter(|(_, slot)| slot.line > 0);
        let mut known: Vec<String> = seen.map(|(name, _)| name.clone()).collect();
        known.sort_unstable();
        match known.is_empty() {
            true => Ok(()),
            false => Err(unknown(name, &known)),
        }
    }
}

impl Sink for Table {
    fn leaf(&mut self, path: &str, cell: Cell) -> std::result::Result<(), &'static str> {
        let slot = self.slot(path)?;
        let (is_vector, columns) = (slot.is_vector, slot.columns.clone());
        if is_vector {
            let null = cell == Cell::Null;
            self.draft.has_vector = Some(Err(if null { NO_VECTOR } else { NOT_NUMBERS }));
        }
        for at in columns {
            self.draft.cells.push((at, cell.clone()));
        }
        Ok(())
    }

    fn wants_list(&mut self, path: &str) -> bool {
        self.slots.get(path).is_some_and(|slot| slot.is_vector)
    }

    fn list(
        &mut self,
        path: &str,
        numbers: Option<&[f32]>,
    ) -> std::result::Result<(), &'static str> {
        self.slot(path)?;
        self.draft.has_vector = Some(match numbers {
            Some(numbers) => {
                self.draft.vector.extend_from_slice(numbers);
                Ok(())
            }
            None => Err(NOT_NUMBERS),
        });
        Ok(())
    }

    fn other_list(&mut self, path: &str) -> std::result::Result<(), &'static str> {
        let wanted = !self.slot(path)?.columns.is_empty();
        self.draft.lists += u64::from(wanted);
        Ok(())
    }
}
