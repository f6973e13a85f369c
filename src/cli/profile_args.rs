//! What was typed behind `driftsphere profile`.

use super::args::ThreadArgs;
use super::input_args::{CentreArgs, ColumnArgs, DivideArgs, ImageArgs, RowArgs, SpaceArgs, angle};
use clap::Args;
use std::path::PathBuf;

/// `driftsphere profile`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        driftsphere profile march.npz --labels label --ids id --fit 8 -o march.dsp\n  \
        driftsphere profile april.npz --labels label --ids id --like march.dsp -o april.dsp\n  \
        driftsphere profile shard-*.npy --model resnet50 -o all.dsp\n  \
        driftsphere profile records.csv --ids id --time captured_at -o records.dsp\n  \
        driftsphere profile emb.npz scores.parquet --ids id -o joined.dsp\n  \
        driftsphere profile march.npz --segment camera --fit 8 -o march.dsp\n  \
        driftsphere profile year.parquet --time captured_at --window 1d -o days/\n  \
        driftsphere profile photos/ --labels folder --time exif -o photos.dsp\n  \
        driftsphere profile emb.npz photos/ --ids id -o joined.dsp\n\n\
        Inputs are .npy, .npz, .safetensors, Parquet, CSV with a line of names, or JSON lines, pictures\n\
        and folders of them, told apart by content. Inputs of equal columns are parts, read one after the other (JSON lines:\n\
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
        Pictures are JPEG, PNG, WebP, GIF, BMP, TIFF, Netpbm, QOI, TGA and ICO; of AVIF, HEIF and JPEG 2000\n\
        only header and EXIF are read. Each is a record, called by its path within the folder; with --as\n\
        images, a CSV or JSON-lines file is a list of them. Folders are walked with their sub-folders; links\n\
        are followed, hidden files are not read. What cannot be read is counted and listed at the end;\n\
        only where no picture could be read whole (with --strict, where any could not) this is trouble.\n\n\
        A profile holds the ids and embeddings of a sample of the records, and the ids of those\n\
        nearest to and farthest from its centres (--sample 0: none of these; but a --codebook\n\
        names records that it was fitted on).")]
pub(super) struct ProfileArgs {
    /// Files of embeddings or records, pictures or folders of them, profiled together
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
    pub(super) images: ImageArgs,
    #[command(flatten)]
    pub(super) space: SpaceArgs,
    #[command(flatten)]
    pub(super) centres: CentreArgs,
    #[command(flatten)]
    pub(super) threads: ThreadArgs,
}

pub(super) fn tag(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a tag is written KEY=VALUE".to_owned()),
    }
}
