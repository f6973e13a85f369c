//! The rows of a chunk, group by group.

use super::measured::Measured;

/// Rows in the order of their groups, inside a group as they came.
pub(crate) struct Grouped<'a> {
    rows: Vec<&'a Measured>,
    /// Where the rows of each group begin, and after the last one.
    starts: Vec<usize>,
}

impl<'a> Grouped<'a> {
    /// Orders `rows` by their group, below `groups`; rows without one are left
    /// out. (Counting sort.)
    pub(crate) fn new(
        rows: impl Iterator<Item = &'a Measured> + Clone,
        groups: usize,
        group_of: impl Fn(&Measured) -> Option<usize>,
    ) -> Self {
        let mut starts = vec![0; groups + 1];
        for group in rows.clone().filter_map(&group_of) {
            starts[group + 1] += 1;
        }
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let first = rows.clone().next();
        let mut ordered = first.map_or_else(Vec::new, |row| vec![row; starts[groups]]);
        for row in rows {
            if let Some(group) = group_of(row) {
                ordered[next[group]] = row;
                next[group] += 1;
            }
        }
        Self {
            rows: ordered,
            starts,
        }
    }

    /// The states of the groups with their rows, where there are any, in shares
    /// of about as many rows each: a few for each thread, so that none waits
    /// long for another.
    pub(crate) fn shares<'s, T>(
        &'s self,
        states: impl Iterator<Item = &'s mut T>,
        threads: usize,
    ) -> Vec<Vec<(&'s mut T, &'s [&'a Measured])>> {
        let most = self.rows.len() / (4 * threads) + 1;
        let mut shares = Vec::new();
        let (mut share, mut size) = (Vec::new(), 0);
        for (state, ends) in states.zip(self.starts.windows(2)) {
            let rows = &self.rows[ends[0]..ends[1]];
            if rows.is_empty() {
                continue;
            }
            size += rows.len();
            share.push((state, rows));
            if size >= most {
                shares.push(std::mem::take(&mut share));
                size = 0;
            }
        }
        if !share.is_empty() {
            shares.push(share);
        }
        shares
    }
}
