//! Names of classes, one a line.

use std::path::Path;

use super::folder::{CLASS_FILES, read_text};
use crate::error::Result;

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

/// The names beside a folder of files by image, or in it; none where there is no
/// such list.
pub(super) fn find(folder: &Path) -> Result<Vec<String>> {
    let folders = [Some(folder), folder.parent()];
    for place in folders.into_iter().flatten() {
        for name in CLASS_FILES {
            let path = place.join(name);
            if path.is_file() {
                return read_class_names(&path);
            }
        }
    }
    Ok(Vec::new())
}
