//! Rules about records and about the rows of spaces.

use super::judge::{Judged, there_are};
use super::result::{Check, Demand, Measure};
use super::rules::{RecordsRule, SpaceRule};
use crate::profile::Profile;
use crate::sketch::{Estimate, Tally};

pub(super) fn records(rule: &RecordsRule, profile: &Profile) -> Judged {
    let counts = (rule.min_count, rule.max_count);
    Judged {
        checks: tally("records", profile.tally(), counts, rule.max_skipped_share),
        nothing: String::new(),
    }
}

pub(super) fn spaces(rule: &SpaceRule, profile: &Profile) -> Judged {
    let spaces = profile.spaces().iter();
    let selected = rule
        .space
        .select(spaces.map(|(name, s)| (name.as_str(), s)));
    let checks = selected.into_iter().flat_map(|(name, space)| {
        let counts = (rule.min_count, rule.max_count);
        let subject = format!("space {name}");
        tally(&subject, space.tally(), counts, rule.max_skipped_share)
    });
    Judged {
        checks: checks.collect(),
        nothing: format!(
            "no space is called {}; {}",
            rule.space.text(),
            there_are("space", profile.spaces().keys().map(String::as_str))
        ),
    }
}

fn tally(
    subject: &str,
    tally: &Tally,
    counts: (Option<u64>, Option<u64>),
    max_skipped_share: Option<f64>,
) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.extend(count(subject, counts, exact(tally.read_count())));
    if let Some(most) = max_skipped_share {
        let not_used = tally.skipped_count().saturating_add(tally.failed_count());
        let measure = Measure::SkippedShare;
        checks.push(share(
            subject,
            measure,
            (None, Some(most)),
            exact(not_used),
            tally.total(),
        ));
    }
    checks
}

pub(super) fn exact(count: u64) -> Estimate {
    Estimate::exact(count as f64)
}

/// A count against its bounds, where it has any.
pub(super) fn count(
    subject: &str,
    (min, max): (Option<u64>, Option<u64>),
    value: Estimate,
) -> Option<Check> {
    if min.is_none() && max.is_none() {
        return None;
    }
    let range = (min.map(|n| n as f64), max.map(|n| n as f64));
    Some(Check::number(subject, Measure::Count, range, value))
}

/// A part of `of` against the bounds of its share.
pub(super) fn share(
    subject: &str,
    measure: Measure,
    range: (Option<f64>, Option<f64>),
    part: Estimate,
    of: u64,
) -> Check {
    if of == 0 {
        let (at_least, at_most) = range;
        let demand = Demand::Range { at_least, at_most };
        return Check::not_applicable(subject, measure, demand, "it never came: no share of none");
    }
    let of = of as f64;
    let value = Estimate {
        estimate: part.estimate / of,
        lower_bound: part.lower_bound / of,
        upper_bound: part.upper_bound / of,
    };
    Check::number(subject, measure, range, value)
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{Made, told};

    #[test]
    fn records_and_rows_are_counted_and_so_is_what_was_not_used() {
        // 40 records; in the space one of them has no direction.
        let made = Made::default();
        assert_eq!(
            told(
                &made,
                "[[records]]\nmin_count = 40\nmax_count = 40\nmax_skipped_share = 0"
            ),
            [
                "records: Count 40..40 passed",
                "records: SkippedShare 0..0 passed"
            ]
        );
        assert_eq!(
            told(
                &made,
                "[[space]]\nspace = \"emb*\"\nmin_count = 40\nmax_skipped_share = 0.025"
            ),
            [
                "space embedding: Count 39..39 failed",
                "space embedding: SkippedShare 0.025..0.025 passed"
            ]
        );
    }
}
