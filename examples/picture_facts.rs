//! What is read of each picture of a folder, as JSON lines: to be held against what other
//! programs say (`scripts/check_manifest.py`).
//!
//! Run with `cargo run --example picture_facts -- FOLDER`.

use std::path::Path;

use driftsphere::ingest::image::{ImageReader, Picture, TagValue};

fn text(picture: &Picture, tag: &str) -> String {
    match picture.exif.get(tag) {
        Some(TagValue::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// `2004:01:08 22:00:22`, as EXIF writes it: what the clock showed, where it said no zone.
fn taken(picture: &Picture) -> String {
    let Some(time) = picture.exif.capture_time() else {
        return String::new();
    };
    let at = jiff::Timestamp::from_millisecond(time.milliseconds());
    at.map_or_else(
        |_| String::new(),
        |at| at.strftime("%Y:%m:%d %H:%M:%S").to_string(),
    )
}

fn facts(path: &Path) -> serde_json::Value {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let picture = match ImageReader::new().read(path) {
        Ok(picture) => picture,
        Err(error) => return serde_json::json!({ "file": file, "fault": error.message() }),
    };
    let facts = &picture.facts;
    let (width, height) = facts.orientation.size(facts.width, facts.height);
    serde_json::json!({
        "file": file,
        "stored_width": width,
        "stored_height": height,
        "format": facts.format,
        "colour": facts.colour.name(),
        "bit_depth": facts.bit_depth,
        "orientation": facts.orientation.exif(),
        "make": text(&picture, "make"),
        "model": text(&picture, "model"),
        "taken": taken(&picture),
        "pixels": picture.pixels.as_ref().map_or_else(|fault| fault.name(), |_| "read"),
    })
}

fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args().nth(1) else {
        println!("usage: picture_facts FOLDER");
        return Ok(());
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        println!("{}", facts(&path));
    }
    Ok(())
}
