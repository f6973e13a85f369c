//! What was typed: the commands, and the flags of the small ones.

use super::check_args::CheckArgs;
use super::compare_args::CompareArgs;
use super::profile_args::ProfileArgs;
use super::score_args::ScoreArgs;
use super::series_args::SeriesArgs;
use super::stability_args::StabilityArgs;
use super::store_args::StoreArgs;
use clap::{Args, Parser, Subcommand};
use driftsphere::sphere::ClusterMethod;
use std::path::PathBuf;

/// Tells when what a vision model sees, or says, has changed in meaning.
///
/// Profiles embeddings, pictures and records into small mergeable files, compares two of
/// them, and says what drifted, how much, how sure, and which records show it.
#[derive(Debug, Parser)]
#[command(
    name = "driftsphere",
    version,
    arg_required_else_help = true,
    after_help = "Start with `driftsphere demo`. Each command has its own --help.\n\
                  Exit status: 0 done or no drift, 1 drift, 2 trouble."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// One of the commands.
#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one, made once")]
pub(super) enum Command {
    /// Learn a profile of embeddings, pictures or records
    Profile(ProfileArgs),
    /// Put profiles of parts together
    Merge(MergeArgs),
    /// Leave nothing of single records in a profile, to pass it on
    Seal(SealArgs),
    /// Lower the samples of a profile
    Shrink(ShrinkArgs),
    /// Fit centres on a profile, to measure further profiles against
    Fit(FitArgs),
    /// Say what a profile, or a set of them, contains
    Show(ShowArgs),
    /// Say what drifted between two profiles, files of embeddings or records, or folders of pictures
    Compare(CompareArgs),
    /// Say whether training runs over the same records have the same space, classes and clusters
    Stability(StabilityArgs),
    /// Say of windows in the order of time what changed, and since when
    Series(SeriesArgs),
    /// Put profiles of windows into a folder that several machines fill
    Store(StoreArgs),
    /// Say of each record how novel it is, seen from a reference
    Score(ScoreArgs),
    /// Hold a profile against rules
    Check(CheckArgs),
    /// Profile and compare real embeddings and pictures that come with the command
    Demo(DemoArgs),
    /// Write what a shell needs to complete the command
    Completions(CompletionsArgs),
    /// Write manual pages
    Man(ManArgs),
}

/// `driftsphere merge`.
#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// Profiles, or sets of them, made with the same settings
    #[arg(required = true, value_name = "PROFILE")]
    pub(super) profiles: Vec<PathBuf>,
    /// Where to write the profile of all their records; may be one of the inputs
    #[arg(short, long, value_name = "OUT.dsp")]
    pub(super) output: PathBuf,
}

/// `driftsphere seal`.
#[derive(Debug, Args)]
#[command(
    after_help = "A sealed profile holds no vector, no id, and nothing that is made of fewer than 20 records.\n\
        It compares with sealed and other profiles, but merges no more: merge first, then seal."
)]
pub(super) struct SealArgs {
    /// A profile
    #[arg(value_name = "PROFILE")]
    pub(super) profile: PathBuf,
    /// Where to write the sealed profile
    #[arg(short, long, value_name = "OUT.dsp")]
    pub(super) output: PathBuf,
}

/// `driftsphere shrink`.
#[derive(Debug, Args)]
#[command(
    after_help = "The result is the profile that its settings would have given, byte for byte: parts may be\n\
        shrunk before they are merged, all alike. Where fewer rows overall would leave more bytes to classes and\n\
        clusters, which have none to give back, --sample-bytes falls too. What was not sampled does not change."
)]
pub(super) struct ShrinkArgs {
    /// A profile
    #[arg(value_name = "PROFILE")]
    pub(super) profile: PathBuf,
    /// Records kept as a sample of each space; 0 keeps no row, and no id but those of a codebook
    #[arg(long, value_name = "N", required_unless_present = "sample_bytes")]
    pub(super) sample: Option<usize>,
    /// Bytes that all samples of a space may take
    #[arg(long, value_name = "N")]
    pub(super) sample_bytes: Option<usize>,
    /// Where to write the smaller profile; may be the input
    #[arg(short, long, value_name = "OUT.dsp")]
    pub(super) output: PathBuf,
}

/// `driftsphere fit`.
#[derive(Debug, Args)]
#[command(after_help = "A reference in many parts:\n  \
        driftsphere profile part-1.npz -o part-1.dsp   (each part, anywhere)\n  \
        driftsphere merge part-*.dsp -o merged.dsp\n  \
        driftsphere fit merged.dsp -o book.dsb\n  \
        driftsphere profile part-1.npz --codebook book.dsb --reference -o part-1.dsp\n  \
        driftsphere merge part-*.dsp -o reference.dsp")]
pub(super) struct FitArgs {
    /// A profile of the reference
    #[arg(value_name = "PROFILE")]
    pub(super) profile: PathBuf,
    /// Clusters to find in each space
    #[arg(short = 'K', long = "clusters", value_name = "K", default_value_t = 8)]
    pub(super) clusters: usize,
    /// What the centres of clusters are: kmeans (mean directions), medoid (real records), gmm (a
    /// mixture of Gaussians), dbscan (dense regions, however many)
    #[arg(long, value_name = "KIND", default_value_t)]
    pub(super) centres: ClusterMethod,
    /// Where to write the codebook
    #[arg(short, long, value_name = "BOOK")]
    pub(super) output: PathBuf,
}

/// `driftsphere show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// A profile, a set of them, or one of a set: FILE#COLUMN=VALUE
    #[arg(value_name = "PROFILE")]
    pub(super) profile: PathBuf,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Write it as one HTML file, in place of the text
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub(super) html: Option<PathBuf>,
}

/// `driftsphere completions`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
        driftsphere completions bash > ~/.local/share/bash-completion/completions/driftsphere")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(super) shell: clap_complete::Shell,
}

/// `driftsphere man`.
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The folder for a page of each command [default: one page on standard output]
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
}

/// `driftsphere demo`.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Where to leave the files it makes [default: a folder that is removed]
    #[arg(value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,
}

/// How many threads work.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Options")]
pub(super) struct ThreadArgs {
    /// Threads; the result does not depend on them [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_that_contradict_each_other_are_refused() {
        for line in [
            "profile a.npy --fit 8 --like b.dsp",
            "profile a.npy --fit 8 --codebook b.dsb",
            "profile a.npy --centres medoid",
            "profile a.npy --fit 8 --centres mean",
            "profile a.npy --reference",
            "profile a.npy --like b.dsp --seed 7",
            "profile a.npy --tag colour",
            "profile a.npy --threads 0",
            "profile a.npy --angle hue",
            "profile a.npy --angle hue=0",
            "profile a.npy --angle hue=red",
            "profile a.npy --like b.dsp --angle hue=360",
            "profile",
            "merge a.dsp",
            "shrink a.dsp -o b.dsp",
            "shrink a.dsp --sample 10",
            "profile a.npy --keep-ids some",
            "compare a.dsp b.dsp --quiet --verbose",
            "compare a.npy b.npy --rows r.npy --target-rows s.npy",
            "compare a.dsp b.dsp --paired --unpaired",
            "compare a.dsp b.dsp --statistic width=mean",
            "compare a.dsp b.dsp --statistic psi",
            "compare a.dsp",
            "check a.dsp",
            "stability a.dsp",
            "series a.dsp",
            "series a.dsp b.dsp --horizon 0",
            "stability a.dsp b.dsp --quiet --verbose",
            "check a.dsp r.toml -o s.toml",
            "check --init a.dsp b.dsp",
            "completions tcsh",
        ] {
            let words = std::iter::once("driftsphere").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_err(), "{line}");
        }
    }
}
