//! One run against the first, section by section.

use super::canvas::Canvas;
use super::escape::clip;
use super::number;
use super::page::Entry;
use super::parts::{LISTED, NAME, SENTENCE, more};
use super::stability_page::{run_names, tone};
use crate::compare::stability::{
    Anchor, Change, ClassStability, ClusterStability, Likeness, MovedId, PairStability, Question,
    Stability,
};

/// Records named unless everything is asked for.
const TOLD: usize = 5;

pub(super) fn pair(
    page: &mut dyn Canvas,
    stability: &Stability,
    pair: &PairStability,
    verbose: bool,
) {
    let names = run_names(stability, NAME);
    let (first, later) = (&names[pair.runs.0], &names[pair.runs.1]);
    page.heading(&format!("{later} against {first}"));
    if stability.question == Question::Paired {
        measures(page, pair.geometry.iter().chain(&pair.partitions));
        classes(page, pair, verbose);
        clusters(page, pair, verbose);
        anchors(page, &pair.anchors, verbose);
        moved(page, &pair.moved, stability.neighbours, verbose);
        page.details(&format!(
            "The clouds, ids aside: {}",
            pair.cloud_verdict.name()
        ));
    }
    measures(page, pair.cloud.iter());
}

fn entry(verdict: Change) -> Entry {
    Entry::left(verdict.name()).toned(tone(verdict))
}

fn shown(value: Option<f64>) -> String {
    value.map_or("-".into(), |value| format!("{value:.3}"))
}

fn between(interval: Option<(f64, f64)>) -> String {
    interval.map_or("-".into(), |(lower, upper)| {
        format!("{lower:.3} to {upper:.3}")
    })
}

fn measures<'a>(page: &mut dyn Canvas, all: impl Iterator<Item = &'a Likeness>) {
    let all: Vec<&Likeness> = all.collect();
    let row = |likeness: &&Likeness| {
        let demanded = likeness.threshold.map_or("-".into(), |threshold| {
            let word = if likeness.measure.larger_is_alike() {
                "at least"
            } else {
                "at most"
            };
            format!("{word} {threshold:.2}")
        });
        vec![
            Entry::left(likeness.measure.name()),
            Entry::right(shown(likeness.value)),
            Entry::right(between(likeness.interval)),
            Entry::right(demanded),
            Entry::right(shown(likeness.by_chance)),
            Entry::right(shown(likeness.within)),
            entry(likeness.verdict),
        ]
    };
    page.table(
        &[
            "measure",
            "value",
            "95 % interval",
            "the same",
            "by chance",
            "first run",
            "verdict",
        ],
        all.iter().map(row).collect(),
    );
    page.aside(
        "the same: from where on it counts so. by chance: records that do not belong together. \
         first run: two fits to it alone, with other seeds.",
    );
    for likeness in all.iter().filter(|likeness| likeness.reason.is_some()) {
        page.item("-", &clip(&likeness.sentence, SENTENCE));
    }
}

fn classes(page: &mut dyn Canvas, pair: &PairStability, verbose: bool) {
    if pair.classes.is_empty() {
        return;
    }
    page.heading("Classes, least stable first");
    let tested = pair
        .classes
        .iter()
        .filter(|c| c.verdict != Change::NotTested);
    let (all, found) = tested.fold((0, 0), |(all, found), class| {
        (all + 1, found + u64::from(class.found_again()))
    });
    page.text(&format!("{found} of {all} tested classes are found again."));
    let limit = if verbose { pair.classes.len() } else { LISTED };
    let both = |of: [Option<f64>; 2]| {
        of.map(|x| x.map_or("-".into(), |x| format!("{x:.2}")))
            .join("→")
    };
    let row = |class: &ClassStability| {
        let runs = [&class.runs.0, &class.runs.1];
        let factor = class.moved_against.as_ref();
        vec![
            Entry::left(clip(&class.class, NAME)),
            Entry::right(number::count(runs[0].ids.max(runs[1].ids))),
            Entry::right(shown(class.jaccard)),
            Entry::right(between(class.interval)),
            Entry::right(factor.map_or("-".into(), |(_, factor)| format!("{factor:.2}"))),
            Entry::right(both(runs.map(|run| run.in_own_class))),
            Entry::right(both(runs.map(|run| run.compactness))),
            entry(class.verdict),
        ]
    };
    page.table(
        &[
            "class",
            "ids",
            "Jaccard",
            "95 % interval",
            "apart",
            "in own",
            "compact",
            "verdict",
        ],
        pair.classes.iter().take(limit).map(row).collect(),
    );
    page.aside(
        "Jaccard: records nearest to its centre in both runs, by those in either. apart: the largest \
         factor by which its separation from another class changed (squared distance of the means by the \
         variance; below 1: nearer), against the median of all pairs. in own: share of its records nearest to its centre. compact: mean \
         distance of two of them.",
    );
    more(page, pair.classes.len(), limit);
    for moved in pair.class_pairs.iter().take(TOLD) {
        let (a, b) = (clip(&moved.classes.0, NAME), clip(&moved.classes.1, NAME));
        let how = if moved.factor < 1.0 {
            "came together"
        } else {
            "moved apart"
        };
        page.item(
            "-",
            &format!(
                "{a} and {b} {how}: separation {} → {} ({})",
                number::number(moved.separations.0),
                number::number(moved.separations.1),
                moved.verdict.name()
            ),
        );
    }
}

fn clusters(page: &mut dyn Canvas, pair: &PairStability, verbose: bool) {
    if pair.clusters.is_empty() {
        return;
    }
    page.details("Clusters, least stable first");
    let limit = if verbose { pair.clusters.len() } else { LISTED };
    let row = |cluster: &ClusterStability| {
        let matched = cluster.matched.as_deref();
        vec![
            Entry::left(clip(&cluster.cluster, NAME)),
            Entry::left(matched.map_or("-".into(), |name| clip(name, NAME))),
            Entry::right(format!("{} → {}", cluster.ids.0, cluster.ids.1)),
            Entry::right(format!("{:.3}", cluster.jaccard)),
            Entry::right(between(cluster.interval)),
            Entry::right(shown(cluster.within)),
            entry(cluster.verdict),
        ]
    };
    page.table(
        &[
            "cluster",
            "became",
            "ids",
            "Jaccard",
            "95 % interval",
            "first run",
            "verdict",
        ],
        pair.clusters.iter().take(limit).map(row).collect(),
    );
    page.aside(
        "A cluster that other fits to the first run do not find again tells nothing about the second \
         run: not tested.",
    );
    more(page, pair.clusters.len(), limit);
}

fn anchors(page: &mut dyn Canvas, anchors: &[Anchor], verbose: bool) {
    if anchors.is_empty() {
        return;
    }
    page.details("The same anchors in both runs");
    let limit = if verbose { anchors.len() } else { TOLD };
    let row = |anchor: &Anchor| {
        vec![
            Entry::left(clip(&anchor.id, NAME)),
            Entry::left(clip(&anchor.cluster, NAME)),
            Entry::right(shown(anchor.correlation)),
            Entry::right(between(anchor.interval)),
            Entry::right(format!("{:.3} → {:.3}", anchor.medians.0, anchor.medians.1)),
        ]
    };
    page.table(
        &[
            "anchor",
            "medoid of",
            "correlation",
            "95 % interval",
            "median distance",
        ],
        anchors.iter().take(limit).map(row).collect(),
    );
    more(page, anchors.len(), limit);
}

fn moved(page: &mut dyn Canvas, moved: &[MovedId], neighbours: usize, verbose: bool) {
    if moved.is_empty() {
        return;
    }
    page.details("Records whose neighbourhood changed most");
    let limit = if verbose { moved.len() } else { TOLD };
    for record in moved.iter().take(limit) {
        let kept = (record.kept * neighbours as f64).round();
        let class = match &record.classes {
            (Some(a), Some(b)) if a == b => format!(", {}", clip(a, NAME)),
            (Some(a), Some(b)) => format!(", {} → {}", clip(a, NAME), clip(b, NAME)),
            _ => String::new(),
        };
        page.record(
            &record.id,
            &format!(
                "keeps {kept} of {neighbours} neighbours; the former ones are now at mean rank {:.0}{class}",
                record.rank
            ),
        );
    }
    more(page, moved.len(), limit);
}
