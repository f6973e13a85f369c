//! A folder with one small file for each image.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::image_list::ImageList;
use super::instances::ImageInfo;
use super::listing::{Found, Listing, Walk, base, has_extension, id, is_class_list, stem};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::problem::{Loss, Problem, Problems};
use crate::ingest::source::io;

/// Longest file of one image.
const MAX_FILE: u64 = 16 << 20;

const STRANGER: &str = "file of an image that the list of images does not have";

/// The files of one extension, by stem, and the images that they are of.
///
/// With a list of images, a file is that of the image of its name (`a.jpg.txt` of `a.jpg`) or else of
/// its stem (`a.txt`); images of the list that have no file are there, too, and files without an
/// image are counted.
pub(super) struct ImageFiles {
    folder: PathBuf,
    entries: std::vec::IntoIter<(ImageInfo, Option<PathBuf>)>,
    class_lists: Vec<PathBuf>,
    problems: Problems,
}

impl ImageFiles {
    pub(super) fn open(folder: &Path, extension: &str, images: Option<&ImageList>) -> Result<Self> {
        let Listing {
            mut files,
            class_lists,
            mut problems,
        } = Listing::read(folder, extension)?;
        let entries = match images {
            Some(images) => matched(&mut files, images, extension)?,
            None => std::mem::take(&mut files)
                .into_iter()
                .map(|(name, path)| (ImageInfo { name, size: None }, Some(path)))
                .collect(),
        };
        for path in files.values() {
            problems.count_named(Loss::Skipped, STRANGER, &id(folder, path));
        }
        Ok(Self {
            folder: folder.to_owned(),
            entries: entries.into_iter(),
            class_lists,
            problems,
        })
    }

    pub(super) fn next(&mut self) -> Option<(ImageInfo, Option<PathBuf>)> {
        self.entries.next()
    }

    /// Lists of classes in sub-folders.
    pub(super) fn class_lists(&self) -> &[PathBuf] {
        &self.class_lists
    }

    /// Counts something of a file that cannot be used.
    pub(super) fn count(&mut self, loss: Loss, reason: &'static str, path: &Path) {
        let name = id(&self.folder, path);
        self.problems.count_named(loss, reason, &name);
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
        self.problems.list("file")
    }
}

/// The images of a list with their files, which are taken out of `files`.
fn matched(
    files: &mut BTreeMap<String, PathBuf>,
    images: &ImageList,
    extension: &str,
) -> Result<Vec<(ImageInfo, Option<PathBuf>)>> {
    let mut entries: Vec<(ImageInfo, Option<PathBuf>)> = Vec::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for image in images.images() {
        let own = files.remove(base(&image.name));
        if own.is_none() {
            let name = stem(&image.name);
            if let Some(before) = open.insert(name, entries.len())
                && let Some(path) = files.get(name)
            {
                let message = format!(
                    "{} and {} have one file {}: name the files after the whole names, as \
                     {}.{extension}",
                    entries[before].0.name,
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
    Ok(entries)
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

/// Whether there is a file of this extension.
pub(super) fn has_any(folder: &Path, extension: &str) -> Result<bool> {
    let fits = |found: Found| match found {
        Found::File { path, .. } => has_extension(&path, extension) && !is_class_list(&path),
        Found::Lost(..) => false,
    };
    Ok(Walk::open(folder, usize::MAX)?.any(fits))
}
