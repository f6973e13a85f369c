//! The variance of a difference of means under each labelling of whole groups.

use super::intraclass::Intraclass;
use super::labellings::Labellings;
use super::row_groups::RowGroups;

/// What quadratic statistics of group labellings are divided by.
///
/// With the weight u_g of a group (the sum of its rows' weights), s_g rows of it and
/// U = sum u_g over a side, the difference of two weighted means has the variance
///
/// ```text
/// v = sum_g (u_g / U)^2 (rho + (1 - rho) / s_g)  over both sides
///     - 2 rho'' sum u_g u'_g / (U U')            over groups of both windows
/// ```
///
/// in units of one row's; with u_g = s_g it is [`Intraclass::variance`].
#[derive(Debug, Clone)]
pub(super) struct GroupVariance {
    parts: Vec<Part>,
    alike: Intraclass,
    /// sum u_g u'_g.
    common: f64,
    observed: f64,
}

/// The rows of one group and one window.
#[derive(Debug, Clone)]
struct Part {
    /// One of its rows: labels move by whole parts.
    row: usize,
    weight: f64,
    /// u_g^2 / s_g, and u_g^2 rho (1 - 1 / s_g).
    alone: f64,
    together: f64,
}

impl GroupVariance {
    /// Of means over rows, which all weigh the same.
    pub(super) fn new(groups: &RowGroups, alike: Intraclass) -> Self {
        Self::weighted(groups, alike, &vec![1.0; groups.rows()])
    }

    /// Of means with these weights of the rows, alike within a group.
    pub(super) fn weighted(groups: &RowGroups, alike: Intraclass, weights: &[f64]) -> Self {
        let weight =
            |rows: &[u32]| -> f64 { rows.iter().map(|&row| weights[row as usize]).sum::<f64>() };
        let part = |rows: &[u32]| {
            let (weight, size) = (weight(rows), rows.len() as f64);
            Part {
                row: rows[0] as usize,
                weight,
                alone: weight * weight / size,
                together: weight * weight * alike.within * (1.0 - 1.0 / size),
            }
        };
        let mut new = Self {
            parts: groups.parts().map(part).collect(),
            alike,
            common: groups
                .shared_parts()
                .map(|(a, b)| weight(a) * weight(b))
                .sum(),
            observed: 0.0,
        };
        let labels = Labellings::single(&groups.is_first());
        new.observed = new.of(&labels, 0).1;
        new
    }

    /// The variance under the labels as observed.
    pub(super) fn observed(&self) -> f64 {
        self.observed
    }

    pub(super) fn alike(&self) -> Intraclass {
        self.alike
    }

    /// 1/U + 1/U', and the variance.
    fn of(&self, labellings: &Labellings, index: usize) -> (f64, f64) {
        let mut sides = [[0.0; 3]; 2];
        for part in &self.parts {
            let side = &mut sides[usize::from(!labellings.is_first(index, part.row))];
            side[0] += part.weight;
            side[1] += part.alone;
            side[2] += part.together;
        }
        let [a, b] = sides.map(|[weight, alone, together]| {
            let squared = weight * weight;
            (weight, alone / squared, together / squared)
        });
        let common = 2.0 * self.alike.between * self.common / (a.0 * b.0);
        let variance = a.1 + b.1 + (a.2 + b.2 - common).max(0.0);
        (1.0 / a.0 + 1.0 / b.0, variance)
    }

    /// (1/U + 1/U')^2 / v: what a weighted sum over the reference's centred rows,
    /// squared, is multiplied by. Not a number where a side is empty.
    pub(super) fn scale(&self, labellings: &Labellings, index: usize) -> f64 {
        let (reach, variance) = self.of(labellings, index);
        reach * reach / variance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups of 3 and 1 rows in the reference, 2 and 1 in the target, of which the
    /// last is in both windows.
    fn groups() -> RowGroups {
        let names: Vec<Option<u64>> = [1, 1, 1, 9, 2, 2, 9].map(Some).into();
        let first: Vec<bool> = (0..7).map(|row| row < 4).collect();
        RowGroups::new(&names, &first)
    }

    #[test]
    fn rows_of_one_weight_have_the_variance_of_plain_means() {
        let alike = Intraclass {
            within: 0.7,
            between: 0.2,
        };
        let found = GroupVariance::new(&groups(), alike).observed();
        let expected = alike.variance([4.0, 3.0], [6.0, 2.0], 1.0);
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }

    /// Weights in inverse proportion to the variances of the groups' means add up to
    /// the inverse of the variance.
    #[test]
    fn the_weights_of_groups_are_the_best_ones() {
        for within in [0.0, 0.4, 1.0] {
            let alike = Intraclass {
                within,
                between: 0.0,
            };
            let groups = groups();
            let weights = groups.row_weights(alike);
            let best = GroupVariance::weighted(&groups, alike, &weights).observed();
            let inverse = |size: f64| 1.0 / (within + (1.0 - within) / size);
            let expected =
                1.0 / (inverse(3.0) + inverse(1.0)) + 1.0 / (inverse(2.0) + inverse(1.0));
            assert!((best - expected).abs() < 1e-12, "{best} {expected}");
            assert!(best <= GroupVariance::new(&groups, alike).observed() + 1e-12);
            assert!((weights.iter().sum::<f64>() - 7.0).abs() < 1e-12);
        }
    }
}
