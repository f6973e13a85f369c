//! The verdict in one sentence.

use super::escape::escape;
use crate::compare::{Comparison, Verdict};

/// The verdict of a comparison in one line of plain words, safe to log.
///
/// Begins with the verdict in capitals and a colon, then says what that means
/// and in which groups of findings.
#[must_use]
pub fn headline(comparison: &Comparison) -> String {
    match comparison.verdict {
        Verdict::Drift => format!(
            "DRIFT: the target differs from the reference by more than chance would explain, \
             and by enough to matter{}.",
            groups(comparison, Verdict::Drift)
        ),
        Verdict::PossibleDrift => format!(
            "POSSIBLE DRIFT: the target differs from the reference by more than chance would \
             explain, but by less than the size set as mattering{}.",
            groups(comparison, Verdict::PossibleDrift)
        ),
        Verdict::NotEnoughData => "NOT ENOUGH DATA: no drift was found, but with this few records \
             a change large enough to matter could have been missed."
            .into(),
        Verdict::NoDrift => "NO DRIFT: nothing changed by more than chance would explain, \
             and a change large enough to matter would most likely have been seen."
            .into(),
        Verdict::NotTested => "NOT TESTED: no test could run, so nothing is known about drift; \
             the reasons are listed."
            .into(),
    }
}

/// ` (in A, B)`: the groups with `verdict`.
fn groups(comparison: &Comparison, verdict: Verdict) -> String {
    let names: Vec<_> = comparison
        .groups
        .iter()
        .filter(|group| group.verdict == verdict)
        .map(|group| escape(&group.name))
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(" (in {})", names.join(", "))
    }
}
