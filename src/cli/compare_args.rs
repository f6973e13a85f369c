//! What was typed behind `driftsphere compare`.

use super::args::ThreadArgs;
use super::exit::FailOn;
use super::input_args::{ColumnArgs, ImageArgs, RowArgs, SpaceArgs, angle};
use super::openmetrics_args::OpenMetricsArgs;
use super::result_args::ResultArgs;
use clap::Args;
use driftsphere::compare::StatisticChoice;
use std::path::PathBuf;

/// `driftsphere compare`.
#[derive(Debug, Args)]
#[command(
    after_help = "REFERENCE and TARGET are profiles, or files of embeddings or records, or folders of pictures: \
        then centres are fitted on the embeddings of the first, and the second is measured alike.\n\n\
        Two sets of profiles (profile --segment) are compared segment by segment. The rate of false \
        alarms holds for all of them together (Holm), the heaviest verdict counts, and segments that \
        one side lacks are named. One of a set is FILE#COLUMN=VALUE.\n\n\
        Examples:\n  \
        driftsphere compare march.dsp april.dsp\n  \
        driftsphere compare march.npz april.npz --labels label --ids id\n  \
        driftsphere compare march.csv april.csv --ids id --time captured_at\n  \
        driftsphere compare photos/march photos/april --labels folder\n  \
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
    #[command(flatten)]
    pub(super) result: ResultArgs,
    /// Show in --html pictures of the records that tell most: a folder in which the ids
    /// are paths, with or without their ending (repeatable). Windows that are folders
    /// of pictures are looked into as they are
    #[arg(long = "images", value_name = "ROOT", requires = "html")]
    pub(super) picture_roots: Vec<PathBuf>,
    /// Show no pictures in --html
    #[arg(long, requires = "html", conflicts_with = "picture_roots")]
    pub(super) no_images: bool,
    /// Draw over these pictures what a model says of them, and show those of the classes whose boxes
    /// moved: COCO results or annotations, a folder of YOLO text or Pascal VOC, whose images are called
    /// as the records are, with or without folder and ending (repeatable) [default: windows that are
    /// such files]
    #[arg(
        long,
        value_name = "FILE",
        requires = "html",
        conflicts_with = "no_images"
    )]
    pub(super) boxes: Vec<PathBuf>,
    /// Names and sizes of the images of --boxes, and names of the categories [default: --coco-images]
    #[arg(long, value_name = "FILE.json", requires = "boxes")]
    pub(super) boxes_images: Option<PathBuf>,
    #[command(flatten)]
    pub(super) metrics: OpenMetricsArgs,
    /// Rate of false alarms aimed at, for the whole comparison
    #[arg(long, value_name = "A", default_value_t = 0.05)]
    pub(super) alpha: f64,
    /// A column of angles of two windows that are files, and after how much it begins
    /// again: hue=360, hour=24 (repeatable)
    #[arg(long = "angle", value_name = "COLUMN=PERIOD", value_parser = angle)]
    pub(super) angles: Vec<(String, f64)>,
    /// Test a feature by ks, w1, psi, js, kl, hellinger or chi2; * in its name
    /// stands for any text (repeatable, the last that names a feature holds)
    #[arg(long = "statistic", value_name = "FEATURE=STATISTIC")]
    pub(super) statistics: Vec<StatisticChoice>,
    /// The size from which a change matters: w1=0.1, separation=0.6, turn=5, ... (repeatable) [default:
    /// the table in docs/verdict.md]
    #[arg(long = "threshold", value_name = "NAME=SIZE", value_parser = threshold)]
    pub(super) thresholds: Vec<(String, f64)>,
    /// Features that the model says, not what it sees, to be explained by the others: those with
    /// score, confidence, probability, logit, margin, entropy or energy in their name, and these;
    /// * stands for any text (repeatable)
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
    /// The windows hold the same records measured twice: hold each number against
    /// itself, id by id, and do not test embeddings
    #[arg(long, conflicts_with = "unpaired")]
    pub(super) paired: bool,
    /// The windows hold different records, whatever their ids say
    #[arg(long)]
    pub(super) unpaired: bool,
    #[command(flatten)]
    pub(super) columns: ColumnArgs,
    #[command(flatten)]
    pub(super) rows: RowArgs,
    #[command(flatten)]
    pub(super) sides: SideArgs,
    #[command(flatten)]
    pub(super) images: ImageArgs,
    #[command(flatten)]
    pub(super) space: SpaceArgs,
    /// Clusters to find in a reference that is a file of embeddings [default: 8]
    #[arg(long, value_name = "K", help_heading = "Embedding space")]
    pub(super) fit: Option<usize>,
    #[command(flatten)]
    pub(super) threads: ThreadArgs,
}

fn threshold(text: &str) -> Result<(String, f64), String> {
    let parts = text.split_once('=');
    let size = parts.and_then(|(name, size)| Some((name.to_owned(), size.parse().ok()?)));
    size.ok_or_else(|| "a threshold is written NAME=SIZE, the size a number".to_owned())
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
