//! Which tags of EXIF become values of a record.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind, Result};
use crate::glob;
use crate::ingest::image::{Access, Exif, TagValue, tag_names};
use crate::measure::{Value, Values};

/// The tag of the capture time: an hour, which needs no tag of its own.
const HOUR: &str = "hour";

/// Tags of which 0 says that the camera did not know.
const NOT_ZERO: [&str; 6] = [
    "exposure_time",
    "f_number",
    "focal_length",
    "focal_length_35mm",
    "iso",
    "subject_distance",
];

/// Allowed and denied tags.
#[derive(Debug, Clone)]
pub(super) struct ExifChoice {
    /// In the order of the list of tags.
    taken: BTreeSet<usize>,
    denied: BTreeSet<usize>,
}

impl Default for ExifChoice {
    fn default() -> Self {
        let names = names();
        let usual = |i: &usize| names[*i].1 == Access::Usual;
        Self {
            taken: (0..names.len()).filter(usual).collect(),
            denied: BTreeSet::new(),
        }
    }
}

fn names() -> Vec<(&'static str, Access)> {
    let mut names = tag_names();
    names.push((HOUR, Access::Usual));
    names
}

/// The tags that a pattern names; `exif.` before it may be left out.
fn matching(pattern: &str) -> Result<Vec<(usize, Access, bool)>> {
    let short = pattern.strip_prefix("exif.").unwrap_or(pattern);
    let found: Vec<_> = names()
        .into_iter()
        .enumerate()
        .filter(|(_, (name, _))| glob::matches(short, name))
        .map(|(i, (name, access))| (i, access, name == short))
        .collect();
    if found.is_empty() {
        let all: Vec<&str> = names().into_iter().map(|(name, _)| name).collect();
        return Err(Error::new(
            ErrorKind::Argument,
            format!(
                "no tag of EXIF is called {pattern}; there are {}",
                all.join(", ")
            ),
        ));
    }
    Ok(found)
}

impl ExifChoice {
    pub(super) fn allow(&mut self, patterns: &[&str]) -> Result<()> {
        for pattern in patterns {
            let found = matching(pattern)?.into_iter();
            let open = found.filter(|(_, access, whole)| *whole || *access != Access::Private);
            self.taken.extend(open.map(|(i, _, _)| i));
        }
        Ok(())
    }

    pub(super) fn deny(&mut self, patterns: &[&str]) -> Result<()> {
        for pattern in patterns {
            self.denied
                .extend(matching(pattern)?.into_iter().map(|(i, _, _)| i));
        }
        Ok(())
    }

    /// Names of the tags that are measured.
    pub(super) fn names(&self) -> Vec<&'static str> {
        let names = names();
        let taken = self.taken.difference(&self.denied);
        taken.map(|&i| names[i].0).collect()
    }

    pub(super) fn takes(&self, name: &str) -> bool {
        self.names().contains(&name)
    }

    pub(super) fn values(&self, exif: &Exif) -> Values {
        let value = |name: &str| match exif.get(name) {
            Some(TagValue::Number(0.0)) if NOT_ZERO.contains(&name) => Value::Null,
            Some(TagValue::Number(number)) => Value::Float(*number),
            Some(TagValue::Text(text)) => Value::Text(text.clone()),
            Some(TagValue::Flag(flag)) => Value::Bool(*flag),
            None if name == HOUR => exif.capture_time().map(|time| time.hour()).into(),
            None => Value::Null,
        };
        let named = |name| (Cow::Owned(format!("exif.{name}")), value(name));
        self.names().into_iter().map(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(allow: &[&str], deny: &[&str]) -> Vec<&'static str> {
        let mut choice = ExifChoice::default();
        choice.allow(allow).unwrap();
        choice.deny(deny).unwrap();
        choice.names()
    }

    #[test]
    fn private_tags_are_never_taken_by_a_pattern() {
        let usual = chosen(&[], &[]);
        for private in [
            "gps_latitude",
            "owner",
            "camera_serial",
            "description",
            "comment",
        ] {
            assert!(!usual.contains(&private));
            assert!(!chosen(&["*"], &[]).contains(&private));
            assert!(!chosen(&["gps_*", "own?r", "*serial", "*c*"], &[]).contains(&private));
            assert!(chosen(&[private], &[]).contains(&private));
            assert!(!chosen(&[private], &[private]).contains(&private));
        }
        assert!(chosen(&["*"], &[]).contains(&"light_source"));
        assert!(!usual.contains(&"light_source"));
        assert!(chosen(&["exif.light_source"], &[]).contains(&"light_source"));
    }

    #[test]
    fn what_is_denied_is_not_taken_whatever_allows_it() {
        let names = chosen(&["*"], &["ma*", "exif.iso"]);
        assert!(!names.contains(&"make") && !names.contains(&"iso"));
        assert!(names.contains(&"model"));
        assert!(chosen(&[], &["*"]).is_empty());
        let error = ExifChoice::default()
            .allow(&["isoo"])
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("no tag of EXIF is called isoo; there are make, model"));
    }
}
