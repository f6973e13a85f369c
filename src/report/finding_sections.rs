//! The sections of the terminal page about single findings, by verdict.

use super::canvas::Canvas;
use super::escape::{clip, escape};
use super::needed::{Needed, needed};
use super::number;
use super::page::Entry;
use super::parts::{LISTED, NAME, SENTENCE, TOLD, has_moved, more, p, subject, verdict_entry};
use crate::compare::{Comparison, Effect, Finding, Group, Scope, Verdict};
use std::collections::BTreeSet;

pub(super) fn findings(page: &mut dyn Canvas, comparison: &Comparison, verbose: bool) {
    let moved: Vec<_> = comparison.findings.iter().filter(has_moved).collect();
    let together = together(comparison);
    if moved.is_empty() && together.is_empty() {
        return;
    }
    page.heading("Findings");
    for line in together {
        page.item("-", &line);
    }
    if moved.is_empty() {
        return;
    }
    let limit = if verbose { moved.len() } else { LISTED };
    let rows = moved
        .iter()
        .take(limit)
        .map(|finding| {
            let mut row = row(finding, comparison);
            row.push(verdict_entry(finding.verdict));
            row
        })
        .collect();
    page.table(
        &["what", "change", "matters from", "p", "records", "verdict"],
        rows,
    );
    legend(page, &moved);
    more(page, moved.len(), limit);
}

/// Groups that changed although none of their findings did by itself.
pub(super) fn together(comparison: &Comparison) -> Vec<String> {
    let moved: Vec<_> = comparison.findings.iter().filter(has_moved).collect();
    let changed = comparison.groups.iter().filter(|group| {
        group.verdict >= Verdict::PossibleDrift && moved.iter().all(|f| f.group != group.name)
    });
    let line = |group: &Group| {
        let mut members: Vec<&Finding> = comparison.findings.iter().collect();
        members.retain(|f| f.group == group.name && f.p_value.is_some());
        members.sort_by(|a, b| {
            a.p_value
                .unwrap_or(1.0)
                .total_cmp(&b.p_value.unwrap_or(1.0))
        });
        let nearest: Vec<String> = members.iter().take(TOLD).map(|f| subject(f)).collect();
        format!(
            "{}: its tests taken together show more than chance (p {}), though no one of them \
             does; nearest to it: {}",
            clip(&group.name, NAME),
            p(group.p_adjusted, comparison),
            nearest.join(", ")
        )
    };
    changed.map(line).collect()
}

/// What changed by more than chance, but no more than among accepted windows.
pub(super) fn usual(page: &mut dyn Canvas, comparison: &Comparison, verbose: bool) {
    let usual: Vec<_> = with(comparison, Verdict::NoDrift)
        .filter(|finding| is_usual(finding, comparison))
        .collect();
    if usual.is_empty() {
        return;
    }
    page.details("Within natural variation");
    let limit = if verbose { usual.len() } else { TOLD };
    for finding in usual.iter().take(limit) {
        let reason = finding.reason.as_deref().unwrap_or_default();
        let change = effect(finding, number::effect);
        page.item(
            "-",
            &format!("{}: {change}, {}", subject(finding), clip(reason, SENTENCE)),
        );
    }
    more(page, usual.len(), limit);
}

fn is_usual(finding: &Finding, comparison: &Comparison) -> bool {
    finding.natural.is_some_and(|natural| natural.within)
        && finding.p_adjusted.is_some_and(|p| p < comparison.alpha)
}

pub(super) fn no_drift(page: &mut dyn Canvas, comparison: &Comparison, verbose: bool) {
    let quiet: Vec<_> = with(comparison, Verdict::NoDrift)
        .filter(|finding| !is_usual(finding, comparison))
        .collect();
    if quiet.is_empty() {
        return;
    }
    page.details("No drift");
    if !verbose {
        page.text(&format!(
            "{} found none, and would most likely have seen a change of twice the size that matters (--verbose lists them).",
            number::counted(quiet.len() as u64, "test"),
        ));
        return;
    }
    let rows = quiet
        .iter()
        .map(|finding| {
            let mut row = row(finding, comparison);
            row.push(Entry::left(effect(finding, |e| {
                e.detectable
                    .map_or("-".into(), |d| number::size(d, &e.unit))
            })));
            row
        })
        .collect();
    page.table(
        &[
            "what",
            "change",
            "matters from",
            "p",
            "records",
            "seen from",
        ],
        rows,
    );
    page.aside("seen from: the change that so many records show 4 times out of 5.");
    legend(page, &quiet);
}

/// Everything but the last column, which says what follows.
fn row(finding: &Finding, comparison: &Comparison) -> Vec<Entry> {
    let mark = if finding.sampled { " *" } else { "" };
    vec![
        Entry::left(subject(finding)),
        Entry::left(change(finding)),
        Entry::left(
            match finding.new_values.is_empty() && finding.lost_values.is_empty() {
                true => effect(finding, |e| number::size(e.threshold, &e.unit)),
                false => "-".into(),
            },
        ),
        Entry::right(p(finding.p_adjusted, comparison)),
        Entry::right(format!(
            "{} / {}{mark}",
            number::count(finding.n_reference),
            number::count(finding.n_target)
        )),
    ]
}

/// What is new or gone, else the size of the change.
pub(super) fn change(finding: &Finding) -> String {
    let told = |values: &[String], word: &str| {
        let first = clip(values.first()?, NAME);
        Some(match values.len() {
            1 => format!("{first} {word}"),
            n => format!("{first} {word} (and {} more)", n - 1),
        })
    };
    told(&finding.new_values, "is new")
        .or_else(|| told(&finding.lost_values, "is gone"))
        .unwrap_or_else(|| effect(finding, number::effect))
}

/// The effect that the verdict rests on: the first, unless only another one
/// reaches its threshold.
pub(super) fn leading(finding: &Finding) -> Option<&Effect> {
    let others = finding.other_effects.iter();
    finding
        .effect
        .iter()
        .chain(others)
        .find(|effect| effect.reaches_threshold())
        .or(finding.effect.as_ref())
}

fn effect(finding: &Finding, text: impl Fn(&Effect) -> String) -> String {
    let text = leading(finding).map_or("-".into(), text);
    escape(&text).into_owned()
}

/// What the column of counts says.
pub(super) fn counts_legend<'f>(mut shown: impl Iterator<Item = &'f Finding>) -> &'static str {
    match shown.any(|finding| finding.counts_objects) {
        true => "records: reference / target; of numbers of single boxes and other objects, these.",
        false => "records: reference / target.",
    }
}

fn legend(page: &mut dyn Canvas, shown: &[&Finding]) {
    page.aside(counts_legend(shown.iter().copied()));
    let mut said = BTreeSet::new();
    for finding in shown {
        let unit = leading(finding).map_or("", |e| e.unit.as_str());
        if let Some(text) = number::legend(unit).filter(|text| said.insert(*text)) {
            page.aside(text);
        }
    }
    if shown.iter().any(|finding| finding.sampled) {
        page.aside("*: measured on the records kept as a sample, not on all.");
    }
}

pub(super) fn not_enough_data(page: &mut dyn Canvas, comparison: &Comparison, verbose: bool) {
    let unsure: Vec<_> = with(comparison, Verdict::NotEnoughData).collect();
    if unsure.is_empty() {
        return;
    }
    // Where records repeat, more of them may say nothing new.
    let repeats = comparison
        .notes
        .iter()
        .any(|n| n.code == "repeated-records");
    page.details("Not enough data to tell");
    let limit = if verbose { unsure.len() } else { TOLD };
    for finding in unsure.iter().take(limit) {
        page.item("-", &what_it_would_take(finding, comparison, repeats));
    }
    more(page, unsure.len(), limit);
    page.aside(
        "What came nearest to an alarm is first. should: from twice the size that matters on, a \
         change is to be seen 4 times out of 5.",
    );
}

fn article(name: &str) -> &'static str {
    if name.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    }
}

/// Twice the change that matters.
fn twice(effect: &Effect) -> f64 {
    2.0 * effect.threshold - effect.no_change
}

/// What was seen, what could have been, and the records that would be needed.
fn what_it_would_take(finding: &Finding, comparison: &Comparison, repeats: bool) -> String {
    let unit = match finding.counts_objects {
        true => "objects",
        false => "records",
    };
    let mut text = format!(
        "{} (p {}); {} / {} {unit}",
        clip(finding.sentence.trim_end_matches('.'), SENTENCE),
        p(finding.p_adjusted, comparison),
        number::count(finding.n_reference),
        number::count(finding.n_target)
    );
    if let Some(effect) = &finding.effect
        && let Some(detectable) = effect.detectable
    {
        let should = number::size(twice(effect), &effect.unit);
        let what = format!("{} {}", article(&effect.name), escape(&effect.name));
        // A share cannot change by more than all there is.
        text += &match effect.unit == "share" && detectable >= 1.0 {
            true => format!(
                " would surely show no {}, should show {what} from ",
                escape(&effect.name)
            ),
            false => format!(
                " would show {what} from {}, should from ",
                escape(&number::size(detectable, &effect.unit))
            ),
        };
        text += &escape(&should);
    }
    text.push('.');
    match needed(finding).filter(|_| !repeats) {
        Some(Needed::Target(n)) => {
            text += &format!(" About {} target {unit} would do.", number::count(n));
        }
        Some(Needed::Both(n)) => {
            text += &format!(
                " The reference is too small as well: about {} {unit} in each window would do.",
                number::count(n)
            );
        }
        None => {}
    }
    if let Some(reason) = &finding.reason {
        text += &format!(" {}", clip(reason, SENTENCE));
    }
    text
}

pub(super) fn not_tested(page: &mut dyn Canvas, comparison: &Comparison, verbose: bool) {
    let untested: Vec<_> = with(comparison, Verdict::NotTested).collect();
    if untested.is_empty() {
        return;
    }
    // One line for a feature and reason, with everything it is about.
    let mut folded: Vec<(&Finding, Vec<String>)> = Vec::new();
    for finding in untested {
        let about = clip(&finding.scope.to_string(), NAME);
        let same = |f: &Finding| f.feature == finding.feature && f.reason == finding.reason;
        match folded.iter_mut().find(|(first, _)| same(first)) {
            Some((_, scopes)) => scopes.push(about),
            None => folded.push((finding, vec![about])),
        }
    }
    page.details("Not tested");
    let limit = if verbose { folded.len() } else { LISTED };
    for (finding, scopes) in folded.iter().take(limit) {
        let reason = finding.reason.as_deref().unwrap_or("no reason was given");
        let feature = match (&finding.scope, scopes.len()) {
            (Scope::All, 1) => clip(&finding.feature, NAME),
            _ => format!("{} ({})", clip(&finding.feature, NAME), scopes.join(", ")),
        };
        page.item("-", &format!("{feature}: {}", clip(reason, SENTENCE)));
    }
    more(page, folded.len(), limit);
}

fn with(comparison: &Comparison, verdict: Verdict) -> impl Iterator<Item = &Finding> {
    comparison
        .findings
        .iter()
        .filter(move |finding| finding.verdict == verdict)
}
