//! Names by pattern, in which `*` stands for any text.

/// Whether `text` is `pattern`, in which `*` stands for any text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    // Taking the first place of each middle part leaves the most for the others.
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, yes, no) in [
            ("*", "abc", "\0"),
            ("exif_*", "exif_iso", "iso"),
            ("*_score", "top_score", "score_top"),
            ("a*b*c", "aXbYbc", "acb"),
            ("ab*ba", "abba", "aba"),
        ] {
            assert!(matches(pattern, yes), "{pattern} {yes}");
            assert!(no == "\0" || !matches(pattern, no), "{pattern} {no}");
        }
        assert!(matches("*", ""));
        assert!(!matches("", "a"));
    }
}
