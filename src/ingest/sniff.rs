//! What a text file is, told by its first line.

use super::text_value::typed_between;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::column::Cell;

/// A kind of text that holds records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextKind {
    JsonLines,
    Csv { delimiter: u8 },
}

/// The kind of a file that begins with `start`; `None` for one that is no text.
/// `records` says that the user called it a table.
pub(crate) fn kind(start: &[u8], records: bool) -> Option<Result<TextKind>> {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        return Some(Err(input("a UTF-16 text; save it as UTF-8")));
    }
    let start = start.trim_ascii_start();
    let line = start.split(|&b| b == b'\n').next().unwrap_or_default();
    let line = line.trim_ascii_end();
    if line.is_empty() || line.iter().any(|&b| b < 32 && b != b'\t' && b != b'\r') {
        return None;
    }
    Some(match line {
        b"{" => Err(input(
            "one JSON value over many lines; write one object a line, for instance with jq -c",
        )),
        [b'{', ..] => Ok(TextKind::JsonLines),
        [b'[', ..] => Err(input(
            "a JSON list; write one object a line, for instance with jq -c '.[]'",
        )),
        line => csv(line, records),
    })
}

fn csv(line: &[u8], records: bool) -> Result<TextKind> {
    let (mut counts, mut quoted) = ([0_usize; 3], false);
    const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];
    for &byte in line {
        quoted ^= byte == b'"';
        if let Some(at) = DELIMITERS.iter().position(|&d| d == byte && !quoted) {
            counts[at] += 1;
        }
    }
    // Of equals the first: the comma is the usual one.
    let best = (0..3).rev().max_by_key(|&at| counts[at]).unwrap_or(0);
    let delimiter = DELIMITERS[best];
    if records {
        return Ok(TextKind::Csv { delimiter });
    }
    if counts[best] == 0 {
        return Err(input(
            "a text whose first line holds no comma, tab or semicolon: a table of one column, or \
             none? If it is one, say so with --as records",
        ));
    }
    let numbers = line.split(|&b| b == delimiter).all(|name| {
        let name = std::str::from_utf8(name).unwrap_or_default();
        matches!(
            typed_between(name.trim(), delimiter),
            Cell::Int(_) | Cell::Float(_)
        )
    });
    if numbers {
        return Err(input(
            "a table whose first line holds numbers, where names belong: add a line of names; or \
             save embeddings with np.save (--as embeddings); or take the numbers for names with \
             --as records",
        ));
    }
    Ok(TextKind::Csv { delimiter })
}

fn input(message: &str) -> Error {
    Error::new(ErrorKind::Input, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(start: &str) -> Result<TextKind> {
        kind(start.as_bytes(), false).unwrap()
    }

    #[test]
    fn the_first_line_tells() {
        let csv = |delimiter| TextKind::Csv { delimiter };
        assert_eq!(of("{\"a\": 1}\n").unwrap(), TextKind::JsonLines);
        assert_eq!(of("\u{feff}  {\"a\"").unwrap(), TextKind::JsonLines);
        assert_eq!(of("a,b\n1;2;3").unwrap(), csv(b','));
        assert_eq!(of("a\tb,c\td").unwrap(), csv(b'\t'));
        assert_eq!(of("\"a,b,c\";b\n").unwrap(), csv(b';'));
        assert_eq!(of("1,b").unwrap(), csv(b','));
    }

    #[test]
    fn what_may_be_meant_otherwise_is_asked() {
        for (start, word) in [
            ("alone\n1\n", "--as records"),
            ("0.5,1\n", "--as records"),
            ("5;1,5;2\n", "first line holds numbers"),
            ("[{}]", "jq -c"),
            ("{\n \"images\": []", "jq -c"),
        ] {
            let error = of(start).unwrap_err();
            assert!(error.message().contains(word), "{error}");
        }
        assert_eq!(
            kind(b"alone\n", true).unwrap().unwrap(),
            TextKind::Csv { delimiter: b',' }
        );
        assert!(kind(b"\x89PNG\x00\x01", false).is_none());
        assert!(kind(b" \n ", false).is_none());
        assert!(kind(b"\xff\xfea\0", false).unwrap().is_err());
    }
}
