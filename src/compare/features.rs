//! Named values of the records.

use crate::error::Result;
use crate::profile::{Feature, POOLED_VALUES, Profile};
use crate::sketch::Categories;

use super::angles::{compare_angles, periods};
use super::binned::{Shares, compare_binned};
use super::categories::{Counts, compare_counts, compare_counts_by};
use super::draft::Draft;
use super::finding::{Kind, Scope};
use super::groups::Groups;
use super::numbers::{Named, Size, compare_numbers, compare_numbers_by_w1};
use super::options::CompareOptions;
use super::outputs::is_output;
use super::repeats::DesignEffects;
use super::sealed::aligned_counts;
use super::statistic::{Statistic, chosen};
use super::tails::compare_tails;

/// The group of labels, predictions and scores.
const OUTPUTS: &str = "outputs";
/// The group of all other named values.
const RECORDS: &str = "records";

/// Tests of every feature that both sides have. A feature that serves as the
/// class of a space is tested there.
///
/// # Errors
/// Those of [`chosen`] and of [`periods`].
pub(crate) fn compare_features(
    reference: &Profile,
    target: &Profile,
    options: &CompareOptions,
) -> Result<Vec<Draft>> {
    let periods = periods(reference, target)?;
    let statistics = chosen(&options.statistics, reference, target)?;
    let groups = Groups::of_any(reference, target);
    let mut drafts = Vec::new();
    for (name, a) in reference.features() {
        if serves_as_class(reference, target, name) {
            continue;
        }
        let (group, kind) = place(name, options);
        let named = Named {
            group,
            feature: name,
            kind,
            scope: Scope::All,
        };
        match target.features().get(name) {
            Some(b) => {
                let by = Chosen {
                    statistic: statistics.get(name).copied(),
                    period: periods.get(name.as_str()).copied(),
                    groups: groups.as_ref(),
                    sealed: (reference.config().is_sealed(), target.config().is_sealed()),
                };
                drafts.extend(compare_feature(&named, a, b, by, options));
            }
            None => drafts.push(named.draft().not_tested("the target has no such feature")),
        }
    }
    for name in target.features().keys() {
        if !reference.features().contains_key(name) {
            let (group, kind) = place(name, options);
            let draft = Draft::new(group, name, kind, Scope::All);
            drafts.push(draft.not_tested("the reference has no such feature"));
        }
    }
    Ok(drafts)
}

fn place(name: &str, options: &CompareOptions) -> (&'static str, Kind) {
    match name {
        "label" => (OUTPUTS, Kind::Label),
        "prediction" => (OUTPUTS, Kind::Output),
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
}

impl Chosen<'_> {
    /// How much less than their number records say of what samples do not keep.
    fn careful(self, n: u64, m: u64) -> DesignEffects {
        self.groups
            .map_or(DesignEffects::NONE, |groups| groups.careful_design((n, m)))
    }
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
        let whole = match (by.period, shares, by.statistic) {
            (Some(period), by, _) => {
                compare_angles(named, (a, b), period, by, design, thresholds, seed)
            }
            (None, Some(by), _) => compare_binned(named, a, b, by, design, thresholds, seed),
            (None, _, Some(Statistic::W1)) => {
                compare_numbers_by_w1(named, a, b, design, thresholds, seed)
            }
            _ => compare_numbers(named, a, b, size, design, thresholds, seed),
        };
        drafts.push(whole);
        // A circle has no ends.
        if by.period.is_none() {
            drafts.extend(compare_tails(named, a, b, design, thresholds));
        }
    }
    if both(|f| f.categories().total()) {
        let design = by.careful(reference.categories().total(), target.categories().total());
        drafts.push(compare_categories(
            named, reference, target, by, design, options,
        ));
    }
    let design = by.careful(reference.count(), target.count());
    drafts.extend(compare_types(named, reference, target, design, options));
    if drafts.is_empty() {
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

/// A cap, at most 2^20, with a comma before each three digits.
fn thousands(n: usize) -> String {
    match (n / 1_000_000, n / 1000 % 1000, n % 1000) {
        (0, 0, rest) => format!("{rest}"),
        (0, k, rest) => format!("{k},{rest:03}"),
        (m, k, rest) => format!("{m},{k:03},{rest:03}"),
    }
}

/// Shares of numbers, infinities, texts, truth values, missing values: tested where they are not
/// all of one type.
fn compare_types(
    named: &Named<'_>,
    reference: &Feature,
    target: &Feature,
    design: DesignEffects,
    options: &CompareOptions,
) -> Option<Draft> {
    let counts = |f: &Feature| -> Counts {
        [
            ("number", f.numbers().finite_count()),
            ("infinite", f.numbers().count() - f.numbers().finite_count()),
            ("not a number", f.numbers().nan_count()),
            ("text", f.categories().total() - f.truths()),
            ("truth value", f.truths()),
            ("missing", f.nulls()),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| (kind.to_owned(), count))
        .collect()
    };
    let (a, b) = (counts(reference), counts(target));
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
