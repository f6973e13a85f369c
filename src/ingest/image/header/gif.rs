//! GIF: the screen, and whether there is a second frame (GIF89a).

use super::super::facts::Colour;
use super::super::fault::Fault;
use super::read::{Header, ReadSeek, bytes, skip};

const MAX_BLOCKS: usize = 1 << 20;

pub(super) fn read(file: &mut dyn ReadSeek) -> Result<Header, Fault> {
    skip(file, 6)?;
    let screen = bytes::<7>(file)?;
    let size = |at: usize| u32::from(u16::from_le_bytes([screen[at], screen[at + 1]]));
    let depth = (screen[4] & 7) + 1;
    let mut header = Header::new(size(0), size(2), Colour::Palette, depth);
    skip(file, table(screen[4]))?;
    // What is cut behind the screen is the business of the pixels.
    header.animated = has_second_frame(file).unwrap_or(false);
    Ok(header)
}

/// Bytes of the colour table that a packed field announces.
fn table(packed: u8) -> u64 {
    match packed & 0x80 {
        0 => 0,
        _ => 3 << ((packed & 7) + 1),
    }
}

fn has_second_frame(file: &mut dyn ReadSeek) -> Result<bool, Fault> {
    let mut frames = 0;
    for _ in 0..MAX_BLOCKS {
        match bytes::<1>(file)?[0] {
            0x2c => {
                frames += 1;
                if frames > 1 {
                    return Ok(true);
                }
                let frame = bytes::<9>(file)?;
                // The table, and the code size of LZW.
                skip(file, table(frame[8]) + 1)?;
            }
            0x21 => skip(file, 1)?,
            _ => return Ok(false),
        }
        for _ in 0..MAX_BLOCKS {
            match bytes::<1>(file)?[0] {
                0 => break,
                len => skip(file, u64::from(len))?,
            }
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_second_frame_is_seen_behind_a_comment() {
        let mut file = b"GIF89a\x05\0\x04\0\x81\0\0".to_vec();
        file.extend([0; 12]);
        file.extend(b"\x21\xfe\x03abc\0");
        let frame = b"\x2c\0\0\0\0\x05\0\x04\0\0\x02\x02\x44\x01\0";
        file.extend(frame);
        let one = [&file[..], b"\x3b"].concat();
        let header = read(&mut Cursor::new(one)).unwrap();
        assert_eq!((header.width, header.height, header.bit_depth), (5, 4, 2));
        assert!(!header.animated);
        file.extend(frame);
        assert!(read(&mut Cursor::new(file)).unwrap().animated);
    }
}
