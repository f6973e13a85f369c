//! Who belongs to whom, one to one, at the least cost.

/// The column of each row such that each column is taken once and the costs add up
/// to the least sum; `costs` is row-major, `n` x `n`, finite.
///
/// Shortest augmenting paths with potentials in O(n^3) (Kuhn 1955, Munkres 1957;
/// the form of Jonker and Volgenant 1987, section 3).
///
/// # Panics
/// If there are not `n * n` costs, or one is not finite.
///
/// ```
/// use driftsphere::compare::stats::assignment;
///
/// assert_eq!(assignment(&[1.0, 2.0, 0.0, 5.0], 2), [1, 0]);
/// ```
#[must_use]
pub fn assignment(costs: &[f64], n: usize) -> Vec<usize> {
    assert_eq!(costs.len(), n * n, "a square of costs");
    assert!(costs.iter().all(|cost| cost.is_finite()), "finite costs");
    // Position 0 stands for none; rows and columns count from 1.
    let (mut of_row, mut of_column) = (vec![0.0; n + 1], vec![0.0; n + 1]);
    let mut taken_by = vec![0; n + 1];
    for row in 1..=n {
        taken_by[0] = row;
        let mut column = 0;
        let mut least = vec![f64::INFINITY; n + 1];
        let mut from = vec![0; n + 1];
        let mut seen = vec![false; n + 1];
        while taken_by[column] != 0 {
            seen[column] = true;
            let at = taken_by[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for j in (1..=n).filter(|&j| !seen[j]) {
                let reduced = costs[(at - 1) * n + j - 1] - of_row[at] - of_column[j];
                if reduced < least[j] {
                    (least[j], from[j]) = (reduced, column);
                }
                if least[j] < step {
                    (step, next) = (least[j], j);
                }
            }
            for (j, &seen) in seen.iter().enumerate() {
                if seen {
                    of_row[taken_by[j]] += step;
                    of_column[j] -= step;
                } else {
                    least[j] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            taken_by[column] = taken_by[from[column]];
            column = from[column];
        }
    }
    let mut out = vec![0; n];
    for (column, row) in taken_by.into_iter().enumerate().skip(1) {
        out[row - 1] = column - 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::super::random::Random;
    use super::*;

    /// The least sum over all permutations.
    fn by_trial(costs: &[f64], n: usize, row: usize, free: &mut Vec<usize>) -> f64 {
        if row == n {
            return 0.0;
        }
        let mut best = f64::INFINITY;
        for at in 0..free.len() {
            let column = free.swap_remove(at);
            best = best.min(costs[row * n + column] + by_trial(costs, n, row + 1, free));
            free.push(column);
            let last = free.len() - 1;
            free.swap(at, last);
        }
        best
    }

    #[test]
    fn no_permutation_costs_less() {
        let mut random = Random::stream(4, 0);
        for n in 0..7 {
            for _ in 0..20 {
                // Whole numbers, so that ties come.
                let costs: Vec<f64> = (0..n * n).map(|_| random.below(9) as f64 - 4.0).collect();
                let found = assignment(&costs, n);
                let mut columns = found.clone();
                columns.sort_unstable();
                assert_eq!(columns, (0..n).collect::<Vec<_>>());
                let sum: f64 = found
                    .iter()
                    .enumerate()
                    .map(|(i, &j)| costs[i * n + j])
                    .sum();
                assert_eq!(sum, by_trial(&costs, n, 0, &mut (0..n).collect()));
            }
        }
    }
}
