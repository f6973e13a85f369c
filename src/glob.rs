//! Names by pattern.

use wildmatch::WildMatch;

/// Whether `text` is `pattern`, in which `*` stands for any text and `?` for any
/// character.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    WildMatch::new(pattern).matches(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, yes, no) in [
            ("a", "a", "ab"),
            ("exif_*", "exif_iso", "iso"),
            ("*_score", "top_score", "score_top"),
            ("a*b*c", "aXbYbc", "acb"),
            ("ab*ba", "abba", "aba"),
            ("*ab*ab", "1ab2ab", "1ab2a"),
            ("a?", "aä", "a"),
            ("", "", "a"),
        ] {
            assert!(matches(pattern, yes), "{pattern} {yes}");
            assert!(!matches(pattern, no), "{pattern} {no}");
        }
        assert!(matches("*", "") && matches("**", "x"));
    }
}
