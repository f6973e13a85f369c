//! `driftsphere score`: how novel each record is, seen from a reference.

use super::exit::ExitStatus;
use super::input_args::ImageArgs;
use super::learn::{pool, workers};
use super::output;
use super::progress::Progress;
use super::score_args::ScoreArgs;
use super::score_csv::CsvSink;
use super::score_row::{MostNovel, ScoreRow, Sink};
use super::settings::choose;
use super::stored::{self, read_profile};
use super::window::Window;
use anyhow::{Context, Result, bail};
use driftsphere::ingest::Block;
use driftsphere::profile::Scorer;
use driftsphere::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::path::Path;

/// Rows that are handed on together.
const ROWS: usize = 1 << 14;

pub(super) fn run(args: &ScoreArgs) -> Result<ExitStatus> {
    let columns = &args.columns;
    let idle = [
        ("--time", columns.time.is_some()),
        ("--group", columns.group.is_some()),
        ("--features", !columns.features.is_empty()),
    ];
    if let Some((option, _)) = idle.iter().find(|(_, typed)| *typed) {
        let message = "scores come from embeddings, ids and classes alone; leave it out";
        bail!(Error::new(ErrorKind::Argument, message).at("option", option));
    }
    let mut inputs = args.inputs.clone();
    inputs.push(stored::file(&args.reference));
    let sink = sink(&args.output, &inputs)?;
    let reference = read_profile(&args.reference).context("reference")?;
    let known = reference.spaces().keys().map(String::as_str);
    let space = choose(args.space.as_deref(), known).context("reference")?;
    let scorer = Scorer::new(&reference, &space).context("reference")?;
    // Pictures among the inputs lend ids and columns to choose by.
    let images = ImageArgs::default();
    let like = Some(reference.config()).filter(|config| config.images.is_some());
    let window = Window::open(&args.inputs, &args.columns, &args.rows, &images, like)?;
    if window.dim().is_none() {
        let message = "the input has no embeddings; name them with --embeddings";
        bail!(Error::new(ErrorKind::Incompatible, message));
    }
    let threads = workers(args.threads);
    let mut scores = Scores {
        scorer: &scorer,
        threads,
        sink,
        top: args.top.map(|top| MostNovel::new(top as usize)),
        records: 0,
        not_scored: BTreeMap::new(),
        broken: None,
    };
    let progress = Progress::new();
    progress.start("scoring");
    let read =
        pool(threads)?.install(|| window.read(&progress, |block, path| scores.take(block, path)));
    drop(progress);
    if let Some(error) = scores.broken.take() {
        // Whoever read has what it wanted.
        let is_gone = is_broken_pipe(&error);
        return if is_gone {
            Ok(ExitStatus::Success)
        } else {
            Err(error)
        };
    }
    let (findings, _) = read?;
    findings.tell();
    scores.finish(&args.output)?;
    Ok(ExitStatus::Success)
}

/// The writer that the name of the output asks for.
fn sink(path: &Path, inputs: &[std::path::PathBuf]) -> Result<Box<dyn Sink>> {
    if output::is_screen(path) {
        return Ok(Box::new(CsvSink::screen()));
    }
    output::check_output(path, inputs)?;
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => Ok(Box::new(CsvSink::file(path)?)),
        #[cfg(feature = "parquet")]
        Some("parquet") => Ok(Box::new(super::score_parquet::ParquetSink::file(path)?)),
        #[cfg(not(feature = "parquet"))]
        Some("parquet") => bail!("this build writes no Parquet; it needs the feature parquet"),
        _ => bail!(
            "{}: scores are written as .csv or .parquet, or as CSV to -",
            path.display()
        ),
    }
}

/// Scores on their way to a file.
struct Scores<'a> {
    scorer: &'a Scorer,
    threads: usize,
    sink: Box<dyn Sink>,
    top: Option<MostNovel>,
    records: u64,
    not_scored: BTreeMap<&'static str, u64>,
    /// What went wrong when they were written.
    broken: Option<anyhow::Error>,
}

impl Scores<'_> {
    fn take(&mut self, block: &Block, path: &Path) -> driftsphere::Result<()> {
        let batch = block.batch(self.scorer.space());
        let scores = self.scorer.score(&batch, self.threads)?;
        let file = path.display().to_string();
        let clusters = self.scorer.codebook().clusters();
        let rows = scores.into_iter().enumerate().map(|(at, score)| ScoreRow {
            file: file.clone(),
            row: block.rows()[at],
            id: batch.id(at).map(|id| id.into_owned()),
            cluster: score
                .cluster
                .map(|(cluster, _)| clusters[cluster].name.clone()),
            score,
        });
        let rows: Vec<ScoreRow> = rows.collect();
        self.records += rows.len() as u64;
        for reason in rows.iter().filter_map(|row| row.score.fault) {
            *self.not_scored.entry(reason).or_default() += 1;
        }
        match &mut self.top {
            Some(top) => rows.into_iter().for_each(|row| top.offer(row)),
            None => self.sink.write(&rows).map_err(|error| {
                let stop = Error::new(ErrorKind::Io, error.to_string());
                self.broken = Some(error);
                stop
            })?,
        }
        Ok(())
    }

    fn finish(mut self, path: &Path) -> Result<()> {
        let mut written = self.records;
        if let Some(top) = self.top.take() {
            let rows = top.into_rows();
            written = rows.len() as u64;
            for rows in rows.chunks(ROWS) {
                match self.sink.write(rows) {
                    Err(error) if is_broken_pipe(&error) => return Ok(()),
                    done => done?,
                }
            }
        }
        self.sink.finish()?;
        for (reason, count) in &self.not_scored {
            output::note(&format!("{count} records have no score: {reason}"));
        }
        if !output::is_screen(path) {
            let name = driftsphere::report::escape(&path.display().to_string()).into_owned();
            output::print(&format!("{name}: {written} of {} records\n", self.records))?;
        }
        Ok(())
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
