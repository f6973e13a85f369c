//! What was typed about stores of profiles.

use clap::Args;
use driftsphere::profile::WindowLength;
use std::path::PathBuf;

/// `driftsphere store`.
#[derive(Debug, Args)]
#[command(
    after_help = "A store is a folder of profiles by window of time. Each PROFILE is of one window, or of a part \
        of one; parts are merged where the store is read. Files are named by their content and take their \
        place whole: several machines may fill one store at once, and the same file added again is there once \
        (a part of a window and then the whole of it are two files: the records of the part count twice). \
        Folders stand for the profiles in them.\n\n\
        Examples:\n  \
        driftsphere profile today.parquet --time captured_at --like ref.dsp --window 1d --tag camera=3 -o new/\n  \
        driftsphere store days/ new/ --window 1d\n  \
        driftsphere series ref.dsp --store days/ --last 30d --tag camera=3\n\n\
        Exit status: 0 all are stored, 2 trouble: those before it are stored."
)]
pub(super) struct StoreArgs {
    /// The folder
    #[arg(value_name = "FOLDER")]
    pub(super) folder: PathBuf,
    /// Profiles of records with times, or folders of them
    #[arg(value_name = "PROFILE", required = true)]
    pub(super) profiles: Vec<PathBuf>,
    /// Length of a window, of a new store: 30m, 1h, 1d, 1w [default: that of the store]
    #[arg(long, value_name = "LENGTH")]
    pub(super) window: Option<WindowLength>,
}

/// Windows out of a store, in place of files.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct FromStoreArgs {
    /// Take the windows from a store (see `driftsphere store`)
    #[arg(long, value_name = "FOLDER", conflicts_with = "windows")]
    pub(super) store: Option<PathBuf>,
    /// The last windows of the store only, its newest one included: 12h, 30d, 8w; and those of the
    /// reference's own time, from which a season is learned
    #[arg(long, value_name = "LENGTH", requires = "store")]
    pub(super) last: Option<WindowLength>,
    /// Profiles of the store with this tag only (repeatable: with all of them)
    #[arg(long = "tag", value_name = "KEY=VALUE", requires = "store", value_parser = super::profile_args::tag)]
    pub(super) tags: Vec<(String, String)>,
}
