//! AVIF and HEIF: what the `meta` box says of the primary item (ISO 23008-12, ISO 14496-12).

use std::io::SeekFrom;

use super::super::facts::Colour;
use super::super::fault::Fault;
use super::super::orientation::Orientation;
use super::boxes::{Boxes, Numbers, next};
use super::icc;
use super::read::{Header, MAX_METADATA, ReadSeek, body, skip};

const MAX_BOXES: usize = 1000;

pub(super) fn read(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    let mut sequence = false;
    for _ in 0..MAX_BOXES {
        let Some((name, len)) = next(file)? else {
            break;
        };
        match (&name, len) {
            (b"ftyp", Some(len @ 4..256)) => {
                let brands = body(file, len as usize)?;
                sequence = matches!(&brands[..4], b"avis" | b"msf1" | b"hevc");
            }
            (b"meta", Some(len)) if len <= MAX_METADATA as u64 => {
                let meta = body(file, len as usize)?;
                let meta = Meta::parse(&meta).ok_or(Fault::Damaged)?;
                let mut header = meta.header().ok_or(Fault::Damaged)?;
                header.animated = sequence;
                header.exif = meta.exif.and_then(|place| exif(file, place));
                return Ok(header);
            }
            (_, Some(len)) => skip(file, len)?,
            (_, None) => break,
        }
    }
    Err(Fault::Damaged)
}

/// The EXIF item: an offset, then as much as it says, then the TIFF structure (ISO 23008-12,
/// A.2.1).
fn exif(file: &mut dyn ReadSeek, (start, len): (u64, u64)) -> Option<Vec<u8>> {
    let len = usize::try_from(len)
        .ok()
        .filter(|len| *len <= MAX_METADATA)?;
    file.seek(SeekFrom::Start(start)).ok()?;
    let item = body(file, len).ok()?;
    let (offset, rest) = item.split_first_chunk::<4>()?;
    let offset = usize::try_from(u32::from_be_bytes(*offset)).ok()?;
    rest.get(offset..).map(<[u8]>::to_vec)
}

#[derive(Default)]
struct Meta<'a> {
    primary: u64,
    /// Properties in their order.
    properties: Vec<([u8; 4], &'a [u8])>,
    /// Which of them the primary item has, from 1.
    own: Vec<usize>,
    exif_item: Option<u64>,
    exif: Option<(u64, u64)>,
}

impl<'a> Meta<'a> {
    fn parse(body: &'a [u8]) -> Option<Self> {
        let mut meta = Self::default();
        let inside = body.get(4..)?;
        let find = |wanted: &[u8; 4]| Boxes(inside).find(|(name, _)| name == wanted);
        if let Some((_, pitm)) = find(b"pitm") {
            let mut numbers = Numbers(pitm);
            let version = numbers.u32()? >> 24;
            meta.primary = numbers.number(if version == 0 { 2 } else { 4 })?;
        }
        if let Some((_, iinf)) = find(b"iinf") {
            meta.items(iinf);
        }
        if let Some((_, iloc)) = find(b"iloc") {
            meta.exif = meta.exif_item.and_then(|item| place(iloc, item));
        }
        let (_, iprp) = find(b"iprp")?;
        for (name, body) in Boxes(iprp) {
            match &name {
                b"ipco" => meta.properties = Boxes(body).take(MAX_BOXES).collect(),
                b"ipma" => meta
                    .own
                    .extend(associations(body, meta.primary).unwrap_or_default()),
                _ => {}
            }
        }
        Some(meta)
    }

    fn items(&mut self, body: &[u8]) -> Option<()> {
        let version = *body.first()?;
        let boxes = body.get(if version == 0 { 6 } else { 8 }..)?;
        for (_, entry) in Boxes(boxes).take(MAX_BOXES) {
            let mut numbers = Numbers(entry);
            let version = numbers.u32()? >> 24;
            let item = numbers.number(if version < 3 { 2 } else { 4 })?;
            numbers.u16()?;
            if version >= 2 && numbers.take(4)? == b"Exif" {
                self.exif_item = Some(item);
            }
        }
        Some(())
    }

    fn header(&self) -> Option<Header> {
        let own = self
            .own
            .iter()
            .filter_map(|at| self.properties.get(at.checked_sub(1)?));
        let own: Vec<_> = own.collect();
        let find = |wanted: &[u8; 4]| own.iter().find(|(name, _)| name == wanted);
        let mut size = Numbers(find(b"ispe")?.1);
        size.u32()?;
        let (width, height) = (size.u32()?, size.u32()?);
        // Channels and bits (ISO 23008-12, 6.5.6); three of 8 where nothing is said.
        let (mut channels, mut depth) = (3, 8);
        if let Some((_, pixi)) = find(b"pixi") {
            let mut numbers = Numbers(pixi);
            numbers.u32()?;
            channels = numbers.u8()?;
            depth = numbers.u8()?;
        }
        let colour = match channels {
            1 => Colour::Grey,
            3 => Colour::Rgb,
            _ => Colour::Other,
        };
        let mut header = Header::new(width, height, colour, depth);
        for (name, body) in own {
            match (name, body) {
                (b"colr", [b'p', b'r', b'o', b'f', profile @ ..]) => {
                    header.icc = icc::description(profile);
                }
                // What EXIF says besides is not to be applied (MIAF, 7.3.6.7).
                (b"irot", [angle, ..]) => {
                    let turned = [1, 8, 3, 6][usize::from(angle & 3)];
                    header.orientation = Orientation::of_exif(turned);
                }
                _ => {}
            }
        }
        header.orientation.get_or_insert_default();
        Some(header)
    }
}

/// Where the bytes of an item lie in the file (`iloc`, ISO 14496-12, 8.11.3): its first extent.
fn place(body: &[u8], wanted: u64) -> Option<(u64, u64)> {
    let mut numbers = Numbers(body);
    let version = numbers.u32()? >> 24;
    let sizes = numbers.u16()?;
    let size = |shift: u16| usize::from(sizes >> shift & 15);
    let (offset, length, base, index) = (size(12), size(8), size(4), size(0));
    if offset > 8 || length > 8 || base > 8 || index > 8 {
        return None;
    }
    let wide = if version < 2 { 2 } else { 4 };
    for _ in 0..numbers.number(wide)?.min(MAX_BOXES as u64) {
        let item = numbers.number(wide)?;
        let method = if version == 0 { 0 } else { numbers.u16()? & 15 };
        numbers.u16()?;
        let base = numbers.number(base)?;
        let mut first = None;
        for _ in 0..numbers.u16()? {
            if version > 0 {
                numbers.take(index)?;
            }
            let extent = (numbers.number(offset)?, numbers.number(length)?);
            first.get_or_insert(extent);
        }
        if item == wanted && method == 0 {
            let (start, len) = first?;
            return Some((base.checked_add(start)?, len));
        }
    }
    None
}

/// The properties of an item (`ipma`, ISO 23008-12, 9.3).
fn associations(body: &[u8], wanted: u64) -> Option<Vec<usize>> {
    let mut numbers = Numbers(body);
    let head = numbers.u32()?;
    let (version, wide) = (head >> 24, head & 1 == 1);
    for _ in 0..numbers.u32()?.min(MAX_BOXES as u32) {
        let item = numbers.number(if version < 1 { 2 } else { 4 })?;
        let count = numbers.u8()?;
        let mut own = Vec::new();
        for _ in 0..count {
            own.push(match wide {
                true => usize::from(numbers.u16()? & 0x7fff),
                false => usize::from(numbers.u8()? & 0x7f),
            });
        }
        if item == wanted {
            return Some(own);
        }
    }
    None
}
