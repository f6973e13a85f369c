//! Inputs that are the outputs of a model: which they are, and their records.

use super::input_args::{As, ColumnArgs};
use super::output;
use super::progress::Progress;
use driftsphere::ingest::{
    Block, Column, ImageList, Instances, Loss, Objects, OutputsFile, OutputsFormat, Problem,
    Selection, read_class_names,
};
use driftsphere::measure::outputs::{Annotations, ScoreOptions, measure};
use driftsphere::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Images read at a time.
const BLOCK_IMAGES: usize = 1 << 13;

/// The inputs that hold outputs of a model.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    files: Vec<OutputsFile>,
    /// What detections are held against.
    annotations: Option<Annotations>,
}

/// Divides the inputs into outputs of a model and everything else.
pub(super) fn split(
    paths: &[impl AsRef<Path>],
    columns: &ColumnArgs,
    selection: &Selection,
) -> Result<(Outputs, Vec<PathBuf>)> {
    // Annotations know the images, too: without a list, results would go by numbers and
    // annotations by names.
    let listed = [
        (&columns.coco_images, "--coco-images"),
        (&columns.annotations, "--annotations"),
    ];
    let images = match listed
        .into_iter()
        .find_map(|(path, option)| Some((path.as_ref()?, option)))
    {
        Some((path, option)) => {
            let list = ImageList::read(path).map_err(|e| e.at("option", option))?;
            Some(Arc::new(list))
        }
        None => None,
    };
    let open = |path: &Path, format| {
        let file = OutputsFile::new(path, format);
        match &images {
            Some(images) => file.images(Arc::clone(images)),
            None => file,
        }
    };
    let (mut files, mut others) = (Vec::new(), Vec::new());
    for path in paths {
        let path = path.as_ref();
        match format(path, columns.kind)? {
            Some(format) => files.push(open(path, format)),
            None => others.push(path.to_owned()),
        }
    }
    let argument = |message: &str| Error::new(ErrorKind::Argument, message);
    for (given, option) in [
        (columns.coco_images.is_some(), "--coco-images"),
        (columns.annotations.is_some(), "--annotations"),
    ] {
        if given && files.is_empty() {
            let message = "no input holds outputs of a model that this could be for";
            return Err(argument(message).at("option", option));
        }
    }
    if !files.is_empty() && !selection.is_all() {
        let message = "rows of outputs cannot be chosen; leave out --rows and --where";
        return Err(argument(message));
    }
    let annotations = match &columns.annotations {
        Some(path) => {
            // Their own images say which were annotated; a bare list of boxes has none.
            let file = match ImageList::read(path) {
                Ok(_) => OutputsFile::new(path, OutputsFormat::Coco),
                Err(_) => open(path, OutputsFormat::Coco),
            };
            let held = hold(&file);
            Some(held.map_err(|e| e.at("option", "--annotations"))?)
        }
        None => None,
    };
    Ok((Outputs { files, annotations }, others))
}

fn hold(file: &OutputsFile) -> Result<Annotations> {
    let mut annotations = Annotations::default();
    let mut scan = file.scan()?;
    while let Some(drawn) = scan.next_block(BLOCK_IMAGES)? {
        annotations.hold(&drawn)?;
    }
    for problem in scan.problems() {
        // Of images that its list does not have: no matter of what is profiled.
        match problem.loss {
            Loss::Skipped => output::note(&format!("{problem} (file {})", file.path().display())),
            _ => return Err(Error::new(ErrorKind::Input, problem.to_string())),
        }
    }
    Ok(annotations)
}

/// How vectors of scores are to be read, where some are named.
pub(super) fn scores(columns: &ColumnArgs) -> Result<Option<ScoreOptions>> {
    if columns.scores.is_none() {
        return Ok(None);
    }
    let classes = match &columns.classes {
        Some(path) => read_class_names(path).map_err(|e| e.at("option", "--classes"))?,
        None => Vec::new(),
    };
    Ok(Some(ScoreOptions {
        logits: columns.logits,
        classes,
    }))
}

/// As typed, or else as the content says.
fn format(path: &Path, kind: Option<As>) -> Result<Option<OutputsFormat>> {
    match kind {
        None => OutputsFile::detect(path),
        Some(As::Coco) => Ok(Some(OutputsFormat::Coco)),
        Some(As::Yolo) => Ok(Some(OutputsFormat::Yolo)),
        Some(As::Voc) => Ok(Some(OutputsFormat::Voc)),
        Some(As::LabelMaps) => Ok(Some(OutputsFormat::LabelMaps)),
        Some(As::Embeddings | As::Records | As::Images) => Ok(None),
    }
}

impl Outputs {
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub(super) fn files(&self) -> &[OutputsFile] {
        &self.files
    }

    /// Reads every image of a file as a record, block by block; says what could not
    /// be read.
    pub(super) fn read(
        &self,
        file: &OutputsFile,
        progress: &Progress,
        mut take: impl FnMut(Block) -> Result<()>,
    ) -> Result<Vec<Problem>> {
        let place = |error: Error| error.at("file", file.path().display());
        let mut scan = file.scan()?;
        let mut first = 0;
        let (mut strange, mut images) = (0_u64, 0_u64);
        while let Some(found) = scan.next_block(BLOCK_IMAGES)? {
            let names = found.images.iter().map(|image| image.name.clone());
            let ids = Column::Text(names.collect());
            if let Some(annotations) = &self.annotations {
                let own = found.images.iter();
                strange += own.filter(|image| !annotations.has(&image.name)).count() as u64;
                images += found.images.len() as u64;
            }
            let tables = self.tables(&found).map_err(place)?.into_iter();
            let tables = tables.map(|(kind, objects)| (kind.to_owned(), objects));
            let block = Block::of_objects(first, ids, tables.collect()).map_err(place)?;
            progress.advance(block.len());
            first += block.len() as u64;
            take(block).map_err(place)?;
        }
        if strange > 0 {
            output::note(&format!(
                "{strange} of {images} images are not among the annotated ones: their boxes are not \
                 judged (file {})",
                file.path().display()
            ));
        }
        Ok(scan.problems())
    }

    fn tables(&self, found: &Instances) -> Result<Vec<(&'static str, Objects)>> {
        let mut tables = measure(found)?;
        if let Some(annotations) = &self.annotations {
            tables.retain(|(kind, _)| *kind != "box");
            tables.extend(annotations.judge(found)?);
        }
        Ok(tables)
    }
}
