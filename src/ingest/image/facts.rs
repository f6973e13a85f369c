//! What is known of a picture without looking at its pixels.

use std::borrow::Cow;

use super::orientation::Orientation;

/// What the file and its header say.
#[derive(Debug, Clone, PartialEq)]
pub struct FileFacts {
    /// Size of the file.
    pub bytes: u64,
    /// Name of the format in lower case: `jpeg`, `png`, ... or that of a
    /// [`Decoder`](super::Decoder).
    pub format: Cow<'static, str>,
    /// What the stored samples mean.
    pub colour: Colour,
    /// Bits of a stored sample; of a palette, of an index into it.
    pub bit_depth: u8,
    /// Pixels in a row once the picture stands upright.
    pub width: u32,
    /// Rows once the picture stands upright.
    pub height: u32,
    /// What has to be done so that it stands upright.
    pub orientation: Orientation,
    /// The description of the embedded ICC profile, or its class and colour space where it has
    /// none; `sRGB` where a PNG says so.
    pub icc: Option<String>,
    /// Pixels per inch, across and down, as stored.
    pub dpi: Option<[f64; 2]>,
    /// What is known of a JPEG only.
    pub jpeg: Option<JpegFacts>,
    /// Whether there are further frames after the first, which is the one that is measured.
    pub animated: bool,
    /// Whether the extension of the file's name is one of its format; `None` where it has none.
    pub extension_matches: Option<bool>,
}

/// What the samples of a pixel in a file mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Colour {
    /// One grey level; with 1 bit, black and white.
    Grey,
    /// A grey level and alpha.
    GreyAlpha,
    /// An index into a list of colours.
    Palette,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue and alpha.
    Rgba,
    /// Cyan, magenta, yellow and black.
    Cmyk,
    /// Something else, such as CIE L*a*b*.
    Other,
}

impl Colour {
    /// Its name in lower case, as `file.colour` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::GreyAlpha => "grey and alpha",
            Self::Palette => "palette",
            Self::Rgb => "rgb",
            Self::Rgba => "rgba",
            Self::Cmyk => "cmyk",
            Self::Other => "other",
        }
    }
}

/// What the header of a JPEG says of how it was compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JpegFacts {
    /// The quality, 1 to 100, at which libjpeg would have made the nearest quantisation
    /// tables; `None` where there are no tables of 8 x 8 values before the first scan.
    pub quality: Option<u8>,
    /// How much coarser colour is stored than brightness; `None` without colour.
    pub subsampling: Option<Subsampling>,
    /// Whether it is stored in scans of rising detail.
    pub progressive: bool,
}

/// How much coarser the colour of a JPEG is stored than its brightness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subsampling {
    /// 4:4:4, not at all.
    Full,
    /// 4:2:2, half across.
    HalfAcross,
    /// 4:4:0, half down.
    HalfDown,
    /// 4:2:0, half across and down.
    HalfBoth,
    /// 4:1:1, a quarter across.
    QuarterAcross,
    /// 4:1:0, a quarter across and half down.
    QuarterHalf,
    /// Another ratio.
    Other,
}

impl Subsampling {
    /// The usual notation, `4:2:0`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "4:4:4",
            Self::HalfAcross => "4:2:2",
            Self::HalfDown => "4:4:0",
            Self::HalfBoth => "4:2:0",
            Self::QuarterAcross => "4:1:1",
            Self::QuarterHalf => "4:1:0",
            Self::Other => "other",
        }
    }

    /// Of the ratios of samples of brightness to samples of colour, across and down.
    pub(crate) fn of(across: u8, down: u8) -> Self {
        match (across, down) {
            (1, 1) => Self::Full,
            (2, 1) => Self::HalfAcross,
            (1, 2) => Self::HalfDown,
            (2, 2) => Self::HalfBoth,
            (4, 1) => Self::QuarterAcross,
            (4, 2) => Self::QuarterHalf,
            _ => Self::Other,
        }
    }
}
