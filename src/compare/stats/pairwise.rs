//! Distances between pairs of rows: is a window more, or less, spread out?

use super::chords::Chords;
use super::effect::Z_DETECT;
use super::permutation::{LabelStatistic, Labellings, Permutation, Permutations};
use multiversion::multiversion;

/// Ranks at which the distributions are compared.
const RANKS: [f64; 11] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

/// What the pairwise test says.
#[derive(Debug, Clone, PartialEq)]
pub struct PairwiseTest {
    /// Mean absolute difference of the two distribution functions at eleven
    /// quantiles of the pooled pairs, in `[0, 1]`.
    pub statistic: f64,
    /// P-value by permuting records.
    pub permutation: Permutation,
    /// Distances of the pairs inside each window, sorted.
    pub distances: (Vec<f64>, Vec<f64>),
    /// Shift of the median in units of the reference's sd.
    pub median_shift: f64,
    /// The shift that would have been found with 80 % power at 5 %.
    pub detectable: f64,
}

/// Tests whether pairs of rows are as far apart in one window as in the other.
///
/// The rows are pooled, those of the reference (`n`) first. Pairs that share a
/// record depend on each other, so it is the records that are permuted, never
/// the pairs:
///
/// ```text
/// S = mean_q | F_first(t_q) - F_second(t_q) |
///     where  F    distribution function of the distances of pairs inside a window
///            t_q  quantile of the distances of all pooled pairs, 11 ranks from 0.05 to 0.95
/// ```
///
/// Compared at quantiles of the pooled pairs, the whole curve counts: a
/// window that is more spread out, one that has split in two, near copies.
/// With `classes` (one number for each pooled row) only pairs of different
/// classes count, and labels move inside the classes: the separation of the
/// classes, whatever their shares.
///
/// The detectable shift comes from the variance of a U-statistic (Hoeffding
/// 1948): `2 sqrt(zeta (1/n + 1/m))`, zeta the variance of a record's mean
/// distance to the others.
///
/// `distance` turns a chord into the distance that is reported; it must rise.
/// `None` with fewer than 8 rows a side, or no pairs.
#[must_use]
pub fn pairwise_test(
    chords: &Chords,
    n: usize,
    classes: Option<&[u32]>,
    distance: impl Fn(f64) -> f64,
    seed: u64,
) -> Option<PairwiseTest> {
    let rows = chords.rows();
    if n < MIN_ROWS || rows - n.min(rows) < MIN_ROWS {
        return None;
    }
    let counts = |i: usize, j: usize| i != j && classes.is_none_or(|c| c[i] != c[j]);
    // Labels that move inside classes need the rows of a class to lie together.
    let (order, permutations) = match classes {
        None => (
            (0..rows).collect(),
            Permutations::new(n, rows - n, seed).ok()?,
        ),
        Some(classes) => strata(classes, n, seed)?,
    };
    let mut pooled: Vec<f32> = (0..rows)
        .flat_map(|i| (0..i).filter(move |&j| counts(i, j)).map(move |j| (i, j)))
        .map(|(i, j)| chords.get(i, j))
        .collect();
    if pooled.is_empty() {
        return None;
    }
    pooled.sort_unstable_by(f32::total_cmp);
    let thresholds: Vec<f32> = RANKS
        .iter()
        .map(|rank| pooled[((rank * pooled.len() as f64) as usize).min(pooled.len() - 1)])
        .collect();
    let curves = Curves::new(&order, &thresholds, counts, |i, j| chords.get(i, j));
    let observed = curves.values(&permutations.observed())[0];
    let permutation = permutations.test(observed, &curves);

    let inside = |range: std::ops::Range<usize>| -> Vec<f64> {
        let mut inside: Vec<f64> = range
            .clone()
            .flat_map(|i| {
                (range.start..i)
                    .filter(move |&j| counts(i, j))
                    .map(move |j| (i, j))
            })
            .map(|(i, j)| distance(f64::from(chords.get(i, j))))
            .collect();
        inside.sort_unstable_by(f64::total_cmp);
        inside
    };
    let distances = (inside(0..n), inside(n..rows));
    let sd = sd(&distances.0).filter(|sd| *sd > 0.0).unwrap_or(1.0);
    let median = |sorted: &[f64]| sorted.get(sorted.len() / 2).copied();
    let median_shift = (median(&distances.1)? - median(&distances.0)?) / sd;
    let means: Vec<f64> = (0..n)
        .map(|i| {
            let others = (0..n).filter(|&j| counts(i, j));
            let (sum, count) = others.fold((0.0, 0.0), |(sum, count), j| {
                (sum + distance(f64::from(chords.get(i, j))), count + 1.0)
            });
            if count > 0.0 { sum / count } else { 0.0 }
        })
        .collect();
    let zeta = self::sd(&means).unwrap_or(0.0);
    let m = (rows - n) as f64;
    let detectable = Z_DETECT * 2.0 * zeta * (1.0 / n as f64 + 1.0 / m).sqrt() / sd;
    Some(PairwiseTest {
        statistic: observed,
        permutation,
        distances,
        median_shift,
        detectable,
    })
}

/// Fewest rows a side.
const MIN_ROWS: usize = 8;

fn sd(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = |x: &f64| (x - mean) * (x - mean);
    (n > 1.0).then(|| (values.iter().map(square).sum::<f64>() / (n - 1.0)).sqrt())
}

/// Rows ordered class by class, reference before target, and labellings that
/// keep each class's share. Classes that only one side has are left out.
fn strata(classes: &[u32], n: usize, seed: u64) -> Option<(Vec<usize>, Permutations)> {
    let mut by_class: std::collections::BTreeMap<u32, (Vec<usize>, Vec<usize>)> =
        std::collections::BTreeMap::new();
    for (i, class) in classes.iter().enumerate() {
        let sides = by_class.entry(*class).or_default();
        if i < n {
            sides.0.push(i)
        } else {
            sides.1.push(i)
        }
    }
    let both = by_class
        .into_values()
        .filter(|(a, b)| !a.is_empty() && !b.is_empty());
    let mut order = Vec::new();
    let mut sizes = Vec::new();
    for (first, second) in both {
        sizes.push((first.len(), second.len()));
        order.extend(first);
        order.extend(second);
    }
    let permutations = Permutations::stratified(&sizes, seed).ok()?;
    Some((order, permutations))
}

/// For each threshold, which pairs are no farther apart: a bit for each pair,
/// so that a labelling is counted 64 pairs at a time.
struct Curves {
    rows: usize,
    words: usize,
    /// `(thresholds + 1, rows, words)`; the last plane has all pairs that count.
    planes: Vec<Vec<u64>>,
}

impl Curves {
    fn new(
        order: &[usize],
        thresholds: &[f32],
        counts: impl Fn(usize, usize) -> bool,
        chord: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let rows = order.len();
        let words = rows.div_ceil(64);
        let mut planes = vec![vec![0_u64; rows * words]; thresholds.len() + 1];
        for (a, &i) in order.iter().enumerate() {
            for (b, &j) in order.iter().enumerate() {
                if !counts(i, j) {
                    continue;
                }
                let at = a * words + b / 64;
                let bit = 1 << (b % 64);
                let chord = chord(i, j);
                for (plane, threshold) in planes.iter_mut().zip(thresholds) {
                    if chord <= *threshold {
                        plane[at] |= bit;
                    }
                }
                planes[thresholds.len()][at] |= bit;
            }
        }
        Self {
            rows,
            words,
            planes,
        }
    }

    /// Pairs of a plane inside the first and inside the second window, each
    /// counted twice.
    fn inside(&self, plane: &[u64], first: &[u64], second: &[u64]) -> (u64, u64) {
        let (mut a, mut b) = (0, 0);
        for (i, line) in plane.chunks_exact(self.words).enumerate() {
            if first[i / 64] >> (i % 64) & 1 == 1 {
                a += common_bits(line, first);
            } else {
                b += common_bits(line, second);
            }
        }
        (a, b)
    }
}

#[multiversion(targets("x86_64+popcnt+avx2", "x86_64+popcnt"))]
fn common_bits(a: &[u64], b: &[u64]) -> u64 {
    let mut sum = 0;
    for (x, y) in a.iter().zip(b) {
        sum += u64::from((x & y).count_ones());
    }
    sum
}

impl LabelStatistic for Curves {
    fn values(&self, labellings: &Labellings) -> Vec<f64> {
        let value = |l: usize| {
            let first = labellings.bits(l);
            let mut second: Vec<u64> = first.iter().map(|w| !w).collect();
            if let (Some(last), 1..) = (second.last_mut(), self.rows % 64) {
                *last &= (1 << (self.rows % 64)) - 1;
            }
            let all = self.planes.len() - 1;
            let pairs = self.inside(&self.planes[all], first, &second);
            if pairs.0 == 0 || pairs.1 == 0 {
                return 0.0;
            }
            let difference = |plane: &Vec<u64>| {
                let (a, b) = self.inside(plane, first, &second);
                (a as f64 / pairs.0 as f64 - b as f64 / pairs.1 as f64).abs()
            };
            self.planes[..all].iter().map(difference).sum::<f64>() / all as f64
        };
        (0..labellings.len()).map(value).collect()
    }

    fn tolerance(&self) -> f64 {
        1e-12
    }
}
