//! Numbers of the same records in two windows, each held against itself.

use crate::profile::Profile;
use crate::sphere::record_name;

use super::draft::Draft;
use super::extremes::{SHOWN, samples, value};
use super::figures::number;
use super::finding::{Effect, TellingRecord};
use super::groups::Groups;
use super::options::CompareOptions;
use super::result::Note;
use super::shared::{Common, Rows, Shared};
use super::stats::{SignedRank, signed_rank};

/// Fewest records with a number in both windows.
const FEWEST: usize = 20;
/// Shares of the level for the test of the windows and for that of the records.
const SHARES: (f64, f64) = (0.8, 0.2);

/// The records that two windows of mostly the same records have in common: one model after another, one
/// camera setting after another, on one set of pictures.
///
/// # The test
///
/// Tests of two windows take their records for different ones. Where they are the same, what changes
/// from record to record hides what changed between the windows, so each number is also held
/// against itself, record by record ([`signed_rank`]). Two tests are made, which share the level
/// unevenly (a weighted Bonferroni correction, Genovese, Roeder and Wasserman 2006, *Biometrika* 93):
///
/// ```text
/// p = min(1, p of the windows / 0.8, p of the records / 0.2)
/// ```
///
/// Where records show a change that windows do not, they show it by far, so the smaller share is
/// enough for them, and what windows show is hardly less sure than it would be alone.
///
/// The test of the records sees changes of no importance as well, such as that of another decoder. So its p
/// counts only for a change that is as large as drift has to be and goes the way that is told; otherwise
/// it is 1.
pub(super) struct Paired {
    records: Vec<(Rows, Rows)>,
    /// Whether the windows hold more of them.
    is_sample: bool,
}

impl Paired {
    /// `None` where fewer than half of the sampled records of a window are in the other one, unless
    /// [`paired`](CompareOptions::paired) says otherwise; where hardly any has an id; and where records
    /// depend on each other.
    pub(super) fn of(
        reference: &Profile,
        target: &Profile,
        options: &CompareOptions,
    ) -> Option<Self> {
        if Groups::of_any(reference, target).is_some() {
            return None;
        }
        let is_paired = |common: &Common| {
            let found_out = || Shared::of(common).is_paired();
            options.paired.unwrap_or_else(found_out)
        };
        let (is_sample, common) = samples(reference, target)
            .map(|(a, b)| (a.threshold().or(b.threshold()).is_some(), Common::of(a, b)))
            .find(|(_, common)| is_paired(common))?;
        let has_id = |rows: &Rows| matches!(&rows[..], [row] if row.id.is_some());
        let records = common.records.into_iter();
        // An id of several records does not say which is which.
        let records: Vec<_> = records.filter(|(a, b)| has_id(a) && has_id(b)).collect();
        (records.len() >= FEWEST).then_some(Self { records, is_sample })
    }

    pub(super) fn note(&self) -> Note {
        Note {
            code: "same-records".into(),
            text: format!(
                "{} sampled ids are in both windows: numbers are also held against themselves, id by id. \
                 If an id names another record in each window, --unpaired is better.",
                self.records.len()
            ),
        }
    }

    /// The finding, of a number that went from one figure to another, with its records held against
    /// themselves.
    pub(super) fn refine(&self, mut draft: Draft, (from, to): (f64, f64)) -> Draft {
        // Of what was always one value and now is another there is nothing to add.
        let p_value = draft.finding.p_value.filter(|_| !draft.striking);
        let Some(of_windows) = p_value else {
            return draft;
        };
        let changes = self.changes(&draft.finding.feature);
        let differences: Vec<f64> = changes.iter().map(Change::difference).collect();
        let Some(test) = signed_rank(&differences).filter(|_| differences.len() >= FEWEST) else {
            return draft;
        };
        let effects = draft.finding.effect.iter();
        let mut effects = effects.chain(&draft.finding.other_effects);
        let is_told = effects.any(Effect::reaches_threshold) && test.value * (to - from) >= 0.0;
        let (of_windows, of_records) = (of_windows / SHARES.0, test.p_value / SHARES.1);
        let p_value = match is_told && of_records < of_windows {
            true => {
                draft.finding.statistic = "signed rank".to_owned();
                draft.finding.value = Some(test.value);
                draft.finding.permutations = None;
                draft.finding.sampled = self.is_sample;
                draft.finding.sentence += &told(test, differences.len());
                draft.finding.records = telling(&draft.finding.feature, changes, test);
                of_records
            }
            false => of_windows,
        };
        draft.finding.p_value = Some(p_value.min(1.0));
        draft
    }

    fn changes(&self, feature: &str) -> Vec<Change<'_>> {
        let changes = self.records.iter();
        changes
            .filter_map(|pair| Change::of(pair, feature))
            .collect()
    }
}

/// A number of a record in both windows.
struct Change<'p> {
    id: &'p str,
    from: f64,
    to: f64,
}

impl<'p> Change<'p> {
    fn of((from, to): &'p (Rows, Rows), feature: &str) -> Option<Self> {
        Some(Self {
            id: to[0].id.as_deref()?,
            from: value(&from[0], feature)?,
            to: value(&to[0], feature)?,
        })
    }

    /// NaN of the same infinity twice.
    fn difference(&self) -> f64 {
        self.to - self.from
    }
}

fn told(test: SignedRank, records: usize) -> String {
    let SignedRank { rose, fell, .. } = test;
    format!("; lower for {fell} and higher for {rose} of {records} ids that both windows have")
}

/// The records that changed most, the way that most did.
fn telling(feature: &str, mut changes: Vec<Change<'_>>, test: SignedRank) -> Vec<TellingRecord> {
    let way = |change: &Change<'_>| change.difference() * test.value.signum();
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
