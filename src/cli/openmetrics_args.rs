//! What was typed about the result for Prometheus.

use clap::Args;
use driftsphere::report::OpenMetricsLabels;
use driftsphere::{Error, ErrorKind, Result};
use std::path::PathBuf;

/// Where a result goes as OpenMetrics text, and how it is told from others.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct OpenMetricsArgs {
    /// Write the result as OpenMetrics text, for Prometheus (its node exporter's folder of text
    /// files takes it, called *.prom)
    #[arg(long, value_name = "FILE")]
    pub(super) openmetrics: Option<PathBuf>,
    /// A label of all its samples, such as camera=3: two results in one folder need one that differs
    /// (repeatable)
    #[arg(long, value_name = "KEY=VALUE", requires = "openmetrics")]
    openmetrics_label: Vec<String>,
}

impl OpenMetricsArgs {
    /// The labels that were typed.
    pub(super) fn labels(&self) -> Result<OpenMetricsLabels> {
        let mut typed = self.openmetrics_label.iter();
        let labels = typed.try_fold(OpenMetricsLabels::default(), |labels, text| {
            let Some((key, value)) = text.split_once('=') else {
                let message = format!("`{text}` is no label; write KEY=VALUE");
                return Err(Error::new(ErrorKind::Argument, message));
            };
            labels.with(key, value)
        });
        labels.map_err(|e| e.at("option", "--openmetrics-label"))
    }
}
