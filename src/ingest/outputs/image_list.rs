//! Which images there are, how large they are, what their categories are called.

use std::path::Path;

use hashbrown::HashMap;

use super::coco_json::{Id, RawCategory, RawImage};
use super::instances::ImageInfo;
use super::json_elements::{Element, JsonElements};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::limits::Limits;

/// Most images of one file: their names are held.
const MAX_IMAGES: usize = 1 << 24;

/// The images and categories of a COCO file: what results refer to by id.
///
/// With it, areas are relative to the image, classes have names, and images in
/// which nothing was found are known to have been looked at.
///
/// ```
/// use driftsphere::ingest::ImageList;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("images.json");
/// std::fs::write(&path, r#"{
///     "images": [{"id": 7, "file_name": "a.jpg", "width": 640, "height": 480}],
///     "categories": [{"id": 1, "name": "person"}]
/// }"#)?;
/// assert_eq!(ImageList::read(&path)?.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ImageList {
    images: Vec<ImageInfo>,
    /// Looked up only, never walked.
    index: HashMap<Id, u32>,
    names: HashMap<Id, String>,
}

impl ImageList {
    /// Reads `images` and `categories` of a COCO file, and nothing else of it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`]; [`ErrorKind::Input`] for a file that is no such JSON, and
    /// for an image or category that is damaged or given twice, with its place;
    /// [`ErrorKind::Limit`] for more than 16 million images.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let out = Self::parse(path).map_err(|e| e.at("file", path.display()))?;
        if out.images.is_empty() {
            let message = "no `images` in it: a COCO file of images has an object with that list";
            return Err(Error::new(ErrorKind::Input, message).at("file", path.display()));
        }
        Ok(out)
    }

    /// The same of a file that may have neither.
    pub(super) fn parse(path: &Path) -> Result<Self> {
        let limits = Limits::default();
        let mut elements = JsonElements::open(path, limits.max_line_bytes)?;
        let mut out = Self::default();
        if !elements.is_object() {
            return Ok(out);
        }
        while let Some(key) = elements.next_list()? {
            match key.as_str() {
                "images" => {
                    while let Some(element) = elements.next::<RawImage>()? {
                        out.add_image(read(element, "images")?, &limits)?;
                    }
                }
                "categories" => {
                    while let Some(element) = elements.next::<RawCategory>()? {
                        let RawCategory { id, name } = read(element, "categories")?;
                        if let Some(before) = out.names.insert(id.clone(), name) {
                            return Err(twice("category", &id).at("name", before));
                        }
                    }
                }
                _ => elements.pass_list()?,
            }
        }
        Ok(out)
    }

    fn add_image(&mut self, raw: RawImage, limits: &Limits) -> Result<()> {
        if self.images.len() >= MAX_IMAGES {
            let message = format!("more than {MAX_IMAGES} images");
            return Err(Error::new(ErrorKind::Limit, message));
        }
        let name = raw.file_name.filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| raw.id.to_string());
        if name.len() > limits.max_text_bytes {
            return Err(Error::new(ErrorKind::Limit, "a file name is too long").at("image", raw.id));
        }
        let size = raw.width.zip(raw.height);
        let is_size = |v: f64| v.is_finite() && v > 0.0;
        if self
            .index
            .insert(raw.id.clone(), self.images.len() as u32)
            .is_some()
        {
            return Err(twice("image", &raw.id));
        }
        self.images.push(ImageInfo {
            name,
            size: size.filter(|(w, h)| is_size(*w) && is_size(*h)),
        });
        Ok(())
    }

    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.images.len()
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// The images in the order of the file.
    #[must_use]
    pub fn images(&self) -> &[ImageInfo] {
        &self.images
    }

    pub(super) fn find(&self, id: &Id) -> Option<u32> {
        self.index.get(id).copied()
    }

    /// What a category is called; its id where it has no name.
    pub(super) fn category(&self, id: &Id) -> String {
        self.names
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_string())
    }

    /// Takes names of categories from another file where this has none.
    pub(super) fn or_names(mut self, other: &Self) -> Self {
        if self.names.is_empty() {
            self.names.clone_from(&other.names);
        }
        self
    }

    /// Adds an image that is known by its id alone.
    pub(super) fn discover(&mut self, id: &Id) -> Result<u32> {
        if let Some(at) = self.find(id) {
            return Ok(at);
        }
        let raw = RawImage {
            id: id.clone(),
            file_name: None,
            width: None,
            height: None,
        };
        self.add_image(raw, &Limits::default())?;
        Ok(self.images.len() as u32 - 1)
    }
}

fn read<T>(element: Element<T>, list: &str) -> Result<T> {
    match element {
        Element::Read(value) => Ok(value),
        Element::Bad { offset, reason } => Err(Error::new(ErrorKind::Input, reason)
            .at("byte", offset)
            .at("list", list)),
    }
}

fn twice(what: &'static str, id: &Id) -> Error {
    let message = format!("the same {what} is listed twice");
    Error::new(ErrorKind::Input, message).at(what, id)
}
