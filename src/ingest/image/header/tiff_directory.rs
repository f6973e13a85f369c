//! The directories of a TIFF file, and the small part of it that EXIF is read from.

use std::io::SeekFrom;

use super::super::fault::Fault;
use super::read::{MAX_METADATA, ReadSeek, body, bytes};

const EXIF: u16 = 34665;
const GPS: u16 = 34853;

/// Where pixels lie, and how many bytes of them: no metadata, and as long as there are strips.
const PIXEL_PLACES: [u16; 4] = [273, 279, 324, 325];

/// Entries of a directory that are taken in.
const MAX_ENTRIES: u64 = 4096;

/// Longest value that is taken over into an EXIF block, but for texts, which may be OME-XML.
const MAX_VALUE: usize = 64 << 10;

/// A directory: its entries, and where the next one begins.
pub(super) struct Directory {
    entries: Vec<Entry>,
    pub(super) next: u64,
}

#[derive(Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// The value, or where it lies, as stored.
    field: [u8; 8],
}

impl Entry {
    /// Bytes of the value, where its type is known.
    fn len(&self) -> Option<u64> {
        let size = match self.kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16..=18 => 8,
            _ => return None,
        };
        self.count.checked_mul(size)
    }
}

/// Reads directories of either byte order, of TIFF or of BigTIFF.
pub(super) struct Reader<'a> {
    file: &'a mut dyn ReadSeek,
    little: bool,
    big: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn open(file: &'a mut dyn ReadSeek) -> Result<Self, Fault> {
        let head = bytes::<4>(file)?;
        let (little, version) = match head {
            [b'I', b'I', low, high] => (true, u16::from_le_bytes([low, high])),
            [b'M', b'M', high, low] => (false, u16::from_be_bytes([high, low])),
            _ => return Err(Fault::Damaged),
        };
        let big = version == 43;
        let mut reader = Self { file, little, big };
        if big {
            // The size of offsets, 8, and a zero.
            reader.take(4)?;
        }
        Ok(reader)
    }

    /// The directory that the header points to, which was read last.
    pub(super) fn first_directory(&mut self) -> Result<Directory, Fault> {
        let at = self.take(if self.big { 8 } else { 4 })?;
        self.directory(at)
    }

    fn directory(&mut self, at: u64) -> Result<Directory, Fault> {
        self.file.seek(SeekFrom::Start(at))?;
        let wide = if self.big { 8 } else { 4 };
        let count = self.take(if self.big { 8 } else { 2 })?;
        let mut entries = Vec::new();
        for _ in 0..count.min(MAX_ENTRIES) {
            let (tag, kind) = (self.take(2)? as u16, self.take(2)? as u16);
            let count = self.take(wide)?;
            let mut field = [0; 8];
            self.file.read_exact(&mut field[..wide])?;
            entries.push(Entry {
                tag,
                kind,
                count,
                field,
            });
        }
        // A file may end behind its last directory.
        let next = match count <= MAX_ENTRIES {
            true => self.take(wide).unwrap_or(0),
            false => 0,
        };
        Ok(Directory { entries, next })
    }

    fn take(&mut self, len: usize) -> Result<u64, Fault> {
        let mut read = [0; 8];
        self.file.read_exact(&mut read[..len])?;
        Ok(self.integer(&read[..len]))
    }

    fn integer(&self, bytes: &[u8]) -> u64 {
        let join = |n: u64, byte: &u8| n << 8 | u64::from(*byte);
        match self.little {
            true => bytes.iter().rev().fold(0, join),
            false => bytes.iter().fold(0, join),
        }
    }

    /// The bytes of a value of at most `max` bytes.
    fn value(&mut self, entry: &Entry, max: usize) -> Option<Vec<u8>> {
        let len = usize::try_from(entry.len()?)
            .ok()
            .filter(|len| *len <= max)?;
        let wide = if self.big { 8 } else { 4 };
        if len <= wide {
            return Some(entry.field[..len].to_vec());
        }
        let at = self.integer(&entry.field[..wide]);
        self.file.seek(SeekFrom::Start(at)).ok()?;
        body(self.file, len).ok()
    }

    pub(super) fn body(&mut self, of: &Directory, tag: u16, max: usize) -> Option<Vec<u8>> {
        let entry = of.entries.iter().find(|entry| entry.tag == tag)?;
        self.value(entry, max)
    }

    /// Number of values of a tag, 0 where it is not there.
    pub(super) fn count(&self, of: &Directory, tag: u16) -> u64 {
        let entry = of.entries.iter().find(|entry| entry.tag == tag);
        entry.map_or(0, |entry| entry.count)
    }

    /// The first whole number of a tag.
    pub(super) fn number(&mut self, of: &Directory, tag: u16) -> Option<u64> {
        let entry = *of.entries.iter().find(|entry| entry.tag == tag)?;
        let size = match entry.kind {
            1 => 1,
            3 => 2,
            4 | 13 => 4,
            16 => 8,
            _ => return None,
        };
        let value = self.value(&entry, MAX_VALUE)?;
        Some(self.integer(value.get(..size)?))
    }

    /// The first fraction of a tag.
    pub(super) fn rational(&mut self, of: &Directory, tag: u16) -> Option<f64> {
        let value = self.body(of, tag, 8)?;
        let part = |at: usize| Some(self.integer(value.get(at..at + 4)?) as f64);
        Some(part(0)? / part(4)?)
    }

    /// The primary, Exif and GPS directories as a TIFF structure of their own, without what
    /// says where pixels lie; and whether nothing had to be left out for its length. A value
    /// that cannot be read points beyond the end there, too, so that it is counted where the
    /// block is read.
    pub(super) fn exif_block(&mut self, first: &Directory) -> (Vec<u8>, bool) {
        let mut block = Block::new(self.little);
        let mut directories = Vec::new();
        for pointer in [EXIF, GPS] {
            let at = self.number(first, pointer);
            let found = at.and_then(|at| self.directory(at).ok());
            directories.extend(found.map(|found| (pointer, found)));
        }
        let mut pointers = Vec::new();
        for (pointer, directory) in &directories {
            pointers.push((*pointer, block.directory(self, directory, &[])));
        }
        let primary = block.directory(self, first, &pointers);
        block.finish(primary)
    }
}

/// A small TIFF file in the making.
struct Block {
    bytes: Vec<u8>,
    little: bool,
    is_whole: bool,
}

impl Block {
    fn new(little: bool) -> Self {
        let mark = if little { b"II\x2a\0" } else { b"MM\0\x2a" };
        Self {
            bytes: [&mark[..], &[0; 4]].concat(),
            little,
            is_whole: true,
        }
    }

    fn order<const N: usize>(&self, mut bytes: [u8; N]) -> [u8; N] {
        if self.little {
            bytes.reverse();
        }
        bytes
    }

    /// Appends the values, then the directory; says where that begins.
    fn directory(
        &mut self,
        reader: &mut Reader<'_>,
        from: &Directory,
        pointers: &[(u16, u32)],
    ) -> u32 {
        let mut entries = Vec::new();
        for entry in &from.entries {
            let pointer = pointers.iter().find(|(tag, _)| *tag == entry.tag);
            if let Some((tag, at)) = pointer {
                entries.push((*tag, 4, 1, self.order(at.to_be_bytes())));
                continue;
            }
            let Ok(count) = u32::try_from(entry.count) else {
                continue;
            };
            let is_left_out = [EXIF, GPS].contains(&entry.tag) || PIXEL_PLACES.contains(&entry.tag);
            if is_left_out || entry.kind > 13 {
                continue;
            }
            let longest = match entry.kind {
                2 => MAX_METADATA.saturating_sub(self.bytes.len()),
                _ => MAX_VALUE.min(MAX_METADATA.saturating_sub(self.bytes.len())),
            };
            if entry.len().is_some_and(|len| len > longest as u64) {
                self.is_whole = false;
                continue;
            }
            let mut field = [0xff; 4];
            if let Some(value) = reader.value(entry, longest) {
                field = match value.len() {
                    ..=4 => {
                        let mut field = [0; 4];
                        field[..value.len()].copy_from_slice(&value);
                        field
                    }
                    _ => {
                        let at = self.append(&value);
                        self.order(at.to_be_bytes())
                    }
                };
            }
            entries.push((entry.tag, entry.kind, count, field));
        }
        let mut out = self.order((entries.len() as u16).to_be_bytes()).to_vec();
        for (tag, kind, count, field) in entries {
            out.extend(self.order(tag.to_be_bytes()));
            out.extend(self.order(kind.to_be_bytes()));
            out.extend(self.order(count.to_be_bytes()));
            out.extend(field);
        }
        out.extend([0; 4]);
        self.append(&out)
    }

    /// At an even place, as TIFF wants it.
    fn append(&mut self, bytes: &[u8]) -> u32 {
        let pad = self.bytes.len() & 1;
        self.bytes.resize(self.bytes.len() + pad, 0);
        let at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        at
    }

    fn finish(mut self, primary: u32) -> (Vec<u8>, bool) {
        let at = self.order(primary.to_be_bytes());
        self.bytes[4..8].copy_from_slice(&at);
        (self.bytes, self.is_whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn entry(tag: u16, kind: u16, count: u32, field: u32) -> Vec<u8> {
        let head = [tag.to_le_bytes(), kind.to_le_bytes()].concat();
        [&head[..], &count.to_le_bytes(), &field.to_le_bytes()].concat()
    }

    /// A directory with a text that lies at the end, and one that points nowhere.
    fn file() -> Vec<u8> {
        let entries = [
            entry(256, 4, 1, 7),
            entry(270, 2, 9, 8 + 2 + 5 * 12 + 4),
            entry(273, 4, 1, 1000),
            entry(282, 5, 1, 60_000),
            entry(34665, 4, 1, 8),
        ];
        let head = [&b"II\x2a\0\x08\0\0\0"[..], &5_u16.to_le_bytes()].concat();
        [&head[..], &entries.concat(), &[0; 4], b"a picture"].concat()
    }

    #[test]
    fn a_block_holds_the_same_values_without_the_rest_of_the_file() {
        let mut cursor = Cursor::new(file());
        let mut reader = Reader::open(&mut cursor).unwrap();
        let first = reader.first_directory().unwrap();
        let (block, is_whole) = reader.exif_block(&first);
        assert!(is_whole);
        let mut cursor = Cursor::new(block);
        let mut reader = Reader::open(&mut cursor).unwrap();
        let first = reader.first_directory().unwrap();
        let tags: Vec<u16> = first.entries.iter().map(|entry| entry.tag).collect();
        assert_eq!(tags, [256, 270, 282, 34665]);
        assert_eq!(reader.number(&first, 256), Some(7));
        assert_eq!(reader.body(&first, 270, 100).unwrap(), b"a picture");
        assert_eq!(reader.rational(&first, 282), None);
        let exif = reader.number(&first, 34665).unwrap();
        assert_eq!(reader.directory(exif).unwrap().entries.len(), 3);
    }

    #[test]
    fn every_cut_ends() {
        let whole = file();
        for end in 0..whole.len() {
            let mut cursor = Cursor::new(&whole[..end]);
            let Ok(mut reader) = Reader::open(&mut cursor) else {
                continue;
            };
            if let Ok(first) = reader.first_directory() {
                reader.exif_block(&first);
            }
        }
    }
}
