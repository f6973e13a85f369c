//! Pictures as a stream of records.

use std::collections::{BTreeMap, BTreeSet};

use super::entries::{Entries, Entry};
use super::fault::Fault;
use super::set::ImageSet;
use super::workers::{Answer, Done, Workers};
use crate::error::{Error, ErrorKind, Result};
use crate::glob::matches;
use crate::ingest::Fingerprint;
use crate::ingest::cells::Cells;
use crate::ingest::column::{Cell, Column};
use crate::ingest::input_file::BUILT_IN;
use crate::ingest::problem::{Loss, Problem, Problems};
use crate::ingest::stream::{RawBlock, Request, RowStream, Vectors, unknown};

/// Pictures of a block: few enough for a progress bar to move.
const BLOCK: usize = 256;

/// Pictures that are handed to the threads ahead of the one that is waited for.
const AHEAD: usize = 512;

const MEASURED_TOO: &str = "column of a list that is called as a measure is";

/// Reads and measures the pictures of a set.
pub(crate) struct ImageStream {
    entries: Entries,
    workers: Workers,
    request: Request,
    /// Whether the last picture was handed over.
    ended: bool,
    headers_only: bool,
    row: u64,
    /// Pictures of which all was read that can be.
    whole: u64,
    /// Pictures of which something could not be read.
    broken: u64,
    /// Names that any picture had, and columns of lists.
    seen: BTreeSet<String>,
}

impl ImageStream {
    pub(crate) fn open(set: &ImageSet, request: &Request) -> Result<Self> {
        let threads = rayon::current_num_threads();
        Ok(Self {
            entries: Entries::open(set, request)?,
            workers: Workers::start(set.reader.clone(), set.measuring.clone(), threads)?,
            headers_only: set.reader.is_headers_only(),
            request: request.clone(),
            ended: false,
            row: 0,
            whole: 0,
            broken: 0,
            seen: set.columns().into_iter().collect(),
        })
    }

    fn ask_ahead(&mut self, problems: &mut Problems) -> Result<()> {
        while !self.ended && self.workers.pending() < AHEAD {
            match self.entries.next(problems)? {
                Some(entry) => self.workers.ask(entry),
                None => self.ended = true,
            }
        }
        Ok(())
    }

    /// Counts what is missing of a picture; its values, if there are any.
    fn take(&mut self, done: Done, problems: &mut Problems) -> Option<Row> {
        let Done { entry, result } = done;
        let answer = match result {
            Ok(answer) => answer,
            Err(fault) => {
                let loss = entry.loss(fault);
                self.broken += u64::from(loss == Loss::Failed);
                problems.count_named(loss, fault.reason(), &entry.id);
                return None;
            }
        };
        let fault = answer
            .pixels
            .err()
            .filter(|fault| *fault != Fault::NotAsked);
        if let Some(fault) = fault {
            let loss = match fault.is_failure() {
                true => Loss::Pixels,
                false => Loss::Value,
            };
            problems.count_named(loss, fault.reason(), &entry.id);
        }
        let is_broken = fault.is_some_and(Fault::is_failure);
        self.broken += u64::from(is_broken);
        self.whole += u64::from(!is_broken);
        for problem in &answer.measured.problems {
            problems.count_named(Loss::Value, problem.clone(), &entry.id);
        }
        Some(self.values(entry, answer, problems))
    }

    fn values(&mut self, entry: Entry, answer: Answer, problems: &mut Problems) -> Row {
        let mut values: BTreeMap<String, Cell> = entry.features.into_iter().collect();
        let listed = values.len();
        let fingerprint = answer.measured.fingerprint;
        let vector = self.request.vector.as_ref().and_then(|wanted| {
            let mut vectors = answer.measured.vectors.into_iter();
            vectors.find(|(name, _)| *name == wanted.name)
        });
        let measured = answer.measured.values.into_iter();
        let measured: Vec<_> = measured
            .map(|(name, cell)| (name.into_owned(), cell))
            .collect();
        let several = listed + measured.len();
        values.extend(measured);
        for _ in values.len()..several {
            problems.count_named(Loss::Value, MEASURED_TOO, &entry.id);
        }
        let wanted = self.request.columns.iter().enumerate().map(|(at, wanted)| {
            if let Some(Some(cell)) = entry.wanted.get(at) {
                return cell.clone();
            }
            let (taken, changed) = answer.times;
            let time = |time: Option<i64>| time.map_or(Cell::Null, Cell::Int);
            match wanted.name.as_str() {
                "id" => Cell::Text(entry.id.clone()),
                "folder" => entry.folder.clone().map_or(Cell::Null, Cell::Text),
                "exif" => time(taken),
                "file" => time(changed),
                "exif-or-file" => time(taken.or(changed)),
                name => values.get(name).cloned().unwrap_or(Cell::Absent),
            }
        });
        let wanted = wanted.collect();
        for name in values.keys() {
            if !self.seen.contains(name) {
                self.seen.insert(name.clone());
            }
        }
        values.retain(|name, cell| {
            let taken = self.request.taken.contains(name);
            let asked = self.request.features.contains(name);
            let patterns = &mut self.request.patterns.iter();
            *cell != Cell::Absent && (asked || !taken && patterns.any(|p| matches(p, name)))
        });
        Row {
            wanted,
            values,
            vector: vector.map(|(_, row)| row),
            fingerprint,
        }
    }

    /// At the end: were there pictures, could one be read, and was every name one of theirs?
    fn finish(&self, problems: &Problems) -> Result<()> {
        if self.whole == 0 && self.broken > 0 && !self.headers_only {
            let reasons: Vec<String> = problems
                .list("picture")
                .iter()
                .map(Problem::to_string)
                .collect();
            let broken = self.broken;
            let message = format!(
                "none of {broken} pictures could be read whole: {}",
                reasons.join("; ")
            );
            return Err(Error::new(ErrorKind::Input, message));
        }
        if self.whole + self.broken == 0 {
            return Err(Error::new(ErrorKind::Input, "no picture was found"));
        }
        let columns = self.request.columns.iter().map(|wanted| &wanted.name);
        let mut asked = columns.chain(&self.request.features);
        let known = |name: &String| BUILT_IN.contains(&name.as_str()) || self.seen.contains(name);
        match asked.find(|name| !known(name)) {
            Some(name) if self.whole + self.broken > 0 && !self.seen.is_empty() => {
                let seen: Vec<String> = self.seen.iter().cloned().collect();
                Err(unknown(name, &seen))
            }
            _ => Ok(()),
        }
    }
}

/// The values of one picture.
struct Row {
    wanted: Vec<Cell>,
    values: BTreeMap<String, Cell>,
    vector: Option<Vec<f32>>,
    fingerprint: Option<Fingerprint>,
}

impl RowStream for ImageStream {
    fn next(&mut self, max_rows: usize, problems: &mut Problems) -> Result<Option<RawBlock>> {
        let mut block = RawBlock::default();
        let mut columns: Vec<Cells> = Vec::new();
        columns.resize_with(self.request.columns.len(), Cells::default);
        let mut features: BTreeMap<String, Cells> = BTreeMap::new();
        let mut fingerprints = Vec::new();
        let vector = self.request.vector.as_ref();
        let mut vectors = vector.map(|vector| Vectors::new(vector.dim));
        while block.rows.len() < max_rows.min(BLOCK) {
            self.ask_ahead(problems)?;
            let Some(done) = self.workers.next()? else {
                break;
            };
            let row = self.take(done, problems);
            let index = self.row;
            self.row += 1;
            let Some(row) = row else { continue };
            let at = block.rows.len();
            for (column, cell) in columns.iter_mut().zip(row.wanted) {
                column.push(cell);
            }
            if let Some(vectors) = &mut vectors {
                vectors.push(&row.vector.unwrap_or_default());
            }
            fingerprints.push(row.fingerprint);
            for (name, cell) in row.values {
                let cells = features.entry(name).or_default();
                cells.absent_to(at);
                cells.push(cell);
            }
            block.rows.push(index);
            block.places.push(index);
        }
        if block.rows.is_empty() && self.ended && self.workers.pending() == 0 {
            return self.finish(problems).map(|()| None);
        }
        let rows = block.rows.len();
        block.vectors = vectors;
        block.fingerprints = Some(fingerprints);
        block.columns = columns.iter_mut().map(Cells::take).collect();
        let column = |(name, mut cells): (String, Cells)| -> (String, Column) {
            cells.absent_to(rows);
            (name, cells.take())
        };
        block.features = features.into_iter().map(column).collect();
        Ok(Some(block))
    }
}
