//! What windows are held against.

use std::collections::BTreeMap;

use super::order::Slot;
use super::result::Season;
use super::season::{self, phase};
use super::signals::{Against, Key, Taken};
use super::values::{Held, Trusted, Values};
use crate::error::Result;

/// Signals of the windows of the reference's own time, each with its start.
type History<'a> = [(i64, &'a BTreeMap<Key, Taken>)];

/// The reference, and its history by the phases of a season.
pub(super) struct Trust<'a> {
    pub(super) season: Season,
    /// Why it is this one.
    pub(super) season_reason: String,
    length: Option<i64>,
    reference: BTreeMap<&'a Key, Values<Trusted>>,
    phases: BTreeMap<(u64, &'a Key), Values<Trusted>>,
}

impl<'a> Trust<'a> {
    /// Finds the season of windows of `length` milliseconds, where it is asked for.
    pub(super) fn new(
        reference: &'a BTreeMap<Key, Taken>,
        history: &History<'a>,
        length: Option<i64>,
        seasonal: bool,
    ) -> Result<Self> {
        let (season, season_reason) = match seasonal {
            true => season::find(history, length)?,
            false => (Season::None, "not asked for".into()),
        };
        let mut out = Self {
            season,
            season_reason,
            length,
            reference: (reference.iter())
                .map(|(key, taken)| (key, taken.values.trusted()))
                .collect(),
            phases: BTreeMap::new(),
        };
        if season != Season::None {
            out.phases = by_phase(history, |start| out.phase_at(start))?;
        }
        Ok(out)
    }

    fn phase_at(&self, start: i64) -> u64 {
        phase(self.season, self.length.unwrap_or(1), start)
    }

    /// The phase of a window, 0 where it has no start.
    pub(super) fn phase_of(&self, slot: &Slot<'_>) -> u64 {
        slot.start.map_or(0, |start| self.phase_at(start))
    }

    /// A signal of a window against the history of its phase, or the whole reference.
    pub(super) fn held(
        &self,
        slot: &Slot<'_>,
        taken: &BTreeMap<Key, Taken>,
        key: &Key,
    ) -> Option<Held> {
        let mine = taken.get(key)?;
        let own = self.phases.get(&(self.phase_of(slot), key));
        let against = match mine.against {
            Against::Phase => own.or_else(|| self.reference.get(key)),
            Against::Reference => self.reference.get(key),
        };
        mine.values.held_against(against?)
    }
}

/// The history of each phase, signal by signal.
fn by_phase<'a>(
    history: &History<'a>,
    phase: impl Fn(i64) -> u64,
) -> Result<BTreeMap<(u64, &'a Key), Values<Trusted>>> {
    let mut out: BTreeMap<(u64, &Key), Values> = BTreeMap::new();
    for (start, signals) in history {
        for (key, taken) in *signals {
            match out.get_mut(&(phase(*start), key)) {
                Some(values) => values.merge(&taken.values)?,
                None => {
                    out.insert((phase(*start), key), taken.values.clone());
                }
            }
        }
    }
    Ok((out.into_iter())
        .map(|(key, values)| (key, values.trusted()))
        .collect())
}
