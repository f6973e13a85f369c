//! The nearest-centre search against the search that needs no cleverness:
//! measure every pair in f64 and take the first smallest.

use driftsphere::sphere::{CentreSet, NearestSearch, Neighbour, Products, UnitRow};
use proptest::prelude::*;

/// A small generator of its own, so that a failing seed can be replayed.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Uniform in [-1, 1).
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    fn below(&mut self, n: usize) -> usize {
        ((self.next() + 1.0) / 2.0 * n as f64) as usize
    }

    fn vector(&mut self, dim: usize) -> Vec<f64> {
        (0..dim).map(|_| self.next()).collect()
    }
}

fn naive(row: &[f32], centres: &CentreSet, skip: &[usize]) -> Option<Neighbour> {
    let unit = UnitRow::new(row).ok()?;
    let mut best: Option<Neighbour> = None;
    for index in (0..centres.len()).filter(|index| !skip.contains(index)) {
        let squared_chord = unit.squared_chord(centres.centre(index));
        if best.is_none_or(|best| squared_chord < best.squared_chord) {
            best = Some(Neighbour {
                index,
                squared_chord,
            });
        }
    }
    best
}

/// Centres that are hard to tell apart: clumps whose members lie anywhere
/// between equal and f32 rounding apart.
fn clumps(random: &mut Random, dim: usize, k: usize) -> CentreSet {
    let mut vectors: Vec<Vec<f64>> = Vec::new();
    for _ in 0..k {
        let vector = match random.below(5) {
            0 | 1 if !vectors.is_empty() => {
                let like = random.below(vectors.len());
                let apart = [0.0, 1e-15, 1e-9, 1e-7, 1e-6, 1e-5][random.below(6)];
                let mut vector = vectors[like].clone();
                vector.iter_mut().for_each(|x| *x += apart * random.next());
                vector
            }
            2 if !vectors.is_empty() => {
                let mut vector = vectors[random.below(vectors.len())].clone();
                vector.iter_mut().for_each(|x| *x = -*x);
                vector
            }
            _ => random.vector(dim),
        };
        vectors.push(vector);
    }
    CentreSet::new(dim, vectors).unwrap()
}

/// Rows of every kind: random, upon a centre, halfway between two, of one
/// sign, with tiny, huge and subnormal norms, without direction.
fn rows(random: &mut Random, centres: &CentreSet, n: usize) -> Vec<f32> {
    let dim = centres.dim();
    let mut rows = Vec::new();
    for _ in 0..n {
        let mut row = random.vector(dim);
        if !centres.is_empty() {
            let first = centres.centre(random.below(centres.len()));
            let second = centres.centre(random.below(centres.len()));
            match random.below(5) {
                0 => row = first.to_vec(),
                1 => row = first.iter().zip(second).map(|(a, b)| a + b).collect(),
                2 => row.iter_mut().for_each(|x| *x = x.abs()),
                _ => {}
            }
        }
        let scale = [1.0, 1e-3, 3e37, 1e-37, 1e-43, 1e19, 1e-19][random.below(7)];
        row.iter_mut().for_each(|x| *x *= scale);
        match random.below(12) {
            0 => row.iter_mut().for_each(|x| *x = 0.0),
            1 => row[random.below(dim)] = f64::NAN,
            2 => row[random.below(dim)] = f64::INFINITY,
            _ => {}
        }
        rows.extend(row.iter().map(|&x| x as f32));
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nearest_is_what_the_naive_search_finds(
        seed in any::<u64>(),
        dim in 1_usize..200,
        k in prop::collection::vec(0_usize..70, 1..4),
        n in 0_usize..40,
        block in 1_usize..45,
    ) {
        let mut random = Random::new(seed);
        let sets: Vec<CentreSet> = k.iter().map(|&k| clumps(&mut random, dim, k)).collect();
        let rows = rows(&mut random, sets.iter().max_by_key(|set| set.len()).unwrap(), n);
        let search = NearestSearch::new(dim, sets.clone()).unwrap();
        // The memory of one block must not leak into the next.
        let mut products = Products::default();
        for chunk in rows.chunks(block * dim) {
            let answers = search.block(chunk, &mut products);
            for (i, row) in chunk.chunks(dim).enumerate() {
                prop_assert_eq!(answers.row(i).is_ok(), UnitRow::new(row).is_ok());
                for (number, set) in sets.iter().enumerate() {
                    let mut skip: Vec<usize> =
                        (0..random.below(4)).map(|_| random.below(set.len() + 1)).collect();
                    skip.sort_unstable();
                    prop_assert_eq!(answers.nearest(i, number, &skip), naive(row, set, &skip));
                    let own = naive(row, set, &[]);
                    prop_assert_eq!(answers.nearest(i, number, &[]), own);
                    if let Some(own) = own {
                        prop_assert_eq!(
                            answers.nearest(i, number, &[own.index]),
                            naive(row, set, &[own.index])
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_block_size_does_not_matter_at_the_size_of_real_embeddings() {
    let (dim, k, n) = (513, 37, 150);
    let mut random = Random::new(7);
    let set = clumps(&mut random, dim, k);
    let rows = rows(&mut random, &set, n);
    let search = NearestSearch::new(dim, vec![set.clone()]).unwrap();
    let expected: Vec<_> = rows.chunks(dim).map(|row| naive(row, &set, &[])).collect();
    for block in [1, 2, 7, 64, 150] {
        let mut products = Products::default();
        let got: Vec<_> = rows
            .chunks(block * dim)
            .flat_map(|chunk| {
                let answers = search.block(chunk, &mut products);
                (0..answers.len())
                    .map(|i| answers.nearest(i, 0, &[]))
                    .collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(got, expected, "blocks of {block}");
    }
}

#[test]
fn of_equal_centres_the_first_is_taken() {
    let dim = 40;
    let centre = Random::new(3).vector(dim);
    let set = CentreSet::new(dim, vec![centre.clone(); 50]).unwrap();
    let row: Vec<f32> = centre.iter().map(|&x| x as f32).collect();
    let search = NearestSearch::new(dim, vec![set]).unwrap();
    let mut products = Products::default();
    let block = search.block(&row, &mut products);
    assert_eq!(block.nearest(0, 0, &[]).unwrap().index, 0);
    assert_eq!(block.nearest(0, 0, &[0, 1, 2]).unwrap().index, 3);
}

/// `|x - c|` of a row that equals its centre to f32: 1 - x.c would be lost in
/// rounding, the chord is not.
#[test]
fn a_distance_near_zero_keeps_its_digits() {
    let dim = 256;
    let mut random = Random::new(11);
    let row: Vec<f32> = random.vector(dim).iter().map(|&x| x as f32).collect();
    let norm = row
        .iter()
        .map(|&x| f64::from(x).powi(2))
        .sum::<f64>()
        .sqrt();
    let nudge = 1e-10;
    // Move the unit vector at right angles to itself by `nudge`: the chord of
    // the renormalised vector is nudge (1 - O(nudge^2)).
    let mut centre: Vec<f64> = row.iter().map(|&x| f64::from(x) / norm).collect();
    let (a, b) = (centre[0], centre[1]);
    let length = a.hypot(b);
    centre[0] -= nudge * b / length;
    centre[1] += nudge * a / length;
    let set = CentreSet::new(dim, [centre]).unwrap();
    let chord = UnitRow::new(&row)
        .unwrap()
        .squared_chord(set.centre(0))
        .sqrt();
    // Every coordinate is rounded by at most a few 2^-53 of at most 1.
    let tolerance = 8.0 * f64::EPSILON * (dim as f64).sqrt() / nudge;
    assert!((chord / nudge - 1.0).abs() < tolerance, "{chord:e}");
}
