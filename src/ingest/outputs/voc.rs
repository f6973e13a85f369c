//! Pascal VOC: an XML file for each image.

use std::collections::HashMap;
use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

use super::folder::ImageFiles;
use super::image_list::ImageList;
use super::instances::{ImageInfo, Instance, Instances, Kinds, ObjectKind};
use crate::error::Result;
use crate::ingest::problem::{Loss, Problem};

const BAD_OBJECT: &str = "object without a readable box";
const NO_XML: &str = "file that is no readable annotation";
/// Most elements of one file.
const MAX_NODES: u32 = 1 << 20;

/// Reads a folder of Pascal VOC annotations, image by image.
///
/// Pixels count from 1 and both edges belong to the box, so
///
/// ```text
/// left = xmin - 1,  width = xmax - xmin + 1
/// ```
///
/// and so for y. A score may stand in `confidence` or `score`. A file with a document type is not
/// read: it could define entities.
pub(super) struct VocScan {
    files: ImageFiles,
    is_listed: bool,
    classes: Vec<String>,
    /// Looked up only, never walked.
    index: HashMap<String, u32>,
}

impl VocScan {
    pub(super) fn open(folder: &Path, images: Option<&ImageList>) -> Result<Self> {
        Ok(Self {
            files: ImageFiles::open(folder, "xml", images)?,
            is_listed: images.is_some(),
            classes: Vec::new(),
            index: HashMap::new(),
        })
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        self.files.problems()
    }

    pub(super) fn next(&mut self, most: usize) -> Result<Option<Instances>> {
        let mut out = Instances {
            kinds: Kinds {
                boxes: true,
                ..Kinds::default()
            },
            ..Instances::default()
        };
        while out.images.len() < most {
            let Some((mut image, path)) = self.files.next() else {
                break;
            };
            if let Some(path) = path {
                let Some(text) = self.files.text(&path, NO_XML)? else {
                    continue;
                };
                if self.read(&text, &mut image, &mut out).is_none() {
                    self.files.count(Loss::Failed, NO_XML, &path);
                    continue;
                }
            }
            out.images.push(image);
            out.ends.push(out.instances.len());
        }
        out.classes.clone_from(&self.classes);
        Ok((!out.images.is_empty()).then_some(out))
    }

    fn read(&mut self, text: &str, image: &mut ImageInfo, out: &mut Instances) -> Option<()> {
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: MAX_NODES,
            ..ParsingOptions::default()
        };
        let document = Document::parse_with_options(text, options).ok()?;
        let root = document.root_element();
        if !root.has_tag_name("annotation") {
            return None;
        }
        if let Some(size) = child(root, "size")
            && image.size.is_none()
        {
            let side = |name| number(size, name).filter(|v| v.is_finite() && *v > 0.0);
            image.size = side("width").zip(side("height"));
        }
        if let Some(name) = child_text(root, "filename").filter(|_| !self.is_listed) {
            image.name = name.to_owned();
        }
        let at = out.images.len();
        for object in root.children().filter(|node| node.has_tag_name("object")) {
            let Some(bbox) = bbox(object) else {
                out.faults.push((at, ObjectKind::Box, BAD_OBJECT));
                continue;
            };
            let score = number(object, "confidence").or_else(|| number(object, "score"));
            out.instances.push(Instance {
                class: child_text(object, "name").map(|name| self.class(name)),
                score: score.unwrap_or(f64::NAN),
                bbox,
                shape: None,
            });
        }
        Some(())
    }

    fn class(&mut self, name: &str) -> u32 {
        if let Some(code) = self.index.get(name) {
            return *code;
        }
        let code = self.classes.len() as u32;
        self.classes.push(name.to_owned());
        self.index.insert(name.to_owned(), code);
        code
    }
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name(name))
}

fn child_text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let text = child(node, name)?.text()?.trim();
    (!text.is_empty()).then_some(text)
}

fn number(node: Node<'_, '_>, name: &str) -> Option<f64> {
    child_text(node, name)?.parse().ok()
}

fn bbox(object: Node<'_, '_>) -> Option<[f64; 4]> {
    let sides = child(object, "bndbox")?;
    let side = |name| number(sides, name);
    let (left, top) = (side("xmin")?, side("ymin")?);
    let (right, bottom) = (side("xmax")?, side("ymax")?);
    Some([
        left - 1.0,
        top - 1.0,
        right - left + 1.0,
        bottom - top + 1.0,
    ])
}

/// Whether a text is an annotation, told by its beginning.
pub(super) fn is_voc(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with("<annotation") || (text.starts_with("<?xml") && text.contains("<annotation"))
}
