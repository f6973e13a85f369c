//! Texts of bounded length.

use std::borrow::Cow;

use super::hash::hash_text;

/// The longest text, in bytes, that a sketch keeps as it is.
pub(super) const LONGEST: usize = 256;

/// `text`, or where it is longer than [`LONGEST`] bytes: its beginning, `#`, and
/// 16 hexadecimal digits of its hash, together at most [`LONGEST`] bytes.
pub(crate) fn bounded(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    // A character has at most four bytes, so one of these is a boundary.
    let room = LONGEST - 17;
    let end = (room - 3..=room)
        .rev()
        .find(|at| text.is_char_boundary(*at));
    let start = &text[..end.unwrap_or(0)];
    Cow::Owned(format!("{start}#{:016x}", hash_text(0, text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_short_texts_and_tells_long_ones_apart() {
        let exact = "x".repeat(LONGEST);
        assert_eq!(bounded(&exact), exact);
        let (long, other) = ("é".repeat(200), "é".repeat(201));
        assert_ne!(bounded(&long), bounded(&other));
        for text in [&long, &other] {
            assert!(bounded(text).len() <= LONGEST && bounded(text).starts_with("éé"));
        }
    }
}
