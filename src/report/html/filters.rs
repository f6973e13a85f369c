//! What templates do with text beside escaping it.
#![expect(
    unreachable_pub,
    reason = "the macro makes the type of a filter public"
)]

use askama::Values;
use askama::filters::{Html, MaybeSafe, escape};
use std::fmt::{Display, Write as _};

/// Text with each name in a script that runs from right to left isolated (`bdi`): without that, what
/// stands behind it, such as `10 → 20`, would be laid out from right to left with it and read as
/// `20 ← 10` (Unicode Standard Annex 9, rules N1 and W7). Everything is escaped.
#[askama::filter_fn]
pub(super) fn isolated(text: impl Display, _: &dyn Values) -> askama::Result<MaybeSafe<String>> {
    let text = text.to_string();
    if !text.chars().any(runs_left) {
        return Ok(MaybeSafe::NeedsEscaping(text));
    }
    let mut out = String::with_capacity(2 * text.len());
    let mut rest = text.as_str();
    while let Some((start, end)) = name(rest) {
        write!(out, "{}", escape(&rest[..start], Html)?)?;
        write!(out, "<bdi>{}</bdi>", escape(&rest[start..end], Html)?)?;
        rest = &rest[end..];
    }
    write!(out, "{}", escape(rest, Html)?)?;
    Ok(MaybeSafe::Safe(out))
}

/// Where the first name that runs left begins and ends: words of it that touch, or have nothing but
/// spaces and marks between them.
fn name(text: &str) -> Option<(usize, usize)> {
    let places = || text.char_indices().filter(|(_, c)| runs_left(*c));
    let (start, first) = places().next()?;
    let mut end = start + first.len_utf8();
    for (at, c) in places().skip(1) {
        let between = &text[end.min(at)..at];
        let is_spaced = between.contains(char::is_whitespace);
        if is_spaced && between.contains(char::is_alphanumeric) {
            break;
        }
        end = at + c.len_utf8();
    }
    Some((start, end))
}

/// Letters of Hebrew, Arabic, Syriac, Thaana, N'Ko and other scripts of this direction, by the blocks
/// that Unicode reserves for them.
fn runs_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::super::filters;

    #[test]
    fn names_that_run_left_are_isolated_and_all_is_escaped() {
        #[derive(askama::Template)]
        #[template(source = "{{ text|isolated }}", ext = "html")]
        struct Page<'a> {
            text: &'a str,
        }
        let page = |text| askama::Template::render(&Page { text }).unwrap();
        for (text, shown) in [
            ("plain <b>", "plain &#60;b&#62;"),
            ("class כלב: 10 → 20", "class <bdi>כלב</bdi>: 10 → 20"),
            ("<כלב גדול>, 3", "&#60;<bdi>כלב גדול</bdi>&#62;, 3"),
            ("כלב_12א", "<bdi>כלב_12א</bdi>"),
            ("كلب 5 قط", "<bdi>كلب</bdi> 5 <bdi>قط</bdi>"),
            ("א<b>ב", "<bdi>א&#60;b&#62;ב</bdi>"),
        ] {
            assert_eq!(page(text), shown);
        }
    }
}
