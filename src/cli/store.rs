//! `driftsphere store`: profiles into a folder that several writers share.

use super::exit::ExitStatus;
use super::output;
use super::store_args::StoreArgs;
use super::stored::{profiles_at, read_profile};
use anyhow::{Context, Result};
use driftsphere::profile::ProfileStore;
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
