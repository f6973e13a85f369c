//! Values that do not come any more, and columns that cannot be watched.

use std::collections::{BTreeMap, BTreeSet};

use super::signals::{Against, Key, Taken, is_watched};
use super::values::Values;
use crate::compare::result::Note;
use crate::profile::{Feature, Profile};

/// What the signal of a feature's missing values is called, after the feature's name.
pub(super) const MISSING: &str = ": missing";
/// Columns that a note names.
const NAMED: usize = 8;

/// The records of a window in which a feature has no value: missing, NaN, or not named at all.
pub(super) fn of_feature(feature: &Feature, records: u64) -> Values {
    let missing = feature.missing_of(records) + feature.numbers().nan_count();
    Values::Missing {
        missing: missing.min(records),
        records,
    }
}

/// Which columns of the reference are watched, and what windows have beside or instead of them.
#[derive(Debug)]
pub(super) struct Watchable {
    /// Signals of missing values, which a window has even where it has not the column.
    missing: Vec<Key>,
    of_reference: BTreeSet<String>,
    unwatched: BTreeSet<String>,
    unlabelled: BTreeSet<String>,
    new: BTreeSet<String>,
}

impl Watchable {
    pub(super) fn new(reference: &Profile, signals: &BTreeMap<Key, Taken>) -> Self {
        let names = || reference.features().keys();
        let is_signal = |name: &&String| signals.keys().any(|key| key.1 == **name);
        let is_missing = |key: &&Key| key.1.ends_with(MISSING);
        Self {
            missing: signals.keys().filter(is_missing).cloned().collect(),
            of_reference: names().cloned().collect(),
            unwatched: names().filter(|name| !is_signal(name)).cloned().collect(),
            unlabelled: BTreeSet::new(),
            new: BTreeSet::new(),
        }
    }

    /// Adds to the signals of a window that of each column which it does not have: all missing.
    pub(super) fn add_absent(&mut self, window: &Profile, taken: &mut BTreeMap<Key, Taken>) {
        let records = window.records();
        for key in &self.missing {
            taken.entry(key.clone()).or_insert(Taken {
                values: Values::Missing {
                    missing: records,
                    records,
                },
                against: Against::Phase,
            });
        }
        let has = |name: &&String| window.features().contains_key(*name);
        let labels = self.of_reference.iter().filter(|name| !is_watched(name));
        self.unlabelled
            .extend(labels.filter(|name| !has(name)).cloned());
        let own = window.features().keys();
        self.new.extend(
            own.filter(|name| !self.of_reference.contains(*name))
                .cloned(),
        );
    }

    /// What is to be said of columns that are not watched.
    pub(super) fn notes(&self) -> Vec<Note> {
        let note = |code: &str, what: &str, names: &BTreeSet<String>| {
            let mut list: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
            let more = format!("{} more", names.len().saturating_sub(NAMED));
            if names.len() > NAMED {
                list.push(&more);
            }
            (!names.is_empty()).then(|| Note {
                code: code.into(),
                text: format!("{what}: {}", list.join(", ")),
            })
        };
        [
            note(
                "not-watched",
                "not watched, as they have no numbers and too many different values, or more than \
                 could be counted",
                &self.unwatched,
            ),
            note(
                "not-in-windows",
                "not watched in the windows that do not have them",
                &self.unlabelled,
            ),
            note(
                "not-in-reference",
                "not watched, as the reference does not have them",
                &self.new,
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
