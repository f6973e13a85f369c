//! What was typed about a result, shared by all commands that come to one.

use clap::Args;
use std::path::PathBuf;

/// Where a result goes, and how much of it.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct ResultArgs {
    /// Write the result as JSON; - for standard output, in place of the text
    #[arg(long, value_name = "FILE|-")]
    pub(super) json: Option<PathBuf>,
    /// Write the result as Markdown, such as a comment on a pull request; - for
    /// standard output, in place of the text
    #[arg(long, value_name = "FILE|-")]
    pub(super) markdown: Option<PathBuf>,
    /// Write the result as one HTML file that a browser opens without a network:
    /// charts, and every finding with its evidence
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// Print nothing but a line where the question could not be answered
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Show all of the result, however long its lists
    #[arg(short, long)]
    pub(super) verbose: bool,
}
