//! Formats whose header is a few numbers: BMP, Netpbm, QOI, TGA, ICO.

use super::super::facts::Colour;
use super::super::fault::Fault;
use super::read::{Header, ReadSeek, bytes, per_inch, skip};

/// BITMAPFILEHEADER, then BITMAPCOREHEADER (12 bytes) or BITMAPINFOHEADER and its followers.
pub(super) fn bmp(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    skip(file, 14)?;
    let size = u32::from_le_bytes(bytes::<4>(file)?);
    if size == 12 {
        let core = bytes::<8>(file)?;
        let at = |at: usize| u16::from_le_bytes([core[at], core[at + 1]]);
        return Ok(bitmap(u32::from(at(0)), u32::from(at(2)), at(6)));
    }
    let info = bytes::<28>(file)?;
    let at = |at: usize| i32::from_le_bytes([info[at], info[at + 1], info[at + 2], info[at + 3]]);
    let bits = u16::from_le_bytes([info[10], info[11]]);
    // A negative height: rows from the top.
    let mut header = bitmap(at(0).unsigned_abs(), at(4).unsigned_abs(), bits);
    let (across, down) = (at(20), at(24));
    if across > 0 && down > 0 {
        header.dpi = Some([per_inch(f64::from(across)), per_inch(f64::from(down))]);
    }
    Ok(header)
}

fn bitmap(width: u32, height: u32, bits: u16) -> Header {
    let (colour, depth) = match bits {
        1 | 2 | 4 | 8 => (Colour::Palette, bits as u8),
        16 => (Colour::Rgb, 5),
        _ => (Colour::Rgb, 8),
    };
    Header::new(width, height, colour, depth)
}

/// Numbers as text, `#` begins a comment; PAM has a line for each.
pub(super) fn pnm(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    /// Bytes of a header that are looked at.
    const MAX: usize = 64 << 10;
    let kind = bytes::<2>(file)?[1];
    let mut words = Words { file, left: MAX };
    if kind == b'7' {
        return pam(&mut words);
    }
    let (width, height) = (words.number()?, words.number()?);
    let (colour, has_max) = match kind {
        b'1' | b'4' => (Colour::Grey, false),
        b'2' | b'5' => (Colour::Grey, true),
        _ => (Colour::Rgb, true),
    };
    let max = if has_max { words.number()? } else { 1 };
    Ok(Header::new(width, height, colour, bits_of(max)))
}

fn pam(words: &mut Words<'_>) -> Result<Header, Fault> {
    let (mut width, mut height, mut depth, mut max) = (0, 0, 0, 0);
    loop {
        match words.next()?.as_slice() {
            b"ENDHDR" => break,
            b"WIDTH" => width = words.number()?,
            b"HEIGHT" => height = words.number()?,
            b"DEPTH" => depth = words.number()?,
            b"MAXVAL" => max = words.number()?,
            _ => {}
        }
    }
    let colour = match depth {
        1 => Colour::Grey,
        2 => Colour::GreyAlpha,
        3 => Colour::Rgb,
        4 => Colour::Rgba,
        _ => Colour::Other,
    };
    Ok(Header::new(width, height, colour, bits_of(max)))
}

fn bits_of(max: u32) -> u8 {
    (u32::BITS - max.leading_zeros()).max(1) as u8
}

struct Words<'a> {
    file: &'a mut dyn ReadSeek,
    left: usize,
}

impl Words<'_> {
    fn byte(&mut self) -> Result<u8, Fault> {
        self.left = self.left.checked_sub(1).ok_or(Fault::Damaged)?;
        Ok(bytes::<1>(self.file)?[0])
    }

    fn next(&mut self) -> Result<Vec<u8>, Fault> {
        let mut word = Vec::new();
        loop {
            match self.byte()? {
                b'#' => while self.byte()? != b'\n' {},
                byte if !byte.is_ascii_whitespace() => word.push(byte),
                _ if word.is_empty() => {}
                _ => return Ok(word),
            }
        }
    }

    fn number(&mut self) -> Result<u32, Fault> {
        let word = self.next()?;
        let text = std::str::from_utf8(&word).map_err(|_| Fault::Damaged)?;
        text.parse().map_err(|_| Fault::Damaged)
    }
}

/// <https://qoiformat.org/qoi-specification.pdf>.
pub(super) fn qoi(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    let head = bytes::<14>(file)?;
    let at = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let colour = match head[12] {
        3 => Colour::Rgb,
        4 => Colour::Rgba,
        _ => return Err(Fault::Damaged),
    };
    Ok(Header::new(at(4), at(8), colour, 8))
}

/// Truevision TGA 2.0, section C.2.
pub(super) fn tga(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    let head = bytes::<18>(file)?;
    let at = |at: usize| u32::from(u16::from_le_bytes([head[at], head[at + 1]]));
    let (colour, depth) = match (head[2] & 7, head[16]) {
        (1, bits) => (Colour::Palette, bits),
        (3, 16) => (Colour::GreyAlpha, 8),
        (3, bits) => (Colour::Grey, bits),
        (2, 32) => (Colour::Rgba, 8),
        (2, 24) => (Colour::Rgb, 8),
        (2, _) => (Colour::Rgb, 5),
        _ => return Err(Fault::Damaged),
    };
    Ok(Header::new(at(12), at(14), colour, depth))
}

/// The picture that is decoded: that of most bits, and of these the largest.
pub(super) fn ico(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    let head = bytes::<6>(file)?;
    let count = u16::from_le_bytes([head[4], head[5]]);
    let mut best = (0, 0, 0, 0);
    for _ in 0..count {
        let entry = bytes::<16>(file)?;
        // 0 stands for 256.
        let side = |at: usize| match entry[at] {
            0 => 256,
            side => u32::from(side),
        };
        let (width, height) = (side(0), side(1));
        let bits = u16::from_le_bytes([entry[6], entry[7]]);
        best = best.max((bits, width * height, width, height));
    }
    let (bits, _, width, height) = best;
    let colour = match bits {
        1..=8 => Colour::Palette,
        24 => Colour::Rgb,
        _ => Colour::Rgba,
    };
    let depth = if bits <= 8 { bits.max(1) as u8 } else { 8 };
    Ok(Header::new(width, height, colour, depth))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn comments_and_lines_of_netpbm() {
        let of = |text: &str| pnm(&mut Cursor::new(text.as_bytes().to_vec())).unwrap();
        let header = of("P5 # a comment\n 12\t7\n65535\n");
        assert_eq!((header.width, header.height, header.bit_depth), (12, 7, 16));
        let header = of("P4\n9 8\n\0");
        assert_eq!((header.colour, header.bit_depth), (Colour::Grey, 1));
        let header = of("P7\nWIDTH 3\nHEIGHT 2\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n");
        assert_eq!((header.width, header.colour), (3, Colour::Rgba));
    }

    #[test]
    fn what_is_cut_or_endless_is_refused() {
        let comment = [&b"P5 #"[..], &[b'x'; 70_000]].concat();
        assert_eq!(pnm(&mut Cursor::new(comment)), Err(Fault::Damaged));
        assert_eq!(pnm(&mut Cursor::new(b"P5 1")), Err(Fault::Truncated));
        assert_eq!(qoi(&mut Cursor::new(b"qoif")), Err(Fault::Truncated));
        let many = [0, 0, 1, 0, 0xff, 0xff];
        assert_eq!(ico(&mut Cursor::new(many)), Err(Fault::Truncated));
    }
}
