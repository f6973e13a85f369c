//! Runs of made-up and of real records.

use driftsphere::compare::stability::{Change, Likeness, Measure, PairStability};
use driftsphere::ingest::{ArrayFile, Batch, Column};
use driftsphere::ndarray::Array2;
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};

/// A run: rows, ids and classes of its records.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) rows: Array2<f32>,
    pub(crate) ids: Vec<String>,
    pub(crate) classes: Vec<String>,
}

impl Run {
    /// `n` records of `k` classes around as many axes, and in two more dimensions.
    pub(crate) fn new(n: usize, k: usize, spread: f64, seed: u64) -> Self {
        let mut random = Random(seed);
        let rows = Array2::from_shape_fn((n, k + 2), |(i, j)| {
            (f64::from(u8::from(j == i % k)) + spread * random.normal()) as f32
        });
        Self {
            rows,
            ids: (0..n).map(|i| format!("{i:04}.jpg")).collect(),
            classes: (0..n).map(|i| format!("class {}", i % k)).collect(),
        }
    }

    /// The same turned: pairs of axes by angles, one axis mirrored, all longer, with
    /// noise of so much of a row's length.
    pub(crate) fn turned(&self, noise: f64, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut rows = self.rows.clone();
        let dim = rows.ncols();
        for mut row in rows.rows_mut() {
            for step in 0..3 * dim {
                let (a, b) = (step % dim, (step * 5 + 1) % dim);
                if a == b {
                    continue;
                }
                let (sin, cos) = (0.3 + step as f64).sin_cos();
                let (x, y) = (f64::from(row[a]), f64::from(row[b]));
                row[a] = (cos * x - sin * y) as f32;
                row[b] = (sin * x + cos * y) as f32;
            }
            row[0] = -row[0];
            let length = row
                .iter()
                .map(|&x| f64::from(x).powi(2))
                .sum::<f64>()
                .sqrt();
            let size = noise * length / (dim as f64).sqrt();
            row.mapv_inplace(|x| (7.0 * (f64::from(x) + size * random.normal())) as f32);
        }
        Self {
            rows,
            ..self.clone()
        }
    }

    /// The same rows in another order, the ids and classes as they were.
    pub(crate) fn shuffled(&self, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut order: Vec<usize> = (0..self.ids.len()).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, (random.next() % (at as u64 + 1)) as usize);
        }
        let rows = Array2::from_shape_fn(self.rows.dim(), |(i, j)| self.rows[[order[i], j]]);
        Self {
            rows,
            ..self.clone()
        }
    }

    /// One of the runs in `examples/data`.
    pub(crate) fn load(name: &str) -> Self {
        let path = format!("{}/examples/data/{name}.npz", env!("CARGO_MANIFEST_DIR"));
        let file = ArrayFile::open(path).unwrap();
        let mut matrix = file.matrix("embedding").unwrap();
        let n = matrix.rows();
        let block = matrix.next_block(n).unwrap().unwrap();
        let text = |name: &str| -> Vec<String> {
            let column = file.column(name).unwrap();
            (0..n).map(|at| column.text(at).into_owned()).collect()
        };
        Self {
            rows: block.view().to_owned(),
            ids: text("id"),
            classes: text("label"),
        }
    }

    pub(crate) fn profile(&self) -> Profile {
        self.profile_as(ProfileConfig::new(), SpaceConfig::new(self.rows.ncols()))
    }

    pub(crate) fn profile_as(&self, config: ProfileConfig, space: SpaceConfig) -> Profile {
        let mut builder = ProfileBuilder::new(config.space("embedding", space)).unwrap();
        let batch = Batch::new(self.ids.len())
            .ids(Column::from(self.ids.clone()))
            .labels(Column::from(self.classes.clone()))
            .space("embedding", self.rows.view());
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    }
}

pub(crate) fn measure(all: &[Likeness], measure: Measure) -> &Likeness {
    all.iter()
        .find(|likeness| likeness.measure == measure)
        .unwrap()
}

/// Classes that are not the same, in order of their names.
pub(crate) fn unstable(pair: &PairStability) -> Vec<&str> {
    let moved = pair
        .classes
        .iter()
        .filter(|class| class.verdict > Change::Same);
    let mut names: Vec<&str> = moved.map(|class| class.class.as_str()).collect();
    names.sort_unstable();
    names
}

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The sum of twelve uniform numbers, less six.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12)
            .map(|_| (self.next() >> 11) as f64 / (1u64 << 53) as f64)
            .sum::<f64>()
            - 6.0
    }
}
