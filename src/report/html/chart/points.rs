//! Many points, as one path: a shape for each would make a page slow.

use super::Path;

/// Colours that the style sheet has for groups; what comes after shares the last.
pub(in crate::report::html) const PALETTE: usize = 10;

/// The path of round dots.
pub(in crate::report::html) fn dots(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut path = Path::default();
    for (x, y) in points {
        path.dot(x, y);
    }
    path.d
}
