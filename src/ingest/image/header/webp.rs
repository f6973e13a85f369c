//! WebP: the chunks of its RIFF container (RFC 9649).

use super::super::facts::Colour;
use super::super::fault::Fault;
use super::icc;
use super::read::{Header, MAX_METADATA, ReadSeek, body, bytes, skip};

const MAX_CHUNKS: usize = 1 << 12;

pub(super) fn read(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    skip(file, 12)?;
    let mut header: Option<Header> = None;
    for _ in 0..MAX_CHUNKS {
        let next = bytes::<8>(file);
        let next = match (&header, next) {
            // What is cut behind the header is the business of the pixels.
            (Some(_), Err(_)) => break,
            (_, next) => next?,
        };
        let [name @ .., a, b, c, d] = next;
        let len = u32::from_le_bytes([a, b, c, d]);
        let is_done = match (&name, &mut header) {
            (b"VP8X", None) => {
                header = Some(extended(&bytes::<10>(file)?));
                rest(file, len, 10)?;
                false
            }
            (b"VP8 ", None) => {
                header = Some(lossy(&bytes::<10>(file)?)?);
                true
            }
            (b"VP8L", None) => {
                header = Some(lossless(&bytes::<5>(file)?)?);
                true
            }
            (b"ICCP" | b"EXIF", Some(header)) => metadata(file, &name, len, header).is_err(),
            _ => rest(file, len, 0).is_err(),
        };
        // Without VP8X there is nothing else.
        if is_done {
            break;
        }
    }
    header.ok_or(Fault::Damaged)
}

/// Passes over the rest of a chunk; chunks have an even length.
fn rest(file: &mut dyn ReadSeek, len: u32, read: u32) -> Result<(), Fault> {
    let len = u64::from(len.saturating_sub(read));
    skip(file, len + (len & 1))
}

/// Section 2.7.1.
fn extended(body: &[u8; 10]) -> Header {
    let size = |at: usize| 1 + u32::from_le_bytes([body[at], body[at + 1], body[at + 2], 0]);
    let (flags, width, height) = (body[0], size(4), size(7));
    let colour = match flags & 0x10 {
        0 => Colour::Rgb,
        _ => Colour::Rgba,
    };
    Header {
        animated: flags & 0x02 != 0,
        ..Header::new(width, height, colour, 8)
    }
}

/// The frame of a key frame (RFC 6386, section 9.1).
fn lossy(body: &[u8; 10]) -> Result<Header, Fault> {
    if body[0] & 1 != 0 || body[3..6] != [0x9d, 0x01, 0x2a] {
        return Err(Fault::Damaged);
    }
    let size = |at: usize| u32::from(u16::from_le_bytes([body[at], body[at + 1]]) & 0x3fff);
    Ok(Header::new(size(6), size(8), Colour::Rgb, 8))
}

/// RFC 9649, section 3.4.
fn lossless(body: &[u8; 5]) -> Result<Header, Fault> {
    if body[0] != 0x2f {
        return Err(Fault::Damaged);
    }
    let bits = u32::from_le_bytes([body[1], body[2], body[3], body[4]]);
    let (width, height) = (1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff));
    let colour = match bits >> 28 & 1 {
        0 => Colour::Rgb,
        _ => Colour::Rgba,
    };
    Ok(Header::new(width, height, colour, 8))
}

fn metadata(
    file: &mut dyn ReadSeek,
    name: &[u8; 4],
    len: u32,
    header: &mut Header,
) -> Result<(), Fault> {
    if len as usize > MAX_METADATA {
        header.metadata_too_long = true;
        return rest(file, len, 0);
    }
    let body = body(file, len as usize)?;
    skip(file, u64::from(len & 1))?;
    match name {
        b"ICCP" => header.icc = icc::description(&body),
        // Some programs leave the mark of a JPEG segment before it.
        _ => header.exif = Some(body.strip_prefix(b"Exif\0\0").unwrap_or(&body).to_vec()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let len = u32::try_from(body.len()).unwrap().to_le_bytes();
        let pad = vec![0; body.len() & 1];
        [&name[..], &len, body, &pad].concat()
    }

    fn of(chunks: &[Vec<u8>]) -> Result<Header, Fault> {
        read(&mut Cursor::new(
            [&b"RIFF\0\0\0\0WEBP"[..], &chunks.concat()].concat(),
        ))
    }

    #[test]
    fn the_three_kinds_of_header() {
        let vp8 = chunk(b"VP8 ", &[0, 0, 0, 0x9d, 1, 0x2a, 5, 0x40, 7, 0]);
        let header = of(&[vp8]).unwrap();
        assert_eq!(
            (header.width, header.height, header.colour),
            (5, 7, Colour::Rgb)
        );
        let bits = (20_u32 - 1) | (10 - 1) << 14 | 1 << 28;
        let vp8l = chunk(b"VP8L", &[&[0x2f][..], &bits.to_le_bytes()].concat());
        let header = of(&[vp8l]).unwrap();
        assert_eq!(
            (header.width, header.height, header.colour),
            (20, 10, Colour::Rgba)
        );
        let vp8x = chunk(b"VP8X", &[0x12, 0, 0, 0, 1, 1, 0, 2, 0, 0]);
        let exif = chunk(b"EXIF", b"Exif\0\0MM\0\x2a!");
        let header = of(&[vp8x, chunk(b"ANIM", &[0; 7]), exif]).unwrap();
        assert_eq!((header.width, header.height), (258, 3));
        assert!(header.animated);
        assert_eq!(header.exif.as_deref(), Some(&b"MM\0\x2a!"[..]));
    }

    #[test]
    fn without_a_frame_there_is_no_header() {
        assert_eq!(of(&[chunk(b"JUNK", &[0; 3])]), Err(Fault::Truncated));
        assert_eq!(of(&[chunk(b"VP8L", &[0; 5])]), Err(Fault::Damaged));
    }
}
