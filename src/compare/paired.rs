//! Numbers of the same ids in two windows, each held against itself.

use crate::profile::Profile;
use crate::sketch::CoordinatedSample;
use crate::sphere::record_name;

use super::draft::Draft;
use super::extremes::{SHOWN, extremes, samples, value};
use super::figures::number;
use super::finding::{Effect, SameIds, TellingRecord};
use super::groups::Groups;
use super::options::CompareOptions;
use super::result::Note;
use super::shared::{Common, Rows, Shared, has_same_id, is_same};
use super::stats::signed_rank;

/// Fewest ids with a number in both windows.
const FEWEST: usize = 20;
/// Shares of the level for the test of the windows and for that of the ids.
const SHARES: (f64, f64) = (0.8, 0.2);
/// A change of an id that is smaller than this share of what matters is none.
const NEGLIGIBLE: f64 = 0.1;

/// The ids that two windows of mostly the same records have in common: one model after another, one
/// camera setting after another, on one set of pictures.
///
/// # The test
///
/// Tests of two windows take their records for different ones. Where they are the same, what changes
/// from record to record hides what changed between the windows, so each number is also held
/// against itself, id by id ([`signed_rank`]). Two tests are made, which share the level
/// unevenly (a weighted Bonferroni correction, Genovese, Roeder and Wasserman 2006, *Biometrika* 93):
///
/// ```text
/// p = min(1, p of the windows / 0.8, p of the ids / 0.2)
/// ```
///
/// Where ids show a change that windows do not, they show it by far, so the smaller share is
/// enough for them, and what windows show is hardly less sure than it would be alone.
///
/// The test of the ids alone sees changes of no importance as well, such as that of another decoder. So
/// changes below a tenth of what matters count as none, and its p counts only where the windows'
/// change is one that matters and the mean change of the ids matters, too, and goes the same way; otherwise
/// it is 1.
///
/// Ids that name other records in each window cost power, not level, as long as which record gets
/// which id does not depend on what it says. Numbers from 0 or 1 on may be places in a sorted table, so these are
/// not taken for names unless [`paired`](CompareOptions::paired) says so.
pub(super) struct Paired {
    ids: Vec<(Rows, Rows)>,
}

/// Where a number went, and from which change on that matters, in units of the number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) matters: f64,
}

impl Paired {
    /// `None` where fewer than half of the sampled records of a window are in the other one, or ids are
    /// places, unless [`paired`](CompareOptions::paired) says otherwise; where fewer than 20 have an id
    /// of their own; and where records depend on each other.
    pub(super) fn of(
        reference: &Profile,
        target: &Profile,
        options: &CompareOptions,
    ) -> Option<Self> {
        if options.paired == Some(false) || Groups::of_any(reference, target).is_some() {
            return None;
        }
        let is_said = options.paired == Some(true);
        let same = if is_said { has_same_id } else { is_same };
        let of_sample = |(a, b)| {
            let common = Common::by(a, b, same);
            let is_paired = is_said || Shared::of(&common).is_paired();
            is_paired.then(|| Self::of_common(common))
        };
        let found = samples(reference, target).filter_map(of_sample);
        let most = reference.records().max(target.records());
        found
            .max_by_key(|paired| paired.ids.len())
            .filter(|paired| paired.ids.len() >= FEWEST)
            .filter(|paired| is_said || !paired.are_places(most))
    }

    fn of_common(common: Common) -> Self {
        let has_own_id = |rows: &Rows| matches!(&rows[..], [row] if row.id.is_some());
        let ids = common.records.into_iter();
        // An id of several records does not say which is which.
        let ids = ids.filter(|(a, b)| has_own_id(a) && has_own_id(b));
        Self { ids: ids.collect() }
    }

    /// Whether all ids are whole numbers up to that of the records.
    fn are_places(&self, records: u64) -> bool {
        let place = |(_, rows): &(Rows, Rows)| rows[0].id.as_deref()?.parse::<u64>().ok();
        self.ids
            .iter()
            .all(|pair| place(pair).is_some_and(|place| place <= records))
    }

    /// The finding with its number held against itself.
    fn refine(&self, mut draft: Draft, told: Told) -> Draft {
        // Of what was always one value and now is another there is nothing to add.
        let p_value = draft.finding.p_value.filter(|_| !draft.striking);
        let (Some(of_windows), true) = (p_value, told.matters > 0.0) else {
            return draft;
        };
        let changes = self.changes(&draft.finding.feature);
        let ids = changes.len();
        if ids < FEWEST {
            return draft;
        }
        let counted = changes.iter().map(|change| change.counted(told.matters));
        let Some(test) = signed_rank(&counted.collect::<Vec<_>>()) else {
            return draft;
        };
        let mean = changes.iter().map(Change::difference).sum::<f64>() / ids as f64;
        let effects = draft.finding.effect.iter();
        let mut effects = effects.chain(&draft.finding.other_effects);
        let goes_the_same_way = test.value * (told.to - told.from) > 0.0 && test.value * mean > 0.0;
        let matters = effects.any(Effect::reaches_threshold) && mean.abs() >= told.matters;
        let of_ids = test.p_value / SHARES.1;
        let of_windows = of_windows / SHARES.0;
        let same_ids = SameIds {
            ids: ids as u64,
            rose: test.rose as u64,
            fell: test.fell as u64,
            value: test.value,
            p_value: test.p_value,
            decides: matters && goes_the_same_way && of_ids < of_windows,
        };
        draft.finding.same_ids = Some(same_ids);
        draft.finding.p_value = Some(if same_ids.decides {
            draft.finding.sentence += &in_words(same_ids);
            draft.finding.records = telling(&draft.finding.feature, changes, test.value);
            of_ids.min(1.0)
        } else {
            of_windows.min(1.0)
        });
        draft
    }

    fn changes(&self, feature: &str) -> Vec<Change<'_>> {
        let changes = self.ids.iter();
        changes
            .filter_map(|pair| Change::of(pair, feature))
            .collect()
    }
}

/// What sampled records say of tested numbers.
#[derive(Clone, Copy)]
pub(super) struct Sampled<'a> {
    /// The ids that both windows have, where they are mostly the same.
    pub(super) paired: Option<&'a Paired>,
    /// Samples that show what changed.
    pub(super) samples: &'a [(&'a CoordinatedSample, &'a CoordinatedSample)],
    pub(super) alpha: f64,
}

impl Sampled<'_> {
    /// The finding of a number, held against itself and with records that show it.
    pub(super) fn say(&self, draft: Draft, told: Told) -> Draft {
        let mut draft = match self.paired {
            Some(paired) => paired.refine(draft, told),
            None => draft,
        };
        let finding = &mut draft.finding;
        if finding.records.is_empty() && finding.p_value.is_some_and(|p| p < self.alpha) {
            finding.records = extremes(&finding.feature, (told.from, told.to), self.samples);
        }
        draft
    }
}

/// A finite number of an id in both windows.
struct Change<'p> {
    id: &'p str,
    from: f64,
    to: f64,
}

impl<'p> Change<'p> {
    fn of((from, to): &'p (Rows, Rows), feature: &str) -> Option<Self> {
        let finite = |rows: &Rows| value(&rows[0], feature).filter(|value| value.is_finite());
        Some(Self {
            id: to[0].id.as_deref()?,
            from: finite(from)?,
            to: finite(to)?,
        })
    }

    fn difference(&self) -> f64 {
        self.to - self.from
    }

    /// The same, 0 where it is negligible.
    fn counted(&self, matters: f64) -> f64 {
        let difference = self.difference();
        match difference.abs() < NEGLIGIBLE * matters {
            true => 0.0,
            false => difference,
        }
    }
}

fn in_words(same: SameIds) -> String {
    let SameIds {
        ids, rose, fell, ..
    } = same;
    let most_agree = if same.value > 0.0 {
        rose > fell
    } else {
        fell > rose
    };
    match most_agree {
        true => {
            format!("; lower for {fell} and higher for {rose} of {ids} ids that both windows have")
        }
        // Few changed much, and many a little the other way.
        false => {
            format!("; of {ids} ids that both windows have, those that went this way changed more")
        }
    }
}

/// The records that changed most, the way that is told.
fn telling(feature: &str, mut changes: Vec<Change<'_>>, way: f64) -> Vec<TellingRecord> {
    let way = |change: &Change<'_>| change.difference() * way.signum();
    changes.retain(|change| way(change) > 0.0);
    changes.sort_by(|a, b| way(b).total_cmp(&way(a)).then_with(|| a.id.cmp(b.id)));
    changes.truncate(SHOWN);
    let record = |change: Change<'_>| TellingRecord {
        id: record_name(Some(change.id), 0),
        role: format!("{feature} {} -> {}", number(change.from), number(change.to)),
        distance: None,
    };
    changes.into_iter().map(record).collect()
}

/// What the reader should know of numbers that were held against themselves, or were to be and could
/// not.
pub(super) fn note(drafts: &[Draft], options: &CompareOptions) -> Option<Note> {
    let held = drafts.iter().filter_map(|d| d.finding.same_ids);
    let has_numbers = drafts.iter().any(|d| d.finding.p_value.is_some());
    let is_said = options.paired == Some(true);
    let text = match held.map(|same| same.ids).max() {
        Some(ids) => {
            let doubt = match is_said {
                true => "",
                false => " If an id names another record in each window, --unpaired is better.",
            };
            format!(
                "{ids} sampled ids are in both windows: numbers are also held against themselves, id by id.{doubt}"
            )
        }
        None if is_said && has_numbers => format!(
            "The records were said to be the same on both sides, but no number could be held against \
             itself: that needs {FEWEST} sampled ids, each of one record, with a number in both windows, and \
             records without groups."
        ),
        None => return None,
    };
    Some(Note {
        code: "same-ids".into(),
        text,
    })
}
