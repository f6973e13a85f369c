//! A folder of its own for each test, files of made-up embeddings, the command.

use assert_cmd::Command;
use ndarray::{Array1, Array2, Dimension};
use ndarray_npy::{WritableElement, WriteNpyExt};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Dimension of the made-up embeddings.
pub(crate) const DIM: usize = 16;
/// Classes of the made-up records.
const CLASSES: usize = 3;

/// A folder with a command that runs in it.
pub(crate) struct Bench {
    folder: TempDir,
}

/// What a run left behind.
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Files in the folder, by name.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The command with words separated by spaces, in this folder.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::cargo_bin("driftsphere").unwrap();
        command
            .current_dir(self.folder.path())
            .args(line.split_whitespace());
        command
    }

    pub(crate) fn run(&self, line: &str) -> Outcome {
        let output = self.command(line).output().unwrap();
        Outcome {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The same, where success is taken for granted.
    pub(crate) fn ok(&self, line: &str) -> String {
        let outcome = self.run(line);
        assert_eq!(outcome.status, 0, "{line}: {}", outcome.err);
        outcome.out
    }

    /// An archive with `emb`, `label` and `id`.
    pub(crate) fn window(&self, name: &str, records: &Records) {
        self.archive(name, &records.arrays());
    }

    /// An archive with arrays of one's own.
    pub(crate) fn archive(&self, name: &str, arrays: &[(&str, Vec<u8>)]) {
        let file = std::fs::File::create(self.path(name)).unwrap();
        let mut zip = zip::ZipWriter::new(file);
        for (key, bytes) in arrays {
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(format!("{key}.npy"), options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
    }
}

/// Records of three classes: directions around three axes.
pub(crate) struct Records {
    pub(crate) embeddings: Array2<f32>,
    pub(crate) labels: Array1<i64>,
    pub(crate) ids: Array1<i64>,
}

impl Records {
    /// `n` records, all different for different `first` ids; `spread` is the
    /// distance from the class's axis.
    pub(crate) fn new(first: i64, n: usize, spread: f32) -> Self {
        let mut random = Random(first as u64 + 1);
        let labels = Array1::from_shape_fn(n, |row| (row % CLASSES) as i64);
        let embeddings = Array2::from_shape_fn((n, DIM), |(row, column)| {
            let axis = if column == row % CLASSES { 1.0 } else { 0.0 };
            axis + spread * random.normal()
        });
        Self {
            embeddings,
            labels,
            ids: Array1::from_shape_fn(n, |row| first + row as i64),
        }
    }

    pub(crate) fn arrays(&self) -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("emb", npy(&self.embeddings)),
            ("label", npy(&self.labels)),
            ("id", npy(&self.ids)),
        ]
    }
}

/// The bytes of a `.npy` file.
pub(crate) fn npy<T: WritableElement + Clone, D: Dimension>(
    array: &ndarray::Array<T, D>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    array.write_npy(&mut bytes).unwrap();
    bytes
}

/// SplitMix64 (Steele, Lea, Flood 2014); small, seeded, good enough to scatter.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1u32 << 24) as f32
    }

    /// The sum of twelve uniform numbers, less six.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() - 6.0
    }
}

/// Every file in a folder with its bytes: to see that nothing was touched.
pub(crate) fn snapshot(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}
