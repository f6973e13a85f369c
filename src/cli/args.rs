//! What was typed.

use super::exit::FailOn;
use super::input_args::{CentreArgs, ColumnArgs, DivideArgs, RowArgs, SpaceArgs};
use super::score_args::ScoreArgs;
use clap::{Args, Parser, Subcommand};
use driftsphere::compare::StatisticChoice;
use driftsphere::sphere::ClusterMethod;
use std::path::PathBuf;

/// Tells when what a vision model sees, or says, has changed in meaning.
///
/// Profiles embeddings and records into small mergeable files, compares two of
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
pub(super) enum Command {
    /// Learn a profile of embeddings or records
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
    /// Say what drifted between two profiles, or two files of embeddings or records
    Compare(CompareArgs),
    /// Say of each record how novel it is, seen from a reference
    Score(ScoreArgs),
    /// Hold a profile against rules
    Check(CheckArgs),
    /// Profile and compare real embeddings that come with the command
    Demo(DemoArgs),
    /// Write what a shell needs to complete the command
    Completions(CompletionsArgs),
    /// Write manual pages
    Man(ManArgs),
}

/// `driftsphere profile`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        driftsphere profile march.npz --labels label --ids id --fit 8 -o march.dsp\n  \
        driftsphere profile april.npz --labels label --ids id --like march.dsp -o april.dsp\n  \
        driftsphere profile shard-*.npy --model resnet50 -o all.dsp\n  \
        driftsphere profile records.csv --ids id --time captured_at -o records.dsp\n  \
        driftsphere profile emb.npz scores.parquet --ids id -o joined.dsp\n  \
        driftsphere profile march.npz --segment camera --fit 8 -o march.dsp\n  \
        driftsphere profile year.parquet --time captured_at --window 1d -o days/\n\n\
        Inputs are .npy, .npz, .safetensors, Parquet, CSV with a line of names, or JSON lines, told\n\
        apart by content. Inputs of equal columns are parts, read one after the other (JSON lines:\n\
        of one key in common). Inputs of different columns are joined by --ids into one record each:\n\
        the one with the embeddings (or else the first) is streamed, the others are held in memory,\n\
        where each id may be there once. What two of them have under one name is taken from the one\n\
        that is streamed, or else from the first. Records without a partner keep what they have; how\n\
        many there are is said.\n\n\
        --segment COLUMN writes a set: a profile for each value, in one file, all measured alike (with\n\
        --fit, against centres of all records). Two sets are compared segment by segment; one of them\n\
        is named FILE#COLUMN=VALUE, FILE#COLUMN= (records without a value) or FILE#other (values that\n\
        found no room). The column is then no feature, unless --features names it.\n\n\
        --window LENGTH makes a profile (with --segment, a set) for each window of time, as files in\n\
        the folder -o that are called after its start in UTC: 2025-03-03.dsp, 2025-03-03T06.dsp,\n\
        2025-03-03T0630.dsp. A window without records has no file; merged, the files are the profile\n\
        of all records. Records without a readable time are counted and are in none.\n\n\
        A profile holds the ids and embeddings of a sample of the records, and the ids of those\n\
        nearest to and farthest from its centres (--sample 0: none of these; but a --codebook\n\
        names records that it was fitted on).")]
pub(super) struct ProfileArgs {
    /// Files of embeddings or records, profiled together
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Where to write the profile, with --window the folder [default: only say what it contains]
    #[arg(short, long, value_name = "REF.dsp")]
    pub(super) output: Option<PathBuf>,
    /// A column of angles, and after how much it begins again: hue=360, hour=24
    /// (repeatable)
    #[arg(
        long = "angle",
        value_name = "COLUMN=PERIOD",
        value_parser = angle,
        conflicts_with = "like"
    )]
    pub(super) angles: Vec<(String, f64)>,
    /// A note kept in the profile (repeatable)
    #[arg(long = "tag", value_name = "KEY=VALUE", value_parser = tag)]
    pub(super) tags: Vec<(String, String)>,
    #[command(flatten)]
    pub(super) divide: DivideArgs,
    #[command(flatten)]
    pub(super) columns: ColumnArgs,
    #[command(flatten)]
    pub(super) rows: RowArgs,
    #[command(flatten)]
    pub(super) space: SpaceArgs,
    #[command(flatten)]
    pub(super) centres: CentreArgs,
    #[command(flatten)]
    pub(super) threads: ThreadArgs,
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
    after_help = "The result is the profile that smaller samples would have given, byte for byte: parts may\n\
        be shrunk before they are merged. What was not sampled does not change."
)]
pub(super) struct ShrinkArgs {
    /// A profile
    #[arg(value_name = "PROFILE")]
    pub(super) profile: PathBuf,
    /// Records kept as a sample of each space; 0 keeps no row and no id
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
}

/// `driftsphere compare`.
#[derive(Debug, Args)]
#[command(
    after_help = "REFERENCE and TARGET are profiles, or files of embeddings or records: then centres are \
        fitted on the embeddings of the first, and the second is measured alike.\n\n\
        Two sets of profiles (profile --segment) are compared segment by segment. The rate of false \
        alarms holds for all of them together (Holm), the heaviest verdict counts, and segments that \
        one side lacks are named. One of a set is FILE#COLUMN=VALUE.\n\n\
        Examples:\n  \
        driftsphere compare march.dsp april.dsp\n  \
        driftsphere compare march.npz april.npz --labels label --ids id\n  \
        driftsphere compare march.csv april.csv --ids id --time captured_at\n  \
        driftsphere compare all.npz all.npz --reference-where split=ref --target-where split=blur\n  \
        driftsphere compare march.dsp#camera=3 april.dsp#camera=3\n  \
        driftsphere compare march.dsp april.dsp --history week-*.dsp\n  \
        driftsphere compare march.dsp april.dsp --statistic 'pixel_*=psi'\n  \
        driftsphere compare march.dsp april.dsp --quiet --fail-on possible --json result.json\n\n\
        Exit status: 0 no drift, 1 drift (see --fail-on), 2 trouble, or no test could run."
)]
pub(super) struct CompareArgs {
    /// The window that is trusted
    #[arg(value_name = "REFERENCE")]
    pub(super) reference: PathBuf,
    /// The window asked about
    #[arg(value_name = "TARGET")]
    pub(super) target: PathBuf,
    /// Write the result as JSON; - for standard output, in place of the text
    #[arg(long, value_name = "FILE|-")]
    pub(super) json: Option<PathBuf>,
    /// Write the result as Markdown, such as a comment on a pull request; - for
    /// standard output, in place of the text
    #[arg(long, value_name = "FILE|-")]
    pub(super) markdown: Option<PathBuf>,
    /// Rate of false alarms aimed at, for the whole comparison
    #[arg(long, value_name = "A", default_value_t = 0.05)]
    pub(super) alpha: f64,
    /// A column of angles of a reference that is a file of embeddings, and after
    /// how much it begins again: hue=360, hour=24 (repeatable)
    #[arg(long = "angle", value_name = "COLUMN=PERIOD", value_parser = angle)]
    pub(super) angles: Vec<(String, f64)>,
    /// Test a feature by ks, w1, psi, js, kl, hellinger or chi2; * in its name
    /// stands for any text (repeatable, the last that names a feature holds)
    #[arg(long = "statistic", value_name = "FEATURE=STATISTIC")]
    pub(super) statistics: Vec<StatisticChoice>,
    /// Features that the model says, not what it sees, to be explained by the others: those with
    /// score, confidence, probability or logit in their name, and these; * stands for any text
    /// (repeatable)
    #[arg(long = "outputs", value_name = "GLOB")]
    pub(super) outputs: Vec<String>,
    /// Profiles of accepted windows: drift is then only what goes beyond the
    /// changes that they show against the reference
    #[arg(long, value_name = "PROFILE", num_args = 1..)]
    pub(super) history: Vec<PathBuf>,
    /// Split the reference 200 times, by blocks of time where its records have
    /// times, and say how often the tests on samples alarm within it
    #[arg(long)]
    pub(super) self_check: bool,
    /// The lightest verdict that ends with exit status 1
    #[arg(long, value_name = "VERDICT", value_enum, default_value_t)]
    pub(super) fail_on: FailOn,
    /// Print nothing but a line where there is not enough data to tell
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// The windows hold the same records measured twice: do not test them as two
    #[arg(long, conflicts_with = "unpaired")]
    pub(super) paired: bool,
    /// The windows hold different records, whatever their ids say
    #[arg(long)]
    pub(super) unpaired: bool,
    /// Show every finding and every record
    #[arg(short, long)]
    pub(super) verbose: bool,
    #[command(flatten)]
    pub(super) columns: ColumnArgs,
    #[command(flatten)]
    pub(super) rows: RowArgs,
    #[command(flatten)]
    pub(super) sides: SideArgs,
    #[command(flatten)]
    pub(super) space: SpaceArgs,
    /// Clusters to find in a reference that is a file of embeddings
    #[arg(
        long,
        value_name = "K",
        default_value_t = 8,
        help_heading = "Embedding space"
    )]
    pub(super) fit: usize,
    #[command(flatten)]
    pub(super) threads: ThreadArgs,
}

/// Rows of one of the two files only.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[command(next_help_heading = "Rows of the input")]
pub(super) struct SideArgs {
    /// As --rows, for the reference only
    #[arg(long, value_name = "FILE.npy", conflicts_with = "rows")]
    pub(super) reference_rows: Option<String>,
    /// As --where, for the reference only
    #[arg(long, value_name = "COLUMN=VALUE")]
    pub(super) reference_where: Vec<String>,
    /// As --rows, for the target only
    #[arg(long, value_name = "FILE.npy", conflicts_with = "rows")]
    pub(super) target_rows: Option<String>,
    /// As --where, for the target only
    #[arg(long, value_name = "COLUMN=VALUE")]
    pub(super) target_where: Vec<String>,
}

/// `driftsphere check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        driftsphere check --init march.dsp -o rules.toml\n  \
        driftsphere check april.dsp rules.toml --against march.dsp\n  \
        driftsphere check april.dsp rules.toml --against march.dsp --quiet --markdown comment.md\n\n\
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
    /// Write a first set of rules, drawn from a reference
    #[arg(long, value_name = "REF.dsp", conflicts_with_all = ["profile", "rules", "against", "json", "markdown", "quiet", "verbose"])]
    pub(super) init: Option<PathBuf>,
    /// Where --init writes; never over a file [default: standard output]
    #[arg(short, long, value_name = "RULES.toml", conflicts_with = "profile")]
    pub(super) output: Option<PathBuf>,
    /// Write the result as JSON; - for standard output, in place of the text
    #[arg(long, value_name = "FILE|-")]
    pub(super) json: Option<PathBuf>,
    /// Write the result as Markdown, such as a comment on a pull request; - for
    /// standard output, in place of the text
    #[arg(long, value_name = "FILE|-")]
    pub(super) markdown: Option<PathBuf>,
    /// Print nothing but a line where there is nothing to judge
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Show what passed, and everything that failed
    #[arg(short, long)]
    pub(super) verbose: bool,
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

fn angle(text: &str) -> Result<(String, f64), String> {
    let parts = text.rsplit_once('=').filter(|(name, _)| !name.is_empty());
    let period = |text: &str| {
        text.parse()
            .ok()
            .filter(|p: &f64| p.is_normal() && *p > 0.0)
    };
    parts
        .and_then(|(name, text)| Some((name.to_owned(), period(text)?)))
        .ok_or_else(|| "an angle is written COLUMN=PERIOD, the period a number above 0".to_owned())
}

fn tag(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a tag is written KEY=VALUE".to_owned()),
    }
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
            "check a.dsp r.toml -o s.toml",
            "check --init a.dsp b.dsp",
            "completions tcsh",
        ] {
            let words = std::iter::once("driftsphere").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_err(), "{line}");
        }
    }
}
