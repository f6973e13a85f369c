//! What a camera wrote.

/// Tags.
#[derive(Debug, Clone, Default)]
pub struct Exif;
impl Exif {
    pub(crate) fn of_block(_: &[u8]) -> Self {
        Self
    }
    pub(crate) fn orientation(&self) -> Option<super::Orientation> {
        None
    }
    pub(crate) fn dpi(&self) -> Option<[f64; 2]> {
        None
    }
    /// Time.
    pub fn time(&self) -> Option<i64> {
        None
    }
}
