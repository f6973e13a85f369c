//! Pieces that several sections of the terminal page are made of.

use super::canvas::Canvas;
use super::escape::clip;
use super::number;
use super::page::{Entry, Tone};
use crate::compare::{Comparison, Finding, Scope, Verdict};

/// Findings told in sentences.
pub(super) const TOLD: usize = 5;
/// Entries of a list unless everything is asked for.
pub(super) const LISTED: usize = 12;
/// Characters of a name in a table.
pub(super) const NAME: usize = 40;
/// Characters of a sentence that contains names.
pub(super) const SENTENCE: usize = 600;

/// `own-centre distance (class 7)`, or the feature alone where it is of all.
pub(super) fn subject(finding: &Finding) -> String {
    let feature = clip(&finding.feature, NAME);
    match &finding.scope {
        Scope::All => feature,
        scope => format!("{feature} ({})", clip(&scope.to_string(), NAME)),
    }
}

pub(super) fn has_moved(finding: &&Finding) -> bool {
    matches!(finding.verdict, Verdict::Drift | Verdict::PossibleDrift)
}

pub(super) fn more(page: &mut dyn Canvas, all: usize, limit: usize) {
    if all > limit {
        page.aside(&format!("and {} more (--verbose).", all - limit));
    }
}

pub(super) fn p(value: Option<f64>, comparison: &Comparison) -> String {
    value.map_or("-".into(), |p| number::p_value(p, comparison.alpha))
}

pub(super) fn verdict_entry(verdict: Verdict) -> Entry {
    Entry::left(verdict.name()).toned(tone(verdict))
}

pub(super) fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Drift => Tone::Bad,
        Verdict::PossibleDrift | Verdict::NotEnoughData => Tone::Doubt,
        Verdict::NoDrift => Tone::Good,
        Verdict::NotTested => Tone::Quiet,
    }
}
