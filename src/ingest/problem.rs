//! What could not be read of a file: counted, never dropped in silence.

use std::collections::BTreeMap;

/// What a problem cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// Records that could not be read, such as lines that are no JSON.
    Failed,
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
    pub reason: &'static str,
    /// Records, or values.
    pub count: u64,
    /// Where it happened first: `line 2` (from 1) of a text, `row 0` (from 0) of
    /// a table.
    pub first: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (what, fate) = match self.loss {
            Loss::Failed => ("record", "not read"),
            Loss::Skipped => ("record", "left out"),
            Loss::Value => ("value", "not read"),
        };
        let s = if self.count == 1 { "" } else { "s" };
        write!(
            f,
            "{} {what}{s} {fate}: {} (first: {})",
            self.count, self.reason, self.first
        )
    }
}

/// Problems by kind and reason, with the first place of each.
#[derive(Debug, Default)]
pub(crate) struct Problems(BTreeMap<(Loss, &'static str), (u64, u64)>);

impl Problems {
    pub(crate) fn count(&mut self, loss: Loss, reason: &'static str, place: u64) {
        self.0.entry((loss, reason)).or_insert((0, place)).0 += 1;
    }

    /// The list; `unit` is what places are: `line` or `row`.
    pub(crate) fn list(&self, unit: &str) -> Vec<Problem> {
        let problem =
            |(&(loss, reason), &(count, first)): (&(Loss, &'static str), &(u64, u64))| Problem {
                loss,
                reason,
                count,
                first: format!("{unit} {first}"),
            };
        self.0.iter().map(problem).collect()
    }
}
