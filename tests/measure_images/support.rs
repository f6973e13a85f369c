//! The pictures of `tests/data/images`, decoded and upright.

use std::path::PathBuf;

use driftsphere::ingest::image::{Channels, Exif, Orientation, Pixels, Samples};
use image::DynamicImage;

pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from("tests/data/images").join(name)
}

/// The block of EXIF as the decoder finds it.
pub(crate) fn exif(name: &str) -> Exif {
    use image::ImageDecoder;
    let reader = image::ImageReader::open(path(name))
        .unwrap()
        .with_guessed_format()
        .unwrap();
    let block = reader.into_decoder().unwrap().exif_metadata().unwrap();
    block.map(|b| Exif::of_block(&b)).unwrap_or_default()
}

/// As stored; a TIFF's orientation is that of the list.
pub(crate) fn stored(name: &str) -> Pixels {
    let picture = image::ImageReader::open(path(name))
        .unwrap()
        .with_guessed_format()
        .unwrap()
        .decode()
        .unwrap();
    let (width, height) = (picture.width(), picture.height());
    let (channels, samples) = match picture {
        DynamicImage::ImageLuma8(p) => (Channels::Grey, Samples::U8(p.into_raw())),
        DynamicImage::ImageLumaA8(p) => (Channels::GreyAlpha, Samples::U8(p.into_raw())),
        DynamicImage::ImageRgb8(p) => (Channels::Rgb, Samples::U8(p.into_raw())),
        DynamicImage::ImageRgba8(p) => (Channels::Rgba, Samples::U8(p.into_raw())),
        DynamicImage::ImageLuma16(p) => (Channels::Grey, Samples::U16(p.into_raw())),
        DynamicImage::ImageRgb16(p) => (Channels::Rgb, Samples::U16(p.into_raw())),
        other => panic!("{name}: {:?}", other.color()),
    };
    Pixels::new(width, height, channels, samples).unwrap()
}

/// The rows of `LICENCES.csv`: name, orientation (1 where there is none), make, model.
pub(crate) fn list() -> Vec<(String, u32, String, String)> {
    let text = std::fs::read_to_string(path("LICENCES.csv")).unwrap();
    let rows = text.lines().skip(1).map(|line| {
        // The last columns have no quoted commas, but for make and model of one camera.
        let cells = cells(line);
        let orientation = cells[7].parse().unwrap_or(1);
        (
            cells[0].clone(),
            orientation,
            cells[9].clone(),
            cells[10].clone(),
        )
    });
    rows.collect()
}

/// Cells of a line of CSV without line breaks in quotes.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

pub(crate) fn upright(name: &str) -> Pixels {
    let found = list().into_iter().find(|row| row.0 == name);
    let orientation = found.map_or(1, |row| row.1);
    stored(name).oriented(Orientation::of_exif(orientation).unwrap())
}
