//! What was typed behind `driftsphere check`.

use super::result_args::ResultArgs;
use clap::Args;
use std::path::PathBuf;

/// `driftsphere check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        driftsphere check --init march.dsp -o rules.toml\n  \
        driftsphere check april.dsp rules.toml --against march.dsp\n  \
        driftsphere check april.dsp rules.toml --against march.dsp --quiet --markdown comment.md\n  \
        driftsphere check today.dsp rules.toml --against march.dsp --windows days/\n  \
        driftsphere check tuesday.dsp rules.toml --run-before monday.dsp\n\n\
        Exit status: 0 passed, 1 a rule of severity error failed, 2 trouble, or nothing to judge.")]
pub(super) struct CheckArgs {
    /// The window that is checked
    #[arg(value_name = "PROFILE", required_unless_present = "init")]
    pub(super) profile: Option<PathBuf>,
    /// The rules
    #[arg(value_name = "RULES.toml", required_unless_present = "init")]
    pub(super) rules: Option<PathBuf>,
    /// The window that rules about a comparison compare with
    #[arg(long, value_name = "REF.dsp")]
    pub(super) against: Option<PathBuf>,
    /// Windows in the order of time, profiles or folders of them, that rules about a series hold
    /// against --against
    #[arg(long, value_name = "WINDOW", num_args = 1.., requires = "against")]
    pub(super) windows: Vec<PathBuf>,
    /// The training run before, over the same records, that rules about stability compare with
    #[arg(long, value_name = "RUN.dsp")]
    pub(super) run_before: Option<PathBuf>,
    /// Write the result as JUnit XML, for a build server
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Write a first set of rules, drawn from a reference
    #[arg(long, value_name = "REF.dsp", conflicts_with_all = ["profile", "rules", "against", "windows", "run_before", "junit", "json", "markdown", "quiet", "verbose"])]
    pub(super) init: Option<PathBuf>,
    /// Where --init writes; never over a file [default: standard output]
    #[arg(short, long, value_name = "RULES.toml", conflicts_with = "profile")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) result: ResultArgs,
}
