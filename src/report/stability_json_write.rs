//! From an answer about runs to its document.

use super::json_frame::Frame;
use super::json_write::finite;
use super::stability_json::{
    Anchor, Class, ClassInRun, ClassPair, Cluster, Document, Interval, Likeness, Moved, Note, Pair,
    Point, Run, Step,
};
use super::stability_page::stability_headline;
use crate::compare::stability as answer;
use crate::compare::stats;

/// The document of an answer that ends the command with `exit_status`.
#[must_use]
pub fn document(stability: &answer::Stability, exit_status: u8) -> Document<'_> {
    Document {
        frame: Frame::new("driftsphere stability"),
        question: stability.question.name(),
        verdict: stability.verdict.name(),
        headline: stability_headline(stability),
        exit_status,
        space: &stability.space,
        ids: stability.ids,
        neighbours: stability.neighbours,
        runs: stability.runs.iter().map(run).collect(),
        pairs: stability.pairs.iter().map(pair).collect(),
        curve: stability.curve.iter().map(point).collect(),
        notes: (stability.notes.iter())
            .map(|note| Note {
                code: &note.code,
                text: &note.text,
            })
            .collect(),
    }
}

/// The same as indented text with a line feed at its end.
#[must_use]
pub fn to_text(stability: &answer::Stability, exit_status: u8) -> String {
    super::json_text::to_text(&document(stability, exit_status))
}

fn run(run: &answer::RunSummary) -> Run<'_> {
    Run {
        name: &run.name,
        records: run.records,
        model: run.model.as_deref(),
        dim: run.dim,
        candidates: run.candidates,
        ambiguous: run.ambiguous,
        unusable: run.unusable,
        used: run.used,
        effective_dimension: run.effective_dimension,
        mean_distance: run.mean_distance,
        in_own_class: run.in_own_class,
        silhouette: run.silhouette,
    }
}

fn pair(pair: &answer::PairStability) -> Pair<'_> {
    Pair {
        first: pair.runs.0,
        second: pair.runs.1,
        geometry_verdict: pair.geometry_verdict.name(),
        classes_verdict: pair.classes_verdict.name(),
        clusters_verdict: pair.clusters_verdict.name(),
        cloud_verdict: pair.cloud_verdict.name(),
        geometry: pair.geometry.iter().map(likeness).collect(),
        partitions: pair.partitions.iter().map(likeness).collect(),
        cloud: pair.cloud.iter().map(likeness).collect(),
        classes: pair.classes.iter().map(class).collect(),
        class_pairs: pair.class_pairs.iter().map(class_pair).collect(),
        clusters: pair.clusters.iter().map(cluster).collect(),
        anchors: pair.anchors.iter().map(anchor).collect(),
        moved: pair.moved.iter().map(moved).collect(),
    }
}

fn lower(interval: Option<(f64, f64)>) -> Option<f64> {
    interval.and_then(|(lower, _)| finite(lower))
}

fn upper(interval: Option<(f64, f64)>) -> Option<f64> {
    interval.and_then(|(_, upper)| finite(upper))
}

fn likeness(likeness: &answer::Likeness) -> Likeness<'_> {
    Likeness {
        measure: likeness.measure.name(),
        value: likeness.value,
        lower: lower(likeness.interval),
        upper: upper(likeness.interval),
        by_chance: likeness.by_chance,
        within: likeness.within,
        threshold: likeness.threshold,
        larger_is_alike: likeness.measure.larger_is_alike(),
        verdict: likeness.verdict.name(),
        reason: likeness.reason.as_deref(),
        sentence: &likeness.sentence,
    }
}

fn class(class: &answer::ClassStability) -> Class<'_> {
    let moved = class.moved_against.as_ref();
    Class {
        class: &class.class,
        jaccard: class.jaccard,
        lower: lower(class.interval),
        upper: upper(class.interval),
        found_again: class.found_again(),
        moved_against: moved.map(|(other, _)| other.as_str()),
        factor: moved.map(|(_, factor)| *factor),
        first: class_in_run(&class.runs.0),
        second: class_in_run(&class.runs.1),
        verdict: class.verdict.name(),
        reason: class.reason.as_deref(),
    }
}

fn class_in_run(class: &answer::ClassInRun) -> ClassInRun<'_> {
    let nearest = class.nearest.as_ref();
    ClassInRun {
        ids: class.ids,
        in_own_class: class.in_own_class,
        compactness: class.compactness,
        silhouette: class.silhouette,
        nearest: nearest.map(|(other, _)| other.as_str()),
        separation: nearest.map(|(_, separation)| *separation),
    }
}

fn class_pair(pair: &answer::ClassPair) -> ClassPair<'_> {
    ClassPair {
        class: &pair.classes.0,
        other: &pair.classes.1,
        first: pair.separations.0,
        second: pair.separations.1,
        factor: pair.factor,
        lower: lower(pair.interval),
        upper: upper(pair.interval),
        verdict: pair.verdict.name(),
    }
}

fn cluster(cluster: &answer::ClusterStability) -> Cluster<'_> {
    Cluster {
        cluster: &cluster.cluster,
        matched: cluster.matched.as_deref(),
        first_ids: cluster.ids.0,
        second_ids: cluster.ids.1,
        jaccard: cluster.jaccard,
        lower: lower(cluster.interval),
        upper: upper(cluster.interval),
        within: cluster.within,
        verdict: cluster.verdict.name(),
        reason: cluster.reason.as_deref(),
    }
}

fn anchor(anchor: &answer::Anchor) -> Anchor<'_> {
    Anchor {
        id: &anchor.id,
        cluster: &anchor.cluster,
        correlation: anchor.correlation,
        lower: lower(anchor.interval),
        upper: upper(anchor.interval),
        first_median: anchor.medians.0,
        second_median: anchor.medians.1,
    }
}

fn moved(moved: &answer::MovedId) -> Moved<'_> {
    Moved {
        id: &moved.id,
        first_class: moved.classes.0.as_deref(),
        second_class: moved.classes.1.as_deref(),
        kept: moved.kept,
        rank: moved.rank,
    }
}

fn point(point: &answer::CurvePoint) -> Point {
    let interval = |interval: Option<stats::Interval>| {
        interval.map(|interval| Interval {
            value: interval.value,
            lower: interval.lower,
            upper: interval.upper,
        })
    };
    let step = |step: &Option<answer::Step>| {
        step.as_ref().map(|step| Step {
            cka: interval(step.cka),
            neighbours: interval(step.neighbours),
        })
    };
    Point {
        run: point.run,
        to_first: step(&point.to_first),
        to_previous: step(&point.to_previous),
        to_last: step(&point.to_last),
    }
}
