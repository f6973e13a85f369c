//! What was typed behind `driftsphere stability`.

use super::args::ThreadArgs;
use super::input_args::{ColumnArgs, RowArgs, SpaceArgs};
use super::result_args::ResultArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `driftsphere stability`.
#[derive(Debug, Args)]
#[command(
    after_help = "A RUN is a profile, or a file of embeddings with ids: the same records as another training \
        run, another model or another layer sees them. Each later run is compared with the first, on \
        the records that all of them sampled; three and more runs, such as epochs, also give a curve \
        in the order in which they are named.\n\n\
        A rotation, a reflection, a scale and small noise are no change. What each measure means: \
        docs/stability.md.\n\n\
        Examples:\n  \
        driftsphere stability monday.npz tuesday.npz --ids id --labels label\n  \
        driftsphere stability monday.dsp tuesday.dsp --json result.json\n  \
        driftsphere stability epoch-*.dsp\n  \
        driftsphere stability monday.npz tuesday.npz --set-only\n\n\
        Exit status: 0 the same (or too close to tell), 1 changed (see --fail-on), 2 trouble."
)]
pub(super) struct StabilityArgs {
    /// The runs, the one that the others are held against first
    #[arg(value_name = "RUN", required = true, num_args = 2..)]
    pub(super) runs: Vec<PathBuf>,
    /// Ask whether the clouds are alike, whichever record lies where: ids are not used
    #[arg(long)]
    pub(super) set_only: bool,
    /// Clusters to find in each run, at most 256 and one for 10 records [default: as many as classes,
    /// 8 without classes]
    #[arg(long, value_name = "K")]
    pub(super) clusters: Option<usize>,
    /// Nearest neighbours of a record
    #[arg(long, value_name = "K", default_value_t = 10)]
    pub(super) neighbours: usize,
    /// Records compared at most; time and memory grow with the square
    #[arg(long, value_name = "N", default_value_t = 2048)]
    pub(super) max_ids: usize,
    /// What ends with exit status 1
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub(super) fail_on: FailOnChange,
    #[command(flatten)]
    pub(super) result: ResultArgs,
    #[command(flatten)]
    pub(super) columns: ColumnArgs,
    #[command(flatten)]
    pub(super) rows: RowArgs,
    #[command(flatten)]
    pub(super) space: SpaceArgs,
    #[command(flatten)]
    pub(super) threads: ThreadArgs,
}

/// What counts as a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum FailOnChange {
    /// Anything that changed: the geometry, a class, clusters (with --set-only: the cloud).
    #[default]
    Changed,
    /// That, and what is unclear.
    Unclear,
    /// A class that changed, whatever the geometry does: two seeds of one network seldom have the
    /// same geometry.
    Classes,
}
