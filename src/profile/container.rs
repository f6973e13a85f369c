//! The envelope of every file: magic, version, kind, checked sections.
//!
//! ```text
//! offset  bytes  what
//! 0       8      magic 89 44 53 50 0D 0A 1A 0A
//! 8       2      format version, little-endian
//! 10      2      kind: 1 profile, 2 codebooks, 3 set of profiles
//! 12      4      number of sections
//! 16             sections, one after the other:
//!                4 tag, 8 length of the body, 4 CRC-32 of tag + length + body, body
//! ```
//!
//! The magic is made like that of PNG: a transfer as text breaks it at once.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::whole_file::WholeFile;

/// The version that is written; every version up to it is read.
pub const FORMAT_VERSION: u16 = 1;
const MAGIC: [u8; 8] = *b"\x89DSP\r\n\x1a\n";
const HEADER: usize = 16;
const SECTION_HEADER: usize = 16;
/// A larger file is refused before it is read.
const MAX_FILE_BYTES: u64 = 8 << 30;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Profile = 1,
    Codebooks = 2,
    Set = 3,
}

impl FileKind {
    fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Codebooks => "codebook file",
            Self::Set => "set of profiles",
        }
    }

    /// What makes one.
    fn source(self) -> &'static str {
        match self {
            Self::Profile => "`driftsphere profile` makes one of data",
            Self::Codebooks => "`driftsphere fit` makes one of a profile",
            Self::Set => "`driftsphere profile --segment` makes one of data",
        }
    }

    fn from_code(code: u16) -> Option<Self> {
        [Self::Profile, Self::Codebooks, Self::Set]
            .into_iter()
            .find(|k| *k as u16 == code)
    }
}

/// A section: what it holds, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section<'a> {
    pub(crate) tag: [u8; 4],
    pub(crate) body: std::borrow::Cow<'a, [u8]>,
}

/// A file that is not what it claims to be.
pub(crate) fn damaged(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Format, what)
}

fn checksum(tag: [u8; 4], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&tag);
    hasher.update(&(body.len() as u64).to_le_bytes());
    hasher.update(body);
    hasher.finalize()
}

/// Bytes of a file of so many sections that are in none of their bodies.
pub(crate) fn frame_bytes(sections: usize) -> u64 {
    (HEADER + sections * SECTION_HEADER) as u64
}

/// Lays sections into one buffer.
pub(crate) fn encode(kind: FileKind, sections: &[Section<'_>]) -> Vec<u8> {
    let size: usize = sections.iter().map(|s| SECTION_HEADER + s.body.len()).sum();
    let mut out = Vec::with_capacity(HEADER + size);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    out.extend_from_slice(&(kind as u16).to_le_bytes());
    out.extend_from_slice(&(sections.len() as u32).to_le_bytes());
    for section in sections {
        out.extend_from_slice(&section.tag);
        out.extend_from_slice(&(section.body.len() as u64).to_le_bytes());
        out.extend_from_slice(&checksum(section.tag, &section.body).to_le_bytes());
        out.extend_from_slice(&section.body);
    }
    out
}

/// A reader over the bytes that are left.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, n: usize, what: &str) -> Result<&'a [u8]> {
        let (head, tail) = self
            .0
            .split_at_checked(n)
            .ok_or_else(|| damaged(format!("the file ends inside the {what}; it was cut")))?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N, what)?);
        Ok(out)
    }
}

/// Takes a buffer apart; every byte is accounted for and covered by a check.
pub(crate) fn decode(bytes: &[u8], expected: FileKind) -> Result<Vec<Section<'_>>> {
    let mut cursor = Cursor(bytes);
    let start = &bytes[..bytes.len().min(MAGIC.len())];
    if !MAGIC.starts_with(start) {
        return Err(damaged(format!(
            "not a driftsphere {}: its first bytes are others; {}",
            expected.name(),
            expected.source()
        )));
    }
    cursor.array::<8>("magic")?;
    let version = u16::from_le_bytes(cursor.array("version")?);
    if version > FORMAT_VERSION {
        return Err(Error::new(
            ErrorKind::Version,
            format!(
                "the file has format version {version}, this build reads up to {FORMAT_VERSION}; \
                 update driftsphere"
            ),
        ));
    }
    if version == 0 {
        return Err(damaged("format version 0 does not exist"));
    }
    let code = u16::from_le_bytes(cursor.array("kind")?);
    match FileKind::from_code(code) {
        Some(kind) if kind == expected => {}
        Some(kind) => {
            return Err(damaged(format!(
                "this is a {}, where a {} is expected",
                kind.name(),
                expected.name()
            )));
        }
        None => return Err(damaged(format!("unknown kind of file {code}"))),
    }
    let count = u32::from_le_bytes(cursor.array("number of sections")?);
    let mut sections = Vec::new();
    for _ in 0..count {
        let tag: [u8; 4] = cursor.array("section tag")?;
        let length = u64::from_le_bytes(cursor.array("section length")?);
        let crc = u32::from_le_bytes(cursor.array("section checksum")?);
        let name = String::from_utf8_lossy(&tag).into_owned();
        let length = usize::try_from(length)
            .map_err(|_| damaged("a section is longer than memory").at("section", &name))?;
        let body = cursor.take(length, "body of a section")?;
        if checksum(tag, body) != crc {
            return Err(damaged("the checksum is wrong: the file was damaged").at("section", name));
        }
        sections.push(Section {
            tag,
            body: body.into(),
        });
    }
    if !cursor.0.is_empty() {
        return Err(damaged(format!(
            "{} bytes follow the last section",
            cursor.0.len()
        )));
    }
    Ok(sections)
}

/// What a file holds by its first bytes, where these are those of any.
pub(crate) fn kind_of(start: &[u8]) -> Option<FileKind> {
    let code: [u8; 2] = start.get(10..12)?.try_into().ok()?;
    FileKind::from_code(u16::from_le_bytes(code)).filter(|_| start.starts_with(&MAGIC))
}

/// Reads a file whole; of one that does not begin as files of ours do, only the beginning, of which
/// [`decode`] says what is wrong.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let read = || -> std::io::Result<(Vec<u8>, u64)> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut bytes = Vec::new();
        (&file).take(HEADER as u64).read_to_end(&mut bytes)?;
        if bytes.starts_with(&MAGIC) && size <= MAX_FILE_BYTES {
            bytes.reserve_exact(size as usize);
            // A device or a pipe has no size, and need not end.
            let left = MAX_FILE_BYTES + 1 - bytes.len() as u64;
            file.take(left).read_to_end(&mut bytes)?;
        }
        Ok((bytes, size))
    };
    let (bytes, size) = read().map_err(|error| Error::io(error, path))?;
    if size.max(bytes.len() as u64) > MAX_FILE_BYTES {
        return Err(Error::new(
            ErrorKind::Limit,
            format!("the file is too long; a profile has at most {MAX_FILE_BYTES} bytes"),
        )
        .at("file", path.display()));
    }
    Ok(bytes)
}

/// Writes a file that is whole or not there, see [`WholeFile`].
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut file = WholeFile::create(path)?;
        file.write_all(bytes)?;
        file.commit()
    };
    write().map_err(|error| Error::io(error, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let section = |tag: &[u8; 4], body: &'static [u8]| Section {
            tag: *tag,
            body: body.into(),
        };
        encode(
            FileKind::Profile,
            &[section(b"CONF", b"abc"), section(b"FEAT", b"")],
        )
    }

    #[test]
    fn what_was_laid_down_is_taken_up() {
        let bytes = sample();
        let sections = decode(&bytes, FileKind::Profile).unwrap();
        assert_eq!(sections.len(), 2);
        assert_eq!(&*sections[0].body, b"abc");
        assert!(decode(&bytes, FileKind::Codebooks).is_err());
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed() {
        let bytes = sample();
        for n in 0..bytes.len() {
            assert!(
                decode(&bytes[..n], FileKind::Profile).is_err(),
                "cut at {n}"
            );
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[n] ^= 1 << bit;
                assert!(
                    decode(&flipped, FileKind::Profile).is_err(),
                    "byte {n}, bit {bit}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_profile_is_told_from_one_that_was_cut() {
        let said = |bytes: &[u8]| decode(bytes, FileKind::Profile).unwrap_err().to_string();
        for data in [&b"a,b\n"[..], b"a,b,c\n1,2,3\n"] {
            let text = said(data);
            assert!(text.contains("not a driftsphere profile"), "{text}");
            assert!(text.contains("`driftsphere profile` makes one"), "{text}");
        }
        for n in [0, 4, 9] {
            assert!(said(&sample()[..n]).contains("it was cut"), "{n}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_has_no_end_is_not_read_to_it() {
        let bytes = read(Path::new("/dev/zero")).unwrap();
        assert_eq!(bytes.len(), HEADER);
        assert!(decode(&bytes, FileKind::Profile).is_err());
    }

    #[test]
    fn a_newer_version_names_both() {
        let mut bytes = sample();
        bytes[8] = 9;
        let error = decode(&bytes, FileKind::Profile).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Version);
        assert!(error.to_string().contains("version 9"));
        assert!(error.to_string().contains("up to 1"));
    }
}
