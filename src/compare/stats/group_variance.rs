//! The variance of a difference of means under each labelling of whole groups.

use super::intraclass::Intraclass;
use super::labellings::Labellings;
use super::row_groups::RowGroups;

/// What quadratic statistics of group labellings are divided by.
#[derive(Debug, Clone)]
pub(super) struct GroupVariance {
    groups: RowGroups,
    alike: Intraclass,
    observed: f64,
}

impl GroupVariance {
    pub(super) fn new(groups: &RowGroups, alike: Intraclass) -> Self {
        let mut new = Self {
            groups: groups.clone(),
            alike,
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

    /// 1/n + 1/m, and the variance.
    fn of(&self, labellings: &Labellings, index: usize) -> (f64, f64) {
        let [a, b] = self.groups.sides(labellings, index, self.groups.rows());
        let (n, m) = (a.rows.0, b.rows.0);
        let shared = self.groups.shared_pairs();
        let variance = self.alike.variance([n, m], [a.pairs, b.pairs], shared);
        (1.0 / n + 1.0 / m, variance)
    }

    /// (1/n + 1/m)^2 / v: what a sum over the reference's centred rows, squared, is
    /// multiplied by. Not a number where a side is empty.
    pub(super) fn scale(&self, labellings: &Labellings, index: usize) -> f64 {
        let (alone, variance) = self.of(labellings, index);
        alone * alone / variance
    }
}
