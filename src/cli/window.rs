//! What the inputs mean: the records of one window, read as often as needed.

use super::input_args::{ColumnArgs, ImageArgs, RowArgs};
use super::inputs::{self, Input, Table};
use super::output;
use super::outputs::{self, Outputs};
use super::progress::Progress;
use driftsphere::ingest::{
    Block, FieldKind, InputFile, Limits, Loss, Partners, Problem, Scan, Selection,
};
use driftsphere::measure::outputs::{ScoreOptions, score_block};
use driftsphere::profile::{ImageSettings, Learner, ProfileConfig};
use driftsphere::{Error, ErrorKind, Result};
use std::path::Path;

/// Bytes of embeddings read at a time.
const BLOCK_BYTES: usize = 32 << 20;

/// Records without embeddings read at a time.
const BLOCK_RECORDS: usize = 1 << 14;

/// Ids named where `--strict` ends a run.
const NAMED: usize = 3;

/// The records of one window, in files that have been opened but not read.
#[derive(Debug)]
pub(super) struct Window {
    /// Read record by record; the others are held while that is done.
    streamed: Table,
    /// Outputs of a model, streamed in place of a table.
    outputs: Outputs,
    held: Vec<Table>,
    selection: Selection,
    /// Length of the vectors, and of the embeddings among them.
    vectors: Option<usize>,
    dim: Option<usize>,
    images: Option<ImageSettings>,
    strict: bool,
    /// How vectors are read that are scores.
    scores: Option<ScoreOptions>,
}

/// What was found while the records were read.
#[derive(Debug, Default)]
pub(super) struct Findings {
    records: u64,
    /// Records with vectors of scores, and those whose vectors can be used.
    vectors: u64,
    scored: u64,
    unmatched: Vec<String>,
    notes: Vec<String>,
}

impl Window {
    /// Opens the files and works out what each of them holds.
    pub(super) fn open(
        paths: &[impl AsRef<Path>],
        columns: &ColumnArgs,
        rows: &RowArgs,
        images: &ImageArgs,
        like: Option<&ProfileConfig>,
    ) -> Result<Self> {
        let selection = Selection::parse(rows.rows.as_deref(), &rows.conditions)?;
        let scores = outputs::scores(columns)?;
        // Read as embeddings are, and made into named values afterwards.
        let columns = &ColumnArgs {
            embeddings: columns
                .embeddings
                .clone()
                .or_else(|| columns.scores.clone()),
            ..columns.clone()
        };
        let (outputs, others) = outputs::split(paths, columns, &selection)?;
        let (mut tables, settings) = inputs::open(&others, columns, &selection, images, like)?;
        let held = match outputs.is_empty() {
            true => tables.split_off(1.min(tables.len())),
            false => std::mem::take(&mut tables),
        };
        check_held(&outputs, &held)?;
        let streamed = tables.pop().unwrap_or_default();
        streamed.iter().take(1).for_each(tell_passed_over);
        let vectors = dimension(&streamed)?;
        Ok(Self {
            vectors,
            dim: vectors.filter(|_| scores.is_none()),
            scores,
            streamed,
            outputs,
            held,
            selection,
            images: settings,
            strict: images.strict,
        })
    }

    /// The dimension of the embeddings, if there are any.
    pub(super) fn dim(&self) -> Option<usize> {
        self.dim
    }

    /// How pictures are measured, where there are some.
    pub(super) fn images(&self) -> Option<&ImageSettings> {
        self.images.as_ref()
    }

    /// What a note about the records ends with: their file, where it is one.
    pub(super) fn told_file(&self) -> String {
        match self.streamed.as_slice() {
            [input] => format!(" (file {})", input.file.path().display()),
            _ => String::new(),
        }
    }

    /// Feeds every record to a learner, its embedding as a row of `space`.
    pub(super) fn feed(
        &self,
        space: &str,
        learner: &mut impl Learner,
        progress: &Progress,
    ) -> Result<Findings> {
        let (findings, problems) = self.read(progress, |block, _| {
            learner.track_batch(&block.batch(space))
        })?;
        for problem in problems {
            match problem.loss {
                Loss::Failed => learner.fail(&problem.reason, problem.count),
                Loss::Skipped => learner.skip(&problem.reason, problem.count),
                Loss::Value | Loss::Pixels => {}
            }
        }
        Ok(findings)
    }

    /// Reads every record, block by block, each with the path of its file; says
    /// what was found and what could not be read.
    pub(super) fn read(
        &self,
        progress: &Progress,
        mut take: impl FnMut(&Block, &Path) -> Result<()>,
    ) -> Result<(Findings, Vec<Problem>)> {
        let mut findings = Findings::default();
        let mut problems = Vec::new();
        let mut partners = self.partners(&mut findings, progress, &mut problems)?;
        let before = problems.len();
        let rows = match self.vectors {
            Some(dim) => (BLOCK_BYTES / 4 / dim.max(1)).clamp(64, 1 << 16),
            None => BLOCK_RECORDS,
        };
        for input in &self.streamed {
            let place = |error: Error| error.at("file", input.file.path().display());
            let mut scan = input.file.scan(&input.roles, &input.selection)?;
            progress.expect(scan.expected());
            while let Some(block) = scan.next_block(rows)? {
                progress.advance(block.len());
                let attach =
                    |block: Result<Block>, partners: &mut Partners| partners.attach(block?);
                let block = match &self.scores {
                    Some(options) => score_block(block, options).inspect(|b| findings.score(b)),
                    None => Ok(block),
                };
                let block = partners.iter_mut().fold(block, attach).map_err(place)?;
                findings.records += block.len() as u64;
                take(&block, input.file.path()).map_err(place)?;
                progress.failed(&scan.problems());
            }
            problems.extend(scan.problems());
            findings.add(&input.file, &scan);
        }
        for file in self.outputs.files() {
            let found = self.outputs.read(file, progress, |block| {
                let attach =
                    |block: Result<Block>, partners: &mut Partners| partners.attach(block?);
                let block = partners.iter_mut().fold(Ok(block), attach)?;
                findings.records += block.len() as u64;
                take(&block, file.path())
            })?;
            findings.tell_problems(file.path(), &found);
            problems.extend(found);
        }
        if !self.outputs.is_empty() && findings.records == 0 {
            let message = match problems.get(before) {
                Some(problem) => format!("nothing could be read: {problem}"),
                None => "nothing could be read: no image and no object in it".to_owned(),
            };
            return Err(Error::new(ErrorKind::Input, message));
        }
        for (table, partners) in self.held.iter().zip(&partners) {
            findings.add_partners(&table[0], partners);
        }
        self.check(&findings, &problems[before..])?;
        self.check_strictly(&problems)?;
        // What is wrong with partners is no matter of the records.
        Ok((findings, problems.split_off(before)))
    }

    /// Reads what other inputs know of the records.
    fn partners(
        &self,
        findings: &mut Findings,
        progress: &Progress,
        problems: &mut Vec<Problem>,
    ) -> Result<Vec<Partners>> {
        let mut all = Vec::new();
        for table in &self.held {
            let mut partners = Partners::new(Limits::default().max_column_bytes);
            if !table[0].selection.is_all() {
                partners = partners.required();
            }
            for input in table {
                let place = |error: Error| error.at("file", input.file.path().display());
                let mut scan = input.file.scan(&input.roles, &input.selection)?;
                progress.expect(scan.expected());
                while let Some(block) = scan.next_block(BLOCK_RECORDS)? {
                    progress.advance(block.len());
                    partners.take(block).map_err(place)?;
                    progress.failed(&scan.problems());
                }
                problems.extend(scan.problems());
                findings.add(&input.file, &scan);
            }
            all.push(partners);
        }
        Ok(all)
    }

    /// With `--strict` a picture that could not be read is an error.
    fn check_strictly(&self, problems: &[Problem]) -> Result<()> {
        let failed = |problem: &&Problem| matches!(problem.loss, Loss::Failed | Loss::Pixels);
        let failed: Vec<&Problem> = problems.iter().filter(failed).collect();
        if !self.strict || failed.is_empty() {
            return Ok(());
        }
        let texts = failed.iter().map(|problem| {
            let names = &problem.names[..problem.names.len().min(NAMED)];
            format!(
                "{} x {} ({}, ...)",
                problem.count,
                problem.reason,
                names.join(", ")
            )
        });
        let texts: Vec<String> = texts.collect();
        Err(Error::new(ErrorKind::Input, texts.join("; ")).at("option", "--strict"))
    }

    /// No record at all is an error where some were asked for, or came and could not be used; an
    /// empty file is an empty window. So are scores of which none can be used.
    fn check(&self, findings: &Findings, problems: &[Problem]) -> Result<()> {
        if findings.vectors > 1 && findings.scored == 0 {
            let message = match self.scores.as_ref().is_some_and(|scores| scores.logits) {
                true => "no record has usable scores: they are not finite",
                false => {
                    "no record has scores that add up to 1: if they are logits, say so with --logits"
                }
            };
            return Err(Error::new(ErrorKind::Input, message).at("option", "--scores"));
        }
        if findings.records > 0 {
            return Ok(());
        }
        let lost = |problem: &&Problem| matches!(problem.loss, Loss::Skipped | Loss::Failed);
        let lost: Vec<String> = problems
            .iter()
            .filter(lost)
            .map(Problem::to_string)
            .collect();
        if !lost.is_empty() {
            let message = format!("no record is left to profile: {}", lost.join("; "));
            return Err(Error::new(ErrorKind::Input, message));
        }
        if self.selection.is_all() {
            return Ok(());
        }
        let message = match findings.unmatched.is_empty() {
            true => "no row is left to profile".to_owned(),
            false => format!(
                "no row is left to profile: {}",
                findings.unmatched.join("; ")
            ),
        };
        Err(Error::new(ErrorKind::Argument, message))
    }
}

/// What is joined with outputs of a model are values of images, by their names.
fn check_held(outputs: &Outputs, held: &[Table]) -> Result<()> {
    if outputs.is_empty() {
        return Ok(());
    }
    for input in held.iter().flatten() {
        let message = match (&input.roles.ids, &input.roles.embeddings) {
            (_, Some(_)) => "embeddings are not joined with outputs of a model; profile them apart",
            (None, _) => {
                "outputs are joined by the name of the image: say in which column with --ids"
            }
            (Some(_), None) => continue,
        };
        let error = Error::new(ErrorKind::Argument, message);
        return Err(error.at("file", input.file.path().display()));
    }
    Ok(())
}

/// Says which columns of records are not profiled though all were meant.
fn tell_passed_over(input: &Input) {
    if !input.roles.features.iter().any(|name| name == "*") {
        return;
    }
    let fields = input.file.fields().iter();
    let passed = fields.filter_map(|field| match &field.kind {
        FieldKind::Other(what) => Some(format!("{} ({what})", field.name)),
        FieldKind::Vector { .. } if input.roles.embeddings.as_ref() != Some(&field.name) => {
            Some(format!("{} (lists of numbers)", field.name))
        }
        FieldKind::Time if !input.roles.has(&field.name) => Some(format!(
            "{} (a time: see --time, or name it under --features)",
            field.name
        )),
        _ => None,
    });
    let passed: Vec<String> = passed.collect();
    if !passed.is_empty() {
        let path = input.file.path().display();
        let list = passed.join(", ");
        output::note(&format!(
            "columns that are not profiled: {list} (file {path})"
        ));
    }
}

/// The common dimension of the embeddings of a table.
fn dimension(table: &Table) -> Result<Option<usize>> {
    let mut first = None;
    for Input { file, roles, .. } in table {
        let Some(name) = &roles.embeddings else {
            continue;
        };
        let dim = file
            .dimension(name)
            .map_err(|e| e.at("option", "--embeddings"))?;
        let expected = *first.get_or_insert(dim);
        if dim != expected {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!(
                    "embeddings of dimension {dim}, the first input has {expected}; \
                     one profile needs one dimension"
                ),
            )
            .at("file", file.path().display()));
        }
    }
    Ok(first)
}

impl Findings {
    /// Says on standard error what was found.
    pub(super) fn tell(&self) {
        self.unmatched
            .iter()
            .chain(&self.notes)
            .for_each(|note| output::note(note));
        if self.records == 0 {
            output::note("the input has no rows");
        }
    }

    /// Counts the records of a block whose scores can be used.
    fn score(&mut self, block: &Block) {
        let predictions = block
            .objects
            .iter()
            .filter(|(kind, _)| kind == "prediction");
        self.vectors += block.len() as u64;
        self.scored += predictions.map(|(_, said)| said.len() as u64).sum::<u64>();
    }

    /// What one file was found to hold.
    fn add(&mut self, file: &InputFile, scan: &Scan) {
        self.unmatched.extend(scan.unmatched());
        self.tell_problems(file.path(), &scan.problems());
    }

    fn tell_problems(&mut self, path: &Path, problems: &[Problem]) {
        let path = path.display();
        let problems = problems.iter();
        self.notes
            .extend(problems.map(|problem| format!("{problem} (file {path})")));
    }

    /// Said, and not counted in the profile: profiles of parts that were joined
    /// with one file could not be merged otherwise.
    fn add_partners(&mut self, input: &Input, partners: &Partners) {
        let (missing, unused) = (partners.missing(), partners.unused());
        if missing + unused > 0 && input.selection.is_all() {
            self.notes.push(format!(
                "{missing} records have no partner of the same id in {path}, {unused} records of that file have none",
                path = input.file.path().display()
            ));
        }
    }
}
