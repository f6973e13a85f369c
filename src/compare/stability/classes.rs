//! Classes in two runs: their records, and their distance from each other.

use super::judge::verdict;
use super::options::StabilityThresholds;
use super::result::{Change, ClassInRun, ClassPair, ClassStability};
use super::run::{Geometry, mean};
use crate::compare::stats::{ClassGeometry, HalfSamples, Interval};

/// Fewest records of a class that anything is said of.
const FEWEST: u64 = 8;

/// The classes of two runs, least stable first, and the pairs that moved.
pub(super) fn classes(
    (first, second): (&Geometry, &Geometry),
    names: &[String],
    halves: &HalfSamples,
    thresholds: &StabilityThresholds,
) -> (Vec<ClassStability>, Vec<ClassPair>) {
    let pairs = pairs(first, second, names, halves, thresholds);
    let regions: Vec<_> = (first.regions.iter().copied())
        .zip(second.regions.iter().copied())
        .collect();
    let jaccard = |class: usize, ids: &mut dyn Iterator<Item = usize>| {
        let (mut both, mut either) = (0u32, 0u32);
        for id in ids {
            let (a, b) = (regions[id].0 == Some(class), regions[id].1 == Some(class));
            both += u32::from(a && b);
            either += u32::from(a || b);
        }
        if either > 0 {
            f64::from(both) / f64::from(either)
        } else {
            f64::NAN
        }
    };
    let all: Vec<f64> = (0..names.len())
        .map(|class| jaccard(class, &mut (0..regions.len())))
        .collect();
    let intervals = halves.intervals(&all, (0.0, 1.0), |ids| {
        let of = |class| jaccard(class, &mut ids.iter().copied());
        (0..names.len()).map(of).collect()
    });
    let mut out: Vec<ClassStability> = (0..names.len())
        .map(|class| {
            let runs = (in_run(first, class, names), in_run(second, class, names));
            one(
                class,
                names,
                all[class],
                intervals[class],
                &pairs,
                runs,
                thresholds,
            )
        })
        .collect();
    let order = |class: &ClassStability| (class.verdict, class.jaccard.unwrap_or(1.0));
    out.sort_by(|a, b| {
        let ((va, ja), (vb, jb)) = (order(a), order(b));
        vb.cmp(&va)
            .then(ja.total_cmp(&jb))
            .then_with(|| a.class.cmp(&b.class))
    });
    let moved = pairs.into_iter().filter(|pair| pair.verdict > Change::Same);
    (out, moved.collect())
}

fn one(
    class: usize,
    names: &[String],
    jaccard: f64,
    interval: Option<Interval>,
    pairs: &[ClassPair],
    runs: (ClassInRun, ClassInRun),
    thresholds: &StabilityThresholds,
) -> ClassStability {
    let name = &names[class];
    let interval = interval.map(|interval| (interval.lower, interval.upper));
    // A class that is gone from one run is changed, not too small to tell.
    let (least, most) = (runs.0.ids.min(runs.1.ids), runs.0.ids.max(runs.1.ids));
    let small = if least == 0 { most } else { least } < FEWEST;
    let jaccard = jaccard.is_finite().then_some(jaccard);
    let of = |pair: &&ClassPair| pair.classes.0 == *name || pair.classes.1 == *name;
    let moved = pairs.iter().find(of);
    let kept = jaccard.map_or(Change::NotTested, |jaccard| {
        verdict(jaccard, interval, thresholds.jaccard, true)
    });
    ClassStability {
        class: name.clone(),
        jaccard,
        interval,
        moved_against: moved.map(|pair| {
            let other = if pair.classes.0 == *name {
                &pair.classes.1
            } else {
                &pair.classes.0
            };
            (other.clone(), pair.factor)
        }),
        verdict: match small {
            true => Change::NotTested,
            false => kept.max(moved.map_or(Change::NotTested, |pair| pair.verdict)),
        },
        reason: small.then(|| format!("fewer than {FEWEST} of its records are sampled")),
        runs,
    }
}

fn in_run(run: &Geometry, class: usize, names: &[String]) -> ClassInRun {
    let members = || (0..run.classes.len()).filter(|&id| run.classes[id] == Some(class));
    let count = members().count();
    let own = members()
        .filter(|&id| run.regions[id] == Some(class))
        .count();
    let silhouettes: Vec<f64> = members().filter_map(|id| run.silhouettes[id]).collect();
    let nearest = run.class_geometry.nearest(class);
    ClassInRun {
        ids: count as u64,
        in_own_class: (count > 0).then(|| own as f64 / count as f64),
        compactness: run.class_geometry.compactness(class),
        silhouette: mean(&silhouettes),
        nearest: nearest.map(|(other, separation)| (names[other].clone(), separation)),
    }
}

/// Every pair of classes that is large enough, the most moved first.
///
/// Where a run trained longer all classes are farther apart; what is asked is
/// whether two of them moved against the others, so the factor is taken against the
/// median of all pairs. Of two classes there is no other pair to take it against.
fn pairs(
    first: &Geometry,
    second: &Geometry,
    names: &[String],
    halves: &HalfSamples,
    thresholds: &StabilityThresholds,
) -> Vec<ClassPair> {
    let k = names.len();
    let large = |class: &usize| {
        let counts = [first, second].map(|run| run.class_geometry.count(*class));
        counts.iter().all(|&count| count >= FEWEST)
    };
    let classes: Vec<usize> = (0..k).filter(large).collect();
    let each: Vec<(usize, usize)> = (classes.iter().enumerate())
        .flat_map(|(at, &a)| classes[at + 1..].iter().map(move |&b| (a, b)))
        .collect();
    let factors = |before: &ClassGeometry, after: &ClassGeometry| -> Vec<f64> {
        let log = |&(a, b): &(usize, usize)| after.ratio(before, a, b).map_or(f64::NAN, libm::log);
        let logs: Vec<f64> = each.iter().map(log).collect();
        let usual = if classes.len() > 2 {
            median(&logs)
        } else {
            0.0
        };
        logs.iter().map(|log| log - usual).collect()
    };
    let all = factors(&first.class_geometry, &second.class_geometry);
    let bounds = (f64::NEG_INFINITY, f64::INFINITY);
    let intervals = halves.intervals(&all, bounds, |ids| {
        let part = |run: &Geometry| ClassGeometry::new(&run.chords, &run.classes, k, Some(ids));
        factors(&part(first), &part(second))
    });
    let limit = libm::log(thresholds.separation);
    let mut out: Vec<ClassPair> = each
        .iter()
        .zip(&all)
        .zip(intervals)
        .filter(|((_, log), _)| log.is_finite())
        .map(|((&(a, b), &log), interval)| {
            let interval = interval.map(|interval| (interval.lower, interval.upper));
            // Together or apart: the distance from no change, either way.
            let size = interval.map(|(lower, upper)| match log < 0.0 {
                true => (-upper, -lower),
                false => (lower, upper),
            });
            let separation = |run: &Geometry| run.class_geometry.separation(a, b).unwrap_or(0.0);
            ClassPair {
                classes: (names[a].clone(), names[b].clone()),
                separations: (separation(first), separation(second)),
                factor: libm::exp(log),
                interval: interval.map(|(lower, upper)| (libm::exp(lower), libm::exp(upper))),
                verdict: verdict(log.abs(), size, limit, false),
            }
        })
        .collect();
    out.sort_by(|a, b| {
        let size = |pair: &ClassPair| libm::log(pair.factor).abs();
        b.verdict.cmp(&a.verdict).then(size(b).total_cmp(&size(a)))
    });
    out
}

fn median(values: &[f64]) -> f64 {
    let mut finite: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    finite.sort_by(f64::total_cmp);
    match finite.len() {
        0 => 0.0,
        n => (finite[(n - 1) / 2] + finite[n / 2]) / 2.0,
    }
}
