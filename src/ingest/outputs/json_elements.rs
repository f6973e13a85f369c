//! The elements of long JSON lists, one by one, in bounded memory.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::source::io;

/// Bytes read at a time.
const BUFFER: usize = 1 << 20;

/// An element of a list.
pub(super) enum Element<T> {
    Read(T),
    /// It is no such thing, or no JSON; it was passed over. Where it begins.
    Bad {
        offset: u64,
        reason: &'static str,
    },
}

const NOT_A_RESULT: &str = "not what belongs there: a wrong type, a missing key, NaN";
const TOO_LONG: &str = "longer than the limit";

/// Reads a file that is one list, or one object of lists, without ever holding
/// more of it than one element.
///
/// An element is parsed where it lies in the buffer. One that fails is passed
/// over by counting brackets, without recursion, however deep it nests.
pub(super) struct JsonElements {
    input: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// The unread bytes are `buffer[start..]`.
    start: usize,
    /// Where in the file the buffer begins.
    offset: u64,
    at_end: bool,
    limit: usize,
    is_object: bool,
    /// Whether the list that is the whole file is still to come.
    is_fresh: bool,
}

impl JsonElements {
    /// No element may be longer than `limit` bytes.
    pub(super) fn open(path: &Path, limit: usize) -> Result<Self> {
        Self::new(Box::new(File::open(path).map_err(io)?), limit)
    }

    pub(super) fn new(input: Box<dyn Read + Send>, limit: usize) -> Result<Self> {
        let mut out = Self {
            input,
            buffer: Vec::new(),
            start: 0,
            offset: 0,
            at_end: false,
            limit,
            is_object: false,
            is_fresh: true,
        };
        out.fill()?;
        if out.buffer.starts_with(b"\xef\xbb\xbf") {
            out.start = 3;
        }
        match out.peek()? {
            Some(b'{') => {
                out.start += 1;
                out.is_object = true;
            }
            Some(b'[') => {}
            _ => return Err(out.wrong("neither a JSON list nor a JSON object")),
        }
        Ok(out)
    }

    /// Whether the file is an object of lists.
    pub(super) fn is_object(&self) -> bool {
        self.is_object
    }

    /// Where in the file it goes on.
    pub(super) fn position(&self) -> u64 {
        self.offset + self.start as u64
    }

    /// Goes to the next list: its key, empty for the list that is the whole file.
    /// What is no list is passed over.
    pub(super) fn next_list(&mut self) -> Result<Option<String>> {
        if !self.is_object {
            if !std::mem::take(&mut self.is_fresh) {
                return self.end().map(|()| None);
            }
            self.start += 1;
            return Ok(Some(String::new()));
        }
        loop {
            match self.peek()? {
                Some(b'}') => {
                    self.start += 1;
                    return self.end().map(|()| None);
                }
                Some(b',') if !self.is_fresh => self.start += 1,
                Some(b'"') if self.is_fresh => {}
                _ => return Err(self.wrong("a key, a comma or the end of the object is missing")),
            }
            self.is_fresh = false;
            let key = self.key()?;
            if self.peek()? != Some(b':') {
                return Err(self.wrong("no colon after a key"));
            }
            self.start += 1;
            if self.peek()? == Some(b'[') {
                self.start += 1;
                return Ok(Some(key));
            }
            self.pass_over()?;
        }
    }

    /// The next element of the list; `None` at its end.
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Element<T>>> {
        self.next_by(|_| None)
    }

    /// The same by a parser that may be quicker for some: it gives the element at the beginning of
    /// the bytes and its length, or nothing.
    #[inline(always)]
    pub(super) fn next_by<T: DeserializeOwned>(
        &mut self,
        quick: impl Fn(&[u8]) -> Option<(T, usize)>,
    ) -> Result<Option<Element<T>>> {
        match self.peek()? {
            Some(b']') => {
                self.start += 1;
                return Ok(None);
            }
            None => return Err(self.truncated()),
            _ => {}
        }
        let element = self.element(quick)?;
        match self.peek()? {
            Some(b',') => {
                self.start += 1;
                // A comma before the end is a slip of many writers by hand; it changes nothing.
                Ok(Some(element))
            }
            Some(b']') => Ok(Some(element)),
            None => Err(self.truncated()),
            _ => Err(self.wrong("a comma or the end of the list is missing")),
        }
    }

    /// Passes over the rest of the list.
    pub(super) fn pass_list(&mut self) -> Result<()> {
        loop {
            match self.peek()? {
                Some(b']') => {
                    self.start += 1;
                    return Ok(());
                }
                Some(b',') => self.start += 1,
                None => return Err(self.truncated()),
                _ => self.pass_over()?,
            }
        }
    }

    #[inline(always)]
    fn element<T: DeserializeOwned>(
        &mut self,
        quick: impl Fn(&[u8]) -> Option<(T, usize)>,
    ) -> Result<Element<T>> {
        let offset = self.position();
        loop {
            let rest = &self.buffer[self.start..];
            if let Some((value, used)) = quick(rest) {
                self.start += used;
                return Ok(Element::Read(value));
            }
            let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<T>();
            let found = values.next();
            let used = values.byte_offset();
            match found {
                Some(Ok(value)) => {
                    self.start += used;
                    return Ok(Element::Read(value));
                }
                Some(Err(error)) if error.is_eof() && !self.at_end => {
                    if rest.len() > self.limit {
                        self.pass_over()?;
                        return Ok(Element::Bad {
                            offset,
                            reason: TOO_LONG,
                        });
                    }
                    self.fill()?;
                }
                Some(Err(error)) if error.is_eof() => return Err(self.truncated()),
                _ => {
                    self.pass_over()?;
                    return Ok(Element::Bad {
                        offset,
                        reason: NOT_A_RESULT,
                    });
                }
            }
        }
    }

    /// A text that is a key.
    fn key(&mut self) -> Result<String> {
        if self.peek()? != Some(b'"') {
            return Err(self.wrong("a key is missing"));
        }
        match self.element(|_| None)? {
            Element::Read(key) => Ok(key),
            Element::Bad { .. } => Err(self.wrong("a key that is no text")),
        }
    }

    /// Passes over one value, whatever it is.
    fn pass_over(&mut self) -> Result<()> {
        let (mut depth, mut in_text, mut escaped) = (0_u64, false, false);
        self.peek()?;
        let mut any = false;
        loop {
            while self.start < self.buffer.len() {
                let byte = self.buffer[self.start];
                if in_text {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => in_text = false,
                        _ => {}
                    }
                } else {
                    match byte {
                        b'"' => in_text = true,
                        b'[' | b'{' => depth += 1,
                        b']' | b'}' if depth > 0 => depth -= 1,
                        // The end of what the value stands in.
                        b']' | b'}' | b',' if depth == 0 => {
                            return match any {
                                true => Ok(()),
                                false => Err(self.wrong("a value is missing")),
                            };
                        }
                        _ => {}
                    }
                }
                any = true;
                self.start += 1;
            }
            if self.at_end {
                return Err(self.truncated());
            }
            self.fill()?;
        }
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Result<Option<u8>> {
        loop {
            let rest = &self.buffer[self.start..];
            let is_space = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
            let space = rest.iter().take_while(is_space).count();
            self.start += space;
            if let Some(byte) = self.buffer.get(self.start) {
                return Ok(Some(*byte));
            }
            if self.at_end {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    /// Reads on; what has been used is forgotten.
    fn fill(&mut self) -> Result<()> {
        self.buffer.drain(..self.start);
        self.offset += self.start as u64;
        self.start = 0;
        let before = self.buffer.len();
        // As much again, so that a long element is not parsed again and again.
        let more = before.max(BUFFER);
        let mut input = (&mut self.input).take(more as u64);
        let read = input.read_to_end(&mut self.buffer).map_err(io)?;
        self.at_end = read < more;
        Ok(())
    }

    /// That nothing follows.
    fn end(&mut self) -> Result<()> {
        match self.peek()? {
            None => Ok(()),
            Some(_) => Err(self.wrong("more after the end of the JSON value")),
        }
    }

    fn truncated(&self) -> Error {
        let message = "the JSON ends in the middle; the file was cut short";
        let end = self.offset + self.buffer.len() as u64;
        Error::new(ErrorKind::Input, message).at("byte", end)
    }

    fn wrong(&self, message: &str) -> Error {
        Error::new(ErrorKind::Input, message).at("byte", self.position())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, Vec<Option<i64>>)>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        std::fs::write(&path, text).unwrap();
        let mut elements = JsonElements::open(&path, 1 << 20)?;
        let mut lists = Vec::new();
        while let Some(key) = elements.next_list()? {
            let mut values = Vec::new();
            while let Some(element) = elements.next::<Vec<i64>>()? {
                values.push(match element {
                    Element::Read(value) => Some(value[0]),
                    Element::Bad { .. } => None,
                });
            }
            lists.push((key, values));
        }
        Ok(lists)
    }

    #[test]
    fn lists_come_by_key_and_bad_elements_are_passed_over() {
        let text =
            r#" {"info": {"a": "}]"}, "x": [[1], {"b": ["]\""]}, [2], NaN, [3]], "n": 5, "y": []}"#;
        let lists = read(text).unwrap();
        let x = vec![Some(1), None, Some(2), None, Some(3)];
        assert_eq!(lists, [("x".to_owned(), x), ("y".to_owned(), vec![])]);
        assert_eq!(read("[[7], 8 ]").unwrap()[0].1, [Some(7), None]);
    }

    #[test]
    fn deep_nesting_and_long_files_are_passed_over() {
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        let mut text = format!("[[1], {deep}");
        (0..400_000).for_each(|_| text += ", [12345]");
        text += "]";
        let values = &read(&text).unwrap()[0].1;
        assert_eq!(values.len(), 400_002);
        assert_eq!(values.iter().filter(|v| v.is_none()).count(), 1);
    }

    #[test]
    fn what_is_cut_or_no_json_is_an_error_with_its_place() {
        for (text, says) in [
            ("[[1], [2", "byte 8"),
            ("[[1]", "cut short"),
            (r#"{"x": [[1]"#, "cut short"),
            (r#"{"x" [[1]]}"#, "colon"),
            ("[[1] [2]]", "comma"),
            ("[[1]] 5", "more after"),
            ("hello", "neither"),
            ("", "neither"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
