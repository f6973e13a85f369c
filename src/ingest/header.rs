//! The header of a `.npy` array, formats 1.0, 2.0 and 3.0.
//!
//! Source: NumPy, `numpy.lib.format`, "Format Version 1.0 / 2.0 / 3.0":
//!
//! ```text
//! 6 bytes   \x93NUMPY
//! 2 bytes   major, minor version
//! 2 bytes   header length, little endian u16 (1.0)     4 bytes, u32 (2.0, 3.0)
//! n bytes   a Python dict literal with exactly the keys descr, fortran_order
//!           and shape, padded with spaces, ended by a line feed; Latin-1 (UTF-8 in 3.0)
//! data      count x item size bytes, in C or Fortran order
//! ```

use std::io::Read;

use super::dtype::{ByteOrder, Dtype};
use super::limits::Limits;
use super::literal::{Literal, RawHeader};
use crate::error::{Error, ErrorKind, Result};

/// The first bytes of every `.npy` array.
pub(crate) const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// NumPy's own bound on the number of dimensions.
const MAX_DIMENSIONS: usize = 64;

/// What a header says, checked: the counts fit into this machine's integers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) dtype: Dtype,
    pub(crate) order: ByteOrder,
    pub(crate) fortran: bool,
    pub(crate) shape: Vec<usize>,
    /// Bytes of magic, version, length and dict: where the data start.
    pub(crate) length: u64,
    /// Number of elements: the product of the shape.
    pub(crate) count: usize,
    /// Bytes of data; `None` for an unsupported element type.
    pub(crate) data_bytes: Option<u64>,
}

impl Header {
    /// Reads a header from the start of an array; allocates at most
    /// `limits.max_header_bytes`.
    pub(crate) fn read(reader: &mut impl Read, limits: &Limits) -> Result<Self> {
        let mut start = [0u8; 8];
        fill(reader, &mut start)?;
        if start[..6] != *MAGIC {
            return Err(input(
                "not a .npy array: it does not start with \\x93NUMPY; write it with np.save or np.savez",
            ));
        }
        let (prefix, length) = match (start[6], start[7]) {
            (1, 0) => {
                let mut bytes = [0u8; 2];
                fill(reader, &mut bytes)?;
                (10, usize::from(u16::from_le_bytes(bytes)))
            }
            (2 | 3, 0) => {
                let mut bytes = [0u8; 4];
                fill(reader, &mut bytes)?;
                let length = u32::from_le_bytes(bytes);
                (12, usize::try_from(length).unwrap_or(usize::MAX))
            }
            (major, minor) => {
                return Err(input(format!(
                    ".npy format {major}.{minor} is not known (1.0, 2.0 and 3.0 are); write the array with np.save"
                )));
            }
        };
        if length > limits.max_header_bytes {
            return Err(Error::new(
                ErrorKind::Limit,
                format!(
                    "the .npy header claims {length} bytes, the limit is {}; a plain array needs 128",
                    limits.max_header_bytes
                ),
            ));
        }
        let mut bytes = vec![0u8; length];
        fill(reader, &mut bytes)?;
        let text = if start[6] == 3 {
            String::from_utf8(bytes)
                .map_err(|e| input("the .npy header is not UTF-8").because(e))?
        } else {
            bytes.iter().map(|&b| char::from(b)).collect()
        };
        Self::check(Literal::new(&text).header()?, (prefix + length) as u64)
    }

    /// The one door from what was read to what is used.
    fn check(raw: RawHeader, length: u64) -> Result<Self> {
        let (dtype, order) = Dtype::parse(&raw.descr);
        Self::checked(dtype, order, raw.fortran, &raw.shape, length)
    }

    fn checked(
        dtype: Dtype,
        order: ByteOrder,
        fortran: bool,
        shape: &[u64],
        length: u64,
    ) -> Result<Self> {
        if shape.len() > MAX_DIMENSIONS {
            return Err(input(format!(
                "the shape has {} dimensions, NumPy knows at most {MAX_DIMENSIONS}",
                shape.len()
            )));
        }
        let too_large = || {
            Error::new(
                ErrorKind::Limit,
                format!("the shape {} is too large for any memory", Shape(shape)),
            )
        };
        // A zero among the dimensions does not excuse absurd others: the product of the rest must fit.
        let product = shape
            .iter()
            .filter(|&&n| n != 0)
            .try_fold(1u64, |product, &n| product.checked_mul(n))
            .ok_or_else(too_large)?;
        let count = if shape.contains(&0) { 0 } else { product };
        let data_bytes = match &dtype {
            Dtype::Unsupported { .. } => None,
            known => {
                let size = known.size().ok_or_else(too_large)?;
                Some(count.checked_mul(size as u64).ok_or_else(too_large)?)
            }
        };
        let shape = shape.iter().map(|&n| usize::try_from(n));
        Ok(Self {
            shape: shape
                .collect::<std::result::Result<_, _>>()
                .map_err(|_| too_large())?,
            count: usize::try_from(count).map_err(|_| too_large())?,
            dtype,
            order,
            fortran,
            length,
            data_bytes,
        })
    }

    /// The header of an array whose data begin at once, as in safetensors.
    #[cfg(feature = "records")]
    pub(crate) fn bare(dtype: Dtype, shape: &[u64]) -> Result<Self> {
        Self::checked(dtype, ByteOrder::Little, false, shape, 0)
    }

    /// Reads past the header in an array that was opened anew.
    pub(crate) fn pass(&self, reader: &mut impl Read, limits: &Limits) -> Result<()> {
        if self.length > 0 {
            Self::read(reader, limits)?;
        }
        Ok(())
    }

    /// Bytes an element; 1 for an unsupported type, whose data are never read.
    pub(crate) fn size(&self) -> usize {
        self.dtype.size().unwrap_or(1)
    }

    /// An error unless the element type can be read.
    pub(crate) fn supported(&self) -> Result<()> {
        match &self.dtype {
            Dtype::Unsupported { descr } => Err(input(format!(
                "the element type {descr} cannot be read: {}",
                Dtype::advice(descr)
            ))),
            _ => Ok(()),
        }
    }

    /// An error unless exactly the promised data follow the header in
    /// `available` bytes.
    pub(crate) fn fits(&self, available: u64) -> Result<()> {
        let Some(data_bytes) = self.data_bytes else {
            return Ok(());
        };
        let found = available.saturating_sub(self.length);
        let shape = Shape(&self.shape);
        match found.cmp(&data_bytes) {
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Less => Err(input(format!(
                "truncated: the shape {shape} of {} needs {data_bytes} bytes, {found} are there; write the file again",
                self.dtype
            ))),
            std::cmp::Ordering::Greater => Err(input(format!(
                "{} bytes follow the array of shape {shape}; one .npy file holds one array (np.savez holds several)",
                found - data_bytes
            ))),
        }
    }
}

/// Prints a shape as Python does.
pub(crate) struct Shape<'a, T>(pub(crate) &'a [T]);

impl<T: std::fmt::Display> std::fmt::Display for Shape<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(")?;
        for (i, n) in self.0.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            n.fmt(f)?;
        }
        f.write_str(if self.0.len() == 1 { ",)" } else { ")" })
    }
}

fn input(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Input, message)
}

/// `read_exact` whose failure says that the header was cut.
fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> Result<()> {
    reader.read_exact(bytes).map_err(|error| {
        let message = match error.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                "truncated inside the .npy header; write the file again".to_owned()
            }
            _ => format!("the .npy header cannot be read: {error}"),
        };
        input(message).because(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(version: u8, dict: &str) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend([version, 0]);
        match version {
            1 => out.extend((dict.len() as u16).to_le_bytes()),
            _ => out.extend((dict.len() as u32).to_le_bytes()),
        }
        out.extend(dict.as_bytes());
        out
    }

    fn read(dict: &str) -> Result<Header> {
        Header::read(&mut &bytes(1, dict)[..], &Limits::default())
    }

    #[test]
    fn all_three_formats_and_every_spelling_of_the_dict_are_read() {
        let dicts = [
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }    \n",
            "{\"shape\":(3,4),\"fortran_order\":False,\"descr\":\"<f4\"}\n",
            "{'shape': (3L, 4L,), 'descr': '<f4', 'fortran_order': False}",
        ];
        for dict in dicts {
            for version in 1..=3 {
                let header = Header::read(&mut &bytes(version, dict)[..], &Limits::default());
                let header = header.unwrap();
                assert_eq!(header.shape, [3, 4]);
                assert_eq!(header.count, 12);
                assert_eq!(header.data_bytes, Some(48));
                let prefix = if version == 1 { 10 } else { 12 };
                assert_eq!(header.length, (prefix + dict.len()) as u64);
                assert!(!header.fortran);
            }
        }
    }

    #[test]
    fn scalars_and_empty_shapes() {
        let scalar = read("{'descr': '<i4', 'fortran_order': False, 'shape': ()}").unwrap();
        assert_eq!((scalar.count, scalar.shape.len()), (1, 0));
        let empty = read("{'descr': '<i4', 'fortran_order': True, 'shape': (0, 7)}").unwrap();
        assert_eq!((empty.count, empty.data_bytes), (0, Some(0)));
    }

    #[test]
    fn structured_and_object_types_are_kept_as_unsupported() {
        let dict =
            "{'descr': [('a', '<f4'), ('b]', '<i2', (2,))], 'fortran_order': False, 'shape': (3,)}";
        let header = read(dict).unwrap();
        let message = header.supported().unwrap_err().to_string();
        assert!(message.contains("each field"), "{message}");
        let header = read("{'descr': '|O', 'fortran_order': False, 'shape': (3,)}").unwrap();
        assert!(header.supported().is_err());
    }

    #[test]
    fn absurd_shapes_are_refused_before_anything_is_allocated() {
        for shape in [
            "(9223372036854775807, 9223372036854775807)",
            "(18446744073709551615,)",
            "(0, 9223372036854775807, 9223372036854775807)",
        ] {
            let dict = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}");
            assert_eq!(read(&dict).unwrap_err().kind(), ErrorKind::Limit, "{shape}");
        }
        let many = "1, ".repeat(65);
        let dict = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({many})}}");
        assert!(read(&dict).unwrap_err().message().contains("65 dimensions"));
    }

    #[test]
    fn a_header_longer_than_the_limit_is_not_read() {
        let mut claim = MAGIC.to_vec();
        claim.extend([2, 0]);
        claim.extend(u32::MAX.to_le_bytes());
        let error = Header::read(&mut &claim[..], &Limits::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
    }

    #[test]
    fn a_header_cut_anywhere_is_an_error() {
        let whole = bytes(
            1,
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }\n",
        );
        for cut in 0..whole.len() {
            assert!(Header::read(&mut &whole[..cut], &Limits::default()).is_err());
        }
    }

    #[test]
    fn missing_and_surplus_data_are_told_apart() {
        let header = read("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)}").unwrap();
        assert!(header.fits(header.length + 48).is_ok());
        let short = header.fits(header.length + 47).unwrap_err();
        assert!(short.message().starts_with("truncated"), "{short}");
        let long = header.fits(header.length + 50).unwrap_err();
        assert!(long.message().starts_with("2 bytes follow"), "{long}");
    }
}
