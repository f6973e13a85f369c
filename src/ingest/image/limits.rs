//! How much a picture may ask for before it is refused.

/// Bounds on one picture, held before anything is allocated.
///
/// A few bytes can claim billions of pixels. A picture beyond a limit is not lost: what its
/// header says is kept, and its pixels are counted as not read.
///
/// ```
/// use driftsphere::ingest::image::ImageLimits;
///
/// let limits = ImageLimits { max_pixels: 1 << 30, ..ImageLimits::default() };
/// assert_eq!(limits.max_bytes, 256 << 20);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// Most pixels of a picture that is decoded (default 100 million).
    pub max_pixels: u64,
    /// Largest file whose pixels are read, in bytes (default 256 MiB).
    pub max_bytes: u64,
    /// Longest time for one picture, in seconds (default 60).
    ///
    /// A decoder that reads on is stopped at its next read. One that computes without end
    /// cannot be stopped from outside: it is left to itself on its thread, which costs that
    /// thread and its memory until the program ends, and another thread takes its place;
    /// after [`MAX_ABANDONED`](Self::MAX_ABANDONED) of them reading ends with an error. A slow machine may so
    /// count a picture that a faster one reads: this limit alone makes a profile depend on
    /// the machine.
    pub max_seconds: u32,
}

impl ImageLimits {
    /// Decoders that may be left to themselves.
    pub const MAX_ABANDONED: usize = 8;
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self {
            max_pixels: 100_000_000,
            max_bytes: 256 << 20,
            max_seconds: 60,
        }
    }
}
