//! A folder of files, and everything that can be read of one.

use driftsphere::ingest::{Block, InputFile, Limits, Problem, Roles, Selection};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
use driftsphere::{Error, Result};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// A file that comes with the tests.
pub(crate) fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name)
}

/// Roles with all features.
pub(crate) fn all() -> Roles {
    Roles {
        features: vec!["*".into()],
        ..Roles::default()
    }
}

pub(crate) fn named(name: &str) -> Option<String> {
    Some(name.to_owned())
}

pub(crate) type Read = (Vec<Block>, Vec<Problem>);

/// Every block of a file.
pub(crate) fn read(path: &Path, roles: &Roles, max_rows: usize) -> Result<Read> {
    read_with(path, roles, &Selection::all(), max_rows, &Limits::default())
}

pub(crate) fn read_with(
    path: &Path,
    roles: &Roles,
    selection: &Selection,
    max_rows: usize,
    limits: &Limits,
) -> Result<Read> {
    let mut scan = InputFile::open_with(path, None, limits)?.scan(roles, selection)?;
    let mut blocks = Vec::new();
    while let Some(block) = scan.next_block(max_rows)? {
        blocks.push(block);
    }
    Ok((blocks, scan.problems()))
}

/// The one block of a small file.
pub(crate) fn block(path: &Path, roles: &Roles) -> Block {
    let (mut blocks, _) = read(path, roles, 1000).unwrap();
    assert_eq!(blocks.len(), 1);
    blocks.remove(0)
}

/// The feature `name`, value by value as text, `None` for a missing one.
pub(crate) fn texts(block: &Block, name: &str) -> Vec<Option<String>> {
    let (_, column) = block
        .features()
        .iter()
        .find(|(known, _)| known == name)
        .unwrap_or_else(|| panic!("no feature {name}"));
    (0..block.len())
        .map(|row| column.present(row).map(|text| text.into_owned()))
        .collect()
}

pub(crate) fn problems(read: &Read) -> Vec<String> {
    read.1.iter().map(ToString::to_string).collect()
}

pub(crate) fn refused(path: &Path, roles: &Roles) -> Error {
    read(path, roles, 1000).expect_err("the file was read")
}

/// A profile of all blocks, with a space of `dim` numbers if there is one.
pub(crate) fn profile(blocks: &[Block], dim: Option<usize>) -> Profile {
    let mut config = ProfileConfig::new();
    if let Some(dim) = dim {
        config = config.space("e", SpaceConfig::new(dim));
    }
    let mut builder = ProfileBuilder::new(config).unwrap();
    for block in blocks {
        builder.track_batch(&block.batch("e")).unwrap();
    }
    builder.freeze()
}
