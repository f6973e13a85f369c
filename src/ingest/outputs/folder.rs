//! A folder with one small file for each image.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::image_list::ImageList;
use super::instances::ImageInfo;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::problem::{Loss, Problem, Problems};
use crate::ingest::source::io;

/// Most files of a folder: their names are held.
const MAX_FILES: usize = 1 << 24;
/// Longest file of one image.
const MAX_FILE: u64 = 16 << 20;

const STRANGER: &str = "file of an image that the list of images does not have";

/// The files of one extension, by stem, and the images that they are of.
///
/// With a list of images, a file is that of the image of its name (`a.jpg.txt` of `a.jpg`) or else of
/// its stem (`a.txt`); images of the list that have no file are there, too, and files without an
/// image are counted.
pub(super) struct ImageFiles {
    entries: std::vec::IntoIter<(ImageInfo, Option<PathBuf>)>,
    /// The first file whose image the list does not have.
    first_stranger: Option<String>,
    /// The first file that could not be read.
    first_bad: Option<String>,
    problems: Problems,
}

impl ImageFiles {
    pub(super) fn open(folder: &Path, extension: &str, images: Option<&ImageList>) -> Result<Self> {
        let mut files = list(folder, extension)?;
        let mut entries = Vec::new();
        let Some(images) = images else {
            let own = files.into_iter().map(|(stem, path)| {
                let info = ImageInfo {
                    name: stem,
                    size: None,
                };
                (info, Some(path))
            });
            return Ok(Self {
                entries: own.collect::<Vec<_>>().into_iter(),
                first_stranger: None,
                first_bad: None,
                problems: Problems::default(),
            });
        };
        let mut open: BTreeMap<&str, usize> = BTreeMap::new();
        for image in images.images() {
            let own = files.remove(base(&image.name));
            if own.is_none() {
                let name = stem(&image.name);
                if let Some(before) = open.insert(name, entries.len())
                    && let Some(path) = files.get(name)
                {
                    let first: &(ImageInfo, _) = &entries[before];
                    let message = format!(
                        "{} and {} have one file {}: name the files after the whole names, \
                         as {}.{extension}",
                        first.0.name,
                        image.name,
                        path.display(),
                        base(&image.name)
                    );
                    return Err(Error::new(ErrorKind::Input, message));
                }
            }
            entries.push((image.clone(), own));
        }
        for (name, at) in open {
            entries[at].1 = files.remove(name);
        }
        let mut problems = Problems::default();
        for at in 0..files.len() as u64 {
            problems.count(Loss::Skipped, STRANGER, at);
        }
        Ok(Self {
            entries: entries.into_iter(),
            first_stranger: files.into_keys().next(),
            first_bad: None,
            problems,
        })
    }

    pub(super) fn next(&mut self) -> Option<(ImageInfo, Option<PathBuf>)> {
        self.entries.next()
    }

    /// Counts something of a file that cannot be used; the first such file is named.
    pub(super) fn count(&mut self, loss: Loss, reason: &'static str, path: &Path) {
        self.problems.count(loss, reason, 0);
        let name = || path.display().to_string();
        self.first_bad.get_or_insert_with(name);
    }

    /// The text of a file; counted where it is none, with `reason`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the file cannot be opened.
    pub(super) fn text(&mut self, path: &Path, reason: &'static str) -> Result<Option<String>> {
        match read_text(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::Io => Err(error.at("image", path.display())),
            Err(_) => {
                self.count(Loss::Failed, reason, path);
                Ok(None)
            }
        }
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.list("file");
        for problem in &mut problems {
            let first = match &*problem.reason {
                STRANGER => &self.first_stranger,
                _ => &self.first_bad,
            };
            problem.first = first.clone().unwrap_or_default();
        }
        problems
    }
}

/// The name of a file without folders.
fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// The name of a file without folders and extension.
fn stem(name: &str) -> &str {
    let name = base(name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Names that lists of classes have: they are of no image.
pub(super) const CLASS_FILES: [&str; 3] = ["classes.txt", "obj.names", "classes.names"];

/// The files of a folder that have this extension, by stem.
fn list(folder: &Path, extension: &str) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let fits = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case(extension));
        if !fits || CLASS_FILES.contains(&name) {
            continue;
        }
        if files.len() >= MAX_FILES {
            let message = format!("more than {MAX_FILES} files in a folder");
            return Err(Error::new(ErrorKind::Limit, message));
        }
        files.insert(stem(name).to_owned(), path.clone());
    }
    Ok(files)
}

/// The text of a small file.
///
/// # Errors
/// [`ErrorKind::Limit`] for a longer one, [`ErrorKind::Input`] for one that is no UTF-8.
pub(super) fn read_text(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(io)?;
    file.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    if bytes.len() as u64 > MAX_FILE {
        let message = format!("longer than {MAX_FILE} bytes, for one image");
        return Err(Error::new(ErrorKind::Limit, message));
    }
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Input, "not UTF-8"))
}

/// The first file of this extension.
pub(super) fn first(folder: &Path, extension: &str) -> Result<Option<PathBuf>> {
    Ok(list(folder, extension)?.into_values().next())
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
}
