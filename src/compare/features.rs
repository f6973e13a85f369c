//! Named values of the records.

use crate::error::Result;
use crate::profile::{Feature, POOLED_VALUES, Profile};
use crate::sketch::Categories;

use super::angles::{compare_angles, periods};
use super::binned::{Shares, compare_binned};
use super::categories::{Counts, compare_counts, compare_counts_by};
use super::class_naming::named_otherwise;
use super::draft::Draft;
use super::finding::{Kind, Scope};
use super::groups::Groups;
use super::numbers::{Named, Size, compare_numbers, compare_numbers_by_w1, told};
use super::options::CompareOptions;
use super::outputs::is_output;
use super::paired::Sampled;
use super::repeats::DesignEffects;
use super::sealed::aligned_counts;
use super::statistic::{Statistic, chosen};
use super::tails::compare_tails;

/// What is counted of records without a value.
const MISSING: &str = "missing";
/// The group of labels, predictions and scores.
pub(crate) const OUTPUTS: &str = "outputs";
/// The group of all other named values.
pub(crate) const RECORDS: &str = "records";
/// Features whose values are classes.
pub(crate) const CLASSES: [&str; 2] = ["label", "prediction"];
/// Groups of what is measured of pictures, which begins with their name and a dot.
const PICTURES: [&str; 5] = ["file", "exif", "pixels", "quality", "custom"];

/// Tests of every feature that both sides have, and of those that the target has
/// lost. A feature that serves as the class of a space is tested there. Labels may
/// be missing: nobody has them of new records.
///
/// # Errors
/// Those of [`chosen`] and of [`periods`].
pub(crate) fn compare_features(
    reference: &Profile,
    target: &Profile,
    sampled: Sampled<'_>,
    options: &CompareOptions,
) -> Result<Vec<Draft>> {
    let periods = periods(reference, target)?;
    let statistics = chosen(&options.statistics, reference, target)?;
    let groups = Groups::of_any(reference, target);
    let images = (&reference.config().images, &target.config().images);
    let has_pictures = images.0.is_some() || images.1.is_some();
    let place = |name: &str| place(name, options, has_pictures);
    let records = (reference.records(), target.records());
    let mut drafts = Vec::new();
    for (name, a) in reference.features() {
        if serves_as_class(reference, target, name) {
            continue;
        }
        let (group, kind) = place(name);
        let named = Named {
            group,
            feature: name,
            kind,
            scope: Scope::All,
        };
        let unlike = match images {
            (Some(a), Some(b)) => a.unlike(b, name),
            _ => None,
        };
        match target.features().get(name) {
            Some(_) if unlike.is_some() => {
                drafts.push(named.draft().not_tested(unlike.unwrap_or_default()));
            }
            Some(b) => {
                let by = Chosen {
                    statistic: statistics.get(name).copied(),
                    period: periods.get(name.as_str()).copied(),
                    groups: groups.as_ref(),
                    sealed: (reference.config().is_sealed(), target.config().is_sealed()),
                    records,
                    sampled,
                };
                drafts.extend(compare_feature(&named, a, b, by, options));
            }
            None if kind != Kind::Label && a.count() > a.nulls() && records.1 > 0 => {
                let design = careful(groups.as_ref(), records);
                let sides = ((a, records.0), (None, records.1));
                let draft = compare_types(&named, sides.0, sides.1, design, options);
                let sentence = format!("{name}: no record has it any more");
                drafts.extend(draft.map(|draft| draft.sentence(sentence)));
            }
            None => drafts.push(named.draft().not_tested("the target has no such feature")),
        }
    }
    for name in target.features().keys() {
        if !reference.features().contains_key(name) {
            let (group, kind) = place(name);
            let draft = Draft::new(group, name, kind, Scope::All);
            drafts.push(draft.not_tested("the reference has no such feature"));
        }
    }
    Ok(drafts)
}

fn place(name: &str, options: &CompareOptions, has_pictures: bool) -> (&'static str, Kind) {
    let part = name.split_once('.').filter(|_| has_pictures);
    let part = part.and_then(|(part, _)| PICTURES.into_iter().find(|group| *group == part));
    match name {
        "label" => (OUTPUTS, Kind::Label),
        "prediction" => (OUTPUTS, Kind::Output),
        _ if part.is_some() => (part.unwrap_or(RECORDS), Kind::Input),
        _ if is_output(name, &options.outputs) => (OUTPUTS, Kind::Output),
        _ => (RECORDS, Kind::Input),
    }
}

fn serves_as_class(reference: &Profile, target: &Profile, name: &str) -> bool {
    let both = |f: fn(&Profile) -> bool| f(reference) && f(target);
    let has_space = reference
        .spaces()
        .keys()
        .any(|space| target.spaces().contains_key(space));
    has_space
        && match name {
            "prediction" => both(|p| p.class_sources().prediction > 0),
            "label" => both(|p| p.class_sources().label > 0),
            _ => false,
        }
}

/// How a feature is compared other than by its type.
#[derive(Clone, Copy)]
struct Chosen<'a> {
    statistic: Option<Statistic>,
    /// Of an angle.
    period: Option<f64>,
    /// What belongs together.
    groups: Option<&'a Groups>,
    /// Whether the reference, and the target, is sealed.
    sealed: (bool, bool),
    /// Records of both.
    records: (u64, u64),
    sampled: Sampled<'a>,
}

/// How much less than their number records say of what samples do not keep.
pub(crate) fn careful(groups: Option<&Groups>, rows: (u64, u64)) -> DesignEffects {
    groups.map_or(DesignEffects::NONE, |groups| groups.careful_design(rows))
}

fn compare_feature(
    named: &Named<'_>,
    reference: &Feature,
    target: &Feature,
    by: Chosen<'_>,
    options: &CompareOptions,
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let both = |f: fn(&Feature) -> u64| f(reference) > 0 && f(target) > 0;
    let shares = by.statistic.and_then(Shares::by);
    if both(|f| f.numbers().count()) {
        let (a, b) = (reference.numbers(), target.numbers());
        let (thresholds, seed) = (&options.thresholds, options.seed);
        let size = Size::Wasserstein;
        let design = by.groups.map_or(DesignEffects::NONE, |groups| {
            groups.feature_design(named.feature, (a.count(), b.count()))
        });
        let without_ids = Sampled {
            paired: None,
            ..by.sampled
        };
        let said = |sampled: Sampled<'_>, draft| sampled.say(draft, told(a, b, thresholds));
        // Ids are held against each other where nobody chose another statistic.
        let whole = match (by.period, shares, by.statistic) {
            (Some(period), by, _) => {
                compare_angles(named, (a, b), period, by, design, thresholds, seed)
            }
            (None, Some(by), _) => said(
                without_ids,
                compare_binned(named, a, b, by, design, thresholds, seed),
            ),
            (None, _, Some(Statistic::W1)) => said(
                without_ids,
                compare_numbers_by_w1(named, a, b, design, thresholds, seed),
            ),
            (None, None, _) => said(
                by.sampled,
                compare_numbers(named, a, b, size, design, thresholds, seed),
            ),
        };
        drafts.push(whole);
        // A circle has no ends.
        if by.period.is_none() {
            drafts.extend(compare_tails(named, a, b, design, thresholds));
        }
    }
    if both(|f| f.categories().total()) {
        let totals = (reference.categories().total(), target.categories().total());
        let design = careful(by.groups, totals);
        drafts.push(compare_categories(
            named, reference, target, by, design, options,
        ));
    }
    let sides = match named.kind {
        Kind::Label => (reference.count(), target.count()),
        _ => by.records,
    };
    let design = careful(by.groups, sides);
    let (a, b) = ((reference, sides.0), (Some(target), sides.1));
    drafts.extend(compare_types(named, a, b, design, options));
    // Most pictures lack most tags: what neither window has is no finding about them.
    if drafts.is_empty() && !PICTURES.contains(&named.group) {
        let (n, m) = (reference.count(), target.count());
        let draft = named.draft().counts(n, m);
        drafts.push(draft.not_tested("neither side has a value"));
    }
    drafts
}

/// Test of the texts, where every one of them was counted.
///
/// Past their cap, counts are lower bounds, and which rare values are kept depends
/// on the order of the records: chi-square takes that for a change of the shares.
fn compare_categories(
    named: &Named<'_>,
    reference: &Feature,
    target: &Feature,
    by: Chosen<'_>,
    design: DesignEffects,
    options: &CompareOptions,
) -> Draft {
    let (a, b) = (reference.categories(), target.categories());
    if let Some(inexact) = [a, b].into_iter().find(|c| !c.is_exact()) {
        let cap = thousands(inexact.cap());
        return named
            .draft()
            .counts(a.total(), b.total())
            .not_tested(format!(
                "more than {cap} distinct values: an identifier, not a category?"
            ));
    }
    if let Some(what) = no_category(a).zip(no_category(b)).map(|(what, _)| what) {
        return named.draft().counts(a.total(), b.total()).not_tested(what);
    }
    if CLASSES.contains(&named.feature) {
        let [first, second] = [a, b].map(|side| side.iter().map(|(value, _)| value));
        if let Some(reason) = named_otherwise(first, second) {
            return named
                .draft()
                .counts(a.total(), b.total())
                .not_tested(reason);
        }
    }
    let counts = |categories: &Categories| -> Counts {
        categories
            .iter()
            .map(|(value, count)| (value.to_owned(), count.estimate))
            .collect()
    };
    let (mut first, mut second) = (counts(a), counts(b));
    if by.sealed.1 {
        aligned_counts(&mut first, &second, POOLED_VALUES);
    }
    if by.sealed.0 {
        aligned_counts(&mut second, &first, POOLED_VALUES);
    }
    let by = by.statistic.and_then(Shares::by).unwrap_or(Shares::CHI2);
    compare_counts_by(
        named,
        (&first, &second),
        design,
        by,
        &options.thresholds,
        options.seed,
    )
}

/// Texts from which it can be told that they are no categories.
const TOLD_FROM: u64 = 20;

/// Why texts say nothing by how often each comes, if they do not: they name the
/// records, or say when they were made.
fn no_category(categories: &Categories) -> Option<&'static str> {
    let (values, total) = (categories.len() as u64, categories.total());
    if total >= TOLD_FROM && categories.iter().all(|(value, _)| is_date(value)) {
        return Some("dates, which differ between windows by nature (see --time)");
    }
    // Nine of ten records have a value that no other has, or nearly so.
    if total >= TOLD_FROM && 10 * values >= 9 * total {
        return Some(
            "nearly each record has a value of its own: an identifier, not a category? (see --ids)",
        );
    }
    None
}

/// Whether a text begins as a date of ISO 8601 does, `2025-03-03`, and ends there or
/// goes on with a time.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
        && matches!(bytes.get(10), None | Some(b'T' | b't' | b' '))
}

/// A cap, at most 2^20, with a comma before each three digits.
fn thousands(n: usize) -> String {
    match (n / 1_000_000, n / 1000 % 1000, n % 1000) {
        (0, 0, rest) => format!("{rest}"),
        (0, k, rest) => format!("{k},{rest:03}"),
        (m, k, rest) => format!("{m},{k:03},{rest:03}"),
    }
}

/// Shares of numbers, infinities, texts, truth values, missing values: tested where they are not
/// all of one type. A record that does not name the feature lacks its value as one does in
/// which it is null.
fn compare_types(
    named: &Named<'_>,
    (reference, n): (&Feature, u64),
    (target, m): (Option<&Feature>, u64),
    design: DesignEffects,
    options: &CompareOptions,
) -> Option<Draft> {
    let counts = |f: &Feature, records: u64| -> Counts {
        [
            ("number", f.numbers().finite_count()),
            ("infinite", f.numbers().count() - f.numbers().finite_count()),
            ("not a number", f.numbers().nan_count()),
            ("text", f.categories().total() - f.truths()),
            ("truth value", f.truths()),
            (MISSING, f.missing_of(records)),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| (kind.to_owned(), count))
        .collect()
    };
    let a = counts(reference, n);
    let b = target.map_or_else(|| Counts::from([(MISSING.to_owned(), m)]), |f| counts(f, m));
    if a.len() < 2 && b.len() < 2 && a.keys().eq(b.keys()) {
        return None;
    }
    let feature = format!("{} type", named.feature);
    let named = Named {
        feature: &feature,
        ..named.clone()
    };
    Some(compare_counts(
        &named,
        &a,
        &b,
        design,
        &options.thresholds,
        options.seed,
    ))
}
