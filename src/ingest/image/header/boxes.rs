//! Boxes of the ISO base media format (ISO 14496-12, 4.2), which JPEG 2000 has as well.

use super::super::fault::Fault;
use super::read::{ReadSeek, bytes};

/// Name and length of the body of a box; no length where it goes on to the end.
pub(super) type Head = ([u8; 4], Option<u64>);

/// The next box of a file; `None` at the end.
pub(super) fn next(file: &mut dyn ReadSeek) -> Result<Option<Head>, Fault> {
    let [a, b, c, d, name @ ..] = match bytes::<8>(file) {
        Ok(head) => head,
        Err(Fault::Truncated) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let len = match u32::from_be_bytes([a, b, c, d]) {
        0 => None,
        1 => {
            let len = u64::from_be_bytes(bytes::<8>(file)?);
            Some(len.checked_sub(16).ok_or(Fault::Damaged)?)
        }
        len => Some(u64::from(len).checked_sub(8).ok_or(Fault::Damaged)?),
    };
    Ok(Some((name, len)))
}

/// The boxes inside a body that is in memory: name and body.
pub(super) struct Boxes<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let ([a, b, c, d, name @ ..], _) = self.0.split_first_chunk::<8>()?;
        let len = match u32::from_be_bytes([*a, *b, *c, *d]) {
            0 => self.0.len(),
            len => usize::try_from(len).ok()?,
        };
        let body = self.0.get(8..len)?;
        self.0 = self.0.get(len..)?;
        Some((*name, body))
    }
}

/// Numbers out of a body, from its beginning.
pub(super) struct Numbers<'a>(pub(super) &'a [u8]);

impl<'a> Numbers<'a> {
    pub(super) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of 0 to 8 bytes, the highest first.
    pub(super) fn number(&mut self, len: usize) -> Option<u64> {
        let bytes = self.take(len)?;
        Some(bytes.iter().fold(0, |n, &b| n << 8 | u64::from(b)))
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(*self.take(2)?.first_chunk()?))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(*self.take(4)?.first_chunk()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn lengths_of_every_kind() {
        let long = [&[0, 0, 0, 1][..], b"long", &20_u64.to_be_bytes(), b"body"].concat();
        let found = next(&mut Cursor::new(long)).unwrap();
        assert_eq!(found, Some((*b"long", Some(4))));
        let open = [&[0; 4][..], b"open"].concat();
        assert_eq!(
            next(&mut Cursor::new(open)).unwrap(),
            Some((*b"open", None))
        );
        assert_eq!(next(&mut Cursor::new(b"cut")).unwrap(), None);
        assert_eq!(
            next(&mut Cursor::new(b"\0\0\0\x07abcd")),
            Err(Fault::Damaged)
        );
    }

    #[test]
    fn a_box_longer_than_its_parent_ends_the_walk() {
        let inner = [&[0, 0, 0, 9][..], b"good1", &[0, 0, 0, 99], b"wide"].concat();
        let names: Vec<_> = Boxes(&inner)
            .map(|(name, body)| (name, body.len()))
            .collect();
        assert_eq!(names, [(*b"good", 1)]);
    }
}
