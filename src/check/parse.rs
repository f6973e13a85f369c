//! TOML -> rules, with errors that name line and key.

use super::rules::{File, Rule, Rules};
use super::sound::{self, Sound};
use crate::error::{Error, ErrorKind, Result};
use toml::Spanned;

/// Bytes of a rules file.
const MOST_BYTES: usize = 1 << 20;
/// Rules of a file.
const MOST_RULES: usize = 1000;

impl Rules {
    /// Reads rules from TOML, as described at [`Rules`].
    ///
    /// ```
    /// use driftsphere::check::Rules;
    ///
    /// let error = Rules::parse("[[feature]]\nfeature = \"width\"\nmaximum = 3").unwrap_err();
    /// let text = error.to_string();
    /// assert!(text.contains("unknown field `maximum`, expected one of"), "{text}");
    /// assert!(text.ends_with("(key maximum, line 3)"), "{text}");
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Input`], with line and key, for what is no TOML, a key that is
    /// not known, a value of the wrong type or out of range, or a rule that demands
    /// nothing; [`ErrorKind::Limit`] for a text over 1 MiB or over 1 000 rules;
    /// [`ErrorKind::Version`] for a format that is not version 1.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MOST_BYTES {
            let message = format!("rules take at most {MOST_BYTES} bytes, not {}", text.len());
            return Err(Error::new(ErrorKind::Limit, message));
        }
        let file: File = toml::from_str(text).map_err(|error| {
            let message = error.message().replace('\n', ", ");
            place(Error::new(ErrorKind::Input, message), text, error.span())
        })?;
        if let Some(version) = file.version.filter(|v| *v.get_ref() != 1) {
            let message = format!(
                "rules of version {} are not known, only of version 1",
                version.get_ref()
            );
            let error = Error::new(ErrorKind::Version, message);
            return Err(place(error, text, Some(version.span())));
        }
        let alpha = match file.alpha {
            Some(alpha) if *alpha.get_ref() > 0.0 && *alpha.get_ref() < 1.0 => alpha.into_inner(),
            None => 0.05,
            Some(alpha) => {
                let error = Error::new(ErrorKind::Input, "alpha lies between 0 and 1");
                return Err(place(error, text, Some(alpha.span())));
            }
        };
        let mut found = Found {
            text,
            rules: Vec::new(),
        };
        found.take(file.records, sound::records, Rule::Records)?;
        found.take(file.feature, sound::feature, Rule::Feature)?;
        found.take(file.class, sound::class, Rule::Class)?;
        found.take(file.space, sound::space, Rule::Space)?;
        found.take(file.comparison, sound::comparison, Rule::Comparison)?;
        found.take(file.stability, sound::stability, Rule::Stability)?;
        found.take(file.series, sound::series, Rule::Series)?;
        let mut rules = found.rules;
        if rules.is_empty() {
            let message = "there is no rule; a rule is a table such as [[feature]]";
            return Err(Error::new(ErrorKind::Input, message));
        }
        if rules.len() > MOST_RULES {
            let message = format!(
                "a file takes at most {MOST_RULES} rules, not {}",
                rules.len()
            );
            return Err(Error::new(ErrorKind::Limit, message));
        }
        rules.sort_by_key(|(line, _)| *line);
        Ok(Self { alpha, rules })
    }
}

/// Rules found so far.
struct Found<'a> {
    text: &'a str,
    rules: Vec<(usize, Rule)>,
}

impl Found<'_> {
    fn take<T>(
        &mut self,
        section: Vec<Spanned<T>>,
        check: fn(&T) -> Sound,
        rule: fn(T) -> Rule,
    ) -> Result<()> {
        for one in section {
            let line = line(self.text, one.span().start);
            check(one.get_ref())
                .map_err(|message| Error::new(ErrorKind::Input, message).at("line", line))?;
            self.rules.push((line, rule(one.into_inner())));
        }
        Ok(())
    }
}

/// The line of a byte, from 1.
fn line(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

/// Adds the key, where one stands at or before the place, and the line.
fn place(error: Error, text: &str, span: Option<std::ops::Range<usize>>) -> Error {
    let Some(span) = span else { return error };
    let (start, end) = (span.start.min(text.len()), span.end.min(text.len()));
    let error = match key(text, start, end) {
        Some(key) => error.at("key", key),
        None => error,
    };
    error.at("line", line(text, start))
}

/// The key that spans `start..end`, or else the last one before it on its line.
fn key(text: &str, start: usize, end: usize) -> Option<&str> {
    let after = text.get(end..)?.trim_start_matches([' ', '\t']);
    let before = match after.starts_with('=') {
        true => text.get(..end)?,
        false => {
            let before = text.get(..start)?;
            let line = &before[before.rfind('\n').map_or(0, |i| i + 1)..];
            line[..line.rfind('=')?].trim_end()
        }
    };
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let key = &before[before.trim_end_matches(bare).len()..];
    (!key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::super::sound::MOST_ALLOWED;
    use super::*;

    fn error(text: &str) -> String {
        Rules::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_line_and_key_and_what_is_allowed() {
        for (text, parts) in [
            (
                "version = 1\n[[feature]]\nfeature = \"w\"\nmaximum = 1",
                &[
                    "unknown field `maximum`",
                    "`max_null_share`",
                    "key maximum, line 4",
                ][..],
            ),
            (
                "[[features]]\nfeature = \"w\"",
                &["unknown field `features`", "`comparison`", "line 1"],
            ),
            (
                "[[feature]]\nmin = 1",
                &["missing field `feature`", "line 1"],
            ),
            (
                "[[feature]]\nfeature = \"w\"\nmin = \"low\"",
                &["invalid type: string \"low\"", "key min, line 3"],
            ),
            ("[[records]]\nmin_count = -1", &["key min_count, line 2"]),
            (
                "[[feature]]\nfeature = \"w\"\nquantiles = [{ rank = 0.5, min = true }]",
                &["invalid type: boolean", "key min, line 3"],
            ),
            (
                "[[records]]\nmin_count = 1\nseverity = \"fatal\"",
                &[
                    "unknown variant `fatal`",
                    "`warning`",
                    "key severity, line 3",
                ],
            ),
            (
                "[[comparison]]\nmax_verdict = \"drift\"",
                &["unknown variant `drift`", "`possible-drift`", "line 2"],
            ),
            (
                "[[feature]]\nfeature = \"w\"\nallowed = [[1]]",
                &["a text, a number, true or false", "key allowed, line 3"],
            ),
            (
                "\n\n[[records]]\nname = \"n\"",
                &["nothing is demanded", "min_count", "line 3"],
            ),
            (
                "[[records]]\nmin_count = 3\nmax_count = 2",
                &["min_count 3 is above max_count 2"],
            ),
            (
                "[[feature]]\nfeature = \"w\"\nmin = nan",
                &["min: NaN is not finite", "line 1"],
            ),
            (
                "[[feature]]\nfeature = \"w\"\nallowed = []",
                &["allows nothing"],
            ),
            (
                "[[feature]]\nfeature = \"w\"\nquantiles = [{ rank = 1.5, max = 1 }]",
                &["rank lies between 0 and 1, not at 1.5"],
            ),
            ("[[comparison]]\nmax_effect = -1", &["without their sign"]),
            (
                "[[comparison]]\nmax_verdict = \"no-drift\"\neffect = \"x\"",
                &["max_effect"],
            ),
            (
                "alpha = 1\n[[records]]\nmin_count = 1",
                &["alpha lies", "key alpha, line 1"],
            ),
            (
                "version = 2\n[[records]]\nmin_count = 1",
                &["version 2", "key version, line 1"],
            ),
            ("version = 1", &["there is no rule"]),
            ("[[records", &["line 1"]),
        ] {
            let error = error(text);
            for part in parts {
                assert!(error.contains(part), "{text:?}: {error}");
            }
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }

    #[test]
    fn rules_come_in_the_order_of_the_file() {
        let text = "[[comparison]]\nmax_verdict = \"no-drift\"\n\n[[records]]\nmin_count = 1\n\n\
                    [[comparison]]\nmax_effect = 1";
        let rules = Rules::parse(text).unwrap();
        let sections: Vec<_> = rules
            .rules
            .iter()
            .map(|(line, rule)| (*line, rule.about().section))
            .collect();
        assert_eq!(
            sections,
            [(1, "comparison"), (4, "records"), (7, "comparison")]
        );
        assert_eq!(rules.needs_reference(), Some(1));
        assert_eq!(rules.alpha(), 0.05);
    }

    #[test]
    fn limits_hold() {
        let many = "[[records]]\nmin_count = 1\n".repeat(MOST_RULES + 1);
        assert!(error(&many).contains("at most 1000 rules"));
        assert!(error(&" ".repeat(MOST_BYTES + 1)).contains("bytes"));
        let values = vec!["1"; MOST_ALLOWED + 1].join(",");
        let long = format!("[[feature]]\nfeature = \"w\"\nallowed = [{values}]");
        assert!(error(&long).contains("at most 1024 values"));
        assert!(Rules::parse(&"[".repeat(100_000)).is_err());
        assert!(Rules::parse(&format!("a = {}", "[".repeat(100_000))).is_err());
    }
}
