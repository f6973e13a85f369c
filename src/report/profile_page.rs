//! A profile for a person at a terminal: what it contains.

use super::canvas::Canvas;
use super::escape::{clip, escape};
use super::kept::Kept;
use super::number;
use super::objects_page::objects;
use super::page::{Entry, Page, Tone};
use super::profile_json::{
    self, Contents, Count, Distribution, Document, Feature, Interval, PartBytes, Place, Space,
};
use super::sparkline;
use super::terminal::TerminalOptions;
use crate::profile::Profile;

/// Entries of a list unless everything is asked for.
const LISTED: usize = 20;
/// Characters of a name in a table.
pub(super) const NAME: usize = 40;

/// A profile in one line: `ref.dsp: 1,000 records; space embedding (1,280
/// numbers, 8 clusters, 10 classes); keeps ids and embeddings of 1,000 records`.
#[must_use]
pub fn profile_line(profile: &Profile, name: &str) -> String {
    let document = profile_json::document(profile, name);
    let mut text = format!(
        "{}: {}",
        escape(name),
        number::counted(document.records, "record")
    );
    for space in &document.spaces {
        text += &format!(
            "; space {} ({} numbers, {}, {}{})",
            escape(space.name),
            number::count(space.dim as u64),
            number::counted(space.clusters.len() as u64, "cluster"),
            match space.classes.len() {
                1 => "1 class".to_owned(),
                n => format!("{} classes", number::count(n as u64)),
            },
            match space.not_used.iter().map(|c| c.count).sum() {
                0 => String::new(),
                n => format!(", {} not used", number::counted(n, "row")),
            }
        );
    }
    for kind in &document.objects {
        text += &format!(
            "; {}: {} of {}",
            clip(kind.kind, NAME),
            number::counted(kind.all.objects, "object"),
            match kind.classes.len() {
                1 => "1 class".to_owned(),
                n => format!("{} classes", number::count(n as u64)),
            }
        );
    }
    text + &format!("; {}", Kept::of([&document]).sentence())
}

/// A profile as text: records, spaces with their clusters and classes, named
/// values, and what of single records it keeps.
#[must_use]
pub fn profile_page(profile: &Profile, name: &str, options: &TerminalOptions) -> String {
    let mut page = Page::of(options);
    write(&mut page, profile, name, options.verbose);
    page.finish()
}

/// The same on any canvas.
pub(super) fn write(page: &mut dyn Canvas, profile: &Profile, name: &str, verbose: bool) {
    let document = profile_json::document(profile, name);
    let limit = if verbose { usize::MAX } else { LISTED };
    page.lead(
        &clip(name, 60),
        Tone::Strong,
        &format!(
            ", a profile of {}",
            number::counted(document.records, "record")
        ),
    );
    about(page, &document);
    for space in &document.spaces {
        self::space(page, space, limit);
    }
    for kind in &document.objects {
        objects(page, kind, limit);
    }
    features(page, profile, &document.features, limit);
    contents(page, &document.contents);
    page.text(&format!("This file {}.", Kept::of([&document]).sentence()));
}

fn about(page: &mut dyn Canvas, document: &Document<'_>) {
    if let (Some(first), Some(last)) = (document.first_time, document.last_time) {
        page.text(&format!(
            "{} to {} UTC",
            number::time(first),
            number::time(last)
        ));
    }
    not_used(page, &document.not_used, "record");
    for (key, values) in &document.tags {
        page.text(&format!(
            "{}: {}",
            clip(key, NAME),
            escape(&values.join(", "))
        ));
    }
    page.text(&format!(
        "class taken from: {}; seed {}",
        document.class_source, document.seed
    ));
}

fn not_used(page: &mut dyn Canvas, counts: &[Count<'_>], noun: &str) {
    for reason in counts {
        page.text(&format!(
            "not used: {}, {}",
            number::counted(reason.count, noun),
            escape(reason.name)
        ));
    }
}

fn space(page: &mut dyn Canvas, space: &Space<'_>, limit: usize) {
    page.heading(&format!("Embeddings `{}`", clip(space.name, NAME)));
    let mut text = format!(
        "{} of {} numbers, {} distance, role {}",
        number::counted(space.rows, "row"),
        number::count(space.dim as u64),
        space.distance,
        space.role
    );
    if let Some(model) = space.model {
        text += &format!(", model {}", clip(model, NAME));
    }
    match space.mean_rows {
        None => {}
        Some(0) => text += ", less a given mean",
        Some(n) => text += &format!(", less the mean of {}", number::counted(n, "row")),
    }
    page.text(&text);
    not_used(page, &space.not_used, "row");
    if let Some(length) = space.resultant_length {
        page.text(&format!(
            "directions: mean length {} (1: all point the same way, 0: no common direction)",
            number::number(length)
        ));
    }
    let rows: Vec<_> = [
        ("length (norm)", &space.norm),
        ("distance to the nearest cluster", &space.cluster_distance),
        ("distance to the own class", &space.own_distance),
        ("distance to the class boundary", &space.boundary),
    ]
    .into_iter()
    .filter_map(|(name, numbers)| Some(distribution_row(name, numbers.as_ref()?)))
    .collect();
    if !rows.is_empty() {
        page.table(&DISTRIBUTION, rows);
    }
    places(page, "cluster", &space.clusters, limit);
    places(page, "class", &space.classes, limit);
    if space.unclassified > 0 && !space.classes.is_empty() {
        page.text(&format!(
            "{} without a class",
            number::counted(space.unclassified, "row")
        ));
    }
    if space.other_classes > 0 {
        page.text(&format!(
            "{} of further classes, kept together",
            number::counted(space.other_classes, "row")
        ));
    }
    if space.codebook.is_none() {
        page.aside(
            "No centres: `driftsphere fit`, or `profile --fit` and --like, measure distances as well.",
        );
    }
    if !space.novel.is_empty() {
        let ids: Vec<String> = space
            .novel
            .iter()
            .take(3)
            .map(|r| clip(r.id, NAME))
            .collect();
        page.text(&format!("farthest from every cluster: {}", ids.join(", ")));
    }
}

pub(super) const DISTRIBUTION: [&str; 7] =
    ["", "smallest", "1 %", "median", "99 %", "largest", "mean"];

pub(super) fn distribution_row(name: &str, numbers: &Distribution) -> Vec<Entry> {
    let cell = |x: Option<f64>| Entry::right(x.map_or("-".into(), number::number));
    vec![
        Entry::left(name),
        cell(numbers.min),
        cell(numbers.quantile(0.01)),
        cell(numbers.quantile(0.5)),
        cell(numbers.quantile(0.99)),
        cell(numbers.max),
        cell(numbers.mean),
    ]
}

fn places(page: &mut dyn Canvas, kind: &str, places: &[Place<'_>], limit: usize) {
    if places.is_empty() {
        return;
    }
    let mut order: Vec<&Place<'_>> = places.iter().collect();
    order.sort_by_key(|place| std::cmp::Reverse(place.rows));
    let rows = order
        .iter()
        .take(limit)
        .map(|place| {
            let median = place.distance.as_ref().and_then(|d| d.quantile(0.5));
            vec![
                Entry::left(clip(place.name, NAME)),
                Entry::right(number::count(place.rows)),
                Entry::right(place.share.map_or("-".into(), number::share)),
                Entry::right(median.map_or("-".into(), number::number)),
                Entry::left(
                    place
                        .nearest
                        .as_ref()
                        .map_or("-".into(), |r| clip(r.id, NAME)),
                ),
            ]
        })
        .collect();
    page.table(
        &[kind, "rows", "share", "median distance", "typical record"],
        rows,
    );
    if order.len() > limit {
        page.aside(&format!(
            "and {} more (`show` lists them).",
            order.len() - limit
        ));
    }
}

fn features(page: &mut dyn Canvas, profile: &Profile, features: &[Feature<'_>], limit: usize) {
    if features.is_empty() {
        return;
    }
    page.heading("Named values");
    let rows: Vec<_> = features
        .iter()
        .filter_map(|f| Some(distribution_row(&clip(f.name, NAME), f.numbers.as_ref()?)))
        .take(limit)
        .collect();
    if !rows.is_empty() {
        page.table(&DISTRIBUTION, rows);
        page.blocks(&sparkline::of_features(profile, limit));
    }
    for feature in features.iter().take(limit) {
        if let Some(period) = feature.period {
            let name = clip(feature.name, NAME);
            let period = number::number(period);
            page.item("-", &format!("{name}: an angle, {period} is a whole turn"));
        }
    }
    for feature in features.iter().filter(|f| !f.values.is_empty()).take(limit) {
        let values: Vec<String> = feature
            .values
            .iter()
            .take(5)
            .map(|value| format!("{} {}", clip(value.name, 24), number::count(value.count)))
            .collect();
        let rest = feature.values_kept.saturating_sub(values.len() as u64);
        let rest = match rest {
            0 => String::new(),
            n => format!(", and {} more", number::counted(n, "value")),
        };
        page.item(
            "-",
            &format!("{}: {}{rest}", clip(feature.name, NAME), values.join(", ")),
        );
    }
    for feature in features.iter().filter(|f| f.has_many_values()).take(limit) {
        let Some(Interval {
            estimate,
            lower_bound,
            upper_bound,
        }) = feature.distinct
        else {
            continue;
        };
        let [about, from, to] =
            [estimate, lower_bound, upper_bound].map(|n| number::count(n.round() as u64));
        page.item(
            "-",
            &format!(
                "{}: about {about} different values ({from} to {to})",
                clip(feature.name, NAME)
            ),
        );
    }
    for feature in features.iter().filter(|f| f.mixes_types()).take(limit) {
        let types = feature.types;
        let counts = [
            (types.integers + types.floats, "number"),
            (types.texts, "text"),
            (types.truths, "truth value"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts.map(|(n, what)| number::counted(n, what)).collect();
        page.item(
            "-",
            &format!("{}: {}", clip(feature.name, NAME), counts.join(", ")),
        );
    }
    for feature in features.iter().filter(|f| f.missing > 0).take(limit) {
        // Records that do not name the feature lack it, too.
        page.item(
            "-",
            &format!(
                "{}: missing in {} of {}",
                clip(feature.name, NAME),
                number::count(feature.missing),
                number::counted(profile.records(), "record")
            ),
        );
    }
}

/// What the file holds, the largest part first.
fn contents(page: &mut dyn Canvas, contents: &Contents) {
    page.heading("What the file contains");
    let mut parts: Vec<_> = contents.parts.iter().collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    let all = contents.bytes as f64;
    let row = |part: &&PartBytes| {
        vec![
            Entry::left(part.name),
            Entry::right(number::count(part.bytes)),
            Entry::right(number::share(part.bytes as f64 / all)),
        ]
    };
    page.table(&["part", "bytes", "share"], parts.iter().map(row).collect());
    page.text(&format!(
        "{}, ids {}, {}",
        number::counted(contents.bytes, "byte"),
        contents.ids,
        if contents.sealed {
            "sealed"
        } else {
            "not sealed"
        }
    ));
}
