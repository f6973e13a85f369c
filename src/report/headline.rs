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
             a change of twice the size that matters could have been missed."
            .into(),
        Verdict::NoDrift if is_usual(comparison) => format!(
            "NO DRIFT: what changed did so by no more than it does among the accepted windows, and \
             nothing else by more than chance would explain{}.",
            exceptions(comparison)
        ),
        Verdict::NoDrift => format!(
            "NO DRIFT: nothing changed by more than chance would explain, and a change of twice \
             the size that matters would most likely have been seen{}.",
            exceptions(comparison)
        ),
        Verdict::NotTested => not_tested(comparison),
    }
}

/// Whether something changed by more than chance, within what accepted windows show.
fn is_usual(comparison: &Comparison) -> bool {
    comparison.findings.iter().any(|finding| {
        finding.natural.is_some_and(|natural| natural.within)
            && finding.p_adjusted.is_some_and(|p| p < comparison.alpha)
    })
}

fn not_tested(comparison: &Comparison) -> String {
    let some_ran = comparison.groups.iter().any(|g| g.p_value.is_some());
    match some_ran {
        true => format!(
            "NOT TESTED: {} could not be tested, for the reasons listed; nothing was found in the \
             rest.",
            names(comparison, Verdict::NotTested)
        ),
        false => "NOT TESTED: no test could run, so nothing is known about drift; the reasons are \
                  listed."
            .into(),
    }
}

/// What the good news does not cover.
fn exceptions(comparison: &Comparison) -> String {
    let untested = names(comparison, Verdict::NotTested);
    if !untested.is_empty() {
        return format!(", except in {untested}, not tested for the reasons listed");
    }
    let findings = &comparison.findings;
    match findings.iter().any(|f| f.verdict == Verdict::NotEnoughData) {
        true => ", except where there is not enough data, as listed".into(),
        false => String::new(),
    }
}

/// ` (in A, B)`: the groups with `verdict`.
fn groups(comparison: &Comparison, verdict: Verdict) -> String {
    match names(comparison, verdict) {
        none if none.is_empty() => none,
        names => format!(" (in {names})"),
    }
}

fn names(comparison: &Comparison, verdict: Verdict) -> String {
    let groups = comparison.groups.iter();
    let names: Vec<_> = groups
        .filter(|group| group.verdict == verdict)
        .map(|group| escape(&group.name))
        .collect();
    names.join(", ")
}
