//! Tests of the clusters: their shares, distances to their centres, novelty.

use crate::profile::{SpaceGroup, SpaceProfile};
use crate::sketch::common_buckets;

use super::categories::{Counts, compare_counts};
use super::context::{MIN_GROUP_ROWS, OWN_GROUP, SpaceContext};
use super::draft::{Draft, effect};
use super::figures::percent;
use super::finding::Scope;
use super::groups::Groups;
use super::stats::{detectable_share_shift, share_test};
use super::telling::{cluster_medoid, medoid_record, new_in_cluster, novel_records, telling};
use super::view::{Centres, View};

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
        context
            .distance(
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
        let draft = context.distance("cluster distance", scope, a.distance(), b.distance());
        let mut draft = draft.sampled(sampled);
        let medoid = cluster_medoid(view, cluster);
        draft.finding.records = telling(&centre.name, medoid, b, &draft);
        drafts.push(draft);
    }
    drafts
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
