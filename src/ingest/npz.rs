//! The members of a `.npz` archive: a zip file of `.npy` arrays.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use zip::{CompressionMethod, ZipArchive};

use super::limits::Limits;
use super::source::{Packing, Source, io};
use crate::error::{Error, ErrorKind, Result};

/// The arrays of the archive, by name without `.npy`, in the archive's order.
/// Members that are not arrays are passed over, and of two members with one name
/// the last counts, both as in NumPy.
///
/// The central directory is read by the `zip` crate; the bytes of a member are
/// read by [`Source`], which owns its file handle and can therefore outlive the
/// archive.
pub(crate) fn members(path: &Arc<Path>, limits: &Limits) -> Result<Vec<(String, Source)>> {
    let file = File::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    if archive.len() > limits.max_arrays {
        return Err(Error::new(
            ErrorKind::Limit,
            format!(
                "the archive holds {} members, the limit is {}",
                archive.len(),
                limits.max_arrays
            ),
        ));
    }
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let member = archive.by_index_raw(index).map_err(damaged)?;
        let Some(name) = member.name().strip_suffix(".npy").map(str::to_owned) else {
            continue;
        };
        let place = |error: Error| error.at("array", &name);
        if member.encrypted() {
            return Err(place(input(
                "the member is encrypted; save it without a password",
            )));
        }
        let (packed, size) = (member.compressed_size(), member.size());
        let packing = match member.compression() {
            CompressionMethod::Stored => Packing::Stored,
            CompressionMethod::Deflated => Packing::Deflated { packed },
            other => {
                return Err(place(input(format!(
                    "the member is compressed by {other}; np.savez and np.savez_compressed write what can be read"
                ))));
            }
        };
        let start = member.data_start().unwrap_or(u64::MAX);
        if start.checked_add(packed).is_none_or(|end| end > length) {
            return Err(place(input(
                "truncated: the member reaches beyond the end of the file; write or copy it again",
            )));
        }
        if packing == Packing::Stored && packed != size {
            return Err(place(input(
                "the archive is damaged: two different lengths are stated for a member that is not compressed",
            )));
        }
        if packing != Packing::Stored && size > limits.max_member_bytes {
            return Err(place(Error::new(
                ErrorKind::Limit,
                format!(
                    "the member unfolds to {size} bytes, the limit is {}",
                    limits.max_member_bytes
                ),
            )));
        }
        let source = Source {
            path: Arc::clone(path),
            packing,
            start,
            size,
            crc: Some(member.crc32()),
        };
        members.push((name, source));
    }
    Ok(members)
}

fn input(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Input, message)
}

fn damaged(error: zip::result::ZipError) -> Error {
    match error {
        zip::result::ZipError::Io(error) => io(error),
        error => input(format!(
            "the archive is damaged or cut ({error}); write or copy it again"
        ))
        .because(error),
    }
}
