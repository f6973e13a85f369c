//! What lies in a folder of outputs and in its sub-folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::problem::{Loss, Problems};
use crate::ingest::source::io;

/// Most files of a folder: their names are held.
const MAX_FILES: usize = 1 << 24;

const LOOP: &str = "link that leads back to a folder above it";
const NO_FILE: &str = "neither file nor folder";
const NOT_LISTED: &str = "file or folder that cannot be looked at";
const NO_NAME: &str = "file whose name is no UTF-8";

/// Names that lists of classes have: they are of no image.
pub(super) const CLASS_FILES: [&str; 3] = ["classes.txt", "obj.names", "classes.names"];
/// How pictures end, which lie beside what is said of them.
const PICTURES: [&str; 20] = [
    "jpg", "jpeg", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff", "pbm", "pgm", "ppm", "pnm",
    "qoi", "tga", "ico", "avif", "heic", "heif", "jp2",
];

/// A file of a folder, or what is none.
pub(super) enum Found {
    File {
        path: PathBuf,
        /// 1 in the folder itself.
        depth: usize,
    },
    Lost(Loss, &'static str, PathBuf),
}

/// Walks through a folder as through one of pictures: with its sub-folders, by name, links followed.
/// What is hidden is passed over.
pub(super) struct Walk(walkdir::IntoIter);

impl Walk {
    /// Begins; `depth` is how many levels are looked at.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the folder itself cannot be read.
    pub(super) fn open(folder: &Path, depth: usize) -> Result<Self> {
        std::fs::read_dir(folder).map_err(io)?;
        let walk = WalkDir::new(folder).follow_links(true).max_depth(depth);
        Ok(Self(walk.sort_by_file_name().into_iter()))
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            let entry = match self.0.next()? {
                Ok(entry) => entry,
                Err(error) => return Some(lost(&error)),
            };
            let depth = entry.depth();
            let kind = entry.file_type();
            if is_hidden(&entry) {
                if kind.is_dir() {
                    self.0.skip_current_dir();
                }
                continue;
            }
            let path = entry.into_path();
            if kind.is_file() {
                return Some(Found::File { path, depth });
            }
            // A pipe would be waited for without end.
            if !kind.is_dir() {
                return Some(Found::Lost(Loss::Skipped, NO_FILE, path));
            }
        }
    }
}

fn lost(error: &walkdir::Error) -> Found {
    let (loss, reason) = match error.loop_ancestor() {
        Some(_) => (Loss::Skipped, LOOP),
        None => (Loss::Failed, NOT_LISTED),
    };
    Found::Lost(
        loss,
        reason,
        error.path().unwrap_or(Path::new("")).to_owned(),
    )
}

/// The folder that was asked for may have any name.
fn is_hidden(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// The files of one extension, and what else there is.
pub(super) struct Listing {
    /// By stem: the name without folder and extension.
    pub(super) files: BTreeMap<String, PathBuf>,
    /// Lists of classes in sub-folders, the first of each.
    pub(super) class_lists: Vec<PathBuf>,
    /// What is not read, by the path in the folder.
    pub(super) problems: Problems,
}

impl Listing {
    /// # Errors
    /// [`ErrorKind::Input`] where two files have one stem: images go by it.
    pub(super) fn read(folder: &Path, extension: &str) -> Result<Self> {
        let mut listing = Self {
            files: BTreeMap::new(),
            class_lists: Vec::new(),
            problems: Problems::default(),
        };
        for found in Walk::open(folder, usize::MAX)? {
            match found {
                Found::File { path, depth } if is_class_list(&path) => {
                    listing.add_classes(path, depth);
                }
                Found::File { path, .. } if has_extension(&path, extension) => {
                    listing.add(folder, path)?;
                }
                // Pictures, settings, notes: none of them is a record that was lost.
                Found::File { .. } => {}
                Found::Lost(loss, reason, path) => listing.lose(loss, reason, folder, &path),
            }
        }
        Ok(listing)
    }

    fn lose(&mut self, loss: Loss, reason: &'static str, folder: &Path, path: &Path) {
        self.problems.count_named(loss, reason, &id(folder, path));
    }

    /// One in the folder itself is found without a walk.
    fn add_classes(&mut self, path: PathBuf, depth: usize) {
        let is_of_same = |last: &PathBuf| last.parent() == path.parent();
        if depth > 1 && !self.class_lists.last().is_some_and(is_of_same) {
            self.class_lists.push(path);
        }
    }

    fn add(&mut self, folder: &Path, path: PathBuf) -> Result<()> {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            self.lose(Loss::Failed, NO_NAME, folder, &path);
            return Ok(());
        };
        if self.files.len() >= MAX_FILES {
            let message = format!("more than {MAX_FILES} files in a folder");
            return Err(Error::new(ErrorKind::Limit, message));
        }
        let stem = stem(name).to_owned();
        if let Some(before) = self.files.get(&stem) {
            let message = format!(
                "{} and {} are files of one image `{stem}`, as images go by the name without folder and \
                 extension: rename one, or give the sub-folders as inputs of their own",
                id(folder, before),
                id(folder, &path)
            );
            return Err(Error::new(ErrorKind::Input, message));
        }
        self.files.insert(stem, path);
        Ok(())
    }
}

/// The path within a folder, the same on every system.
pub(super) fn id(folder: &Path, path: &Path) -> String {
    let within = path.strip_prefix(folder).unwrap_or(path);
    let parts = within.iter().map(|part| part.to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

pub(super) fn is_class_list(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| CLASS_FILES.contains(&name))
}

pub(super) fn is_picture(path: &Path) -> bool {
    PICTURES.iter().any(|ending| has_extension(path, ending))
}

pub(super) fn has_extension(path: &Path, extension: &str) -> bool {
    let own = path.extension();
    own.is_some_and(|own| own.eq_ignore_ascii_case(extension))
}

/// The name of a file without folders.
pub(super) fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// The name of a file without folders and extension.
pub(super) fn stem(name: &str) -> &str {
    let name = base(name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_have_no_folder_and_no_extension() {
        for (name, expected) in [("images/a.b.jpg", "a.b"), ("a", "a"), ("x\\y.png", "y")] {
            assert_eq!(stem(name), expected);
        }
    }

    #[test]
    fn files_of_other_kinds_are_no_records_that_were_lost() {
        let folder = tempfile::tempdir().unwrap();
        let within = |name: &str| folder.path().join(name);
        for name in ["val", "val/more", ".git"] {
            std::fs::create_dir(within(name)).unwrap();
        }
        for name in [
            "a.txt",
            "a.jpg",
            "classes.txt",
            "val/b.TXT",
            "val/classes.txt",
            "val/obj.names",
            "val/more/c.txt",
            "data.yaml",
            "val/d.xml",
            ".git/e.txt",
        ] {
            std::fs::write(within(name), "").unwrap();
        }
        let listing = Listing::read(folder.path(), "txt").unwrap();
        let stems: Vec<_> = listing.files.keys().map(String::as_str).collect();
        assert_eq!(stems, ["a", "b", "c"]);
        assert_eq!(listing.class_lists, [within("val/classes.txt")]);
        assert!(listing.problems.list("file").is_empty());
    }
}
