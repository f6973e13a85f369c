//! Names of classes, one a line.

use std::path::{Path, PathBuf};

use super::folder::read_text;
use super::listing::CLASS_FILES;
use crate::error::{Error, ErrorKind, Result};

/// The names of classes in a file, one a line; line k names class k - 1.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("classes.txt");
/// std::fs::write(&path, "cat\ndog\n")?;
/// assert_eq!(driftsphere::ingest::read_class_names(&path)?, ["cat", "dog"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Io`](crate::ErrorKind::Io); [`Input`](crate::ErrorKind::Input) for a file that is no UTF-8,
/// [`Limit`](crate::ErrorKind::Limit) for one over 16 MiB.
pub fn read_class_names(path: &Path) -> Result<Vec<String>> {
    let text = read_text(path).map_err(|e| e.at("file", path.display()))?;
    let mut names: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    Ok(names)
}

/// The names beside a folder of files by image, or in it, or in its sub-folders (`more`); none where
/// there is no such list.
///
/// # Errors
/// Those of [`read_class_names`], and [`ErrorKind::Input`] where two lists differ: which names a file's
/// numbers mean would depend on where it lies.
pub(super) fn find(folder: &Path, more: &[PathBuf]) -> Result<Vec<String>> {
    let folders = [Some(folder), folder.parent()].into_iter().flatten();
    let places = folders.flat_map(|place| CLASS_FILES.map(|name| place.join(name)));
    let own = { places }.find(|path| path.is_file());
    let mut lists = own.iter().chain(more);
    let Some(first) = lists.next() else {
        return Ok(Vec::new());
    };
    let names = read_class_names(first)?;
    for other in lists {
        if read_class_names(other)? != names {
            let message = format!(
                "{} and {} name other classes: give the sub-folders as inputs of their own",
                first.display(),
                other.display()
            );
            return Err(Error::new(ErrorKind::Input, message));
        }
    }
    Ok(names)
}
