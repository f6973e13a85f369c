//! Labels that tell the samples of one answer from those of another.

use crate::error::{Error, ErrorKind, Result};

/// Names that samples have of their own.
const TAKEN: [&str; 13] = [
    "effect",
    "family",
    "feature",
    "group",
    "reason",
    "role",
    "scope",
    "signal",
    "statistic",
    "unit",
    "verdict",
    "version",
    "window",
];

/// Labels of all samples of an answer, so that several answers can stand beside each other: the
/// textfile collector of Prometheus' node exporter reads all files of a folder as one.
///
/// ```
/// use driftsphere::report::OpenMetricsLabels;
///
/// let labels = OpenMetricsLabels::default().with("camera", "north 3")?;
/// assert!(labels.clone().with("camera", "south").is_err()); // twice
/// assert!(labels.clone().with("window", "april").is_err()); // is there already
/// assert!(labels.with("2nd-key", "x").is_err());
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenMetricsLabels(Vec<(String, String)>);

impl OpenMetricsLabels {
    /// The same with one more label. The value may be any text; it is escaped where it is written.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a key that is no name of a label (`[a-zA-Z_][a-zA-Z0-9_]*`, without
    /// two underscores in front: OpenMetrics 1.0.0), that samples have already or that comes twice, and
    /// for an empty value, which Prometheus takes for no label.
    pub fn with(mut self, key: &str, value: &str) -> Result<Self> {
        let fault = if !is_label_name(key) {
            "is no name of a label: letters, digits and _, no digit first, not __ first"
        } else if TAKEN.contains(&key) {
            "is a label that samples have already; choose another"
        } else if self.0.iter().any(|(other, _)| other == key) {
            "comes twice"
        } else if value.is_empty() {
            "has an empty value, which is the same as no label"
        } else {
            self.0.push((key.to_owned(), value.to_owned()));
            return Ok(self);
        };
        Err(Error::new(ErrorKind::Argument, format!("`{key}` {fault}")))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter()
    }
}

fn is_label_name(key: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && !key.starts_with("__") && key.chars().all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_names_of_labels() {
        for key in ["camera", "_x", "a1", "A_b"] {
            assert!(OpenMetricsLabels::default().with(key, "x").is_ok(), "{key}");
        }
        for key in [
            "", "1a", "__name__", "a-b", "a b", "é", "a\"", "a\n", "feature",
        ] {
            assert!(
                OpenMetricsLabels::default().with(key, "x").is_err(),
                "{key}"
            );
        }
        assert!(OpenMetricsLabels::default().with("a", "").is_err());
    }
}
