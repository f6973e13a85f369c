//! What was typed behind `driftsphere score`.

use super::args::ThreadArgs;
use super::input_args::{ColumnArgs, RowArgs};
use clap::Args;
use std::path::PathBuf;

/// `driftsphere score`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        driftsphere score march.dsp april.npz --ids id --labels label -o scores.csv\n  \
        driftsphere score march.dsp april.parquet --ids id --top 200 -o to-label.parquet\n  \
        driftsphere score march.dsp april.npy -o - | head\n\n\
        Of each record, in the order of the input:\n  \
        file, row         where it stands; rows count from 0\n  \
        id, class         the class is the prediction, or else the label\n  \
        cluster           the nearest cluster, and its place in the codebook: cluster_index\n  \
        cluster_distance  distance to its centre, in [0, 1]\n  \
        novelty           share of the reference's records that lie at most as far from their\n                    \
        cluster, in [0, 1]; novelty_lower and novelty_upper bound it\n  \
        own_distance      distance to the centre of its class, in [0, 1]\n  \
        boundary          distance to the boundary with the nearest other class, positive inside\n  \
        not_scored        why there is no score, such as zero vector\n\n\
        The reference needs centres (profile --fit). Its own records look nearer than they are, as\n\
        they helped to make the centres: score records that it has not seen.")]
pub(super) struct ScoreArgs {
    /// A profile with centres
    #[arg(value_name = "REF.dsp")]
    pub(super) reference: PathBuf,
    /// Files with embeddings
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Where to write the scores, as CSV or Parquet by the name's ending; - for CSV on
    /// standard output
    #[arg(short, long, value_name = "scores.csv|scores.parquet|-")]
    pub(super) output: PathBuf,
    /// Only the N most novel records, the most novel first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(super) top: Option<u32>,
    /// The embedding space of the reference [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub(super) space: Option<String>,
    #[command(flatten)]
    pub(super) columns: ColumnArgs,
    #[command(flatten)]
    pub(super) rows: RowArgs,
    #[command(flatten)]
    pub(super) threads: ThreadArgs,
}
