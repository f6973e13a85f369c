//! A folder of profiles by window of time, which several writers fill at once.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind as IoKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_128;

use super::{Profile, WindowLength, container};
use crate::error::{Error, ErrorKind, Result};

/// The file that says how long the windows of a store are.
const LENGTH_FILE: &str = "window-length";
/// When a window begins, in UTC.
const START: &str = "%Y-%m-%dT%H%M%S";

/// A folder of profiles, each of one window of time or a part of one.
///
/// ```text
/// days/window-length                     1d
/// days/2025-03-03T000000Z-5f0c....dsp    start of the window, hash of the profile's bytes
/// ```
///
/// Writers never write over each other: a file is named by its content, so that two machines that
/// saw parts of the same window leave two files, and one that tries again leaves one. Files
/// take their place whole. A window is all of its parts merged, which is, byte for byte, the
/// profile of all its records.
///
/// ```
/// use driftsphere::ingest::{Batch, Column};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig, ProfileStore};
///
/// let part = |camera: &str, hour: i64| {
///     let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
///     builder.tag("camera", camera);
///     builder.track_batch(&Batch::new(1).times(vec![hour * 3_600_000]))?;
///     Ok::<_, driftsphere::Error>(builder.freeze())
/// };
/// let folder = tempfile::tempdir().unwrap();
/// let store = ProfileStore::create(folder.path().join("days"), "1d".parse()?)?;
/// store.put(&part("left", 3)?)?;
/// store.put(&part("left", 3)?)?; // again: the same file
/// store.put(&part("right", 4)?)?;
/// store.put(&part("right", 28)?)?;
///
/// let windows = store.windows(None)?;
/// assert_eq!(windows.len(), 2);
/// let first = store.read(&windows[&0], &[])?.unwrap();
/// assert_eq!(first.records(), 2);
/// let left = store.read(&windows[&0], &[("camera".into(), "left".into())])?.unwrap();
/// assert_eq!(left.records(), 1);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileStore {
    folder: PathBuf,
    length: WindowLength,
}

impl ProfileStore {
    /// Opens a store, or makes one where there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] where there is one with windows of another length,
    /// [`ErrorKind::Io`], and those of [`open`](Self::open).
    pub fn create(folder: impl Into<PathBuf>, length: WindowLength) -> Result<Self> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(|error| Error::io(error, &folder))?;
        let path = folder.join(LENGTH_FILE);
        if !path.exists() {
            // Two that come at once write the same.
            container::write(&path, format!("{length}\n").as_bytes())?;
        }
        let store = Self::open(folder)?;
        if store.length != length {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!(
                    "the store has windows of {}, not of {length}; choose another folder",
                    store.length
                ),
            )
            .at("folder", store.folder.display()));
        }
        Ok(store)
    }

    /// Opens a store that is there.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] where the folder is no store, [`ErrorKind::Io`].
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self> {
        let folder = folder.into();
        let path = folder.join(LENGTH_FILE);
        let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
            IoKind::NotFound | IoKind::NotADirectory => Error::new(
                ErrorKind::Argument,
                format!("this is no store of profiles: it has no file `{LENGTH_FILE}`"),
            )
            .at("folder", folder.display()),
            _ => Error::io(error, &path),
        })?;
        let length = text.trim().parse::<WindowLength>();
        let length = length.map_err(|error| error.at("file", path.display()))?;
        Ok(Self { folder, length })
    }

    /// How long its windows are.
    #[must_use]
    pub fn length(&self) -> WindowLength {
        self.length
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds a profile of one window, or of a part of one; gives its file.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] where the profile's records have no times, or lie in more than one
    /// window; [`ErrorKind::Io`].
    pub fn put(&self, profile: &Profile) -> Result<PathBuf> {
        let argument = |message: String| Error::new(ErrorKind::Argument, message);
        let Some((first, last)) = profile.times() else {
            return Err(argument(
                "the records have no times, so they belong to no window; profile them with times"
                    .to_owned(),
            ));
        };
        let start = |time| {
            self.length.start(time).ok_or_else(|| {
                argument("times outside of the years 1 to 9999 belong to no window".to_owned())
            })
        };
        let (begin, end) = (start(first)?, start(last)?);
        if begin != end {
            return Err(argument(format!(
                "the records lie in more than one window of {}: from {} to {}; profile them by \
                 windows",
                self.length,
                label(first)?,
                label(last)?
            )));
        }
        let bytes = profile.to_bytes();
        let name = format!("{}-{:032x}.dsp", label(begin)?, xxh3_128(&bytes));
        let path = self.folder.join(name);
        container::write(&path, &bytes)?;
        Ok(path)
    }

    /// The files of each window by its start, in milliseconds since 1970 UTC; where asked only the
    /// windows of the last `last` milliseconds, up to and with the newest window of the store.
    ///
    /// # Errors
    /// [`ErrorKind::Io`].
    pub fn windows(&self, last: Option<i64>) -> Result<BTreeMap<i64, Vec<PathBuf>>> {
        let io = |error| Error::io(error, &self.folder);
        let mut windows: BTreeMap<i64, Vec<PathBuf>> = BTreeMap::new();
        for entry in fs::read_dir(&self.folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if let Some(start) = path.file_name().and_then(|name| start_of(name.to_str()?)) {
                windows.entry(start).or_default().push(path);
            }
        }
        windows.values_mut().for_each(|parts| parts.sort());
        if let (Some(last), Some(&newest)) = (last, windows.keys().next_back()) {
            let end = newest.saturating_add(self.length.milliseconds());
            windows = windows.split_off(&end.saturating_sub(last));
        }
        Ok(windows)
    }

    /// The parts of a window that have all of the tags, merged; `None` where none has.
    ///
    /// # Errors
    /// Those of [`Profile::read`] and [`ProfileBuilder::merge`](super::ProfileBuilder::merge), with
    /// the file's name.
    pub fn read(&self, parts: &[PathBuf], tags: &[(String, String)]) -> Result<Option<Profile>> {
        let mut window: Option<Profile> = None;
        for path in parts {
            let part = Profile::read(path)?;
            let has = |(key, value): &(String, String)| {
                part.tags()
                    .get(key)
                    .is_some_and(|values| values.contains(value))
            };
            if !tags.iter().all(has) {
                continue;
            }
            match &mut window {
                None => window = Some(part),
                Some(window) => window
                    .merge(&part)
                    .map_err(|error| error.at("file", path.display()))?,
            }
        }
        Ok(window)
    }
}

fn label(time: i64) -> Result<String> {
    let at = Timestamp::from_millisecond(time);
    let at = at.map_err(|error| Error::new(ErrorKind::Argument, "not a time").because(error))?;
    Ok(format!("{}Z", at.strftime(START)))
}

/// The start of the window that a file is of; `None` of a file of another kind.
fn start_of(name: &str) -> Option<i64> {
    let (stamp, hash) = name.strip_suffix(".dsp")?.split_once("Z-")?;
    let is_hash = hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let at = jiff::civil::DateTime::strptime(START, stamp).ok()?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    is_hash.then(|| at.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Batch;
    use crate::profile::{ProfileBuilder, ProfileConfig};

    const DAY: i64 = 86_400_000;

    fn at(times: &[i64]) -> Profile {
        let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
        let batch = Batch::new(times.len()).times(times.to_vec());
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    }

    #[test]
    fn writers_of_the_same_window_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let length: WindowLength = "1d".parse().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let folder = folder.path();
                scope.spawn(move || {
                    let store = ProfileStore::create(folder, length).unwrap();
                    for day in [-1, 0, 1] {
                        store.put(&at(&[day * DAY + writer])).unwrap();
                        store.put(&at(&[day * DAY + writer])).unwrap();
                    }
                });
            }
        });
        fs::write(
            folder.path().join("1970-01-01T000000Z-notes.dsp"),
            "no profile",
        )
        .unwrap();
        let store = ProfileStore::open(folder.path()).unwrap();
        let windows = store.windows(None).unwrap();
        assert_eq!(windows.keys().copied().collect::<Vec<_>>(), [-DAY, 0, DAY]);
        let all: Vec<i64> = (0..8).collect();
        let whole = store.read(&windows[&0], &[]).unwrap().unwrap();
        assert_eq!(whole.to_bytes(), at(&all).to_bytes());
        let last = store.windows(Some(2 * DAY)).unwrap();
        assert_eq!(last.keys().copied().collect::<Vec<_>>(), [0, DAY]);
        assert!(
            store
                .read(&windows[&0], &[("camera".into(), "1".into())])
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn what_belongs_to_no_window_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let said = |error: Error| error.to_string();
        let open = ProfileStore::open(folder.path()).unwrap_err();
        assert!(said(open).contains("no store of profiles"));
        let store = ProfileStore::create(folder.path(), "6h".parse().unwrap()).unwrap();
        let other = ProfileStore::create(folder.path(), "1w".parse().unwrap()).unwrap_err();
        assert!(said(other).contains("windows of 6h, not of 1w"));
        let two = store.put(&at(&[0, DAY])).unwrap_err();
        assert!(said(two).contains("from 1970-01-01T000000Z to 1970-01-02T000000Z"));
        let none = store.put(&at(&[])).unwrap_err();
        assert!(said(none).contains("no times"));
        assert!(store.windows(None).unwrap().is_empty());
    }
}
