//! A folder in which the pictures of records are looked for.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// Endings that are tried where an id has none.
const ENDINGS: [&str; 5] = ["jpg", "jpeg", "png", "webp", "tif"];

/// A folder whose files are called as records are: an id is the path of its picture
/// within the folder, with or without its ending.
///
/// Ids come from data. One that leads out of the folder, by `..`, as an absolute path
/// or by a link, finds nothing.
///
/// ```
/// use driftsphere::ingest::image::ImageRoot;
///
/// let root = ImageRoot::open("tests/data/images")?;
/// assert!(root.find("piexif__02.jpg").is_some());
/// assert!(root.find("piexif__02").is_some());
/// assert_eq!(root.find("../README.md"), None);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRoot {
    /// Without links and `..`.
    folder: PathBuf,
}

impl ImageRoot {
    /// The folder at `path`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where it cannot be read, [`ErrorKind::Input`] where it is no
    /// folder.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let folder = path
            .canonicalize()
            .map_err(|error| Error::io(error, path))?;
        if !folder.is_dir() {
            let error = Error::new(ErrorKind::Input, "pictures are looked for in a folder");
            return Err(error.at("file", path.display()));
        }
        Ok(Self { folder })
    }

    /// The file of a record, where there is one inside of the folder.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<PathBuf> {
        let plain = self.inside(Path::new(id));
        let with_ending = || {
            let mut endings = ENDINGS.iter();
            endings.find_map(|ending| self.inside(Path::new(&format!("{id}.{ending}"))))
        };
        plain.or_else(with_ending)
    }

    fn inside(&self, path: &Path) -> Option<PathBuf> {
        let path = self.folder.join(path).canonicalize().ok()?;
        // Anything but a file, such as a pipe, could be waited for without end.
        (path.starts_with(&self.folder) && path.is_file()).then_some(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_the_folder_is_found() {
        let all = tempfile::tempdir().unwrap();
        let root = all.path().join("root");
        std::fs::create_dir_all(root.join("cat")).unwrap();
        for file in ["root/cat/1.jpg", "secret.jpg", "root-secret.jpg"] {
            std::fs::write(all.path().join(file), b"x").unwrap();
        }
        let outside = all.path().join("secret.jpg");
        #[cfg(unix)]
        std::os::unix::fs::symlink(&outside, root.join("link.jpg")).unwrap();
        let root = ImageRoot::open(&root).unwrap();
        assert!(root.find("cat/1.jpg").is_some());
        assert!(root.find("cat/../cat/1").is_some());
        let long = "a/".repeat(5000);
        let absolute = outside.display().to_string();
        for id in [
            "../secret.jpg",
            "../secret",
            "cat/../../secret.jpg",
            "../root-secret.jpg",
            "link.jpg",
            "link",
            "cat",
            "",
            ".",
            "..",
            "cat/2.jpg",
            "cat/1.jpg\0",
            &long,
            &absolute,
            "/etc/passwd",
        ] {
            assert_eq!(root.find(id), None, "{id}");
        }
    }

    #[test]
    fn a_root_is_a_folder() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(ImageRoot::open(file.path()).is_err());
        assert!(ImageRoot::open(file.path().join("none")).is_err());
    }
}
