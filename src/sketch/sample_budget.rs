//! How many rows a sample may keep.

/// Most rows kept for all classes (or all clusters) together.
const GROUP_ROWS: usize = 4096;

/// Fewest and most rows of one group.
const PER_GROUP: (usize, usize) = (2, 128);

/// The rows that fit into a budget of bytes.
///
/// ```text
/// rows       = bytes / (2 dim + 96)        2 dim: the f16 unit vector; 96: the rest of a row
/// overall    = min(k, rows)
/// group_rows = rows - overall              classes and clusters give way first
/// ```
///
/// Where no row is wanted (k = 0), none is kept for classes and clusters either.
///
/// It depends on bytes, dim and k alone, never on the rows that come.
///
/// ```
/// use driftsphere::sketch::SampleBudget;
///
/// let budget = SampleBudget::new(4 << 20, 512, 1024);
/// assert_eq!((budget.overall, budget.group_rows), (1024, 2720));
/// assert_eq!(budget.per_group(10), 128);
/// assert_eq!(budget.per_group(1000), 2);
/// assert_eq!(budget.per_group(2000), 0); // not tracked
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleBudget {
    /// Rows of the sample over all records.
    pub overall: usize,
    /// Rows that all groups may keep together.
    pub group_rows: usize,
}

impl SampleBudget {
    /// The rows that `bytes` hold in `dim` dimensions, where `k` are wanted overall.
    #[must_use]
    pub fn new(bytes: usize, dim: usize, k: usize) -> Self {
        let rows = bytes / Self::row_bytes(dim);
        let overall = rows.min(k);
        Self {
            overall,
            group_rows: if k == 0 { 0 } else { rows - overall },
        }
    }

    /// The bytes that one row is reckoned at in `dim` dimensions.
    #[must_use]
    pub fn row_bytes(dim: usize) -> usize {
        dim.saturating_mul(2).saturating_add(96)
    }

    /// The budget of at most `k` rows overall and `bytes` bytes that leaves no
    /// more rows to any of up to `groups` groups than this one does: the bytes.
    ///
    /// With fewer rows overall, more of the same bytes would be left to groups. A
    /// sample that is lowered cannot gain rows, so where that would show the bytes
    /// are lowered too, to those of the rows overall and the group rows of before.
    ///
    /// ```
    /// use driftsphere::sketch::SampleBudget;
    ///
    /// let before = SampleBudget::new(1 << 20, 512, 1024);
    /// assert_eq!((before.overall, before.group_rows), (936, 0));
    /// let bytes = before.lowered(1 << 20, 512, 100, 1024);
    /// let after = SampleBudget::new(bytes, 512, 100);
    /// assert_eq!((after.overall, after.group_rows), (100, 0));
    /// ```
    #[must_use]
    pub fn lowered(&self, bytes: usize, dim: usize, k: usize, groups: usize) -> usize {
        let after = Self::new(bytes, dim, k);
        // From here on, every group has all the rows it may have.
        let ample = GROUP_ROWS.max(groups.saturating_mul(PER_GROUP.0));
        if after.group_rows <= self.group_rows || self.group_rows >= ample {
            return bytes;
        }
        (after.overall + self.group_rows).saturating_mul(Self::row_bytes(dim))
    }

    /// The rows that each of `groups` groups may keep: an equal share of
    /// min(4096, `group_rows`), at least 2 and at most 128; none where not even 2
    /// fit. It only falls as groups appear.
    #[must_use]
    pub fn per_group(&self, groups: usize) -> usize {
        let groups = groups.max(1);
        if groups.saturating_mul(PER_GROUP.0) > self.group_rows {
            return 0;
        }
        (self.group_rows.min(GROUP_ROWS) / groups).clamp(PER_GROUP.0, PER_GROUP.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_as_groups_appear_and_stays_inside_the_budget() {
        for (bytes, dim) in [
            (0, 8),
            (1 << 12, 64),
            (1 << 20, 512),
            (4 << 20, 1280),
            (64 << 20, 8),
        ] {
            let budget = SampleBudget::new(bytes, dim, 1024);
            assert!((budget.overall + budget.group_rows) * (2 * dim + 96) <= bytes);
            let mut before = usize::MAX;
            for groups in 0..5000 {
                let rows = budget.per_group(groups);
                assert!(rows <= before && rows != 1);
                assert!(rows * groups <= budget.group_rows.min(GROUP_ROWS.max(2 * groups)));
                before = rows;
            }
        }
    }

    #[test]
    fn none_wanted_is_none_for_any_group() {
        let none = SampleBudget::new(4 << 20, 8, 0);
        assert_eq!((none.overall, none.group_rows), (0, 0));
        assert!((0..100).all(|groups| none.per_group(groups) == 0));
    }

    #[test]
    fn extreme_arguments_do_not_overflow() {
        let none = SampleBudget::new(1, usize::MAX, 5);
        assert_eq!((none.overall, none.group_rows), (0, 0));
        assert_eq!(SampleBudget::new(usize::MAX, 0, 1).per_group(usize::MAX), 0);
    }
}
