//! The sections of the terminal page about the comparison as a whole, in the
//! order in which they are read; those about single findings stand between.

use super::canvas::Canvas;
use super::escape::{clip, escape};
use super::headline::headline;
use super::number;
use super::page::Entry;
use super::parts::{LISTED, NAME, SENTENCE, has_moved, more, p, subject, tone, verdict_entry};
use super::places::{Place, is_medoid, places as find_places};
use crate::compare::{Comparison, Finding, Verdict, WindowSummary, without_tail};
use crate::sphere::is_made_up;
use std::collections::BTreeSet;

pub(super) fn verdict(page: &mut dyn Canvas, comparison: &Comparison) {
    let line = headline(comparison);
    let (lead, rest) = line.split_once(':').unwrap_or((&line, ""));
    page.lead(lead, tone(comparison.verdict), &format!(":{rest}"));
    window(page, "reference", &comparison.reference);
    window(page, "target   ", &comparison.target);
}

pub(super) fn window(page: &mut dyn Canvas, role: &str, window: &WindowSummary) {
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

/// The `most` things that moved most, in sentences; `below` writes what stands below each.
pub(super) fn moved_most(
    page: &mut dyn Canvas,
    comparison: &Comparison,
    most: usize,
    below: impl Fn(&mut dyn Canvas, &Finding),
) {
    let moved: Vec<_> = comparison.findings.iter().filter(has_moved).collect();
    if moved.is_empty() {
        return;
    }
    // One sentence for a feature and its tails, about where it moved most: findings
    // come by falling weight.
    let mut told: Vec<(&Finding, usize)> = Vec::new();
    for finding in moved {
        let what = |f: &Finding| (f.group.clone(), without_tail(&f.feature).to_owned());
        let same = |f: &Finding| what(f) == what(finding);
        match told.iter_mut().find(|(first, _)| same(first)) {
            Some((_, more)) => *more += 1,
            None => told.push((finding, 0)),
        }
    }
    page.heading("What moved most");
    for (i, (finding, more)) in told.iter().take(most).enumerate() {
        let more = match more {
            0 => String::new(),
            n => format!(" (and {n} more of this kind)"),
        };
        page.item(
            &format!("{}.", i + 1),
            &format!("{}{more}", sentence(finding)),
        );
        below(page, finding);
    }
}

pub(super) fn why(page: &mut dyn Canvas, comparison: &Comparison) {
    if comparison.why.is_empty() {
        return;
    }
    page.heading("What goes along with it");
    for explanation in &comparison.why {
        page.item("-", &clip(&explanation.sentence, SENTENCE));
    }
    if comparison.why.iter().any(|e| !e.features.is_empty()) {
        page.aside(
            "Among sampled records, of the input features that changed. What changes together looks alike: \
             this need not be the cause.",
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

pub(super) fn groups(page: &mut dyn Canvas, comparison: &Comparison) {
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
         {}: without any drift, at most {} of comparisons are to alarm.",
        number::number(comparison.alpha),
        number::share(comparison.alpha)
    ));
}

pub(super) fn places(page: &mut dyn Canvas, comparison: &Comparison, verbose: bool) {
    let places = find_places(comparison);
    if places.is_empty() {
        return;
    }
    page.details("Classes and clusters that moved");
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

pub(super) fn records(page: &mut dyn Canvas, comparison: &Comparison, verbose: bool) {
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
    page.details("Look at these target records first");
    let limit = if verbose { telling.len() } else { LISTED };
    for record in telling.iter().take(limit) {
        let mut why = clip(&record.role, NAME);
        if let Some(distance) = record.distance {
            why += &format!(", distance {}", number::number(distance));
        }
        page.record(&record.id, &why);
    }
    if telling.iter().any(|record| is_made_up(&record.id)) {
        page.aside("row ...: logged without an id; the digits are a hash of its content.");
    }
    more(page, telling.len(), limit);
}

pub(super) fn spaces(page: &mut dyn Canvas, comparison: &Comparison) {
    if comparison.spaces.is_empty() {
        return;
    }
    page.details("Embeddings compared");
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
            text += "; the windows hold mostly the same records, with other vectors";
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
        if let Some(distance) = space.frechet {
            text += &format!(
                " Frechet distance {} ({} by chance, {} rows a side; a description, not a test).",
                number::number(distance.value),
                number::number(distance.by_chance),
                number::count(distance.rows)
            );
        }
        page.item("-", &text);
    }
}

pub(super) fn not_used(page: &mut dyn Canvas, comparison: &Comparison) {
    let sides = [
        ("reference", &comparison.reference),
        ("target", &comparison.target),
    ];
    if sides.iter().all(|(_, window)| window.not_used.is_empty()) {
        return;
    }
    page.details("Records not used");
    for (role, window) in sides {
        for (reason, n) in &window.not_used {
            page.item(
                "-",
                &format!("{role}: {}, {}", number::count(*n), clip(reason, SENTENCE)),
            );
        }
    }
}

pub(super) fn notes(page: &mut dyn Canvas, comparison: &Comparison) {
    if comparison.notes.is_empty() {
        return;
    }
    page.heading("Please note");
    for note in &comparison.notes {
        page.item("-", &clip(&note.text, SENTENCE));
    }
}
