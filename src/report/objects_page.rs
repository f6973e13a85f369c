//! The objects of a profile, for a person at a terminal.

use super::canvas::Canvas;
use super::centre_words::placed;
use super::escape::{clip, escape};
use super::number;
use super::objects_json::{ObjectKind, ObjectNumbers};
use super::page::Entry;
use super::profile_page::{DISTRIBUTION, NAME, distribution_row};

/// The numbers whose medians stand beside a class.
const MEDIANS: [&str; 2] = ["score", "relative area"];

pub(super) fn objects(page: &mut dyn Canvas, kind: &ObjectKind<'_>, limit: usize) {
    page.heading(&format!("Objects `{}`", clip(kind.kind, NAME)));
    let mut text = format!(
        "{} in {}",
        number::counted(kind.all.objects, "object"),
        number::counted(kind.records, "record")
    );
    if kind.empty_records > 0 {
        text += &format!(
            ", {} of them without any",
            number::count(kind.empty_records)
        );
    }
    if let Some(counts) = &kind.all.counts
        && let Some(most) = counts.max
    {
        text += &format!("; at most {} in one", number::number(most));
    }
    page.text(&text);
    for reason in &kind.not_used {
        page.text(&format!(
            "not used: {}, {}",
            number::counted(reason.count, "object"),
            escape(reason.name)
        ));
    }
    let rows = kind.all.features.iter().take(limit).filter_map(|feature| {
        let numbers = feature.numbers.as_ref()?;
        Some(distribution_row(&clip(feature.name, NAME), numbers))
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        page.table(&DISTRIBUTION, rows);
    }
    if let Some(centres) = &kind.all.centres {
        page.text(&format!("centres: {}", placed(centres.grid)));
    }
    let all = [&kind.all].into_iter().chain(&kind.classes);
    for group in all.take(limit) {
        quality(page, group);
    }
    classes(page, kind, limit);
    pairs(page, kind, limit);
}

/// What labels or annotations say.
fn quality(page: &mut dyn Canvas, group: &ObjectNumbers<'_>) {
    let name = group
        .class
        .map_or("all".to_owned(), |class| clip(class, NAME));
    if let Some(known) = &group.calibration {
        page.item(
            "-",
            &format!(
                "{name}: accuracy {} at a mean confidence of {}, calibration error {}",
                number::share(known.accuracy),
                number::share(known.confidence),
                number::share(known.error)
            ),
        );
    }
    if let Some(precision) = group.average_precision {
        page.item(
            "-",
            &format!(
                "{name}: average precision {}{} at an overlap of 0.5",
                number::number(precision),
                bounds(group)
            ),
        );
    }
}

/// What scores that lie in one bucket leave open, where it is more than half a hundredth.
fn bounds(group: &ObjectNumbers<'_>) -> String {
    match group.average_precision_bounds {
        Some([low, high]) if high - low > 0.005 => {
            let (low, high) = (number::number(low), number::number(high));
            format!(" ({low} to {high}: scores too near each other to be told apart)")
        }
        _ => String::new(),
    }
}

fn classes(page: &mut dyn Canvas, kind: &ObjectKind<'_>, limit: usize) {
    let mut order: Vec<&ObjectNumbers<'_>> = kind.classes.iter().collect();
    if order.is_empty() {
        return;
    }
    order.sort_by_key(|class| std::cmp::Reverse(class.objects));
    let row = |class: &&ObjectNumbers<'_>| {
        let mut row = vec![
            Entry::left(clip(class.class.unwrap_or_default(), NAME)),
            Entry::right(number::count(class.objects)),
            Entry::right(number::count(class.records)),
            Entry::right(class.mean_count.map_or("-".into(), number::number)),
        ];
        let median =
            |name: &&str| Entry::right(class.median(name).map_or("-".into(), number::number));
        row.extend(MEDIANS.iter().map(median));
        row
    };
    page.table(
        &[
            "class",
            "objects",
            "records",
            "mean count",
            "median score",
            "median rel. area",
        ],
        order.iter().take(limit).map(row).collect(),
    );
    if order.len() > limit {
        page.aside(&format!(
            "and {} more (`show` lists them).",
            order.len() - limit
        ));
    }
    for (count, what) in [
        (kind.unclassified, "without a class"),
        (kind.other_classes, "of further classes, kept together"),
    ] {
        if count > 0 {
            page.text(&format!("{} {what}", number::counted(count, "object")));
        }
    }
}

fn pairs(page: &mut dyn Canvas, kind: &ObjectKind<'_>, limit: usize) {
    let mut order: Vec<_> = kind.pairs.iter().collect();
    order.sort_by_key(|pair| std::cmp::Reverse(pair.records));
    let told: Vec<String> = order
        .iter()
        .take(limit.min(5))
        .map(|pair| {
            let [a, b] = pair.classes.map(|name| clip(name, NAME));
            format!("{a} and {b} in {}", number::counted(pair.records, "record"))
        })
        .collect();
    if !told.is_empty() {
        page.text(&format!("together: {}", told.join("; ")));
    }
}
