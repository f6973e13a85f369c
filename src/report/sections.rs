//! The sections of the terminal page, in the order in which they are read.

use super::escape::{clip, escape, is_made_up};
use super::headline::headline;
use super::needed::{Needed, needed};
use super::number;
use super::page::{Entry, Page, Tone, columns};
use super::places::{Place, is_medoid, places as find_places};
use crate::compare::{Comparison, Effect, Finding, Scope, Verdict, WindowSummary};
use std::collections::BTreeSet;

/// Findings told in sentences.
const TOLD: usize = 5;
/// Entries of a list unless everything is asked for.
const LISTED: usize = 12;
/// Characters of a name in a table, and of a sentence.
const NAME: usize = 40;
const SENTENCE: usize = 600;

pub(super) fn verdict(page: &mut Page, comparison: &Comparison) {
    let line = headline(comparison);
    let (lead, rest) = line.split_once(':').unwrap_or((&line, ""));
    page.lead(lead, tone(comparison.verdict), &format!(":{rest}"));
    window(page, "reference", &comparison.reference);
    window(page, "target   ", &comparison.target);
}

fn window(page: &mut Page, role: &str, window: &WindowSummary) {
    let mut text = format!(
        "{}, {}",
        clip(&window.name, 60),
        number::counted(window.records, "record")
    );
    if let Some((first, last)) = window.times {
        text += &format!(", {} to {} UTC", number::time(first), number::time(last));
    }
    page.item(role, &text);
}

pub(super) fn moved_most(page: &mut Page, comparison: &Comparison) {
    let moved: Vec<_> = comparison.findings.iter().filter(has_moved).collect();
    if moved.is_empty() {
        return;
    }
    // One sentence for a feature, about where it moved most: findings come by
    // falling weight.
    let mut told: Vec<(&Finding, usize)> = Vec::new();
    for finding in moved {
        let same = |f: &Finding| f.group == finding.group && f.feature == finding.feature;
        match told.iter_mut().find(|(first, _)| same(first)) {
            Some((_, more)) => *more += 1,
            None => told.push((finding, 0)),
        }
    }
    page.heading("What moved most");
    for (i, (finding, more)) in told.iter().take(TOLD).enumerate() {
        let more = match more {
            0 => String::new(),
            n => format!(" (and {n} more of this kind)"),
        };
        page.item(
            &format!("{}.", i + 1),
            &format!("{}{more}", sentence(finding)),
        );
    }
}

fn sentence(finding: &Finding) -> String {
    if finding.sentence.is_empty() {
        subject(finding)
    } else {
        clip(&finding.sentence, SENTENCE)
    }
}

pub(super) fn groups(page: &mut Page, comparison: &Comparison) {
    if comparison.groups.is_empty() {
        return;
    }
    page.heading("How sure");
    let rows = comparison
        .groups
        .iter()
        .map(|group| {
            vec![
                Entry::left(clip(&group.name, NAME)),
                Entry::right(p(group.p_adjusted, comparison)),
                verdict_entry(group.verdict),
                Entry::left(escape(&group.combined.join(", "))),
            ]
        })
        .collect();
    page.table(
        &["judged together", "p", "verdict", "from these tests"],
        rows,
    );
    if comparison
        .groups
        .iter()
        .all(|group| group.p_adjusted.is_none())
    {
        return;
    }
    page.aside(&format!(
        "p: how often chance alone would show as much, all tests taken together. Drift needs p below \
         {}: without any drift, at most {} of comparisons raise an alarm.",
        comparison.alpha,
        number::share(comparison.alpha)
    ));
}

pub(super) fn findings(page: &mut Page, comparison: &Comparison, verbose: bool) {
    let moved: Vec<_> = comparison.findings.iter().filter(has_moved).collect();
    if moved.is_empty() {
        return;
    }
    page.heading("Findings");
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

pub(super) fn no_drift(page: &mut Page, comparison: &Comparison, verbose: bool) {
    let quiet: Vec<_> = with(comparison, Verdict::NoDrift).collect();
    if quiet.is_empty() {
        return;
    }
    page.heading("No drift");
    if !verbose {
        page.text(&format!(
            "{} found none, and would most likely have seen a change that matters (--verbose lists them).",
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
        Entry::left(effect(finding, number::effect)),
        Entry::left(effect(finding, |e| number::size(e.threshold, &e.unit))),
        Entry::right(p(finding.p_adjusted, comparison)),
        Entry::right(format!(
            "{} / {}{mark}",
            number::count(finding.n_reference),
            number::count(finding.n_target)
        )),
    ]
}

/// The effect that the verdict rests on: the first, unless only another one
/// reaches its threshold.
fn leading(finding: &Finding) -> Option<&Effect> {
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

fn legend(page: &mut Page, shown: &[&Finding]) {
    page.aside("records: reference / target.");
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

pub(super) fn not_enough_data(page: &mut Page, comparison: &Comparison, verbose: bool) {
    let unsure: Vec<_> = with(comparison, Verdict::NotEnoughData).collect();
    if unsure.is_empty() {
        return;
    }
    page.heading("Not enough data to tell");
    let limit = if verbose { unsure.len() } else { TOLD };
    for finding in unsure.iter().take(limit) {
        page.item("-", &what_it_would_take(finding));
    }
    more(page, unsure.len(), limit);
}

/// What such a finding could have seen, and the records that would be needed.
fn what_it_would_take(finding: &Finding) -> String {
    let mut text = format!(
        "{}, {} / {} records",
        subject(finding),
        number::count(finding.n_reference),
        number::count(finding.n_target)
    );
    if let Some(effect) = &finding.effect
        && let Some(detectable) = effect.detectable
    {
        text += &format!(
            ": would show a {} from {}; {} matters",
            escape(&effect.name),
            escape(&number::size(detectable, &effect.unit)),
            escape(&number::size(effect.threshold, &effect.unit))
        );
    }
    text.push('.');
    match needed(finding) {
        Some(Needed::Target(n)) => {
            text += &format!(" About {} target records would do.", number::count(n));
        }
        Some(Needed::Both(n)) => {
            text += &format!(
                " The reference is too small as well: about {} records in each window would do.",
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

pub(super) fn not_tested(page: &mut Page, comparison: &Comparison, verbose: bool) {
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
    page.heading("Not tested");
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

pub(super) fn places(page: &mut Page, comparison: &Comparison, verbose: bool) {
    let places = find_places(comparison);
    if places.is_empty() {
        return;
    }
    page.heading("Classes and clusters that moved");
    let limit = if verbose { places.len() } else { LISTED };
    let rows = places.iter().take(limit).map(place_row).collect();
    page.table(
        &[
            "group",
            "reference",
            "target",
            "what moved",
            "typical record",
        ],
        rows,
    );
    page.aside(
        "reference, target: share of the records. Typical record: the real record nearest to the middle (medoid).",
    );
    more(page, places.len(), limit);
}

fn place_row(place: &Place<'_>) -> Vec<Entry> {
    let share = |side: Option<f64>| Entry::right(side.map_or("-".into(), number::share));
    vec![
        Entry::left(clip(&place.label(), NAME)),
        share(place.reference),
        share(place.target),
        Entry::left(escape(&place.moved.join(", "))),
        Entry::left(place.medoid.map_or("-".into(), |id| clip(id, NAME))),
    ]
}

pub(super) fn records(page: &mut Page, comparison: &Comparison, verbose: bool) {
    let mut seen = BTreeSet::new();
    let telling: Vec<_> = comparison
        .findings
        .iter()
        .filter(has_moved)
        .flat_map(|finding| &finding.records)
        .filter(|record| !is_medoid(&record.role) && seen.insert(&record.id))
        .collect();
    if telling.is_empty() {
        return;
    }
    page.heading("Look at these target records first");
    let limit = if verbose { telling.len() } else { LISTED };
    let room = page.room();
    for record in telling.iter().take(limit) {
        let mut why = clip(&record.role, NAME);
        if let Some(distance) = record.distance {
            why += &format!(", distance {}", number::number(distance));
        }
        // Ids stand alone at the start of a line, to be copied.
        let id = clip(&record.id, room.saturating_sub(columns(&why) + 2));
        page.line(&format!("  {id}  {why}"));
    }
    if telling.iter().any(|record| is_made_up(&record.id)) {
        page.aside("row ...: logged without an id; the digits are a hash of its embedding.");
    }
    more(page, telling.len(), limit);
}

pub(super) fn spaces(page: &mut Page, comparison: &Comparison) {
    if comparison.spaces.is_empty() {
        return;
    }
    page.heading("Embeddings compared");
    for space in &comparison.spaces {
        let mut text = format!(
            "{}: {} numbers each, {} / {} rows, {} distance",
            clip(&space.name, NAME),
            number::count(space.dim as u64),
            number::count(space.rows.0),
            number::count(space.rows.1),
            escape(&space.distance),
        );
        if let Some(model) = &space.models.0 {
            text += &format!(", model {}", clip(model, NAME));
        }
        text += &format!(
            "; class: {}; centres: {}",
            escape(&space.class_source),
            escape(&space.centres)
        );
        if space.paired {
            text += "; the windows hold the same records";
        } else if space.shared > 0.0 {
            text += &format!(
                "; {} of the target's records are in the reference too",
                number::share(space.shared)
            );
        }
        text.push('.');
        // Below what chance explains, the parts are noise.
        let group = format!("space {}", space.name);
        let moved = comparison
            .groups
            .iter()
            .any(|g| g.name == group && g.verdict >= Verdict::PossibleDrift);
        if let Some(split) = space.mix_or_meaning.filter(|_| moved) {
            text += &format!(
                " The mean moved by {} because classes look different (new meaning), by {} because \
                 they are more or less frequent (new mix).",
                number::number(split.meaning),
                number::number(split.mix)
            );
        }
        page.item("-", &text);
    }
}

pub(super) fn not_used(page: &mut Page, comparison: &Comparison) {
    let sides = [
        ("reference", &comparison.reference),
        ("target", &comparison.target),
    ];
    if sides.iter().all(|(_, window)| window.not_used.is_empty()) {
        return;
    }
    page.heading("Records not used");
    for (role, window) in sides {
        for (reason, n) in &window.not_used {
            page.item(
                "-",
                &format!("{role}: {}, {}", number::count(*n), clip(reason, SENTENCE)),
            );
        }
    }
}

pub(super) fn notes(page: &mut Page, comparison: &Comparison) {
    if comparison.notes.is_empty() {
        return;
    }
    page.heading("Please note");
    for note in &comparison.notes {
        page.item("-", &clip(&note.text, SENTENCE));
    }
}

/// `own-centre distance (class 7)`, or the feature alone where it is of all.
fn subject(finding: &Finding) -> String {
    let feature = clip(&finding.feature, NAME);
    match &finding.scope {
        Scope::All => feature,
        scope => format!("{feature} ({})", clip(&scope.to_string(), NAME)),
    }
}

fn has_moved(finding: &&Finding) -> bool {
    matches!(finding.verdict, Verdict::Drift | Verdict::PossibleDrift)
}

fn with(comparison: &Comparison, verdict: Verdict) -> impl Iterator<Item = &Finding> {
    comparison
        .findings
        .iter()
        .filter(move |finding| finding.verdict == verdict)
}

fn more(page: &mut Page, all: usize, limit: usize) {
    if all > limit {
        page.aside(&format!("and {} more (--verbose).", all - limit));
    }
}

fn p(value: Option<f64>, comparison: &Comparison) -> String {
    value.map_or("-".into(), |p| number::p_value(p, comparison.alpha))
}

fn verdict_entry(verdict: Verdict) -> Entry {
    Entry::left(verdict.name()).toned(tone(verdict))
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Drift => Tone::Bad,
        Verdict::PossibleDrift | Verdict::NotEnoughData => Tone::Doubt,
        Verdict::NoDrift => Tone::Good,
        Verdict::NotTested => Tone::Quiet,
    }
}
