//! Tests of rows against centres: classes, clusters, boundaries, novelty.

use std::collections::BTreeMap;

use crate::profile::{SpaceGroup, SpaceProfile};
use crate::sketch::{Quantiles, SampledRow, common_buckets};
use crate::sphere::{Medoid, record_name};

use super::binned::Shares;
use super::categories::{Counts, compare_counts, compare_counts_by};
use super::draft::{Draft, effect};
use super::finding::{Kind, Scope, TellingRecord};
use super::groups::Groups;
use super::numbers::{Named, Size, compare_numbers, percent};
use super::options::CompareOptions;
use super::repeats::DesignEffects;
use super::stats::{detectable_share_shift, share_test};
use super::view::{Centres, View};

/// Fewest rows a side for a test of one class or cluster.
const MIN_GROUP_ROWS: u64 = 20;
/// Records named in a finding.
const RECORDS_SHOWN: usize = 5;
/// Records named for one class or cluster of many.
const FAR_SHOWN: usize = 2;
/// Findings with larger p-values will hardly be judged as drift.
const NOTEWORTHY: f64 = 0.05;
/// The class of rows beyond the configured number of classes.
const OTHER_CLASSES: &str = "other classes";

/// Why distances of a reference in groups say little of a target.
const OWN_GROUP: &str = "1 % or more of what made a record's centre were others of its own \
                         group, which new groups lack";

/// What a space's tests are told about it.
pub(crate) struct SpaceContext<'a> {
    /// The group that the findings are judged in.
    pub(crate) group: &'a str,
    pub(crate) options: &'a CompareOptions,
    /// Whether both sides have classes.
    pub(crate) classed: bool,
    /// How the shares of the classes are compared.
    pub(crate) class_shares: Shares,
    /// How much less than their number the records of each side say.
    pub(crate) design: DesignEffects,
    /// What belongs together, where both sides say it.
    pub(crate) groups: Option<&'a Groups>,
    /// Whether the centres were made from the reference.
    pub(crate) own_centres: bool,
}

impl SpaceContext<'_> {
    pub(crate) fn named<'n>(&'n self, feature: &'n str, scope: Scope) -> Named<'n> {
        Named {
            group: self.group,
            feature,
            kind: Kind::Embedding,
            scope,
        }
    }

    pub(crate) fn draft(&self, feature: &str, scope: Scope) -> Draft {
        self.named(feature, scope).draft()
    }

    /// The design effects of what `by` says, where there are groups.
    pub(crate) fn design_of(
        &self,
        (reference, target): (&SpaceProfile, &SpaceProfile),
        by: fn(&Groups, (u64, u64)) -> DesignEffects,
    ) -> DesignEffects {
        let rows = (reference.rows(), target.rows());
        self.groups.map_or(self.design, |groups| by(groups, rows))
    }

    /// Distances to centres that records of the same groups made.
    fn not_left_out(&self, made: fn(&Groups) -> bool) -> bool {
        self.own_centres && self.groups.is_some_and(made)
    }
}

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
        number(context, "own-centre distance", scope, a, b)
            .leads(context.classed)
            .sampled(sampled)
    };
    let mut drafts = vec![
        distance(
            Scope::All,
            view.reference.own_distance(),
            view.target.own_distance(),
        ),
        number(
            context,
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

/// The record that stands for a class or cluster in the reference, and, where
/// the target's rows may lie elsewhere, those of the sample that lie farthest
/// out.
fn telling(
    name: &str,
    medoid: Option<&Medoid>,
    target: &SpaceGroup,
    draft: &Draft,
) -> Vec<TellingRecord> {
    let medoid = medoid.map(|medoid| medoid_record(name, medoid));
    let mut records: Vec<TellingRecord> = medoid.into_iter().collect();
    if draft.finding.p_value.is_some_and(|p| p < NOTEWORTHY) {
        let mut rows: Vec<_> = target.sample().rows().collect();
        let distance = |row: &SampledRow<'_>| row.row.distance.unwrap_or(0.0);
        rows.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
        let far = rows.iter().take(FAR_SHOWN);
        records.extend(far.map(|row| sampled_record(row, format!("far out in {name}"))));
    }
    records
}

/// The target's records farthest from every cluster, which show best what a
/// space has that the reference had not.
pub(crate) fn farthest(view: &View) -> impl Iterator<Item = TellingRecord> + '_ {
    novel_records(view, "farthest from every cluster", 0.0)
}

/// Shares of the clusters, distances to them, and what lies beyond.
pub(crate) fn clusters(context: &SpaceContext<'_>, view: &View) -> Vec<Draft> {
    let sampled = view.centres == Centres::Sampled;
    if context.not_left_out(Groups::made_cluster_centres) {
        let (a, b) = (
            view.reference.cluster_distance().count(),
            view.target.cluster_distance().count(),
        );
        let distances = ["cluster distance", "novel share"].map(|feature| {
            let draft = context.draft(feature, Scope::All).counts(a, b);
            draft.sampled(sampled).not_tested(OWN_GROUP)
        });
        let shares = cluster_shares(context, view).sampled(sampled);
        return [shares].into_iter().chain(distances).collect();
    }
    let mut drafts = vec![
        cluster_shares(context, view).sampled(sampled),
        number(
            context,
            "cluster distance",
            Scope::All,
            view.reference.cluster_distance(),
            view.target.cluster_distance(),
        )
        .sampled(sampled),
        novelty(context, view).sampled(sampled),
    ];
    let pairs = view.reference.clusters().iter().zip(view.target.clusters());
    for (cluster, ((a, b), centre)) in pairs.zip(view.codebook.clusters()).enumerate() {
        if a.count().min(b.count()) < MIN_GROUP_ROWS {
            continue; // its share is tested above
        }
        let scope = Scope::Cluster(centre.name.clone());
        let draft = number(
            context,
            "cluster distance",
            scope,
            a.distance(),
            b.distance(),
        );
        let mut draft = draft.sampled(sampled);
        let medoid = cluster_medoid(view, cluster);
        draft.finding.records = telling(&centre.name, medoid, b, &draft);
        drafts.push(draft);
    }
    drafts
}

fn number(
    context: &SpaceContext<'_>,
    feature: &str,
    scope: Scope,
    reference: &Quantiles,
    target: &Quantiles,
) -> Draft {
    let named = context.named(feature, scope);
    let options = context.options;
    compare_numbers(
        &named,
        reference,
        target,
        Size::MedianShift,
        context.design,
        &options.thresholds,
        options.seed,
    )
}

/// The real record that stands for a cluster: of all reference rows, else of
/// the codebook.
fn cluster_medoid(view: &View, cluster: usize) -> Option<&Medoid> {
    let nearest = view.reference.clusters()[cluster].nearest();
    nearest.or(view.codebook.clusters()[cluster].medoid.as_ref())
}

fn medoid_record(name: &str, medoid: &Medoid) -> TellingRecord {
    TellingRecord {
        id: medoid.id.clone(),
        role: format!("medoid of {name}"),
        distance: Some(medoid.distance),
    }
}

fn sampled_record(entry: &SampledRow<'_>, role: String) -> TellingRecord {
    TellingRecord {
        id: record_name(entry.row.id.as_deref(), entry.hash),
        role,
        distance: entry.row.distance,
    }
}

/// The target's records farthest from every cluster, at least at `limit`.
fn novel_records<'v>(
    view: &'v View,
    role: &'v str,
    limit: f64,
) -> impl Iterator<Item = TellingRecord> + 'v {
    let novel = view.target.novel().iter();
    novel
        .filter(move |record| record.distance >= limit)
        .take(RECORDS_SHOWN)
        .map(move |record| TellingRecord {
            id: record.id.clone(),
            role: role.to_owned(),
            distance: Some(record.distance),
        })
}

fn cluster_shares(context: &SpaceContext<'_>, view: &View) -> Draft {
    let counts = |space: &SpaceProfile| -> Counts {
        let names = view.codebook.clusters().iter().map(|c| c.name.clone());
        names
            .zip(space.clusters().iter().map(SpaceGroup::count))
            .collect()
    };
    let mut draft = compare_counts(
        &context.named("cluster shares", Scope::All),
        &counts(&view.reference),
        &counts(&view.target),
        context.design_of((&view.reference, &view.target), Groups::cluster_design),
        &context.options.thresholds,
        context.options.seed,
    );
    // A cluster is no value that a record has: filling an empty one is a shift
    // like any other, judged by the effect.
    draft.striking = false;
    let grown = draft
        .finding
        .shares
        .iter()
        .max_by(|a, b| (a.target - a.reference).total_cmp(&(b.target - b.reference)))
        .filter(|s| s.target > s.reference)
        .and_then(|s| {
            let clusters = view.codebook.clusters();
            clusters.iter().position(|c| c.name == s.value)
        });
    if let Some(cluster) = grown {
        let name = &view.codebook.clusters()[cluster].name;
        let medoid = cluster_medoid(view, cluster).map(|medoid| medoid_record(name, medoid));
        draft.finding.records.extend(medoid);
        draft.finding.records.extend(new_in_cluster(view, cluster));
    }
    draft
}

/// Sampled target records of a cluster that the reference's sample lacks.
fn new_in_cluster(view: &View, cluster: usize) -> impl Iterator<Item = TellingRecord> {
    let known: Vec<u64> = view.reference.clusters()[cluster]
        .sample()
        .totals()
        .map(|(hash, _)| hash)
        .collect();
    let name = &view.codebook.clusters()[cluster].name;
    view.target.clusters()[cluster]
        .sample()
        .rows()
        .filter(move |entry| known.binary_search(&entry.hash).is_err())
        .take(RECORDS_SHOWN)
        .map(move |entry| sampled_record(&entry, format!("new in grown {name}")))
}

/// Share of rows farther from every cluster than nearly all of the reference:
///
/// ```text
/// edge = the reference's bucket edge at rank q = min(0.999, 1 - 10 / n)
/// ```
fn novelty(context: &SpaceContext<'_>, view: &View) -> Draft {
    let (a, b) = (
        view.reference.cluster_distance(),
        view.target.cluster_distance(),
    );
    let (n, m) = (a.count(), b.count());
    let draft = context.draft("novel share", Scope::All).counts(n, m);
    if m == 0 {
        return draft.not_tested("the target has no rows");
    }
    if n < MIN_GROUP_ROWS {
        return draft.not_tested(format!("fewer than {MIN_GROUP_ROWS} rows in the reference"));
    }
    let common = common_buckets(a, b);
    let keep = (1.0 - 10.0 / n as f64).clamp(0.5, 0.999) * n as f64;
    let mut below = 0;
    let edge = common.first.iter().take_while(|&&count| {
        let inside = ((below + count) as f64) <= keep;
        below += if inside { count } else { 0 };
        inside
    });
    let edge = edge.count();
    let beyond = |counts: &[u64]| counts[edge..].iter().sum::<u64>();
    let outside = (beyond(&common.first), beyond(&common.second));
    let (few, many) = (
        context.design.thin(outside.0, outside.1),
        context.design.thin(n, m),
    );
    let Some(test) = share_test(few.0, many.0, few.1, many.1) else {
        return draft.not_tested("a side has no rows");
    };
    let (from, to) = (outside.0 as f64 / n as f64, outside.1 as f64 / m as f64);
    let effective = context.design.effective(n, m);
    let mut draft = draft
        .test("beta-binomial", to - from, test.p_value, None)
        .effect(effect(
            "share difference",
            to - from,
            "share",
            context.options.thresholds.novel_share,
            Some(detectable_share_shift(from, effective.0, effective.1)),
        ))
        .sentence(format!(
            "records farther from every cluster than {} of the reference: {} -> {}",
            percent(1.0 - from),
            percent(from),
            percent(to)
        ));
    let limit = common.buckets.get(edge).map_or(f64::INFINITY, |b| b.lower);
    let records = novel_records(view, "most novel", limit);
    draft.finding.records.extend(records);
    draft
}
