//! Records that look dependent although nobody said what belongs together.

use std::ops::Range;

use rayon::prelude::*;

use super::figures::percent;
use super::result::Note;
use super::stats::SquaredChords;

/// Fewest other rows of each window that neighbours are sought among.
const FEWEST_CANDIDATES: usize = 40;
/// A near copy is nearer than this part of what an independent row would be.
const NEAR: f64 = 0.5;
/// Share of a window's sampled rows with a near copy that is worth a word.
const WORTH_A_NOTE: f64 = 0.02;
/// Standard errors by which that share must pass what chance gives.
const ERRORS: f64 = 4.0;
/// Rows whose neighbours tell the dimension.
const ROWS_FOR_DIMENSION: usize = 128;

/// Says where sampled rows have near copies in their own window: frames of one
/// scene, crops of one picture.
///
/// Of a row, r_j is the chord to the j-th nearest of c rows of its own window,
/// s that to the nearest of c rows of the other window (c the same for both;
/// exact copies are left to the repeated records). A row has a near copy if
///
/// ```text
/// r_1 < s / 2    and    r_1 < (r_k / 2) k^(-1/q),    k = c / 8
/// ```
///
/// Independent rows around a point in q dimensions have r_j proportional to
/// j^(1/q) (Levina and Bickel 2004, NIPS 17), so the second limit is half of what
/// r_k lets expect. q comes from the medians of r_2k / r_k and of r_4k / r_2k, the
/// larger one: where clusters end between two of them, that one tells nothing. It
/// keeps a window
/// that moved away from the other one from being taken for one of near copies; the
/// first keeps a curved or clustered window from it. Where nothing changed, s < r_1
/// / 2 is as frequent as r_1 < s / 2 in independent rows, and both have a chance of
/// about 2^-q. So a window is named if
///
/// ```text
/// A - B - 2^-q rows  >  4 sqrt(A + B) + 0.02 rows
/// ```
///
/// where A rows have a near copy and B have s < r_1 / 2. Clusters as narrow as
/// copies, in a window that has nothing in common with the other, look the same.
pub(crate) fn dependent_records(space: &str, chords: &SquaredChords, first: usize) -> Option<Note> {
    let windows = [0..first, first..chords.rows()];
    let [reference, target] = [(0, 1), (1, 0)].map(|(own, other)| {
        let window = Window::new(chords, windows[own].clone(), windows[other].clone())?;
        window.near_copies()
    });
    let side = |name: &str, share: Option<f64>| {
        share.map(|share| format!("{} of the {name}'s", percent(share)))
    };
    let sides: Vec<String> = [side("reference", reference), side("target", target)]
        .into_iter()
        .flatten()
        .collect();
    (!sides.is_empty()).then(|| Note {
        code: "dependent-records".into(),
        text: format!(
            "records look dependent; give --group KEY. In {space}, {} sampled records have a \
             near copy in their own window, as frames of one video have; without groups they count \
             as independent, and p-values are too small.",
            sides.join(" and ")
        ),
    })
}

/// The neighbours of one window's rows.
struct Window<'a> {
    chords: &'a SquaredChords,
    own: Range<usize>,
    other: Range<usize>,
    candidates: usize,
}

impl<'a> Window<'a> {
    /// `None` where there are too few rows.
    fn new(chords: &'a SquaredChords, own: Range<usize>, other: Range<usize>) -> Option<Self> {
        let candidates = own.len().saturating_sub(1).min(other.len());
        (candidates >= FEWEST_CANDIDATES).then_some(Self {
            chords,
            own,
            other,
            candidates,
        })
    }

    /// The share of rows with a near copy, where it is worth a word.
    fn near_copies(&self) -> Option<f64> {
        let k = self.candidates / 8;
        let scales = [[k, 2 * k], [2 * k, 4 * k]].map(|ranks| self.dimension(ranks));
        let (low, high) = (scales[0].min(scales[1]), scales[0].max(scales[1]));
        let shrink = NEAR * libm::pow(k as f64, -high.recip());
        // Whether the row has a near copy; whether it has one in the other window.
        let rows: Vec<(bool, bool)> = self
            .own
            .clone()
            .into_par_iter()
            .map(|row| {
                let (r, s) = (self.nearest_own(row), self.nearest_other(row));
                let near = r < NEAR * s && r < shrink * self.own_at(row, [k])[0];
                (near, s < NEAR * r)
            })
            .collect();
        let near = rows.iter().filter(|(near, _)| *near).count() as f64;
        let across = rows.iter().filter(|(_, across)| *across).count() as f64;
        let all = rows.len() as f64;
        let by_chance = across + all * libm::pow(NEAR, low);
        let worth = ERRORS * (near + across).sqrt() + WORTH_A_NOTE * all;
        (near - by_chance > worth).then_some(near / all)
    }

    /// Squared chords to the other rows of the window.
    fn own_chords(&self, row: usize) -> impl Iterator<Item = f32> {
        let chords = &self.chords.row(row)[self.own.clone()];
        let own = row - self.own.start;
        let others = chords.iter().enumerate().filter(move |(at, _)| *at != own);
        others.map(|(_, chord)| *chord).take(self.candidates)
    }

    /// Exact copies are none of these.
    fn nearest_own(&self, row: usize) -> f64 {
        let others = self.own_chords(row).filter(|chord| *chord > 0.0);
        f64::from(others.fold(f32::INFINITY, f32::min)).sqrt()
    }

    fn nearest_other(&self, row: usize) -> f64 {
        let others = &self.chords.row(row)[self.other.clone()][..self.candidates];
        f64::from(others.iter().copied().fold(f32::INFINITY, f32::min)).sqrt()
    }

    /// Chords to the neighbours of these ascending ranks (from 1) in the own window.
    fn own_at<const N: usize>(&self, row: usize, ranks: [usize; N]) -> [f64; N] {
        let mut chords: Vec<f32> = self.own_chords(row).collect();
        ranks.map(|rank| {
            let (_, chord, _) = chords.select_nth_unstable_by(rank - 1, f32::total_cmp);
            f64::from(*chord).sqrt()
        })
    }

    /// Of the rows as they lie between their neighbours of two ranks, the second
    /// twice the first.
    fn dimension(&self, ranks: [usize; 2]) -> f64 {
        let some = self.own.clone().take(ROWS_FOR_DIMENSION);
        let mut growth: Vec<f64> = some
            .map(|row| {
                let [near, far] = self.own_at(row, ranks);
                libm::log(far / near)
            })
            .filter(|growth| growth.is_finite())
            .collect();
        growth.sort_by(f64::total_cmp);
        let median = growth.get(growth.len() / 2).copied().unwrap_or(0.0);
        libm::log(2.0) / median.max(1e-3)
    }
}

#[cfg(test)]
mod tests {
    use super::super::stats::SquaredChords;
    use super::*;
    use crate::sketch::hash_bytes;

    fn normal(seed: u64, i: usize) -> f64 {
        let part = |k: u64| {
            let bits = hash_bytes(seed, &(2 * i as u64 + k).to_le_bytes()) >> 11;
            (bits as f64 + 0.5) / (1u64 << 53) as f64
        };
        (-2.0 * part(0).ln()).sqrt() * (std::f64::consts::TAU * part(1)).cos()
    }

    /// Rows around `clusters` centres, with this spread, `copies` jittered rows of
    /// each original, as unit vectors.
    #[derive(Clone, Copy)]
    struct Rows {
        dim: usize,
        clusters: usize,
        spread: f64,
        copies: usize,
        shift: f64,
    }

    const PLAIN: Rows = Rows {
        dim: 24,
        clusters: 8,
        spread: 0.5,
        copies: 1,
        shift: 0.0,
    };

    impl Rows {
        fn make(self, seed: u64, n: usize) -> Vec<f32> {
            let mut out = Vec::new();
            for i in 0..n {
                // In no order, as samples come.
                let original = i % (n / self.copies);
                let cluster = (hash_bytes(seed, &[original as u8, (original >> 8) as u8, 1])
                    % self.clusters as u64) as usize;
                let row: Vec<f64> = (0..self.dim)
                    .map(|j| {
                        let jitter = match self.copies {
                            1 => 0.0,
                            _ => 0.02 * normal(seed + 1, i * self.dim + j),
                        };
                        normal(7, cluster * self.dim + j)
                            + self.spread * normal(seed, original * self.dim + j)
                            + jitter
                            + if j < self.dim / 2 { self.shift } else { 0.0 }
                    })
                    .collect();
                let norm = row.iter().map(|x| x * x).sum::<f64>().sqrt();
                out.extend(row.iter().map(|x| (x / norm) as f32));
            }
            out
        }
    }

    fn note(a: Rows, b: Rows, seed: u64, sizes: (usize, usize)) -> Option<Note> {
        let rows = [
            a.make(10 * seed + 1000, sizes.0),
            b.make(10 * seed + 1005, sizes.1),
        ]
        .concat();
        let chords = SquaredChords::new(&rows, a.dim).unwrap();
        dependent_records("s", &chords, sizes.0)
    }

    #[test]
    fn independent_rows_are_not_named() {
        for dim in [2, 3, 6, 24] {
            for (clusters, spread) in [(1, 1.0), (8, 0.5), (8, 0.05)] {
                for (shift, sizes) in [(0.0, (500, 500)), (0.0, (700, 120)), (1.5, (500, 500))] {
                    // Clusters as narrow as copies, with nothing of the other
                    // window inside, are what copies look like.
                    if shift > 0.0 && spread < 0.1 {
                        continue;
                    }
                    let rows = Rows {
                        dim,
                        clusters,
                        spread,
                        ..PLAIN
                    };
                    let moved = Rows { shift, ..rows };
                    for seed in 0..3 {
                        let found = note(rows, moved, seed, sizes);
                        assert_eq!(found, None, "{dim} {clusters} {spread} {shift} {sizes:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn jittered_copies_are_named_in_the_window_that_has_them() {
        for (copies, sizes) in [(20, (600, 600)), (20, (200, 900)), (3, (500, 500))] {
            let repeated = Rows { copies, ..PLAIN };
            for seed in 0..5 {
                let both = note(repeated, repeated, seed, sizes).expect("both have copies");
                assert_eq!(both.code, "dependent-records");
                assert!(both.text.contains("reference's and") && both.text.contains("target's"));
                let one = note(PLAIN, repeated, seed, sizes).expect("the target has copies");
                assert!(!one.text.contains("reference") && one.text.contains("target's"));
            }
        }
    }

    #[test]
    fn copies_in_a_window_that_moved_are_still_named() {
        let repeated = Rows {
            copies: 20,
            shift: 1.5,
            ..PLAIN
        };
        assert!(note(PLAIN, repeated, 1, (500, 500)).is_some());
    }

    #[test]
    fn few_rows_say_nothing() {
        let repeated = Rows { copies: 5, ..PLAIN };
        assert_eq!(note(repeated, repeated, 1, (40, 40)), None);
    }
}
