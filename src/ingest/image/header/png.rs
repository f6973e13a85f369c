//! PNG: its chunks (PNG, third edition, 2025).

use std::io::Read;

use super::super::facts::Colour;
use super::super::fault::Fault;
use super::icc;
use super::read::{Header, MAX_METADATA, ReadSeek, body, bytes, per_inch, skip};

/// Chunks that are walked over in search of EXIF, which may stand behind the pixels.
const MAX_CHUNKS: usize = 1 << 16;

pub(super) fn read(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    skip(file, 8)?;
    let (len, name) = chunk(file)?;
    if &name != b"IHDR" || len != 13 {
        return Err(Fault::Damaged);
    }
    let head = bytes::<13>(file)?;
    skip(file, 4)?;
    let be32 = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let colour = match head[9] {
        0 => Colour::Grey,
        2 => Colour::Rgb,
        3 => Colour::Palette,
        4 => Colour::GreyAlpha,
        6 => Colour::Rgba,
        _ => return Err(Fault::Damaged),
    };
    let mut header = Header::new(be32(0), be32(4), colour, head[8]);
    for _ in 0..MAX_CHUNKS {
        // What is cut behind the header is the business of the pixels.
        let Ok((len, name)) = chunk(file) else { break };
        if &name == b"IEND" {
            break;
        }
        match ancillary(file, &name, len, &mut header) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => break,
        }
    }
    Ok(header)
}

fn chunk(file: &mut dyn ReadSeek) -> Result<(u32, [u8; 4]), Fault> {
    let [a, b, c, d, name @ ..] = bytes::<8>(file)?;
    Ok((u32::from_be_bytes([a, b, c, d]), name))
}

/// Takes a chunk in, or passes over it; whether there is a reason to read on.
fn ancillary(
    file: &mut dyn ReadSeek,
    name: &[u8; 4],
    len: u32,
    header: &mut Header,
) -> Result<bool, Fault> {
    let wanted = match name {
        b"pHYs" | b"sRGB" | b"iCCP" | b"eXIf" | b"acTL" => true,
        b"zTXt" | b"tEXt" => header.exif.is_none(),
        _ => false,
    };
    let len = len as usize;
    if !wanted || len > MAX_METADATA {
        header.metadata_too_long |= wanted;
        skip(file, len as u64 + 4)?;
        // EXIF is behind the pixels at most once.
        return Ok(!(name == b"IDAT" && header.exif.is_some()));
    }
    let body = body(file, len)?;
    skip(file, 4)?;
    match name {
        b"pHYs" => header.dpi = density(&body),
        b"sRGB" => header.icc = Some("sRGB".to_owned()),
        b"iCCP" => header.icc = profile(&body),
        b"eXIf" => header.exif = Some(body),
        b"zTXt" | b"tEXt" => header.exif = raw_profile(name == b"zTXt", &body),
        _ => header.animated = frames(&body) > 1,
    }
    Ok(true)
}

/// In pixels per metre, where the unit is known.
fn density(body: &[u8]) -> Option<[f64; 2]> {
    let body = body.first_chunk::<9>().filter(|body| body[8] == 1)?;
    let be32 = |at: usize| u32::from_be_bytes([body[at], body[at + 1], body[at + 2], body[at + 3]]);
    let (across, down) = (be32(0), be32(4));
    let dpi = [per_inch(f64::from(across)), per_inch(f64::from(down))];
    (across > 0 && down > 0).then_some(dpi)
}

/// A name, a zero, the method, and the profile deflated.
fn profile(body: &[u8]) -> Option<String> {
    let end = body.iter().take(80).position(|&b| b == 0)?;
    icc::description(&unpacked(body.get(end + 2..)?))
}

/// What is there before an error, or the limit, may be of use.
fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    let mut stream = flate2::read::ZlibDecoder::new(packed).take(MAX_METADATA as u64);
    let _ = stream.read_to_end(&mut unpacked);
    unpacked
}

/// EXIF as ImageMagick and others wrote it before there was a chunk for it: a text called `Raw
/// profile type exif` (or `APP1`) of a name, a number of bytes, and two digits for each byte.
fn raw_profile(is_packed: bool, body: &[u8]) -> Option<Vec<u8>> {
    let keywords = [&b"Raw profile type exif\0"[..], b"Raw profile type APP1\0"];
    let rest = keywords
        .into_iter()
        .find_map(|keyword| body.strip_prefix(keyword))?;
    let text = match is_packed {
        // Behind the method.
        true => unpacked(rest.get(1..)?),
        false => rest.to_vec(),
    };
    let words = text.split(u8::is_ascii_whitespace);
    let words = words.filter(|word| !word.is_empty()).skip(2);
    let digit = |digit: &u8| char::from(*digit).to_digit(16).map(|digit| digit as u8);
    let digits: Vec<u8> = words.flatten().map(digit).collect::<Option<_>>()?;
    let (pairs, _) = digits.as_chunks::<2>();
    let block: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    let block = block.strip_prefix(b"Exif\0\0").unwrap_or(&block);
    // `APP1` may be XMP.
    let is_tiff = block.starts_with(b"II") || block.starts_with(b"MM");
    is_tiff.then(|| block.to_vec())
}

fn frames(body: &[u8]) -> u32 {
    body.first_chunk::<4>()
        .map_or(0, |n| u32::from_be_bytes(*n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let len = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&len[..], name, body, &[0; 4]].concat()
    }

    fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        let head = chunk(b"IHDR", &[0, 0, 0, 4, 0, 0, 0, 3, 16, 4, 0, 0, 0]);
        [&b"\x89PNG\r\n\x1a\n"[..], &head, &chunks.concat()].concat()
    }

    #[test]
    fn chunks_before_and_behind_the_pixels() {
        let chunks = [
            chunk(b"pHYs", &[0, 0, 0x0b, 0x13, 0, 0, 0x0b, 0x13, 1]),
            chunk(b"sRGB", &[0]),
            chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]),
            chunk(b"IDAT", &[1; 50]),
            chunk(b"eXIf", b"II\x2a\0"),
            chunk(b"IEND", &[]),
        ];
        let header = read(&mut Cursor::new(file(&chunks))).unwrap();
        assert_eq!((header.width, header.height, header.bit_depth), (4, 3, 16));
        assert_eq!(header.colour, Colour::GreyAlpha);
        let dpi = header.dpi.unwrap()[0];
        assert!((dpi - 72.009).abs() < 1e-9, "{dpi}");
        assert_eq!(header.icc.as_deref(), Some("sRGB"));
        assert_eq!(header.exif.as_deref(), Some(&b"II\x2a\0"[..]));
        assert!(header.animated);
    }

    #[test]
    fn a_text_may_be_exif() {
        let digits = "\nexif\n      10\n45786966\n00004949\n2a00\n";
        let plain = [&b"Raw profile type exif\0"[..], digits.as_bytes()].concat();
        let header = read(&mut Cursor::new(file(&[chunk(b"tEXt", &plain)]))).unwrap();
        assert_eq!(header.exif.as_deref(), Some(&b"II\x2a\0"[..]));
        let mut packed = b"Raw profile type APP1\0\0".to_vec();
        let mut stream = flate2::write::ZlibEncoder::new(&mut packed, Default::default());
        std::io::Write::write_all(&mut stream, digits.as_bytes()).unwrap();
        stream.finish().unwrap();
        let header = read(&mut Cursor::new(file(&[chunk(b"zTXt", &packed)]))).unwrap();
        assert_eq!(header.exif.as_deref(), Some(&b"II\x2a\0"[..]));
        let other = chunk(b"tEXt", b"Raw profile type exif\0\nexif\n 1\nzz\n");
        assert_eq!(read(&mut Cursor::new(file(&[other]))).unwrap().exif, None);
    }

    #[test]
    fn a_cut_file_keeps_its_header_and_a_claim_takes_no_memory() {
        let whole = file(&[chunk(b"IDAT", &[1; 50])]);
        assert!(read(&mut Cursor::new(&whole[..40])).is_ok());
        assert_eq!(read(&mut Cursor::new(&whole[..20])), Err(Fault::Truncated));
        let mut claim = file(&[]);
        claim.extend(0xffff_fff0_u32.to_be_bytes());
        claim.extend(b"eXIf");
        let header = read(&mut Cursor::new(claim)).unwrap();
        assert!(header.metadata_too_long && header.exif.is_none());
    }
}
