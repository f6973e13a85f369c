//! Bytes of an array -> numbers and texts.

use half::slice::HalfFloatSliceExt;

use super::column::Column;
use super::dtype::{ByteOrder, Dtype};
use super::header::Header;
use super::limits::Limits;
use super::source::SourceReader;
use crate::error::{Error, ErrorKind, Result};

/// Bytes read at a time, unless one element is longer.
const CHUNK: usize = 64 << 10;

/// What a text costs in memory besides its bytes.
const TEXT_COST: u64 = 32;

/// Calls `$push` for each element of type `$number` in `$bytes`.
macro_rules! each_number {
    ($number:ty, $bytes:expr, $order:expr, $push:expr) => {{
        let (elements, _) = $bytes.as_chunks::<{ size_of::<$number>() }>();
        match $order {
            ByteOrder::Little => elements
                .iter()
                .map(|&b| <$number>::from_le_bytes(b))
                .for_each($push),
            ByteOrder::Big => elements
                .iter()
                .map(|&b| <$number>::from_be_bytes(b))
                .for_each($push),
        }
    }};
}

/// Appends the numbers in `bytes` as `f32`: rounded to nearest, beyond the
/// range to infinity. Elements that are not numbers append nothing.
pub(crate) fn numbers(bytes: &[u8], dtype: &Dtype, order: ByteOrder, out: &mut Vec<f32>) {
    match dtype {
        Dtype::Float { bytes: 4 } => each_number!(f32, bytes, order, |v| out.push(v)),
        Dtype::Float { bytes: 2 } => {
            let mut halves = Vec::with_capacity(bytes.len() / 2);
            each_number!(half::f16, bytes, order, |v| halves.push(v));
            let start = out.len();
            out.resize(start + halves.len(), 0.0);
            halves.convert_to_f32_slice(&mut out[start..]);
        }
        Dtype::Float { .. } => each_number!(f64, bytes, order, |v| out.push(v as f32)),
        Dtype::BFloat => each_number!(half::bf16, bytes, order, |v| out.push(v.to_f32())),
        Dtype::Int { bytes: 1 } => each_number!(i8, bytes, order, |v| out.push(f32::from(v))),
        Dtype::Int { bytes: 2 } => each_number!(i16, bytes, order, |v| out.push(f32::from(v))),
        Dtype::Int { bytes: 4 } => each_number!(i32, bytes, order, |v| out.push(v as f32)),
        Dtype::Int { .. } => each_number!(i64, bytes, order, |v| out.push(v as f32)),
        Dtype::Uint { bytes: 1 } => each_number!(u8, bytes, order, |v| out.push(f32::from(v))),
        Dtype::Uint { bytes: 2 } => each_number!(u16, bytes, order, |v| out.push(f32::from(v))),
        Dtype::Uint { bytes: 4 } => each_number!(u32, bytes, order, |v| out.push(v as f32)),
        Dtype::Uint { .. } => each_number!(u64, bytes, order, |v| out.push(v as f32)),
        Dtype::Bool => out.extend(bytes.iter().map(|&b| f32::from(u8::from(b != 0)))),
        Dtype::Text { .. } | Dtype::Bytes { .. } | Dtype::Unsupported { .. } => {}
    }
}

/// Reads a whole array as a column; memory grows with the bytes that arrive,
/// and stays under `limits.max_column_bytes`.
pub(crate) fn column(
    reader: &mut SourceReader,
    header: &Header,
    limits: &Limits,
) -> Result<Column> {
    header.supported()?;
    let size = header.dtype.size().unwrap_or(usize::MAX);
    if size > limits.max_text_bytes.max(8) {
        return Err(Error::new(
            ErrorKind::Limit,
            format!(
                "one text takes {size} bytes, the limit is {}; shorten the texts",
                limits.max_text_bytes
            ),
        ));
    }
    let mut out = Builder::new(&header.dtype);
    let mut budget = Budget {
        left: limits.max_column_bytes,
        limit: limits.max_column_bytes,
    };
    let least = if header.dtype.is_number() {
        8
    } else {
        TEXT_COST
    };
    budget.hold(least.saturating_mul(header.count as u64))?;

    let per_chunk = (CHUNK / size).max(1);
    let mut chunk = vec![0u8; per_chunk.min(header.count) * size];
    let mut row = 0;
    while row < header.count {
        let rows = per_chunk.min(header.count - row);
        let bytes = &mut chunk[..rows * size];
        reader.fill(bytes)?;
        out.extend(bytes, header, row, &mut budget)?;
        row += rows;
    }
    Ok(out.0)
}

/// What a column may still take.
struct Budget {
    left: u64,
    limit: u64,
}

impl Budget {
    fn hold(&mut self, bytes: u64) -> Result<()> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            Error::new(
                ErrorKind::Limit,
                format!(
                    "the column needs more than {} bytes of memory; split the file, or raise Limits::max_column_bytes",
                    self.limit
                ),
            )
        })?;
        Ok(())
    }
}

struct Builder(Column);

impl Builder {
    fn new(dtype: &Dtype) -> Self {
        Self(match dtype {
            Dtype::Bool => Column::Bool(Vec::new()),
            Dtype::Int { .. } | Dtype::Uint { .. } => Column::Int(Vec::new()),
            Dtype::Float { .. } | Dtype::BFloat => Column::Float(Vec::new()),
            Dtype::Text { .. } | Dtype::Bytes { .. } | Dtype::Unsupported { .. } => {
                Column::Text(Vec::new())
            }
        })
    }

    /// Appends the elements in `bytes`, the first of which is element `row`.
    fn extend(
        &mut self,
        bytes: &[u8],
        header: &Header,
        row: usize,
        budget: &mut Budget,
    ) -> Result<()> {
        let order = header.order;
        match (&mut self.0, &header.dtype) {
            (Column::Bool(out), _) => out.extend(bytes.iter().map(|&b| b != 0)),
            (Column::Float(out), Dtype::Float { bytes: 2 }) => {
                each_number!(half::f16, bytes, order, |v| out.push(v.to_f64()));
            }
            (Column::Float(out), Dtype::Float { bytes: 4 }) => {
                each_number!(f32, bytes, order, |v| out.push(f64::from(v)));
            }
            (Column::Float(out), Dtype::BFloat) => {
                each_number!(half::bf16, bytes, order, |v| out.push(v.to_f64()));
            }
            (Column::Float(out), _) => each_number!(f64, bytes, order, |v| out.push(v)),
            (Column::Int(out), Dtype::Uint { bytes: 8 }) => {
                let start = out.len();
                each_number!(u64, bytes, order, |v| out.push(v as i64));
                if let Some(at) = out[start..].iter().position(|&v| v < 0) {
                    return Err(Error::new(
                        ErrorKind::Input,
                        "a whole number beyond 2^63 - 1; save such ids as text: values.astype('U')",
                    )
                    .at("row", row + at));
                }
            }
            (Column::Int(out), Dtype::Int { bytes: size }) => match size {
                1 => each_number!(i8, bytes, order, |v| out.push(i64::from(v))),
                2 => each_number!(i16, bytes, order, |v| out.push(i64::from(v))),
                4 => each_number!(i32, bytes, order, |v| out.push(i64::from(v))),
                _ => each_number!(i64, bytes, order, |v| out.push(v)),
            },
            (Column::Int(out), Dtype::Uint { bytes: 1 }) => {
                each_number!(u8, bytes, order, |v| out.push(i64::from(v)));
            }
            (Column::Int(out), Dtype::Uint { bytes: 2 }) => {
                each_number!(u16, bytes, order, |v| out.push(i64::from(v)));
            }
            (Column::Int(out), _) => each_number!(u32, bytes, order, |v| out.push(i64::from(v))),
            (Column::Text(out), dtype) => {
                let size = dtype.size().unwrap_or(bytes.len()).max(1);
                for (at, element) in bytes.chunks_exact(size).enumerate() {
                    let text = match dtype {
                        Dtype::Text { .. } => ucs4(element, order),
                        _ => utf8(element),
                    };
                    let text = text.map_err(|e| e.at("row", row + at))?;
                    budget.hold(text.len() as u64)?;
                    out.push(text);
                }
            }
            // An array has one type: no builder makes such a column.
            (Column::Mixed(_), _) => {}
        }
        Ok(())
    }
}

fn ucs4(bytes: &[u8], order: ByteOrder) -> Result<String> {
    let (points, _) = bytes.as_chunks::<4>();
    let length = points
        .iter()
        .rposition(|p| *p != [0; 4])
        .map_or(0, |i| i + 1);
    points[..length]
        .iter()
        .map(|&point| {
            let point = match order {
                ByteOrder::Little => u32::from_le_bytes(point),
                ByteOrder::Big => u32::from_be_bytes(point),
            };
            char::from_u32(point).ok_or_else(|| {
                Error::new(
                    ErrorKind::Input,
                    format!("0x{point:X} is no Unicode character: the file is damaged"),
                )
            })
        })
        .collect()
}

fn utf8(bytes: &[u8]) -> Result<String> {
    let length = bytes.iter().rposition(|&b| b != 0).map_or(0, |i| i + 1);
    match std::str::from_utf8(&bytes[..length]) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(Error::new(
            ErrorKind::Input,
            "a text that is not UTF-8; save np.char.decode(values, 'latin1') or whatever encoding it has",
        )
        .because(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f32s(bytes: &[u8], descr: &str) -> Vec<f32> {
        let (dtype, order) = Dtype::parse(descr);
        let mut out = Vec::new();
        numbers(bytes, &dtype, order, &mut out);
        out
    }

    #[test]
    fn numbers_of_every_type_in_both_orders() {
        assert_eq!(f32s(&1.5f32.to_le_bytes(), "<f4"), [1.5]);
        assert_eq!(f32s(&1.5f64.to_be_bytes(), ">f8"), [1.5]);
        assert_eq!(
            f32s(&half::f16::from_f32(-2.25).to_be_bytes(), ">f2"),
            [-2.25]
        );
        assert_eq!(f32s(&(-7i16).to_be_bytes(), ">i2"), [-7.0]);
        assert_eq!(f32s(&u64::MAX.to_le_bytes(), "<u8"), [1.8446744e19]);
        assert_eq!(f32s(&[255], "|u1"), [255.0]);
        assert_eq!(f32s(&[255], "|i1"), [-1.0]);
        assert_eq!(f32s(&[0, 1, 7], "|b1"), [0.0, 1.0, 1.0]);
    }

    #[test]
    fn doubles_beyond_the_range_become_infinite_and_nan_stays() {
        let bytes = [1e300f64, -1e300, f64::NAN, 1e-300]
            .map(f64::to_le_bytes)
            .concat();
        let out = f32s(&bytes, "<f8");
        assert_eq!(out[..2], [f32::INFINITY, f32::NEG_INFINITY]);
        assert!(out[2].is_nan());
        assert_eq!(out[3], 0.0);
    }

    #[test]
    fn texts_lose_their_padding_only_and_must_be_unicode() {
        let bytes = ['a' as u32, 0, 0x1F600, 0].map(u32::to_be_bytes).concat();
        assert_eq!(ucs4(&bytes, ByteOrder::Big).unwrap(), "a\0\u{1F600}");
        let surrogate = 0xD800u32.to_le_bytes();
        assert!(ucs4(&surrogate, ByteOrder::Little).is_err());
        assert_eq!(utf8(b"caf\xc3\xa9\0\0").unwrap(), "café");
        assert!(utf8(b"caf\xe9").unwrap_err().message().contains("latin1"));
    }
}
