//! Element types of NumPy arrays: the `descr` string and what it means.

use std::fmt;

/// The order of the bytes of one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

/// What one element of an array is.
///
/// Its printed form is the name NumPy users know.
///
/// ```
/// use driftsphere::ingest::Dtype;
///
/// assert_eq!(Dtype::Float { bytes: 2 }.to_string(), "float16");
/// assert_eq!(Dtype::Text { width: 13 }.to_string(), "text of 13 characters");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dtype {
    /// `b1`: one byte, 0 or 1.
    Bool,
    /// `i1` to `i8`: signed, two's complement.
    Int {
        /// Bytes an element: 1, 2, 4 or 8.
        bytes: u8,
    },
    /// `u1` to `u8`: unsigned.
    Uint {
        /// Bytes an element: 1, 2, 4 or 8.
        bytes: u8,
    },
    /// `f2`, `f4`, `f8`: IEEE 754.
    Float {
        /// Bytes an element: 2, 4 or 8.
        bytes: u8,
    },
    /// `bfloat16`: the upper half of an IEEE 754 `float32` (safetensors only).
    BFloat,
    /// `U`: a fixed number of UCS-4 characters, padded with zeros.
    Text {
        /// Characters an element.
        width: usize,
    },
    /// `S`: a fixed number of bytes, padded with zeros, read as UTF-8.
    Bytes {
        /// Bytes an element.
        width: usize,
    },
    /// A type that cannot be read (objects, records, complex numbers, dates):
    /// listed, so that the arrays beside it stay usable.
    Unsupported {
        /// The header's own words.
        descr: String,
    },
}

impl Dtype {
    /// Reads a `descr` such as `<f4`, `|b1` or `>U12`; never fails, since what
    /// is not understood is [`Dtype::Unsupported`].
    pub(crate) fn parse(descr: &str) -> (Self, ByteOrder) {
        Self::parse_known(descr).unwrap_or_else(|| {
            let descr = descr.chars().take(64).collect();
            (Self::Unsupported { descr }, ByteOrder::Little)
        })
    }

    fn parse_known(descr: &str) -> Option<(Self, ByteOrder)> {
        let mut chars = descr.chars();
        let order = match chars.next()? {
            '<' => Some(ByteOrder::Little),
            '>' => Some(ByteOrder::Big),
            '|' => None,
            _ => return None,
        };
        let kind = chars.next()?;
        let digits = chars.as_str();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let size: usize = digits.parse().ok()?;
        let element = match (kind, size) {
            ('b', 1) => Self::Bool,
            ('i', 1 | 2 | 4 | 8) => Self::Int { bytes: size as u8 },
            ('u', 1 | 2 | 4 | 8) => Self::Uint { bytes: size as u8 },
            ('f', 2 | 4 | 8) => Self::Float { bytes: size as u8 },
            // Elements without bytes would let an empty file claim any number of rows.
            ('U', 1..) => Self::Text { width: size },
            ('S', 1..) => Self::Bytes { width: size },
            _ => return None,
        };
        let needs_order = match element {
            Self::Text { .. } => true,
            Self::Int { bytes } | Self::Uint { bytes } | Self::Float { bytes } => bytes > 1,
            _ => false,
        };
        match order {
            None if needs_order => None,
            order => Some((element, order.unwrap_or(ByteOrder::Little))),
        }
    }

    /// Bytes an element in the file; `None` where it is unknown or overflows.
    pub(crate) fn size(&self) -> Option<usize> {
        match self {
            Self::Bool => Some(1),
            Self::Int { bytes } | Self::Uint { bytes } | Self::Float { bytes } => {
                Some(usize::from(*bytes))
            }
            Self::BFloat => Some(2),
            Self::Text { width } => width.checked_mul(4),
            Self::Bytes { width } => Some(*width),
            Self::Unsupported { .. } => None,
        }
    }

    /// Whether elements are numbers, so that the array can be a matrix of rows.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Bool | Self::Int { .. } | Self::Uint { .. } | Self::Float { .. } | Self::BFloat
        )
    }

    /// What to do about an array of an unsupported type.
    pub(crate) fn advice(descr: &str) -> &'static str {
        let kind = descr.trim_start_matches(['<', '>', '|', '=']);
        if kind.starts_with('O') {
            "object arrays hold pickled Python objects, which are never loaded; save a plain array, \
             for instance np.save(path, np.array(values.tolist())) or values.astype('U')"
        } else if descr.starts_with('[') || kind.starts_with('V') {
            "save each field of a structured array as an array of its own: np.savez(path, a=x['a'], b=x['b'])"
        } else if kind.starts_with('M') || kind.starts_with('m') {
            "save dates as milliseconds since 1970: values.astype('datetime64[ms]').astype('int64')"
        } else if kind.starts_with('c') {
            "save real numbers: values.real.astype('float32')"
        } else if kind.starts_with('f') {
            "save as values.astype('float32')"
        } else {
            "save as float16, float32, float64, an integer type, bool, or text ('U' or 'S' of at least one character)"
        }
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Int { bytes } => write!(f, "int{}", u32::from(*bytes) * 8),
            Self::Uint { bytes } => write!(f, "uint{}", u32::from(*bytes) * 8),
            Self::Float { bytes } => write!(f, "float{}", u32::from(*bytes) * 8),
            Self::BFloat => f.write_str("bfloat16"),
            Self::Text { width } => write!(f, "text of {width} characters"),
            Self::Bytes { width } => write!(f, "text of {width} bytes"),
            Self::Unsupported { descr } => write!(f, "unsupported {descr}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_types_are_read_in_both_byte_orders() {
        let cases = [
            ("<f2", Dtype::Float { bytes: 2 }, ByteOrder::Little),
            (">f8", Dtype::Float { bytes: 8 }, ByteOrder::Big),
            ("|i1", Dtype::Int { bytes: 1 }, ByteOrder::Little),
            (">u4", Dtype::Uint { bytes: 4 }, ByteOrder::Big),
            ("|b1", Dtype::Bool, ByteOrder::Little),
            ("<U13", Dtype::Text { width: 13 }, ByteOrder::Little),
            ("|S7", Dtype::Bytes { width: 7 }, ByteOrder::Little),
        ];
        for (descr, element, order) in cases {
            assert_eq!(Dtype::parse(descr), (element, order), "{descr}");
        }
    }

    #[test]
    fn all_else_is_unsupported_and_advised_upon() {
        for descr in [
            "",
            "<",
            "f4",
            "<f",
            "<f3",
            "<f16",
            "|f4",
            "|U3",
            "<U0",
            "|S0",
            "|O",
            "<c8",
            "<M8[ns]",
            "|V8",
            "<i+4",
            "<i 4",
            "<U99999999999999999999999",
        ] {
            let (element, _) = Dtype::parse(descr);
            assert!(
                matches!(element, Dtype::Unsupported { .. }),
                "{descr}: {element}"
            );
            assert_eq!(element.size(), None);
            assert!(!Dtype::advice(descr).is_empty());
        }
        assert!(Dtype::advice("|O").contains("never loaded"));
        assert!(Dtype::advice("[('a', '<f4')]").contains("each field"));
    }
}
