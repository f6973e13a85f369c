//! The pictures of a set, one after the other, before they are read.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::vec::IntoIter;

use walkdir::{DirEntry, WalkDir};

use super::fault::Fault;
use super::set::{ImageSet, List, Source};
use crate::error::Result;
use crate::ingest::column::Cell;
use crate::ingest::problem::{Loss, Problems};
use crate::ingest::stream::{RawBlock, Request, RowStream, Wanted};

const HIDDEN: &str = "hidden file or folder";
const LOOP: &str = "link that leads back to a folder above it";
const NO_FILE: &str = "neither file nor folder";
const NOT_LISTED: &str = "file or folder that cannot be looked at";
const NO_PATH: &str = "record without a path";

/// Records of a list that are held at a time.
const LIST_ROWS: usize = 1024;

/// A picture to be read.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) path: PathBuf,
    pub(crate) id: String,
    /// The first sub-folder.
    pub(crate) folder: Option<String>,
    /// Whether somebody named it, so that it must be a picture.
    pub(crate) named: bool,
    /// What a list says of the columns that are wanted, in their order.
    pub(crate) wanted: Vec<Option<Cell>>,
    /// What else a list says.
    pub(crate) features: Vec<(String, Cell)>,
}

impl Entry {
    /// One of which no more is left than its name.
    pub(crate) fn gone(id: String, named: bool) -> Self {
        Self {
            path: PathBuf::new(),
            id,
            folder: None,
            named,
            wanted: Vec::new(),
            features: Vec::new(),
        }
    }

    /// A file in a folder that is no picture is nothing that failed.
    pub(crate) fn loss(&self, fault: Fault) -> Loss {
        match fault {
            Fault::Unknown | Fault::Empty if !self.named => Loss::Skipped,
            _ => Loss::Failed,
        }
    }
}

/// Walks through folders and lists; holds one level of a folder, or some records of a list.
pub(crate) struct Entries {
    sources: IntoIter<Source>,
    open: Option<Open>,
    request: Request,
}

enum Open {
    Folder(PathBuf, Box<walkdir::IntoIter>),
    List(Box<OpenList>),
}

impl Entries {
    pub(crate) fn open(set: &ImageSet, request: &Request) -> Result<Self> {
        Ok(Self {
            sources: set.sources.clone().into_iter(),
            open: None,
            request: request.clone(),
        })
    }

    pub(crate) fn next(&mut self, problems: &mut Problems) -> Result<Option<Entry>> {
        loop {
            let found = match &mut self.open {
                Some(Open::Folder(root, walk)) => in_folder(root, walk, problems),
                Some(Open::List(list)) => list.next(problems)?,
                None => None,
            };
            if found.is_some() {
                return Ok(found);
            }
            self.open = match self.sources.next() {
                None => return Ok(None),
                Some(Source::File(path)) => return Ok(Some(named(path))),
                Some(Source::Folder(root)) => Some(Open::Folder(root.clone(), walk(&root))),
                Some(Source::List(list)) => {
                    let list = OpenList::open(list, &self.request)?;
                    Some(Open::List(Box::new(list)))
                }
            };
        }
    }
}

/// By name, so that what is said of a folder is the same each time.
fn walk(root: &Path) -> Box<walkdir::IntoIter> {
    let walk = WalkDir::new(root).follow_links(true).sort_by_file_name();
    Box::new(walk.into_iter())
}

fn in_folder(root: &Path, walk: &mut walkdir::IntoIter, problems: &mut Problems) -> Option<Entry> {
    loop {
        let entry = match walk.next()? {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(root);
                let (loss, reason) = match error.loop_ancestor() {
                    Some(_) => (Loss::Skipped, LOOP),
                    None => (Loss::Failed, NOT_LISTED),
                };
                problems.count_named(loss, reason, &id(root, path));
                continue;
            }
        };
        if is_hidden(&entry) {
            problems.count_named(Loss::Skipped, HIDDEN, &id(root, entry.path()));
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
        } else if entry.file_type().is_file() {
            let id = id(root, entry.path());
            let folder = id.split_once('/').map(|(folder, _)| folder.to_owned());
            return Some(Entry {
                path: entry.into_path(),
                id,
                folder,
                named: false,
                wanted: Vec::new(),
                features: Vec::new(),
            });
        } else if !entry.file_type().is_dir() {
            problems.count_named(Loss::Skipped, NO_FILE, &id(root, entry.path()));
        }
    }
}

/// The folder that was asked for may have any name.
fn is_hidden(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// The path within the root, the same on every system.
fn id(root: &Path, path: &Path) -> String {
    let within = path.strip_prefix(root).unwrap_or(path);
    slashes(within)
}

fn slashes(path: &Path) -> String {
    let parts = path.components();
    let parts: Vec<_> = parts
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    let joined = parts.join("/");
    match joined.strip_prefix("//") {
        // The root is a slash itself.
        Some(rest) => format!("/{rest}"),
        None => joined,
    }
}

fn named(path: PathBuf) -> Entry {
    Entry {
        id: slashes(&path),
        folder: None,
        path,
        named: true,
        wanted: Vec::new(),
        features: Vec::new(),
    }
}

/// A list that is being read.
struct OpenList {
    list: Arc<List>,
    stream: Box<dyn RowStream>,
    /// For each column that is wanted of a picture, where it stands among those of the list.
    places: Vec<Option<usize>>,
    block: RawBlock,
    row: usize,
}

impl OpenList {
    fn open(list: Arc<List>, request: &Request) -> Result<Self> {
        let mut own = Request {
            columns: vec![Wanted {
                name: list.paths.clone(),
                as_text: true,
            }],
            patterns: request.patterns.clone(),
            taken: request.taken.clone(),
            ..Request::default()
        };
        own.taken.push(list.paths.clone());
        let mut places = Vec::new();
        for wanted in &request.columns {
            let has = list.file.has(&wanted.name);
            places.push(has.then_some(own.columns.len()));
            own.columns.extend(has.then(|| wanted.clone()));
        }
        let features = request.features.iter().filter(|name| list.file.has(name));
        own.features = features.cloned().collect();
        Ok(Self {
            stream: list.file.stream(&own)?,
            list,
            places,
            block: RawBlock::default(),
            row: 0,
        })
    }

    fn next(&mut self, problems: &mut Problems) -> Result<Option<Entry>> {
        loop {
            while self.row == self.block.rows.len() {
                match self.stream.next(LIST_ROWS, problems)? {
                    None => return Ok(None),
                    Some(block) => (self.block, self.row) = (block, 0),
                }
            }
            let row = self.row;
            self.row += 1;
            match self.entry(row) {
                Some(entry) => return Ok(Some(entry)),
                None => problems.count(Loss::Failed, NO_PATH, self.block.places[row]),
            }
        }
    }

    fn entry(&self, row: usize) -> Option<Entry> {
        let path = self.block.columns[0].present(row)?.into_owned();
        let wanted = self.places.iter().map(|place| {
            let cell = self.block.columns[(*place)?].cell(row);
            Some(cell)
        });
        let features = self.block.features.iter();
        let features = features.map(|(name, column)| (name.clone(), column.cell(row)));
        let folder = path.split_once('/').map(|(folder, _)| folder.to_owned());
        Some(Entry {
            path: self.list.folder.join(&path),
            folder,
            named: true,
            wanted: wanted.collect(),
            features: features.filter(|(_, cell)| *cell != Cell::Absent).collect(),
            id: path,
        })
    }
}
