//! One JSON object, flattened while it is parsed: no tree is built.

use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::column::Cell;

pub(crate) const NOT_JSON: &str = "not valid JSON";
pub(crate) const NOT_UTF8: &str = "text that is not UTF-8";
pub(crate) const NO_OBJECT: &str = "JSON that is no object";
pub(crate) const TWICE: &str = "a key given twice";
pub(crate) const TOO_DEEP: &str = "nested deeper than the limit";
pub(crate) const TOO_MANY: &str = "list longer than the limit";

/// What takes the values of one object, each under the path of its keys,
/// joined by dots.
pub(crate) trait Sink {
    /// A value that is no list. An error is the reason why the object is not
    /// wanted after all.
    fn leaf(&mut self, path: &str, cell: Cell) -> Result<(), &'static str>;
    /// Whether the list under `path` is to be given as numbers.
    fn wants_list(&mut self, path: &str) -> bool;
    /// The numbers of a list that was wanted; `None` where it holds other
    /// things.
    fn list(&mut self, path: &str, numbers: Option<&[f32]>) -> Result<(), &'static str>;
    /// A list that was not wanted.
    fn other_list(&mut self, path: &str) -> Result<(), &'static str>;
}

/// Bounds and scratch of the parser.
#[derive(Debug)]
pub(crate) struct Flattener {
    pub(crate) max_nesting: usize,
    pub(crate) max_list: usize,
    path: String,
    numbers: Vec<f32>,
}

impl Flattener {
    pub(crate) fn new(max_nesting: usize, max_list: usize) -> Self {
        Self {
            max_nesting,
            max_list,
            path: String::new(),
            numbers: Vec::new(),
        }
    }

    /// Gives the values of the object in `line` to `sink`, or says why it
    /// cannot be read; the sink may have got some values by then.
    pub(crate) fn read(&mut self, line: &[u8], sink: &mut impl Sink) -> Result<(), &'static str> {
        let text = std::str::from_utf8(line).map_err(|_| NOT_UTF8)?;
        self.path.clear();
        let mut reason = None;
        let mut json = serde_json::Deserializer::from_str(text);
        let node = Node {
            parser: self,
            sink,
            reason: &mut reason,
            depth: 0,
        };
        let parsed = node.deserialize(&mut json).and_then(|()| json.end());
        parsed.map_err(|_| reason.unwrap_or(NOT_JSON))
    }
}

struct Node<'a, S> {
    parser: &'a mut Flattener,
    sink: &'a mut S,
    reason: &'a mut Option<&'static str>,
    depth: usize,
}

impl<S: Sink> Node<'_, S> {
    /// Passes the sink's answer on through the parser.
    fn stop<E: Error>(&mut self, result: Result<(), &'static str>) -> Result<(), E> {
        result.map_err(|why| {
            *self.reason = Some(why);
            E::custom(why)
        })
    }

    fn leaf<E: Error>(mut self, cell: Cell) -> Result<(), E> {
        let result = match self.depth {
            0 => Err(NO_OBJECT),
            _ => self.sink.leaf(&self.parser.path, cell),
        };
        self.stop(result)
    }

    fn numbers<'de, A: SeqAccess<'de>>(&mut self, seq: &mut A) -> Result<bool, A::Error> {
        self.parser.numbers.clear();
        let mut all = true;
        while let Some(Number(number)) = seq.next_element()? {
            if self.parser.numbers.len() >= self.parser.max_list {
                self.stop(Err(TOO_MANY))?;
            }
            all &= number.is_some();
            self.parser.numbers.push(number.unwrap_or(f32::NAN));
        }
        Ok(all)
    }
}

impl<'de, S: Sink> DeserializeSeed<'de> for Node<'_, S> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Node<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.leaf(Cell::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.leaf(Cell::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.leaf(i64::try_from(value).map_or(Cell::Float(value as f64), Cell::Int))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.leaf(Cell::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.leaf(Cell::Text(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.leaf(Cell::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        if self.depth == 0 {
            return self.stop(Err(NO_OBJECT));
        }
        if self.sink.wants_list(&self.parser.path) {
            let all = self.numbers(&mut seq)?;
            let numbers = all.then_some(self.parser.numbers.as_slice());
            let result = self.sink.list(&self.parser.path, numbers);
            return self.stop(result);
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        let result = self.sink.other_list(&self.parser.path);
        self.stop(result)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        if self.depth >= self.parser.max_nesting {
            return self.stop(Err(TOO_DEEP));
        }
        let start = self.parser.path.len();
        while map.next_key_seed(Key(&mut self.parser.path))?.is_some() {
            map.next_value_seed(Node {
                parser: &mut *self.parser,
                sink: &mut *self.sink,
                reason: &mut *self.reason,
                depth: self.depth + 1,
            })?;
            self.parser.path.truncate(start);
        }
        Ok(())
    }
}

/// Appends a key to the path.
struct Key<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<(), E> {
        if !self.0.is_empty() {
            self.0.push('.');
        }
        self.0.push_str(key);
        Ok(())
    }
}

/// An element of a list: its number, if it is one.
struct Number(Option<f32>);

impl<'de> serde::Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Element;
        impl<'de> Visitor<'de> for Element {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an element")
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Number, E> {
                Ok(Number(Some(value as f32)))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Number, E> {
                Ok(Number(Some(value as f32)))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Number, E> {
                Ok(Number(Some(value as f32)))
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<Number, E> {
                Ok(Number(None))
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<Number, E> {
                Ok(Number(None))
            }

            fn visit_unit<E: Error>(self) -> Result<Number, E> {
                Ok(Number(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Number, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Number(None))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Number, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Number(None))
            }
        }
        deserializer.deserialize_any(Element)
    }
}
