//! The entry: from runs to the answer.

use std::collections::BTreeSet;

use super::anchors::anchors;
use super::classes::classes;
use super::cloud::cloud;
use super::clusters::{Baseline, clusters, heaviest_of};
use super::common::{self, Rows, Run};
use super::curve::curve;
use super::judge::{Against, heaviest, likeness, not_tested};
use super::options::{MAX_RUNS, Question, StabilityOptions};
use super::result::{Anchor, Change, Likeness, Measure, MovedId, PairStability, Stability};
use super::run::{Geometry, mean};
use crate::compare::result::Note;
use crate::compare::stats::{HalfSamples, Procrustes, debiased_cka, distance_correlation};
use crate::error::{Error, ErrorKind, Result};
use crate::profile::Profile;
use crate::sphere::record_name;

/// Records named as those that moved.
const MOVED: usize = 100;
/// With a larger share of records without a usable embedding no run is called the same.
const UNUSABLE: f64 = 0.01;
/// Less than this share of the candidates compared is worth a note.
const WELL_MATCHED: f64 = 0.95;

/// Compares each later run with the first, on the records that all runs sampled.
///
/// The order of the runs means nothing but for the curve, which three and more have.
/// The result is the same for any number of threads; clusters may differ between
/// CPUs.
///
/// # Errors
/// [`ErrorKind::Argument`] for fewer than two runs, more than 64, a space that a run
/// does not have, or options that cannot be; [`ErrorKind::Incompatible`] if the runs
/// have fewer than 20 ids in common (with all counts), were sampled with different
/// seeds, or are sealed; [`ErrorKind::Format`] if a sample is damaged.
pub fn stability(runs: &[(&str, &Profile)], options: &StabilityOptions) -> Result<Stability> {
    options.check()?;
    if !(2..=MAX_RUNS).contains(&runs.len()) {
        let text = format!("2 to {MAX_RUNS} runs are compared, not {}", runs.len());
        return Err(Error::new(ErrorKind::Argument, text));
    }
    let runs = common::spaces(runs, options)?;
    let rows = common::rows(&runs, options)?;
    let names = class_names(&rows);
    let measured: Result<Vec<Geometry>> = (runs.iter().zip(&rows))
        .map(|(run, rows)| Geometry::new(run, rows, &names, options))
        .collect();
    let measured = measured?;
    let baseline = Baseline::new(&measured[0], &rows[0], options)?;
    let pairs: Vec<PairStability> = (1..runs.len())
        .map(|other| pair((0, other), &measured, &rows, &names, &baseline, options))
        .collect();
    let verdict = heaviest(pairs.iter().map(|pair| {
        match options.question {
            Question::SetOnly => pair.cloud_verdict,
            Question::Paired => (pair.geometry_verdict)
                .max(pair.classes_verdict)
                .max(pair.clusters_verdict),
        }
    }));
    // What became of the others is not known.
    let verdict = match runs.iter().any(|run| run.unusable_share() > UNUSABLE) {
        true => verdict.max(Change::Unclear),
        false => verdict,
    };
    let curve = match options.question {
        Question::Paired => curve(&measured, options),
        Question::SetOnly => Vec::new(),
    };
    let each = measured.iter().zip(&runs).zip(&rows);
    Ok(Stability {
        question: options.question,
        verdict,
        space: runs[0].space_name.into(),
        ids: rows
            .iter()
            .map(|rows| rows.rows.len() as u64)
            .min()
            .unwrap_or(0),
        neighbours: measured[0].neighbourhoods.k(),
        notes: notes(&runs, &rows, &measured, options),
        runs: each
            .map(|((geometry, run), rows)| geometry.summary(run, rows))
            .collect(),
        pairs,
        curve,
    })
}

/// Every class of a compared record, in order.
fn class_names(rows: &[Rows]) -> Vec<String> {
    let all = rows.iter().flat_map(|rows| &rows.rows);
    let names: BTreeSet<&String> = all.filter_map(|(_, row)| row.class.as_ref()).collect();
    names.into_iter().cloned().collect()
}

fn pair(
    (one, other): (usize, usize),
    runs: &[Geometry],
    rows: &[Rows],
    names: &[String],
    baseline: &Baseline,
    options: &StabilityOptions,
) -> PairStability {
    let (first, second) = (&runs[one], &runs[other]);
    let both = (first, second);
    let cloud = cloud(both, baseline, options);
    let mut out = PairStability {
        runs: (one, other),
        geometry: Vec::new(),
        geometry_verdict: Change::NotTested,
        classes: Vec::new(),
        class_pairs: Vec::new(),
        classes_verdict: Change::NotTested,
        partitions: Vec::new(),
        clusters: Vec::new(),
        clusters_verdict: Change::NotTested,
        anchors: Vec::new(),
        moved: Vec::new(),
        cloud_verdict: heaviest(cloud.iter().map(|likeness| likeness.verdict)),
        cloud,
    };
    if options.question == Question::SetOnly {
        return out;
    }
    let halves = HalfSamples::new(first.chords.rows(), options.rounds, options.seed);
    out.anchors = anchors(both, &rows[one], &halves);
    out.geometry = geometry(both, &out.anchors, &halves, options);
    out.geometry_verdict = heaviest(out.geometry.iter().map(|likeness| likeness.verdict));
    (out.classes, out.class_pairs) = classes(both, names, &halves, &options.thresholds);
    out.classes_verdict = heaviest(out.classes.iter().map(|class| class.verdict));
    (out.partitions, out.clusters) = clusters(both, baseline, &halves, options);
    out.clusters_verdict = heaviest_of(&out.partitions, &out.clusters);
    out.moved = moved(both, (&rows[one], &rows[other]));
    out
}

/// Whether the space is the same.
fn geometry(
    (first, second): (&Geometry, &Geometry),
    anchors: &[Anchor],
    halves: &HalfSamples,
    options: &StabilityOptions,
) -> Vec<Likeness> {
    let limits = &options.thresholds;
    let against = |threshold, by_chance| Against {
        threshold,
        by_chance,
        within: None,
    };
    let (a, b) = (&first.chords, &second.chords);
    let one_point = "all records of a run are one point";
    let whole = |measure, threshold, of: &(dyn Fn(Option<&[usize]>) -> Option<f64> + Sync)| {
        let value = of(None);
        let interval = value.and_then(|v| halves.interval(v, (-1.0, 1.0), |ids| of(Some(ids))));
        likeness(
            measure,
            value,
            interval,
            against(threshold, Some(0.0)),
            one_point,
        )
    };
    let kept = first.neighbourhoods.overlaps(&second.neighbourhoods);
    let of_kept = |ids: &[usize]| mean(&ids.iter().map(|&id| kept[id]).collect::<Vec<_>>());
    let value = mean(&kept);
    let interval = value.and_then(|value| halves.interval(value, (0.0, 1.0), of_kept));
    let chance = first.neighbourhoods.k() as f64 / (a.rows() - 1) as f64;
    let neighbours = against(limits.neighbours, Some(chance));
    vec![
        whole(Measure::Cka, limits.cka, &|ids| debiased_cka(a, b, ids)),
        likeness(
            Measure::NeighbourOverlap,
            value,
            interval,
            neighbours,
            one_point,
        ),
        whole(Measure::DistanceCorrelation, limits.distances, &|ids| {
            distance_correlation(a, b, ids)
        }),
        procrustes(first, second, halves, limits.procrustes),
        of_anchors(anchors, limits.distances),
    ]
}

fn procrustes(
    first: &Geometry,
    second: &Geometry,
    halves: &HalfSamples,
    threshold: f64,
) -> Likeness {
    let measure = Measure::ProcrustesResidual;
    if first.dim != second.dim {
        let reason = format!("the dimensions differ ({} and {})", first.dim, second.dim);
        return not_tested(measure, &reason);
    }
    let (a, b) = (&first.coordinates, &second.coordinates);
    let n = a.rows();
    let found = Procrustes::new(a, b, |id| id);
    // Records are in the order of a hash: half a turn further is no pair at all.
    let by_chance = Procrustes::new(a, b, |id| (id + n / 2) % n).map(|p| p.residual());
    let value = found.as_ref().map(Procrustes::residual);
    let interval = found.as_ref().and_then(|found| {
        halves.interval(found.residual(), (0.0, 1.0), |ids| {
            Some(found.residual_of(ids))
        })
    });
    let against = Against {
        threshold,
        by_chance,
        within: None,
    };
    likeness(
        measure,
        value,
        interval,
        against,
        "all records of a run are one point",
    )
}

/// The mean over the anchors; its interval is the mean of theirs, which is wider
/// than need be.
fn of_anchors(anchors: &[Anchor], threshold: f64) -> Likeness {
    let values: Option<Vec<f64>> = anchors.iter().map(|anchor| anchor.correlation).collect();
    let value = values.as_deref().and_then(mean);
    let ends: Option<Vec<_>> = anchors.iter().map(|anchor| anchor.interval).collect();
    let interval = ends.zip(value).map(|(ends, value)| {
        let of =
            |end: fn(&(f64, f64)) -> f64| ends.iter().map(end).sum::<f64>() / ends.len() as f64;
        crate::compare::stats::Interval {
            value,
            lower: of(|end| end.0),
            upper: of(|end| end.1),
        }
    });
    let against = Against {
        threshold,
        by_chance: Some(0.0),
        within: None,
    };
    let missing = "there are no clusters whose medoids could be anchors";
    likeness(
        Measure::AnchorCorrelation,
        value,
        interval,
        against,
        missing,
    )
}

/// The records that kept the fewest neighbours; of equal ones those whose former
/// neighbours are farthest away.
fn moved((first, second): (&Geometry, &Geometry), rows: (&Rows, &Rows)) -> Vec<MovedId> {
    let kept = first.neighbourhoods.overlaps(&second.neighbourhoods);
    let mut lost: Vec<(f64, f64, usize)> = (kept.iter().enumerate())
        .filter(|(_, kept)| **kept < 1.0)
        .map(|(id, kept)| {
            (
                *kept,
                first.neighbourhoods.mean_rank(id, &second.chords),
                id,
            )
        })
        .collect();
    lost.sort_by(|a, b| {
        let ranks = b.1.total_cmp(&a.1);
        a.0.total_cmp(&b.0).then(ranks).then(a.2.cmp(&b.2))
    });
    let named = lost.into_iter().take(MOVED).map(|(kept, rank, id)| {
        let ((hash, row), (_, other)) = (&rows.0.rows[id], &rows.1.rows[id]);
        MovedId {
            id: record_name(row.id.as_deref(), *hash),
            classes: (row.class.clone(), other.class.clone()),
            kept,
            rank,
        }
    });
    named.collect()
}

fn notes(
    runs: &[Run<'_>],
    rows: &[Rows],
    measured: &[Geometry],
    options: &StabilityOptions,
) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |code: &str, text: String| {
        notes.push(Note {
            code: code.into(),
            text,
        });
    };
    for run in runs.iter().filter(|run| run.unusable() > 0) {
        let tally = run.space.tally();
        let reasons = tally.skipped().chain(tally.failed());
        let reasons: Vec<String> = reasons.map(|(why, n)| format!("{why}: {n}")).collect();
        note(
            "unusable",
            format!(
                "{} of {} embeddings of {} cannot be used ({}): the answer is about the others{}",
                run.unusable(),
                tally.total(),
                run.name,
                reasons.join(", "),
                match run.unusable_share() > UNUSABLE {
                    true => ", and at best unclear",
                    false => "",
                }
            ),
        );
    }
    let paired = options.question == Question::Paired;
    for (run, rows) in runs.iter().zip(rows).filter(|_| paired) {
        if rows.used() < WELL_MATCHED {
            note(
                "partly-matched",
                format!(
                    "of the {} sampled ids of {}, {} are in all runs: the answer is about these",
                    rows.candidates,
                    run.name,
                    rows.rows.len()
                ),
            );
        }
    }
    let centred = |run: &Run<'_>| run.profile.config().spaces[run.space_name].mean.is_some();
    if runs.iter().any(|run| centred(run) != centred(&runs[0])) {
        let text = "some runs were profiled with --centre and some without: their directions mean \
                    different things";
        note("centred-apart", text.into());
    }
    let n = measured[0].chords.rows();
    if paired && n <= measured[0].dim && measured.iter().any(|run| run.dim == measured[0].dim) {
        note(
            "fewer-ids-than-dimensions",
            format!(
                "{n} records in {} dimensions: any two runs can be turned onto each other in part; \
                 hold the Procrustes residual against what shuffled ids give",
                measured[0].dim
            ),
        );
    }
    if paired && rows[0].rows.iter().any(|(_, row)| row.group.is_some()) {
        let text = "records come in groups, but intervals count each record alone: they are too \
                    narrow";
        note("groups", text.into());
    }
    notes
}
