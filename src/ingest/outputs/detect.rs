//! Whether a file holds what a model says of images, told by its beginning.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::folder;
use super::outputs_file::OutputsFormat;
use super::voc::is_voc;
use super::yolo::is_yolo;
use crate::error::Result;
use crate::ingest::source::io;

/// Bytes looked at.
const SNIFFED: u64 = 64 << 10;

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

/// What the first files of a folder are. XML before text: there may be notes.
fn folder_format(folder: &Path) -> Result<Option<OutputsFormat>> {
    if let Some(path) = folder::first(folder, "xml")?
        && folder::read_text(&path).is_ok_and(|text| is_voc(&text))
    {
        return Ok(Some(OutputsFormat::Voc));
    }
    let text = folder::first(folder, "txt")?.map(|path| folder::read_text(&path));
    let found = text.is_some_and(|text| text.is_ok_and(|text| is_yolo(&text)));
    Ok(found.then_some(OutputsFormat::Yolo))
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
