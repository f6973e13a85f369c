//! How classes lie in a space: how narrow, how far apart, and whose record is
//! where. All from the distances between records.

use super::super::SquaredChords;
use super::distances::half_chord;

/// Below this, two classes are one cloud: a ratio of separations stops here.
const LEAST_SEPARATION: f64 = 0.02;

/// Sums of squared chords by class and class, of records or of a part of them.
///
/// ```text
/// W_a  = mean squared chord between two records of class a
/// B_ab = mean squared chord between a record of a and one of b
/// separation(a, b) = (B_ab - (W_a + W_b) / 2) / ((W_a + W_b) / 2)
/// ```
///
/// which is Fisher's criterion `|mean_a - mean_b|^2 / (var_a + var_b)` without its
/// bias by small classes (Fisher 1936; Fukunaga 1990, section 10.2, the criterion
/// of traces): 0 if the two are one cloud, whatever their size.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassGeometry {
    counts: Vec<u64>,
    /// Squared chords between all ordered pairs, class by class.
    squares: Vec<f64>,
    /// Half chords between all pairs of one class.
    within: Vec<f64>,
}

impl ClassGeometry {
    /// Of the records at `ids`, or of all; `classes` are numbered from 0 to below
    /// `k`, records without one are left out.
    ///
    /// # Panics
    /// If a class is `k` or more, or there are not as many classes as records.
    #[must_use]
    pub fn new(
        chords: &SquaredChords,
        classes: &[Option<usize>],
        k: usize,
        ids: Option<&[usize]>,
    ) -> Self {
        assert_eq!(chords.rows(), classes.len(), "a class for each record");
        let all: Vec<usize> = (0..classes.len()).collect();
        let mut out = Self {
            counts: vec![0; k],
            squares: vec![0.0; k * k],
            within: vec![0.0; k],
        };
        let known = |&i: &usize| classes[i].map(|class| (i, class));
        let records: Vec<(usize, usize)> = ids.unwrap_or(&all).iter().filter_map(known).collect();
        let mut row_sums = vec![0.0; k];
        for &(i, class) in &records {
            out.counts[class] += 1;
            row_sums.fill(0.0);
            let row = chords.row(i);
            for &(j, other) in &records {
                row_sums[other] += f64::from(row[j]);
                if other == class && j < i {
                    out.within[class] += half_chord(row[j]);
                }
            }
            let sums = &mut out.squares[class * k..(class + 1) * k];
            sums.iter_mut()
                .zip(&row_sums)
                .for_each(|(sum, x)| *sum += x);
        }
        out
    }

    /// Records of a class.
    #[must_use]
    pub fn count(&self, class: usize) -> u64 {
        self.counts[class]
    }

    /// The mean half chord between two records of a class: the smaller, the more
    /// compact. `None` for fewer than 2.
    #[must_use]
    pub fn compactness(&self, class: usize) -> Option<f64> {
        let n = self.counts[class];
        (n > 1).then(|| self.within[class] * 2.0 / (n * (n - 1)) as f64)
    }

    /// The separation of two classes. `None` for fewer than 2 records of one, or
    /// classes without any spread.
    #[must_use]
    pub fn separation(&self, first: usize, second: usize) -> Option<f64> {
        let k = self.counts.len();
        let (n, m) = (self.counts[first], self.counts[second]);
        if first == second || n < 2 || m < 2 {
            return None;
        }
        let inside = |class: usize, n: u64| self.squares[class * k + class] / (n * (n - 1)) as f64;
        let spread = (inside(first, n) + inside(second, m)) / 2.0;
        let between = self.squares[first * k + second] / (n * m) as f64;
        (spread > 0.0).then(|| (between - spread) / spread)
    }

    /// The class that a class is least apart from, and their separation.
    #[must_use]
    pub fn nearest(&self, class: usize) -> Option<(usize, f64)> {
        let others = (0..self.counts.len()).filter_map(|o| Some((o, self.separation(class, o)?)));
        others.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// How many times as far apart two classes are as in `reference`; below 1 they
    /// came together.
    #[must_use]
    pub fn ratio(&self, reference: &Self, first: usize, second: usize) -> Option<f64> {
        let of = |geometry: &Self| geometry.separation(first, second);
        let floor = |x: f64| x.max(LEAST_SEPARATION);
        Some(floor(of(self)?) / floor(of(reference)?))
    }

    /// The class whose centre each record is nearest to, its own class's centre
    /// taken without the record; of equally near ones the first. `None` where there
    /// are no centres.
    ///
    /// The centre is the mean direction `S / |S|`. For unit rows, as these must be,
    ///
    /// ```text
    /// x_i . S = sum_j x_i . x_j,   x_i . x_j = 1 - chord_ij^2 / 2
    /// ```
    #[must_use]
    pub fn regions(
        chords: &SquaredChords,
        classes: &[Option<usize>],
        k: usize,
    ) -> Vec<Option<usize>> {
        let n = chords.rows();
        // x_i . S of each record and class.
        let mut onto = vec![0.0; n * k];
        let mut lengths = vec![0.0; k];
        for (i, &own) in classes.iter().enumerate() {
            let sums = &mut onto[i * k..(i + 1) * k];
            for (&chord, class) in chords.row(i).iter().zip(classes) {
                if let Some(class) = *class {
                    sums[class] += 1.0 - f64::from(chord) / 2.0;
                }
            }
            if let Some(class) = own {
                lengths[class] += sums[class];
            }
        }
        let region = |i: usize| {
            let cosine = |class: usize| {
                let (dot, length) = (onto[i * k + class], lengths[class]);
                let (dot, length) = match classes[i] == Some(class) {
                    true => (dot - 1.0, length - 2.0 * dot + 1.0),
                    false => (dot, length),
                };
                // Without the record there may be no centre left.
                (length > 1e-9).then(|| dot / length.sqrt())
            };
            let mut best: Option<(usize, f64)> = None;
            for (class, cosine) in (0..k).filter_map(|class| Some((class, cosine(class)?))) {
                if best.is_none_or(|(_, least)| cosine > least) {
                    best = Some((class, cosine));
                }
            }
            best.map(|(class, _)| class)
        };
        (0..n).map(region).collect()
    }

    /// The silhouette of each record (Rousseeuw 1987): how much nearer its own class
    /// is than the nearest other one, from -1 to 1, by half chords.
    ///
    /// ```text
    /// s = (b - a) / max(a, b)
    /// ```
    ///
    /// with `a` the mean distance to the others of its class, `b` the smallest mean
    /// distance to another class. 0 for the only record of a class; `None` without a
    /// class, or without another one.
    #[must_use]
    pub fn silhouettes(
        chords: &SquaredChords,
        classes: &[Option<usize>],
        k: usize,
    ) -> Vec<Option<f64>> {
        let mut counts = vec![0.0; k];
        classes
            .iter()
            .flatten()
            .for_each(|&class| counts[class] += 1.0);
        let of = |i: usize| {
            let own = classes[i]?;
            let mut sums = vec![0.0; k];
            for (&chord, class) in chords.row(i).iter().zip(classes) {
                if let Some(class) = *class {
                    sums[class] += half_chord(chord);
                }
            }
            let others = (0..k).filter(|&class| class != own && counts[class] > 0.0);
            let b = others
                .map(|class| sums[class] / counts[class])
                .min_by(f64::total_cmp)?;
            if counts[own] < 2.0 {
                return Some(0.0);
            }
            let a = sums[own] / (counts[own] - 1.0);
            Some(if a.max(b) > 0.0 {
                (b - a) / a.max(b)
            } else {
                0.0
            })
        };
        (0..classes.len()).map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::random::Random;
    use super::*;

    /// Three classes on the sphere: around two axes, and in between.
    fn records(n: usize) -> (Vec<f32>, Vec<Option<usize>>) {
        let mut random = Random::stream(8, 0);
        let mut rows = Vec::new();
        let axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.7, 0.7, 0.2]];
        let classes: Vec<_> = (0..n).map(|i| (i % 7 != 0).then_some(i % 3)).collect();
        for i in 0..n {
            let row: Vec<f64> = (axes[i % 3].iter())
                .map(|x| x + 0.4 * (random.uniform() - 0.5))
                .collect();
            let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
            rows.extend(row.iter().map(|x| (x / length) as f32));
        }
        (rows, classes)
    }

    fn row(rows: &[f32], i: usize) -> [f64; 3] {
        std::array::from_fn(|k| f64::from(rows[i * 3 + k]))
    }

    #[test]
    fn separation_is_fisher_s_criterion() {
        let (rows, classes) = records(90);
        let chords = SquaredChords::new(&rows, 3).unwrap();
        let geometry = ClassGeometry::new(&chords, &classes, 3, None);
        let of = |class: usize| -> Vec<usize> {
            (0..90).filter(|&i| classes[i] == Some(class)).collect()
        };
        let stats = |class: usize| {
            let ids: Vec<usize> = of(class);
            let n = ids.len() as f64;
            let mean: [f64; 3] =
                std::array::from_fn(|k| ids.iter().map(|&i| row(&rows, i)[k]).sum::<f64>() / n);
            let squares = |i: usize| {
                (0..3)
                    .map(|k| (row(&rows, i)[k] - mean[k]).powi(2))
                    .sum::<f64>()
            };
            (
                mean,
                ids.iter().map(|&i| squares(i)).sum::<f64>() / (n - 1.0),
                n,
            )
        };
        let ((a, va, n), (b, vb, m)) = (stats(0), stats(2));
        let apart: f64 = (0..3).map(|k| (a[k] - b[k]).powi(2)).sum();
        let unbiased = apart - va / n - vb / m;
        let found = geometry.separation(0, 2).unwrap();
        assert!((found - unbiased / (va + vb)).abs() < 1e-5, "{found}");
        assert_eq!(geometry.nearest(0).unwrap().0, 2);
        assert_eq!(geometry.ratio(&geometry, 0, 1), Some(1.0));
        assert_eq!(geometry.separation(1, 1), None);
    }

    #[test]
    fn regions_are_those_of_the_nearest_centre_without_the_record() {
        let (rows, classes) = records(90);
        let chords = SquaredChords::new(&rows, 3).unwrap();
        let regions = ClassGeometry::regions(&chords, &classes, 3);
        for (i, region) in regions.into_iter().enumerate() {
            let cosine = |class: usize| {
                let mut sum = [0.0; 3];
                for j in (0..90).filter(|&j| j != i && classes[j] == Some(class)) {
                    (0..3).for_each(|k| sum[k] += row(&rows, j)[k]);
                }
                let length = sum.iter().map(|x| x * x).sum::<f64>().sqrt();
                (0..3).map(|k| row(&rows, i)[k] * sum[k]).sum::<f64>() / length
            };
            let best = (0..3).max_by(|&a, &b| cosine(a).total_cmp(&cosine(b)));
            assert_eq!(region, best, "record {i}");
        }
    }

    #[test]
    fn classes_of_one_and_of_none_are_told() {
        let chords = SquaredChords::new(&[1.0, 0.0, 0.0, 1.0, 0.6, 0.8], 2).unwrap();
        let classes = [Some(0), Some(1), Some(1)];
        let geometry = ClassGeometry::new(&chords, &classes, 2, None);
        assert_eq!((geometry.count(0), geometry.compactness(0)), (1, None));
        assert_eq!(geometry.separation(0, 1), None);
        // Without itself, class 0 has no centre.
        let regions = ClassGeometry::regions(&chords, &classes, 2);
        assert_eq!(regions[0], Some(1));
        let silhouettes = ClassGeometry::silhouettes(&chords, &classes, 2);
        assert_eq!(silhouettes[0], Some(0.0));
        assert_eq!(
            ClassGeometry::silhouettes(&chords, &[Some(0); 3], 1),
            [None; 3]
        );
    }
}
