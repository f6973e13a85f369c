//! Runs in their order: how the space settles.

use super::options::StabilityOptions;
use super::result::{CurvePoint, Step};
use super::run::{Geometry, mean};
use crate::compare::stats::{HalfSamples, debiased_cka};

/// Random halves of each step: a curve has many.
const ROUNDS: u64 = 100;

/// Of three and more paired runs, each against the first, the one before and the
/// last.
pub(super) fn curve(runs: &[Geometry], options: &StabilityOptions) -> Vec<CurvePoint> {
    if runs.len() < 3 {
        return Vec::new();
    }
    let last = runs.len() - 1;
    let between = |a: usize, b: usize| (a != b).then(|| step(&runs[a], &runs[b], options));
    let point = |run: usize| {
        let to_first = between(0, run);
        let to_last = between(run, last);
        CurvePoint {
            run,
            to_previous: match run {
                0 => None,
                1 => to_first.clone(),
                _ if run == last => None,
                _ => between(run - 1, run),
            },
            to_first,
            to_last,
        }
    };
    let mut points: Vec<CurvePoint> = (0..runs.len()).map(point).collect();
    // The last run against the one before was worked out there.
    points[last].to_previous = points[last - 1].to_last.clone();
    points
}

fn step(first: &Geometry, second: &Geometry, options: &StabilityOptions) -> Step {
    let n = first.chords.rows();
    let halves = HalfSamples::new(n, options.rounds, options.seed).at_most(ROUNDS);
    let cka = |ids: Option<&[usize]>| debiased_cka(&first.chords, &second.chords, ids);
    let kept = first.neighbourhoods.overlaps(&second.neighbourhoods);
    let of = |ids: &[usize]| mean(&ids.iter().map(|&id| kept[id]).collect::<Vec<_>>());
    Step {
        cka: cka(None).and_then(|value| halves.interval(value, (-1.0, 1.0), |ids| cka(Some(ids)))),
        neighbours: mean(&kept).and_then(|value| halves.interval(value, (0.0, 1.0), of)),
    }
}
