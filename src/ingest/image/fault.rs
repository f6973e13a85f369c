//! What can be wrong with a picture.

use crate::error::{Error, ErrorKind};

/// Why a picture, or only its pixels, could not be read.
///
/// The reasons are few and fixed, so that they can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// Nobody asked for pixels: only headers are read.
    NotAsked,
    /// The system does not let it be read, or it is gone.
    Unreadable,
    /// No bytes at all.
    Empty,
    /// No format that is known.
    Unknown,
    /// It ends too early.
    Truncated,
    /// It contradicts itself or its format.
    Damaged,
    /// A variety of its format that is not decoded.
    Unsupported,
    /// Floating-point samples that are not within the range that they should be in.
    OutOfRange,
    /// A format of which header and EXIF are read and nothing else.
    NoDecoder,
    /// More bytes than [`ImageLimits::max_bytes`](super::ImageLimits::max_bytes).
    TooManyBytes,
    /// More pixels than [`ImageLimits::max_pixels`](super::ImageLimits::max_pixels).
    TooManyPixels,
    /// The decoder asked for more memory than so many pixels need.
    TooMuchMemory,
    /// The decoder gave up by a panic.
    Panicked,
    /// It took longer than [`ImageLimits::max_seconds`](super::ImageLimits::max_seconds).
    TookTooLong,
}

impl Fault {
    /// A short fixed text.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotAsked => "picture whose pixels were not asked for",
            Self::Unreadable => "picture that cannot be opened",
            Self::Empty => "picture of no bytes",
            Self::Unknown => "picture of unknown format",
            Self::Truncated => "picture that is truncated",
            Self::Damaged => "picture that is damaged",
            Self::Unsupported => "picture of a kind that is not decoded",
            Self::OutOfRange => {
                "picture of floating-point samples outside of their range (0 to 1 unless stated)"
            }
            Self::NoDecoder => "picture of a format whose pixels are not decoded",
            Self::TooManyBytes => "picture of more bytes than the limit",
            Self::TooManyPixels => "picture of more pixels than the limit",
            Self::TooMuchMemory => "picture that takes more memory than the limit",
            Self::Panicked => "picture whose decoder panicked",
            Self::TookTooLong => "picture that took longer than the limit",
        }
    }

    /// The same as a value, which `file.pixels` has: what became of the pixels.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAsked => "not asked for",
            Self::Unreadable => "unreadable",
            Self::Empty => "empty",
            Self::Unknown => "unknown format",
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
            Self::Unsupported => "unsupported",
            Self::OutOfRange => "out of range",
            Self::NoDecoder => "no decoder",
            Self::TooManyBytes => "too many bytes",
            Self::TooManyPixels => "too many pixels",
            Self::TooMuchMemory => "too much memory",
            Self::Panicked => "decoder panicked",
            Self::TookTooLong => "took too long",
        }
    }

    /// Whether something went wrong: not where pixels were not asked for, or nobody said that
    /// they could be decoded.
    #[must_use]
    pub fn is_failure(self) -> bool {
        !matches!(self, Self::NotAsked | Self::NoDecoder)
    }

    /// The same as an error of the crate.
    pub(crate) fn into_error(self) -> Error {
        let kind = match self {
            Self::Unreadable => ErrorKind::Io,
            Self::TooManyBytes | Self::TooManyPixels | Self::TooMuchMemory | Self::TookTooLong => {
                ErrorKind::Limit
            }
            _ => ErrorKind::Input,
        };
        Error::new(kind, format!("a {}", self.reason()))
    }

    /// Of an error while reading.
    pub(crate) fn of_io(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Truncated,
            std::io::ErrorKind::TimedOut => Self::TookTooLong,
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => Self::Damaged,
            _ => Self::Unreadable,
        }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::of_io(&error)
    }
}
