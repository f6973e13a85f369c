//! Patterns of names.

use serde::Deserialize;
use wildmatch::WildMatch;

/// A pattern of names: `*` stands for any text, `?` for any character.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "String")]
pub(super) struct Pattern {
    text: String,
    wild: WildMatch,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self {
            wild: WildMatch::new(&text),
            text,
        }
    }
}

impl Pattern {
    /// The pattern of every name.
    pub(super) fn any() -> Self {
        "*".to_owned().into()
    }

    /// Whether it is the pattern of every name.
    pub(super) fn is_any(&self) -> bool {
        self.text == "*"
    }

    /// As it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it has neither `*` nor `?`.
    pub(super) fn is_plain(&self) -> bool {
        !self.text.contains(['*', '?'])
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        self.wild.matches(name)
    }

    /// All that have a name which matches.
    pub(super) fn select<'a, T>(
        &self,
        named: impl Iterator<Item = (&'a str, T)>,
    ) -> Vec<(&'a str, T)> {
        named.filter(|(name, _)| self.matches(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_selects_by_wildcards() {
        let names = ["a", "ab", "a*", "[x]", ""];
        let selected = |pattern: &str| -> Vec<&str> {
            let pattern = Pattern::from(pattern.to_owned());
            let named = names.iter().map(|name| (*name, ()));
            pattern
                .select(named)
                .into_iter()
                .map(|(name, ())| name)
                .collect()
        };
        assert_eq!(selected("*"), names);
        assert_eq!(selected("a?"), ["ab", "a*"]);
        assert_eq!(selected("a*"), ["a", "ab", "a*"]);
        assert_eq!(selected("[x]"), ["[x]"]);
        assert_eq!(selected("b"), [""; 0]);
    }

    #[test]
    fn a_hostile_pattern_takes_no_time_to_speak_of() {
        let pattern = Pattern::from("*a".repeat(200) + "b");
        assert!(!pattern.matches(&"a".repeat(20_000)));
    }
}
