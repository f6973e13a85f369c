//! Untrusted text on its way into GitHub-flavoured Markdown.

use super::escape::escape;

/// Splits what would become a link or a mention; shown as nothing.
const NOTHING: &str = "<!-- -->";

/// `text` as Markdown that shows exactly `text`, on one line.
///
/// - Control characters and marks that change the reading order are written out
///   ([`escape`](super::escape)); runs of white space become one space.
/// - Characters that mean something to Markdown or HTML are escaped, and so is
///   what would begin a list at the start of a line.
/// - `@name`, `#12` and addresses are split by an empty comment, as GitHub makes
///   mentions, references and links of them after the Markdown is read; `$`, which
///   begins a formula, stands in an element of its own.
pub(super) fn escape_markdown(text: &str) -> String {
    let text = escape(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let mut out = String::with_capacity(text.len() + 16);
    let begins_a_list = list_mark(&text);
    let mut rest = text.chars().peekable();
    let mut at = 0;
    while let Some(c) = rest.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => {
                out.push('@');
                out.push_str(NOTHING);
            }
            '#' => {
                out.push_str("\\#");
                out.push_str(NOTHING);
            }
            ':' if rest.peek() == Some(&'/') => {
                out.push(':');
                out.push_str(NOTHING);
            }
            '.' if ends_with_www(&out) => {
                out.push_str(NOTHING);
                out.push('.');
            }
            '$' => out.push_str("<span>$</span>"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ => {
                if begins_a_list == Some(at) {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        at += c.len_utf8();
    }
    out
}

/// Where the mark stands that makes a list item, or the line below a heading, of
/// a line: `-`, `+`, `=`, `1.`, `1)`.
fn list_mark(text: &str) -> Option<usize> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mark = text[digits..].chars().next()?;
    let begins = match digits {
        0 => matches!(mark, '-' | '+' | '='),
        _ => {
            matches!(mark, '.' | ')') && text[digits + 1..].chars().next().is_none_or(|c| c == ' ')
        }
    };
    begins.then_some(digits)
}

fn ends_with_www(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 3 && bytes[bytes.len() - 3..].eq_ignore_ascii_case(b"www")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        for (text, markdown) in [
            (
                "own-centre distance (class 7)",
                "own-centre distance (class 7)",
            ),
            ("a|b", r"a\|b"),
            ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
            ("</details><script>", "&lt;/details&gt;&lt;script&gt;"),
            ("[a](javascript:x)", r"\[a\](javascript:x)"),
            ("![x](y)", r"\!\[x\](y)"),
            ("`*_~", r"\`\*\_\~"),
            (r"shots\7.png", r"shots\\7.png"),
            ("a\u{202e}b\nc", r"a\\u{202e}b\\nc"),
            ("  two   words ", "two words"),
            ("@team", "@<!-- -->team"),
            ("#12", r"\#<!-- -->12"),
            ("https://x.y", "https:<!-- -->//x.y"),
            ("WWW.x.y", "WWW<!-- -->.x.y"),
            ("$x$", "<span>$</span>x<span>$</span>"),
            ("", ""),
        ] {
            assert_eq!(escape_markdown(text), markdown, "{text}");
        }
    }

    #[test]
    fn no_text_begins_a_block() {
        for (text, markdown) in [
            ("- x", r"\- x"),
            ("-0.4 sd", r"\-0.4 sd"),
            ("+ x", r"\+ x"),
            ("===", r"\==="),
            ("1. x", r"1\. x"),
            ("12) x", r"12\) x"),
            ("12.", r"12\."),
            ("0.2 sd", "0.2 sd"),
            ("# x", r"\#<!-- --> x"),
            ("> x", "&gt; x"),
        ] {
            assert_eq!(escape_markdown(text), markdown, "{text}");
        }
    }
}
