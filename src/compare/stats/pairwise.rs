//! Curves of pairwise distances, compared with the records permuted.

use super::bit_planes::{BitPlanes, CURVE, Counts, Masks};
use super::gram::SquaredChords;
use super::labellings::{LabelStatistic, Labellings};
use super::pair_summary::{PairSummary, order_statistics, trapezoid};
use super::permutation::Permutations;
use super::row_groups::RowGroups;
use crate::error::Result;

/// Pairwise distances of two windows, either among all rows
/// ([`within`](Self::within)) or between the rows of two classes
/// ([`between`](Self::between): separation), and the test whether they changed.
///
/// Pairs that share a record depend on each other, so tests for independent
/// values (KS) alarm without cause. Here the *records* are permuted. The
/// statistic is the area between the two windows' quantile curves in units of
/// the reference's standard deviation (the target's, if the reference's
/// distances do not vary); it equals the area between their distribution
/// functions,
///
/// ```text
/// A = 1/sd  integral |F(t) - G(t)| dt   from the 6 % to the 94 % point of all pairs
/// ```
///
/// taken by trapezoids over the pooled quantiles 1/16, 3/16, ..., 15/16. F and G
/// are counted exactly for every labelling: a threshold turns the pairs into a bit
/// matrix, a labelling into a mask, and counting into popcounts.
///
/// The effect to report is [`median_shift`](Self::median_shift) with the two
/// [`PairSummary`].
///
/// ```
/// use driftsphere::compare::stats::{PairCurves, SquaredChords};
///
/// // The same mean direction, but the second window is spread wider.
/// let angles: Vec<f32> = (0..40)
///     .map(|i| (i % 20) as f32 * if i < 20 { 0.02 } else { 0.08 })
///     .map(|a| a - 0.5)
///     .collect();
/// let rows: Vec<f32> = angles.iter().flat_map(|a| [a.cos(), a.sin()]).collect();
/// let chords = SquaredChords::new(&rows, 2)?;
/// let half_chord = |squared: f64| squared.sqrt() / 2.0;
/// let curves = PairCurves::within(&chords, 20, half_chord).unwrap();
/// let test = curves.permutations(1)?.test(curves.observed(), &curves);
/// assert!(test.p_value < 0.01);
/// assert!(curves.median_shift().unwrap() > 1.0);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PairCurves {
    shape: Shape,
    planes: BitPlanes,
    /// Pairs under each threshold that involve a row (or column).
    row_totals: Vec<[u64; CURVE]>,
    column_totals: Vec<[u64; CURVE]>,
    totals: [u64; CURVE],
    /// Trapezoid weights of the thresholds, over the reference's sd.
    weights: [f64; CURVE],
    first: PairSummary,
    second: PairSummary,
    observed: f64,
    groups: Option<Box<RowGroups>>,
}

/// Which rows are pooled with which.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// All pairs of `rows` rows, `first` of them the reference's.
    Within { rows: usize, first: usize },
    /// Pairs of a row of class A with one of class B: (reference, target) rows.
    Between {
        a: (usize, usize),
        b: (usize, usize),
    },
}

impl PairCurves {
    /// Distances among the pooled rows, of which the `first` ones are the
    /// reference's. For one class pass [`SquaredChords::select`] of its rows.
    /// `distance` turns a squared chord into the distance to report; it must
    /// not fall as chords grow.
    ///
    /// `None` if a side has fewer than two rows.
    #[must_use]
    pub fn within(
        chords: &SquaredChords,
        first: usize,
        distance: impl Fn(f64) -> f64,
    ) -> Option<Self> {
        let rows = chords.rows();
        if first < 2 || rows < first + 2 {
            return None;
        }
        let side = |range: std::ops::Range<usize>| -> Vec<f32> {
            let pairs = range.clone().flat_map(|i| &chords.row(i)[range.start..i]);
            pairs.copied().collect()
        };
        let shape = Shape::Within { rows, first };
        // Bit j of row i stands for the pair only where j < i.
        let lower: Vec<&[f32]> = (0..rows).map(|i| &chords.row(i)[..i]).collect();
        Self::new(
            shape,
            &lower,
            chords.pairs(),
            side(0..first),
            side(first..rows),
            distance,
        )
    }

    /// Distances between the rows of two classes: `first` and `second` hold,
    /// for the reference and the target, the indices of the rows of class A
    /// and of class B. Labels are permuted inside each class, so a change of
    /// one class's share is not mistaken for a change of distance.
    ///
    /// `None` if one of the four lists is empty, or each class has only one
    /// row a side.
    ///
    /// # Panics
    ///
    /// If an index is out of range.
    #[must_use]
    pub fn between(
        chords: &SquaredChords,
        first: [&[usize]; 2],
        second: [&[usize]; 2],
        distance: impl Fn(f64) -> f64,
    ) -> Option<Self> {
        let a = (first[0].len(), second[0].len());
        let b = (first[1].len(), second[1].len());
        if a.0.min(a.1).min(b.0).min(b.1) == 0 || a.0 + a.1 + b.0 + b.1 == 4 {
            return None;
        }
        let columns: Vec<usize> = first[1].iter().chain(second[1]).copied().collect();
        let block: Vec<Vec<f32>> = first[0]
            .iter()
            .chain(second[0])
            .map(|&i| columns.iter().map(|&j| chords.row(i)[j]).collect())
            .collect();
        let side = |rows: &[Vec<f32>], range: std::ops::Range<usize>| -> Vec<f32> {
            rows.iter()
                .flat_map(|row| &row[range.clone()])
                .copied()
                .collect()
        };
        let shape = Shape::Between { a, b };
        let rows: Vec<&[f32]> = block.iter().map(Vec::as_slice).collect();
        let one = side(&block[..a.0], 0..b.0);
        let two = side(&block[a.0..], b.0..b.0 + b.1);
        Self::new(shape, &rows, block.concat(), one, two, distance)
    }

    fn new(
        shape: Shape,
        rows: &[&[f32]],
        mut pooled: Vec<f32>,
        mut first: Vec<f32>,
        mut second: Vec<f32>,
        distance: impl Fn(f64) -> f64,
    ) -> Option<Self> {
        for pairs in [&mut pooled, &mut first, &mut second] {
            pairs.retain(|chord| chord.is_finite());
        }
        if first.is_empty() || second.is_empty() {
            return None;
        }
        let ranks: [usize; CURVE] = std::array::from_fn(|t| {
            let share = (0.5 + t as f64) / CURVE as f64;
            (share * (pooled.len() - 1) as f64).round() as usize
        });
        let thresholds = order_statistics(&mut pooled, &ranks);
        drop(pooled);
        let first = PairSummary::of(first, &distance);
        let second = PairSummary::of(second, &distance);
        let unit = if first.sd > 0.0 { first.sd } else { second.sd };
        let (columns, within) = match shape {
            Shape::Within { rows, .. } => (rows, true),
            Shape::Between { b, .. } => (b.0 + b.1, false),
        };
        let mut curves = Self {
            shape,
            planes: BitPlanes::new(rows, columns, within, &thresholds),
            row_totals: vec![[0; CURVE]; rows.len()],
            column_totals: vec![[0; CURVE]; if within { 0 } else { columns }],
            totals: [0; CURVE],
            weights: trapezoid(&thresholds.map(|t| distance(f64::from(t))), unit),
            first,
            second,
            observed: 0.0,
            groups: None,
        };
        curves.add_totals(rows, &thresholds);
        let labels = curves.permutations(0).ok()?.observed();
        curves.observed = curves.values(&labels)[0];
        Some(curves)
    }

    fn add_totals(&mut self, rows: &[&[f32]], thresholds: &[f32; CURVE]) {
        let within = matches!(self.shape, Shape::Within { .. });
        for (i, row) in rows.iter().enumerate() {
            for (j, value) in row.iter().enumerate() {
                // Thresholds ascend: find the first that holds the value.
                let from = thresholds.partition_point(|t| t < value);
                let Some(slot) = self.row_totals[i].get_mut(from) else {
                    continue;
                };
                *slot += 1;
                self.totals[from] += 1;
                if within {
                    self.row_totals[j][from] += 1;
                } else {
                    self.column_totals[j][from] += 1;
                }
            }
        }
        let lists = self.row_totals.iter_mut().chain(&mut self.column_totals);
        for counts in lists.chain([&mut self.totals]) {
            for t in 1..CURVE {
                counts[t] += counts[t - 1];
            }
        }
    }

    /// The same where labels move by whole groups. The chords were those
    /// [`apart`](SquaredChords::apart) from `groups`: pairs inside a group say
    /// nothing of the window. `groups` are those of the rows in the order of the
    /// curves: of two classes A's rows of the reference, A's of the target, then
    /// B's. A group may have rows of both classes.
    ///
    /// # Panics
    ///
    /// If there are groups of fewer rows.
    #[must_use]
    pub fn grouped(mut self, groups: &RowGroups) -> Self {
        self.groups = Some(Box::new(groups.clone()));
        let labels = Labellings::single(&groups.is_first());
        self.observed = self.values(&labels)[0];
        self
    }

    /// The labellings that fit: over all rows, or inside each of the two
    /// classes; of whole groups where there are groups.
    ///
    /// # Errors
    ///
    /// None in practice: the constructors refuse empty sides.
    pub fn permutations(&self, seed: u64) -> Result<Permutations> {
        if let Some(groups) = &self.groups {
            return Permutations::whole_groups(groups, seed);
        }
        match self.shape {
            Shape::Within { rows, first } => Permutations::new(first, rows - first, seed),
            Shape::Between { a, b } => Permutations::stratified(&[a, b], seed),
        }
    }

    /// The statistic for the labels as observed.
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// The reference's distances.
    #[must_use]
    pub fn first(&self) -> &PairSummary {
        &self.first
    }

    /// The target's distances.
    #[must_use]
    pub fn second(&self) -> &PairSummary {
        &self.second
    }

    /// Median of the target less that of the reference, in standard
    /// deviations of the reference's distances. `None` if those do not vary.
    #[must_use]
    pub fn median_shift(&self) -> Option<f64> {
        (self.first.sd > 0.0).then(|| (self.second.median - self.first.median) / self.first.sd)
    }

    /// Pairs of the reference and of the target under labelling `index`, those
    /// inside a group left out.
    fn pairs_of(&self, labellings: &Labellings, index: usize) -> [f64; 2] {
        let Some(groups) = &self.groups else {
            return [self.first.pairs as f64, self.second.pairs as f64];
        };
        match self.shape {
            Shape::Within { rows, .. } => groups
                .sides(labellings, index, rows)
                .map(|side| (side.rows.0 * (side.rows.0 - 1.0) - side.pairs) / 2.0),
            Shape::Between { a, .. } => groups
                .sides(labellings, index, a.0 + a.1)
                .map(|side| side.rows.0 * side.rows.1 - side.across),
        }
    }

    /// Pairs of the reference and of the target under each threshold, for each
    /// labelling. Only the reference's are counted; the target's are what is
    /// left of the total after all pairs that touch a row of the reference
    /// (those inside it touch two).
    fn counts(&self, labellings: &Labellings) -> (Counts, Counts) {
        let (rows, columns) = match self.shape {
            Shape::Within { rows, .. } => (rows, None),
            Shape::Between { a, b } => (a.0 + a.1, Some(b.0 + b.1)),
        };
        let by_row = Masks::new(labellings, 0, rows);
        let by_column = columns.map(|count| Masks::new(labellings, rows, count));
        let inside = self
            .planes
            .count(&by_row, by_column.as_ref().unwrap_or(&by_row));
        let mut touching = by_row.zeros();
        by_row.add_totals(&self.row_totals, &mut touching);
        if let Some(by_column) = by_column {
            by_column.add_totals(&self.column_totals, &mut touching);
        }
        for (t, touching) in touching.iter_mut().enumerate() {
            for (outside, inside) in touching.iter_mut().zip(&inside[t]) {
                *outside = self.totals[t] + inside - *outside;
            }
        }
        (inside, touching)
    }
}

impl LabelStatistic for PairCurves {
    fn values(&self, labellings: &Labellings) -> Vec<f64> {
        let (f, g) = self.counts(labellings);
        (0..labellings.len())
            .map(|l| {
                let [first, second] = self.pairs_of(labellings, l);
                (0..CURVE)
                    .map(|t| {
                        let gap = f[t][l] as f64 / first - g[t][l] as f64 / second;
                        self.weights[t] * gap.abs()
                    })
                    .sum()
            })
            .collect()
    }

    fn tolerance(&self) -> f64 {
        1e-12 * self.weights.iter().sum::<f64>()
    }
}

#[cfg(test)]
mod tests;
