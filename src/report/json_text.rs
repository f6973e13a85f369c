//! JSON as text that may be shown on a terminal.

use super::escape::is_hidden;
use serde::Serialize;

/// Indented JSON with a line feed at its end, in which every character that
/// could act on a terminal is a `\u` escape.
///
/// JSON itself asks for escapes below U+0020 only (RFC 8259, section 7); the
/// values read back are the same.
pub(super) fn to_text(document: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(document)
        .expect("documents have string keys and write to memory");
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // A line feed here is layout: within a string it is written `\n` already.
        if c == '\n' || !is_hidden(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_escaped_and_come_back() {
        let text = "a\u{1b}[0m\n\u{9b}\u{202e}\u{e0041}\\\"é猫\u{1f600}";
        let json = to_text(&text);
        assert!(!json.trim_end().chars().any(is_hidden));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
