//! Records that could not be used: a camera that sends nothing but black frames
//! has no direction to compare, and no bad line of a log has a value.

use crate::profile::Profile;
use crate::sketch::Tally;

use super::draft::{Draft, effect};
use super::features::RECORDS;
use super::figures::percent;
use super::finding::{Kind, Scope};
use super::stats::{detectable_share_shift, share_test};
use super::thresholds::Thresholds;

/// Tests of the share of records, and of rows of each space that both have, that
/// were skipped or failed: where there are any.
pub(crate) fn compare_unused(
    reference: &Profile,
    target: &Profile,
    thresholds: &Thresholds,
) -> Vec<Draft> {
    let records = (
        "records not used".to_owned(),
        reference.tally(),
        target.tally(),
    );
    let spaces = reference.spaces().iter().filter_map(|(name, space)| {
        let other = target.spaces().get(name)?;
        Some((
            format!("rows of space {name} not used"),
            space.tally(),
            other.tally(),
        ))
    });
    let tallies = std::iter::once(records).chain(spaces);
    let drafts = tallies.filter_map(|(name, a, b)| compare_tallies(&name, a, b, thresholds));
    drafts.collect()
}

fn compare_tallies(
    name: &str,
    reference: &Tally,
    target: &Tally,
    thresholds: &Thresholds,
) -> Option<Draft> {
    let unused = |tally: &Tally| tally.total() - tally.read_count();
    let (few, few_target) = (unused(reference), unused(target));
    if few == 0 && few_target == 0 {
        return None;
    }
    let (n, m) = (reference.total(), target.total());
    let draft = Draft::new(RECORDS, name, Kind::Input, Scope::All).counts(n, m);
    let Some(test) = share_test(few, n, few_target, m) else {
        return Some(draft.not_tested("a side has no records"));
    };
    let (from, to) = (few as f64 / n as f64, few_target as f64 / m as f64);
    let detectable = detectable_share_shift(from, n as f64, m as f64);
    let draft = draft
        .test("beta-binomial", to - from, test.p_value, None)
        .effect(effect(
            "share difference",
            to - from,
            "share",
            thresholds.unused_share,
            Some(detectable),
        ))
        .sentence(format!("{name}: {} -> {}", percent(from), percent(to)));
    Some(draft)
}
