//! Comparing spaces of which at least one is sealed.

use std::sync::Arc;

use crate::error::Result;
use crate::profile::{PairDistances, Profile, SealedSpace, SpaceGroup, SpaceProfile};
use crate::sphere::Codebook;

use super::categories::Counts;
use super::classes::{class_distances, class_shares};
use super::clusters::clusters;
use super::context::SpaceContext;
use super::directions::{DIRECTIONS, Spectral, spectral_draft};
use super::draft::{Draft, effect};
use super::figures::{number, signed};
use super::finding::{QuantilePair, Scope};
use super::mix::mix_or_meaning;
use super::options::CompareOptions;
use super::repeats::DesignEffects;
use super::result::Note;
use super::seal::summary;
use super::space::{SpaceAnswer, class_shares_by, group_of, norm};
use super::stats::{Components, SideComponents, effective_rows, turn_degrees};
use super::view::View;

/// Components that the spectral test has where it rests on those of two sealed
/// sides: further ones were cut off on one side or the other.
const MOST_COMPONENTS: usize = 50;

/// All tests that need no sampled rows.
pub(crate) fn compare_sealed(
    mut answer: SpaceAnswer,
    name: &str,
    reference: &Profile,
    target: &Profile,
    options: &CompareOptions,
) -> Result<SpaceAnswer> {
    let (first, second) = (&reference.spaces()[name], &target.spaces()[name]);
    let group = group_of(name);
    let (a, b) = (aligned(first, second), aligned(second, first));
    let with_classes = [reference, target]
        .iter()
        .all(|p| p.class_sources().name() != "none");
    let classed = with_classes && !(a.classes().is_empty() || b.classes().is_empty());
    let context = SpaceContext {
        group: &group,
        options,
        classed,
        class_shares: class_shares_by(reference, target, options),
        design: DesignEffects::NONE,
        groups: None,
        own_centres: false,
    };
    if classed {
        answer.drafts.push(class_shares(&context, &a, &b));
        answer.summary.mix_or_meaning = mix_or_meaning(&a, &b);
    }
    let summaries = (
        summary(reference, name, first)?,
        summary(target, name, second)?,
    );
    answer.drafts.extend(norm(&context, &a, &b));
    answer
        .drafts
        .push(directions(&context, (&a, &b), &summaries)?);
    for feature in ["discrepancy", "neighbours"] {
        let draft = context
            .draft(feature, Scope::All)
            .counts(a.rows(), b.rows());
        answer
            .drafts
            .push(draft.not_tested("sealed: it needs sampled records"));
    }
    answer.drafts.extend(spreads(&context, &summaries));
    let hashes = (summaries.0.centres, summaries.1.centres);
    let books = [reference, target].map(|p| p.config().spaces[name].codebook.clone());
    match (hashes, books) {
        ((Some(x), Some(y)), [Some(book), Some(other)]) if x == y => {
            let view = view((a, b), &book, &other)?;
            view.centres.name().clone_into(&mut answer.summary.centres);
            answer.summary.codebook = Some(format!("{:032x}", book.content_hash()));
            if classed {
                answer.drafts.extend(class_distances(&context, &view));
            }
            answer.drafts.extend(clusters(&context, &view));
        }
        _ => {
            let features = ["own-centre distance", "cluster distance", "novel share"];
            answer.drafts.extend(features.map(|feature| {
                let draft = context
                    .draft(feature, Scope::All)
                    .counts(a.rows(), b.rows());
                draft.not_tested("sealed: the windows were not profiled with one codebook")
            }));
        }
    }
    answer.notes.push(note(name, first, second));
    Ok(answer)
}

fn note(name: &str, reference: &SpaceProfile, target: &SpaceProfile) -> Note {
    let side = match (reference.sealed().is_some(), target.sealed().is_some()) {
        (true, true) => "both windows are",
        (true, false) => "the reference is",
        _ => "the target is",
    };
    Note {
        code: "sealed".into(),
        text: format!(
            "{side} sealed in space {name}: tests on samples were not made, records are not \
             named, shared, repeated and grouped records are not noticed, and classes and values \
             of fewer than 20 rows are counted together."
        ),
    }
}

/// The space with those classes among the others that the sealed other side may
/// have among its own.
fn aligned(space: &SpaceProfile, other: &SpaceProfile) -> SpaceProfile {
    let mut out = space.clone();
    if other.sealed().is_none() || other.other_classes().is_none() {
        return out;
    }
    let names: Vec<String> = space.classes().keys().cloned().collect();
    for name in names
        .into_iter()
        .filter(|name| !other.classes().contains_key(name))
    {
        out.pool_class(&name);
    }
    out
}

/// The same of the values of a feature, where `pool` stands for rare ones.
pub(crate) fn aligned_counts(counts: &mut Counts, other: &Counts, pool: &str) {
    if !other.contains_key(pool) {
        return;
    }
    let unknown = counts
        .iter()
        .filter(|(value, _)| !other.contains_key(*value));
    let sum: u64 = unknown.map(|(_, count)| count).sum();
    counts.retain(|value, _| other.contains_key(value));
    if sum > 0 {
        *counts.entry(pool.to_owned()).or_default() += sum;
    }
}

/// The spectral test with the components of both sides and its closed form.
fn directions(
    context: &SpaceContext<'_>,
    (a, b): (&SpaceProfile, &SpaceProfile),
    summaries: &(SealedSpace, SealedSpace),
) -> Result<Draft> {
    let counts = (a.rows(), b.rows());
    let draft = context
        .draft(DIRECTIONS, Scope::All)
        .counts(counts.0, counts.1);
    let (Some(x), Some(y)) = (summaries.0.components(), summaries.1.components()) else {
        return Ok(draft.not_tested("sealed: fewer than 20 sampled records on one side"));
    };
    let side = |c: &crate::profile::SealedComponents| SideComponents {
        rows: usize::try_from(c.rows).unwrap_or(usize::MAX),
        eigenvalues: c.eigenvalues().to_vec(),
        vectors: c.vectors(),
    };
    let means = [a, b].map(|space| space.directions().mean().unwrap_or_default());
    let difference: Vec<f64> = means[0].iter().zip(&means[1]).map(|(a, b)| b - a).collect();
    let components = Components::of_two([&side(x), &side(y)], &difference, MOST_COMPONENTS)?;
    let (n, m) = (counts.0 as f64, counts.1 as f64);
    let n_e = effective_rows(n, m);
    let statistic = components.statistic(&difference, n_e);
    let (separation, detectable) = components.closed_form_separation(statistic, n_e);
    let test = Spectral {
        statistic,
        p_value: components.closed_form_p(statistic),
        rounds: None,
        separation,
        detectable,
    };
    let turned = turn_degrees(&means[0], &means[1], n, m);
    Ok(spectral_draft(context, &test, turned, None).counts(counts.0, counts.1))
}

/// Distances of pairs: how far they moved. No record can be permuted, and pairs
/// that share one are not independent: there is no p-value.
fn spreads(context: &SpaceContext<'_>, (a, b): &(SealedSpace, SealedSpace)) -> Vec<Draft> {
    let mut scopes: Vec<(Scope, &PairDistances, &PairDistances)> = Vec::new();
    scopes.extend(
        a.all
            .as_ref()
            .zip(b.all.as_ref())
            .map(|(x, y)| (Scope::All, x, y)),
    );
    for (name, x) in &a.classes {
        scopes.extend(
            b.classes
                .get(name)
                .map(|y| (Scope::Class(name.clone()), x, y)),
        );
    }
    for (name, x) in &a.clusters {
        scopes.extend(
            b.clusters
                .get(name)
                .map(|y| (Scope::Cluster(name.clone()), x, y)),
        );
    }
    for (names, x) in &a.between {
        if let Some(y) = b.between.get(names) {
            let scope = Scope::BetweenClasses(format!("{} and {}", names.0, names.1));
            scopes.push((scope, x, y));
        }
    }
    let drafts = scopes
        .into_iter()
        .filter_map(|(scope, x, y)| spread(context, scope, x, y));
    drafts.collect()
}

fn spread(
    context: &SpaceContext<'_>,
    scope: Scope,
    a: &PairDistances,
    b: &PairDistances,
) -> Option<Draft> {
    let shift = (b.mean() - a.mean()) / Some(a.sd()).filter(|sd| *sd > 0.0)?;
    let threshold = context.options.thresholds.median_shift;
    let draft = context
        .draft("pairwise distance", scope)
        .counts(a.rows(), b.rows())
        .effect(effect("mean shift", shift, "reference sd", threshold, None))
        .sentence(format!(
            "mean distance of pairs {} -> {} ({} reference sd)",
            number(a.mean()),
            number(b.mean()),
            signed(shift)
        ))
        .sampled(true);
    let mut draft = draft.not_tested("sealed: no records to permute");
    let at = |pairs: &PairDistances, rank| {
        pairs
            .distances()
            .quantile(rank)
            .ok()
            .flatten()
            .map(|q| q.estimate)
    };
    draft.finding.quantiles = [0.05, 0.5, 0.95]
        .into_iter()
        .filter_map(|rank| {
            Some(QuantilePair {
                rank,
                reference: at(a, rank)?,
                target: at(b, rank)?,
            })
        })
        .collect();
    Some(draft)
}

/// Both sides as they are, with the clusters that both know.
fn view(
    (mut a, mut b): (SpaceProfile, SpaceProfile),
    book: &Arc<Codebook>,
    other: &Arc<Codebook>,
) -> Result<View> {
    let has = |book: &Codebook, name: &str| book.clusters().iter().any(|c| c.name == name);
    let keep = |book: &Codebook, other: &Codebook, groups: &[SpaceGroup]| -> Vec<SpaceGroup> {
        let groups = book.clusters().iter().zip(groups);
        let kept = groups.filter(|(centre, _)| has(other, &centre.name));
        kept.map(|(_, group)| group.clone()).collect()
    };
    let clusters = (
        keep(book, other, a.clusters()),
        keep(other, book, b.clusters()),
    );
    a.set_clusters(clusters.0);
    b.set_clusters(clusters.1);
    let common = book.clusters().iter().filter(|c| has(other, &c.name));
    let codebook = Codebook::new(
        book.dim(),
        book.distance(),
        book.classes().to_vec(),
        common.cloned().collect(),
        Vec::new(),
        book.provenance().clone(),
    )?;
    Ok(View::of_strangers(a, b, Arc::new(codebook)))
}
