//! `driftsphere store`: profiles into a folder that several writers share, and windows out of it.

use super::exit::ExitStatus;
use super::output;
use super::store_args::{FromStoreArgs, StoreArgs};
use super::stored::{profiles_at, read_profile};
use super::window_files::window_name;
use anyhow::{Context, Result, bail};
use driftsphere::profile::{Profile, ProfileStore};
use driftsphere::report::profile_line;

pub(super) fn run(args: &StoreArgs) -> Result<ExitStatus> {
    let files = profiles_at(&args.profiles)?;
    let store = match args.window {
        Some(length) => ProfileStore::create(&args.folder, length)?,
        None => ProfileStore::open(&args.folder)
            .context("a new store needs --window, such as --window 1d")?,
    };
    for file in files {
        let profile = read_profile(&file)?;
        let path = store
            .put(&profile)
            .map_err(|error| error.at("profile", file.display()))?;
        output::print(&format!(
            "{}\n",
            profile_line(&profile, &path.display().to_string())
        ))?;
    }
    Ok(ExitStatus::Success)
}

/// Name and profile of each window of a store that was asked for, in the order of time.
pub(super) fn windows(args: &FromStoreArgs) -> Result<Option<Vec<(String, Profile)>>> {
    let Some(folder) = &args.store else {
        return Ok(None);
    };
    let store = ProfileStore::open(folder)?;
    let last = args.last.map(|length| length.milliseconds());
    let mut windows = Vec::new();
    for (start, parts) in store.windows(last)? {
        if let Some(profile) = store.read(&parts, &args.tags)? {
            windows.push((window_name(start, store.length())?, profile));
        }
    }
    if windows.is_empty() {
        bail!(
            "the store {} has no window that was asked for",
            folder.display()
        );
    }
    Ok(Some(windows))
}
