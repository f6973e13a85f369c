//! The tensors of a `.safetensors` file.
//!
//! Source: huggingface/safetensors, README, "Format":
//!
//! ```text
//! 8 bytes   n, the length of the header, little endian u64
//! n bytes   a JSON object: {"NAME": {"dtype": "F32", "shape": [3, 4], "data_offsets": [BEGIN, END]}, ...},
//!           beginning with {, padded with spaces; "__metadata__" holds texts, not a tensor
//! data      the tensors, little endian, in C order; the offsets count from here and leave no gap
//! ```

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};

use super::dtype::Dtype;
use super::header::Header;
use super::limits::Limits;
use super::source::{Packing, Source, io};
use crate::error::{Error, ErrorKind, Result};

/// The entry that holds texts about the file.
const METADATA: &str = "__metadata__";

/// Bytes before the header.
const PREFIX: u64 = 8;

/// Whether a file that begins so may be of this format.
pub(crate) fn begins_so(start: &[u8]) -> bool {
    start.len() > 8 && start[8] == b'{' && length(start).is_some_and(|n| n < 1 << 40)
}

fn length(start: &[u8]) -> Option<u64> {
    start.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// One entry of the header.
#[derive(Debug, Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// The entries of the header in its order, names given once.
struct Entries(Vec<(String, Tensor)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of tensors by name")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Entries, A::Error> {
                let mut names = std::collections::BTreeSet::new();
                let mut entries = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom(format!("two tensors are called `{name}`")));
                    }
                    if name == METADATA {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        entries.push((name, map.next_value()?));
                    }
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Map)
    }
}

/// The tensors by name, in the order of their data.
pub(crate) fn members(path: &Arc<Path>, limits: &Limits) -> Result<Vec<(String, Source, Header)>> {
    let mut file = File::open(path).map_err(io)?;
    let total = file.metadata().map_err(io)?.len();
    let mut prefix = [0; PREFIX as usize];
    file.read_exact(&mut prefix).map_err(io)?;
    let length = u64::from_le_bytes(prefix);
    if length > limits.max_metadata_bytes as u64 {
        return Err(Error::new(
            ErrorKind::Limit,
            format!(
                "the safetensors header claims {length} bytes, the limit is {}",
                limits.max_metadata_bytes
            ),
        ));
    }
    let data = total.checked_sub(PREFIX + length).ok_or_else(|| {
        input("truncated inside the safetensors header; write or copy the file again")
    })?;
    let mut header = vec![0; length as usize];
    file.read_exact(&mut header).map_err(io)?;
    let Entries(mut entries) = serde_json::from_slice(&header).map_err(|error| {
        input(format!(
            "the safetensors header is damaged: {error}; write the file again"
        ))
        .because(error)
    })?;
    if entries.len() > limits.max_arrays {
        return Err(Error::new(
            ErrorKind::Limit,
            format!(
                "the file holds {} tensors, the limit is {}",
                entries.len(),
                limits.max_arrays
            ),
        ));
    }
    entries.sort_by_key(|(_, tensor)| tensor.data_offsets);
    let mut members = Vec::with_capacity(entries.len());
    let mut next = 0;
    for (name, tensor) in entries {
        let end = tensor.data_offsets.1;
        let member = member(path, &tensor, PREFIX + length, data, next);
        let (source, header) = member.map_err(|e| e.at("array", &name))?;
        next = end;
        members.push((name, source, header));
    }
    if next != data {
        return Err(input(format!(
            "{} bytes of data belong to no tensor; write the file again",
            data - next
        )));
    }
    Ok(members)
}

/// Checks one tensor against the `data` bytes that begin at `start`, of which
/// `next` belong to those before it.
fn member(
    path: &Arc<Path>,
    tensor: &Tensor,
    start: u64,
    data: u64,
    next: u64,
) -> Result<(Source, Header)> {
    let (begin, end) = tensor.data_offsets;
    if begin != next || end < begin {
        return Err(input(format!(
            "the tensor's bytes {begin} to {end} do not follow those before it, which end at \
             {next}; write the file again"
        )));
    }
    if end > data {
        return Err(input(format!(
            "truncated: the tensor ends at byte {end} of the data, {data} are there; write or \
             copy the file again"
        )));
    }
    let header = Header::bare(dtype(&tensor.dtype), &tensor.shape)?;
    header.fits(end - begin)?;
    let source = Source {
        path: Arc::clone(path),
        packing: Packing::Stored,
        start: start + begin,
        size: end - begin,
        crc: None,
    };
    Ok((source, header))
}

fn dtype(name: &str) -> Dtype {
    match name {
        "BOOL" => Dtype::Bool,
        "I8" => Dtype::Int { bytes: 1 },
        "I16" => Dtype::Int { bytes: 2 },
        "I32" => Dtype::Int { bytes: 4 },
        "I64" => Dtype::Int { bytes: 8 },
        "U8" => Dtype::Uint { bytes: 1 },
        "U16" => Dtype::Uint { bytes: 2 },
        "U32" => Dtype::Uint { bytes: 4 },
        "U64" => Dtype::Uint { bytes: 8 },
        "F16" => Dtype::Float { bytes: 2 },
        "F32" => Dtype::Float { bytes: 4 },
        "F64" => Dtype::Float { bytes: 8 },
        "BF16" => Dtype::BFloat,
        other => Dtype::Unsupported {
            descr: other.chars().take(64).collect(),
        },
    }
}

fn input(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Input, message)
}
