//! Records that come in groups: copies of one original that differ a little.

use driftsphere::compare::{CompareOptions, Comparison, Finding, Scope, Verdict, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use driftsphere::sketch::hash_bytes;
use ndarray::Array2;

const DIM: usize = 16;
const COPIES: usize = 20;

/// Uniform in (0, 1), a stream for each seed.
fn uniform(seed: u64, i: usize) -> f64 {
    ((hash_bytes(seed, &(i as u64).to_le_bytes()) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// Standard normal (Box and Muller 1958).
fn normal(seed: u64, i: usize) -> f64 {
    let radius = (-2.0 * uniform(seed, 2 * i).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform(seed, 2 * i + 1)).cos()
}

/// A window of jittered copies.
#[derive(Clone, Copy)]
struct Window {
    /// Of the originals and of the names of their groups.
    seed: u64,
    /// Of the jitter and of the ids.
    day: u64,
    originals: usize,
    shift: f64,
    grouped: bool,
    /// Records come with times, those of an original one after the other.
    timed: bool,
}

impl Window {
    fn new(seed: u64, originals: usize) -> Self {
        Self {
            seed,
            day: seed,
            originals,
            shift: 0.0,
            grouped: true,
            timed: false,
        }
    }

    fn without_groups(self) -> Self {
        Self {
            grouped: false,
            ..self
        }
    }

    fn track(self, builder: &mut ProfileBuilder) -> driftsphere::Result<()> {
        let n = self.originals * COPIES;
        let jitter = self.day ^ 0x9e37_79b9;
        let rows = Array2::from_shape_fn((n, DIM), |(i, j)| {
            let original = i / COPIES;
            let class = original % 4;
            let shift = if j == 0 { self.shift } else { 0.0 };
            let row = normal(77, class * DIM + j) + 0.5 * normal(self.seed, original * DIM + j);
            (row + shift + 0.02 * normal(jitter, i * DIM + j)) as f32
        });
        let texts = |text: &dyn Fn(usize) -> String| -> Column {
            Column::from((0..n).map(text).collect::<Vec<String>>())
        };
        let light: Vec<f64> = (0..n)
            .map(|i| normal(self.seed + 1, i / COPIES) + 0.1 * normal(jitter + 1, i))
            .collect();
        let mut batch = Batch::new(n)
            .ids(texts(&|i| format!("{}/{i}", self.day)))
            .predictions(texts(&|i| format!("class {}", i / COPIES % 4)))
            .feature("light", Column::from(light))
            .feature(
                "camera",
                texts(&|i| {
                    ["a", "b", "c"][(uniform(self.seed + 2, i / COPIES) * 3.0) as usize].into()
                }),
            )
            .space("embedding", rows.view());
        if self.timed {
            batch = batch.times((0..n as i64).collect::<Vec<i64>>());
        }
        if self.grouped {
            batch = batch.groups(texts(&|i| format!("{}/{}", self.seed, i / COPIES)));
        }
        builder.track_batch(&batch)
    }
}

fn reference(window: Window) -> Profile {
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(DIM));
    profile_reference(config, FitOptions::default(), |builder| {
        window.track(builder)
    })
    .unwrap()
}

fn target(reference: &Profile, window: Window) -> Profile {
    let mut builder = ProfileBuilder::new(reference.config().clone().like()).unwrap();
    window.track(&mut builder).unwrap();
    builder.freeze()
}

fn compared(a: Window, b: Window) -> Comparison {
    let reference = reference(a);
    let target = target(&reference, b);
    compare(&reference, &target, &CompareOptions::default()).unwrap()
}

fn finding<'a>(comparison: &'a Comparison, feature: &str) -> &'a Finding {
    let mut all = comparison.findings.iter();
    all.find(|f| f.feature == feature && f.scope == Scope::All)
        .unwrap()
}

fn note<'a>(comparison: &'a Comparison, code: &str) -> Option<&'a str> {
    let mut all = comparison.notes.iter();
    all.find(|n| n.code == code).map(|n| n.text.as_str())
}

/// With groups copies do not alarm, without them they are noticed.
///
/// At a rate of 8 % more than 5 of 16 trials alarm in 0.1 % of runs, and without
/// groups all of them would: hundreds of copies count as independent.
#[test]
fn copies_alarm_no_more_than_they_may_and_are_noticed() {
    let trials = 16;
    let mut alarms = 0;
    let mut wrong = 0;
    for trial in 0..trials {
        let (a, b) = (
            Window::new(1000 + 20 * trial, 60),
            Window::new(1010 + 20 * trial, 40),
        );
        let grouped = compared(a, b);
        alarms += u32::from(grouped.verdict == Verdict::Drift);
        assert_eq!(note(&grouped, "dependent-records"), None);
        let text = note(&grouped, "groups").expect("the groups are named");
        assert!(
            text.contains("60 of the reference and 40 of the target"),
            "{text}"
        );
        let blind = compared(a.without_groups(), b.without_groups());
        wrong += u32::from(blind.verdict == Verdict::Drift);
        let text = note(&blind, "dependent-records").expect("copies are noticed");
        assert!(text.contains("give --group"), "{text}");
    }
    assert!(alarms <= 5, "{alarms} of {trials} alarm");
    assert!(wrong > 10, "only {wrong} of {trials} would have been wrong");
}

#[test]
fn a_change_of_the_groups_is_found_and_the_findings_count_groups() {
    let moved = Window {
        shift: 1.0,
        ..Window::new(2, 60)
    };
    let comparison = compared(Window::new(1, 60), moved);
    assert_eq!(comparison.verdict, Verdict::Drift);
    let directions = finding(&comparison, "directions");
    assert_eq!(directions.verdict, Verdict::Drift);
    assert!(
        directions
            .sentence
            .ends_with("60 and 60 groups permuted as wholes")
    );
    for feature in ["discrepancy", "neighbours", "pairwise distance"] {
        assert!(
            finding(&comparison, feature)
                .sentence
                .contains("60 and 60 groups")
        );
    }
}

/// Copies of 60 values are as good as 60 values: the p-value is that of 60 against
/// 60, whose effect had to be 20 times as visible.
#[test]
fn numbers_and_texts_count_as_so_many_groups() {
    let comparison = compared(Window::new(31, 60), Window::new(32, 60));
    let blind = compared(
        Window::new(31, 60).without_groups(),
        Window::new(32, 60).without_groups(),
    );
    let detectable = |c: &Comparison, feature: &str| {
        let effect = finding(c, feature).effect.clone().unwrap();
        effect.detectable.unwrap()
    };
    for feature in ["light", "norm", "camera"] {
        let ratio = detectable(&comparison, feature) / detectable(&blind, feature);
        // The root of a design effect of 1 + 19 rho, rho from 0.9 to 1.
        assert!((4.1..4.6).contains(&ratio), "{feature} {ratio}");
        assert!(finding(&comparison, feature).p_value > finding(&blind, feature).p_value);
    }
}

#[test]
fn few_groups_are_not_tested_and_the_reason_says_so() {
    let comparison = compared(Window::new(41, 60), Window::new(42, 7));
    let directions = finding(&comparison, "directions");
    assert_eq!(directions.verdict, Verdict::NotTested);
    let reason = directions.reason.as_deref().unwrap();
    assert!(reason.starts_with("60 and 7 groups"), "{reason}");
}

/// The same places on two days: what a place looks like cancels, and a small change
/// of all of them is seen, which among as many new places is not.
#[test]
fn groups_of_both_windows_change_sides_as_a_whole() {
    let first = Window::new(51, 40);
    let second = Window { day: 99, ..first };
    let same = compared(first, second);
    assert_ne!(same.verdict, Verdict::Drift);
    let text = note(&same, "groups").unwrap();
    assert!(text.contains("40 of them in both windows"), "{text}");
    let p = |c: &Comparison| finding(c, "directions").p_value.unwrap();
    assert!(p(&same) > 0.01);
    let moved = compared(
        first,
        Window {
            shift: 0.1,
            ..second
        },
    );
    assert!(p(&moved) < 0.01, "{}", p(&moved));
}

#[test]
fn groups_of_one_window_are_not_used() {
    let comparison = compared(Window::new(61, 40), Window::new(62, 40).without_groups());
    let text = note(&comparison, "one-sided-groups").unwrap();
    assert!(text.starts_with("only the reference's records"), "{text}");
    assert!(note(&comparison, "groups").is_none());
    assert!(note(&comparison, "dependent-records").is_some());
}

/// A block of time holds whole scenes. Split by single records the reference seems to
/// change all the time; by whole groups it is what it is, steady.
#[test]
fn the_self_check_splits_whole_groups() {
    let options = CompareOptions {
        self_check: true,
        ..CompareOptions::default()
    };
    let mut rates = [Vec::new(), Vec::new()];
    for seed in [81, 91, 101] {
        for (at, grouped) in [(0, true), (1, false)] {
            let window = |seed| Window {
                timed: true,
                grouped,
                ..Window::new(seed, 50)
            };
            let reference = reference(window(seed));
            let target = target(&reference, window(seed + 5));
            let compared = compare(&reference, &target, &options).unwrap();
            let check = compared.spaces[0].self_check.clone().unwrap();
            assert!(check.by_time);
            assert_eq!(check.groups, grouped.then_some((25, 25)));
            let text = note(&compared, "self-check").unwrap();
            assert_eq!(text.contains("whole groups together (25 and 25)"), grouped);
            rates[at].extend(check.rates.iter().map(|(_, rate)| *rate));
        }
    }
    let mean = |rates: &[f64]| rates.iter().sum::<f64>() / rates.len() as f64;
    // 200 blocks of 50 groups overlap: far fewer than 200 trials, so the bound is wide.
    assert!(mean(&rates[0]) < 0.2, "{rates:?}");
    assert!(mean(&rates[1]) > 0.5, "{rates:?}");

    let few = reference(Window::new(111, 12));
    let compared = compare(&few, &target(&few, Window::new(112, 12)), &options).unwrap();
    assert_eq!(compared.spaces[0].self_check, None);
    let text = note(&compared, "no-self-check").unwrap();
    assert!(text.contains("6 and 6 groups"), "{text}");
}

#[test]
fn threads_do_not_change_the_comparison() {
    let reference = reference(Window::new(71, 30));
    let target = target(&reference, Window::new(72, 20));
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let options = CompareOptions::default();
        pool.build()
            .unwrap()
            .install(|| compare(&reference, &target, &options).unwrap())
    };
    assert_eq!(run(1).findings, run(3).findings);
}

/// Embeddings of a committed week, `(rows, dim)`.
fn week(name: &str) -> Array2<f32> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/");
    let file = driftsphere::ingest::ArrayFile::open(format!("{folder}{name}.npz")).unwrap();
    let mut matrix = file.matrix("embedding").unwrap();
    let (rows, dim) = (matrix.rows(), matrix.cols());
    let mut values = Vec::new();
    while let Some(block) = matrix.next_block(512).unwrap() {
        values.extend(block.iter());
    }
    Array2::from_shape_vec((rows, dim), values).unwrap()
}

fn profile_of(rows: &Array2<f32>, groups: Option<Vec<i64>>) -> Profile {
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(rows.ncols()));
    let mut builder = ProfileBuilder::new(config).unwrap();
    let mut batch = Batch::new(rows.nrows()).space("embedding", rows.view());
    if let Some(groups) = groups {
        batch = batch.groups(Column::from(groups));
    }
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

/// The demo's real embeddings are independent: nothing is noticed.
#[test]
fn real_independent_records_are_not_noticed() {
    let reference = profile_of(&week("reference_week_1"), None);
    for name in ["reference_week_2", "clean_week", "degraded_week"] {
        let target = profile_of(&week(name), None);
        let comparison = compare(&reference, &target, &CompareOptions::default()).unwrap();
        assert_eq!(note(&comparison, "dependent-records"), None, "{name}");
    }
}

/// Twenty copies of each of 60 of them, jittered by 2 % of a row's length, are:
/// without groups they are noticed, with groups there is nothing to notice.
#[test]
fn jittered_copies_of_real_records_are_noticed() {
    let copies = |name: &str, seed: u64| {
        let rows = week(name);
        let dim = rows.ncols();
        Array2::from_shape_fn((60 * COPIES, dim), |(i, j)| {
            let row = rows.row(i / COPIES);
            let length = row.iter().map(|x| f64::from(x * x)).sum::<f64>().sqrt();
            let jitter = 0.02 * length / (dim as f64).sqrt();
            row[j] + (jitter * normal(seed, i * dim + j)) as f32
        })
    };
    let (a, b) = (copies("reference_week_1", 1), copies("clean_week", 2));
    let options = CompareOptions::default();
    let blind = compare(&profile_of(&a, None), &profile_of(&b, None), &options).unwrap();
    let text = note(&blind, "dependent-records").expect("copies are noticed");
    assert!(text.contains("% of the reference's and"), "{text}");
    assert!(text.contains("% of the target's"), "{text}");

    let images = |from: i64| Some((0..60 * COPIES as i64).map(|i| from + i / 20).collect());
    let (a, b) = (profile_of(&a, images(0)), profile_of(&b, images(60)));
    let told = compare(&a, &b, &options).unwrap();
    assert_eq!(note(&told, "dependent-records"), None);
    assert!(note(&told, "groups").is_some());
    let p = |c: &Comparison| finding(c, "directions").p_value.unwrap();
    assert!(
        p(&blind) < 1e-3 && p(&told) > 0.01,
        "{} {}",
        p(&blind),
        p(&told)
    );
}
