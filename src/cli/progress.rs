//! How far a long read has come.

use driftsphere::ingest::{Loss, Problem};
use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error; nothing where that is not a terminal.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar over rows whose number is yet to be said.
    pub(super) fn new() -> Self {
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template(
            "{msg} {wide_bar} {human_pos}/{human_len} rows, {per_sec}{prefix}, {eta} left",
        );
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Starts again, under another heading.
    pub(super) fn start(&self, what: &str) {
        self.bar.reset();
        self.bar.set_length(0);
        self.bar.set_prefix("");
        self.bar.set_message(what.to_owned());
    }

    /// So many rows more are to come, if that is known.
    pub(super) fn expect(&self, rows: Option<u64>) {
        match rows {
            Some(rows) => self.bar.inc_length(rows),
            None => self.bar.unset_length(),
        }
    }

    /// So many rows more are done.
    pub(super) fn advance(&self, rows: usize) {
        self.bar.inc(rows as u64);
    }

    /// What could not be read of one file so far.
    pub(super) fn failed(&self, problems: &[Problem]) {
        let failed = problems.iter();
        let failed = failed.filter(|p| matches!(p.loss, Loss::Failed | Loss::Pixels));
        let count: u64 = failed.map(|problem| problem.count).sum();
        if count > 0 {
            self.bar.set_prefix(format!(", {count} failed"));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
