//! Measures how often a comparison alarms without drift (level) and with drift
//! (power), on real embeddings. The tables in `docs/accuracy.md` are its output.
//!
//! ```text
//! cargo run --release --example level_power -- EMBEDDINGS.npz [PART] [TRIALS] [ONLY]
//! ```
//!
//! The file has `emb` (rows x dim), `label`, `split` with `split_names`: `ref`
//! and `holdout_clean` are clean rows of different images, every other split is
//! a degraded version of the held-out images, in the same order. PART is
//! `level`, `power`, `large`, `same` or `all`; TRIALS replaces the number of
//! trials (0: as many as usual); ONLY is a part of a scenario's name.

use driftsphere::Result;
use driftsphere::compare::{CompareOptions, Comparison, Verdict, compare};
use driftsphere::ingest::{ArrayFile, Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use driftsphere::sketch::hash_bytes;
use ndarray::{Array2, Axis};
use rayon::prelude::*;

const SPACE: &str = "embedding";
const CLASSES: usize = 10;

/// A small generator: trial and purpose choose the stream.
struct Draws {
    seed: u64,
    step: u64,
}

impl Draws {
    fn new(trial: u64, purpose: u64) -> Self {
        Self {
            seed: hash_bytes(trial, &purpose.to_le_bytes()),
            step: 0,
        }
    }

    fn below(&mut self, n: usize) -> usize {
        self.step += 1;
        let bits = hash_bytes(self.seed, &self.step.to_le_bytes());
        ((u128::from(bits) * n as u128) >> 64) as usize
    }

    fn shuffled(&mut self, mut rows: Vec<usize>) -> Vec<usize> {
        for i in (1..rows.len()).rev() {
            rows.swap(i, self.below(i + 1));
        }
        rows
    }

    fn with_replacement(&mut self, rows: &[usize], n: usize) -> Vec<usize> {
        (0..n).map(|_| rows[self.below(rows.len())]).collect()
    }
}

struct Data {
    rows: Array2<f32>,
    labels: Vec<usize>,
    reference: Vec<usize>,
    held_out: Vec<usize>,
    /// Name and rows of each degraded split.
    degraded: Vec<(String, Vec<usize>)>,
    /// Only scenarios whose name has this in it.
    only: String,
}

impl Data {
    fn read(path: &str) -> Result<Self> {
        let file = ArrayFile::open(path)?;
        let mut matrix = file.matrix("emb")?;
        let (n, dim) = (matrix.rows(), matrix.cols());
        let mut flat = Vec::with_capacity(n * dim);
        while let Some(block) = matrix.next_block(1024)? {
            flat.extend(block.iter().copied());
        }
        let rows = Array2::from_shape_vec((n, dim), flat).expect("the blocks are the matrix");
        let labels = file.column("label")?;
        let labels = (0..n)
            .map(|i| labels.text(i).parse().expect("labels are digits"))
            .collect();
        let names = file.names_of("split")?.expect("the splits have names");
        let split = file.column("split")?;
        let rows_of = |s: usize| -> Vec<usize> {
            (0..n).filter(|&i| split.text(i) == s.to_string()).collect()
        };
        let split_of = |name: &str| {
            let at = names.iter().position(|n| n == name);
            rows_of(at.expect("the split exists"))
        };
        let degraded = names
            .iter()
            .enumerate()
            .filter(|(_, name)| !["ref", "holdout_clean"].contains(&name.as_str()))
            .map(|(s, name)| (name.clone(), rows_of(s)))
            .collect();
        Ok(Self {
            labels,
            reference: split_of("ref"),
            held_out: split_of("holdout_clean"),
            degraded,
            only: String::new(),
            rows,
        })
    }

    fn clean(&self) -> Vec<usize> {
        [self.reference.as_slice(), &self.held_out].concat()
    }

    fn of_class(&self, rows: &[usize], class: usize) -> Vec<usize> {
        let keep = |i: &&usize| self.labels[**i] == class;
        rows.iter().filter(keep).copied().collect()
    }

    fn without_class(&self, rows: &[usize], class: usize) -> Vec<usize> {
        let keep = |i: &&usize| self.labels[**i] != class;
        rows.iter().filter(keep).copied().collect()
    }
}

/// Where the classes of the windows come from.
#[derive(Clone, Copy, PartialEq)]
enum Classes {
    None,
    /// Predictions of a nearest-class-mean classifier fitted on other rows.
    Predicted,
    Labelled,
}

impl Classes {
    fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Predicted => "predicted",
            Self::Labelled => "labels",
        }
    }
}

/// Nearest class mean on the unit sphere.
struct Classifier(Vec<Vec<f64>>);

impl Classifier {
    fn fit(data: &Data, rows: &[usize]) -> Self {
        let dim = data.rows.ncols();
        let mut sums = vec![vec![0.0; dim]; CLASSES];
        for &i in rows {
            let row = data.rows.row(i);
            let norm = row.iter().map(|x| f64::from(x * x)).sum::<f64>().sqrt();
            let sum = &mut sums[data.labels[i]];
            for (s, x) in sum.iter_mut().zip(row) {
                *s += f64::from(*x) / norm;
            }
        }
        for sum in &mut sums {
            let norm = sum.iter().map(|x| x * x).sum::<f64>().sqrt();
            for s in sum.iter_mut() {
                *s /= norm.max(1e-12);
            }
        }
        Self(sums)
    }

    fn predict(&self, data: &Data, row: usize) -> usize {
        let row = data.rows.row(row);
        let score =
            |mean: &[f64]| -> f64 { mean.iter().zip(row).map(|(m, x)| m * f64::from(*x)).sum() };
        let scores: Vec<f64> = self.0.iter().map(|mean| score(mean)).collect();
        (0..CLASSES)
            .max_by(|a, b| scores[*a].total_cmp(&scores[*b]))
            .expect("there are classes")
    }
}

/// Two windows of one trial, and the rows a classifier may be fitted on.
struct Windows {
    reference: Vec<usize>,
    target: Vec<usize>,
    spare: Vec<usize>,
    /// The same records on both sides, under the same ids.
    same_ids: bool,
    /// Records come with ids.
    ids: bool,
}

impl Windows {
    fn new(reference: &[usize], target: &[usize], spare: &[usize]) -> Self {
        Self {
            reference: reference.to_vec(),
            target: target.to_vec(),
            spare: spare.to_vec(),
            same_ids: false,
            ids: true,
        }
    }
}

fn track(
    builder: &mut ProfileBuilder,
    data: &Data,
    rows: &[usize],
    side: Option<&str>,
    classes: Option<&[usize]>,
) -> Result<()> {
    for start in (0..rows.len()).step_by(2_000) {
        let end = (start + 2_000).min(rows.len());
        let vectors = data.rows.select(Axis(0), &rows[start..end]);
        let mut batch = Batch::new(end - start).space(SPACE, vectors.view());
        if let Some(side) = side {
            let ids: Vec<String> = (start..end).map(|i| format!("{side}/{i}")).collect();
            batch = batch.ids(Column::from(ids));
        }
        if let Some(classes) = classes {
            let classes: Vec<i64> = classes[start..end].iter().map(|c| *c as i64).collect();
            batch = batch.predictions(Column::from(classes));
        }
        builder.track_batch(&batch)?;
    }
    Ok(())
}

fn run(data: &Data, windows: &Windows, classes: Classes) -> Result<Comparison> {
    let classifier = match classes {
        Classes::Predicted => Some(Classifier::fit(data, &windows.spare)),
        _ => None,
    };
    let classes_of = |rows: &[usize]| -> Option<Vec<usize>> {
        match (classes, &classifier) {
            (Classes::None, _) => None,
            (Classes::Labelled, _) => Some(rows.iter().map(|i| data.labels[*i]).collect()),
            (_, Some(c)) => Some(rows.iter().map(|i| c.predict(data, *i)).collect()),
            (_, None) => None,
        }
    };
    let side = |name| windows.ids.then_some(name);
    let target_side = if windows.same_ids { "a" } else { "b" };
    let config = ProfileConfig::new().space(SPACE, SpaceConfig::new(data.rows.ncols()));
    let reference_classes = classes_of(&windows.reference);
    let reference: Profile = profile_reference(config, FitOptions::default(), |builder| {
        let classes = reference_classes.as_deref();
        track(builder, data, &windows.reference, side("a"), classes)
    })?;
    let mut builder = ProfileBuilder::new(reference.config().clone().like())?;
    let target_classes = classes_of(&windows.target);
    track(
        &mut builder,
        data,
        &windows.target,
        side(target_side),
        target_classes.as_deref(),
    )?;
    compare(&reference, &builder.freeze(), &CompareOptions::default())
}

/// What the trials of one scenario said.
struct Outcome {
    trials: usize,
    space: usize,
    drift: usize,
    possible: usize,
}

impl Outcome {
    fn of(comparisons: &[Comparison]) -> Self {
        let verdict = |v| comparisons.iter().filter(|c| c.verdict == v).count();
        let name = format!("space {SPACE}");
        let space = comparisons.iter().filter(|c| {
            let group = c.groups.iter().find(|g| g.name == name);
            group.and_then(|g| g.p_value).is_some_and(|p| p <= 0.05)
        });
        Self {
            trials: comparisons.len(),
            space: space.count(),
            drift: verdict(Verdict::Drift),
            possible: verdict(Verdict::PossibleDrift),
        }
    }
}

/// Wilson's 95 % interval of a share.
fn wilson(k: usize, n: usize) -> (f64, f64) {
    let (k, n, z) = (k as f64, n as f64, 1.959_964);
    let centre = (k + z * z / 2.0) / (n + z * z);
    let half = z / (n + z * z) * (k * (n - k) / n + z * z / 4.0).sqrt();
    (centre - half, centre + half)
}

/// What a scenario should reach.
#[derive(Clone, Copy)]
enum Goal {
    /// Space p <= 0.05 in at most the first, `drift` in at most the second share.
    AtMost(f64, f64),
    /// Wilson's upper bound of the share of space p <= 0.05 reaches this.
    Reaches(f64),
    /// Never `drift`.
    Never,
    /// `drift` in so many trials (Wilson's upper bound).
    Drifts(f64),
    /// `drift` or `possible drift` in so many trials (Wilson's upper bound).
    Possible(f64),
    Open,
}

impl Goal {
    fn judge(self, o: &Outcome) -> String {
        let upper = |k| wilson(k, o.trials).1;
        let share = |k: usize| k as f64 / o.trials as f64;
        let (goal, met) = match self {
            Self::AtMost(p, d) => (
                format!("<= {:.0} % / {:.0} %", p * 100.0, d * 100.0),
                share(o.space) <= p && share(o.drift) <= d,
            ),
            Self::Reaches(p) => (format!(">= {:.0} %", p * 100.0), upper(o.space) >= p),
            Self::Never => ("never drift".into(), o.drift == 0),
            Self::Drifts(p) => (format!("drift >= {:.0} %", p * 100.0), upper(o.drift) >= p),
            Self::Possible(p) => (
                format!("possible >= {:.0} %", p * 100.0),
                upper(o.drift + o.possible) >= p,
            ),
            Self::Open => return "-".into(),
        };
        format!("{goal}: {}", if met { "met" } else { "MISSED" })
    }
}

fn scenario(
    data: &Data,
    name: &str,
    classes: Classes,
    trials: usize,
    goal: Goal,
    windows: impl Fn(&mut Draws, usize) -> Windows + Sync,
) {
    if !data.only.is_empty() && !name.contains(&data.only) {
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
    for (classes, verdicts) in [
        (Classes::None, Goal::Possible(0.98)),
        (Classes::Labelled, Goal::Drifts(0.98)),
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
        scenario(
            data,
            name,
            classes,
            trials,
            Goal::Reaches(0.98),
            two_percent,
        );
        scenario(data, name, classes, trials, verdicts, two_percent);
    }
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
    if wanted("large") {
        large(&data, trials.unwrap_or(100));
    }
    Ok(())
}
