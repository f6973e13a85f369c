//! Which format a file is of, told by its first bytes.

/// A format of pictures that is known without a decoder of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ImageFormat {
    /// JPEG: JFIF, Exif and bare streams.
    Jpeg,
    /// PNG, animated ones too.
    Png,
    /// WebP, lossy and lossless.
    WebP,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF and BigTIFF.
    Tiff,
    /// Netpbm: PBM, PGM, PPM, PAM.
    Pnm,
    /// QOI.
    Qoi,
    /// Truevision TGA, which has no mark at its beginning.
    Tga,
    /// Windows icon.
    Ico,
    /// AVIF: header and EXIF only.
    Avif,
    /// HEIF (HEIC): header and EXIF only.
    Heif,
    /// JPEG 2000: header and EXIF only.
    Jpeg2000,
}

impl ImageFormat {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Jpeg,
        Self::Png,
        Self::WebP,
        Self::Gif,
        Self::Bmp,
        Self::Tiff,
        Self::Pnm,
        Self::Qoi,
        Self::Tga,
        Self::Ico,
        Self::Avif,
        Self::Heif,
        Self::Jpeg2000,
    ];

    /// Its name in lower case, as `file.format` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
            Self::Pnm => "pnm",
            Self::Qoi => "qoi",
            Self::Tga => "tga",
            Self::Ico => "ico",
            Self::Avif => "avif",
            Self::Heif => "heif",
            Self::Jpeg2000 => "jpeg2000",
        }
    }

    /// Extensions that its files have, in lower case.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif", "jif", "thm", "mpo"],
            Self::Png => &["png", "apng"],
            Self::WebP => &["webp"],
            Self::Gif => &["gif"],
            Self::Bmp => &["bmp", "dib"],
            Self::Tiff => &["tif", "tiff", "btf", "tf8", "lsm", "dng", "svs", "qptiff"],
            Self::Pnm => &["pnm", "pbm", "pgm", "ppm", "pam"],
            Self::Qoi => &["qoi"],
            Self::Tga => TGA_EXTENSIONS,
            Self::Ico => &["ico"],
            Self::Avif => &["avif", "avifs"],
            Self::Heif => &["heif", "heic", "hif"],
            Self::Jpeg2000 => &["jp2", "jpx", "j2k", "j2c", "jpc", "jpf"],
        }
    }

    /// Whether its pixels can be decoded; of the others header and EXIF are read.
    #[must_use]
    pub fn has_pixels(self) -> bool {
        !matches!(self, Self::Avif | Self::Heif | Self::Jpeg2000)
    }

    /// The format of a file that begins with `start` (64 bytes are enough).
    ///
    /// A TGA file has no mark at its beginning: `extension`, in lower case, decides
    /// whether a header that could be one is taken for one. For all other formats
    /// it plays no part.
    ///
    /// ```
    /// use driftsphere::ingest::image::ImageFormat;
    ///
    /// let start = b"\x89PNG\r\n\x1a\n";
    /// assert_eq!(ImageFormat::of(start, "jpg"), Some(ImageFormat::Png));
    /// assert_eq!(ImageFormat::of(b"%PDF-1.7", "png"), None);
    /// ```
    #[must_use]
    pub fn of(start: &[u8], extension: &str) -> Option<Self> {
        let at =
            |from: usize, bytes: &[u8]| start.get(from..).is_some_and(|s| s.starts_with(bytes));
        let format = match start {
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Self::Png,
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Self::Gif,
            [b'q', b'o', b'i', b'f', ..] => Self::Qoi,
            [b'R', b'I', b'F', b'F', ..] if at(8, b"WEBP") => Self::WebP,
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Self::Tiff,
            [b'P', b'1'..=b'7', next, ..] if next.is_ascii_whitespace() || *next == b'#' => {
                Self::Pnm
            }
            [b'B', b'M', ..] if is_bitmap(start) => Self::Bmp,
            [0, 0, 1, 0, count, 0, ..] if *count > 0 && at(9, &[0]) => Self::Ico,
            [0xff, 0x4f, 0xff, 0x51, ..] => Self::Jpeg2000,
            _ if at(0, b"\0\0\0\x0cjP  \r\n\x87\n") => Self::Jpeg2000,
            _ if at(4, b"ftyp") => return boxed(start),
            _ if TGA_EXTENSIONS.contains(&extension) && is_targa(start) => Self::Tga,
            _ => return None,
        };
        Some(format)
    }
}

const TGA_EXTENSIONS: &[&str] = &["tga", "icb", "vda", "vst"];

/// The brands of an ISO base media file (ISO 23008-12, 10; AVIF 1.1, 6).
fn boxed(start: &[u8]) -> Option<ImageFormat> {
    let size = u32::from_be_bytes(*start.first_chunk::<4>()?) as usize;
    let brands = start.get(8..size.min(start.len()))?;
    let has = |brand: &[u8; 4]| brands.chunks_exact(4).any(|b| b == brand);
    if has(b"avif") || has(b"avis") {
        return Some(ImageFormat::Avif);
    }
    let heif = [
        b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1",
    ];
    heif.into_iter().any(has).then_some(ImageFormat::Heif)
}

/// The two letters alone are too few to go by.
fn is_bitmap(start: &[u8]) -> bool {
    let header = start.get(14..18).and_then(|s| s.first_chunk::<4>());
    let header = header.map(|size| u32::from_le_bytes(*size));
    start.get(6..10) == Some(&[0; 4]) && header.is_some_and(|size| (12..=256).contains(&size))
}

/// Whether the 18 bytes of a TGA header make sense (Truevision 2.0, section C.2).
fn is_targa(start: &[u8]) -> bool {
    let Some(head) = start.first_chunk::<18>() else {
        return false;
    };
    let size = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    head[1] <= 1
        && matches!(head[2], 1..=3 | 9..=11)
        && matches!(head[16], 8 | 15 | 16 | 24 | 32)
        && size(12) > 0
        && size(14) > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_and_not_the_name() {
        for (start, format) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], ImageFormat::Jpeg),
            (b"RIFF\x10\0\0\0WEBPVP8 ", ImageFormat::WebP),
            (b"GIF89a", ImageFormat::Gif),
            (b"MM\0\x2a", ImageFormat::Tiff),
            (b"II\x2b\0\x08\0\0\0", ImageFormat::Tiff),
            (b"P6\n2 2\n255\n", ImageFormat::Pnm),
            (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", ImageFormat::Avif),
            (b"\0\0\0\x18ftypmif1\0\0\0\0heicmif1", ImageFormat::Heif),
            (b"\xff\x4f\xff\x51", ImageFormat::Jpeg2000),
        ] {
            assert_eq!(ImageFormat::of(start, "txt"), Some(format));
        }
        for start in [
            &b""[..],
            b"BMW is a make",
            b"\0\0\0\x18ftypisom\0\0\0\0",
            b"P6x",
            b"RIFF\x10\0\0\0WAVE",
            b"\0\0\0\x04ftyp",
        ] {
            assert_eq!(ImageFormat::of(start, "jpg"), None, "{start:?}");
        }
    }

    #[test]
    fn a_targa_needs_its_name_as_well() {
        let mut head = [0_u8; 18];
        (head[2], head[12], head[14], head[16]) = (2, 4, 4, 24);
        assert_eq!(ImageFormat::of(&head, "tga"), Some(ImageFormat::Tga));
        assert_eq!(ImageFormat::of(&head, "bin"), None);
        head[12] = 0;
        assert_eq!(ImageFormat::of(&head, "tga"), None);
    }
}
