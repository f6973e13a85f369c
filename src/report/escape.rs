//! Untrusted text on its way to a screen.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with every character written out that could act on a terminal or hide
/// what stands there.
///
/// Written out as `\u{...}` (or `\n`, `\r`, `\t`) are
///
/// - control characters: C0, DEL and C1 (Unicode category Cc);
/// - marks that change the reading order: U+061C, U+200E, U+200F, U+202A to
///   U+202E, U+2066 to U+2069 (Unicode Standard Annex 9);
/// - line and paragraph separators, U+2028 and U+2029;
/// - characters without a visible form: soft hyphen, zero-width spaces and
///   joiners, word joiner, byte-order mark, interlinear and tag characters.
///
/// A backslash stays as it is, so that paths can be copied from the screen.
///
/// ```
/// use driftsphere::report::escape;
///
/// assert_eq!(escape("a\nb"), r"a\nb");
/// assert_eq!(escape(r"shots\7.png"), r"shots\7.png");
/// ```
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether `c` must not reach a screen as it is.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// `text` escaped and, where it is longer than `max` characters, with its middle
/// left out: beginnings and ends of paths tell records apart.
#[cfg(feature = "report")]
pub(super) fn clip(text: &str, max: usize) -> String {
    let text = escape(text);
    let count = text.chars().count();
    if count <= max {
        return text.into_owned();
    }
    let kept = max.saturating_sub(1);
    let head = kept / 2;
    let tail = kept - head;
    let mut out: String = text.chars().take(head).collect();
    out.push('…');
    out.extend(text.chars().skip(count - tail));
    out
}

/// Names clipped to `max` characters so that different ones stay different: what all begin and end
/// with alike is left out where clipping alone would make them equal.
#[cfg(feature = "report")]
pub(super) fn told_apart(names: &[&str], max: usize) -> Vec<String> {
    let clipped: Vec<String> = names.iter().map(|name| clip(name, max)).collect();
    let count = |names: &mut dyn Iterator<Item = &str>| {
        names.collect::<std::collections::BTreeSet<_>>().len()
    };
    let all = count(&mut names.iter().copied());
    if count(&mut clipped.iter().map(String::as_str)) == all {
        return clipped;
    }
    let chars: Vec<Vec<char>> = names
        .iter()
        .map(|name| escape(name).chars().collect())
        .collect();
    let shortest = chars.iter().map(Vec::len).min().unwrap_or(0);
    let is_alike = |at: &dyn Fn(&Vec<char>) -> char| {
        let mut all = chars.iter().map(at);
        let first = all.next();
        all.all(|c| Some(c) == first)
    };
    let head = (0..shortest)
        .take_while(|i| is_alike(&|name| name[*i]))
        .count();
    let tail = (0..shortest - head).take_while(|i| is_alike(&|name| name[name.len() - 1 - i]));
    let tail = tail.count();
    // A few characters that are alike say where in the name one is.
    let head = head.saturating_sub(max / 4);
    let short: Vec<String> = (chars.iter())
        .map(|name| {
            let middle: String = name[head..name.len() - tail].iter().collect();
            let before = if head > 0 { "…" } else { "" };
            let after = if tail > 0 { "…" } else { "" };
            format!("{before}{}{after}", clip(&middle, max.saturating_sub(2)))
        })
        .collect();
    if count(&mut short.iter().map(String::as_str)) == all {
        return short;
    }
    // Names that differ in the middle of something long: by their place.
    let placed = clipped.iter().enumerate();
    placed
        .map(|(at, name)| format!("{}: {name}", at + 1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hidden_character_survives() {
        let hostile: String = (0..=0x2070)
            .chain(0xfef0..=0xffff)
            .chain(0xe0000..=0xe0080)
            .filter_map(char::from_u32)
            .collect();
        assert!(!escape(&hostile).chars().any(is_hidden));
    }

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(escape("zebra 7, ö, 猫"), Cow::Borrowed(_)));
    }

    #[cfg(feature = "report")]
    #[test]
    fn different_names_stay_different_however_long() {
        assert_eq!(told_apart(&["a", "b", "a"], 5), ["a", "b", "a"]);
        let long = |seed: &str| format!("{}seed_{seed}_{}", "run_".repeat(20), "epoch_".repeat(20));
        let (one, two, ten) = (long("1"), long("2"), long("10"));
        let short = told_apart(&[&one, &two, &ten], 24);
        assert_eq!(short, ["…_seed_1…", "…_seed_2…", "…_seed_10…"]);
        let far = |a: &str, b: &str| format!("{a}{}{b}", "x".repeat(100));
        let names = [
            "a0a".to_owned(),
            far("1", "2"),
            far("1", "3"),
            far("1y", "2"),
        ];
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let short = told_apart(&names, 9);
        let unique: std::collections::BTreeSet<&String> = short.iter().collect();
        assert_eq!(unique.len(), 4, "{short:?}");
        assert_eq!(told_apart(&[], 9), [""; 0]);
    }

    #[cfg(feature = "report")]
    #[test]
    fn clipping_keeps_both_ends_and_the_limit() {
        assert_eq!(clip("abcdefghij", 10), "abcdefghij");
        assert_eq!(clip("abcdefghijk", 5), "ab…jk");
        assert_eq!(clip("\u{1b}[31mred", 40), r"\u{1b}[31mred");
    }
}
