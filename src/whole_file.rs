//! Files that are written whole or not at all.

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Links of links that are followed; as many as Linux follows (`path_resolution(7)`).
const MAX_LINKS: usize = 40;
/// Names that are tried: leftovers of processes that were killed stay in the folder.
const MOST_NAMES: u64 = 1 << 20;

/// A file on its way. A regular file is written beside its place and takes it when it is whole, so
/// that a reader sees the old file or the new one, and a failure leaves the old one. What is there
/// and no regular file (a device, a pipe) is written straight: a file in its place would destroy it.
///
/// Links are followed, and a file that is replaced keeps its mode and, where the system allows,
/// its owner. One that is dropped before [`commit`](Self::commit) leaves nothing behind.
#[derive(Debug)]
pub(crate) struct WholeFile {
    file: BufWriter<File>,
    /// The file beside, and the place that it takes.
    move_to_place: Option<(PathBuf, PathBuf)>,
}

impl WholeFile {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let old = match std::fs::metadata(path) {
            Ok(old) if old.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(old) => Some(old),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let place = resolve(path)?;
        if old.as_ref().is_some_and(|old| !old.is_file()) || is_open_file(&place) {
            // Opening a pipe waits for its reader.
            let file = OpenOptions::new().append(true).open(path)?;
            return Ok(Self {
                file: BufWriter::new(file),
                move_to_place: None,
            });
        }
        let (beside, file) = beside(&place, old.as_ref())?;
        Ok(Self {
            file: BufWriter::new(file),
            move_to_place: Some((beside, place)),
        })
    }

    /// Puts the file in its place.
    pub(crate) fn commit(mut self) -> io::Result<()> {
        self.file.flush()?;
        if let Some((beside, place)) = &self.move_to_place {
            self.file.get_ref().sync_all()?;
            std::fs::rename(beside, place)?;
        }
        self.move_to_place = None;
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some((beside, _)) = &self.move_to_place {
            // Another error is on its way; a leftover is only untidy.
            let _ = std::fs::remove_file(beside);
        }
    }
}

/// Where links lead to, also where nothing is there yet.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut place = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        if is_open_file(&place) {
            return Ok(place);
        }
        let Ok(target) = std::fs::read_link(&place) else {
            return Ok(place);
        };
        place = place.parent().unwrap_or(Path::new("")).join(target);
    }
    Err(io::Error::other("too many links of links"))
}

/// Whether a path names what a process has open, as `/dev/stdout` does: it is to be written, not
/// replaced.
fn is_open_file(path: &Path) -> bool {
    cfg!(unix) && (path.starts_with("/proc") || path.starts_with("/dev/fd"))
}

/// A new file in the same folder. Another process, perhaps of the same number on another machine,
/// may have taken the name: then the next is tried.
fn beside(place: &Path, old: Option<&Metadata>) -> io::Result<(PathBuf, File)> {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let no_name = || io::Error::new(ErrorKind::InvalidInput, "the path names no file");
    let file_name = place.file_name().ok_or_else(no_name)?;
    loop {
        let mut name = OsString::from(".");
        name.push(file_name);
        let own = WRITTEN.fetch_add(1, Ordering::Relaxed);
        name.push(format!(".{}.{own}.tmp", std::process::id()));
        let beside = place.with_file_name(name);
        match create_beside(&beside, old) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && own < MOST_NAMES => {}
            file => return Ok((beside, file?)),
        }
    }
}

#[cfg(unix)]
fn create_beside(beside: &Path, old: Option<&Metadata>) -> io::Result<File> {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};

    let mut options = OpenOptions::new();
    // Never one that is there, nor what a link there leads to.
    options.write(true).create_new(true);
    let Some(old) = old else {
        return options.open(beside);
    };
    // Nobody else reads it before it has the mode of the file that it replaces.
    let file = options.mode(0o600).open(beside)?;
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (old.uid(), old.gid()) {
        // Only root may give a file away; a member of its group may leave it to the group.
        let _ = fchown(&file, Some(old.uid()), Some(old.gid()))
            .or_else(|_| fchown(&file, None, Some(old.gid())));
    }
    if let Err(error) = file.set_permissions(old.permissions()) {
        let _ = std::fs::remove_file(beside);
        return Err(error);
    }
    Ok(file)
}

#[cfg(not(unix))]
fn create_beside(beside: &Path, _: Option<&Metadata>) -> io::Result<File> {
    File::create_new(beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = WholeFile::create(path)?;
        file.write_all(bytes)?;
        file.commit()
    }

    fn names(folder: &Path) -> usize {
        std::fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        put(&path, b"long first text").unwrap();
        put(&path, b"short").unwrap();
        let mut given_up = WholeFile::create(&path).unwrap();
        given_up.write_all(b"half").unwrap();
        drop(given_up);
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
        assert_eq!(names(folder.path()), 1);
        for wrong in [folder.path().join("none/out"), folder.path().to_path_buf()] {
            assert!(put(&wrong, b"x").is_err(), "{}", wrong.display());
        }
        assert_eq!(names(folder.path()), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_and_modes_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().unwrap();
        let within = |name: &str| folder.path().join(name);
        std::fs::create_dir(within("deep")).unwrap();
        symlink("deep/file", within("link")).unwrap();
        symlink("link", within("link of link")).unwrap();
        // A link to what is not there yet makes it.
        put(&within("link of link"), b"first").unwrap();
        assert_eq!(std::fs::read(within("deep/file")).unwrap(), b"first");
        let secret = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(within("deep/file"), secret).unwrap();
        put(&within("link"), b"second").unwrap();
        assert_eq!(std::fs::read(within("deep/file")).unwrap(), b"second");
        let mode = std::fs::metadata(within("deep/file")).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o640);
        assert!(within("link").is_symlink() && within("link of link").is_symlink());
        symlink("loop", within("loop")).unwrap();
        assert!(put(&within("loop"), b"x").is_err());
        assert_eq!((names(folder.path()), names(&within("deep"))), (4, 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_written_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;

        let folder = tempfile::tempdir().unwrap();
        let (pipe, link) = (folder.path().join("pipe"), folder.path().join("link"));
        let mut made = std::process::Command::new("mkfifo");
        assert!(made.arg(&pipe).status().unwrap().success());
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        let from = pipe.clone();
        let reader = std::thread::spawn(move || std::fs::read(from).unwrap());
        put(&link, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(names(folder.path()), 2);
    }
}
