//! What was typed behind `driftsphere series`.

use super::openmetrics_args::OpenMetricsArgs;
use super::result_args::ResultArgs;
use super::store_args::FromStoreArgs;
use clap::Args;
use driftsphere::profile::WindowLength;
use std::path::PathBuf;

/// `driftsphere series`.
#[derive(Debug, Args)]
#[command(
    after_help = "Windows that lie within the reference's time are its history: from four periods on, the others are \
        held against the same phase of it (weekend, day of the week, time of the day) where phases \
        differ. One rate of false alarms holds over all watched windows. Empty, missing and unusually \
        large windows are shown, and do not alarm by themselves. See docs/series.md.\n\n\
        Examples:\n  \
        driftsphere profile spring.parquet --time captured_at --labels label --fit 8 -o ref.dsp\n  \
        driftsphere profile all.parquet --time captured_at --labels label --like ref.dsp --window 1d -o days/\n  \
        driftsphere series ref.dsp days/\n  \
        driftsphere series ref.dsp --store days/ --last 30d\n  \
        driftsphere series ref.dsp days/2025-04-*.dsp --json series.json --horizon 365\n\n\
        Exit status: 0 no alarm, 1 an alarm, 2 trouble, or no window was watched."
)]
pub(super) struct SeriesArgs {
    /// The profile that is trusted
    #[arg(value_name = "REFERENCE")]
    pub(super) reference: PathBuf,
    /// Profiles of windows, made with --like REFERENCE, or folders of them
    #[arg(value_name = "WINDOW", required_unless_present = "store")]
    pub(super) windows: Vec<PathBuf>,
    /// Rate of false alarms aimed at, over all watched windows
    #[arg(long, value_name = "A", default_value_t = 0.05)]
    pub(super) alpha: f64,
    /// Watched windows that this rate is meant for; give it where a series grows, so that what was
    /// said of a day stays said [default: as many as there are]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) horizon: Option<u64>,
    /// Length of a window: 30m, 1h, 1d, 1w [default: found out]
    #[arg(long, value_name = "LENGTH")]
    pub(super) window: Option<WindowLength>,
    /// Hold all windows against the whole reference, whatever their phase
    #[arg(long)]
    pub(super) no_season: bool,
    /// Features that the model says, not what it sees; * stands for any text (repeatable)
    #[arg(long = "outputs", value_name = "GLOB")]
    pub(super) outputs: Vec<String>,
    #[command(flatten)]
    pub(super) store: FromStoreArgs,
    #[command(flatten)]
    pub(super) result: ResultArgs,
    #[command(flatten)]
    pub(super) metrics: OpenMetricsArgs,
}
