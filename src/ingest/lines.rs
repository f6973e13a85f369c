//! Lines of bounded length.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::source::io;
use crate::error::Result;

const BUFFER: usize = 256 << 10;

/// Reads a file line by line; a line beyond the limit is read to its end and
/// forgotten.
pub(crate) struct Lines {
    input: BufReader<File>,
    line: Vec<u8>,
    limit: usize,
}

impl Lines {
    pub(crate) fn open(path: &Path, limit: usize) -> Result<Self> {
        Ok(Self {
            input: BufReader::with_capacity(BUFFER, File::open(path).map_err(io)?),
            line: Vec::new(),
            limit,
        })
    }

    /// The next line without its end, `None` in place of one that is too long;
    /// `None` at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<Option<&[u8]>>> {
        self.line.clear();
        let (mut any, mut too_long) = (false, false);
        loop {
            let input = self.input.fill_buf().map_err(io)?;
            if input.is_empty() {
                break;
            }
            any = true;
            let end = input.iter().position(|&b| b == b'\n');
            let part = &input[..end.unwrap_or(input.len())];
            too_long |= self.line.len() + part.len() > self.limit;
            if !too_long {
                self.line.extend_from_slice(part);
            }
            let read = part.len() + usize::from(end.is_some());
            self.input.consume(read);
            if end.is_some() {
                break;
            }
        }
        Ok(match (any, too_long) {
            (false, _) => None,
            (true, true) => Some(None),
            (true, false) => Some(Some(&self.line)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_passed_over_and_the_last_needs_no_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        let long = "x".repeat(3 * BUFFER);
        std::fs::write(&path, format!("a\n\n{long}\nlast")).unwrap();
        let mut lines = Lines::open(&path, 100).unwrap();
        let mut seen = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            seen.push(line.map(<[u8]>::to_vec));
        }
        let text = |t: &str| Some(t.as_bytes().to_vec());
        assert_eq!(seen, [text("a"), text(""), None, text("last")]);
    }
}
