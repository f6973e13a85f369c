//! What could not be read of a file: counted, never dropped in silence.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Names of records that are kept of one kind of problem.
const NAMES_KEPT: usize = 10;

/// What a problem cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// Records that could not be read, such as lines that are no JSON.
    Failed,
    /// Pictures whose pixels could not be read; the rest of their record is there.
    Pixels,
    /// Records left out on purpose, such as those whose embedding has another
    /// length than the rest.
    Skipped,
    /// Single values of records that were read otherwise, such as a list where a
    /// number, text or truth value is expected.
    Value,
}

/// How often one thing went wrong, and where it did first.
///
/// ```
/// use driftsphere::ingest::{InputFile, Roles, Selection};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("log.jsonl");
/// std::fs::write(&path, "{\"score\": 0.5}\n{\"score\": 0.\n{\"score\": 0.7}\n")?;
///
/// let roles = Roles { features: vec!["*".into()], ..Roles::default() };
/// let mut scan = InputFile::open(&path)?.scan(&roles, &Selection::all())?;
/// let block = scan.next_block(100)?.unwrap();
/// assert_eq!(block.len(), 2);
/// assert!(scan.next_block(100)?.is_none());
/// assert_eq!(
///     scan.problems()[0].to_string(),
///     "1 record not read: not valid JSON (first: line 2)"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it cost.
    pub loss: Loss,
    /// A short fixed text.
    pub reason: Cow<'static, str>,
    /// Records, or values.
    pub count: u64,
    /// Where it happened first: `line 2` (from 1) of a text, `row 0` (from 0) of
    /// a table; of files in a folder the first of `names`.
    pub first: String,
    /// Of pictures, and of other files in a folder, the first ten by name (of pictures their ids),
    /// whatever the order in which they were read.
    pub names: Vec<String>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (what, fate) = match (self.loss, self.names.is_empty()) {
            (Loss::Failed, true) => ("record", "not read"),
            (Loss::Failed, false) => ("file", "not read"),
            (Loss::Pixels, _) => ("file", "read without its pixels"),
            (Loss::Skipped, true) => ("record", "left out"),
            (Loss::Skipped, false) => ("file", "left out"),
            (Loss::Value, true) => ("value", "not read"),
            (Loss::Value, false) => ("file", "with something not read"),
        };
        let s = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {what}{s} {fate}: {} ", self.count, self.reason)?;
        if self.names.is_empty() {
            return write!(f, "(first: {})", self.first);
        }
        write!(f, "({}", self.names.join(", "))?;
        match self.count.saturating_sub(self.names.len() as u64) {
            0 => f.write_str(")"),
            more => write!(f, " and {more} more)"),
        }
    }
}

/// Problems by kind and reason, with the first place of each.
#[derive(Debug, Default)]
pub(crate) struct Problems(BTreeMap<(Loss, Cow<'static, str>), Places>);

/// How often, and where.
#[derive(Debug, Default)]
struct Places {
    count: u64,
    first: u64,
    names: BTreeSet<String>,
}

impl Problems {
    pub(crate) fn count(&mut self, loss: Loss, reason: &'static str, place: u64) {
        let places = self.0.entry((loss, reason.into())).or_default();
        if places.count == 0 {
            places.first = place;
        }
        places.count += 1;
    }

    /// Of a record that has a name. Which names are kept does not depend on the order.
    pub(crate) fn count_named(
        &mut self,
        loss: Loss,
        reason: impl Into<Cow<'static, str>>,
        name: &str,
    ) {
        let places = self.0.entry((loss, reason.into())).or_default();
        // One name may have several problems of a kind.
        places.count += 1;
        let is_early = places.names.last().is_none_or(|last| name < last.as_str());
        if places.names.len() < NAMES_KEPT || is_early {
            places.names.insert(name.to_owned());
            if places.names.len() > NAMES_KEPT {
                places.names.pop_last();
            }
        }
    }

    /// The list; `unit` is what places are: `line` or `row`.
    pub(crate) fn list(&self, unit: &str) -> Vec<Problem> {
        let problem = |((loss, reason), places): (&(Loss, Cow<'static, str>), &Places)| Problem {
            loss: *loss,
            reason: reason.clone(),
            count: places.count,
            first: match places.names.first() {
                Some(name) => name.clone(),
                None => format!("{unit} {}", places.first),
            },
            names: places.names.iter().cloned().collect(),
        };
        self.0.iter().map(problem).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_that_are_kept_do_not_depend_on_the_order() {
        let names: Vec<String> = (0..40).map(|i| format!("{:02}", i * 7 % 40)).collect();
        let listed = |names: &mut dyn Iterator<Item = &String>| {
            let mut problems = Problems::default();
            names.for_each(|name| problems.count_named(Loss::Failed, "truncated", name));
            problems.list("")
        };
        let forth = listed(&mut names.iter());
        assert_eq!(forth, listed(&mut names.iter().rev()));
        assert_eq!((forth[0].count, forth[0].first.as_str()), (40, "00"));
        let text = forth[0].to_string();
        assert!(
            text.starts_with("40 files not read: truncated (00, 01, "),
            "{text}"
        );
        assert!(text.ends_with("09 and 30 more)"), "{text}");
    }
}
