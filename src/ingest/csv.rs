//! CSV: a line of names, then one record a line.
//!
//! The grammar is that of RFC 4180, read by `csv-core`; fields may be divided by
//! commas, tabs or semicolons. Where commas do not divide them, `0,5` is a number
//! with a decimal comma: spreadsheets write semicolons where their numbers have
//! commas. Records go through one buffer whose size is
//! bounded, so that a quote that is never closed costs no memory; nor does it cost
//! the records behind it: its line is given up, and reading goes on with the next.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::cells::Cells;
use super::column::{Cell, Column};
use super::limits::Limits;
use super::problem::{Loss, Problems};
use super::source::io;
use super::stream::{BLOCK_BYTES, BLOCK_VALUES, RawBlock, Request, RowStream, unknown};
use super::text_value::typed_between;
use crate::error::{Error, ErrorKind, Result};

const BUFFER: usize = 256 << 10;

const NOT_UTF8: &str = "text that is not UTF-8";
const OTHER_COUNT: &str = "another number of fields than the header";
const TOO_LONG: &str = "line longer than the limit";
const UNCLOSED: &str = "a quote that is never closed";
/// Lines that may be given up for it: each was read to the end of the file.
const MOST_UNCLOSED: u32 = 100;

/// The records of a file, field by field.
struct Records {
    input: BufReader<File>,
    parser: Reader,
    fields: Vec<u8>,
    ends: Vec<usize>,
    used: usize,
    count: usize,
    limits: Limits,
    delimiter: u8,
    /// Bytes of the file that were read.
    offset: u64,
    unclosed: u32,
}

fn parser(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).build()
}

/// What one step of [`Records`] found.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Record,
    TooLong,
    Unclosed,
    End,
}

impl Records {
    fn open(path: &Path, delimiter: u8, limits: &Limits) -> Result<Self> {
        Ok(Self {
            input: BufReader::with_capacity(BUFFER, File::open(path).map_err(io)?),
            parser: parser(delimiter),
            fields: vec![0; 4096],
            ends: vec![0; 64],
            used: 0,
            count: 0,
            limits: *limits,
            delimiter,
            offset: 0,
            unclosed: 0,
        })
    }

    /// The line on which the next record begins; blank lines before it are
    /// passed over, as the parser would.
    fn line(&mut self) -> Result<u64> {
        loop {
            let input = self.input.fill_buf().map_err(io)?;
            let ends = input.iter().take_while(|&&b| b == b'\n' || b == b'\r');
            let (skipped, lines) = ends.fold((0, 0), |(skipped, lines), &b| {
                (skipped + 1, lines + u64::from(b == b'\n'))
            });
            if skipped == 0 {
                return Ok(self.parser.line());
            }
            self.input.consume(skipped);
            self.offset += skipped as u64;
            self.parser.set_line(self.parser.line() + lines);
        }
    }

    /// Reads one record; a too long one is read to its end and forgotten.
    fn next(&mut self) -> Result<Step> {
        (self.used, self.count) = (0, 0);
        let (start, line) = (self.offset, self.parser.line());
        let (mut too_long, mut is_begun) = (false, false);
        loop {
            let mut input = self.input.fill_buf().map_err(io)?;
            let is_over = input.is_empty() && is_begun;
            if is_over {
                // Ends the last record of the file, unless that is inside a quote.
                input = b"\n";
            }
            is_begun |= input.iter().any(|byte| !b"\r\n".contains(byte));
            let (fields, ends) = (&mut self.fields[self.used..], &mut self.ends[self.count..]);
            let (result, read, written, ended) = self.parser.read_record(input, fields, ends);
            if !is_over {
                self.input.consume(read);
                self.offset += read as u64;
            }
            self.used += written;
            self.count += ended;
            match result {
                ReadRecordResult::InputEmpty if is_over => {
                    self.give_up(start, line)?;
                    return Ok(Step::Unclosed);
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.used < self.limits.max_line_bytes => {
                    self.fields.resize(self.fields.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull if self.count <= self.limits.max_fields => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    too_long = true;
                    (self.used, self.count) = (0, 0);
                }
                ReadRecordResult::Record if too_long => return Ok(Step::TooLong),
                ReadRecordResult::Record => return Ok(Step::Record),
                ReadRecordResult::End => return Ok(Step::End),
            }
        }
    }

    /// Goes back to the line after that on which a record began.
    fn give_up(&mut self, start: u64, line: u64) -> Result<()> {
        self.unclosed += 1;
        if self.unclosed > MOST_UNCLOSED {
            let message = format!("more than {MOST_UNCLOSED} quotes are never closed; is it CSV?");
            return Err(Error::new(ErrorKind::Input, message).at("line", line));
        }
        self.input.seek(SeekFrom::Start(start)).map_err(io)?;
        self.offset = start;
        self.parser = parser(self.delimiter);
        self.parser.set_line(line);
        loop {
            let input = self.input.fill_buf().map_err(io)?;
            let end = input.iter().position(|byte| *byte == b'\n');
            let read = end.map_or(input.len(), |at| at + 1);
            let is_done = end.is_some() || read == 0;
            self.input.consume(read);
            self.offset += read as u64;
            if is_done {
                self.parser.set_line(line + 1);
                return Ok(());
            }
        }
    }

    /// The fields of the record that was read last, or `None` where they are not
    /// UTF-8, each for itself.
    fn texts<'a>(&'a self) -> Option<impl Fn(usize) -> Option<&'a str> + 'a> {
        let text = std::str::from_utf8(&self.fields[..self.used]).ok()?;
        let ends = &self.ends[..self.count];
        Some(move |at: usize| {
            let start = if at == 0 { 0 } else { ends[at - 1] };
            // Two halves of a character in neighbouring fields make no character.
            text.get(start..ends[at])
        })
    }
}

/// The names in the first line; a field without one is called after its place,
/// as `pandas.DataFrame.to_csv` leaves the name of its index empty.
pub(crate) fn header(path: &Path, delimiter: u8, limits: &Limits) -> Result<Vec<String>> {
    let mut records = Records::open(path, delimiter, limits)?;
    names(&mut records)
}

fn names(records: &mut Records) -> Result<Vec<String>> {
    let input = |message: &str| Error::new(ErrorKind::Input, message);
    match records.next()? {
        Step::Record if records.count <= records.limits.max_fields => {}
        Step::Record | Step::TooLong => {
            return Err(Error::new(
                ErrorKind::Limit,
                format!(
                    "the line of names is longer than {} bytes or {} names; is a quote never closed?",
                    records.limits.max_line_bytes, records.limits.max_fields
                ),
            ));
        }
        Step::Unclosed => {
            return Err(input("a quote in the line of names is never closed"));
        }
        Step::End => return Err(input("the file holds no line of names")),
    }
    let texts = records.texts();
    let text = texts.ok_or_else(|| input("the names are not UTF-8; save the file as UTF-8"))?;
    let name = |at: usize| match text(at) {
        Some("") => Ok(format!("column_{}", at + 1)),
        Some(name) => Ok(name.to_owned()),
        None => Err(input("the names are not UTF-8; save the file as UTF-8")),
    };
    let names: Vec<String> = (0..records.count).map(name).collect::<Result<_>>()?;
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(name.as_str())) {
        None => Ok(names),
        Some(twice) => {
            Err(input("two columns have one name; rename one of them").at("column", twice))
        }
    }
}

/// Reads the asked columns of a file.
pub(crate) struct CsvStream {
    records: Records,
    names: usize,
    row: u64,
    /// Where each asked column lies, and whether its values are taken as written.
    columns: Vec<(usize, bool)>,
    features: Vec<(String, usize)>,
}

impl CsvStream {
    pub(crate) fn open(
        path: &Path,
        delimiter: u8,
        limits: &Limits,
        request: &Request,
    ) -> Result<Self> {
        let mut records = Records::open(path, delimiter, limits)?;
        let names = names(&mut records)?;
        let find = |name: &str| {
            let at = names.iter().position(|known| known == name);
            at.ok_or_else(|| unknown(name, &names))
        };
        if let Some(vector) = &request.vector {
            return Err(Error::new(
                ErrorKind::Argument,
                "a CSV file holds no vectors; save embeddings as .npy, .safetensors or Parquet and \
                 join them by --ids",
            )
            .at("column", &vector.name));
        }
        let columns = request.columns.iter();
        let columns = columns.map(|wanted| Ok((find(&wanted.name)?, wanted.as_text)));
        let features = request.features.iter();
        let features = features.map(|name| Ok((name.clone(), find(name)?)));
        Ok(Self {
            columns: columns.collect::<Result<_>>()?,
            features: features.collect::<Result<_>>()?,
            names: names.len(),
            records,
            row: 0,
        })
    }

    /// Reads the record at hand into `out`, or says why that is impossible.
    fn take(&self, out: &mut [Cells]) -> std::result::Result<(), &'static str> {
        if self.records.count != self.names {
            return Err(OTHER_COUNT);
        }
        let text = self.records.texts().ok_or(NOT_UTF8)?;
        let asked = self.columns.iter().copied();
        let asked = asked.chain(self.features.iter().map(|(_, at)| (*at, false)));
        if asked.clone().any(|(at, _)| text(at).is_none()) {
            return Err(NOT_UTF8);
        }
        for ((at, as_text), cells) in asked.zip(out) {
            let text = text(at).unwrap_or_default();
            cells.push(match as_text {
                true => Cell::Text(text.to_owned()),
                false => typed_between(text, self.records.delimiter),
            });
        }
        Ok(())
    }
}

impl RowStream for CsvStream {
    fn next(&mut self, max_rows: usize, problems: &mut Problems) -> Result<Option<RawBlock>> {
        let mut block = RawBlock::default();
        let mut cells: Vec<Cells> = Vec::new();
        cells.resize_with(self.columns.len() + self.features.len(), Cells::default);
        let mut bytes = 0;
        while block.rows.len() < max_rows
            && bytes < BLOCK_BYTES
            && block.rows.len() * cells.len() < BLOCK_VALUES
        {
            let line = self.records.line()?;
            let result = match self.records.next()? {
                Step::End if block.rows.is_empty() => return Ok(None),
                Step::End => break,
                Step::TooLong => Err(TOO_LONG),
                Step::Unclosed => Err(UNCLOSED),
                Step::Record => self.take(&mut cells),
            };
            match result {
                Ok(()) => {
                    block.rows.push(self.row);
                    block.places.push(line);
                    bytes += self.records.used;
                }
                Err(reason) => problems.count(Loss::Failed, reason, line),
            }
            self.row += 1;
        }
        let mut columns = cells.iter_mut().map(Cells::take);
        block.columns = columns.by_ref().take(self.columns.len()).collect();
        let names = self.features.iter().map(|(name, _)| name.clone());
        block.features = names.zip(columns).collect::<Vec<(String, Column)>>();
        Ok(Some(block))
    }
}
