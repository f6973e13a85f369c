//! The windows of a series: files, or what a store holds of them.

use super::store_args::FromStoreArgs;
use super::stored::read_profile;
use super::window_files::window_name;
use anyhow::{Result, bail};
use driftsphere::profile::{Profile, ProfileStore};
use std::path::PathBuf;

/// Windows by name, each read when it is asked for.
pub(super) struct SeriesWindows<'a> {
    windows: Vec<(String, Vec<PathBuf>)>,
    store: Option<(ProfileStore, &'a FromStoreArgs)>,
    /// When the windows begin that are to be watched, where not all of them are.
    pub(super) since: Option<i64>,
}

impl<'a> SeriesWindows<'a> {
    /// Those of the store that was named, in the order of time, or else the files.
    pub(super) fn open(args: &'a FromStoreArgs, files: Vec<PathBuf>) -> Result<Self> {
        let Some(folder) = &args.store else {
            let window = |path: PathBuf| (path.display().to_string(), vec![path]);
            return Ok(Self {
                windows: files.into_iter().map(window).collect(),
                store: None,
                since: None,
            });
        };
        let store = ProfileStore::open(folder)?;
        let since = match args.last {
            Some(last) => store.windows(Some(last.milliseconds()))?.into_keys().next(),
            None => None,
        };
        let mut windows = Vec::new();
        // All of them: those of the reference's own time tell the season.
        for (start, parts) in store.windows(None)? {
            // Tags stand in the profiles.
            if args.tags.is_empty() || store.read(&parts, &args.tags)?.is_some() {
                windows.push((window_name(start, store.length())?, parts));
            }
        }
        if windows.is_empty() {
            bail!(
                "the store {} has no window that was asked for",
                folder.display()
            );
        }
        Ok(Self {
            windows,
            store: Some((store, args)),
            since,
        })
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.windows.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub(super) fn read(&self, at: usize) -> driftsphere::Result<Profile> {
        let (name, parts) = &self.windows[at];
        let Some((store, args)) = &self.store else {
            return read_profile(&parts[0]);
        };
        let gone = || {
            let message = format!("the window {name} is not in the store any more");
            driftsphere::Error::new(driftsphere::ErrorKind::Input, message)
        };
        store.read(parts, &args.tags)?.ok_or_else(gone)
    }
}
