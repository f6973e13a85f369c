//! The dict literal of a `.npy` header, read by a small strict parser and never
//! evaluated.

use crate::error::{Error, ErrorKind, Result};

/// A header as it was written, not yet believed.
pub(crate) struct RawHeader {
    pub(crate) descr: String,
    pub(crate) fortran: bool,
    pub(crate) shape: Vec<u64>,
}

/// A parser of the one kind of Python literal that a header may hold.
pub(crate) struct Literal<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Literal<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, rest: text }
    }

    /// Reads the whole text.
    pub(crate) fn header(mut self) -> Result<RawHeader> {
        let (mut descr, mut fortran, mut shape) = (None, None, None);
        self.expect("{")?;
        while !self.accept("}") {
            let key = self.string()?;
            self.expect(":")?;
            let repeated = match key {
                "descr" => descr.replace(self.descr()?).is_some(),
                "fortran_order" => fortran.replace(self.boolean()?).is_some(),
                "shape" => shape.replace(self.shape()?).is_some(),
                _ => return Err(self.error("an unknown key")),
            };
            if repeated {
                return Err(self.error("a repeated key"));
            }
            if !self.accept(",") {
                self.expect("}")?;
                break;
            }
        }
        self.space();
        if !self.rest.is_empty() {
            return Err(self.error("something after the dict"));
        }
        match (descr, fortran, shape) {
            (Some(descr), Some(fortran), Some(shape)) => Ok(RawHeader {
                descr,
                fortran,
                shape,
            }),
            _ => Err(self.error("a missing key")),
        }
    }

    /// A type string, or the list of a structured type, kept as it stands.
    fn descr(&mut self) -> Result<String> {
        self.space();
        if !self.rest.starts_with(['[', '(']) {
            return self.string().map(str::to_owned);
        }
        let (mut depth, mut quote) = (0usize, None);
        for (at, c) in self.rest.char_indices() {
            match (quote, c) {
                (Some(open), _) if c == open => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(c),
                (None, '[' | '(') => depth += 1,
                (None, ']' | ')') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let (list, rest) = self.rest.split_at(at + c.len_utf8());
                self.rest = rest;
                return Ok(list.to_owned());
            }
        }
        Err(self.error("an unfinished list"))
    }

    fn string(&mut self) -> Result<&'a str> {
        self.space();
        let quote = match self.rest.chars().next() {
            Some(c @ ('\'' | '"')) => c,
            _ => return Err(self.error("something that is not a string")),
        };
        match self.rest[1..].split_once(quote) {
            Some((inside, rest)) if !inside.contains('\\') => {
                self.rest = rest;
                Ok(inside)
            }
            _ => Err(self.error("an unfinished string")),
        }
    }

    fn boolean(&mut self) -> Result<bool> {
        if self.accept("True") {
            Ok(true)
        } else if self.accept("False") {
            Ok(false)
        } else {
            Err(self.error("neither True nor False"))
        }
    }

    fn shape(&mut self) -> Result<Vec<u64>> {
        let mut shape = Vec::new();
        self.expect("(")?;
        while !self.accept(")") {
            shape.push(self.number()?);
            if !self.accept(",") {
                // `(3)` is a number in Python, not a shape.
                if shape.len() == 1 {
                    return Err(self.error("a shape that is no tuple"));
                }
                self.expect(")")?;
                break;
            }
        }
        Ok(shape)
    }

    fn number(&mut self) -> Result<u64> {
        self.space();
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.rest.split_at(digits);
        let number = number
            .parse()
            .map_err(|_| self.error("a dimension that is no count"))?;
        // Python 2 wrote long integers as 3L.
        self.rest = rest.strip_prefix('L').unwrap_or(rest);
        Ok(number)
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn accept(&mut self, token: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<()> {
        if self.accept(token) {
            Ok(())
        } else {
            Err(self.error(&format!("no `{token}` where one belongs")))
        }
    }

    fn error(&self, what: &str) -> Error {
        let message = format!(
            "the .npy header is damaged: {what} at byte {}; expected {{'descr': '<f4', 'fortran_order': False, 'shape': (rows, columns)}}",
            self.text.len() - self.rest.len()
        );
        Error::new(ErrorKind::Input, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_dicts_are_errors_that_say_where() {
        for dict in [
            "",
            "{}",
            "{'descr': '<f4', 'fortran_order': False}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'x': 1}",
            "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} x",
            "{'descr': [('a', '<f4', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': ]'<f4', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '<f4, 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        ] {
            let Err(error) = Literal::new(dict).header() else {
                panic!("accepted: {dict}");
            };
            assert_eq!(error.kind(), ErrorKind::Input, "{dict}");
            assert!(error.message().contains("at byte"), "{dict}: {error}");
        }
    }
}
