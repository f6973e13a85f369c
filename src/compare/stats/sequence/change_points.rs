//! Where the level of a series changed.

/// Fewest values on each side of a change.
const LEAST: usize = 4;

/// A change of level between two values of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangePoint {
    /// The first value after the change.
    pub at: usize,
    /// How often chance alone would make a difference as large somewhere in this
    /// part of the series.
    pub p_value: f64,
    /// Medians of the parts before and after.
    pub medians: (f64, f64),
}

/// The changes of level of a series: Pettitt's test (1979), applied again to the
/// parts before and after each change found (binary segmentation, Vostrikova 1981).
///
/// ```text
/// U_t = 2 (r_1 + ... + r_t) - t (n + 1),   K = max |U_t|,   p = 2 exp(-6 K^2 / (n^3 + n^2))
/// ```
///
/// with `r` the ranks of the values. Taken because it asks nothing of the
/// distribution of the values, and one odd window (a holiday) moves it by one rank
/// only. Each part is tested at `alpha`; the confidence in a change is `1 - p`. A
/// slow change has one in its middle.
///
/// ```
/// use driftsphere::compare::stats::change_points;
///
/// let mut values: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 10)).collect();
/// values[21..].iter_mut().for_each(|x| *x += 20.0);
/// let found = change_points(&values, 0.01);
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].at, 21);
/// ```
#[must_use]
pub fn change_points(values: &[f64], alpha: f64) -> Vec<ChangePoint> {
    let mut found = Vec::new();
    let mut parts = vec![(0, values.len())];
    while let Some((start, end)) = parts.pop() {
        if let Some(mut change) = largest(&values[start..end]).filter(|c| c.p_value < alpha) {
            change.at += start;
            parts.extend([(start, change.at), (change.at, end)]);
            found.push(change);
        }
    }
    found.sort_by_key(|change| change.at);
    found
}

/// The likeliest change of one part.
fn largest(values: &[f64]) -> Option<ChangePoint> {
    let n = values.len();
    if n < 2 * LEAST || values.iter().any(|x| x.is_nan()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    // Twice the mean rank of equal values: whole numbers.
    let rank = |x: &f64| {
        let below = sorted.partition_point(|y| y.total_cmp(x).is_lt());
        let upto = sorted.partition_point(|y| y.total_cmp(x).is_le());
        (below + upto + 1) as i64
    };
    let mut sum = 0;
    let mut best = (0, 0);
    for (at, value) in values.iter().enumerate().take(n - LEAST) {
        sum += rank(value);
        let t = at as i64 + 1;
        let u = (sum - t * (n as i64 + 1)).abs();
        if at + 1 >= LEAST && u > best.1 {
            best = (at + 1, u);
        }
    }
    let (at, k) = best;
    if at == 0 {
        return None;
    }
    let (n, k) = (n as f64, k as f64);
    Some(ChangePoint {
        at,
        p_value: (2.0 * libm::exp(-6.0 * k * k / (n * n * n + n * n))).min(1.0),
        medians: (median(&values[..at]), median(&values[at..])),
    })
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0
}

#[cfg(test)]
mod tests {
    use super::super::super::random::Random;
    use super::*;

    #[test]
    fn two_changes_are_found_and_one_odd_value_is_none() {
        let mut random = Random::stream(2, 0);
        let level = |i: usize| [0.0, 3.0, 1.0][i / 20];
        let values: Vec<f64> = (0..60).map(|i| level(i) + random.uniform()).collect();
        let found: Vec<usize> = change_points(&values, 0.01).iter().map(|c| c.at).collect();
        assert_eq!(found, [20, 40]);
        let mut odd: Vec<f64> = (0..40).map(|_| random.uniform()).collect();
        odd[17] = 100.0;
        assert!(change_points(&odd, 0.01).is_empty());
        assert!(change_points(&[1.0; 30], 0.5).is_empty());
    }

    /// Series without a change; the limit law errs on the careful side.
    #[test]
    fn the_level_holds() {
        let trials = 2000;
        let found = (0..trials).filter(|&trial| {
            let mut random = Random::stream(6, trial);
            let values: Vec<f64> = (0..40).map(|_| random.uniform()).collect();
            !change_points(&values, 0.05).is_empty()
        });
        let share = found.count() as f64 / trials as f64;
        // Two more parts may be tested where one was found.
        assert!(share < 0.05 + 0.0147, "{share}");
    }
}
