//! Where the pictures of a window are: folders, files, lists.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::entries::Entries;
use super::fault::Fault;
use super::measured::Measuring;
use super::picture::{ImageReader, Picture, Watch};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::input_file::InputFile;
use crate::ingest::stream::Request;

/// Names under which a list may keep the paths of its pictures.
const PATH_COLUMNS: [&str; 7] = [
    "path",
    "file",
    "image",
    "filename",
    "file_name",
    "image_path",
    "filepath",
];

/// The pictures of one window, and what is measured of each.
///
/// A folder is walked with all its sub-folders. Hidden files and folders (of a name that
/// begins with a dot) are skipped and counted; links are followed, and one that leads back
/// into a folder above it is counted and not followed; what is no regular file is counted and
/// never opened. A list is a file of records, such as CSV or JSON lines, with a column of
/// paths, relative to the folder of the list; its other columns are features of the picture.
///
/// | name | of each picture |
/// | --- | --- |
/// | `id` | its path within its folder, with `/` between the parts; of a single file and in a list the path as given |
/// | `folder` | the first sub-folder on that path: the class, where pictures are sorted into folders; none for pictures beside them |
/// | `exif` | when it was taken, by EXIF, in milliseconds since 1970 (see [`Exif::time`](super::Exif::time)) |
/// | `file` | when its file was changed |
/// | `exif-or-file` | the first, or else the second |
///
/// These names can be given to [`Roles`](crate::ingest::Roles); a column of a list comes before them.
///
/// ```
/// use std::sync::Arc;
///
/// use driftsphere::ingest::image::{ImageReader, ImageSet, Measured};
/// use driftsphere::ingest::{Cell, InputFile, Roles, Selection};
///
/// let width = |picture: &driftsphere::ingest::image::Picture, _: &str| Measured {
///     values: vec![("file.width".into(), Cell::Int(picture.facts.width.into()))],
///     ..Measured::default()
/// };
/// let mut set = ImageSet::new(ImageReader::new().headers_only(), Arc::new(width));
/// set.add_folder("tests/data/images");
/// let file = InputFile::of_images(set);
/// let roles = Roles { ids: Some("id".into()), features: vec!["*".into()], ..Roles::default() };
/// let mut scan = file.scan(&roles, &Selection::all())?;
/// let block = scan.next_block(1000)?.unwrap();
/// assert_eq!(block.batch("").id(0).as_deref(), Some("jhead__1_rotate-thbad.jpg"));
/// assert_eq!(block.features()[0].0, "file.width");
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Clone)]
pub struct ImageSet {
    pub(crate) reader: ImageReader,
    pub(crate) measuring: Measuring,
    pub(crate) sources: Vec<Source>,
}

/// One place where pictures are.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Folder(PathBuf),
    File(PathBuf),
    List(Arc<List>),
}

/// A list of pictures.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) file: InputFile,
    pub(crate) paths: String,
    pub(crate) folder: PathBuf,
}

impl ImageSet {
    /// No pictures yet; `measuring` is asked once for each, from several threads.
    #[must_use]
    pub fn new(reader: ImageReader, measuring: Measuring) -> Self {
        Self {
            reader,
            measuring,
            sources: Vec::new(),
        }
    }

    /// Adds all pictures of a folder.
    pub fn add_folder(&mut self, path: impl AsRef<Path>) {
        self.sources.push(Source::Folder(path.as_ref().to_owned()));
    }

    /// Adds a picture.
    pub fn add_file(&mut self, path: impl AsRef<Path>) {
        self.sources.push(Source::File(path.as_ref().to_owned()));
    }

    /// Adds the pictures of a list; `paths` names the column of their paths, which is
    /// otherwise the first there is of `path`, `file`, `image`, `filename`, `file_name`,
    /// `image_path` and `filepath`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] where there is no such column.
    pub fn add_list(&mut self, file: InputFile, paths: Option<&str>) -> Result<()> {
        let folder = file.path().parent().unwrap_or(Path::new("")).to_owned();
        let found = match paths {
            Some(paths) => file.has(paths).then_some(paths),
            None => PATH_COLUMNS.into_iter().find(|name| file.has(name)),
        };
        let Some(found) = found else {
            let wanted = paths.map_or_else(|| PATH_COLUMNS.join(", "), str::to_owned);
            let message = format!(
                "a list of pictures needs a column of their paths, which is called {wanted}; \
                 name it with --paths"
            );
            return Err(Error::new(ErrorKind::Argument, message).at("file", file.path().display()));
        };
        let paths = found.to_owned();
        self.sources.push(Source::List(Arc::new(List {
            file,
            paths,
            folder,
        })));
        Ok(())
    }

    /// Adds the pictures of another set, to be read and measured as those of this one.
    pub fn extend(&mut self, other: Self) {
        self.sources.extend(other.sources);
    }

    /// Whether there is no place to look for pictures.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Calls `take` with the id of each picture, and with what was read of it, one after the
    /// other in the order of the names; returns what could not be listed or read.
    ///
    /// This is for things that are made of pictures before others are measured against them,
    /// such as a model of their quality.
    ///
    /// # Errors
    ///
    /// Those of `take`, and of reading a list.
    pub fn for_each(
        &self,
        mut take: impl FnMut(&str, Picture) -> Result<()>,
    ) -> Result<Vec<crate::ingest::Problem>> {
        let mut problems = crate::ingest::problem::Problems::default();
        let mut entries = Entries::open(self, &Request::default())?;
        while let Some(entry) = entries.next(&mut problems)? {
            match self.reader.read_file(&entry.path, &Watch::alone()) {
                Ok(picture) => take(&entry.id, picture)?,
                Err(fault) => problems.count_named(entry.loss(fault), fault.reason(), &entry.id),
            }
        }
        Ok(problems.list(""))
    }

    /// Whether a file is a picture, told by its content (and for TGA by its name as well).
    ///
    /// ```
    /// use driftsphere::ingest::image::ImageSet;
    ///
    /// assert!(ImageSet::is_picture("tests/data/images/skimage__moon.png"));
    /// assert!(!ImageSet::is_picture("tests/data/images/README.md"));
    /// ```
    #[must_use]
    pub fn is_picture(path: impl AsRef<Path>) -> bool {
        let reader = ImageReader::new().headers_only();
        let read = reader.read_file(path.as_ref(), &Watch::alone());
        match read {
            Ok(_) => true,
            Err(Fault::Unknown | Fault::Unreadable | Fault::Empty) => false,
            // One that is damaged is a picture still; but a table may begin with `P1 `, as
            // Netpbm does.
            Err(_) => !begins_as_text(path.as_ref()),
        }
    }

    /// The columns that lists give to their pictures, in order.
    pub(crate) fn columns(&self) -> Vec<String> {
        let mut columns = Vec::new();
        for source in &self.sources {
            if let Source::List(list) = source {
                let names = list.file.fields().iter().map(|field| field.name.clone());
                columns.extend(names.filter(|name| *name != list.paths));
            }
        }
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// What the set is called in messages.
    pub(crate) fn place(&self) -> PathBuf {
        let first = self.sources.first().map(|source| match source {
            Source::Folder(path) | Source::File(path) => path.clone(),
            Source::List(list) => list.file.path().to_owned(),
        });
        first.unwrap_or_default()
    }
}

fn begins_as_text(path: &Path) -> bool {
    let mut start = [0; 2];
    let file = std::fs::File::open(path);
    let read = file.and_then(|mut file| std::io::Read::read_exact(&mut file, &mut start));
    read.is_ok() && start[0] == b'P'
}

impl std::fmt::Debug for ImageSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImageSet")
            .field("reader", &self.reader)
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}
