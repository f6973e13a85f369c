//! Real rows to draw windows from.

use driftsphere::Result;
use driftsphere::ingest::ArrayFile;
use driftsphere::sketch::hash_bytes;
use ndarray::Array2;

/// A small generator: trial and purpose choose the stream.
pub(crate) struct Draws {
    seed: u64,
    step: u64,
}

impl Draws {
    pub(crate) fn new(trial: u64, purpose: u64) -> Self {
        Self {
            seed: hash_bytes(trial, &purpose.to_le_bytes()),
            step: 0,
        }
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.step += 1;
        let bits = hash_bytes(self.seed, &self.step.to_le_bytes());
        ((u128::from(bits) * n as u128) >> 64) as usize
    }

    pub(crate) fn shuffled(&mut self, mut rows: Vec<usize>) -> Vec<usize> {
        for i in (1..rows.len()).rev() {
            rows.swap(i, self.below(i + 1));
        }
        rows
    }

    pub(crate) fn with_replacement(&mut self, rows: &[usize], n: usize) -> Vec<usize> {
        (0..n).map(|_| rows[self.below(rows.len())]).collect()
    }
}

pub(crate) struct Data {
    pub(crate) rows: Array2<f32>,
    pub(crate) labels: Vec<usize>,
    pub(crate) reference: Vec<usize>,
    pub(crate) held_out: Vec<usize>,
    /// Name and rows of each degraded split.
    pub(crate) degraded: Vec<(String, Vec<usize>)>,
    /// Only scenarios whose name has one of these in it, parted by `|`.
    pub(crate) only: String,
    /// Profiles are sealed before they are compared.
    pub(crate) sealed: bool,
}

impl Data {
    pub(crate) fn read(path: &str) -> Result<Self> {
        let file = ArrayFile::open(path)?;
        let mut matrix = file.matrix("emb")?;
        let (n, dim) = (matrix.rows(), matrix.cols());
        let mut flat = Vec::with_capacity(n * dim);
        while let Some(block) = matrix.next_block(1024)? {
            flat.extend(block.iter().copied());
        }
        let rows = Array2::from_shape_vec((n, dim), flat).expect("the blocks are the matrix");
        let labels = file.column("label")?;
        let labels = (0..n)
            .map(|i| labels.text(i).parse().expect("labels are digits"))
            .collect();
        let names = file.names_of("split")?.expect("the splits have names");
        let split = file.column("split")?;
        let rows_of = |s: usize| -> Vec<usize> {
            (0..n).filter(|&i| split.text(i) == s.to_string()).collect()
        };
        let split_of = |name: &str| {
            let at = names.iter().position(|n| n == name);
            rows_of(at.expect("the split exists"))
        };
        let degraded = names
            .iter()
            .enumerate()
            .filter(|(_, name)| !["ref", "holdout_clean"].contains(&name.as_str()))
            .map(|(s, name)| (name.clone(), rows_of(s)))
            .collect();
        Ok(Self {
            labels,
            reference: split_of("ref"),
            held_out: split_of("holdout_clean"),
            degraded,
            only: String::new(),
            sealed: false,
            rows,
        })
    }

    pub(crate) fn clean(&self) -> Vec<usize> {
        [self.reference.as_slice(), &self.held_out].concat()
    }

    pub(crate) fn of_class(&self, rows: &[usize], class: usize) -> Vec<usize> {
        let keep = |i: &&usize| self.labels[**i] == class;
        rows.iter().filter(keep).copied().collect()
    }

    pub(crate) fn without_class(&self, rows: &[usize], class: usize) -> Vec<usize> {
        let keep = |i: &&usize| self.labels[**i] != class;
        rows.iter().filter(keep).copied().collect()
    }
}
