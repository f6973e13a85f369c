//! Two-sample chi-square test of counts, and total variation.

use super::resample::PooledHistogram;
use super::sequential::{MOST_ROUNDS, Permutation};
use statrs::function::gamma::gamma_ur;

/// Result of [`chi_square_test`].
#[derive(Debug, Clone, PartialEq)]
pub struct ChiSquareTest {
    /// Pearson's statistic (of the pooled cells, or of all cells if resampled).
    pub statistic: f64,
    /// Degrees of freedom: cells that were compared, less one.
    pub degrees: u64,
    /// P-value.
    pub p_value: f64,
    /// The resampling, where the limit law would not hold.
    pub resampled: Option<Permutation>,
}

/// A cell is pooled if one side expects fewer rows in it.
const LEAST_EXPECTED: f64 = 5.0;
/// With fewer cells than this the limit law is trusted only if every cell
/// expects [`AMPLE`] rows.
const FEW_CELLS: usize = 5;
const AMPLE: f64 = 25.0;
/// A larger share of the rows than this is not taken together: values that took each
/// other's place would cancel.
const LARGEST_REST: f64 = 0.05;

/// Tests whether two windows draw their categories with the same shares.
///
/// ```text
/// X^2 = sum_i (f_i m - s_i n)^2 / (n m (f_i + s_i))
/// ```
///
/// where f and s are the two sides' counts and n and m their sums: Pearson's
/// statistic of the 2 x k table, chi-square with k - 1 degrees of freedom if
/// nothing changed. Cells in which a side expects fewer than 5 rows (Cochran's
/// rule) are taken together as one. Where these hold more than 5 % of the rows, or
/// that leaves fewer than 5 cells and one of them expects fewer than 25 rows, or a
/// rest that is itself too small, the p-value is resampled from the unpooled table
/// instead; where no round reaches the statistic and the law holds for the pooled
/// table, the smaller of the two, as a correction over hundreds of features needs to
/// know how small p is.
///
/// `None` if a side has no rows or the lengths differ. One category alone, or
/// equal shares, give p = 1.
///
/// ```
/// use driftsphere::compare::stats::chi_square_test;
///
/// let test = chi_square_test(&[100, 200, 300], &[120, 190, 290], 1).unwrap();
/// assert_eq!(test.degrees, 2);
/// assert!((test.p_value - 0.325_6).abs() < 1e-4);
/// let few = chi_square_test(&[9, 1], &[1, 9], 1).unwrap();
/// assert!(few.resampled.is_some() && few.p_value < 0.01);
/// ```
#[must_use]
pub fn chi_square_test(first: &[u64], second: &[u64], seed: u64) -> Option<ChiSquareTest> {
    if first.len() != second.len() {
        return None;
    }
    let cells: Vec<(u64, u64)> = first
        .iter()
        .copied()
        .zip(second.iter().copied())
        .filter(|(f, s)| f + s > 0)
        .collect();
    let n = cells.iter().map(|c| c.0).sum::<u64>();
    let m = cells.iter().map(|c| c.1).sum::<u64>();
    if n == 0 || m == 0 {
        return None;
    }
    let (pooled, smallest) = pool_small(&cells, n, m);
    let rest = rest(&cells, n, m) as f64 / (n as f64 + m as f64);
    let is_ample = pooled.len() >= FEW_CELLS || smallest >= AMPLE;
    let holds = smallest >= LEAST_EXPECTED && is_ample;
    let of_pooled = || {
        let statistic = pearson(pooled.iter().copied(), n, m);
        let degrees = pooled.len() as u64 - 1;
        (
            statistic,
            degrees,
            chi_square_survival(statistic, degrees as f64),
        )
    };
    if holds && rest <= LARGEST_REST {
        let (statistic, degrees, p_value) = of_pooled();
        return Some(ChiSquareTest {
            statistic,
            degrees,
            p_value,
            resampled: None,
        });
    }
    let statistic = pearson(cells.iter().copied(), n, m);
    let (f, s): (Vec<u64>, Vec<u64>) = cells.iter().copied().unzip();
    let resampled = PooledHistogram::new(&f, &s)?.test(
        statistic,
        // Equal tables may differ in the last bits of their sums.
        1e-9 * statistic,
        seed,
        MOST_ROUNDS,
        |f, s| pearson(f.iter().copied().zip(s.iter().copied()), n, m),
    );
    Some(ChiSquareTest {
        statistic,
        degrees: cells.len() as u64 - 1,
        p_value: resampled.refined(|| match holds {
            true => of_pooled().2,
            false => 1.0,
        }),
        resampled: Some(resampled),
    })
}

/// The p-value by the limit law alone, at any size, for many windows of which each may be
/// small: cells are taken together, from the largest on, until a side expects 5 rows.
///
/// Both sides together decide which, so the law holds; and as the reference is the larger
/// side, values that a window has instead of others do not come together with them.
pub(crate) fn pooled_chi_square(cells: &[(u64, u64)], n: u64, m: u64) -> f64 {
    let mut sorted = cells.to_vec();
    sorted.sort_by_key(|cell| std::cmp::Reverse(cell.0 + cell.1));
    let mut groups: Vec<(u64, u64)> = Vec::new();
    let mut open = (0, 0);
    for cell in sorted {
        open = (open.0 + cell.0, open.1 + cell.1);
        if expected(open, n, m) >= LEAST_EXPECTED {
            groups.push(std::mem::take(&mut open));
        }
    }
    if let Some(last) = groups.last_mut() {
        *last = (last.0 + open.0, last.1 + open.1);
    }
    let degrees = groups.len().saturating_sub(1);
    chi_square_survival(pearson(groups.into_iter(), n, m), degrees as f64)
}

/// Rows of a cell that the smaller side expects.
fn expected((f, s): (u64, u64), n: u64, m: u64) -> f64 {
    let share = n.min(m) as f64 / (n as f64 + m as f64);
    (f as f64 + s as f64) * share
}

/// Rows in cells that are small.
fn rest(cells: &[(u64, u64)], n: u64, m: u64) -> u64 {
    let small = cells
        .iter()
        .filter(|c| expected(**c, n, m) < LEAST_EXPECTED);
    small.map(|c| c.0 + c.1).sum()
}

/// Takes cells with small expected counts together; also returns the smallest
/// expected count that is left on either side.
fn pool_small(cells: &[(u64, u64)], n: u64, m: u64) -> (Vec<(u64, u64)>, f64) {
    let expected = |&cell: &(u64, u64)| expected(cell, n, m);
    let (mut kept, small): (Vec<_>, Vec<_>) = cells
        .iter()
        .copied()
        .partition(|c| expected(c) >= LEAST_EXPECTED);
    if !small.is_empty() {
        kept.push(small.iter().fold((0, 0), |a, c| (a.0 + c.0, a.1 + c.1)));
    }
    let smallest = kept.iter().map(expected).fold(f64::INFINITY, f64::min);
    (kept, smallest)
}

fn pearson(cells: impl Iterator<Item = (u64, u64)>, n: u64, m: u64) -> f64 {
    let (n, m) = (n as f64, m as f64);
    let (root_n, root_m) = ((m / n).sqrt(), (n / m).sqrt());
    cells
        .filter(|(f, s)| f + s > 0)
        .map(|(f, s)| {
            let gap = f as f64 * root_n - s as f64 * root_m;
            gap * gap / (f as f64 + s as f64)
        })
        .sum()
}

/// Survival function of the chi-square distribution; `degrees` may be a
/// fraction, 0 gives 1.
pub(super) fn chi_square_survival(x: f64, degrees: f64) -> f64 {
    if !(x > 0.0 && degrees > 0.0) {
        return 1.0;
    }
    if x.is_infinite() {
        return 0.0;
    }
    gamma_ur(degrees / 2.0, x / 2.0).clamp(0.0, 1.0)
}

/// Total variation of two windows' shares, and what chance alone makes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TotalVariation {
    /// Half the sum of absolute differences of shares, in [0, 1]: the share of
    /// rows that would have to change category.
    pub distance: f64,
    /// Its expectation for windows of these sizes if nothing changed
    /// (see [`total_variation`]).
    pub by_chance: f64,
}

/// Total variation distance of two lists of counts.
///
/// ```text
/// TV = 1/2 sum_i |f_i / n - s_i / m|
/// ```
///
/// It is biased upwards, the more the more categories there are. `by_chance`
/// states by how much: a difference of shares is nearly normal with variance
/// p_i (1 - p_i) (1/n + 1/m), whose mean absolute value is sqrt(2 / pi)
/// deviations; for rare categories, where that is too large, 2 p_i (1 - p_i)
/// bounds it.
///
/// `None` if a side has no rows or the lengths differ.
///
/// ```
/// use driftsphere::compare::stats::total_variation;
///
/// let tv = total_variation(&[50, 50], &[70, 30]).unwrap();
/// assert!((tv.distance - 0.2).abs() < 1e-12);
/// assert!((tv.by_chance - 0.055).abs() < 0.001);
/// ```
#[must_use]
pub fn total_variation(first: &[u64], second: &[u64]) -> Option<TotalVariation> {
    let n = first.iter().sum::<u64>() as f64;
    let m = second.iter().sum::<u64>() as f64;
    if first.len() != second.len() || n == 0.0 || m == 0.0 {
        return None;
    }
    let (mut distance, mut by_chance) = (0.0, 0.0);
    for (&f, &s) in first.iter().zip(second) {
        let (f, s) = (f as f64, s as f64);
        distance += (f / n - s / m).abs();
        let p = (f + s) / (n + m);
        let spread = p * (1.0 - p);
        let normal = (std::f64::consts::FRAC_2_PI * spread * (1.0 / n + 1.0 / m)).sqrt();
        by_chance += normal.min(2.0 * spread);
    }
    Some(TotalVariation {
        distance: (distance / 2.0).min(1.0),
        by_chance: (by_chance / 2.0).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_cells_are_pooled_into_one() {
        let cells = [(50, 50), (3, 2), (1, 4), (4, 3)];
        let (pooled, smallest) = pool_small(&cells, 58, 59);
        assert_eq!(pooled, [(50, 50), (8, 9)]);
        assert!((smallest - 17.0 * 58.0 / 117.0).abs() < 1e-12);
    }

    #[test]
    fn values_that_took_each_others_place_are_found() {
        // Two hundred values of five rows each, and two hundred others.
        let ours: Vec<u64> = (0..400).map(|i| if i % 2 == 0 { 5 } else { 0 }).collect();
        let theirs: Vec<u64> = ours.iter().map(|count| 5 - count).collect();
        let test = chi_square_test(&ours, &theirs, 1).unwrap();
        assert!(test.p_value < 0.001, "{test:?}");
        assert!(chi_square_test(&ours, &ours, 1).unwrap().p_value > 0.999);
        // Beside ten large ones that stayed.
        let beside = |small: &[u64]| [vec![150; 10], small.to_vec()].concat();
        let test = chi_square_test(&beside(&ours), &beside(&theirs), 1).unwrap();
        assert!(test.p_value < 0.001, "{test:?}");

        // Large values that moved, too: below what rounds alone can tell.
        let moved: Vec<u64> = (0..10).map(|i| if i < 5 { 200 } else { 100 }).collect();
        let test = chi_square_test(&beside(&ours), &[moved, theirs.clone()].concat(), 1);
        assert!(test.unwrap().p_value < 1e-12);

        // A short window against a long reference.
        let reference: Vec<u64> = ours.iter().map(|count| 10 * count).collect();
        let window: Vec<u64> = theirs.iter().map(|count| count / 5).collect();
        let p = |window: &[u64]| {
            let cells: Vec<_> = reference
                .iter()
                .copied()
                .zip(window.iter().copied())
                .collect();
            pooled_chi_square(&cells, reference.iter().sum(), window.iter().sum())
        };
        assert!(p(&window) < 1e-9, "{}", p(&window));
        let calm: Vec<u64> = ours.iter().map(|count| count / 5).collect();
        assert!(p(&calm) > 0.9, "{}", p(&calm));
    }

    #[test]
    fn equal_shares_give_one_however_many_rows() {
        let test = chi_square_test(&[400_000_000, 600_000_000], &[4, 6], 1).unwrap();
        assert_eq!(test.p_value, 1.0);
        let one = chi_square_test(&[10, 0], &[20, 0], 1).unwrap();
        assert_eq!((one.degrees, one.p_value), (0, 1.0));
    }

    #[test]
    fn a_thousand_million_rows_find_a_small_change() {
        let first = [500_000_000, 500_000_000];
        let test = chi_square_test(&first, &[500_200_000, 499_800_000], 1).unwrap();
        assert!((test.statistic - 80.0).abs() < 1e-3);
        assert!(test.p_value < 1e-15 && test.p_value > 0.0);
    }

    #[test]
    fn empty_sides_give_nothing() {
        assert!(chi_square_test(&[], &[], 1).is_none());
        assert!(chi_square_test(&[1], &[0], 1).is_none());
        assert!(chi_square_test(&[1], &[1, 2], 1).is_none());
        assert!(total_variation(&[0], &[1]).is_none());
    }
}
