//! Windows whose records come in groups of jittered copies.

use crate::data::{Data, Draws};
use crate::outcome::{Goal, Outcome, each_test, wilson};
use crate::trial::{Classes, Windows, run};
use driftsphere::compare::Comparison;
use driftsphere::sketch::hash_bytes;
use rayon::prelude::*;

/// Copies of each original.
const COPIES: usize = 20;

/// What a scenario compares.
struct Scenario {
    name: &'static str,
    /// Originals of the reference and of the target.
    originals: (usize, usize),
    /// Records of each of them.
    copies: (usize, usize),
    /// Share of the target's originals that are degraded.
    degraded: f64,
    grouped: bool,
    classes: Classes,
    goal: Goal,
}

fn windows(data: &Data, scenario: &Scenario, draws: &mut Draws, trial: usize) -> Windows {
    let (n, m) = scenario.originals;
    let clean = draws.shuffled(data.reference.clone());
    let order = draws.shuffled((0..data.held_out.len()).collect());
    let bad = (scenario.degraded * m as f64).round() as usize;
    let kind = &data.degraded[trial % data.degraded.len()].1;
    let target: Vec<usize> = order[..m]
        .iter()
        .enumerate()
        .map(|(at, &i)| if at < bad { kind[i] } else { data.held_out[i] })
        .collect();
    let repeat = |rows: &[usize], copies: usize| -> Vec<usize> {
        let each = rows.iter().map(|&row| std::iter::repeat_n(row, copies));
        each.flatten().collect()
    };
    let (reference, target) = (
        repeat(&clean[..n], scenario.copies.0),
        repeat(&target, scenario.copies.1),
    );
    Windows {
        jitter: 0.02,
        grouped: scenario.grouped,
        ..Windows::new(&reference, &target, &clean[n..n + 1000])
    }
}

impl Scenario {
    fn new(name: &'static str, originals: (usize, usize), classes: Classes) -> Self {
        Self {
            name,
            originals,
            copies: (COPIES, COPIES),
            degraded: 0.0,
            grouped: true,
            classes,
            goal: Goal::AtMost(0.08, 0.08),
        }
    }

    fn all(classes: Classes) -> Vec<Self> {
        let new = |name, originals| Self::new(name, originals, classes);
        vec![
            new("100 against 100", (100, 100)),
            new("100 against 25", (100, 25)),
            new("15 against 15", (15, 15)),
            Self {
                copies: (COPIES, 4),
                ..new("100 against 100 with 4 copies", (100, 100))
            },
            Self {
                copies: (1, 1),
                grouped: false,
                ..new("100 against 100 without copies", (100, 100))
            },
            Self {
                degraded: 0.3,
                goal: Goal::Open,
                ..new("100 against 100: 30 % degraded", (100, 100))
            },
            Self {
                copies: (1, 1),
                grouped: false,
                degraded: 0.3,
                goal: Goal::Open,
                ..new("100 against 100 without copies: 30 % degraded", (100, 100))
            },
            Self {
                degraded: 1.0,
                goal: Goal::Reaches(0.95),
                ..new("100 against 100: all degraded", (100, 100))
            },
            Self {
                grouped: false,
                goal: Goal::Open,
                ..new("100 against 100, groups not given", (100, 100))
            },
        ]
    }
}

/// Level and power with groups, and how often their absence is noticed.
pub(crate) fn groups(data: &Data, trials: usize) {
    println!("\nGroups: {COPIES} jittered copies of each original, if not said otherwise\n");
    println!(
        "| originals | classes | trials | space p <= 0.05 (95 % interval) | drift | possible drift | noticed | goal |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let kinds = [Classes::None, Classes::Predicted];
    let scenarios: Vec<Scenario> = kinds.into_iter().flat_map(Scenario::all).collect();
    let wanted = |scenario: &&Scenario| {
        let mut only = data.only.split('|');
        only.any(|only| scenario.name.contains(only))
    };
    let mut each = Vec::new();
    for scenario in scenarios.iter().filter(wanted) {
        let tests = measure(data, scenario, trials);
        let (name, classes) = (scenario.name, scenario.classes.name());
        each.push(format!("{name}, classes {classes}: {tests}"));
    }
    println!("\nEach test of all records alone, share of trials with p <= 0.05\n");
    each.iter().for_each(|line| println!("- {line}"));
}

/// Runs the trials of a scenario and prints its row; each test's own rate.
fn measure(data: &Data, scenario: &Scenario, trials: usize) -> String {
    let comparisons: Vec<Comparison> = (0..trials)
        .into_par_iter()
        .map(|trial| {
            let purpose = hash_bytes(1, scenario.name.as_bytes());
            let mut draws = Draws::new(trial as u64, purpose);
            let windows = windows(data, scenario, &mut draws, trial);
            run(data, &windows, scenario.classes).expect("the trial runs")
        })
        .collect();
    let o = Outcome::of(&comparisons);
    let is_noticed = |c: &&Comparison| c.notes.iter().any(|n| n.code == "dependent-records");
    let noticed = comparisons.iter().filter(is_noticed).count();
    let percent = |k: usize| 100.0 * k as f64 / o.trials as f64;
    let (low, high) = wilson(o.space, o.trials);
    println!(
        "| {} | {} | {} | {:.1} % ({:.0}-{:.0}) | {:.1} % | {:.1} % | {:.1} % | {} |",
        scenario.name,
        scenario.classes.name(),
        o.trials,
        percent(o.space),
        100.0 * low,
        100.0 * high,
        percent(o.drift),
        percent(o.possible),
        percent(noticed),
        scenario.goal.judge(&o)
    );
    each_test(&comparisons)
}
