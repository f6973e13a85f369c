//! JPEG: the segments before the first scan (ITU-T T.81, annex B; JFIF 1.02).

use super::super::facts::{Colour, JpegFacts, Subsampling};
use super::super::fault::Fault;
use super::icc;
use super::quality::{self, Table};
use super::read::{Header, MAX_METADATA, ReadSeek, body, bytes, skip};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;

/// More segments than any file needs.
const MAX_SEGMENTS: usize = 4096;

#[derive(Default)]
struct Segments {
    frame: Option<Frame>,
    density: Option<[f64; 2]>,
    exif: Option<Vec<u8>>,
    icc: Vec<u8>,
    metadata_too_long: bool,
    tables: [Option<Table>; 4],
}

struct Frame {
    width: u16,
    height: u16,
    precision: u8,
    progressive: bool,
    /// Sampling factors and table of each component.
    components: Vec<(u8, u8, u8)>,
}

pub(super) fn read(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    if bytes::<2>(file)? != [0xff, SOI] {
        return Err(Fault::Damaged);
    }
    let mut segments = Segments::default();
    for _ in 0..MAX_SEGMENTS {
        let Some(code) = marker(file)? else {
            return Err(Fault::Damaged);
        };
        match code {
            SOS if segments.frame.is_some() => return segments.into_header(),
            SOS | EOI => return Err(Fault::Damaged),
            // Without a length: TEM, RST, SOI.
            0x01 | 0xd0..=SOI => continue,
            _ => {}
        }
        let len = u16::from_be_bytes(bytes::<2>(file)?);
        let len = usize::from(len).checked_sub(2).ok_or(Fault::Damaged)?;
        match code {
            0xc0..=0xcf if !matches!(code, 0xc4 | 0xc8 | 0xcc) => {
                let frame = Frame::parse(&body(file, len)?, code).ok_or(Fault::Damaged)?;
                segments.frame.get_or_insert(frame);
            }
            DQT => segments.tables(&body(file, len)?).ok_or(Fault::Damaged)?,
            APP0 | APP1 | APP2 | APP14 => segments.application(code, body(file, len)?),
            _ => skip(file, len as u64)?,
        }
    }
    Err(Fault::Damaged)
}

/// The next marker; what stands before it is passed over, as libjpeg does, if it is short.
fn marker(file: &mut dyn ReadSeek) -> Result<Option<u8>, Fault> {
    let mut before = 0;
    for _ in 0..1 << 16 {
        let [byte] = bytes::<1>(file)?;
        match (before, byte) {
            (0xff, 0 | 0xff) | (..0xff, _) => before = byte,
            (_, code) => return Ok(Some(code)),
        }
    }
    Ok(None)
}

impl Frame {
    fn parse(body: &[u8], code: u8) -> Option<Self> {
        let (head, rest) = body.split_first_chunk::<6>()?;
        let count = usize::from(head[5]);
        let components = rest.get(..3 * count)?.chunks_exact(3);
        let components: Vec<_> = components.map(|c| (c[1] >> 4, c[1] & 15, c[2])).collect();
        let is_sound = components.iter().all(|c| c.0 > 0 && c.1 > 0);
        (count > 0 && is_sound).then_some(Self {
            precision: head[0],
            height: u16::from_be_bytes([head[1], head[2]]),
            width: u16::from_be_bytes([head[3], head[4]]),
            progressive: matches!(code, 0xc2 | 0xc6 | 0xca | 0xce),
            components,
        })
    }

    /// Components of one size are not subsampled whatever their factors are.
    fn subsampling(&self) -> Option<Subsampling> {
        let [luma, first, second, ..] = self.components.as_slice() else {
            return None;
        };
        let alike = (first.0, first.1) == (second.0, second.1);
        let whole = luma.0 % first.0 == 0 && luma.1 % first.1 == 0;
        Some(match alike && whole {
            true => Subsampling::of(luma.0 / first.0, luma.1 / first.1),
            false => Subsampling::Other,
        })
    }
}

impl Segments {
    /// Quantisation tables, in zigzag order.
    fn tables(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&head, rest)) = body.split_first() {
            let slot = self.tables.get_mut(usize::from(head & 15))?;
            let mut table: Table = [0; 64];
            if head >> 4 == 0 {
                let (values, rest) = rest.split_first_chunk::<64>()?;
                table = values.map(u16::from);
                body = rest;
            } else {
                let (values, rest) = rest.split_first_chunk::<128>()?;
                for (to, from) in table.iter_mut().zip(values.chunks_exact(2)) {
                    *to = u16::from_be_bytes([from[0], from[1]]);
                }
                body = rest;
            }
            *slot = Some(table);
        }
        Some(())
    }

    fn application(&mut self, code: u8, body: Vec<u8>) {
        match code {
            APP0 if self.density.is_none() => self.density = density(&body),
            // The sixth byte is a zero, but by some cameras 0xff.
            APP1 if self.exif.is_none() && body.len() > 6 && body.starts_with(b"Exif\0") => {
                self.exif = Some(body[6..].to_vec());
            }
            APP2 if body.starts_with(b"ICC_PROFILE\0") && body.len() > 14 => {
                match self.icc.len() + body.len() <= MAX_METADATA {
                    true => self.icc.extend_from_slice(&body[14..]),
                    false => self.metadata_too_long = true,
                }
            }
            _ => {}
        }
    }

    fn into_header(self) -> Result<Header, Fault> {
        let frame = self.frame.ok_or(Fault::Damaged)?;
        let colour = match frame.components.len() {
            1 => Colour::Grey,
            3 => Colour::Rgb,
            4 => Colour::Cmyk,
            _ => Colour::Other,
        };
        let table = |at: usize| {
            let slot = frame.components.get(at).map(|c| usize::from(c.2));
            slot.and_then(|slot| self.tables.get(slot)?.as_ref())
        };
        let quality = table(0).map(|luma| quality::estimate(luma, table(1)));
        let (width, height) = (u32::from(frame.width), u32::from(frame.height));
        Ok(Header {
            icc: icc::description(&self.icc),
            dpi: self.density,
            jpeg: Some(JpegFacts {
                quality,
                subsampling: frame.subsampling(),
                progressive: frame.progressive,
            }),
            exif: self.exif,
            metadata_too_long: self.metadata_too_long,
            ..Header::new(width, height, colour, frame.precision)
        })
    }
}

/// The density of a JFIF segment, where it has a unit.
fn density(body: &[u8]) -> Option<[f64; 2]> {
    let body = body.strip_prefix(b"JFIF\0")?;
    let unit = *body.get(2)?;
    let at = |at: usize| {
        Some(f64::from(u16::from_be_bytes([
            *body.get(at)?,
            *body.get(at + 1)?,
        ])))
    };
    let (across, down) = (at(3)?, at(5)?);
    let scale = match unit {
        1 => 1.0,
        2 => 2.54,
        _ => return None,
    };
    (across > 0.0 && down > 0.0).then_some([across * scale, down * scale])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn segment(code: u8, body: &[u8]) -> Vec<u8> {
        let mut out = vec![0xff, code];
        out.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
        out.extend(body);
        out
    }

    fn file(parts: &[Vec<u8>]) -> Vec<u8> {
        let mut out = vec![0xff, SOI];
        out.extend(parts.concat());
        out
    }

    fn frame() -> Vec<u8> {
        segment(
            0xc2,
            &[8, 0, 30, 0, 40, 3, 1, 0x21, 0, 2, 0x11, 1, 3, 0x11, 1],
        )
    }

    #[test]
    fn segments_say_what_they_say() {
        let jfif = segment(APP0, b"JFIF\0\x01\x02\x02\0\x64\0\x32\0\0");
        let exif = segment(APP1, b"Exif\0\0MM\0\x2a");
        let mut table = vec![0];
        table.extend([1; 64]);
        let parts = [
            jfif,
            exif,
            segment(DQT, &table),
            frame(),
            segment(SOS, &[0]),
        ];
        let header = read(&mut Cursor::new(file(&parts))).unwrap();
        assert_eq!((header.width, header.height), (40, 30));
        assert_eq!(header.dpi, Some([254.0, 127.0]));
        assert_eq!(header.exif.as_deref(), Some(&b"MM\0\x2a"[..]));
        let jpeg = header.jpeg.unwrap();
        assert_eq!(jpeg.quality, Some(100));
        assert_eq!(jpeg.subsampling, Some(Subsampling::HalfAcross));
        assert!(jpeg.progressive);
    }

    #[test]
    fn what_is_no_header_is_refused_and_every_cut_ends() {
        let whole = file(&[frame(), segment(SOS, &[0])]);
        for end in 0..whole.len() - 3 {
            let fault = read(&mut Cursor::new(&whole[..end])).unwrap_err();
            assert!(matches!(fault, Fault::Truncated | Fault::Damaged), "{end}");
        }
        let without = file(&[segment(SOS, &[0])]);
        assert_eq!(read(&mut Cursor::new(without)), Err(Fault::Damaged));
        let zero = file(&[vec![0xff, APP1, 0, 1]]);
        assert_eq!(read(&mut Cursor::new(zero)), Err(Fault::Damaged));
        let endless = file(&vec![segment(APP1, b""); MAX_SEGMENTS + 1]);
        assert_eq!(read(&mut Cursor::new(endless)), Err(Fault::Damaged));
    }
}
