//! Curves of pairwise distances against plain loops and known permutations.

use super::super::random::Random;
use super::*;

fn chords(n: usize, seed: u64) -> SquaredChords {
    let mut random = Random::stream(seed, 0);
    let rows: Vec<f32> = (0..n * 3).map(|_| random.uniform() as f32).collect();
    SquaredChords::new(&rows, 3).unwrap()
}

fn plain(squared: f64) -> f64 {
    squared.sqrt()
}

/// The area between two curves, the slow way.
fn naive(curves: &PairCurves, thresholds: &[f32], first: &[f32], second: &[f32]) -> f64 {
    let share = |pairs: &[f32], t: f32| {
        pairs.iter().filter(|p| **p <= t).count() as f64 / pairs.len() as f64
    };
    let terms = thresholds.iter().zip(&curves.weights);
    terms
        .map(|(&t, w)| w * (share(first, t) - share(second, t)).abs())
        .sum()
}

fn thresholds(mut pooled: Vec<f32>) -> Vec<f32> {
    pooled.sort_by(f32::total_cmp);
    let at = |t: usize| ((0.5 + t as f64) / 8.0 * (pooled.len() - 1) as f64).round() as usize;
    (0..CURVE).map(|t| pooled[at(t)]).collect()
}

#[test]
fn within_matches_counting_pair_by_pair() {
    for (n, m) in [(70, 30), (30, 70), (64, 64), (2, 2)] {
        let chords = chords(n + m, 7);
        let curves = PairCurves::within(&chords, n, plain).unwrap();
        let labellings = curves.permutations(3).unwrap().labellings(0..5);
        let thresholds = thresholds(chords.pairs());
        for (l, value) in curves.values(&labellings).iter().enumerate() {
            let side = |label: bool| {
                let mut pairs = Vec::new();
                for i in 0..n + m {
                    for j in 0..i {
                        if labellings.is_first(l, i) == label && labellings.is_first(l, j) == label
                        {
                            pairs.push(chords.row(i)[j]);
                        }
                    }
                }
                pairs
            };
            let exact = naive(&curves, &thresholds, &side(true), &side(false));
            assert!((value - exact).abs() < 1e-12, "{n} {m}: {value} {exact}");
        }
    }
}

#[test]
fn between_matches_counting_pair_by_pair() {
    let chords = chords(200, 2);
    let lists: [Vec<usize>; 4] = [
        (0..37).collect(),
        (40..63).collect(),
        (70..140).collect(),
        (141..200).collect(),
    ];
    let curves = PairCurves::between(
        &chords,
        [&lists[0], &lists[1]],
        [&lists[2], &lists[3]],
        plain,
    )
    .unwrap();
    let a: Vec<usize> = lists[0].iter().chain(&lists[2]).copied().collect();
    let b: Vec<usize> = lists[1].iter().chain(&lists[3]).copied().collect();
    let labellings = curves.permutations(3).unwrap().labellings(0..5);
    let all: Vec<f32> = a
        .iter()
        .flat_map(|&i| b.iter().map(move |&j| (i, j)))
        .map(|(i, j)| chords.row(i)[j])
        .collect();
    let thresholds = thresholds(all);
    for (l, value) in curves.values(&labellings).iter().enumerate() {
        let side = |label: bool| {
            let mut pairs = Vec::new();
            for (r, &i) in a.iter().enumerate() {
                for (c, &j) in b.iter().enumerate() {
                    if labellings.is_first(l, r) == label
                        && labellings.is_first(l, a.len() + c) == label
                    {
                        pairs.push(chords.row(i)[j]);
                    }
                }
            }
            pairs
        };
        let exact = naive(&curves, &thresholds, &side(true), &side(false));
        assert!((value - exact).abs() < 1e-12, "{value} {exact}");
    }
}

#[test]
fn the_same_rows_twice_give_one_and_so_do_rows_all_alike() {
    let mut random = Random::stream(4, 0);
    let half: Vec<f32> = (0..90).map(|_| random.uniform() as f32).collect();
    let both = [half.clone(), half].concat();
    let same = PairCurves::within(&SquaredChords::new(&both, 3).unwrap(), 30, plain).unwrap();
    assert_eq!(same.observed(), 0.0);
    let flat = PairCurves::within(&SquaredChords::new(&[1.0; 30], 3).unwrap(), 4, plain).unwrap();
    assert_eq!((flat.observed(), flat.median_shift()), (0.0, None));
    for curves in [same, flat] {
        let test = curves
            .permutations(1)
            .unwrap()
            .test(curves.observed(), &curves);
        assert_eq!(test.p_value, 1.0);
    }
}

#[test]
fn too_few_rows_give_nothing() {
    let chords = chords(5, 1);
    assert!(PairCurves::within(&chords, 1, plain).is_none());
    assert!(PairCurves::within(&chords, 4, plain).is_none());
    assert!(PairCurves::between(&chords, [&[0], &[1]], [&[2], &[]], plain).is_none());
    assert!(PairCurves::between(&chords, [&[0], &[1]], [&[2], &[3]], plain).is_none());
    assert!(PairCurves::between(&chords, [&[0], &[1]], [&[2], &[3, 4]], plain).is_some());
}

/// Groups of unequal size, some in both windows: pairs inside a group are left out
/// of every labelling's curves.
#[test]
fn whole_groups_match_counting_pair_by_pair() {
    let chords = chords(100, 6);
    let names: Vec<Option<u64>> = (0..100).map(|row| Some(row * row % 31)).collect();
    let of_row =
        |order: &[usize]| -> Vec<Option<u64>> { order.iter().map(|&i| names[i]).collect() };
    // One class of 60 against 40 rows, or two classes of 60 and 40 rows.
    let whole: Vec<bool> = (0..100).map(|row| row < 60).collect();
    let split: Vec<bool> = (0..100)
        .map(|row| row < 35 || (60..85).contains(&row))
        .collect();
    let rows: Vec<usize> = (0..100).collect();
    for (first, classes) in [(whole, None), (split, Some(60))] {
        let groups = RowGroups::new(&of_row(&rows), &first);
        let apart = chords.apart(&groups);
        let curves = match classes {
            None => PairCurves::within(&apart, 60, plain),
            Some(_) => PairCurves::between(
                &apart,
                [&rows[..35], &rows[60..85]],
                [&rows[35..60], &rows[85..]],
                plain,
            ),
        };
        let curves = curves.unwrap().grouped(&groups);
        let is_pair =
            |i: usize, j: usize| !groups.is_same(i, j) && classes.is_none_or(|b| i >= b && j < b);
        let pairs = |side: &dyn Fn(usize) -> bool| -> Vec<f32> {
            let all = (0..100).flat_map(|i| (0..i).map(move |j| (i, j)));
            all.filter(|&(i, j)| is_pair(i, j) && side(i) && side(j))
                .map(|(i, j)| chords.row(i)[j])
                .collect()
        };
        let thresholds = thresholds(pairs(&|_| true));
        let labellings = curves.permutations(3).unwrap().labellings(0..5);
        for (l, value) in curves.values(&labellings).iter().enumerate() {
            let [a, b] =
                [true, false].map(|label| pairs(&|row| labellings.is_first(l, row) == label));
            let exact = naive(&curves, &thresholds, &a, &b);
            assert!((value - exact).abs() < 1e-12, "{value} {exact}");
        }
        let observed = naive(
            &curves,
            &thresholds,
            &pairs(&|row| first[row]),
            &pairs(&|row| !first[row]),
        );
        assert!((curves.observed() - observed).abs() < 1e-12);
    }
}
