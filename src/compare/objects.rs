//! Objects that records hold: boxes, masks, keypoints.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::profile::{ObjectGroup, ObjectTable, Profile};

use super::calibration::compare_calibration;
use super::draft::{Draft, effect};
use super::features::{OUTPUTS, careful};
use super::finding::{Kind, Scope};
use super::groups::Groups;
use super::numbers::{Named, Size, compare_numbers, told};
use super::object_classes::{compare_classes, compare_faults, compare_pairs, compare_sizes};
use super::object_numbers::{compare_feature, compare_missing};
use super::object_words::count_sentence;
use super::options::CompareOptions;
use super::paired::{Sampled, Told};
use super::repeats::DesignEffects;
use super::thresholds::Thresholds;
use super::unlisted::unknown_images;

/// The objects that vectors of scores make, and the column that says their score, too
/// (`measure::outputs::score_block`).
const SCORED: &str = "prediction";
const TOP_SCORE: &str = "top score";
/// Fewest objects a side for the numbers of a class.
const FEWEST_OBJECTS: u64 = 20;
/// How numbers begin that objects have or lack by what else is true of them: that is tested.
const CONDITIONAL: &str = "score if ";
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
    pub(super) sampled: Sampled<'a>,
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
    pub(super) fn of_records(&self, draft: Draft, scope: &Scope, told: Told) -> Draft {
        match scope {
            Scope::All => self.sampled.say(draft, told),
            _ => draft,
        }
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
    sampled: Sampled<'_>,
    options: &CompareOptions,
) -> Result<Vec<Draft>> {
    let groups = Groups::of_any(reference, target);
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
            sampled,
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
