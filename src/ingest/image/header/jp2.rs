//! JPEG 2000: the header of a JP2 file or of a bare codestream (ISO 15444-1, annexes A and I).

use super::super::facts::Colour;
use super::super::fault::Fault;
use super::boxes::{Boxes, Numbers, next};
use super::icc;
use super::read::{Header, MAX_METADATA, ReadSeek, body, per_inch, skip};

const MAX_BOXES: usize = 1000;
/// The `uuid` box that holds EXIF: `JpgTiffExif->JP2`.
const EXIF: &[u8; 16] = b"JpgTiffExif->JP2";

pub(super) fn read(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    let start = body(file, 4)?;
    if start == [0xff, 0x4f, 0xff, 0x51] {
        return codestream(&body(file, 38)?).ok_or(Fault::Damaged);
    }
    skip(file, 8)?;
    let mut header: Option<Header> = None;
    let mut exif = None;
    for _ in 0..MAX_BOXES {
        let found = match next(file) {
            Err(_) if header.is_some() => break,
            found => found?,
        };
        match found {
            Some((name, Some(len))) if len <= MAX_METADATA as u64 => match &name {
                b"jp2h" => {
                    let inside = body(file, len as usize)?;
                    header = Some(boxes(&inside).ok_or(Fault::Damaged)?);
                }
                b"uuid" => {
                    let uuid = body(file, len as usize).unwrap_or_default();
                    let block = uuid.strip_prefix(EXIF).map(<[u8]>::to_vec);
                    exif = block.or(exif);
                }
                _ => skip(file, len)?,
            },
            Some((_, Some(len))) => skip(file, len)?,
            _ => break,
        }
    }
    let header = header.ok_or(Fault::Damaged)?;
    Ok(Header { exif, ..header })
}

/// The SIZ marker segment behind its marker (A.5.1).
fn codestream(body: &[u8]) -> Option<Header> {
    let mut numbers = Numbers(body.get(4..)?);
    let (right, bottom, left, top) = (
        numbers.u32()?,
        numbers.u32()?,
        numbers.u32()?,
        numbers.u32()?,
    );
    numbers.take(16)?;
    let components = numbers.u16()?;
    // Seven bits of depth less one, and a sign.
    let depth = (body.get(36)? & 0x7f) + 1;
    let (width, height) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
    Some(Header::new(width, height, colour(components), depth))
}

fn colour(components: u16) -> Colour {
    match components {
        1 => Colour::Grey,
        2 => Colour::GreyAlpha,
        3 => Colour::Rgb,
        4 => Colour::Rgba,
        _ => Colour::Other,
    }
}

/// Inside the `jp2h` box (I.5.3).
fn boxes(inside: &[u8]) -> Option<Header> {
    let find = |wanted: &[u8; 4]| Boxes(inside).find(|(name, _)| name == wanted);
    let mut numbers = Numbers(find(b"ihdr")?.1);
    let (height, width) = (numbers.u32()?, numbers.u32()?);
    let components = numbers.u16()?;
    let depth = (numbers.u8()? & 0x7f) + 1;
    let mut header = Header::new(width, height, colour(components), depth);
    if let Some((_, [2 | 3, _, _, profile @ ..])) = find(b"colr") {
        header.icc = icc::description(profile);
    }
    header.dpi = find(b"res ").and_then(|(_, body)| resolution(body));
    Some(header)
}

/// The capture resolution, or else that for display: vertical, then horizontal, each a
/// numerator, a denominator and a power of ten, in pixels per metre.
fn resolution(body: &[u8]) -> Option<[f64; 2]> {
    let find = |wanted: &[u8; 4]| Boxes(body).find(|(name, _)| name == wanted);
    let mut numbers = Numbers(find(b"resc").or_else(|| find(b"resd"))?.1);
    let (down, below) = (numbers.u16()?, numbers.u16()?);
    let (across, under) = (numbers.u16()?, numbers.u16()?);
    let (power_down, power_across) = (numbers.u8()? as i8, numbers.u8()? as i8);
    let value = |n: u16, d: u16, power: i8| {
        per_inch(f64::from(n) / f64::from(d) * libm::pow(10.0, f64::from(power)))
    };
    let dpi = [
        value(across, under, power_across),
        value(down, below, power_down),
    ];
    dpi.iter().all(|d| d.is_finite() && *d > 0.0).then_some(dpi)
}
