//! Whether a file holds what a model says of images, told by its beginning.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::folder::read_text;
use super::listing::{Found, Walk, has_extension, id, is_class_list, is_picture};
use super::outputs_file::OutputsFormat;
use super::voc::is_voc;
use super::yolo::is_yolo;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::source::io;

/// Bytes looked at.
const SNIFFED: u64 = 64 << 10;
/// Files of each kind that are looked at: the first may be notes.
const LOOKED_AT: usize = 16;

/// The format of what lies at `path`; `None` for anything that holds no outputs.
pub(super) fn detect(path: &Path) -> Result<Option<OutputsFormat>> {
    let kind = std::fs::metadata(path).map_err(io)?;
    if kind.is_dir() {
        return folder_format(path);
    }
    if !kind.is_file() {
        return Ok(None);
    }
    let mut start = Vec::new();
    let file = File::open(path).map_err(io)?;
    file.take(SNIFFED).read_to_end(&mut start).map_err(io)?;
    Ok(is_coco(&start).then_some(OutputsFormat::Coco))
}

/// What the first files of a folder are; where it says nothing, what those of its sub-folders are,
/// unless there are pictures, too: then they are what is meant.
fn folder_format(folder: &Path) -> Result<Option<OutputsFormat>> {
    for depth in [1, usize::MAX] {
        let mut first = First::default();
        for found in Walk::open(folder, depth)? {
            // Those of the folder itself are known by now.
            if let Found::File { path, depth: at } = found
                && (depth == 1 || at > 1)
            {
                first.look_at(path);
            }
            if depth > 1 && first.has_pictures {
                return Ok(None);
            }
        }
        let format = first.format(folder)?;
        if format.is_some() || first.has_pictures {
            return Ok(format);
        }
    }
    Ok(None)
}

/// What is known of a folder by its first files.
#[derive(Default)]
struct First {
    xml: usize,
    text: usize,
    /// Texts without a line: images in which nothing was found.
    blank: usize,
    voc: Option<PathBuf>,
    yolo: Option<PathBuf>,
    has_pictures: bool,
}

impl First {
    fn look_at(&mut self, path: PathBuf) {
        if is_picture(&path) {
            self.has_pictures = true;
        } else if has_extension(&path, "xml") && self.voc.is_none() && self.xml < LOOKED_AT {
            self.xml += 1;
            let is = read_text(&path).is_ok_and(|text| is_voc(&text));
            self.voc = is.then_some(path);
        } else if has_extension(&path, "txt")
            && !is_class_list(&path)
            && self.yolo.is_none()
            && self.text < LOOKED_AT
        {
            self.text += 1;
            let text = read_text(&path).unwrap_or_else(|_| "no text".to_owned());
            match text.trim().is_empty() {
                true => self.blank += 1,
                false => self.yolo = is_yolo(&text).then_some(path),
            }
        }
    }

    fn format(&self, folder: &Path) -> Result<Option<OutputsFormat>> {
        match (&self.voc, &self.yolo) {
            (Some(voc), Some(yolo)) => Err(Error::new(
                ErrorKind::Input,
                format!(
                    "the folder has both Pascal VOC ({}) and YOLO text ({}): say which is meant with \
                     --as voc or --as yolo, or keep them in folders of their own",
                    id(folder, voc),
                    id(folder, yolo)
                ),
            )),
            (Some(_), None) => Ok(Some(OutputsFormat::Voc)),
            (None, Some(_)) => Ok(Some(OutputsFormat::Yolo)),
            (None, None) => {
                let all_blank = self.blank > 0 && self.blank == self.text;
                Ok(all_blank.then_some(OutputsFormat::Yolo))
            }
        }
    }
}

/// A list of objects that name an image, or an object with such a list or one of
/// images.
fn is_coco(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let start = start.trim_ascii_start();
    match start.first() {
        Some(b'[') => {
            let rest = start[1..].trim_ascii_start();
            rest.starts_with(b"]") || (rest.starts_with(b"{") && has(start, b"\"image_id\""))
        }
        Some(b'{') => ["\"images\"", "\"annotations\""]
            .iter()
            .any(|key| opens_list_of_objects(start, key.as_bytes())),
        _ => false,
    }
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Whether `key` is followed by the beginning of a list of objects, or of none.
fn opens_list_of_objects(text: &[u8], key: &[u8]) -> bool {
    let mut from = 0;
    while let Some(at) = text[from..]
        .windows(key.len())
        .position(|window| window == key)
    {
        from += at + key.len();
        let after = |text: &[u8], byte: u8| {
            let text = text.trim_ascii_start();
            text.first()
                .filter(|b| **b == byte)
                .map(|_| text[1..].to_vec())
        };
        let list = after(&text[from..], b':').and_then(|text| after(&text, b'['));
        if list.is_some_and(|list| {
            let list = list.trim_ascii_start();
            list.starts_with(b"{") || list.starts_with(b"]")
        }) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coco_is_told_from_lines_of_json() {
        for yes in [
            "[]",
            " [\n{\"image_id\": 1}]",
            "{\"info\": {}, \"images\": [{\"id\": 1}]}",
            "{\"annotations\" : [ ]",
        ] {
            assert!(is_coco(yes.as_bytes()), "{yes}");
        }
        for no in [
            "{\"images\": 3}",
            "{\"images\": [1, 2]}\n{}",
            "{\"score\": 0.5}",
            "[1, 2]",
            "[{\"id\": 1}]",
            "",
            "a,b",
        ] {
            assert!(!is_coco(no.as_bytes()), "{no}");
        }
    }
}
