//! A file of outputs, whatever its format.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::coco::CocoScan;
use super::detect::detect;
use super::folder;
use super::image_list::ImageList;
use super::instances::Instances;
use super::label_maps::LabelMapScan;
use super::voc::VocScan;
use super::yolo::YoloScan;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;
use crate::ingest::limits::Limits;
use crate::ingest::problem::Problem;

/// In what form outputs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputsFormat {
    /// COCO results, or a COCO file with `annotations`.
    Coco,
    /// A folder, with its sub-folders, of YOLO text: a file for each image, a line for each box; with
    /// `classes.txt` in it or beside it.
    Yolo,
    /// A folder of Pascal VOC annotations: an XML file for each image.
    Voc,
    /// A folder of label maps, a file for each image: grey or palette PNG, whose pixels are indices of
    /// classes, or `.npy` matrices of them, with `classes.txt` in it or beside it. Never told by content:
    /// any picture could be one.
    LabelMaps,
}

/// A file, or folder, of what a model says of images.
///
/// ```
/// use driftsphere::ingest::{OutputsFile, OutputsFormat};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("results.json");
/// std::fs::write(&path, r#"[
///     {"image_id": 7, "category_id": 1, "bbox": [10, 20, 30, 40], "score": 0.9},
///     {"image_id": 8, "category_id": 1, "bbox": [0, 0, 5, 5], "score": 0.5}
/// ]"#)?;
/// assert_eq!(OutputsFile::detect(&path)?, Some(OutputsFormat::Coco));
///
/// let mut scan = OutputsFile::new(&path, OutputsFormat::Coco).scan()?;
/// let found = scan.next_block(100)?.unwrap();
/// assert_eq!((found.images.len(), found.of(0)[0].score), (2, 0.9));
/// assert!(scan.next_block(100)?.is_none() && scan.problems().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct OutputsFile {
    path: PathBuf,
    format: OutputsFormat,
    images: Option<Arc<ImageList>>,
    limits: Limits,
}

impl OutputsFile {
    /// What a file or folder holds, told by its content; `None` where that is no
    /// output of a model.
    ///
    /// # Errors
    /// [`ErrorKind::Io`]; [`ErrorKind::Input`] for a folder with both Pascal VOC and YOLO text.
    pub fn detect(path: impl AsRef<Path>) -> Result<Option<OutputsFormat>> {
        let path = path.as_ref();
        detect(path).map_err(|e| e.at("file", path.display()))
    }

    /// A file that is not opened yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, format: OutputsFormat) -> Self {
        Self {
            path: path.into(),
            format,
            images: None,
            limits: Limits::default(),
        }
    }

    /// The images that outputs refer to: then others do not exist, and those in
    /// which nothing was found are records, too.
    #[must_use]
    pub fn images(mut self, images: Arc<ImageList>) -> Self {
        self.images = Some(images);
        self
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its format.
    #[must_use]
    pub fn format(&self) -> OutputsFormat {
        self.format
    }

    /// Begins to read.
    ///
    /// # Errors
    /// [`ErrorKind::Io`]; [`ErrorKind::Input`] for what is not of the format.
    pub fn scan(&self) -> Result<OutputsScan> {
        let (path, images) = (&self.path, self.images.as_deref());
        let source = match self.format {
            OutputsFormat::Coco => {
                CocoScan::open(path, images, &self.limits).map(|scan| Source::Coco(Box::new(scan)))
            }
            OutputsFormat::Yolo => YoloScan::open(path, images).map(|s| Source::Yolo(Box::new(s))),
            OutputsFormat::LabelMaps => {
                let is_png = folder::has_any(path, "png").map_err(|e| self.place(e))?;
                let extension = if is_png { "png" } else { "npy" };
                LabelMapScan::open(path, extension, images).map(|s| Source::LabelMaps(Box::new(s)))
            }
            OutputsFormat::Voc => VocScan::open(path, images).map(|s| Source::Voc(Box::new(s))),
        };
        Ok(OutputsScan {
            source: source.map_err(|e| self.place(e))?,
            file: self.clone(),
        })
    }

    fn place(&self, error: crate::Error) -> crate::Error {
        error.at("file", self.path.display())
    }
}

/// Reads outputs, image by image.
pub struct OutputsScan {
    file: OutputsFile,
    source: Source,
}

enum Source {
    Coco(Box<CocoScan>),
    Yolo(Box<YoloScan>),
    Voc(Box<VocScan>),
    LabelMaps(Box<LabelMapScan>),
}

impl OutputsScan {
    /// Reads COCO results as they come, from a pipe or a network: what they say of
    /// images and categories must be given, as bytes come only once.
    ///
    /// ```
    /// use driftsphere::ingest::{ImageList, OutputsScan};
    ///
    /// let text = r#"[{"image_id": 7, "bbox": [10, 20, 30, 40], "score": 0.9}]"#;
    /// let mut scan = OutputsScan::coco(text.as_bytes(), &ImageList::default())?;
    /// assert_eq!(scan.next_block(10)?.unwrap().instances.len(), 1);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Io`]; [`ErrorKind::Input`] for what is not of the format.
    pub fn coco(input: impl Read + Send + 'static, images: &ImageList) -> Result<Self> {
        let file = OutputsFile::new("stream", OutputsFormat::Coco);
        let scan = CocoScan::read(Box::new(input), images, &file.limits);
        Ok(Self {
            source: Source::Coco(Box::new(scan.map_err(|e| file.place(e))?)),
            file,
        })
    }

    /// The next images, at most `max_images`, each complete with its objects; `None`
    /// at the end.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] where the file is damaged, with the place;
    /// [`ErrorKind::Limit`] where too much would have to be held; [`ErrorKind::Io`].
    pub fn next_block(&mut self, max_images: usize) -> Result<Option<Instances>> {
        let found = match &mut self.source {
            Source::Coco(scan) => scan.next(max_images),
            Source::Yolo(scan) => scan.next(max_images),
            Source::Voc(scan) => scan.next(max_images),
            Source::LabelMaps(scan) => scan.next(max_images),
        };
        found.map_err(|e| self.file.place(e))
    }

    /// What could not be read so far.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        match &self.source {
            Source::Coco(scan) => scan.problems(),
            Source::Yolo(scan) => scan.problems(),
            Source::Voc(scan) => scan.problems(),
            Source::LabelMaps(scan) => scan.problems(),
        }
    }
}

impl std::fmt::Debug for OutputsScan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutputsScan")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}
