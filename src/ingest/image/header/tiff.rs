//! TIFF and BigTIFF: the first directory (TIFF 6.0, section 2), and what EXIF needs of the file.

use super::super::facts::Colour;
use super::super::fault::Fault;
use super::icc;
use super::read::{Header, MAX_METADATA, ReadSeek};
use super::tiff_directory::{Directory, Reader};

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS: u16 = 258;
const PHOTOMETRIC: u16 = 262;
const SAMPLES: u16 = 277;
const X_RESOLUTION: u16 = 282;
const Y_RESOLUTION: u16 = 283;
const RESOLUTION_UNIT: u16 = 296;
const EXTRA_SAMPLES: u16 = 338;
const ICC: u16 = 34675;

pub(super) fn read(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    let mut reader = Reader::open(file)?;
    let first = reader.first_directory()?;
    let number = |reader: &mut Reader<'_>, tag| reader.number(&first, tag);
    let width = number(&mut reader, WIDTH).ok_or(Fault::Damaged)?;
    let height = number(&mut reader, HEIGHT).ok_or(Fault::Damaged)?;
    let bits = number(&mut reader, BITS).unwrap_or(1);
    let samples = number(&mut reader, SAMPLES).unwrap_or(1);
    let photometric = number(&mut reader, PHOTOMETRIC).unwrap_or(1);
    let extra = reader.count(&first, EXTRA_SAMPLES);
    let colour = match (photometric, samples.saturating_sub(extra), extra) {
        (0 | 1, _, 0) => Colour::Grey,
        (0 | 1, _, _) => Colour::GreyAlpha,
        (2 | 6, _, 0) => Colour::Rgb,
        (2 | 6, _, _) => Colour::Rgba,
        (3, ..) => Colour::Palette,
        (5, 4, _) => Colour::Cmyk,
        _ => Colour::Other,
    };
    let size = |n: u64| u32::try_from(n).map_err(|_| Fault::Damaged);
    let depth = u8::try_from(bits).map_err(|_| Fault::Damaged)?;
    let mut header = Header::new(size(width)?, size(height)?, colour, depth);
    header.dpi = density(&mut reader, &first);
    let profile = reader.body(&first, ICC, MAX_METADATA);
    header.icc = profile.and_then(|profile| icc::description(&profile));
    header.animated = first.next != 0;
    let (exif, is_whole) = reader.exif_block(&first);
    (header.exif, header.metadata_too_long) = (Some(exif), !is_whole);
    Ok(header)
}

/// In pixels per inch or centimetre, where there is a unit.
fn density(reader: &mut Reader<'_>, first: &Directory) -> Option<[f64; 2]> {
    let scale = match reader.number(first, RESOLUTION_UNIT).unwrap_or(2) {
        2 => 1.0,
        3 => 2.54,
        _ => return None,
    };
    let across = reader.rational(first, X_RESOLUTION)?;
    let down = reader.rational(first, Y_RESOLUTION)?;
    let dpi = [across * scale, down * scale];
    dpi.iter().all(|d| d.is_finite() && *d > 0.0).then_some(dpi)
}
