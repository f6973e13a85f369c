//! The nearest records of each record.

use rayon::prelude::*;

use super::super::SquaredChords;

/// The `k` nearest other records of each record; of equally near ones those that
/// come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbourhoods {
    k: usize,
    /// `k` positions a record, rising.
    nearest: Vec<u32>,
}

impl Neighbourhoods {
    /// The `k` nearest of each, fewer where there are not so many.
    #[must_use]
    pub fn new(chords: &SquaredChords, k: usize) -> Self {
        let n = chords.rows();
        let k = k.min(n.saturating_sub(1));
        let nearest = (0..n).into_par_iter().flat_map_iter(|i| {
            let row = chords.row(i);
            let mut others: Vec<u32> = (0..n as u32).filter(|&j| j as usize != i).collect();
            let order = |a: &u32, b: &u32| {
                let (x, y) = (row[*a as usize], row[*b as usize]);
                x.total_cmp(&y).then(a.cmp(b))
            };
            if k > 0 && k < others.len() {
                others.select_nth_unstable_by(k - 1, order);
            }
            others.truncate(k);
            others.sort_unstable();
            others
        });
        Self {
            k,
            nearest: nearest.collect(),
        }
    }

    /// How many neighbours each record has.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    /// The neighbours of a record, by rising position.
    #[must_use]
    pub fn of(&self, record: usize) -> &[u32] {
        &self.nearest[record * self.k..(record + 1) * self.k]
    }

    /// Of each record the share of its neighbours that it has in `other` too; by
    /// chance `k / (n - 1)`. Their mean is the mutual k-nearest-neighbour overlap
    /// (Huh et al. 2024, section 3, use it to compare models).
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> Vec<f64> {
        let k = self.k.min(other.k).max(1);
        let records = self.nearest.len() / self.k.max(1);
        let kept = |record| {
            let theirs = other.of(record);
            let mine = self.of(record).iter();
            let kept = mine.filter(|&j| theirs.binary_search(j).is_ok()).count();
            kept as f64 / k as f64
        };
        (0..records).map(kept).collect()
    }

    /// The mean rank that the neighbours of a record have among all others in
    /// another space: `(k + 1) / 2` if they are the nearest there too, about `n / 2`
    /// by chance.
    #[must_use]
    pub fn mean_rank(&self, record: usize, other: &SquaredChords) -> f64 {
        let row = other.row(record);
        let rank = |&j: &u32| {
            let (j, chord) = (j as usize, row[j as usize]);
            let nearer =
                |(l, &x): (usize, &f32)| l != record && (x < chord || (x == chord && l < j));
            1 + row.iter().enumerate().filter(|&at| nearer(at)).count()
        };
        self.of(record).iter().map(rank).sum::<usize>() as f64 / self.k.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::random::falling_rows;
    use super::*;

    #[test]
    fn neighbours_are_the_nearest_and_ties_go_to_the_first() {
        // Their mean is 3, so that chords are exact.
        let line = [0.0, 1.0, 2.0, 3.0, 9.0_f32];
        let chords = SquaredChords::new(&line, 1).unwrap();
        let two = Neighbourhoods::new(&chords, 2);
        assert_eq!((two.of(0), two.of(4)), (&[1, 2][..], &[2, 3][..]));
        assert_eq!(two.of(2), [1, 3]);
        assert_eq!(Neighbourhoods::new(&chords, 1).of(2), [1]);
        assert_eq!(Neighbourhoods::new(&chords, 9).k(), 4);
        assert_eq!(two.overlaps(&two), [1.0; 5]);
        assert_eq!(two.mean_rank(0, &chords), 1.5);
        let other = SquaredChords::new(&[0.0, 9.0, 8.0, 1.0, 2.0], 1).unwrap();
        // Neighbours 1 and 2 of record 0 are the last ones there.
        assert_eq!(two.mean_rank(0, &other), 3.5);
        assert_eq!(two.overlaps(&Neighbourhoods::new(&other, 2))[0], 0.0);
    }

    #[test]
    fn unrelated_spaces_keep_as_many_as_chance_does() {
        let (n, k) = (200, 10);
        let space = |seed| {
            let chords = SquaredChords::new(&falling_rows(n, 5, seed), 5).unwrap();
            Neighbourhoods::new(&chords, k)
        };
        let overlaps = space(1).overlaps(&space(2));
        let mean = overlaps.iter().sum::<f64>() / n as f64;
        // 2 000 draws with share 0.05: five deviations.
        assert!(
            (mean - 10.0 / 199.0).abs() < 5.0 * (0.05f64 * 0.95 / 2000.0).sqrt(),
            "{mean}"
        );
    }
}
