//! Measures how often a comparison alarms without drift (level) and with drift
//! (power), on real embeddings. The tables in `docs/accuracy.md` are its output.
//!
//! ```text
//! cargo run --release --example level_power -- EMBEDDINGS.npz [PART] [TRIALS] [ONLY]
//! ```
//!
//! The file has `emb` (rows x dim), `label`, `split` with `split_names`: `ref`
//! and `holdout_clean` are clean rows of different images, every other split is
//! a degraded version of the held-out images, in the same order. PART is `level`,
//! `power`, `large`, `same`, `groups`, `angles`, `self-check`, `sealed`, `series` or
//! `all`; TRIALS replaces the number of trials (0: as many as usual); ONLY is a part
//! of a scenario's name, or several parted by `|`.

mod angles;
mod data;
mod groups;
mod outcome;
mod self_check;
mod series;
mod trial;

use data::{Data, Draws};
use driftsphere::Result;
use driftsphere::compare::{Comparison, Verdict};
use driftsphere::sketch::hash_bytes;
use outcome::{Goal, Outcome, wilson};
use rayon::prelude::*;
use trial::{CLASSES, Classes, Windows, run};

fn scenario(
    data: &Data,
    name: &str,
    classes: Classes,
    trials: usize,
    goal: Goal,
    windows: impl Fn(&mut Draws, usize) -> Windows + Sync,
) {
    if !data.only.split('|').any(|only| name.contains(only)) {
        return;
    }
    let comparisons: Vec<Comparison> = (0..trials)
        .into_par_iter()
        .map(|trial| {
            let mut draws = Draws::new(trial as u64, hash_bytes(0, name.as_bytes()));
            run(data, &windows(&mut draws, trial), classes).expect("the trial runs")
        })
        .collect();
    let o = Outcome::of(&comparisons);
    let percent = |k: usize| 100.0 * k as f64 / o.trials as f64;
    let (low, high) = wilson(o.space, o.trials);
    println!(
        "| {name} | {} | {} | {:.1} % ({:.0}-{:.0}) | {:.1} % | {:.1} % | {} |",
        classes.name(),
        o.trials,
        percent(o.space),
        100.0 * low,
        100.0 * high,
        percent(o.drift),
        percent(o.possible),
        goal.judge(&o)
    );
}

fn header(title: &str) {
    println!("\n{title}\n");
    println!(
        "| windows | classes | trials | space p <= 0.05 (95 % interval) | drift | possible drift | goal |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
}

fn level(data: &Data, trials: usize) {
    header("No drift: clean rows of different images");
    for classes in [Classes::None, Classes::Predicted] {
        for n in [100, 300, 1000] {
            let goal = Goal::AtMost(0.08, 0.05);
            scenario(
                data,
                &format!("{n} against {n}"),
                classes,
                trials,
                goal,
                |draws, _| {
                    let rows = draws.shuffled(data.clean());
                    Windows::new(&rows[..n], &rows[n..2 * n], &rows[2 * n..2 * n + 1000])
                },
            );
        }
        let goal = Goal::AtMost(0.08, 0.05);
        scenario(
            data,
            "20 000 against 300",
            classes,
            trials,
            goal,
            |draws, _| {
                let rows = draws.shuffled(data.clean());
                let reference = draws.with_replacement(&rows[800..], 20_000);
                Windows::new(&reference, &rows[..300], &rows[300..800])
            },
        );
        scenario(
            data,
            "20 000 against 300, all drawn from the same rows",
            classes,
            trials,
            goal,
            |draws, _| {
                let rows = draws.shuffled(data.clean());
                let reference = draws.with_replacement(&rows[500..], 20_000);
                let target = draws.with_replacement(&rows[500..], 300);
                Windows::new(&reference, &target, &rows[..500])
            },
        );
    }
}

fn same(data: &Data, trials: usize) {
    header("One window as reference and as target");
    for (ids, name) in [(true, "with ids"), (false, "without ids")] {
        for classes in [Classes::None, Classes::Labelled] {
            for n in [20, 100, 1000] {
                let name = format!("{n} rows, {name}");
                scenario(data, &name, classes, trials, Goal::Never, |draws, _| {
                    let rows = draws.shuffled(data.clean());
                    Windows {
                        same_ids: true,
                        ids,
                        ..Windows::new(&rows[..n], &rows[..n], &[])
                    }
                });
            }
        }
    }
}

/// A target of `m` rows of which `share` are degraded.
fn degraded(data: &Data, draws: &mut Draws, kind: usize, m: usize, share: f64) -> Vec<usize> {
    let order = draws.shuffled((0..data.held_out.len()).collect());
    let bad = (share * m as f64).round() as usize;
    let pick = |at: usize, i: usize| match at < bad {
        true => data.degraded[kind].1[i],
        false => data.held_out[i],
    };
    order[..m]
        .iter()
        .enumerate()
        .map(|(at, i)| pick(at, *i))
        .collect()
}

/// A reference without one class and a target with `share` rows of it.
fn novel(data: &Data, draws: &mut Draws, trial: usize, m: usize, share: f64) -> Windows {
    let class = trial % CLASSES;
    let rows = draws.shuffled(data.without_class(&data.reference, class));
    let new = (share * m as f64).round() as usize;
    let known = draws.shuffled(data.without_class(&data.held_out, class));
    let fresh = draws.shuffled(data.of_class(&data.held_out, class));
    let target = [&known[..m - new], &fresh[..new]].concat();
    // A classifier that knows all classes, fitted on other rows.
    let others = draws.shuffled(data.of_class(&data.reference, class));
    Windows::new(
        &rows[..1000],
        &target,
        &[&rows[1000..], &others[..]].concat(),
    )
}

fn power(data: &Data, trials: usize) {
    header("Drift: reference 1 000 rows");
    let reference = |draws: &mut Draws| draws.shuffled(data.reference.clone());
    let kinds = data.degraded.len();
    for classes in [Classes::None, Classes::Predicted] {
        for (share, goal) in [(0.3, 0.95), (0.1, 0.70)] {
            let name = format!("target 300: {:.0} % degraded", share * 100.0);
            scenario(
                data,
                &name,
                classes,
                trials,
                Goal::Reaches(goal),
                |draws, trial| {
                    let rows = reference(draws);
                    let target = degraded(data, draws, trial % kinds, 300, share);
                    Windows::new(&rows[..1000], &target, &rows[1000..])
                },
            );
        }
        for (kind, (split, _)) in data.degraded.iter().enumerate() {
            let name = format!("target 300: 10 % of {split}");
            scenario(data, &name, classes, trials, Goal::Open, |draws, _| {
                let rows = reference(draws);
                let target = degraded(data, draws, kind, 300, 0.1);
                Windows::new(&rows[..1000], &target, &rows[1000..])
            });
        }
        for (m, share, goal) in [(300, 0.1, 0.90), (1000, 0.1, 0.98), (1000, 0.05, 0.50)] {
            let name = format!("target {m}: {:.0} % novel class", share * 100.0);
            scenario(
                data,
                &name,
                classes,
                trials,
                Goal::Reaches(goal),
                |draws, trial| novel(data, draws, trial, m, share),
            );
        }
        let goal = match classes {
            Classes::None => 0.60,
            _ => 0.95,
        };
        scenario(
            data,
            "target 300: one of ten classes missing",
            classes,
            trials,
            Goal::Reaches(goal),
            |draws, trial| {
                let rows = reference(draws);
                let left = draws.shuffled(data.without_class(&data.held_out, trial % CLASSES));
                Windows::new(&rows[..1000], &left[..300], &rows[1000..])
            },
        );
    }
}

fn large(data: &Data, trials: usize) {
    header("Large windows: 20 000 against 20 000, drawn with replacement");
    let clean = data.clean();
    for (classes, verdict) in [
        (Classes::None, Verdict::PossibleDrift),
        (Classes::Labelled, Verdict::Drift),
    ] {
        let name = "nothing new";
        scenario(
            data,
            name,
            classes,
            trials,
            Goal::AtMost(0.08, 0.05),
            |draws, _| {
                let [a, b] = [0, 1].map(|_| draws.with_replacement(&clean, 20_000));
                Windows::new(&a, &b, &[])
            },
        );
        let two_percent = |draws: &mut Draws, trial: usize| {
            let known = data.without_class(&clean, trial % CLASSES);
            let fresh = data.of_class(&clean, trial % CLASSES);
            let a = draws.with_replacement(&known, 20_000);
            let mut b = draws.with_replacement(&known, 19_600);
            b.extend(draws.with_replacement(&fresh, 400));
            Windows::new(&a, &b, &[])
        };
        let name = "2 % of a novel class";
        let goal = Goal::ReachesAs(0.98, verdict);
        scenario(data, name, classes, trials, goal, two_percent);
    }
}

/// The same windows as in the other parts, their profiles sealed before they are
/// compared.
fn sealed(data: &mut Data, trials: usize) {
    println!("\nSealed against sealed");
    data.sealed = true;
    if data.only.is_empty() {
        let level = "300 against 300|1000 against 1000";
        data.only = format!("{level}|% degraded|300: 10 % novel|one of ten");
    }
    level(data, trials);
    power(data, trials);
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let path = args.next().unwrap_or_else(|| "embeddings.npz".into());
    let part = args.next().unwrap_or_else(|| "all".into());
    let trials: Option<usize> = args.next().and_then(|n| n.parse().ok());
    let trials = trials.filter(|n| *n > 0);
    let mut data = Data::read(&path)?;
    data.only = args.next().unwrap_or_default();
    println!(
        "driftsphere {}, {} rows of dimension {}",
        env!("CARGO_PKG_VERSION"),
        data.rows.nrows(),
        data.rows.ncols()
    );
    let wanted = |name: &str| part == "all" || part == name;
    if wanted("level") {
        level(&data, trials.unwrap_or(200));
    }
    if wanted("same") {
        same(&data, trials.unwrap_or(50));
    }
    if wanted("power") {
        power(&data, trials.unwrap_or(100));
    }
    if wanted("groups") {
        groups::groups(&data, trials.unwrap_or(200));
    }
    if wanted("angles") {
        angles::angles(trials.unwrap_or(400));
    }
    if wanted("self-check") {
        self_check::self_check(&data, trials.unwrap_or(50));
    }
    if wanted("series") {
        series::series(&data, trials.unwrap_or(200));
    }
    if wanted("large") {
        large(&data, trials.unwrap_or(100));
    }
    if wanted("sealed") {
        sealed(&mut data, trials.unwrap_or(100));
    }
    Ok(())
}
