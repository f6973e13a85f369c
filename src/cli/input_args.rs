//! Flags about inputs, shared by `profile` and `compare`.

use clap::{Args, ValueEnum};
use driftsphere::profile::{IdMode, WindowLength};
use driftsphere::sphere::{ClusterMethod, Distance};
use driftsphere::{Error, ingest};
use std::path::PathBuf;
use std::str::FromStr;

/// What inputs are taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum As {
    /// A matrix of embeddings, and columns beside it that are named
    Embeddings,
    /// Records of named values, all of which are profiled
    Records,
    /// Pictures; a file of records is then a list of their paths
    Images,
    /// What a detector says of images: COCO results or annotations
    Coco,
    /// A folder of YOLO text, a file for each image
    Yolo,
    /// A folder of Pascal VOC XML, a file for each image
    Voc,
    /// A folder of label maps, PNG or .npy: each pixel the index of a class
    LabelMaps,
}

impl As {
    /// What a file of arrays or records is taken for; a list of pictures is one of records.
    pub(super) fn of_file(self) -> Option<ingest::As> {
        match self {
            Self::Embeddings => Some(ingest::As::Embeddings),
            Self::Records | Self::Images => Some(ingest::As::Records),
            Self::Coco | Self::Yolo | Self::Voc | Self::LabelMaps => None,
        }
    }
}

/// Which columns of the input are what.
///
/// A KEY is the name of a column: an array of .npz or .safetensors, a column of
/// Parquet or CSV, a key of JSON lines (keys of nested objects joined by dots).
/// For arrays also FILE.npy, or FILE.npz:KEY, an array in another file with one
/// value for each row.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[command(next_help_heading = "Columns of the input")]
pub(super) struct ColumnArgs {
    /// What an input is taken for where its content leaves that open
    #[arg(long = "as", value_name = "KIND", value_enum)]
    pub(super) kind: Option<As>,
    /// The images that outputs of a model refer to by id or name, as the `images` and
    /// `categories` of a COCO file: sizes, names, and images in which nothing was found
    #[arg(long, value_name = "FILE.json")]
    pub(super) coco_images: Option<PathBuf>,
    /// What people drew in the same images, as COCO annotations: boxes are held against them, for
    /// precision, recall and average precision by class
    #[arg(long, value_name = "FILE.json")]
    pub(super) annotations: Option<PathBuf>,
    /// The embeddings: a matrix, or a list of numbers for each record [default: the only one]
    #[arg(long, value_name = "KEY")]
    pub(super) embeddings: Option<String>,
    /// Scores of all classes, a vector for each record: how sure the model is, and of what. With
    /// --labels, accuracy and calibration as well
    #[arg(long, value_name = "KEY", conflicts_with = "embeddings")]
    pub(super) scores: Option<String>,
    /// The scores are logits, not probabilities
    #[arg(long, requires = "scores")]
    pub(super) logits: bool,
    /// Names of the classes that scores are of, one a line
    #[arg(long, value_name = "FILE", requires = "scores")]
    pub(super) classes: Option<PathBuf>,
    /// What people say each record shows; of pictures in a folder, `folder` is the first
    /// sub-folder
    #[arg(long, value_name = "KEY")]
    pub(super) labels: Option<String>,
    /// What the model says each record shows; taken as its class before a label
    #[arg(long, value_name = "KEY")]
    pub(super) predictions: Option<String>,
    /// What a record is called, such as its file; lets results name records, and joins inputs
    /// [default for pictures: the path within their folder]
    #[arg(long, value_name = "KEY")]
    pub(super) ids: Option<String>,
    /// When a record was made: milliseconds since 1970 UTC, a timestamp, or 2025-03-03T07:42:32Z;
    /// of pictures also `exif`, `file` (when it was changed) or `exif-or-file`
    #[arg(long, value_name = "KEY")]
    pub(super) time: Option<String>,
    /// What records belong together, such as a video or a patient: tests move and count such
    /// groups, not single records (give it for both windows)
    #[arg(long, value_name = "KEY")]
    pub(super) group: Option<String>,
    /// What divides the records into segments; a flag of `profile` alone.
    #[arg(skip)]
    pub(super) segment: Option<String>,
    /// Columns to profile, by name; * stands for any text (repeatable) [default: all of records,
    /// none beside arrays]
    #[arg(long, value_name = "GLOB")]
    pub(super) features: Vec<String>,
}

/// How pictures are read and measured.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[command(next_help_heading = "Pictures")]
pub(super) struct ImageArgs {
    /// Whether pixels are read (all), or only headers and EXIF (none) [default: all]
    #[arg(long, value_name = "WHICH", value_enum)]
    pub(super) pixels: Option<PixelsRead>,
    /// Bring pictures down to about so many pixels before they are measured [default: as they are]
    #[arg(long, value_name = "N")]
    pub(super) sample_pixels: Option<u32>,
    /// Black and white of floating-point samples (TIFF), which no file says [default: 0 1]
    #[arg(long, value_names = ["BLACK", "WHITE"], num_args = 2, allow_negative_numbers = true)]
    pub(super) float_range: Vec<f32>,
    /// What the model takes: how far pictures are scaled and distorted for it is measured
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub(super) model_input: Option<(u32, u32)>,
    /// EXIF tags that are logged besides the usual ones; location, owner, serial numbers and free
    /// text only by their whole name (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub(super) exif_allow: Vec<String>,
    /// EXIF tags that are not logged (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub(super) exif_deny: Vec<String>,
    /// Custom measures
    #[arg(long, value_name = "FILE.toml")]
    pub(super) measures: Option<PathBuf>,
    /// Pictures that quality is measured against: of the same name, and all together
    #[arg(long, value_name = "PATH")]
    pub(super) quality_reference: Option<PathBuf>,
    /// Most pixels of a picture that is decoded [default: 100000000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) max_pixels: Option<u64>,
    /// Largest file whose pixels are read [default: 268435456]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) max_bytes: Option<u64>,
    /// Longest time for one picture [default: 60]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) max_seconds: Option<u32>,
    /// The column of paths in a list of pictures [default: path, file, image, filename, ...]
    #[arg(long, value_name = "KEY")]
    pub(super) paths: Option<String>,
    /// End with trouble where any picture could not be read
    #[arg(long)]
    pub(super) strict: bool,
}

/// What `--pixels` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PixelsRead {
    /// Decode and measure them
    All,
    /// Headers and EXIF only
    None,
}

/// `224x224`.
fn size(text: &str) -> Result<(u32, u32), String> {
    let side = |text: &str| text.parse().ok().filter(|side| *side > 0);
    let parts = text.split_once(['x', 'X']);
    parts
        .and_then(|(width, height)| Some((side(width)?, side(height)?)))
        .ok_or_else(|| "a size is written WIDTHxHEIGHT".to_owned())
}

/// How records are divided among several profiles.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[command(next_help_heading = "Several profiles")]
pub(super) struct DivideArgs {
    /// A profile for each value of this column, such as a camera, as a set in one file
    /// [default: as the profile of --like]
    #[arg(long, value_name = "COLUMN")]
    pub(super) segment: Option<String>,
    /// Values with a profile of their own; the others are together [default: 256]
    #[arg(long, value_name = "N", requires = "segment")]
    pub(super) max_segments: Option<usize>,
    /// A profile for each window of time, in the folder -o: 30m, 1h, 1d, 1w, in UTC,
    /// weeks from Monday
    #[arg(long, value_name = "LENGTH", requires_all = ["time", "output"])]
    pub(super) window: Option<WindowLength>,
}

/// Which rows are meant.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[command(next_help_heading = "Rows of the input")]
pub(super) struct RowArgs {
    /// Row indices, from 0: FILE.npy, FILE.npz:KEY, or :KEY of the input itself
    #[arg(long, value_name = "FILE.npy")]
    pub(super) rows: Option<String>,
    /// Rows with this value: COLUMN=VALUE, COLUMN=A|B or COLUMN!=VALUE (repeatable)
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub(super) conditions: Vec<String>,
}

/// What is kept of the embeddings.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[command(next_help_heading = "Embedding space")]
pub(super) struct SpaceArgs {
    /// Name of the embedding space [default: embedding]
    #[arg(long, value_name = "NAME")]
    pub(super) space: Option<String>,
    /// Which model made the embeddings; other models are not compared
    #[arg(long, value_name = "ID")]
    pub(super) model: Option<String>,
    /// Subtract the mean of the rows from each before it is put on the sphere, as features that are
    /// never negative crowd one corner of it; the mean is kept, and windows measured alike
    /// are freed of the same (reads the input once more)
    #[arg(long)]
    pub(super) centre: bool,
    /// half-chord, angular or cosine [default: half-chord]
    #[arg(long, value_name = "NAME")]
    pub(super) distance: Option<Distance>,
    /// Records kept as a sample, with their ids; 0 keeps none [default: 1024]
    #[arg(long, value_name = "N")]
    pub(super) sample: Option<usize>,
    /// Bytes that all samples may take, without named numbers beside embeddings [default: 4194304]
    #[arg(long, value_name = "N")]
    pub(super) sample_bytes: Option<usize>,
    /// What is kept of the ids that --ids names: plain, hashed (a short hash; who can guess an id
    /// can hash the guess) or none [default: plain]
    #[arg(long, value_name = "HOW")]
    pub(super) keep_ids: Option<IdMode>,
    /// Seed of the sample, of the clustering and of permutations in tests [default: 0]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
}

/// Names of [`ClusterMethod`]s, which mean nothing without --fit.
const CENTRE_KINDS: [&str; 4] = ["kmeans", "medoid", "gmm", "dbscan"];

/// What `--centres` says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Centres {
    /// How they are fitted.
    Fitted(ClusterMethod),
    /// Where they are read from.
    File(String),
}

impl FromStr for Centres {
    type Err = Error;

    /// A word is a kind; a file has a dot or a separator in its name.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.parse() {
            Ok(method) => Ok(Self::Fitted(method)),
            Err(_) if text.contains(['.', '/', '\\']) => Ok(Self::File(text.to_owned())),
            Err(error) => Err(error),
        }
    }
}

impl CentreArgs {
    /// How centres are to be fitted.
    pub(super) fn method(&self) -> ClusterMethod {
        match self.centres {
            Some(Centres::Fitted(method)) => method,
            _ => ClusterMethod::default(),
        }
    }
}

/// Where the centres come from that records are measured against.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[command(next_help_heading = "Centres")]
pub(super) struct CentreArgs {
    /// Read the input twice: fit K clusters, then measure (for a reference)
    #[arg(long, value_name = "K", conflicts_with_all = ["codebook", "like"])]
    pub(super) fit: Option<usize>,
    /// With --fit, what the centres of clusters are: kmeans (mean directions), medoid (real records),
    /// gmm (a mixture of Gaussians), dbscan (dense regions, however many) [default: kmeans]. Without
    /// it, a file of centres to measure against, such as embeddings of text prompts: a matrix
    /// (centres, dimension), in an archive FILE:KEY
    #[arg(
        long,
        value_name = "KIND|FILE",
        conflicts_with_all = ["codebook", "like"],
        requires_ifs = CENTRE_KINDS.map(|kind| (kind, "fit"))
    )]
    pub(super) centres: Option<Centres>,
    /// The names of the centres in the file, which are then classes too: centres of one name are
    /// taken together
    #[arg(long, value_name = "KEY", requires = "centres", conflicts_with = "fit")]
    pub(super) centre_labels: Option<String>,
    /// Measure against centres that `driftsphere fit` wrote
    #[arg(long, value_name = "FILE", conflicts_with_all = ["like", "centre"])]
    pub(super) codebook: Option<PathBuf>,
    /// The records are those the codebook was fitted on
    #[arg(long, requires = "codebook")]
    pub(super) reference: bool,
    /// Keep and measure what this profile does (for a target)
    #[arg(
        long,
        value_name = "REF.dsp",
        conflicts_with_all = ["centre", "distance", "sample", "sample_bytes", "seed"]
    )]
    pub(super) like: Option<PathBuf>,
}

/// `COLUMN=PERIOD`: a column of angles, and after how much it begins again.
pub(super) fn angle(text: &str) -> Result<(String, f64), String> {
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
