//! Tests of the classes: their shares, distances to their centres and boundaries.

use std::collections::BTreeMap;

use crate::profile::{SpaceGroup, SpaceProfile};
use crate::sketch::Quantiles;

use super::categories::{Counts, compare_counts_by};
use super::class_naming::named_otherwise;
use super::context::{MIN_GROUP_ROWS, OWN_GROUP, SpaceContext};
use super::draft::Draft;
use super::finding::Scope;
use super::groups::Groups;
use super::telling::{RECORDS_SHOWN, sampled_record, telling};
use super::view::{Centres, View};

/// The class of rows beyond the configured number of classes.
const OTHER_CLASSES: &str = "other classes";

/// Every class of a space with its rows.
pub(crate) fn class_groups(space: &SpaceProfile) -> BTreeMap<&str, &SpaceGroup> {
    let other = space.other_classes().map(|group| (OTHER_CLASSES, group));
    space
        .classes()
        .iter()
        .map(|(name, group)| (name.as_str(), group))
        .chain(other)
        .collect()
}

fn class_counts(space: &SpaceProfile) -> Counts {
    class_groups(space)
        .into_iter()
        .map(|(name, group)| (name.to_owned(), group.count()))
        .collect()
}

/// Shares of the classes over all rows; a new class is named by its most
/// telling records.
pub(crate) fn class_shares(
    context: &SpaceContext<'_>,
    reference: &SpaceProfile,
    target: &SpaceProfile,
) -> Draft {
    let named = context.named("class shares", Scope::All);
    let [a, b] = [reference, target].map(|space| space.classes().keys().map(String::as_str));
    if let Some(reason) = named_otherwise(a, b) {
        return named
            .draft()
            .counts(reference.rows(), target.rows())
            .not_tested(reason);
    }
    let mut draft = compare_counts_by(
        &named,
        (&class_counts(reference), &class_counts(target)),
        context.design_of((reference, target), Groups::class_design),
        context.class_shares,
        &context.options.thresholds,
        context.options.seed,
    )
    .leads(context.classed);
    let groups = class_groups(target);
    for class in &draft.finding.new_values {
        let Some(group) = groups.get(class.as_str()) else {
            continue;
        };
        let records = group
            .sample()
            .rows()
            .take(RECORDS_SHOWN)
            .map(|entry| sampled_record(&entry, format!("of new class {class}")));
        draft.finding.records.extend(records);
    }
    draft.finding.records.truncate(2 * RECORDS_SHOWN);
    draft
}

/// Distances to the own class's centre and to the class boundary.
pub(crate) fn class_distances(context: &SpaceContext<'_>, view: &View) -> Vec<Draft> {
    let sampled = view.centres == Centres::Sampled;
    if context.not_left_out(Groups::made_class_centres) {
        let (a, b) = (view.reference.own_distance(), view.target.own_distance());
        let draft = context.draft("own-centre distance", Scope::All);
        return vec![
            draft
                .counts(a.count(), b.count())
                .sampled(sampled)
                .not_tested(OWN_GROUP),
        ];
    }
    let (reference, target) = (class_groups(&view.reference), class_groups(&view.target));
    let distance = |scope, a: &Quantiles, b: &Quantiles| {
        context
            .distance("own-centre distance", scope, a, b)
            .leads(context.classed)
            .sampled(sampled)
    };
    let mut drafts = vec![
        distance(
            Scope::All,
            view.reference.own_distance(),
            view.target.own_distance(),
        ),
        context
            .distance(
                "boundary distance",
                Scope::All,
                view.reference.boundary(),
                view.target.boundary(),
            )
            .sampled(sampled),
    ];
    for (name, a) in &reference {
        let Some(b) = target.get(name) else { continue };
        let scope = Scope::Class((*name).to_owned());
        if a.distance().count().min(b.distance().count()) < MIN_GROUP_ROWS {
            let draft = context
                .draft("own-centre distance", scope)
                .counts(a.distance().count(), b.distance().count())
                .sampled(sampled)
                .not_tested(format!("fewer than {MIN_GROUP_ROWS} rows on one side"));
            drafts.push(draft);
            continue;
        }
        let mut draft = distance(scope, a.distance(), b.distance());
        draft.finding.records = telling(name, a.nearest(), b, &draft);
        drafts.push(draft);
    }
    drafts
}
