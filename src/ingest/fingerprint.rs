//! What tells copies of a picture.

/// Two hashes of one picture: equal contents are copies, near perceptual hashes are pictures
/// that look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// A hash of the picture's bytes or pixels.
    pub content: u64,
    /// A hash that scaling and compression leave nearly as it is, such as
    /// `measure::image::PerceptualHash`; looks are compared by the bits in which it differs.
    pub perceptual: u64,
}
