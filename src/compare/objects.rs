//! Objects that records hold: boxes, masks, keypoints.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::profile::{ObjectFeature, ObjectGroup, ObjectTable, Profile};
use crate::sketch::{CoordinatedSample, Quantiles};

use super::calibration::compare_calibration;
use super::categories::{Counts, compare_counts};
use super::draft::{Draft, effect};
use super::extremes::{extremes, samples};
use super::features::{OUTPUTS, careful};
use super::finding::{Kind, Scope};
use super::groups::Groups;
use super::numbers::{Named, Size, compare_numbers, medians, told};
use super::object_classes::{compare_classes, compare_faults, compare_pairs, compare_sizes};
use super::object_design::{careful_design, number_design};
use super::object_words::{count_sentence, flag_sentence, number_sentence};
use super::options::CompareOptions;
use super::paired::{Paired, Told};
use super::repeats::DesignEffects;
use super::tails::compare_tails;
use super::thresholds::Thresholds;
use super::unlisted::{unknown_images, unknown_sizes};

/// The objects that vectors of scores make, and the column that says their score, too
/// (`measure::outputs::score_block`).
const SCORED: &str = "prediction";
const TOP_SCORE: &str = "top score";
/// Fewest objects a side for the numbers of a class.
const FEWEST_OBJECTS: u64 = 20;
/// How numbers begin that objects have or lack by what else is true of them: that is tested.
const CONDITIONAL: &str = "score if ";
/// Numbers of a class whose tails are tested: of the others the whole distribution
/// will do.
const TAILED: [&str; 3] = ["score", "area", "relative area"];

/// A table on both sides.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    pub(super) kind: &'a str,
    pub(super) reference: &'a ObjectTable,
    pub(super) target: &'a ObjectTable,
    /// How records depend on each other.
    pub(super) records: DesignEffects,
    /// Whether named values of the records say the same of all objects: vectors of scores
    /// give a class and a score to the record and to its one object.
    pub(super) is_told: bool,
    /// The records that both windows have, where they are mostly the same.
    pub(super) paired: Option<&'a Paired>,
    /// Samples that show which records changed.
    pub(super) sampled: &'a [(&'a CoordinatedSample, &'a CoordinatedSample)],
    pub(super) options: &'a CompareOptions,
}

impl Tables<'_> {
    pub(super) fn named<'n>(&self, feature: &'n str, scope: Scope) -> Named<'n> {
        Named {
            group: OUTPUTS,
            feature,
            kind: Kind::Output,
            scope,
        }
    }

    /// A tested number with what sampled records say of it: samples keep the counts and means of all
    /// objects, of no class.
    fn of_records(&self, mut draft: Draft, scope: &Scope, told: Told) -> Draft {
        if *scope != Scope::All {
            return draft;
        }
        if let Some(paired) = self.paired {
            draft = paired.refine(draft, told);
        }
        let finding = &mut draft.finding;
        if finding.records.is_empty() && finding.p_value.is_some_and(|p| p < self.options.alpha) {
            finding.records = extremes(&finding.feature, (told.from, told.to), self.sampled);
        }
        draft
    }
}

/// Tests of every kind of objects that both sides have: how many there are in a record, of
/// which classes, which classes come together, and the numbers of all and of each
/// class.
///
/// Objects of one record depend on each other: tests count fewer of them, by the
/// design effect of each number ([`ImageSums`](crate::profile::ImageSums)).
pub(super) fn compare_objects(
    reference: &Profile,
    target: &Profile,
    paired: Option<&Paired>,
    options: &CompareOptions,
) -> Result<Vec<Draft>> {
    let groups = Groups::of_any(reference, target);
    let sampled: Vec<_> = samples(reference, target).collect();
    let (a, b) = (reference.objects(), target.objects());
    let kinds: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let mut drafts = Vec::new();
    for kind in kinds {
        let (Some(first), Some(second)) = (a.get(kind), b.get(kind)) else {
            let side = if a.contains_key(kind) {
                "target"
            } else {
                "reference"
            };
            let draft = Draft::new(OUTPUTS, kind, Kind::Output, Scope::All);
            drafts.push(draft.not_tested(format!("the {side} has no such objects")));
            continue;
        };
        let tables = Tables {
            kind,
            reference: first,
            target: second,
            is_told: [reference, target]
                .iter()
                .all(|profile| kind == SCORED && profile.features().contains_key(TOP_SCORE)),
            records: careful(groups.as_ref(), (first.records(), second.records())),
            paired,
            sampled: &sampled,
            options,
        };
        drafts.extend(compare_table(tables)?);
    }
    Ok(drafts)
}

fn compare_table(tables: Tables<'_>) -> Result<Vec<Draft>> {
    let Tables {
        reference, target, ..
    } = tables;
    let mut drafts = Vec::new();
    drafts.extend(compare_faults(tables).map(Draft::of_objects));
    if !tables.is_told {
        drafts.extend(compare_classes(tables).map(Draft::of_objects));
        drafts.extend(compare_pairs(tables));
    }
    let sizes = compare_sizes(tables).into_iter();
    drafts.extend(sizes.map(Draft::of_objects));
    let (all, all_target) = (reference.all(), target.all());
    drafts.extend(compare_group(tables, Scope::All, all, all_target)?);
    // Of one class there is nothing to say that all do not say.
    let names: BTreeSet<&String> = reference
        .classes()
        .keys()
        .chain(target.classes().keys())
        .collect();
    if names.len() < 2
        && [reference, target]
            .iter()
            .all(|t| t.unclassified().objects() == 0)
    {
        return Ok(drafts);
    }
    for (name, group) in reference.classes() {
        if let Some(other) = target.classes().get(name) {
            let scope = Scope::Class(name.clone());
            drafts.extend(compare_group(tables, scope, group, other)?);
        }
    }
    Ok(drafts)
}

/// Tests of the objects of one class, or of all.
fn compare_group(
    tables: Tables<'_>,
    scope: Scope,
    reference: &ObjectGroup,
    target: &ObjectGroup,
) -> Result<Vec<Draft>> {
    let enough = |group: &ObjectGroup| group.objects() >= FEWEST_OBJECTS;
    if scope != Scope::All && !(enough(reference) && enough(target)) {
        return Ok(Vec::new());
    }
    let mut drafts = Vec::new();
    if !tables.is_told {
        drafts.extend(match unknown_images(reference, target) {
            Some(reason) => vec![count_draft(tables, &scope).not_tested(reason)],
            None => compare_count(tables, &scope, reference, target)?,
        });
    }
    let calibration = compare_calibration(tables, &scope, reference, target);
    drafts.extend(calibration.into_iter().map(Draft::of_objects));
    let (first, second) = (reference.features(), target.features());
    let names: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    for name in names {
        if tables.is_told && scope == Scope::All && name == "score" {
            continue;
        }
        if let (Some(a), Some(b)) = (first.get(name), second.get(name)) {
            drafts.extend(compare_feature(
                tables,
                &scope,
                name,
                (reference, target),
                (a, b),
            ));
        }
        // One that no object of a side has is missing in all of them.
        if !name.starts_with(CONDITIONAL) {
            let missing = compare_missing(tables, &scope, name, (reference, target));
            drafts.extend(missing.map(Draft::of_objects));
        }
    }
    Ok(drafts)
}

fn count_draft(tables: Tables<'_>, scope: &Scope) -> Draft {
    let feature = format!("{} count", tables.kind);
    let (n, m) = (tables.reference.records(), tables.target.records());
    tables.named(&feature, scope.clone()).draft().counts(n, m)
}

/// How many there are in a record, those without any included.
fn compare_count(
    tables: Tables<'_>,
    scope: &Scope,
    reference: &ObjectGroup,
    target: &ObjectGroup,
) -> Result<Vec<Draft>> {
    let (n, m) = (tables.reference.records(), tables.target.records());
    if reference.counts().is_joined() || target.counts().is_joined() || n == 0 || m == 0 {
        return Ok(Vec::new());
    }
    let feature = format!("{} count", tables.kind);
    let named = tables.named(&feature, scope.clone());
    let (a, b) = (reference.counts_of(n)?, target.counts_of(m)?);
    let options = tables.options;
    let draft = compare_numbers(
        &named,
        &a,
        &b,
        Size::Wasserstein,
        tables.records,
        &options.thresholds,
        options.seed,
    );
    let means = (
        reference.objects() as f64 / n as f64,
        target.objects() as f64 / m as f64,
    );
    let draft = draft.sentence(count_sentence(tables.kind, scope, means));
    let draft = with_change_of_mean(draft, means, &options.thresholds);
    let of_means = options.thresholds.object_count * means.0;
    let told = Told {
        from: means.0,
        to: means.1,
        matters: told(&a, &b, &options.thresholds).matters.min(of_means),
    };
    Ok(vec![tables.of_records(draft, scope, told)])
}

/// Of numbers of objects, most of them 0, the spread says little: that a tenth of all objects is gone
/// matters, whatever the sd.
fn with_change_of_mean(mut draft: Draft, (from, to): (f64, f64), thresholds: &Thresholds) -> Draft {
    if draft.finding.p_value.is_some() && from > 0.0 {
        let change = (to - from).abs() / from;
        draft.finding.other_effects.push(effect(
            "change",
            change,
            "of the mean",
            thresholds.object_count,
            None,
        ));
    }
    draft
}

fn compare_feature(
    tables: Tables<'_>,
    scope: &Scope,
    name: &str,
    groups: (&ObjectGroup, &ObjectGroup),
    features: (&ObjectFeature, &ObjectFeature),
) -> Vec<Draft> {
    let design = number_design(tables, groups, features);
    let (a, b) = (features.0.numbers(), features.1.numbers());
    let full = format!("{} {name}", tables.kind);
    let named = tables.named(&full, scope.clone());
    let options = tables.options;
    let flags = truths(a).zip(truths(b));
    let means = match scope {
        Scope::All => record_means(tables, name, design.effective(a.count(), b.count())),
        _ => None,
    };
    if let Some((first, second)) = means {
        let draft = compare_numbers(
            &named,
            first,
            second,
            Size::Wasserstein,
            tables.records,
            &options.thresholds,
            options.seed,
        );
        let draft = means_told(draft, tables.kind, name, flags.is_some(), (first, second));
        let mut told = told(first, second, &options.thresholds);
        if flags.is_some() {
            (told.from, told.to) = (mean(first), mean(second));
        }
        let mut drafts = vec![tables.of_records(draft, scope, told)];
        if TAILED.contains(&name) {
            let tails = compare_tails(&named, a, b, design, &options.thresholds);
            drafts.extend(tails.into_iter().map(Draft::of_objects));
        }
        return drafts;
    }
    if let Some((first, second)) = flags {
        let draft = compare_counts(
            &named,
            &first,
            &second,
            design,
            &options.thresholds,
            options.seed,
        );
        let share = |counts: &Counts, of: &Quantiles| {
            counts.get(YES).copied().unwrap_or(0) as f64 / of.count() as f64
        };
        let shares = (share(&first, a), share(&second, b));
        let mut draft = draft.sentence(flag_sentence(tables.kind, name, scope, shares));
        // That none touched the border before, and one does now, is no new value.
        draft.striking = false;
        draft.finding.new_values.clear();
        draft.finding.lost_values.clear();
        let told = Told {
            from: shares.0,
            to: shares.1,
            matters: options.thresholds.total_variation,
        };
        let draft = tables.of_records(draft, scope, told);
        return vec![draft.of_objects()];
    }
    let mut draft = compare_numbers(
        &named,
        a,
        b,
        Size::Wasserstein,
        design,
        &options.thresholds,
        options.seed,
    );
    if let Some(sentence) = number_sentence(tables.kind, name, scope, medians(a, b)) {
        draft = draft.sentence(sentence);
    }
    // Sampled records keep means, so it is their sd that counts.
    let means = means_of(tables, name);
    let matters = means.map_or(f64::NAN, |(a, b)| told(a, b, &options.thresholds).matters);
    let told = Told {
        matters,
        ..told(a, b, &options.thresholds)
    };
    let draft = tables.of_records(draft, scope, told);
    let mut drafts = vec![draft];
    if TAILED.contains(&name) {
        drafts.extend(compare_tails(&named, a, b, design, &options.thresholds));
    }
    drafts.into_iter().map(Draft::of_objects).collect()
}

/// The means of each record, where they are worth more than all objects are: where few
/// records hold much of all objects, these are worth few independent ones, while of their means each
/// record has one.
fn record_means<'a>(
    tables: Tables<'a>,
    name: &str,
    (n, m): (f64, f64),
) -> Option<(&'a Quantiles, &'a Quantiles)> {
    let (a, b) = means_of(tables, name)?;
    let (records, records_target) = tables.records.effective(a.count(), b.count());
    let worth = |n: f64, m: f64| n * m / (n + m);
    (worth(records, records_target) > worth(n, m)).then_some((a, b))
}

/// The means of each record that has any.
fn means_of<'a>(tables: Tables<'a>, name: &str) -> Option<(&'a Quantiles, &'a Quantiles)> {
    let of = |table: &'a ObjectTable| table.record_means().get(name);
    of(tables.reference).zip(of(tables.target))
}

/// What means of each record say: of a number that is 0 or 1 they are shares.
fn means_told(
    draft: Draft,
    kind: &str,
    name: &str,
    are_flags: bool,
    (a, b): (&Quantiles, &Quantiles),
) -> Draft {
    let said = match are_flags {
        true => Some(flag_sentence(kind, name, &Scope::All, (mean(a), mean(b)))),
        false => number_sentence(kind, name, &Scope::All, medians(a, b)),
    };
    let said = said.unwrap_or_else(|| draft.finding.sentence.clone());
    draft.sentence(format!("{said}, each record counted once"))
}

fn mean(numbers: &Quantiles) -> f64 {
    numbers.mean().map_or(f64::NAN, |mean| mean.estimate)
}

const YES: &str = "yes";
const NO: &str = "no";

/// Counts of a number that is only ever 0 or 1.
fn truths(numbers: &Quantiles) -> Option<Counts> {
    let mut counts = Counts::new();
    for bucket in numbers.buckets() {
        let value = match (bucket.lower, bucket.upper) {
            (0.0, 0.0) => NO,
            (1.0, 1.0) => YES,
            _ => return None,
        };
        counts.insert(value.to_owned(), bucket.count);
    }
    (numbers.finite_count() == numbers.count() && !counts.is_empty()).then_some(counts)
}

/// Objects that lack a number others have.
fn compare_missing(
    tables: Tables<'_>,
    scope: &Scope,
    name: &str,
    (reference, target): (&ObjectGroup, &ObjectGroup),
) -> Option<Draft> {
    let missing = (reference.missing(name), target.missing(name));
    // Two lists without an object say nothing of what objects have.
    if missing == (0, 0) || reference.objects() == 0 || target.objects() == 0 {
        return None;
    }
    let feature = format!("{} {name} missing", tables.kind);
    let named = tables.named(&feature, scope.clone());
    if let Some(reason) = unknown_sizes(name, reference, target) {
        let draft = named.draft();
        let draft = draft.counts(reference.objects(), target.objects());
        return Some(draft.not_tested(reason));
    }
    let counts = |group: &ObjectGroup, missing: u64| -> Counts {
        [("missing", missing), ("there", group.objects() - missing)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(what, count)| (what.to_owned(), count))
            .collect()
    };
    let (a, b) = (counts(reference, missing.0), counts(target, missing.1));
    let options = tables.options;
    Some(compare_counts(
        &named,
        &a,
        &b,
        careful_design(tables, (reference, target)),
        &options.thresholds,
        options.seed,
    ))
}
