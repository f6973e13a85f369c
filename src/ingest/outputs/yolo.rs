//! YOLO text: a file for each image, a line for each box.

use std::path::Path;

use super::class_names;
use super::folder::ImageFiles;
use super::image_list::ImageList;
use super::instances::{Instance, Instances, Kinds, ObjectKind, Units};
use crate::error::Result;
use crate::ingest::problem::Problem;

const BAD_LINE: &str =
    "line that is no box: class, centre x, centre y, width, height, and perhaps confidence";
const NO_TEXT: &str = "file that is no text of UTF-8, or too long for one image";
/// Most classes: the index is a number of the file.
const MAX_CLASS: u32 = 1 << 20;

/// Reads a folder of YOLO text, image by image.
///
/// ```text
/// class centre_x centre_y width height [confidence]
///     class from 0; places and sizes as shares of the image's width and height
/// ```
///
/// An empty file is an image in which nothing was found.
pub(super) struct YoloScan {
    files: ImageFiles,
    classes: Vec<String>,
}

impl YoloScan {
    pub(super) fn open(folder: &Path, images: Option<&ImageList>) -> Result<Self> {
        let files = ImageFiles::open(folder, "txt", images)?;
        Ok(Self {
            classes: class_names::find(folder, files.class_lists())?,
            files,
        })
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        self.files.problems()
    }

    pub(super) fn next(&mut self, most: usize) -> Result<Option<Instances>> {
        let mut out = Instances {
            units: Units::Relative,
            kinds: Kinds {
                boxes: true,
                ..Kinds::default()
            },
            ..Instances::default()
        };
        while out.images.len() < most {
            let Some((image, path)) = self.files.next() else {
                break;
            };
            let at = out.images.len();
            if let Some(path) = path {
                let Some(text) = self.files.text(&path, NO_TEXT)? else {
                    continue;
                };
                for line in text.lines().filter(|line| !line.trim().is_empty()) {
                    match instance(line) {
                        Some(instance) => out.instances.push(instance),
                        None => out.faults.push((at, ObjectKind::Box, BAD_LINE)),
                    }
                }
            }
            out.images.push(image);
            out.ends.push(out.instances.len());
        }
        self.name_classes(&out);
        out.classes.clone_from(&self.classes);
        Ok((!out.images.is_empty()).then_some(out))
    }

    /// Classes beyond the list are called by their index.
    fn name_classes(&mut self, found: &Instances) {
        let classes = found.instances.iter().filter_map(|instance| instance.class);
        let most = classes.max().map_or(0, |class| class as usize + 1);
        for class in self.classes.len()..most {
            self.classes.push(class.to_string());
        }
    }
}

fn instance(line: &str) -> Option<Instance> {
    let mut parts = line.split_ascii_whitespace();
    let class: u32 = parts.next()?.parse().ok()?;
    let mut numbers = [f64::NAN; 5];
    let mut count = 0;
    for part in parts {
        *numbers.get_mut(count)? = part.parse().ok()?;
        count += 1;
    }
    let [x, y, width, height, score] = numbers;
    (count >= 4 && class < MAX_CLASS).then(|| Instance {
        class: Some(class),
        score,
        bbox: [x - width / 2.0, y - height / 2.0, width, height],
        shape: None,
    })
}

/// Whether a text is one of boxes, told by its first line.
pub(super) fn is_yolo(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    first.is_none_or(|line| instance(line).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_boxes_with_or_without_confidence() {
        let with = instance("2 0.5 0.25 0.2 0.1 0.9").unwrap();
        assert_eq!((with.class, with.score), (Some(2), 0.9));
        assert_eq!(with.bbox, [0.4, 0.2, 0.2, 0.1]);
        assert!(instance("0 0.5 0.5 0.1 0.1").unwrap().score.is_nan());
        for bad in [
            "",
            "a 1 1 1 1",
            "1 0.5 0.5 0.1",
            "1 1 1 1 1 1 1",
            "-1 0 0 1 1",
            "9999999 0 0 1 1",
        ] {
            assert!(instance(bad).is_none(), "{bad}");
        }
        assert!(is_yolo("\n") && is_yolo("0 1 1 1 1\nrubbish") && !is_yolo("hello"));
    }
}
